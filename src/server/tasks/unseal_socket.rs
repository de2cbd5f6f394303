//! The socket in the data folder through which a sealed server receives its master key. It exists
//! while the server is sealed.

use crate::crypto::Key;
use crate::http::State;
use crate::keys::KeyRing;
use crate::store::{Act, Error, Origin, Outcome, StoredKey};
use actix_web::rt::time::{sleep, timeout};
use actix_web::web::Data;
use secrecy::SecretString;
use std::fs::{Permissions, metadata, remove_file, set_permissions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use zeroize::Zeroizing;

/// The name of the socket in the data folder.
pub const SOCKET: &str = "unseal.sock";

/// The answer to the right key. Any other answer says what is wrong.
pub const UNSEALED: &str = "unsealed";

/// How long a connection may take to send the key.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the server waits after a wrong key before it accepts the next one.
const PENALTY: Duration = Duration::from_secs(1);

/// Longest key in bytes; a key in base64 has 44.
const LONGEST: usize = 64;

/// The socket. It is removed when this value is dropped.
pub struct Gate {
    listener: UnixListener,
    path: PathBuf,
    /// The user that the server runs as.
    user: u32,
}

impl Gate {
    /// Opens the socket in the data folder. The caller must hold the lock of the folder: an
    /// existing socket was left by a server that was killed.
    ///
    /// # Errors
    /// An error of the system if it can't create the socket, for example because the path is too
    /// long.
    pub fn open(data: &Path) -> Result<Self> {
        let path = data.join(SOCKET);
        match remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        // Other users may have connected before this line if they can read the folder, so the user
        // of each connection is checked as well.
        set_permissions(&path, Permissions::from_mode(0o600))?;
        let user = metadata(&path)?.uid();
        Ok(Self { listener, path, user })
    }

    /// Tries the keys that arrive, one after another, until one is right.
    pub async fn admit(self, state: Data<State>) {
        loop {
            let tried = match self.listener.accept().await {
                Ok((stream, _)) => self.serve(stream, &state).await,
                Err(error) => Err(error),
            };
            match tried {
                Ok(Some(mut stream)) => {
                    // The socket is gone before the client reads the answer.
                    drop(self);
                    let _ = stream.write_all(UNSEALED.as_bytes()).await;
                    return;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection to the unseal socket failed");
                }
            }
            sleep(PENALTY).await;
        }
    }

    /// Tries the key from a connection. Returns the connection if the key is right, and otherwise
    /// answers with the reason.
    async fn serve(&self, mut stream: UnixStream, state: &State) -> Result<Option<UnixStream>> {
        let user = stream.peer_cred()?.uid();
        let tried = if [self.user, 0].contains(&user) {
            let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
            timeout(PATIENCE, (&mut stream).take(LONGEST as u64).read_to_end(&mut text)).await??;
            open(state, &text)
        } else {
            Err("only the user that the server runs as may unseal it".to_owned())
        };
        let (outcome, detail) = match &tried {
            Ok(_) => (Outcome::Done, format!("by the user {user} of this machine")),
            Err(why) => (Outcome::Refused, format!("by the user {user} of this machine: {why}")),
        };
        let act = Act { outcome, detail, ..Act::done("unseal") };
        let recorded =
            state.backend.store.write(Origin::command("unseal"), |write| write.record(act)).await;
        let why = match (tried, recorded) {
            (Ok(ring), Ok(())) => {
                state.backend.keys.unseal(ring);
                tracing::info!("unsealed: passwords can be stored and given out");
                return Ok(Some(stream));
            }
            (Err(why), Ok(())) => why,
            (_, Err(error)) => format!("the audit log can't record it: {error}"),
        };
        tracing::warn!(why, "a master key was refused");
        stream.write_all(why.as_bytes()).await?;
        Ok(None)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Err(error) = remove_file(&self.path) {
            tracing::warn!(
                path = %self.path.display(),
                %error,
                "can't remove the unseal socket"
            );
        }
    }
}

/// Opens the data keys with the master key in a text.
fn open(state: &State, text: &[u8]) -> std::result::Result<KeyRing, String> {
    let text = std::str::from_utf8(text).map_err(|_| "this is not a key".to_owned())?;
    let master = Key::from_base64(&SecretString::from(text)).map_err(|error| error.to_string())?;
    let opened = state.backend.store.read(|snapshot| {
        let stored = snapshot.data_keys()?;
        Ok::<_, Error>(KeyRing::open(&master, stored.iter().map(StoredKey::sealed)))
    });
    opened.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
