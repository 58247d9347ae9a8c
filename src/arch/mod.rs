//! Which kernel adds up a series on this CPU: a matter of speed alone, the sums are the same.

#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod x86_64;

use crate::numeric::mean::Kernel;
#[cfg(target_arch = "x86_64")]
use x86_64::{add_up_avx2, add_up_sse2};

/// Calls over this many numbers are worth asking the CPU for AVX2. Asking takes 0.1 to 10
/// microseconds (most on virtual machines, which trap it), and the library has no memory of its
/// own to keep the answer in.
#[cfg(target_arch = "x86_64")]
const AVX2_MIN_LEN: usize = 1 << 17;

#[cfg(target_arch = "x86_64")]
pub(crate) fn for_points(len: usize) -> Kernel {
    if has_avx2_for(len) { AVX2 } else { SSE2 }
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn for_points(_: usize) -> Kernel {
    crate::numeric::mean::add_up
}

// SAFETY: every x86-64 has SSE2.
#[cfg(target_arch = "x86_64")]
const SSE2: Kernel = |chunks, start| unsafe { add_up_sse2(chunks, start) };

// SAFETY: chosen where the CPU has AVX2.
#[cfg(target_arch = "x86_64")]
const AVX2: Kernel = |chunks, start| unsafe { add_up_avx2(chunks, start) };

/// Those that this CPU can run.
#[cfg(all(test, target_arch = "x86_64"))]
pub(crate) fn for_this_cpu() -> Vec<Kernel> {
    if has_avx2() { vec![SSE2, AVX2] } else { vec![SSE2] }
}

/// AVX2 is there, and worth asking for over `len` numbers.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx2_for(len: usize) -> bool {
    len >= AVX2_MIN_LEN && has_avx2()
}

/// The CPU has AVX2 and the operating system saves its registers.
#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    use core::arch::x86_64::{__cpuid_count, _xgetbv};

    const OSXSAVE_AND_AVX: u32 = 1 << 27 | 1 << 28;
    const SSE_AND_AVX_STATE: u64 = 0b110;
    const AVX2: u32 = 1 << 5;

    #[target_feature(enable = "xsave")]
    fn saved_state() -> u64 {
        // SAFETY: the caller has seen OSXSAVE, which makes instruction and register available.
        unsafe { _xgetbv(0) }
    }

    // Compilers before 1.94 call this intrinsic unsafe; every x86-64 has the instruction.
    #[allow(unused_unsafe)]
    // SAFETY: see above.
    let leaf = |number| unsafe { __cpuid_count(number, 0) };

    if leaf(1).ecx & OSXSAVE_AND_AVX != OSXSAVE_AND_AVX {
        return false;
    }
    // SAFETY: OSXSAVE is on. A CPU with AVX has leaf 13, so it has leaf 7 too.
    (unsafe { saved_state() }) & SSE_AND_AVX_STATE == SSE_AND_AVX_STATE && leaf(7).ebx & AVX2 != 0
}
