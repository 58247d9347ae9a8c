// libcloudcircuit: spend safeguards as pure functions
//
// Plain numbers in, a decision out: is the budget breached, is this a spike, may this operation
// run. The host owns memory, clock, storage and I/O. The library owns the decision.
//
//     cloudcircuit_budget_result budget;
//     cloudcircuit_check_budget(920.0, 1000.0, NULL, &budget);
//     if (budget.is_breached)
//         stop_spending();
//     else if (budget.is_warning)
//         printf("%.0f %% of the budget is used\n", 100.0 * budget.usage_ratio);
//
// Link with -lcloudcircuit. These rules hold for every function:
//
// Status. A function returns CLOUDCIRCUIT_OK, which is 0, or the error of the first rule that its
// arguments break, in the order in which it lists its errors. Treat any unknown non-zero status as
// an error. cloudcircuit_status_message() explains a status in a sentence.
//
// Fail closed. On an error the whole result is written, unless its pointer is NULL. Its flags,
// verdicts and actions refuse: breached, spike, open, not allowed, block. All other fields are 0,
// unless the function says otherwise. Callers that ignore the status still get a refusing result.
//
// Inputs. All are checked. NaN, infinities, negative amounts, lengths out of range and unknown
// constants are errors. Where a function says so, NaN is a missing point. -0.0 counts as 0.
//
// NULL. A NULL config or policy means the defaults, which are the CLOUDCIRCUIT_DEFAULT constants.
// An _init function writes them into a struct. No other pointer may be NULL, unless the function
// says so.
//
// Pointers. They need no alignment. Inputs may overlap the result, because they are read before it
// is written. No pointer is kept after the call.
//
// Threads. Every function is pure: it uses no heap, locks, globals, thread-locals, environment,
// I/O or clock. Any thread may call it at any time, and so may a signal handler or a child after
// fork. During a call no other thread may write to what its arguments point to.
//
// Numbers. The same inputs give the same bits on every machine. Doubles are IEEE 754 binary64 in
// the default rounding mode, with exceptions masked. The exception flags may be raised. On a
// thread that flushes subnormals, subnormal inputs and results may count as 0. All amounts of
// money in a call are in one currency unit of the caller's choice.
//
// State. Breaker, ledger and spike tracker keep their state in structs that the host stores and
// passes to every call. On an error a state keeps every byte. A state that the library cannot have
// written, for example zeroed memory, is CLOUDCIRCUIT_ERR_CORRUPT_STATE and refuses. Field checks
// cannot detect all corruption: where storage may lose bytes, store the encoded form, which has a
// checksum. Update calls do not check a tracker's windows. Call
// cloudcircuit_spike_tracker_state_validate() after loading one from storage.
//
// Many writers. Threads, processes and machines may share a state. Every writer must follow these
// steps, or two writers can spend the same money:
//   1. Read the state, and the hold if there is one, in one snapshot.
//   2. Call the library on that copy.
//   3. If a revision or a hold changed, store both, on the condition that the stored revision is
//      still the one that was read (UPDATE ... WHERE revision = ?, a compare-and-swap, a
//      transaction).
//   4. If the condition failed, another writer was first. Discard the answer and start over.
//
// Act on the answer only after step 3.
//
// Clocks. The library reads no clock. Times are integers from the host, in one unit for all times
// and durations of a state. The default durations are milliseconds.
//
// Structs. Fields have fixed widths, without padding or pointers, so structs can be stored, hashed
// and compared as bytes. Flags in structs are 0 or 1. Reserved fields are 0.
//
// Failures. No call throws, unwinds, aborts or loops forever, whatever it is passed.
//
// ABI. Within one ABI version nothing is removed or changes its layout or meaning. New functions
// come under new names.
//
// Contents:
//   Version                  Which version a host was compiled against, and which one it runs with
//   Statuses                 0 is success, every other number an error
//   Flags, columns, records  Rules that these forms of a call share, whatever the safeguard
//   Budget                   How much of a budget is used, and is it breached?
//   Spike                    Is the latest spend far above the mean of what came before?
//   Circuit breaker          May the operation run, after the failures seen so far?
//   Breaker with state       The whole breaker: it counts, trips, waits, probes and closes again
//   Ledger                   A budget that cannot be overspent
//   Detect                   Is a point far above what its series usually does at that time?
//   Forecast                 What will be spent by the end of the period, and is it within budget?
//   Guard                    One action from budget, spike and breaker, by the host's policy
//   Money                    Conversion between doubles and integers of a minor unit: 19.99 at
//   All statuses             What each status means; each function lists its errors
#ifndef CLOUDCIRCUIT_H
#define CLOUDCIRCUIT_H

#include <stddef.h>
#include <stdint.h>

// With CLOUDCIRCUIT_WARN_UNUSED defined before the include, gcc and clang warn where a status is
// dropped. gcc does so even for (void)f(): assign the status to a variable there.
#if defined(CLOUDCIRCUIT_WARN_UNUSED) && defined(__GNUC__)
#  define CLOUDCIRCUIT_NODISCARD __attribute__((warn_unused_result))
#else
#  define CLOUDCIRCUIT_NODISCARD
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Version
// =======
//
// Which version a host was compiled against, and which one it runs with.

/// The version of this header, as a string.
#define CLOUDCIRCUIT_VERSION "0.2.0"

/// Its first number.
#define CLOUDCIRCUIT_VERSION_MAJOR 0

/// Its second number.
#define CLOUDCIRCUIT_VERSION_MINOR 2

/// Its third number.
#define CLOUDCIRCUIT_VERSION_PATCH 0

/// The ABI version of this header.
#define CLOUDCIRCUIT_ABI_VERSION 0

/// Returns the library's version in the form of CLOUDCIRCUIT_VERSION: a static string, never NULL.
const char *cloudcircuit_version(void);

/// Returns the library's ABI version, the number in its soname.
///
/// A host can use a library whose ABI version equals the CLOUDCIRCUIT_ABI_VERSION that the host was
/// compiled against, and whose version is not older than that CLOUDCIRCUIT_VERSION.
uint32_t cloudcircuit_abi_version(void);

// Statuses
// ========
//
// 0 is success, every other number an error. A number is never given another meaning. Treat any
// unknown non-zero status as an error.

/// What a function answers: CLOUDCIRCUIT_OK or a CLOUDCIRCUIT_ERR constant.
typedef int32_t cloudcircuit_status;

/// success.
#define CLOUDCIRCUIT_OK 0

/// Returns what a status means, in English, as a static string: the argument and the rule that it
/// broke.
///
/// status: any number. One that is no status has a message that says so; the string is never NULL.
const char *cloudcircuit_status_message(cloudcircuit_status status);

/// Returns the name of a status's constant, for example "CLOUDCIRCUIT_OK", as a static string.
///
/// status: any number. For one that is no status the string is "unknown status"; it is never NULL.
const char *cloudcircuit_status_name(cloudcircuit_status status);

// Flags, columns, records
// =======================
//
// Rules that these forms of a call share, whatever the safeguard.

// Flags
// -----
//
// Decisions as bits in the return value.
//
// For hosts where filling a struct is costly (Ruby, Python, Lua, Node), and for columns. Settings
// are arguments. On any error the answer has CLOUDCIRCUIT_FLAG_INVALID and every bit that refuses.

/// is_warning of a budget.
#define CLOUDCIRCUIT_FLAG_WARNING 1u

/// is_breached of a budget.
#define CLOUDCIRCUIT_FLAG_BREACHED 2u

/// A spike.
#define CLOUDCIRCUIT_FLAG_SPIKE 4u

/// is_open of a breaker.
#define CLOUDCIRCUIT_FLAG_OPEN 8u

/// The end of a slow leak.
#define CLOUDCIRCUIT_FLAG_LEAK 16u

/// The detector cannot judge the point: too few points came before it, or it is missing.
#define CLOUDCIRCUIT_FLAG_INSUFFICIENT 64u

/// The inputs broke a rule. Every bit that refuses is set too.
#define CLOUDCIRCUIT_FLAG_INVALID 128u

// Columns
// -------
//
// Many rows in one call, in the buffer layout of Apache Arrow.
//
// Arrow, NumPy, Go slices and SQL engines can pass their buffers without a copy. Each row gets the
// bits that the call for a single one answers.
//
// Invalid rows. An invalid row does not spoil the others. Its flags are CLOUDCIRCUIT_FLAG_INVALID
// and every bit that refuses, its number is 0, and invalid_rows counts it. The call decides all
// other rows and returns CLOUDCIRCUIT_ERR_INVALID_ROWS.
//
// Other errors. Every row is refused in the same way. After CLOUDCIRCUIT_ERR_TOO_MANY_ROWS because
// of the number of rows, the columns are left as they were, since no memory holds them.
//
// Buffers. They need no alignment. NULL stands for an output that is not wanted. flags must be
// given, and so must every input, unless there are 0 rows.
//
// Overlaps. An output must not overlap another buffer. The one exception: a budget call may write
// its numbers over one of the two columns of numbers that it reads, starting at the same address.
// Any other overlap is CLOUDCIRCUIT_ERR_OVERLAP, and the refusal is then written over the
// overlapping buffers.
//
// Missing values. The _nullable functions take a validity bitmap for each column. Bit i % 8 of
// byte i / 8 is 1 when row i - validity_offset has a value, and 0 when it is missing. Pointers to
// numbers point at the first row. A row with a missing value is invalid, whatever its buffer
// holds. A NULL bitmap means that no value is missing. A bitmap too long for memory refuses every
// row.

// Record
// ------
//
// Results as JSON, one object in one line, for an audit log.
//
// Members are named like the struct's fields; reserved fields are left out. Flags are true or
// false, other constants their numbers. Numbers have the fewest digits that read back to the same
// bits. JavaScript's JSON.parse rounds integers beyond 2^53.
//
// All of these functions take the same arguments:
//
// result or decision or permit: the struct to write.
// buffer:   receives the line and a NUL. On an error it receives only the NUL, if capacity > 0.
// capacity: size of buffer in bytes; CLOUDCIRCUIT_RECORD_CAPACITY is enough for every record. 0
//           with a NULL buffer asks for the length: it returns CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL
//           and sets length.
// length:   NULL, or receives the line's length without the NUL, also if the buffer is too small;
//           0 on other errors. It must not lie within buffer.

/// A buffer of this size is enough for any record of this version, with its NUL.
#define CLOUDCIRCUIT_RECORD_CAPACITY 512

// Budget
// ======
//
// How much of a budget is used, and is it breached?

/// Default warning_ratio.
#define CLOUDCIRCUIT_DEFAULT_WARNING_RATIO 0.9

/// Settings of cloudcircuit_check_budget. 8 bytes.
typedef struct cloudcircuit_budget_config {
    /// Share of the limit at which a warning starts; > 0, <= 1.
    double warning_ratio;
} cloudcircuit_budget_config;

/// Result of cloudcircuit_check_budget. 40 bytes.
typedef struct cloudcircuit_budget_result {
    /// The spend that was checked; 0 for -0.0.
    double current_spend;
    /// The limit that it was checked against.
    double budget_limit;
    /// current_spend / budget_limit, rounded once; at most the largest double.
    double usage_ratio;
    /// budget_limit - current_spend, rounded once; negative when the limit is exceeded.
    double remaining_budget;
    /// 1 when usage_ratio >= warning_ratio, else 0.
    uint32_t is_warning;
    /// 1 when current_spend >= budget_limit, else 0. The host must not spend more.
    uint32_t is_breached;
} cloudcircuit_budget_result;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_budget_config_init(
    cloudcircuit_budget_config *config);

