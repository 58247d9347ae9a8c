//! The kernels of numeric/mean.rs in vectors of x86-64: SSE2 with 4 x 2 lanes, AVX2 with 2 x 4.
//!
//! Both take a chunk of 8 points at a time. The lanes' partial sums differ from those of the
//! portable kernel, but not the mean, because every partial sum is exact and the residuals' error
//! is bounded. Called through `kernel_for` in mod.rs.

use crate::numeric::{
    mean::{Chunk, Found},
    unaligned::Unaligned,
};
use core::arch::x86_64::*;

/// The low bits of a double, which the comparison leaves out: vectors compare the 16 high bits.
const LOW: u32 = 48;

/// The SSE2 kernel.
#[target_feature(enable = "sse2")]
pub(crate) fn add_up_sse2(chunks: &[Chunk], start: f64) -> Found {
    let start = _mm_set1_pd(start);
    let (mut sums, mut residual) = ([start; 4], [_mm_setzero_pd(); 4]);
    let (mut or_bits, mut largest) = (_mm_setzero_si128(), _mm_setzero_si128());
    for chunk in chunks {
        let (pairs, _) = chunk.as_chunks();
        for ((pair, sum), residual) in pairs.iter().zip(&mut sums).zip(&mut residual) {
            let [low, high] = pair.map(Unaligned::get);
            let points = _mm_set_pd(high, low);
            let next = _mm_add_pd(*sum, points);
            let off = _mm_add_pd(points, _mm_sub_pd(*sum, next));
            *residual = _mm_add_pd(*residual, off);
            *sum = next;
            or_bits = _mm_or_si128(or_bits, _mm_castpd_si128(points));
            largest = _mm_max_epi16(largest, _mm_castpd_si128(points));
        }
    }
    let [a, b, c, d] = sums.map(|sum| _mm_sub_pd(sum, start));
    let sum = _mm_add_pd(_mm_add_pd(a, b), _mm_add_pd(c, d));
    let [a, b, c, d] = residual;
    let residual = _mm_add_pd(_mm_add_pd(a, b), _mm_add_pd(c, d));
    found(sum, residual, or_bits, largest)
}

/// The AVX2 kernel.
#[target_feature(enable = "avx2")]
pub(crate) fn add_up_avx2(chunks: &[Chunk], start: f64) -> Found {
    let start = _mm256_set1_pd(start);
    let (mut sums, mut residual) = ([start; 2], [_mm256_setzero_pd(); 2]);
    let (mut or_bits, mut largest) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    for chunk in chunks {
        let (fours, _) = chunk.as_chunks();
        for ((four, sum), residual) in fours.iter().zip(&mut sums).zip(&mut residual) {
            let [a, b, c, d] = four.map(Unaligned::get);
            let points = _mm256_set_pd(d, c, b, a);
            let next = _mm256_add_pd(*sum, points);
            let off = _mm256_add_pd(points, _mm256_sub_pd(*sum, next));
            *residual = _mm256_add_pd(*residual, off);
            *sum = next;
            or_bits = _mm256_or_si256(or_bits, _mm256_castpd_si256(points));
            largest = _mm256_max_epi16(largest, _mm256_castpd_si256(points));
        }
    }
    let [a, b] = sums.map(|sum| _mm256_sub_pd(sum, start));
    let sum = _mm256_add_pd(a, b);
    let [a, b] = residual;
    let residual = _mm256_add_pd(a, b);
    found(
        _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd::<1>(sum)),
        _mm_add_pd(_mm256_castpd256_pd128(residual), _mm256_extractf128_pd::<1>(residual)),
        _mm_or_si128(_mm256_castsi256_si128(or_bits), _mm256_extracti128_si256::<1>(or_bits)),
        _mm_max_epi16(_mm256_castsi256_si128(largest), _mm256_extracti128_si256::<1>(largest)),
    )
}

/// Adds up the lanes.
#[inline]
#[target_feature(enable = "sse2")]
fn found(sum: __m128d, residual: __m128d, or_bits: __m128i, largest: __m128i) -> Found {
    let both = |pair: __m128d| _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
    let or_bits = _mm_or_si128(or_bits, _mm_unpackhi_epi64(or_bits, or_bits));
    let largest = _mm_extract_epi16::<3>(largest).max(_mm_extract_epi16::<7>(largest));
    Found {
        sum: both(sum),
        residual: both(residual),
        or_bits: _mm_cvtsi128_si64(or_bits) as u64,
        largest: i64::from(largest) << LOW | ((1 << LOW) - 1),
    }
}
