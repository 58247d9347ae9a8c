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
// constants are errors. Only in the detector, scan, tracker and forecast NaN is a missing point.
// -0.0 counts as 0.
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
// fork. During a call no other thread may write to what its arguments point to. A call needs at
// most 4 KB of stack, unless its function says more.
//
// Numbers. The same inputs give the same bits on every machine. Doubles are IEEE 754 binary64 in
// the default rounding mode, with exceptions masked. The exception flags may be raised. On a
// thread that flushes subnormals, subnormal inputs and results may count as 0. All amounts of
// money in a call are in one currency unit of the caller's choice.
//
// State. Breaker, ledger, rate limit and spike tracker keep their state in structs that the host
// stores and passes to every call. On an error a state keeps every byte. A state that the library
// cannot have written, for example zeroed memory, is CLOUDCIRCUIT_ERR_CORRUPT_STATE and refuses.
// Field checks cannot detect all corruption: where storage may lose bytes, store the encoded form,
// which has a checksum. Update calls do not check a tracker's windows. Call
// cloudcircuit_spike_tracker_state_validate() after loading one from storage.
//
// Many writers. Threads, processes and machines may share a state. Every writer must follow these
// steps, or two writers can spend the same money:
//   1. Read the state, and the hold if there is one, in one snapshot.
//   2. Call the library on that copy.
//   3. If the state or the hold changed, also when the call refused, store both together, on the
//      condition that the stored revision is still the one that was read (UPDATE ... WHERE
//      revision = ?, a compare-and-swap, a transaction).
//   4. If the condition failed, another writer was first. Discard the answer and start over.
//
// Act on the answer only after step 3.
//
// Clocks. The library reads no clock. Times are integers from the host, in one unit for all times
// and durations of a state. The default durations are milliseconds. A now before a state's
// updated_at counts as updated_at, and the answer says clock_regressed. If a now is too far ahead,
// the state stays at that time until the clock catches up, and holds in a ledger end too early.
// All writers should take now from one clock, best that of the store. After a bad clock,
// cloudcircuit_breaker_reset(), cloudcircuit_ledger_reset() and cloudcircuit_rate_limit_reset()
// take their now as the truth, also backwards. A reset also forgets what was settled or taken:
// read it before, and book it again with cloudcircuit_ledger_record().
//
// Structs. Fields have fixed widths, without padding or pointers, so structs can be stored, hashed
// and compared as bytes on machines of one byte order. The encoded form is the same everywhere. A
// hold and a permit have none: to store them for other machines, store their fields.
// Flags in structs are 0 or 1. Reserved fields are 0.
//
// 32 bits. Where addresses have 32 bits, the largest object is one byte short of 2 GB. A series
// then has at most 2^28 - 1 points in place of CLOUDCIRCUIT_MAX_SERIES_LEN, a column 238,609,294
// numbers, one of forecasts 33,038,209 results. More is SERIES_TOO_LONG, HISTORY_LEN or
// TOO_MANY_ROWS. 32-bit x86 needs SSE2.
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
//   Breaker with state       The whole circuit breaker: it counts, opens, waits, probes and closes
//   Ledger                   A budget that cannot be overspent
//   Rate limit               No more than a limit in any window of time, in exact units
//   Detect                   Is a point far above what its series usually does at that time?
//   Forecast                 What will be spent by the end of the period, and is it within budget?
//   Guard                    One verdict from all that the safeguards found
//   Names                    Constants in words, as the records write them
//   Money                    Conversion between doubles and integers of a minor unit
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

/// What the rules refuse is refused. The default.
#define CLOUDCIRCUIT_MODE_ENFORCE 0

/// Judges and books as with CLOUDCIRCUIT_MODE_ENFORCE, but refuses nothing: allowed is 1 in every
/// call that is no error, and would_refuse says what the rules refuse.
#define CLOUDCIRCUIT_MODE_MONITOR 1

/// There is no limit. Of a ledger and a rate limit; not of a breaker.
#define CLOUDCIRCUIT_MODE_UNLIMITED 2

// Flags
// -----
//
// Decisions as bits in the return value.
//
// For hosts where filling a struct is costly (Ruby, Python, Lua, Node), and for columns. Settings
// are arguments. On any error the answer has CLOUDCIRCUIT_FLAG_INVALID and every bit that refuses.

/// is_warning of a budget.
#define CLOUDCIRCUIT_FLAG_WARNING 1u

/// is_breached of a budget, or is_forecast_breached.
#define CLOUDCIRCUIT_FLAG_BREACHED 2u

/// A spike.
#define CLOUDCIRCUIT_FLAG_SPIKE 4u

/// is_open of a breaker.
#define CLOUDCIRCUIT_FLAG_OPEN 8u

/// The end of a slow leak.
#define CLOUDCIRCUIT_FLAG_LEAK 16u

/// A fall: a point far below what is usual.
#define CLOUDCIRCUIT_FLAG_DROP 32u

/// The detector cannot judge the point: too few points came before it, or it is missing. Or there
/// are too few points for a forecast.
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

// Records
// -------
//
// Results as JSON, one object in one line, for an audit log. A line can be defended alone: it says
// what was decided, by which version of the library, and by which settings.
//
//     {"kind":"budget_result_i64","version":"0.2.0","status":"CLOUDCIRCUIT_OK","current_spend":920,
//      "budget_limit":1000,"remaining_budget":80,"usage_ppm":920000,"is_warning":true,
//      "is_breached":false,"config":{"warning_ppm":900000}}
//
// Members are named like the struct's fields; reserved fields are left out. Flags are true or false.
// Actions, phases, verdicts, reasons and modes are words, those of the _name functions, and bits are
// arrays of words; a ledger's crossed and newly_crossed are arrays of the thresholds' places, from 0.
// Numbers have the fewest digits that read back to the same bits. JavaScript's JSON.parse rounds
// integers beyond 2^53.
//
// The record of a refused call, one whose status is an error, has no result. It has a message, the
// sentence of cloudcircuit_status_message(), which names the rule, and the settings as they were
// passed: there a number that is not finite is null, and a constant that is unknown is its number.
//
// All of these functions take the same arguments:
//
// status:   what the call returned.
// config, counters or policy: what the call was passed; NULL writes the defaults. A call that takes
//           no NULL has none: there it goes only with an error status, and writes null.
// result, decision or permit: what the call wrote. NULL goes only with an error status, with which it
//           is not read.
// buffer:   receives the line and a NUL. On an error it receives only the NUL, if capacity > 0.
// capacity: size of buffer in bytes; CLOUDCIRCUIT_RECORD_CAPACITY is enough for every record. 0 with
//           a NULL buffer asks for the length: it returns
//           CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL and sets length.
// length:   NULL, or receives the line's length without the NUL, also if the buffer is too small;
//           0 on other errors. It must not lie within buffer.

/// A buffer of this size is enough for any record of this version, with its NUL.
#define CLOUDCIRCUIT_RECORD_CAPACITY 1536

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
    int32_t status, const cloudcircuit_budget_config *config,
    const cloudcircuit_budget_result *result, char *buffer, size_t capacity, size_t *length);

/// Writes a cloudcircuit_budget_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_budget_result_i64_json(
    int32_t status, const cloudcircuit_budget_config_i64 *config,
    const cloudcircuit_budget_result_i64 *result, char *buffer, size_t capacity, size_t *length);

// Spike
// =====
//
// Is the latest spend far above the mean of what came before?

/// The largest number of points in a series: 2^31; 2^28 - 1 where addresses have 32 bits.
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
    /// Number of points in baseline_mean, at least 1; 0 after an error.
    uint32_t points_used;
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
/// For a series with gaps use cloudcircuit_detect_spike(): here NaN is an error, and a spike.
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
    /// Number of points in baseline_mean, at least 1; 0 after an error.
    uint32_t points_used;
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
    int32_t status, const cloudcircuit_spike_config *config,
    const cloudcircuit_spike_result *result, char *buffer, size_t capacity, size_t *length);

/// Writes a cloudcircuit_spike_result_i64 as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_spike_result_i64_json(
    int32_t status, const cloudcircuit_spike_config_i64 *config,
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
/// Errors: NULL_POINTER, CONSECUTIVE_FAILURES, FAILURE_THRESHOLD,
///     COOLDOWN_STEPS_REMAINING (the first
/// that applies).
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
    int32_t status, const cloudcircuit_breaker_counters *counters,
    const cloudcircuit_breaker_decision *decision, char *buffer, size_t capacity, size_t *length);

// Breaker with state
// ==================
//
// The whole circuit breaker: it counts, opens, waits, probes and closes. The state is plain bytes
// that the host stores; time is an argument. Acquire a permit before a call, and report the
// outcome with that permit after it:
//
//     cloudcircuit_breaker_permit permit;
//     cloudcircuit_breaker_acquire(NULL, &state, now, &permit);
//     if (permit.allowed) {
//         int ok = call();
//         cloudcircuit_breaker_report(NULL, &state, &permit,
//                                     ok ? CLOUDCIRCUIT_OUTCOME_SUCCESS
//                                        : CLOUDCIRCUIT_OUTCOME_FAILURE,
//                                     later - now, INT64_MIN, later);
//     }
//
// Closed. Calls are allowed and their outcomes are counted. After each recorded outcome the rules
// that are switched on are checked: failure_threshold (failures in a row), failure_count (failures
// in the window), failure_rate_ppm and slow_call_rate_ppm (shares of the window). One that is
// reached opens the breaker; a slow success, or one that completes minimum_calls, can do that too.
// A success that can change no later decision leaves every byte of the state.
//
// Open. Calls are refused for the open time: open_duration, multiplied by backoff_ppm for each
// trip before, at most max_open_duration, then lengthened by jitter. A failure with a retry_at,
// the time from a Retry-After, opens the breaker until then, at most max_retry_after after now, and
// counts no trip. If the same failure reaches a rule, the later of both times holds. By default
// max_retry_after is 0, and retry_at is ignored.
//
// Half-open. The first acquire after the open time is the first probe. At most
// half_open_max_probes are in flight, and half_open_calls are judged. While slow_call_rate_ppm is
// above 0 a slow probe has failed. Once failed probes reach half_open_failure_rate_ppm of
// half_open_calls the breaker opens again; once all are judged or that share is out of reach it
// closes. An ignored probe gives its place back. A probe that has not reported by its deadline has
// failed as of then: a new open time counts from the deadline, and if it is over already, the same
// acquire is the next probe. After half_open_duration half-open ends: the breaker opens when no
// probe was judged or the share of those judged is reached, else it closes.
//
// Closed again. Counters and windows start from 0. With ramp_duration a rising share of calls is
// let through first. trips are forgotten, or with trips_decay fade one by one.
//
// Forced. cloudcircuit_breaker_force opens or closes the breaker until a time; nothing is judged
// meanwhile. FORCED_OPEN ends in half-open, FORCED_CLOSED in closed.
//
// Late and repeated reports. A report from an earlier phase, or a second one of the same probe,
// changes nothing and returns CLOUDCIRCUIT_ERR_STALE_PERMIT. Stale permits are expected under
// concurrency. A permit is known by generation, slot and deadline: closed calls have no slot, so
// reporting one twice counts it twice. Two probes in one slot at the same now look alike: a late
// report of the first counts for the second.
//
// Other safeguards. When a call was allowed here but another safeguard, for example a ledger,
// refuses it, report CLOUDCIRCUIT_OUTCOME_IGNORED: a probe that never ran must give its place back.
//
// Time. A now before updated_at counts as updated_at, so a clock that runs back never opens the
// way earlier. retry_after is counted from the now that was passed. now may be any int64_t. A time
// past INT64_MAX is stored as INT64_MAX. It is reached only when now is INT64_MAX.
//
// Which clock. One clock for all writers of a state, which survives a restart if the state does:
// for example milliseconds since 1970. A now that is far ahead, even once, holds the breaker there
// until the clock catches up. cloudcircuit_breaker_reset is the way out: its now is the truth.
//
// A state and a permit to be written must not overlap. Rules and encoding in full: docs/BREAKER.md.

/// The default of half_open_max_probes.
#define CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES 1

/// The default of half_open_calls.
#define CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS 1

/// The default of half_open_failure_rate_ppm: the first failed probe opens the breaker.
#define CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM 1

/// The default of backoff_ppm: each open time is twice the one before, up to max_open_duration,
/// which is open_duration by default.
#define CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM 2000000

/// The default of open_duration, in milliseconds.
#define CLOUDCIRCUIT_DEFAULT_OPEN_DURATION 30000

/// The default of max_open_duration, in milliseconds.
#define CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION 30000

/// The default of probe_timeout, in milliseconds.
#define CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT 60000

