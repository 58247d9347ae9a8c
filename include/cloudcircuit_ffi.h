/* libcloudcircuit for hosts without a preprocessor: LuaJIT's ffi.cdef, PHP's FFI::cdef, Python's cffi.
   Constants are those that an int holds; cloudcircuit.json has the others, cloudcircuit.h what everything means. */

enum {
    CLOUDCIRCUIT_VERSION_MAJOR = 0,
    CLOUDCIRCUIT_VERSION_MINOR = 2,
    CLOUDCIRCUIT_VERSION_PATCH = 0,
    CLOUDCIRCUIT_ABI_VERSION = 0,
    CLOUDCIRCUIT_OK = 0,
    CLOUDCIRCUIT_MODE_ENFORCE = 0,
    CLOUDCIRCUIT_MODE_MONITOR = 1,
    CLOUDCIRCUIT_MODE_UNLIMITED = 2,
    CLOUDCIRCUIT_FLAG_WARNING = 1,
    CLOUDCIRCUIT_FLAG_BREACHED = 2,
    CLOUDCIRCUIT_FLAG_SPIKE = 4,
    CLOUDCIRCUIT_FLAG_OPEN = 8,
    CLOUDCIRCUIT_FLAG_LEAK = 16,
    CLOUDCIRCUIT_FLAG_DROP = 32,
    CLOUDCIRCUIT_FLAG_INSUFFICIENT = 64,
    CLOUDCIRCUIT_FLAG_INVALID = 128,
    CLOUDCIRCUIT_RECORD_CAPACITY = 1536,
    CLOUDCIRCUIT_DEFAULT_WARNING_PPM = 900000,
    CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM = 1500000,
    CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD = 3,
    CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES = 1,
    CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS = 1,
    CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM = 1,
    CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM = 2000000,
    CLOUDCIRCUIT_DEFAULT_OPEN_DURATION = 30000,
    CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION = 30000,
    CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT = 60000,
    CLOUDCIRCUIT_BREAKER_CLOSED = 1,
    CLOUDCIRCUIT_BREAKER_OPEN = 2,
    CLOUDCIRCUIT_BREAKER_HALF_OPEN = 3,
    CLOUDCIRCUIT_BREAKER_FORCED_OPEN = 4,
    CLOUDCIRCUIT_BREAKER_FORCED_CLOSED = 5,
    CLOUDCIRCUIT_OUTCOME_SUCCESS = 1,
    CLOUDCIRCUIT_OUTCOME_FAILURE = 2,
    CLOUDCIRCUIT_OUTCOME_IGNORED = 3,
    CLOUDCIRCUIT_BREAKER_LAYOUT = 826426179,
    CLOUDCIRCUIT_BREAKER_ENCODED_LEN = 420,
    CLOUDCIRCUIT_BREAKER_MAX_WINDOW = 128,
    CLOUDCIRCUIT_BREAKER_MAX_PROBES = 8,
    CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS = 64,
    CLOUDCIRCUIT_THRESHOLD_PPM = 0,
    CLOUDCIRCUIT_THRESHOLD_AMOUNT = 1,
    CLOUDCIRCUIT_BASIS_SETTLED = 0,
    CLOUDCIRCUIT_BASIS_COMMITTED = 1,
    CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS = 8,
    CLOUDCIRCUIT_LEDGER_LAYOUT = 827081539,
    CLOUDCIRCUIT_LEDGER_ENCODED_LEN = 532,
    CLOUDCIRCUIT_LEDGER_REASON_WITHIN = 1,
    CLOUDCIRCUIT_LEDGER_REASON_AT_LIMIT = 2,
    CLOUDCIRCUIT_LEDGER_REASON_OVER_LIMIT = 3,
    CLOUDCIRCUIT_LEDGER_REASON_EXCEEDS_LIMIT = 4,
    CLOUDCIRCUIT_LEDGER_REASON_UNLIMITED = 5,
    CLOUDCIRCUIT_LEDGER_REASON_EXPIRED = 6,
    CLOUDCIRCUIT_LEDGER_REASON_FREE = 7,
    CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED = 8,
    CLOUDCIRCUIT_LEDGERS_MAX_COUNT = 16,
    CLOUDCIRCUIT_RATE_REASON_WITHIN = 1,
    CLOUDCIRCUIT_RATE_REASON_OVER_LIMIT = 3,
    CLOUDCIRCUIT_RATE_REASON_EXCEEDS_LIMIT = 4,
    CLOUDCIRCUIT_RATE_REASON_UNLIMITED = 5,
    CLOUDCIRCUIT_RATE_REASON_FREE = 7,
    CLOUDCIRCUIT_RATE_LIMIT_LAYOUT = 827474755,
    CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN = 172,
    CLOUDCIRCUIT_VERDICT_NORMAL = 1,
    CLOUDCIRCUIT_VERDICT_SPIKE = 2,
    CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA = 3,
    CLOUDCIRCUIT_DEFAULT_STEP = 86400,
    CLOUDCIRCUIT_MAX_LAG_POINTS = 480,
    CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR = 0,
    CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING = 1,
    CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO = 2,
    CLOUDCIRCUIT_MAX_SEASON_LENGTH = 240,
    CLOUDCIRCUIT_MIN_DETECT_WINDOW = 14,
    CLOUDCIRCUIT_MAX_DETECT_WINDOW = 480,
    CLOUDCIRCUIT_DETECT_REASON_REFUSED = 0,
    CLOUDCIRCUIT_DETECT_REASON_SCORE = 1,
    CLOUDCIRCUIT_DETECT_REASON_ONE_POINT = 2,
    CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS = 3,
    CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS = 4,
    CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT = 5,
    CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT = 6,
    CLOUDCIRCUIT_DETECT_REASON_HISTORY = 7,
    CLOUDCIRCUIT_DETECT_REASON_MISSING = 8,
    CLOUDCIRCUIT_DETECT_REASON_RECURRING = 9,
    CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT = 844317507,
    CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN = 2292,
    CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH = 7,
    CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH = 168,
    CLOUDCIRCUIT_MAX_PERIOD_LEN = 1048576,
    CLOUDCIRCUIT_SIGNAL_BUDGET = 1,
    CLOUDCIRCUIT_SIGNAL_SPIKE = 2,
    CLOUDCIRCUIT_SIGNAL_BREAKER = 4,
    CLOUDCIRCUIT_SIGNAL_RATE = 8,
    CLOUDCIRCUIT_SIGNAL_FORECAST = 16,
    CLOUDCIRCUIT_REASON_WARNING = 1,
    CLOUDCIRCUIT_REASON_BREACH = 2,
    CLOUDCIRCUIT_REASON_SPIKE = 4,
    CLOUDCIRCUIT_REASON_OPEN = 8,
    CLOUDCIRCUIT_REASON_MISSING = 16,
    CLOUDCIRCUIT_REASON_LEAK = 32,
    CLOUDCIRCUIT_REASON_OVER_LIMIT = 64,
    CLOUDCIRCUIT_REASON_RATE = 128,
    CLOUDCIRCUIT_REASON_FORECAST = 256,
    CLOUDCIRCUIT_REASON_INSUFFICIENT = 512,
    CLOUDCIRCUIT_REASON_ERROR = 1024,
    CLOUDCIRCUIT_ACTION_BLOCK = 0,
    CLOUDCIRCUIT_ACTION_THROTTLE = 1,
    CLOUDCIRCUIT_ACTION_ALERT = 2,
    CLOUDCIRCUIT_ACTION_ALLOW = 3,
    CLOUDCIRCUIT_GUARD_MAX_SIGNALS = 64,
    CLOUDCIRCUIT_MAX_MONEY_SCALE = 9,
    CLOUDCIRCUIT_ERR_NULL_POINTER = 1,
    CLOUDCIRCUIT_ERR_RESERVED = 2,
    CLOUDCIRCUIT_ERR_CORRUPT_STATE = 3,
    CLOUDCIRCUIT_ERR_ENCODED_LENGTH = 4,
    CLOUDCIRCUIT_ERR_COUNT = 5,
    CLOUDCIRCUIT_ERR_MODE = 6,
    CLOUDCIRCUIT_ERR_BUDGET_LIMIT = 100,
    CLOUDCIRCUIT_ERR_WARNING_RATIO = 101,
    CLOUDCIRCUIT_ERR_CURRENT_SPEND = 102,
    CLOUDCIRCUIT_ERR_WARNING_PPM = 103,
    CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT = 200,
    CLOUDCIRCUIT_ERR_SERIES_TOO_LONG = 201,
    CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER = 202,
    CLOUDCIRCUIT_ERR_MIN_BASELINE = 203,
    CLOUDCIRCUIT_ERR_SPEND_SERIES = 204,
    CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM = 205,
    CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES = 300,
    CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD = 301,
    CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING = 302,
    CLOUDCIRCUIT_ERR_WINDOW_SIZE = 310,
    CLOUDCIRCUIT_ERR_MINIMUM_CALLS = 311,
    CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM = 312,
    CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM = 313,
    CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES = 314,
    CLOUDCIRCUIT_ERR_JITTER_PPM = 316,
    CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION = 317,
    CLOUDCIRCUIT_ERR_OPEN_DURATION = 318,
    CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION = 319,
    CLOUDCIRCUIT_ERR_PROBE_TIMEOUT = 320,
    CLOUDCIRCUIT_ERR_PERMIT = 321,
    CLOUDCIRCUIT_ERR_OUTCOME = 322,
    CLOUDCIRCUIT_ERR_DURATION = 323,
    CLOUDCIRCUIT_ERR_STALE_PERMIT = 324,
    CLOUDCIRCUIT_ERR_FORCED_PHASE = 325,
    CLOUDCIRCUIT_ERR_WINDOW_DURATION = 326,
    CLOUDCIRCUIT_ERR_FAILURE_COUNT = 327,
    CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS = 328,
    CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM = 329,
    CLOUDCIRCUIT_ERR_HALF_OPEN_DURATION = 330,
    CLOUDCIRCUIT_ERR_BACKOFF_PPM = 331,
    CLOUDCIRCUIT_ERR_TRIPS_DECAY = 332,
    CLOUDCIRCUIT_ERR_MAX_RETRY_AFTER = 333,
    CLOUDCIRCUIT_ERR_RAMP_DURATION = 334,
    CLOUDCIRCUIT_ERR_NO_RULE = 335,
    CLOUDCIRCUIT_ERR_ON_WARNING = 400,
    CLOUDCIRCUIT_ERR_ON_BREACH = 401,
    CLOUDCIRCUIT_ERR_ON_SPIKE = 402,
    CLOUDCIRCUIT_ERR_ON_OPEN = 403,
    CLOUDCIRCUIT_ERR_ON_MISSING = 404,
    CLOUDCIRCUIT_ERR_REQUIRED = 405,
    CLOUDCIRCUIT_ERR_BUDGET_SIGNAL = 406,
    CLOUDCIRCUIT_ERR_SPIKE_SIGNAL = 407,
    CLOUDCIRCUIT_ERR_BREAKER_SIGNAL = 408,
    CLOUDCIRCUIT_ERR_ON_LEAK = 409,
    CLOUDCIRCUIT_ERR_ON_OVER_LIMIT = 410,
    CLOUDCIRCUIT_ERR_ON_RATE = 411,
    CLOUDCIRCUIT_ERR_ON_FORECAST = 412,
    CLOUDCIRCUIT_ERR_ON_INSUFFICIENT = 413,
    CLOUDCIRCUIT_ERR_ON_ERROR = 414,
    CLOUDCIRCUIT_ERR_MONITOR = 415,
    CLOUDCIRCUIT_ERR_SIGNAL = 416,
    CLOUDCIRCUIT_ERR_PERMIT_SIGNAL = 417,
    CLOUDCIRCUIT_ERR_LEDGER_SIGNAL = 418,
    CLOUDCIRCUIT_ERR_RATE_SIGNAL = 419,
    CLOUDCIRCUIT_ERR_DETECT_SIGNAL = 420,
    CLOUDCIRCUIT_ERR_FORECAST_SIGNAL = 421,
    CLOUDCIRCUIT_ERR_INVALID_ROWS = 500,
    CLOUDCIRCUIT_ERR_TOO_MANY_ROWS = 501,
    CLOUDCIRCUIT_ERR_OVERLAP = 502,
    CLOUDCIRCUIT_ERR_OFFSETS = 503,
    CLOUDCIRCUIT_ERR_AMOUNT = 600,
    CLOUDCIRCUIT_ERR_SCALE = 601,
    CLOUDCIRCUIT_ERR_AMOUNT_RANGE = 602,
    CLOUDCIRCUIT_ERR_AMOUNT_PRECISION = 603,
    CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL = 700,
    CLOUDCIRCUIT_ERR_RECORD_FIELD = 701,
    CLOUDCIRCUIT_ERR_LEDGER_LIMIT = 800,
    CLOUDCIRCUIT_ERR_THRESHOLD_COUNT = 802,
    CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT = 803,
    CLOUDCIRCUIT_ERR_ESTIMATE = 805,
    CLOUDCIRCUIT_ERR_ACTUAL = 806,
    CLOUDCIRCUIT_ERR_HOLD_SPENT = 807,
    CLOUDCIRCUIT_ERR_HOLD_AMOUNT = 809,
    CLOUDCIRCUIT_ERR_OVERFLOW = 811,
    CLOUDCIRCUIT_ERR_CARRY_MAX = 812,
    CLOUDCIRCUIT_ERR_DEBT_MAX = 813,
    CLOUDCIRCUIT_ERR_HOLD_DURATION = 814,
    CLOUDCIRCUIT_ERR_THRESHOLD_UNIT = 815,
    CLOUDCIRCUIT_ERR_THRESHOLD_BASIS = 816,
    CLOUDCIRCUIT_ERR_THRESHOLDS = 817,
    CLOUDCIRCUIT_ERR_LEDGER_ID = 818,
    CLOUDCIRCUIT_ERR_HOLD_LEDGER = 819,
    CLOUDCIRCUIT_ERR_HOLD_ID = 820,
    CLOUDCIRCUIT_ERR_MORE = 821,
    CLOUDCIRCUIT_ERR_PART = 822,
    CLOUDCIRCUIT_ERR_RATE_LIMIT = 850,
    CLOUDCIRCUIT_ERR_RATE_DURATION = 851,
    CLOUDCIRCUIT_ERR_TAKEN_AT = 852,
    CLOUDCIRCUIT_ERR_SEASON_LENGTH = 900,
    CLOUDCIRCUIT_ERR_DETECT_WINDOW = 901,
    CLOUDCIRCUIT_ERR_LAG_POINTS = 902,
    CLOUDCIRCUIT_ERR_SCORE_THRESHOLD = 904,
    CLOUDCIRCUIT_ERR_MIN_IMPACT = 905,
    CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT = 906,
    CLOUDCIRCUIT_ERR_START_TIME = 907,
    CLOUDCIRCUIT_ERR_STEP = 908,
    CLOUDCIRCUIT_ERR_DETECT_POINT = 909,
    CLOUDCIRCUIT_ERR_TRACKER_SETTINGS = 910,
    CLOUDCIRCUIT_ERR_NEGATIVE_POINTS = 911,
    CLOUDCIRCUIT_ERR_HISTORY_LEN = 950,
    CLOUDCIRCUIT_ERR_PERIOD_LEN = 951,
    CLOUDCIRCUIT_ERR_ELAPSED = 952,
    CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH = 953,
    CLOUDCIRCUIT_ERR_HISTORY = 954,
    CLOUDCIRCUIT_ERR_PERIOD_SPEND = 955
};

