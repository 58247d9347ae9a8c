/*
 * Days of the Gregorian calendar, counted from 1970-01-01, and the texts that name them.
 */
#ifndef DATE_H
#define DATE_H

#include "common.h"

struct date {
    int year, month, day;
};

enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01 and 9999-12-31 */

int32_t day_number(int year, int month, int day);
struct date date_of(int32_t day);
int32_t days_in_month(int year, int month);

/* "2024-03-01". */
enum { DAY_TEXT = 16 };
const char *day_text(char *to, int32_t day);

/* Which of the forms with the day or the month first a bill has. */
enum date_order { ORDER_UNKNOWN, MONTH_FIRST, DAY_FIRST };

enum date_form {
    DATE_GOOD,
    DATE_NONE,     /* no date */
    DATE_TWO_WAYS  /* 03/04/2024 and the like, while the order is unknown */
};

/* The day, in UTC, of a date or of a date and time with or without an offset. */
enum date_form parse_day(struct text text, enum date_order order, int32_t *day);

/* The month that a billing period names, as year * 12 + month - 1: its start, "2024-03" or "202403". */
int parse_period(struct text text, enum date_order order, int32_t *month);

/* Today in UTC. */
int32_t day_now(void);

#endif
