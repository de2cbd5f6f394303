//! The memory that all caches may take together. Each has a share of it, weighs what it keeps in
//! bytes, and keeps no more than its share.

/// A cache that has a share. A further one is a line here, in [`Cache::ALL`], in [`Cache::name`]
/// and in `Cache::parts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Responses that were sent before.
    Responses,
    /// What users may do, as the rules say it.
    Guards,
    /// Users, as rules ask about them.
    Users,
    /// Prepared statements of all connections.
    Statements,
    /// Regular expressions of rules.
    Expressions,
    /// Sessions that a header or a JSON Web Token began.
    Sessions,
}

impl Cache {
    /// All of them.
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

    /// Its share, beside those of the others.
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
    /// The share of the responses where it is given.
    responses: Option<u64>,
}

impl Default for CacheMemory {
    fn default() -> Self {
        Self { bytes: Self::DEFAULT, responses: None }
    }
}

impl CacheMemory {
    /// Bytes, unless somebody says how many.
    pub const DEFAULT: u64 = 256 << 20;

    /// So many bytes; `responses` of them are for responses, or their usual share.
    #[must_use]
    pub const fn new(bytes: u64, responses: Option<u64>) -> Self {
        Self { bytes, responses }
    }

    /// Bytes of all caches.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.bytes
    }

    /// Bytes that a cache may keep.
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

/// The number of entries to expect of a cache whose entries may be megabytes: with so few, the
/// cache does not divide its memory into pieces, of which none could hold a large entry.
pub const IN_ONE_PIECE: usize = 16;

/// Bytes of a text: where it lies, its letters, and what the allocator needs for them.
#[must_use]
pub const fn text(text: &str) -> usize {
    size_of::<String>() + text.len() + 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_the_whole_and_no_more() {
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
