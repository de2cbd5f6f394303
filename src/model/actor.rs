//! Who asks.

use uuid::Uuid;

/// The user on whose behalf a request is answered, with what rules may ask of him.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The id of the user's row.
    pub id: Uuid,
    /// The directory, as stored.
    pub user_directory: String,
    /// The user id within the directory, as stored.
    pub user_id: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Whether this is one of the site's own accounts, such as `INTERNAL\sa_repository`.
    pub is_service_account: bool,
    /// Whether the user is barred.
    pub is_inactive: bool,
}

impl Actor {
    /// The user as `DIRECTORY\userid`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}\\{}", self.user_directory, self.user_id)
    }

    /// Whether the user has a role; QRS ignores case in role names.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own.eq_ignore_ascii_case(role))
    }
}
