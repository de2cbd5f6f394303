//! Timestamps from a clock that was briefly ahead must not matter once the clock is right again.

use crate::support::credentials::with_password;
use crate::support::visitor::{PASSWORD, Visitor, set_password, start, start_in};
use crate::support::{Reply, Server, XRFKEY, id};
use rusqlite::Connection;
use serde_json::json;

/// Moves all timestamps of sign-ins, credentials and selections ahead by that many milliseconds.
fn date_ahead(server: &Server, millis: i64) {
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    for (table, columns) in [
        ("sessions", &["created_date", "expires_date"][..]),
        ("api_tokens", &["created_date", "expires_date"]),
        ("sign_in_failures", &["last_date"]),
        ("credential_tokens", &["created_date"]),
        ("selections", &["created_date", "modified_date"]),
    ] {
        let later: Vec<_> =
            columns.iter().map(|column| format!("{column} = {column} + {millis}")).collect();
        let changed =
            database.execute(&format!("UPDATE {table} SET {}", later.join(", ")), []).unwrap();
        assert!(changed > 0, "{table}");
    }
}

const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;

/// A server on which a user has a session, an API token, a selection and too many failed sign-ins,
/// and an engine has a token for credentials.
struct Scene {
    server: Server,
    front: String,
    cookie: String,
    bearer: String,
    selection: String,
    credentials: String,
}

impl Scene {
    fn new() -> Self {
        let (server, front) = start(&[]);
        assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
        let mut anna = Visitor::new(&server, &front);
        anna.login("LAB\\anna", PASSWORD);
        let token = Reply::of(anna.request("POST", "/tokens").json(&json!({"name": "ci"})))
            .expect(201)
            .json();
        let selection =
            id(&Reply::of(anna.request("POST", "/qrs/selection").json(&json!({"items": []})))
                .expect(201)
                .json());
        let connection = with_password(&server.repository(), "c");
        let engine = server.named("INTERNAL", "sa_engine");
        let url = format!("{}/credentials/{connection}/token?xrfkey={XRFKEY}", server.base);
        let issued =
            Reply::of(engine.raw("POST", &url).header("X-Qlik-Xrfkey", XRFKEY)).expect(201).json();
        let stranger = Visitor::new(&server, &front);
        for _ in 0..5 {
            stranger.try_login("LAB\\anna", "a guess").expect(401);
        }
        stranger.try_login("LAB\\anna", PASSWORD).expect(429);
        Self {
            cookie: anna.cookie.unwrap(),
            bearer: format!("Bearer {}", token["token"].as_str().unwrap()),
            selection,
            credentials: issued["token"].as_str().unwrap().to_owned(),
            server,
            front,
        }
    }

    /// Restarts the server with all timestamps moved ahead.
    fn ahead(self, millis: i64) -> Self {
        date_ahead(&self.server, millis);
        let (server, front) = start_in(self.server.stop(), &[], &[]);
        Self { server, front, ..self }
    }

    fn visitor(&self) -> Visitor {
        Visitor::new(&self.server, &self.front)
    }

    fn by_cookie(&self, path: &str) -> Reply {
        Visitor { cookie: Some(self.cookie.clone()), ..self.visitor() }.get(path)
    }

    fn by_token(&self, path: &str) -> Reply {
        Reply::of(self.visitor().request("GET", path).header("Authorization", self.bearer.as_str()))
    }

    fn redeem(&self) -> Reply {
        let engine = self.server.named("INTERNAL", "sa_engine");
        let url = format!("{}/credentials/redeem?xrfkey={XRFKEY}", self.server.base);
        let request = engine.raw("POST", &url).header("X-Qlik-Xrfkey", XRFKEY);
        Reply::of(request.json(&json!({"token": self.credentials})))
    }
}

#[test]
fn credentials_with_timestamps_from_the_future_are_invalid() {
    let scene = Scene::new().ahead(YEAR);
    scene.by_cookie("/qrs/tag").expect(401);
    scene.by_token("/qrs/tag").expect(401);
    scene.redeem().expect(401);
    let selection = format!("/qrs/selection/{}", scene.selection);
    // The failures lock out no user, and counting starts again.
    let mut anna = scene.visitor();
    for _ in 0..4 {
        anna.try_login("LAB\\anna", "a guess").expect(401);
    }
    anna.login("LAB\\anna", PASSWORD);
    anna.get(&selection).expect(404);
    let sessions = anna.get("/sessions").expect(200).json();
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
    // The owner still sees such a token, and can revoke it.
    assert_eq!(anna.get("/tokens").expect(200).json().as_array().unwrap().len(), 1);
    // Data with future timestamps is removed before any valid data.
    Reply::of(anna.request("POST", "/qrs/selection").json(&json!({"items": []}))).expect(201);
    let database = Connection::open(scene.server.data().join("patchbay.db")).unwrap();
    for table in ["sessions", "selections"] {
        let count = database
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
        assert_eq!(count.unwrap(), 1, "{table}");
    }
}

#[test]
fn a_clock_that_is_put_back_by_less_than_a_minute_ends_no_session() {
    let scene = Scene::new().ahead(40_000);
    scene.by_cookie("/qrs/tag").expect(200);
    scene.by_token("/qrs/tag").expect(200);
    scene.by_cookie(&format!("/qrs/selection/{}", scene.selection)).expect(200);
    // Failures still count, for no longer than usual.
    let reply = scene.visitor().try_login("LAB\\anna", PASSWORD).expect(429);
    let seconds: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=40).contains(&seconds), "{seconds}");
}
