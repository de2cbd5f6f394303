//! The user who makes a request, as rules see the user.

use super::is_same_folded;
use crate::memory::text;
use uuid::Uuid;

/// The user on whose behalf a request is answered, with all that rules can use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The id of the user's row.
    pub id: Uuid,
    /// The directory, as stored.
    pub user_directory: String,
    /// The user id within the directory, as stored.
    pub user_id: String,
    /// The display name.
    pub display_name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// The attributes, as pairs of type and value: groups, e-mail and the like.
    pub attributes: Vec<(String, String)>,
    /// The custom properties, as pairs of name and value.
    pub custom_properties: Vec<(String, String)>,
    /// The context of the request.
    pub context: Context,
    /// The claims of the session about the user, the device and the connection.
    pub environment: Vec<(String, String)>,
    /// Whether this is one of the site's own accounts, such as `INTERNAL\sa_repository`.
    pub is_service_account: bool,
    /// Whether the user is inactive or blacklisted.
    pub is_inactive: bool,
}

/// The context of a request. Each rule applies in one context or in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Context {
    /// The management console; the default.
    #[default]
    Management,
    /// The hub.
    App,
}

impl Context {
    /// The names of the contexts in settings and API tokens.
    pub const PLACES: [&str; 2] = ["hub", "management"];

    /// The name in settings and API tokens.
    #[must_use]
    pub const fn place(self) -> &'static str {
        match self {
            Self::App => Self::PLACES[0],
            Self::Management => Self::PLACES[1],
        }
    }

    /// The context with this name, ignoring case.
    #[must_use]
    pub fn of_place(place: &str) -> Option<Self> {
        [Self::App, Self::Management]
            .into_iter()
            .find(|context| context.place().eq_ignore_ascii_case(place))
    }

    /// The name as QRS writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Management => "ManagementAccess",
            Self::App => "AppAccess",
        }
    }
}

impl Actor {
    /// The properties of every user that rules can use as `user.name`, in addition to attributes.
    pub const PROPERTIES: [&str; 5] = ["id", "userId", "userDirectory", "name", "roles"];

    /// The names that describe the device and the connection of a session. All other names are
    /// attributes of the user.
    pub const OF_CONNECTION: [&str; 5] = ["OS", "Device", "Browser", "IP", "SecureRequest"];

    /// An unknown user.
    #[must_use]
    pub const fn nobody() -> Self {
        Self {
            id: Uuid::nil(),
            user_directory: String::new(),
            user_id: String::new(),
            display_name: String::new(),
            roles: Vec::new(),
            attributes: Vec::new(),
            custom_properties: Vec::new(),
            context: Context::Management,
            environment: Vec::new(),
            is_service_account: false,
            is_inactive: false,
        }
    }

    /// Whether all requests of the user are refused. The site's own accounts can't be barred,
    /// because then no account could undo it.
    #[must_use]
    pub const fn is_barred(&self) -> bool {
        self.is_inactive && !self.is_service_account
    }

    /// The bytes that it owns, besides its own size. All fields are listed, so that a new one can't
    /// be forgotten.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let Self {
            id: _,
            user_directory,
            user_id,
            display_name,
            roles,
            attributes,
            custom_properties,
            context: _,
            environment,
            is_service_account: _,
            is_inactive: _,
        } = self;
        let names = [user_directory, user_id, display_name].into_iter().chain(roles);
        let pairs = [attributes, custom_properties, environment].into_iter().flatten();
        names.map(|name| text(name)).sum::<usize>()
            + pairs.map(|(name, value)| text(name) + text(value)).sum::<usize>()
    }

    /// The user as `DIRECTORY\userid`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}\\{}", self.user_directory, self.user_id)
    }

    /// The meaning of `user.name` in a rule: a property of the user, or the values of the attribute
    /// of this type.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Vec<String> {
        match name.to_ascii_lowercase().as_str() {
            "id" => vec![self.id.to_string()],
            "userid" => vec![self.user_id.clone()],
            "userdirectory" => vec![self.user_directory.clone()],
            "name" => vec![self.display_name.clone()],
            "roles" => self.roles.clone(),
            _ => values(&self.attributes, name),
        }
    }

    /// The meaning of `user.@Name` in a rule.
    #[must_use]
    pub fn custom_property(&self, name: &str) -> Vec<String> {
        values(&self.custom_properties, name)
    }

    /// The meaning of `user.environment.name` in a rule.
    #[must_use]
    pub fn environment(&self, name: &str) -> Vec<String> {
        if name.eq_ignore_ascii_case("context") {
            return vec![self.context.name().to_owned()];
        }
        values(&self.environment, name)
    }
}

fn values(pairs: &[(String, String)], name: &str) -> Vec<String> {
    pairs
        .iter()
        .filter(|(own, _)| is_same_folded(own, name))
        .map(|(_, value)| value.clone())
        .collect()
}
