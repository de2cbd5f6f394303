//! `cargo bench`: how near the server is to what its parts can do, as ratios to limits measured in the same run.
//!
//! Absolute figures say more about the machine than about the program; ratios carry over. Rounds are interleaved, so that
//! a machine that slows down slows both sides down, and medians are shown. `cargo bench -- --quick` only checks that all
//! of it runs.

mod footprint;
mod load;
mod rules;
mod server;
mod units;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    footprint::run(is_quick);
    units::run(is_quick);
    rules::run(is_quick);
    server::run(is_quick);
}

/// The middle one of some figures.
fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
