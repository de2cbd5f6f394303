//! `X-Qlik-Security`: from where a user asks, and what is known of him beyond what is stored (QRS reference, 4.2).

use crate::model::{Actor, Context};
use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

const HEADER: &str = "X-Qlik-Security";

/// The names that tell of the device and the connection rather than of the user.
const ENVIRONMENT: [&str; 6] = ["OS", "Device", "Browser", "IP", "SecureRequest", "Context"];

/// What the header says; nothing if there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityHeader {
    context: Context,
    environment: Vec<(String, String)>,
    attributes: Vec<(String, String)>,
}

impl SecurityHeader {
    /// Reads the header of a request. What can't be read is left out: it could only grant more.
    pub fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        header.map(Self::parse).unwrap_or_default()
    }

    /// Adds what the header says to the user.
    pub fn apply(&self, actor: &mut Actor) {
        actor.context = self.context;
        actor.environment.clone_from(&self.environment);
        actor.attributes.extend_from_slice(&self.attributes);
    }

    /// Reads what the header, or an audit's `environmentAttributes`, says.
    pub fn parse(header: &str) -> Self {
        let mut parsed = Self::default();
        for part in header.split(';') {
            let Some((name, value)) = part.split_once('=') else { continue };
            let (name, Ok(value)) = (name.trim(), percent_decode_str(value.trim()).decode_utf8()) else { continue };
            let pair = (name.to_owned(), value.into_owned());
            if name.eq_ignore_ascii_case("Context") && pair.1.eq_ignore_ascii_case("AppAccess") {
                parsed.context = Context::App;
            }
            if ENVIRONMENT.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                parsed.environment.push(pair);
            } else {
                parsed.attributes.push(pair);
            }
        }
        parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_context_environment_and_attributes_apart() {
        let parsed =
            SecurityHeader::parse("OS=Windows; Context=AppAccess; IP=10.0.0.1;group=Sales%20EU; group=IT; broken");
        assert_eq!(parsed.context, Context::App);
        assert_eq!(parsed.environment.len(), 3);
        let pair = |value: &str| ("group".to_owned(), value.to_owned());
        assert_eq!(parsed.attributes, [pair("Sales EU"), pair("IT")]);
        assert_eq!(SecurityHeader::parse("Context=ManagementAccess").context, Context::Management);
        assert_eq!(SecurityHeader::parse(""), SecurityHeader::default());
    }
}
