//! Tests through the front door: the real program on a free port, with a folder of its own, over mutual TLS.

mod support;
mod visitor;

mod access;
mod architecture;
mod bodies;
mod bounds;
mod command_line;
mod console;
mod demo;
mod documentation;
mod errors;
mod escalation;
mod explain;
mod filters;
mod first_administrator;
mod front;
mod identity;
mod import;
mod jwt;
mod leaks;
mod machine;
mod openapi;
mod operations;
mod persistence;
mod privileges;
mod readme;
mod rules;
mod secrets;
mod selections;
mod site;
mod tables;
mod trusted_header;
mod updates;
