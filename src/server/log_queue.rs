//! The queue of log lines for standard error. Threads that log never wait: another thread writes
//! the lines. If the log is not read (by a pager, a terminal after Ctrl-S or a slow log driver),
//! lines are dropped and counted once too many wait.

use super::stderr;
use prometheus_client::metrics::counter::Counter;
use serde_json::json;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, SystemTime};
use tracing_subscriber::fmt::MakeWriter;

/// Most lines that wait.
const MOST: usize = 1_024;

/// Longest line, in bytes. A pipe accepts as many in one write, so lines of several programs don't
/// mix.
const LONGEST: usize = 4_096;

/// The form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text for people.
    Text,
    /// One JSON object on each line.
    Json,
}

/// The queue. Clones share it.
#[derive(Clone)]
pub struct LogQueue(Arc<Shared>);

struct Shared {
    form: Form,
    queue: Mutex<Queue>,
    /// Notified when there is something to write.
    filled: Condvar,
    /// Notified when everything is written.
    emptied: Condvar,
    dropped: Counter,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Box<[u8]>>,
    /// Lines that were dropped since the last report of that.
    dropped: u64,
    /// Lines that were written since then.
    written: usize,
    is_writing: bool,
    /// The last line could not be written. Then no report is written either.
    is_broken: bool,
}

impl Queue {
    /// Whether there is a report to write.
    const fn has_unsaid(&self) -> bool {
        self.dropped > 0 && !self.is_broken
    }
}

/// The next line to write.
struct Next {
    line: Box<[u8]>,
    /// The number of dropped lines that it reports, if it is a report.
    reported: Option<u64>,
}

impl LogQueue {
    /// Starts the thread that writes to standard error. Dropped lines are counted in `dropped`.
    ///
    /// # Errors
    /// An error of the system if it can't start a thread.
    pub fn start(form: Form, dropped: Counter) -> std::io::Result<Self> {
        let queue = Self::new(form, dropped);
        let writing = queue.clone();
        Builder::new().name("log".to_owned()).spawn(move || writing.write_each(stderr::write))?;
        Ok(queue)
    }

    fn new(form: Form, dropped: Counter) -> Self {
        let (filled, emptied) = (Condvar::new(), Condvar::new());
        Self(Arc::new(Shared { form, queue: Mutex::default(), filled, emptied, dropped }))
    }

    /// Waits until everything is written, at most for `patience`.
    pub fn flush(&self, patience: Duration) {
        let is_busy =
            |queue: &mut Queue| queue.is_writing || !queue.lines.is_empty() || queue.has_unsaid();
        // The result does not matter: the program ends.
        drop(self.0.emptied.wait_timeout_while(self.queue(), patience, is_busy));
    }

    /// Adds a line, or drops it if too many wait.
    pub fn push(&self, line: &[u8]) {
        let line = cut(line, self.0.form);
        let mut queue = self.queue();
        if queue.lines.len() >= MOST {
            queue.dropped += 1;
            self.0.dropped.inc();
            return;
        }
        queue.lines.push_back(line);
        drop(queue);
        self.0.filled.notify_one();
    }

    /// Writes the lines one by one while the program runs.
    fn write_each(&self, mut write: impl FnMut(&[u8]) -> std::io::Result<()>) {
        loop {
            let Next { line, reported } = self.next();
            let is_broken = write(&line).is_err();
            let mut queue = self.queue();
            queue.is_broken = is_broken;
            if is_broken {
                queue.dropped += reported.unwrap_or(1);
                // The lines of a report are counted already.
                self.0.dropped.inc_by(u64::from(reported.is_none()));
            }
        }
    }

