/*
 * Exact amounts of money: decimals of up to 18 places in two 64-bit words. Nothing is ever rounded
 * but for display, and for the library, which takes doubles.
 */
#ifndef AMOUNT_H
#define AMOUNT_H

#include "common.h"

/* whole + fraction / 10^18, with 0 <= fraction < 10^18: -0.25 is -1 and 750000000000000000. */
struct amount {
    int64_t whole;
    uint64_t fraction;
};

enum amount_form {
    AMOUNT_GOOD,
    AMOUNT_NO_NUMBER,
    AMOUNT_SEPARATOR,  /* a thousands separator or a decimal comma */
    AMOUNT_TOO_FINE,   /* more than 18 decimal places */
    AMOUNT_TOO_LARGE   /* 10^18 or more */
};

/* A plain decimal number with an optional sign and exponent. */
enum amount_form parse_amount(struct text text, struct amount *amount);

/* Ends the program where the sum does not fit, far beyond any bill. */
void add_amount(struct amount *to, struct amount amount);
struct amount minus(struct amount amount);
int compare_amounts(struct amount left, struct amount right);

static inline int is_negative(struct amount amount)
{
    return amount.whole < 0;
}

/* The nearest double. */
double amount_value(struct amount amount);

/* The fewest digits that are exact: "20.52022672899", "-5", "0". */
enum { AMOUNT_TEXT = 48 };
const char *amount_text(char *to, struct amount amount);

/* For people: rounded to cents, or to as many places as show three digits of a smaller amount; 12,345.60. */
const char *money_text(char *to, struct amount amount, int places);
const char *value_text(char *to, double value, int places);
int money_places(struct amount largest);

#endif