/// Checks a spend against a budget.
///
/// A warning starts when current_spend / budget_limit, rounded once, reaches warning_ratio. A
/// breach starts when current_spend reaches budget_limit.
///
/// Amounts like 0.1 are not exact as doubles: 0.1 + 0.2 breaches a limit of 0.3. Use
/// cloudcircuit_check_budget_i64() where that matters.
///
/// current_spend: spend so far; finite, >= 0.
/// budget_limit:  same unit; finite, > 0.
/// config:        NULL for the defaults.
/// result:        the finding. On an error is_warning and is_breached are 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, BUDGET_LIMIT, WARNING_RATIO, CURRENT_SPEND (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_budget(
    double current_spend, double budget_limit, const cloudcircuit_budget_config *config,
    cloudcircuit_budget_result *result);

// Budget in exact money
// ---------------------
//
// The budget check on integers of the caller's minor unit: cents, micros or nanos. No decision is
// rounded, and the library never changes the scale.

/// Default warning_ppm.
#define CLOUDCIRCUIT_DEFAULT_WARNING_PPM 900000u

/// Settings of cloudcircuit_check_budget_i64. 8 bytes.
typedef struct cloudcircuit_budget_config_i64 {
    /// Share of the limit at which a warning starts, in parts per million; 1 to 1000000.
    uint32_t warning_ppm;
    /// Always 0.
    uint32_t reserved;
} cloudcircuit_budget_config_i64;

/// Result of cloudcircuit_check_budget_i64. 40 bytes.
typedef struct cloudcircuit_budget_result_i64 {
    /// The spend that was checked.
    int64_t current_spend;
    /// The limit that it was checked against.
    int64_t budget_limit;
    /// budget_limit - current_spend; negative when the limit is exceeded.
    int64_t remaining_budget;
    /// current_spend / budget_limit in parts per million, rounded down; at most UINT64_MAX.
    uint64_t usage_ppm;
    /// 1 when current_spend is at least warning_ppm of budget_limit, else 0.
    uint32_t is_warning;
    /// 1 when current_spend >= budget_limit, else 0. The host must not spend more.
    uint32_t is_breached;
} cloudcircuit_budget_result_i64;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_budget_config_i64_init(
    cloudcircuit_budget_config_i64 *config);

/// Checks a spend against a budget, as cloudcircuit_check_budget() does, in exact integers.
///
/// current_spend: spend so far; >= 0, in a minor unit.
/// budget_limit:  same unit; > 0.
/// config:        NULL for the defaults.
/// result:        the finding. On an error is_warning and is_breached are 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, BUDGET_LIMIT, WARNING_PPM, RESERVED, CURRENT_SPEND (the first that
/// applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_budget_i64(
    int64_t current_spend, int64_t budget_limit, const cloudcircuit_budget_config_i64 *config,
    cloudcircuit_budget_result_i64 *result);

// Columns of budgets
// ------------------
//
// Many budgets in one call, by the rules of the section on columns.

/// Answers cloudcircuit_check_budget() as bits.
///
/// current_spend: spend so far; finite, >= 0.
/// budget_limit:  same unit; finite, > 0.
/// warning_ratio: share of the limit at which a warning starts; > 0, <= 1.
///
/// Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply. On an error both
/// are set, with CLOUDCIRCUIT_FLAG_INVALID.
uint32_t cloudcircuit_budget_flags(double current_spend, double budget_limit, double warning_ratio);

/// Answers cloudcircuit_check_budget_i64() as bits.
///
/// current_spend: spend so far; >= 0, in a minor unit.
/// budget_limit:  same unit; > 0.
/// warning_ppm:   share of the limit at which a warning starts, in parts per million; 1 to 1000000.
///
/// Returns CLOUDCIRCUIT_FLAG_WARNING and CLOUDCIRCUIT_FLAG_BREACHED as they apply. On an error both
/// are set, with CLOUDCIRCUIT_FLAG_INVALID.
uint32_t cloudcircuit_budget_flags_i64(
    int64_t current_spend, int64_t budget_limit, uint32_t warning_ppm);

/// Checks many budgets, each as cloudcircuit_check_budget() does.
///
/// current_spend: column of spends so far, len amounts.
/// budget_limit:  column of limits, len amounts.
/// len:           number of rows, from 0.
/// config:        one for all rows; NULL for the defaults.
/// flags:         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ratio:   a double for each row, or NULL.
/// invalid_rows:  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_RATIO, INVALID_ROWS
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_budget_columns(
    const double *current_spend, const double *budget_limit, size_t len,
    const cloudcircuit_budget_config *config, uint8_t *flags, double *usage_ratio,
    size_t *invalid_rows);

/// Checks many budgets, as cloudcircuit_check_budget_columns() does, where values may be
/// missing.
///
/// current_spend:                 column of spends so far, len amounts.
/// current_spend_validity:        validity bitmap of current_spend, or NULL.
/// current_spend_validity_offset: the bit of its first row.
/// budget_limit:                  column of limits, len amounts.
/// budget_limit_validity:         validity bitmap of budget_limit, or NULL.
/// budget_limit_validity_offset:  the bit of its first row.
/// len:                           number of rows, from 0.
/// config:                        one for all rows; NULL for the defaults.
/// flags:                         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ratio:                   a double for each row, or NULL.
/// invalid_rows:                  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_RATIO, INVALID_ROWS
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_budget_columns_nullable(
    const double *current_spend, const uint8_t *current_spend_validity,
    size_t current_spend_validity_offset, const double *budget_limit,
    const uint8_t *budget_limit_validity, size_t budget_limit_validity_offset, size_t len,
    const cloudcircuit_budget_config *config, uint8_t *flags, double *usage_ratio,
    size_t *invalid_rows);

/// Checks many budgets, each as cloudcircuit_check_budget_i64() does.
///
/// current_spend: column of spends so far, len amounts, in a minor unit.
/// budget_limit:  column of limits, len amounts.
/// len:           number of rows, from 0.
/// config:        one for all rows; NULL for the defaults.
/// flags:         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ppm:     a uint64_t for each row, or NULL.
/// invalid_rows:  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_PPM, RESERVED, INVALID_ROWS
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_budget_columns_i64(
    const int64_t *current_spend, const int64_t *budget_limit, size_t len,
    const cloudcircuit_budget_config_i64 *config, uint8_t *flags, uint64_t *usage_ppm,
    size_t *invalid_rows);

/// Checks many budgets, as cloudcircuit_check_budget_columns_i64() does, where values may be
/// missing.
///
/// current_spend:                 column of spends so far, len amounts, in a minor unit.
/// current_spend_validity:        validity bitmap of current_spend, or NULL.
/// current_spend_validity_offset: the bit of its first row.
/// budget_limit:                  column of limits, len amounts.
/// budget_limit_validity:         validity bitmap of budget_limit, or NULL.
/// budget_limit_validity_offset:  the bit of its first row.
/// len:                           number of rows, from 0.
/// config:                        one for all rows; NULL for the defaults.
/// flags:                         a byte of CLOUDCIRCUIT_FLAG bits for each row.
/// usage_ppm:                     a uint64_t for each row, or NULL.
/// invalid_rows:                  number of invalid rows, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, WARNING_PPM, RESERVED, INVALID_ROWS
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_budget_columns_i64_nullable(
    const int64_t *current_spend, const uint8_t *current_spend_validity,
    size_t current_spend_validity_offset, const int64_t *budget_limit,
    const uint8_t *budget_limit_validity, size_t budget_limit_validity_offset, size_t len,
    const cloudcircuit_budget_config_i64 *config, uint8_t *flags, uint64_t *usage_ppm,
    size_t *invalid_rows);

/// Writes a cloudcircuit_budget_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_budget_result_json(
    const cloudcircuit_budget_result *result, char *buffer, size_t capacity, size_t *length);

/// Writes a cloudcircuit_budget_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_budget_result_i64_json(
    const cloudcircuit_budget_result_i64 *result, char *buffer, size_t capacity, size_t *length);

// Spike
// =====
//
// Is the latest spend far above the mean of what came before?

/// The largest number of points in a series: 2^31.
#define CLOUDCIRCUIT_MAX_SERIES_LEN 2147483648u

/// Default spike_multiplier.
#define CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER 1.5

/// Default min_baseline.
#define CLOUDCIRCUIT_DEFAULT_MIN_BASELINE 0.0

/// Settings of cloudcircuit_check_anomaly_spike. 16 bytes.
typedef struct cloudcircuit_spike_config {
    /// A spike lies above this many times the baseline; finite, > 1.
    double spike_multiplier;
    /// Lower bound of the baseline: small amounts over a near-zero baseline are not flagged;
    /// finite, >= 0, in the unit of the series.
    double min_baseline;
} cloudcircuit_spike_config;

/// Result of cloudcircuit_check_anomaly_spike. 32 bytes.
typedef struct cloudcircuit_spike_result {
    /// The last point of the series, which was judged; 0 for -0.0.
    double latest_spend;
    /// Mean of all points before it, also where min_baseline is larger.
    double baseline_mean;
    /// The larger of baseline_mean and min_baseline, times spike_multiplier; at most the largest
    /// double.
    double threshold;
    /// 1 when latest_spend > threshold, else 0.
    uint32_t is_spike;
    /// Always 0.
    uint32_t reserved;
} cloudcircuit_spike_result;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_config_init(
    cloudcircuit_spike_config *config);

/// Compares the last point of a series with the mean of all points before it, the baseline.
///
/// The last point is a spike above spike_multiplier times the baseline. A baseline below
/// min_baseline counts as min_baseline.
///
/// baseline_mean is the exact sum, rounded once, divided by the number of points and rounded again.
/// The order of the points does not affect it, and it is never infinite.
///
/// spend_series:     spend in equal steps of time, oldest first; each point finite, >= 0. A step
///                   without spend is a 0.
/// spend_series_len: number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults.
/// result:           the finding. On an error is_spike is 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SERIES_TOO_SHORT, SPIKE_MULTIPLIER, MIN_BASELINE,
/// SPEND_SERIES (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_anomaly_spike(
    const double *spend_series, size_t spend_series_len, const cloudcircuit_spike_config *config,
    cloudcircuit_spike_result *result);

// Spike in exact money
// --------------------
//
// The spike check on integers of the caller's minor unit. No decision is rounded.

/// Default spike_multiplier_ppm.
#define CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM 1500000u

/// Settings of cloudcircuit_check_anomaly_spike_i64. 16 bytes.
typedef struct cloudcircuit_spike_config_i64 {
    /// A spike lies above this many parts per million of the baseline; > 1000000.
    uint32_t spike_multiplier_ppm;
    /// Always 0.
    uint32_t reserved;
    /// Lower bound of the baseline; >= 0, in the unit of the series; default 0.
    int64_t min_baseline;
} cloudcircuit_spike_config_i64;