/// When a breaker opens and how it recovers. 128 bytes.
///
/// Durations are in the host's unit of time, the same as every now. The defaults are in
/// milliseconds. A host may change its config between calls on the same state.
///
/// Shares are in parts per million. Thirds are rounded down: 666666 is reached by two of three,
/// 666667 is not.
typedef struct cloudcircuit_breaker_config {
    /// Opens after this many failures in a row; with window_duration, in a row and within it.
    /// 0 = off; default CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD.
    uint32_t failure_threshold;
    /// Opens at this many failures in the window, whatever succeeded in between; at most
    /// window_size when that is above 0; 0 without a window. 0 = off; default 0.
    uint32_t failure_count;
    /// The window is the latest this many outcomes; at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW.
    /// 0 = no window by count; default 0.
    uint32_t window_size;
    /// Outcomes that must be in the window before a rate may open the breaker: 1 to window_size
    /// when window_size is above 0, above 0 for a rate over window_duration, else of no effect.
    /// Default 0.
    uint32_t minimum_calls;
    /// Opens when failures / outcomes in the window reach this share, in ppm; at most 1000000;
    /// 0 without a window. 0 = off; default 0.
    uint32_t failure_rate_ppm;
    /// Opens when slow calls / outcomes in the window reach this share, in ppm; at most 1000000;
    /// 0 without a window. While it is on, a slow probe has failed. 0 = off; default 0.
    uint32_t slow_call_rate_ppm;
    /// Probes in flight at once while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES.
    uint32_t half_open_max_probes;
    /// Probes that are judged while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS;
    /// default CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS.
    uint32_t half_open_calls;
    /// Opens again when failed probes reach this share of half_open_calls, in ppm; closes when
    /// all are judged or the share is out of reach; 1 to 1000000; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM.
    uint32_t half_open_failure_rate_ppm;
    /// Each trip multiplies the open time by this, in ppm; 1000000 to 16000000; default
    /// CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM.
    uint32_t backoff_ppm;
    /// The open time is lengthened by up to this share of itself, in ppm; at most 1000000;
    /// default 0.
    uint32_t jitter_ppm;
    /// CLOUDCIRCUIT_MODE_ENFORCE, the default, or CLOUDCIRCUIT_MODE_MONITOR, in which no call is
    /// refused and would_refuse says what the rules say.
    uint32_t mode;
    /// What the jitter is drawn from, for example an instance's number: the same seed gives the
    /// same jitter; default 0.
    uint64_t jitter_seed;
    /// The window is the outcomes of this much time, in 16 buckets: a bucket counts until its first
    /// instant is this old. >= 0; 0 when window_size is above 0. 0 = no window by time; default 0.
    int64_t window_duration;
    /// A call that took this long or longer is slow, success or failure; > 0 when
    /// slow_call_rate_ppm is, else of no effect; default 0.
    int64_t slow_call_duration;
    /// How long the first trip opens it; > 0; default CLOUDCIRCUIT_DEFAULT_OPEN_DURATION.
    int64_t open_duration;
    /// The longest open time, before jitter; >= open_duration; default
    /// CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION.
    int64_t max_open_duration;
    /// A probe that has not reported before this has passed has failed as of then; > 0; default
    /// CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT.
    int64_t probe_timeout;
    /// After this long half-open ends and is judged by the probes that are judged by then; >= 0;
    /// 0 = it waits for its probes; default 0.
    int64_t half_open_duration;
    /// A close keeps trips, and one fades per this much closed time; >= 0; 0 = a close forgets
    /// all trips; default 0.
    int64_t trips_decay;
    /// A failure with a retry_at opens until then, at most this long after now; >= 0;
    /// 0 = retry_at is ignored; default 0.
    int64_t max_retry_after;
    /// After a close a share of calls is allowed that rises from none to all over this long;
    /// >= 0; 0 = all at once; default 0.
    int64_t ramp_duration;
} cloudcircuit_breaker_config;

/// Every call is allowed, on a ramp a share of them; outcomes are counted.
#define CLOUDCIRCUIT_BREAKER_CLOSED 1

/// Every call is refused until open_until.
#define CLOUDCIRCUIT_BREAKER_OPEN 2

/// A few calls are allowed as probes; they decide whether it closes or opens again.
#define CLOUDCIRCUIT_BREAKER_HALF_OPEN 3

/// Every call is refused until forced_until, then it is half-open; nothing is judged.
#define CLOUDCIRCUIT_BREAKER_FORCED_OPEN 4

/// Every call is allowed until forced_until, then it is closed; nothing is judged.
#define CLOUDCIRCUIT_BREAKER_FORCED_CLOSED 5

/// The call did what it should.
#define CLOUDCIRCUIT_OUTCOME_SUCCESS 1

/// The call failed.
#define CLOUDCIRCUIT_OUTCOME_FAILURE 2

/// The call says nothing about what it called, for example because it was cancelled: gives its
/// probe's place back, judges nothing.
#define CLOUDCIRCUIT_OUTCOME_IGNORED 3

/// The first field of every cloudcircuit_breaker_state; "CCB1" as little-endian bytes.
#define CLOUDCIRCUIT_BREAKER_LAYOUT 826426179

/// The bytes that cloudcircuit_breaker_state_encode writes.
#define CLOUDCIRCUIT_BREAKER_ENCODED_LEN 420

/// The largest window_size: the outcomes that a state remembers one by one.
#define CLOUDCIRCUIT_BREAKER_MAX_WINDOW 128

/// The largest half_open_max_probes: the probes that a state has slots for.
#define CLOUDCIRCUIT_BREAKER_MAX_PROBES 8

/// The largest half_open_calls.
#define CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS 64

/// A breaker, whole: the host keeps these 416 bytes wherever it likes and only the library
/// writes them. Zeroed memory is no breaker: every call refuses it.
typedef struct cloudcircuit_breaker_state {
    /// CLOUDCIRCUIT_BREAKER_LAYOUT.
    uint32_t layout;
    /// CLOUDCIRCUIT_BREAKER_CLOSED, _OPEN, _HALF_OPEN, _FORCED_OPEN or _FORCED_CLOSED.
    int32_t phase;
    /// One more at every call that changed the state, 0 at first: for the host's
    /// compare-and-swap. A call that leaves it as it was left every byte, and need not be stored. At
    /// most UINT64_MAX - 2.
    uint64_t revision;
    /// One more at every change of phase, 1 at first. At most UINT64_MAX - 4.
    uint64_t generation;
    /// The latest time at which the state changed.
    int64_t updated_at;
    /// When the phase began, at most updated_at: the deadline of a lost probe can have begun it
    /// earlier.
    int64_t phase_since;
    /// Without window_duration: failures since the latest success while closed; kept while open
    /// and half-open.
    uint32_t consecutive_failures;
    /// 0.
    uint32_t reserved;
    /// When open: from then on the next acquire makes it half-open; after phase_since, or
    /// INT64_MAX. Else 0.
    int64_t open_until;
    /// When forced: from then on the next acquire ends that. Else 0.
    int64_t forced_until;
    /// When closed with a ramp: its length; it starts at phase_since. Else 0.
    int64_t ramp_duration;
    /// When closed with a ramp: what adds up to the next call that it lets through; at most
    /// ramp_duration. Else 0.
    int64_t ramp_credit;
    /// With window_duration: the length of a bucket, at most 2^59. 0 when nothing is in the buckets.
    int64_t bucket_duration;
    /// The newest bucket: a time divided by bucket_duration, rounded down. Bucket n is in slot
    /// n modulo 16.
    int64_t newest_bucket;
    /// Bit i % 64 of word i / 64: the outcome in slot i of the window was a failure.
    uint64_t window_failures[2];
    /// Bit i % 64 of word i / 64: the call in slot i of the window was slow.
    uint64_t window_slow[2];
    /// By when the probe in slot i must have reported, after updated_at, or INT64_MAX; 0 when it is
    /// not in flight.
    int64_t probe_deadlines[8];
    /// Bit i: the probe in slot i is in flight; at most 255.
    uint32_t live_probes;
    /// When half-open: probes that were judged, at most 63; with those in flight at most 64. Else 0.
    uint32_t probes_judged;
    /// When half-open: judged probes that failed, at most probes_judged. Else 0.
    uint32_t probes_failed;
    /// Trips since it was last closed, or as far as they have not faded by trips_decay; at most
    /// generation / 2.
    uint32_t trips;
    /// With window_size: outcomes in the window, up to 128, whatever window_size is; kept while
    /// open and half-open.
    uint32_t window_calls;
    /// The slot of the window that the next outcome goes into, 0 to 127; slots are used in a ring.
    uint32_t window_next;
    /// With window_duration: how many buckets before the newest the streak of failures starts, 0 to
    /// 15.
    uint32_t streak_age;
    /// Failures in that bucket that were before the streak.
    uint32_t streak_skipped;
    /// With window_duration: the outcomes in each bucket; kept while open and half-open.
    uint32_t bucket_calls[16];
    /// The failures in each bucket, at most its calls.
    uint32_t bucket_failures[16];
    /// The slow calls in each bucket, at most its calls.
    uint32_t bucket_slow[16];
} cloudcircuit_breaker_state;

/// Whether a call may run, and its ticket for the report. 48 bytes. Zeroed memory does not
/// allow. It has no encoded form: its fields can be stored.
typedef struct cloudcircuit_breaker_permit {
    /// The state's; 0 in a permit of cloudcircuit_breaker_peek, which cannot be reported.
    uint64_t generation;
    /// When would_refuse is 1: how long to wait, from the caller's own now: until open_until or
    /// forced_until, or for the rest of the ramp. Half-open and on a ramp it is at most: until the
    /// earliest deadline or the end of half-open, but a probe that reports may decide earlier.
    /// Else 0.
    int64_t retry_after;
    /// By when a probe must report: at that time it is too late. Else 0.
    int64_t deadline;
    /// The state's; 0 after an error.
    int32_t phase;
    /// 1 when the call may run, else 0.
    uint32_t allowed;
    /// 1 when the rules refuse the call, else 0; with CLOUDCIRCUIT_MODE_MONITOR allowed is 1 all
    /// the same. 0 after an error.
    uint32_t would_refuse;
    /// The slot of a probe, from 1; 0 when the call is not a probe.
    uint32_t probe_slot;
    /// 1 when now was before the state's updated_at, which was then taken in its place; else 0.
    uint32_t clock_regressed;
    /// 0.
    uint32_t reserved;
} cloudcircuit_breaker_permit;

/// Fills in the default config. Its durations are in milliseconds.
///
/// config: where to write it; not NULL.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_config_init(
    cloudcircuit_breaker_config *config);

/// Makes a new breaker: closed, revision 0, generation 1.
///
/// Call it once per breaker: permits of an earlier one could be accepted. To start a breaker
/// over, use cloudcircuit_breaker_reset.
///
/// now:   the time, in the host's unit.
/// state: where to write it; not NULL.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_init(
    int64_t now, cloudcircuit_breaker_state *state);

/// Asks whether a call may run now.
///
/// A refused call is no error. The state changes only when a phase ends, a probe starts or is
/// lost, or a ramp counts a call.
///
/// config: NULL for the defaults, whose durations are in milliseconds.
/// state:  the breaker; not NULL; on error it keeps every byte.
/// now:    the time, in the unit of the config's durations.
/// permit: the answer, for cloudcircuit_breaker_report if allowed; not NULL; on error all of it
///         is 0, which does not allow.
///
/// Errors: NULL_POINTER, WINDOW_SIZE, WINDOW_DURATION, MINIMUM_CALLS, FAILURE_COUNT,
/// FAILURE_RATE_PPM, SLOW_CALL_RATE_PPM, SLOW_CALL_DURATION, HALF_OPEN_MAX_PROBES,
/// HALF_OPEN_CALLS, HALF_OPEN_FAILURE_RATE_PPM, BACKOFF_PPM, JITTER_PPM, MODE, OPEN_DURATION,
/// MAX_OPEN_DURATION, PROBE_TIMEOUT, HALF_OPEN_DURATION, TRIPS_DECAY, MAX_RETRY_AFTER,
/// RAMP_DURATION, NO_RULE, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_acquire(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state, int64_t now,
    cloudcircuit_breaker_permit *permit);

/// Says what cloudcircuit_breaker_acquire would answer now, and changes nothing.
///
/// The permit has generation 0 and cannot be reported.
///
/// config: NULL for the defaults, whose durations are in milliseconds.
/// state:  the breaker; not NULL.
/// now:    the time, in the unit of the config's durations.
/// permit: the answer; not NULL; on error all of it is 0, which does not allow.
///
/// Errors: NULL_POINTER, the config's as for cloudcircuit_breaker_acquire, CORRUPT_STATE (the
/// first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_peek(
    const cloudcircuit_breaker_config *config, const cloudcircuit_breaker_state *state,
    int64_t now, cloudcircuit_breaker_permit *permit);

/// Reports how an allowed call went.
///
/// A report while half-open first counts probes whose deadline has passed as failed. If that ends
/// the phase the report judges nothing and returns CLOUDCIRCUIT_OK.
///
/// config:   NULL for the defaults, whose durations are in milliseconds.
/// state:    the breaker; not NULL; on error it keeps every byte.
/// permit:   as acquired; not NULL.
/// outcome:  a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long the call took; >= 0; counts against slow_call_duration.
/// retry_at: with a failure, the time before which the called service wants no call, in the unit of
///           now: for example now plus its Retry-After, which is in seconds; INT64_MIN for none.
///           Ignored unless the config's max_retry_after is above 0 (it is 0 by default), and with
///           any other outcome.
/// now:      the time, in the unit of the config's durations.
///
/// Errors: NULL_POINTER, the config's as for cloudcircuit_breaker_acquire, CORRUPT_STATE, PERMIT,
/// OUTCOME, DURATION, STALE_PERMIT (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_report(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state,
    const cloudcircuit_breaker_permit *permit, int32_t outcome, int64_t duration,
    int64_t retry_at, int64_t now);

