//! How long lists in bodies may be.

/// Most items of a list inside an entity, unless its declaration says otherwise. Each costs a write
/// of its own.
pub const MOST_ITEMS: usize = 1_000;

/// Most choices of a custom property definition, whatever the settings allow.
pub const MOST_CHOICES: usize = 10_000;

/// Most bytes of all texts of a list of strings: each request that reads the entity has them in
/// memory.
pub const MOST_TEXT: usize = 1024 * 1024;

/// Most entities of a list of them. Each costs a write of its own.
pub const MOST_ENTITIES: usize = 10_000;
