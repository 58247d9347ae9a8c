pub(super) mod check;
pub(super) mod scan;
pub(super) mod tracker;
