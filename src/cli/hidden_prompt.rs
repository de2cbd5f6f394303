//! Asks for a secret at the terminal, which does not show it. Afterwards the terminal shows typed
//! text again, even if the program ends or is stopped in between.

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
        /// Opens nothing.
        ///
        /// # Errors
        /// Never fails.
        pub fn open() -> std::io::Result<Self> {
            Ok(Self)
        }

        /// Asks, and returns the typed line.
        ///
        /// # Errors
        /// An error of the system if the console can't be read.
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
        /// Text typed ahead stays for the next question.
        lines: SecretLines<File>,
    }

    impl Terminal {
        /// Opens the terminal, and starts to listen for signals that end or stop the program.
        ///
        /// # Errors
        /// An error of the system if there is no terminal.
        pub fn open() -> Result<Self> {
            let terminal = File::options().read(true).write(true).open(TERMINAL)?;
            let lines = SecretLines::new(terminal.try_clone()?);
            let prompt = Arc::new(Prompt { terminal, question: Mutex::default() });
            prompt.listen();
            Ok(Self { prompt, lines })
        }

        /// Asks, and returns the typed line.
        ///
        /// # Errors
        /// An error of the system if the terminal can't be read.
        pub fn ask(&mut self, question: &str) -> Result<SecretString> {
            // The question ends with this value, whatever happens.
            let _asked = Asked::begin(&self.prompt, question)?;
            self.lines.next_line()?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
        }
    }

    /// A terminal and its question.
    struct Prompt {
        terminal: File,
        question: Mutex<Option<Question>>,
    }

    /// A question that waits for its answer.
    struct Question {
        text: String,
        /// The state of the terminal before the question.
        shown: Termios,
    }

    /// While this value lives, the terminal does not show typed text.
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
            // This is one step under the lock: otherwise a repeated question could hide text that
            // is typed after its end.
            let mut question = self.0.question();
            if let Some(question) = question.take() {
                let _ = tcsetattr(&self.0.terminal, OptionalActions::Now, &question.shown);
            }
        }
    }

    impl Prompt {
        /// Shows the question, if there is one, and hides typed text except the end of the line.
        fn hide(&self) -> Result<()> {
            // The lock keeps the question from ending between these steps.
            let question = self.question();
            let Some(Question { text, shown }) = question.as_ref() else { return Ok(()) };
            let mut hidden = shown.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            hidden.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL);
            tcsetattr(&self.terminal, OptionalActions::Now, &hidden)?;
            (&self.terminal).write_all(text.as_bytes())
        }

        /// Makes the terminal show typed text again. If that fails, nothing else can be done.
        fn show(&self) {
            if let Some(question) = self.question().as_ref() {
                let _ = tcsetattr(&self.terminal, OptionalActions::Now, &question.shown);
            }
        }

        fn question(&self) -> MutexGuard<'_, Option<Question>> {
            self.question.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Listens for signals that end or stop the program. If it can't, they have their usual
        /// effect.
        fn listen(self: &Arc<Self>) {
            let prompt = Arc::clone(self);
            let (ready, is_listening) = channel();
            std::thread::spawn(move || {
                if let Ok(runtime) = Builder::new_current_thread().enable_io().build() {
                    runtime.block_on(prompt.handle_signals(ready));
                }
            });
            let _ = is_listening.recv();
        }

        async fn handle_signals(&self, ready: Sender<()>) {
            let Ok(mut signals) = Signals::listen() else { return };
            let _ = ready.send(());
            loop {
                match signals.next().await {
                    Event::End(kind) => {
                        self.show();
                        // The prompt of the shell starts on a new line.
                        let _ = (&self.terminal).write_all(b"\n");
                        // Shells report the end by a signal with this exit code.
                        std::process::exit(128 + kind.as_raw_value());
                    }
                    Event::Stop => {
                        self.show();
                        let _ = kill_process(getpid(), Sent::STOP);
                    }
                    // Other threads may run for a moment after the stop, so the question is
                    // repeated only on this signal.
                    Event::Continue => {
                        // If the terminal is gone, reading the line fails.
                        let _ = self.hide();
                    }
                }
            }
        }
    }

    /// An event for a program at a terminal.
    enum Event {
        End(SignalKind),
        Stop,
        Continue,
    }

    /// The signals of these events.
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