/// Reports one call and acquires for the next at the same time.
///
/// The result is that of cloudcircuit_breaker_report and then cloudcircuit_breaker_acquire, and
/// the revision grows by one for each of the two that changes the state. On error nothing is
/// reported: after CLOUDCIRCUIT_ERR_STALE_PERMIT, call cloudcircuit_breaker_acquire alone.
///
/// config:   NULL for the defaults, whose durations are in milliseconds.
/// state:    the breaker; not NULL; on error it keeps every byte.
/// permit:   of the call that ended; not NULL.
/// outcome:  a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long that call took; >= 0.
/// retry_at: as for cloudcircuit_breaker_report; INT64_MIN for none.
/// now:      the time, in the unit of the config's durations.
/// next:     the permit of the next call; not NULL; may be the same memory as permit; on error
///           all of it is 0, which does not allow.
///
/// Errors: NULL_POINTER, the config's as for cloudcircuit_breaker_acquire, CORRUPT_STATE, PERMIT,
/// OUTCOME, DURATION, STALE_PERMIT (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_report_and_acquire(
    const cloudcircuit_breaker_config *config, cloudcircuit_breaker_state *state,
    const cloudcircuit_breaker_permit *permit, int32_t outcome, int64_t duration,
    int64_t retry_at, int64_t now, cloudcircuit_breaker_permit *next);

/// Forces the breaker open or closed until a time, or closes it.
///
/// The breaker starts over in the forced phase: counters, windows and trips are 0, and probes in
/// flight are forgotten. To force a phase that it is in already only moves its end.
/// CLOUDCIRCUIT_BREAKER_CLOSED ends any phase, trips and a ramp; it does nothing to a breaker that
/// is closed without them.
///
/// state:        the breaker; not NULL; on error it keeps every byte.
/// forced_phase: CLOUDCIRCUIT_BREAKER_FORCED_OPEN, _FORCED_CLOSED or _CLOSED.
/// until:        when the forced phase ends, INT64_MAX for never. A time up to updated_at ends it
///               at the next acquire. No effect for CLOUDCIRCUIT_BREAKER_CLOSED.
/// now:          the time, in the unit of the config's durations.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, FORCED_PHASE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_force(
    cloudcircuit_breaker_state *state, int32_t forced_phase, int64_t until, int64_t now);

/// Starts the breaker over: closed, generation + 1, all counters 0.
///
/// now becomes updated_at even when it is earlier. This is the way out after a clock that ran
/// ahead. Permits given out before are CLOUDCIRCUIT_ERR_STALE_PERMIT.
///
/// state: the breaker; not NULL; on error it keeps every byte.
/// now:   the true time, in the unit of the config's durations.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_reset(
    cloudcircuit_breaker_state *state, int64_t now);

/// Checks whether the library can have written a state, under whatever config.
///
/// Every other call checks its state too. Fields cannot detect all corruption; the encoded form
/// has a checksum.
///
/// state: the breaker; not NULL.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_state_validate(
    const cloudcircuit_breaker_state *state);

/// Writes a state as bytes that any machine reads.
///
/// state: the breaker; not NULL.
/// bytes: where to write; not NULL; may overlap the state; on error, except that of len, all of
///        it is 0, which decodes to no breaker.
/// len:   CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_state_encode(
    const cloudcircuit_breaker_state *state, uint8_t *bytes, size_t len);

/// Reads a state from what cloudcircuit_breaker_state_encode wrote, on whatever machine.
///
/// bytes: not NULL.
/// len:   CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
/// state: where to write it; not NULL; may overlap bytes; on error all of it is 0, which is no
///        breaker.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_breaker_state *state);

/// Writes a cloudcircuit_breaker_permit as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_breaker_permit_json(
    int32_t status, const cloudcircuit_breaker_config *config,
    const cloudcircuit_breaker_permit *permit, char *buffer, size_t capacity, size_t *length);

// Ledger
// ======
//
// A budget that cannot be overspent. Check-then-spend lets two requests pass one last dollar. A
// ledger holds what a request may cost before it runs, and books what it did cost afterwards.
// Amounts are exact: int64_t, in the host's smallest unit (cents, micros, tokens).
//
//     cloudcircuit_ledger_hold hold;
//     cloudcircuit_ledger_decision decision;
//     cloudcircuit_ledger_reserve(&config, &state, 500, now, &hold, &decision);
//     if (decision.allowed)
//         cloudcircuit_ledger_settle(&config, &state, &hold, spend_up_to(500), now, &decision);
//
// Promise. settled + held <= limit + carried after every call and through any rolls, as long as
//   - limit and carry_max are not lowered, and mode is CLOUDCIRCUIT_MODE_ENFORCE;
//   - nothing is booked but settles and posts of live holds, of at most their amount: no record,
//     credit, ended or free hold.
//
// What does not keep to that is booked all the same, and said in overshoot.
//
// Holds end. A request may die before it settles. Set hold_duration, so that its hold ends: the
// amount is free again at the hold's end, or up to 1/16 of hold_duration later. The default is 0,
// and then a hold stays until it is settled or released. Every call first lets go what has ended
// by now, and says so in expired. That changes the state, also when the call refuses. A hold that
// has ended still books what was spent. cloudcircuit_ledger_extend() with 0 is the heartbeat of a
// long request.
//
// Holds have an identity. A hold settles once, on its own ledger: an old copy is
// CLOUDCIRCUIT_ERR_HOLD_SPENT. That is exact for the last 1,024 holds; an older one is taken as
// not spent and reported as CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED.
//
// Clock. now is in the unit of hold_duration, from where the host likes. One before updated_at
// counts as updated_at and sets clock_regressed. A clock that runs ahead ends holds early, and they
// stay ended: take now from the store, not from each writer. After such a clock,
// cloudcircuit_ledger_reset() makes the right time true again. It forgets what was settled and
// carried: book that again with cloudcircuit_ledger_record().
//
// Many writers. Store state and hold in one transaction, only where the stored revision is still
// the one that was read, as the beginning of this header says. Act on a decision only after that.
//
// Reasons. reason is one constant. A refused request says OVER_LIMIT or EXCEEDS_LIMIT. Else reason
// is the first that applies of UNVERIFIED, EXPIRED, FREE and UNLIMITED. Else it says how settled +
// held compares with limit + carried after the call: WITHIN, AT_LIMIT or OVER_LIMIT.
//
// Thresholds. Each is told in newly_crossed once a period, to one writer. A threshold is told
// again in the same period only if the config is changed and the threshold is then above the
// period's highest value. Where nothing is left to share, limit + carried <= 0, every threshold in
// parts per million is reached.
//
// With a breaker. A ledger may refuse after a breaker has given a permit. The call then does not
// run: report the permit as CLOUDCIRCUIT_OUTCOME_IGNORED, or a probe's place stays taken until its
// deadline.
//
//     cloudcircuit_breaker_acquire(&rules, &breaker, now, &permit);
//     if (permit.allowed) {
//         cloudcircuit_ledger_reserve(&config, &state, 500, now, &hold, &decision);
//         if (!decision.allowed)
//             cloudcircuit_breaker_report(&rules, &breaker, &permit,
//                                         CLOUDCIRCUIT_OUTCOME_IGNORED, 0, INT64_MIN, now);
//     }
//
// A state, a hold and a decision to be written must not overlap.

/// threshold_unit: thresholds are parts per million of limit + carried.
#define CLOUDCIRCUIT_THRESHOLD_PPM 0

/// threshold_unit: thresholds are amounts.
#define CLOUDCIRCUIT_THRESHOLD_AMOUNT 1

/// threshold_basis: settled is compared with the thresholds.
#define CLOUDCIRCUIT_BASIS_SETTLED 0

/// threshold_basis: settled + held is compared with the thresholds.
#define CLOUDCIRCUIT_BASIS_COMMITTED 1

/// The most thresholds that a config holds.
#define CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS 8

/// The limit of a ledger and its settings. 112 bytes. The defaults, which are zeroed memory, allow
/// nothing but requests of 0.
///
/// Writers that share a ledger pass the same config. It may change between calls and then counts
/// from the next call on: also limit, hold_duration and mode.
typedef struct cloudcircuit_ledger_config {
    /// The most that may be settled and held together in a period; >= 0; default 0.
    int64_t limit;
    /// The most of an unused limit that a roll carries into the next period; >= 0; default 0.
    int64_t carry_max;
    /// The most overspend that a roll takes off the next period; >= 0; default 0.
    int64_t debt_max;
    /// How long a hold lasts, in the unit of now; >= 0; 0 = without end; default 0.
    int64_t hold_duration;
    /// The alert thresholds, > 0 and ascending; only the first threshold_count count.
    int64_t thresholds[8];
    /// How many thresholds there are; at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS; default 0.
    uint32_t threshold_count;
    /// CLOUDCIRCUIT_THRESHOLD_PPM (the default; not with CLOUDCIRCUIT_MODE_UNLIMITED) or
    /// CLOUDCIRCUIT_THRESHOLD_AMOUNT.
    uint32_t threshold_unit;
    /// CLOUDCIRCUIT_BASIS_SETTLED (the default) or CLOUDCIRCUIT_BASIS_COMMITTED.
    uint32_t threshold_basis;
    /// CLOUDCIRCUIT_MODE_ENFORCE (the default), _MONITOR or _UNLIMITED.
    uint32_t mode;
} cloudcircuit_ledger_config;

/// The first field of every cloudcircuit_ledger_state; "CCL1" as little-endian bytes.
#define CLOUDCIRCUIT_LEDGER_LAYOUT 827081539

/// The bytes that cloudcircuit_ledger_state_encode writes.
#define CLOUDCIRCUIT_LEDGER_ENCODED_LEN 532

/// A ledger. 528 bytes that the host stores wherever it likes and that only the library writes.
/// Zeroed memory is no ledger: every call refuses it.
typedef struct cloudcircuit_ledger_state {
    /// CLOUDCIRCUIT_LEDGER_LAYOUT.
    uint32_t layout;
    /// Bit i: threshold i was reached at the last call that changed the ledger. Those reached are the
    /// first ones, and told.
    uint32_t crossed;
    /// 0 at first, one more at every call that changed the ledger: for the host's
    /// compare-and-swap. A call that leaves revision as it was left every byte.
    uint64_t revision;
    /// Which ledger this is; holds carry it; > 0.
    uint64_t ledger_id;
    /// The id of the next hold, at least 1; holds are numbered 1, 2, ...
    uint64_t next_hold;
    /// The greatest now of the calls that changed the ledger.
    int64_t updated_at;
    /// The budget period, for example 202612: the host's choice, later ones greater.
    int64_t period;
    /// What was spent in the period; below 0 when credits exceed it.
    int64_t settled;
    /// What the last roll carried into the period; below 0 for debt, > INT64_MIN.
    int64_t carried;
    /// What is reserved, not settled and not ended; >= 0.
    int64_t held;
    /// The greatest settled of the period, at least 0.
    int64_t peak_settled;
    /// The greatest settled + held of the period, at least 0.
    int64_t peak_committed;
    /// Holds with lower ids are older than the last reset; at most next_hold; 0 = there was none.
    uint64_t reset_hold;
    /// Holds with lower ids have ended because of a reset, unless they have no end; at most
    /// reset_hold.
    uint64_t dead_hold;
    /// The clock before the reset while what it moved is held, else 0.
    int64_t reset_clock;
    /// What is held without end; >= 0.
    int64_t endless;
    /// What is held by when it ends, each >= 0; see docs/LEDGER.md.
    int64_t ends[33];
    /// A bit for each of the last 1,024 hold ids: it is spent.
    uint64_t spent[16];
    /// Bit i: threshold i was told in the period; at most 255.
    uint32_t told;
    /// A bucket in ends is 1 << width_shift wide; at most 58.
    uint32_t width_shift;
    /// 1 + the place in ends of what a reset moved, at most 33, while that is held; else 0.
    uint32_t reset_bucket;
    /// 0.
    uint32_t reserved;
} cloudcircuit_ledger_state;

/// What cloudcircuit_ledger_reserve held, to be settled or released. 40 bytes. The host stores it
/// with the state, in one transaction, as its bytes or its fields. Zeroed memory is no hold.
typedef struct cloudcircuit_ledger_hold {
    /// The ledger that it is held in.
    uint64_t ledger_id;
    /// Which hold of that ledger this is; 0 when it is spent, or was refused.
    uint64_t id;
    /// The period that it was reserved in, for the host to read.
    int64_t period;
    /// What it holds; >= 0.
    int64_t amount;
    /// When it ends; INT64_MAX = without end.
    int64_t expires_at;
} cloudcircuit_ledger_hold;

/// settled + held is below limit + carried.
#define CLOUDCIRCUIT_LEDGER_REASON_WITHIN 1

