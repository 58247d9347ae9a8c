/*
 * libcloudcircuit for C++17 and later: a header over cloudcircuit.h, with nothing more to link
 *
 *     namespace cc = cloudcircuit;
 *
 *     const auto budget = cc::check_budget(920.0, 1000.0);
 *     if (budget->is_breached)
 *         stop_spending();
 *     else if (budget->is_warning)
 *         std::printf("%.0f %% of the budget is used\n", 100.0 * budget->usage_ratio);
 *
 * Names are those of cloudcircuit.h without the prefix. Rules, units and ranges stand there, at the
 * function or field of the same name, and hold here too; this header tells what C++ adds.
 *
 * Results. A call answers a result<T>: a status, and a T that is there on an error too, when it
 * holds the refusing answer (breached, spiking, open, not allowed, block). Whoever never looks at
 * the status is refused all the same. A result does not convert to bool: whether the call succeeded
 * and whether it allows are two questions, ok() and the fields of the T.
 *
 * Errors. Nothing throws, except result::value(), for those who want a cloudcircuit::error, and
 * to_json, whose std::string may find no memory. The header needs neither exceptions nor RTTI.
 *
 * Ownership. There is nothing to own: no handle, no memory, nothing to close, so no destructor and
 * no RAII. Every type is a value of plain bytes; a breaker and a ledger are their C state and
 * nothing else, to be copied, stored and shared as cloudcircuit.h says under "State".
 *
 * Cost. Every function is inline, passes its arguments on and has the library write into the result:
 * optimised, a caller executes as many instructions as the same caller in C. An answer that is passed
 * on to another call, a permit to its report say, may cost one more, which stores its status.
 *
 * Threads. As in C: all functions may be called from any thread at any time, as long as no other
 * thread writes to what they are passed.
 */
#ifndef CLOUDCIRCUIT_HPP
#define CLOUDCIRCUIT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <string>
#include <type_traits>

#include "cloudcircuit.h"

namespace cloudcircuit {

/*
 * Statuses
 * ========
 */

/// What a call answers: ok, or CLOUDCIRCUIT_ERR_ of the same name; message() says what it means.
/// A newer library may answer numbers that have no name here.
enum class [[nodiscard]] status : cloudcircuit_status {
    /// Two columns or lists of one call differ in size, or a validity bitmap is too short for its column.
    /// The one status of this header's own, for in C there is one length.
    column_size = -1,
    ok = CLOUDCIRCUIT_OK,
    null_pointer = CLOUDCIRCUIT_ERR_NULL_POINTER,
    reserved = CLOUDCIRCUIT_ERR_RESERVED,
    corrupt_state = CLOUDCIRCUIT_ERR_CORRUPT_STATE,
    encoded_length = CLOUDCIRCUIT_ERR_ENCODED_LENGTH,
    count = CLOUDCIRCUIT_ERR_COUNT,
    mode = CLOUDCIRCUIT_ERR_MODE,
    budget_limit = CLOUDCIRCUIT_ERR_BUDGET_LIMIT,
    warning_ratio = CLOUDCIRCUIT_ERR_WARNING_RATIO,
    current_spend = CLOUDCIRCUIT_ERR_CURRENT_SPEND,
    warning_ppm = CLOUDCIRCUIT_ERR_WARNING_PPM,
    series_too_short = CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT,
    series_too_long = CLOUDCIRCUIT_ERR_SERIES_TOO_LONG,
    spike_multiplier = CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER,
    min_baseline = CLOUDCIRCUIT_ERR_MIN_BASELINE,
    spend_series = CLOUDCIRCUIT_ERR_SPEND_SERIES,
    spike_multiplier_ppm = CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM,
    consecutive_failures = CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES,
    failure_threshold = CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD,
    cooldown_steps_remaining = CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING,
    window_size = CLOUDCIRCUIT_ERR_WINDOW_SIZE,
    minimum_calls = CLOUDCIRCUIT_ERR_MINIMUM_CALLS,
    failure_rate_ppm = CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM,
    slow_call_rate_ppm = CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM,
    half_open_max_probes = CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES,
    jitter_ppm = CLOUDCIRCUIT_ERR_JITTER_PPM,
    slow_call_duration = CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION,
    open_duration = CLOUDCIRCUIT_ERR_OPEN_DURATION,
    max_open_duration = CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION,
    probe_timeout = CLOUDCIRCUIT_ERR_PROBE_TIMEOUT,
    permit = CLOUDCIRCUIT_ERR_PERMIT,
    outcome = CLOUDCIRCUIT_ERR_OUTCOME,
    duration = CLOUDCIRCUIT_ERR_DURATION,
    stale_permit = CLOUDCIRCUIT_ERR_STALE_PERMIT,
    forced_phase = CLOUDCIRCUIT_ERR_FORCED_PHASE,
    window_duration = CLOUDCIRCUIT_ERR_WINDOW_DURATION,
    failure_count = CLOUDCIRCUIT_ERR_FAILURE_COUNT,
    half_open_calls = CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS,
    half_open_failure_rate_ppm = CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM,
    half_open_duration = CLOUDCIRCUIT_ERR_HALF_OPEN_DURATION,
    backoff_ppm = CLOUDCIRCUIT_ERR_BACKOFF_PPM,
    trips_decay = CLOUDCIRCUIT_ERR_TRIPS_DECAY,
    max_retry_after = CLOUDCIRCUIT_ERR_MAX_RETRY_AFTER,
    ramp_duration = CLOUDCIRCUIT_ERR_RAMP_DURATION,
    no_rule = CLOUDCIRCUIT_ERR_NO_RULE,
    on_warning = CLOUDCIRCUIT_ERR_ON_WARNING,
    on_breach = CLOUDCIRCUIT_ERR_ON_BREACH,
    on_spike = CLOUDCIRCUIT_ERR_ON_SPIKE,
    on_open = CLOUDCIRCUIT_ERR_ON_OPEN,
    on_missing = CLOUDCIRCUIT_ERR_ON_MISSING,
    required = CLOUDCIRCUIT_ERR_REQUIRED,
    budget_signal = CLOUDCIRCUIT_ERR_BUDGET_SIGNAL,
    spike_signal = CLOUDCIRCUIT_ERR_SPIKE_SIGNAL,
    breaker_signal = CLOUDCIRCUIT_ERR_BREAKER_SIGNAL,
    on_leak = CLOUDCIRCUIT_ERR_ON_LEAK,
    on_over_limit = CLOUDCIRCUIT_ERR_ON_OVER_LIMIT,
    on_rate = CLOUDCIRCUIT_ERR_ON_RATE,
    on_forecast = CLOUDCIRCUIT_ERR_ON_FORECAST,
    on_insufficient = CLOUDCIRCUIT_ERR_ON_INSUFFICIENT,
    on_error = CLOUDCIRCUIT_ERR_ON_ERROR,
    monitor = CLOUDCIRCUIT_ERR_MONITOR,
    signal = CLOUDCIRCUIT_ERR_SIGNAL,
    permit_signal = CLOUDCIRCUIT_ERR_PERMIT_SIGNAL,
    ledger_signal = CLOUDCIRCUIT_ERR_LEDGER_SIGNAL,
    rate_signal = CLOUDCIRCUIT_ERR_RATE_SIGNAL,
    detect_signal = CLOUDCIRCUIT_ERR_DETECT_SIGNAL,
    forecast_signal = CLOUDCIRCUIT_ERR_FORECAST_SIGNAL,
    invalid_rows = CLOUDCIRCUIT_ERR_INVALID_ROWS,
    too_many_rows = CLOUDCIRCUIT_ERR_TOO_MANY_ROWS,
    overlap = CLOUDCIRCUIT_ERR_OVERLAP,
    offsets = CLOUDCIRCUIT_ERR_OFFSETS,
    amount = CLOUDCIRCUIT_ERR_AMOUNT,
    scale = CLOUDCIRCUIT_ERR_SCALE,
    amount_range = CLOUDCIRCUIT_ERR_AMOUNT_RANGE,
    amount_precision = CLOUDCIRCUIT_ERR_AMOUNT_PRECISION,
    buffer_too_small = CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL,
    record_field = CLOUDCIRCUIT_ERR_RECORD_FIELD,
    ledger_limit = CLOUDCIRCUIT_ERR_LEDGER_LIMIT,
    threshold_count = CLOUDCIRCUIT_ERR_THRESHOLD_COUNT,
    threshold_limit = CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT,
    estimate = CLOUDCIRCUIT_ERR_ESTIMATE,
    actual = CLOUDCIRCUIT_ERR_ACTUAL,
    hold_spent = CLOUDCIRCUIT_ERR_HOLD_SPENT,
    hold_amount = CLOUDCIRCUIT_ERR_HOLD_AMOUNT,
    overflow = CLOUDCIRCUIT_ERR_OVERFLOW,
    carry_max = CLOUDCIRCUIT_ERR_CARRY_MAX,
    debt_max = CLOUDCIRCUIT_ERR_DEBT_MAX,
    hold_duration = CLOUDCIRCUIT_ERR_HOLD_DURATION,
    threshold_unit = CLOUDCIRCUIT_ERR_THRESHOLD_UNIT,
    threshold_basis = CLOUDCIRCUIT_ERR_THRESHOLD_BASIS,
    thresholds = CLOUDCIRCUIT_ERR_THRESHOLDS,
    ledger_id = CLOUDCIRCUIT_ERR_LEDGER_ID,
    hold_ledger = CLOUDCIRCUIT_ERR_HOLD_LEDGER,
    hold_id = CLOUDCIRCUIT_ERR_HOLD_ID,
    more = CLOUDCIRCUIT_ERR_MORE,
    part = CLOUDCIRCUIT_ERR_PART,
    rate_limit = CLOUDCIRCUIT_ERR_RATE_LIMIT,
    rate_duration = CLOUDCIRCUIT_ERR_RATE_DURATION,
    taken_at = CLOUDCIRCUIT_ERR_TAKEN_AT,
    season_length = CLOUDCIRCUIT_ERR_SEASON_LENGTH,
    detect_window = CLOUDCIRCUIT_ERR_DETECT_WINDOW,
    lag_points = CLOUDCIRCUIT_ERR_LAG_POINTS,
    score_threshold = CLOUDCIRCUIT_ERR_SCORE_THRESHOLD,
    min_impact = CLOUDCIRCUIT_ERR_MIN_IMPACT,
    min_relative_impact = CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT,
    start_time = CLOUDCIRCUIT_ERR_START_TIME,
    step = CLOUDCIRCUIT_ERR_STEP,
    detect_point = CLOUDCIRCUIT_ERR_DETECT_POINT,
    tracker_settings = CLOUDCIRCUIT_ERR_TRACKER_SETTINGS,
    negative_points = CLOUDCIRCUIT_ERR_NEGATIVE_POINTS,
    history_len = CLOUDCIRCUIT_ERR_HISTORY_LEN,
    period_len = CLOUDCIRCUIT_ERR_PERIOD_LEN,
    elapsed = CLOUDCIRCUIT_ERR_ELAPSED,
    forecast_season_length = CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH,
    history = CLOUDCIRCUIT_ERR_HISTORY,
    period_spend = CLOUDCIRCUIT_ERR_PERIOD_SPEND
};

/// A static English sentence that names the argument and the rule it broke; never NULL.
inline const char *message(status code) noexcept {
    return code == status::column_size ? "columns or lists of one call must have the same size"
                                       : cloudcircuit_status_message(static_cast<cloudcircuit_status>(code));
}

/// The name of the status's constant in C, "unknown status" for a number without one; never NULL.
inline const char *name(status code) noexcept {
    return code == status::column_size ? "column_size"
                                       : cloudcircuit_status_name(static_cast<cloudcircuit_status>(code));
}

/// What result::value() throws: a status whose message() is what().
class error : public std::exception {
  public:
    explicit error(status code) noexcept : code_(code) {}
    /// The status.
    status code() const noexcept { return code_; }
    /// Its message.
    const char *what() const noexcept override { return message(code_); }