const char *cloudcircuit_version(void);
uint32_t cloudcircuit_abi_version(void);
typedef int32_t cloudcircuit_status;
const char *cloudcircuit_status_message(cloudcircuit_status status);
const char *cloudcircuit_status_name(cloudcircuit_status status);
typedef struct cloudcircuit_budget_config {
    double warning_ratio;
} cloudcircuit_budget_config;
typedef struct cloudcircuit_budget_result {
    double current_spend;
    double budget_limit;
    double usage_ratio;
    double remaining_budget;
    uint32_t is_warning;
    uint32_t is_breached;
} cloudcircuit_budget_result;
cloudcircuit_status cloudcircuit_budget_config_init(
    cloudcircuit_budget_config *config);
cloudcircuit_status cloudcircuit_check_budget(
    double current_spend, double budget_limit, const cloudcircuit_budget_config *config,
    cloudcircuit_budget_result *result);
typedef struct cloudcircuit_budget_config_i64 {
    uint32_t warning_ppm;
    uint32_t reserved;
} cloudcircuit_budget_config_i64;
typedef struct cloudcircuit_budget_result_i64 {
    int64_t current_spend;
    int64_t budget_limit;
    int64_t remaining_budget;
    uint64_t usage_ppm;
    uint32_t is_warning;
    uint32_t is_breached;
} cloudcircuit_budget_result_i64;
cloudcircuit_status cloudcircuit_budget_config_i64_init(
    cloudcircuit_budget_config_i64 *config);
