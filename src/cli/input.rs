//! Reading from standard input.

use super::Exit;
use super::hidden_prompt::Terminal;
use std::io::IsTerminal;

/// Where lines come from that nobody is to see.
pub enum HiddenInput {
    /// A terminal, where they are asked for and not shown.
    Terminal(Terminal),
    /// Standard input, where it is no terminal.
    Plain,
}

impl HiddenInput {
    /// The terminal if standard input is one.
    ///
    /// # Errors
    /// [`Exit::Failure`] if the terminal can't be opened.
    pub fn open() -> Result<Self, Exit> {
        if !std::io::stdin().is_terminal() {
            return Ok(Self::Plain);
        }
        Ok(Self::Terminal(Terminal::open().map_err(|error| failed(&error))?))
    }

    /// The next line.
    ///
    /// # Errors
    /// [`Exit::Failure`] if it can't be read.
    pub fn line(&self, question: &str) -> Result<String, Exit> {
        match self {
            Self::Terminal(terminal) => terminal.ask(question).map_err(|error| failed(&error)),
            Self::Plain => {
                let mut line = String::new();
                std::io::stdin().read_line(&mut line).map_err(|error| failed(&error))?;
                line.truncate(line.trim_end_matches(['\r', '\n']).len());
                Ok(line)
            }
        }
    }
}

fn failed(error: &std::io::Error) -> Exit {
    Exit::Failure(format!("can't read from standard input: {error}"))
}
