//! While the disk does not respond, a write that has begun gets 503, with advice on finding out
//! whether it was done.

use crate::support::{Client, Reply, Server, connection, id, send_signal, wait_until};
use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// Compiles a library for `LD_PRELOAD` that blocks a program's syncs.
fn slow_sync(folder: &Path) -> PathBuf {
    let library = folder.join("slow_sync.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/slow_sync.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl");
    assert!(compiler.status().unwrap().success(), "{compiler:?}");
    library
}

/// The requests that the message advises, below /qrs.
fn advice(message: &str) -> Vec<String> {
    let parts = message.split("GET /qrs").skip(1);
    parts.map(|part| part.split(", or in the audit log").next().unwrap().to_owned()).collect()
}

/// A write of a client.
type WriteRequest<'a> = &'a dyn Fn(&Client) -> Reply;

#[test]
fn a_write_of_unknown_outcome_can_be_found_with_the_requests_in_its_message() {
    let (tools, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let (library, hang) = (slow_sync(tools.path()), tools.path().join("hang"));
    let server = Server::start_in(folder, |command| {
        command.env("LD_PRELOAD", &library).env("PATCHBAY_TEST_HANG", &hang);
    });
    let client = server.repository();
    let [changed, deleted] = ["changed", "deleted"].map(|name| client.connection(name));
    let [path, path_of_deleted] =
        [&changed, &deleted].map(|one| format!("/dataconnection/{}", id(one)));
    let mut change = changed.clone();
    change["connectionstring"] = json!("lib://other");
    let cases: [(WriteRequest<'_>, &str, &str); 3] = [
        (
            &|client| client.post("/dataconnection", &connection("created")),
            "/dataconnection/full",
            "create",
        ),
        (&|client| client.put(&path, &change), &path, "update"),
        (&|client| client.delete(&path_of_deleted), &path_of_deleted, "delete"),
    ];
    for (ask, place, action) in cases {
        fs::write(&hang, "").unwrap();
        let reply = ask(&client)
            .expect(503)
            .says(&["it is unknown whether the change was made", "once the disk responds"]);
        let (request, message) = (reply.header("x-request-id").to_owned(), reply.message());
        let entries = format!("/auditentry?filter=requestID eq '{request}'");
        assert_eq!(advice(&message), [place.to_owned(), entries.clone()], "{message}");
        fs::remove_file(&hang).unwrap();
        // The next write is done after that one.
        wait_until(|| client.post("/tag", &json!({"name": "next"})).status == 201);
        let entries: Json = client.get(&entries.replace(' ', "%20")).expect(200).json();
        assert_eq!(
            (entries.as_array().unwrap().len(), &entries[0]["action"]),
            (1, &json!(action)),
            "{entries}"
        );
    }
    assert_eq!(client.names("dataconnection", "").len(), 2);
    assert_eq!(client.get(&path).expect(200).json()["connectionstring"], "lib://other");
    client.get(&path_of_deleted).expect(404);
}

/// The writer takes only a few writes of an ordinary user at a time.
#[test]
fn writes_in_the_queue_are_refused_and_change_nothing_while_the_disk_hangs() {
    let (tools, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let (library, hang) = (slow_sync(tools.path()), tools.path().join("hang"));
    let server = Server::start_in(folder, |command| {
        command.env("LD_PRELOAD", &library).env("PATCHBAY_TEST_HANG", &hang);
    });
    let anna = server.user("anna");
    anna.connection("before");
    fs::write(&hang, "").unwrap();
    let create = |number: usize| {
        anna.post("/dataconnection", &connection(&format!("c{number}"))).expect(503).message()
    };
    let messages: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|number| scope.spawn(move || create(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    fs::remove_file(&hang).unwrap();
    wait_until(|| anna.post("/dataconnection", &connection("after")).status == 201);
    let names = anna.names("dataconnection", "");
    let unknown =
        messages.iter().filter(|message| message.contains("it is unknown whether")).count();
    assert!((1..=4).contains(&unknown), "{messages:?}");
    for (number, message) in messages.iter().enumerate() {
        let is_made = names.contains(&format!("c{number}"));
        let may_be_made = message.contains("it is unknown whether");
        assert!(may_be_made || message.contains("nothing was changed"), "{message}");
        assert!(may_be_made || !is_made, "{message}, but the change was made");
    }
}

/// The sync takes longer than a small commit may. A large one has more time, in proportion to what
/// it writes.
#[test]
fn a_large_commit_on_a_slow_disk_succeeds_and_so_do_writes_that_wait_for_it() {
    let (tools, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let (library, slow) = (slow_sync(tools.path()), tools.path().join("slow"));
    let server = Server::start_in(folder, |command| {
        command.env("LD_PRELOAD", &library).env("PATCHBAY_TEST_SLOW", &slow);
    });
    let client = server.repository();
    let mut items = Vec::new();
    for part in 0..2 {
        let large = |number| {
            let name = format!("large {part} {number}");
            json!({"name": name, "type": "x", "connectionstring": "x".repeat(100_000)})
        };
        let many: Vec<Json> = (0..60).map(large).collect();
        let made = client.post("/dataconnection/many", &json!(many)).expect(201).json();
        let item = |one: &Json| json!({"type": "DataConnection", "objectID": id(one)});
        items.extend(made.as_array().unwrap().iter().map(item));
    }
    let selection = client.post("/selection", &json!({"items": items})).expect(201).json();
    let path = format!("/selection/{}/dataconnection/synthetic", id(&selection));
    let text = "y".repeat(100_000);
    let property = json!({"name": "connectionstring", "value": text, "valueIsModified": true});
    let change = json!({
        "latestModifiedDate": "2199-12-31T23:59:59.999Z",
        "properties": [property]
    });
    let other = server.repository();
    fs::write(&slow, "").unwrap();
    let tags = thread::scope(|scope| {
        let changing = scope.spawn(|| client.put(&path, &change));
        while slow.exists() && !changing.is_finished() {
            thread::sleep(Duration::from_millis(10));
        }
        let mut tags = 0;
        while !changing.is_finished() {
            other.post("/tag", &json!({"name": format!("tag {tags}")})).expect(201);
            tags += 1;
        }
        changing.join().unwrap().expect(204);
        tags
    });
    assert!(tags > 0);
    assert_eq!(other.names("tag", "").len(), tags);
}

/// The shutdown depends neither on the disk nor on the event loops.
#[test]
fn a_server_stops_in_time_although_the_disk_or_the_event_loops_hang() {
    for variable in ["PATCHBAY_TEST_HANG", "PATCHBAY_TEST_HANG_SEND"] {
        let (tools, folder) = (tempdir().unwrap(), tempdir().unwrap());
        let (library, hang) = (slow_sync(tools.path()), tools.path().join("hang"));
        let server = Server::start_in(folder, |command| {
            command
                .env("LD_PRELOAD", &library)
                .env(variable, &hang)
                .args(["--shutdown-seconds", "1"]);
        });
        server.repository().connection("one");
        fs::write(&hang, "").unwrap();
        let start = Instant::now();
        // More requests than there are event loops.
        let clients: Vec<_> = (0..8).map(|_| server.user("anna")).collect();
        let ask =
            |client: Client| client.request("POST", "/tag").body("{\"name\":\"x\"}").send().is_ok();
        let threads: Vec<_> =
            clients.into_iter().map(|client| thread::spawn(move || ask(client))).collect();
        thread::sleep(Duration::from_secs(1));
        send_signal("TERM", server.process_id());
        assert_eq!(server.exit_code(), Some(1), "{variable}");
        assert!(start.elapsed() < Duration::from_secs(16), "{variable}: {:?}", start.elapsed());
        assert!(threads.into_iter().all(|thread| thread.join().is_ok()));
    }
}
