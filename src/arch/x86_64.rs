//! The kernels that add up series in vectors of x86-64.

use crate::numeric::mean::{Chunk, Found};
use core::arch::x86_64::*;

/// Bits of doubles below the 16 that vectors compare as one number.
const LOW: u32 = 48;

/// In SSE2, which every x86-64 has.
#[target_feature(enable = "sse2")]
pub(crate) fn add_up_sse2(chunks: &[Chunk], start: f64) -> Found {
    let start = _mm_set1_pd(start);
    let (mut sums, mut rounded_off) = ([start; 4], [_mm_setzero_pd(); 4]);
    let (mut seen, mut largest) = (_mm_setzero_si128(), _mm_setzero_si128());
    for chunk in chunks {
        let (pairs, _) = chunk.as_chunks();
        for ((pair, sum), rounded_off) in pairs.iter().zip(&mut sums).zip(&mut rounded_off) {
            let [low, high] = pair.map(f64::from_ne_bytes);
            let points = _mm_set_pd(high, low);
            let next = _mm_add_pd(*sum, points);
            let off = _mm_add_pd(points, _mm_sub_pd(*sum, next));
            *rounded_off = _mm_add_pd(*rounded_off, off);
            *sum = next;
            seen = _mm_or_si128(seen, _mm_castpd_si128(points));
            largest = _mm_max_epi16(largest, _mm_castpd_si128(points));
        }
    }
    let [a, b, c, d] = sums.map(|sum| _mm_sub_pd(sum, start));
    let sum = _mm_add_pd(_mm_add_pd(a, b), _mm_add_pd(c, d));
    let [a, b, c, d] = rounded_off;
    let rounded_off = _mm_add_pd(_mm_add_pd(a, b), _mm_add_pd(c, d));
    found(sum, rounded_off, seen, largest)
}

#[target_feature(enable = "avx2")]
pub(crate) fn add_up_avx2(chunks: &[Chunk], start: f64) -> Found {
    let start = _mm256_set1_pd(start);
    let (mut sums, mut rounded_off) = ([start; 2], [_mm256_setzero_pd(); 2]);
    let (mut seen, mut largest) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    for chunk in chunks {
        let (fours, _) = chunk.as_chunks();
        for ((four, sum), rounded_off) in fours.iter().zip(&mut sums).zip(&mut rounded_off) {
            let [a, b, c, d] = four.map(f64::from_ne_bytes);
            let points = _mm256_set_pd(d, c, b, a);
            let next = _mm256_add_pd(*sum, points);
            let off = _mm256_add_pd(points, _mm256_sub_pd(*sum, next));
            *rounded_off = _mm256_add_pd(*rounded_off, off);
            *sum = next;
            seen = _mm256_or_si256(seen, _mm256_castpd_si256(points));
            largest = _mm256_max_epi16(largest, _mm256_castpd_si256(points));
        }
    }
    let [a, b] = sums.map(|sum| _mm256_sub_pd(sum, start));
    let sum = _mm256_add_pd(a, b);
    let [a, b] = rounded_off;
    let rounded_off = _mm256_add_pd(a, b);
    found(
        _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd::<1>(sum)),
        _mm_add_pd(_mm256_castpd256_pd128(rounded_off), _mm256_extractf128_pd::<1>(rounded_off)),
        _mm_or_si128(_mm256_castsi256_si128(seen), _mm256_extracti128_si256::<1>(seen)),
        _mm_max_epi16(_mm256_castsi256_si128(largest), _mm256_extracti128_si256::<1>(largest)),
    )
}

#[inline]
#[target_feature(enable = "sse2")]
fn found(sum: __m128d, rounded_off: __m128d, seen: __m128i, largest: __m128i) -> Found {
    let both = |pair: __m128d| _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
    let seen = _mm_or_si128(seen, _mm_unpackhi_epi64(seen, seen));
    let largest = _mm_extract_epi16::<3>(largest).max(_mm_extract_epi16::<7>(largest));
    Found {
        sum: both(sum),
        rounded_off: both(rounded_off),
        seen: _mm_cvtsi128_si64(seen) as u64,
        largest: i64::from(largest) << LOW | ((1 << LOW) - 1),
    }
}
