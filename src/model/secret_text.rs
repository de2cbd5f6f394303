//! Secrets inside of texts: `PWD=…` in a connection string, the password in a URL. They are found by their form, so something harmless may be found,
//! and a secret without a telling name is not found.

use serde_json::Value as Json;
use std::borrow::Cow;
use std::ops::Range;

/// Stands in place of a secret.
pub const MASK: &str = "***";

/// The ends of names that announce a secret, in lower case and without `_`, `-` and blanks.
const NAMES: [&str; 10] =
    ["password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "accountkey", "privatekey"];

/// Letters of the longest of them.
const LONGEST_NAME: usize = 10;

/// Whether a text has a secret in it: everybody who may read the text can read the secret.
#[must_use]
pub fn holds_secret(text: &str) -> bool {
    Secrets::of(text).next().is_some()
}

/// The text with [`MASK`] in place of each secret.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = 0;
    for secret in Secrets::of(text) {
        shown.push_str(&text[rest..secret.start]);
        shown.push_str(MASK);
        rest = secret.end;
    }
    if rest == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[rest..]);
    Cow::Owned(shown)
}

/// The JSON with [`MASK`] in place of each secret in its texts; none if there are no secrets in it.
#[must_use]
pub fn masked_json(json: &Json) -> Option<Json> {
    match json {
        Json::String(text) => match masked(text) {
            Cow::Owned(shown) => Some(Json::String(shown)),
            Cow::Borrowed(_) => None,
        },
        Json::Array(items) => {
            let shown: Vec<Option<Json>> = items.iter().map(masked_json).collect();
            let has_secret = shown.iter().any(Option::is_some);
            has_secret
                .then(|| items.iter().zip(shown).map(|(item, shown)| shown.unwrap_or_else(|| item.clone())).collect())
        }
        Json::Object(fields) => {
            let shown: Vec<(&String, Json)> =
                fields.iter().filter_map(|(name, value)| Some((name, masked_json(value)?))).collect();
            if shown.is_empty() {
                return None;
            }
            let mut fields = fields.clone();
            fields.extend(shown.into_iter().map(|(name, value)| (name.clone(), value)));
            Some(Json::Object(fields))
        }
        _ => None,
    }
}

/// The secrets of a text, one after another, in time linear in its length.
struct Secrets<'t> {
    text: &'t str,
    position: usize,
    /// Whether the names that are read now are those of a URL's query, where a value ends at `&`.
    is_query: bool,
    /// The closing quotes and braces that were looked for up to the end in vain.
    missing: Vec<u8>,
}

impl<'t> Secrets<'t> {
    const fn of(text: &'t str) -> Self {
        Self { text, position: 0, is_query: false, missing: Vec::new() }
    }

    /// The value after the equals sign at `equals`, if its name announces a secret.
    fn value(&mut self, start_of_name: usize, equals: usize) -> Option<Range<usize>> {
        if !announces_secret(&self.text[start_of_name..equals]) {
            return None;
        }
        let rest = &self.text[equals + 1..];
        let start = equals + 1 + (rest.len() - rest.trim_start().len());
        let value = self.value_at(start)?;
        self.secret(start, value)
    }

    /// Where the value is, counted from `start`: within its quotes or braces, or up to what ends it. None if there is none.
    fn value_at(&mut self, start: usize) -> Option<Range<usize>> {
        let text = &self.text[start..];
        let closing = match text.as_bytes().first()? {
            quote @ (b'"' | b'\'') => *quote,
            b'{' => b'}',
            _ => return Some(0..unquoted(text, self.is_query)),
        };
        if !self.missing.contains(&closing) {
            if let Some(end) = quoted(text, closing) {
                return Some(1..end);
            }
            self.missing.push(closing);
        }
        // A quote that is never closed may be the one that closes the whole text.
        (!text[1..].trim().is_empty()).then(|| 0..unquoted(text, self.is_query))
    }

    /// The password of the URL whose authority begins at `start`, if it has one.
    fn password(&self, start: usize) -> Option<Range<usize>> {
        self.secret(start, password_of_url(&self.text[start..])?)
    }