/// settled + held is limit + carried exactly.
#define CLOUDCIRCUIT_LEDGER_REASON_AT_LIMIT 2

/// settled + held is above limit + carried, or would be with what is asked for.
#define CLOUDCIRCUIT_LEDGER_REASON_OVER_LIMIT 3

/// The estimate alone is above limit + carried: it would not fit into an empty ledger.
#define CLOUDCIRCUIT_LEDGER_REASON_EXCEEDS_LIMIT 4

/// The mode is CLOUDCIRCUIT_MODE_UNLIMITED.
#define CLOUDCIRCUIT_LEDGER_REASON_UNLIMITED 5

/// The hold had ended: what was spent is booked, and nothing was let go for it.
#define CLOUDCIRCUIT_LEDGER_REASON_EXPIRED 6

/// Nothing was asked for: an estimate of 0, or an extend that only moves the end.
#define CLOUDCIRCUIT_LEDGER_REASON_FREE 7

/// The hold is more than 1,024 holds old: nobody knows whether it was spent before.
#define CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED 8

/// What a ledger call decided. 64 bytes. Zeroed memory does not allow.
typedef struct cloudcircuit_ledger_decision {
    /// The state's, after the call.
    int64_t settled;
    /// The state's, after the call.
    int64_t held;
    /// The most that a reserve could hold now: limit + carried - settled - held, at least 0, and at
    /// most what keeps held and settled + held within INT64_MAX. In CLOUDCIRCUIT_MODE_UNLIMITED
    /// only the second bound counts. In CLOUDCIRCUIT_MODE_MONITOR a reserve of more is held too.
    int64_t available;
    /// How far settled is above limit + carried, else 0; at most INT64_MAX. Always 0 in
    /// CLOUDCIRCUIT_MODE_UNLIMITED.
    int64_t overshoot;
    /// What the call let go because it had ended.
    int64_t expired;
    /// Why: a CLOUDCIRCUIT_LEDGER_REASON constant; 0 after an error, and for a ledger that was left
    /// out.
    int32_t reason;
    /// Of reserve and extend: 1 when what was asked for is held, else 0. From other calls it is no
    /// permission: 1 when settled + held is not above limit + carried, else 0. Always 1 in
    /// CLOUDCIRCUIT_MODE_MONITOR and _UNLIMITED.
    uint32_t allowed;
    /// 1 when the rules refuse, also in CLOUDCIRCUIT_MODE_MONITOR, else 0. 0 after an error.
    uint32_t would_refuse;
    /// 1 when now was before the state's updated_at, or period before its period, else 0.
    uint32_t clock_regressed;
    /// The state's, after the call: bit i: threshold i is reached.
    uint32_t crossed;
    /// Bit i: threshold i is reached and was not told before in this period.
    uint32_t newly_crossed;
} cloudcircuit_ledger_decision;

/// Fills in the defaults: a limit of 0, no carry, holds without end, no thresholds.
///
/// config: where to write them.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_config_init(
    cloudcircuit_ledger_config *config);

/// Makes a new ledger: nothing settled, nothing held, revision 0.
///
/// ledger_id: which ledger this is; > 0. Use a new id for every ledger, also for one that you make
/// again or restore from a backup: it may else accept holds of the old one, or holds of the old one
/// are taken for its own. Where it replaces the old one in a store, writers compare ledger_id next to
/// revision, or a late write of the old ledger may be stored over the new one.
/// period: the period that it starts in.
/// now: the time.
/// state: where to write it; nothing is written on an error.
///
/// Errors: NULL_POINTER, LEDGER_ID (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_init(
    uint64_t ledger_id, int64_t period, int64_t now, cloudcircuit_ledger_state *state);

/// Holds an estimate if settled + held + estimate <= limit + carried: all of it or nothing.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// estimate: the most that the request may cost; >= 0; 0 is always allowed.
/// now: the time.
/// hold: what is held; wholly 0 when refused and on an error.
/// decision: the answer; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, ESTIMATE,
/// OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_reserve(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t estimate,
    int64_t now, cloudcircuit_ledger_hold *hold, cloudcircuit_ledger_decision *decision);

/// Asks for more on a hold, and gives it a new end: now + hold_duration.
///
/// A hold that has ended must fit again as a whole, amount + more, and then lives again. The hold
/// gets a new id: store it with the state; every older copy of it is spent. When refused, the hold
/// keeps its amount, its end and its id.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; keeps every byte when refused and on an error.
/// more: the amount to add; >= 0; 0 only moves the end and is always allowed while the hold lives.
/// now: the time.
/// decision: the answer; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, MORE, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_extend(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t more, int64_t now,
    cloudcircuit_ledger_decision *decision);

/// Books a part of what a hold is for, and goes on holding the rest until its end.
///
/// Never refused, also when the part is more than the hold's amount or goes past the limit. The
/// hold gets a new id, as with cloudcircuit_ledger_extend().
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; its amount goes down by part, at most to 0. Keeps every byte on an error.
/// part: what was spent; >= 0.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, PART, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_post(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t part, int64_t now,
    cloudcircuit_ledger_decision *decision);

/// Books what a held request cost and lets the rest of the hold go.
///
/// Never refused, also when that is more than was held or goes past the limit. A hold that has
/// ended is booked too, with CLOUDCIRCUIT_LEDGER_REASON_EXPIRED; it takes nothing from other holds.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; becomes spent: all but its ledger_id is 0. Keeps every byte on an error.
/// actual: what the request cost; >= 0.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, ACTUAL, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_settle(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t actual, int64_t now,
    cloudcircuit_ledger_decision *decision);

/// Lets a hold go whose request did not run: settles it with 0.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; becomes spent: all but its ledger_id is 0. Keeps every byte on an error.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_release(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state,
    cloudcircuit_ledger_hold *hold, int64_t now, cloudcircuit_ledger_decision *decision);

/// Books spend that was not held, or a credit. Never refused, also past the limit.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// amount: what was spent; below 0 for a credit, which may take settled below 0 too.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, OVERFLOW
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_record(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t amount,
    int64_t now, cloudcircuit_ledger_decision *decision);

/// Moves to a later period. What is held stays held.
///
/// carried becomes what was left of limit + carried, at most carry_max, or minus what was
/// overspent, at most debt_max; 0 in CLOUDCIRCUIT_MODE_UNLIMITED. What is held does not count as
/// spent. Pass the config of the period that ends. A jump over several periods is one roll.
///
/// A roll to the period that the ledger is in only lets ended holds go, so every writer may roll
/// before it reserves. A roll to an earlier one keeps every byte and answers with clock_regressed 1.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// period: the period to be in.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, OVERFLOW
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_roll(
    const cloudcircuit_ledger_config *config, cloudcircuit_ledger_state *state, int64_t period,
    int64_t now, cloudcircuit_ledger_decision *decision);

/// Starts a ledger over by an operator's word: nothing settled or carried, period and now are true.
///
/// Both may run back: this is the way out of a clock that ran ahead. Holds with an end then end at
/// one time, at the latest about twice the longest hold_duration after now, unless they had ended
/// before. What is held without end stays: if the host has lost such a hold, only a new ledger, by
/// cloudcircuit_ledger_init() with a new id, is free of it.
///
/// state: the ledger; keeps every byte on an error.
/// period: the period to be in.
/// now: the time.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_reset(
    cloudcircuit_ledger_state *state, int64_t period, int64_t now);

/// Checks whether a state is one that the library can have written, under whatever config.
///
/// Every call checks so too. Field checks cannot detect all corruption: where storage may lose
/// bytes, store the encoded form, which has a checksum.
///
/// state: the ledger.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_state_validate(
    const cloudcircuit_ledger_state *state);

/// Writes a state as bytes that any machine reads; docs/LEDGER.md has their layout.
///
/// state: the ledger.
/// bytes: where to write; may overlap the state; wholly 0 on an error, but untouched on
///     ENCODED_LENGTH. Zeroed bytes decode to no ledger.
/// len: CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_state_encode(
    const cloudcircuit_ledger_state *state, uint8_t *bytes, size_t len);

/// Reads a state from what cloudcircuit_ledger_state_encode() wrote, on whatever machine.
///
/// bytes: what was written.
/// len: CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
/// state: where to write it; may overlap bytes; wholly 0 on an error, which is no ledger.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_ledger_state *state);

// Several ledgers
// ---------------
//
// One request under several limits: of a user, of a team, of a model. All ledgers take part, or
// none does.
//
//     status = cloudcircuit_ledgers_reserve(configs, states, estimates, 3, now, holds, decisions,
//                                           &refused_by);
//     if (status == CLOUDCIRCUIT_OK && refused_by == UINT32_MAX)
//         run();
//
// Entry i of each array belongs to ledger i. The same ledger must not stand in a call twice. The
// arrays that are written (states, holds, decisions, the index) must not overlap each other or
// another array. Store all states and holds in one transaction.
//
// Errors of the whole call come first: NULL_POINTER, COUNT, and OVERLAP of arrays. The index is
// then UINT32_MAX, which is no permission by itself. On COUNT and OVERLAP of arrays no decision and
// no hold is written. Next come errors of single ledgers, in order: the first is the call's, and
// the index says whose it is. Refusals come last.
//
// A call that is refused leaves every byte of all states: nothing that has ended is let go,
// expired is 0, and available counts ended holds as let go, although they are not yet.
// would_refuse says which ledgers refuse. A ledger in CLOUDCIRCUIT_MODE_MONITOR never refuses: its
// allowed is 1 even when another one refuses, and it books only when all others allow.
//
// To leave a ledger out, pass INT64_MIN as its amount, a zeroed hold, or in a roll the period that
// it is in. Its decision then says where it stands, with reason 0 and allowed 1.

/// The most ledgers of one call.
#define CLOUDCIRCUIT_LEDGERS_MAX_COUNT 16

/// Reserves on several ledgers at once: all hold their estimate, or none does.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte when any refuses and on an error.
/// estimates: what each holds, as for cloudcircuit_ledger_reserve(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// holds: what each holds; wholly 0 when refused, where not asked, and on an error.
/// decisions: the answer of each; all wholly 0 on an error. allowed is 1 in all or in none of those
///     that were asked, but always 1 in CLOUDCIRCUIT_MODE_MONITOR.
/// refused_by: the first ledger that refuses, or that the error is about, else UINT32_MAX; may be
///     NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, ESTIMATE, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledgers_reserve(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    const int64_t *estimates, size_t count, int64_t now, cloudcircuit_ledger_hold *holds,
    cloudcircuit_ledger_decision *decisions, uint32_t *refused_by);

/// Extends several holds at once: all of them, or none.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte when any refuses and on an error.
/// holds: one of each ledger; wholly 0 = not asked; each keeps every byte when any ledger refuses
///     and on an error.
/// mores: what each adds, as for cloudcircuit_ledger_extend(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: the answer of each; all wholly 0 on an error. allowed is as for
///     cloudcircuit_ledgers_reserve().
/// failed_at: the first ledger that refuses, or that the error is about, else UINT32_MAX; may be
///     NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, HOLD_SPENT, HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, MORE, OVERFLOW (the first that
/// applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledgers_extend(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    cloudcircuit_ledger_hold *holds, const int64_t *mores, size_t count, int64_t now,
    cloudcircuit_ledger_decision *decisions, uint32_t *failed_at);

/// Settles several holds at once: all of them, or none.
///
/// A hold that is spent already is an error of the whole call; one that has ended is not.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// holds: one of each ledger; wholly 0 = not asked; each keeps every byte on an error.
/// actuals: what each cost, as for cloudcircuit_ledger_settle(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, HOLD_SPENT, HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, ACTUAL, OVERFLOW (the first that
/// applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledgers_settle(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    cloudcircuit_ledger_hold *holds, const int64_t *actuals, size_t count, int64_t now,
    cloudcircuit_ledger_decision *decisions, uint32_t *failed_at);

/// Releases several holds at once: all of them, or none.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// holds: one of each ledger; wholly 0 = not asked; each keeps every byte on an error.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, HOLD_SPENT, HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, OVERFLOW (the first that
/// applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledgers_release(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    cloudcircuit_ledger_hold *holds, size_t count, int64_t now,
    cloudcircuit_ledger_decision *decisions, uint32_t *failed_at);

/// Books spend that was not held on several ledgers at once: on all of them, or none.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// amounts: what each books, as for cloudcircuit_ledger_record(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledgers_record(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    const int64_t *amounts, size_t count, int64_t now, cloudcircuit_ledger_decision *decisions,
    uint32_t *failed_at);

/// Moves several ledgers to later periods at once: all of them, or none.
///
/// An earlier period is no error, as for cloudcircuit_ledger_roll(); the other ledgers roll.
///
/// configs: of each ledger, of the period that ends; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// periods: the period that each is to be in; the state's own = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledgers_roll(
    const cloudcircuit_ledger_config *configs, cloudcircuit_ledger_state *states,
    const int64_t *periods, size_t count, int64_t now, cloudcircuit_ledger_decision *decisions,
    uint32_t *failed_at);

