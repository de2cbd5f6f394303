//! Reading from standard input.

use super::hidden_prompt::Terminal;
use super::secret_lines::SecretLines;
use crate::command_error::CommandError;
use secrecy::SecretString;
use std::fs::File;
use std::io::{IsTerminal, Result as IoResult, stdin};

/// The source of secret lines.
pub enum HiddenInput {
    /// A terminal, which does not show what is typed.
    Terminal(Terminal),
    /// Standard input that is not a terminal.
    Plain(SecretLines<File>),
}

impl HiddenInput {
    /// Opens the terminal if standard input is one, and else standard input.
    ///
    /// # Errors
    /// [`CommandError::Failure`] if it can't be opened.
    pub fn open() -> Result<Self, CommandError> {
        if !stdin().is_terminal() {
            let input = plain_input().map_err(|error| failed(&error))?;
            return Ok(Self::Plain(SecretLines::new(input)));
        }
        Ok(Self::Terminal(Terminal::open().map_err(|error| failed(&error))?))
    }

    /// Reads the next line.
    ///
    /// # Errors
    /// [`CommandError::Failure`] if it can't be read.
    pub fn line(&mut self, question: &str) -> Result<SecretString, CommandError> {
        match self {
            Self::Terminal(terminal) => terminal.ask(question).map_err(|error| failed(&error)),
            Self::Plain(lines) => {
                Ok(lines.next_line().map_err(|error| failed(&error))?.unwrap_or_default())
            }
        }
    }
}

/// Standard input without the buffer of the standard library, which is never wiped.
#[cfg(unix)]
fn plain_input() -> IoResult<File> {
    use std::os::fd::AsFd;
    stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Standard input without the buffer of the standard library, which is never wiped.
#[cfg(windows)]
fn plain_input() -> IoResult<File> {
    use std::os::windows::io::AsHandle;
    stdin().as_handle().try_clone_to_owned().map(File::from)
}

fn failed(error: &std::io::Error) -> CommandError {
    CommandError::Failure(format!("can't read from standard input: {error}"))
}
