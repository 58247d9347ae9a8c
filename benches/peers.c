/* The peers that run.py measures the library against: the same calls as a C programmer would write
 * them, with the same arguments, checks, results and statuses, for the same compilers to do their
 * best with. Of several ways to write a loop, the one that measured fastest stands here. Names are
 * those of the library with another prefix, so that one program drives both.
 */
#include <cloudcircuit.h>
#include <float.h>

#define REFUSED (CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_WARNING)
#define MILLION 1000000u
#define ALWAYS_INLINE static inline __attribute__((always_inline))

static int is_amount(double value)
{
    return value >= 0 && value <= DBL_MAX;
}

/* Scalar calls */

int32_t c_check_budget(double spend, double limit, const cloudcircuit_budget_config *config,
                       cloudcircuit_budget_result *result)
{
    static const cloudcircuit_budget_result refused = {0, 0, 0, 0, 1, 1};
    double warning_ratio = config ? config->warning_ratio : CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;
    double usage;

    if (!result)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (!(limit > 0 && limit <= DBL_MAX)) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_BUDGET_LIMIT;
    }
    if (!(warning_ratio > 0 && warning_ratio <= 1)) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_WARNING_RATIO;
    }
    if (!is_amount(spend)) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_CURRENT_SPEND;
    }
    spend += 0.0; /* -0.0 becomes 0.0 */
    usage = spend / limit;
    result->current_spend = spend;
    result->budget_limit = limit;
    result->usage_ratio = usage < DBL_MAX ? usage : DBL_MAX;
    result->remaining_budget = limit - spend;
    result->is_warning = usage >= warning_ratio;
    result->is_breached = spend >= limit;
    return CLOUDCIRCUIT_OK;
}

int32_t c_check_budget_i64(int64_t spend, int64_t limit,
                           const cloudcircuit_budget_config_i64 *config,
                           cloudcircuit_budget_result_i64 *result)
{
    static const cloudcircuit_budget_result_i64 refused = {0, 0, 0, 0, 1, 1};
    uint32_t ppm = config ? config->warning_ppm : CLOUDCIRCUIT_DEFAULT_WARNING_PPM;
    unsigned __int128 millionths, usage;

    if (!result)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (limit <= 0) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_BUDGET_LIMIT;
    }
    if (ppm < 1 || ppm > MILLION) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_WARNING_PPM;
    }
    if (config && config->reserved) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_RESERVED;
    }
    if (spend < 0) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_CURRENT_SPEND;
    }
    millionths = (unsigned __int128)spend * MILLION;
    usage = millionths >> 64 ? millionths / (uint64_t)limit
                             : (uint64_t)millionths / (uint64_t)limit;
    result->current_spend = spend;
    result->budget_limit = limit;
    result->remaining_budget = limit - spend;
    result->usage_ppm = usage >> 64 ? UINT64_MAX : (uint64_t)usage;
    result->is_warning = millionths >= (unsigned __int128)limit * ppm;
    result->is_breached = spend >= limit;
    return CLOUDCIRCUIT_OK;
}

int32_t c_evaluate_circuit_breaker(const cloudcircuit_breaker_counters *counters,
                                   cloudcircuit_breaker_decision *decision)
{
    static const cloudcircuit_breaker_decision refused = {0, 1, 0};
    int64_t failures, threshold, cooldown;

    if (!decision)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (!counters) {
        *decision = refused;
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    }
    failures = counters->consecutive_failures;
    threshold = counters->failure_threshold;
    cooldown = counters->cooldown_steps_remaining;
    if (failures < 0) {
        *decision = refused;
        return CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES;
    }
    if (threshold <= 0) {
        *decision = refused;
        return CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD;
    }
    if (cooldown < 0) {
        *decision = refused;
        return CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING;
    }
    decision->retry_after_steps = cooldown;
    decision->is_open = failures >= threshold || cooldown > 0;
    decision->allow_operation = !decision->is_open;
    return CLOUDCIRCUIT_OK;
}

uint32_t c_budget_flags(double spend, double limit, double warning_ratio)
{
    if (!(warning_ratio > 0 && warning_ratio <= 1 && limit > 0 && limit <= DBL_MAX) ||
        !is_amount(spend))
        return REFUSED;
    return (spend / limit >= warning_ratio ? CLOUDCIRCUIT_FLAG_WARNING : 0) |
           (spend >= limit ? CLOUDCIRCUIT_FLAG_BREACHED : 0);
}

