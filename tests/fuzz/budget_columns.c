/* Columns of budgets, in doubles and in integers: every row as the single call, whatever the alignment, the validity
 * bitmaps and their offsets, and no byte past a buffer. */
#include "fuzz.h"

#define REFUSED (CLOUDCIRCUIT_FLAG_WARNING | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_INVALID)

/* Rows of a pattern: often a whole number of 64, as bitmaps are read, and, since that takes long, only on two bytes in a
   row as many as take the widest instructions of the CPU. */
static size_t some_rows(size_t *pattern)
{
    static const uint8_t whole[] = {64, 128, 63, 65, 8, 16, 32, 1};
    unsigned kind = byte();
    *pattern = kind < 128 ? byte() % 80 : whole[kind % 8];
    if (kind == 255 && byte() == 255) {
        *pattern = 1 + byte() % 80;
        return 33000;
    }
    return *pattern;
}

static void check_doubles(void)
{
    size_t pattern, rows = some_rows(&pattern), i, invalid = 0, counted = 7, spend_offset = byte(),
                    limit_offset = byte();
    unsigned kind = byte(), shift = byte() & 7;
    double *spend = buffer(rows * 8, shift), *limit = buffer(rows * 8, shift ^ (kind & 7));
    double *spends = block(rows * 8), *limits = block(rows * 8), *usage;
    uint8_t *flags = buffer(rows, 0), *spend_bits = NULL, *limit_bits = NULL;
    cloudcircuit_budget_config config = {kind & 8 ? point() : 0.9};
    int is_config = config.warning_ratio > 0 && config.warning_ratio <= 1;
    cloudcircuit_status status;
    for (i = 0; i < rows; i++) {
        spends[i] = i < pattern ? point() : spends[i - pattern];
        limits[i] = i < pattern ? point() : limits[i - pattern];
    }
    memcpy(spend, spends, rows * 8);
    memcpy(limit, limits, rows * 8);
    usage = (kind >> 4 & 3) == 0   ? buffer(rows * 8, shift)
            : (kind >> 4 & 3) == 1 ? NULL
            : (kind >> 4 & 3) == 2 ? spend
                                   : limit;
    if (kind & 64) {
        spend_bits = bitmap(rows, spend_offset);
        limit_bits = bitmap(rows, limit_offset);
        status = CALL(check_budget_columns_nullable, spend, spend_bits, spend_offset, limit, limit_bits, limit_offset,
                      rows, &config, flags, usage, &counted);
    } else {
        status = CALL(check_budget_columns, spend, limit, rows, &config, flags, usage, &counted);
    }
    for (i = 0; i < rows; i++) {
        if (i >= pattern && !spend_bits && !limit_bits) {
            invalid += flags[i] == REFUSED;
            CHECK(flags[i] == flags[i - pattern], "equal rows get equal bits");
            CHECK(!usage || integer_at(usage, i) == integer_at(usage, i - pattern), "and equal numbers");
            continue;
        }
        cloudcircuit_budget_result single;
        cloudcircuit_status alone = CALL(check_budget, spends[i], limits[i], &config, &single);
        uint32_t wanted = cloudcircuit_budget_flags(spends[i], limits[i], config.warning_ratio);
        if (is_missing(spend_bits, spend_offset, i) || is_missing(limit_bits, limit_offset, i)) {
            memset(&single, 0, sizeof single);
            wanted = REFUSED;
        }
        invalid += wanted == REFUSED;
        CHECK(wanted == REFUSED || (!alone && wanted == single.is_warning + 2 * single.is_breached),
              "flags are the struct's");
        CHECK(flags[i] == wanted, "each row gets the bits that the call for a single one answers");
        CHECK(!usage || memcmp((uint8_t *)usage + i * 8, &single.usage_ratio, 8) == 0,
              "usage_ratio: the single call's");
    }
    CHECK(!is_config || counted == invalid, "invalid_rows counts them");
    CHECK(!is_config || status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : 0), "INVALID_ROWS where there is one");
    free(spends);
    free(limits);
}

static void check_integers(void)
{
    size_t pattern, rows = some_rows(&pattern), i, invalid = 0, counted = 7, spend_offset = byte(),
                    limit_offset = byte();
    unsigned kind = byte(), shift = byte() & 7;
    int64_t *spend = buffer(rows * 8, shift), *limit = buffer(rows * 8, shift ^ (kind & 7));
    int64_t *spends = block(rows * 8), *limits = block(rows * 8);
    uint64_t *usage;
    uint8_t *flags = buffer(rows, 0), *spend_bits = NULL, *limit_bits = NULL;
    cloudcircuit_budget_config_i64 config = {kind & 8 ? word() & 0x1fffff : 900000, kind == 255};
    int is_config = config.warning_ppm >= 1 && config.warning_ppm <= 1000000 && !config.reserved;
    cloudcircuit_status status;
    for (i = 0; i < rows; i++) {
        spends[i] = i < pattern ? amount() : spends[i - pattern];
        limits[i] = i < pattern ? amount() : limits[i - pattern];
    }
    memcpy(spend, spends, rows * 8);
    memcpy(limit, limits, rows * 8);
    usage = (kind >> 4 & 3) == 0   ? buffer(rows * 8, shift)
            : (kind >> 4 & 3) == 1 ? NULL
                                   : (uint64_t *)((kind >> 4 & 3) == 2 ? spend : limit);
    if (kind & 64) {
        spend_bits = bitmap(rows, spend_offset);
        limit_bits = bitmap(rows, limit_offset);
        status = CALL(check_budget_columns_i64_nullable, spend, spend_bits, spend_offset, limit, limit_bits,
                      limit_offset, rows, &config, flags, usage, &counted);
    } else {
        status = CALL(check_budget_columns_i64, spend, limit, rows, &config, flags, usage, &counted);
    }
    for (i = 0; i < rows; i++) {
        if (i >= pattern && !spend_bits && !limit_bits) {
            invalid += flags[i] == REFUSED;
            CHECK(flags[i] == flags[i - pattern], "equal rows get equal bits");
            CHECK(!usage || integer_at(usage, i) == integer_at(usage, i - pattern), "and equal numbers");
            continue;
        }
        cloudcircuit_budget_result_i64 single;
        cloudcircuit_status alone = CALL(check_budget_i64, spends[i], limits[i], &config, &single);
        uint32_t wanted = alone ? REFUSED : cloudcircuit_budget_flags_i64(spends[i], limits[i], config.warning_ppm);
        if (is_missing(spend_bits, spend_offset, i) || is_missing(limit_bits, limit_offset, i)) {
            memset(&single, 0, sizeof single);
            wanted = REFUSED;
        }
        invalid += wanted == REFUSED;
        CHECK(wanted == REFUSED || wanted == single.is_warning + 2 * single.is_breached, "flags are the struct's");
        CHECK(flags[i] == wanted, "each row gets the bits that the call for a single one answers");
        CHECK(!usage || memcmp((uint8_t *)usage + i * 8, &single.usage_ppm, 8) == 0, "usage_ppm: the single call's");
    }
    CHECK(!is_config || counted == invalid, "invalid_rows counts them");
    CHECK(!is_config || status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : 0), "INVALID_ROWS where there is one");
    free(spends);
    free(limits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start(data, size);
    if (byte() & 1)
        check_doubles();
    else
        check_integers();
    release_all();
    return 0;
}