cloudcircuit_status cloudcircuit_check_budget_i64(
    int64_t current_spend, int64_t budget_limit, const cloudcircuit_budget_config_i64 *config,
    cloudcircuit_budget_result_i64 *result);
uint32_t cloudcircuit_budget_flags(double current_spend, double budget_limit, double warning_ratio);
uint32_t cloudcircuit_budget_flags_i64(
    int64_t current_spend, int64_t budget_limit, uint32_t warning_ppm);
cloudcircuit_status cloudcircuit_check_budget_columns(
    const double *current_spend, const double *budget_limit, size_t len,
    const cloudcircuit_budget_config *config, uint8_t *flags, double *usage_ratio,
    size_t *invalid_rows);
cloudcircuit_status cloudcircuit_check_budget_columns_nullable(
    const double *current_spend, const uint8_t *current_spend_validity,
    size_t current_spend_validity_offset, const double *budget_limit,
    const uint8_t *budget_limit_validity, size_t budget_limit_validity_offset, size_t len,
    const cloudcircuit_budget_config *config, uint8_t *flags, double *usage_ratio,
    size_t *invalid_rows);
cloudcircuit_status cloudcircuit_check_budget_columns_i64(
    const int64_t *current_spend, const int64_t *budget_limit, size_t len,
    const cloudcircuit_budget_config_i64 *config, uint8_t *flags, uint64_t *usage_ppm,
    size_t *invalid_rows);
