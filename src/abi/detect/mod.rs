pub(super) mod check;
pub(super) mod columns;
pub(super) mod scan;
pub(super) mod tracker;
