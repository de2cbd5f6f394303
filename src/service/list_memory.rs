//! Memory for parts of long lists that wait for slow clients. It is bounded for one list and for
//! all together, in bytes, however long the rows are.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory is given out in units of this many bytes.
pub const UNIT: usize = 64 * 1024;

/// Units of one list: 4 MiB. A shorter list frees its connection to the database however slowly it
/// is read. As each part takes a unit at least, this is also the number of parts that can wait.
pub const MOST: u32 = 64;

/// Units of all lists together: 8 MiB. Where these are used up, a list goes on only as fast as it
/// is read, so that slow readers fill no memory, however many they are and however long the rows.
const MOST_IN_ALL: u32 = 128;

/// The memory that all lists share.
#[derive(Clone, Debug)]
pub struct ListMemory(Arc<Semaphore>);

/// What one list may take of it.
pub struct Allotment {
    own: Arc<Semaphore>,
    shared: Arc<Semaphore>,
}

/// The memory of one part. Dropping it gives it back.
pub struct Room {
    _own: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
}

impl Default for ListMemory {
    fn default() -> Self {
        Self::of_units(MOST_IN_ALL)
    }
}

impl ListMemory {
    /// So many units for all lists.
    pub fn of_units(units: u32) -> Self {
        Self(Arc::new(Semaphore::new(units as usize)))
    }

    /// The allotment of a further list.
    pub fn allotment(&self) -> Allotment {
        Allotment { own: Arc::new(Semaphore::new(MOST as usize)), shared: Arc::clone(&self.0) }
    }
}

impl Allotment {
    /// Room for a part of so many bytes, if there is enough at this moment. A part that is longer
    /// than a list's allotment takes all of that.
    pub fn try_room(&self, bytes: usize) -> Option<Room> {
        let units = units(bytes);
        let own = Arc::clone(&self.own).try_acquire_many_owned(units).ok()?;
        let shared = Arc::clone(&self.shared).try_acquire_many_owned(units).ok()?;
        Some(Room { _own: own, _shared: shared })
    }

    /// The same, once there is enough.
    pub async fn room(&self, bytes: usize) -> Option<Room> {
        let units = units(bytes);
        let own = Arc::clone(&self.own).acquire_many_owned(units).await.ok()?;
        let shared = Arc::clone(&self.shared).acquire_many_owned(units).await.ok()?;
        Some(Room { _own: own, _shared: shared })
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, MOST)
}
