//! Changes to the database without the keys: each sealed value that was modified or moved is
//! refused with the same message, and everything else keeps working.

use crate::support::credentials::{engine, password, redeem, token, with_password};
use crate::support::machine::{fails, patchbay};
use crate::support::{Client, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use patchbay::crypto::Key;
use patchbay::keys::KeyRing;
use rusqlite::Connection;
use serde_json::Value as Json;
use std::fs;
use std::path::Path;

/// The position of the term in an envelope, after the version.
const TERM: std::ops::Range<usize> = 1..5;

/// A server with some passwords, and a direct connection to its database.
struct Site {
    server: Server,
    database: Connection,
    engine: Client,
    ids: Vec<String>,
    /// How many reveals were refused.
    refused: usize,
}

impl Site {
    fn new(names: &[&str]) -> Self {
        let server = Server::start();
        let ids = names.iter().map(|name| with_password(&server.repository(), name)).collect();
        let database = Connection::open(server.data().join("patchbay.db")).unwrap();
        Self { engine: engine(&server), server, database, ids, refused: 0 }
    }

    fn stored(&self, id: &str) -> String {
        self.database
            .query_row("SELECT password FROM data_connections WHERE id = ?1", [id], |row| {
                row.get(0)
            })
            .unwrap()
    }

    fn store(&self, id: &str, sealed: &str) {
        let change = "UPDATE data_connections SET password = ?2 WHERE id = ?1";
        assert_eq!(self.database.execute(change, [id, sealed]).unwrap(), 1);
    }

    /// Checks that a forged password is refused; then restores the right one.
    #[track_caller]
    fn assert_refused(&mut self, id: &str, forged: &str) {
        let right = self.stored(id);
        assert_ne!(right, forged);
        self.store(id, forged);
        self.assert_does_not_open(id, forged);
        self.store(id, &right);
    }

    #[track_caller]
    fn assert_does_not_open(&mut self, id: &str, about: &str) {
        let reply = redeem(&self.server, &self.engine, &token(&self.server, &self.engine, id));
        let expected = "{\"message\":\"the stored password can't be decrypted; store it again, and \
                        see the server's log\"}";
        assert_eq!((reply.status, reply.text.as_str()), (409, expected), "{about}");
        self.refused += 1;
    }

    /// Each refusal has an audit entry, which says no more than the response, and everything else
    /// is unchanged.
    fn assert_recorded_and_well(&self) {
        let entries =
            "/auditentry/full?filter=action%20eq%20'reveal'%20and%20outcome%20eq%20'refused'";
        let entries = self.server.repository().get(entries).expect(200).json();
        let entries = entries.as_array().unwrap();
        assert_eq!(entries.len(), self.refused);
        let alike = |entry: &&Json| {
            entry["detail"] == entries[0]["detail"] && entry["userName"] == "INTERNAL\\sa_engine"
        };
        assert!(entries[0]["detail"].as_str().unwrap().contains("can't be decrypted"));
        assert_eq!(entries.iter().filter(alike).count(), self.refused);
    }
}

fn envelope(sealed: &str) -> Vec<u8> {
    STANDARD.decode(sealed).unwrap()
}

#[test]
fn an_envelope_with_any_flipped_byte_is_refused_with_the_same_message() {
    let mut site = Site::new(&["one", "other"]);
    let (one, other) = (site.ids[0].clone(), site.ids[1].clone());
    let right = site.stored(&one);
    let full_envelope = envelope(&right);
    assert!(full_envelope.len() > 97);
    for at in 0..full_envelope.len() {
        for bit in [0x01, 0x80] {
            let mut flipped = full_envelope.clone();
            flipped[at] ^= bit;
            site.assert_refused(&one, &STANDARD.encode(flipped));
        }
    }
    // Texts that are no envelope, and parts of one.
    for text in [
        "x",
        "\u{0}",
        "====",
        &right[..8],
        &right[..right.len() - 4],
        &right[4..],
        &format!("{right}AAAA"),
    ] {
        site.assert_refused(&one, text);
    }
    assert_eq!(password(&site.server, &other), "secret of other");
    assert_eq!(password(&site.server, &one), "secret of one");
    site.assert_recorded_and_well();
}

#[test]
fn swapped_envelopes_are_refused() {
    let mut site = Site::new(&["one", "other", "third"]);
    let [one, other] = [0, 1].map(|number| site.ids[number].clone());
    let [of_one, of_other] = [&one, &other].map(|id| site.stored(id));
    site.store(&one, &of_other);
    site.store(&other, &of_one);
    site.assert_does_not_open(&one, "swapped");
    site.assert_does_not_open(&other, "swapped");
    assert_eq!(password(&site.server, &site.ids[2]), "secret of third");
    site.store(&one, &of_one);
    site.store(&other, &of_other);
    assert_eq!(password(&site.server, &one), "secret of one");
    assert_eq!(password(&site.server, &other), "secret of other");
    site.assert_recorded_and_well();
}

/// The data keys, opened as the server opens them.
fn key_ring(data: &Path, database: &Connection) -> KeyRing {
    let master =
        Key::from_base64(&fs::read_to_string(data.join("master.key")).unwrap().into()).unwrap();
    let sealed: String =
        database.query_row("SELECT sealed_key FROM data_keys", [], |row| row.get(0)).unwrap();
    KeyRing::open(&master, [(1, sealed.as_str())].into_iter()).unwrap()
}

#[test]
fn an_envelope_with_another_term_and_swapped_data_keys_are_refused() {
    let mut site = Site::new(&["one", "third"]);
    let (term, sealed) = key_ring(&site.server.data(), &site.database).next_data_key().unwrap();
    let add = "INSERT INTO data_keys (term, created_date, sealed_key) VALUES (?1, 0, ?2)";
    site.database.execute(add, (term, &sealed)).unwrap();
    let (one, two) = (site.ids[0].clone(), with_password(&site.server.repository(), "two"));
    let [of_one, of_two] = [&one, &two].map(|id| envelope(&site.stored(id)));
    assert_eq!([&of_one[TERM], &of_two[TERM]], [[0, 0, 0, 1], [0, 0, 0, 2]]);
    for (id, right, other) in [(&one, &of_one, &of_two), (&two, &of_two, &of_one)] {
        let mut forged = right.clone();
        forged[TERM].copy_from_slice(&other[TERM]);
        site.assert_refused(id, &STANDARD.encode(forged));
    }
    for (id, name) in [(&one, "one"), (&two, "two"), (&site.ids[1], "third")] {
        assert_eq!(password(&site.server, id), format!("secret of {name}"));
    }
    site.assert_recorded_and_well();

    let Site { server, database, .. } = site;
    let data = server.data();
    let folder = server.stop();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-level", "error"];
    let swap = "UPDATE data_keys SET term = 3 - term + 10; UPDATE data_keys SET term = term - 10";
    database.execute_batch(swap).unwrap();
    fails(
        &patchbay(&data, &serve),
        "the data key of term 1 can't be opened: this was changed after it was sealed, or moved",
    );
    database.execute_batch(swap).unwrap();
    let key: String = database
        .query_row("SELECT sealed_key FROM data_keys WHERE term = 2", [], |row| row.get(0))
        .unwrap();
    let change = "UPDATE data_keys SET sealed_key = ?1 WHERE term = 2";
    for (at, part) in [
        (0, "this is not a sealed value"),
        (4, "this was changed"),
        (40, "the master key is not the one"),
        (80, "this was changed"),
        (110, "this was changed"),
    ] {
        let mut flipped = envelope(&key);
        flipped[at] ^= 1;
        database.execute(change, [STANDARD.encode(flipped)]).unwrap();
        fails(&patchbay(&data, &serve), part);
    }
    database.execute(change, [key]).unwrap();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(password(&server, &two), "secret of two");
}
