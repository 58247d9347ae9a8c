/*
 * libcloudcircuit: spend safeguards as pure functions
 *
 * Plain numbers in, a decision out: is the budget breached, is this a spike, may this operation
 * run. The host owns memory, clock, storage and I/O; the library owns the decision.
 *
 *     cloudcircuit_budget_result budget;
 *     cloudcircuit_check_budget(920.0, 1000.0, NULL, &budget);
 *     if (budget.is_breached)
 *         stop_spending();
 *     else if (budget.is_warning)
 *         printf("%.0f %% of the budget is used\n", 100.0 * budget.usage_ratio);
 *
 * Link with -lcloudcircuit. What every function keeps:
 *
 * Status. A call returns CLOUDCIRCUIT_OK, which is 0, or the status of the first rule that its
 * arguments break: NULL pointers first, then in the order in which the function lists them.
 * cloudcircuit_status_message() says it in a sentence.
 *
 * Fail closed. On every error the result, unless its pointer is NULL, is written whole: its
 * flags and actions refuse (breached, spiking, open, not allowed, block), its other fields are
 * 0. A host that forgets to look at the status meets a refusal all the same.
 *
 * Inputs. All are checked. NaN, infinities, negative amounts, lengths out of range and unknown
 * constants are errors; -0.0 counts as 0.
 *
 * NULL. For a config or a policy it means the defaults, which stand here as
 * CLOUDCIRCUIT_DEFAULT constants and are filled in by the _init functions. Other pointers must
 * not be NULL unless their description allows it.
 *
 * Pointers. They need no alignment. Inputs may overlap the result: they are read before it is
 * written. Nothing is kept after the call.
 *
 * Threads. Every function is a pure function of its arguments: no heap, locks, globals,
 * thread-locals, environment, I/O or clock. Any thread may call it at any time, as may a signal
 * handler or a child after fork, as long as no other thread writes to what it is passed.
 *
 * Numbers. Same inputs, same bits, on every machine: IEEE 754 binary64 in the default rounding
 * mode with exceptions masked (their flags may be raised). On a thread that flushes subnormals,
 * subnormal inputs and results may count as 0; nothing else changes. Amounts of money are in the
 * caller's currency unit, the same one throughout a call.
 *
 * Structs. Fixed-width fields without padding or pointers, to be stored, hashed and compared as
 * bytes. Flags are 0 or 1.
 *
 * Failures. No call throws, unwinds, aborts or loops without end, whatever it is passed.
 *
 * ABI. Within one ABI version nothing is removed or changes its layout or meaning; what is new
 * comes under new names.
 */
#ifndef CLOUDCIRCUIT_H
#define CLOUDCIRCUIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Version
 * =======
 *
 * The constants say what a host was compiled against, the functions what it is running with.
 */

/** The version of this header, as a string. */
#define CLOUDCIRCUIT_VERSION "0.1.0"

/** Its first number. */
#define CLOUDCIRCUIT_VERSION_MAJOR 0

/** Its second number. */
#define CLOUDCIRCUIT_VERSION_MINOR 1

/** Its third number. */
#define CLOUDCIRCUIT_VERSION_PATCH 0

/** The ABI version of this header. */
#define CLOUDCIRCUIT_ABI_VERSION 0

/**
 * The library's version, as CLOUDCIRCUIT_VERSION: a static string, never NULL.
 *
 * Since 0.1.0.
 */
const char *cloudcircuit_version(void);

/**
 * The library's ABI version, the number in its soname. A host compiled against this header
 * can use any library for which this equals CLOUDCIRCUIT_ABI_VERSION and whose version is
 * not older.
 *
 * Since 0.1.0.
 */
uint32_t cloudcircuit_abi_version(void);

/*
 * Statuses
 * ========
 *
 * 0 is success, everything above is an error; numbers are never used again. A host that
 * meets one it does not know has been refused all the same.
 */

/** What a function answers: CLOUDCIRCUIT_OK or one of the CLOUDCIRCUIT_ERR constants. */
typedef int32_t cloudcircuit_status;

/** the decision was made. */
#define CLOUDCIRCUIT_OK 0

/** a pointer that must not be NULL is NULL. */
#define CLOUDCIRCUIT_ERR_NULL_POINTER 1

/** reserved fields must be 0. */
#define CLOUDCIRCUIT_ERR_RESERVED 2

/** budget_limit must be finite and > 0. */
#define CLOUDCIRCUIT_ERR_BUDGET_LIMIT 100

/** warning_ratio must be > 0 and <= 1. */
#define CLOUDCIRCUIT_ERR_WARNING_RATIO 101

/** current_spend must be finite and >= 0. */
#define CLOUDCIRCUIT_ERR_CURRENT_SPEND 102

/** warning_ppm must be 1 to 1000000. */
#define CLOUDCIRCUIT_ERR_WARNING_PPM 103

/** spend_series_len must be at least 2. */
#define CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT 200

/** spend_series_len must be at most CLOUDCIRCUIT_MAX_SERIES_LEN. */
#define CLOUDCIRCUIT_ERR_SERIES_TOO_LONG 201

/** spike_multiplier must be finite and > 1. */
#define CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER 202

/** min_baseline must be finite and >= 0. */
#define CLOUDCIRCUIT_ERR_MIN_BASELINE 203

/** every point of spend_series must be finite and >= 0. */
#define CLOUDCIRCUIT_ERR_SPEND_SERIES 204

/** spike_multiplier_ppm must be > 1000000. */
#define CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM 205

/** consecutive_failures must be >= 0. */
#define CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES 300

/** failure_threshold must be > 0. */
#define CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD 301

/** cooldown_steps_remaining must be >= 0. */
#define CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING 302

