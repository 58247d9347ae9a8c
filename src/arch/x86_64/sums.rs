//! The kernels of numeric/mean.rs, for SSE2 and for AVX2 with FMA.
//!
//! The lanes' partial sums differ from those of the portable kernel, but not the mean, because every
//! partial sum is exact and the residuals' error is bounded.

use crate::numeric::{mean::Found, unaligned::Unaligned};
use core::{arch::x86_64::*, hint::black_box};

/// The low bits of a double, which the comparison leaves out: vectors compare the 16 high bits.
const LOW: u32 = 48;

/// The SSE2 kernel.
#[inline(never)]
#[target_feature(enable = "sse2")]
pub(crate) fn add_up_sse2(points: &[Unaligned<f64>], start: f64) -> Found {
    let start = _mm_set1_pd(start);
    let (mut sums, mut residuals) = ([start; 4], [_mm_setzero_pd(); 4]);
    let (mut or_bits, mut largest) = (_mm_setzero_si128(), _mm_setzero_si128());
    let mut add = |sum: &mut __m128d, residual: &mut __m128d, points: __m128d| {
        let next = _mm_add_pd(*sum, points);
        let off = _mm_add_pd(points, _mm_sub_pd(*sum, next));
        *residual = _mm_add_pd(*residual, off);
        *sum = next;
        or_bits = _mm_or_si128(or_bits, _mm_castpd_si128(points));
        largest = _mm_max_epi16(largest, _mm_castpd_si128(points));
    };
    let (chunks, rest) = points.as_chunks::<8>();
    for chunk in chunks {
        let (pairs, _) = chunk.as_chunks();
        for ((sum, residual), [low, high]) in sums.iter_mut().zip(&mut residuals).zip(pairs) {
            add(sum, residual, _mm_set_pd(high.get(), low.get()));
        }
    }
    let (pairs, last) = rest.as_chunks();
    let [sum, .., last_sum] = &mut sums;
    let [residual, .., last_residual] = &mut residuals;
    for [low, high] in pairs {
        add(sum, residual, _mm_set_pd(high.get(), low.get()));
    }
    for point in last {
        add(last_sum, last_residual, _mm_set_sd(point.get()));
    }
    let [a, b, c, d] = sums.map(|sum| _mm_sub_pd(sum, start));
    let sum = _mm_add_pd(_mm_add_pd(a, b), _mm_add_pd(c, d));
    let [a, b, c, d] = residuals;
    let residual = _mm_add_pd(_mm_add_pd(a, b), _mm_add_pd(c, d));
    // SSE2 has only the maximum of signed numbers, in which a point with a sign is lost.
    let signs = _mm_and_si128(or_bits, _mm_set1_epi16(i16::MIN));
    found(sum, residual, _mm_or_si128(largest, signs))
}

/// The AVX2 kernel.
///
/// A fused multiplication by 1 is exact, so that it leaves an addition with its one rounding. Some
/// CPUs add twice as much when half of the additions run where multiplications do.
#[target_feature(enable = "avx2,fma")]
pub(crate) fn add_up_avx2(points: &[Unaligned<f64>], start: f64) -> Found {
    let start = _mm256_set1_pd(start);
    // Hidden from the compiler, which would turn the multiplication back into an addition.
    let one = _mm256_set1_pd(black_box(1.0));
    let (mut sums, mut residuals) = ([start; 4], [_mm256_setzero_pd(); 4]);
    let mut largest = _mm256_setzero_si256();
    let mut add = |sum: &mut __m256d, residual: &mut __m256d, points: __m256d| {
        let next = _mm256_add_pd(*sum, points);
        let off = _mm256_fmadd_pd(_mm256_sub_pd(*sum, next), one, points);
        *residual = _mm256_fmadd_pd(off, one, *residual);
        *sum = next;
        largest = _mm256_max_epu16(largest, _mm256_castpd_si256(points));
    };
    // SAFETY: four doubles at any alignment.
    let load = |four: &[Unaligned<f64>; 4]| unsafe { _mm256_loadu_pd(four.as_ptr().cast()) };
    let (chunks, rest) = points.as_chunks::<16>();
    for chunk in chunks {
        let (fours, _) = chunk.as_chunks();
        for ((sum, residual), four) in sums.iter_mut().zip(&mut residuals).zip(fours) {
            add(sum, residual, load(four));
        }
    }
    let (fours, last) = rest.as_chunks();
    for ((sum, residual), four) in sums.iter_mut().zip(&mut residuals).zip(fours) {
        add(sum, residual, load(four));
    }
    if !last.is_empty() {
        let len = _mm256_set1_epi64x(last.len() as i64);
        let is_read = _mm256_cmpgt_epi64(len, _mm256_set_epi64x(3, 2, 1, 0));
        // SAFETY: only points of the slice are read. The others become 0, which changes nothing.
        let last = unsafe { _mm256_maskload_pd(last.as_ptr().cast(), is_read) };
        let ([.., sum], [.., residual]) = (&mut sums, &mut residuals);
        add(sum, residual, last);
    }

    let [a, b, c, d] = sums.map(|sum| _mm256_sub_pd(sum, start));
    let sum = _mm256_add_pd(_mm256_add_pd(a, b), _mm256_add_pd(c, d));
    let [a, b, c, d] = residuals;
    let residual = _mm256_add_pd(_mm256_add_pd(a, b), _mm256_add_pd(c, d));
    found(
        _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd::<1>(sum)),
        _mm_add_pd(_mm256_castpd256_pd128(residual), _mm256_extractf128_pd::<1>(residual)),
        _mm_max_epu16(_mm256_castsi256_si128(largest), _mm256_extracti128_si256::<1>(largest)),
    )
}

/// Adds up the lanes. `largest` holds 16 high bits in the upper quarter of each half.
#[inline]
#[target_feature(enable = "sse2")]
fn found(sum: __m128d, residual: __m128d, largest: __m128i) -> Found {
    let both = |pair: __m128d| _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
    let largest = _mm_extract_epi16::<3>(largest).max(_mm_extract_epi16::<7>(largest));
    Found {
        sum: both(sum),
        residual: both(residual),
        largest: (largest as u64) << LOW | ((1 << LOW) - 1),
    }
}
