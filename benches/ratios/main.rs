//! `cargo bench`: how close the server comes to what its parts can do, as ratios to limits that are
//! measured in the same run.
//!
//! Absolute figures describe the machine more than the program; ratios are comparable. Rounds
//! alternate, so that a machine that slows down affects both sides, and medians are shown. `cargo
//! bench -- --quick` only checks that everything runs; names of parts, as in `cargo bench --
//! console`, run those parts only.

mod bare_rows;
mod bare_writes;
mod console;
mod data;
mod footprint;
mod load;
mod reads;
mod report;
mod rules;
mod server;
mod size;
mod units;
mod writes;

use report::Report;
use std::path::Path;

/// A part of the benchmarks, with its function.
type Part = (&'static str, fn(&mut Report));

const PARTS: [Part; 7] = [
    ("footprint", footprint::run),
    ("units", units::run),
    ("rules", rules::run),
    ("console", console::run),
    ("reads", reads::run),
    ("writes", writes::run),
    ("size", size::run),
];

fn main() {
    if let [name, arguments @ ..] = std::env::args().skip(1).collect::<Vec<_>>().as_slice()
        && name == bare_writes::NAME
    {
        return bare_writes::run(arguments);
    }
    let mut report = Report::new(std::env::args().any(|argument| argument == "--quick"));
    let selected: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for (name, run) in PARTS {
        if selected.is_empty() || selected.iter().any(|selected| selected == name) {
            run(&mut report);
        }
    }
    if !report.is_quick {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ratios");
        report.write(&folder).expect("the report can be written");
        println!("\nwritten to {}", folder.display());
    }
}