/** policy must have a CLOUDCIRCUIT_ACTION constant in on_warning. */
#define CLOUDCIRCUIT_ERR_ON_WARNING 400

/** policy must have a CLOUDCIRCUIT_ACTION constant in on_breach. */
#define CLOUDCIRCUIT_ERR_ON_BREACH 401

/** policy must have a CLOUDCIRCUIT_ACTION constant in on_spike. */
#define CLOUDCIRCUIT_ERR_ON_SPIKE 402

/** policy must have a CLOUDCIRCUIT_ACTION constant in on_open. */
#define CLOUDCIRCUIT_ERR_ON_OPEN 403

/** policy must have a CLOUDCIRCUIT_ACTION constant in on_missing. */
#define CLOUDCIRCUIT_ERR_ON_MISSING 404

/** policy must have no bits but CLOUDCIRCUIT_SIGNAL constants in required. */
#define CLOUDCIRCUIT_ERR_REQUIRED 405

/** budget must have is_warning and is_breached 0 or 1. */
#define CLOUDCIRCUIT_ERR_BUDGET_SIGNAL 406

/** spike must have is_spike 0 or 1. */
#define CLOUDCIRCUIT_ERR_SPIKE_SIGNAL 407

/** breaker must have is_open 0 or 1, allow_operation its opposite, retry_after_steps >= 0. */
#define CLOUDCIRCUIT_ERR_BREAKER_SIGNAL 408

/** some rows are invalid and refused, the others are decided. */
#define CLOUDCIRCUIT_ERR_INVALID_ROWS 500

/** the columns must fit into memory. */
#define CLOUDCIRCUIT_ERR_TOO_MANY_ROWS 501

/** an output column must not overlap another column. */
#define CLOUDCIRCUIT_ERR_OVERLAP 502

/** offsets must not decrease and must lie within 0 to spend_len. */
#define CLOUDCIRCUIT_ERR_OFFSETS 503

/** amount must be finite. */
#define CLOUDCIRCUIT_ERR_AMOUNT 600

/** scale must be 0 to 9. */
#define CLOUDCIRCUIT_ERR_SCALE 601

/** amount must fit into int64_t at this scale. */
#define CLOUDCIRCUIT_ERR_AMOUNT_RANGE 602

/** amount must have no more decimal places than scale. */
#define CLOUDCIRCUIT_ERR_AMOUNT_PRECISION 603

/** capacity must exceed the length of the record. */
#define CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL 700

/** a result must have finite numbers and flags of 0 or 1 to be recorded. */
#define CLOUDCIRCUIT_ERR_RECORD_FIELD 701

/**
 * What a status means: a static English sentence that names the argument and the rule it
 * broke. Never NULL, also for a number that is no status.
 *
 * Since 0.1.0.
 */
const char *cloudcircuit_status_message(cloudcircuit_status status);

/**
 * The name of a status's constant, "CLOUDCIRCUIT_OK" for one, as a static string; "unknown
 * status" for a number that is no status. Never NULL.
 *
 * Since 0.1.0.
 */
const char *cloudcircuit_status_name(cloudcircuit_status status);

/*
 * Budget
 * ======
 *
 * How much of a budget is used, and is it breached?
 */

/**
 * Share of the limit at which a warning starts, when the host sets none.
 */
#define CLOUDCIRCUIT_DEFAULT_WARNING_RATIO 0.9

/**
 * Settings of cloudcircuit_check_budget. 8 bytes.
 */
typedef struct {
    /**
     * Share of the limit from which is_warning is set; > 0 and <= 1.
     */
    double warning_ratio;
} cloudcircuit_budget_config;

/**
 * What cloudcircuit_check_budget found. 40 bytes.
 */
typedef struct {
    /**
     * The amount that was checked, in the caller's currency unit; -0.0 is reported as 0.
     */
    double current_spend;
    /**
     * The limit it was checked against, in the same unit.
     */
    double budget_limit;
    /**
     * current_spend / budget_limit; a quotient beyond the largest double is reported as the
     * largest double.
     */
    double usage_ratio;
    /**
     * budget_limit - current_spend; negative when more was spent than the limit allows.
     */
    double remaining_budget;
    /**
     * 1 when usage_ratio >= warning_ratio, else 0.
     */
    uint32_t is_warning;
    /**
     * 1 when current_spend >= budget_limit, else 0. The host must not spend more.
     */
    uint32_t is_breached;
} cloudcircuit_budget_result;

/**
 * Fills in the defaults.
 *
 * config: where to write them.
 *
 * Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_budget_config_init(cloudcircuit_budget_config *config);

/**
 * Checks a spend against a budget: a warning from warning_ratio of the limit, a breach from
 * the limit itself.
 *
 * usage_ratio and remaining_budget are the exact quotient and difference of the two doubles,
 * rounded once. The breach compares the amounts themselves, the warning the rounded quotient. Mind
 * that amounts like 0.1 are not exact as doubles: 0.1 + 0.2 breaches a limit of 0.3.
 *
 * current_spend: what has been spent so far; finite, >= 0, in the caller's currency unit.
 * budget_limit: what may be spent; finite, > 0, in the same unit.
 * config: NULL for the default, a warning_ratio of CLOUDCIRCUIT_DEFAULT_WARNING_RATIO.
 * result: the finding; on an error is_warning and is_breached are 1 and the numbers 0.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER   result is NULL
 *   CLOUDCIRCUIT_ERR_BUDGET_LIMIT   budget_limit is not finite or not > 0
 *   CLOUDCIRCUIT_ERR_WARNING_RATIO  warning_ratio is not in (0, 1]
 *   CLOUDCIRCUIT_ERR_CURRENT_SPEND  current_spend is not finite or not >= 0
 *
 * The rule is check_budget of the Python package cloudcircuit 0.1.0, which lets NaN through.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_budget(double current_spend,
                                              double budget_limit,
                                              const cloudcircuit_budget_config *config,
                                              cloudcircuit_budget_result *result);

/*
 * Spike
 * =====
 *
 * Is the latest spend far above the mean of what came before?
 */

