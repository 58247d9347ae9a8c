//! The day of the month and the weekend of a time, in the Gregorian calendar.

/// Seconds in a day.
pub(crate) const DAY: i64 = 86400;

/// Months looked back at.
pub(crate) const MONTHS: usize = 3;

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

/// The distances in days to the same day of the three months before, nearest first: the last day of
/// a month that is shorter, and the last day of each if the day is the last of its month.
#[inline(never)]
pub(crate) fn same_days_before(seconds: i64) -> [u64; MONTHS] {
    let day = day_of_month(seconds);
    let is_last = day_of_month(seconds.wrapping_add(DAY)) == 1;
    // From the point to the last day of the month before.
    let mut back = day;
    [(); MONTHS].map(|()| {
        let length = day_of_month(seconds.wrapping_sub(i64::from(back) * DAY));
        let same = if is_last { length } else { day.min(length) };
        let distance = back + length - same;
        back += length;
        u64::from(distance)
    })
}

/// Days from Monday, 0 to 6. 1970-01-01 was a Thursday.
#[inline(never)]
pub(crate) fn weekday(seconds: i64) -> usize {
    (seconds.div_euclid(DAY) + 3).rem_euclid(7) as usize
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
    fn the_same_day_of_earlier_months_is_the_last_one_where_there_is_no_such_day() {
        // 2023-12-31, 2024-03-30 and 2024-03-31 as days since 1970.
        assert_eq!(same_days_before(19722 * DAY), [31, 61, 92]);
        assert_eq!(same_days_before(19812 * DAY), [30, 60, 91]);
        assert_eq!(same_days_before(19813 * DAY), [31, 60, 91]);
        // 2024-02-29, the last day: of January, December and November.
        assert_eq!(same_days_before(19782 * DAY), [29, 60, 91]);
    }

    #[test]
    fn weeks_begin_on_mondays() {
        let week: Vec<usize> = (0..7).map(|day| weekday(day * DAY)).collect();
        assert_eq!(week, [3, 4, 5, 6, 0, 1, 2]);
        assert_eq!((weekday(-1), weekday(-4 * DAY)), (2, 6));
    }
}
