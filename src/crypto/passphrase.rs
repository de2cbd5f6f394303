//! Which passwords and passphrases are long enough.

use secrecy::{ExposeSecret, SecretString};

/// Characters of a password.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;

/// Whether a password may be taken: long enough, as NIST SP 800-63B advises, and of any characters.
///
/// # Errors
/// What is wrong with it.
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
    fn a_password_has_twelve_to_a_thousand_and_twenty_four_characters() {
        for (length, is_taken) in
            [(0, false), (11, false), (12, true), (1_024, true), (1_025, false)]
        {
            let checked = check_password(&SecretString::from("ä".repeat(length)));
            assert_eq!(checked.is_ok(), is_taken, "{length}: {checked:?}");
        }
    }
}
