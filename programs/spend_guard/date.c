#include "date.h"

#include <string.h>
#include <time.h>

/* A year that starts in March ends with its leap day, if it has one. */
int32_t day_number(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1;
    int m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

struct date date_of(int32_t number)
{
    int64_t days = (int64_t)number + 719468; /* since 0000-03-01 */
    int64_t year = (days * 400 + 591) / 146097, rest, m;
    struct date date;

    while (day_number((int)year, 3, 1) > number)
        year--;
    rest = number - day_number((int)year, 3, 1);
    m = (5 * rest + 2) / 153;
    date.day = (int)(rest - (153 * m + 2) / 5 + 1);
    date.month = (int)(m < 10 ? m + 3 : m - 9);
    date.year = (int)(m < 10 ? year : year + 1);
    return date;
}

int32_t days_in_month(int year, int month)
{
    return day_number(year + month / 12, month % 12 + 1, 1) - day_number(year, month, 1);
}

const char *day_text(char *to, int32_t day)
{
    struct date date = date_of(day);

    snprintf(to, DAY_TEXT, "%04d-%02d-%02d", date.year % 10000, date.month % 100, date.day % 100);
    return to;
}

/* The number of count digits at the text's start, which are taken off it; -1 if they are not there. */
static int take_number(struct text *text, size_t count)
{
    int number = 0;
    size_t i;

    if (text->length < count)
        return -1;
    for (i = 0; i < count; i++) {
        if (text->at[i] < '0' || text->at[i] > '9')
            return -1;
        number = number * 10 + (text->at[i] - '0');
    }
    text->at += count;
    text->length -= count;
    return number;
}

/* One or two digits. */
static int take_short(struct text *text)
{
    int number = take_number(text, 2);

    return number >= 0 ? number : take_number(text, 1);
}

static int take(struct text *text, char byte)
{
    if (text->length == 0 || text->at[0] != byte)
        return 0;
    text->at++;
    text->length--;
    return 1;
}

/* "+05:30", "-0700", "+02": minutes to the east. */
static int take_offset(struct text *text, int *minutes)
{
    int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
    int hour, minute = 0;

    if (sign == 0)
        return 0;
    hour = take_number(text, 2);
    if (take(text, ':') || text->length > 0)
        minute = take_number(text, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return 0;
    *minutes = sign * (hour * 60 + minute);
    return 1;
}

/* "Z", "UTC", an offset, or Go's "+0000 UTC"; nothing is UTC. Minutes to the east. */
static int take_zone(struct text *text, int *offset)
{
    int is_known;

    take(text, ' ');
    is_known = take(text, 'Z') || take(text, 'z') || text->length == 0 || take_offset(text, offset);
    if (is_known)
        take(text, ' ');
    if (text->length == 3 && (memcmp(text->at, "UTC", 3) == 0 || memcmp(text->at, "GMT", 3) == 0)) {
        text->length = 0;
        is_known = 1;
    }
    return is_known && text->length == 0;
}

/* " AM" or " PM" behind a time, which is then of twelve hours. */
static int take_half_day(struct text *text, int *hour)
{
    struct text rest = *text;
    int is_after_noon;

    take(&rest, ' ');
    if (rest.length < 2 || (rest.at[1] != 'M' && rest.at[1] != 'm') || strchr("AaPp", rest.at[0]) == NULL)
        return 1;
    is_after_noon = rest.at[0] == 'P' || rest.at[0] == 'p';
    if (*hour < 1 || *hour > 12)
        return 0;
    *hour = *hour % 12 + (is_after_noon ? 12 : 0);
    text->at = rest.at + 2;
    text->length = rest.length - 2;
    return 1;
}

/* What follows a date: nothing, or a time with or without seconds and a zone. Minutes since midnight UTC. */
static int take_time(struct text text, int *minutes)
{
    int hour, minute, second = 0, offset = 0;

    *minutes = 0;
    if (text.length == 0)
        return 1;
    if (!take(&text, 'T') && !take(&text, 't') && !take(&text, ' '))
        return 0;
    hour = take_short(&text);
    if (!take(&text, ':'))
        return 0;
    minute = take_number(&text, 2);
    if (take(&text, ':')) {
        second = take_number(&text, 2);
        if (take(&text, '.') || take(&text, ',')) {
            if (take_number(&text, 1) < 0)
                return 0;
            while (take_number(&text, 1) >= 0)
                continue;
        }
    }
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60) /* a leap second */
        return 0;
    if ((hour == 24 && minute + second > 0) || !take_half_day(&text, &hour) || !take_zone(&text, &offset))
        return 0;
    *minutes = hour * 60 + minute - offset;
    return 1;
}

static int is_day(int year, int month, int day)
{
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

/* "2024-03-01", "2024/3/1" or "20240301". */
static int take_year_first(struct text *text, int *year, int *month, int *day)
{
    char between = '\0';

    *year = take_number(text, 4);
    if (*year < 0 || text->length == 0)
        return 0;
    if (text->at[0] == '-' || text->at[0] == '/')
        between = text->at[0];
    if (between == '\0') {
        *month = take_number(text, 2);
        *day = take_number(text, 2);
        return *month >= 0 && *day >= 0;
    }
    take(text, between);
    *month = take_short(text);
    if (*month < 0 || !take(text, between))
        return 0;
    *day = take_short(text);
    return *day >= 0;
}

/* "03/01/2024", "1.3.2024" or "03-01-24": first and second are the month and the day in an order of the bill's own. */
static int take_year_last(struct text *text, int *first, int *second, int *year)
{
    struct text end;
    char between;

    *first = take_short(text);
    between = text->length > 0 ? text->at[0] : '\0';
    if (*first < 0 || (between != '/' && between != '.' && between != '-'))
        return 0;
    take(text, between);
    *second = take_short(text);
    if (*second < 0 || !take(text, between))
        return 0;
    end = *text;
    *year = take_number(text, 4);
    if (*year < 0) {
        *text = end;
        *year = take_number(text, 2);
        *year += *year >= 0 ? 2000 : 0;
    }
    return *year >= 0;
}

static enum date_form take_date(struct text *text, enum date_order order, int32_t *day)
{
    struct text rest = *text;
    int year, month, number;

    if (!take_year_first(&rest, &year, &month, &number)) {
        int first, second;

        rest = *text;
        if (!take_year_last(&rest, &first, &second, &year))
            return DATE_NONE;
        if (order == ORDER_UNKNOWN)
            return DATE_TWO_WAYS;
        month = order == DAY_FIRST ? second : first;
        number = order == DAY_FIRST ? first : second;
    }
    if (!is_day(year, month, number))
        return DATE_NONE;
    *day = day_number(year, month, number);
    *text = rest;
    return DATE_GOOD;
}

static enum date_form parse_instant(struct text text, enum date_order order, int32_t *day, int *minutes)
{
    enum date_form form;

    text = trimmed(text);
    form = take_date(&text, order, day);
    if (form != DATE_GOOD)
        return form;
    if (!take_time(text, minutes))
        return DATE_NONE;
    if (*minutes < 0) {
        *day -= 1;
        *minutes += 24 * 60;
    } else if (*minutes >= 24 * 60) {
        *day += 1;
        *minutes -= 24 * 60;
    }
    return *day >= FIRST_DAY && *day <= LAST_DAY ? DATE_GOOD : DATE_NONE;
}

enum date_form parse_day(struct text text, enum date_order order, int32_t *day)
{
    int minutes;

    return parse_instant(text, order, day, &minutes);
}

int parse_period(struct text text, enum date_order order, int32_t *month)
{
    struct text rest = trimmed(text);
    struct date date;
    int32_t day;
    int minutes, year = take_number(&rest, 4), number;

    take(&rest, '-');
    number = take_number(&rest, 2);
    if (year >= 1 && number >= 1 && number <= 12 && rest.length == 0) {
        *month = year * 12 + number - 1;
        return 1;
    }
    if (parse_instant(text, order, &day, &minutes) != DATE_GOOD)
        return 0;
    /* A month that starts at midnight east of Greenwich starts in the last hours of the one before. */
    if (minutes >= 10 * 60 && date_of(day + 1).day == 1)
        day++;
    date = date_of(day);
    *month = date.year * 12 + date.month - 1;
    return 1;
}

int32_t day_now(void)
{
    return (int32_t)(time(NULL) / 86400);
}
