//! Secrets within texts: `PWD=…` in a connection string, the password in a URL. They are recognised
//! by their form, so harmless text may be masked, and a secret without a typical name is not
//! recognised.

use super::secret_syntax::{
    announces_secret, colon_of_url, end_of_password, ends_quoted, in_query, in_text, quoted,
    unquoted,
};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::ops::Range;

/// The text that replaces a secret.
pub const MASK: &str = "***";

/// Whether a text contains a secret, which everyone who may read the text can read.
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

/// The JSON with [`MASK`] in place of each secret in its texts; `None` if it has no secrets.
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
            has_secret.then(|| {
                items
                    .iter()
                    .zip(shown)
                    .map(|(item, shown)| shown.unwrap_or_else(|| item.clone()))
                    .collect()
            })
        }
        Json::Object(fields) => {
            let shown: Vec<(&String, Json)> = fields
                .iter()
                .filter_map(|(name, value)| Some((name, masked_json(value)?)))
                .collect();
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

/// The kinds of places in a text where names occur.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    /// A URL before its query, where a colon precedes a port or a password.
    Url,
    /// The query of a URL, where a value ends at `&`.
    Query,
}

/// Iterates over the secrets of a text, in time linear in its length.
struct Secrets<'t> {
    text: &'t str,
    position: usize,
    place: Place,
    /// The closing quotes and braces, and the semicolon, that do not occur in the rest of the text.
    missing: Vec<u8>,
    /// Up to this position the text has no password of a URL.
    without_password: usize,
}

impl<'t> Secrets<'t> {
    const fn of(text: &'t str) -> Self {
        Self { text, position: 0, place: Place::Text, missing: Vec::new(), without_password: 0 }
    }

    /// The value after the sign at `sign`, if its name announces a secret.
    fn value(&mut self, name: &str, sign: usize) -> Option<Range<usize>> {
        if !announces_secret(name) {
            return None;
        }
        let rest = &self.text[sign + 1..];
        let start = sign + 1 + (rest.len() - rest.trim_start().len());
        let value = self.value_at(start, self.text.as_bytes()[sign])?;
        self.secret(start, value)
    }

    /// The value after the colon at `colon`. Its name may be quoted, as in JSON.
    fn value_after_colon(&mut self, start_of_name: usize, colon: usize) -> Option<Range<usize>> {
        let before = self.text[..colon].trim_ascii_end();
        let name = before.trim_end_matches(['"', '\'', '\\']);
        let start = if name.len() == before.len() { start_of_name } else { 0 };
        self.value(name.get(start..)?, colon)
    }

    /// The range of the value, relative to `start`: within its quotes or braces, or up to what ends
    /// it; `None` if there is no value.
    fn value_at(&mut self, start: usize, sign: u8) -> Option<Range<usize>> {
        let text = &self.text[start..];
        let closing = match text.as_bytes().first()? {
            quote @ (b'"' | b'\'') => *quote,
            b'{' => b'}',
            b'[' if sign == b':' => b']',
            _ => return Some(0..self.unquoted(start) - start),
        };
        if !self.missing.contains(&closing) {
            if let Some(end) = quoted(text, closing) {
                let rest = &text[end + 1..];
                let is_whole = ends_quoted(rest, sign);
                return Some(if is_whole {
                    1..end
                } else {
                    0..self.unquoted(start + end + 1) - start
                });
            }
            self.missing.push(closing);
        }
        // An unclosed quote may be the one that closes the whole text.
        let mut rest = text[1..].chars();
        (!rest.all(|character| character.is_whitespace() || character == ';'))
            .then(|| 0..self.unquoted(start) - start)
    }

    /// The end of an unquoted value that starts at `start` or before. If in doubt, the value is
    /// longer rather than shorter, so that no part of a secret remains: if a semicolon follows,
    /// only that ends it.
    fn unquoted(&mut self, start: usize) -> usize {
        let bytes = &self.text.as_bytes()[start..];
        if self.place == Place::Query {
            return start + unquoted(bytes, in_query);
        }
        if !self.missing.contains(&b';') {
            if let Some(end) = memchr::memchr(b';', bytes) {
                return start + end;
            }
            self.missing.push(b';');
        }
        start + unquoted(bytes, in_text)
    }

    /// The password of the URL whose authority starts at `start`, if it has one.
    fn password(&mut self, start: usize) -> Option<Range<usize>> {
        self.place = Place::Url;
        if start < self.without_password {
            return None;
        }
        let password = start + colon_of_url(&self.text.as_bytes()[start..])? + 1;
        let end = match end_of_password(&self.text[password..]) {
            Ok(end) => end,
            Err(end) => {
                self.without_password = password + end;
                return None;
            }
        };
        // A masked password is skipped as well, so that it is not parsed as something else.
        self.position = password + end;
        self.secret(password, 0..end)
    }

    /// A part of the text, unless it is empty or already masked.
    fn secret(&self, start: usize, part: Range<usize>) -> Option<Range<usize>> {
        let part = start + part.start..start + part.end;
        let text = &self.text[part.clone()];
        (!text.is_empty() && text != MASK).then_some(part)
    }
}