cloudcircuit_status cloudcircuit_check_budget_columns_i64_nullable(
    const int64_t *current_spend, const uint8_t *current_spend_validity,
    size_t current_spend_validity_offset, const int64_t *budget_limit,
    const uint8_t *budget_limit_validity, size_t budget_limit_validity_offset, size_t len,
    const cloudcircuit_budget_config_i64 *config, uint8_t *flags, uint64_t *usage_ppm,
    size_t *invalid_rows);
cloudcircuit_status cloudcircuit_write_budget_result_json(
    int32_t status, const cloudcircuit_budget_config *config,
    const cloudcircuit_budget_result *result, char *buffer, size_t capacity, size_t *length);
cloudcircuit_status cloudcircuit_write_budget_result_i64_json(
    int32_t status, const cloudcircuit_budget_config_i64 *config,
    const cloudcircuit_budget_result_i64 *result, char *buffer, size_t capacity, size_t *length);
typedef struct cloudcircuit_spike_config {
    double spike_multiplier;
    double min_baseline;
} cloudcircuit_spike_config;
typedef struct cloudcircuit_spike_result {
    double latest_spend;
    double baseline_mean;
    double threshold;
    uint32_t is_spike;
    uint32_t points_used;
} cloudcircuit_spike_result;
cloudcircuit_status cloudcircuit_spike_config_init(
    cloudcircuit_spike_config *config);
cloudcircuit_status cloudcircuit_check_anomaly_spike(
    const double *spend_series, size_t spend_series_len, const cloudcircuit_spike_config *config,
    cloudcircuit_spike_result *result);
typedef struct cloudcircuit_spike_config_i64 {
    uint32_t spike_multiplier_ppm;
    uint32_t reserved;
    int64_t min_baseline;
} cloudcircuit_spike_config_i64;
typedef struct cloudcircuit_spike_result_i64 {
    int64_t latest_spend;
    int64_t baseline_mean;
    int64_t threshold;
    uint32_t is_spike;
    uint32_t points_used;
} cloudcircuit_spike_result_i64;
cloudcircuit_status cloudcircuit_spike_config_i64_init(
    cloudcircuit_spike_config_i64 *config);
