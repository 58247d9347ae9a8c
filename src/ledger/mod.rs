//! A budget that cannot be overspent, from one period to the next. docs/LEDGER.md has the rules
//! and why they hold.

pub(crate) mod config;
pub(crate) mod decide;
pub(crate) mod hold;
pub(crate) mod several;
pub(crate) mod state;
mod thresholds;
