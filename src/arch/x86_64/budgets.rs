//! Budget columns in vectors.

use crate::arch::{Batch, ROWS};
use core::arch::x86_64::*;

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
