//! The message of the server when it starts to answer: its addresses, and a command to try.

use crate::tls::{Certificates, DEFAULT_CLIENT};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

/// The URLs of the doors.
pub struct Urls {
    /// The direct door.
    pub direct: String,
    /// The front door, if there is one.
    pub front: Option<String>,
    /// The door for operations, if there is one.
    pub operations: Option<String>,
}

/// Returns the message: the URLs, the certificates, and a command to paste into a shell.
pub fn text(
    Urls { direct, front, operations }: &Urls,
    link: Option<&SecretString>,
    certificates: &Certificates,
    folder: &Path,
) -> SecretString {
    let front = front
        .as_ref()
        .map(|front| format!("Front door: {front}\nConsole: {front}/console\n"))
        .unwrap_or_default();
    let operations =
        operations.as_ref().map(|url| format!("For operations: {url}/ready\n")).unwrap_or_default();
    let link = link.map(|link| {
        let link = link.expose_secret();
        format!("Choose the first administrator's password within 30 minutes: {link}\n")
    });
    let [root, client, key] =
        [certificates.root(), certificates.client(), certificates.client_key()]
            .map(|path| quote(&path));
    let trial = if certificates.has_client() {
        "Try".to_owned()
    } else {
        format!(
            "Try, after patchbay cert renew {DEFAULT_CLIENT} has made client.pem and \
             client_key.pem again"
        )
    };
    SecretString::from(format!(
        "Patchbay {version} is listening on {direct}\n\
         Certificates: {folder} (client.pem, client_key.pem, root.pem)\n\
         API documentation: {direct}/docs/\n\
         {front}{operations}{link}\
         {trial}:\n  \
         curl --cacert {root} --cert {client} --key {key} -H 'X-Qlik-Xrfkey: 0123456789abcdef' \
         '{direct}/qrs/dataconnection/full?Xrfkey=0123456789abcdef'\n",
        version = env!("CARGO_PKG_VERSION"),
        link = link.unwrap_or_default(),
        folder = folder.display(),
    ))
}

/// The path as one word of a shell.
fn quote(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || "/._-".contains(character));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
