//! Patchbay speaks the Qlik Sense Repository Service (QRS) API for data connections over an embedded SQLite database.
//!
//! The rooms, and which way they know each other:
//!
//! - [`model`] declares the entity types as data; it knows no other room.
//! - [`crypto`] seals and opens values; it knows no other room.
//! - [`keys`] keeps the master key and the data keys.
//! - [`auth`] finds out how people and programs show who they are, without HTTP.
//! - [`query`] makes conditions of filters, and SQL of conditions.
//! - [`policy`] makes conditions of who asks and what he wants to do.
//! - [`store`] reads and writes entities; it alone knows SQLite.
//! - [`access`] answers who may do what, and why.
//! - [`backup`] copies the database, checks copies, and puts them back.
//! - [`tls`] keeps the certificates of the installation, and sets TLS up by them.
//! - [`service`] does what a user asks for, however the request came, and keeps rules, users and responses in memory.
//! - [`error`] tells why a request can't be answered.
//! - [`http`] answers requests; with [`server`] it alone knows actix.
//! - [`server`] opens the data folder, and runs what the server does by itself.
//! - [`openapi`] describes the API by the OpenAPI document, from the registry.
//! - [`config`] and [`cli`] start it all; [`private`] makes the files that only the user can read, [`memory`] divides what caches may take,
//!   [`shares`] what users may have of something at a time,
//!   and [`threads`] runs work that may block.
//!
//! docs/architecture.md follows one request through them.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod access;
pub mod auth;
pub mod backup;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod error;
pub mod exit;
pub mod http;
pub mod keys;
pub mod memory;
pub mod model;
pub mod openapi;
pub mod policy;
pub mod private;
pub mod query;
pub mod server;
pub mod service;
pub mod shares;
pub mod store;
pub mod terminal;
pub mod threads;
pub mod tls;
