//! Device cookies of browsers in which a user has signed in before: a random name, and an HMAC over
//! the name and the user, keyed with the stored hash of the user's password. The server stores
//! nothing of them; a new password invalidates all of them.

use crate::auth::token::new_token;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use secrecy::{ExposeSecret, SecretString};

/// Creates the device cookie of a browser in which the user with this id has signed in. It keeps
/// the name of an earlier cookie.
///
/// # Errors
/// If the system's random number generator fails.
pub fn mark_device(
    known: Option<&str>,
    user: &str,
    password_hash: &str,
) -> Result<SecretString, String> {
    let fresh = if known.is_some() { None } else { Some(new_token()?) };
    let name = known.or(fresh.as_ref().map(ExposeSecret::expose_secret)).unwrap_or_default();
    let code = sign(&key(password_hash), text(name, user).as_bytes());
    Ok(SecretString::from(format!("{name}.{}", URL_SAFE_NO_PAD.encode(code))))
}

/// The name in a device cookie, if the cookie is of this user and of the present password. For an
/// unknown user, whose hash is empty, the check takes equally long.
#[must_use]
pub fn device_of(mark: &SecretString, user: &str, password_hash: &str) -> Option<String> {
    let (name, code) = mark.expose_secret().split_once('.')?;
    let code = URL_SAFE_NO_PAD.decode(code).ok()?;
    let is_right = verify(&key(password_hash), text(name, user).as_bytes(), &code).is_ok();
    (is_right && !password_hash.is_empty()).then(|| name.to_owned())
}

fn key(password_hash: &str) -> Key {
    Key::new(HMAC_SHA256, password_hash.as_bytes())
}

fn text(name: &str, user: &str) -> String {
    format!("device {name} of {user}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_cookie_is_for_one_user_and_one_password() {
        let mark = mark_device(None, "anna", "hash").unwrap();
        let name = device_of(&mark, "anna", "hash").unwrap();
        assert_eq!(
            device_of(&mark_device(Some(&name), "anna", "hash").unwrap(), "anna", "hash"),
            Some(name)
        );
        assert_ne!(
            mark.expose_secret(),
            mark_device(None, "anna", "hash").unwrap().expose_secret()
        );
        for (user, hash) in [("bert", "hash"), ("anna", "other"), ("anna", "")] {
            assert_eq!(device_of(&mark, user, hash), None, "{user} {hash}");
        }
        let text = mark.expose_secret();
        for wrong in
            ["", ".", "x", "x.y", &text[1..], &text[..text.len() - 1], &text.replace('.', "..")]
        {
            assert_eq!(device_of(&SecretString::from(wrong), "anna", "hash"), None, "{wrong}");
        }
        // An unknown user has no device cookie, even if its HMAC is right.
        assert_eq!(device_of(&mark_device(None, "", "").unwrap(), "", ""), None);
    }
}
