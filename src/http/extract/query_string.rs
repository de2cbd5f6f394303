//! Query strings as QRS clients write them: names in any case, `+` for a space, and filters that
//! may have an unencoded `&` (QRS reference, 1.6).

use crate::error::RequestError;
use crate::service::shown_privileges::Privileges;
use crate::store::Page;
use percent_encoding::percent_decode_str;

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub struct QueryString(Vec<(String, String)>);

impl QueryString {
    /// Splits and decodes a query string.
    ///
    /// # Errors
    /// `BadRequest` if a parameter has no value, or is not UTF-8.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        let parts = text.split('&').filter(|part| !part.is_empty());
        parts.map(parse_parameter).collect::<Result<_, _>>().map(Self)
    }

    /// The value of the parameter with this name.
    ///
    /// # Errors
    /// `BadRequest` if the parameter occurs more than once.
    pub fn get(&self, name: &str) -> Result<Option<&str>, RequestError> {
        let mut found = self.0.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, value)| value.as_str());
        match found.next() {
            Some(_) => {
                Err(RequestError::BadRequest(format!("the query parameter '{name}' occurs twice")))
            }
            None => Ok(value),
        }
    }

    /// The names of the parameters, as they were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The values of all parameters with this name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The value of the parameter `privileges`; hidden by default and if it is empty.
    ///
    /// # Errors
    /// `BadRequest` if it is neither true nor false.
    pub fn privileges(&self) -> Result<Privileges, RequestError> {
        Ok(if self.is_true("privileges")? { Privileges::Shown } else { Privileges::Hidden })
    }

    /// Whether the parameter with this name is true; `false` by default and if it is empty.
    ///
    /// # Errors
    /// `BadRequest` if it is neither true nor false.
    pub fn is_true(&self, name: &str) -> Result<bool, RequestError> {
        match self.get(name)?.unwrap_or_default() {
            "" => Ok(false),
            value if value.eq_ignore_ascii_case("true") => Ok(true),
            value if value.eq_ignore_ascii_case("false") => Ok(false),
            value => Err(RequestError::BadRequest(format!(
                "{name} must be true or false, not '{value}'"
            ))),
        }
    }

    /// The page of a list that `skip` and `take` select; `None` without them. A `take` of 0 takes
    /// everything, as in the tables of QRS.
    ///
    /// # Errors
    /// `BadRequest` if one of them is not a whole number.
    pub fn page(&self) -> Result<Option<Page>, RequestError> {
        let (skip, take) = (self.number("skip")?, self.number("take")?);
        let all = |take: Option<u32>| take.filter(|take| *take > 0).unwrap_or(u32::MAX);
        Ok((skip.is_some() || take.is_some())
            .then(|| Page { skip: skip.unwrap_or(0), take: all(take) }))
    }

    fn number(&self, name: &str) -> Result<Option<u32>, RequestError> {
        let text = self.get(name)?.filter(|text| !text.is_empty());
        let wrong = |text: &str| {
            RequestError::BadRequest(format!(
                "{name} must be a whole number up to {}, not '{text}'",
                u32::MAX
            ))
        };
        text.map(|text| text.parse().map_err(|_| wrong(text))).transpose()
    }
}

fn parse_parameter(part: &str) -> Result<(String, String), RequestError> {
    let Some((name, value)) = part.split_once('=') else {
        // The first words are those of QRS.
        let message = format!(
            "Missing parameter value(s): '{part}' has no value; is it the end of a filter with an \
             '&' that should be '%26'?"
        );
        return Err(RequestError::BadRequest(message));
    };
    Ok((decode(name)?, decode(value)?))
}

fn decode(text: &str) -> Result<String, RequestError> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8();
    let decoded = decoded.map_err(|_| {
        RequestError::BadRequest(format!("'{text}' in the query string is not UTF-8"))
    })?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_both_kinds_of_spaces_are_decoded() {
        let query =
            QueryString::parse("Filter=name+eq%20'a%2Bb'&XRFKEY=1&&privileges=True").unwrap();
        assert_eq!(query.get("filter").unwrap(), Some("name eq 'a+b'"));
        assert_eq!(query.get("xrfkey").unwrap(), Some("1"));
        assert_eq!(query.privileges().unwrap(), Privileges::Shown);
        assert_eq!(QueryString::default().privileges().unwrap(), Privileges::Hidden);
        assert_eq!(query.get("other").unwrap(), None);
    }

    #[test]
    fn unusable_parameters_are_refused_with_the_reason() {
        assert!(
            QueryString::parse("filter=name eq 'R&D'")
                .unwrap_err()
                .to_string()
                .starts_with("Missing parameter value(s)")
        );
        assert!(QueryString::parse("filter=%ff").is_err());
        assert!(QueryString::parse("a=1&A=2").unwrap().get("a").is_err());
        assert!(QueryString::parse("privileges=maybe").unwrap().privileges().is_err());
    }
}
