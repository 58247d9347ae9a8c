/* The guard: signals of results that may have been edited, in any order, under any policy; its verdict against the
 * least permissive action that the policy names. */
#include "fuzz.h"

#define MOST CLOUDCIRCUIT_GUARD_MAX_SIGNALS

typedef cloudcircuit_guard_policy policy_t;
typedef cloudcircuit_signal signal_t;

static const uint32_t kinds[] = {CLOUDCIRCUIT_SIGNAL_BUDGET, CLOUDCIRCUIT_SIGNAL_SPIKE, CLOUDCIRCUIT_SIGNAL_BREAKER,
                                 CLOUDCIRCUIT_SIGNAL_RATE, CLOUDCIRCUIT_SIGNAL_FORECAST};

/* What the policy does with one finding. */
static int32_t action_of(const policy_t *policy, uint32_t reason)
{
    switch (reason) {
    case CLOUDCIRCUIT_REASON_WARNING: return policy->on_warning;
    case CLOUDCIRCUIT_REASON_BREACH: return policy->on_breach;
    case CLOUDCIRCUIT_REASON_SPIKE: return policy->on_spike;
    case CLOUDCIRCUIT_REASON_OPEN: return policy->on_open;
    case CLOUDCIRCUIT_REASON_MISSING: return policy->on_missing;
    case CLOUDCIRCUIT_REASON_LEAK: return policy->on_leak;
    case CLOUDCIRCUIT_REASON_OVER_LIMIT: return policy->on_over_limit;
    case CLOUDCIRCUIT_REASON_RATE: return policy->on_rate;
    case CLOUDCIRCUIT_REASON_FORECAST: return policy->on_forecast;
    case CLOUDCIRCUIT_REASON_INSUFFICIENT: return policy->on_insufficient;
    default: return policy->on_error;
    }
}

static int32_t least_permissive(const policy_t *policy, uint32_t reasons)
{
    int32_t action = CLOUDCIRCUIT_ACTION_ALLOW;
    uint32_t bit;
    for (bit = 1; bit <= CLOUDCIRCUIT_REASON_ERROR; bit <<= 1)
        if (reasons & bit && action_of(policy, bit) < action)
            action = action_of(policy, bit);
    return action;
}

/* A result of the safeguard's call that may have been edited, and its signal. */
#define SIGNAL_OF(name, type, ...)                                                                                     \
    do {                                                                                                               \
        type result;                                                                                                   \
        cloudcircuit_status status = __VA_ARGS__;                                                                      \
        edit(&result, sizeof result);                                                                                  \
        refused = CALL(name, status, status && byte() & 1 ? NULL : &result, signal);                                   \
        CHECK(!status || !refused, "the signal of an error is one, whatever result is");                               \
        CHECK(!status || signal->reasons == CLOUDCIRCUIT_REASON_ERROR, "an error is REASON_ERROR alone");              \
    } while (0)

