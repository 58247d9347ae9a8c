pub(crate) mod batch;
pub(crate) mod check;
pub(crate) mod exact;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
