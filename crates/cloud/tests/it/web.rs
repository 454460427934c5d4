//! HTTP: what holds for every address, and one file per page.

mod compression;
mod every_route;
mod exposure;
mod pages;
mod smuggling;