  private:
    status code_;
};

template <class T> class result;

namespace detail {
/// A result whose T the library fills in where it lies.
template <class T, class Call> result<T> filled(Call call) noexcept;
} // namespace detail

/// A status and a T, both always there: on an error the T is the refusing answer.
template <class T> class [[nodiscard]] result {
  public:
    /// Of a status and a T, for hosts and their tests.
    constexpr result(cloudcircuit::status code, const T &answer) : answer_(answer), status_(code) {}

    /// Whether the call succeeded; says nothing about what it answered.
    constexpr bool ok() const noexcept { return status_ == cloudcircuit::status::ok; }
    /// ok, or the first rule that was broken.
    constexpr cloudcircuit::status status() const noexcept { return status_; }
    /// The status's message.
    const char *message() const noexcept { return cloudcircuit::message(status_); }

    /// The answer, also on an error; of a temporary result a copy.
    constexpr T &operator*() & noexcept { return answer_; }
    constexpr const T &operator*() const & noexcept { return answer_; }
    constexpr T operator*() const && { return answer_; }
    /// A member of the answer, also on an error.
    constexpr T *operator->() noexcept { return &answer_; }
    constexpr const T *operator->() const noexcept { return &answer_; }

    /// The answer of a call that succeeded; throws cloudcircuit::error otherwise. Code compiled
    /// without exceptions does not have its definition, so a use there does not link.
    T value() const;

  private:
    template <class U, class Call> friend result<U> detail::filled(Call) noexcept;
    result() = default;

    T answer_;
    cloudcircuit::status status_;
};

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
template <class T> T result<T>::value() const {
    if (!ok())
        throw error(status_);
    return answer_;
}
#endif

/*
 * Views
 * =====
 */

/// Some Ts that lie side by side and belong to somebody else: from a vector, an array, a C array, a
/// std::span, whatever has data() and size(), or a pointer and a length. To be passed, not kept.
template <class T> class span {
    template <class C>
    using has_elements = std::enable_if_t<
        std::is_convertible_v<std::remove_pointer_t<decltype(std::data(std::declval<C &>()))> (*)[], T (*)[]> &&
        std::is_convertible_v<decltype(std::size(std::declval<C &>())), std::size_t>>;

  public:
    /// Nothing.
    constexpr span() noexcept = default;
    /// `size` Ts from `data` on.
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// All of a container.
    template <class C, class = has_elements<C>>
    constexpr span(C &&container) noexcept : data_(std::data(container)), size_(std::size(container)) {}

    /// The first T; may be NULL when there is none.
    constexpr T *data() const noexcept { return data_; }
    /// How many there are.
    constexpr std::size_t size() const noexcept { return size_; }
    /// Whether there is none.
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// The first, for loops.
    constexpr T *begin() const noexcept { return data_; }
    /// Past the last.
    constexpr T *end() const noexcept { return data_ + size_; }

  private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// A column with missing values, in Arrow's layout.
template <class T> struct nullable_span {
    /// The values; those of missing rows are not looked at.
    span<const T> values;
    /// A bit for each row, lowest first: 1 when it has a value. Empty: no row is missing.
    span<const std::uint8_t> validity = {};
    /// The bit of the first row.
    std::size_t validity_offset = 0;
};

/*
 * Constants
 * =========
 */

/// What a guard decides, from the least to the most permissive.
enum class action : std::int32_t {
    block = CLOUDCIRCUIT_ACTION_BLOCK,       ///< stop the operation
    throttle = CLOUDCIRCUIT_ACTION_THROTTLE, ///< let it run, but less of it
    alert = CLOUDCIRCUIT_ACTION_ALERT,       ///< let it run and tell somebody
    allow = CLOUDCIRCUIT_ACTION_ALLOW        ///< let it run
};

/// Bits: which safeguard a signal is of.
enum class signal_kind : std::uint32_t {
    none = 0,                                ///< no bit
    budget = CLOUDCIRCUIT_SIGNAL_BUDGET,     ///< a budget, an exact budget or a ledger
    spike = CLOUDCIRCUIT_SIGNAL_SPIKE,       ///< a spike, an exact spike or a detector's answer
    breaker = CLOUDCIRCUIT_SIGNAL_BREAKER,   ///< a breaker from counters or a permit
    rate = CLOUDCIRCUIT_SIGNAL_RATE,         ///< a rate limit
    forecast = CLOUDCIRCUIT_SIGNAL_FORECAST, ///< a forecast
    usual = budget | spike | breaker         ///< what a guard requires by default
};

/// Bits: what a guard found.
enum class reason : std::uint32_t {
    none = 0,                                        ///< no bit
    warning = CLOUDCIRCUIT_REASON_WARNING,           ///< a budget warns, or a ledger crossed a threshold
    breach = CLOUDCIRCUIT_REASON_BREACH,             ///< a budget is breached
    spike = CLOUDCIRCUIT_REASON_SPIKE,               ///< the latest spend is a spike
    open = CLOUDCIRCUIT_REASON_OPEN,                 ///< a breaker is open or refuses
    missing = CLOUDCIRCUIT_REASON_MISSING,           ///< a required kind of signal is missing
    leak = CLOUDCIRCUIT_REASON_LEAK,                 ///< a slow leak ended
    over_limit = CLOUDCIRCUIT_REASON_OVER_LIMIT,     ///< a ledger refuses
    rate = CLOUDCIRCUIT_REASON_RATE,                 ///< a rate limit refuses
    forecast = CLOUDCIRCUIT_REASON_FORECAST,         ///< the forecast breaches the budget
    insufficient = CLOUDCIRCUIT_REASON_INSUFFICIENT, ///< too few points to judge
    error = CLOUDCIRCUIT_REASON_ERROR                ///< a safeguard's call failed
};

/// Bits: decisions of the _flags calls, and of each row of a flags column.
enum class flag : std::uint8_t {
    none = 0,                                     ///< no bit
    warning = CLOUDCIRCUIT_FLAG_WARNING,          ///< the budget's is_warning
    breached = CLOUDCIRCUIT_FLAG_BREACHED,        ///< the budget's is_breached
    spike = CLOUDCIRCUIT_FLAG_SPIKE,              ///< the spike's is_spike
    open = CLOUDCIRCUIT_FLAG_OPEN,                ///< the breaker's is_open
    leak = CLOUDCIRCUIT_FLAG_LEAK,                ///< the detector's is_leak
    drop = CLOUDCIRCUIT_FLAG_DROP,                ///< the detector's is_drop
    insufficient = CLOUDCIRCUIT_FLAG_INSUFFICIENT, ///< too few points to judge
    invalid = CLOUDCIRCUIT_FLAG_INVALID           ///< the inputs broke a rule, the refusing bits are set too
};

/// What a breaker is in.
enum class phase : std::int32_t {
    none = 0,                                           ///< of a permit after an error
    closed = CLOUDCIRCUIT_BREAKER_CLOSED,               ///< calls are allowed and counted
    open = CLOUDCIRCUIT_BREAKER_OPEN,                   ///< calls are refused until open_until
    half_open = CLOUDCIRCUIT_BREAKER_HALF_OPEN,         ///< a few calls are allowed as probes
    forced_open = CLOUDCIRCUIT_BREAKER_FORCED_OPEN,     ///< calls are refused until forced_until
    forced_closed = CLOUDCIRCUIT_BREAKER_FORCED_CLOSED  ///< calls are allowed until forced_until
};

/// How a call went.
enum class outcome : std::int32_t {
    success = CLOUDCIRCUIT_OUTCOME_SUCCESS, ///< it did what it should
    failure = CLOUDCIRCUIT_OUTCOME_FAILURE, ///< it failed
    ignored = CLOUDCIRCUIT_OUTCOME_IGNORED  ///< it says nothing: frees its probe, judges nothing
};

/// Where a ledger stands, or why it refused.
enum class ledger_reason : std::int32_t {
    none = 0,                                                 ///< after an error
    within = CLOUDCIRCUIT_LEDGER_REASON_WITHIN,               ///< settled + held is below limit + carried
    at_limit = CLOUDCIRCUIT_LEDGER_REASON_AT_LIMIT,           ///< it is limit + carried
    over_limit = CLOUDCIRCUIT_LEDGER_REASON_OVER_LIMIT,       ///< it is above, or would be
    exceeds_limit = CLOUDCIRCUIT_LEDGER_REASON_EXCEEDS_LIMIT, ///< the estimate alone is above
    unlimited = CLOUDCIRCUIT_LEDGER_REASON_UNLIMITED,         ///< there is no limit
    expired = CLOUDCIRCUIT_LEDGER_REASON_EXPIRED,             ///< the hold had ended
    free = CLOUDCIRCUIT_LEDGER_REASON_FREE,                   ///< nothing was asked for
    unverified = CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED        ///< the hold is too old to be known as spent
};

/// Where a rate limit stands, or why it refused.
enum class rate_reason : std::int32_t {
    none = 0,                                               ///< after an error
    within = CLOUDCIRCUIT_RATE_REASON_WITHIN,               ///< used is at most the limit
    over_limit = CLOUDCIRCUIT_RATE_REASON_OVER_LIMIT,       ///< it is above, or would be
    exceeds_limit = CLOUDCIRCUIT_RATE_REASON_EXCEEDS_LIMIT, ///< the amount alone is above
    unlimited = CLOUDCIRCUIT_RATE_REASON_UNLIMITED,         ///< there is no limit
    free = CLOUDCIRCUIT_RATE_REASON_FREE                    ///< the amount is 0
};

/// What a detector or a forecast says.
enum class verdict : std::int32_t {
    normal = CLOUDCIRCUIT_VERDICT_NORMAL,                      ///< no spike
    spike = CLOUDCIRCUIT_VERDICT_SPIKE,                        ///< a spike
    insufficient_data = CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ///< too few points
};

/// What decided in a detector.
enum class detect_reason : std::int32_t {
    refused = CLOUDCIRCUIT_DETECT_REASON_REFUSED,                         ///< after an error
    score = CLOUDCIRCUIT_DETECT_REASON_SCORE,                             ///< no score is above the threshold
    one_point = CLOUDCIRCUIT_DETECT_REASON_ONE_POINT,                     ///< the point's own score
    two_points = CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS,                   ///< that of two points
    three_points = CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS,               ///< that of three points
    min_impact = CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT,                   ///< the excess is too small in money
    min_relative_impact = CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT, ///< it is too small a share
    history = CLOUDCIRCUIT_DETECT_REASON_HISTORY,                         ///< too few points before it
    missing = CLOUDCIRCUIT_DETECT_REASON_MISSING                          ///< the point is missing
};

/// What a negative point of a series means, for example a credit.
enum class negative_points : std::uint32_t {
    error = CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR,     ///< it is refused
    missing = CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING, ///< it counts as missing
    zero = CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO        ///< it counts as 0
};

/// Whether refusals refuse: of a ledger, a rate limit and a breaker.
enum class mode : std::uint32_t {
    enforce = CLOUDCIRCUIT_MODE_ENFORCE,    ///< what the rules refuse is refused
    monitor = CLOUDCIRCUIT_MODE_MONITOR,    ///< nothing is refused; would_refuse says what would be
    unlimited = CLOUDCIRCUIT_MODE_UNLIMITED ///< no limit; not of a breaker
};

/// What a ledger's thresholds are.
enum class threshold_unit : std::uint32_t {
    ppm = CLOUDCIRCUIT_THRESHOLD_PPM,      ///< parts per million of limit + carried
    amount = CLOUDCIRCUIT_THRESHOLD_AMOUNT ///< amounts
};

/// What is compared with a ledger's thresholds.
enum class threshold_basis : std::uint32_t {
    settled = CLOUDCIRCUIT_BASIS_SETTLED,    ///< settled
    committed = CLOUDCIRCUIT_BASIS_COMMITTED ///< settled + held
};

/// A report's retry_at when the called service named no time.
inline constexpr std::int64_t no_retry_at = INT64_MIN;
/// The answer of a call on several ledgers when no ledger refuses or fails.
inline constexpr std::uint32_t no_ledger = UINT32_MAX;

/// A constant's name in words, as the records write it, for example "block"; never NULL.
inline const char *name(action what) noexcept { return cloudcircuit_action_name(static_cast<std::int32_t>(what)); }
/// Of one bit.
inline const char *name(reason bit) noexcept { return cloudcircuit_reason_name(static_cast<std::uint32_t>(bit)); }
/// Of one bit.
inline const char *name(signal_kind bit) noexcept {
    return cloudcircuit_signal_name(static_cast<std::uint32_t>(bit));
}
/// Of a breaker's phase.
inline const char *name(phase what) noexcept { return cloudcircuit_phase_name(static_cast<std::int32_t>(what)); }
/// Of a call's outcome.
inline const char *name(outcome how) noexcept { return cloudcircuit_outcome_name(static_cast<std::int32_t>(how)); }
/// Of a verdict.
inline const char *name(verdict what) noexcept { return cloudcircuit_verdict_name(static_cast<std::int32_t>(what)); }
/// Of a detector's reason.
inline const char *name(detect_reason why) noexcept {
    return cloudcircuit_detect_reason_name(static_cast<std::int32_t>(why));
}
/// Of a ledger's reason.
inline const char *name(ledger_reason why) noexcept {
    return cloudcircuit_ledger_reason_name(static_cast<std::int32_t>(why));
}
/// Of a rate limit's reason.
inline const char *name(rate_reason why) noexcept {
    return cloudcircuit_rate_reason_name(static_cast<std::int32_t>(why));
}
/// Of a mode.
inline const char *name(mode what) noexcept { return cloudcircuit_mode_name(static_cast<std::uint32_t>(what)); }

namespace detail {
template <class E>
using if_bits = std::enable_if_t<std::is_same_v<E, signal_kind> || std::is_same_v<E, reason> || std::is_same_v<E, flag>, E>;
} // namespace detail

/// The bits of both: of kinds of signals, reasons and flags.
template <class E> constexpr detail::if_bits<E> operator|(E left, E right) noexcept {
    using bits = std::underlying_type_t<E>;
    return static_cast<E>(static_cast<bits>(left) | static_cast<bits>(right));
}

/// The bits that both have.
template <class E> constexpr detail::if_bits<E> operator&(E left, E right) noexcept {
    using bits = std::underlying_type_t<E>;
    return static_cast<E>(static_cast<bits>(left) & static_cast<bits>(right));
}

/// Whether any of `wanted` is among `bits`.
template <class E, class = detail::if_bits<E>> constexpr bool has(E bits, E wanted) noexcept {
    return (bits & wanted) != E::none;
}

/// The same of a row of a flags column.
constexpr bool has(std::uint8_t row, flag wanted) noexcept { return has(static_cast<flag>(row), wanted); }

/*
 * Settings
 * ========
 *
 * Each is an aggregate whose members start out as the defaults: change those you want, in C++20 as
 * in {.warning_ratio = 0.8}. Each is laid out as the C struct of its name.
 */

/// Settings of check_budget.
struct budget_config {
    /// Share of the limit from which is_warning is set; > 0 and <= 1.
    double warning_ratio = CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;
};

/// Settings of check_budget_i64.
struct budget_config_i64 {
    /// Share of the limit from which is_warning is set, in parts per million; 1 to 1000000.
    std::uint32_t warning_ppm = CLOUDCIRCUIT_DEFAULT_WARNING_PPM;
    /// 0.
    std::uint32_t reserved = 0;
};

/// Settings of check_anomaly_spike.
struct spike_config {
    /// The latest spend is a spike above this many times the baseline; finite and > 1.
    double spike_multiplier = CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER;
    /// The baseline is taken as at least this; finite and >= 0, in the unit of the series.
    double min_baseline = CLOUDCIRCUIT_DEFAULT_MIN_BASELINE;
};

/// Settings of check_anomaly_spike_i64.
struct spike_config_i64 {
    /// The latest spend is a spike above this many millionths of the baseline; > 1000000.
    std::uint32_t spike_multiplier_ppm = CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM;
    /// 0.
    std::uint32_t reserved = 0;
    /// The baseline is taken as at least this; >= 0, in the unit of the series.
    std::int64_t min_baseline = 0;
};

/// What the host has counted, for evaluate_circuit_breaker.
struct breaker_counters {
    /// Failures since the last success; >= 0.
    std::int64_t consecutive_failures = 0;
    /// Consecutive failures from which the breaker is open; > 0.
    std::int64_t failure_threshold = CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD;
    /// Steps until a cooldown ends; >= 0, 0 when there is none.
    std::int64_t cooldown_steps_remaining = 0;
};

/// Which action each finding asks for, for evaluate_guard.
struct guard_policy {
    action on_warning = action::alert;             ///< when a budget warns
    action on_breach = action::block;              ///< when a budget is breached
    action on_spike = action::throttle;            ///< when the latest spend is a spike
    action on_leak = action::alert;                ///< when a slow leak ended
    action on_open = action::block;                ///< when a breaker refuses
    action on_over_limit = action::block;          ///< when a ledger refuses
    action on_rate = action::throttle;             ///< when a rate limit refuses
    action on_forecast = action::alert;            ///< when the forecast breaches
    action on_insufficient = action::alert;        ///< when there are too few points to judge
    action on_error = action::block;               ///< when a safeguard's call failed
    action on_missing = action::block;             ///< when a required kind of signal is missing
    signal_kind required = signal_kind::usual;     ///< the kinds that must be there
    reason monitor = reason::none;                 ///< findings that only monitor_action heeds
};

/// When a breaker opens and how it recovers. Durations are in the host's unit of time, the same as
/// every now; the defaults are in milliseconds. A breaker without a rule is status::no_rule.
struct breaker_config {
    /// Opens after this many failures in a row; 0 = off.
    std::uint32_t failure_threshold = CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD;
    /// Opens at this many failures in the window; 0 = off.
    std::uint32_t failure_count = 0;
    /// The window is the latest this many outcomes, at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW; 0 = none by count.
    std::uint32_t window_size = 0;
    /// Outcomes that must be in the window before a rate may open it.
    std::uint32_t minimum_calls = 0;
    /// Opens when failures / outcomes in the window reach this share, in parts per million; 0 = off.
    std::uint32_t failure_rate_ppm = 0;
    /// Opens when slow calls / outcomes in the window reach this share, in parts per million; 0 = off.
    std::uint32_t slow_call_rate_ppm = 0;
    /// Probes in flight at once while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES.
    std::uint32_t half_open_max_probes = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES;
    /// Probes that are judged while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS.
    std::uint32_t half_open_calls = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS;
    /// Opens again when failed probes reach this share of half_open_calls, in parts per million.
    std::uint32_t half_open_failure_rate_ppm = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM;
    /// Each trip multiplies the open time by this, in parts per million; 1000000 to 16000000.
    std::uint32_t backoff_ppm = CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM;
    /// The open time is lengthened by up to this share of itself, in parts per million; at most 1000000.
    std::uint32_t jitter_ppm = 0;
    /// enforce or monitor.
    cloudcircuit::mode mode = cloudcircuit::mode::enforce;
    /// What the jitter is drawn from, for example an instance's number.
    std::uint64_t jitter_seed = 0;
    /// The window is the outcomes of this much time; 0 = none by time.
    std::int64_t window_duration = 0;
    /// A call that took this long or longer is slow; > 0 when slow_call_rate_ppm is.
    std::int64_t slow_call_duration = 0;
    /// How long the first trip opens it; > 0.
    std::int64_t open_duration = CLOUDCIRCUIT_DEFAULT_OPEN_DURATION;
    /// The longest open time, before jitter; >= open_duration.
    std::int64_t max_open_duration = CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION;
    /// A probe that has not reported before this has passed has failed; > 0.
    std::int64_t probe_timeout = CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT;
    /// After this long half-open ends and is judged by what is there; 0 = it waits.
    std::int64_t half_open_duration = 0;
    /// One trip is forgotten per this much closed time; 0 = a close forgets all.
    std::int64_t trips_decay = 0;
    /// A failure with a retry_at opens until then, at most this long; 0 = retry_at is ignored.
    std::int64_t max_retry_after = 0;
    /// After a close a rising share of calls is allowed over this long; 0 = all at once.
    std::int64_t ramp_duration = 0;
};

/// The limit of a ledger and its settings. The defaults allow nothing but requests of 0.
struct ledger_config {
    /// The most that may be settled and held together in a period; >= 0.
    std::int64_t limit = 0;
    /// The most of an unused limit that a roll carries into the next period; >= 0.
    std::int64_t carry_max = 0;
    /// The most overspend that a roll takes off the next period; >= 0.
    std::int64_t debt_max = 0;
    /// How long a hold lasts, in the unit of now; 0 = without end.
    std::int64_t hold_duration = 0;
    /// The alert thresholds, > 0 and ascending.
    std::int64_t thresholds[CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS] = {};
    /// How many of them count.
    std::uint32_t threshold_count = 0;
    /// What they are.
    cloudcircuit::threshold_unit threshold_unit = cloudcircuit::threshold_unit::ppm;
    /// What is compared with them.
    cloudcircuit::threshold_basis threshold_basis = cloudcircuit::threshold_basis::settled;
    /// enforce, monitor or unlimited.
    cloudcircuit::mode mode = cloudcircuit::mode::enforce;
};

/// How much may be taken in how long. There are no defaults: without a duration every call refuses.
struct rate_limit_config {
    /// The most that may be taken in any window of this duration; >= 0.
    std::int64_t limit = 0;
    /// The length of the window, in the unit of now; > 0.
    std::int64_t duration = 0;
    /// enforce, monitor or unlimited.
    cloudcircuit::mode mode = cloudcircuit::mode::enforce;
    /// 0.
    std::uint32_t reserved = 0;
};

/// Settings of detect_spike, scan_spikes and spike_tracker.
struct detect_config {
    /// Points after which spend repeats its pattern, 1 for none; 0 goes by step.
    std::uint32_t season_length = 0;
    /// Points looked back at; 0 goes by the season.
    std::uint32_t window = 0;
    /// Judges the point this many before the last, for bills that fill up late.
    std::uint32_t lag_points = 0;
    /// What a negative point means, for example a credit.
    cloudcircuit::negative_points negative_points = cloudcircuit::negative_points::error;
    /// Robust deviations above the expected spend that make a spike; > 0.
    double score_threshold = CLOUDCIRCUIT_DEFAULT_SCORE_THRESHOLD;
    /// The excess in money below which nothing is a spike or a leak; >= 0.
    double min_impact = 0;
    /// The same as a share of the expected or usual spend; >= 0.
    double min_relative_impact = CLOUDCIRCUIT_DEFAULT_MIN_RELATIVE_IMPACT;
    /// The expected spend is taken as at least this; >= 0.
    double min_baseline = CLOUDCIRCUIT_DEFAULT_DETECT_MIN_BASELINE;
    /// The first point's time in seconds since 1970 in the bill's own calendar, if it is known.
    std::int64_t start_time = CLOUDCIRCUIT_TIME_UNKNOWN;
    /// Seconds between points; > 0.
    std::int64_t step = CLOUDCIRCUIT_DEFAULT_STEP;
};

/// Settings of forecast_budget.
struct forecast_config {
    /// The points after which spend repeats its pattern, 1 for none.
    std::uint32_t season_length = CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH;
    /// How many of the last points are incomplete, for bills that fill up late.
    std::uint32_t lag_points = 0;
    /// What a negative point means.
    cloudcircuit::negative_points negative_points = cloudcircuit::negative_points::error;
    /// 0.
    std::uint32_t reserved = 0;
    /// The first point's time in seconds since 1970 in the bill's own calendar, if it is known.
    std::int64_t start_time = CLOUDCIRCUIT_TIME_UNKNOWN;
    /// Seconds between points; > 0.
    std::int64_t step = CLOUDCIRCUIT_DEFAULT_STEP;
};

namespace detail {
#define CLOUDCIRCUIT_SETTINGS(type)                                                               \
    static_assert(sizeof(type) == sizeof(cloudcircuit_##type) && std::is_standard_layout_v<type>); \
    /* Laid out alike, and what reads it is no C++: a change of name, as between two languages. */ \
    inline const cloudcircuit_##type *c(const type &settings) noexcept {                          \
        return reinterpret_cast<const cloudcircuit_##type *>(&settings);                          \
    }
CLOUDCIRCUIT_SETTINGS(budget_config)
CLOUDCIRCUIT_SETTINGS(budget_config_i64)
CLOUDCIRCUIT_SETTINGS(spike_config)
CLOUDCIRCUIT_SETTINGS(spike_config_i64)
CLOUDCIRCUIT_SETTINGS(breaker_counters)
CLOUDCIRCUIT_SETTINGS(guard_policy)
CLOUDCIRCUIT_SETTINGS(breaker_config)
CLOUDCIRCUIT_SETTINGS(ledger_config)
CLOUDCIRCUIT_SETTINGS(rate_limit_config)
CLOUDCIRCUIT_SETTINGS(detect_config)
CLOUDCIRCUIT_SETTINGS(forecast_config)
#undef CLOUDCIRCUIT_SETTINGS

template <class T, class Call> result<T> filled(Call call) noexcept {
    result<T> answer;
    answer.status_ = static_cast<status>(call(&answer.answer_));
    return answer;
}
} // namespace detail

/*
 * Answers
 * =======
 *
 * The C structs; where one has a constant in a field, a function of that name answers it as an enum.
 */

/// What check_budget found.
using budget_result = cloudcircuit_budget_result;
/// What check_budget_i64 found.
using budget_result_i64 = cloudcircuit_budget_result_i64;
/// What check_anomaly_spike found.
using spike_result = cloudcircuit_spike_result;
/// What check_anomaly_spike_i64 found.
using spike_result_i64 = cloudcircuit_spike_result_i64;
/// What detect_spike found; verdict and reason are CLOUDCIRCUIT_VERDICT and CLOUDCIRCUIT_DETECT_REASON constants.
using detect_result = cloudcircuit_detect_result;
/// What forecast_budget expects; verdict is a CLOUDCIRCUIT_VERDICT constant.
using forecast_result = cloudcircuit_forecast_result;
/// What evaluate_circuit_breaker decided.
using breaker_decision = cloudcircuit_breaker_decision;
/// What ledger::reserve held, to be settled or released.
using ledger_hold = cloudcircuit_ledger_hold;

/// What one safeguard found, for evaluate_guard; written by to_signal.
using signal = cloudcircuit_signal;

/// What evaluate_guard decided.
struct guard_decision : cloudcircuit_guard_decision {
    /// The least permissive action that a finding asked for.
    cloudcircuit::action action() const noexcept {
        return static_cast<cloudcircuit::action>(cloudcircuit_guard_decision::action);
    }
    /// What action would be if nothing were monitored.
    cloudcircuit::action monitor_action() const noexcept {
        return static_cast<cloudcircuit::action>(cloudcircuit_guard_decision::monitor_action);
    }
    /// Every finding.
    reason reasons() const noexcept { return static_cast<reason>(cloudcircuit_guard_decision::reasons); }
    /// Whether one of them is among the findings.
    bool has(reason finding) const noexcept { return cloudcircuit::has(reasons(), finding); }
};

/// Whether a call may run, and its ticket for the report.
struct breaker_permit : cloudcircuit_breaker_permit {
    /// The breaker's phase; none after an error.
    cloudcircuit::phase phase() const noexcept {
        return static_cast<cloudcircuit::phase>(cloudcircuit_breaker_permit::phase);
    }
};

/// What a ledger call decided.
struct ledger_decision : cloudcircuit_ledger_decision {
    /// Where the ledger stands, or why it refused.
    ledger_reason reason() const noexcept {
        return static_cast<ledger_reason>(cloudcircuit_ledger_decision::reason);
    }
};

/// What a rate limit call decided.
struct rate_limit_decision : cloudcircuit_rate_limit_decision {
    /// Where the rate limit stands, or why it refused.
    rate_reason reason() const noexcept {
        return static_cast<rate_reason>(cloudcircuit_rate_limit_decision::reason);
    }
};

/// What ledger::reserve answers.
struct ledger_reservation {
    /// What is held; wholly 0 when refused. Belongs into storage with the ledger.
    ledger_hold hold;
    /// Whether it is held, and where the ledger stands.
    ledger_decision decision;
};

/// What ledger::spend answers.
struct ledger_spending {
    /// Whether the work was run.
    bool has_run;
    /// Of the settle when it was run, of the reserve when it was not.
    ledger_decision decision;
};

/// How a call behind breaker::call went.
struct call_report {
    /// How it went, and when the called service wants the next call, if it said so.
    call_report(outcome went, std::int64_t retry = no_retry_at) noexcept : how(went), retry_at(retry) {}
    /// How it went.
    outcome how;
    /// With a failure, the time before which the called service wants no call.
    std::int64_t retry_at;
};

/*
 * Version
 * =======
 */

/// The version of the library that is running, as "0.2.0"; never NULL.
inline const char *version() noexcept { return cloudcircuit_version(); }

/// Its ABI version. This header suits it when that is CLOUDCIRCUIT_ABI_VERSION and version() is not
/// older than CLOUDCIRCUIT_VERSION.
inline std::uint32_t abi_version() noexcept { return cloudcircuit_abi_version(); }

/*
 * Safeguards
 * ==========
 */

/// Checks a spend against a budget; amounts in one currency unit.
inline result<budget_result> check_budget(double current_spend, double budget_limit) noexcept {
    return detail::filled<budget_result>([&](budget_result *answer) {
        return cloudcircuit_check_budget(current_spend, budget_limit, nullptr, answer);
    });
}

/// The same by the host's own settings.
inline result<budget_result> check_budget(double current_spend, double budget_limit,
                                          const budget_config &config) noexcept {
    return detail::filled<budget_result>([&](budget_result *answer) {
        return cloudcircuit_check_budget(current_spend, budget_limit, detail::c(config), answer);
    });
}

/// Checks a spend against a budget in exact integers; amounts in one minor unit.
inline result<budget_result_i64> check_budget_i64(std::int64_t current_spend, std::int64_t budget_limit) noexcept {
    return detail::filled<budget_result_i64>([&](budget_result_i64 *answer) {
        return cloudcircuit_check_budget_i64(current_spend, budget_limit, nullptr, answer);
    });
}

/// The same by the host's own settings.
inline result<budget_result_i64> check_budget_i64(std::int64_t current_spend, std::int64_t budget_limit,
                                                  const budget_config_i64 &config) noexcept {
    return detail::filled<budget_result_i64>([&](budget_result_i64 *answer) {
        return cloudcircuit_check_budget_i64(current_spend, budget_limit, detail::c(config), answer);
    });
}

/// Compares the latest spend, the last of at least 2 points, with the mean of all before it. An empty
/// series without memory, as an empty vector has it, is null_pointer.
inline result<spike_result> check_anomaly_spike(span<const double> spend_series) noexcept {
    return detail::filled<spike_result>([&](spike_result *answer) {
        return cloudcircuit_check_anomaly_spike(spend_series.data(), spend_series.size(), nullptr, answer);
    });
}

/// The same by the host's own settings.
inline result<spike_result> check_anomaly_spike(span<const double> spend_series,
                                                const spike_config &config) noexcept {
    return detail::filled<spike_result>([&](spike_result *answer) {
        return cloudcircuit_check_anomaly_spike(spend_series.data(), spend_series.size(), detail::c(config), answer);
    });
}

/// check_anomaly_spike in exact integers.
inline result<spike_result_i64> check_anomaly_spike_i64(span<const std::int64_t> spend_series) noexcept {
    return detail::filled<spike_result_i64>([&](spike_result_i64 *answer) {
        return cloudcircuit_check_anomaly_spike_i64(spend_series.data(), spend_series.size(), nullptr, answer);
    });
}

/// The same by the host's own settings.
inline result<spike_result_i64> check_anomaly_spike_i64(span<const std::int64_t> spend_series,
                                                        const spike_config_i64 &config) noexcept {
    return detail::filled<spike_result_i64>([&](spike_result_i64 *answer) {
        return cloudcircuit_check_anomaly_spike_i64(spend_series.data(), spend_series.size(), detail::c(config),
                                                    answer);
    });
}

/// Decides from the host's own counters whether an operation may run.
inline result<breaker_decision> evaluate_circuit_breaker(const breaker_counters &counters) noexcept {
    return detail::filled<breaker_decision>([&](breaker_decision *answer) {
        return cloudcircuit_evaluate_circuit_breaker(detail::c(counters), answer);
    });
}

namespace detail {
inline cloudcircuit_status signal_from(cloudcircuit_status code, const budget_result *found, signal *made) noexcept {
    return cloudcircuit_budget_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const budget_result_i64 *found,
                                       signal *made) noexcept {
    return cloudcircuit_budget_signal_i64(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const spike_result *found, signal *made) noexcept {
    return cloudcircuit_spike_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const spike_result_i64 *found,
                                       signal *made) noexcept {
    return cloudcircuit_spike_signal_i64(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const detect_result *found, signal *made) noexcept {
    return cloudcircuit_detect_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const forecast_result *found,
                                       signal *made) noexcept {
    return cloudcircuit_forecast_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const breaker_decision *found,
                                       signal *made) noexcept {
    return cloudcircuit_breaker_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const breaker_permit *found, signal *made) noexcept {
    return cloudcircuit_permit_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const ledger_decision *found,
                                       signal *made) noexcept {
    return cloudcircuit_ledger_signal(code, found, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const ledger_reservation *found,
                                       signal *made) noexcept {
    return cloudcircuit_ledger_signal(code, &found->decision, made);
}
inline cloudcircuit_status signal_from(cloudcircuit_status code, const rate_limit_decision *found,
                                       signal *made) noexcept {
    return cloudcircuit_rate_limit_signal(code, found, made);
}
} // namespace detail

/// A call's result as a signal: its status and what it found. An answer that no call can have written
/// makes zeroed memory, which the guard refuses.
template <class T> signal to_signal(const result<T> &found) noexcept {
    signal made;
    const auto code = static_cast<cloudcircuit_status>(found.status());
    const cloudcircuit_status refused = detail::signal_from(code, found.operator->(), &made);
    static_cast<void>(refused);
    return made;
}

/// Turns what the safeguards found into one action. A signal of a call that failed is an error there,
/// never a breach or a spike.
inline result<guard_decision> evaluate_guard(span<const signal> signals) noexcept {
    return detail::filled<guard_decision>([&](guard_decision *answer) {
        return cloudcircuit_evaluate_guard(signals.data(), signals.size(), nullptr, answer);
    });
}

/// The same by the host's own policy.
inline result<guard_decision> evaluate_guard(span<const signal> signals, const guard_policy &policy) noexcept {
    return detail::filled<guard_decision>([&](guard_decision *answer) {
        return cloudcircuit_evaluate_guard(signals.data(), signals.size(), detail::c(policy), answer);
    });
}

/// The same of results, in any order.
template <class... T> result<guard_decision> evaluate_guard(const result<T> &...found) noexcept {
    const signal signals[] = {to_signal(found)...};
    return evaluate_guard(signals);
}

/// The same of results by the host's own policy.
template <class... T>
result<guard_decision> evaluate_guard(const guard_policy &policy, const result<T> &...found) noexcept {
    const signal signals[] = {to_signal(found)...};
    return evaluate_guard(signals, policy);
}

/*
 * Flags
 * =====
 *
 * The same decisions as bits, with flag::invalid on any error.
 */

/// warning and breached, of check_budget.
inline flag budget_flags(double current_spend, double budget_limit,
                         double warning_ratio = CLOUDCIRCUIT_DEFAULT_WARNING_RATIO) noexcept {
    return static_cast<flag>(cloudcircuit_budget_flags(current_spend, budget_limit, warning_ratio));
}

/// warning and breached, of check_budget_i64.
inline flag budget_flags_i64(std::int64_t current_spend, std::int64_t budget_limit,
                             std::uint32_t warning_ppm = CLOUDCIRCUIT_DEFAULT_WARNING_PPM) noexcept {
    return static_cast<flag>(cloudcircuit_budget_flags_i64(current_spend, budget_limit, warning_ppm));
}

/// spike, of check_anomaly_spike.
inline flag spike_flags(span<const double> spend_series,
                        double spike_multiplier = CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER,
                        double min_baseline = CLOUDCIRCUIT_DEFAULT_MIN_BASELINE) noexcept {
    return static_cast<flag>(
        cloudcircuit_spike_flags(spend_series.data(), spend_series.size(), spike_multiplier, min_baseline));
}

/// open, of evaluate_circuit_breaker.
inline flag breaker_flags(std::int64_t consecutive_failures,
                          std::int64_t failure_threshold = CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
                          std::int64_t cooldown_steps_remaining = 0) noexcept {
    return static_cast<flag>(
        cloudcircuit_breaker_flags(consecutive_failures, failure_threshold, cooldown_steps_remaining));
}

/*
 * Money
 * =====
 */

/// An amount in minor units of `scale` decimal places: 19.99 at scale 2 is 1999.
inline result<std::int64_t> money_from_double(double amount, std::uint32_t scale) noexcept {
    return detail::filled<std::int64_t>(
        [&](std::int64_t *minor) { return cloudcircuit_money_from_double(amount, scale, minor); });
}

/// The double nearest to minor / 10^scale.
inline result<double> money_to_double(std::int64_t minor, std::uint32_t scale) noexcept {
    return detail::filled<double>(
        [&](double *amount) { return cloudcircuit_money_to_double(minor, scale, amount); });
}

/*
 * Columns
 * =======
 *
 * Many rows in one call. The columns of a call have one size; where they differ, every row in
 * flags is refused and the status is column_size. An empty column of numbers is one that is not
 * wanted. The answer is the number of invalid rows: status invalid_rows says that there are some,
 * and the others are decided.
 */

namespace detail {
/// A pointer for C, NULL for an empty column.
template <class T> constexpr T *c(span<T> column) noexcept { return column.empty() ? nullptr : column.data(); }

/// Whether an output has a place for each row or is not wanted.
template <class T> constexpr bool fits(span<T> numbers, std::size_t rows) noexcept {
    return numbers.empty() || numbers.size() == rows;
}

/// Whether a validity bitmap has a bit for each row or is not there.
template <class T> constexpr bool fits(const nullable_span<T> &column, std::size_t rows) noexcept {
    const std::size_t bytes = column.validity.size(), first = column.validity_offset;
    return bytes == 0 || rows == 0 ||
           (first / 8 <= bytes && rows / 8 + (rows % 8 + first % 8 + 7) / 8 <= bytes - first / 8);
}

/// How many series lie between that many offsets.
constexpr std::size_t series(std::size_t offsets) noexcept { return offsets == 0 ? 0 : offsets - 1; }

/// What is answered when columns differ in size.
template <class T> result<std::size_t> refuse(span<std::uint8_t> flags, flag refusal, span<T> numbers) noexcept {
    for (std::uint8_t &row : flags)
        row = static_cast<std::uint8_t>(refusal | flag::invalid);
    for (T &number : numbers)
        number = 0;
    return {status::column_size, flags.size()};
}
} // namespace detail

/// check_budget of many rows.
inline result<std::size_t> check_budget_columns(span<const double> current_spend, span<const double> budget_limit,
                                                span<std::uint8_t> flags, span<double> usage_ratio = {},
                                                const budget_config &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (current_spend.size() != rows || budget_limit.size() != rows || !detail::fits(usage_ratio, rows))
        return detail::refuse(flags, flag::warning | flag::breached, usage_ratio);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_check_budget_columns(current_spend.data(), budget_limit.data(), rows, detail::c(config),
                                                 flags.data(), detail::c(usage_ratio), invalid_rows);
    });
}

/// check_budget_columns of columns with missing values.
inline result<std::size_t>
check_budget_columns_nullable(const nullable_span<double> &current_spend, const nullable_span<double> &budget_limit,
                              span<std::uint8_t> flags, span<double> usage_ratio = {},
                              const budget_config &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (current_spend.values.size() != rows || budget_limit.values.size() != rows ||
        !detail::fits(current_spend, rows) || !detail::fits(budget_limit, rows) || !detail::fits(usage_ratio, rows))
        return detail::refuse(flags, flag::warning | flag::breached, usage_ratio);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_check_budget_columns_nullable(
            current_spend.values.data(), detail::c(current_spend.validity), current_spend.validity_offset,
            budget_limit.values.data(), detail::c(budget_limit.validity), budget_limit.validity_offset, rows,
            detail::c(config), flags.data(), detail::c(usage_ratio), invalid_rows);
    });
}

/// check_budget_i64 of many rows.
inline result<std::size_t>
check_budget_columns_i64(span<const std::int64_t> current_spend, span<const std::int64_t> budget_limit,
                         span<std::uint8_t> flags, span<std::uint64_t> usage_ppm = {},
                         const budget_config_i64 &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (current_spend.size() != rows || budget_limit.size() != rows || !detail::fits(usage_ppm, rows))
        return detail::refuse(flags, flag::warning | flag::breached, usage_ppm);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_check_budget_columns_i64(current_spend.data(), budget_limit.data(), rows,
                                                     detail::c(config), flags.data(), detail::c(usage_ppm),
                                                     invalid_rows);
    });
}

