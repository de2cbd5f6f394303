//! The settings of keys.

use super::parse::within;
use clap::Args;
use std::path::PathBuf;

/// Most uses of a data key: below 2^30, far below the 2^32 that are the limit for random nonces
/// under one key.
const MOST_USES: u32 = 1_000_000_000;

/// Where the master key is, and how long a data key lasts.
#[derive(Args)]
#[command(next_help_heading = "Data and keys")]
pub struct KeyOptions {
    /// File with the master key, which protects the stored passwords [default: master.key in the
    /// data folder]
    #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE")]
    pub master_key_file: Option<PathBuf>,
    /// Number of uses after which the server replaces a data key
    #[arg(
        long,
        env = "PATCHBAY_ROTATE_KEY_AFTER",
        value_name = "N",
        value_parser = within::<u32>(1..=MOST_USES),
        default_value_t = MOST_USES
    )]
    pub rotate_key_after: u32,
}