/**
 * How many times the baseline the latest spend must exceed to be a spike, when the host sets
 * none.
 */
#define CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER 1.5

/**
 * The floor under the baseline, when the host sets none.
 */
#define CLOUDCIRCUIT_DEFAULT_MIN_BASELINE 0.0

/**
 * The most points that a series may have: 2^31.
 */
#define CLOUDCIRCUIT_MAX_SERIES_LEN 2147483648u

/**
 * Settings of cloudcircuit_check_anomaly_spike. 16 bytes.
 */
typedef struct {
    /**
     * The latest spend is a spike above this many times the baseline; finite and > 1.
     */
    double spike_multiplier;
    /**
     * The baseline is taken as at least this, so that pennies on top of nothing are no
     * spike; finite and >= 0, in the unit of the series.
     */
    double min_baseline;
} cloudcircuit_spike_config;

/**
 * What cloudcircuit_check_anomaly_spike found. 32 bytes.
 */
typedef struct {
    /**
     * The last point of the series, the one that was judged; -0.0 is reported as 0.
     */
    double latest_spend;
    /**
     * Mean of all points before it, without the floor.
     */
    double baseline_mean;
    /**
     * The larger of baseline_mean and min_baseline, times spike_multiplier; a product beyond
     * the largest double is reported as the largest double.
     */
    double threshold;
    /**
     * 1 when latest_spend > threshold, else 0.
     */
    uint32_t is_spike;
    /**
     * Always 0.
     */
    uint32_t reserved;
} cloudcircuit_spike_result;

/**
 * Fills in the defaults.
 *
 * config: where to write them.
 *
 * Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_spike_config_init(cloudcircuit_spike_config *config);

/**
 * Compares the latest spend of a series with the mean of all points before it, the baseline:
 * a spike is a latest spend above spike_multiplier times the baseline or its floor,
 * whichever is larger.
 *
 * baseline_mean is the exact sum of its points, rounded once to the nearest double (beyond
 * the largest double as if there were larger ones), divided by their number and rounded
 * again. It does not depend on the order of the points, equals Python's math.fsum(points) /
 * len(points) to the last bit wherever that does not overflow, and is never infinite.
 *
 * spend_series: spend in equal steps of time, oldest first, latest last; every point finite, >= 0,
 *     in one currency unit. A step without spend is a 0, not left out.
 * spend_series_len: its number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
 * config: NULL for the defaults, CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER and
 *     CLOUDCIRCUIT_DEFAULT_MIN_BASELINE.
 * result: the finding; on an error is_spike is 1 and the numbers are 0.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER      spend_series or result is NULL
 *   CLOUDCIRCUIT_ERR_SERIES_TOO_LONG   spend_series_len is above CLOUDCIRCUIT_MAX_SERIES_LEN
 *   CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT  spend_series_len is below 2
 *   CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER  spike_multiplier is not finite or not > 1
 *   CLOUDCIRCUIT_ERR_MIN_BASELINE      min_baseline is not finite or not >= 0
 *   CLOUDCIRCUIT_ERR_SPEND_SERIES      a point is not finite or not >= 0
 *
 * The rule is check_anomaly_spike of the Python package cloudcircuit 0.1.0, which lets NaN
 * through and adds as its Python version does.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_anomaly_spike(const double *spend_series,
                                                     size_t spend_series_len,
                                                     const cloudcircuit_spike_config *config,
                                                     cloudcircuit_spike_result *result);

/*
 * Circuit breaker
 * ===============
 *
 * May the operation run, after the failures seen so far?
 */

/**
 * Consecutive failures that open the breaker, when the host sets none.
 */
#define CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD 3

/**
 * What the host has counted, for cloudcircuit_evaluate_circuit_breaker. 24 bytes.
 */
typedef struct {
    /**
     * Failures since the last success; >= 0.
     */
    int64_t consecutive_failures;
    /**
     * Consecutive failures from which the breaker is open; > 0.
     */
    int64_t failure_threshold;
    /**
     * Steps (runs, minutes, billing cycles: the host's choice) until a cooldown ends; >= 0,
     * 0 when there is none.
     */
    int64_t cooldown_steps_remaining;
} cloudcircuit_breaker_counters;

/**
 * What cloudcircuit_evaluate_circuit_breaker decided. 16 bytes. Zeroed memory does not
 * allow.
 */
typedef struct {
    /**
     * The remaining cooldown when open, else 0. An open breaker without a cooldown says 0
     * too.
     */
    int64_t retry_after_steps;
    /**
     * 1 when open, else 0.
     */
    uint32_t is_open;
    /**
     * The opposite of is_open: 1 when the operation may run.
     */
    uint32_t allow_operation;
} cloudcircuit_breaker_decision;

