//! Reads secret lines without leaving copies of them in memory.

use secrecy::SecretString;
use std::io::{Error, ErrorKind, Read, Result};
use zeroize::{Zeroize, Zeroizing};

/// Longest line in bytes; a terminal accepts 4,096.
const LONGEST: usize = 8 * 1024;

/// The lines of an unbuffered input. Bytes after a line stay for the next one.
pub struct SecretLines<R> {
    input: R,
    /// It never grows, which would leave a copy in memory.
    buffer: Zeroizing<Box<[u8]>>,
    filled: usize,
}

impl<R: Read> SecretLines<R> {
    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self { input, buffer: Zeroizing::new(vec![0; LONGEST].into_boxed_slice()), filled: 0 }
    }

    /// Reads the next line, without its line end; `None` at the end of the input.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if the line is too long or not UTF-8, or the error of the input.
    pub fn next_line(&mut self) -> Result<Option<SecretString>> {
        loop {
            if let Some(end) = self.buffer[..self.filled].iter().position(|byte| *byte == b'\n') {
                return self.take(end, end + 1).map(Some);
            }
            if self.filled == LONGEST {
                return Err(Error::new(
                    ErrorKind::InvalidData,
                    format!("a line has more than {LONGEST} bytes"),
                ));
            }
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) if self.filled == 0 => return Ok(None),
                Ok(0) => return self.take(self.filled, self.filled).map(Some),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the line that ends at `end`, and wipes everything before `next`.
    fn take(&mut self, end: usize, next: usize) -> Result<SecretString> {
        let line = str::from_utf8(without_returns(&self.buffer[..end])).map(SecretString::from);
        self.buffer.copy_within(next..self.filled, 0);
        self.filled -= next;
        self.buffer[self.filled..].zeroize();
        line.map_err(|_| Error::new(ErrorKind::InvalidData, "a line is not valid UTF-8"))
    }
}

/// A line without the carriage returns at its end.
fn without_returns(mut line: &[u8]) -> &[u8] {
    while let [start @ .., b'\r'] = line {
        line = start;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::collections::VecDeque;

    /// An input that gives its parts one by one.
    struct Parts(VecDeque<&'static [u8]>);

    impl Read for Parts {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let Some(part) = self.0.pop_front() else { return Ok(0) };
            let count = part.len().min(buffer.len());
            buffer[..count].copy_from_slice(&part[..count]);
            if count < part.len() {
                self.0.push_front(&part[count..]);
            }
            Ok(count)
        }
    }

    fn lines(parts: &[&'static [u8]]) -> (SecretLines<Parts>, Vec<String>) {
        let mut lines = SecretLines::new(Parts(parts.iter().copied().collect()));
        let mut read = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            read.push(line.expose_secret().to_owned());
        }
        (lines, read)
    }

    #[test]
    fn lines_are_read_one_by_one_however_the_input_is_split_and_are_wiped() {
        for (parts, expected) in [
            (&[&b"one\ntwo\n"[..]][..], &["one", "two"][..]),
            (&[b"on", b"e", b"\ntw", b"o"], &["one", "two"]),
            (&[b"one\r\n", b"\n", b"two\r"], &["one", "", "two"]),
            (&[b"p\xC3", b"\xA4ss\n"], &["päss"]),
            (&[], &[]),
        ] {
            let (rest, read) = lines(parts);
            assert_eq!(read, expected, "{parts:?}");
            assert!(rest.buffer.iter().all(|byte| *byte == 0), "{parts:?}");
        }
    }

    #[test]
    fn text_typed_ahead_stays_and_the_line_before_it_is_wiped() {
        let mut lines = SecretLines::new(&b"first-secret\nsecond\nthird"[..]);
        assert_eq!(lines.next_line().unwrap().unwrap().expose_secret(), "first-secret");
        let kept = b"second\nthird";
        assert_eq!(&lines.buffer[..kept.len()], kept);
        assert!(lines.buffer[kept.len()..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_line_that_is_too_long_or_not_utf_8_is_refused() {
        let long = vec![b'x'; LONGEST + 1];
        for input in [&long[..], b"\xFF\n"] {
            let error = SecretLines::new(input).next_line().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert!(!error.to_string().contains("xxx"));
        }
        let (longest, read) =
            (vec![b'y'; LONGEST - 1], [&vec![b'y'; LONGEST - 1][..], b"\n"].concat());
        let line = SecretLines::new(&read[..]).next_line().unwrap().unwrap();
        assert_eq!(line.expose_secret().as_bytes(), longest);
    }
}
