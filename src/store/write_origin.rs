//! The user and the client that cause a write.

use crate::model::masked;
use uuid::Uuid;

/// The characters of a long text that an entry keeps.
const LONGEST: usize = 4_096;

/// The user and the client that cause a write.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// The address of the client; empty for a local command.
    pub address: String,
    /// The id of the request; nil if the write does not belong to a request.
    pub request: Uuid,
    /// The name of the client certificate, if it is not the shared one.
    pub certificate: Option<String>,
    /// The user of the operating system, if a person has run a command.
    pub operator: Option<String>,
}

impl Origin {
    /// The detail of an audit entry, with the certificate or the user of the operating system
    /// added.
    pub(super) fn detail(&self, detail: &str) -> String {
        let detail: String = masked(detail).chars().take(LONGEST).collect();
        let certificate =
            self.certificate.as_ref().map(|name| format!("by the certificate {name}"));
        let operator =
            self.operator.as_ref().map(|name| format!("by the user {name} of this machine"));
        let all = [Some(detail).filter(|detail| !detail.is_empty()), certificate, operator];
        all.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// The program itself, run by this command.
    #[must_use]
    pub fn command(name: &str) -> Self {
        let user = format!("patchbay {name}");
        Self {
            user,
            address: String::new(),
            request: Uuid::nil(),
            certificate: None,
            operator: None,
        }
    }
}