/// check_budget_columns_i64 of columns with missing values.
inline result<std::size_t>
check_budget_columns_i64_nullable(const nullable_span<std::int64_t> &current_spend,
                                  const nullable_span<std::int64_t> &budget_limit, span<std::uint8_t> flags,
                                  span<std::uint64_t> usage_ppm = {},
                                  const budget_config_i64 &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (current_spend.values.size() != rows || budget_limit.values.size() != rows ||
        !detail::fits(current_spend, rows) || !detail::fits(budget_limit, rows) || !detail::fits(usage_ppm, rows))
        return detail::refuse(flags, flag::warning | flag::breached, usage_ppm);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_check_budget_columns_i64_nullable(
            current_spend.values.data(), detail::c(current_spend.validity), current_spend.validity_offset,
            budget_limit.values.data(), detail::c(budget_limit.validity), budget_limit.validity_offset, rows,
            detail::c(config), flags.data(), detail::c(usage_ppm), invalid_rows);
    });
}

/// check_anomaly_spike of many series: series i is spend from offsets[i] to before offsets[i + 1],
/// so there is one more offset than rows in flags.
inline result<std::size_t>
check_anomaly_spike_columns(span<const double> spend, span<const std::int64_t> offsets, span<std::uint8_t> flags,
                            span<double> threshold = {},
                            const spike_config &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (detail::series(offsets.size()) != rows || !detail::fits(threshold, rows))
        return detail::refuse(flags, flag::spike, threshold);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_check_anomaly_spike_columns(spend.data(), spend.size(), offsets.data(), rows,
                                                        detail::c(config), flags.data(), detail::c(threshold),
                                                        invalid_rows);
    });
}