uint32_t c_budget_flags_i64(int64_t spend, int64_t limit, uint32_t ppm)
{
    if (ppm < 1 || ppm > MILLION || limit <= 0 || spend < 0)
        return REFUSED;
    return ((__int128)spend * MILLION >= (__int128)limit * ppm ? CLOUDCIRCUIT_FLAG_WARNING : 0) |
           (spend >= limit ? CLOUDCIRCUIT_FLAG_BREACHED : 0);
}

uint32_t c_breaker_flags(int64_t failures, int64_t threshold, int64_t cooldown)
{
    if (failures < 0 || threshold <= 0 || cooldown < 0)
        return CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_OPEN;
    return failures >= threshold || cooldown > 0 ? CLOUDCIRCUIT_FLAG_OPEN : 0;
}

/* Columns of budgets */

ALWAYS_INLINE size_t budget_rows(const double *restrict spends, const double *restrict limits,
                                 size_t len, double warning_ratio, uint8_t *restrict flags,
                                 double *restrict usages)
{
    uint64_t invalid = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        double spend = spends[i], limit = limits[i], usage = spend / limit + 0.0;
        int is_valid = (limit > 0) & (limit <= DBL_MAX) & (spend >= 0) & (spend <= DBL_MAX);
        uint64_t warning = usage >= warning_ratio ? CLOUDCIRCUIT_FLAG_WARNING : 0;
        uint64_t breached = spend >= limit ? CLOUDCIRCUIT_FLAG_BREACHED : 0;
        uint64_t found = is_valid ? warning | breached : REFUSED;

        flags[i] = (uint8_t)found;
        invalid += found / CLOUDCIRCUIT_FLAG_INVALID;
        if (usages) {
            usage = usage < DBL_MAX ? usage : DBL_MAX;
            usages[i] = is_valid ? usage : 0.0;
        }
    }
    return invalid;
}

int32_t c_check_budget_columns(const double *spends, const double *limits, size_t len,
                               const cloudcircuit_budget_config *config, uint8_t *flags,
                               double *usages, size_t *invalid_rows)
{
    double ratio = config ? config->warning_ratio : CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;
    size_t invalid;

    if (!spends || !limits || !flags)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (!(ratio > 0 && ratio <= 1))
        return CLOUDCIRCUIT_ERR_WARNING_RATIO;
    invalid = usages ? budget_rows(spends, limits, len, ratio, flags, usages)
                     : budget_rows(spends, limits, len, ratio, flags, NULL);
    if (invalid_rows)
        *invalid_rows = invalid;
    return invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK;
}

static int has(const uint8_t *bits, size_t bit)
{
    return bits[bit / 8] >> bit % 8 & 1;
}

int32_t c_check_budget_columns_nullable(const double *spends, const uint8_t *spend_bits,
                                        size_t spend_bit, const double *limits,
                                        const uint8_t *limit_bits, size_t limit_bit, size_t len,
                                        const cloudcircuit_budget_config *config, uint8_t *flags,
                                        double *usages, size_t *invalid_rows)
{
    double ratio = config ? config->warning_ratio : CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;
    size_t invalid, i;

    if (!spends || !limits || !flags)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (!(ratio > 0 && ratio <= 1))
        return CLOUDCIRCUIT_ERR_WARNING_RATIO;
    invalid = usages ? budget_rows(spends, limits, len, ratio, flags, usages)
                     : budget_rows(spends, limits, len, ratio, flags, NULL);
    for (i = 0; i < len; i++)
        if ((spend_bits && !has(spend_bits, spend_bit + i)) ||
            (limit_bits && !has(limit_bits, limit_bit + i))) {
            invalid += flags[i] != REFUSED;
            flags[i] = REFUSED;
            if (usages)
                usages[i] = 0;
        }
    if (invalid_rows)
        *invalid_rows = invalid;
    return invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK;
}

ALWAYS_INLINE size_t budget_rows_i64(const int64_t *restrict spends, const int64_t *restrict limits,
                                     size_t len, uint32_t ppm, uint8_t *restrict flags,
                                     uint64_t *restrict usages)
{
    size_t invalid = 0, i;

    for (i = 0; i < len; i++) {
        int64_t spend = spends[i], limit = limits[i];
        int is_valid = (limit > 0) & (spend >= 0);
        unsigned __int128 millionths = (unsigned __int128)(uint64_t)spend * MILLION;
        int is_warning = millionths >= (unsigned __int128)(uint64_t)limit * ppm;

        flags[i] = is_valid ? (uint8_t)(is_warning | (spend >= limit) << 1) : REFUSED;
        invalid += !is_valid;
        if (usages) {
            uint64_t divisor = is_valid ? (uint64_t)limit : 1, usage;
            if (millionths >> 64) {
                unsigned __int128 wide = millionths / divisor;
                usage = wide >> 64 ? UINT64_MAX : (uint64_t)wide;
            } else {
                usage = (uint64_t)millionths / divisor;
            }
            usages[i] = is_valid ? usage : 0;
        }
    }
    return invalid;
}

