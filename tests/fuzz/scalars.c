/* What has no state: budgets, breakers from counters, money, names. Flags are the struct's, results keep the header's
 * arithmetic, money comes back, names are strings. */
#include "fuzz.h"

static void budgets(void)
{
    double spend = point(), limit = point();
    cloudcircuit_budget_config config = {byte() & 1 ? point() : 0.9};
    cloudcircuit_budget_result result;
    cloudcircuit_status status = CALL(check_budget, spend, limit, &config, &result);
    int is_valid = spend >= 0 && isfinite(spend) && limit > 0 && isfinite(limit) && config.warning_ratio > 0 &&
                   config.warning_ratio <= 1;
    CHECK((status == 0) == is_valid, "an error where an argument breaks a rule");
    CHECK(cloudcircuit_budget_flags(spend, limit, config.warning_ratio) ==
              (result.is_warning | 2 * result.is_breached | (status ? CLOUDCIRCUIT_FLAG_INVALID : 0)),
          "budget_flags: the struct's");
    if (status) {
        CHECK(result.is_warning == 1 && result.is_breached == 1 && is_zero(&result, 32),
              "on an error both are 1 and the numbers 0");
    } else {
        CHECK(result.usage_ratio == fmin(spend / limit, 0x1.fffffffffffffp1023),
              "usage_ratio: at most the largest double");
        CHECK(result.remaining_budget == limit - spend, "remaining_budget: rounded once");
        CHECK(result.is_warning == (result.usage_ratio >= config.warning_ratio),
              "is_warning: usage_ratio >= warning_ratio");
        CHECK(result.is_breached == (spend >= limit), "is_breached: current_spend >= budget_limit");
        CHECK(!signbit(result.current_spend), "current_spend: 0 for -0.0");
    }
}

static void exact_budgets(void)
{
    int64_t spend = amount(), limit = amount();
    cloudcircuit_budget_config_i64 config = {byte() & 1 ? word() : 900000, byte() == 255};
    cloudcircuit_budget_result_i64 result;
    cloudcircuit_status status = CALL(check_budget_i64, spend, limit, &config, &result);
    int is_valid =
        spend >= 0 && limit > 0 && config.warning_ppm >= 1 && config.warning_ppm <= 1000000 && !config.reserved;
    CHECK((status == 0) == is_valid, "an error where an argument breaks a rule");
    CHECK(config.reserved ||
              cloudcircuit_budget_flags_i64(spend, limit, config.warning_ppm) ==
                  (result.is_warning | 2 * result.is_breached | (status ? CLOUDCIRCUIT_FLAG_INVALID : 0)),
          "budget_flags_i64: the struct's");
    if (status) {
        CHECK(result.is_warning == 1 && result.is_breached == 1 && is_zero(&result, 32),
              "on an error both are 1 and the numbers 0");
    } else {
        unsigned __int128 ppm = (unsigned __int128)spend * 1000000 / (unsigned __int128)limit;
        CHECK(result.usage_ppm == (ppm > UINT64_MAX ? UINT64_MAX : (uint64_t)ppm),
              "usage_ppm: rounded down; at most UINT64_MAX");
        CHECK(result.remaining_budget == limit - spend, "remaining_budget: exact");
        CHECK(result.is_warning == ((__int128)spend * 1000000 >= (__int128)config.warning_ppm * limit),
              "is_warning: exact");
        CHECK(result.is_breached == (spend >= limit), "is_breached: current_spend >= budget_limit");
    }
}

static void counters(void)
{
    cloudcircuit_breaker_counters counters = {amount(), amount(), amount()};
    cloudcircuit_breaker_decision decision;
    int is_valid =
        counters.consecutive_failures >= 0 && counters.failure_threshold > 0 && counters.cooldown_steps_remaining >= 0;
    int is_open = !is_valid || counters.consecutive_failures >= counters.failure_threshold ||
                  counters.cooldown_steps_remaining > 0;
    CHECK((CALL(evaluate_circuit_breaker, &counters, &decision) == 0) == is_valid,
          "an error where an argument breaks a rule");
    CHECK(decision.is_open == (uint32_t)is_open && decision.allow_operation == (uint32_t)!is_open,
          "open from the threshold or in a cooldown");
    CHECK(decision.retry_after_steps == (is_valid && is_open ? counters.cooldown_steps_remaining : 0),
          "the remaining cooldown when open");
    CHECK(cloudcircuit_breaker_flags(counters.consecutive_failures, counters.failure_threshold,
                                     counters.cooldown_steps_remaining) ==
              (decision.is_open * CLOUDCIRCUIT_FLAG_OPEN | (is_valid ? 0 : CLOUDCIRCUIT_FLAG_INVALID)),
          "breaker_flags: the struct's");
}

