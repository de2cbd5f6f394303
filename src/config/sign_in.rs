//! The settings of attempts to sign in with a password.

use super::parse::within;
use crate::auth::throttle::SignInLimits;
use clap::Args;

/// How many attempts may fail: few enough that nobody can guess a password.
#[derive(Args)]
#[command(next_help_heading = "Signing in")]
#[expect(clippy::struct_field_names, reason = "a field has the name of its flag")]
pub struct SignInOptions {
    /// Number of failed sign-ins of a user after which further attempts must wait.
    ///
    /// Each further failure doubles the wait.
    #[arg(
        long,
        env = "PATCHBAY_SIGN_IN_USER_FAILURES",
        value_name = "N",
        value_parser = within::<u32>(1..=100),
        default_value_t = 5
    )]
    sign_in_user_failures: u32,
    /// Number of failed sign-ins from an address, for all users together, after which further
    /// attempts must wait
    #[arg(
        long,
        env = "PATCHBAY_SIGN_IN_ADDRESS_FAILURES",
        value_name = "N",
        value_parser = within::<u32>(1..=10_000),
        default_value_t = 20
    )]
    sign_in_address_failures: u32,
    /// Longest wait after failed sign-ins, in seconds.
    ///
    /// If the failures come from other addresses, or from an address that many clients share, the
    /// wait is at most 40 seconds.
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
