//! A small fake of QRS for the tests of staging. It keeps entities in memory, speaks TLS with
//! client certificates as a Qlik site does, and has the quirks of real sites, which are switched on
//! one by one. `cargo run --example quirky -- --help` lists them.

#![allow(missing_docs, clippy::unwrap_used, reason = "only tests use it")]

mod certificates;
mod quirk;
mod replies;
mod site;

use actix_web::{App, HttpServer, web};
use clap::Parser;
use quirk::Quirk;
use site::Site;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

/// A small fake of QRS, for tests.
#[derive(Parser)]
struct Arguments {
    /// Folder for the certificates that a client needs
    #[arg(long)]
    certificates: PathBuf,
    /// JSON file with the entities: an object with a list for each path, such as dataconnection
    #[arg(long)]
    entities: Option<PathBuf>,
    /// Quirk of this site; can be repeated
    #[arg(long = "quirk", value_enum)]
    quirks: Vec<Quirk>,
    /// Port to listen at; 0 for a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let Arguments { certificates, entities, quirks, port } = Arguments::parse();
    let entities = entities.map(|path| fs::read_to_string(path).unwrap());
    let entities =
        entities.map_or_else(Default::default, |text| serde_json::from_str(&text).unwrap());
    let tls = certificates::server_config(&certificates, quirks.contains(&Quirk::Tls12));
    let site = web::Data::new(Mutex::new(Site::new(entities, quirks)));
    let server = HttpServer::new(move || {
        App::new().app_data(site.clone()).default_service(web::to(replies::reply))
    });
    let server = server.workers(1).bind_rustls_0_23(("127.0.0.1", port), tls)?;
    println!("https://localhost:{}", server.addrs()[0].port());
    server.run().await
}
