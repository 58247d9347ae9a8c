//! Vector kernels for x86-64, each for SSE2 and for AVX2. Called through arch/mod.rs.

pub(super) mod budgets;
pub(super) mod sums;