static void money(void)
{
    double amount_passed = point(), back = 7;
    uint32_t scale = byte() % 11;
    int64_t minor = 7, again = 7, units = amount();
    cloudcircuit_status status = CALL(money_from_double, amount_passed, scale, &minor);
    if (status)
        CHECK(minor == 0, "minor: 0 on an error");
    else
        CHECK(CALL(money_to_double, minor, scale, &back) == 0 && back == amount_passed, "an amount comes back");
    status = CALL(money_to_double, units, scale, &back);
    CHECK((status == 0) == (scale <= CLOUDCIRCUIT_MAX_MONEY_SCALE), "any minor units have an amount");
    if (status)
        CHECK(back == 0, "amount: 0 on an error");
    else if (units < 1000000000000000 && units > -1000000000000000)
        CHECK(CALL(money_from_double, back, scale, &again) == 0 && again == units,
              "up to 15 digits the double stands for that amount alone");
}

/* The structs that only this target makes by their _init functions. */
static void defaults(void)
{
    cloudcircuit_budget_config budget;
    cloudcircuit_budget_config_i64 exact;
    cloudcircuit_spike_config spike;
    cloudcircuit_spike_config_i64 exact_spike;
    cloudcircuit_breaker_counters counters;
    CHECK(CALL(budget_config_init, &budget) == 0 && budget.warning_ratio == CLOUDCIRCUIT_DEFAULT_WARNING_RATIO,
          "the defaults of a budget");
    CHECK(CALL(budget_config_i64_init, &exact) == 0 && exact.warning_ppm == CLOUDCIRCUIT_DEFAULT_WARNING_PPM,
          "the defaults of a budget in exact money");
    CHECK(CALL(spike_config_init, &spike) == 0 && spike.spike_multiplier == CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER,
          "the defaults of a spike");
    CHECK(CALL(spike_config_i64_init, &exact_spike) == 0 &&
              exact_spike.spike_multiplier_ppm == CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM,
          "the defaults of a spike in exact money");
    CHECK(CALL(breaker_counters_init, &counters) == 0 &&
              counters.failure_threshold == CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
          "the defaults of a breaker from counters");
    CHECK(cloudcircuit_abi_version() == CLOUDCIRCUIT_ABI_VERSION, "the library is of the header's ABI version");
    CHECK(strcmp(cloudcircuit_version(), CLOUDCIRCUIT_VERSION) == 0, "and of its version");
}

static void check_name(const char *name)
{
    CHECK(name && *name && strlen(name) < 200, "a name is a string");
}

static void names(void)
{
    uint32_t number = byte() & 1 ? word() : byte() << 2;
    int32_t whole = (int32_t)number;
    check_name(cloudcircuit_status_message(whole));
    check_name(cloudcircuit_status_name(whole));
    check_name(cloudcircuit_action_name(whole));
    check_name(cloudcircuit_reason_name(number));
    check_name(cloudcircuit_signal_name(number));
    check_name(cloudcircuit_phase_name(whole));
    check_name(cloudcircuit_outcome_name(whole));
    check_name(cloudcircuit_verdict_name(whole));
    check_name(cloudcircuit_detect_reason_name(whole));
    check_name(cloudcircuit_ledger_reason_name(whole));
    check_name(cloudcircuit_rate_reason_name(whole));
    check_name(cloudcircuit_mode_name(number));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start(data, size);
    while (input_left) {
        switch (byte() % 6) {
        case 0: budgets(); break;
        case 1: exact_budgets(); break;
        case 2: counters(); break;
        case 3: money(); break;
        case 4: defaults(); break;
        default: names();
        }
    }
    return 0;
}
