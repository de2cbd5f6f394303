//! The help of commands: the few flags that people need first, and all of them on demand.

use clap::Arg;

/// The settings that `patchbay serve -h` shows; `--help` shows all.
const FIRST: [&str; 10] = [
    "config",
    "data",
    "master-key-file",
    "listen",
    "front",
    "front-tls",
    "operations",
    "host",
    "backup-folder",
    "log-level",
];

/// The settings that the help of `patchbay demo` shows.
const DEMO: [&str; 5] = ["reset", "yes", "data", "listen", "front"];

/// An argument of `patchbay serve`, which the short help shows or not.
pub fn of_server(argument: Arg) -> Arg {
    let is_shown = is_named(&argument, &FIRST);
    // A negative number is a wrong value, not an unknown flag.
    argument.hide_short_help(!is_shown).allow_negative_numbers(true)
}

/// An argument of `patchbay demo`, which the help shows or not. The others work as well.
pub fn of_demo(argument: Arg) -> Arg {
    let is_shown = is_named(&argument, &DEMO);
    let argument = argument.hide(!is_shown);
    if is_shown { argument.help_heading(None::<&str>) } else { argument }
}

fn is_named(argument: &Arg, names: &[&str]) -> bool {
    argument.get_long().is_none_or(|name| names.contains(&name))
}

/// The end of `patchbay serve -h`.
pub const SERVE_SHORT: &str = "These are the most common flags; patchbay serve --help shows all.";

/// The end of `patchbay serve --help`.
pub const SERVE_LONG: &str = "\
A flag overrides an environment variable, and a variable overrides the settings file.

These environment variables hold secrets and have no flag:
  PATCHBAY_MASTER_KEY           the master key, as base64 of 32 bytes, instead of a file
  PATCHBAY_PASSPHRASE           a passphrase to derive the master key from, instead of a file
  PATCHBAY_FRONT_HEADER_SECRET  the secret that a reverse proxy sends in X-Patchbay-Secret, of at
                                least 32 characters";

/// The end of `patchbay demo --help`.
pub const DEMO_END: &str = "\
All other flags and variables of patchbay serve work here, too (patchbay serve --help). The demo
reads no settings file.";

/// The end of `patchbay unseal --help`.
pub const UNSEAL: &str = "\
The master key comes from the file or from one of these environment variables:
  PATCHBAY_MASTER_KEY  the key, as base64 of 32 bytes
  PATCHBAY_PASSPHRASE  a passphrase to derive the key from

If the database was made with a passphrase and the variable is not set, the command asks for the
passphrase at the terminal, or reads it from standard input.";
