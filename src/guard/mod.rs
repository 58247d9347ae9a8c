//! One verdict from everything that the safeguards found.

pub(crate) mod evaluate;
pub(crate) mod signal;
