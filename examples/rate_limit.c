/* At most 90,000 tokens in any minute, for a provider that counts them. Time is in milliseconds. */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    /* When each request comes, what it may use at most, and what it did use. */
    const struct {
        int64_t now, estimate, used;
    } requests[] = {{0, 40000, 31000}, {20000, 40000, 40000}, {30000, 25000, 0}, {64000, 25000, 25000}};
    const cloudcircuit_rate_limit_config config = {90000, 60000, CLOUDCIRCUIT_MODE_ENFORCE, 0};
    cloudcircuit_rate_limit_state state; /* kept by the host, as a ledger is */
    cloudcircuit_rate_limit_init(0, &state);

    for (int i = 0; i < 4; i++) {
        int64_t now = requests[i].now, estimate = requests[i].estimate;
        cloudcircuit_rate_limit_decision decision;

        cloudcircuit_rate_limit_acquire(&config, &state, estimate, now, &decision);
        if (!decision.allowed) {
            printf("%2lld s: %lld more do not fit, %lld left: try again in %lld ms\n", (long long)now / 1000,
                   (long long)estimate, (long long)decision.available, (long long)decision.retry_after);
            continue;
        }
        /* The request runs here. Then the difference is given back to when it was taken. */
        cloudcircuit_rate_limit_adjust(&config, &state, decision.taken_at, requests[i].used - estimate, now, &decision);
        printf("%2lld s: %lld used, %lld in the last minute\n", (long long)now / 1000,
               (long long)requests[i].used, (long long)decision.used);
    }
    return 0;
}

/* Prints:
 0 s: 31000 used, 31000 in the last minute
20 s: 40000 used, 71000 in the last minute
30 s: 25000 more do not fit, 19000 left: try again in 33749 ms
64 s: 25000 used, 65000 in the last minute
*/
