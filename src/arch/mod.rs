//! What depends on the CPU: which instructions it has, vector kernels, and the trap instruction.
//!
//! A choice made here affects speed alone. Every kernel gives the same bits, which the tests below
//! check. Called by the core, so that no caller of the core needs to know the CPU.

#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod x86_64;

// The x87 keeps more bits than a double has and rounds twice: answers would not be those of other
// machines.
#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!(
    "libcloudcircuit needs SSE2 on 32-bit x86, as the target i686-unknown-linux-gnu has it"
);

use crate::numeric::mean::Kernel;
#[cfg(target_arch = "x86_64")]
use crate::numeric::unaligned::Unaligned;
#[cfg(target_arch = "x86_64")]
use core::cell::Cell;

/// Rows in a batch of columns.
pub(crate) const ROWS: usize = 16;

/// Columns that are decided in batches.
pub(crate) trait Columns {
    /// Returns how many rows are invalid. `WIDE` is set where the CPU has AVX2.
    fn check<const WIDE: bool>(&self) -> usize;
}

/// A build for every x86-64 CPU asks for AVX2 in calls over at least this many points or rows. Asking
/// takes 0.1 to 10 microseconds (most on virtual machines, which trap it), and the library has no
/// memory to keep the answer in. A build for CPUs that all have AVX2 never asks.
#[cfg(target_arch = "x86_64")]
const AVX2_MIN_POINTS: usize = 1 << 16;
#[cfg(target_arch = "x86_64")]
const AVX2_MIN_ROWS: usize = 1 << 15;

/// The kernel for the sum of `len` points.
#[cfg(target_arch = "x86_64")]
pub(crate) fn kernel_for(len: usize) -> Kernel {
    if has_avx2_from(AVX2_MIN_POINTS, len) { AVX2 } else { SSE2 }
}

/// The kernel for the sum of `len` points.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn kernel_for(_: usize) -> Kernel {
    crate::numeric::mean::add_up
}

#[cfg(target_arch = "x86_64")]
// SAFETY: every x86-64 CPU has SSE2.
const SSE2: Kernel = |points, start| unsafe { x86_64::sums::add_up_sse2(points, start) };

#[cfg(target_arch = "x86_64")]
// SAFETY: `kernel_for` and the tests choose this only where the CPU has AVX2 and FMA.
const AVX2: Kernel = |points, start| unsafe { x86_64::sums::add_up_avx2(points, start) };

/// Decides columns of `len` rows, compiled for AVX2 where that is worth asking for.
#[inline(always)]
pub(crate) fn check_widest(columns: &impl Columns, len: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    if has_avx2_from(AVX2_MIN_ROWS, len) {
        #[target_feature(enable = "avx2,popcnt")]
        fn check_avx2(columns: &impl Columns) -> usize {
            columns.check::<true>()
        }
        // SAFETY: the CPU has AVX2.
        return unsafe { check_avx2(columns) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = len;
    columns.check::<false>()
}

/// Budgets in doubles, and the columns for their answers, all of the same length. Columns are cells
/// because `usage` may be the same memory as `spend` or `limit`.
#[cfg(target_arch = "x86_64")]
pub(crate) struct BudgetRows<'a> {
    pub(crate) warning_ratio: f64,
    /// The flags of an invalid row. They hold 1 for a warning, 2 for a breach, and the highest bit.
    pub(crate) refused: u8,
    pub(crate) spend: &'a [Cell<Unaligned<f64>>],
    pub(crate) limit: &'a [Cell<Unaligned<f64>>],
    pub(crate) flags: &'a [Cell<u8>],
    pub(crate) usage: Option<&'a [Cell<Unaligned<f64>>]>,
}

#[cfg(target_arch = "x86_64")]
impl BudgetRows<'_> {
    /// Decides the rows up to the last multiple of 4, and returns how many of them are invalid. No
    /// row is answered before it is read. `WIDE` only where the CPU has AVX2.
    #[inline(always)]
    pub(crate) fn check<const WIDE: bool>(&self) -> usize {
        // SAFETY: every x86-64 CPU has SSE2, and `WIDE` promises AVX2.
        unsafe {
            if WIDE { x86_64::budgets::check_avx2(self) } else { x86_64::budgets::check_sse2(self) }
        }
    }

    /// The number of rows that all columns have.
    #[inline(always)]
    fn len(&self) -> usize {
        let inputs = self.spend.len().min(self.limit.len()).min(self.flags.len());
        self.usage.map_or(inputs, |usage| inputs.min(usage.len()))
    }

    #[inline(always)]
    fn pointers(&self, unwanted: &mut [f64; 16]) -> Pointers {
        let (usages, mask) = match self.usage {
            Some(usage) => (usage.as_ptr().cast_mut().cast(), usize::MAX),
            None => (unwanted.as_mut_ptr(), 0),
        };
        let (spends, limits) = (self.spend.as_ptr().cast(), self.limit.as_ptr().cast());
        Pointers { spends, limits, usages, mask, flags: self.flags.as_ptr().cast_mut().cast() }
    }
}

