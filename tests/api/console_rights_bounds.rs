//! Computing whose rights a change affects may take long: writers don't wait long for it, and the
//! change can be made without it.

use crate::support::browser::{Browser, fields};
use crate::support::bulk::{Site, has, press};
use crate::support::rules::rule;
use crate::support::visitor::start;
use crate::support::{Server, copy_connection, id};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Adds that many users who are copies of the user dev.
fn copy_user(server: &Server, number: u32) {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let columns = "created_date, modified_date, modified_by_user_name, \
                   modified_by_user_name_folded, user_directory, user_directory_folded, \
                   user_directory_connector_name, user_directory_connector_name_folded, name, \
                   name_folded, inactive, removed_externally, blacklisted, delete_prohibited";
    let copies = format!(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         INSERT INTO users (id, user_id, user_id_folded, {columns}) \
         SELECT printf('ffffffff-0000-4000-8000-%012d', i), 'u' || i, 'u' || i, {columns} FROM \
         users, n WHERE user_id = 'dev'"
    );
    assert_eq!(database.execute(&copies, [number]).unwrap(), number as usize);
}

/// The rights of 3,000 users on 1,000 connections kept the writer busy for 22 s in a debug build.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn rights_that_take_long_to_compute_delay_no_writer_and_are_reported_as_unknown() {
    let mut site = Site::new();
    id(&site.client.create("user", &json!({"userDirectory": "LAB", "userId": "dev"})));
    copy_user(&site.server, 3_000);
    copy_connection(&site.server, "a", 1_000, "lib://sales");
    site.client.create("systemrule", &rule("All", "resource.@stage != \"prod\"", 2 + 4));
    let copies = site.client.get("/dataconnection?filter=name sw 'copy'").json();
    site.ids = copies.as_array().unwrap().iter().map(id).collect();
    let stage = site.stage.clone();
    let set = [("change", "set-value"), ("definition", stage.as_str()), ("value", "prod")];
    let other = site.server.repository();
    let (is_done, mut longest) = (AtomicBool::new(false), Duration::ZERO);
    let (preview, whole) = thread::scope(|scope| {
        let writes = scope.spawn(|| {
            for number in 0.. {
                if is_done.load(Ordering::Relaxed) {
                    break;
                }
                let start = Instant::now();
                other.create("tag", &json!({"name": format!("t{number}")}));
                longest = longest.max(start.elapsed());
            }
        });
        let start = Instant::now();
        let preview = site.send(1_000, "preview", &set);
        is_done.store(true, Ordering::Relaxed);
        writes.join().unwrap();
        (preview, start.elapsed())
    });
    println!("{longest:?} of {whole:?}");
    let preview = preview.expect_page(200);
    let unknown = "Patchbay could not determine whose rights this would change: there are too many \
                   users and resources";
    has(&preview, &["Apply to 1000", unknown, "Select fewer."]);
    // Fewer users are no problem.
    let fewer = site.send(2, "preview", &set).expect_page(200);
    assert!(!fewer.text.contains("could not determine"), "{}", fewer.text);
}

/// The visitor is an ordinary user, whose reads may take a second.
#[test]
fn a_deletion_succeeds_although_computing_the_rights_times_out() {
    let (server, front) = start(&["--max-read-seconds", "1"]);
    let client = server.repository();
    id(&client.create("user", &json!({"userDirectory": "LAB", "userId": "dev"})));
    copy_user(&server, 9_000);
    client.connection("a");
    copy_connection(&server, "a", 1_000, "lib://sales");
    let mut lead = rule("Lead", "user.userId = \"lead\"", 1 + 2 + 4 + 8);
    lead["resourceFilter"] = json!("*");
    client.create("systemrule", &lead);
    let made = id(&client.create("systemrule", &rule("All", "resource.name like \"copy*\"", 2)));
    let mut lead = Browser::signed_in(&server, &front, "LAB\\lead");
    let path = "/console/systemrule/selected";
    let page = press(&mut lead, path, vec![("id".to_owned(), made.clone())], "ask to delete")
        .expect_page(200);
    has(
        &page,
        &["Patchbay could not determine whose rights this would change: the response takes \
           longer to compute than the limit of 1 second"],
    );
    assert_eq!(press(&mut lead, path, fields(&page.text), "delete").status, 303);
    client.get(&format!("/systemrule/{made}")).expect(404);
}
