/* Doubles to integer money and back: each status is produced, and each refusal writes 0 over memory
   that held something else. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>

static const unsigned char FILLS[] = {0xAA, 0x55};

static void from_double(double amount, uint32_t scale, cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        int64_t minor;
        memset(&minor, FILLS[i], sizeof minor);
        CHECK(cloudcircuit_money_from_double(amount, scale, &minor) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != (minor == 0));
    }
}

static void money(void)
{
    static const uint32_t scales[] = {10, 11, 255, 256, 0x80000000u, UINT32_MAX};
    static const double not_numbers[] = {NAN, -NAN, INFINITY, -INFINITY};
    int64_t minor;
    double amount;
    size_t i;
    uint32_t scale;

    from_double(19.99, 2, CLOUDCIRCUIT_OK);
    from_double(-19.99, 2, CLOUDCIRCUIT_OK);
    from_double(-9223372036854775808.0, 0, CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(scales); i++) {
        from_double(1, scales[i], CLOUDCIRCUIT_ERR_SCALE);
        from_double(NAN, scales[i], CLOUDCIRCUIT_ERR_SCALE);
        memset(&amount, 0xAA, sizeof amount);
        CHECK(cloudcircuit_money_to_double(1, scales[i], &amount) == CLOUDCIRCUIT_ERR_SCALE);
        CHECK(amount == 0 && !signbit(amount));
    }
    for (scale = 0; scale <= CLOUDCIRCUIT_MAX_MONEY_SCALE; scale++) {
        for (i = 0; i < COUNT(not_numbers); i++)
            from_double(not_numbers[i], scale, CLOUDCIRCUIT_ERR_AMOUNT);
        from_double(DBL_MAX, scale, CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
        from_double(-DBL_MAX, scale, CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
        from_double(9223372036854775808.0, scale, CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
        from_double(5e-324, scale, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
        from_double(1e-10, scale, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
        from_double(-0.1 - 0.2, scale, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
    }
    from_double(19.99, 1, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
    CHECK(cloudcircuit_money_from_double(1, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_money_from_double(NAN, 99, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_money_to_double(1, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_money_to_double(1, 99, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    minor = 1;
    CHECK(cloudcircuit_money_from_double(-0.0, 2, &minor) == CLOUDCIRCUIT_OK && minor == 0);
    CHECK(cloudcircuit_money_from_double(0.1, 9, &minor) == CLOUDCIRCUIT_OK && minor == 100000000);
    CHECK(cloudcircuit_money_to_double(1999, 2, &amount) == CLOUDCIRCUIT_OK && amount == 19.99);
    CHECK(cloudcircuit_money_to_double(0, 2, &amount) == CLOUDCIRCUIT_OK && !signbit(amount));
}

/* Results at every alignment. */
static void alignments(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        int64_t minor;

        CHECK(cloudcircuit_money_from_double(0.25, 2, at) == CLOUDCIRCUIT_OK);
        memcpy(&minor, at, sizeof minor);
        CHECK(minor == 25);
        CHECK(cloudcircuit_money_to_double(25, 2, at) == CLOUDCIRCUIT_OK);
    }
}

int main(void)
{
    money();
    alignments();
    return report();
}
