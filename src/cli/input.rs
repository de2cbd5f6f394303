//! Reading from standard input.

use super::Exit;
use std::io::IsTerminal;

/// A line from the terminal, where it is asked for and not shown, or else the first line of standard input.
pub fn hidden_line(question: &str) -> Result<String, Exit> {
    let failed = |error: std::io::Error| Exit::Failure(format!("can't read from standard input: {error}"));
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password(question).map_err(failed);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(failed)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}
