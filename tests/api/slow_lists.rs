//! Clients that read lists slowly delay the lists of other users for a moment only.

use crate::support::{Client, Server, copy_connection, wait_until};
use reqwest::blocking::Response;
use serde_json::json;
use std::thread;
use std::time::Instant;

/// A server with lists that exceed the output buffer of a client, and that every user may read.
fn server() -> Server {
    let server = Server::start();
    let client = server.repository();
    let rule = json!({
        "name": "all", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "resource.name like \"*\""
    });
    client.create("systemrule", &rule);
    client.connection("long");
    copy_connection(&server, "long", 200, &"x".repeat(100_000));
    for user in ["anna", "bert", "carl"] {
        server.user(user).get("/dataconnection/full?take=1").expect(200);
    }
    server
}

/// Requests a list that many times concurrently without reading the replies. Returns the ones that
/// have begun; all others were refused with 503.
fn begin_lists(client: &Client, times: usize) -> Vec<Response> {
    let lists: Vec<Response> = thread::scope(|scope| {
        let begin = || client.request("GET", "/dataconnection/full").send().unwrap();
        let threads: Vec<_> = (0..times).map(|_| scope.spawn(begin)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(lists.iter().all(|list| [200, 503].contains(&list.status().as_u16())));
    lists.into_iter().filter(|list| list.status() == 200).collect()
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_user_with_many_slow_clients_leaves_turns_for_others() {
    let server = server();
    let slow = begin_lists(&server.user("anna"), 8);
    assert_eq!(slow.len(), 4, "one user does not have half of the turns");
    let list = server.user("bert").get("/dataconnection/full").expect(200).json();
    assert_eq!(list.as_array().unwrap().len(), 201);
    assert!(!server.log().contains("a list is cut off"), "a list of another user got no turn");
    // The same user can go on once one of the lists has ended, or was cut off on a slow machine.
    let more = server.user("anna").get("/dataconnection/full");
    wait_until(|| more.status == 503 || server.log().contains("a list is cut off"));
    drop(slow);
    wait_until(|| server.user("anna").get("/dataconnection/full").status == 200);
}

/// Two users together can occupy all turns, and lose them to others.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn slow_lists_are_cut_off_while_others_wait_for_a_turn() {
    let server = server();
    let slow = ["anna", "bert"].map(|user| begin_lists(&server.user(user), 4));
    assert_eq!(slow.each_ref().map(Vec::len), [4, 4]);
    let (carl, start) = (server.user("carl"), Instant::now());
    // On a slow machine one of the lists is still computing, and ends earlier.
    let first = carl.get("/dataconnection/full");
    if first.status != 200 {
        first.expect(503).says(&["too many lists"]);
    }
    // All of the list arrives, although it takes over the turn of a slow client.
    wait_until(|| {
        let reply = carl.get("/dataconnection/full");
        assert!([200, 503].contains(&reply.status), "{}", reply.status);
        reply.status == 200 && reply.json().as_array().unwrap().len() == 201
    });
    println!("a list came after {:?}", start.elapsed());
    let ends =
        slow.into_iter().flatten().map(|mut list| list.copy_to(&mut std::io::sink()).is_ok());
    assert_eq!(ends.filter(|is_whole| !is_whole).count(), 1, "not exactly one list was cut off");
    wait_until(|| {
        ["a list is cut off", "other requests are waiting"]
            .iter()
            .any(|reason| server.log().contains(reason))
    });
}