/**
 * Fills in a closed breaker's counters: no failures, CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
 * no cooldown.
 *
 * counters: where to write them.
 *
 * Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when counters is NULL.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_breaker_counters_init(cloudcircuit_breaker_counters *counters);

/**
 * Decides from the host's own counters whether an operation may run: the breaker is open
 * when consecutive_failures >= failure_threshold or a cooldown remains.
 *
 * counters: what the host has counted; not NULL.
 * decision: the answer; on an error is_open is 1, allow_operation and retry_after_steps are 0.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER              counters or decision is NULL
 *   CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES      consecutive_failures is below 0
 *   CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD         failure_threshold is below 1
 *   CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING  cooldown_steps_remaining is below 0
 *
 * The rule is evaluate_circuit_breaker of the Python package cloudcircuit 0.1.0.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_evaluate_circuit_breaker(const cloudcircuit_breaker_counters *counters,
                                                          cloudcircuit_breaker_decision *decision);

/*
 * Guard
 * =====
 *
 * One verdict from budget, spike and breaker, by the host's policy.
 */

/**
 * Stop the operation. Zeroed memory blocks.
 */
#define CLOUDCIRCUIT_ACTION_BLOCK 0

/**
 * Let it run, but less of it.
 */
#define CLOUDCIRCUIT_ACTION_THROTTLE 1

/**
 * Let it run and tell somebody.
 */
#define CLOUDCIRCUIT_ACTION_ALERT 2

/**
 * Let it run.
 */
#define CLOUDCIRCUIT_ACTION_ALLOW 3

/**
 * The bit of the budget in cloudcircuit_guard_policy.required.
 */
#define CLOUDCIRCUIT_SIGNAL_BUDGET 1u

/**
 * The bit of the spike in cloudcircuit_guard_policy.required.
 */
#define CLOUDCIRCUIT_SIGNAL_SPIKE 2u

/**
 * The bit of the breaker in cloudcircuit_guard_policy.required.
 */
#define CLOUDCIRCUIT_SIGNAL_BREAKER 4u

/**
 * The budget's is_warning is set.
 */
#define CLOUDCIRCUIT_REASON_WARNING 1u

/**
 * The budget's is_breached is set.
 */
#define CLOUDCIRCUIT_REASON_BREACH 2u

/**
 * The spike's is_spike is set.
 */
#define CLOUDCIRCUIT_REASON_SPIKE 4u

/**
 * The breaker's is_open is set.
 */
#define CLOUDCIRCUIT_REASON_OPEN 8u

/**
 * A required signal is NULL.
 */
#define CLOUDCIRCUIT_REASON_MISSING 16u

/**
 * Which action each finding asks for: the policy of cloudcircuit_evaluate_guard. 24 bytes.
 *
 * Every on_ field holds a CLOUDCIRCUIT_ACTION constant. Zeroed memory is a policy that blocks on
 * every finding but requires no signal: without any signal it allows.
 */
typedef struct {
    /**
     * When the budget warns; default CLOUDCIRCUIT_ACTION_ALERT.
     */
    int32_t on_warning;
    /**
     * When the budget is breached; default CLOUDCIRCUIT_ACTION_BLOCK.
     */
    int32_t on_breach;
    /**
     * When the latest spend is a spike; default CLOUDCIRCUIT_ACTION_THROTTLE.
     */
    int32_t on_spike;
    /**
     * When the breaker is open; default CLOUDCIRCUIT_ACTION_BLOCK.
     */
    int32_t on_open;
    /**
     * When a required signal is NULL; default CLOUDCIRCUIT_ACTION_BLOCK.
     */
    int32_t on_missing;
    /**
     * The signals that must be there: CLOUDCIRCUIT_SIGNAL bits; default all three.
     */
    uint32_t required;
} cloudcircuit_guard_policy;

/**
 * What cloudcircuit_evaluate_guard decided. 16 bytes. Zeroed memory blocks.
 */
typedef struct {
    /**
     * The least permissive action that a finding asked for, a CLOUDCIRCUIT_ACTION constant;
     * CLOUDCIRCUIT_ACTION_ALLOW when there was no finding.
     */
    int32_t action;
    /**
     * Every finding, as CLOUDCIRCUIT_REASON bits, also those whose action is more
     * permissive; 0 when there is none.
     */
    uint32_t reasons;
    /**
     * The breaker's retry_after_steps when CLOUDCIRCUIT_REASON_OPEN is among the reasons,
     * else 0.
     */
    int64_t retry_after_steps;
} cloudcircuit_guard_decision;

/**
 * Fills in the default policy, as the struct's fields name it.
 *
 * policy: where to write it.
 *
 * Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when policy is NULL.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_guard_policy_init(cloudcircuit_guard_policy *policy);

/**
 * Turns what the safeguards found into one action: the least permissive of those that the
 * policy names for the findings, and CLOUDCIRCUIT_ACTION_ALLOW when there is none.
 *
 * A signal that is NULL is missing: a finding of its own if the policy requires it, nothing
 * otherwise. For a series still too young for a spike, pass NULL and take
 * CLOUDCIRCUIT_SIGNAL_SPIKE out of policy.required.
 *
 * Results of calls that failed are refusing ones and count as such: a failed spike call counts as
 * a spike, which the default policy throttles. Pass NULL instead where it shall count as missing.
 * Memory that no call has written is no signal: a zeroed budget or spike has no finding, a zeroed
 * breaker is an error.
 *
 * budget: a result of cloudcircuit_check_budget, or NULL.
 * spike: a result of cloudcircuit_check_anomaly_spike, or NULL.
 * breaker: a decision of cloudcircuit_evaluate_circuit_breaker, or NULL.
 * policy: NULL for the default policy.
 * decision: the verdict; on an error it blocks, without reasons.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER    decision is NULL
 *   CLOUDCIRCUIT_ERR_ON_WARNING      policy on_warning is no CLOUDCIRCUIT_ACTION constant
 *   CLOUDCIRCUIT_ERR_ON_BREACH       the same of on_breach
 *   CLOUDCIRCUIT_ERR_ON_SPIKE        the same of on_spike
 *   CLOUDCIRCUIT_ERR_ON_OPEN         the same of on_open
 *   CLOUDCIRCUIT_ERR_ON_MISSING      the same of on_missing
 *   CLOUDCIRCUIT_ERR_REQUIRED        policy required has a bit that is no CLOUDCIRCUIT_SIGNAL
 *   CLOUDCIRCUIT_ERR_BUDGET_SIGNAL   is_warning or is_breached is neither 0 nor 1
 *   CLOUDCIRCUIT_ERR_SPIKE_SIGNAL    is_spike is neither 0 nor 1
 *   CLOUDCIRCUIT_ERR_BREAKER_SIGNAL  is_open is neither 0 nor 1, allow_operation is not its
 *                                    opposite, or retry_after_steps is below 0
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_evaluate_guard(const cloudcircuit_budget_result *budget,
                                                const cloudcircuit_spike_result *spike,
                                                const cloudcircuit_breaker_decision *breaker,
                                                const cloudcircuit_guard_policy *policy,
                                                cloudcircuit_guard_decision *decision);

/*
 * Budget in exact money
 * =====================
 *
 * The budget check on integers: cents, micros or nanos, whatever unit the host counts in. The
 * library never rescales, multiplies in 128 bits and never rounds a decision.
 */

