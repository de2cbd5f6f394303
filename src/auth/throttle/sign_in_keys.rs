//! The keys under which attempts to sign in are counted. The counts slow down guessing without
//! locking out the user for long.
//!
//! A browser in which a user has signed in before has a device cookie (OWASP). It has a count of
//! its own: failures elsewhere in the user's name, even from the same address, don't make it wait.
//! All other attempts count for the user at the address, for the user anywhere, and for the
//! address. If many users share the address, only the second count is used: the two others can
//! cause long waits, and there everyone could do that to everyone else. Guessing a user's password
//! from there is no faster than from many addresses.
//!
//! A success clears only the count of a known browser. From the other counts it removes only
//! itself, because their failures may be those of an attacker, who would otherwise gain a few free
//! guesses each time that the user signs in.

use crate::store::{Counted, SignInKey, UserName};
use std::net::IpAddr;

/// The longest wait that failures of others can cause a user in an unknown browser, in seconds:
/// long enough for at most a hundred guesses in an hour.
const ANYWHERE: u32 = 40;

/// How many attempts may fail, and how long the next ones wait.
#[derive(Clone, Copy, Debug)]
pub struct SignInLimits {
    /// Failures of one user that cause no wait.
    pub user_failures: u32,
    /// Failures of one address that cause no wait; several users may share it.
    pub address_failures: u32,
    /// The longest wait, in seconds.
    pub wait_seconds: u32,
}

/// The key of a count: `free` failures cause no wait, and then an attempt waits for at most
/// `seconds` seconds.
#[must_use]
pub fn counted(of: Counted, key: String, free: u32, seconds: u32) -> SignInKey {
    SignInKey { key, free, longest: i64::from(seconds) * 1_000, of }
}

/// The keys of an attempt: the user anywhere, with short waits; and, unless many share the address,
/// the user at the address, and the address.
pub fn keys(
    limits: SignInLimits,
    name: Option<&UserName>,
    address: Option<IpAddr>,
    is_shared: bool,
) -> Vec<SignInKey> {
    // All invalid names share one key, so that clients can't create any number of counts.
    let user = name.map(ToString::to_string).unwrap_or_default();
    let place = address.map(network).unwrap_or_default();
    let SignInLimits { user_failures, address_failures, wait_seconds } = limits;
    let anywhere = counted(
        Counted::Shared,
        SignInKey::of_user(&user),
        user_failures,
        ANYWHERE.min(wait_seconds),
    );
    if is_shared {
        return vec![anywhere];
    }
    vec![
        counted(
            Counted::Shared,
            SignInKey::of_user_from(&user, &place),
            user_failures,
            wait_seconds,
        ),
        anywhere,
        counted(Counted::Shared, format!("address {place}"), address_failures, wait_seconds),
    ]
}

/// The part of an address that one customer has: all of an IPv4 address, and the first half of an
/// IPv6 address.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::store::{Error, Origin, new_file, write_at};

    /// An attempt each second for an hour, with the count by user only: ASVS 2.2.1 allows no more
    /// than 100 of them.
    #[test]
    fn at_most_a_hundred_guesses_an_hour_are_possible_at_one_user() {
        let (_folder, file) = new_file();
        let limits = SignInLimits { user_failures: 5, address_failures: 20, wait_seconds: 900 };
        let keys = keys(limits, UserName::new("LAB", "Anna").as_ref(), None, true);
        let start = Timestamp::now().millis();
        let made = write_at(&file, &Origin::command("test"), |write| {
            let at = |second: i64| Timestamp::from_millis(start + second * 1_000);
            let attempts =
                (0..3_600).map(|second| Ok(write.attempt_sign_in(&keys, at(second))?.is_ok()));
            attempts.collect::<Result<Vec<bool>, Error>>()
        });
        let made = made.unwrap().into_iter().filter(|is_made| *is_made).count();
        assert!((90..=100).contains(&made), "{made}");
    }

    /// The same while the user signs in again and again: this gives the attacker no more guesses,
    /// and does not keep the count from halving.
    #[test]
    fn sign_ins_of_the_user_allow_no_more_guesses() {
        let (_folder, file) = new_file();
        let limits = SignInLimits { user_failures: 5, address_failures: 20, wait_seconds: 900 };
        let keys = keys(limits, UserName::new("LAB", "Anna").as_ref(), None, true);
        let start = Timestamp::now().millis();
        let (guesses, successes, free) = write_at(&file, &Origin::command("test"), |write| {
            let at = |second: i64| Timestamp::from_millis(start + second * 1_000);
            let (mut guesses, mut successes) = (0, 0);
            for second in 0..3_600 {
                if second % 2 == 0 {
                    guesses += u32::from(write.attempt_sign_in(&keys, at(second))?.is_ok());
                } else if let Ok(pending) = write.attempt_sign_in(&keys, at(second))? {
                    write.succeed_sign_in(&pending)?;
                    successes += 1;
                }
            }
            // Once the guessing stops, the count halves to zero, although the user keeps signing
            // in.
            for second in (3_600..3_600 + 7 * 900).step_by(10) {
                if let Ok(pending) = write.attempt_sign_in(&keys, at(second))? {
                    write.succeed_sign_in(&pending)?;
                }
            }
            let mut free = 0;
            while write.attempt_sign_in(&keys, at(3_600 + 7 * 900))?.is_ok() {
                free += 1;
            }
            Ok::<_, Error>((guesses, successes, free))
        })
        .unwrap();
        assert!((50..=100).contains(&guesses), "{guesses}");
        assert!(successes > 0 && free == 5, "{successes} {free}");
    }

    /// No test connects from another machine, so this tests the keys of such an attempt.
    #[test]
    fn an_address_counts_unless_many_share_it() {
        let limits = SignInLimits { user_failures: 5, address_failures: 20, wait_seconds: 900 };
        let name = UserName::new("LAB", "Anna");
        let counts = |address: &str, is_shared: bool| {
            let keys = keys(limits, name.as_ref(), address.parse().ok(), is_shared);
            keys.into_iter().map(|key| (key.key, key.free, key.longest)).collect::<Vec<_>>()
        };
        let of = |key: &str, free: u32, longest: i64| (key.to_owned(), free, longest);
        assert_eq!(
            counts("10.0.0.5", false),
            [
                of(r#"user "lab\\anna" from 10.0.0.5"#, 5, 900_000),
                of(r#"user "lab\\anna""#, 5, 40_000),
                of("address 10.0.0.5", 20, 900_000)
            ]
        );
        assert_eq!(counts("2001:db8:1:2:3:4:5:6", false)[2].0, "address 2001:db8:1:2");
        assert_eq!(counts("10.0.0.5", true), [of(r#"user "lab\\anna""#, 5, 40_000)]);
    }
}