/// check_anomaly_spike_columns with missing points and missing series; the validity of offsets is
/// that of the series.
inline result<std::size_t>
check_anomaly_spike_columns_nullable(const nullable_span<double> &spend, const nullable_span<std::int64_t> &offsets,
                                     span<std::uint8_t> flags, span<double> threshold = {},
                                     const spike_config &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (detail::series(offsets.values.size()) != rows || !detail::fits(spend, spend.values.size()) ||
        !detail::fits(offsets, rows) || !detail::fits(threshold, rows))
        return detail::refuse(flags, flag::spike, threshold);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_check_anomaly_spike_columns_nullable(
            spend.values.data(), detail::c(spend.validity), spend.validity_offset, spend.values.size(),
            offsets.values.data(), detail::c(offsets.validity), offsets.validity_offset, rows, detail::c(config),
            flags.data(), detail::c(threshold), invalid_rows);
    });
}

/*
 * Breaker with state
 * ==================
 */

/// The whole breaker: 416 bytes that the host stores where it likes. Before a call, acquire; after
/// it, report. On an error no byte of it changes.
class breaker {
  public:
    /// No breaker: every call refuses it.
    constexpr breaker() noexcept : state_{} {}
    /// A new breaker, closed; only for one that never was.
    explicit breaker(std::int64_t now) noexcept {
        // Only a NULL state could fail.
        const cloudcircuit_status status = cloudcircuit_breaker_init(now, &state_);
        static_cast<void>(status);
    }
    /// The breaker that the host stored.
    explicit breaker(const cloudcircuit_breaker_state &state) noexcept : state_(state) {}
    /// The breaker that encode wrote; on an error one that every call refuses.
    static result<breaker> decode(span<const std::uint8_t> bytes) noexcept {
        return detail::filled<breaker>([&](breaker *decoded) {
            return cloudcircuit_breaker_state_decode(bytes.data(), bytes.size(), &decoded->state_);
        });
    }

