//! `patchbay unseal`: gives the master key to a server that runs without it.

use super::input::HiddenInput;
use super::secret_variable;
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::crypto::Key;
use crate::keys::{self, MasterKeySource};
use crate::server::{SOCKET, UNSEALED};
use crate::store::{Snapshot, read_at};
use crate::terminal::print;
use secrecy::ExposeSecret;
use std::fs::metadata;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// Gives the master key to the server that uses `data`.
pub fn unseal(data: &Path, file: Option<PathBuf>) -> Result<(), CommandError> {
    let source =
        MasterKeySource::settle(file, data, secret_variable).map_err(CommandError::Usage)?;
    let socket = data.join(SOCKET);
    check_owner(data, &socket)?;
    let key = find(data, &source)?;
    let answer = hand_over(&socket, &key).map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => not_sealed(data),
        _ => CommandError::Failure(format!(
            "can't reach the server through {}: {error}",
            socket.display()
        )),
    })?;
    match answer.as_str() {
        UNSEALED => print(["unsealed: the server stores passwords and gives them out again"]),
        "" => Err(CommandError::Failure("the server did not answer; see its log".to_owned())),
        why => Err(CommandError::Failure(format!("the server refuses the master key: {why}"))),
    }
}

/// Refuses a socket of another user, who may have created it to receive the key.
fn check_owner(data: &Path, socket: &Path) -> Result<(), CommandError> {
    let owner = |path: &Path| metadata(path).map(|file| file.uid());
    match (owner(socket), owner(&data.join(DATABASE))) {
        (Ok(socket), Ok(database)) if socket == database => Ok(()),
        (Ok(_), Ok(_)) => Err(CommandError::Failure(format!(
            "{} does not belong to the user that the database belongs to",
            socket.display()
        ))),
        (Err(error), _) | (_, Err(error)) if error.kind() == ErrorKind::PermissionDenied => {
            Err(CommandError::Failure(format!(
                "{}: {error}; run the command as the user that the folder belongs to",
                data.display()
            )))
        }
        _ => Err(not_sealed(data)),
    }
}

fn not_sealed(data: &Path) -> CommandError {
    CommandError::Failure(format!("no sealed server runs with the data folder {}", data.display()))
}

fn find(data: &Path, source: &MasterKeySource) -> Result<Key, CommandError> {
    let (stored, derivation) =
        read_at(&data.join(DATABASE), |snapshot: &Snapshot<'_>| snapshot.sealed_keys())?;
    let found = match (source, derivation) {
        (MasterKeySource::File(_), Some(derivation)) => {
            let passphrase = HiddenInput::open()?.line("Passphrase of the database: ")?;
            if passphrase.expose_secret().is_empty() {
                return Err(CommandError::Failure("the passphrase is empty".to_owned()));
            }
            keys::master_key(&MasterKeySource::Passphrase(passphrase), &stored, Some(derivation))?
        }
        (source, derivation) => keys::master_key(source, &stored, derivation)?,
    };
    found.ok_or_else(|| keys::missing(source).into())
}

fn hand_over(socket: &Path, key: &Key) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.write_all(key.to_base64().as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
