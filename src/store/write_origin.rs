//! On whose behalf something is written, and from where.

use crate::model::masked;
use uuid::Uuid;

/// Characters of a text of which an entry keeps the start only.
const LONGEST: usize = 4_096;

/// On whose behalf something is written, and from where.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Who, as `DIRECTORY\userid`.
    pub user: String,
    /// The address that the request came from; empty at the machine itself.
    pub address: String,
    /// The request's id; nil where it is none of the server's.
    pub request: Uuid,
    /// The name of the client certificate that it came by, if that is somebody's own.
    pub certificate: Option<String>,
    /// The user of the operating system, if a person has run a command at the machine.
    pub operator: Option<String>,
}

impl Origin {
    /// What is to be said about an act, with the certificate or the user of the operating system
    /// that it came by.
    pub(super) fn detail(&self, detail: &str) -> String {
        let detail: String = masked(detail).chars().take(LONGEST).collect();
        let certificate =
            self.certificate.as_ref().map(|name| format!("by the certificate {name}"));
        let operator =
            self.operator.as_ref().map(|name| format!("by the user {name} of this machine"));
        let all = [Some(detail).filter(|detail| !detail.is_empty()), certificate, operator];
        all.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// The program itself, run at the machine by that command.
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