    /// Asks whether a call may run now: look at allowed.
    result<breaker_permit> acquire(std::int64_t now) noexcept {
        return detail::filled<breaker_permit>([&](breaker_permit *permit) {
            return cloudcircuit_breaker_acquire(nullptr, &state_, now, permit);
        });
    }
    /// The same by the host's own settings.
    result<breaker_permit> acquire(std::int64_t now, const breaker_config &config) noexcept {
        return detail::filled<breaker_permit>([&](breaker_permit *permit) {
            return cloudcircuit_breaker_acquire(detail::c(config), &state_, now, permit);
        });
    }
    /// What acquire would answer now; changes nothing, and the permit cannot be reported.
    result<breaker_permit> peek(std::int64_t now) const noexcept {
        return detail::filled<breaker_permit>([&](breaker_permit *permit) {
            return cloudcircuit_breaker_peek(nullptr, &state_, now, permit);
        });
    }
    /// The same by the host's own settings.
    result<breaker_permit> peek(std::int64_t now, const breaker_config &config) const noexcept {
        return detail::filled<breaker_permit>([&](breaker_permit *permit) {
            return cloudcircuit_breaker_peek(detail::c(config), &state_, now, permit);
        });
    }
    /// Reports how an allowed call went; retry_at is no_retry_at for none. status::stale_permit is
    /// expected under concurrency: the breaker moved on.
    cloudcircuit::status report(const breaker_permit &permit, outcome how, std::int64_t duration,
                                std::int64_t retry_at, std::int64_t now) noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_breaker_report(
            nullptr, &state_, &permit, static_cast<std::int32_t>(how), duration, retry_at, now));
    }
    /// The same by the settings that the permit was acquired with.
    cloudcircuit::status report(const breaker_permit &permit, outcome how, std::int64_t duration,
                                std::int64_t retry_at, std::int64_t now, const breaker_config &config) noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_breaker_report(
            detail::c(config), &state_, &permit, static_cast<std::int32_t>(how), duration, retry_at, now));
    }
    /// Reports one call and acquires for the next.
    result<breaker_permit> report_and_acquire(const breaker_permit &permit, outcome how, std::int64_t duration,
                                              std::int64_t retry_at, std::int64_t now) noexcept {
        return detail::filled<breaker_permit>([&](breaker_permit *next) {
            return cloudcircuit_breaker_report_and_acquire(
                nullptr, &state_, &permit, static_cast<std::int32_t>(how), duration, retry_at, now, next);
        });
    }
    /// The same by the settings that the permit was acquired with.
    result<breaker_permit> report_and_acquire(const breaker_permit &permit, outcome how, std::int64_t duration,
                                              std::int64_t retry_at, std::int64_t now,
                                              const breaker_config &config) noexcept {
        return detail::filled<breaker_permit>([&](breaker_permit *next) {
            return cloudcircuit_breaker_report_and_acquire(
                detail::c(config), &state_, &permit, static_cast<std::int32_t>(how), duration, retry_at, now, next);
        });
    }
    /// Acquires, runs the work if that is allowed, and reports how it went. The work answers an outcome
    /// or a call_report; one that throws has failed. clock() is now, before and after. The answer is the
    /// permit, allowed when the work was run, with the report's status: stale_permit is expected.
    template <class Clock, class Work> result<breaker_permit> call(Clock clock, const breaker_config &config, Work work) {
        const std::int64_t start = clock();
        const auto permit = acquire(start, config);
        if (!permit->allowed)
            return permit;
        struct reporter {
            breaker *of;
            const breaker_permit *permit;
            const breaker_config *config;
            const Clock *clock;
            std::int64_t start;
            bool is_due;

            cloudcircuit::status report(const call_report &went) {
                is_due = false;
                const std::int64_t now = (*clock)();
                return of->report(*permit, went.how, now < start ? 0 : now - start, went.retry_at, now, *config);
            }
            ~reporter() {
                if (is_due)
                    static_cast<void>(report(outcome::failure));
            }
        } due{this, permit.operator->(), &config, &clock, start, true};
        const call_report went = work();
        return {due.report(went), *permit};
    }
    /// Starts it over, closed; now is the truth, also backwards.
    cloudcircuit::status reset(std::int64_t now) noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_breaker_reset(&state_, now));
    }
    /// Forces it open or closed until a time, or closes it: forced_open, forced_closed or closed.
    cloudcircuit::status force(cloudcircuit::phase forced_phase, std::int64_t until, std::int64_t now) noexcept {
        return static_cast<cloudcircuit::status>(
            cloudcircuit_breaker_force(&state_, static_cast<std::int32_t>(forced_phase), until, now));
    }

    /// Whether the library can have written it.
    cloudcircuit::status validate() const noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_breaker_state_validate(&state_));
    }
    /// Bytes that any machine reads; on an error they decode to no breaker.
    result<std::array<std::uint8_t, CLOUDCIRCUIT_BREAKER_ENCODED_LEN>> encode() const noexcept {
        return detail::filled<std::array<std::uint8_t, CLOUDCIRCUIT_BREAKER_ENCODED_LEN>>([&](auto *bytes) {
            return cloudcircuit_breaker_state_encode(&state_, bytes->data(), bytes->size());
        });
    }
    /// The state, to be stored.
    const cloudcircuit_breaker_state &state() const noexcept { return state_; }
    /// One more at every change, for the host's compare-and-swap.
    std::uint64_t revision() const noexcept { return state_.revision; }
    /// What it is in; none if it is no breaker.
    cloudcircuit::phase phase() const noexcept { return static_cast<cloudcircuit::phase>(state_.phase); }

  private:
    cloudcircuit_breaker_state state_;
};

