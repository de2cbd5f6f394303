//! By what attempts to sign in are counted, so that nobody guesses for long, and nobody who guesses
//! keeps others out for long.
//!
//! A browser in which a user has signed in before shows a mark of it (OWASP: device cookies). It is
//! counted by itself: whoever fails elsewhere in the user's name, also from the same address, does
//! not make it wait. All others are counted by the user from there, by the user from anywhere, and
//! by the address. Where an address stands for many, only the second is left: the two others can
//! make somebody wait for long, and there everybody could do that to everybody. So a user's
//! password is guessed at from there no faster than by who has many addresses.
//!
//! A success clears only the count of a known browser. Of the other counts it takes no more than
//! itself, because the failures there may be somebody else's: otherwise each time that the user
//! signs in would give whoever guesses another few guesses for nothing.

use crate::store::{Counted, SignInKey, UserName};
use std::net::IpAddr;

/// How long others who fail from anywhere can make a user wait who comes from a browser that is not
/// known, in seconds: long enough that no more than a hundred guesses are made in an hour.
const ANYWHERE: u32 = 40;

/// How many may fail, and how long they wait then.
#[derive(Clone, Copy, Debug)]
pub struct SignInLimits {
    /// Failures of one user that cost no wait.
    pub user_failures: u32,
    /// The same of an address, from which several may come.
    pub address_failures: u32,
    /// The longest wait, in seconds.
    pub wait_seconds: u32,
}

/// The key of a count: so many failures are free, and then an attempt waits for at most so many
/// seconds.
#[must_use]
pub fn counted(of: Counted, key: String, free: u32, seconds: u32) -> SignInKey {
    SignInKey { key, free, longest: i64::from(seconds) * 1_000, of }
}

/// The user from anywhere, which may not keep him out for long; and, unless the address stands for
/// many, the user from there and the address.
pub fn keys(
    limits: SignInLimits,
    name: Option<&UserName>,
    address: Option<IpAddr>,
    stands_for_many: bool,
) -> Vec<SignInKey> {
    // What can be no user's name is counted as one, or anybody could have any number of them kept.
    let user = name.map(ToString::to_string).unwrap_or_default();
    let place = address.map(network).unwrap_or_default();
    let SignInLimits { user_failures, address_failures, wait_seconds } = limits;
    let anywhere = counted(
        Counted::Shared,
        SignInKey::of_user(&user),
        user_failures,
        ANYWHERE.min(wait_seconds),
    );
    if stands_for_many {
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

/// The part of an address that one customer has: all of an IPv4 one, and of an IPv6 one the first
/// half.
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

    /// An attempt each second for an hour, from where only the count by user is left: ASVS 2.2.1
    /// lets no more than 100 of them be.
    #[test]
    fn no_more_than_a_hundred_guesses_an_hour_are_made_at_one_user() {
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

    /// The same while the user signs in again and again: neither do these give whoever guesses
    /// more, nor do they keep the count from halving.
    #[test]
    fn no_more_guesses_are_made_at_a_user_who_signs_in_meanwhile() {
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
            // Once nobody guesses any more, the count halves down to nothing, although the user
            // signs in all the while.
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

    /// No test comes from another machine, so this says by what one is counted that does.
    #[test]
    fn an_address_counts_unless_it_stands_for_many() {
        let limits = SignInLimits { user_failures: 5, address_failures: 20, wait_seconds: 900 };
        let name = UserName::new("LAB", "Anna");
        let counts = |address: &str, stands_for_many: bool| {
            let keys = keys(limits, name.as_ref(), address.parse().ok(), stands_for_many);
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