/**
 * Share of the limit at which a warning starts, in parts per million, when the host sets none.
 */
#define CLOUDCIRCUIT_DEFAULT_WARNING_PPM 900000u

/**
 * Settings of cloudcircuit_check_budget_i64. 8 bytes.
 */
typedef struct {
    /**
     * Share of the limit from which is_warning is set, in parts per million; 1 to 1000000.
     */
    uint32_t warning_ppm;
    /**
     * 0.
     */
    uint32_t reserved;
} cloudcircuit_budget_config_i64;

/**
 * What cloudcircuit_check_budget_i64 found. 40 bytes.
 */
typedef struct {
    /**
     * The amount that was checked, in the caller's minor unit.
     */
    int64_t current_spend;
    /**
     * The limit it was checked against, in the same unit.
     */
    int64_t budget_limit;
    /**
     * budget_limit - current_spend; negative when more was spent than the limit allows.
     */
    int64_t remaining_budget;
    /**
     * current_spend / budget_limit in parts per million, rounded down; UINT64_MAX when it is more
     * than that.
     */
    uint64_t usage_ppm;
    /**
     * 1 when current_spend is at least warning_ppm millionths of budget_limit, else 0.
     */
    uint32_t is_warning;
    /**
     * 1 when current_spend >= budget_limit, else 0. The host must not spend more.
     */
    uint32_t is_breached;
} cloudcircuit_budget_result_i64;

/**
 * Fills in the defaults.
 *
 * config: where to write them.
 *
 * Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_budget_config_i64_init(cloudcircuit_budget_config_i64 *config);

/**
 * Checks a spend against a budget, as cloudcircuit_check_budget, in exact integers.
 *
 * current_spend: what has been spent so far; >= 0, in the caller's minor unit.
 * budget_limit: what may be spent; > 0, in the same unit.
 * config: NULL for the default, a warning_ppm of CLOUDCIRCUIT_DEFAULT_WARNING_PPM.
 * result: the finding; on an error is_warning and is_breached are 1 and the numbers 0.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER   result is NULL
 *   CLOUDCIRCUIT_ERR_BUDGET_LIMIT   budget_limit is not > 0
 *   CLOUDCIRCUIT_ERR_WARNING_PPM    warning_ppm is not in 1 to 1000000
 *   CLOUDCIRCUIT_ERR_RESERVED       config reserved is not 0
 *   CLOUDCIRCUIT_ERR_CURRENT_SPEND  current_spend is not >= 0
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_budget_i64(int64_t current_spend,
                                                  int64_t budget_limit,
                                                  const cloudcircuit_budget_config_i64 *config,
                                                  cloudcircuit_budget_result_i64 *result);

/*
 * Spike in exact money
 * ====================
 *
 * The spike check on integers.
 */

/**
 * How many millionths of the baseline the latest spend must exceed to be a spike, when the host
 * sets none.
 */
#define CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM 1500000u

/**
 * Settings of cloudcircuit_check_anomaly_spike_i64. 16 bytes.
 */
typedef struct {
    /**
     * The latest spend is a spike above this many millionths of the baseline; > 1000000.
     */
    uint32_t spike_multiplier_ppm;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * The baseline is taken as at least this; >= 0, in the unit of the series; default 0.
     */
    int64_t min_baseline;
} cloudcircuit_spike_config_i64;

/**
 * What cloudcircuit_check_anomaly_spike_i64 found. 32 bytes.
 */
typedef struct {
    /**
     * The last point of the series, the one that was judged.
     */
    int64_t latest_spend;
    /**
     * Mean of all points before it, without the floor, rounded down.
     */
    int64_t baseline_mean;
    /**
     * The larger of the unrounded mean and min_baseline, times spike_multiplier_ppm millionths,
     * rounded down; INT64_MAX when it is more than that. An integer spend is above the unrounded
     * threshold exactly when it is above this one.
     */
    int64_t threshold;
    /**
     * 1 when latest_spend is above the unrounded threshold, else 0.
     */
    uint32_t is_spike;
    /**
     * Always 0.
     */
    uint32_t reserved;
} cloudcircuit_spike_result_i64;

