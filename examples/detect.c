/* Five weeks of office days and quiet weekends: what is too much for a Saturday? */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    double spend[36];
    for (int day = 0; day < 36; day++) {
        int weekday = day % 7; /* 0 is a Monday */
        spend[day] = weekday >= 5 ? 20.0 + weekday % 2 : 100.0 + day % 3;
    }

    /* Saturday's 60 is far below a usual Tuesday, yet three times a usual Saturday. */
    cloudcircuit_detect_result found;
    spend[33] = 60.0;
    cloudcircuit_detect_spike(spend, 34, NULL, &found);
    printf("Saturday %.0f: %.0f expected, up to %.0f is normal: %s\n", found.latest_spend,
           found.expected_spend, found.upper_bound,
           found.verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? "spike" : "normal");

    /* The same history, point by point, for a host that keeps no series. */
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_spike_tracker_init(NULL, &tracker);
    for (int day = 0; day < 34; day++)
        cloudcircuit_spike_tracker_update(&tracker, spend[day], &found);
    printf("the tracker says so too: %s\n",
           found.verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? "spike" : "normal");
    return 0;
}

/* Prints:
Saturday 60: 32 expected, up to 51 is normal: spike
the tracker says so too: spike
*/