/// Result of cloudcircuit_check_anomaly_spike_i64. 32 bytes.
typedef struct cloudcircuit_spike_result_i64 {
    /// The last point of the series, which was judged.
    int64_t latest_spend;
    /// Mean of all points before it, rounded down, also where min_baseline is larger.
    int64_t baseline_mean;
    /// The larger of the exact mean and min_baseline, times spike_multiplier_ppm / 1000000, rounded
    /// down; at most INT64_MAX. A spend is above the exact threshold exactly when it is above this
    /// one.
    int64_t threshold;
    /// 1 when latest_spend is above the exact threshold, else 0.
    uint32_t is_spike;
    /// Always 0.
    uint32_t reserved;
} cloudcircuit_spike_result_i64;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_config_i64_init(
    cloudcircuit_spike_config_i64 *config);

/// Compares the last point of a series with the mean of all points before it, as
/// cloudcircuit_check_anomaly_spike() does, in exact integers.
///
/// spend_series:     spend in equal steps of time, oldest first, in one minor unit; each point >=
///                   0. A step without spend is a 0.
/// spend_series_len: number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults.
/// result:           the finding. On an error is_spike is 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SERIES_TOO_SHORT, SPIKE_MULTIPLIER_PPM, RESERVED,
/// MIN_BASELINE, SPEND_SERIES (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_anomaly_spike_i64(
    const int64_t *spend_series, size_t spend_series_len,
    const cloudcircuit_spike_config_i64 *config, cloudcircuit_spike_result_i64 *result);

// Columns of series
// -----------------
//
// Many series in one call, by the rules of the section on columns.

/// Answers cloudcircuit_check_anomaly_spike() as bits.
///
/// series:           spend in equal steps of time, oldest first; each point finite, >= 0; not NULL.
/// len:              number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// spike_multiplier: a spike lies above this many times the baseline; finite, > 1.
/// min_baseline:     lower bound of the baseline, same unit as the series; finite, >= 0.
///
/// Returns CLOUDCIRCUIT_FLAG_SPIKE or 0. On an error CLOUDCIRCUIT_FLAG_SPIKE is set, with
/// CLOUDCIRCUIT_FLAG_INVALID.
uint32_t cloudcircuit_spike_flags(
    const double *series, size_t len, double spike_multiplier, double min_baseline);

/// Checks many series, each as cloudcircuit_check_anomaly_spike() does.
///
/// spend:        the points of all series, end to end.
/// spend_len:    number of points.
/// offsets:      rows + 1 positions in spend that do not decrease, each 0 to spend_len. Series i is
///               spend[offsets[i]] to before spend[offsets[i + 1]].
/// rows:         number of series, from 0.
/// config:       one for all series; NULL for the defaults.
/// flags:        a byte for each series, CLOUDCIRCUIT_FLAG_SPIKE or 0.
/// threshold:    a double for each series, or NULL.
/// invalid_rows: number of invalid series, or NULL. A series below 2 points is invalid.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SPIKE_MULTIPLIER, MIN_BASELINE, OFFSETS,
/// INVALID_ROWS (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_anomaly_spike_columns(
    const double *spend, size_t spend_len, const int64_t *offsets, size_t rows,
    const cloudcircuit_spike_config *config, uint8_t *flags, double *threshold,
    size_t *invalid_rows);

/// Checks many series, as cloudcircuit_check_anomaly_spike_columns() does, where series or points
/// may be missing.
///
/// A series with a missing point is invalid.
///
/// spend:                  the points of all series, end to end.
/// spend_validity:         validity bitmap of the points, or NULL.
/// spend_validity_offset:  the bit of spend[0].
/// spend_len:              number of points.
/// offsets:                rows + 1 positions in spend that do not decrease, each 0 to spend_len.
/// series_validity:        validity bitmap of the series, or NULL.
/// series_validity_offset: the bit of the first series.
/// rows:                   number of series, from 0.
/// config:                 one for all series; NULL for the defaults.
/// flags:                  a byte for each series, CLOUDCIRCUIT_FLAG_SPIKE or 0.
/// threshold:              a double for each series, or NULL.
/// invalid_rows:           number of invalid series, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SPIKE_MULTIPLIER, MIN_BASELINE, OFFSETS,
/// INVALID_ROWS (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_check_anomaly_spike_columns_nullable(
    const double *spend, const uint8_t *spend_validity, size_t spend_validity_offset,
    size_t spend_len, const int64_t *offsets, const uint8_t *series_validity,
    size_t series_validity_offset, size_t rows, const cloudcircuit_spike_config *config,
    uint8_t *flags, double *threshold, size_t *invalid_rows);

/// Writes a cloudcircuit_spike_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_spike_result_json(
    const cloudcircuit_spike_result *result, char *buffer, size_t capacity, size_t *length);

/// Writes a cloudcircuit_spike_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_spike_result_i64_json(
    const cloudcircuit_spike_result_i64 *result, char *buffer, size_t capacity, size_t *length);

// Circuit breaker
// ===============
//
// May the operation run, after the failures seen so far?

/// Consecutive failures that open the breaker, when the host sets none.
#define CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD 3

/// What the host has counted, for cloudcircuit_evaluate_circuit_breaker. 24 bytes.
typedef struct cloudcircuit_breaker_counters {
    /// Failures since the last success; >= 0.
    int64_t consecutive_failures;
    /// Consecutive failures from which the breaker is open; > 0.
    int64_t failure_threshold;
    /// Steps (runs, minutes, billing cycles: the host's choice) until a cooldown ends; >= 0,
    /// 0 when there is none.
    int64_t cooldown_steps_remaining;
} cloudcircuit_breaker_counters;

/// What cloudcircuit_evaluate_circuit_breaker decided. 16 bytes. Zeroed memory does not
/// allow.
typedef struct cloudcircuit_breaker_decision {
    /// The remaining cooldown when open, else 0. An open breaker without a cooldown says 0
    /// too.
    int64_t retry_after_steps;
    /// 1 when open, else 0.
    uint32_t is_open;
    /// The opposite of is_open: 1 when the operation may run.
    uint32_t allow_operation;
} cloudcircuit_breaker_decision;

/// Fills in a closed breaker's counters: no failures, CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
/// no cooldown.
///
/// counters: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when counters is NULL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_counters_init(
    cloudcircuit_breaker_counters *counters);

/// Decides from the host's own counters whether an operation may run: the breaker is open
/// when consecutive_failures >= failure_threshold or a cooldown remains.
///
/// counters: what the host has counted; not NULL.
/// decision: the answer; on an error is_open is 1, allow_operation and retry_after_steps are 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER              counters or decision is NULL
///   CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES      consecutive_failures is below 0
///   CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD         failure_threshold is below 1
///   CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING  cooldown_steps_remaining is below 0
///
/// The rule is evaluate_circuit_breaker of the Python package cloudcircuit 0.1.0.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_evaluate_circuit_breaker(
    const cloudcircuit_breaker_counters *counters, cloudcircuit_breaker_decision *decision);

/// Answers cloudcircuit_evaluate_circuit_breaker() as bits.
///
/// consecutive_failures:     failures since the last success; >= 0.
/// failure_threshold:        consecutive failures that open the breaker; > 0.
/// cooldown_steps_remaining: steps until a cooldown ends, 0 when there is none; >= 0.
///
/// Returns CLOUDCIRCUIT_FLAG_OPEN or 0. On an error CLOUDCIRCUIT_FLAG_OPEN is set, with
/// CLOUDCIRCUIT_FLAG_INVALID.
uint32_t cloudcircuit_breaker_flags(
    int64_t consecutive_failures, int64_t failure_threshold, int64_t cooldown_steps_remaining);

/// Writes a cloudcircuit_breaker_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_breaker_decision_json(
    const cloudcircuit_breaker_decision *decision, char *buffer, size_t capacity, size_t *length);

// Breaker with state
// ==================
//
// The whole breaker: it counts, trips, waits, probes and closes again.
// The state is the host's, plain bytes; time is an argument. Before a call the host acquires a
// permit, after it reports the outcome with that permit:
//
//     cloudcircuit_breaker_permit permit;
//     cloudcircuit_breaker_acquire(NULL, &state, now, &permit);
//     if (permit.allowed) {
//         int ok = call();
//         cloudcircuit_breaker_report(NULL, &state, &permit,
//                                     ok ? CLOUDCIRCUIT_OUTCOME_SUCCESS
//                                        : CLOUDCIRCUIT_OUTCOME_FAILURE, duration, later);
//     }
//
// Closed. Every acquire is allowed and changes nothing. Every report but an ignored one is an
// outcome: it goes into the window and into consecutive_failures, which a success sets to 0. Then
// each rule of the config that is switched on may trip the breaker, after a success too: a slow
// one, or one that completes minimum_calls. The rates look at the latest window_size outcomes, or
// at all if there are fewer.
//
// Open. A trip opens it until now + open time: open_duration, doubled for each earlier trip since
// it was last closed, up to max_open_duration, then lengthened by the jitter. The jitter is
// (most + 1) * r / 2^64 rounded down, where most is jitter_ppm of the open time rounded down and r
// is number `generation` (the open phase's own) of the sequence that SplitMix64 draws from
// jitter_seed. Every acquire before open_until is refused.
//
// Half-open. The first acquire at or after open_until makes it half-open and is the first probe.
// At most half_open_max_probes are in flight at once; other acquires are refused until the
// earliest deadline. A probe takes the lowest free slot, and its deadline is now + probe_timeout.
// A probe that reports a success, slow or not, counts; when half_open_successes have, the breaker
// closes and starts over: counters, window and trips are 0.
// A probe that reports a failure trips it again. So does one that has not reported before its
// deadline: the next acquire, or the next report of any probe in flight, finds that out and, in
// place of what it came for, opens the breaker until its own now + open time.
//
// Forced. A host may force it open or closed until a time. Nothing is judged meanwhile, reports
// change nothing. The first acquire at or after forced_until closes it and starts it over.
//
// Late and repeated reports. A report from an earlier generation, so from an earlier phase, and a
// second one of the same probe change nothing and answer CLOUDCIRCUIT_ERR_STALE_PERMIT: what was
// called before a trip says nothing about the phase after it. A permit is known by its generation,
// slot and deadline: while closed, calls have no slots, and reporting one twice counts it twice;
// a probe that follows another one in its slot at the same now, or while the clock is behind
// updated_at, is not told from it.
//
// Time. A now before updated_at counts as updated_at, so that a clock that runs back never opens
// the way earlier; retry_after is then counted from there. now may be any int64_t; an open time or
// a deadline later than INT64_MAX is INT64_MAX, which has come when now is.
//
// Which clock. One for all writers of a state, that survives a restart if the state does: seconds
// since 1970, for example. A now that is far ahead once holds the breaker there, for every later now counts
// as that one until the clock catches up.
//
// A state and a permit to be written must not overlap.

/// Every call is allowed; outcomes are counted.
#define CLOUDCIRCUIT_BREAKER_CLOSED 1

/// Every call is refused until open_until.
#define CLOUDCIRCUIT_BREAKER_OPEN 2

/// A few calls are allowed as probes; they decide whether it closes or opens again.
#define CLOUDCIRCUIT_BREAKER_HALF_OPEN 3

/// Every call is refused until forced_until; nothing is judged.
#define CLOUDCIRCUIT_BREAKER_FORCED_OPEN 4

