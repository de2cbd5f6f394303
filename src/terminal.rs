//! Output to the terminal. It contains stored names, so invisible characters are escaped: a name
//! can neither start a line nor an escape sequence. Commands and the server write through these
//! functions.

use crate::command_error::CommandError;
use crate::model::escape_hidden;
use serde::Serialize;
use std::io::{self, ErrorKind, Write};

/// Prints lines, which must not contain line ends.
///
/// # Errors
/// [`CommandError::Failure`] if standard output can't be written to, except if its reader has
/// closed it.
pub fn print<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    let mut written = lines.into_iter().try_for_each(|line| write_line(&mut out, line.as_ref()));
    written = written.and_then(|()| out.flush());
    match written {
        // A reader that has read enough closes the pipe.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result.map_err(|error| error.to_string())?),
    }
}

/// Prints a message to standard error.
pub fn complain(message: &str) {
    eprintln!("{}", complaint(message));
}

/// The line of a message.
#[must_use]
pub fn complaint(message: &str) -> String {
    format!("patchbay: {}", escape_hidden(message))
}

/// Writes one line.
///
/// # Errors
/// The error of `out`.
pub fn write_line(out: &mut impl Write, line: &str) -> io::Result<()> {
    writeln!(out, "{}", escape_hidden(line))
}

/// The lines of an answer as JSON. Escaped characters mean the same in JSON.
///
/// # Errors
/// The answer can't be written as JSON.
pub fn json_lines(answer: &impl Serialize) -> Result<Vec<String>, serde_json::Error> {
    Ok(serde_json::to_string_pretty(answer)?.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn a_line_stays_one_line() {
        let mut out = Vec::new();
        write_line(&mut out, "a\u{1b}[31m\nb \u{202e}\u{e0001}ä").unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\\u001b[31m\\u000ab \\u202e\\udb40\\udc01ä\n"
        );
        assert_eq!(json_lines(&["a\nb"]).unwrap(), ["[", r#"  "a\nb""#, "]"]);
    }

    #[test]
    fn all_output_goes_through_these_functions() {
        let mut files = Vec::new();
        for room in ["cli", "server"] {
            collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut files);
        }
        assert!(files.len() > 20);
        for (name, text) in files {
            for way in ["print!(", "println!(", "stdout().write", "stderr().write"] {
                assert!(!text.contains(way), "{name} has {way}");
            }
        }
    }

    fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                collect(&entry, files);
            } else {
                files.push((entry.display().to_string(), fs::read_to_string(&entry).unwrap()));
            }
        }
    }
}
