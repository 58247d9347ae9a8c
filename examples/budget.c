/* How much of a budget is used, in doubles and in whole cents. */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    /* In doubles: any unit, 920.90 of 1000.00. NULL means a warning from 90 % on. */
    cloudcircuit_budget_result budget;
    cloudcircuit_check_budget(920.9, 1000.0, NULL, &budget);
    printf("%.1f %% used, %.2f left%s\n", 100 * budget.usage_ratio, budget.remaining_budget,
           budget.is_breached  ? ", breached"
           : budget.is_warning ? ", warning"
                               : "");

    /* In cents nothing is rounded: 0.80 of 1.00 is exactly 80 %. */
    cloudcircuit_budget_config_i64 config;
    cloudcircuit_budget_result_i64 exact;
    cloudcircuit_budget_config_i64_init(&config);
    config.warning_ppm = 800000;
    cloudcircuit_check_budget_i64(80, 100, &config, &exact);
    printf("80 of 100 cents: warning %u\n", exact.is_warning);
    cloudcircuit_check_budget_i64(79, 100, &config, &exact);
    printf("79 of 100 cents: warning %u\n", exact.is_warning);

    /* An argument that breaks a rule is a status, and the result refuses. */
    cloudcircuit_status status = cloudcircuit_check_budget(920.9, 0.0, NULL, &budget);
    printf("status %d, %s; breached %u\n", status, cloudcircuit_status_message(status),
           budget.is_breached);
    return 0;
}

/* Prints:
92.1 % used, 79.10 left, warning
80 of 100 cents: warning 1
79 of 100 cents: warning 0
status 100, budget_limit must be finite and > 0; breached 1
*/
