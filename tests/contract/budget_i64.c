/* Budgets in integer money: each status is produced, each refusal is compared byte for byte over
   memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>

static const cloudcircuit_budget_result_i64 REFUSED = {0, 0, 0, 0, 1, 1};
static const int64_t NOT_AMOUNTS[] = {-1, -2, -INT64_MAX, INT64_MIN};
static const unsigned char FILLS[] = {0xAA, 0x55};

static void budget(int64_t spend, int64_t limit, const cloudcircuit_budget_config_i64 *config,
                   cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_budget_result_i64 result;
        cloudcircuit_budget_config_i64 before = {0, 0};
        if (config)
            before = *config;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_budget_i64(spend, limit, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, REFUSED));
        CHECK(!config || SAME_BYTES(before, *config));
    }
}

static void budgets(void)
{
    static const uint32_t ppms[] = {0, 1000001, 0x80000000u, UINT32_MAX};
    cloudcircuit_budget_config_i64 config = {0, 0};
    cloudcircuit_budget_result_i64 result;
    size_t i;

    budget(1, 2, NULL, CLOUDCIRCUIT_OK);
    budget(0, 1, NULL, CLOUDCIRCUIT_OK);
    budget(INT64_MAX, INT64_MAX, NULL, CLOUDCIRCUIT_OK);
    budget(1, 0, NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        budget(1, NOT_AMOUNTS[i], NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
        budget(NOT_AMOUNTS[i], 1, NULL, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
        budget(NOT_AMOUNTS[i], INT64_MAX, NULL, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
    }
    for (i = 0; i < COUNT(ppms); i++) {
        config.warning_ppm = ppms[i];
        config.reserved = (uint32_t)i;
        budget(1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_PPM);
        budget(-1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_PPM);
        budget(-1, 0, &config, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    }
    config.warning_ppm = 1000000;
    config.reserved = 1;
    budget(1, 2, &config, CLOUDCIRCUIT_ERR_RESERVED);
    budget(-1, 2, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = UINT32_MAX;
    budget(1, 2, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = 0;
    budget(1, 2, &config, CLOUDCIRCUIT_OK);

    CHECK(cloudcircuit_check_budget_i64(1, 2, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_check_budget_i64(-1, -1, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_budget_config_i64_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    /* A share beyond 64 bits, and the widest difference. */
    CHECK(cloudcircuit_check_budget_i64(INT64_MAX, 1, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.usage_ppm == UINT64_MAX && result.remaining_budget == 1 - INT64_MAX);
    CHECK(result.is_warning && result.is_breached);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const cloudcircuit_budget_config_i64 config = {600000, 0};
        cloudcircuit_budget_result_i64 budget_result;

        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_check_budget_i64(60, 100, at, at) == CLOUDCIRCUIT_OK);
        memcpy(&budget_result, at, sizeof budget_result);
        CHECK(budget_result.usage_ppm == 600000 && budget_result.is_warning);
    }
}

int main(void)
{
    budgets();
    overlaps();
    return report();
}
