//! The measured figures next to the promised ones: printed as a table while the benchmark runs, and
//! written as Markdown and JSON at the end.

use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// The promised value of a figure.
#[derive(Clone, Copy)]
pub enum Promise {
    AtLeast(f64),
    Below(f64),
    /// There is no promise; the figure is only printed.
    None,
}

/// The figures of all rounds: the median, the least and the greatest.
#[derive(Clone, Copy)]
pub struct Spread {
    pub median: f64,
    least: f64,
    greatest: f64,
}

impl Spread {
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        Self {
            median: figures[figures.len() / 2],
            least: figures[0],
            greatest: figures[figures.len() - 1],
        }
    }
}

/// One row of the table.
struct Line {
    work: String,
    figure: Spread,
    unit: &'static str,
    promise: Promise,
    /// The times of the median and of the 99th percentile.
    latency: Option<(f64, f64)>,
}

impl Line {
    fn verdict(&self) -> &'static str {
        match self.promise {
            Promise::AtLeast(least) if self.figure.median >= least => "pass",
            Promise::Below(most) if self.figure.median < most => "pass",
            Promise::None => "",
            _ => "short",
        }
    }

    fn cells(&self) -> [String; 7] {
        let promised = match self.promise {
            Promise::AtLeast(least) => format!("≥ {least}"),
            Promise::Below(most) => format!("< {most}"),
            Promise::None => String::new(),
        };
        let (p50, p99) = self
            .latency
            .map_or((String::new(), String::new()), |(p50, p99)| (short(p50), short(p99)));
        let Spread { median, least, greatest } = self.figure;
        [
            self.work.clone(),
            format!("{} {}", short(median), self.unit),
            promised,
            format!("{}–{}", short(least), short(greatest)),
            p50,
            p99,
            self.verdict().to_owned(),
        ]
    }

    fn json(&self) -> Json {
        let (least, most) = match self.promise {
            Promise::AtLeast(least) => (Some(least), None),
            Promise::Below(most) => (None, Some(most)),
            Promise::None => (None, None),
        };
        json!({
            "work": self.work,
            "figure": self.figure.median,
            "unit": self.unit,
            "spread": [self.figure.least, self.figure.greatest],
            "atLeast": least,
            "below": most,
            "p50Milliseconds": self.latency.map(|(p50, _)| p50),
            "p99Milliseconds": self.latency.map(|(_, p99)| p99),
            "verdict": self.verdict(),
        })
    }
}

/// The latency in milliseconds at that percentile.
pub fn percentile(latencies: &mut [Duration], percent: usize) -> f64 {
    latencies.sort_unstable();
    latencies[(latencies.len() - 1) * percent / 100].as_secs_f64() * 1000.0
}

/// Rounded to three significant digits.
fn short(figure: f64) -> String {
    match figure.abs() {
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}

const TITLES: [&str; 7] = ["work", "measured", "promised", "spread", "p50 ms", "p99 ms", ""];
const WIDTHS: [usize; 7] = [58, 22, 9, 14, 8, 8, 6];

/// All measured figures, by part.
pub struct Report {
    /// Whether this run only checks that everything runs: its figures mean nothing, and nothing is
    /// written.
    pub is_quick: bool,
    parts: Vec<(String, Vec<Line>)>,
}

impl Report {
    pub const fn new(is_quick: bool) -> Self {
        Self { is_quick, parts: Vec::new() }
    }

    /// `normal`, or one in a quick run.
    pub const fn rounds(&self, normal: usize) -> usize {
        if self.is_quick { 1 } else { normal }
    }

    /// `normal`, or `quick` in a quick run.
    pub const fn size(&self, normal: usize, quick: usize) -> usize {
        if self.is_quick { quick } else { normal }
    }

    /// Begins a part.
    pub fn part(&mut self, title: &str) {
        println!("\n{title}\n{}", padded(&TITLES.map(str::to_owned)));
        self.parts.push((title.to_owned(), Vec::new()));
    }

    /// Adds a figure to the current part.
    pub fn add(&mut self, work: &str, figure: Spread, unit: &'static str, promise: Promise) {
        self.push(Line { work: work.to_owned(), figure, unit, promise, latency: None });
    }

    /// The same, with the latencies of the requests.
    pub fn add_timed(
        &mut self,
        work: &str,
        figure: Spread,
        unit: &'static str,
        promise: Promise,
        latencies: &mut [Duration],
    ) {
        let latency =
            (!latencies.is_empty()).then(|| (percentile(latencies, 50), percentile(latencies, 99)));
        self.push(Line { work: work.to_owned(), figure, unit, promise, latency });
    }

    fn push(&mut self, line: Line) {
        println!("{}", padded(&line.cells()));
        if let Some((_, lines)) = self.parts.last_mut() {
            lines.push(line);
        }
    }

    /// Writes `report.md` and `report.json` into `folder`.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("report.md"), self.markdown())?;
        let parts: Vec<Json> = self
            .parts
            .iter()
            .map(|(title, lines)| {
                json!({
                    "part": title, "lines": lines.iter().map(Line::json).collect::<Vec<_>>()
                })
            })
            .collect();
        std::fs::write(folder.join("report.json"), serde_json::to_vec_pretty(&parts)?)
    }

    fn markdown(&self) -> String {
        let mut text = String::new();
        for (title, lines) in &self.parts {
            let _ = write!(
                text,
                "### {title}\n\n| {} |\n|{}\n",
                TITLES.join(" | "),
                " --- |".repeat(TITLES.len())
            );
            for line in lines {
                let _ = writeln!(text, "| {} |", line.cells().join(" | "));
            }
            text.push('\n');
        }
        text
    }
}

fn padded(cells: &[String; 7]) -> String {
    let cells = cells.iter().zip(WIDTHS).enumerate().map(|(index, (cell, width))| match index {
        0 => format!("{cell:width$}"),
        _ => format!("{cell:>width$}"),
    });
    cells.collect::<Vec<_>>().join(" ")
}