/*
 * Ledger
 * ======
 */

/// A budget that cannot be overspent: 528 bytes that the host stores where it likes, in exact minor
/// units. Reserve, then settle or release. On an error no byte of it or of a hold changes.
class ledger {
  public:
    /// No ledger: every call refuses it.
    constexpr ledger() noexcept : state_{} {}
    /// A new ledger; an id that was never used before, > 0. With id 0 it is no ledger.
    ledger(std::uint64_t ledger_id, std::int64_t period, std::int64_t now) noexcept : state_{} {
        const cloudcircuit_status status = cloudcircuit_ledger_init(ledger_id, period, now, &state_);
        static_cast<void>(status);
    }
    /// The ledger that the host stored.
    explicit ledger(const cloudcircuit_ledger_state &state) noexcept : state_(state) {}
    /// The ledger that encode wrote; on an error one that every call refuses.
    static result<ledger> decode(span<const std::uint8_t> bytes) noexcept {
        return detail::filled<ledger>([&](ledger *decoded) {
            return cloudcircuit_ledger_state_decode(bytes.data(), bytes.size(), &decoded->state_);
        });
    }

    /// Holds an estimate, all of it or nothing: look at decision.allowed.
    result<ledger_reservation> reserve(std::int64_t estimate, std::int64_t now,
                                       const ledger_config &config) noexcept {
        return detail::filled<ledger_reservation>([&](ledger_reservation *answer) {
            return cloudcircuit_ledger_reserve(detail::c(config), &state_, estimate, now, &answer->hold,
                                               &answer->decision);
        });
    }
    /// Asks for more on a hold and gives it a new end; with 0 the heartbeat of a long request.
    result<ledger_decision> extend(ledger_hold &hold, std::int64_t more, std::int64_t now, const ledger_config &config) noexcept {
        return detail::filled<ledger_decision>([&](ledger_decision *answer) {
            return cloudcircuit_ledger_extend(detail::c(config), &state_, &hold, more, now, answer);
        });
    }
    /// Books a part of what a hold is for, and goes on holding the rest.
    result<ledger_decision> post(ledger_hold &hold, std::int64_t part, std::int64_t now, const ledger_config &config) noexcept {
        return detail::filled<ledger_decision>([&](ledger_decision *answer) {
            return cloudcircuit_ledger_post(detail::c(config), &state_, &hold, part, now, answer);
        });
    }
    /// Books what a held request cost, also past the limit, and spends the hold.
    result<ledger_decision> settle(ledger_hold &hold, std::int64_t actual, std::int64_t now, const ledger_config &config) noexcept {
        return detail::filled<ledger_decision>([&](ledger_decision *answer) {
            return cloudcircuit_ledger_settle(detail::c(config), &state_, &hold, actual, now, answer);
        });
    }
    /// Lets a hold go and spends it.
    result<ledger_decision> release(ledger_hold &hold, std::int64_t now, const ledger_config &config) noexcept {
        return detail::filled<ledger_decision>([&](ledger_decision *answer) {
            return cloudcircuit_ledger_release(detail::c(config), &state_, &hold, now, answer);
        });
    }
    /// Books spend that was not held, or a credit, which is below 0.
    result<ledger_decision> record(std::int64_t amount, std::int64_t now, const ledger_config &config) noexcept {
        return detail::filled<ledger_decision>([&](ledger_decision *answer) {
            return cloudcircuit_ledger_record(detail::c(config), &state_, amount, now, answer);
        });
    }
    /// Moves to a later period; what is held stays held.
    result<ledger_decision> roll(std::int64_t period, std::int64_t now, const ledger_config &config) noexcept {
        return detail::filled<ledger_decision>([&](ledger_decision *answer) {
            return cloudcircuit_ledger_roll(detail::c(config), &state_, period, now, answer);
        });
    }
    /// Starts it over by an operator's word; period and now are the truth, also backwards.
    cloudcircuit::status reset(std::int64_t period, std::int64_t now) noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_ledger_reset(&state_, period, now));
    }
    /// Reserves, runs the work if that is allowed, and settles what it answers: its cost. clock() is now,
    /// before and after. When the work throws, or answers a cost that cannot be booked, all that is held is
    /// settled, because the money may have been spent. For a ledger that this thread alone writes; shared
    /// ones reserve and settle in two transactions.
    template <class Clock, class Work>
    result<ledger_spending> spend(std::int64_t estimate, Clock clock, const ledger_config &config, Work work) {
        auto reserved = reserve(estimate, clock(), config);
        if (!reserved->decision.allowed)
            return {reserved.status(), {false, reserved->decision}};
        struct settler {
            ledger *of;
            ledger_hold *hold;
            const ledger_config *config;
            const Clock *clock;

            // A hold that is settled already is spent, and takes no second settle.
            ~settler() {
                if (hold->id != 0)
                    static_cast<void>(of->settle(*hold, hold->amount, (*clock)(), *config));
            }
        } due{this, &reserved->hold, &config, &clock};
        const std::int64_t cost = work();
        const auto settled = settle(reserved->hold, cost, clock(), config);
        return {settled.status(), {true, *settled}};
    }

    /// Whether the library can have written it.
    cloudcircuit::status validate() const noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_ledger_state_validate(&state_));
    }
    /// Bytes that any machine reads; on an error they decode to no ledger.
    result<std::array<std::uint8_t, CLOUDCIRCUIT_LEDGER_ENCODED_LEN>> encode() const noexcept {
        return detail::filled<std::array<std::uint8_t, CLOUDCIRCUIT_LEDGER_ENCODED_LEN>>([&](auto *bytes) {
            return cloudcircuit_ledger_state_encode(&state_, bytes->data(), bytes->size());
        });
    }
    /// The state, to be stored.
    const cloudcircuit_ledger_state &state() const noexcept { return state_; }
    /// One more at every change, for the host's compare-and-swap.
    std::uint64_t revision() const noexcept { return state_.revision; }

  private:
    cloudcircuit_ledger_state state_;
};

