//! How long a trip opens the breaker: growth, its cap, and jitter.

use crate::breaker::config::BreakerConfig;
use crate::numeric::amount::PPM;

/// More multiplications make no difference that a host could want.
const MOST_MULTIPLICATIONS: u32 = 64;

/// The open time after `trips` earlier trips: multiplied for each, up to the cap, then lengthened by
/// a share that is drawn anew for each generation.
pub(crate) fn open_time(config: &BreakerConfig, trips: u32, generation: u64) -> u64 {
    let grown = grown(config, trips);

    // grown * jitter_ppm / 1000000, rounded down, in two parts that do not overflow.
    let (whole, ppm) = (u64::from(PPM), u64::from(config.jitter_ppm));
    let most = grown / whole * ppm + grown % whole * ppm / whole;
    let share = u128::from(split_mix(config.jitter_seed, generation));
    let extra = (share * (u128::from(most) + 1)) >> 64;
    grown + extra as u64
}

/// open_duration, multiplied by backoff_ppm for each earlier trip, each product rounded up.
fn grown(config: &BreakerConfig, trips: u32) -> u64 {
    let (whole, ppm) = (u64::from(PPM), u64::from(config.backoff_ppm));
    // Both are above 0.
    let (mut time, cap) = (config.open_duration as u64, config.max_open_duration as u64);
    for _ in 0..trips.min(MOST_MULTIPLICATIONS) {
        if time >= cap {
            break;
        }
        let rest = (time % whole * ppm).div_ceil(whole);
        time = (time / whole).saturating_mul(ppm).saturating_add(rest);
    }
    time.min(cap)
}

/// Number `index` of the sequence that SplitMix64 draws from a seed.
fn split_mix(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growing(open_duration: i64, max_open_duration: i64, backoff_ppm: u32) -> BreakerConfig {
        BreakerConfig { open_duration, max_open_duration, backoff_ppm, ..BreakerConfig::DEFAULT }
    }

    #[test]
    fn each_trip_multiplies_and_rounds_up_to_the_cap() {
        let by_half = growing(5, 20, 1_500_000);
        let times: Vec<u64> = (0..5).map(|trips| open_time(&by_half, trips, 1)).collect();
        // 7.5, 12, 18, 27.
        assert_eq!(times, [5, 8, 12, 18, 20]);
        let steady = growing(5, 20, PPM);
        assert_eq!(open_time(&steady, u32::MAX, 1), 5);
        let least = growing(1, i64::MAX, PPM + 1);
        // Rounding up makes 1 a 2, 2 a 3: 64 times at most.
        assert_eq!(open_time(&least, 63, 1), 64);
        assert_eq!(open_time(&least, 64, 1), 65);
        assert_eq!(open_time(&least, 65, 1), 65);
    }

    #[test]
    fn open_times_saturate() {
        let longest = i64::MAX as u64;
        assert_eq!(open_time(&growing(3, i64::MAX, 2_000_000), 61, 1), 3 << 61);
        assert_eq!(open_time(&growing(3, i64::MAX, 2_000_000), 62, 1), longest);
        assert_eq!(open_time(&growing(i64::MAX, i64::MAX, 16_000_000), 9, 1), longest);
        let jittered = BreakerConfig { jitter_ppm: PPM, ..growing(3, i64::MAX, 16_000_000) };
        for trips in [62, 63, 64, 1000, u32::MAX] {
            assert!((longest..=2 * longest).contains(&open_time(&jittered, trips, 1)));
        }
    }

    #[test]
    fn jitter_is_the_published_sequence_scaled_to_its_share() {
        // The first two numbers of SplitMix64 from 1234567, as published.
        assert_eq!(split_mix(1_234_567, 1), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(1_234_567, 2), 3_203_168_211_198_807_973);

        let config = BreakerConfig {
            jitter_ppm: 500_000,
            jitter_seed: 1_234_567,
            ..growing(1000, 1000, 2_000_000)
        };
        // 501 * 6457827717110365317 / 2^64 is 175.39, 501 * 3203168211198807973 / 2^64 is 86.99.
        assert_eq!(open_time(&config, 0, 1), 1175);
        assert_eq!(open_time(&config, 0, 2), 1086);
        // The whole share can be drawn: 2 * 9817491932198370423 / 2^64 is 1.06.
        let least = BreakerConfig { open_duration: 1, max_open_duration: 1, ..config };
        let least = BreakerConfig { jitter_ppm: PPM, ..least };
        assert_eq!((open_time(&least, 0, 2), open_time(&least, 0, 3)), (1, 2));
        for generation in 0..1000 {
            assert!((1000..=1500).contains(&open_time(&config, 5, generation)));
        }
    }
}
