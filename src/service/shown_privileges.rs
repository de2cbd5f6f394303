//! Whether replies show privileges.

/// Whether a reply shows what the caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Privileges {
    /// The reply shows it.
    Shown,
    /// The reply does not show it.
    Hidden,
}
