//! The replies of sites, which differ in small ways.

use std::io::{self, Cursor, Read};

/// The byte order mark, with which some replies begin.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The text of a reply without the byte order mark that may precede it.
///
/// # Errors
/// The reply can't be read.
pub fn without_mark<R: Read>(mut reply: R) -> io::Result<impl Read> {
    let mut start = Vec::new();
    reply.by_ref().take(MARK.len() as u64).read_to_end(&mut start)?;
    if start == MARK {
        start.clear();
    }
    Ok(Cursor::new(start).chain(reply))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_skipped_and_nothing_else() {
        for (reply, expected) in
            [("\u{feff}[]", "[]"), ("[]", "[]"), ("", ""), ("[", "["), ("\u{feff}", "")]
        {
            let mut read = String::new();
            without_mark(reply.as_bytes()).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, expected);
        }
    }
}
