pub(crate) mod check;
pub(crate) mod exact;
