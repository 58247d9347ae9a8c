pub(crate) mod amount;
pub(crate) mod exact_sum;
pub(crate) mod float;
pub(crate) mod mean;
pub(crate) mod order_stats;
#[cfg(test)]
pub(crate) mod seed;
pub(crate) mod slots;
pub(crate) mod unaligned;