cloudcircuit_status cloudcircuit_check_anomaly_spike_i64(
    const int64_t *spend_series, size_t spend_series_len,
    const cloudcircuit_spike_config_i64 *config, cloudcircuit_spike_result_i64 *result);
uint32_t cloudcircuit_spike_flags(
    const double *series, size_t len, double spike_multiplier, double min_baseline);
cloudcircuit_status cloudcircuit_check_anomaly_spike_columns(
    const double *spend, size_t spend_len, const int64_t *offsets, size_t rows,
    const cloudcircuit_spike_config *config, uint8_t *flags, double *threshold,
    size_t *invalid_rows);
cloudcircuit_status cloudcircuit_check_anomaly_spike_columns_nullable(
    const double *spend, const uint8_t *spend_validity, size_t spend_validity_offset,
    size_t spend_len, const int64_t *offsets, const uint8_t *series_validity,
    size_t series_validity_offset, size_t rows, const cloudcircuit_spike_config *config,
    uint8_t *flags, double *threshold, size_t *invalid_rows);
cloudcircuit_status cloudcircuit_write_spike_result_json(
    int32_t status, const cloudcircuit_spike_config *config,
    const cloudcircuit_spike_result *result, char *buffer, size_t capacity, size_t *length);
cloudcircuit_status cloudcircuit_write_spike_result_i64_json(
    int32_t status, const cloudcircuit_spike_config_i64 *config,
    const cloudcircuit_spike_result_i64 *result, char *buffer, size_t capacity, size_t *length);
typedef struct cloudcircuit_breaker_counters {
    int64_t consecutive_failures;
    int64_t failure_threshold;
    int64_t cooldown_steps_remaining;
} cloudcircuit_breaker_counters;
typedef struct cloudcircuit_breaker_decision {
    int64_t retry_after_steps;
    uint32_t is_open;
    uint32_t allow_operation;
} cloudcircuit_breaker_decision;
cloudcircuit_status cloudcircuit_breaker_counters_init(
    cloudcircuit_breaker_counters *counters);
cloudcircuit_status cloudcircuit_evaluate_circuit_breaker(
    const cloudcircuit_breaker_counters *counters, cloudcircuit_breaker_decision *decision);
uint32_t cloudcircuit_breaker_flags(
    int64_t consecutive_failures, int64_t failure_threshold, int64_t cooldown_steps_remaining);
cloudcircuit_status cloudcircuit_write_breaker_decision_json(
    int32_t status, const cloudcircuit_breaker_counters *counters,
    const cloudcircuit_breaker_decision *decision, char *buffer, size_t capacity, size_t *length);
typedef struct cloudcircuit_breaker_config {
    uint32_t failure_threshold;
    uint32_t failure_count;
    uint32_t window_size;
    uint32_t minimum_calls;
    uint32_t failure_rate_ppm;
    uint32_t slow_call_rate_ppm;
    uint32_t half_open_max_probes;
    uint32_t half_open_calls;
    uint32_t half_open_failure_rate_ppm;
    uint32_t backoff_ppm;
    uint32_t jitter_ppm;
    uint32_t mode;
    uint64_t jitter_seed;
    int64_t window_duration;
    int64_t slow_call_duration;
    int64_t open_duration;
    int64_t max_open_duration;
    int64_t probe_timeout;
    int64_t half_open_duration;
    int64_t trips_decay;
    int64_t max_retry_after;
    int64_t ramp_duration;
} cloudcircuit_breaker_config;
typedef struct cloudcircuit_breaker_state {
    uint32_t layout;
    int32_t phase;
    uint64_t revision;
    uint64_t generation;
    int64_t updated_at;
    int64_t phase_since;
    uint32_t consecutive_failures;
    uint32_t reserved;
    int64_t open_until;
    int64_t forced_until;
    int64_t ramp_duration;
    int64_t ramp_credit;
    int64_t bucket_duration;
    int64_t newest_bucket;
    uint64_t window_failures[2];
    uint64_t window_slow[2];
    int64_t probe_deadlines[8];
    uint32_t live_probes;
    uint32_t probes_judged;
    uint32_t probes_failed;
    uint32_t trips;
    uint32_t window_calls;
    uint32_t window_next;
    uint32_t streak_age;
    uint32_t streak_skipped;
    uint32_t bucket_calls[16];
    uint32_t bucket_failures[16];
    uint32_t bucket_slow[16];
} cloudcircuit_breaker_state;
typedef struct cloudcircuit_breaker_permit {
    uint64_t generation;
    int64_t retry_after;
    int64_t deadline;
    int32_t phase;
    uint32_t allowed;
    uint32_t would_refuse;
    uint32_t probe_slot;
    uint32_t clock_regressed;
    uint32_t reserved;
} cloudcircuit_breaker_permit;
cloudcircuit_status cloudcircuit_breaker_config_init(
    cloudcircuit_breaker_config *config);
cloudcircuit_status cloudcircuit_breaker_init(
    int64_t now, cloudcircuit_breaker_state *state);
cloudcircuit_status cloudcircuit_breaker_acquire(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state, int64_t now,
    cloudcircuit_breaker_permit *permit);
cloudcircuit_status cloudcircuit_breaker_peek(
    const cloudcircuit_breaker_config *config, const cloudcircuit_breaker_state *state,
    int64_t now, cloudcircuit_breaker_permit *permit);