    /// Waits for the next line to write.
    fn next(&self) -> Next {
        let mut queue = self.queue();
        loop {
            if queue.has_unsaid() && (queue.lines.is_empty() || queue.written > MOST) {
                queue.written = 0;
                queue.is_writing = true;
                let dropped = std::mem::take(&mut queue.dropped);
                return Next { line: report(dropped, self.0.form), reported: Some(dropped) };
            }
            if let Some(line) = queue.lines.pop_front() {
                queue.written = queue.written.saturating_add(1);
                queue.is_writing = true;
                return Next { line, reported: None };
            }
            queue.is_writing = false;
            self.0.emptied.notify_all();
            queue = self.0.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line of the log. A formatted line comes in one call.
pub struct Line<'a>(&'a LogQueue);

impl Write for Line<'_> {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.push(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogQueue {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self)
    }
}

/// Returns the line, shortened if it is too long. JSON stays valid JSON.
fn cut(line: &[u8], form: Form) -> Box<[u8]> {
    if line.len() <= LONGEST {
        return line.into();
    }
    let said = format!("a log line of {} bytes was cut", line.len());
    match form {
        Form::Text => {
            let beginning = start_of(line, LONGEST - 64);
            // Half an escape sequence would swallow the text after it.
            let whole = beginning
                .rfind('\x1b')
                .filter(|at| !beginning[*at..].contains('m'))
                .unwrap_or(beginning.len());
            format!("{}\x1b[0m … ({said})\n", &beginning[..whole]).into_bytes().into()
        }
        // Quoting at most doubles the length of JSON.
        Form::Json => {
            own_line(form, "WARN", &said, ("beginning", start_of(line, LONGEST / 2 - 128).into()))
        }
    }
}

/// The line that reports how many lines are missing.
fn report(dropped: u64, form: Form) -> Box<[u8]> {
    let said = "log lines were dropped, because the log was not read as fast as it was written";
    own_line(form, "ERROR", said, ("lines", dropped.into()))
}

/// A line about the log itself, which does not pass the queue.
fn own_line(
    form: Form,
    level: &str,
    message: &str,
    (name, value): (&str, serde_json::Value),
) -> Box<[u8]> {
    let timestamp = humantime::format_rfc3339_micros(SystemTime::now()).to_string();
    let line = match form {
        Form::Text => {
            format!("{timestamp} {level:>5} {}: {message} {name}={value}\n", module_path!())
        }
        Form::Json => {
            let target = module_path!();
            let line = json!({
                "timestamp": timestamp, "level": level, "message": message, name: value,
                "target": target
            });
            format!("{line}\n")
        }
    };
    line.into_bytes().into()
}

