//! The settings of attempts to sign in with a password.

use super::parse::within;
use crate::auth::throttle::SignInLimits;
use clap::Args;

/// How many attempts may fail: not so many that anybody can guess.
#[derive(Args)]
#[command(next_help_heading = "Attempts to sign in")]
#[expect(clippy::struct_field_names, reason = "a field has the name of its flag")]
pub struct SignInOptions {
    /// Failures to sign in of a user that cost no wait
    #[arg(
        long,
        env = "PATCHBAY_SIGN_IN_USER_FAILURES",
        value_name = "N",
        value_parser = within::<u32>(1..=100),
        default_value_t = 5
    )]
    sign_in_user_failures: u32,
    /// The same from an address, for all users together
    #[arg(
        long,
        env = "PATCHBAY_SIGN_IN_ADDRESS_FAILURES",
        value_name = "N",
        value_parser = within::<u32>(1..=10_000),
        default_value_t = 20
    )]
    sign_in_address_failures: u32,
    /// Longest wait after failures to sign in, in seconds
    #[arg(
        long,
        env = "PATCHBAY_SIGN_IN_WAIT_SECONDS",
        value_name = "N",
        value_parser = within::<u32>(1..=86_400),
        default_value_t = 900
    )]
    sign_in_wait_seconds: u32,
}

impl From<SignInOptions> for SignInLimits {
    fn from(options: SignInOptions) -> Self {
        Self {
            user_failures: options.sign_in_user_failures,
            address_failures: options.sign_in_address_failures,
            wait_seconds: options.sign_in_wait_seconds,
        }
    }
}