/// The columns' first rows. Cells may be written.
#[cfg(target_arch = "x86_64")]
struct Pointers {
    spends: *const f64,
    limits: *const f64,
    /// 16 numbers that nobody reads where the usage is not wanted.
    usages: *mut f64,
    /// Which bits of a row's number lead to its usage: all, or none where it is not wanted.
    mask: usize,
    flags: *mut u8,
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_avx2_from(min_len: usize, len: usize) -> bool {
    cfg!(all(target_feature = "avx2", target_feature = "fma", target_feature = "popcnt"))
        || len >= min_len && has_avx2()
}

/// Whether the CPU has AVX2 and FMA, and the operating system saves their registers.
#[cfg(target_arch = "x86_64")]
#[cold]
pub(crate) fn has_avx2() -> bool {
    use core::arch::x86_64::{__cpuid_count, _xgetbv};

    #[target_feature(enable = "xsave")]
    fn saved_state() -> u64 {
        // SAFETY: the caller has seen OSXSAVE, with which instruction and register are there.
        unsafe { _xgetbv(0) }
    }

    // The intrinsic is unsafe only in compilers before 1.94.
    #[allow(unused_unsafe)]
    // SAFETY: every x86-64 CPU has the instruction.
    let leaf = |number| unsafe { __cpuid_count(number, 0) };

    // SAFETY: `says_avx2` asks for the state only where OSXSAVE is on.
    says_avx2(leaf(1).ecx, || unsafe { saved_state() }, || leaf(7).ebx)
}

/// Reads `has_avx2` from ECX of CPUID leaf 1, the register XCR0 and EBX of leaf 7. XCR0 can be read only
/// where leaf 1 says OSXSAVE, and leaf 7 is not asked for where the answer is known.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn says_avx2(leaf_1: u32, xcr0: impl FnOnce() -> u64, leaf_7: impl FnOnce() -> u32) -> bool {
    const FMA: u32 = 1 << 12;
    const POPCNT: u32 = 1 << 23;
    const OSXSAVE: u32 = 1 << 27;
    const AVX: u32 = 1 << 28;
    const OTHERS: u32 = FMA | POPCNT | OSXSAVE | AVX;
    const SSE_AND_AVX_STATE: u64 = 0b110;
    const AVX2: u32 = 1 << 5;

    leaf_1 & OTHERS == OTHERS
        && xcr0() & SSE_AND_AVX_STATE == SSE_AND_AVX_STATE
        // A CPU with AVX has leaf 13, so it has leaf 7 too.
        && leaf_7() & AVX2 != 0
}

