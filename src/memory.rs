//! The memory for all caches together. Each cache has a share, counts its entries in bytes, and
//! keeps within its share.

/// A cache that has a share. To add one, add a line here, in [`Cache::ALL`], in [`Cache::name`] and
/// in `Cache::parts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Responses that were sent before.
    Responses,
    /// The rights of users as predicates on rows.
    Guards,
    /// Users with the properties that rules ask about.
    Users,
    /// Prepared statements of all connections.
    Statements,
    /// Regular expressions of rules.
    Expressions,
    /// Sessions that a header or a JSON Web Token started.
    Sessions,
}

impl Cache {
    /// All caches.
    pub const ALL: [Self; 6] = [
        Self::Responses,
        Self::Guards,
        Self::Users,
        Self::Statements,
        Self::Expressions,
        Self::Sessions,
    ];

    /// The name in the metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::Guards => "guards",
            Self::Users => "users",
            Self::Statements => "statements",
            Self::Expressions => "expressions",
            Self::Sessions => "sessions",
        }
    }

    /// Its share in relation to those of the others.
    const fn parts(self) -> u64 {
        match self {
            Self::Sessions => 2,
            Self::Responses | Self::Users | Self::Expressions => 8,
            Self::Guards => 16,
            Self::Statements => 22,
        }
    }
}

/// The memory for all caches, and how it is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheMemory {
    bytes: u64,
    /// The share of the responses, if it is set.
    responses: Option<u64>,
}

impl Default for CacheMemory {
    fn default() -> Self {
        Self { bytes: Self::DEFAULT, responses: None }
    }
}

impl CacheMemory {
    /// The default, in bytes.
    pub const DEFAULT: u64 = 256 << 20;

    /// So many bytes in total. `responses` sets the share of the responses; by default they have
    /// their usual share.
    #[must_use]
    pub const fn new(bytes: u64, responses: Option<u64>) -> Self {
        Self { bytes, responses }
    }

    /// The bytes for all caches.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.bytes
    }

    /// The bytes that a cache may keep.
    #[must_use]
    pub fn share(self, cache: Cache) -> u64 {
        let sum = |caches: &[Cache]| caches.iter().map(|cache| cache.parts()).sum::<u64>();
        match (cache, self.responses) {
            (Cache::Responses, Some(bytes)) => bytes.min(self.bytes),
            (_, Some(responses)) => {
                let others = sum(&Cache::ALL) - Cache::Responses.parts();
                self.bytes.saturating_sub(responses) * cache.parts() / others
            }
            (_, None) => self.bytes * cache.parts() / sum(&Cache::ALL),
        }
    }
}

/// The number of entries to expect of a cache whose entries may be megabytes. With so few, the
/// cache does not divide its memory into segments that are too small for a large entry.
pub const IN_ONE_PIECE: usize = 16;

/// The bytes that a text takes: the value itself, its content, and the allocator's overhead.
#[must_use]
pub const fn text(text: &str) -> usize {
    size_of::<String>() + text.len() + 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_add_up_to_the_whole() {
        for (bytes, responses) in [
            (CacheMemory::DEFAULT, None),
            (CacheMemory::DEFAULT, Some(0)),
            (CacheMemory::DEFAULT, Some(CacheMemory::DEFAULT)),
            (1_000, Some(2_000)),
            (0, None),
        ] {
            let memory = CacheMemory::new(bytes, responses);
            let sum: u64 = Cache::ALL.iter().map(|cache| memory.share(*cache)).sum();
            assert!(sum <= bytes && sum + 16 >= bytes, "{memory:?}: {sum}");
        }
        assert_eq!(CacheMemory::default().share(Cache::Responses), 32 << 20);
        assert_eq!(CacheMemory::new(256 << 20, Some(0)).share(Cache::Responses), 0);
    }
}
