//! The kernels of numeric/mean.rs and of budget columns in vectors of x86-64, for SSE2 and AVX2.
//!
//! Means take a chunk of 8 points at a time. The lanes' partial sums differ from those of the
//! portable kernel, but not the mean, because every partial sum is exact and the residuals' error
//! is bounded. Called through mod.rs.

use crate::{
    arch::{Batch, ROWS},
    numeric::{
        mean::{Chunk, Found},
        unaligned::Unaligned,
    },
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

/// The negative of an invalid row's flags, as a byte. A comparison answers 0 or -1, so that the codes
/// of rows are negative flags.
fn refused_code(refused: u8) -> i64 {
    i64::from(refused.cast_signed().wrapping_neg())
}

/// A batch of budgets in SSE2.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn check_budgets_sse2(
    warning_ratio: f64,
    refused: u8,
    spend: &[f64; ROWS],
    limit: &[f64; ROWS],
) -> Batch {
    let (zero, most) = (_mm_setzero_pd(), _mm_set1_pd(f64::MAX));
    let (warning_ratio, refused) =
        (_mm_set1_pd(warning_ratio), _mm_set1_epi64x(refused_code(refused)));
    let mut usage = [0.0; ROWS];
    // The codes of the two rows from `row` on.
    let mut two = |row: usize| {
        // SAFETY: `row` is at most ROWS - 2.
        let (spend, limit) = unsafe {
            (_mm_loadu_pd(spend.as_ptr().add(row)), _mm_loadu_pd(limit.as_ptr().add(row)))
        };
        // The maximum is the limit if one is NaN. A NaN in the spend fails its comparison with 0.
        let is_finite = _mm_cmple_pd(_mm_max_pd(spend, limit), most);
        let signs = _mm_and_pd(_mm_cmpge_pd(spend, zero), _mm_cmpgt_pd(limit, zero));
        let valid = _mm_and_pd(is_finite, signs);
        let ratio = _mm_add_pd(_mm_min_pd(_mm_div_pd(spend, limit), most), zero);
        let ratio = _mm_and_pd(ratio, valid);
        // SAFETY: as above.
        unsafe { _mm_storeu_pd(usage.as_mut_ptr().add(row), ratio) };
        let breached = _mm_castpd_si128(_mm_and_pd(_mm_cmpge_pd(spend, limit), valid));
        let warning = _mm_castpd_si128(_mm_cmpge_pd(ratio, warning_ratio));
        let found = _mm_add_epi64(_mm_add_epi64(breached, breached), warning);
        _mm_or_si128(found, _mm_andnot_si128(_mm_castpd_si128(valid), refused))
    };
    // The low halves of the codes, then ever narrower integers. Written out, for a loop over the
    // pairs is not unrolled.
    let mut four = |row| {
        let (a, b) = (_mm_castsi128_ps(two(row)), _mm_castsi128_ps(two(row + 2)));
        _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(a, b))
    };
    let first = _mm_packs_epi32(four(0), four(4));
    let second = _mm_packs_epi32(four(8), four(12));
    let flags = _mm_sub_epi8(_mm_setzero_si128(), _mm_packs_epi16(first, second));
    Batch { flags: array(flags), usage, invalid: count_invalid(flags) }
}

/// A batch of budgets in AVX2, as in SSE2.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn check_budgets_avx2(
    warning_ratio: f64,
    refused: u8,
    spend: &[f64; ROWS],
    limit: &[f64; ROWS],
) -> Batch {
    let (zero, most) = (_mm256_setzero_pd(), _mm256_set1_pd(f64::MAX));
    let warning_ratio = _mm256_set1_pd(warning_ratio);
    let refused = _mm256_set1_epi64x(refused_code(refused));
    let mut usage = [0.0; ROWS];
    let mut four = |row: usize| {
        // SAFETY: `row` is at most ROWS - 4.
        let (spend, limit) = unsafe {
            (_mm256_loadu_pd(spend.as_ptr().add(row)), _mm256_loadu_pd(limit.as_ptr().add(row)))
        };
        let is_finite = _mm256_cmp_pd::<_CMP_LE_OQ>(_mm256_max_pd(spend, limit), most);
        let signs = _mm256_and_pd(
            _mm256_cmp_pd::<_CMP_GE_OQ>(spend, zero),
            _mm256_cmp_pd::<_CMP_GT_OQ>(limit, zero),
        );
        let valid = _mm256_and_pd(is_finite, signs);
        let ratio = _mm256_add_pd(_mm256_min_pd(_mm256_div_pd(spend, limit), most), zero);
        let ratio = _mm256_and_pd(ratio, valid);
        // SAFETY: as above.
        unsafe { _mm256_storeu_pd(usage.as_mut_ptr().add(row), ratio) };
        let breached = _mm256_and_pd(_mm256_cmp_pd::<_CMP_GE_OQ>(spend, limit), valid);
        let breached = _mm256_castpd_si256(breached);
        let warning = _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_GE_OQ>(ratio, warning_ratio));
        let found = _mm256_add_epi64(_mm256_add_epi64(breached, breached), warning);
        _mm256_or_si256(found, _mm256_andnot_si256(_mm256_castpd_si256(valid), refused))
    };
    let mut eight = |row| {
        let (a, b) = (_mm256_castsi256_ps(four(row)), _mm256_castsi256_ps(four(row + 4)));
        _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(a, b))
    };
    let words = _mm256_packs_epi32(eight(0), eight(8));
    let bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
    // Each half of a register was packed by itself, so that pairs of rows need to be put in order.
    let order = _mm_set_epi8(15, 14, 7, 6, 13, 12, 5, 4, 11, 10, 3, 2, 9, 8, 1, 0);
    let flags = _mm_sub_epi8(_mm_setzero_si128(), _mm_shuffle_epi8(bytes, order));
    Batch { flags: array(flags), usage, invalid: count_invalid(flags) }
}

/// How many bytes have their highest bit set.
#[inline]
#[target_feature(enable = "sse2")]
fn count_invalid(flags: __m128i) -> usize {
    let invalid = _mm_and_si128(flags, _mm_set1_epi8(i8::MIN));
    let sums = _mm_sad_epu8(invalid, _mm_setzero_si128());
    let sum = _mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums));
    _mm_cvtsi128_si64(sum) as usize / 128
}

#[inline]
#[target_feature(enable = "sse2")]
fn array(bytes: __m128i) -> [u8; ROWS] {
    let mut array = [0; ROWS];
    // SAFETY: 16 bytes.
    unsafe { _mm_storeu_si128(array.as_mut_ptr().cast(), bytes) };
    array
}
