//! Passwords of users: kept as Argon2id hashes with the parameters that OWASP recommends (19 MiB, 2
//! passes), which are the crate's defaults.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;

/// The salt for who has no password. What is made with it is compared with nothing.
const NOBODYS_SALT: [u8; 16] = [0; 16];

/// The hash to keep of a password, as a PHC string.
///
/// # Errors
/// There is no randomness or not enough memory.
pub fn hash(password: &SecretString) -> Result<String, String> {
    let hash: Result<PasswordHash, _> =
        Argon2::default().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| format!("the password can't be hashed: {error}"))
}

/// Checks passwords. The memory that it takes stays with it: what an allocator does between two
/// checks depends on what else was allocated meanwhile, and took a third more time for users who
/// are not there than for those who are.
#[derive(Default)]
pub struct PasswordCheck {
    idle: Mutex<Vec<Vec<Block>>>,
}

impl PasswordCheck {
    /// Whether a password is the one that `kept` was made of. Without one it takes as long, and is
    /// wrong.
    #[must_use]
    pub fn verify(&self, password: &SecretString, kept: Option<&str>) -> bool {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = idle().pop().unwrap_or_default();
        let is_right = verify_in(&mut memory, password, kept);
        // What is left in it would help to guess the password.
        memory.fill(Block::new());
        idle().push(memory);
        is_right
    }
}

/// What a hash may cost to check, in KiB of memory and in KiB times passes: ten times what one
/// costs that is made here. Whoever writes into the database must not keep the server busy by it.
const MOST_MEMORY: u32 = 10 * Params::DEFAULT_M_COST;
const MOST_WORK: u32 = MOST_MEMORY * Params::DEFAULT_T_COST;

/// Whether a text is a hash that passwords can be checked against.
#[must_use]
pub fn is_hash(kept: &str) -> bool {
    parse(kept).is_some()
}

/// What passwords are checked against.
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
    fn only_the_password_itself_is_right_and_its_hash_has_the_parameters() {
        let password = SecretString::from("correct horse battery staple");
        let kept = hash(&password).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && is_hash(&kept), "{kept}");
        assert_ne!(kept, hash(&password).unwrap());
        let check = PasswordCheck::default();
        // Twice, because the second time the memory is there already.
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

    /// The library's own check is of the same mind, also of a hash with other parameters.
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

    /// A wide bound, so that it says nothing of the machine: without the work it would be a
    /// thousandth.
    #[test]
    fn who_has_no_password_takes_as_long() {
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
