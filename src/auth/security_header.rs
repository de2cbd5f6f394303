//! `X-Qlik-Security`: the context of a request, and attributes of the user in addition to the
//! stored ones (QRS reference, 4.2).

use crate::error::RequestError;
use crate::model::{Actor, Context, is_control};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The name of the context in the header.
const CONTEXT: &str = "Context";

/// The contents of the header; empty without a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityHeader {
    context: Option<Context>,
    /// The other names and values.
    environment: Vec<(String, String)>,
}

/// Most attributes, and most characters of a name or a value: as many as a stored user can have.
const MOST: usize = 1_000;
const LONGEST: usize = 1_024;

impl SecurityHeader {
    /// The name of the header.
    pub const NAME: &str = "X-Qlik-Security";

    /// Parses the header, which is `None` if its bytes are not ASCII.
    ///
    /// # Errors
    /// `BadRequest` if the header is malformed.
    pub fn of_header(header: Option<&str>) -> Result<Self, RequestError> {
        let text = header.ok_or_else(|| "must be ASCII or percent-encoded UTF-8".to_owned());
        text.and_then(Self::parse)
            .map_err(|message| RequestError::BadRequest(format!("{} {message}", Self::NAME)))
    }

    /// The context of the request.
    #[must_use]
    pub fn context(&self) -> Context {
        self.context.unwrap_or_default()
    }

    /// Adds the context and the attributes to the actor.
    pub fn apply(&self, actor: &mut Actor) {
        actor.context = self.context();
        actor.environment.clone_from(&self.environment);
        actor.attributes.extend(self.attributes().cloned());
    }

    /// The attributes of the user, without those of the connection.
    fn attributes(&self) -> impl Iterator<Item = &(String, String)> {
        let is_attribute =
            |name: &str| !Actor::OF_CONNECTION.iter().any(|known| known.eq_ignore_ascii_case(name));
        self.environment.iter().filter(move |(name, _)| is_attribute(name))
    }

    /// Keeps only the context of the header, or `context` by default, and takes the attributes from
    /// the visitor's credential.
    ///
    /// # Errors
    /// `Unauthorized` if there are too many attributes, or one is too long.
    pub fn of_visitor(
        self,
        context: Context,
        attributes: Vec<(String, String)>,
    ) -> Result<Self, RequestError> {
        let context = Some(self.context.unwrap_or(context));
        let is_long = |(name, value): &&(String, String)| {
            [name, value].iter().any(|text| text.chars().count() > LONGEST)
        };
        let advice = "choose the claims to use with the setting front-jwt-attribute";
        if let Some((name, _)) = attributes.iter().find(is_long) {
            let name: String = name.chars().take(80).collect();
            let message = format!(
                "the claim {name} has a name or a value of more than {LONGEST} characters; {advice}"
            );
            return Err(RequestError::Unauthorized(message));
        }
        if attributes.len() > MOST {
            let message =
                format!("the token has more than {MOST} attributes of the user; {advice}");
            return Err(RequestError::Unauthorized(message));
        }
        Ok(Self { context, environment: attributes })
    }

    /// Whether the header has attributes of the user.
    #[must_use]
    pub fn has_attributes(&self) -> bool {
        self.attributes().next().is_some()
    }

    /// Parses the header, or the `environmentAttributes` of an audit: `name=value`, separated by
    /// semicolons. Parts without a value are ignored. Values may be percent-encoded.
    ///
    /// # Errors
    /// A message to be put after the name of the header.
    pub fn parse(header: &str) -> Result<Self, String> {
        let mut parsed = Self::default();
        for part in header.split(';') {
            let Some((name, value)) = part.split_once('=') else { continue };
            parsed.add(name.trim(), &decoded(value.trim()))?;
        }
        Ok(parsed)
    }

    fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        if [name, value].iter().any(|text| text.chars().count() > LONGEST) {
            return Err(format!("has a name or a value of more than {LONGEST} characters"));
        }
        if name.eq_ignore_ascii_case(CONTEXT) {
            self.context = Some(context(value)?);
            return Ok(());
        }
        if self.environment.len() == MOST {
            return Err(format!("has more than {MOST} attributes"));
        }
        self.environment.push((name.to_owned(), value.to_owned()));
        Ok(())
    }
}

/// Decodes a value as percent-encoded UTF-8. A value that is not, such as the address `fe80::1%85`
/// with its zone, is kept as it was sent, and so is a value that would have control characters.
fn decoded(value: &str) -> Cow<'_, str> {
    match percent_decode_str(value).decode_utf8() {
        Ok(decoded) if !decoded.contains(is_control) => decoded,
        _ => Cow::Borrowed(value),
    }
}

/// Parses a context. An unknown one is refused, because rules grant more in one than in the other.
fn context(value: &str) -> Result<Context, String> {
    match value.to_ascii_lowercase().as_str() {
        "appaccess" => Ok(Context::App),
        "managementaccess" | "" => Ok(Context::Management),
        _ => Err(format!("must have Context=AppAccess or Context=ManagementAccess, not '{value}'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_environment_and_attributes_are_told_apart() {
        let parsed = SecurityHeader::parse(
            "OS=Windows; Context=AppAccess; IP=10.0.0.1;group=Sales%20EU; group=IT; broken",
        )
        .unwrap();
        assert_eq!(parsed.context(), Context::App);
        assert_eq!(parsed.environment.len(), 4);
        let pair = |value: &str| ("group".to_owned(), value.to_owned());
        assert!(parsed.attributes().eq(&[pair("Sales EU"), pair("IT")]));
        assert_eq!(
            SecurityHeader::parse("Context=ManagementAccess").unwrap().context(),
            Context::Management
        );
        assert_eq!(SecurityHeader::parse(""), Ok(SecurityHeader::default()));
        for (header, part) in [
            ("Context=Hub".to_owned(), "Context=AppAccess"),
            (format!("group={}", "x".repeat(1_025)), "1024 characters"),
            ("x=y;".repeat(1_001), "more than 1000"),
        ] {
            assert!(SecurityHeader::parse(&header).unwrap_err().contains(part), "{part}");
        }
    }

    #[test]
    fn a_value_that_does_not_decode_to_printable_text_is_kept_as_sent() {
        for (sent, expected) in [
            ("Sales%20EU", "Sales EU"),
            ("J%C3%BCrgen", "Jürgen"),
            ("fe80::1%85", "fe80::1%85"),
            ("fe80::1%eth0", "fe80::1%eth0"),
            ("fe80::1%14", "fe80::1%14"),
            ("50%ab", "50%ab"),
            ("100%", "100%"),
            ("a%0Ab%20c", "a%0Ab%20c"),
            ("%C2%85", "%C2%85"),
        ] {
            let parsed = SecurityHeader::parse(&format!("IP={sent}")).unwrap();
            assert_eq!(parsed.environment, [("IP".to_owned(), expected.to_owned())]);
        }
    }
}
