//! The limits on lists in bodies.

/// The most items of a list inside an entity, unless its declaration sets another limit. Each is a
/// separate write.
pub const MOST_ITEMS: usize = 1_000;

/// The most choices of a custom property definition, whatever the settings allow.
pub const MOST_CHOICES: usize = 10_000;

/// The most bytes of all texts in a list of strings: each request that reads the entity has them in
/// memory.
pub const MOST_TEXT: usize = 1024 * 1024;

/// The most entities in a list. Each is a separate write.
pub const MOST_ENTITIES: usize = 10_000;
