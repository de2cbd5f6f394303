//! Patchbay speaks the Qlik Sense Repository Service (QRS) API for data connections over an
//! embedded SQLite database.
//!
//! The rooms by floors, in the order in which a request passes them. No room uses one above it.
//!
//! The program:
//! - [`cli`] has the commands, [`config`] their settings; [`terminal`] prints, and
//!   [`command_error`] says how a command fails.
//! - [`server`] opens the data folder, listens, and runs the tasks in the background; [`backup`]
//!   copies the database and restores copies.
//!
//! Requests and replies; only [`http`], [`console`] and [`server`] know actix:
//! - [`http`] admits requests and answers them.
//! - [`console`] has the pages for a browser.
//! - [`openapi`] describes the API, from the registry.
//!
//! Users, and the work on their behalf:
//! - [`staging`] merges the entities of sites elsewhere with those here.
//! - [`service`] reads and writes on behalf of a user, and keeps rules, users and responses in
//!   memory.
//! - [`auth`] authenticates people and programs.
//! - [`access_report`] reports who may do what, and why.
//! - [`error`] says why a request fails; [`threads`] runs work that may block.
//!
//! The database and the files beside it:
//! - [`store`] reads and writes entities; its folder `sqlite` alone knows SQLite.
//! - [`keys`] keeps the master key and the data keys, [`tls`] the certificates.
//! - [`site`] knows the sites elsewhere, and sends requests to them for commands.
//!
//! The ground floor, which uses nothing above it:
//! - [`policy`] turns rules into conditions, [`query`] turns filters into conditions and conditions
//!   into SQL.
//! - [`model`] declares the entity types as data.
//! - [`crypto`] seals and opens values, [`private_files`] makes files that only their owner can
//!   read, [`memory`] divides the memory among the caches, and [`user_shares`] limits how much of
//!   something one user may use at a time.
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
pub mod site;
pub mod staging;
pub mod store;
pub mod terminal;
pub mod threads;
pub mod tls;
pub mod user_shares;
