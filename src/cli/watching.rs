//! Long work: a progress bar on a terminal, and a clean stop by Ctrl-C.

use crate::backup::{Error, Progress, Work};
use crate::server::on_stop_signal;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A progress bar, if standard error is a terminal.
pub struct Watching {
    bar: ProgressBar,
    work: Option<Work>,
    is_stopped: Arc<AtomicBool>,
}

impl Watching {
    /// Starts to listen for Ctrl-C.
    pub fn start() -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_stopped);
        on_stop_signal(move || stop.store(true, Ordering::Relaxed));
        // The bar stays hidden without a terminal.
        Self { bar: ProgressBar::new(0), work: None, is_stopped }
    }

    /// Shows the progress, and stops the work after Ctrl-C.
    pub fn observe(&mut self, progress: Progress) -> Result<(), Error> {
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
