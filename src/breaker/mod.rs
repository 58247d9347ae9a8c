pub(crate) mod config;
pub(crate) mod count_window;
pub(crate) mod counters;
pub(crate) mod fast_path;
pub(crate) mod half_open;
pub(crate) mod open_time;
pub(crate) mod permit;
pub(crate) mod ramp;
pub(crate) mod rules;
#[cfg(test)]
mod sequences;
pub(crate) mod state;
pub(crate) mod time_window;
pub(crate) mod transitions;
