// The C++ callers of cost.h.
#include "cost.h"

#include "cloudcircuit.hpp"

namespace cc = cloudcircuit;

std::int64_t cpp_budget(cost *cost) { return cc::check_budget(cost->spend, cost->limit)->is_breached; }

std::int64_t cpp_budget_config(cost *cost) {
    return cc::check_budget(cost->spend, cost->limit, {0.8})->is_warning;
}

std::int64_t cpp_budget_i64(cost *cost) {
    return cc::check_budget_i64(cost->minor, cost->minor_limit)->remaining_budget;
}

std::int64_t cpp_budget_flags(cost *cost) {
    return has(cc::budget_flags(cost->spend, cost->limit, cost->ratio), cc::flag::breached);
}

std::int64_t cpp_spike(cost *cost) { return cc::check_anomaly_spike({cost->series, cost->len})->is_spike; }

std::int64_t cpp_breaker(cost *cost) { return cc::evaluate_circuit_breaker({cost->now})->allow_operation; }

static constexpr cc::guard_policy lenient{
    cc::action::allow, cc::action::alert, cc::action::allow, cc::action::allow, cc::action::alert,
    cc::action::alert, cc::action::allow, cc::action::allow, cc::action::allow, cc::action::alert,
    cc::action::allow, cc::signal_kind::budget};

std::int64_t cpp_guard_policy(cost *) {
    const auto guard = cc::evaluate_guard(cc::span<const cc::signal>(), lenient);
    return static_cast<std::int64_t>(guard->reasons() & cc::reason::missing);
}

// The states of both languages lie in one C struct.
static cc::breaker &breaker_of(cost *cost) { return reinterpret_cast<cc::breaker &>(cost->breaker); }
static cc::ledger &ledger_of(cost *cost) { return reinterpret_cast<cc::ledger &>(cost->ledger); }
static cc::rate_limit &rate_of(cost *cost) { return reinterpret_cast<cc::rate_limit &>(cost->rate); }

std::int64_t cpp_acquire(cost *cost) { return breaker_of(cost).acquire(cost->now)->allowed; }

static constexpr cc::breaker_config patient{5};

std::int64_t cpp_acquire_config(cost *cost) {
    return breaker_of(cost).acquire(cost->now, patient)->phase() == cc::phase::closed;
}

static constexpr cc::ledger_config monthly{1000, 0, 0, 60};

std::int64_t cpp_record(cost *cost) { return ledger_of(cost).record(7, cost->now, monthly)->available; }

static constexpr cc::rate_limit_config hourly{1000, 3600};

std::int64_t cpp_rate(cost *cost) { return rate_of(cost).acquire(7, cost->now, hourly)->available; }

std::int64_t cpp_columns(cost *cost) {
    const cc::span<const double> series(cost->series, cost->len);
    const auto invalid = cc::check_budget_columns(series, series, {cost->flags, cost->len}, {}, {0.8});
    return static_cast<std::int64_t>(*invalid);
}

std::int64_t cpp_money(cost *cost) {
    const auto minor = cc::money_from_double(cost->spend, 2);
    if (!minor.ok())
        return -1;
    return *minor;
}

std::int64_t cpp_then_guard(cost *cost) {
    const auto budget = cc::check_budget(cost->spend, cost->limit);
    return static_cast<std::int64_t>(cc::evaluate_guard(budget)->action());
}

std::int64_t cpp_then_report(cost *cost) {
    const auto permit = breaker_of(cost).acquire(cost->now);
    if (!permit->allowed)
        return 0;
    return static_cast<std::int64_t>(
        breaker_of(cost).report(*permit, cc::outcome::success, 5, cc::no_retry_at, cost->now + 5));
}

std::int64_t cpp_then_settle(cost *cost) {
    auto reserved = ledger_of(cost).reserve(5, cost->now, monthly);
    if (!reserved->decision.allowed)
        return 0;
    return ledger_of(cost).settle(reserved->hold, 4, cost->now, monthly)->available;
}

std::int64_t cpp_then_write(cost *cost) {
    const auto budget = cc::check_budget(cost->spend, cost->limit);
    return static_cast<std::int64_t>(*cc::write_json(budget, cost->line));
}
