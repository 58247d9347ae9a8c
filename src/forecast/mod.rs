pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod model;
