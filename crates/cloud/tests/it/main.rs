//! Tests of the cloud through its sockets and pages, grouped as the source is.

mod accounts;
mod admin;
mod audit;
mod db;
mod documents;
mod links;
mod load;
mod support;
mod transport;
mod web;
