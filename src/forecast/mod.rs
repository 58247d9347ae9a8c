pub(crate) mod batch;
pub(crate) mod check;
mod clean;
pub(crate) mod config;
mod input;
mod levels;
mod model;
mod points;
mod season;
