// What cloudcircuit.hpp promises beyond the C calls: layouts, defaults, views, refusing answers, records.
#include <array>
#include <climits>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

#include "check.hpp"
#include "cloudcircuit.hpp"

namespace cc = cloudcircuit;

namespace {

#define SAME_FIELD(type, field)                                                          \
    static_assert(offsetof(cc::type, field) == offsetof(cloudcircuit_##type, field) &&   \
                  sizeof(cc::type::field) == sizeof(cloudcircuit_##type::field))
SAME_FIELD(budget_config, warning_ratio);
SAME_FIELD(budget_config_i64, warning_ppm);
SAME_FIELD(budget_config_i64, reserved);
SAME_FIELD(spike_config, spike_multiplier);
SAME_FIELD(spike_config, min_baseline);
SAME_FIELD(spike_config_i64, spike_multiplier_ppm);
SAME_FIELD(spike_config_i64, reserved);
SAME_FIELD(spike_config_i64, min_baseline);
SAME_FIELD(breaker_counters, consecutive_failures);
SAME_FIELD(breaker_counters, failure_threshold);
SAME_FIELD(breaker_counters, cooldown_steps_remaining);
SAME_FIELD(guard_policy, on_warning);
SAME_FIELD(guard_policy, on_breach);
SAME_FIELD(guard_policy, on_spike);
SAME_FIELD(guard_policy, on_leak);
SAME_FIELD(guard_policy, on_open);
SAME_FIELD(guard_policy, on_over_limit);
SAME_FIELD(guard_policy, on_rate);
SAME_FIELD(guard_policy, on_forecast);
SAME_FIELD(guard_policy, on_insufficient);
SAME_FIELD(guard_policy, on_error);
SAME_FIELD(guard_policy, on_missing);
SAME_FIELD(guard_policy, required);
SAME_FIELD(guard_policy, monitor);
SAME_FIELD(breaker_config, failure_threshold);
SAME_FIELD(breaker_config, failure_count);
SAME_FIELD(breaker_config, window_size);
SAME_FIELD(breaker_config, minimum_calls);
SAME_FIELD(breaker_config, failure_rate_ppm);
SAME_FIELD(breaker_config, slow_call_rate_ppm);
SAME_FIELD(breaker_config, half_open_max_probes);
SAME_FIELD(breaker_config, half_open_calls);
SAME_FIELD(breaker_config, half_open_failure_rate_ppm);
SAME_FIELD(breaker_config, backoff_ppm);
SAME_FIELD(breaker_config, jitter_ppm);
SAME_FIELD(breaker_config, mode);
SAME_FIELD(breaker_config, jitter_seed);
SAME_FIELD(breaker_config, window_duration);
SAME_FIELD(breaker_config, slow_call_duration);
SAME_FIELD(breaker_config, open_duration);
SAME_FIELD(breaker_config, max_open_duration);
SAME_FIELD(breaker_config, probe_timeout);
SAME_FIELD(breaker_config, half_open_duration);
SAME_FIELD(breaker_config, trips_decay);
SAME_FIELD(breaker_config, max_retry_after);
SAME_FIELD(breaker_config, ramp_duration);
SAME_FIELD(ledger_config, limit);
SAME_FIELD(ledger_config, carry_max);
SAME_FIELD(ledger_config, debt_max);
SAME_FIELD(ledger_config, hold_duration);
SAME_FIELD(ledger_config, thresholds);
SAME_FIELD(ledger_config, threshold_count);
SAME_FIELD(ledger_config, threshold_unit);
SAME_FIELD(ledger_config, threshold_basis);
SAME_FIELD(ledger_config, mode);
SAME_FIELD(rate_limit_config, limit);
SAME_FIELD(rate_limit_config, duration);
SAME_FIELD(rate_limit_config, mode);
SAME_FIELD(rate_limit_config, reserved);

static_assert(std::is_trivially_copyable_v<cc::result<cc::budget_result>>);
static_assert(!std::is_convertible_v<cc::result<cc::budget_result>, bool>);
static_assert(!std::is_constructible_v<bool, cc::result<cc::budget_result>>);
static_assert(!std::is_convertible_v<cc::action, int> && !std::is_convertible_v<cc::phase, int>);
static_assert(!std::is_convertible_v<std::vector<int>, cc::span<const double>>);
static_assert(!std::is_convertible_v<const std::vector<double>, cc::span<double>>);

template <class Settings, class C> void has_defaults(cloudcircuit_status (*init)(C *)) {
    C expected;
    std::memset(&expected, 0xA5, sizeof expected);
    CHECK(init(&expected) == CLOUDCIRCUIT_OK);
    const Settings settings{};
    CHECK(std::memcmp(&settings, &expected, sizeof expected) == 0);
}

void settings_start_out_as_the_librarys_defaults() {
    has_defaults<cc::budget_config>(cloudcircuit_budget_config_init);
    has_defaults<cc::budget_config_i64>(cloudcircuit_budget_config_i64_init);
    has_defaults<cc::spike_config>(cloudcircuit_spike_config_init);
    has_defaults<cc::spike_config_i64>(cloudcircuit_spike_config_i64_init);
    has_defaults<cc::breaker_counters>(cloudcircuit_breaker_counters_init);
    has_defaults<cc::guard_policy>(cloudcircuit_guard_policy_init);
    has_defaults<cc::breaker_config>(cloudcircuit_breaker_config_init);
    has_defaults<cc::ledger_config>(cloudcircuit_ledger_config_init);
#if __cplusplus >= 202002L
    CHECK(cc::check_budget(85, 100, {.warning_ratio = 0.8})->is_warning);
    CHECK(cc::evaluate_guard({}, {.on_missing = cc::action::alert})->action() == cc::action::alert);
#endif
}

void calls_without_settings_use_the_defaults() {
    CHECK(!cc::check_budget(89, 100)->is_warning && cc::check_budget(90, 100)->is_warning);
    CHECK(!cc::check_budget_i64(89, 100)->is_warning && cc::check_budget_i64(90, 100)->is_warning);
    const double calm[] = {10, 15}, leap[] = {10, 16};
    const std::int64_t jump[] = {10, 16};
    CHECK(!cc::check_anomaly_spike(calm)->is_spike && cc::check_anomaly_spike_i64(jump)->is_spike);
    CHECK(cc::breaker_flags(2) == cc::flag::none && cc::breaker_flags(3) == cc::flag::open);
    CHECK(cc::budget_flags(90, 100) == cc::flag::warning && cc::budget_flags_i64(89, 100) == cc::flag::none);
    CHECK(cc::spike_flags(calm) == cc::flag::none);
    const auto missing = cc::evaluate_guard(cc::span<const cc::signal>());
    CHECK(missing.ok() && missing->action() == cc::action::block && missing->has(cc::reason::missing));
    const auto spiking = cc::evaluate_guard(cc::check_budget(1, 100), cc::check_anomaly_spike(leap),
                                            cc::evaluate_circuit_breaker({}));
    CHECK(spiking->reasons() == cc::reason::spike && spiking->action() == cc::action::throttle);

    cc::breaker breaker(0);
    for (int call = 0; call < 3; call++) {
        const auto permit = breaker.acquire(call);
        CHECK(permit.ok() && permit->allowed);
        CHECK(breaker.report(*permit, cc::outcome::failure, 1, cc::no_retry_at, call) == cc::status::ok);
    }
    CHECK(breaker.phase() == cc::phase::open && breaker.acquire(3)->retry_after == 29999);
    CHECK(breaker.peek(30001)->would_refuse && breaker.peek(30002)->allowed && breaker.phase() == cc::phase::open);
    CHECK(breaker.acquire(30002)->phase() == cc::phase::half_open);

    cc::breaker asked(0);
    const auto first = asked.acquire(0);
    const auto next = asked.report_and_acquire(*first, cc::outcome::success, 1, cc::no_retry_at, 1);
    // A success that changes no later decision leaves every byte.
    CHECK(next.ok() && next->allowed && asked.revision() == 0);
    CHECK(asked.report(*next, cc::outcome::success, -1, cc::no_retry_at, 2) == cc::status::duration);
    CHECK(asked.report_and_acquire(*next, cc::outcome::success, -1, cc::no_retry_at, 2).status() ==
          cc::status::duration);
}

void views_take_whatever_lies_side_by_side() {
    const double latest = 16;
    std::vector<double> vector{10, latest};
    const std::array<double, 2> array{10, latest};
    double c_array[] = {10, latest};
    CHECK(cc::check_anomaly_spike(vector)->threshold == 15);
    CHECK(cc::check_anomaly_spike(array)->threshold == 15);
    CHECK(cc::check_anomaly_spike(c_array)->threshold == 15);
    CHECK(cc::check_anomaly_spike({vector.data(), 2})->threshold == 15);
    CHECK(cc::check_anomaly_spike(std::vector<double>{10, latest})->threshold == 15);
    const cc::span<double> mutable_view(vector);
    CHECK(cc::check_anomaly_spike(mutable_view)->threshold == 15);
#if __cplusplus >= 202002L
    CHECK(cc::check_anomaly_spike(std::span(vector))->threshold == 15);
    CHECK(cc::check_anomaly_spike(std::span(vector).first(1)).status() == cc::status::series_too_short);
#endif
    double sum = 0;
    for (const double point : mutable_view)
        sum += point;
    CHECK(sum == 26 && mutable_view.size() == 2 && !mutable_view.empty());
    const auto none = cc::check_anomaly_spike(std::vector<double>());
    CHECK(!none.ok() && none->is_spike);
}

void errors_refuse_and_are_named() {
    const auto budget = cc::check_budget(std::nan(""), 100);
    CHECK(!budget.ok() && budget.status() == cc::status::current_spend && budget->is_breached);
    CHECK(budget.message() == std::string_view("current_spend must be finite and >= 0"));
    CHECK(cc::name(budget.status()) == std::string_view("CLOUDCIRCUIT_ERR_CURRENT_SPEND"));
    CHECK(cc::message(cc::status::ok) == std::string_view("success"));
    CHECK(cc::message(static_cast<cc::status>(12345)) != nullptr);

    // A failed call is an error in the guard, never a breach; a missing one is missing.
    const auto guard = cc::evaluate_guard(budget, cc::evaluate_circuit_breaker({-1}));
    CHECK(guard->reasons() == (cc::reason::error | cc::reason::missing) && guard->action() == cc::action::block);
    const cc::result<cc::budget_result> forged(cc::status::ok, {});
    CHECK(cc::to_signal(forged).kind == 0 && cc::evaluate_guard(forged).status() == cc::status::signal);
    const auto copied = *cc::check_budget(1, 0);
    CHECK(copied.is_breached && copied.budget_limit == 0);

    cc::breaker breaker;
    CHECK(breaker.validate() == cc::status::corrupt_state && !breaker.acquire(0)->allowed);
    CHECK(breaker.force(cc::phase::forced_closed, 1, 0) == cc::status::corrupt_state);
    CHECK(breaker.encode().status() == cc::status::corrupt_state && breaker.phase() == cc::phase::none);
    CHECK(breaker.acquire(0)->phase() == cc::phase::none);
    CHECK(breaker.reset(0) == cc::status::corrupt_state && cc::ledger(0, 1, 0).validate() == cc::status::corrupt_state);
    cc::ledger ledger;
    const auto reserved = ledger.reserve(1, 0, {100});
    CHECK(reserved.status() == cc::status::corrupt_state && !reserved->decision.allowed && reserved->hold.amount == 0);
    CHECK(reserved->decision.reason() == cc::ledger_reason::none);
}

#if defined(__cpp_exceptions)
void value_throws_what_the_status_says() {
    CHECK(cc::check_budget(50, 100).value().usage_ratio == 0.5);
    bool is_caught = false;
    try {
        (void)cc::check_budget(50, 0).value();
    } catch (const cc::error &error) {
        is_caught = error.code() == cc::status::budget_limit &&
                    error.what() == std::string_view("budget_limit must be finite and > 0");
    }
    CHECK(is_caught);
}
#endif

void states_are_bytes() {
    cc::breaker breaker(7);
    CHECK(breaker.force(cc::phase::forced_open, 10, 8) == cc::status::ok);
    auto bytes = breaker.encode();
    CHECK(bytes.ok() && bytes->size() == 420);
    CHECK(cc::breaker::decode(*bytes)->phase() == cc::phase::forced_open);
    (*bytes)[20] ^= 1;
    const auto damaged = cc::breaker::decode(*bytes);
    CHECK(damaged.status() == cc::status::corrupt_state && damaged->phase() == cc::phase::none);
    CHECK(cc::breaker::decode(std::vector<std::uint8_t>(3, 0)).status() == cc::status::encoded_length);
    CHECK(breaker.reset(2) == cc::status::ok && breaker.phase() == cc::phase::closed && breaker.state().updated_at == 2);

    const cc::ledger_config month{1000};
    cc::ledger ledger(7, 202401, 0);
    auto reserved = ledger.reserve(400, 1, month);
    CHECK(reserved->decision.allowed && reserved->decision.available == 600 && reserved->hold.ledger_id == 7);
    CHECK(ledger.reserve(601, 1, month)->decision.reason() == cc::ledger_reason::over_limit);
    auto decoded = cc::ledger::decode(*ledger.encode());
    CHECK(decoded.ok() && decoded->revision() == ledger.revision() && decoded->validate() == cc::status::ok);
    CHECK(decoded->extend(reserved->hold, 100, 1, month)->held == 500);
    CHECK(decoded->post(reserved->hold, 50, 1, month)->settled == 50 && reserved->hold.amount == 450);
    CHECK(decoded->settle(reserved->hold, 400, 2, month)->settled == 450 && reserved->hold.amount == 0);
    CHECK(decoded->settle(reserved->hold, 1, 2, month).status() == cc::status::hold_spent);
    CHECK(cc::ledger(decoded->state()).roll(202402, 3, month)->available == 1000);
    auto another = ledger.reserve(1, 2, month);
    CHECK(ledger.release(another->hold, 2, month)->available == 600 && another->hold.amount == 0);
    CHECK(ledger.reset(202400, 1) == cc::status::ok && ledger.state().period == 202400);
    CHECK(cc::ledger::decode(std::array<std::uint8_t, 532>{}).status() == cc::status::corrupt_state);

    const cc::rate_limit_config minute{100, 60};
    cc::rate_limit rate(0);
    const auto taken = rate.acquire(80, 1, minute);
    CHECK(taken->allowed && taken->available == 20 && taken->taken_at == 1);
    const auto over = rate.acquire(21, 2, minute);
    CHECK(!over->allowed && over->reason() == cc::rate_reason::over_limit && over->retry_after > 0);
    CHECK(rate.adjust(taken->taken_at, -50, 3, minute)->used == 30);
    auto same = cc::rate_limit::decode(*rate.encode());
    CHECK(same.ok() && same->revision() == rate.revision() && cc::rate_limit(same->state()).validate() == cc::status::ok);
    CHECK(rate.reset(0) == cc::status::ok && rate.acquire(100, 0, minute)->allowed);
    CHECK(rate.acquire(1, 0, {}).status() == cc::status::rate_duration);
    CHECK(cc::rate_limit().validate() == cc::status::corrupt_state);
}

void constants_have_names() {
    CHECK(cc::name(cc::action::block) == std::string_view("block"));
    CHECK(cc::name(cc::reason::over_limit) == std::string_view("over_limit"));
    CHECK(cc::name(cc::signal_kind::budget) == std::string_view("budget"));
    CHECK(cc::name(cc::phase::half_open) == std::string_view("half_open"));
    CHECK(cc::name(cc::outcome::success) == std::string_view("success"));
    CHECK(cc::name(cc::verdict::insufficient_data) == std::string_view("insufficient_data"));
    CHECK(cc::name(cc::detect_reason::two_points) == std::string_view("two_points"));
    CHECK(cc::name(cc::ledger_reason::at_limit) == std::string_view("at_limit"));
    CHECK(cc::name(cc::rate_reason::within) == std::string_view("within"));
    CHECK(cc::name(cc::mode::monitor) == std::string_view("monitor"));
}

// A team of 100 and a user of 50: what the user cannot pay is held in neither.
void several_ledgers_take_part_or_none_does() {
    const std::array<cc::ledger_config, 2> configs{{{100}, {50}}};
    std::array<cc::ledger, 2> ledgers{{{1, 1, 0}, {2, 1, 0}}};
    std::array<cc::ledger_hold, 2> holds{};
    std::array<cc::ledger_decision, 2> decisions{};
    const std::array<std::int64_t, 2> sixty{60, 60}, forty{40, 40}, ten{10, 10}, next{2, 2};
    const auto refused = cc::ledgers_reserve(configs, ledgers, sixty, 0, holds, decisions);
    CHECK(refused.ok() && *refused == 1 && ledgers[0].revision() == 0 && holds[0].id == 0);
    CHECK(decisions[1].reason() == cc::ledger_reason::exceeds_limit && !decisions[0].allowed);
    const auto held = cc::ledgers_reserve(configs, ledgers, forty, 0, holds, decisions);
    CHECK(held.ok() && *held == cc::no_ledger && decisions[1].available == 10);
    CHECK(*cc::ledgers_extend(configs, ledgers, holds, ten, 1, decisions) == cc::no_ledger);
    CHECK(cc::ledgers_settle(configs, ledgers, holds, forty, 2, decisions).ok() && decisions[0].settled == 40);
    CHECK(cc::ledgers_settle(configs, ledgers, holds, forty, 2, decisions).status() == cc::status::hold_spent);
    CHECK(cc::ledgers_record(configs, ledgers, ten, 2, decisions).ok() && decisions[1].settled == 50);
    CHECK(cc::ledgers_roll(configs, ledgers, next, 3, decisions).ok() && decisions[1].available == 50);
    CHECK(*cc::ledgers_reserve(configs, ledgers, ten, 3, holds, decisions) == cc::no_ledger);
    CHECK(cc::ledgers_release(configs, ledgers, holds, 3, decisions).ok() && decisions[0].held == 0);

    // Lists of other sizes are refused.
    decisions[0].allowed = 1;
    const auto revision = ledgers[0].revision();
    const cc::span<const std::int64_t> one(ten.data(), 1);
    CHECK(cc::ledgers_reserve(configs, ledgers, one, 3, holds, decisions).status() == cc::status::column_size);
    CHECK(!decisions[0].allowed && ledgers[0].revision() == revision);
    CHECK(cc::ledgers_record({}, ledgers, one, 3, decisions).status() == cc::status::column_size);
    CHECK(cc::ledgers_release(configs, ledgers, {holds.data(), 1}, 3, decisions).status() == cc::status::column_size);
    CHECK(cc::ledgers_record({}, ledgers, ten, 3, decisions).ok());
}

void work_runs_behind_a_breaker_and_a_ledger() {
    std::int64_t now = 0;
    const auto clock = [&] { return now; };
    const cc::breaker_config twice{2};
    cc::breaker breaker(0);
    int runs = 0;
    for (int call = 0; call < 3; call++) {
        const auto permit = breaker.call(clock, twice, [&] {
            runs++;
            now += 5;
            return cc::outcome::failure;
        });
        CHECK(permit.ok() && permit->allowed == (call < 2));
    }
    CHECK(runs == 2 && breaker.phase() == cc::phase::open && now == 10);
    cc::breaker_config polite{2};
    polite.max_retry_after = 1000;
    cc::breaker asked(0);
    CHECK(asked.call(clock, polite, [&] { return cc::call_report(cc::outcome::failure, now + 500); }).ok());
    CHECK(asked.phase() == cc::phase::open && asked.state().open_until == 510);

    const cc::ledger_config month{100};
    cc::ledger ledger(1, 1, 0);
    const auto spent = ledger.spend(60, clock, month, [&] { return 45; });
    CHECK(spent.ok() && spent->has_run && spent->decision.settled == 45 && spent->decision.held == 0);
    const auto refused = ledger.spend(60, clock, month, [&] { return runs++; });
    CHECK(refused.ok() && !refused->has_run && runs == 2 && !refused->decision.allowed);
#if defined(__cpp_exceptions)
    int caught = 0;
    try {
        (void)ledger.spend(50, clock, month, [&]() -> std::int64_t { throw 1; });
    } catch (int) {
        caught++;
    }
    cc::breaker fragile(0);
    try {
        (void)fragile.call(clock, {1}, [&]() -> cc::outcome { throw 1; });
    } catch (int) {
        caught++;
    }
    // 45 were settled before: work that threw may have cost all that was held.
    CHECK(caught == 2 && ledger.state().settled == 95 && ledger.state().held == 0);
    CHECK(fragile.phase() == cc::phase::open);
#endif
    cc::ledger other(2, 1, 0);
    const auto wrong = other.spend(50, clock, month, [&] { return -1; });
    CHECK(wrong.status() == cc::status::actual && wrong->has_run);
    CHECK(other.state().settled == 50 && other.state().held == 0);
}

// Rows 0 to 2: within, breached, invalid.
const std::vector<double> spend{50, 100, -1}, limit{100, 100, 100};
const std::vector<std::uint8_t> decided{0, 3, 131};

void columns_of_one_size_are_decided() {
    std::vector<std::uint8_t> flags(3);
    std::vector<double> usage(3);
    auto invalid = cc::check_budget_columns(spend, limit, flags, usage);
    CHECK(*invalid == 1 && invalid.status() == cc::status::invalid_rows && flags == decided && usage[0] == 0.5);
    CHECK(has(flags[2], cc::flag::invalid) && !has(flags[0], cc::flag::invalid | cc::flag::breached));
    invalid = cc::check_budget_columns(spend, limit, flags);
    CHECK(*invalid == 1 && flags == decided);

    const std::vector<std::int64_t> cents{50, 100, -1}, limits{100, 100, 100};
    std::vector<std::uint64_t> ppm(3);
    CHECK(*cc::check_budget_columns_i64(cents, limits, flags, ppm) == 1 && flags == decided && ppm[0] == 500000);

    const std::vector<double> points{10, 16, 10, 15, 7};
    const std::vector<std::int64_t> offsets{0, 2, 4, 5};
    std::vector<double> threshold(3);
    CHECK(*cc::check_anomaly_spike_columns(points, offsets, flags, threshold) == 1 && threshold[0] == 15);
    CHECK(flags == std::vector<std::uint8_t>({4, 0, 132}));

    double not_wanted[] = {7, 7, 7};
    CHECK(*cc::check_budget_columns(spend, limit, flags, {not_wanted, 0}) == 1 && not_wanted[0] == 7);

    const auto nothing = cc::check_budget_columns({}, {}, {});
    CHECK(nothing.ok() && *nothing == 0 && cc::check_anomaly_spike_columns({}, {}, {}).ok());
}

// The first row or series lacks its spend, the second its limit or its series.
void columns_with_missing_values_are_decided() {
    const std::vector<std::uint8_t> only_third{131, 131, 0};
    std::vector<std::uint8_t> flags(3);
    const std::uint8_t not_first_from_2[] = {0x18}, not_second_from_3[] = {0x28};
    const std::vector<double> spends{50, 100, 30};
    std::vector<double> usage(3);
    auto invalid =
        cc::check_budget_columns_nullable({spends, not_first_from_2, 2}, {limit, not_second_from_3, 3}, flags, usage);
    CHECK(*invalid == 2 && invalid.status() == cc::status::invalid_rows && flags == only_third && usage[2] == 0.3);
    CHECK(cc::check_budget_columns_nullable({{}, not_first_from_2, 9}, {}, {}).ok());
    CHECK(*cc::check_budget_columns_nullable({spends, not_first_from_2, 2}, {limit}, flags, usage, {0.3}) == 1);
    CHECK(flags == std::vector<std::uint8_t>({131, 3, 1}));

    const std::vector<std::int64_t> cents{50, 100, 30}, limits{100, 100, 100};
    std::vector<std::uint64_t> ppm(3);
    invalid =
        cc::check_budget_columns_i64_nullable({cents, not_first_from_2, 2}, {limits, not_second_from_3, 3}, flags, ppm);
    CHECK(*invalid == 2 && flags == only_third && ppm[2] == 300000);
    CHECK(*cc::check_budget_columns_i64_nullable({cents}, {limits}, flags, ppm, {300000}) == 0 && flags[2] == 1);

    const std::vector<double> points{10, 16, 10, 15, 7, 8};
    const std::vector<std::int64_t> offsets{0, 2, 4, 6};
    const std::uint8_t not_point_1_from_5[] = {0xA0, 0x07}, not_second_from_4[] = {0x50};
    invalid = cc::check_anomaly_spike_columns_nullable({points, not_point_1_from_5, 5}, {offsets, not_second_from_4, 4},
                                                       flags, usage);
    CHECK(*invalid == 2 && flags == std::vector<std::uint8_t>({132, 132, 0}) && usage[2] == 10.5);
    CHECK(*cc::check_anomaly_spike_columns_nullable({points}, {offsets}, flags, usage, {1.1}) == 0 && flags[2] == 4);
}

template <class Number> void is_refused(const cc::result<std::size_t> &answer, std::vector<std::uint8_t> &flags,
                                        std::uint8_t refusal, std::vector<Number> &numbers) {
    CHECK(answer.status() == cc::status::column_size && *answer == flags.size());
    CHECK(answer.message() == std::string_view("columns or lists of one call must have the same size"));
    for (std::uint8_t &row : flags) {
        CHECK(row == refusal);
        row = 0;
    }
    for (Number &number : numbers) {
        CHECK(number == 0);
        number = 1;
    }
}

void columns_of_other_sizes_are_refused() {
    const std::vector<double> short_column{1, 2};
    const std::vector<std::int64_t> cents{1, 2, 3}, short_cents{1, 2};
    const std::vector<std::uint8_t> bitmap{0xFF};
    std::vector<std::uint8_t> flags(3), none, long_flags(4);
    std::vector<double> usage(3, 1), short_usage(2, 1);
    std::vector<std::uint64_t> ppm(3, 1), short_ppm(2, 1);
    is_refused(cc::check_budget_columns(short_column, limit, flags, usage), flags, 131, usage);
    is_refused(cc::check_budget_columns(spend, short_column, flags, usage), flags, 131, usage);
    is_refused(cc::check_budget_columns(spend, limit, long_flags, usage), long_flags, 131, usage);
    is_refused(cc::check_budget_columns(spend, limit, none, usage), none, 131, usage);
    is_refused(cc::check_budget_columns(spend, limit, flags, short_usage), flags, 131, short_usage);
    is_refused(cc::check_budget_columns_i64(short_cents, cents, flags, ppm), flags, 131, ppm);
    is_refused(cc::check_budget_columns_i64(cents, cents, flags, short_ppm), flags, 131, short_ppm);
    is_refused(cc::check_budget_columns_i64(cents, short_cents, flags, ppm), flags, 131, ppm);
    is_refused(cc::check_budget_columns_nullable({short_column}, {limit}, flags, usage), flags, 131, usage);
    is_refused(cc::check_budget_columns_nullable({spend}, {short_column}, flags, usage), flags, 131, usage);
    is_refused(cc::check_budget_columns_nullable({spend}, {limit}, flags, short_usage), flags, 131, short_usage);
    is_refused(cc::check_budget_columns_i64_nullable({short_cents}, {cents}, flags, ppm), flags, 131, ppm);
    is_refused(cc::check_budget_columns_i64_nullable({cents}, {short_cents}, flags, ppm), flags, 131, ppm);
    is_refused(cc::check_budget_columns_i64_nullable({cents}, {cents}, flags, short_ppm), flags, 131, short_ppm);
    is_refused(cc::check_budget_columns_i64_nullable({cents, bitmap, 6}, {cents}, flags, ppm), flags, 131, ppm);
    // Eight bits hold rows 5 to 7 and no more.
    CHECK(*cc::check_budget_columns_nullable({spend, bitmap, 5}, {limit}, flags, usage) == 1);
    is_refused(cc::check_budget_columns_nullable({spend, bitmap, 6}, {limit}, flags, usage), flags, 131, usage);
    is_refused(cc::check_budget_columns_nullable({spend}, {limit, bitmap, SIZE_MAX}, flags, usage), flags, 131, usage);
    is_refused(cc::check_budget_columns_i64_nullable({cents}, {cents, bitmap, 8}, flags, ppm), flags, 131, ppm);

    const std::vector<std::int64_t> offsets{0, 1, 2, 3};
    is_refused(cc::check_anomaly_spike_columns(spend, cents, flags, usage), flags, 132, usage);
    is_refused(cc::check_anomaly_spike_columns(spend, offsets, flags, short_usage), flags, 132, short_usage);
    is_refused(cc::check_anomaly_spike_columns_nullable({spend}, {cents}, flags, usage), flags, 132, usage);
    is_refused(cc::check_anomaly_spike_columns_nullable({spend}, {offsets}, flags, short_usage), flags,
               132, short_usage);
    is_refused(cc::check_anomaly_spike_columns_nullable({spend, bitmap, 6}, {offsets}, flags, usage), flags,
               132, usage);
    is_refused(cc::check_anomaly_spike_columns_nullable({spend}, {offsets, bitmap, 6}, flags, usage), flags,
               132, usage);
}

template <class T, class... Settings>
void is_written_as(const cc::result<T> &answer, const std::string &kind, const std::string &expected,
                   const Settings &...settings) {
    const auto whole = R"({"kind":")" + kind + R"(","version":")" CLOUDCIRCUIT_VERSION R"(",)" + expected;
    const auto text = cc::to_json(answer, settings...);
    CHECK(text.ok() && *text == whole);
    if (text.ok() && *text != whole)
        std::printf("%s\n%s\n", text->c_str(), whole.c_str());
    std::vector<char> buffer(whole.size() + 1, 'x');
    const auto length = cc::write_json(answer, settings..., buffer);
    CHECK(length.ok() && *length == whole.size() && buffer.data() == whole);
    buffer.pop_back();
    const auto needed = cc::write_json(answer, settings..., buffer);
    CHECK(needed.status() == cc::status::buffer_too_small && *needed == whole.size() && buffer[0] == '\0');
}

void records_are_the_librarys() {
    is_written_as(cc::check_budget(50, 100, {0.8}), "budget_result",
                  R"("status":"CLOUDCIRCUIT_OK","current_spend":50.0,"budget_limit":100.0,"usage_ratio":0.5,)"
                  R"("remaining_budget":50.0,"is_warning":false,"is_breached":false,"config":{"warning_ratio":0.8}})",
                  cc::budget_config{0.8});
    is_written_as(cc::check_budget_i64(95, 100), "budget_result_i64",
                  R"("status":"CLOUDCIRCUIT_OK","current_spend":95,"budget_limit":100,"remaining_budget":5,)"
                  R"("usage_ppm":950000,"is_warning":true,"is_breached":false,"config":{"warning_ppm":900000}})");
    const double series[] = {10, 16};
    is_written_as(cc::check_anomaly_spike(series), "spike_result",
                  R"("status":"CLOUDCIRCUIT_OK","latest_spend":16.0,"baseline_mean":10.0,"threshold":15.0,)"
                  R"("is_spike":true,"points_used":1,"config":{"spike_multiplier":1.5,"min_baseline":0.0}})");
    const std::int64_t cents[] = {10, 15};
    is_written_as(cc::check_anomaly_spike_i64(cents), "spike_result_i64",
                  R"("status":"CLOUDCIRCUIT_OK","latest_spend":15,"baseline_mean":10,"threshold":15,"is_spike":false,)"
                  R"("points_used":1,"config":{"spike_multiplier_ppm":1500000,"min_baseline":0}})");
    const cc::breaker_counters counters{3, 3, 9};
    is_written_as(cc::evaluate_circuit_breaker(counters), "breaker_decision",
                  R"("status":"CLOUDCIRCUIT_OK","retry_after_steps":9,"is_open":true,"allow_operation":false,)"
                  R"("config":{"consecutive_failures":3,"failure_threshold":3,"cooldown_steps_remaining":9}})",
                  counters);
    is_written_as(cc::evaluate_guard(cc::span<const cc::signal>()), "guard_decision",
                  R"("status":"CLOUDCIRCUIT_OK","action":"block","monitor_action":"block","reasons":["missing"],)"
                  R"("monitor_reasons":[],"kinds":[],"retry_after":0,"config":{"on_warning":"alert",)"
                  R"("on_breach":"block","on_spike":"throttle","on_leak":"alert","on_open":"block",)"
                  R"("on_over_limit":"block","on_rate":"throttle","on_forecast":"alert","on_insufficient":"alert",)"
                  R"("on_error":"block","on_missing":"block","required":["budget","spike","breaker"],"monitor":[]}})");
    const cc::rate_limit_config minute{100, 60};
    is_written_as(cc::rate_limit(0).acquire(80, 1, minute), "rate_limit_decision",
                  R"("status":"CLOUDCIRCUIT_OK","used":80,"available":20,"retry_after":0,"taken_at":1,)"
                  R"("reason":"within","allowed":true,"would_refuse":false,"clock_regressed":false,)"
                  R"("config":{"limit":100,"duration":60,"mode":"enforce"}})",
                  minute);
    const cc::ledger_config month{100};
    cc::ledger ledger(1, 1, 0);
    is_written_as(ledger.reserve(100, 0, month), "ledger_decision",
                  R"("status":"CLOUDCIRCUIT_OK","settled":0,"held":100,"available":0,"overshoot":0,"expired":0,)"
                  R"("reason":"at_limit","allowed":true,"would_refuse":false,"clock_regressed":false,"crossed":[],)"
                  R"("newly_crossed":[],"config":{"limit":100,"carry_max":0,"debt_max":0,"hold_duration":0,)"
                  R"("thresholds":[],"threshold_count":0,"threshold_unit":"ppm","threshold_basis":"settled","mode":"enforce"}})",
                  month);
    const auto permit = cc::to_json(cc::breaker(5).acquire(4));
    CHECK(permit.ok() && permit->find(R"("phase":"closed","allowed":true,"would_refuse":false)") != std::string::npos);
    // A refused call's record says which rule refused, and by which settings.
    const cc::budget_config wide{2};
    is_written_as(cc::check_budget(50, 100, wide), "budget_result",
                  R"("status":"CLOUDCIRCUIT_ERR_WARNING_RATIO","message":"warning_ratio must be > 0 and <= 1",)"
                  R"("config":{"warning_ratio":2.0}})",
                  wide);
    auto broken = cc::check_budget(50, 100);
    broken->usage_ratio = HUGE_VAL;
    const auto text = cc::to_json(broken);
    CHECK(text.status() == cc::status::record_field && text->empty());
}

void versions_are_those_of_the_headers() {
    CHECK(cc::version() == std::string_view(CLOUDCIRCUIT_VERSION));
    CHECK(cc::abi_version() == CLOUDCIRCUIT_ABI_VERSION);
}

} // namespace

int main() {
    settings_start_out_as_the_librarys_defaults();
    calls_without_settings_use_the_defaults();
    views_take_whatever_lies_side_by_side();
    errors_refuse_and_are_named();
#if defined(__cpp_exceptions)
    value_throws_what_the_status_says();
#endif
    states_are_bytes();
    constants_have_names();
    several_ledgers_take_part_or_none_does();
    work_runs_behind_a_breaker_and_a_ledger();
    columns_of_one_size_are_decided();
    columns_with_missing_values_are_decided();
    columns_of_other_sizes_are_refused();
    records_are_the_librarys();
    versions_are_those_of_the_headers();
    return report(150);
}
