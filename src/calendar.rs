//! The day of the month and the weekend of a time, in the Gregorian calendar.

/// Seconds in a day.
pub(crate) const DAY: i64 = 86400;

/// Days from 0000-03-01, the first day of a 400-year cycle whose leap days come last, to
/// 1970-01-01.
const EPOCH: i64 = 719468;
const DAYS_IN_CYCLE: i64 = 146097;

/// The day of the month, 1 to 31, in the Gregorian calendar.
#[inline(never)]
pub(crate) fn day_of_month(seconds: i64) -> u32 {
    let day = (seconds.div_euclid(DAY) + EPOCH).rem_euclid(DAYS_IN_CYCLE) as u32;
    // As Neri and Schneider, "Euclidean affine functions and their application to calendar
    // algorithms": the century, the year and the month leave a rest each.
    let day_of_century = (4 * day + 3) % 146097 / 4;
    let day_of_year = (4 * day_of_century + 3) % 1461 / 4;
    (2141 * day_of_year + 197913) % 65536 / 2141 + 1
}

/// Saturday or Sunday. 1970-01-01 was a Thursday.
#[inline(never)]
pub(crate) fn is_weekend(seconds: i64) -> bool {
    (seconds.div_euclid(DAY) + 3).rem_euclid(7) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_month_follow_one_another_through_four_centuries() {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let mut day = 0;
        for year in 1970..2400 {
            let february = 28 + u32::from(is_leap(year));
            for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
                for expected in 1..=length {
                    assert_eq!(day_of_month(day * DAY), expected, "{year}");
                    assert_eq!(day_of_month(day * DAY + DAY - 1), expected);
                    day += 1;
                }
            }
        }
        assert_eq!(day_of_month(-1), 31);
    }

    #[test]
    fn weekends_are_saturdays_and_sundays() {
        let week: Vec<bool> = (0..7).map(|day| is_weekend(day * DAY)).collect();
        assert_eq!(week, [false, false, true, true, false, false, false]);
        assert!(!is_weekend(-1) && is_weekend(-4 * DAY));
    }
}
