//! Turns of reads that are not short: few go on at a time, an ordinary user has no more than half
//! of the turns, and a read that computes for long ends when others need what it holds.

mod pool;
mod queue;
mod time;

pub use pool::Share;
pub use queue::{ReadQueue, ReadQueues};
pub use time::ReadTime;