cloudcircuit_status cloudcircuit_breaker_report(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state,
    const cloudcircuit_breaker_permit *permit, int32_t outcome, int64_t duration,
    int64_t retry_at, int64_t now);
cloudcircuit_status cloudcircuit_breaker_report_and_acquire(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state,
    const cloudcircuit_breaker_permit *permit, int32_t outcome, int64_t duration,
    int64_t retry_at, int64_t now, cloudcircuit_breaker_permit *next);
cloudcircuit_status cloudcircuit_breaker_force(
    cloudcircuit_breaker_state *state, int32_t forced_phase, int64_t until, int64_t now);
cloudcircuit_status cloudcircuit_breaker_reset(
    cloudcircuit_breaker_state *state, int64_t now);
cloudcircuit_status cloudcircuit_breaker_state_validate(
    const cloudcircuit_breaker_state *state);
cloudcircuit_status cloudcircuit_breaker_state_encode(
    const cloudcircuit_breaker_state *state, uint8_t *bytes, size_t len);
cloudcircuit_status cloudcircuit_breaker_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_breaker_state *state);
cloudcircuit_status cloudcircuit_write_breaker_permit_json(
    int32_t status, const cloudcircuit_breaker_config *config,
    const cloudcircuit_breaker_permit *permit, char *buffer, size_t capacity, size_t *length);
typedef struct cloudcircuit_ledger_config {
    int64_t limit;
    int64_t carry_max;
    int64_t debt_max;
    int64_t hold_duration;
    int64_t thresholds[8];
    uint32_t threshold_count;
    uint32_t threshold_unit;
    uint32_t threshold_basis;
    uint32_t mode;
} cloudcircuit_ledger_config;
typedef struct cloudcircuit_ledger_state {
    uint32_t layout;
    uint32_t crossed;
    uint64_t revision;
    uint64_t ledger_id;
    uint64_t next_hold;
    int64_t updated_at;
    int64_t period;
    int64_t settled;
    int64_t carried;
    int64_t held;
    int64_t peak_settled;
    int64_t peak_committed;
    uint64_t reset_hold;
    uint64_t dead_hold;
    int64_t reset_clock;
    int64_t endless;
    int64_t ends[33];
    uint64_t spent[16];
    uint32_t told;
    uint32_t width_shift;
    uint32_t reset_bucket;
    uint32_t reserved;
} cloudcircuit_ledger_state;
typedef struct cloudcircuit_ledger_hold {
    uint64_t ledger_id;
    uint64_t id;
    int64_t period;
    int64_t amount;
    int64_t expires_at;
} cloudcircuit_ledger_hold;
typedef struct cloudcircuit_ledger_decision {
    int64_t settled;
    int64_t held;
    int64_t available;
    int64_t overshoot;
    int64_t expired;
    int32_t reason;
    uint32_t allowed;
    uint32_t would_refuse;
    uint32_t clock_regressed;
    uint32_t crossed;
    uint32_t newly_crossed;
} cloudcircuit_ledger_decision;
cloudcircuit_status cloudcircuit_ledger_config_init(
    cloudcircuit_ledger_config *config);
cloudcircuit_status cloudcircuit_ledger_init(
    uint64_t ledger_id, int64_t period, int64_t now, cloudcircuit_ledger_state *state);