/// Every call is allowed until forced_until; nothing is judged.
#define CLOUDCIRCUIT_BREAKER_FORCED_CLOSED 5

/// The call did what it should.
#define CLOUDCIRCUIT_OUTCOME_SUCCESS 1

/// The call failed.
#define CLOUDCIRCUIT_OUTCOME_FAILURE 2

/// The call says nothing about what it called, cancelled for one: frees its probe, judges
/// nothing.
#define CLOUDCIRCUIT_OUTCOME_IGNORED 3

/// The first field of every cloudcircuit_breaker_state; "CCB1" as little-endian bytes.
#define CLOUDCIRCUIT_BREAKER_LAYOUT 826426179

/// The bytes that cloudcircuit_breaker_state_encode writes.
#define CLOUDCIRCUIT_BREAKER_ENCODED_LEN 172

/// The largest window_size: the outcomes that a state remembers.
#define CLOUDCIRCUIT_BREAKER_MAX_WINDOW 128

/// The largest half_open_max_probes: the probes that a state has slots for.
#define CLOUDCIRCUIT_BREAKER_MAX_PROBES 8

/// The default of half_open_max_probes.
#define CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES 1

/// The default of half_open_successes.
#define CLOUDCIRCUIT_DEFAULT_HALF_OPEN_SUCCESSES 1

/// The default of open_duration.
#define CLOUDCIRCUIT_DEFAULT_OPEN_DURATION 30000

/// The default of max_open_duration.
#define CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION 30000

/// The default of probe_timeout.
#define CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT 60000

/// When a breaker trips and how it recovers. 72 bytes.
///
/// Durations are in the host's unit of time, the same as every now: milliseconds, billing
/// steps. The defaults suit milliseconds. A host may change its config between calls on the
/// same state.
typedef struct cloudcircuit_breaker_config {
    /// Consecutive failures that trip it; 0 = off; default CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD.
    uint32_t failure_threshold;
    /// The latest outcomes that the rates look at, at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW;
    /// 0 = both rates off; default 0.
    uint32_t window_size;
    /// Outcomes that must be in the window before a rate may trip it; 1 to window_size when
    /// window_size is above 0, else of no effect; default 0.
    uint32_t minimum_calls;
    /// Trips when failures / outcomes in the window reach this share, in parts per million;
    /// at most 1000000; 0 = off; default 0.
    uint32_t failure_rate_ppm;
    /// Trips when slow calls / outcomes in the window reach this share, in parts per million;
    /// at most 1000000; 0 = off; default 0.
    uint32_t slow_call_rate_ppm;
    /// Probes in flight at once while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES.
    uint32_t half_open_max_probes;
    /// Probe successes in a row that close it, >= 1; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_SUCCESSES.
    uint32_t half_open_successes;
    /// The open time is lengthened by up to this share of itself, in parts per million; at most
    /// 1000000; default 0.
    uint32_t jitter_ppm;
    /// What the jitter is drawn from, an instance number say: same seed, same jitter; default 0.
    uint64_t jitter_seed;
    /// A call that took this long or longer is slow, success or failure; > 0 when window_size and
    /// slow_call_rate_ppm are, else 0 or less means that no call is slow; default 0.
    int64_t slow_call_duration;
    /// How long the first trip opens it; > 0; default CLOUDCIRCUIT_DEFAULT_OPEN_DURATION.
    int64_t open_duration;
    /// Each trip without a close in between doubles the open time, up to here, before jitter;
    /// >= open_duration; default CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION.
    int64_t max_open_duration;
    /// A probe that has not reported before this has passed has failed; > 0; default
    /// CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT.
    int64_t probe_timeout;
} cloudcircuit_breaker_config;

/// A breaker, whole: the host keeps these 168 bytes wherever it likes and only the library
/// writes them. Zeroed memory is no breaker: every call refuses it.
typedef struct cloudcircuit_breaker_state {
    /// CLOUDCIRCUIT_BREAKER_LAYOUT.
    uint32_t layout;
    /// CLOUDCIRCUIT_BREAKER_CLOSED, _OPEN, _HALF_OPEN, _FORCED_OPEN or _FORCED_CLOSED.
    int32_t phase;
    /// One more at every call that changed the state, 0 at first: for the host's
    /// compare-and-swap. A call that leaves it as it was left every byte, and need not be stored.
    uint64_t revision;
    /// One more at every change of phase, 0 at first.
    uint64_t generation;
    /// The latest time at which the state changed.
    int64_t updated_at;
    /// When open: from then on the next acquire makes it half-open. Kept while half-open. Else 0.
    int64_t open_until;
    /// When forced: from then on the next acquire closes it. Else 0.
    int64_t forced_until;
    /// Failures since the latest success while closed; kept while open and half-open.
    uint32_t consecutive_failures;
    /// Trips since it was last closed.
    uint32_t trips;
    /// Outcomes in the window, up to 128, whatever window_size is; kept while open and half-open.
    uint32_t window_calls;
    /// The slot of the window that the next outcome goes into; slots are used in a ring.
    uint32_t window_next;
    /// When half-open: probes that succeeded. Else 0.
    uint32_t probe_successes;
    /// Bit i: the probe in slot i is in flight.
    uint32_t live_probes;
    /// Bit i % 64 of word i / 64: the outcome in slot i of the window was a failure.
    uint64_t window_failures[2];
    /// The same: the call was slow.
    uint64_t window_slow[2];
    /// By when the probe in slot i must have reported; 0 when it is not in flight.
    int64_t probe_deadlines[8];
} cloudcircuit_breaker_state;

/// Whether a call may run, and its ticket for the report. 40 bytes. Zeroed memory does not
/// allow.
typedef struct cloudcircuit_breaker_permit {
    /// The state's.
    uint64_t generation;
    /// When refused: how long it is until open_until, until the earliest deadline of a probe, or
    /// until forced_until. Else 0.
    int64_t retry_after;
    /// By when a probe must report: at that time it is too late. Else 0.
    int64_t deadline;
    /// The state's; 0 after an error.
    int32_t phase;
    /// 1 when the call may run, else 0.
    uint32_t allowed;
    /// The slot of a probe, from 1; 0 when the call is not a probe.
    uint32_t probe_slot;
    /// 1 when now was before the state's updated_at, which was then taken in its place; else 0.
    uint32_t clock_regressed;
} cloudcircuit_breaker_permit;

/// Fills in the defaults, as the struct's fields name them.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_config_init(
    cloudcircuit_breaker_config *config);

/// Makes a new breaker: closed, revision and generation 0. Only for a breaker that never was: a
/// permit of an older one could be taken for its own. To start a breaker over, force it to
/// CLOUDCIRCUIT_BREAKER_FORCED_CLOSED and then to CLOUDCIRCUIT_BREAKER_CLOSED.
///
/// now: the time.
/// state: where to write it.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when state is NULL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_init(
    int64_t now, cloudcircuit_breaker_state *state);

/// Asks whether a call may run now.
///
/// config: NULL for the defaults.
/// state: the breaker; not NULL. It changes only when a phase ends or a probe starts.
/// now: the time.
/// permit: the answer, to be passed to cloudcircuit_breaker_report if allowed; on an error
/// all of it is 0, which does not allow.
///
/// Returns CLOUDCIRCUIT_OK, also when refused, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER          state or permit is NULL
///   CLOUDCIRCUIT_ERR_WINDOW_SIZE           config window_size is above
///                                          CLOUDCIRCUIT_BREAKER_MAX_WINDOW
///   CLOUDCIRCUIT_ERR_MINIMUM_CALLS         window_size is above 0 and minimum_calls is not 1 to
///                                          window_size
///   CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM      failure_rate_ppm is above 1000000
///   CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM    slow_call_rate_ppm is above 1000000
///   CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES  half_open_max_probes is not 1 to
///                                          CLOUDCIRCUIT_BREAKER_MAX_PROBES
///   CLOUDCIRCUIT_ERR_HALF_OPEN_SUCCESSES   half_open_successes is 0
///   CLOUDCIRCUIT_ERR_JITTER_PPM            jitter_ppm is above 1000000
///   CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION    window_size and slow_call_rate_ppm are above 0 and
///                                          slow_call_duration is not
///   CLOUDCIRCUIT_ERR_OPEN_DURATION         open_duration is below 1
///   CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION     max_open_duration is below open_duration
///   CLOUDCIRCUIT_ERR_PROBE_TIMEOUT         probe_timeout is below 1
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE         state is none that the library can have written
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_acquire(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state, int64_t now,
    cloudcircuit_breaker_permit *permit);

/// Tells how an allowed call went.
///
/// config: NULL for the defaults; the one that the permit was acquired with.
/// state: the breaker; not NULL.
/// permit: as acquired; not NULL.
/// outcome: a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long the call took, >= 0; counts only against slow_call_duration.
/// now: the time.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies, with the state as it was:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state or permit is NULL
///   the statuses of config and state, as for cloudcircuit_breaker_acquire
///   CLOUDCIRCUIT_ERR_PERMIT         permit was refused, or is none that this breaker can have
///                                   given out
///   CLOUDCIRCUIT_ERR_OUTCOME        outcome is no CLOUDCIRCUIT_OUTCOME constant
///   CLOUDCIRCUIT_ERR_DURATION       duration is below 0
///   CLOUDCIRCUIT_ERR_STALE_PERMIT   permit is from an earlier generation, or of a probe that has
///                                   reported
///
/// A stale permit is part of life, not a fault of the host: the breaker moved on without it.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_report(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state,
    const cloudcircuit_breaker_permit *permit, int32_t outcome, int64_t duration, int64_t now);

/// Reports one call and acquires for the next, as cloudcircuit_breaker_report and
/// cloudcircuit_breaker_acquire one after the other at the same time, in one call. The revision
/// grows by one for each of the two that changes the state.
///
/// If either is an error, that is the status, nothing is reported and the state is as it was:
/// after CLOUDCIRCUIT_ERR_STALE_PERMIT acquire alone.
///
/// config: NULL for the defaults.
/// state: the breaker; not NULL.
/// permit: of the call that ended; not NULL.
/// outcome: a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long that call took, >= 0.
/// now: the time.
/// next: the permit of the next call, may be the same memory as permit; on an error all of it is
/// 0, which does not allow.
///
/// Returns CLOUDCIRCUIT_OK, CLOUDCIRCUIT_ERR_NULL_POINTER when state, permit or next is NULL, or
/// the other statuses of cloudcircuit_breaker_report in their order.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_report_and_acquire(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state,
    const cloudcircuit_breaker_permit *permit, int32_t outcome, int64_t duration, int64_t now,
    cloudcircuit_breaker_permit *next);

/// Forces the breaker open or closed until a time, whatever it is in, or closes it. To force a
/// phase that it is in already only moves its end.
///
/// state: the breaker; not NULL.
/// forced_phase: CLOUDCIRCUIT_BREAKER_FORCED_OPEN, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED, or
/// CLOUDCIRCUIT_BREAKER_CLOSED to end either, or an open or half-open phase; that starts it over,
/// and does nothing to a breaker that is closed.
/// until: when the forced phase ends, INT64_MAX for never; a time that has come, also one up to
/// updated_at, ends it at the next acquire. Without effect for CLOUDCIRCUIT_BREAKER_CLOSED.
/// now: the time.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies, with the state as it was:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  state is none that the library can have written
///   CLOUDCIRCUIT_ERR_FORCED_PHASE   forced_phase is none of the three
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_force(
    cloudcircuit_breaker_state *state, int32_t forced_phase, int64_t until, int64_t now);

