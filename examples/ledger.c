/* One request under two limits, a team's and a user's; a hold that ends; a month that ends. In cents and seconds. */
#include <cloudcircuit.h>
#include <stdio.h>

enum { TEAM, USER, COUNT };
static const char *const names[COUNT] = {"team", "user"};

static cloudcircuit_ledger_config configs[COUNT]; /* zeroed memory is the defaults, which allow nothing */
static cloudcircuit_ledger_state states[COUNT];   /* kept by the host, all in one transaction */

/* Holds what a request may cost in both ledgers or in none. */
static int reserve(int64_t estimate, int64_t now, cloudcircuit_ledger_hold holds[COUNT])
{
    const int64_t estimates[COUNT] = {estimate, estimate};
    cloudcircuit_ledger_decision decisions[COUNT];
    uint32_t refused_by;

    cloudcircuit_ledgers_reserve(configs, states, estimates, COUNT, now, holds, decisions, &refused_by);
    if (refused_by == UINT32_MAX) {
        printf("%4lld s: %lld held, %lld left to the user\n", (long long)now, (long long)estimate,
               (long long)decisions[USER].available);
        return 1;
    }
    printf("%4lld s: %lld refused by the %s: %s\n", (long long)now, (long long)estimate, names[refused_by],
           cloudcircuit_ledger_reason_name(decisions[refused_by].reason));
    return 0;
}

/* Books what the request did cost in both. */
static void settle(int64_t actual, int64_t now, cloudcircuit_ledger_hold holds[COUNT])
{
    const int64_t actuals[COUNT] = {actual, actual};
    cloudcircuit_ledger_decision decisions[COUNT];

    cloudcircuit_ledgers_settle(configs, states, holds, actuals, COUNT, now, decisions, NULL);
    printf("%4lld s: cost %lld, the team has %lld left\n", (long long)now, (long long)actual,
           (long long)decisions[TEAM].available);
    for (int i = 0; i < COUNT; i++)
        if (decisions[i].newly_crossed)
            printf("        the %s has reached 80 %%\n", names[i]);
}

int main(void)
{
    cloudcircuit_ledger_hold lost[COUNT], holds[COUNT];
    cloudcircuit_ledger_decision decisions[COUNT];

    configs[TEAM].limit = 10000;
    configs[USER].limit = 4000;
    for (int i = 0; i < COUNT; i++) {
        configs[i].hold_duration = 600; /* a request that dies gives back what it held after ten minutes */
        configs[i].carry_max = 1000;    /* what is left of a month is carried over, up to here */
        configs[i].thresholds[0] = 800000;
        configs[i].threshold_count = 1;
        cloudcircuit_ledger_init((uint64_t)i + 1, 202611, 0, &states[i]);
    }

    reserve(3000, 0, lost);   /* and its worker dies */
    reserve(2000, 100, holds);
    if (reserve(3500, 700, holds))
        settle(3300, 720, holds);

    /* December. What is held stays held, and what was left is carried over. */
    const int64_t december[COUNT] = {202612, 202612};
    cloudcircuit_ledgers_roll(configs, states, december, COUNT, 2000, decisions, NULL);
    for (int i = 0; i < COUNT; i++)
        printf("December: the %s has %lld\n", names[i], (long long)decisions[i].available);
    return 0;
}

/* Prints:
   0 s: 3000 held, 1000 left to the user
 100 s: 2000 refused by the user: over_limit
 700 s: 3500 held, 500 left to the user
 720 s: cost 3300, the team has 6700 left
        the user has reached 80 %
December: the team has 11000
December: the user has 4700
*/