cloudcircuit_status cloudcircuit_ledger_reserve(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t estimate,
    int64_t now, cloudcircuit_ledger_hold *hold, cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_extend(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t more, int64_t now,
    cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_post(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t part, int64_t now,
    cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_settle(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t actual, int64_t now,
    cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_release(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t now, cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_record(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t amount,
    int64_t now, cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_roll(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t period,
    int64_t now, cloudcircuit_ledger_decision *decision);
cloudcircuit_status cloudcircuit_ledger_reset(
    cloudcircuit_ledger_state *state, int64_t period, int64_t now);
cloudcircuit_status cloudcircuit_ledger_state_validate(
    const cloudcircuit_ledger_state *state);
cloudcircuit_status cloudcircuit_ledger_state_encode(
    const cloudcircuit_ledger_state *state, uint8_t *bytes, size_t len);
cloudcircuit_status cloudcircuit_ledger_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_ledger_state *state);
cloudcircuit_status cloudcircuit_ledgers_reserve(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    const int64_t *estimates, size_t count, int64_t now, cloudcircuit_ledger_hold *holds,
    cloudcircuit_ledger_decision *decisions, uint32_t *refused_by);
cloudcircuit_status cloudcircuit_ledgers_extend(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    cloudcircuit_ledger_hold *holds, const int64_t *mores, size_t count, int64_t now,
    cloudcircuit_ledger_decision *decisions, uint32_t *failed_at);
cloudcircuit_status cloudcircuit_ledgers_settle(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    cloudcircuit_ledger_hold *holds, const int64_t *actuals, size_t count, int64_t now,
    cloudcircuit_ledger_decision *decisions, uint32_t *failed_at);
cloudcircuit_status cloudcircuit_ledgers_release(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    cloudcircuit_ledger_hold *holds, size_t count, int64_t now,
    cloudcircuit_ledger_decision *decisions, uint32_t *failed_at);
cloudcircuit_status cloudcircuit_ledgers_record(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    const int64_t *amounts, size_t count, int64_t now, cloudcircuit_ledger_decision *decisions,
    uint32_t *failed_at);
cloudcircuit_status cloudcircuit_ledgers_roll(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    const int64_t *periods, size_t count, int64_t now, cloudcircuit_ledger_decision *decisions,
    uint32_t *failed_at);
cloudcircuit_status cloudcircuit_write_ledger_decision_json(
    int32_t status, const cloudcircuit_ledger_config *config,
    const cloudcircuit_ledger_decision *decision, char *buffer, size_t capacity, size_t *length);
typedef struct cloudcircuit_rate_limit_config {
    int64_t limit;
    int64_t duration;
    uint32_t mode;
    uint32_t reserved;
} cloudcircuit_rate_limit_config;
typedef struct cloudcircuit_rate_limit_state {
    uint32_t layout;
    uint32_t reserved;
    uint64_t revision;
    int64_t updated_at;
    int64_t width;
    int64_t taken[17];
} cloudcircuit_rate_limit_state;
typedef struct cloudcircuit_rate_limit_decision {
    int64_t used;
    int64_t available;
    int64_t retry_after;
    int64_t taken_at;
    int32_t reason;
    uint32_t allowed;
    uint32_t would_refuse;
    uint32_t clock_regressed;
} cloudcircuit_rate_limit_decision;
cloudcircuit_status cloudcircuit_rate_limit_init(
    int64_t now, cloudcircuit_rate_limit_state *state);
cloudcircuit_status cloudcircuit_rate_limit_acquire(
    const cloudcircuit_rate_limit_config *config, cloudcircuit_rate_limit_state *state,
    int64_t amount, int64_t now, cloudcircuit_rate_limit_decision *decision);
cloudcircuit_status cloudcircuit_rate_limit_adjust(
    const cloudcircuit_rate_limit_config *config, cloudcircuit_rate_limit_state *state,
    int64_t taken_at, int64_t by, int64_t now, cloudcircuit_rate_limit_decision *decision);
cloudcircuit_status cloudcircuit_rate_limit_reset(
    cloudcircuit_rate_limit_state *state, int64_t now);
cloudcircuit_status cloudcircuit_rate_limit_state_validate(
    const cloudcircuit_rate_limit_state *state);
cloudcircuit_status cloudcircuit_rate_limit_state_encode(
    const cloudcircuit_rate_limit_state *state, uint8_t *bytes, size_t len);
cloudcircuit_status cloudcircuit_rate_limit_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_rate_limit_state *state);
cloudcircuit_status cloudcircuit_write_rate_limit_decision_json(
    int32_t status, const cloudcircuit_rate_limit_config *config,
    const cloudcircuit_rate_limit_decision *decision, char *buffer, size_t capacity,
    size_t *length);
typedef struct cloudcircuit_detect_config {
    uint32_t season_length;
    uint32_t window;
    uint32_t lag_points;
    uint32_t negative_points;
    double score_threshold;
    double min_impact;
    double min_relative_impact;
    double min_baseline;
    int64_t start_time;
    int64_t step;
} cloudcircuit_detect_config;
typedef struct cloudcircuit_detect_result {
    double latest_spend;
    double expected_spend;
    double upper_bound;
    double excess;
    double score;
    double leak_score;
    double drop_score;
    uint32_t points_used;
    int32_t verdict;
    int32_t reason;
    uint32_t is_leak;
    uint32_t is_drop;
    uint32_t reserved;
} cloudcircuit_detect_result;
cloudcircuit_status cloudcircuit_detect_config_init(
    cloudcircuit_detect_config *config);
cloudcircuit_status cloudcircuit_detect_spike(
    const double *spend_series, size_t spend_series_len,
    const cloudcircuit_detect_config *config, cloudcircuit_detect_result *result);
cloudcircuit_status cloudcircuit_write_detect_result_json(
    int32_t status, const cloudcircuit_detect_config *config,
    const cloudcircuit_detect_result *result, char *buffer, size_t capacity, size_t *length);
cloudcircuit_status cloudcircuit_scan_spikes(
    const double *spend_series, size_t spend_series_len,
    const cloudcircuit_detect_config *config, uint8_t *flags, double *expected_spend,
    double *upper_bound);
cloudcircuit_status cloudcircuit_detect_spike_columns(
    const double *spend, size_t spend_len, const int64_t *offsets, size_t rows,
    const cloudcircuit_detect_config *config, uint8_t *flags, double *scores, size_t *invalid_rows);
typedef struct cloudcircuit_spike_tracker_state {
    uint32_t layout;
    uint32_t reserved;
    uint64_t revision;
    cloudcircuit_detect_config config;
    uint64_t windows[693];
} cloudcircuit_spike_tracker_state;
cloudcircuit_status cloudcircuit_spike_tracker_init(
    const cloudcircuit_detect_config *config, cloudcircuit_spike_tracker_state *tracker);
cloudcircuit_status cloudcircuit_spike_tracker_update(
    cloudcircuit_spike_tracker_state *tracker, double spend, cloudcircuit_detect_result *result);
cloudcircuit_status cloudcircuit_spike_tracker_state_validate(
    const cloudcircuit_spike_tracker_state *tracker);
cloudcircuit_status cloudcircuit_spike_tracker_state_encode(
    const cloudcircuit_spike_tracker_state *tracker, uint8_t *bytes, size_t len);
cloudcircuit_status cloudcircuit_spike_tracker_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_spike_tracker_state *tracker);
typedef struct cloudcircuit_forecast_config {
    uint32_t season_length;
    uint32_t lag_points;
    uint32_t negative_points;
    uint32_t reserved;
    int64_t start_time;
    int64_t step;
} cloudcircuit_forecast_config;
typedef struct cloudcircuit_forecast_result {
    double spend_to_date;
    double forecast_spend;
    double lower_bound;
    double upper_bound;
    double forecast_ratio;
    double burn_rate;
    int64_t exhaustion_point;
    uint32_t is_forecast_breached;
    int32_t verdict;
} cloudcircuit_forecast_result;
cloudcircuit_status cloudcircuit_forecast_config_init(
    cloudcircuit_forecast_config *config);
cloudcircuit_status cloudcircuit_forecast_budget(
    const double *history, size_t history_len, const double *period_spend, size_t elapsed,
    size_t period_len, double budget_limit, const cloudcircuit_forecast_config *config,
    cloudcircuit_forecast_result *result);
cloudcircuit_status cloudcircuit_write_forecast_result_json(
    int32_t status, const cloudcircuit_forecast_config *config,
    const cloudcircuit_forecast_result *result, char *buffer, size_t capacity, size_t *length);
cloudcircuit_status cloudcircuit_forecast_budget_columns(
    const double *spend, size_t spend_len, const int64_t *offsets, const int64_t *start_time,
    const int64_t *elapsed, const int64_t *period_len, const double *budget_limit, size_t rows,
    const cloudcircuit_forecast_config *config, uint8_t *flags,
    cloudcircuit_forecast_result *results, size_t *invalid_rows);
typedef struct cloudcircuit_signal {
    int32_t kind;
    int32_t status;
    uint32_t reasons;
    uint32_t monitor_reasons;
    int64_t retry_after;
} cloudcircuit_signal;
typedef struct cloudcircuit_guard_policy {
    int32_t on_warning;
    int32_t on_breach;
    int32_t on_spike;
    int32_t on_leak;
    int32_t on_open;
    int32_t on_over_limit;
    int32_t on_rate;
    int32_t on_forecast;
    int32_t on_insufficient;
    int32_t on_error;
    int32_t on_missing;
    uint32_t required;
    uint32_t monitor;
} cloudcircuit_guard_policy;
typedef struct cloudcircuit_guard_decision {
    int32_t action;
    int32_t monitor_action;
    uint32_t reasons;
    uint32_t monitor_reasons;
    uint32_t kinds;
    uint32_t reserved;
    int64_t retry_after;
} cloudcircuit_guard_decision;
cloudcircuit_status cloudcircuit_budget_signal(
    int32_t status, const cloudcircuit_budget_result *result, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_budget_signal_i64(
    int32_t status, const cloudcircuit_budget_result_i64 *result, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_ledger_signal(
    int32_t status, const cloudcircuit_ledger_decision *decision, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_spike_signal(
    int32_t status, const cloudcircuit_spike_result *result, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_spike_signal_i64(
    int32_t status, const cloudcircuit_spike_result_i64 *result, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_detect_signal(
    int32_t status, const cloudcircuit_detect_result *result, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_breaker_signal(
    int32_t status, const cloudcircuit_breaker_decision *decision, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_permit_signal(
    int32_t status, const cloudcircuit_breaker_permit *permit, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_rate_limit_signal(
    int32_t status, const cloudcircuit_rate_limit_decision *decision, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_forecast_signal(
    int32_t status, const cloudcircuit_forecast_result *result, cloudcircuit_signal *signal);
cloudcircuit_status cloudcircuit_guard_policy_init(
    cloudcircuit_guard_policy *policy);
cloudcircuit_status cloudcircuit_evaluate_guard(
    const cloudcircuit_signal *signals, size_t count, const cloudcircuit_guard_policy *policy,
    cloudcircuit_guard_decision *decision);
cloudcircuit_status cloudcircuit_write_guard_decision_json(
    int32_t status, const cloudcircuit_guard_policy *policy,
    const cloudcircuit_guard_decision *decision, char *buffer, size_t capacity, size_t *length);
const char *cloudcircuit_action_name(int32_t action);
const char *cloudcircuit_reason_name(uint32_t reason);
const char *cloudcircuit_signal_name(uint32_t kind);
const char *cloudcircuit_phase_name(int32_t phase);
const char *cloudcircuit_outcome_name(int32_t outcome);
const char *cloudcircuit_verdict_name(int32_t verdict);
const char *cloudcircuit_detect_reason_name(int32_t reason);
const char *cloudcircuit_ledger_reason_name(int32_t reason);
const char *cloudcircuit_rate_reason_name(int32_t reason);
const char *cloudcircuit_mode_name(uint32_t mode);
cloudcircuit_status cloudcircuit_money_from_double(
    double amount, uint32_t scale, int64_t *minor);
cloudcircuit_status cloudcircuit_money_to_double(
    int64_t minor, uint32_t scale, double *amount);