/// Tells whether the library can have written a state, under whatever config: each of its fields
/// fits the others. Every call above looks for itself.
///
/// state: the breaker; not NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  it cannot
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_state_validate(
    const cloudcircuit_breaker_state *state);

/// Writes a state as bytes that any machine reads: its fields in order, little-endian, then the
/// CRC-32 (that of zlib and PNG) of the bytes before it, little-endian too. The first four bytes,
/// the layout, tell this form from any later one.
///
/// state: the breaker; not NULL.
/// bytes: where to write; not NULL; may overlap the state. On an error other than that of len all
/// of it is 0, which decodes to no breaker.
/// len: their number, CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    state or bytes is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another; nothing is written
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   state is none that the library can have written
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_state_encode(
    const cloudcircuit_breaker_state *state, uint8_t *bytes, size_t len);

/// Reads a state from what cloudcircuit_breaker_state_encode wrote, on whatever machine.
///
/// bytes: not NULL.
/// len: their number, CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
/// state: where to write it; may overlap bytes; on an error all of it is 0, which is no breaker.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    bytes or state is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   bytes are not as they were written
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_breaker_state *state);

/// Writes a cloudcircuit_breaker_permit as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_breaker_permit_json(
    const cloudcircuit_breaker_permit *permit, char *buffer, size_t capacity, size_t *length);

// Ledger
// ======
//
// A budget that cannot be overspent. Check-then-spend lets two requests pass one last dollar; a
// ledger holds what a request may cost before it runs, and books what it did cost afterwards. Its
// amounts are exact: int64_t, in the host's smallest unit (cents, micros, tokens).
//
//     cloudcircuit_ledger_hold hold;
//     cloudcircuit_ledger_decision decision;
//     cloudcircuit_ledger_reserve(&config, &state, 500, &hold, &decision);
//     if (decision.allowed)
//         cloudcircuit_ledger_settle(&config, &state, &hold, spend_up_to(500), &decision);
//
// Many requests at once are safe only if every writer stores the state by compare-and-swap on its
// revision, as the beginning of this header says. Store the hold in the same transaction: a state
// stored without its hold holds the amount until the period ends, and a hold that is settled again
// after a crash is booked twice.
//
// The reason of a decision tells where settled + held stands after the call: below the limit, at
// it, above it, or CLOUDCIRCUIT_LEDGER_UNLIMITED. That of a refused reserve tells why. That of a
// late hold is CLOUDCIRCUIT_LEDGER_LATE wherever it stands, which allowed, available and overshoot
// then tell.
//
// Thresholds are on settled. A call that takes it to one or past it says so in newly_crossed, once
// a period; a credit that takes it back under re-arms the threshold. Every call judges crossed again
// by its own config: where that is not the config of the call before, crossed and the revision may
// change even if nothing else does.
//
// A state, a hold and a decision to be written must not overlap. Every call with a decision
// returns CLOUDCIRCUIT_OK, also when refused, or the first status that applies: the ones of its
// pointers, of config, of state, then those that it lists:
//   CLOUDCIRCUIT_ERR_NULL_POINTER     state, hold or decision is NULL
//   CLOUDCIRCUIT_ERR_LEDGER_LIMIT     config limit is below 0
//   CLOUDCIRCUIT_ERR_IS_UNLIMITED     is_unlimited is neither 0 nor 1
//   CLOUDCIRCUIT_ERR_THRESHOLD_COUNT  threshold_count is above CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS
//   CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT  there are thresholds, and limit is 0 or is_unlimited 1
//   CLOUDCIRCUIT_ERR_THRESHOLD_PPM    one of them is 0 or not above the one before
//   CLOUDCIRCUIT_ERR_CORRUPT_STATE    state is none that the library can have written
// On an error the state is as it was and all of the decision is 0, which does not allow.

/// settled + held is below the limit.
#define CLOUDCIRCUIT_LEDGER_WITHIN 1

/// settled + held is the limit exactly.
#define CLOUDCIRCUIT_LEDGER_AT_LIMIT 2

/// settled + held is above the limit, or would be with the estimate.
#define CLOUDCIRCUIT_LEDGER_OVER_LIMIT 3

/// The same, and the estimate alone is above the limit: it would not fit into an empty ledger.
#define CLOUDCIRCUIT_LEDGER_EXCEEDS_LIMIT 4

/// There is no limit.
#define CLOUDCIRCUIT_LEDGER_UNLIMITED 5

/// The hold was from an earlier period.
#define CLOUDCIRCUIT_LEDGER_LATE 6

/// The first field of every cloudcircuit_ledger_state; "CCL1" as little-endian bytes.
#define CLOUDCIRCUIT_LEDGER_LAYOUT 827081539

/// The bytes that cloudcircuit_ledger_state_encode writes.
#define CLOUDCIRCUIT_LEDGER_ENCODED_LEN 44

/// The most thresholds that a config holds.
#define CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS 8

/// The limit and the shares of it that are worth a word. 48 bytes. The defaults, which are
/// zeroed memory, allow nothing.
///
/// Pass the same config with every call on a state: what has been crossed is judged again each
/// time, so that a changed limit or threshold counts from the next call on.
typedef struct cloudcircuit_ledger_config {
    /// The most that may be settled and held together in a period; >= 0; 0 = nothing; default 0.
    int64_t limit;
    /// 1 when there is no limit, which then counts for nothing, else 0; default 0.
    uint32_t is_unlimited;
    /// How many of threshold_ppm count, at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS; above 0 only
    /// when limit is above 0 and is_unlimited 0; default 0.
    uint32_t threshold_count;
    /// Shares of the limit in parts per million, each > 0 and above the one before; above 1000000
    /// too. A threshold is crossed when settled reaches it.
    uint32_t threshold_ppm[8];
} cloudcircuit_ledger_config;

/// A budget, whole: the host keeps these 40 bytes wherever it likes and only the library writes
/// them. Zeroed memory is no ledger: every call refuses it.
typedef struct cloudcircuit_ledger_state {
    /// CLOUDCIRCUIT_LEDGER_LAYOUT.
    uint32_t layout;
    /// Bit i: threshold i has been crossed.
    uint32_t crossed;
    /// One more at every call that changed the state, 0 at first: for the host's
    /// compare-and-swap. A call that leaves it as it was left every byte, and need not be stored.
    uint64_t revision;
    /// The budget period, a month's number say: the host's choice, as long as later is greater.
    int64_t period;
    /// What was spent in the period; below 0 when credits exceed it.
    int64_t settled;
    /// What is reserved and neither settled nor released; >= 0.
    int64_t held;
} cloudcircuit_ledger_state;

/// What cloudcircuit_ledger_reserve held, to be settled or released. 16 bytes. The host stores
/// it with the state, in one transaction.
typedef struct cloudcircuit_ledger_hold {
    /// The period that it was held in.
    int64_t period;
    /// What it holds; 0 when it is spent, or was refused.
    int64_t amount;
} cloudcircuit_ledger_hold;

/// What a ledger call decided. 48 bytes. Zeroed memory does not allow.
typedef struct cloudcircuit_ledger_decision {
    /// The state's, after the call.
    int64_t settled;
    /// The state's, after the call.
    int64_t held;
    /// What a reserve could still hold: limit - settled - held, at least 0, at most INT64_MAX,
    /// which it also is without a limit.
    int64_t available;
    /// How far settled is above the limit, else 0.
    int64_t overshoot;
    /// From cloudcircuit_ledger_reserve: 1 when the estimate is held, else 0. From other calls it is
    /// no permission: 1 when settled + held is not above the limit, else 0.
    uint32_t allowed;
    /// Why: a CLOUDCIRCUIT_LEDGER constant, _WITHIN to _LATE; 0 after an error.
    int32_t reason;
    /// The state's, after the call.
    uint32_t crossed;
    /// Bit i: threshold i is crossed and was not before this call.
    uint32_t newly_crossed;
} cloudcircuit_ledger_decision;

/// Fills in the defaults: a limit of 0, which allows nothing, and no thresholds.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_config_init(
    cloudcircuit_ledger_config *config);

/// Makes a new ledger: nothing settled, nothing held, revision 0. Only for a ledger that never was:
/// an older one's holds and revisions could be taken for its own. To start over, roll to a later
/// period.
///
/// period: the period that it starts in.
/// state: where to write it.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when state is NULL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_init(
    int64_t period, cloudcircuit_ledger_state *state);

/// Holds an estimate if settled + held + estimate <= limit, all of it or nothing.
///
/// config: NULL for the defaults, which allow nothing.
/// state: the ledger; not NULL.
/// estimate: the most that the request may cost; > 0.
/// hold: what is held; not NULL. When refused, and on an error, all of it is 0.
/// decision: the answer; not NULL.
///
/// Returns a status as above, then the first of these that applies:
///   CLOUDCIRCUIT_ERR_ESTIMATE  estimate is below 1
///   CLOUDCIRCUIT_ERR_OVERFLOW  it fits under the limit, and held or settled + held would not fit
///                              into int64_t
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_reserve(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t estimate,
    cloudcircuit_ledger_hold *hold, cloudcircuit_ledger_decision *decision);

/// Books what a held request cost, also when that is more than was held or takes settled past the
/// limit, and lets the rest of the hold go. A hold from an earlier period is booked into the
/// current one, with reason CLOUDCIRCUIT_LEDGER_LATE; the roll has let its amount go.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// hold: as reserved; not NULL. Its amount becomes 0; on an error it is as it was.
/// actual: what the request cost; >= 0.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then the first of these that applies:
///   CLOUDCIRCUIT_ERR_HOLD_SPENT   the hold's amount is 0: settled, released or refused
///   CLOUDCIRCUIT_ERR_HOLD_PERIOD  the hold is from a later period than the state
///   CLOUDCIRCUIT_ERR_HOLD_AMOUNT  the hold's amount is below 0, or above held in its period
///   CLOUDCIRCUIT_ERR_ACTUAL       actual is below 0
///   CLOUDCIRCUIT_ERR_OVERFLOW     settled or settled + held would not fit into int64_t
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_settle(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t actual, cloudcircuit_ledger_decision *decision);

/// Lets a hold go unspent. One from an earlier period is only marked as spent, with reason
/// CLOUDCIRCUIT_LEDGER_LATE.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// hold: as reserved; not NULL. Its amount becomes 0; on an error it is as it was.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then the first of these that applies:
///   CLOUDCIRCUIT_ERR_HOLD_SPENT   the hold's amount is 0: settled, released or refused
///   CLOUDCIRCUIT_ERR_HOLD_PERIOD  the hold is from a later period than the state
///   CLOUDCIRCUIT_ERR_HOLD_AMOUNT  the hold's amount is below 0, or above held in its period
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_release(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, cloudcircuit_ledger_decision *decision);

