pub(crate) mod baseline;
pub(crate) mod config;
pub(crate) mod history;
pub(crate) mod judge;
pub(crate) mod scan;
pub(crate) mod settings;
pub(crate) mod tracker;