impl Iterator for Secrets<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let text = self.text;
        let mut start_of_name = self.position;
        while let Some(byte) = text.as_bytes().get(self.position) {
            let at = self.position;
            self.position += 1;
            let secret = match byte {
                b'=' => self.value(&text[start_of_name..at], at),
                b':' if text[self.position..].starts_with("//") => self.password(self.position + 2),
                b':' if self.place == Place::Text => self.value_after_colon(start_of_name, at),
                b'?' | b'&' => {
                    self.place = Place::Query;
                    None
                }
                b';' | b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n' => {
                    self.place = Place::Text;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_secret_in_a_text_is_masked() {
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
            ("url=ftp://joe:p@h;user=a@b;PWD=c", "url=ftp://joe:***@b;PWD=***"),
            ("mongodb+srv://joe:p@h1,h2/db?x=1", "mongodb+srv://joe:***@h1,h2/db?x=1"),
            ("a https://joe:p@h \"https://eve:q@h\"", "a https://joe:***@h \"https://eve:***@h\""),
            ("PWD=päss;x=1", "PWD=***;x=1"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
            assert!(holds_secret(text), "{text}");
        }
    }

    /// Each capital S is in a secret.
    #[test]
    fn no_part_of_a_secret_remains() {
        for text in [
            "PWD='ab'cdS;x=1",
            "PWD=\"ab\"S;",
            "PWD=\"ab\"$S;",
            "PWD={ab}S;",
            "PWD={a;b}S;x=1",
            "PWD=\"a\\\" S\";x=1",
            "Password=aa,bb=S;",
            "Password=p w=S;",
            "Password=a\" S;",
            "Password=a\nS;x=1",
            "https://h/?token=a,b=S&x=1",
            "https://joe:1234/S@host/x",
            "https://joe:1234;b=S@host/x",
            "https://joe:a;b=S@host/x",
            "https://joe:a@b/S@host",
            "https://joe:a://S@host",
            "https://joe:S;pwd=S@host",
            "https://joe:mytoken=S@host/x",
            "https://me@corp:S@host/x",
            "https://joe:p@h;PWD=a@S;x=1",
            "https://joe:p@h/?token=a@S&x=1",
            "https://host:443/?token=a@S&x=1",
            "https://joe:p@h;pwd:a@S",
            "https://joe;api_key:S@h",
            "{\"user\":\"a\",\"password\":\"S\"}",
            "{\"password\" : \"a\\\" S\", \"x\": 1}",
            "{\\\"password\\\":\\\"S\\\"}",
            "{'api_key': 'S'}",
            "{\"token\": [\"S\", \"S\"]}",
            "Password: S",
            "Password : \"S\"",
        ] {
            let shown = masked(text).into_owned();
            assert!(!shown.contains('S') && shown.contains(MASK), "{text}: {shown}");
            assert_eq!(masked(&shown), shown, "{text}");
        }
    }

    #[test]
    fn other_text_is_not_masked() {
        for text in [
            "",
            "lib://passwords",
            "CUSTOM CONNECT TO \"provider=x;password=;host=db\"",
            "CUSTOM CONNECT TO \"provider=x;password=\"",
            "Server=db;User=password",
            "PWD=***;x=1",
            "https://joe@host/",
            "https://joe:@host/",
            "https://host:443/x",
            "https://token:443/x",
            "https://[::1]:443/x@y",
            "https://host/a:b@c",
            "jdbc:sqlserver://host:1433;user=a",
            "password: ",
            "{\"user\":\"a\",\"password\":\"\"}",
            "the token of 2026-11-24T13:00:00.000Z",
        ] {
            assert_eq!(masked(text), text);
            assert!(!holds_secret(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn masking_is_complete_and_terminates(parts in proptest::collection::vec("(PWD|user|api_key|=|;|&|\\?|\"|'|\\{|\\}| |\n|://|:|@|/|,|[a-zé]{1,3})", 0..24)) {
            let once = masked(&parts.concat()).into_owned();
            prop_assert_eq!(masked(&once), once.as_str(), "{}", once);
        }

        #[test]
        fn the_secret_of_a_connection_string_is_masked(
            secret in "[A-Z0-9!#$%&()*+,./:<>?@^_|~äß]{1,20}",
            rest in "(;Port=1|)?",
        ) {
            prop_assume!(secret != MASK);
            for (before, after) in [("Server=db;PWD=", rest.as_str()),
                ("Server=db;PWD={", "};Port=1"), ("CUSTOM CONNECT TO \"a=b;password=", "\"")] {
                let text = format!("{before}{secret}{after}");
                prop_assert_eq!(masked(&text), format!("{}{}{}", before, MASK, after));
            }
        }
    }

    /// In quadratic time, each of these would take minutes.
    #[test]
    fn long_texts_are_read_in_linear_time() {
        for part in [
            "PWD={;",
            "PWD=\";",
            "PWD:",
            "PWD: {;",
            "PWD=';'a",
            "PWD=a\\\"",
            "://a:pwd=",
            "://a:b@",
            "://a:b@;pwd:",
            "://a:9/?pwd=;",
            "PWD=a ",
            "PWD= ",
            "://",
            "://a:",
            "=",
            "PWD={",
            "password",
            " a",
            "PWD=a;",
            ";",
            "://a;b",
            ",a",
        ] {
            let text = part.repeat(100_000 / part.len());
            for end in ["", &" ".repeat(100_000), "@", "}x", "\"x", "; x"] {
                let start = std::time::Instant::now();
                let _ = masked(&format!("{text}{end}"));
                assert!(
                    start.elapsed().as_secs() < 5,
                    "{part}, {:?}: {:?}",
                    end.get(..2),
                    start.elapsed()
                );
            }
        }
    }
}
