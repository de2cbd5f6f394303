//! Sessions that begin with a trusted header or a JSON Web Token.

use crate::support::visitor::Visitor;
use crate::support::{Reply, Server};
use reqwest::blocking::RequestBuilder;
use std::time::{SystemTime, UNIX_EPOCH};

pub const HEADER: &[&str] =
    &["--front-header", "X-Remote-User", "--front-header-from", "127.0.0.1"];

/// The cookies that a reply sets, without attributes.
pub fn cookies(reply: &Reply) -> Vec<String> {
    let headers = reply.headers.get_all("set-cookie").iter();
    headers.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

/// The only cookie that a reply sets.
#[track_caller]
pub fn cookie(reply: &Reply) -> String {
    let cookies = cookies(reply);
    assert_eq!(cookies.len(), 1, "{:?}", reply.headers);
    cookies[0].clone()
}

/// A client that sends only this cookie.
pub fn with_cookie(server: &Server, front: &str, cookie: &str) -> Visitor {
    Visitor { cookie: Some(cookie.to_owned()), ..Visitor::new(server, front) }
}

pub fn by_header(visitor: &Visitor, user: &str, method: &str, path: &str) -> RequestBuilder {
    visitor.request(method, path).header("X-Remote-User", format!("LAB\\{user}"))
}

/// Signs in with the header, and returns the cookie.
#[track_caller]
pub fn sign_in(server: &Server, front: &str, user: &str) -> String {
    cookie(&Reply::of(by_header(&Visitor::new(server, front), user, "GET", "/qrs/tag")).expect(200))
}

pub fn by_jwt(visitor: &Visitor, bearer: &str, path: &str) -> Reply {
    Reply::of(visitor.request("GET", path).header("Authorization", bearer))
}

pub fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Runs work that must not span two hours of the clock: within an hour, a credential without an id
/// leads to the same session.
pub fn within_an_hour(mut work: impl FnMut()) {
    loop {
        let hour = seconds() / 3_600;
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut work));
        match result {
            Ok(()) => return,
            Err(_) if hour != seconds() / 3_600 => {}
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}
