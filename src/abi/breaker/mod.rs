pub(super) mod counters;
pub(super) mod state;
