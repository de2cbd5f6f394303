//! Replies are compressed for clients that accept it.

use crate::support::{Server, connection, id};
use flate2::read::GzDecoder;
use reqwest::blocking::RequestBuilder;
use serde_json::Value as Json;
use std::io::Read;

#[test]
fn lists_are_compressed_for_clients_that_accept_it() {
    let server = Server::start();
    let client = server.repository();
    let bodies: Vec<Json> =
        (0..300).map(|number| connection(&format!("connection {number}"))).collect();
    client.post("/dataconnection/many", &Json::from(bodies)).expect(201);
    let compressed =
        |request: RequestBuilder| request.header("Accept-Encoding", "gzip").send().unwrap();
    // The second reply is short; the first is streamed.
    for path in ["/dataconnection/full", "/dataconnection?filter=name eq 'connection 7'"] {
        let plain = client.get(path).expect(200);
        assert!(plain.headers.get("content-encoding").is_none());
        let reply = compressed(client.request("GET", path));
        assert_eq!(reply.headers()["content-encoding"], "gzip");
        assert_eq!(reply.headers()["vary"], "accept-encoding");
        let body = reply.bytes().unwrap();
        assert!(body.len() < plain.text.len(), "{path}");
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text, "{path}");
    }
    // A client that accepts no supported encoding gets an uncompressed reply.
    for codings in ["br, identity;q=0", "*;q=0", "identity;q=0", "nonsense"] {
        let reply = client
            .request("GET", "/dataconnection")
            .header("Accept-Encoding", codings)
            .send()
            .unwrap();
        assert_eq!(
            (reply.status().as_u16(), reply.headers().get("content-encoding")),
            (200, None),
            "{codings}"
        );
    }
    // An ETag identifies one representation.
    let path = format!("/dataconnection/{}", id(&client.connection("one")));
    for reply in [
        compressed(client.request("GET", &path)),
        compressed(client.request("POST", "/dataconnection").json(&connection("another"))),
    ] {
        assert!(reply.headers().contains_key("etag"));
        assert!(!reply.headers().contains_key("content-encoding"));
    }
}
