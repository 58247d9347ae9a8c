/* numeric as exact integers, read from its stored form: through PostgreSQL's own functions it takes eight times as
 * long, and errors have another wording than the library's. */
#include "cc.h"

/* The stored form of a numeric (PostgreSQL's src/backend/utils/adt/numeric.c, unchanged since 9.1): a header of 16
 * bits, for long ones another 16, and digits to the base 10000, of which weight + 1 are before the point. */
#define SIGN_BITS 0xC000
#define NEGATIVE 0x4000
#define SHORT 0x8000
#define SPECIAL 0xC000
#define SHORT_NEGATIVE 0x2000
#define SHORT_WEIGHT_SIGN 0x0040
#define SHORT_WEIGHT 0x003F
#define GROUP_DECIMALS 4
#define GROUP_BASE 10000

typedef struct parts {
    bool is_finite, is_negative;
    int weight, count;
    const char *groups; /* of 16 bits, unaligned */
} parts;

static int group(const parts *number, int place)
{
    int16 value;

    memcpy(&value, number->groups + place * sizeof value, sizeof value);
    return value;
}

static parts split(const struct varlena *stored)
{
    const char *data = VARDATA_ANY(stored);
    int size = (int)VARSIZE_ANY_EXHDR(stored), header_size = 2;
    parts number = {true, false, 0, 0, NULL};
    uint16 header;
    int16 weight;

    memcpy(&header, data, sizeof header);
    if ((header & SIGN_BITS) == SPECIAL) {
        number.is_finite = false;
        return number;
    }
    if (header & SHORT) {
        number.is_negative = (header & SHORT_NEGATIVE) != 0;
        number.weight = (header & SHORT_WEIGHT_SIGN ? ~SHORT_WEIGHT : 0) | (header & SHORT_WEIGHT);
    } else {
        number.is_negative = (header & SIGN_BITS) == NEGATIVE;
        memcpy(&weight, data + 2, sizeof weight);
        number.weight = weight;
        header_size = 4;
    }
    number.groups = data + header_size;
    number.count = (size - header_size) / (int)sizeof(int16);
    return number;
}

static const int64 POWERS[] = {1, 10, 100, 1000};

/* How many decimals it has, without zeros at its end. */
static int decimals_of(const parts *number)
{
    int groups = number->count - 1 - number->weight, last;

    if (groups <= 0 || number->count == 0)
        return 0;
    last = group(number, number->count - 1);
    if (last % 10 != 0)
        return groups * GROUP_DECIMALS;
    if (last % 100 != 0)
        return groups * GROUP_DECIMALS - 1;
    return groups * GROUP_DECIMALS - (last % 1000 != 0 ? 2 : 3);
}

/* The number times 10^decimals, at least its own decimals, when that fits. */
static bool scaled(const parts *number, int decimals, int64 *minor)
{
    const int groups = (decimals + GROUP_DECIMALS - 1) / GROUP_DECIMALS, places = number->weight + groups + 1;
    const int64 extra = POWERS[groups * GROUP_DECIMALS - decimals];
    __int128 wide = 0;
    int64 sum = 0;
    int place = 0;

    if (number->count == 0) {
        *minor = 0;
        return true;
    }
    /* Four groups always fit; the first group is never 0, so that five more than the largest integer's are too many. */
    for (; place < places && place < 4; place++)
        sum = sum * GROUP_BASE + (place < number->count ? group(number, place) : 0);
    if (place == places) {
        sum /= extra;
    } else {
        if (places > 6)
            return false;
        for (wide = sum; place < places; place++)
            wide = wide * GROUP_BASE + (place < number->count ? group(number, place) : 0);
        wide /= extra;
        if (wide > PG_INT64_MAX)
            return false;
        sum = (int64)wide;
    }
    *minor = number->is_negative ? -sum : sum;
    return true;
}

bool cc_minor_from_numeric(Datum numeric, int decimals, int64 *minor)
{
    parts number = split(PG_DETOAST_DATUM_PACKED(numeric));

    return number.is_finite && decimals_of(&number) <= decimals && scaled(&number, decimals, minor);
}

void cc_minors_from_numerics(Datum first, Datum second, int64 minors[2], cc_fit fits[2], int *decimals)
{
    parts numbers[2];
    int i;

    numbers[0] = split(PG_DETOAST_DATUM_PACKED(first));
    numbers[1] = split(PG_DETOAST_DATUM_PACKED(second));
    *decimals = Max(decimals_of(&numbers[0]), decimals_of(&numbers[1]));
    for (i = 0; i < 2; i++) {
        minors[i] = 0;
        if (!numbers[i].is_finite)
            fits[i] = CC_NOT_FINITE;
        else
            fits[i] = scaled(&numbers[i], *decimals, &minors[i]) ? CC_FITS : CC_TOO_LARGE;
    }
}
