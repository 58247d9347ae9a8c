/* May tonight's batch job run? */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    const double daily_spend[] = {102.0, 98.5, 110.2, 95.0, 104.3, 310.9}; /* latest last */
    cloudcircuit_breaker_counters counters = {1, 3, 0}; /* 1 failure, opens at 3, no cooldown */

    cloudcircuit_budget_result budget;
    cloudcircuit_spike_result spike;
    cloudcircuit_breaker_decision breaker;
    cloudcircuit_signal signals[3];
    cloudcircuit_guard_decision guard;
    cloudcircuit_status status;

    /* NULL means the defaults. A signal is a call's status and what it found: the guard blocks after a failed one. */
    status = cloudcircuit_check_budget(920.9, 1000.0, NULL, &budget);
    cloudcircuit_budget_signal(status, &budget, &signals[0]);
    status = cloudcircuit_check_anomaly_spike(daily_spend, 6, NULL, &spike);
    cloudcircuit_spike_signal(status, &spike, &signals[1]);
    status = cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
    cloudcircuit_breaker_signal(status, &breaker, &signals[2]);
    status = cloudcircuit_evaluate_guard(signals, 3, NULL, &guard);

    printf("budget:  %.1f %% used, %.2f left\n", 100 * budget.usage_ratio, budget.remaining_budget);
    printf("spike:   %.2f against a threshold of %.2f\n", spike.latest_spend, spike.threshold);
    printf("breaker: %s\n", breaker.is_open ? "open" : "closed");
    printf("verdict: %s (%s)\n", cloudcircuit_action_name(guard.action), cloudcircuit_status_message(status));
    for (uint32_t reason = 1; reason <= guard.reasons; reason *= 2)
        if (guard.reasons & reason)
            printf("  because of %s\n", cloudcircuit_reason_name(reason));

    /* The same as one line for the audit log. */
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_write_guard_decision_json(status, NULL, &guard, record, sizeof record, NULL);
    puts(record);

    return guard.action == CLOUDCIRCUIT_ACTION_BLOCK;
}

/* Prints:
budget:  92.1 % used, 79.10 left
spike:   310.90 against a threshold of 153.00
breaker: closed
verdict: throttle (success)
  because of warning
  because of spike
{"kind":"guard_decision","version":"0.2.0","status":"CLOUDCIRCUIT_OK","action":"throttle","monitor_action":"throttle","reasons":["warning","spike"],"monitor_reasons":[],"kinds":["budget","spike","breaker"],"retry_after":0,"config":{"on_warning":"alert","on_breach":"block","on_spike":"throttle","on_leak":"alert","on_open":"block","on_over_limit":"block","on_rate":"throttle","on_forecast":"alert","on_insufficient":"alert","on_error":"block","on_missing":"block","required":["budget","spike","breaker"],"monitor":[]}}
*/
