//! The lengths of passwords and passphrases.

use secrecy::{ExposeSecret, SecretString};

/// The bounds, in characters.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;

/// Checks the length of a password, as NIST SP 800-63B advises. Any characters are allowed.
///
/// # Errors
/// A message if the password is too short or too long.
pub fn check_password(password: &SecretString) -> Result<(), String> {
    let length = password.expose_secret().chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        Ok(())
    } else {
        Err(format!(
            "a password or passphrase must have {SHORTEST} to {LONGEST} characters, not {length}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_12_to_1024_characters() {
        for (length, is_taken) in
            [(0, false), (11, false), (12, true), (1_024, true), (1_025, false)]
        {
            let checked = check_password(&SecretString::from("ä".repeat(length)));
            assert_eq!(checked.is_ok(), is_taken, "{length}: {checked:?}");
        }
    }
}
