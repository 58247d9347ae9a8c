//! The library from the languages and engines in bindings/, and from C++: the golden cases, and what each
//! of them adds.

#[path = "../support/mod.rs"]
mod support;

mod cobol;
mod cpp;
mod gem;
mod go;
mod python;
mod ruby;
mod rust;
mod sqlite;
