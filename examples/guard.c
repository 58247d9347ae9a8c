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
    cloudcircuit_guard_decision guard;

    /* NULL means the defaults. On an error each call says so and writes a refusing result. */
    cloudcircuit_check_budget(920.9, 1000.0, NULL, &budget);
    cloudcircuit_check_anomaly_spike(daily_spend, 6, NULL, &spike);
    cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
    cloudcircuit_status status = cloudcircuit_evaluate_guard(&budget, &spike, &breaker, NULL, &guard);

    printf("budget:  %.1f %% used, %.2f left\n", 100 * budget.usage_ratio, budget.remaining_budget);
    printf("spike:   %.2f against a threshold of %.2f\n", spike.latest_spend, spike.threshold);
    printf("breaker: %s\n", breaker.is_open ? "open" : "closed");
    printf("verdict: action %d, reasons %u (%s)\n", guard.action, guard.reasons,
           cloudcircuit_status_message(status));

    return guard.action == CLOUDCIRCUIT_ACTION_BLOCK;
}

/* Prints:
budget:  92.1 % used, 79.10 left
spike:   310.90 against a threshold of 153.00
breaker: closed
verdict: action 1, reasons 5 (success)
*/
