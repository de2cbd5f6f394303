//! Memory for the parts of long lists that wait for slow clients. It is limited for each list and
//! for all together, in bytes, however long the rows are.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory is allocated in units of this many bytes.
pub const UNIT: usize = 64 * 1024;

/// The units of one list: 4 MiB. A shorter list frees its database connection however slowly it is
/// read. Each part takes at least one unit, so this is also the number of parts that can wait.
pub const MOST: u32 = 64;

/// The units of all lists together: 8 MiB. When they are used up, a list proceeds only as fast as
/// its client reads, so that slow clients do not fill the memory, whatever their number and the
/// length of the rows.
const MOST_IN_ALL: u32 = 128;

/// The memory that all lists share.
#[derive(Clone, Debug)]
pub struct ListMemory(Arc<Semaphore>);

/// The allotment of one list.
pub struct Allotment {
    own: Arc<Semaphore>,
    shared: Arc<Semaphore>,
}

/// The memory of one part. It is returned when this is dropped.
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
    /// Memory of this many units for all lists.
    pub fn of_units(units: u32) -> Self {
        Self(Arc::new(Semaphore::new(units as usize)))
    }

    /// The allotment of another list.
    pub fn allotment(&self) -> Allotment {
        Allotment { own: Arc::new(Semaphore::new(MOST as usize)), shared: Arc::clone(&self.0) }
    }
}

impl Allotment {
    /// Reserves memory for a part of this many bytes, if it is available now. A part longer than a
    /// list's allotment takes all of it.
    pub fn try_room(&self, bytes: usize) -> Option<Room> {
        let units = units(bytes);
        let own = Arc::clone(&self.own).try_acquire_many_owned(units).ok()?;
        let shared = Arc::clone(&self.shared).try_acquire_many_owned(units).ok()?;
        Some(Room { _own: own, _shared: shared })
    }

    /// As [`Allotment::try_room`], but waits until it is available.
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