int32_t c_check_budget_columns_i64(const int64_t *spends, const int64_t *limits, size_t len,
                                   const cloudcircuit_budget_config_i64 *config, uint8_t *flags,
                                   uint64_t *usages, size_t *invalid_rows)
{
    uint32_t ppm = config ? config->warning_ppm : CLOUDCIRCUIT_DEFAULT_WARNING_PPM;
    size_t invalid;

    if (!spends || !limits || !flags)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (ppm < 1 || ppm > MILLION)
        return CLOUDCIRCUIT_ERR_WARNING_PPM;
    if (config && config->reserved)
        return CLOUDCIRCUIT_ERR_RESERVED;
    invalid = usages ? budget_rows_i64(spends, limits, len, ppm, flags, usages)
                     : budget_rows_i64(spends, limits, len, ppm, flags, NULL);
    if (invalid_rows)
        *invalid_rows = invalid;
    return invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK;
}

/* Series: four ways to add up. Each returns a sum, and tells whether all points are amounts. */

typedef double adder(const double *points, size_t len, int *are_amounts);

/* One running sum. Each addition waits for the last one, so checking costs nothing. */
ALWAYS_INLINE double plain_sum(const double *points, size_t len, int *are_amounts)
{
    double sum = 0;
    int good = 1;
    size_t i;

    for (i = 0; i < len; i++) {
        good &= (points[i] >= 0) & (points[i] <= DBL_MAX);
        sum += points[i];
    }
    *are_amounts = good;
    return sum;
}

/* As usually written: first all points are checked, then they are added up. */
ALWAYS_INLINE double two_passes(const double *points, size_t len, int *are_amounts)
{
    double sum = 0;
    size_t i;

    *are_amounts = 0;
    for (i = 0; i < len; i++)
        if (!is_amount(points[i]))
            return 0;
    for (i = 0; i < len; i++)
        sum += points[i];
    *are_amounts = 1;
    return sum;
}

/* Eight running sums for the compiler to make vectors of: fast, and no more exact. NaN and infinity
 * stay in the sums. */
ALWAYS_INLINE double lanes_sum(const double *points, size_t len, int *are_amounts)
{
    double sums[8] = {0}, least[8] = {0}, sum = 0, lowest = 0;
    size_t i, lane;

    for (i = 0; i + 8 <= len; i += 8)
        for (lane = 0; lane < 8; lane++) {
            double point = points[i + lane];
            sums[lane] += point;
            least[lane] = point < least[lane] ? point : least[lane];
        }
    for (lane = 0; i < len; i++, lane++) {
        sums[lane] += points[i];
        least[lane] = points[i] < least[lane] ? points[i] : least[lane];
    }
    for (lane = 0; lane < 8; lane++) {
        sum += sums[lane];
        lowest = least[lane] < lowest ? least[lane] : lowest;
    }
    *are_amounts = lowest >= 0 && sum <= DBL_MAX;
    if (lowest >= 0 && !*are_amounts) /* an overflow is no fault of a point */
        plain_sum(points, len, are_amounts);
    return sum;
}

/* Neumaier's compensated sum, for who wants the cents right. */
ALWAYS_INLINE double neumaier_sum(const double *points, size_t len, int *are_amounts)
{
    double sum = 0, error = 0;
    int good = 1;
    size_t i;

    for (i = 0; i < len; i++) {
        double point = points[i], next = sum + point;
        double larger = sum > point ? sum : point, smaller = sum > point ? point : sum;
        good &= (point >= 0) & (point <= DBL_MAX);
        error += larger - next + smaller;
        sum = next;
    }
    *are_amounts = good;
    return sum + error;
}