/// Books spend that was not held, or a credit, also past the limit.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// amount: below 0 for a credit, which may take settled below 0 too.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then this if it applies:
///   CLOUDCIRCUIT_ERR_OVERFLOW  settled or settled + held would not fit into int64_t
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_record(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t amount,
    cloudcircuit_ledger_decision *decision);

/// Moves on to a later period, which starts with nothing settled, held and crossed; holds that are
/// still out become late. To the period that it is in it does nothing but judge crossed, as every
/// call does, so that every writer may roll before it reserves.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// period: the period to be in.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then this if it applies:
///   CLOUDCIRCUIT_ERR_PERIOD  period is before the state's
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_roll(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t period,
    cloudcircuit_ledger_decision *decision);

/// Tells whether the library can have written a state, under whatever config: each of its fields
/// fits the others. Every call above looks for itself.
///
/// state: the ledger; not NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  it cannot
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_state_validate(
    const cloudcircuit_ledger_state *state);

/// Writes a state as bytes that any machine reads: its fields in order, little-endian, then the
/// CRC-32 (that of zlib and PNG) of the bytes before it, little-endian too. The first four bytes,
/// the layout, tell this form from any later one.
///
/// state: the ledger; not NULL.
/// bytes: where to write; not NULL; may overlap the state. On an error other than that of len all
/// of it is 0, which decodes to no ledger.
/// len: their number, CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    state or bytes is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another; nothing is written
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   state is none that the library can have written
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_state_encode(
    const cloudcircuit_ledger_state *state, uint8_t *bytes, size_t len);

/// Reads a state from what cloudcircuit_ledger_state_encode wrote, on whatever machine.
///
/// bytes: not NULL.
/// len: their number, CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
/// state: where to write it; may overlap bytes; on an error all of it is 0, which is no ledger.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    bytes or state is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   bytes are not as they were written
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_ledger_state *state);

/// Writes a cloudcircuit_ledger_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_ledger_decision_json(
    const cloudcircuit_ledger_decision *decision, char *buffer, size_t capacity, size_t *length);

// Detect
// ======
//
// Is a point far above what its series usually does at that time?
//
// For daily spend the detector expects a level times a robust weekday profile, for hourly spend
// the usual spend of the same hour. docs/DETECTION.md describes the method and its accuracy. NaN
// is a missing point for the detector, the scan and the tracker.

/// A forecast was made, or the point judged is no spike.
#define CLOUDCIRCUIT_VERDICT_NORMAL 1

/// The point judged is a spike.
#define CLOUDCIRCUIT_VERDICT_SPIKE 2

/// There are too few points for an answer.
#define CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA 3

/// The start_time of a series whose dates are unknown.
#define CLOUDCIRCUIT_TIME_UNKNOWN INT64_MIN

/// The default score_threshold, a robust z-score.
#define CLOUDCIRCUIT_DEFAULT_SCORE_THRESHOLD 3.5

/// The default min_relative_impact: 8 % of the expected spend.
#define CLOUDCIRCUIT_DEFAULT_MIN_RELATIVE_IMPACT 0.08

/// The default min_baseline, in the unit of the series.
#define CLOUDCIRCUIT_DEFAULT_DETECT_MIN_BASELINE 0.01

/// The default step, in seconds: a day.
#define CLOUDCIRCUIT_DEFAULT_STEP 86400

/// The largest season_length: the hours of ten days.
#define CLOUDCIRCUIT_MAX_SEASON_LENGTH 240

/// The smallest window, in points.
#define CLOUDCIRCUIT_MIN_DETECT_WINDOW 14

/// The largest window, in points: the hours of twenty days.
#define CLOUDCIRCUIT_MAX_DETECT_WINDOW 480

/// The largest lag_points.
#define CLOUDCIRCUIT_MAX_LAG_POINTS 480

/// The call failed, so nothing was judged.
#define CLOUDCIRCUIT_DETECT_REASON_REFUSED 0

/// Normal: the score is at most score_threshold.
#define CLOUDCIRCUIT_DETECT_REASON_SCORE 1

/// A spike: the score of the point alone is above score_threshold.
#define CLOUDCIRCUIT_DETECT_REASON_ONE_POINT 2

/// A spike: the scores of two points in a row are above score_threshold / 1.2 (hourly 1.4).
#define CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS 3

/// A spike: the scores of three points in a row are above score_threshold / 3.5 (hourly 2.2).
#define CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS 4

/// Normal: the score is above score_threshold, but the excess is below min_impact.
#define CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT 5

/// Normal: the score is above score_threshold, but the excess is below min_relative_impact.
#define CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT 6

/// Insufficient data: too few known points come before the point.
#define CLOUDCIRCUIT_DETECT_REASON_HISTORY 7

/// Insufficient data: the point itself is missing.
#define CLOUDCIRCUIT_DETECT_REASON_MISSING 8

/// Normal: the score is above score_threshold, but at least two earlier excesses of half its height
/// came at the same distance or on the same day of the month.
#define CLOUDCIRCUIT_DETECT_REASON_RECURRING 9

/// Settings of cloudcircuit_detect_spike(), cloudcircuit_scan_spikes() and the tracker.
typedef struct cloudcircuit_detect_config {
    /// Number of points after which spend repeats its pattern, up to
    /// CLOUDCIRCUIT_MAX_SEASON_LENGTH; 1 for no pattern. Default 0: a week for daily points, a day
    /// with its weekends for hourly ones, else no pattern.
    uint32_t season_length;
    /// Points looked back at, for the expected spend and for its deviations:
    /// CLOUDCIRCUIT_MIN_DETECT_WINDOW to CLOUDCIRCUIT_MAX_DETECT_WINDOW, and at least two seasons.
    /// Default 0: 98 for seasons of up to 14 points, else the larger of 336 and two seasons.
    uint32_t window;
    /// For bills that fill up late: judges the point this many before the last and ignores later
    /// ones. 0 to CLOUDCIRCUIT_MAX_LAG_POINTS, default 0.
    uint32_t lag_points;
    /// Must be 0.
    uint32_t reserved;
    /// A point is a spike if its score, a robust z-score, is above this; finite and > 0. A higher
    /// threshold finds fewer spikes.
    double score_threshold;
    /// A point whose excess is below this amount is neither a spike nor a leak; finite and >= 0,
    /// default 0.
    double min_impact;
    /// A point is no spike if its excess is below this share of its expected or of its usual spend,
    /// whichever is larger; finite and >= 0.
    double min_relative_impact;
    /// The expected spend is taken as at least this amount, so that small amounts over a near-zero
    /// baseline are not flagged; finite and >= 0. With 0 any spend after an all-zero history is a
    /// spike.
    double min_baseline;
    /// Time of the first point, in seconds since 1970-01-01 in the bill's calendar, at most 2^53
    /// either way. CLOUDCIRCUIT_TIME_UNKNOWN, the default, turns off weekends for hourly points and
    /// charges by the day of the month for daily ones; those charges then look like spikes.
    int64_t start_time;
    /// Seconds between points, 1 to 2^31.
    int64_t step;
} cloudcircuit_detect_config;

/// Result of cloudcircuit_detect_spike() and cloudcircuit_spike_tracker_update().
///
/// With insufficient data expected_spend, upper_bound, excess and both scores are 0.
typedef struct cloudcircuit_detect_result {
    /// The point judged; 0 if it is missing.
    double latest_spend;
    /// The largest spend that the past explains: up to a tenth above a steady level.
    double expected_spend;
    /// Spend above this is a spike, up to rounding, unless reason is
    /// CLOUDCIRCUIT_DETECT_REASON_RECURRING.
    double upper_bound;
    /// latest_spend - expected_spend; negative if less was spent.
    double excess;
    /// The excess as a robust z-score. Two or three high points in a row raise it. The verdict
    /// compares it with score_threshold.
    double score;
    /// How far the last season lies above the line through the six seasons before it, as a robust
    /// z-score. 0 if it does not lie above the line or there is no line.
    double leak_score;
    /// Number of earlier points whose deviations the score is based on.
    uint32_t points_used;
    /// CLOUDCIRCUIT_VERDICT_NORMAL, CLOUDCIRCUIT_VERDICT_SPIKE or
    /// CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA.
    int32_t verdict;
    /// What decided: a CLOUDCIRCUIT_DETECT_REASON constant.
    int32_t reason;
    /// 1 if spend has crept up for two seasons or more, else 0: leak_score is above 1, and the rise
    /// is gradual. Independent of verdict.
    uint32_t is_leak;
} cloudcircuit_detect_result;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_detect_config_init(
    cloudcircuit_detect_config *config);

/// Judges the latest point of a series, or the one lag_points before it, by the points before it.
///
/// The result has the spend to expect, how far the point lies above it, and whether that is unusual
/// for this series. A slow leak is reported apart from the verdict.
///
/// A missing point, and a series that is too short, are CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA,
/// never normal. A daily series needs 13 known points before the one judged, an hourly one 72.
///
/// Each point is checked; apart from that the time of a call is proportional to the window, not to
/// the series. A call needs at most 64 KB of stack.
///
/// spend_series:     spend in equal steps of time, oldest first; each point finite and >= 0, or NaN
///                   if it is missing. A step without spend is a 0.
/// spend_series_len: number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults. Set start_time if the dates are known.
/// result:           the finding. On an error verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak is 1
///                   and all other fields are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, RESERVED,
///     SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP,
///     DETECT_POINT.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_detect_spike(
    const double *spend_series, size_t spend_series_len,
    const cloudcircuit_detect_config *config, cloudcircuit_detect_result *result);

/// Writes a cloudcircuit_detect_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_detect_result_json(
    const cloudcircuit_detect_result *result, char *buffer, size_t capacity, size_t *length);

// Scan
// ----
//
// The detector over a whole series, for example to try settings on last year's bill.

/// Judges every point of a series by the points before it.
///
/// Row i is, to the bit, what cloudcircuit_detect_spike() finds in the first i + 1 points. The time
/// of a row does not depend on the length of the series.
///
/// spend_series:     as for cloudcircuit_detect_spike().
/// spend_series_len: number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults. lag_points moves every verdict that many rows down.
/// flags:            one byte per point: 0 for a normal point, or the CLOUDCIRCUIT_FLAG bits SPIKE,
///                   LEAK and INSUFFICIENT. On an error all rows are SPIKE, LEAK and INVALID.
/// expected_spend:   NULL, or one double per point; 0 where data are insufficient and on an error.
/// upper_bound:      as expected_spend, for the bound.
///
/// The three outputs must not overlap the series or one another. Nothing is written on NULL_POINTER
/// and SERIES_TOO_LONG.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, RESERVED,
///     SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP,
///     DETECT_POINT.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_scan_spikes(
    const double *spend_series, size_t spend_series_len,
    const cloudcircuit_detect_config *config, uint8_t *flags, double *expected_spend,
    double *upper_bound);

// Tracker
// -------
//
// The detector for hosts that keep no history: a state of fixed size that takes in one point at a
// time and finds, to the bit, what cloudcircuit_detect_spike() finds in the whole series.

/// The value of layout in a cloudcircuit_spike_tracker_state.
#define CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT 844317507

/// Length of an encoded tracker in bytes.
#define CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN 2292

