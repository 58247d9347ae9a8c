pub(crate) mod counters;
pub(crate) mod fast_path;
pub(crate) mod state;
pub(crate) mod transitions;
pub(crate) mod window;
