pub(super) mod check;
pub(super) mod columns;
pub(super) mod exact;