/// Writes a cloudcircuit_ledger_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_ledger_decision_json(
    int32_t status, const cloudcircuit_ledger_config *config,
    const cloudcircuit_ledger_decision *decision, char *buffer, size_t capacity, size_t *length);

// Rate limit
// ==========
//
// No more than a limit in any window of time, in exact units. For example money an hour, tokens a
// minute or requests a second.
//
//     cloudcircuit_rate_limit_config config = {90000, 60000, CLOUDCIRCUIT_MODE_ENFORCE, 0};
//     cloudcircuit_rate_limit_acquire(&config, &state, 1200, now, &decision);
//     if (decision.allowed) {
//         int64_t more = run() - 1200;
//         cloudcircuit_rate_limit_adjust(&config, &state, decision.taken_at, more, now, &decision);
//     }
//
// Promise. In no window of length duration is more than limit taken, wherever the window begins.
// This needs four things: limit is not lowered, duration is not raised, nothing is adjusted
// upwards, and mode is CLOUDCIRCUIT_MODE_ENFORCE. The price: an amount counts for duration, or up
// to 1/16 of it longer.
//
// Clock. now is in the unit of duration. One before updated_at counts as updated_at and sets
// clock_regressed; retry_after is counted from the caller's own now. After a clock that ran ahead,
// cloudcircuit_rate_limit_reset() makes the right time true again, and forgets what was taken.
//
// Another duration counts from the next call on. What was taken before moves to the new buckets,
// at the last instant at which it can have been taken.

/// used is at most the limit.
#define CLOUDCIRCUIT_RATE_REASON_WITHIN 1

/// used is above the limit, or would be with the amount.
#define CLOUDCIRCUIT_RATE_REASON_OVER_LIMIT 3

/// The amount alone is above the limit: it never fits.
#define CLOUDCIRCUIT_RATE_REASON_EXCEEDS_LIMIT 4

/// The mode is CLOUDCIRCUIT_MODE_UNLIMITED.
#define CLOUDCIRCUIT_RATE_REASON_UNLIMITED 5

/// The amount is 0, which always fits.
#define CLOUDCIRCUIT_RATE_REASON_FREE 7

/// The first field of every cloudcircuit_rate_limit_state; "CCR1" as little-endian bytes.
#define CLOUDCIRCUIT_RATE_LIMIT_LAYOUT 827474755

/// The bytes that cloudcircuit_rate_limit_state_encode writes.
#define CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN 172

/// How much may be taken in how long. 24 bytes. There are no defaults.
typedef struct cloudcircuit_rate_limit_config {
    /// The most that may be taken in any window of this duration; >= 0; 0 = nothing.
    int64_t limit;
    /// The length of the window, in the unit of now; > 0.
    int64_t duration;
    /// CLOUDCIRCUIT_MODE_ENFORCE, _MONITOR or _UNLIMITED.
    uint32_t mode;
    /// 0.
    uint32_t reserved;
} cloudcircuit_rate_limit_config;

/// What was taken, and when. 168 bytes that the host stores wherever it likes and that only the
/// library writes. Zeroed memory is no rate limit: every call refuses it.
typedef struct cloudcircuit_rate_limit_state {
    /// CLOUDCIRCUIT_RATE_LIMIT_LAYOUT.
    uint32_t layout;
    /// 0.
    uint32_t reserved;
    /// 0 at first, one more at every call that changed the state: for the host's compare-and-swap.
    /// A call that leaves revision as it was left every byte.
    uint64_t revision;
    /// The greatest now of the calls that changed the state.
    int64_t updated_at;
    /// How long a bucket is, at most 2^59; 0 when nothing is taken.
    int64_t width;
    /// What was taken in each bucket, each >= 0, by the bucket's number modulo 17; see
    /// docs/LEDGER.md.
    int64_t taken[17];
} cloudcircuit_rate_limit_state;

/// What a rate limit call decided. 48 bytes. Zeroed memory does not allow.
typedef struct cloudcircuit_rate_limit_decision {
    /// What counts in the window, after the call.
    int64_t used;
    /// The most that could be taken now; >= 0.
    int64_t available;
    /// When refused: how long after now the amount fits, if nothing else is taken; INT64_MAX =
    /// never. Else 0.
    int64_t retry_after;
    /// When the amount was taken, for cloudcircuit_rate_limit_adjust().
    int64_t taken_at;
    /// Why: a CLOUDCIRCUIT_RATE_REASON constant; 0 after an error.
    int32_t reason;
    /// Of acquire: 1 when the amount is taken, else 0. Of adjust it is no permission: 1 when used
    /// is not above the limit, else 0. Always 1 in CLOUDCIRCUIT_MODE_MONITOR and _UNLIMITED.
    uint32_t allowed;
    /// 1 when the rules refuse, also in CLOUDCIRCUIT_MODE_MONITOR, else 0. 0 after an error.
    uint32_t would_refuse;
    /// 1 when now was before the state's updated_at, else 0.
    uint32_t clock_regressed;
} cloudcircuit_rate_limit_decision;

/// Makes a new rate limit: nothing taken, revision 0.
///
/// now: the time.
/// state: where to write it.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_init(
    int64_t now, cloudcircuit_rate_limit_state *state);

/// Takes an amount if it fits: all of it or nothing.
///
/// config: the limit; not NULL.
/// state: the rate limit; keeps every byte on an error.
/// amount: what to take; >= 0; 0 always fits.
/// now: the time.
/// decision: the answer; wholly 0 on an error.
///
/// Errors: NULL_POINTER, RATE_LIMIT, RATE_DURATION, MODE, RESERVED, CORRUPT_STATE, AMOUNT,
///     OVERFLOW
/// (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_acquire(
    const cloudcircuit_rate_limit_config *config, cloudcircuit_rate_limit_state *state,
    int64_t amount, int64_t now, cloudcircuit_rate_limit_decision *decision);

/// Corrects what was taken: adds the difference between estimate and actual where it was taken.
///
/// Not below 0 in its bucket. What is out of the window changes nothing. A take has no identity:
/// adjust it once, and not after a reset, or others' takes change. Never refused, also past the limit.
///
/// config: the limit; not NULL.
/// state: the rate limit; keeps every byte on an error.
/// taken_at: of the acquire's decision.
/// by: what to add; below 0 gives back.
/// now: the time.
/// decision: where the rate limit stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, RATE_LIMIT, RATE_DURATION, MODE, RESERVED, CORRUPT_STATE, TAKEN_AT,
/// OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_adjust(
    const cloudcircuit_rate_limit_config *config, cloudcircuit_rate_limit_state *state,
    int64_t taken_at, int64_t by, int64_t now, cloudcircuit_rate_limit_decision *decision);

/// Starts a rate limit over by an operator's word: nothing taken, and now is true, also backwards.
///
/// state: the rate limit; keeps every byte on an error.
/// now: the time.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, OVERFLOW (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_reset(
    cloudcircuit_rate_limit_state *state, int64_t now);

/// Checks whether a state is one that the library can have written, under whatever config.
///
/// Every call checks so too.
///
/// state: the rate limit.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_state_validate(
    const cloudcircuit_rate_limit_state *state);

/// Writes a state as bytes that any machine reads; docs/LEDGER.md has their layout.
///
/// state: the rate limit.
/// bytes: where to write; may overlap the state; wholly 0 on an error, but untouched on
///     ENCODED_LENGTH. Zeroed bytes decode to no rate limit.
/// len: CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_state_encode(
    const cloudcircuit_rate_limit_state *state, uint8_t *bytes, size_t len);

/// Reads a state from what cloudcircuit_rate_limit_state_encode() wrote, on whatever machine.
///
/// bytes: what was written.
/// len: CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN.
/// state: where to write it; may overlap bytes; wholly 0 on an error, which is no rate limit.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_state_decode(
    const uint8_t *bytes, size_t len, cloudcircuit_rate_limit_state *state);

/// Writes a cloudcircuit_rate_limit_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_rate_limit_decision_json(
    int32_t status, const cloudcircuit_rate_limit_config *config,
    const cloudcircuit_rate_limit_decision *decision, char *buffer, size_t capacity,
    size_t *length);

// Detect
// ======
//
// Is a point far above what its series usually does at that time?
//
// For daily spend the detector expects a level times a robust weekday profile, for hourly spend
// the usual spend of the same hour. docs/DETECTION.md describes the method and its accuracy. NaN
// is a missing point for the detector, the scan and the tracker. A negative point, for example a
// credit, is an error, a missing point or 0, by negative_points.

/// A forecast was made, or the point judged is no spike.
#define CLOUDCIRCUIT_VERDICT_NORMAL 1

/// The point judged is a spike.
#define CLOUDCIRCUIT_VERDICT_SPIKE 2

/// There are too few points for an answer.
#define CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA 3

/// The start_time of a series whose dates are unknown.
#define CLOUDCIRCUIT_TIME_UNKNOWN INT64_MIN

/// The default step, in seconds: a day.
#define CLOUDCIRCUIT_DEFAULT_STEP 86400

/// The largest lag_points.
#define CLOUDCIRCUIT_MAX_LAG_POINTS 480

/// A negative point, for example a credit, is an error. The default.
#define CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR 0

/// A negative point counts as missing.
#define CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING 1

/// A negative point counts as 0.
#define CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO 2

/// The default score_threshold, a robust z-score.
#define CLOUDCIRCUIT_DEFAULT_SCORE_THRESHOLD 3.5

/// The default min_relative_impact: 8 % of the expected spend.
#define CLOUDCIRCUIT_DEFAULT_MIN_RELATIVE_IMPACT 0.08

/// The default min_baseline, in the unit of the series.
#define CLOUDCIRCUIT_DEFAULT_DETECT_MIN_BASELINE 0.01

/// The largest season_length: the hours of ten days.
#define CLOUDCIRCUIT_MAX_SEASON_LENGTH 240

/// The smallest window, in points.
#define CLOUDCIRCUIT_MIN_DETECT_WINDOW 14

/// The largest window, in points: the hours of twenty days.
#define CLOUDCIRCUIT_MAX_DETECT_WINDOW 480

/// The call failed, so nothing was judged.
#define CLOUDCIRCUIT_DETECT_REASON_REFUSED 0

/// Normal: the score is at most score_threshold.
#define CLOUDCIRCUIT_DETECT_REASON_SCORE 1

/// A spike: the score of the point alone is above score_threshold.
#define CLOUDCIRCUIT_DETECT_REASON_ONE_POINT 2

/// A spike: the scores of two points in a row are above score_threshold / 1.2 (hourly 1.4).
#define CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS 3

/// A spike: the scores of three points in a row are above score_threshold / 3 (hourly 2).
#define CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS 4

/// Normal: the score is above score_threshold, but the excess is below min_impact.
#define CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT 5

/// Normal: the score is above score_threshold, but the point is too little above what the past
/// explains for min_relative_impact.
#define CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT 6

/// Insufficient data: too few known points come before the point.
#define CLOUDCIRCUIT_DETECT_REASON_HISTORY 7

/// Insufficient data: the point itself is missing.
#define CLOUDCIRCUIT_DETECT_REASON_MISSING 8

/// Normal: the score is above score_threshold, but the like came before: twice at half its height, at
/// one distance or on one day of the month, or once at nearly its height whole seasons ago. In the
/// first ten seasons twice at any distance is enough, and so is once in the first three.
#define CLOUDCIRCUIT_DETECT_REASON_RECURRING 9

