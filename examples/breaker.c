/* Calls to a provider that is down for a while, behind a breaker that the host keeps. Time is in seconds. */
#include <cloudcircuit.h>
#include <stdio.h>

static int provider_answers(int64_t now)
{
    return (now < 20 || now >= 80) && now != 140;
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
    config.max_retry_after = 600; /* a Retry-After opens it at once, at most this long */
    cloudcircuit_breaker_init(0, &state);

    for (int64_t now = 0; now <= 180; now += 10) {
        cloudcircuit_breaker_permit permit;
        cloudcircuit_breaker_acquire(&config, &state, now, &permit);
        if (!permit.allowed) {
            printf("%3lld s: not sent, try again in %lld s\n", (long long)now, (long long)permit.retry_after);
            continue;
        }
        int answered = provider_answers(now);
        int64_t retry_at = now == 140 ? now + 30 : INT64_MIN; /* "Retry-After: 30", or none */
        cloudcircuit_breaker_report(&config, &state, &permit,
                                    answered ? CLOUDCIRCUIT_OUTCOME_SUCCESS : CLOUDCIRCUIT_OUTCOME_FAILURE,
                                    0, retry_at, now);
        printf("%3lld s: %s, breaker %s\n", (long long)now, answered ? "ok" : "failed",
               cloudcircuit_phase_name(state.phase));
    }
    return 0;
}

/* Prints:
  0 s: ok, breaker closed
 10 s: ok, breaker closed
 20 s: failed, breaker closed
 30 s: failed, breaker closed
 40 s: failed, breaker open
 50 s: not sent, try again in 15 s
 60 s: not sent, try again in 5 s
 70 s: failed, breaker open
 80 s: not sent, try again in 40 s
 90 s: not sent, try again in 30 s
100 s: not sent, try again in 20 s
110 s: not sent, try again in 10 s
120 s: ok, breaker closed
130 s: ok, breaker closed
140 s: failed, breaker open
150 s: not sent, try again in 20 s
160 s: not sent, try again in 10 s
170 s: ok, breaker closed
180 s: ok, breaker closed
*/
