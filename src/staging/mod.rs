//! Staging: brings the entities of a site in, and merges what here and the site have changed since.
//! Entities are compared in a form that does not depend on the site (docs/staging.md).

mod content;
mod counterpart;
mod error;
mod facet;
mod mapping;
mod merge;
mod preferences;
mod pull;
mod references;
mod report;
mod rule_check;
mod rule_ids;
mod take;

pub use error::PullError;
pub use facet::Facet;
pub use mapping::Mapping;
pub use preferences::{Choice, Preferences};
pub use pull::{MOST_USERS, Pull, Pulled, Users};
pub use report::{Report, TypeReport};
pub use take::{Difference, Dispute};