static int some_signal(signal_t *signal)
{
    cloudcircuit_status refused = 0;
    double series[3] = {point(), point(), point()};
    int64_t integers[3] = {amount(), amount(), amount()};
    memset(signal, 0x5a, sizeof *signal);
    switch (byte() % 10) {
    case 0:
        SIGNAL_OF(budget_signal, cloudcircuit_budget_result,
                  cloudcircuit_check_budget(series[0], series[1], NULL, &result));
        break;
    case 1:
        SIGNAL_OF(budget_signal_i64, cloudcircuit_budget_result_i64,
                  cloudcircuit_check_budget_i64(integers[0], integers[1], NULL, &result));
        break;
    case 2:
        SIGNAL_OF(spike_signal, cloudcircuit_spike_result, cloudcircuit_check_anomaly_spike(series, 3, NULL, &result));
        break;
    case 3:
        SIGNAL_OF(spike_signal_i64, cloudcircuit_spike_result_i64,
                  cloudcircuit_check_anomaly_spike_i64(integers, 3, NULL, &result));
        break;
    case 4: {
        cloudcircuit_breaker_counters counters = {integers[0], integers[1], integers[2]};
        SIGNAL_OF(breaker_signal, cloudcircuit_breaker_decision,
                  cloudcircuit_evaluate_circuit_breaker(&counters, &result));
        break;
    }
    case 5:
        SIGNAL_OF(detect_signal, cloudcircuit_detect_result, cloudcircuit_detect_spike(series, 3, NULL, &result));
        break;
    case 6:
        SIGNAL_OF(forecast_signal, cloudcircuit_forecast_result,
                  cloudcircuit_forecast_budget(NULL, 0, series, 2, 2, series[2], NULL, &result));
        break;
    case 7: {
        cloudcircuit_breaker_state state;
        (void)!cloudcircuit_breaker_init(0, &state);
        (void)!cloudcircuit_breaker_force(&state, 3 + byte() % 3, integers[0], 0);
        SIGNAL_OF(permit_signal, cloudcircuit_breaker_permit,
                  cloudcircuit_breaker_peek(NULL, &state, integers[1], &result));
        break;
    }
    case 8: {
        cloudcircuit_rate_limit_config config = {integers[0], 60, byte() % 3, 0};
        cloudcircuit_rate_limit_state state;
        (void)!cloudcircuit_rate_limit_init(0, &state);
        SIGNAL_OF(rate_limit_signal, cloudcircuit_rate_limit_decision,
                  cloudcircuit_rate_limit_acquire(&config, &state, integers[1], 1, &result));
        break;
    }
    default: {
        cloudcircuit_ledger_config config = {integers[0], 0, 0, 0,         {500000, 0, 0, 0, 0, 0, 0, 0},
                                             byte() & 1,  0, 0, byte() % 3};
        cloudcircuit_ledger_state state;
        cloudcircuit_ledger_hold hold;
        (void)!cloudcircuit_ledger_init(1, 0, 0, &state);
        SIGNAL_OF(ledger_signal, cloudcircuit_ledger_decision,
                  cloudcircuit_ledger_reserve(&config, &state, integers[1], 1, &hold, &result));
    }
    }
    CHECK(!refused || IS_ZERO(*signal), "signal: on an error it is zeroed memory");
    return refused;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t i, count;
    signal_t *signals, turned[MOST];
    policy_t policy;
    cloudcircuit_guard_decision decision, again;
    cloudcircuit_status status;
    uint32_t reasons = 0, monitored = 0, there = 0;
    int is_signal = 1;
    start(data, size);
    (void)!CALL(guard_policy_init, &policy);
    policy.required = byte() & 31;
    edit(&policy, sizeof policy);
    count = byte() % 16 == 15 ? MOST : byte() % 6;
    signals = block(count * sizeof *signals);
    for (i = 0; i < count; i++) {
        is_signal &= !some_signal(&signals[i]);
        if (byte() == 255)
            take(&signals[i], sizeof *signals), is_signal = -1;
    }
    memset(&decision, 0x5a, sizeof decision);
    status = CALL(evaluate_guard, count ? signals : NULL, count, &policy, &decision);
    for (i = 0; i < count; i++)
        turned[i] = signals[count - 1 - i];
    CHECK(CALL(evaluate_guard, turned, count, &policy, &again) == status && SAME(decision, again),
          "the order never matters");
    CHECK(is_signal || status, "zeroed memory is no signal");
    if (status) {
        CHECK(IS_ZERO(decision), "on an error both actions are BLOCK, without reasons");
    } else {
        for (i = 0; i < count; i++) {
            reasons |= signals[i].reasons;
            monitored |= signals[i].monitor_reasons;
            there |= (uint32_t)signals[i].kind;
        }
        for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (policy.required & ~there & kinds[i])
                reasons |= CLOUDCIRCUIT_REASON_MISSING;
        CHECK(decision.kinds == there, "kinds: the kinds of signals that were there");
        CHECK(decision.action == least_permissive(&policy, reasons & ~policy.monitor), "action: the least permissive");
        CHECK(decision.monitor_action == least_permissive(&policy, reasons | monitored),
              "monitor_action: if nothing were monitored");
        CHECK((decision.reasons & reasons) == reasons, "reasons: every finding");
        CHECK(decision.monitor_reasons == (monitored | (reasons & policy.monitor)),
              "monitor_reasons: what only monitor_action heeds");
        CHECK(decision.retry_after >= 0 && (decision.action <= CLOUDCIRCUIT_ACTION_THROTTLE || !decision.retry_after),
              "retry_after: of BLOCK and THROTTLE, else 0");
    }
    free(signals);
    return 0;
}
