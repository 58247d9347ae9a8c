//! Results as JSON: one object in one line, for an audit log.

pub(crate) mod line;
pub(crate) mod records;
mod settings;
