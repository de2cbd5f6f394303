//! The way by which a server that runs sealed is given its master key: a socket in the data folder,
//! there as long as it is sealed.

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

/// What is answered to the right key. Any other answer says what was wrong.
pub const UNSEALED: &str = "unsealed";

/// A key must come so soon after the connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a key that was wrong holds up the next one.
const PENALTY: Duration = Duration::from_secs(1);

/// The base64 form of a key has 44 bytes.
const LONGEST: usize = 64;

/// The socket. It goes with the value.
pub struct Gate {
    listener: UnixListener,
    path: PathBuf,
    /// The user whom the server runs as.
    user: u32,
}

impl Gate {
    /// Opens it in the data folder, whose lock this program must hold: what is left there is of a
    /// server that was killed.
    ///
    /// # Errors
    /// The system gives no socket, as where the path is too long for one.
    pub fn open(data: &Path) -> Result<Self> {
        let path = data.join(SOCKET);
        match remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        // Until now others may have come in, where they can look into the folder: so each is asked
        // who he is, too.
        set_permissions(&path, Permissions::from_mode(0o600))?;
        let user = metadata(&path)?.uid();
        Ok(Self { listener, path, user })
    }

    /// Tries the keys that are handed in, one after another, until one is right.
    pub async fn admit(self, state: Data<State>) {
        loop {
            let tried = match self.listener.accept().await {
                Ok((stream, _)) => self.hear(stream, &state).await,
                Err(error) => Err(error),
            };
            match tried {
                Ok(Some(mut stream)) => {
                    // Whoever is told finds no socket any more.
                    drop(self);
                    let _ = stream.write_all(UNSEALED.as_bytes()).await;
                    return;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "nobody could be heard who wanted to unseal the server");
                }
            }
            sleep(PENALTY).await;
        }
    }

    /// Tries the key that comes by the stream, and gives that back if it was right; if not, it says
    /// why.
    async fn hear(&self, mut stream: UnixStream, state: &State) -> Result<Option<UnixStream>> {
        let user = stream.peer_cred()?.uid();
        let tried = if [self.user, 0].contains(&user) {
            let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
            timeout(PATIENCE, (&mut stream).take(LONGEST as u64).read_to_end(&mut text)).await??;
            open(state, &text)
        } else {
            Err("only the user whom the server runs as may unseal it".to_owned())
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
            (_, Err(error)) => format!("it can't be recorded in the audit log: {error}"),
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
                "a socket that is of no use any more can't be removed"
            );
        }
    }
}

/// The data keys, opened by the master key in that text.
fn open(state: &State, text: &[u8]) -> std::result::Result<KeyRing, String> {
    let text = std::str::from_utf8(text).map_err(|_| "this is no key".to_owned())?;
    let master = Key::from_base64(&SecretString::from(text)).map_err(|error| error.to_string())?;
    let opened = state.backend.store.read(|snapshot| {
        let stored = snapshot.data_keys()?;
        Ok::<_, Error>(KeyRing::open(&master, stored.iter().map(StoredKey::sealed)))
    });
    opened.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
