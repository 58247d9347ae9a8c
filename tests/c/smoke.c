#include <cloudcircuit.h>
#include <stdio.h>
int main(void)
{
    double s[] = {10, 10, 10, 20};
    cloudcircuit_budget_result b; cloudcircuit_spike_result k;
    int st = cloudcircuit_check_budget(40, 100, NULL, &b);
    printf("%d %g %g %u %u %s\n", st, b.usage_ratio, b.remaining_budget, b.is_warning, b.is_breached, cloudcircuit_status_message(st));
    st = cloudcircuit_check_anomaly_spike(s, 4, NULL, &k);
    printf("%d %g %g %g %u %s\n", st, k.latest_spend, k.baseline_mean, k.threshold, k.is_spike, cloudcircuit_status_name(100));
    printf("%s %u\n", cloudcircuit_version(), cloudcircuit_abi_version());
    return 0;
}
