//! Whether replies show privileges.

/// Whether a reply tells what the caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Privileges {
    /// It does.
    Shown,
    /// It does not.
    Hidden,
}
