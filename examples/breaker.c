/* Calls to a provider that is down for a while, behind a breaker that the host keeps. Time is in seconds. */
#include <cloudcircuit.h>
#include <stdio.h>

static int provider_answers(int64_t now)
{
    return now < 20 || now >= 80;
}

int main(void)
{
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_config_init(&config);
    config.failure_threshold = 3; /* this many failures in a row open it */
    config.open_duration = 25; /* doubled each time a probe fails, up to */
    config.max_open_duration = 300;
    config.probe_timeout = 20;
    cloudcircuit_breaker_init(0, &state);

    for (int64_t now = 0; now <= 140; now += 10) {
        cloudcircuit_breaker_permit permit;
        cloudcircuit_breaker_acquire(&config, &state, now, &permit);
        if (!permit.allowed) {
            printf("%3lld s: not sent, try again in %lld s\n", (long long)now, (long long)permit.retry_after);
            continue;
        }
        int answered = provider_answers(now);
        cloudcircuit_breaker_report(&config, &state, &permit,
                                    answered ? CLOUDCIRCUIT_OUTCOME_SUCCESS : CLOUDCIRCUIT_OUTCOME_FAILURE,
                                    0, now);
        printf("%3lld s: %s\n", (long long)now, answered ? "ok" : "failed");
    }
    return 0;
}

/* Prints:
  0 s: ok
 10 s: ok
 20 s: failed
 30 s: failed
 40 s: failed
 50 s: not sent, try again in 15 s
 60 s: not sent, try again in 5 s
 70 s: failed
 80 s: not sent, try again in 40 s
 90 s: not sent, try again in 30 s
100 s: not sent, try again in 20 s
110 s: not sent, try again in 10 s
120 s: ok
130 s: ok
140 s: ok
*/
