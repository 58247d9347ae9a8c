//! Columns of budgets in doubles.
//!
//! Four vectors of rows are decided together. If all rows are ordinary, a quotient and two
//! comparisons are enough. Otherwise each row's validity is a mask, without a branch. A comparison
//! answers 0 or -1, so that the codes of rows are negative flags, of which the lowest bits become
//! bytes.

use crate::arch::{BudgetRows, Pointers};
use core::arch::x86_64::*;

/// Added to the bits of a number without a sign, gives it one if the highest byte is 0x7f, as in NaN,
/// infinity and numbers from 2^1009. Smaller ones are ordinary.
const UP_TO_SIGN: i64 = 1 << 56;

/// The negative of an invalid row's flags, as a byte.
fn refused_code(refused: u8) -> i64 {
    i64::from(refused.cast_signed().wrapping_neg())
}

/// Decides the rows in SSE2, but for up to 3 at the end, and returns how many are invalid.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn check_sse2(rows: &BudgetRows) -> usize {
    const WIDTH: usize = 2;
    let mut unwanted = [0.0; 16];
    let Pointers { spends, limits, usages, mask, flags } = rows.pointers(&mut unwanted);
    let (zero, most) = (_mm_setzero_pd(), _mm_set1_pd(f64::MAX));
    // Takes the sign from -0.0, the only valid usage that may have one.
    let magnitude = _mm_castsi128_pd(_mm_set1_epi64x(i64::MAX));
    let no_codes = _mm_setzero_si128();
    let warning_ratio = _mm_set1_pd(rows.warning_ratio);
    let refused = _mm_set1_epi64x(refused_code(rows.refused));
    // SAFETY: `row` and the one after it are rows, here and below.
    let load =
        |row: usize| unsafe { (_mm_loadu_pd(spends.add(row)), _mm_loadu_pd(limits.add(row))) };
    let store = |row: usize, at: usize, usage: __m128d| {
        // SAFETY: as above, or one of the 16 unwanted ones.
        unsafe { _mm_storeu_pd(usages.add((row & mask) + at), usage) };
    };
    let code = |breached: __m128d, warning: __m128d| {
        let breached = _mm_castpd_si128(breached);
        _mm_add_epi64(_mm_add_epi64(breached, breached), _mm_castpd_si128(warning))
    };
    let check_any = |row: usize, at: usize| {
        let (spend, limit) = load(row + at);
        // The maximum is the limit if one is NaN. A NaN in the spend fails its comparison with 0.
        let is_finite = _mm_cmple_pd(_mm_max_pd(spend, limit), most);
        let signs = _mm_and_pd(_mm_cmpge_pd(spend, zero), _mm_cmpgt_pd(limit, zero));
        let valid = _mm_and_pd(is_finite, signs);
        let ratio = _mm_div_pd(spend, limit);
        let usage = _mm_and_pd(_mm_min_pd(ratio, most), valid);
        store(row, at, _mm_and_pd(usage, magnitude));
        let code = code(_mm_cmpge_pd(spend, limit), _mm_cmpge_pd(ratio, warning_ratio));
        let valid = _mm_castpd_si128(valid);
        _mm_or_si128(_mm_and_si128(code, valid), _mm_andnot_si128(valid, refused))
    };
    // The low halves of the codes, then ever narrower integers.
    let four = |a: __m128i, b: __m128i| {
        let (a, b) = (_mm_castsi128_ps(a), _mm_castsi128_ps(b));
        _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(a, b))
    };
    let bytes = |a: __m128i, b: __m128i| {
        _mm_sub_epi8(no_codes, _mm_packs_epi16(_mm_packs_epi32(a, b), no_codes))
    };

    let (mut row, mut invalid, mut is_mixed) = (0, no_codes, false);
    while row + 4 * WIDTH <= rows.len() {
        let mut highest = no_codes;
        let mut check_ordinary = |row: usize| {
            let (spend, limit) = load(row);
            let usage = _mm_div_pd(spend, limit);
            highest = _mm_max_epu8(highest, _mm_castpd_si128(usage));
            highest = _mm_max_epu8(highest, _mm_castpd_si128(limit));
            let code = code(_mm_cmpge_pd(spend, limit), _mm_cmpge_pd(usage, warning_ratio));
            (usage, code)
        };
        let mut found = None;
        if !is_mixed {
            let (a, b) = (check_ordinary(row), check_ordinary(row + WIDTH));
            let (c, d) = (check_ordinary(row + 2 * WIDTH), check_ordinary(row + 3 * WIDTH));
            let sign = _mm_or_si128(highest, _mm_add_epi64(highest, _mm_set1_epi64x(UP_TO_SIGN)));
            if _mm_movemask_pd(_mm_castsi128_pd(sign)) == 0 {
                store(row, 0, a.0);
                store(row, WIDTH, b.0);
                store(row, 2 * WIDTH, c.0);
                store(row, 3 * WIDTH, d.0);
                found = Some(bytes(four(a.1, b.1), four(c.1, d.1)));
            }
        }
        let bytes = found.unwrap_or_else(|| {
            let first = four(check_any(row, 0), check_any(row, WIDTH));
            let second = four(check_any(row, 2 * WIDTH), check_any(row, 3 * WIDTH));
            let bytes = bytes(first, second);
            is_mixed = _mm_movemask_epi8(bytes) != 0;
            // 128 for each.
            let signs = _mm_and_si128(bytes, _mm_set1_epi8(i8::MIN));
            invalid = _mm_add_epi64(invalid, _mm_sad_epu8(signs, no_codes));
            bytes
        });
        // SAFETY: 8 rows.
        unsafe { _mm_storel_epi64(flags.add(row).cast(), bytes) };
        row += 4 * WIDTH;
    }
    if row + 4 <= rows.len() {
        let bytes = bytes(four(check_any(row, 0), check_any(row, WIDTH)), no_codes);
        let signs = _mm_and_si128(bytes, _mm_set1_epi8(i8::MIN));
        invalid = _mm_add_epi64(invalid, _mm_sad_epu8(signs, no_codes));
        // SAFETY: 4 rows.
        unsafe { flags.add(row).cast::<i32>().write_unaligned(_mm_cvtsi128_si32(bytes)) };
    }
    _mm_cvtsi128_si64(invalid) as usize / 128
}

