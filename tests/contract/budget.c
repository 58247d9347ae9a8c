/* Budgets in doubles: each status is produced, each refusal is compared byte for byte over
   memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>

static const cloudcircuit_budget_result REFUSED = {0, 0, 0, 0, 1, 1};
static const double NOT_AMOUNTS[] = {-5e-324, -1, -DBL_MAX, NAN, -NAN, INFINITY, -INFINITY};
static const unsigned char FILLS[] = {0xAA, 0x55};

static void budget(double spend, double limit, const cloudcircuit_budget_config *config,
                   cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_budget_result result;
        cloudcircuit_budget_config before;
        if (config)
            before = *config;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_budget(spend, limit, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, REFUSED));
        CHECK(!config || SAME_BYTES(before, *config));
    }
}

static void budgets(void)
{
    static const double ratios[] = {0, -0.0, -0.5, 1.0000000000000002, 2, NAN, INFINITY, -INFINITY};
    cloudcircuit_budget_config config;
    cloudcircuit_budget_result result;
    size_t i;

    budget(1, 2, NULL, CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        budget(1, NOT_AMOUNTS[i], NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
        budget(NOT_AMOUNTS[i], 1, NULL, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
    }
    budget(1, 0.0, NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    budget(1, -0.0, NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    for (i = 0; i < COUNT(ratios); i++) {
        config.warning_ratio = ratios[i];
        budget(1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_RATIO);
        budget(-1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_RATIO);
        budget(-1, 0, &config, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    }
    config.warning_ratio = 5e-324;
    budget(1, 2, &config, CLOUDCIRCUIT_OK);
    config.warning_ratio = 1;
    budget(1, 2, &config, CLOUDCIRCUIT_OK);

    CHECK(cloudcircuit_check_budget(1, 2, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_check_budget(NAN, NAN, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_budget_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    CHECK(cloudcircuit_check_budget(-0.0, 2, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(!signbit(result.current_spend) && !signbit(result.usage_ratio));
    CHECK(result.remaining_budget == 2 && !result.is_warning && !result.is_breached);

    /* A quotient beyond the largest double. */
    CHECK(cloudcircuit_check_budget(DBL_MAX, 5e-324, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.usage_ratio == DBL_MAX && result.is_warning && result.is_breached);
}

static cloudcircuit_budget_result seed_budget(double spend, double limit, double ratio, int32_t expected)
{
    cloudcircuit_budget_config config;
    cloudcircuit_budget_result result;
    config.warning_ratio = ratio;
    CHECK(cloudcircuit_check_budget(spend, limit, &config, &result) == expected);
    return result;
}

/* The cases that the tests of the Python package cloudcircuit 0.1.0 pin. */
static void cases_of_the_python_package(void)
{
    cloudcircuit_budget_result r = seed_budget(40, 100, 0.8, CLOUDCIRCUIT_OK);
    CHECK(r.current_spend == 40 && r.budget_limit == 100);
    CHECK(r.usage_ratio == 0.4 && r.remaining_budget == 60);
    CHECK(r.is_warning == 0 && r.is_breached == 0);

    r = seed_budget(100, 100, 0.8, CLOUDCIRCUIT_OK);
    CHECK(r.is_warning == 1 && r.is_breached == 1 && r.remaining_budget == 0);

    seed_budget(-1, 100, 0.9, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
    seed_budget(10, 0, 0.9, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    seed_budget(10, 100, 0, CLOUDCIRCUIT_ERR_WARNING_RATIO);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const double ratio = 0.5;
        cloudcircuit_budget_result budget_result;

        memcpy(at, &ratio, sizeof ratio);
        CHECK(cloudcircuit_check_budget(60, 100, at, at) == CLOUDCIRCUIT_OK);
        memcpy(&budget_result, at, sizeof budget_result);
        CHECK(budget_result.usage_ratio == 0.6 && budget_result.is_warning);
    }
}

int main(void)
{
    budgets();
    cases_of_the_python_package();
    overlaps();
    return report();
}
