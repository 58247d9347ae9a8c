/* A breaker and a ledger around each call. What the ledger refuses gives its permit back. In cents and seconds. */
#include <cloudcircuit.h>
#include <stdio.h>

static cloudcircuit_breaker_config rules;
static cloudcircuit_breaker_state breaker;
static cloudcircuit_ledger_config budget;
static cloudcircuit_ledger_state ledger;

/* Runs a call that may cost up to estimate, costs cost, and fails if ok is 0. */
static const char *paid_call(int64_t estimate, int64_t cost, int ok, int64_t now)
{
    cloudcircuit_breaker_permit permit;
    cloudcircuit_ledger_hold hold;
    cloudcircuit_ledger_decision decision;

    cloudcircuit_breaker_acquire(&rules, &breaker, now, &permit);
    if (!permit.allowed)
        return "refused by the breaker";
    cloudcircuit_ledger_reserve(&budget, &ledger, estimate, now, &hold, &decision);
    if (!decision.allowed) {
        /* Nothing was called. Without this report a probe's place stays taken until its deadline. */
        cloudcircuit_breaker_report(&rules, &breaker, &permit, CLOUDCIRCUIT_OUTCOME_IGNORED, 0, INT64_MIN, now);
        return "refused by the ledger";
    }
    /* The call runs here. */
    cloudcircuit_breaker_report(&rules, &breaker, &permit,
                                ok ? CLOUDCIRCUIT_OUTCOME_SUCCESS : CLOUDCIRCUIT_OUTCOME_FAILURE, 0, INT64_MIN, now);
    cloudcircuit_ledger_settle(&budget, &ledger, &hold, cost, now, &decision);
    return ok ? "ok" : "failed";
}

int main(void)
{
    cloudcircuit_breaker_config_init(&rules);
    rules.failure_threshold = 2;
    rules.open_duration = rules.max_open_duration = 30;
    rules.probe_timeout = 60;
    cloudcircuit_breaker_init(0, &breaker);
    cloudcircuit_ledger_config_init(&budget);
    budget.limit = 1000;
    cloudcircuit_ledger_init(1, 202611, 0, &ledger);

    printf(" 0 s: %s\n", paid_call(600, 500, 0, 0));
    printf(" 5 s: %s\n", paid_call(400, 100, 0, 5)); /* the second failure opens the breaker */
    printf("10 s: %s\n", paid_call(100, 80, 1, 10));
    printf("35 s: %s\n", paid_call(600, 500, 1, 35)); /* a probe that 400 left cannot pay */
    printf("36 s: %s\n", paid_call(100, 80, 1, 36));  /* its place is free for this one */
    printf("breaker %s, %lld spent\n", cloudcircuit_phase_name(breaker.phase), (long long)ledger.settled);
    return 0;
}

/* Prints:
 0 s: failed
 5 s: failed
10 s: refused by the breaker
35 s: refused by the ledger
36 s: ok
breaker closed, 680 spent
*/