/**
 * Fills in the defaults.
 *
 * config: where to write them.
 *
 * Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_spike_config_i64_init(cloudcircuit_spike_config_i64 *config);

/**
 * Compares the latest spend of a series with the mean of all points before it, as
 * cloudcircuit_check_anomaly_spike, in exact integers: sums and products that nothing rounds.
 *
 * spend_series: spend in equal steps of time, oldest first, latest last; every point >= 0, in one
 *     minor unit. A step without spend is a 0, not left out.
 * spend_series_len: its number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
 * config: NULL for the defaults, CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM and a floor of 0.
 * result: the finding; on an error is_spike is 1 and the numbers are 0.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER          spend_series or result is NULL
 *   CLOUDCIRCUIT_ERR_SERIES_TOO_LONG       spend_series_len is above CLOUDCIRCUIT_MAX_SERIES_LEN
 *   CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT      spend_series_len is below 2
 *   CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM  spike_multiplier_ppm is not > 1000000
 *   CLOUDCIRCUIT_ERR_RESERVED              config reserved is not 0
 *   CLOUDCIRCUIT_ERR_MIN_BASELINE          min_baseline is not >= 0
 *   CLOUDCIRCUIT_ERR_SPEND_SERIES          a point is not >= 0
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_anomaly_spike_i64(const int64_t *spend_series,
                                                         size_t spend_series_len,
                                                         const cloudcircuit_spike_config_i64 *config,
                                                         cloudcircuit_spike_result_i64 *result);

/*
 * Money
 * =====
 *
 * Between doubles and exact integer minor units: 19.99 at scale 2 is 1999.
 */

/**
 * The most decimal places that a scale may have.
 */
#define CLOUDCIRCUIT_MAX_MONEY_SCALE 9u

/**
 * Turns an amount into minor units: the integer nearest to amount times 10^scale (ties to even),
 * if cloudcircuit_money_to_double reads it back as the same amount. Up to 15 digits no other
 * integer does; beyond, several may share one double.
 *
 * amount: finite; negative for credits.
 * scale: decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE: 2 for cents.
 * minor: the minor units; 0 on an error.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER      minor is NULL
 *   CLOUDCIRCUIT_ERR_SCALE             scale is above CLOUDCIRCUIT_MAX_MONEY_SCALE
 *   CLOUDCIRCUIT_ERR_AMOUNT            amount is not finite
 *   CLOUDCIRCUIT_ERR_AMOUNT_RANGE      the minor units do not fit into int64_t
 *   CLOUDCIRCUIT_ERR_AMOUNT_PRECISION  amount has more decimal places than scale
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_money_from_double(double amount, uint32_t scale, int64_t *minor);

/**
 * Turns minor units into the double nearest to minor / 10^scale.
 *
 * minor: any number of minor units.
 * scale: decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE.
 * amount: the amount; 0 on an error.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER  amount is NULL
 *   CLOUDCIRCUIT_ERR_SCALE         scale is above CLOUDCIRCUIT_MAX_MONEY_SCALE
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_money_to_double(int64_t minor, uint32_t scale, double *amount);

/*
 * Flags
 * =====
 *
 * Decisions as bits in the return value, for hosts where filling in a struct costs more than the
 * decision (Ruby, Python, Lua, Node), and for columns. Settings come as arguments; inputs that
 * break a rule answer CLOUDCIRCUIT_FLAG_INVALID together with the refusing bits.
 */

/**
 * The budget's is_warning.
 */
#define CLOUDCIRCUIT_FLAG_WARNING 1u

/**
 * The budget's is_breached.
 */
#define CLOUDCIRCUIT_FLAG_BREACHED 2u

/**
 * The spike's is_spike.
 */
#define CLOUDCIRCUIT_FLAG_SPIKE 4u

/**
 * The breaker's is_open.
 */
#define CLOUDCIRCUIT_FLAG_OPEN 8u

/**
 * There are too few points to judge.
 */
#define CLOUDCIRCUIT_FLAG_INSUFFICIENT 64u

/**
 * The inputs broke a rule; the refusing bits are set as well.
 */
#define CLOUDCIRCUIT_FLAG_INVALID 128u

/**
 * cloudcircuit_check_budget as bits.
 *
 * current_spend, budget_limit, warning_ratio: as there; a warning_ratio must be given.
 *
 * Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply; both with
 * CLOUDCIRCUIT_FLAG_INVALID on any error.
 *
 * Since 0.1.0.
 */
uint32_t cloudcircuit_budget_flags(double current_spend, double budget_limit, double warning_ratio);

/**
 * cloudcircuit_check_budget_i64 as bits.
 *
 * current_spend, budget_limit, warning_ppm: as there; a warning_ppm must be given.
 *
 * Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply; both with
 * CLOUDCIRCUIT_FLAG_INVALID on any error.
 *
 * Since 0.1.0.
 */
uint32_t cloudcircuit_budget_flags_i64(int64_t current_spend,
                                       int64_t budget_limit,
                                       uint32_t warning_ppm);

/**
 * cloudcircuit_check_anomaly_spike as bits.
 *
 * series: spend_series there; not NULL.
 * len: spend_series_len there.
 * spike_multiplier, min_baseline: as there; both must be given.
 *
 * Returns CLOUDCIRCUIT_FLAG_SPIKE or 0; CLOUDCIRCUIT_FLAG_SPIKE with CLOUDCIRCUIT_FLAG_INVALID on
 * any error.
 *
 * Since 0.1.0.
 */
uint32_t cloudcircuit_spike_flags(const double *series,
                                  size_t len,
                                  double spike_multiplier,
                                  double min_baseline);

/**
 * cloudcircuit_evaluate_circuit_breaker as bits.
 *
 * consecutive_failures, failure_threshold, cooldown_steps_remaining: as in
 *     cloudcircuit_breaker_counters.
 *
 * Returns CLOUDCIRCUIT_FLAG_OPEN or 0; CLOUDCIRCUIT_FLAG_OPEN with CLOUDCIRCUIT_FLAG_INVALID on
 * any error.
 *
 * Since 0.1.0.
 */
