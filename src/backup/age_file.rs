//! Backups as age files (<https://age-encryption.org/v1>), encrypted for public keys and opened by
//! the secret key of one of them.

use super::workplace::folder_of;
use super::{Error, Progress, Watch, Work};
use crate::private_files::open_regular;
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor, IdentityFile};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

/// The first bytes of every age file.
const HEADER: &[u8] = b"age-encryption.org/";

const PIECE: usize = 256 * 1024;

/// The public keys that backups are encrypted for. Without any, backups are not encrypted.
#[derive(Clone, Debug, Default)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// Parses public keys as `age-keygen` prints them.
    ///
    /// # Errors
    /// A message if one is not a public key. It does not repeat the key, because that may be a
    /// secret key.
    pub fn read<'t>(keys: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let wrong = || {
            "a recipient must be an age public key, as age-keygen prints it: age1 and 58 more \
             characters"
                .to_owned()
        };
        let keys = keys.into_iter().map(|key| key.trim().parse().map_err(|_| wrong()));
        keys.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there are no public keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The secret keys that can open a backup.
pub struct Identities(Vec<Box<dyn age::Identity + Send + Sync>>);

impl Identities {
    /// Reads a file that `age-keygen` wrote.
    ///
    /// # Errors
    /// [`Error::File`] if the file can't be read, [`Error::Sealed`] if it contains anything but
    /// secret keys.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = open_regular(path).map_err(Error::of(path))?;
        let wrong = |why: String| Error::Sealed(format!("{}: {why}", path.display()));
        let entries = IdentityFile::from_buffer(BufReader::new(file))
            .map_err(|error| wrong(error.to_string()))?;
        let identities = entries.into_identities().map_err(|error| wrong(error.to_string()))?;
        if identities.is_empty() {
            Err(wrong("contains no age identity; create one with age-keygen".to_owned()))
        } else {
            Ok(Self(identities))
        }
    }
}

/// Whether a file is encrypted.
///
/// # Errors
/// [`Error::File`] if the file can't be read, [`Error::Empty`] if it is empty.
pub fn is_sealed(path: &Path) -> Result<bool, Error> {
    let mut start = Vec::new();
    let file = open_regular(path).map_err(Error::of(path))?;
    file.take(HEADER.len() as u64).read_to_end(&mut start).map_err(Error::of(path))?;
    if start.is_empty() { Err(Error::Empty(path.to_owned())) } else { Ok(start == HEADER) }
}

/// Encrypts the file `plain` into `sealed`, then reads the result back and compares it with the
/// original. A temporary key, added as one more recipient and discarded afterwards, decrypts it for
/// the comparison: the content is the same for every key.
pub fn seal(
    plain: &Path,
    sealed: (&Path, File),
    recipients: &Recipients,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let (path, file) = sealed;
    let check = Identity::generate();
    let own = check.to_public();
    let all = recipients.0.iter().chain([&own]).map(|recipient| recipient as &dyn age::Recipient);
    let failed = |error: &dyn std::fmt::Display| {
        Error::Sealed(format!("the backup can't be encrypted: {error}"))
    };
    let encryptor = Encryptor::with_recipients(all).map_err(|error| failed(&error))?;
    let mut writer = encryptor.wrap_output(BufWriter::new(file)).map_err(Error::of(path))?;
    let source = File::open(plain).map_err(Error::of(plain))?;
    let total = source.metadata().map_err(Error::of(plain))?.len();
    let written = pump((plain, source), (path, &mut writer), &mut |done| {
        watch(Progress { work: Work::Sealing, done, total })
    })?;
    let mut file = writer.finish().map_err(Error::of(path))?;
    file.flush().and_then(|()| file.get_ref().sync_all()).map_err(Error::of(path))?;
    let read = pump((path, reader(path, &[&check])?), (path, &mut std::io::sink()), &mut |done| {
        watch(Progress { work: Work::ReadingBack, done, total })
    })?;
    if read == written {
        return Ok(());
    }
    let folder = folder_of(path).display();
    Err(Error::Sealed(format!(
        "the file in {folder} does not read back as it was written; check the disk"
    )))
}

/// Decrypts the file `path` into `plain`.
pub fn open(
    path: &Path,
    plain: (&Path, File),
    identities: &Identities,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let total = path.metadata().map_err(Error::of(path))?.len();
    let identities: Vec<&dyn age::Identity> =
        identities.0.iter().map(|identity| &**identity as _).collect();
    let (target, mut file) = plain;
    pump((path, reader(path, &identities)?), (target, &mut file), &mut |done| {
        watch(Progress { work: Work::Opening, done, total })
    })
    .map(drop)
}

/// Copies a file that is not encrypted.
pub fn copy(path: &Path, target: (&Path, File), watch: &mut Watch<'_>) -> Result<(), Error> {
    let source = open_regular(path).map_err(Error::of(path))?;
    let total = source.metadata().map_err(Error::of(path))?.len();
    let (target, mut file) = target;
    pump((path, source), (target, &mut file), &mut |done| {
        watch(Progress { work: Work::Copying, done, total })
    })
    .map(drop)
}

fn reader(path: &Path, identities: &[&dyn age::Identity]) -> Result<impl Read, Error> {
    let file = open_regular(path).map_err(Error::of(path))?;
    let wrong = |error| match error {
        DecryptError::NoMatchingKeys => Error::Sealed(format!(
            "{} is not encrypted for this identity; use the secret key of one of its recipients",
            path.display()
        )),
        DecryptError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => {
            Error::of(path)(error)
        }
        _ => damaged(path),
    };
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(wrong)?;
    decryptor.decrypt(identities.iter().copied()).map_err(wrong)
}

fn damaged(path: &Path) -> Error {
    Error::Sealed(format!(
        "{} was changed or cut short after it was encrypted; use another backup",
        path.display()
    ))
}

/// Copies everything and returns its digest.
fn pump(
    (from, mut source): (&Path, impl Read),
    (to, target): (&Path, &mut dyn Write),
    report: &mut dyn FnMut(u64) -> Result<(), Error>,
) -> Result<[u8; 32], Error> {
    let mut piece = vec![0; PIECE];
    let (mut digest, mut done) = (Sha256::new(), 0);
    loop {
        let length = source.read(&mut piece).map_err(|error| match error.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => damaged(from),
            _ => Error::of(from)(error),
        })?;
        if length == 0 {
            target.flush().map_err(Error::of(to))?;
            return Ok(digest.finalize().into());
        }
        digest.update(&piece[..length]);
        target.write_all(&piece[..length]).map_err(Error::of(to))?;
        done += length as u64;
        report(done)?;
    }
}