/// A tracker. The host stores it as a whole; only the library changes it.
typedef struct cloudcircuit_spike_tracker_state {
    /// Always CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT.
    uint32_t layout;
    /// Always 0.
    uint32_t reserved;
    /// Number of points added. Every change adds 1.
    uint64_t revision;
    /// The settings passed to cloudcircuit_spike_tracker_init().
    cloudcircuit_detect_config config;
    /// The windows over the series, private to the library.
    uint64_t windows[819];
} cloudcircuit_spike_tracker_state;

/// Creates a tracker before its first point.
///
/// config:  NULL for the defaults. A tracker takes seasons of up to 14 points, windows of up to 98
///          and lag_points 0. The default settings for hourly points, with a season of 24, do not
///          fit.
/// tracker: receives the tracker; unchanged on an error.
///
/// Errors: NULL_POINTER, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, RESERVED, SCORE_THRESHOLD,
///     MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP, TRACKER_SETTINGS.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_init(
    const cloudcircuit_detect_config *config, cloudcircuit_spike_tracker_state *tracker);

/// Judges the next point of a series and adds it to the tracker.
///
/// Call it once for every step of time, with NaN for a step without data. Two threads must not use
/// one tracker at the same time.
///
/// An update does not check the tracker's windows. Call cloudcircuit_spike_tracker_state_validate()
/// after loading a tracker from storage.
///
/// tracker: changed only on success.
/// spend:   the point; finite and >= 0, or NaN if it is missing.
/// result:  the finding. On an error verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak is 1 and all
///          other fields are 0.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, DETECT_POINT.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_update(
    cloudcircuit_spike_tracker_state *tracker, double spend, cloudcircuit_detect_result *result);

/// Checks whether a tracker is one that this library can have written.
///
/// The windows are computed again from the points in them. Use it for trackers stored as raw
/// structs; decoding an encoded tracker checks as much.
///
/// tracker: the tracker; NULL is an error.
///
/// Errors: NULL_POINTER, CORRUPT_STATE.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_state_validate(
    const cloudcircuit_spike_tracker_state *tracker);

/// Encodes a tracker as bytes that are the same on every machine and end in a checksum.
///
/// docs/ABI.md describes their layout.
///
/// tracker: the tracker.
/// bytes:   receives the encoded tracker; all 0 on an error, unchanged on ENCODED_LENGTH.
/// len:     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_state_encode(
    const cloudcircuit_spike_tracker_state *tracker, uint8_t *bytes, size_t len);

/// Decodes a tracker, to the bit as it was encoded.
///
/// bytes:   what cloudcircuit_spike_tracker_state_encode() wrote.
/// len:     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
/// tracker: receives the tracker. On an error it is all 0, which every call treats as corrupt.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_spike_tracker_state *tracker);

// Forecast
// ========
//
// What will be spent by the end of the period, and is it within budget?

/// The default season_length: a week of daily points.
#define CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH 7

/// The largest season_length: the hours of a week.
#define CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH 168

/// Settings of cloudcircuit_forecast_budget().
typedef struct cloudcircuit_forecast_config {
    /// Number of points after which spend repeats its pattern, 1 to
    /// CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH: 7 for days, 24 for hours, 12 for months, 1 for no
    /// pattern. Default CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH.
    uint32_t season_length;
    /// Must be 0.
    uint32_t reserved;
} cloudcircuit_forecast_config;

/// Result of cloudcircuit_forecast_budget().
typedef struct cloudcircuit_forecast_result {
    /// Sum of the period's points so far. A missing point adds nothing.
    double spend_to_date;
    /// Expected cost of the whole period; at least spend_to_date.
    double forecast_spend;
    /// Lower end of the 80 % prediction interval: one period in ten costs less. Between
    /// spend_to_date and forecast_spend.
    double lower_bound;
    /// Upper end of the 80 % prediction interval: one period in ten costs more. At least
    /// forecast_spend.
    double upper_bound;
    /// forecast_spend / budget_limit.
    double forecast_ratio;
    /// Share of the budget spent, divided by the share of the period elapsed. Above 1 the budget
    /// does not last at this pace. 0 when no point has elapsed.
    double burn_rate;
    /// Index in the period of the first point, past or forecast, at which spend reaches
    /// budget_limit; -1 if there is none.
    int64_t exhaustion_point;
    /// 1 if spend, past or forecast, reaches budget_limit within the period, else 0.
    uint32_t is_forecast_breached;
    /// CLOUDCIRCUIT_VERDICT_NORMAL, or CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA when there are too
    /// few points for a forecast.
    int32_t verdict;
} cloudcircuit_forecast_result;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_forecast_config_init(
    cloudcircuit_forecast_config *config);

/// Forecasts what a period, for example a month, will have cost when it ends.
///
/// The result has the forecast, an 80 % prediction interval, and the point at which the budget is
/// used up. docs/FORECAST.md describes the method and its accuracy on realistic series.
///
/// A point is the spend of one step of time, for example a day. NaN is a missing point: it is not
/// imputed and adds nothing to spend_to_date. The forecast looks back over the last 16 seasons, at
/// least 112 points and at most 672.
///
/// The verdict is CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA in two cases: more than half of the
/// elapsed points are missing; or points are still to come, and fewer than a season or fewer than 7
/// of the points looked back at are known. forecast_spend and both bounds are then spend_to_date,
/// and is_forecast_breached is 1 only if spend_to_date has reached budget_limit.
///
/// When all points have elapsed, forecast_spend and both bounds are exactly spend_to_date. Sums and
/// quotients beyond the largest double are reported as the largest double. The time of a call is
/// proportional to history_len + period_len.
///
/// history:      spend before the period in the same steps, oldest first; its last point comes
///               immediately before the period's first. Each point finite and >= 0, or NaN. May be
///               NULL if history_len is 0.
/// history_len:  number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN; 35 or more for good forecasts.
/// period_spend: the period's points so far, oldest first, in the unit of budget_limit; each finite
///               and >= 0, or NaN. May be NULL if elapsed is 0.
/// elapsed:      number of points so far, 0 to period_len.
/// period_len:   number of points in the whole period, 1 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// budget_limit: the most that may be spent in the period; finite and > 0.
/// config:       NULL for the defaults.
/// result:       the forecast. On an error is_forecast_breached is 1, verdict is
///               CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA and all other fields are 0.
///
/// Errors: NULL_POINTER, HISTORY_LEN, PERIOD_LEN, ELAPSED, BUDGET_LIMIT, FORECAST_SEASON_LENGTH,
///     RESERVED, HISTORY, PERIOD_SPEND.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_forecast_budget(
    const double *history, size_t history_len, const double *period_spend, size_t elapsed,
    size_t period_len, double budget_limit, const cloudcircuit_forecast_config *config,
    cloudcircuit_forecast_result *result);

/// Writes a cloudcircuit_forecast_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_forecast_result_json(
    const cloudcircuit_forecast_result *result, char *buffer, size_t capacity, size_t *length);

// Guard
// =====
//
// One action from budget, spike and breaker, by the host's policy.

/// Stop the operation. Zeroed memory blocks.
#define CLOUDCIRCUIT_ACTION_BLOCK 0

/// Let it run, but less of it.
#define CLOUDCIRCUIT_ACTION_THROTTLE 1

/// Let it run and alert somebody.
#define CLOUDCIRCUIT_ACTION_ALERT 2

/// Let it run.
#define CLOUDCIRCUIT_ACTION_ALLOW 3

/// The bit of the budget in cloudcircuit_guard_policy.required.
#define CLOUDCIRCUIT_SIGNAL_BUDGET 1u

/// The bit of the spike in cloudcircuit_guard_policy.required.
#define CLOUDCIRCUIT_SIGNAL_SPIKE 2u

/// The bit of the breaker in cloudcircuit_guard_policy.required.
#define CLOUDCIRCUIT_SIGNAL_BREAKER 4u

/// The budget's is_warning is set.
#define CLOUDCIRCUIT_REASON_WARNING 1u

/// The budget's is_breached is set.
#define CLOUDCIRCUIT_REASON_BREACH 2u

/// The spike's is_spike is set.
#define CLOUDCIRCUIT_REASON_SPIKE 4u

/// The breaker's is_open is set.
#define CLOUDCIRCUIT_REASON_OPEN 8u

/// A required signal is NULL.
#define CLOUDCIRCUIT_REASON_MISSING 16u

/// Policy of cloudcircuit_evaluate_guard(): the action that each finding asks for.
///
/// Every on_ field holds a CLOUDCIRCUIT_ACTION constant. Zeroed memory is a policy that blocks on
/// every finding but requires no signal, so it allows when all signals are NULL.
typedef struct cloudcircuit_guard_policy {
    /// When the budget warns; default CLOUDCIRCUIT_ACTION_ALERT.
    int32_t on_warning;
    /// When the budget is breached; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_breach;
    /// When the latest spend is a spike; default CLOUDCIRCUIT_ACTION_THROTTLE.
    int32_t on_spike;
    /// When the breaker is open; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_open;
    /// When a required signal is NULL; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_missing;
    /// The signals that must not be NULL, as CLOUDCIRCUIT_SIGNAL bits; default all three.
    uint32_t required;
} cloudcircuit_guard_policy;

/// Result of cloudcircuit_evaluate_guard(). Zeroed memory blocks.
typedef struct cloudcircuit_guard_decision {
    /// The action, a CLOUDCIRCUIT_ACTION constant: the least permissive that a finding asks for, or
    /// CLOUDCIRCUIT_ACTION_ALLOW.
    int32_t action;
    /// All findings, as CLOUDCIRCUIT_REASON bits, including those that ask for a more permissive
    /// action.
    uint32_t reasons;
    /// The breaker's retry_after_steps when CLOUDCIRCUIT_REASON_OPEN is among the reasons,
    /// else 0.
    int64_t retry_after_steps;
} cloudcircuit_guard_decision;

/// Writes the default policy.
///
/// policy: receives the policy; struct cloudcircuit_guard_policy names the default of each field.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_guard_policy_init(
    cloudcircuit_guard_policy *policy);

/// Combines the results of the safeguards into one action, by the host's policy.
///
/// Each finding asks for the action that the policy names for it. The least permissive of these is
/// decided, and CLOUDCIRCUIT_ACTION_ALLOW if there is no finding.
///
/// A signal that is NULL is missing, which is a finding if the policy requires the signal. While a
/// series is too young for a spike check, pass NULL and take CLOUDCIRCUIT_SIGNAL_SPIKE out of
/// policy.required.
///
/// A result of a call that failed counts as it stands: a failed spike check counts as a spike,
/// which the default policy throttles. Pass NULL to count it as missing. Zeroed memory is no
/// result: a zeroed budget or spike has no finding, and a zeroed breaker is an error.
///
/// budget:   a result of cloudcircuit_check_budget(), or NULL.
/// spike:    a result of cloudcircuit_check_anomaly_spike(), or NULL.
/// breaker:  a decision of cloudcircuit_evaluate_circuit_breaker(), or NULL.
/// policy:   NULL for the default policy.
/// decision: the action. On an error it is CLOUDCIRCUIT_ACTION_BLOCK without reasons.
///
/// Errors: NULL_POINTER, ON_WARNING, ON_BREACH, ON_SPIKE, ON_OPEN, ON_MISSING, REQUIRED,
///     BUDGET_SIGNAL, SPIKE_SIGNAL, BREAKER_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_evaluate_guard(
    const cloudcircuit_budget_result *budget, const cloudcircuit_spike_result *spike,
    const cloudcircuit_breaker_decision *breaker, const cloudcircuit_guard_policy *policy,
    cloudcircuit_guard_decision *decision);