/*
 * Several ledgers
 * ===============
 *
 * One request under several limits: all ledgers take part, or none does. Entry i of each list belongs
 * to ledger i; the lists of a call have one size, and no configs are the defaults in all. The answer
 * is the first ledger that refuses or fails, else no_ledger.
 */

namespace detail {
inline cloudcircuit_ledger_state *c(span<ledger> ledgers) noexcept {
    return reinterpret_cast<cloudcircuit_ledger_state *>(ledgers.data());
}
inline const cloudcircuit_ledger_config *c(span<const ledger_config> configs) noexcept {
    return configs.empty() ? nullptr : c(*configs.data());
}

/// A call on several ledgers; when their lists differ in size, every decision is zeroed.
template <class Call>
result<std::uint32_t> several(span<const ledger_config> configs, span<ledger> ledgers, std::size_t amounts,
                              std::size_t holds, span<ledger_decision> decisions, Call call) noexcept {
    const std::size_t count = ledgers.size();
    if ((!configs.empty() && configs.size() != count) || amounts != count || holds != count ||
        decisions.size() != count) {
        for (ledger_decision &decision : decisions)
            decision = {};
        return {status::column_size, no_ledger};
    }
    return filled<std::uint32_t>([&](std::uint32_t *failed_at) { return call(count, failed_at); });
}
} // namespace detail

/// Reserves on several ledgers at once; INT64_MIN does not ask a ledger.
inline result<std::uint32_t> ledgers_reserve(span<const ledger_config> configs, span<ledger> ledgers,
                                             span<const std::int64_t> estimates, std::int64_t now,
                                             span<ledger_hold> holds, span<ledger_decision> decisions) noexcept {
    const auto answer = detail::several(
        configs, ledgers, estimates.size(), holds.size(), decisions, [&](std::size_t count, std::uint32_t *refused_by) {
            return cloudcircuit_ledgers_reserve(detail::c(configs), detail::c(ledgers), estimates.data(), count, now,
                                                holds.data(), decisions.data(), refused_by);
        });
    if (answer.status() == status::column_size) {
        for (ledger_hold &hold : holds)
            hold = {};
    }
    return answer;
}

/// Extends several holds at once; a zeroed hold or INT64_MIN does not ask a ledger.
inline result<std::uint32_t> ledgers_extend(span<const ledger_config> configs, span<ledger> ledgers,
                                            span<ledger_hold> holds, span<const std::int64_t> mores, std::int64_t now,
                                            span<ledger_decision> decisions) noexcept {
    return detail::several(
        configs, ledgers, mores.size(), holds.size(), decisions, [&](std::size_t count, std::uint32_t *failed_at) {
            return cloudcircuit_ledgers_extend(detail::c(configs), detail::c(ledgers), holds.data(), mores.data(), count, now,
                                               decisions.data(), failed_at);
        });
}

/// Settles several holds at once; a zeroed hold or INT64_MIN does not ask a ledger.
inline result<std::uint32_t> ledgers_settle(span<const ledger_config> configs, span<ledger> ledgers,
                                            span<ledger_hold> holds, span<const std::int64_t> actuals, std::int64_t now,
                                            span<ledger_decision> decisions) noexcept {
    return detail::several(
        configs, ledgers, actuals.size(), holds.size(), decisions, [&](std::size_t count, std::uint32_t *failed_at) {
            return cloudcircuit_ledgers_settle(detail::c(configs), detail::c(ledgers), holds.data(), actuals.data(), count, now,
                                               decisions.data(), failed_at);
        });
}

/// Releases several holds at once; a zeroed hold does not ask a ledger.
inline result<std::uint32_t> ledgers_release(span<const ledger_config> configs, span<ledger> ledgers,
                                            span<ledger_hold> holds, std::int64_t now,
                                            span<ledger_decision> decisions) noexcept {
    return detail::several(
        configs, ledgers, ledgers.size(), holds.size(), decisions, [&](std::size_t count, std::uint32_t *failed_at) {
            return cloudcircuit_ledgers_release(detail::c(configs), detail::c(ledgers), holds.data(), count, now,
                                               decisions.data(), failed_at);
        });
}

/// Books spend that was not held on several ledgers at once; INT64_MIN does not ask a ledger.
inline result<std::uint32_t> ledgers_record(span<const ledger_config> configs, span<ledger> ledgers,
                                            span<const std::int64_t> amounts, std::int64_t now,
                                            span<ledger_decision> decisions) noexcept {
    return detail::several(
        configs, ledgers, amounts.size(), ledgers.size(), decisions, [&](std::size_t count, std::uint32_t *failed_at) {
            return cloudcircuit_ledgers_record(detail::c(configs), detail::c(ledgers), amounts.data(), count, now,
                                               decisions.data(), failed_at);
        });
}

/// Moves several ledgers to later periods at once; its own period does not ask a ledger.
inline result<std::uint32_t> ledgers_roll(span<const ledger_config> configs, span<ledger> ledgers,
                                            span<const std::int64_t> periods, std::int64_t now,
                                            span<ledger_decision> decisions) noexcept {
    return detail::several(
        configs, ledgers, periods.size(), ledgers.size(), decisions, [&](std::size_t count, std::uint32_t *failed_at) {
            return cloudcircuit_ledgers_roll(detail::c(configs), detail::c(ledgers), periods.data(), count, now,
                                               decisions.data(), failed_at);
        });
}

/*
 * Rate limit
 * ==========
 */

/// No more than a limit in any window of a duration: 168 bytes that the host stores where it likes. On an
/// error no byte of it changes.
class rate_limit {
  public:
    /// No rate limit: every call refuses it.
    constexpr rate_limit() noexcept : state_{} {}
    /// A new rate limit: nothing taken.
    explicit rate_limit(std::int64_t now) noexcept {
        // Only a NULL state could fail.
        const cloudcircuit_status status = cloudcircuit_rate_limit_init(now, &state_);
        static_cast<void>(status);
    }
    /// The rate limit that the host stored.
    explicit rate_limit(const cloudcircuit_rate_limit_state &state) noexcept : state_(state) {}
    /// The rate limit that encode wrote; on an error one that every call refuses.
    static result<rate_limit> decode(span<const std::uint8_t> bytes) noexcept {
        return detail::filled<rate_limit>([&](rate_limit *decoded) {
            return cloudcircuit_rate_limit_state_decode(bytes.data(), bytes.size(), &decoded->state_);
        });
    }

    /// Takes an amount, all of it or nothing: look at allowed.
    result<rate_limit_decision> acquire(std::int64_t amount, std::int64_t now,
                                        const rate_limit_config &config) noexcept {
        return detail::filled<rate_limit_decision>([&](rate_limit_decision *answer) {
            return cloudcircuit_rate_limit_acquire(detail::c(config), &state_, amount, now, answer);
        });
    }
    /// Adds the difference between estimate and actual to where it was taken; below 0 gives back.
    result<rate_limit_decision> adjust(std::int64_t taken_at, std::int64_t by, std::int64_t now,
                                       const rate_limit_config &config) noexcept {
        return detail::filled<rate_limit_decision>([&](rate_limit_decision *answer) {
            return cloudcircuit_rate_limit_adjust(detail::c(config), &state_, taken_at, by, now, answer);
        });
    }
    /// Starts it over, nothing taken; now is the truth, also backwards.
    cloudcircuit::status reset(std::int64_t now) noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_rate_limit_reset(&state_, now));
    }

    /// Whether the library can have written it.
    cloudcircuit::status validate() const noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_rate_limit_state_validate(&state_));
    }
    /// Bytes that any machine reads; on an error they decode to no rate limit.
    result<std::array<std::uint8_t, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN>> encode() const noexcept {
        return detail::filled<std::array<std::uint8_t, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN>>([&](auto *bytes) {
            return cloudcircuit_rate_limit_state_encode(&state_, bytes->data(), bytes->size());
        });
    }
    /// The state, to be stored.
    const cloudcircuit_rate_limit_state &state() const noexcept { return state_; }
    /// One more at every change, for the host's compare-and-swap.
    std::uint64_t revision() const noexcept { return state_.revision; }

  private:
    cloudcircuit_rate_limit_state state_;
};

