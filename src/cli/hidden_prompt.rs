//! Asking for a secret at the terminal, which does not show it. However the program ends or is
//! stopped meanwhile, the terminal shows again what is typed.

#[cfg(not(unix))]
pub use elsewhere::Terminal;
#[cfg(unix)]
pub use unix::Terminal;

#[cfg(not(unix))]
mod elsewhere {
    use secrecy::SecretString;
    use zeroize::Zeroizing;

    /// The console.
    pub struct Terminal;

    impl Terminal {
        /// There is nothing to open.
        ///
        /// # Errors
        /// None.
        pub fn open() -> std::io::Result<Self> {
            Ok(Self)
        }

        /// Asks, and gives the line that is typed.
        ///
        /// # Errors
        /// The console can't be read.
        pub fn ask(&mut self, question: &str) -> std::io::Result<SecretString> {
            let line = Zeroizing::new(rpassword::prompt_password(question)?);
            Ok(SecretString::from(line.as_str()))
        }
    }
}

#[cfg(unix)]
mod unix {
    use crate::cli::secret_lines::SecretLines;
    use rustix::process::{Signal as Sent, getpid, kill_process};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use secrecy::SecretString;
    use std::fs::File;
    use std::io::{ErrorKind, Result, Write};
    use std::sync::mpsc::{Sender, channel};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use tokio::runtime::Builder;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// The terminal, whatever standard input and output are.
    const TERMINAL: &str = "/dev/tty";

    /// The terminal of this program.
    pub struct Terminal {
        prompt: Arc<Prompt>,
        /// What was typed ahead stays for the next question.
        lines: SecretLines<File>,
    }

    impl Terminal {
        /// Opens it, and listens from now on for what ends or stops the program.
        ///
        /// # Errors
        /// There is none.
        pub fn open() -> Result<Self> {
            let terminal = File::options().read(true).write(true).open(TERMINAL)?;
            let lines = SecretLines::new(terminal.try_clone()?);
            let prompt = Arc::new(Prompt { terminal, question: Mutex::default() });
            prompt.listen();
            Ok(Self { prompt, lines })
        }

        /// Asks, and gives the line that is typed.
        ///
        /// # Errors
        /// It can't be read.
        pub fn ask(&mut self, question: &str) -> Result<SecretString> {
            // It ends the question, whatever happens.
            let _asked = Asked::begin(&self.prompt, question)?;
            self.lines.next_line()?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
        }
    }

    /// A terminal, and what is asked there.
    struct Prompt {
        terminal: File,
        question: Mutex<Option<Question>>,
    }

    /// A question that waits for its answer.
    struct Question {
        text: String,
        /// How the terminal was before it.
        shown: Termios,
    }

    /// As long as this lives, the terminal does not show what is typed.
    struct Asked<'a>(&'a Prompt);

    impl<'a> Asked<'a> {
        fn begin(prompt: &'a Prompt, question: &str) -> Result<Self> {
            let shown = tcgetattr(&prompt.terminal)?;
            *prompt.question() = Some(Question { text: question.to_owned(), shown });
            let asked = Self(prompt);
            prompt.hide()?;
            Ok(asked)
        }
    }

    impl Drop for Asked<'_> {
        fn drop(&mut self) {
            // In one step, or a question that is asked again could hide what is typed after it has
            // ended.
            let mut question = self.0.question();
            if let Some(question) = question.take() {
                let _ = tcsetattr(&self.0.terminal, OptionalActions::Now, &question.shown);
            }
        }
    }

    impl Prompt {
        /// Shows the question, if there is one, and from now on nothing but the end of the line.
        fn hide(&self) -> Result<()> {
            // Nobody ends the question between these steps.
            let question = self.question();
            let Some(Question { text, shown }) = question.as_ref() else { return Ok(()) };
            let mut hidden = shown.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            hidden.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL);
            tcsetattr(&self.terminal, OptionalActions::Now, &hidden)?;
            (&self.terminal).write_all(text.as_bytes())
        }

        /// Has the terminal show again what is typed. If that fails, there is nothing else to do.
        fn show(&self) {
            if let Some(question) = self.question().as_ref() {
                let _ = tcsetattr(&self.terminal, OptionalActions::Now, &question.shown);
            }
        }

        fn question(&self) -> MutexGuard<'_, Option<Question>> {
            self.question.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Listens for what ends or stops the program. Where that can't be, it ends and stops as
        /// ever.
        fn listen(self: &Arc<Self>) {
            let prompt = Arc::clone(self);
            let (told, is_listening) = channel();
            std::thread::spawn(move || {
                if let Ok(runtime) = Builder::new_current_thread().enable_io().build() {
                    runtime.block_on(prompt.hear(told));
                }
            });
            let _ = is_listening.recv();
        }

        async fn hear(&self, told: Sender<()>) {
            let Ok(mut signals) = Signals::listen() else { return };
            let _ = told.send(());
            loop {
                match signals.next().await {
                    Event::End(kind) => {
                        self.show();
                        // The next line of the shell begins on a line of its own.
                        let _ = (&self.terminal).write_all(b"\n");
                        // As a shell tells that a signal has ended a program.
                        std::process::exit(128 + kind.as_raw_value());
                    }
                    Event::Stop => {
                        self.show();
                        let _ = kill_process(getpid(), Sent::STOP);
                    }
                    // The other threads may run on for a moment after that signal, so this one is
                    // waited for to ask again.
                    Event::Continue => {
                        // A terminal that is gone is noticed where the line is read.
                        let _ = self.hide();
                    }
                }
            }
        }
    }

    /// What happens to a program at a terminal.
    enum Event {
        End(SignalKind),
        Stop,
        Continue,
    }

    /// The signals that say so.
    struct Signals {
        ends: [(SignalKind, Signal); 4],
        stop: Signal,
        go_on: Signal,
    }

    impl Signals {
        fn listen() -> Result<Self> {
            let [interrupt, terminate, hangup, quit] = [
                SignalKind::interrupt(),
                SignalKind::terminate(),
                SignalKind::hangup(),
                SignalKind::quit(),
            ]
            .map(|kind| signal(kind).map(|signal| (kind, signal)));
            let stop = signal(SignalKind::from_raw(Sent::TSTP.as_raw()))?;
            let go_on = signal(SignalKind::from_raw(Sent::CONT.as_raw()))?;
            Ok(Self { ends: [interrupt?, terminate?, hangup?, quit?], stop, go_on })
        }

        async fn next(&mut self) -> Event {
            let [(interrupt, a), (terminate, b), (hangup, c), (quit, d)] = &mut self.ends;
            tokio::select! {
                _ = a.recv() => Event::End(*interrupt),
                _ = b.recv() => Event::End(*terminate),
                _ = c.recv() => Event::End(*hangup),
                _ = d.recv() => Event::End(*quit),
                _ = self.stop.recv() => Event::Stop,
                _ = self.go_on.recv() => Event::Continue,
            }
        }
    }
}