/// At most the first `most` bytes of a text, without half a character at the end.
fn start_of(line: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(&line[..most.min(line.len())]);
    text.trim_end_matches(['\u{fffd}', '\n']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// A queue whose lines go one by one to the receiver, as into a pipe without a buffer.
    fn queue(form: Form) -> (LogQueue, Counter, Receiver<String>) {
        let dropped = Counter::default();
        let queue = LogQueue::new(form, dropped.clone());
        let (sender, receiver): (SyncSender<String>, _) = sync_channel(0);
        let writing = queue.clone();
        std::thread::spawn(move || {
            writing.write_each(|line| {
                let sent = sender.send(String::from_utf8(line.to_vec()).unwrap());
                sent.map_err(std::io::Error::other)
            });
        });
        (queue, dropped, receiver)
    }

    #[test]
    fn excess_lines_are_dropped_and_reported_once_lines_are_read_again() {
        for form in [Form::Text, Form::Json] {
            let (queue, dropped, lines) = queue(form);
            queue.push(b"line 0\n");
            // From here on the writer waits with this line, so how many others fit does not depend
            // on when it runs.
            while !queue.queue().lines.is_empty() {
                std::thread::yield_now();
            }
            for number in 1..3_000 {
                queue.push(format!("line {number}\n").as_bytes());
            }
            let left_out = dropped.get();
            assert_eq!(left_out, 3_000 - 1 - 1_024);
            let start = std::time::Instant::now();
            queue.flush(Duration::from_millis(100));
            assert!((100..2_000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
            for number in 0..3_000 - left_out {
                assert_eq!(lines.recv().unwrap(), format!("line {number}\n"));
            }
            let said = lines.recv().unwrap();
            match form {
                Form::Text => {
                    assert!(
                        said.contains("ERROR") && said.ends_with(&format!(" lines={left_out}\n")),
                        "{said}"
                    );
                }
                Form::Json => {
                    assert_eq!(serde_json::from_str::<Json>(&said).unwrap()["lines"], left_out);
                }
            }
            queue.push(b"after\n");
            assert_eq!(lines.recv().unwrap(), "after\n");
            queue.flush(Duration::from_secs(20));
            assert!(queue.queue().lines.is_empty());
        }
    }

    #[test]
    fn a_log_that_is_never_read_to_its_end_reports_dropped_lines_too() {
        let (queue, dropped, lines) = queue(Form::Json);
        let mut said = 0;
        let mut read = 0;
        while said == 0 {
            while queue.queue().lines.len() < MOST || dropped.get() == 0 {
                queue.push(b"line\n");
            }
            let line = lines.recv().unwrap();
            said += u64::from(line.contains("dropped"));
            read += 1;
            assert!(read <= 2 * MOST + 2);
        }
    }

    #[test]
    fn after_the_reader_has_gone_each_line_is_tried_once_and_counted() {
        let dropped = Counter::default();
        let queue = LogQueue::new(Form::Json, dropped.clone());
        let (sender, written) = std::sync::mpsc::channel();
        let writing = queue.clone();
        std::thread::spawn(move || {
            let mut tries = 0;
            writing.write_each(|line| {
                tries += 1;
                sender.send(String::from_utf8(line.to_vec()).unwrap()).unwrap();
                // The fifth is the report, which fails, too.
                if tries < 4 || tries == 5 {
                    Err(std::io::ErrorKind::BrokenPipe.into())
                } else {
                    Ok(())
                }
            });
        });
        let write = |line: &str| {
            queue.push(line.as_bytes());
            queue.flush(Duration::from_secs(20));
            written.try_iter().collect::<Vec<_>>()
        };
        for line in ["1", "2", "3"] {
            assert_eq!(write(line), [line]);
        }
        let tried = write("4");
        assert!(
            tried.len() == 2 && tried[0] == "4" && tried[1].contains("\"lines\":3"),
            "{tried:?}"
        );
        let tried = write("5");
        assert!(
            tried.len() == 2 && tried[0] == "5" && tried[1].contains("\"lines\":3"),
            "{tried:?}"
        );
        assert_eq!(write("6"), ["6"]);
        assert_eq!(dropped.get(), 3);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_visibly() {
        for (line, form) in [
            (format!("{}\n", "x".repeat(100_000)), Form::Text),
            (format!("{}\x1b[3", "é".repeat(2_015)) + &"8".repeat(5_000), Form::Text),
            (json!({"route": "\"\\\u{1b}é".repeat(20_000)}).to_string() + "\n", Form::Json),
            (json!({"route": "x".repeat(4_096)}).to_string() + "\n", Form::Json),
        ] {
            let kept = String::from_utf8(cut(line.as_bytes(), form).into_vec()).unwrap();
            assert!((1_000..=LONGEST).contains(&kept.len()), "{}", kept.len());
            assert!(
                kept.contains(&format!("a log line of {} bytes was cut", line.len())),
                "{kept}"
            );
            assert_eq!(kept.matches('\n').count(), 1);
            assert!(kept.ends_with('\n'));
            match form {
                Form::Text => assert!(
                    !kept.contains("\x1b[3")
                        && line.starts_with(kept.split('\x1b').next().unwrap())
                ),
                Form::Json => {
                    let beginning =
                        serde_json::from_str::<Json>(&kept).unwrap()["beginning"].clone();
                    assert!(line.starts_with(beginning.as_str().unwrap()));
                }
            }
        }
        let whole = "x".repeat(LONGEST);
        assert_eq!(&*cut(whole.as_bytes(), Form::Text), whole.as_bytes());
    }
}