uint32_t cloudcircuit_breaker_flags(int64_t consecutive_failures,
                                    int64_t failure_threshold,
                                    int64_t cooldown_steps_remaining);

/*
 * Columns
 * =======
 *
 * Whole fleets in one call, in Arrow's buffer layout, so that Arrow, NumPy, Go slices and SQL
 * engines pass their buffers as they are. Each row gets the bits that the call for one answers.
 *
 * Rows. A bad row does not spoil the batch: its flags hold CLOUDCIRCUIT_FLAG_INVALID and the
 * refusing bits, its number is 0, it is counted in invalid_rows, and the call returns
 * CLOUDCIRCUIT_ERR_INVALID_ROWS once all other rows are decided. On any other error every row is
 * refused that way.
 *
 * Buffers. They need no alignment. NULL stands for an output that is not wanted, except for
 * flags, and with 0 rows for any buffer. A column of numbers that is written may be one of those
 * that are read, row on row; other overlaps are an error.
 *
 * Missing values. The _nullable functions take a validity bitmap for each column: bit i % 8 of
 * byte i / 8 tells whether row i - validity_offset has a value. A row with a missing value is
 * invalid, whatever its buffer holds. A NULL bitmap means that nothing is missing.
 */

/*
 * Columns of budgets
 * ==================
 *
 * Many budgets in one call; how columns work is told above.
 */

/**
 * Checks many budgets at once, as cloudcircuit_check_budget does each.
 *
 * current_spend, budget_limit: columns of len amounts.
 * len: number of rows, from 0.
 * config: one for all rows; NULL for the defaults.
 * flags: a byte of CLOUDCIRCUIT_FLAG bits for each row.
 * usage_ratio: a double for each row, or NULL.
 * invalid_rows: how many rows are invalid, or NULL.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER   current_spend, budget_limit or flags is NULL
 *   CLOUDCIRCUIT_ERR_TOO_MANY_ROWS  no memory can hold columns of len rows; flags and
 *                                   usage_ratio are then left alone
 *   CLOUDCIRCUIT_ERR_OVERLAP        outputs overlap each other or an input, see above
 *   CLOUDCIRCUIT_ERR_WARNING_RATIO  warning_ratio is not in (0, 1]
 *   CLOUDCIRCUIT_ERR_INVALID_ROWS   rows break a rule, the others are decided
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_budget_columns(const double *current_spend,
                                                      const double *budget_limit,
                                                      size_t len,
                                                      const cloudcircuit_budget_config *config,
                                                      uint8_t *flags,
                                                      double *usage_ratio,
                                                      size_t *invalid_rows);

/**
 * cloudcircuit_check_budget_columns for columns with missing values.
 *
 * current_spend_validity, budget_limit_validity: a validity bitmap for each column, or NULL.
 * current_spend_validity_offset, budget_limit_validity_offset: the bit of its first row.
 *
 * All else as there. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_budget_columns_nullable(const double *current_spend,
                                                               const uint8_t *current_spend_validity,
                                                               size_t current_spend_validity_offset,
                                                               const double *budget_limit,
                                                               const uint8_t *budget_limit_validity,
                                                               size_t budget_limit_validity_offset,
                                                               size_t len,
                                                               const cloudcircuit_budget_config *config,
                                                               uint8_t *flags,
                                                               double *usage_ratio,
                                                               size_t *invalid_rows);

/**
 * Checks many budgets at once, as cloudcircuit_check_budget_i64 does each.
 *
 * current_spend, budget_limit: columns of len amounts in minor units.
 * len: number of rows, from 0.
 * config: one for all rows; NULL for the defaults.
 * flags: a byte of CLOUDCIRCUIT_FLAG bits for each row.
 * usage_ppm: a uint64_t for each row, or NULL.
 * invalid_rows: how many rows are invalid, or NULL.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER   current_spend, budget_limit or flags is NULL
 *   CLOUDCIRCUIT_ERR_TOO_MANY_ROWS  no memory can hold columns of len rows; flags and
 *                                   usage_ppm are then left alone
 *   CLOUDCIRCUIT_ERR_OVERLAP        outputs overlap each other or an input, see above
 *   CLOUDCIRCUIT_ERR_WARNING_PPM    warning_ppm is not in 1 to 1000000
 *   CLOUDCIRCUIT_ERR_RESERVED       config reserved is not 0
 *   CLOUDCIRCUIT_ERR_INVALID_ROWS   rows break a rule, the others are decided
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_budget_columns_i64(const int64_t *current_spend,
                                                          const int64_t *budget_limit,
                                                          size_t len,
                                                          const cloudcircuit_budget_config_i64 *config,
                                                          uint8_t *flags,
                                                          uint64_t *usage_ppm,
                                                          size_t *invalid_rows);

/**
 * cloudcircuit_check_budget_columns_i64 for columns with missing values.
 *
 * current_spend_validity, budget_limit_validity: a validity bitmap for each column, or NULL.
 * current_spend_validity_offset, budget_limit_validity_offset: the bit of its first row.
 *
 * All else as there. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_budget_columns_i64_nullable(const int64_t *current_spend,
                                                                   const uint8_t *current_spend_validity,
                                                                   size_t current_spend_validity_offset,
                                                                   const int64_t *budget_limit,
                                                                   const uint8_t *budget_limit_validity,
                                                                   size_t budget_limit_validity_offset,
                                                                   size_t len,
                                                                   const cloudcircuit_budget_config_i64 *config,
                                                                   uint8_t *flags,
                                                                   uint64_t *usage_ppm,
                                                                   size_t *invalid_rows);

/*
 * Columns of series
 * =================
 *
 * Many series in one call; how columns work is told above.
 */

