//! Turns of long reads: few run at a time, an ordinary user has at most half of the turns, and a
//! read that computes for long is stopped when others need what it occupies.

mod pool;
mod queue;
mod time;

pub use pool::Share;
pub use queue::{ReadQueue, ReadQueues};
pub use time::ReadTime;