    /// A part of the text, unless it is empty or masked already.
    fn secret(&self, start: usize, part: Range<usize>) -> Option<Range<usize>> {
        let part = start + part.start..start + part.end;
        let text = &self.text[part.clone()];
        (!text.is_empty() && text != MASK).then_some(part)
    }
}

impl Iterator for Secrets<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let mut start_of_name = self.position;
        while let Some(byte) = self.text.as_bytes().get(self.position) {
            let at = self.position;
            self.position += 1;
            let secret = match byte {
                b'=' => self.value(start_of_name, at),
                b':' if self.text[self.position..].starts_with("//") => self.password(self.position + 2),
                b'?' | b'&' => {
                    self.is_query = true;
                    None
                }
                b';' | b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n' => {
                    self.is_query = false;
                    None
                }
                _ => continue,
            };
            if let Some(secret) = secret {
                self.position = secret.end;
                return Some(secret);
            }
            if !byte.is_ascii_whitespace() {
                start_of_name = self.position;
            }
        }
        None
    }
}

/// Whether the name at the end of `text` announces a secret.
fn announces_secret(text: &str) -> bool {
    let letters = text.bytes().rev().filter(|byte| !matches!(byte, b'_' | b'-') && !byte.is_ascii_whitespace());
    let letters = letters.take_while(u8::is_ascii_alphanumeric).take(LONGEST_NAME);
    let backwards: Vec<u8> = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    NAMES
        .iter()
        .any(|name| name.bytes().rev().zip(&backwards).filter(|(one, other)| one == *other).count() == name.len())
}

/// Where a quoted value ends. A closing sign that is doubled is part of the value.
fn quoted(text: &str, closing: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr(closing, bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&closing) {
            return Some(at);
        }
        at += 2;
    }
}

/// Where a value without quotes ends. Where that is in doubt it is longer rather than shorter, so that no part of a secret is left.
fn unquoted(text: &str, is_query: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at + 1..];
        let ends = match byte {
            b'\r' | b'\n' => true,
            b';' => !is_query || begins_with_name(rest),
            b'&' | b'#' => is_query,
            b',' => begins_with_name(rest),
            b'"' | b'\'' => !rest.first().is_some_and(u8::is_ascii_alphanumeric),
            byte if byte.is_ascii_whitespace() => {
                let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if is_query || blanks == rest.len() || begins_with_name(&rest[blanks..]) {
                    return at;
                }
                at += blanks;
                false
            }
            _ => false,
        };
        if ends {
            return at;
        }
        at += 1;
    }
    at
}

/// Whether a name and an equals sign come first.
fn begins_with_name(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    let name =
        bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    name > 0 && bytes[name..].trim_ascii_start().first() == Some(&b'=')
}

