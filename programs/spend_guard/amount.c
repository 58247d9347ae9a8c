#include "amount.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE 1000000000000000000u /* 10^18 */

enum { PLACES = 18, MAX_EXPONENT = 999 };

static int is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* A comma, apostrophe, underscore or blank of any kind between two digits. */
static int has_separator(struct text text)
{
    size_t i;
    int after_digit = 0;

    for (i = 0; i < text.length; i++) {
        int is_between = strchr(",'_ ", text.at[i]) != NULL || (unsigned char)text.at[i] >= 0x80;

        if (is_between && after_digit && i + 1 < text.length && is_digit(text.at[i + 1]))
            return 1;
        after_digit = is_digit(text.at[i]) || ((unsigned char)text.at[i] >= 0x80 && after_digit);
    }
    return 0;
}

/* Digits at their places, and the exponent applied by moving the point. */
struct digits {
    const char *at[2]; /* before and after the point */
    size_t length[2];
    long point; /* how far the exponent moves the point to the right */
};

/* 0 unless text is a number as a whole. */
static int split(struct text text, struct digits *digits)
{
    const char *at = text.at, *end = text.at + text.length;
    int is_down;

    memset(digits, 0, sizeof *digits);
    for (digits->at[0] = at; at < end && is_digit(*at);)
        at++;
    digits->length[0] = (size_t)(at - digits->at[0]);
    if (at < end && *at == '.')
        at++;
    for (digits->at[1] = at; at < end && is_digit(*at);)
        at++;
    digits->length[1] = (size_t)(at - digits->at[1]);
    if (digits->length[0] + digits->length[1] == 0)
        return 0;
    if (at == end || (*at != 'e' && *at != 'E'))
        return at == end;
    at++;
    is_down = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end)
        return 0;
    for (; at < end && is_digit(*at); at++) {
        if (digits->point < MAX_EXPONENT)
            digits->point = digits->point * 10 + (*at - '0');
    }
    digits->point = is_down ? -digits->point : digits->point;
    return at == end;
}

static enum amount_form put_together(const struct digits *digits, struct amount *amount)
{
    size_t part, i;
    uint64_t whole = 0, fraction = 0;
    long place = (long)digits->length[0] + digits->point; /* of the first digit: 1 is the ones */
    static const uint64_t powers[PLACES + 1] = {
        1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u,
        100000000000u, 1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u,
        10000000000000000u, 100000000000000000u, 1000000000000000000u};

    for (part = 0; part < 2; part++) {
        for (i = 0; i < digits->length[part]; i++, place--) {
            uint64_t digit = (uint64_t)(digits->at[part][i] - '0');

            if (digit == 0)
                continue;
            if (place > PLACES)
                return AMOUNT_TOO_LARGE;
            if (place < 1 - PLACES)
                return AMOUNT_TOO_FINE;
            if (place > 0)
                whole += digit * powers[place - 1];
            else
                fraction += digit * powers[PLACES - 1 + place];
        }
    }
    amount->whole = (int64_t)whole;
    amount->fraction = fraction;
    return AMOUNT_GOOD;
}

/* Without blanks at both ends, those of UTF-8 that do not break a line among them. */
static struct text without_blanks(struct text text)
{
    text = trimmed(text);
    while (text.length >= 2 && memcmp(text.at, "\xC2\xA0", 2) == 0) {
        text.at += 2;
        text.length -= 2;
        text = trimmed(text);
    }
    while (text.length >= 2 && memcmp(text.at + text.length - 2, "\xC2\xA0", 2) == 0) {
        text.length -= 2;
        text = trimmed(text);
    }
    return text;
}

enum amount_form parse_amount(struct text text, struct amount *amount)
{
    struct digits digits;
    struct text unsigned_text;
    enum amount_form form;
    int is_minus;

    text = without_blanks(text);
    unsigned_text = text;
    is_minus = text.length > 0 && text.at[0] == '-';
    if (text.length > 0 && (text.at[0] == '-' || text.at[0] == '+')) {
        unsigned_text.at++;
        unsigned_text.length--;
    }
    if (!split(unsigned_text, &digits))
        return has_separator(text) ? AMOUNT_SEPARATOR : AMOUNT_NO_NUMBER;
    form = put_together(&digits, amount);
    if (form == AMOUNT_GOOD && is_minus)
        *amount = minus(*amount);
    return form;
}

