//! Normalises paths as QRS clients write them: below `/qrs`, segments may have any case, and a path
//! may end with a slash. A path may encode characters that need no encoding, such as `/%71rs`; it
//! is decoded first, so that no check of a path can be bypassed in that way (RFC 3986, 6.2.2.2). No
//! path of the API has other encoded characters. The router decodes the path again; a `%` that
//! encodes nothing must still encode nothing then.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use std::borrow::Cow;

/// Normalises the path of a request to the QRS API, before it is routed.
pub fn normalise(request: &mut ServiceRequest) {
    if let Some(path) = normalised(request.path(), |path| path) {
        set_path(request, path);
    }
}

/// The prefix of a virtual proxy in the path of a request, as it was sent.
pub struct Prefix(pub String);

/// The same at the front door, where the prefix of a virtual proxy may precede `/qrs`. The prefix
/// is stored as [`Prefix`].
pub fn normalise_at_front(request: &mut ServiceRequest) {
    let prefix = prefix(&decode_unreserved(request.path())).map(|prefix| Prefix(prefix.to_owned()));
    if let Some(prefix) = prefix {
        request.extensions_mut().insert(prefix);
    }
    if let Some(path) = normalised(request.path(), without_prefix) {
        set_path(request, path);
    }
}

/// The normal form of the part of a path that `part` selects, if it differs from `given`.
fn normalised(given: &str, part: fn(&str) -> &str) -> Option<String> {
    let decoded = decode_unreserved(given);
    let path = part(&decoded);
    normal_form(path).or_else(|| (path != given).then(|| path.to_owned()))
}

fn set_path(request: &mut ServiceRequest, path: String) {
    let query = request.query_string();
    let path_and_query = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut parts = request.uri().clone().into_parts();
    let Ok(path_and_query) = PathAndQuery::from_maybe_shared(path_and_query) else { return };
    parts.path_and_query = Some(path_and_query);
    let Ok(uri) = Uri::from_parts(parts) else { return };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

/// Decodes the characters that never need encoding, and encodes each `%` that does not begin an
/// encoded character.
fn decode_unreserved(path: &str) -> Cow<'_, str> {
    let mut decoded = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        rest = after;
        match encoded(after) {
            Some(character) if is_unreserved(character) => {
                decoded.push(character);
                rest = &after[2..];
            }
            Some(_) => decoded.push('%'),
            None => decoded.push_str("%25"),
        }
    }
    if rest.len() == path.len() { Cow::Borrowed(path) } else { Cow::Owned(decoded + rest) }
}

/// The byte that the two digits after a `%` encode.
fn encoded(after: &str) -> Option<char> {
    let digits =
        after.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok().map(char::from)
}

/// Whether a character is unreserved (RFC 3986, 2.3).
fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || ['-', '.', '_', '~'].contains(&character)
}

/// Whether this is a path of the QRS API: below `/qrs` or `/ssl`.
fn is_ours(path: &str) -> bool {
    let first = path.strip_prefix('/').and_then(|rest| rest.split('/').next());
    first.is_some_and(|first| ["qrs", "ssl"].iter().any(|own| first.eq_ignore_ascii_case(own)))
}

/// The path without the prefix of a virtual proxy, which may precede the paths of the API at the
/// front door.
fn without_prefix(path: &str) -> &str {
    let after = path.get(1..).and_then(|rest| rest.find('/')).map_or("", |end| &path[end + 1..]);
    if is_ours(after) { after } else { path }
}

/// The prefix that [`without_prefix`] removes, if there is one.
fn prefix(path: &str) -> Option<&str> {
    let length = path.len() - without_prefix(path).len();
    (length > 0).then(|| &path[1..length])
}

/// The normal form of a path of the API, if it differs from `path`.
fn normal_form(path: &str) -> Option<String> {
    if !is_ours(path) {
        return None;
    }
    let normal = path.trim_end_matches('/').to_ascii_lowercase();
    (normal != path).then_some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn a_prefix_before_qrs_is_removed() {
        assert_eq!(without_prefix("/hub/qrs/tag"), "/qrs/tag");
        assert_eq!(without_prefix("/a/QRS"), "/QRS");
        assert_eq!(without_prefix("/a/ssl/ping"), "/ssl/ping");
        assert_eq!(
            [prefix("/hub/qrs/tag"), prefix("//qrs"), prefix("/qrs/a/qrs")],
            [Some("hub"), Some(""), None]
        );
        for path in ["/qrs/tag", "/qrs/qrsx", "/a/b/qrs/tag", "/", "", "/docs/", "/ä/x"] {
            assert_eq!(without_prefix(path), path);
        }
    }

    #[test]
    fn characters_that_need_no_encoding_are_decoded_once() {
        for (given, expected) in [
            ("/%71rs/t%61g", "/qrs/tag"),
            ("/%51RS/%7e%2D%5f%2e%39", "/QRS/~-_.9"),
            ("/hub/%71%72s", "/hub/qrs"),
            ("/%2571rs", "/%2571rs"),
            ("/qrs%2Ftag/%20/%C3%a4/%00", "/qrs%2Ftag/%20/%C3%a4/%00"),
            ("/%", "/%25"),
            ("/%7", "/%257"),
            ("/%+7x/%zz/%%71", "/%25+7x/%25zz/%25q"),
            ("/%%37%31rs", "/%2571rs"),
            ("/%%%371", "/%25%2571"),
            ("/%3%37", "/%2537"),
            ("/ä%ä", "/ä%25ä"),
            ("/tag", "/tag"),
        ] {
            assert_eq!(decode_unreserved(given), expected, "{given}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_left_to_decode(path in "/[%0-9a-fä]{0,12}") {
            let decoded = decode_unreserved(&path);
            prop_assert_eq!(decode_unreserved(&decoded), &*decoded);
        }
    }

    #[test]
    fn only_qrs_paths_have_a_normal_form() {
        assert_eq!(
            normal_form("/QRS/DataConnection/Full/").as_deref(),
            Some("/qrs/dataconnection/full")
        );
        assert_eq!(normal_form("/qrs/tag/").as_deref(), Some("/qrs/tag"));
        assert_eq!(normal_form("/qrs/tag"), None);
        assert_eq!(normal_form("/Docs/"), None);
        assert_eq!(normal_form("/qrsx/A"), None);
        assert_eq!(normal_form("/SSL/Ping/").as_deref(), Some("/ssl/ping"));
        assert_eq!(normal_form("/ä"), None);
    }
}
