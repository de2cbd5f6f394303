//! Work that takes a while: how far it is, on a terminal, and an end by Ctrl-C that leaves nothing
//! half done.

use crate::backup::{Error, Progress, Work};
use crate::server::when_told_to_stop;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A line on the terminal, if standard error is one.
pub struct Watching {
    bar: ProgressBar,
    work: Option<Work>,
    is_stopped: Arc<AtomicBool>,
}

impl Watching {
    /// Begins to listen for Ctrl-C.
    pub fn start() -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_stopped);
        when_told_to_stop(move || told.store(true, Ordering::Relaxed));
        // It stays hidden where there is no terminal.
        Self { bar: ProgressBar::new(0), work: None, is_stopped }
    }

    /// Hears how far it is.
    pub fn hear(&mut self, progress: Progress) -> Result<(), Error> {
        if self.is_stopped.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        if self.work != Some(progress.work) {
            self.work = Some(progress.work);
            self.begin(progress);
        }
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
        Ok(())
    }

    fn begin(&self, progress: Progress) {
        let template =
            if progress.total == 0 { "{spinner} {msg}" } else { "{msg} {wide_bar} {percent:>3} %" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_message(match progress.work {
            Work::Copying => "copying",
            Work::Checking => "checking",
            Work::Sealing => "sealing",
            Work::ReadingBack => "reading back",
            Work::Opening => "opening",
        });
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