void add_amount(struct amount *to, struct amount amount)
{
    uint64_t fraction = to->fraction + amount.fraction;
    int64_t carry = fraction >= ONE;

    if ((amount.whole >= 0 && to->whole > INT64_MAX - 1 - amount.whole) ||
        (amount.whole < 0 && to->whole < INT64_MIN - amount.whole))
        fail("the sum of the amounts is beyond 9 * 10^18");
    to->whole += amount.whole + carry;
    to->fraction = carry ? fraction - ONE : fraction;
}

struct amount minus(struct amount amount)
{
    amount.whole = amount.fraction == 0 ? -amount.whole : -amount.whole - 1;
    amount.fraction = amount.fraction == 0 ? 0 : ONE - amount.fraction;
    return amount;
}

int compare_amounts(struct amount left, struct amount right)
{
    if (left.whole != right.whole)
        return left.whole < right.whole ? -1 : 1;
    return (left.fraction > right.fraction) - (left.fraction < right.fraction);
}

double amount_value(struct amount amount)
{
    char text[AMOUNT_TEXT];
    const int64_t most = 9000000000; /* whole millionths below 2^53 are exact, so their quotient is the nearest */

    if (amount.whole > -most && amount.whole < most && amount.fraction % 1000000000000u == 0) {
        int64_t millionths = amount.whole * 1000000 + (int64_t)(amount.fraction / 1000000000000u);

        return (double)millionths / 1e6;
    }
    return strtod(amount_text(text, amount), NULL);
}

const char *amount_text(char *to, struct amount amount)
{
    int is_minus = is_negative(amount), length;

    if (is_minus)
        amount = minus(amount);
    length = snprintf(to, AMOUNT_TEXT, "%s%" PRIu64 ".%018" PRIu64, is_minus ? "-" : "",
                      (uint64_t)amount.whole, amount.fraction);
    while (to[length - 1] == '0')
        length--;
    if (to[length - 1] == '.')
        length--;
    to[length] = '\0';
    return to;
}

/* Commas between thousands, in front of the point if there is one. */
static const char *group_thousands(char *to, const char *plain)
{
    size_t digits = strcspn(plain, ".") - (*plain == '-'), used = 0;

    if (*plain == '-')
        to[used++] = *plain++;
    for (; digits > 0; digits--) {
        to[used++] = *plain++;
        if (digits % 3 == 1 && digits > 1)
            to[used++] = ',';
    }
    strcpy(to + used, plain);
    return to;
}

const char *money_text(char *to, struct amount amount, int places)
{
    char plain[AMOUNT_TEXT];
    int is_minus = is_negative(amount), i;
    uint64_t unit = ONE;

    if (is_minus)
        amount = minus(amount);
    for (i = 0; i < places; i++)
        unit /= 10;
    amount.fraction += unit / 2; /* half away from 0 */
    amount.fraction -= amount.fraction % unit;
    if (amount.fraction >= ONE) {
        amount.fraction -= ONE;
        amount.whole++;
    }
    if (amount.whole == 0 && amount.fraction == 0)
        is_minus = 0;
    snprintf(plain, sizeof plain, "%s%" PRIu64 ".%018" PRIu64, is_minus ? "-" : "", (uint64_t)amount.whole,
             amount.fraction);
    plain[strlen(plain) - (size_t)(PLACES - places) - (places == 0)] = '\0'; /* no places, no point */
    return group_thousands(to, plain);
}

const char *value_text(char *to, double value, int places)
{
    char plain[400];

    if (!(fabs(value) < 1e18)) {
        snprintf(to, AMOUNT_TEXT, "%.6g", value);
        return to;
    }
    snprintf(plain, sizeof plain, "%.*f", places, value);
    return group_thousands(to, plain);
}

int money_places(struct amount largest)
{
    double value = fabs(amount_value(largest));
    int places = 2;

    while (places < 9 && value > 0.0 && value < 1.0) {
        value *= 10.0;
        places++;
    }
    return places;
}