/// Decides the rows in AVX2, as in SSE2.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
pub(crate) fn check_avx2(rows: &BudgetRows) -> usize {
    const WIDTH: usize = 4;
    let mut unwanted = [0.0; 16];
    let Pointers { spends, limits, usages, mask, flags } = rows.pointers(&mut unwanted);
    let (zero, most) = (_mm256_setzero_pd(), _mm256_set1_pd(f64::MAX));
    let magnitude = _mm256_castsi256_pd(_mm256_set1_epi64x(i64::MAX));
    let no_codes = _mm256_setzero_si256();
    let warning_ratio = _mm256_set1_pd(rows.warning_ratio);
    let refused = _mm256_set1_epi64x(refused_code(rows.refused));
    // SAFETY: `row` and the three after it are rows, here and below.
    let load = |row: usize| unsafe {
        (_mm256_loadu_pd(spends.add(row)), _mm256_loadu_pd(limits.add(row)))
    };
    let store = |row: usize, at: usize, usage: __m256d| {
        // SAFETY: as above, or one of the 16 unwanted ones.
        unsafe { _mm256_storeu_pd(usages.add((row & mask) + at), usage) };
    };
    let code = |breached: __m256d, warning: __m256d| {
        let breached = _mm256_castpd_si256(breached);
        _mm256_add_epi64(_mm256_add_epi64(breached, breached), _mm256_castpd_si256(warning))
    };
    let check_any = |row: usize, at: usize| {
        let (spend, limit) = load(row + at);
        let is_finite = _mm256_cmp_pd::<_CMP_LE_OQ>(_mm256_max_pd(spend, limit), most);
        let signs = _mm256_and_pd(
            _mm256_cmp_pd::<_CMP_GE_OQ>(spend, zero),
            _mm256_cmp_pd::<_CMP_GT_OQ>(limit, zero),
        );
        let valid = _mm256_and_pd(is_finite, signs);
        let ratio = _mm256_div_pd(spend, limit);
        let usage = _mm256_and_pd(_mm256_min_pd(ratio, most), valid);
        store(row, at, _mm256_and_pd(usage, magnitude));
        let breached = _mm256_cmp_pd::<_CMP_GE_OQ>(spend, limit);
        let code = code(breached, _mm256_cmp_pd::<_CMP_GE_OQ>(ratio, warning_ratio));
        _mm256_blendv_epi8(refused, code, _mm256_castpd_si256(valid))
    };
    let eight = |a: __m256i, b: __m256i| {
        let (a, b) = (_mm256_castsi256_ps(a), _mm256_castsi256_ps(b));
        _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(a, b))
    };
    let bytes = |a: __m256i, b: __m256i| {
        let words = _mm256_packs_epi32(a, b);
        let (low, high) = (_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
        // Each half of a register was packed by itself, so that pairs of rows need to be put in
        // order.
        let order = _mm_set_epi8(15, 14, 7, 6, 13, 12, 5, 4, 11, 10, 3, 2, 9, 8, 1, 0);
        _mm_sub_epi8(_mm_setzero_si128(), _mm_shuffle_epi8(_mm_packs_epi16(low, high), order))
    };

    let (mut row, mut invalid, mut is_mixed) = (0, 0, false);
    while row + 4 * WIDTH <= rows.len() {
        let mut highest = no_codes;
        let mut check_ordinary = |row: usize| {
            let (spend, limit) = load(row);
            let usage = _mm256_div_pd(spend, limit);
            highest = _mm256_max_epu8(highest, _mm256_castpd_si256(usage));
            highest = _mm256_max_epu8(highest, _mm256_castpd_si256(limit));
            let breached = _mm256_cmp_pd::<_CMP_GE_OQ>(spend, limit);
            (usage, code(breached, _mm256_cmp_pd::<_CMP_GE_OQ>(usage, warning_ratio)))
        };
        let mut found = None;
        if !is_mixed {
            let (a, b) = (check_ordinary(row), check_ordinary(row + WIDTH));
            let (c, d) = (check_ordinary(row + 2 * WIDTH), check_ordinary(row + 3 * WIDTH));
            let up_to_sign = _mm256_set1_epi64x(UP_TO_SIGN);
            let sign = _mm256_or_si256(highest, _mm256_add_epi64(highest, up_to_sign));
            if _mm256_movemask_pd(_mm256_castsi256_pd(sign)) == 0 {
                store(row, 0, a.0);
                store(row, WIDTH, b.0);
                store(row, 2 * WIDTH, c.0);
                store(row, 3 * WIDTH, d.0);
                found = Some(bytes(eight(a.1, b.1), eight(c.1, d.1)));
            }
        }
        let bytes = found.unwrap_or_else(|| {
            let first = eight(check_any(row, 0), check_any(row, WIDTH));
            let second = eight(check_any(row, 2 * WIDTH), check_any(row, 3 * WIDTH));
            let bytes = bytes(first, second);
            let signs = _mm_movemask_epi8(bytes);
            is_mixed = signs != 0;
            invalid += signs.count_ones();
            bytes
        });
        // SAFETY: 16 rows.
        unsafe { _mm_storeu_si128(flags.add(row).cast(), bytes) };
        row += 4 * WIDTH;
    }
    while row + WIDTH <= rows.len() {
        // The first two rows of each half of the vector.
        let bytes = bytes(eight(check_any(row, 0), no_codes), no_codes);
        invalid += _mm_movemask_epi8(bytes).count_ones();
        // SAFETY: 4 rows.
        unsafe { flags.add(row).cast::<i32>().write_unaligned(_mm_cvtsi128_si32(bytes)) };
        row += WIDTH;
    }
    invalid as usize
}
