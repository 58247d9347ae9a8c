pub(crate) mod check;
pub(crate) mod model;
