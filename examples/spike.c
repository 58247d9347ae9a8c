/* Is the latest spend far above the mean of the days before it? */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    const double daily_spend[] = {102.0, 98.5, 110.2, 95.0, 104.3, 310.9}; /* latest last */
    cloudcircuit_spike_result spike;
    cloudcircuit_check_anomaly_spike(daily_spend, 6, NULL, &spike);
    printf("%.2f, threshold %.2f: %s\n", spike.latest_spend, spike.threshold,
           spike.is_spike ? "spike" : "normal");

    /* The floor keeps cents after a week of nothing from being a spike. */
    const double small[] = {0.0, 0.0, 0.0, 0.4};
    cloudcircuit_spike_config config;
    cloudcircuit_spike_config_init(&config);
    config.spike_multiplier = 2.0;
    config.min_baseline = 0.5;
    cloudcircuit_check_anomaly_spike(small, 4, &config, &spike);
    printf("%.2f, threshold %.2f: %s\n", spike.latest_spend, spike.threshold,
           spike.is_spike ? "spike" : "normal");
    return 0;
}

/* Prints:
310.90, threshold 153.00: spike
0.40, threshold 1.00: normal
*/