/*
 * Detection and forecast
 * ======================
 *
 * A NaN is a missing point here.
 */

/// Judges the latest point of a series by those before it; set the config's start_time if the dates are
/// known. An empty series without memory, as an empty vector has it, is null_pointer.
inline result<detect_result> detect_spike(span<const double> spend_series, const detect_config &config = {}) noexcept {
    return detail::filled<detect_result>([&](detect_result *answer) {
        return cloudcircuit_detect_spike(spend_series.data(), spend_series.size(), detail::c(config), answer);
    });
}

/// Judges each point of a series by those before it: a row of flags each, and what was expected and the
/// bound where wanted. On an error each row is spike, leak and invalid.
inline status scan_spikes(span<const double> spend_series, span<std::uint8_t> flags,
                          span<double> expected_spend = {}, span<double> upper_bound = {},
                          const detect_config &config = {}) noexcept {
    if (flags.size() != spend_series.size() || !detail::fits(expected_spend, flags.size()) ||
        !detail::fits(upper_bound, flags.size())) {
        for (std::size_t row = 0; row < flags.size(); row++)
            flags.data()[row] = static_cast<std::uint8_t>(flag::spike | flag::leak | flag::drop | flag::invalid);
        return status::column_size;
    }
    return static_cast<status>(cloudcircuit_scan_spikes(spend_series.data(), spend_series.size(), detail::c(config),
                                                        flags.data(), detail::c(expected_spend),
                                                        detail::c(upper_bound)));
}

/// detect_spike of many series, which start at one time: series i is spend from offsets[i] to before
/// offsets[i + 1], so there is one more offset than rows in flags.
inline result<std::size_t> detect_spike_columns(span<const double> spend, span<const std::int64_t> offsets,
                                                span<std::uint8_t> flags, span<double> scores = {},
                                                const detect_config &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (detail::series(offsets.size()) != rows || !detail::fits(scores, rows))
        return detail::refuse(flags, flag::spike | flag::leak | flag::drop, scores);
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_detect_spike_columns(spend.data(), spend.size(), offsets.data(), rows, detail::c(config),
                                                 flags.data(), detail::c(scores), invalid_rows);
    });
}

/// detect_spike for hosts that keep no history: takes in one point at a time.
class spike_tracker {
  public:
    /// No tracker: every call refuses it.
    constexpr spike_tracker() noexcept : state_{} {}
    /// The tracker that the host stored.
    explicit spike_tracker(const cloudcircuit_spike_tracker_state &state) noexcept : state_(state) {}
    /// One that has seen no point; on an error one that every call refuses.
    static result<spike_tracker> start(const detect_config &config = {}) noexcept {
        return detail::filled<spike_tracker>([&](spike_tracker *answer) {
            answer->state_ = {};
            return cloudcircuit_spike_tracker_init(detail::c(config), &answer->state_);
        });
    }
    /// The tracker that encode wrote; on an error one that every call refuses.
    static result<spike_tracker> decode(span<const std::uint8_t> bytes) noexcept {
        return detail::filled<spike_tracker>([&](spike_tracker *decoded) {
            return cloudcircuit_spike_tracker_state_decode(bytes.data(), bytes.size(), &decoded->state_);
        });
    }

    /// Judges the next point by those before it, and takes it in.
    result<detect_result> update(double spend) noexcept {
        return detail::filled<detect_result>([&](detect_result *answer) {
            return cloudcircuit_spike_tracker_update(&state_, spend, answer);
        });
    }
    /// Whether the library can have written it.
    cloudcircuit::status validate() const noexcept {
        return static_cast<cloudcircuit::status>(cloudcircuit_spike_tracker_state_validate(&state_));
    }
    /// Bytes that any machine reads; on an error they decode to no tracker.
    result<std::array<std::uint8_t, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN>> encode() const noexcept {
        return detail::filled<std::array<std::uint8_t, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN>>([&](auto *bytes) {
            return cloudcircuit_spike_tracker_state_encode(&state_, bytes->data(), bytes->size());
        });
    }
    /// The state, to be stored.
    const cloudcircuit_spike_tracker_state &state() const noexcept { return state_; }
    /// Points taken in: one more at every change.
    std::uint64_t revision() const noexcept { return state_.revision; }

  private:
    cloudcircuit_spike_tracker_state state_;
};

/// What a period will have cost at its end, from its points so far and those before it.
inline result<forecast_result> forecast_budget(span<const double> history, span<const double> period_spend,
                                               std::size_t period_len, double budget_limit,
                                               const forecast_config &config = {}) noexcept {
    return detail::filled<forecast_result>([&](forecast_result *answer) {
        return cloudcircuit_forecast_budget(history.data(), history.size(), period_spend.data(), period_spend.size(),
                                            period_len, budget_limit, detail::c(config), answer);
    });
}

/// forecast_budget of many series: series i is spend from offsets[i] to before offsets[i + 1], its history and then
/// the elapsed[i] points of its period, which has period_len[i] points and budget_limit[i]. Without start_time they all
/// start at that of the settings.
inline result<std::size_t> forecast_budget_columns(span<const double> spend, span<const std::int64_t> offsets,
                                                   span<const std::int64_t> start_time,
                                                   span<const std::int64_t> elapsed,
                                                   span<const std::int64_t> period_len,
                                                   span<const double> budget_limit, span<std::uint8_t> flags,
                                                   span<forecast_result> results = {},
                                                   const forecast_config &config = {}) noexcept {
    const std::size_t rows = flags.size();
    if (detail::series(offsets.size()) != rows || !detail::fits(start_time, rows) || elapsed.size() != rows ||
        period_len.size() != rows || budget_limit.size() != rows || !detail::fits(results, rows)) {
        for (forecast_result &found : results) {
            found = {};
            found.is_forecast_breached = 1;
            found.verdict = CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA;
        }
        return detail::refuse(flags, flag::breached, span<double>());
    }
    return detail::filled<std::size_t>([&](std::size_t *invalid_rows) {
        return cloudcircuit_forecast_budget_columns(spend.data(), spend.size(), offsets.data(), detail::c(start_time),
                                                    elapsed.data(), period_len.data(), budget_limit.data(), rows,
                                                    detail::c(config), flags.data(), detail::c(results), invalid_rows);
    });
}

/*
 * Records
 * =======
 */

namespace detail {
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_budget_config *settings,
                                 const cloudcircuit_budget_result *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_budget_result_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_budget_config_i64 *settings,
                                 const cloudcircuit_budget_result_i64 *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_budget_result_i64_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_spike_config *settings,
                                 const cloudcircuit_spike_result *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_spike_result_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_spike_config_i64 *settings,
                                 const cloudcircuit_spike_result_i64 *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_spike_result_i64_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_breaker_counters *settings,
                                 const cloudcircuit_breaker_decision *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_breaker_decision_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_guard_policy *settings,
                                 const cloudcircuit_guard_decision *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_guard_decision_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_breaker_config *settings,
                                 const cloudcircuit_breaker_permit *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_breaker_permit_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_ledger_config *settings,
                                 const cloudcircuit_ledger_decision *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_ledger_decision_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_rate_limit_config *settings,
                                 const cloudcircuit_rate_limit_decision *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_rate_limit_decision_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_detect_config *settings,
                                 const cloudcircuit_detect_result *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_detect_result_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_forecast_config *settings,
                                 const cloudcircuit_forecast_result *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_forecast_result_json(code, settings, answer, buffer, capacity, length);
}
inline cloudcircuit_status write(cloudcircuit_status code, const cloudcircuit_ledger_config *settings,
                                 const ledger_reservation *answer, char *buffer, std::size_t capacity,
                                 std::size_t *length) noexcept {
    return cloudcircuit_write_ledger_decision_json(code, settings, &answer->decision, buffer, capacity, length);
}
} // namespace detail

/// Writes a result as one JSON object and a NUL into `buffer`, with the default settings: the call's
/// status, what it answered and what it was decided by. The answer is the object's length, also when the
/// buffer was too small. CLOUDCIRCUIT_RECORD_CAPACITY bytes are always enough.
template <class T> result<std::size_t> write_json(const result<T> &answer, span<char> buffer) noexcept {
    return detail::filled<std::size_t>([&](std::size_t *length) {
        return detail::write(static_cast<cloudcircuit_status>(answer.status()), nullptr, answer.operator->(),
                             buffer.data(), buffer.size(), length);
    });
}

/// The same with the settings, counters or policy that the call was passed.
template <class T, class Settings>
result<std::size_t> write_json(const result<T> &answer, const Settings &settings, span<char> buffer) noexcept {
    return detail::filled<std::size_t>([&](std::size_t *length) {
        return detail::write(static_cast<cloudcircuit_status>(answer.status()), detail::c(settings),
                             answer.operator->(), buffer.data(), buffer.size(), length);
    });
}

/// A result as one JSON object, with the settings, counters or policy that the call was passed, none for
/// the defaults; empty on an error.
template <class T, class... Settings>
result<std::string> to_json(const result<T> &answer, const Settings &...settings) {
    char buffer[CLOUDCIRCUIT_RECORD_CAPACITY];
    const auto length = write_json(answer, settings..., buffer);
    return {length.status(), length.ok() ? std::string(buffer, *length) : std::string()};
}

static_assert(sizeof(guard_decision) == sizeof(cloudcircuit_guard_decision) &&
              sizeof(breaker_permit) == sizeof(cloudcircuit_breaker_permit) &&
              sizeof(ledger_decision) == sizeof(cloudcircuit_ledger_decision) &&
              sizeof(breaker) == sizeof(cloudcircuit_breaker_state) &&
              sizeof(rate_limit_decision) == sizeof(cloudcircuit_rate_limit_decision) &&
              sizeof(ledger) == sizeof(cloudcircuit_ledger_state) &&
              sizeof(rate_limit) == sizeof(cloudcircuit_rate_limit_state));
static_assert(std::is_trivially_copyable_v<breaker> && std::is_trivially_copyable_v<ledger> &&
              std::is_trivially_copyable_v<rate_limit> && std::is_standard_layout_v<ledger>);

} // namespace cloudcircuit

#endif /* CLOUDCIRCUIT_HPP */
