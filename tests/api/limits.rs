//! Requests that are too large, too long or too slow hit a limit that can be set, and get a
//! response of their own.

use crate::support::visitor::{answer, refusal, start};
use crate::support::{Reply, Server, XRFKEY, connection, encode};
use reqwest::blocking::RequestBuilder;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn a_request_that_does_not_arrive_or_is_too_long_is_abandoned() {
    let (server, front) = start(&["--front-tls", "off", "--max-request-seconds", "1"]);
    let head = format!(
        "POST /login?xrfkey={XRFKEY} HTTP/1.1\r\nHost: localhost\r\nX-Qlik-Xrfkey: \
         {XRFKEY}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    for (bytes, status) in [
        ("GET /login HTTP/1.1\r\nHost: loc".to_owned(), 408),
        (head, 408),
        (
            format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "x".repeat(200_000)),
            431,
        ),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(200_000)), 431),
        (format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-Many: x\r\n".repeat(200)), 431),
    ] {
        let (text, time) = answer(&front, bytes.as_bytes());
        let shown = &bytes[..bytes.len().min(30)];
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{shown}: {text}");
        assert!(time < Duration::from_secs(5), "{shown}: {time:?}");
    }
    // A client that sends no request causes no log line.
    assert!(!server.log().contains("ERROR"), "{}", server.log());
    // Where a response is still possible, there is one.
    let url = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "x".repeat(65_500)
    );
    let (text, _) = answer(&front, url.as_bytes());
    assert!(
        text.starts_with("HTTP/1.1 431 ") && text.contains("at most 65536 are allowed"),
        "{text}"
    );
    for seconds in ["0", "3601"] {
        refusal(&["--max-request-seconds", seconds], &[], "max-request-seconds must be 1 to 3600");
    }
}

#[test]
fn each_limit_of_a_request_can_be_set_and_the_refusal_states_it() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--max-body-bytes", "2000", "--max-filter-bytes", "100"]);
        command.args(["--max-filter-terms", "2", "--max-filter-depth", "3"]);
        command.args(["--max-body-depth", "4", "--max-body-items", "3"]);
        command.args(["--max-head-bytes", "5000", "--max-headers", "16"]);
    });
    let client = server.repository();
    let mut long = connection("c");
    long["connectionstring"] = json!("x".repeat(2_000));
    client.post("/dataconnection", &long).expect(413).says(&["2000 bytes"]);
    let mut listed = connection("c");
    listed["tags"] = json!(["a", "b", "c", "d"]);
    client
        .post("/dataconnection", &listed)
        .expect(400)
        .says(&["a list of 4 items; at most 3 are allowed"]);
    let mut deep = connection("c");
    deep["tags"] = json!([{"tag": [[]]}]);
    client.post("/dataconnection", &deep).expect(400).says(&["deeper than 4 levels"]);
    let headed = |headers: usize, bytes: usize| {
        let request = client.request("GET", "/dataconnection/count");
        let long = |request: RequestBuilder, number| {
            request.header(format!("X-{number}"), "x".repeat(bytes))
        };
        Reply::of((0..headers).fold(request, long))
    };
    headed(1, 4_000).expect(200);
    headed(1, 5_000).expect(431).says(&["bytes long; at most 5000 are allowed"]);
    headed(17, 1).expect(431).says(&["headers; at most 16 are allowed"]);
    for (filter, part) in [
        (format!("name eq '{}'", "x".repeat(100)), "100 are allowed"),
        ("name eq 'a' or name eq 'b' or name eq 'c'".to_owned(), "more than 2 comparisons"),
        ("((((name eq 'a'))))".to_owned(), "3"),
    ] {
        client
            .get(&format!("/dataconnection?filter={}", encode(&filter)))
            .expect(400)
            .says(&[part]);
    }
    client.get("/dataconnection?filter=name eq 'a' or name eq 'b'").expect(200);
}

/// Connections beyond the limit wait until another one ends.
#[test]
fn connections_beyond_the_limit_wait() {
    let workers = std::thread::available_parallelism().unwrap().get();
    let (server, front) = start(&["--front-tls", "off", "--max-connections", &workers.to_string()]);
    let request = b"GET /console/login HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let open = || {
        let mut stream = TcpStream::connect(front.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
        stream.write_all(request).unwrap();
        stream
    };
    let is_answered =
        |stream: &mut TcpStream| stream.read(&mut [0; 1]).is_ok_and(|bytes| bytes == 1);
    let mut taken: Vec<TcpStream> = (0..workers).map(|_| open()).collect();
    assert!(taken.iter_mut().all(is_answered));
    let mut waiting = open();
    assert!(!is_answered(&mut waiting));
    // Another door has a limit of its own.
    Reply::of(server.repository().request("GET", "/tag")).expect(200);
    drop(taken);
    waiting.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert!(is_answered(&mut waiting));
}

/// Characters that need no encoding have the same meaning when encoded, wherever a path is
/// compared.
#[test]
fn an_encoded_path_is_equal_to_the_decoded_one() {
    let (server, front) = start(&["--front-tls", "off"]);
    let status = |method: &str, path: &str| {
        let request = format!(
            "{method} {path}?xrfkey={XRFKEY} HTTP/1.1\r\nHost: localhost\r\nX-Qlik-Xrfkey: \
             {XRFKEY}\r\nConnection: close\r\n\r\n"
        );
        answer(&front, request.as_bytes()).0.get(9..12).unwrap_or_default().to_owned()
    };
    for (plain, encoded) in [
        ("/qrs/tag", "/%71rs/tag"),
        ("/QRS/TAG/", "/%51R%53/T%41G/"),
        ("/hub/qrs/tag", "/hub/%71rs/%74ag"),
        ("/qrs/tag/count", "/qrs/tag%2Fcount"),
        ("/qrs/tag/count", "/qrs/tag/x/%2e%2e/count"),
        ("/qrs/tag", "/%2571rs/tag"),
        ("/qrs/tag", "/%%32%3571rs/tag"),
        ("/qrs/tag", "/%%37%31rs/tag"),
        ("/qrs/about", "/%%37%31rs/about"),
        ("/tokens", "/%74okens"),
    ] {
        let is_same = !encoded.contains("%2") && !encoded.contains("%%");
        assert_eq!(
            (status("GET", plain), status("GET", encoded)),
            ("401".to_owned(), if is_same { "401" } else { "404" }.to_owned()),
            "{encoded}"
        );
    }
    let client = server.repository();
    client.create("tag", &json!({"name": "t"}));
    let url = |path: &str| format!("{}{path}?xrfkey={XRFKEY}", server.base);
    for path in ["/%71rs/tag/%63ount", "/%51rs/TAG/Count/"] {
        let request = client.raw("GET", &url(path)).header("X-Qlik-Xrfkey", XRFKEY);
        assert_eq!(Reply::of(request).expect(200).json()["value"], 1, "{path}");
    }
}