/// Settings of cloudcircuit_detect_spike(), cloudcircuit_scan_spikes() and the tracker.
typedef struct cloudcircuit_detect_config {
    /// Number of points after which spend repeats its pattern, up to
    /// CLOUDCIRCUIT_MAX_SEASON_LENGTH; 1 for no pattern. Default 0: a week (7) for daily points, a
    /// day (24) for hourly ones, which weekends then belong to, else no pattern.
    uint32_t season_length;
    /// Points looked back at, for the expected spend and for its deviations:
    /// CLOUDCIRCUIT_MIN_DETECT_WINDOW to CLOUDCIRCUIT_MAX_DETECT_WINDOW, and at least two seasons.
    /// Default 0: 98 for seasons of up to 14 points, else the larger of 336 and two seasons.
    uint32_t window;
    /// For bills that fill up late: judges the point this many before the last and ignores later
    /// ones. 0 to CLOUDCIRCUIT_MAX_LAG_POINTS, default 0.
    uint32_t lag_points;
    /// What a negative point means, for example a credit: a CLOUDCIRCUIT_NEGATIVE_POINTS constant.
    /// Default CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR.
    uint32_t negative_points;
    /// A point is a spike if its score, a robust z-score, is above this; finite and > 0. A higher
    /// threshold finds fewer spikes.
    double score_threshold;
    /// A point whose excess is below this amount is no spike, and one that a leak lifts by less is no
    /// leak; finite and >= 0, default 0.
    double min_impact;
    /// A spike lies above all spend that the past explains by at least this share of that, or of the
    /// usual spend if that is more; finite and >= 0.
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
/// With insufficient data expected_spend, upper_bound, excess and all scores are 0.
typedef struct cloudcircuit_detect_result {
    /// The point judged; 0 if it is missing.
    double latest_spend;
    /// What the point should be: the level times its weekday's share, with the charges that come on
    /// its day of the month.
    double expected_spend;
    /// Spend above this is a spike, up to rounding, unless reason is
    /// CLOUDCIRCUIT_DETECT_REASON_RECURRING. It lies above all spend that the past explains, such as
    /// the level before a holiday.
    double upper_bound;
    /// latest_spend - expected_spend; negative if less was spent.
    double excess;
    /// How far the point lies above all spend that the past explains, as a robust z-score. Two or
    /// three high points in a row raise it. The verdict compares it with score_threshold.
    double score;
    /// How far the last season lies above the line through earlier seasons, as a robust z-score. 0
    /// unless spend rose in each of the last three seasons.
    double leak_score;
    /// How far the point lies below all spend that the past explains, as a robust z-score. Two or
    /// three low points in a row raise it. 0 if it lies above, or belongs to a job that runs now and
    /// then.
    double drop_score;
    /// Number of earlier points whose deviations the score is based on.
    uint32_t points_used;
    /// CLOUDCIRCUIT_VERDICT_NORMAL, CLOUDCIRCUIT_VERDICT_SPIKE or
    /// CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA.
    int32_t verdict;
    /// What decided: a CLOUDCIRCUIT_DETECT_REASON constant.
    int32_t reason;
    /// 1 if spend has crept up for the last three seasons, else 0: leak_score is above 1.25.
    /// Independent of verdict.
    uint32_t is_leak;
    /// 1 if drop_score is above score_threshold and the point far enough below for min_impact and
    /// min_relative_impact, else 0: for example an outage, or a commitment that is not used. Falls
    /// that recur are none. Independent of verdict, which stays CLOUDCIRCUIT_VERDICT_NORMAL.
    uint32_t is_drop;
    /// Always 0.
    uint32_t reserved;
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
/// for this series. A slow leak and a fall are reported apart from the verdict.
///
/// A missing point, and a series that is too short, are CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA,
/// never normal. A daily series needs 13 known points before the one judged, an hourly one 72.
///
/// Each point is checked; apart from that the time of a call is proportional to the window, not to
/// the series. A call needs at most 16 KB of stack, for daily points with the default window 8 KB.
///
/// spend_series:     spend in equal steps of time, oldest first; each point finite, or NaN if it is
///                   missing. >= 0, unless negative_points allows less. A step without spend is a 0.
///                   NULL only if spend_series_len is 0.
/// spend_series_len: number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults. Set start_time if the dates are known.
/// result:           the finding. On an error verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak and
///                   is_drop are 1 and all other fields are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS,
///     NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME,
///     STEP, DETECT_POINT.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_detect_spike(
    const double *spend_series, size_t spend_series_len,
    const cloudcircuit_detect_config *config, cloudcircuit_detect_result *result);

/// Writes a cloudcircuit_detect_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_detect_result_json(
    int32_t status, const cloudcircuit_detect_config *config,
    const cloudcircuit_detect_result *result, char *buffer, size_t capacity, size_t *length);

// Scan
// ----
//
// The detector over a whole series, for example to try settings on last year's bill.

/// Judges every point of a series by the points before it.
///
/// Row i is, to the bit, what cloudcircuit_detect_spike() finds in the first i + 1 points. The time
/// of a row does not depend on the length of the series. A call needs at most 16 KB of stack.
///
/// spend_series:     as for cloudcircuit_detect_spike().
/// spend_series_len: number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults. lag_points moves every verdict that many rows down.
/// flags:            one byte per point: 0 for a normal point, or the CLOUDCIRCUIT_FLAG bits SPIKE,
///                   LEAK, DROP and INSUFFICIENT. On an error all rows are SPIKE, LEAK, DROP and
///                   INVALID.
/// expected_spend:   NULL, or one double per point; 0 where data are insufficient and on an error.
/// upper_bound:      as expected_spend, for the bound.
///
/// The three outputs must not overlap the series or one another; the refusal is then written over
/// the overlapping buffers. With 0 points any of them may be NULL. Nothing is written on
/// NULL_POINTER and SERIES_TOO_LONG.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, OVERLAP, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS,
///     NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME,
///     STEP, DETECT_POINT.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_scan_spikes(
    const double *spend_series, size_t spend_series_len,
    const cloudcircuit_detect_config *config, uint8_t *flags, double *expected_spend,
    double *upper_bound);

// Columns of series
// -----------------
//
// The latest point of many series in one call, by the rules of the section on columns: the accounts
// of a morning run.
//
// Each call goes through the whole history, of which all but the latest point was there the day
// before. A host that keeps a tracker for each series passes that point alone, and needs about a
// thirtieth of the time.

/// Judges many series, each as cloudcircuit_detect_spike() does.
///
/// A series that is too short or ends in a missing point is CLOUDCIRCUIT_FLAG_INSUFFICIENT, as in
/// cloudcircuit_scan_spikes(), and not invalid. A call needs at most 16 KB of stack.
///
/// spend:        the points of all series, end to end; NaN for a missing one.
/// spend_len:    number of points.
/// offsets:      rows + 1 positions in spend that do not decrease, each 0 to spend_len. Series i is
///               spend[offsets[i]] to before spend[offsets[i + 1]].
/// rows:         number of series, from 0.
/// config:       one for all series, which start at one time; NULL for the defaults.
/// flags:        a byte for each series: 0, or the CLOUDCIRCUIT_FLAG bits SPIKE, LEAK, DROP and
///               INSUFFICIENT.
/// scores:       a double for each series, its score, or NULL; 0 where data are insufficient.
/// invalid_rows: number of invalid series, or NULL. A series with a point that
///               cloudcircuit_detect_spike() does not accept is invalid.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS,
///     NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME,
///     STEP, OFFSETS, INVALID_ROWS (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_detect_spike_columns(
    const double *spend, size_t spend_len, const int64_t *offsets, size_t rows,
    const cloudcircuit_detect_config *config, uint8_t *flags, double *scores, size_t *invalid_rows);

// Tracker
// -------
//
// The detector for hosts that keep no history: a state of fixed size that takes in one point at a
// time and finds, to the bit, what cloudcircuit_detect_spike() finds in the whole series.
//
// A tracker must not overlap a result or bytes in the same call: nothing is then written. An update
// needs at most 8 KB of stack, the other calls 16 KB.

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
    /// Number of points added, below 2^63. Every change adds 1.
    uint64_t revision;
    /// The settings passed to cloudcircuit_spike_tracker_init(), with 0 for -0.0.
    cloudcircuit_detect_config config;
    /// The windows over the series, private to the library.
    uint64_t windows[693];
} cloudcircuit_spike_tracker_state;

/// Creates a tracker before its first point. A call needs at most 8 KB of stack.
///
/// config:  NULL for the defaults. A tracker takes seasons of up to 14 points, windows of up to 98
///          and lag_points 0. The default settings for hourly points, with a season of 24, do not
///          fit.
/// tracker: receives the tracker. On an error it is all 0, which every call treats as corrupt.
///
/// Errors: NULL_POINTER, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, NEGATIVE_POINTS,
///     SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP,
///     TRACKER_SETTINGS.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_init(
    const cloudcircuit_detect_config *config, cloudcircuit_spike_tracker_state *tracker);

/// Judges the next point of a series and adds it to the tracker.
///
/// Call it once for every step of time, with NaN for a step without data. Two threads must not use
/// one tracker at the same time.
///
/// ON AN ERROR THE POINT IS NOT TAKEN IN. The next call would be judged as this step, on a weekday
/// and a date too early, and so would all after it: on DETECT_POINT call again with NaN for this
/// step. With the negative_points MISSING or ZERO a credit is no error.
///
/// An update does not check the tracker's windows. Call cloudcircuit_spike_tracker_state_validate()
/// after loading a tracker from storage. A call needs at most 8 KB of stack.
///
/// tracker: changed only on success.
/// spend:   the point; finite and >= 0, or NaN if it is missing. negative_points may allow less.
/// result:  the finding. On an error verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak and is_drop are 1
///          and all other fields are 0.
///
/// Errors: OVERLAP, NULL_POINTER, CORRUPT_STATE, DETECT_POINT.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_update(
    cloudcircuit_spike_tracker_state *tracker, double spend, cloudcircuit_detect_result *result);

/// Checks whether a tracker is one that this library can have written.
///
/// The windows are computed again from the points in them. Use it for trackers stored as raw
/// structs; decoding an encoded tracker checks as much. A call needs at most 16 KB of stack.
///
/// tracker: the tracker; NULL is an error.
///
/// Errors: NULL_POINTER, CORRUPT_STATE.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_state_validate(
    const cloudcircuit_spike_tracker_state *tracker);

/// Encodes a tracker as bytes that are the same on every machine and end in a checksum.
///
/// docs/ABI.md describes their layout. A call needs at most 16 KB of stack.
///
/// tracker: the tracker.
/// bytes:   receives the encoded tracker; all 0 on an error, unchanged when len is wrong.
/// len:     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
///
/// Errors: OVERLAP, NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_tracker_state_encode(
    const cloudcircuit_spike_tracker_state *tracker, uint8_t *bytes, size_t len);

/// Decodes a tracker, to the bit as it was encoded. A call needs at most 16 KB of stack.
///
/// bytes:   what cloudcircuit_spike_tracker_state_encode() wrote.
/// len:     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN.
/// tracker: receives the tracker. On an error it is all 0, which every call treats as corrupt.
///
/// Errors: OVERLAP, NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE.
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

/// The largest number of points in a period: 2^20, more than the minutes of a year. A call of that
/// length takes some milliseconds.
#define CLOUDCIRCUIT_MAX_PERIOD_LEN 1048576

/// Settings of cloudcircuit_forecast_budget().
typedef struct cloudcircuit_forecast_config {
    /// Number of points after which spend repeats its pattern, 1 to
    /// CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH: 7 for days, 24 for hours, 12 for months, 1 for no
    /// pattern. Default CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH.
    uint32_t season_length;
    /// For bills that fill up late: this many of the last points passed are incomplete. They count
    /// in spend_to_date as they are, and in the forecast as expected if that is more. 0 to
    /// CLOUDCIRCUIT_MAX_LAG_POINTS, default 0.
    uint32_t lag_points;
    /// What a negative point means, for example a credit: a CLOUDCIRCUIT_NEGATIVE_POINTS constant.
    /// Default CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR.
    uint32_t negative_points;
    /// Must be 0.
    uint32_t reserved;
    /// Time of the first point of history, or of period_spend if history is empty, in seconds since
    /// 1970-01-01 in the bill's calendar, at most 2^53 either way. With
    /// CLOUDCIRCUIT_TIME_UNKNOWN, the default, or a step that is not a day, charges by the day of
    /// the month are not expected again.
    int64_t start_time;
    /// Seconds between points, 1 to 2^31. Default CLOUDCIRCUIT_DEFAULT_STEP.
    int64_t step;
} cloudcircuit_forecast_config;

/// Result of cloudcircuit_forecast_budget().
typedef struct cloudcircuit_forecast_result {
    /// Sum of the period's points so far, incomplete ones included. A missing point adds nothing.
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
    /// Share of the budget spent, divided by the share of the period elapsed, both without
    /// incomplete points. Above 1 the budget does not last at this pace. 0 when no complete point
    /// has elapsed.
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
/// least 112 points and at most 504.
///
/// Daily points with a start_time have a calendar. What came on top of usual spend on one day of
/// the month at least twice, the last day included, is expected on that day again.
///
/// The interval has no width only when all points have elapsed, and after a series of zeros. While
/// a spike or a shift is open, its upper bound is at least what the rate of the last two points
/// comes to by the end of the period.
///
/// The verdict is CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA in two cases: more than half of the
/// complete points of the period are missing; or points are still to come, and fewer than a season
/// or fewer than 7 of the points looked back at are known. forecast_spend and both bounds are then
/// spend_to_date, and is_forecast_breached is 1 only if spend_to_date has reached budget_limit.
///
/// When all points have elapsed and are complete, forecast_spend and both bounds are exactly
/// spend_to_date. Sums and quotients beyond the largest double are reported as the largest double.
/// The time of a call is proportional to history_len + period_len. It needs at most 14 KB of stack.
///
/// history:      spend before the period in the same steps, oldest first; its last point comes
///               immediately before the period's first. Each point finite, and >= 0 unless
///               negative_points says otherwise, or NaN. May be NULL if history_len is 0.
/// history_len:  number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN; 35 or more for good forecasts.
/// period_spend: the period's points so far, oldest first, in the unit of budget_limit; each as in
///               history. May be NULL if elapsed is 0.
/// elapsed:      number of points so far, 0 to period_len.
/// period_len:   number of points in the whole period, 1 to CLOUDCIRCUIT_MAX_PERIOD_LEN.
/// budget_limit: the most that may be spent in the period; finite and > 0.
/// config:       NULL for the defaults.
/// result:       the forecast. On an error is_forecast_breached is 1, verdict is
///               CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA and all other fields are 0.
///
/// Errors: NULL_POINTER, HISTORY_LEN, PERIOD_LEN, ELAPSED, BUDGET_LIMIT, FORECAST_SEASON_LENGTH,
///     LAG_POINTS, NEGATIVE_POINTS, RESERVED, START_TIME, STEP, HISTORY, PERIOD_SPEND.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_forecast_budget(
    const double *history, size_t history_len, const double *period_spend, size_t elapsed,
    size_t period_len, double budget_limit, const cloudcircuit_forecast_config *config,
    cloudcircuit_forecast_result *result);

