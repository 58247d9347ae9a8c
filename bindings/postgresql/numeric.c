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

/* How many decimals it has, without zeros at its end. */
static int decimals_of(const parts *number)
{
    int groups = number->count - 1 - number->weight, decimals, last;

    if (!number->is_finite || number->count == 0 || groups <= 0)
        return 0;
    decimals = groups * GROUP_DECIMALS;
    for (last = group(number, number->count - 1); last != 0 && last % 10 == 0; last /= 10)
        decimals--;
    return decimals;
}

/* The number times 10^decimals, when that is an integer that fits. */
static bool scaled(const parts *number, int decimals, int64 *minor)
{
    /* Never above 10^22: groups after that are refused. */
    __int128 sum = 0;
    const __int128 most = (__int128)PG_INT64_MAX * GROUP_BASE;
    int place, groups = (decimals + GROUP_DECIMALS - 1) / GROUP_DECIMALS;
    int divide;

    if (!number->is_finite || decimals_of(number) > decimals)
        return false;
    for (place = 0; place <= number->weight + groups; place++) {
        if (sum > most)
            return false;
        sum = sum * GROUP_BASE + (place < number->count ? group(number, place) : 0);
        if (sum == 0 && place >= number->count)
            break;
    }
    for (divide = groups * GROUP_DECIMALS; divide > decimals; divide--)
        sum /= 10;
    if (sum > PG_INT64_MAX)
        return false;
    *minor = number->is_negative ? -(int64)sum : (int64)sum;
    return true;
}

bool cc_minor_from_numeric(Datum numeric, int decimals, int64 *minor)
{
    parts number = split(PG_DETOAST_DATUM_PACKED(numeric));

    return scaled(&number, decimals, minor);
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
