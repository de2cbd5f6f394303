//! The syntax of secrets in texts: the names that announce them, and where their values end.

/// The ends of names that announce a secret, in lower case and without `_`, `-` and spaces.
const NAMES: [&str; 10] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "accountkey",
    "privatekey",
];

/// The length of the longest of them.
const LONGEST_NAME: usize = 10;

/// Whether the name at the end of `text` announces a secret.
pub(super) fn announces_secret(text: &str) -> bool {
    let letters = text
        .bytes()
        .rev()
        .filter(|byte| !matches!(byte, b'_' | b'-') && !byte.is_ascii_whitespace());
    let letters = letters.take_while(u8::is_ascii_alphanumeric).take(LONGEST_NAME);
    let backwards: Vec<u8> = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    NAMES.iter().any(|name| {
        name.bytes().rev().zip(&backwards).filter(|(one, other)| one == *other).count()
            == name.len()
    })
}

/// The end of a quoted value. A doubled closing sign, or a quote after a backslash, is part of the
/// value.
pub(super) fn quoted(text: &str, closing: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr(closing, bytes.get(at..)?)?;
        let backslashes = bytes[1..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if matches!(closing, b'"' | b'\'') && backslashes % 2 == 1 {
            at += 1;
        } else if bytes.get(at + 1) == Some(&closing) {
            at += 2;
        } else {
            return Some(at);
        }
    }
}

/// Whether the value ends with its quote if `rest` follows. Otherwise the quotes are part of the
/// value.
pub(super) fn ends_quoted(rest: &str, sign: u8) -> bool {
    match rest.as_bytes().first() {
        None | Some(b';' | b',' | b'&' | b'"' | b'\'') => true,
        Some(b'}' | b']') => sign == b':',
        Some(byte) => byte.is_ascii_whitespace(),
    }
}

/// The first position at which an unquoted value ends.
pub(super) fn unquoted(bytes: &[u8], ends: impl Fn(u8, &[u8]) -> bool) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if ends(*byte, &bytes[at + 1..]) {
            return at;
        }
        // All spaces in a row are followed by the same text.
        let blanks = bytes[at + 1..]
            .iter()
            .take_while(|next| byte.is_ascii_whitespace() && is_blank(**next))
            .count();
        at += 1 + blanks;
    }
    at
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether a value in a URL's query ends at a byte before `rest`.
pub(super) fn in_query(byte: u8, rest: &[u8]) -> bool {
    match byte {
        b'&' | b'#' => true,
        b';' => begins_with_name(rest),
        b'"' | b'\'' => !rest.first().is_some_and(u8::is_ascii_alphanumeric),
        byte => byte.is_ascii_whitespace(),
    }
}

/// Whether a value without a semicolon after it ends at a byte before `rest`.
pub(super) fn in_text(byte: u8, rest: &[u8]) -> bool {
    match byte {
        b'\r' | b'\n' => true,
        b',' => begins_with_name(rest),
        b'"' | b'\'' => !rest.first().is_some_and(u8::is_ascii_alphanumeric),
        byte => {
            byte.is_ascii_whitespace()
                && (rest.trim_ascii_start().is_empty() || begins_with_name(rest))
        }
    }
}

/// Whether the text starts with a name and an equals sign.
fn begins_with_name(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    let name = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        .count();
    name > 0 && bytes[name..].trim_ascii_start().first() == Some(&b'=')
}

/// The position of the colon before a password or a port. `url` is the text after `://`.
pub(super) fn colon_of_url(url: &[u8]) -> Option<usize> {
    let ends = |at: usize| match url[at] {
        b':' | b'/' | b'?' | b'#' | b'"' | b'\'' => true,
        b';' => begins_with_name(&url[at + 1..]),
        byte => byte.is_ascii_whitespace(),
    };
    let end = (0..url.len()).find(|at| ends(*at))?;
    (url[end] == b':' && url[0] != b'[').then_some(end)
}

/// The end of the password in a URL; `text` is the text after the colon. The password ends at the
/// last `@`, because an `@`, slash or semicolon in a password should have been encoded. A parameter
/// whose name announces a secret is not part of it.
///
/// # Errors
/// There is no password; none exists up to the returned position either.
pub(super) fn end_of_password(text: &str) -> Result<usize, usize> {
    let mut last = None;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'@' => last = Some(at),
            b'"' | b'\'' => return last.ok_or(at),
            b'=' | b':' if announces_secret(&text[..at]) => {
                let before = text[..at].trim_end_matches(|c: char| {
                    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
                });
                let is_parameter =
                    before.ends_with(';') || byte == b'=' && before.ends_with(['?', '&', ',']);
                match last {
                    Some(end) if is_parameter || byte == b'=' => return Ok(end),
                    None if is_parameter && is_port(before) => return Err(at),
                    None if is_parameter => return Ok(before.len() - 1),
                    _ => {}
                }
            }
            byte if byte.is_ascii_whitespace() => return last.ok_or(at),
            _ => {}
        }
    }
    last.ok_or(text.len())
}

/// Whether the text starts with a port.
fn is_port(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['/', '?', '#', ';', ','])
}