/// Writes a cloudcircuit_forecast_result as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_forecast_result_json(
    int32_t status, const cloudcircuit_forecast_config *config,
    const cloudcircuit_forecast_result *result, char *buffer, size_t capacity, size_t *length);

// Forecasts in columns
// --------------------
//
// Many series in one call, by the rules of the section on columns.

/// Forecasts many series, each as cloudcircuit_forecast_budget() does. A call needs at most 16 KB of
/// stack.
///
/// spend:        the points of all series, end to end; each series is its history and then its
///               period's points so far. Each point is as in the single call.
/// spend_len:    number of points.
/// offsets:      rows + 1 positions in spend that do not decrease, each 0 to spend_len. Series i is
///               spend[offsets[i]] to before spend[offsets[i + 1]].
/// start_time:   the time of the first point of each series, or NULL: that of the config for all.
/// elapsed:      for each series how many of its last points are the period's; 0 to its period_len,
///               and at most its points.
/// period_len:   for each series the number of points in the whole period; 1 to
///               CLOUDCIRCUIT_MAX_PERIOD_LEN.
/// budget_limit: for each series the most that may be spent in the period; finite and > 0.
/// rows:         number of series, from 0.
/// config:       one for all series; NULL for the defaults.
/// flags:        a byte for each series: the CLOUDCIRCUIT_FLAG bits BREACHED and INSUFFICIENT.
/// results:      a result for each series, or NULL.
/// invalid_rows: number of invalid series, or NULL. A series is invalid where its single call
///               would be an error.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, FORECAST_SEASON_LENGTH, LAG_POINTS,
/// NEGATIVE_POINTS, RESERVED, START_TIME, STEP, OFFSETS, INVALID_ROWS (the first that applies).
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_forecast_budget_columns(
    const double *spend, size_t spend_len, const int64_t *offsets, const int64_t *start_time,
    const int64_t *elapsed, const int64_t *period_len, const double *budget_limit, size_t rows,
    const cloudcircuit_forecast_config *config, uint8_t *flags,
    cloudcircuit_forecast_result *results, size_t *invalid_rows);

// Guard
// =====
//
// One verdict from all that the safeguards found. The host's policy decides what each finding does.
//
//     cloudcircuit_signal signals[2];
//     cloudcircuit_guard_decision decision;
//     cloudcircuit_budget_signal(budget_status, &budget, &signals[0]);
//     cloudcircuit_permit_signal(permit_status, &permit, &signals[1]);
//     cloudcircuit_evaluate_guard(signals, 2, &policy, &decision);
//
// Each _signal function takes what a safeguard's call answered, its status and its result, and has
// the same arguments:
//
// status:   what the call returned. An error becomes CLOUDCIRCUIT_REASON_ERROR, never a breach or a
//           spike.
// result, decision or permit: what the call wrote; not read, and may be NULL, when status is an
//           error.
// signal:   on an error it is zeroed memory, which the guard refuses.
//
// A signal function returns an error of its own only for a result that its safeguard cannot have
// written, for example zeroed memory. What a safeguard in CLOUDCIRCUIT_MODE_MONITOR would have
// refused is kept apart and reaches monitor_action alone.

/// A budget, an exact budget or a ledger.
#define CLOUDCIRCUIT_SIGNAL_BUDGET 1u

/// A spike, an exact spike or a detector's answer.
#define CLOUDCIRCUIT_SIGNAL_SPIKE 2u

/// A breaker from counters or a breaker's permit.
#define CLOUDCIRCUIT_SIGNAL_BREAKER 4u

/// A rate limit.
#define CLOUDCIRCUIT_SIGNAL_RATE 8u

/// A forecast.
#define CLOUDCIRCUIT_SIGNAL_FORECAST 16u

/// The budget's is_warning is set, or a ledger has newly crossed a threshold.
#define CLOUDCIRCUIT_REASON_WARNING 1u

/// The budget's is_breached is set.
#define CLOUDCIRCUIT_REASON_BREACH 2u

/// The spike's is_spike is set, or the detector's verdict is a spike.
#define CLOUDCIRCUIT_REASON_SPIKE 4u

/// The breaker is open or refuses the call.
#define CLOUDCIRCUIT_REASON_OPEN 8u

/// A kind of signal that the policy requires is not there.
#define CLOUDCIRCUIT_REASON_MISSING 16u

/// The detector's is_leak is set.
#define CLOUDCIRCUIT_REASON_LEAK 32u

/// The ledger refuses, or what is settled and held is above its limit.
#define CLOUDCIRCUIT_REASON_OVER_LIMIT 64u

/// The rate limit refuses.
#define CLOUDCIRCUIT_REASON_RATE 128u

/// The forecast's is_forecast_breached is set.
#define CLOUDCIRCUIT_REASON_FORECAST 256u

/// The detector or the forecast had too few points.
#define CLOUDCIRCUIT_REASON_INSUFFICIENT 512u

/// A safeguard's call failed.
#define CLOUDCIRCUIT_REASON_ERROR 1024u

/// What one safeguard found: the input of cloudcircuit_evaluate_guard(). 24 bytes.
///
/// Written by the _signal functions. Zeroed memory is no signal: the guard refuses it.
typedef struct cloudcircuit_signal {
    /// Which safeguard: one CLOUDCIRCUIT_SIGNAL constant.
    int32_t kind;
    /// The status of the safeguard's call.
    int32_t status;
    /// What it found, as CLOUDCIRCUIT_REASON bits; CLOUDCIRCUIT_REASON_ERROR alone when status is an
    /// error.
    uint32_t reasons;
    /// What it would have refused but for CLOUDCIRCUIT_MODE_MONITOR, as CLOUDCIRCUIT_REASON bits.
    uint32_t monitor_reasons;
    /// How long to wait, in the unit of the safeguard's call; 0 when nothing is known.
    int64_t retry_after;
} cloudcircuit_signal;

/// Stop the operation. Zeroed memory blocks.
#define CLOUDCIRCUIT_ACTION_BLOCK 0

/// Let it run, but less of it.
#define CLOUDCIRCUIT_ACTION_THROTTLE 1

/// Let it run and tell somebody.
#define CLOUDCIRCUIT_ACTION_ALERT 2

/// Let it run.
#define CLOUDCIRCUIT_ACTION_ALLOW 3

/// The most signals in one call of cloudcircuit_evaluate_guard().
#define CLOUDCIRCUIT_GUARD_MAX_SIGNALS 64

/// Which action each finding asks for: the policy of cloudcircuit_evaluate_guard(). 52 bytes.
///
/// Every on_ field holds a CLOUDCIRCUIT_ACTION constant. Zeroed memory is no policy: it blocks.
typedef struct cloudcircuit_guard_policy {
    /// For CLOUDCIRCUIT_REASON_WARNING; default CLOUDCIRCUIT_ACTION_ALERT.
    int32_t on_warning;
    /// For CLOUDCIRCUIT_REASON_BREACH; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_breach;
    /// For CLOUDCIRCUIT_REASON_SPIKE; default CLOUDCIRCUIT_ACTION_THROTTLE.
    int32_t on_spike;
    /// For CLOUDCIRCUIT_REASON_LEAK; default CLOUDCIRCUIT_ACTION_ALERT.
    int32_t on_leak;
    /// For CLOUDCIRCUIT_REASON_OPEN; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_open;
    /// For CLOUDCIRCUIT_REASON_OVER_LIMIT; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_over_limit;
    /// For CLOUDCIRCUIT_REASON_RATE; default CLOUDCIRCUIT_ACTION_THROTTLE.
    int32_t on_rate;
    /// For CLOUDCIRCUIT_REASON_FORECAST; default CLOUDCIRCUIT_ACTION_ALERT.
    int32_t on_forecast;
    /// For CLOUDCIRCUIT_REASON_INSUFFICIENT; default CLOUDCIRCUIT_ACTION_ALERT.
    int32_t on_insufficient;
    /// For CLOUDCIRCUIT_REASON_ERROR; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_error;
    /// For CLOUDCIRCUIT_REASON_MISSING; default CLOUDCIRCUIT_ACTION_BLOCK.
    int32_t on_missing;
    /// The kinds of signals that must be there, as CLOUDCIRCUIT_SIGNAL bits, at least one; default
    /// CLOUDCIRCUIT_SIGNAL_BUDGET, _SPIKE and _BREAKER.
    uint32_t required;
    /// Findings that only monitor_action heeds, as CLOUDCIRCUIT_REASON bits; default 0.
    uint32_t monitor;
} cloudcircuit_guard_policy;

/// What cloudcircuit_evaluate_guard() decided. 32 bytes. Zeroed memory blocks.
typedef struct cloudcircuit_guard_decision {
    /// The least permissive action that a finding asks for, a CLOUDCIRCUIT_ACTION constant;
    /// CLOUDCIRCUIT_ACTION_ALLOW when there is no finding.
    int32_t action;
    /// What action would be if nothing were monitored, neither by the policy nor by a safeguard.
    int32_t monitor_action;
    /// Every finding, as CLOUDCIRCUIT_REASON bits, also those whose action is more permissive and
    /// those that policy.monitor names. The policy's action of each says which one decided. Which
    /// signal a finding is from is in that signal's reasons.
    uint32_t reasons;
    /// The findings that only monitor_action heeds: what policy.monitor names, and what safeguards
    /// in CLOUDCIRCUIT_MODE_MONITOR would have refused.
    uint32_t monitor_reasons;
    /// The kinds of signals that were there, as CLOUDCIRCUIT_SIGNAL bits.
    uint32_t kinds;
    /// Always 0.
    uint32_t reserved;
    /// When action is CLOUDCIRCUIT_ACTION_BLOCK or _THROTTLE: the longest retry_after of the signals
    /// that ask for it, in their unit. Else 0.
    int64_t retry_after;
} cloudcircuit_guard_decision;

/// Makes a signal of cloudcircuit_check_budget(): is_warning and is_breached.
///
/// Errors: NULL_POINTER, BUDGET_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_budget_signal(
    int32_t status, const cloudcircuit_budget_result *result, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_check_budget_i64(): is_warning and is_breached.
///
/// Errors: NULL_POINTER, BUDGET_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_budget_signal_i64(
    int32_t status, const cloudcircuit_budget_result_i64 *result, cloudcircuit_signal *signal);

/// Makes a signal of a ledger's call: CLOUDCIRCUIT_REASON_OVER_LIMIT when it does not allow, and
/// CLOUDCIRCUIT_REASON_WARNING when it has newly crossed a threshold.
///
/// It stands for the budget. Pass the decision of a reserve or extend before the call runs.
///
/// Errors: NULL_POINTER, LEDGER_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_ledger_signal(
    int32_t status, const cloudcircuit_ledger_decision *decision, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_check_anomaly_spike(): is_spike.
///
/// A series too short to be judged is an error. Leave the signal out until there are 2 points, with a
/// policy that does not require CLOUDCIRCUIT_SIGNAL_SPIKE.
///
/// Errors: NULL_POINTER, SPIKE_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_signal(
    int32_t status, const cloudcircuit_spike_result *result, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_check_anomaly_spike_i64(): is_spike.
///
/// Errors: NULL_POINTER, SPIKE_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_spike_signal_i64(
    int32_t status, const cloudcircuit_spike_result_i64 *result, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_detect_spike() or cloudcircuit_spike_tracker_update(): a spike, a leak,
/// or insufficient data.
///
/// Errors: NULL_POINTER, DETECT_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_detect_signal(
    int32_t status, const cloudcircuit_detect_result *result, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_evaluate_circuit_breaker(): is_open with its retry_after_steps.
///
/// Errors: NULL_POINTER, BREAKER_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_breaker_signal(
    int32_t status, const cloudcircuit_breaker_decision *decision, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_breaker_acquire(), _report_and_acquire() or _peek(): whether the breaker
/// refuses, and for how long.
///
/// Errors: NULL_POINTER, PERMIT_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_permit_signal(
    int32_t status, const cloudcircuit_breaker_permit *permit, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_rate_limit_acquire(): whether the rate limit refuses, and for how long.
///
/// Errors: NULL_POINTER, RATE_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_rate_limit_signal(
    int32_t status, const cloudcircuit_rate_limit_decision *decision, cloudcircuit_signal *signal);

/// Makes a signal of cloudcircuit_forecast_budget(): is_forecast_breached, or insufficient data.
///
/// Errors: NULL_POINTER, FORECAST_SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_forecast_signal(
    int32_t status, const cloudcircuit_forecast_result *result, cloudcircuit_signal *signal);

/// Fills in the default policy, as the struct's fields name it.
///
/// policy: where to write it.
///
/// Errors: NULL_POINTER.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_guard_policy_init(
    cloudcircuit_guard_policy *policy);