/**
 * Checks many series at once, as cloudcircuit_check_anomaly_spike does each.
 *
 * spend: the points of all series, end to end.
 * spend_len: how many points there are.
 * offsets: rows + 1 positions in spend: series i lies from offsets[i] to before offsets[i + 1].
 *     They must not decrease. The first need not be 0, the last need not be spend_len.
 * rows: number of series, from 0.
 * config: one for all series; NULL for the defaults.
 * flags: a byte for each series: CLOUDCIRCUIT_FLAG_SPIKE or 0.
 * threshold: a double for each series, or NULL.
 * invalid_rows: how many series are invalid (shorter than 2 points too), or NULL.
 *
 * Returns CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER      offsets or flags is NULL, or spend is with a spend_len
 *                                      above 0
 *   CLOUDCIRCUIT_ERR_TOO_MANY_ROWS     no memory can hold columns of that many rows or points;
 *                                      if it is the rows, flags and threshold are left alone
 *   CLOUDCIRCUIT_ERR_OVERLAP           outputs overlap each other or an input
 *   CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER  spike_multiplier is not finite or not > 1
 *   CLOUDCIRCUIT_ERR_MIN_BASELINE      min_baseline is not finite or not >= 0
 *   CLOUDCIRCUIT_ERR_OFFSETS           offsets decrease, or one is not within 0 to spend_len;
 *                                      nothing is read outside of spend
 *   CLOUDCIRCUIT_ERR_INVALID_ROWS      series break a rule, the others are decided
 *
 * Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_anomaly_spike_columns(const double *spend,
                                                             size_t spend_len,
                                                             const int64_t *offsets,
                                                             size_t rows,
                                                             const cloudcircuit_spike_config *config,
                                                             uint8_t *flags,
                                                             double *threshold,
                                                             size_t *invalid_rows);

/**
 * cloudcircuit_check_anomaly_spike_columns for columns with missing series or points. A series
 * with a missing point is invalid.
 *
 * spend_validity: a validity bitmap for the points, or NULL.
 * spend_validity_offset: the bit of the point at spend.
 * series_validity: a validity bitmap for the series, or NULL.
 * series_validity_offset: the bit of the first series.
 *
 * All else as there. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_check_anomaly_spike_columns_nullable(const double *spend,
                                                                      const uint8_t *spend_validity,
                                                                      size_t spend_validity_offset,
                                                                      size_t spend_len,
                                                                      const int64_t *offsets,
                                                                      const uint8_t *series_validity,
                                                                      size_t series_validity_offset,
                                                                      size_t rows,
                                                                      const cloudcircuit_spike_config *config,
                                                                      uint8_t *flags,
                                                                      double *threshold,
                                                                      size_t *invalid_rows);

/*
 * Record
 * ======
 *
 * The audit line: a result as one JSON object without a newline, its fields named as in the
 * struct (reserved ones left out), flags as true or false. Numbers are the shortest that read
 * back to the same bits; JavaScript's JSON.parse rounds integers beyond 2^53.
 *
 * All of these functions alike: buffer receives the line and a NUL, capacity is its size in
 * bytes, and length, which may be NULL, the line's length without the NUL, also when the buffer
 * was too small. CLOUDCIRCUIT_RECORD_CAPACITY is enough for any record of this version. On an
 * error the buffer receives nothing but a NUL, if there is room for one; unless the buffer was
 * too small, length is then 0. A capacity of 0 with a NULL buffer asks for the length.
 *
 * They return CLOUDCIRCUIT_OK, or the first of these that applies:
 *   CLOUDCIRCUIT_ERR_NULL_POINTER      result is NULL, or buffer is with a capacity above 0
 *   CLOUDCIRCUIT_ERR_RECORD_FIELD      a number is not finite, or a flag is neither 0 nor 1
 *   CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL  capacity is not above the line's length
 */

/**
 * Bytes that are enough for any record of this version and its NUL.
 */
#define CLOUDCIRCUIT_RECORD_CAPACITY 512

/**
 * Writes a cloudcircuit_budget_result. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_write_budget_result_json(const cloudcircuit_budget_result *result,
                                                          char *buffer,
                                                          size_t capacity,
                                                          size_t *length);

/**
 * Writes a cloudcircuit_spike_result. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_write_spike_result_json(const cloudcircuit_spike_result *result,
                                                         char *buffer,
                                                         size_t capacity,
                                                         size_t *length);

/**
 * Writes a cloudcircuit_breaker_decision. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_write_breaker_decision_json(const cloudcircuit_breaker_decision *decision,
                                                             char *buffer,
                                                             size_t capacity,
                                                             size_t *length);

/**
 * Writes a cloudcircuit_guard_decision; action and reasons as their numbers. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_write_guard_decision_json(const cloudcircuit_guard_decision *decision,
                                                           char *buffer,
                                                           size_t capacity,
                                                           size_t *length);

/**
 * Writes a cloudcircuit_budget_result_i64. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_write_budget_result_i64_json(const cloudcircuit_budget_result_i64 *result,
                                                              char *buffer,
                                                              size_t capacity,
                                                              size_t *length);

/**
 * Writes a cloudcircuit_spike_result_i64. Since 0.1.0.
 */
cloudcircuit_status cloudcircuit_write_spike_result_i64_json(const cloudcircuit_spike_result_i64 *result,
                                                             char *buffer,
                                                             size_t capacity,
                                                             size_t *length);

#ifdef __cplusplus
}
#endif

#endif /* CLOUDCIRCUIT_H */
