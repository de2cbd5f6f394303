//! Requests for the credentials of a data connection, as an engine sends them.

use crate::support::{Client, Reply, Server, XRFKEY, connection, id};
use reqwest::blocking::RequestBuilder;
use serde_json::json;

/// A request for credentials; their endpoints are next to `/qrs`, not below it.
pub fn beside(server: &Server, client: &Client, path: &str) -> RequestBuilder {
    let url = format!("{}{path}?xrfkey={XRFKEY}", server.base);
    client.raw("POST", &url).header("X-Qlik-Xrfkey", XRFKEY)
}

pub fn ask(server: &Server, client: &Client, id: &str) -> Reply {
    Reply::of(beside(server, client, &format!("/credentials/{id}/token")))
}

pub fn redeem(server: &Server, client: &Client, token: &str) -> Reply {
    Reply::of(beside(server, client, "/credentials/redeem").json(&json!({ "token": token })))
}

pub fn token(server: &Server, client: &Client, id: &str) -> String {
    ask(server, client, id).expect(201).json()["token"].as_str().unwrap().to_owned()
}

pub fn engine(server: &Server) -> Client {
    server.named("INTERNAL", "sa_engine")
}

/// Creates a connection with a password, and returns its id.
pub fn with_password(client: &Client, name: &str) -> String {
    let mut body = connection(name);
    body["password"] = format!("secret of {name}").into();
    id(&client.create("dataconnection", &body))
}

/// The password of a connection, as an engine receives it.
pub fn password(server: &Server, id: &str) -> String {
    let engine = engine(server);
    let token = token(server, &engine, id);
    let credentials = redeem(server, &engine, &token).expect(200).json();
    credentials["password"].as_str().unwrap().to_owned()
}
