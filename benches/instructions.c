/* Makes one kind of call over and over, for instructions.py to count. */
#include <cloudcircuit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 100

int main(int argc, char **argv)
{
    const char *call = argc == 3 ? argv[1] : "";
    size_t points = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, i;
    double *series = malloc((points + 1) * sizeof *series);
    cloudcircuit_budget_result budget;
    cloudcircuit_spike_result spike;
    cloudcircuit_breaker_counters counters = {1, 3, 0};
    cloudcircuit_breaker_decision breaker;
    cloudcircuit_guard_decision guard;
    const double calm[] = {1, 1};

    if (!series)
        return 1;
    for (i = 0; i < points; i++)
        series[i] = (double)(i * 7919 % 100003) / 100;
    cloudcircuit_check_budget(1, 1000, NULL, &budget);
    cloudcircuit_check_anomaly_spike(calm, 2, NULL, &spike);
    cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);

    for (i = 0; i < CALLS; i++) {
        int32_t status = 0;
        if (strcmp(call, "budget") == 0)
            status = cloudcircuit_check_budget((double)i, 1000, NULL, &budget);
        else if (strcmp(call, "spike") == 0)
            status = cloudcircuit_check_anomaly_spike(series, points, NULL, &spike);
        else if (strcmp(call, "breaker") == 0)
            status = cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
        else if (strcmp(call, "guard") == 0)
            status = cloudcircuit_evaluate_guard(&budget, &spike, &breaker, NULL, &guard);
        else
            return 1;
        if (status != CLOUDCIRCUIT_OK)
            return 1;
    }
    free(series);
    return 0;
}
