//! Patchbay speaks the Qlik Sense Repository Service (QRS) API for data connections over an
//! embedded SQLite database.
//!
//! The rooms by floors, in the order in which a request meets them. No room uses one above it.
//!
//! The program:
//! - [`cli`] has the commands, [`config`] their settings, [`terminal`] and [`command_error`] what
//!   they print and how they end.
//! - [`server`] opens the data folder, listens, and does what the server does by itself; [`backup`]
//!   copies the database and puts copies back.
//!
//! Requests and replies; only [`http`], [`console`] and [`server`] know actix:
//! - [`http`] admits requests and answers them.
//! - [`console`] has the pages for a browser.
//! - [`openapi`] describes the API, from the registry.
//!
//! Users, and what is done for them:
//! - [`service`] reads and writes on behalf of a user, and keeps rules, users and responses in
//!   memory.
//! - [`auth`] finds out how people and programs show who they are.
//! - [`access_report`] answers who may do what, and why.
//! - [`error`] tells why a request can't be answered; [`threads`] runs work that may block.
//!
//! The database, and what is kept beside it:
//! - [`store`] reads and writes entities; its folder `sqlite` alone knows SQLite.
//! - [`keys`] keeps the master key and the data keys, [`tls`] the certificates.
//!
//! What stands by itself:
//! - [`policy`] makes conditions of rules, [`query`] of filters, and SQL of conditions.
//! - [`model`] declares the entity types as data.
//! - [`crypto`] seals and opens values, [`private_files`] makes files that only the user can read,
//!   [`memory`] divides what caches may take, and [`user_shares`] what users may have of something
//!   at a time.
//!
//! docs/architecture.md follows a GET and a PUT through them.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod access_report;
pub mod auth;
pub mod backup;
pub mod cli;
pub mod command_error;
pub mod config;
pub mod console;
pub mod crypto;
pub mod error;
pub mod http;
pub mod keys;
pub mod memory;
pub mod model;
pub mod openapi;
pub mod policy;
pub mod private_files;
pub mod query;
pub mod server;
pub mod service;
pub mod store;
pub mod terminal;
pub mod threads;
pub mod tls;
pub mod user_shares;