/// Only for the panic handler of a build that must not panic. Calls a function that is nowhere, so
/// that a library in which anything reaches the handler cannot be linked. Cargo.toml's release
/// profile leaves nothing that does; another opt-level, overflow checks or no LTO may.
#[cfg(panic = "abort")]
pub(crate) fn panic_path() -> ! {
    // SAFETY: declares what would be called if it could be linked.
    unsafe extern "C" {
        fn cloudcircuit_was_built_with_a_panic_path() -> !;
    }
    // A shared library may leave other undefined symbols to its host, but no hidden one. Where the
    // assembler is not at hand the loader is the one that does not find it.
    #[cfg(all(
        unix,
        not(target_vendor = "apple"),
        any(
            target_arch = "x86",
            target_arch = "x86_64",
            target_arch = "arm",
            target_arch = "aarch64",
            target_arch = "riscv64",
            target_arch = "s390x"
        )
    ))]
    // SAFETY: no instruction.
    unsafe {
        core::arch::asm!(
            ".hidden cloudcircuit_was_built_with_a_panic_path",
            options(nomem, nostack, preserves_flags)
        );
    }
    // SAFETY: never runs, because it never links.
    unsafe { cloudcircuit_was_built_with_a_panic_path() }
}

/// Stops the process by an illegal instruction, which shows where it stood. A loop would hang the
/// host. Only for the panic handler of a build that may panic.
#[cfg(panic = "abort")]
pub(crate) fn trap() -> ! {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    // SAFETY: the instruction touches no memory and does not return.
    unsafe {
        core::arch::asm!("ud2", options(noreturn, nomem, nostack))
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: the instruction touches no memory and does not return.
    unsafe {
        core::arch::asm!("brk #1", options(noreturn, nomem, nostack))
    }
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(any(
        target_arch = "x86",
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "wasm32"
    )))]
    loop {
        core::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::{
        exact_sum,
        mean::{BLOCK, add_up, mean},
        unaligned::Unaligned,
    };

    /// Every kernel that this CPU has the instructions for.
    fn kernels() -> Vec<Kernel> {
        let mut kernels: Vec<Kernel> = vec![add_up];
        #[cfg(target_arch = "x86_64")]
        kernels.push(SSE2);
        #[cfg(target_arch = "x86_64")]
        if has_avx2() {
            kernels.push(AVX2);
        }
        kernels
    }

    /// The mean, which has the same bits from every kernel.
    fn mean_of(points: &[f64]) -> Option<f64> {
        let points: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
        let means: Vec<_> = kernels().iter().map(|kernel| mean(&points, *kernel)).collect();
        let bits: Vec<_> = means.iter().map(|mean| mean.map(f64::to_bits)).collect();
        assert!(bits.iter().all(|mean| *mean == bits[0]), "{points:?}: {means:?}");
        means[0]
    }

    /// The mean of points that all fall into a kernel's first lane, with zeros in the others.
    fn mean_of_one_lane(points: &[f64]) -> Option<f64> {
        let lanes = |point: &f64| [*point, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        mean_of(&points.iter().flat_map(lanes).collect::<Vec<_>>())
    }

    /// Every bit of the three registers, by its place in the manuals of Intel and AMD, and that nothing is
    /// asked for that may not be there or is not needed.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn avx2_is_chosen_where_each_bit_that_it_needs_is_set() {
        let says = |leaf_1, xcr0, leaf_7| says_avx2(leaf_1, || xcr0, || leaf_7);
        let only = |bits: &[u32]| bits.iter().map(|bit| 1 << bit).sum::<u64>();
        // FMA, POPCNT, OSXSAVE, AVX; SSE and AVX state; AVX2.
        let needed: [&[u32]; 3] = [&[12, 23, 27, 28], &[1, 2], &[5]];
        let [leaf_1, xcr0, leaf_7] = needed.map(only);
        assert!(says(leaf_1 as u32, xcr0, leaf_7 as u32));
        assert!(says(u32::MAX, u64::MAX, u32::MAX));
        for bit in 0..32 {
            let without = !(1 << bit);
            assert_eq!(says(without, u64::MAX, u32::MAX), !needed[0].contains(&bit), "{bit}");
            assert_eq!(says(u32::MAX, u64::MAX, without), !needed[2].contains(&bit), "{bit}");
        }
        for bit in 0..64 {
            assert_eq!(says(u32::MAX, !(1 << bit), u32::MAX), !needed[1].contains(&bit), "{bit}");
        }

        let asked = Cell::new(0);
        let leaf_7 = || asked.replace(asked.get() + 1) | u32::MAX;
        for bit in needed[0] {
            assert!(!says_avx2(!(1 << bit), || leaf_7().into(), leaf_7));
        }
        assert!(!says_avx2(u32::MAX, || 0b010, leaf_7));
        assert_eq!(asked.get(), 0);
    }

    /// This CPU, by the standard library.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn the_cpu_is_read_as_the_standard_library_reads_it() {
        let known = [
            is_x86_feature_detected!("avx2"),
            is_x86_feature_detected!("fma"),
            is_x86_feature_detected!("popcnt"),
        ];
        assert_eq!(has_avx2(), known == [true; 3]);
    }

    #[test]
    fn a_sum_too_close_to_a_tie_for_its_errors_is_made_exact() {
        // Just below half an ulp of 1, then 500 points that the residual's sum rounds off one by
        // one, though together they exceed the half.
        let power = |exponent: i32| f64::from_bits(((1023 + exponent) as u64) << 52);
        let mut points = vec![1.0, power(-53) - power(-99)];
        points.extend([1.9 * power(-108); 500]);
        let next_after_one = 1.0 + f64::EPSILON;
        assert_eq!(mean_of_one_lane(&points), Some(next_after_one / (8 * points.len()) as f64));
    }

    #[test]
    fn a_block_full_of_points_at_its_bound_adds_up_below_the_next_power() {
        // All points are just below 2, except those from which the bound is guessed.
        let mut points = vec![1.0; BLOCK];
        for seed in 0..200_u64 {
            for (index, point) in points.iter_mut().enumerate() {
                let bits = (seed << 11 | index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 13;
                *point = f64::from_bits(2.0f64.to_bits() - 1 - bits / 8);
            }
            for guessed_from in [0, BLOCK / 2, BLOCK - 1] {
                points[guessed_from] /= 1e6;
            }
            let unaligned: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
            assert_eq!(mean_of(&points), Some(exact_sum::mean(&unaligned)));
        }
    }

    #[test]
    fn negative_zeros_are_zeros_and_negatives_are_not() {
        assert_eq!(mean_of_one_lane(&[-0.0, -0.0]).map(f64::to_bits), Some(0));
        assert_eq!(mean_of_one_lane(&[-0.0, 16.0]), Some(1.0));
        assert_eq!(mean_of_one_lane(&[-5e-324, 16.0]), None);
    }

    #[test]
    fn every_kernel_finds_the_exact_mean_at_every_length() {
        let mut seed = u64::from(crate::numeric::seed::fresh_seed());
        let mut any = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            seed >> 11
        };
        for length in (1..70).chain([511, 2047, 2048, 2049, 2055, 5000]) {
            for spread in [0, 1, 10, 100, 1000] {
                let point = |bits: u64| {
                    let exponent = 1022 - spread / 2 + (bits >> 30) % (spread + 1);
                    f64::from_bits(exponent << 52 | bits & ((1 << 52) - 1))
                };
                let mut points: Vec<f64> = (0..length).map(|_| point(any())).collect();
                let unaligned: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
                assert_eq!(mean_of(&points), Some(exact_sum::mean(&unaligned)), "{points:?}");
                for bad in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
                    let at = any() as usize % length;
                    let good = std::mem::replace(&mut points[at], bad);
                    assert_eq!(mean_of(&points), None, "{points:?}");
                    points[at] = good;
                }
            }
        }
    }
}
