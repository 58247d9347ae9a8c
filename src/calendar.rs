//! What a bill's calendar tells of a moment: the day of the month and the weekend.

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
    let year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    // Months from March on are 31, 30, 31, 30, 31 days long, twice, and then what is left.
    let month = (5 * day_of_year + 2) / 153;
    day_of_year - (153 * month + 2) / 5 + 1
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
        let mut day = 0_i64;
        for year in 1970..2400 {
            let february = 28 + i64::from(is_leap(year));
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