ALWAYS_INLINE int32_t check_spike(const double *series, size_t len,
                                  const cloudcircuit_spike_config *config,
                                  cloudcircuit_spike_result *result, adder add_up)
{
    static const cloudcircuit_spike_result refused = {0, 0, 0, 1, 0};
    double multiplier = config ? config->spike_multiplier : CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER;
    double floor = config ? config->min_baseline : CLOUDCIRCUIT_DEFAULT_MIN_BASELINE;
    double latest, mean, threshold;
    int are_amounts, status = CLOUDCIRCUIT_OK;

    if (!result)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    if (!series)
        status = CLOUDCIRCUIT_ERR_NULL_POINTER;
    else if (len > CLOUDCIRCUIT_MAX_SERIES_LEN)
        status = CLOUDCIRCUIT_ERR_SERIES_TOO_LONG;
    else if (len < 2)
        status = CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT;
    else if (!(multiplier > 1 && multiplier <= DBL_MAX))
        status = CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER;
    else if (!is_amount(floor))
        status = CLOUDCIRCUIT_ERR_MIN_BASELINE;
    else if (!is_amount(series[len - 1]))
        status = CLOUDCIRCUIT_ERR_SPEND_SERIES;
    if (status) {
        *result = refused;
        return status;
    }
    latest = series[len - 1] + 0.0;
    mean = add_up(series, len - 1, &are_amounts) / (double)(len - 1);
    if (!are_amounts) {
        *result = refused;
        return CLOUDCIRCUIT_ERR_SPEND_SERIES;
    }
    threshold = (mean > floor ? mean : floor + 0.0) * multiplier;
    result->latest_spend = latest;
    result->baseline_mean = mean;
    result->threshold = threshold < DBL_MAX ? threshold : DBL_MAX;
    result->is_spike = latest > threshold;
    result->points_used = (uint32_t)(len - 1);
    return CLOUDCIRCUIT_OK;
}

ALWAYS_INLINE int32_t check_spike_columns(const double *spend, size_t spend_len,
                                          const int64_t *offsets, size_t rows,
                                          const cloudcircuit_spike_config *config, uint8_t *flags,
                                          double *thresholds, size_t *invalid_rows, adder add_up)
{
    size_t invalid = 0, row;

    if (!spend || !offsets || !flags)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    for (row = 0; row < rows; row++)
        if (offsets[row] < 0 || offsets[row] > offsets[row + 1])
            return CLOUDCIRCUIT_ERR_OFFSETS;
    if (offsets[rows] > (int64_t)spend_len)
        return CLOUDCIRCUIT_ERR_OFFSETS;
    for (row = 0; row < rows; row++) {
        cloudcircuit_spike_result result;
        size_t len = (size_t)(offsets[row + 1] - offsets[row]);
        int is_invalid = check_spike(spend + offsets[row], len, config, &result, add_up) != 0;

        flags[row] = (uint8_t)(result.is_spike * CLOUDCIRCUIT_FLAG_SPIKE);
        if (is_invalid)
            flags[row] |= CLOUDCIRCUIT_FLAG_INVALID;
        if (thresholds)
            thresholds[row] = result.threshold;
        invalid += is_invalid;
    }
    if (invalid_rows)
        *invalid_rows = invalid;
    return invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK;
}

#define SPIKE_CALLS(prefix, add_up)                                                                \
    int32_t prefix##_check_anomaly_spike(const double *series, size_t len,                         \
                                         const cloudcircuit_spike_config *config,                  \
                                         cloudcircuit_spike_result *result)                        \
    {                                                                                              \
        return check_spike(series, len, config, result, add_up);                                   \
    }                                                                                              \
    uint32_t prefix##_spike_flags(const double *series, size_t len, double multiplier,             \
                                  double floor)                                                    \
    {                                                                                              \
        cloudcircuit_spike_config config;                                                          \
        cloudcircuit_spike_result result;                                                          \
        config.spike_multiplier = multiplier;                                                      \
        config.min_baseline = floor;                                                               \
        return check_spike(series, len, &config, &result, add_up)                                  \
                   ? CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_SPIKE                           \
                   : result.is_spike * CLOUDCIRCUIT_FLAG_SPIKE;                                    \
    }                                                                                              \
    int32_t prefix##_check_anomaly_spike_columns(                                                  \
        const double *spend, size_t spend_len, const int64_t *offsets, size_t rows,                \
        const cloudcircuit_spike_config *config, uint8_t *flags, double *thresholds,               \
        size_t *invalid_rows)                                                                      \
    {                                                                                              \
        return check_spike_columns(spend, spend_len, offsets, rows, config, flags, thresholds,     \
                                   invalid_rows, add_up);                                          \
    }

SPIKE_CALLS(c, plain_sum)
SPIKE_CALLS(two, two_passes)
SPIKE_CALLS(lanes, lanes_sum)
SPIKE_CALLS(neumaier, neumaier_sum)

/* The machine's limit: every byte read once. */
uint64_t c_read(const uint64_t *words, size_t len)
{
    uint64_t sum = 0;
    size_t i;

    for (i = 0; i < len; i++)
        sum += words[i];
    return sum;
}
