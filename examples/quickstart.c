/* May this request spend? One budget of 100.00 a month, in cents, for every request of an LLM gateway. */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    const int64_t worst_case[] = {4000, 4000, 4000, 1000}; /* what each request may cost at most */
    const int64_t bill[] = {3100, 4000, 0, 900};           /* what each did cost */
    const int64_t now = 1794000000; /* the host's clock; it matters where holds have an end */
    cloudcircuit_ledger_config config;
    cloudcircuit_ledger_state state; /* kept by the host, in memory or in a row of a database */

    cloudcircuit_ledger_config_init(&config);
    config.limit = 10000;
    cloudcircuit_ledger_init(1, 202611, now, &state); /* ledger 1, in November */

    for (int i = 0; i < 4; i++) {
        cloudcircuit_ledger_hold hold;
        cloudcircuit_ledger_decision decision;

        cloudcircuit_ledger_reserve(&config, &state, worst_case[i], now, &hold, &decision);
        if (!decision.allowed) {
            printf("request %d refused: asks for %lld, %lld left\n", i + 1, (long long)worst_case[i],
                   (long long)decision.available);
            continue;
        }
        /* The request runs here, while its worst case is held. */
        cloudcircuit_ledger_settle(&config, &state, &hold, bill[i], now, &decision);
        printf("request %d cost %lld, %lld left\n", i + 1, (long long)bill[i],
               (long long)decision.available);
    }
    return 0;
}

/* Prints:
request 1 cost 3100, 6900 left
request 2 cost 4000, 2900 left
request 3 refused: asks for 4000, 2900 left
request 4 cost 900, 2000 left
*/
