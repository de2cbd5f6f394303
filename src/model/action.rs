//! The actions on resources, with QRS's names (QRS reference, 6.1).

/// An action that a rule can grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Create a resource.
    Create,
    /// See it.
    Read,
    /// Change it.
    Update,
    /// Delete it.
    Delete,
    /// Export it from the site.
    Export,
    /// Publish it to others in a stream.
    Publish,
    /// Change its owner.
    ChangeOwner,
    /// Change the roles of a user.
    ChangeRole,
    /// Export data from it.
    ExportData,
    /// Use it offline.
    OfflineAccess,
    /// Send it to another site.
    Distribute,
    /// Copy it.
    Duplicate,
    /// Approve it.
    Approve,
    /// Get the password of a data connection. It is not an action of QRS, so "everything" there
    /// does not include it.
    Reveal,
}

impl Action {
    /// All of them in the order of QRS's bits, which is the order of `privileges`.
    pub const ALL: [Self; 14] = [
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::Export,
        Self::Publish,
        Self::ChangeOwner,
        Self::ChangeRole,
        Self::ExportData,
        Self::OfflineAccess,
        Self::Distribute,
        Self::Duplicate,
        Self::Approve,
        Self::Reveal,
    ];

    /// The sum of all bits of QRS's own actions.
    pub const EVERYTHING: i64 = 8191;

    /// Its bit in the actions of a rule.
    #[must_use]
    pub const fn bit(self) -> i64 {
        1 << self as u32
    }

    /// Whether it is among `actions`, a sum of bits.
    #[must_use]
    pub const fn is_in(self, actions: i64) -> bool {
        actions & self.bit() != 0
    }

    /// The actions in words.
    #[must_use]
    pub fn describe(actions: i64) -> String {
        let own = Self::ALL.into_iter().filter(|action| action.is_in(actions));
        let is_everything = actions & Self::EVERYTHING == Self::EVERYTHING;
        let left =
            own.filter(|action| !is_everything || !action.is_in(Self::EVERYTHING)).map(Self::name);
        let words: Vec<&str> =
            is_everything.then_some("everything").into_iter().chain(left).collect();
        words.join(", ")
    }

    /// The actions for which `held` is true; `held` has the order of [`Action::ALL`].
    pub fn held(held: &[bool]) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().zip(held).filter(|(_, held)| **held).map(|(action, _)| action)
    }

    /// The action with this name, ignoring case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name().eq_ignore_ascii_case(name))
    }

    /// Its name in `privileges`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Export => "export",
            Self::Publish => "publish",
            Self::ChangeOwner => "changeowner",
            Self::ChangeRole => "changerole",
            Self::ExportData => "exportdata",
            Self::OfflineAccess => "offlineaccess",
            Self::Distribute => "distribute",
            Self::Duplicate => "duplicate",
            Self::Approve => "approve",
            Self::Reveal => "reveal",
        }
    }
}