/// Where the password is in a URL, of which `text` is what follows `://`.
fn password_of_url(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let ends = |at: usize| match bytes[at] {
        byte if byte.is_ascii_whitespace() => true,
        b'"' | b'\'' => true,
        b';' => begins_with_name(&bytes[at + 1..]),
        b':' => bytes[at..].starts_with(b"://"),
        _ => false,
    };
    let url = &bytes[..(0..bytes.len()).find(|at| ends(*at)).unwrap_or(bytes.len())];
    let authority = &url[..memchr::memchr3(b'/', b'?', b'#', url).unwrap_or(url.len())];
    let colon = memchr::memchr(b':', authority)?;
    let end = match memchr::memrchr(b'@', authority) {
        Some(at) => at,
        // A slash in a password should have been encoded. After a host comes a port, which has digits only.
        None if authority[0] == b'[' || authority[colon + 1..].iter().all(u8::is_ascii_digit) => return None,
        None => memchr::memrchr(b'@', url)?,
    };
    (colon < end).then_some(colon + 1..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_masked_where_they_are() {
        for (text, expected) in [
            (
                "CUSTOM CONNECT TO \"provider=x;host=db;Password=hunter2\"",
                "CUSTOM CONNECT TO \"provider=x;host=db;Password=***\"",
            ),
            ("Server=db;PWD=x;Port=1", "Server=db;PWD=***;Port=1"),
            ("Server=db;PWD=x", "Server=db;PWD=***"),
            ("pwd = a b ; host=c", "pwd = ***; host=c"),
            ("Server=db;PWD=a&b=c;Port=1", "Server=db;PWD=***;Port=1"),
            ("PWD=a#b'c\"d;x=1", "PWD=***;x=1"),
            ("PWD={a;b}}c};x=1", "PWD={***};x=1"),
            ("PWD=\"a;\"\"b\";x=1", "PWD=\"***\";x=1"),
            ("PWD='a;''b';x=1", "PWD='***';x=1"),
            ("PWD={never closed;x=1", "PWD=***;x=1"),
            ("host=db password=x user=y", "host=db password=*** user=y"),
            ("host=db password=x y z user = y", "host=db password=*** user = y"),
            ("https://example.com/?api_key=abc&x=1", "https://example.com/?api_key=***&x=1"),
            ("https://example.com/?access-key=abc#x", "https://example.com/?access-key=***#x"),
            ("url=https://h/?token=a;b;Timeout=5", "url=https://h/?token=***;Timeout=5"),
            ("Secret Access Key=abc;Region=x", "Secret Access Key=***;Region=x"),
            ("AccountName=a;AccountKey=Zm9v==;x=1", "AccountName=a;AccountKey=***;x=1"),
            ("PWD=a;uid=b;Client_Secret=c", "PWD=***;uid=b;Client_Secret=***"),
            ("k=v,password=a,b,user=c", "k=v,password=***,user=c"),
            ("https://joe:pass@host/path", "https://joe:***@host/path"),
            ("https://joe:p@ss@host", "https://joe:***@host"),
            ("https://joe:p/a?s#s@host/x", "https://joe:***@host/x"),
            ("https://joe:pa;ss@host", "https://joe:***@host"),
            ("url=ftp://joe:p@h;user=a@b;PWD=c", "url=ftp://joe:***@h;user=a@b;PWD=***"),
            ("mongodb+srv://joe:p@h1,h2/db?x=1", "mongodb+srv://joe:***@h1,h2/db?x=1"),
            ("a https://joe:p@h \"https://eve:q@h\"", "a https://joe:***@h \"https://eve:***@h\""),
            ("PWD=päss;x=1", "PWD=***;x=1"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
            assert!(holds_secret(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "",
            "lib://passwords",
            "CUSTOM CONNECT TO \"provider=x;password=;host=db\"",
            "CUSTOM CONNECT TO \"provider=x;password=\"",
            "Server=db;User=password",
            "PWD=***;x=1",
            "https://joe@host/",
            "https://joe:@host/",
            "https://host:443/x@y",
            "https://[::1]:443/x@y",
            "https://host/a:b@c",
            "jdbc:sqlserver://host:1433;user=a@b",
            "2026-11-24T13:00:00.000Z",
        ] {
            assert_eq!(masked(text), text);
            assert!(!holds_secret(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn masking_is_complete_and_ends(parts in proptest::collection::vec("(PWD|user|api_key|=|;|&|\\?|\"|'|\\{|\\}| |\n|://|:|@|/|,|[a-zé]{1,3})", 0..24)) {
            let once = masked(&parts.concat()).into_owned();
            prop_assert_eq!(masked(&once), once.as_str(), "{}", once);
        }

        #[test]
        fn the_secret_of_a_connection_string_is_gone(secret in "[A-Z0-9!#$%&()*+,./:<>?@^_|~äß]{1,20}", rest in "(;Port=1|)?") {
            prop_assume!(secret != MASK);
            for (before, after) in [("Server=db;PWD=", rest.as_str()), ("Server=db;PWD={", "};Port=1"), ("CUSTOM CONNECT TO \"a=b;password=", "\"")] {
                let text = format!("{before}{secret}{after}");
                prop_assert_eq!(masked(&text), format!("{}{}{}", before, MASK, after));
            }
        }
    }

    /// In quadratic time, each of these would take minutes.
    #[test]
    fn long_texts_are_read_in_linear_time() {
        for part in [
            "PWD=a ", "PWD= ", "://", "://a:", "=", "PWD={;", "PWD={", "PWD=\";", "password", " a", "PWD=a;", ";",
            "://a;b", ",a",
        ] {
            let text = part.repeat(100_000 / part.len());
            let start = std::time::Instant::now();
            let _ = masked(&text);
            assert!(start.elapsed().as_secs() < 5, "{part}: {:?}", start.elapsed());
        }
    }
}
