//! `cargo bench`: how near the server is to what its parts can do, as ratios to limits measured in the same run.
//!
//! Absolute figures say more about the machine than about the program; ratios carry over. Rounds are interleaved, so that
//! a machine that slows down slows both sides down, and medians are shown. `cargo bench -- --quick` only checks that all
//! of it runs; the names of parts, as in `cargo bench -- console`, run these only.

mod console;
mod footprint;
mod load;
mod rules;
mod server;
mod units;

/// A part of the benchmarks, and what runs it.
type Part = (&'static str, fn(bool));

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let parts: [Part; 5] = [
        ("footprint", footprint::run),
        ("units", units::run),
        ("rules", rules::run),
        ("console", console::run),
        ("server", server::run),
    ];
    for (name, run) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            run(is_quick);
        }
    }
}

/// The middle one of some figures.
fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
