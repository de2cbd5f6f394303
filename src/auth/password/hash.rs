//! Passwords of users, stored as Argon2id hashes with the parameters that OWASP recommends (19 MiB,
//! 2 passes), which are the defaults of the crate.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;

/// The salt for users without a password. Its hash is never compared with a real one.
const NOBODYS_SALT: [u8; 16] = [0; 16];

/// Hashes a password for storage, as a PHC string.
///
/// # Errors
/// If the random number generator fails, or there is not enough memory.
pub fn hash(password: &SecretString) -> Result<String, String> {
    let hash: Result<PasswordHash, _> =
        Argon2::default().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| format!("the password can't be hashed: {error}"))
}

/// Checks passwords. It keeps its memory between checks: with fresh allocations, a check took a
/// third longer for unknown users than for known ones, depending on other allocations in between.
#[derive(Default)]
pub struct PasswordCheck {
    idle: Mutex<Vec<Vec<Block>>>,
}

impl PasswordCheck {
    /// Whether a password matches the hash `kept`. Without a hash, the check takes equally long and
    /// fails.
    #[must_use]
    pub fn verify(&self, password: &SecretString, kept: Option<&str>) -> bool {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = idle().pop().unwrap_or_default();
        let is_right = verify_in(&mut memory, password, kept);
        // The remains of the computation would help to guess the password.
        memory.fill(Block::new());
        idle().push(memory);
        is_right
    }
}

/// The maximum cost of checking a hash, in KiB of memory and in KiB times passes: ten times the
/// cost of Patchbay's own hashes. A hash that somebody else wrote into the database must not keep
/// the server busy.
const MOST_MEMORY: u32 = 10 * Params::DEFAULT_M_COST;
const MOST_WORK: u32 = MOST_MEMORY * Params::DEFAULT_T_COST;

/// Whether a text is a hash against which passwords can be checked.
#[must_use]
pub fn is_hash(kept: &str) -> bool {
    parse(kept).is_some()
}

/// A parsed hash.
struct Kept {
    params: Params,
    salt: Salt,
    hash: Output,
}

fn parse(kept: &str) -> Option<Kept> {
    let kept = PasswordHash::new(kept).ok().filter(|kept| kept.algorithm == ARGON2ID_IDENT)?;
    let params = Params::try_from(&kept).ok()?;
    let is_cheap = params.m_cost() <= MOST_MEMORY
        && params.m_cost().saturating_mul(params.t_cost()) <= MOST_WORK;
    is_cheap.then_some(Kept { params, salt: kept.salt?, hash: kept.hash? })
}

fn verify_in(memory: &mut Vec<Block>, password: &SecretString, kept: Option<&str>) -> bool {
    let kept = kept.and_then(parse);
    let params = kept.as_ref().map(|kept| kept.params.clone()).unwrap_or_default();
    let salt = kept.as_ref().map_or(&NOBODYS_SALT[..], |kept| &kept.salt);
    let expected = kept.as_ref().map_or(&[][..], |kept| kept.hash.as_bytes());
    let mut found = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    memory.resize(params.block_count(), Block::new());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let password = password.expose_secret().as_bytes();
    let is_done = argon2.hash_password_into_with_memory(password, salt, &mut found, memory).is_ok();
    is_done && bool::from(found.ct_eq(expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordVerifier;
    use std::time::Instant;

    #[test]
    fn only_the_right_password_is_accepted_and_the_hash_has_the_parameters() {
        let password = SecretString::from("correct horse battery staple");
        let kept = hash(&password).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && is_hash(&kept), "{kept}");
        assert_ne!(kept, hash(&password).unwrap());
        let check = PasswordCheck::default();
        // Twice, because the second check reuses the memory of the first.
        for _ in 0..2 {
            assert!(check.verify(&password, Some(&kept)));
            assert!(!check.verify(&SecretString::from("correct horse battery"), Some(&kept)));
            assert!(!check.verify(&password, None));
            for broken in [
                "no hash",
                "",
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ",
                &kept.replace("argon2id", "argon2d"),
                &kept.replace("m=", "m=10"),
                &kept.replace("t=2", "t=9992"),
                &kept.replace("m=19456,t=2", "m=194560,t=3"),
            ] {
                assert!(!check.verify(&password, Some(broken)) && !is_hash(broken), "{broken}");
            }
        }
        let idle = check.idle.into_inner().unwrap();
        assert!(
            idle.len() == 1
                && idle[0].iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
        );
    }

    /// The library's own check agrees, also about a hash with other parameters.
    #[test]
    fn agrees_with_the_library() {
        let params = Params::new(64, 3, 2, Some(24)).unwrap();
        let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let kept: PasswordHash = library.hash_password(b"correct horse").unwrap();
        for password in ["correct horse", "correct horses", ""] {
            let expected = library.verify_password(password.as_bytes(), &kept).is_ok();
            let found = PasswordCheck::default()
                .verify(&SecretString::from(password), Some(&kept.to_string()));
            assert_eq!(found, expected, "{password}");
        }
    }

    /// The bound is wide, so that the test does not depend on the machine: without the work, the
    /// time would be a thousandth.
    #[test]
    fn a_user_without_a_password_takes_equally_long() {
        let password = SecretString::from("x");
        let kept = hash(&SecretString::from("y")).unwrap();
        let time = |kept: Option<&str>| {
            let start = Instant::now();
            let check = PasswordCheck::default();
            let right = (0..5).filter(|_| check.verify(&password, kept)).count();
            assert_eq!(right, 0);
            start.elapsed()
        };
        let (known, unknown) = (time(Some(&kept)), time(None));
        assert!(unknown * 4 > known && known * 4 > unknown, "{known:?} {unknown:?}");
    }
}
