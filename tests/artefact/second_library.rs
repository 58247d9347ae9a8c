//! Another Rust library, with std and a heap, for a host that links both.

#[unsafe(no_mangle)]
pub extern "C" fn second_library_sum(first: i32, last: i32) -> i32 {
    (first..=last).collect::<Vec<i32>>().iter().sum()
}