/// Turns what the safeguards found into one action: the least permissive of those that the policy
/// names for the findings, and CLOUDCIRCUIT_ACTION_ALLOW when there is none.
///
/// The order of the signals never matters, and there may be several of one kind, for example three
/// budgets. A kind that the policy requires and of which there is no signal is a finding of its own,
/// CLOUDCIRCUIT_REASON_MISSING. A signal of a call that failed meets the requirement, and
/// policy.on_error decides.
///
/// signals:  written by the _signal functions; NULL only when count is 0.
/// count:    number of signals, at most CLOUDCIRCUIT_GUARD_MAX_SIGNALS.
/// policy:   NULL for the default policy.
/// decision: the verdict; on an error both actions are CLOUDCIRCUIT_ACTION_BLOCK, without reasons.
///
/// Errors: NULL_POINTER, COUNT, ON_WARNING, ON_BREACH, ON_SPIKE, ON_LEAK, ON_OPEN,
///     ON_OVER_LIMIT, ON_RATE, ON_FORECAST, ON_INSUFFICIENT, ON_ERROR, ON_MISSING, REQUIRED,
///     MONITOR, SIGNAL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_evaluate_guard(
    const cloudcircuit_signal *signals, size_t count, const cloudcircuit_guard_policy *policy,
    cloudcircuit_guard_decision *decision);

/// Writes a cloudcircuit_guard_decision as one line of JSON.
///
/// Errors: NULL_POINTER, RECORD_FIELD, BUFFER_TOO_SMALL.
CLOUDCIRCUIT_NODISCARD cloudcircuit_status cloudcircuit_write_guard_decision_json(
    int32_t status, const cloudcircuit_guard_policy *policy,
    const cloudcircuit_guard_decision *decision, char *buffer, size_t capacity, size_t *length);

// Names
// =====
//
// Constants in words, as the records write them.
//
// Each function takes any number and returns a static string, never NULL: the constant's last words
// in lower case, or "unknown" and what it is not, for example "unknown action".

/// Returns the name of an action, for example "block".
///
/// action: a CLOUDCIRCUIT_ACTION constant, or any other number.
const char *cloudcircuit_action_name(int32_t action);

/// Returns the name of one of the guard's reasons, for example "over_limit".
///
/// reason: a CLOUDCIRCUIT_REASON bit, or any other number. Pass one bit at a time: several together
///         are "unknown reason".
const char *cloudcircuit_reason_name(uint32_t reason);

/// Returns the name of a kind of signal, for example "budget".
///
/// kind: a CLOUDCIRCUIT_SIGNAL bit, or any other number. Pass one bit at a time.
const char *cloudcircuit_signal_name(uint32_t kind);

/// Returns the name of a breaker's phase, for example "half_open".
///
/// phase: a CLOUDCIRCUIT_BREAKER phase, or any other number.
const char *cloudcircuit_phase_name(int32_t phase);

/// Returns the name of a call's outcome, for example "success".
///
/// outcome: a CLOUDCIRCUIT_OUTCOME constant, or any other number.
const char *cloudcircuit_outcome_name(int32_t outcome);

/// Returns the name of a verdict, for example "insufficient_data".
///
/// verdict: a CLOUDCIRCUIT_VERDICT constant, or any other number.
const char *cloudcircuit_verdict_name(int32_t verdict);

/// Returns the name of a detector's reason, for example "two_points".
///
/// reason: a CLOUDCIRCUIT_DETECT_REASON constant, or any other number.
const char *cloudcircuit_detect_reason_name(int32_t reason);

/// Returns the name of a ledger's reason, for example "at_limit".
///
/// reason: a CLOUDCIRCUIT_LEDGER_REASON constant, or any other number.
const char *cloudcircuit_ledger_reason_name(int32_t reason);

/// Returns the name of a rate limit's reason, for example "within".
///
/// reason: a CLOUDCIRCUIT_RATE_REASON constant, or any other number.
const char *cloudcircuit_rate_reason_name(int32_t reason);

/// Returns the name of a mode, for example "enforce".
///
/// mode: a CLOUDCIRCUIT_MODE constant, or any other number.
const char *cloudcircuit_mode_name(uint32_t mode);

// Money
// =====
//
// Conversion between doubles and integers of a minor unit. 19.99 at scale 2 is 1999.

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
/// len must be the constant CLOUDCIRCUIT_..._ENCODED_LEN of this kind of state.
#define CLOUDCIRCUIT_ERR_ENCODED_LENGTH 4
/// count must be at most what the call takes, and at least 1 for several ledgers.
#define CLOUDCIRCUIT_ERR_COUNT 5
/// mode must be a CLOUDCIRCUIT_MODE constant that this kind of config knows.
#define CLOUDCIRCUIT_ERR_MODE 6
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
/// minimum_calls must be 1 to window_size, or > 0 for a rate over window_duration.
#define CLOUDCIRCUIT_ERR_MINIMUM_CALLS 311
/// failure_rate_ppm must be at most 1000000, and 0 without a window.
#define CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM 312
/// slow_call_rate_ppm must be at most 1000000, and 0 without a window.
#define CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM 313
/// half_open_max_probes must be 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES.
#define CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES 314
/// jitter_ppm must be at most 1000000.
#define CLOUDCIRCUIT_ERR_JITTER_PPM 316
/// slow_call_duration must be > 0 when slow_call_rate_ppm is.
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
/// window_duration must be >= 0, and 0 when window_size is above 0.
#define CLOUDCIRCUIT_ERR_WINDOW_DURATION 326
/// failure_count must be at most window_size, and 0 without a window.
#define CLOUDCIRCUIT_ERR_FAILURE_COUNT 327
/// half_open_calls must be 1 to CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS.
#define CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS 328
/// half_open_failure_rate_ppm must be 1 to 1000000.
#define CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM 329
/// half_open_duration must be >= 0.
#define CLOUDCIRCUIT_ERR_HALF_OPEN_DURATION 330
/// backoff_ppm must be 1000000 to 16000000.
#define CLOUDCIRCUIT_ERR_BACKOFF_PPM 331
/// trips_decay must be >= 0.
#define CLOUDCIRCUIT_ERR_TRIPS_DECAY 332
/// max_retry_after must be >= 0.
#define CLOUDCIRCUIT_ERR_MAX_RETRY_AFTER 333
/// ramp_duration must be >= 0.
#define CLOUDCIRCUIT_ERR_RAMP_DURATION 334
/// a breaker's config must have a rule: failure_threshold, failure_count, a rate or max_retry_after above 0.
#define CLOUDCIRCUIT_ERR_NO_RULE 335
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
/// policy must have CLOUDCIRCUIT_SIGNAL constants, at least one and no other bits, in required.
#define CLOUDCIRCUIT_ERR_REQUIRED 405
/// result must be one that a budget's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_BUDGET_SIGNAL 406
/// result must be one that a spike's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_SPIKE_SIGNAL 407
/// decision must be one that a breaker from counters wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_BREAKER_SIGNAL 408
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_leak.
#define CLOUDCIRCUIT_ERR_ON_LEAK 409
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_over_limit.
#define CLOUDCIRCUIT_ERR_ON_OVER_LIMIT 410
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_rate.
#define CLOUDCIRCUIT_ERR_ON_RATE 411
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_forecast.
#define CLOUDCIRCUIT_ERR_ON_FORECAST 412
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_insufficient.
#define CLOUDCIRCUIT_ERR_ON_INSUFFICIENT 413
/// policy must have a CLOUDCIRCUIT_ACTION constant in on_error.
#define CLOUDCIRCUIT_ERR_ON_ERROR 414
/// policy must have no bits but CLOUDCIRCUIT_REASON constants in monitor.
#define CLOUDCIRCUIT_ERR_MONITOR 415
/// every signal must be one that a CLOUDCIRCUIT signal function wrote.
#define CLOUDCIRCUIT_ERR_SIGNAL 416
/// permit must be one that a breaker's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_PERMIT_SIGNAL 417
/// decision must be one that a ledger's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_LEDGER_SIGNAL 418
/// decision must be one that a rate limit's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_RATE_SIGNAL 419
/// result must be one that a detector's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_DETECT_SIGNAL 420
/// result must be one that a forecast's call wrote with CLOUDCIRCUIT_OK.
#define CLOUDCIRCUIT_ERR_FORECAST_SIGNAL 421
/// every row must be valid: invalid rows are refused, the others decided.
#define CLOUDCIRCUIT_ERR_INVALID_ROWS 500
/// len must be small enough for the columns to fit into memory.
#define CLOUDCIRCUIT_ERR_TOO_MANY_ROWS 501
/// outputs must not overlap one another, another array or a tracker; a ledger must stand in a call once.
#define CLOUDCIRCUIT_ERR_OVERLAP 502
/// offsets must not decrease and must lie within 0 to spend_len.
#define CLOUDCIRCUIT_ERR_OFFSETS 503
/// amount must be finite, that of a rate limit >= 0.
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
/// limit of a ledger must be >= 0.
#define CLOUDCIRCUIT_ERR_LEDGER_LIMIT 800
/// threshold_count must be at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS.
#define CLOUDCIRCUIT_ERR_THRESHOLD_COUNT 802
/// thresholds in CLOUDCIRCUIT_THRESHOLD_PPM need a limit: mode must not be CLOUDCIRCUIT_MODE_UNLIMITED.
#define CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT 803
/// estimate must be >= 0.
#define CLOUDCIRCUIT_ERR_ESTIMATE 805
/// actual must be >= 0.
#define CLOUDCIRCUIT_ERR_ACTUAL 806
/// hold must not have been settled, released, posted or extended, nor refused.
#define CLOUDCIRCUIT_ERR_HOLD_SPENT 807
/// hold must have an amount >= 0 and at most what its ledger holds until its end.
#define CLOUDCIRCUIT_ERR_HOLD_AMOUNT 809
/// settled, held and their sum, used, next_hold and revision must fit into 64 bits.
#define CLOUDCIRCUIT_ERR_OVERFLOW 811
/// carry_max must be >= 0.
#define CLOUDCIRCUIT_ERR_CARRY_MAX 812
/// debt_max must be >= 0.
#define CLOUDCIRCUIT_ERR_DEBT_MAX 813
/// hold_duration must be >= 0.
#define CLOUDCIRCUIT_ERR_HOLD_DURATION 814
/// threshold_unit must be a CLOUDCIRCUIT_THRESHOLD constant.
#define CLOUDCIRCUIT_ERR_THRESHOLD_UNIT 815
/// threshold_basis must be a CLOUDCIRCUIT_BASIS constant.
#define CLOUDCIRCUIT_ERR_THRESHOLD_BASIS 816
/// thresholds must be > 0 and ascend.
#define CLOUDCIRCUIT_ERR_THRESHOLDS 817
/// ledger_id must be > 0.
#define CLOUDCIRCUIT_ERR_LEDGER_ID 818
/// hold must be of this ledger.
#define CLOUDCIRCUIT_ERR_HOLD_LEDGER 819
/// hold must have an id that this ledger has given out.
#define CLOUDCIRCUIT_ERR_HOLD_ID 820
/// more must be >= 0.
#define CLOUDCIRCUIT_ERR_MORE 821
/// part must be >= 0.
#define CLOUDCIRCUIT_ERR_PART 822
/// limit of a rate limit must be >= 0.
#define CLOUDCIRCUIT_ERR_RATE_LIMIT 850
/// duration of a rate limit must be > 0.
#define CLOUDCIRCUIT_ERR_RATE_DURATION 851
/// taken_at must not be after the rate limit's updated_at.
#define CLOUDCIRCUIT_ERR_TAKEN_AT 852
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
/// spend or every point of spend_series must be NaN for a missing point or finite, and >= 0 unless negative_points is MISSING or ZERO.
#define CLOUDCIRCUIT_ERR_DETECT_POINT 909
/// config of a tracker must have a season of at most 14, a window of at most 98 and lag_points 0.
#define CLOUDCIRCUIT_ERR_TRACKER_SETTINGS 910
/// negative_points must be a CLOUDCIRCUIT_NEGATIVE_POINTS constant.
#define CLOUDCIRCUIT_ERR_NEGATIVE_POINTS 911
/// history_len must be at most CLOUDCIRCUIT_MAX_SERIES_LEN.
#define CLOUDCIRCUIT_ERR_HISTORY_LEN 950
/// period_len must be 1 to CLOUDCIRCUIT_MAX_PERIOD_LEN.
#define CLOUDCIRCUIT_ERR_PERIOD_LEN 951
/// elapsed must be at most period_len.
#define CLOUDCIRCUIT_ERR_ELAPSED 952
/// season_length must be 1 to CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH.
#define CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH 953
/// every point of history must be NaN for a missing point or finite, and >= 0 unless negative_points is MISSING or ZERO.
#define CLOUDCIRCUIT_ERR_HISTORY 954
/// every point of period_spend must be NaN for a missing point or finite, and >= 0 unless negative_points is MISSING or ZERO.
#define CLOUDCIRCUIT_ERR_PERIOD_SPEND 955

#ifdef __cplusplus
}
#endif

#endif // CLOUDCIRCUIT_H