/// Writes a cloudcircuit_guard_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_guard_decision_json(
    const cloudcircuit_guard_decision *decision, char *buffer, size_t capacity, size_t *length);

// Money
// =====
//
// Conversion between doubles and integers of a minor unit: 19.99 at scale 2 is 1999.

/// The largest scale: decimal places of a minor unit.
#define CLOUDCIRCUIT_MAX_MONEY_SCALE 9u

/// Converts an amount to minor units: amount times 10^scale, rounded to the nearest integer.
///
/// The call fails if cloudcircuit_money_to_double() would not convert the result back to the same
/// amount. An amount of up to 15 digits has one such integer. A longer one may have several; the
/// nearest is returned.
///
/// amount: finite; negative for a credit.
/// scale:  decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE; 2 for cents.
/// minor:  the minor units; 0 on an error.
///
/// Errors: NULL_POINTER, SCALE, AMOUNT, AMOUNT_RANGE, AMOUNT_PRECISION.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_money_from_double(
    double amount, uint32_t scale, int64_t *minor);

/// Converts minor units to the double nearest to minor / 10^scale.
///
/// Up to 15 digits the double stands for that amount alone. Longer amounts are rounded.
///
/// minor:  minor units, any number.
/// scale:  decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE.
/// amount: the amount; 0 on an error.
///
/// Errors: NULL_POINTER, SCALE.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_money_to_double(
    int64_t minor, uint32_t scale, double *amount);

// All statuses
// ============
//
// What each status means; each function lists its errors.

/// every required pointer must be non-NULL.
#define CLOUDCIRCUIT_ERR_NULL_POINTER 1
/// reserved must be 0.
#define CLOUDCIRCUIT_ERR_RESERVED 2
/// state must be one that the library wrote, whole and unchanged.
#define CLOUDCIRCUIT_ERR_CORRUPT_STATE 3
/// len must be the CLOUDCIRCUIT ENCODED_LEN constant of this kind of state.
#define CLOUDCIRCUIT_ERR_ENCODED_LENGTH 4
/// budget_limit must be finite and > 0.
#define CLOUDCIRCUIT_ERR_BUDGET_LIMIT 100
/// warning_ratio must be > 0 and <= 1.
#define CLOUDCIRCUIT_ERR_WARNING_RATIO 101
/// current_spend must be finite and >= 0.
#define CLOUDCIRCUIT_ERR_CURRENT_SPEND 102
/// warning_ppm must be 1 to 1000000.
#define CLOUDCIRCUIT_ERR_WARNING_PPM 103
/// spend_series_len must be at least 2.
#define CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT 200
/// spend_series_len must be at most CLOUDCIRCUIT_MAX_SERIES_LEN.
#define CLOUDCIRCUIT_ERR_SERIES_TOO_LONG 201
/// spike_multiplier must be finite and > 1.
#define CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER 202
/// min_baseline must be finite and >= 0.
#define CLOUDCIRCUIT_ERR_MIN_BASELINE 203
/// every point of spend_series must be finite and >= 0.
#define CLOUDCIRCUIT_ERR_SPEND_SERIES 204
/// spike_multiplier_ppm must be > 1000000.
#define CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM 205
/// consecutive_failures must be >= 0.
#define CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES 300
/// failure_threshold must be > 0.
#define CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD 301
/// cooldown_steps_remaining must be >= 0.
#define CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING 302
/// window_size must be at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW.
#define CLOUDCIRCUIT_ERR_WINDOW_SIZE 310
/// minimum_calls must be 1 to window_size when window_size is above 0.
#define CLOUDCIRCUIT_ERR_MINIMUM_CALLS 311
/// failure_rate_ppm must be at most 1000000.
#define CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM 312
/// slow_call_rate_ppm must be at most 1000000.
#define CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM 313
/// half_open_max_probes must be 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES.
#define CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES 314
/// half_open_successes must be > 0.
#define CLOUDCIRCUIT_ERR_HALF_OPEN_SUCCESSES 315
/// jitter_ppm must be at most 1000000.
#define CLOUDCIRCUIT_ERR_JITTER_PPM 316
/// slow_call_duration must be > 0 when window_size and slow_call_rate_ppm are.
#define CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION 317
/// open_duration must be > 0.
#define CLOUDCIRCUIT_ERR_OPEN_DURATION 318
/// max_open_duration must be >= open_duration.
#define CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION 319
/// probe_timeout must be > 0.
#define CLOUDCIRCUIT_ERR_PROBE_TIMEOUT 320
/// permit must be one with which this breaker allowed a call.
#define CLOUDCIRCUIT_ERR_PERMIT 321
/// outcome must be a CLOUDCIRCUIT_OUTCOME constant.
#define CLOUDCIRCUIT_ERR_OUTCOME 322
/// duration must be >= 0.
#define CLOUDCIRCUIT_ERR_DURATION 323
/// permit must be of the current generation and a probe's not yet reported.
#define CLOUDCIRCUIT_ERR_STALE_PERMIT 324
/// forced_phase must be CLOUDCIRCUIT_BREAKER_FORCED_OPEN, _FORCED_CLOSED or _CLOSED.
#define CLOUDCIRCUIT_ERR_FORCED_PHASE 325
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_warning.
#define CLOUDCIRCUIT_ERR_ON_WARNING 400
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_breach.
#define CLOUDCIRCUIT_ERR_ON_BREACH 401
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_spike.
#define CLOUDCIRCUIT_ERR_ON_SPIKE 402
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_open.
#define CLOUDCIRCUIT_ERR_ON_OPEN 403
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_missing.
#define CLOUDCIRCUIT_ERR_ON_MISSING 404
/// policy must have no bits but CLOUDCIRCUIT_SIGNAL constants in required.
#define CLOUDCIRCUIT_ERR_REQUIRED 405
/// budget must have is_warning and is_breached 0 or 1.
#define CLOUDCIRCUIT_ERR_BUDGET_SIGNAL 406
/// spike must have is_spike 0 or 1.
#define CLOUDCIRCUIT_ERR_SPIKE_SIGNAL 407
/// breaker must have is_open 0 or 1, allow_operation its opposite, retry_after_steps >= 0.
#define CLOUDCIRCUIT_ERR_BREAKER_SIGNAL 408
/// every row must be valid: invalid rows are refused, the others decided.
#define CLOUDCIRCUIT_ERR_INVALID_ROWS 500
/// len must be small enough for the columns to fit into memory.
#define CLOUDCIRCUIT_ERR_TOO_MANY_ROWS 501
/// an output column must not overlap another column.
#define CLOUDCIRCUIT_ERR_OVERLAP 502
/// offsets must not decrease and must lie within 0 to spend_len.
#define CLOUDCIRCUIT_ERR_OFFSETS 503
/// amount must be finite.
#define CLOUDCIRCUIT_ERR_AMOUNT 600
/// scale must be 0 to 9.
#define CLOUDCIRCUIT_ERR_SCALE 601
/// amount must fit into int64_t at this scale.
#define CLOUDCIRCUIT_ERR_AMOUNT_RANGE 602
/// amount must have no more decimal places than scale.
#define CLOUDCIRCUIT_ERR_AMOUNT_PRECISION 603
/// capacity must be greater than the record's length.
#define CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL 700
/// every number in the result must be finite and every flag 0 or 1.
#define CLOUDCIRCUIT_ERR_RECORD_FIELD 701
/// limit must be >= 0.
#define CLOUDCIRCUIT_ERR_LEDGER_LIMIT 800
/// is_unlimited must be 0 or 1.
#define CLOUDCIRCUIT_ERR_IS_UNLIMITED 801
/// threshold_count must be at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS.
#define CLOUDCIRCUIT_ERR_THRESHOLD_COUNT 802
/// limit must be > 0 and is_unlimited 0 when there are thresholds.
#define CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT 803
/// threshold_ppm must be > 0 and ascend.
#define CLOUDCIRCUIT_ERR_THRESHOLD_PPM 804
/// estimate must be > 0.
#define CLOUDCIRCUIT_ERR_ESTIMATE 805
/// actual must be >= 0.
#define CLOUDCIRCUIT_ERR_ACTUAL 806
/// hold must not have been settled, released or refused.
#define CLOUDCIRCUIT_ERR_HOLD_SPENT 807
/// hold must not be of a later period than the state.
#define CLOUDCIRCUIT_ERR_HOLD_PERIOD 808
/// hold must have an amount > 0 and at most what its period holds.
#define CLOUDCIRCUIT_ERR_HOLD_AMOUNT 809
/// period must not be before the state's.
#define CLOUDCIRCUIT_ERR_PERIOD 810
/// settled, held and their sum must fit into int64_t.
#define CLOUDCIRCUIT_ERR_OVERFLOW 811
/// season_length must be at most CLOUDCIRCUIT_MAX_SEASON_LENGTH.
#define CLOUDCIRCUIT_ERR_SEASON_LENGTH 900
/// window must be 0, or 14 to 480 and at least two seasons.
#define CLOUDCIRCUIT_ERR_DETECT_WINDOW 901
/// lag_points must be at most CLOUDCIRCUIT_MAX_LAG_POINTS.
#define CLOUDCIRCUIT_ERR_LAG_POINTS 902
/// score_threshold must be finite and > 0.
#define CLOUDCIRCUIT_ERR_SCORE_THRESHOLD 904
/// min_impact must be finite and >= 0.
#define CLOUDCIRCUIT_ERR_MIN_IMPACT 905
/// min_relative_impact must be finite and >= 0.
#define CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT 906
/// start_time must be CLOUDCIRCUIT_TIME_UNKNOWN or at most 2^53 seconds from 1970.
#define CLOUDCIRCUIT_ERR_START_TIME 907
/// step must be 1 to 2^31 seconds.
#define CLOUDCIRCUIT_ERR_STEP 908
/// spend or every point of spend_series must be finite and >= 0, or NaN for a missing point.
#define CLOUDCIRCUIT_ERR_DETECT_POINT 909
/// config of a tracker must have a season of at most 14, a window of at most 98 and lag_points 0.
#define CLOUDCIRCUIT_ERR_TRACKER_SETTINGS 910
/// history_len must be at most CLOUDCIRCUIT_MAX_SERIES_LEN.
#define CLOUDCIRCUIT_ERR_HISTORY_LEN 950
/// period_len must be 1 to CLOUDCIRCUIT_MAX_SERIES_LEN.
#define CLOUDCIRCUIT_ERR_PERIOD_LEN 951
/// elapsed must be at most period_len.
#define CLOUDCIRCUIT_ERR_ELAPSED 952
/// season_length must be 1 to CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH.
#define CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH 953
/// every point of history must be finite and >= 0, or NaN for a missing point.
#define CLOUDCIRCUIT_ERR_HISTORY 954
/// every point of period_spend must be finite and >= 0, or NaN for a missing point.
#define CLOUDCIRCUIT_ERR_PERIOD_SPEND 955

#ifdef __cplusplus
}
#endif

#endif // CLOUDCIRCUIT_H
