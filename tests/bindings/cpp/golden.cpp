// The golden cases, every kind of line, through the C++ calls: golden CASES. With another argument,
// CASES may have only some of them.
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "check.hpp"
#include "cloudcircuit.hpp"

namespace cc = cloudcircuit;

namespace {

using words = std::vector<std::string>;

bool same(double left, double right) { return std::memcmp(&left, &right, sizeof left) == 0; }

double real(const std::string &word) { return std::strtod(word.c_str(), nullptr); }
std::int64_t whole(const std::string &word) { return std::strtoll(word.c_str(), nullptr, 10); }
std::uint64_t natural(const std::string &word) { return std::strtoull(word.c_str(), nullptr, 10); }
std::uint32_t small(const std::string &word) { return static_cast<std::uint32_t>(natural(word)); }

// A word's parts between commas; none of "-".
words list(const std::string &word) {
    words parts;
    std::istringstream stream(word == "-" ? "" : word);
    for (std::string part; std::getline(stream, part, ',');)
        parts.push_back(part);
    return parts;
}

// A case: its call, its arguments and, after the arrow, its answer, whose first word is the status.
struct line {
    std::string text, call;
    words in, out;

    bool is(cc::status status) const {
        return out[0] == std::string(cc::name(status)).substr(std::strlen("CLOUDCIRCUIT_"));
    }
    bool is_ok() const { return out[0] == "OK"; }
};

line parse(const std::string &text) {
    line parsed{text, {}, {}, {}};
    std::istringstream stream(text);
    stream >> parsed.call;
    auto *list = &parsed.in;
    for (std::string word; stream >> word;) {
        if (word == "=>")
            list = &parsed.out;
        else
            list->push_back(word);
    }
    return parsed;
}

// Rows of one column call: the budgets or series that share a config.
struct batch {
    std::vector<double> spend, limit, numbers;
    std::vector<std::int64_t> spend_i64, limit_i64, offsets{0};
    std::vector<std::uint64_t> numbers_i64;
    std::vector<std::uint8_t> flags;
    std::size_t invalid = 0;

    void expect(const line &line, cc::flag flag) {
        invalid += !line.is_ok();
        flags.push_back(static_cast<std::uint8_t>(line.is_ok() ? flag : flag | cc::flag::invalid));
    }
};

cc::flag budget_flag(const line &line) {
    return (line.out[3] == "1" ? cc::flag::warning : cc::flag::none) |
           (line.out[4] == "1" ? cc::flag::breached : cc::flag::none);
}

class golden {
  public:
    bool run(const line &line) {
        const std::map<std::string, void (golden::*)(const words &, const struct line &)> calls{
            {"budget", &golden::budget},
            {"budget_i64", &golden::budget_i64},
            {"spike", &golden::spike},
            {"spike_i64", &golden::spike_i64},
            {"breaker", &golden::breaker},
            {"guard", &golden::guard},
            {"money_from_double", &golden::money_from_double},
            {"money_to_double", &golden::money_to_double},
            {"ledger_config", &golden::ledger_config},
            {"ledger_init", &golden::ledger_init},
            {"ledger_reserve", &golden::ledger_reserve},
            {"ledger_extend", &golden::ledger_extend},
            {"ledger_post", &golden::ledger_post},
            {"ledger_settle", &golden::ledger_settle},
            {"ledger_release", &golden::ledger_release},
            {"ledger_record", &golden::ledger_record},
            {"ledger_roll", &golden::ledger_roll},
            {"ledger_reset", &golden::ledger_reset},
            {"rate_config", &golden::rate_config},
            {"rate_init", &golden::rate_init},
            {"rate_acquire", &golden::rate_acquire},
            {"rate_adjust", &golden::rate_adjust},
            {"rate_reset", &golden::rate_reset},
            {"breaker_config", &golden::breaker_config},
            {"breaker_init", &golden::breaker_init},
            {"breaker_acquire", &golden::breaker_acquire},
            {"breaker_peek", &golden::breaker_peek},
            {"breaker_report", &golden::breaker_report},
            {"breaker_force", &golden::breaker_force},
            {"breaker_reset", &golden::breaker_reset},
            {"forecast", &golden::forecast},
            {"detect_config", &golden::detect_config},
            {"detect", &golden::detect},
            {"detect_scan", &golden::detect_scan},
            {"detect_init", &golden::detect_init},
            {"detect_update", &golden::detect_update},
        };
        const auto call = calls.find(line.call);
        if (call == calls.end())
            return false;
        (this->*call->second)(line.in, line);
        return true;
    }

    // The same budgets and series again, all of a config in one column call.
    void columns() {
        for (auto &[ratio, rows] : budgets_) {
            std::vector<std::uint8_t> flags(rows.flags.size());
            std::vector<double> usage(flags.size());
            const auto invalid = cc::check_budget_columns(rows.spend, rows.limit, flags, usage, {real(ratio)});
            CHECK(*invalid == rows.invalid && flags == rows.flags && invalid.ok() == (rows.invalid == 0));
            for (std::size_t row = 0; row < usage.size(); row++)
                CHECK(same(usage[row], rows.numbers[row]));
        }
        for (auto &[ppm, rows] : budgets_i64_) {
            std::vector<std::uint8_t> flags(rows.flags.size());
            std::vector<std::uint64_t> usage(flags.size());
            const auto invalid =
                cc::check_budget_columns_i64(rows.spend_i64, rows.limit_i64, flags, usage, {small(ppm)});
            CHECK(*invalid == rows.invalid && flags == rows.flags && usage == rows.numbers_i64);
        }
        for (auto &[config, rows] : spikes_) {
            std::vector<std::uint8_t> flags(rows.flags.size());
            std::vector<double> threshold(flags.size());
            const auto invalid = cc::check_anomaly_spike_columns(rows.spend, rows.offsets, flags, threshold,
                                                                 {real(config.first), real(config.second)});
            CHECK(*invalid == rows.invalid && flags == rows.flags);
            for (std::size_t row = 0; row < threshold.size(); row++)
                CHECK(same(threshold[row], rows.numbers[row]));
        }
    }

  private:
    std::map<std::string, batch> budgets_, budgets_i64_;
    std::map<std::pair<std::string, std::string>, batch> spikes_;
    cc::ledger_config ledger_config_;
    cc::ledger ledger_;
    std::map<std::string, cc::ledger_hold> holds_;
    cc::rate_limit_config rate_config_;
    cc::rate_limit rate_;
    cc::breaker_config breaker_config_;
    cc::breaker breaker_;
    std::map<std::string, cc::breaker_permit> permits_;
    cc::detect_config detect_config_;
    cc::spike_tracker tracker_;

    static std::vector<double> reals(const words &in) {
        std::vector<double> numbers;
        for (const auto &word : in)
            numbers.push_back(real(word));
        return numbers;
    }

    void detect_config(const words &in, const line &) {
        detect_config_ = {small(in[0]), small(in[1]), small(in[2]), static_cast<cc::negative_points>(small(in[3])), real(in[4]), real(in[5]),
                          real(in[6]),  real(in[7]),  whole(in[8]), whole(in[9])};
    }

    void is(const line &line, const cc::result<cc::detect_result> &found) {
        CHECK(line.is(found.status()) && line.out.size() == 13);
        const double numbers[] = {found->latest_spend, found->expected_spend, found->upper_bound, found->excess,
                                  found->score, found->leak_score, found->drop_score};
        for (std::size_t i = 0; i < 7; i++)
            CHECK(same(numbers[i], real(line.out[i + 1])));
        const std::int64_t others[] = {found->points_used, found->verdict, found->reason, found->is_leak, found->is_drop};
        for (std::size_t i = 0; i < 5; i++)
            CHECK(others[i] == whole(line.out[i + 8]));
    }

    void detect(const words &in, const line &line) { is(line, cc::detect_spike(reals(in), detect_config_)); }

    void detect_scan(const words &in, const line &line) {
        const auto series = reals(in);
        std::vector<std::uint8_t> flags(series.size());
        std::vector<double> expected(series.size()), upper(series.size());
        CHECK(line.is(cc::scan_spikes(series, flags, expected, upper, detect_config_)));
        CHECK(line.out.size() == 1 + 3 * series.size());
        for (std::size_t i = 0; i < series.size(); i++)
            CHECK(flags[i] == whole(line.out[3 * i + 1]) && same(expected[i], real(line.out[3 * i + 2])) &&
                  same(upper[i], real(line.out[3 * i + 3])));
    }

    void detect_init(const words &, const line &line) {
        const auto started = cc::spike_tracker::start(detect_config_);
        CHECK(line.is(started.status()));
        tracker_ = *started;
    }

    void detect_update(const words &in, const line &line) { is(line, tracker_.update(real(in[0]))); }

    void budget(const words &in, const line &line) {
        const auto found = cc::check_budget(real(in[0]), real(in[1]), {real(in[2])});
        CHECK(line.is(found.status()) && same(found->usage_ratio, real(line.out[1])));
        CHECK(same(found->remaining_budget, real(line.out[2])));
        CHECK(found->is_warning == small(line.out[3]) && found->is_breached == small(line.out[4]));
        const auto flag = line.is_ok() ? budget_flag(line) : budget_flag(line) | cc::flag::invalid;
        CHECK(cc::budget_flags(real(in[0]), real(in[1]), real(in[2])) == flag);

        auto &rows = budgets_[in[2]];
        rows.spend.push_back(real(in[0]));
        rows.limit.push_back(real(in[1]));
        rows.numbers.push_back(real(line.out[1]));
        rows.expect(line, budget_flag(line));
    }

    void budget_i64(const words &in, const line &line) {
        const auto found = cc::check_budget_i64(whole(in[0]), whole(in[1]), {small(in[2])});
        CHECK(line.is(found.status()) && found->usage_ppm == natural(line.out[1]));
        CHECK(found->remaining_budget == whole(line.out[2]));
        CHECK(found->is_warning == small(line.out[3]) && found->is_breached == small(line.out[4]));
        const auto flag = line.is_ok() ? budget_flag(line) : budget_flag(line) | cc::flag::invalid;
        CHECK(cc::budget_flags_i64(whole(in[0]), whole(in[1]), small(in[2])) == flag);

        auto &rows = budgets_i64_[in[2]];
        rows.spend_i64.push_back(whole(in[0]));
        rows.limit_i64.push_back(whole(in[1]));
        rows.numbers_i64.push_back(natural(line.out[1]));
        rows.expect(line, budget_flag(line));
    }

    void spike(const words &in, const line &line) {
        std::vector<double> series;
        for (std::size_t point = 2; point < in.size(); point++)
            series.push_back(real(in[point]));
        const auto found = cc::check_anomaly_spike(series, {real(in[0]), real(in[1])});
        CHECK(line.is(found.status()) && same(found->latest_spend, real(line.out[1])));
        CHECK(same(found->baseline_mean, real(line.out[2])) && same(found->threshold, real(line.out[3])));
        CHECK(found->is_spike == small(line.out[4]));
        const auto flag = found->is_spike ? cc::flag::spike : cc::flag::none;
        CHECK(cc::spike_flags(series, real(in[0]), real(in[1])) ==
              (line.is_ok() ? flag : flag | cc::flag::invalid));

        auto &rows = spikes_[{in[0], in[1]}];
        rows.spend.insert(rows.spend.end(), series.begin(), series.end());
        rows.offsets.push_back(static_cast<std::int64_t>(rows.spend.size()));
        rows.numbers.push_back(real(line.out[3]));
        rows.expect(line, line.out[4] == "1" ? cc::flag::spike : cc::flag::none);
    }

    void spike_i64(const words &in, const line &line) {
        std::vector<std::int64_t> series;
        for (std::size_t point = 2; point < in.size(); point++)
            series.push_back(whole(in[point]));
        const auto found = cc::check_anomaly_spike_i64(series, {small(in[0]), 0, whole(in[1])});
        CHECK(line.is(found.status()) && found->latest_spend == whole(line.out[1]));
        CHECK(found->baseline_mean == whole(line.out[2]) && found->threshold == whole(line.out[3]));
        CHECK(found->is_spike == small(line.out[4]));
    }

    void breaker(const words &in, const line &line) {
        const auto decided = cc::evaluate_circuit_breaker({whole(in[0]), whole(in[1]), whole(in[2])});
        CHECK(line.is(decided.status()) && decided->retry_after_steps == whole(line.out[1]));
        CHECK(decided->is_open == small(line.out[2]) && decided->allow_operation == small(line.out[3]));
        const auto flag = decided->is_open ? cc::flag::open : cc::flag::none;
        CHECK(cc::breaker_flags(whole(in[0]), whole(in[1]), whole(in[2])) ==
              (line.is_ok() ? flag : flag | cc::flag::invalid));
    }

    void guard(const words &in, const line &line) {
        std::vector<cc::signal> signals;
        for (std::size_t word = 0; word + 1 < in.size(); word++) {
            const auto fields = list(in[word]);
            signals.push_back({static_cast<std::int32_t>(whole(fields[0])), static_cast<std::int32_t>(whole(fields[1])),
                               small(fields[2]), small(fields[3]), whole(fields[4])});
        }
        cc::guard_policy policy;
        const auto fields = list(in.back());
        if (!fields.empty()) {
            cc::action *const actions[] = {&policy.on_warning,      &policy.on_breach,     &policy.on_spike,
                                           &policy.on_leak,         &policy.on_open,       &policy.on_over_limit,
                                           &policy.on_rate,         &policy.on_forecast,   &policy.on_insufficient,
                                           &policy.on_error,        &policy.on_missing};
            for (std::size_t field = 0; field < std::size(actions); field++)
                *actions[field] = static_cast<cc::action>(whole(fields[field]));
            policy.required = static_cast<cc::signal_kind>(small(fields[11]));
            policy.monitor = static_cast<cc::reason>(small(fields[12]));
        }
        const auto decided = cc::evaluate_guard(signals, policy);
        CHECK(line.is(decided.status()) && decided->action() == static_cast<cc::action>(whole(line.out[1])));
        CHECK(decided->monitor_action() == static_cast<cc::action>(whole(line.out[2])));
        CHECK(decided->reasons() == static_cast<cc::reason>(small(line.out[3])));
        CHECK(decided->monitor_reasons == small(line.out[4]) && decided->kinds == small(line.out[5]));
        CHECK(decided->retry_after == whole(line.out[6]));
        if (fields.empty())
            CHECK(cc::evaluate_guard(signals)->reasons() == decided->reasons());
    }

    void money_from_double(const words &in, const line &line) {
        const auto minor = cc::money_from_double(real(in[0]), small(in[1]));
        CHECK(line.is(minor.status()) && *minor == whole(line.out[1]));
    }

    void money_to_double(const words &in, const line &line) {
        const auto amount = cc::money_to_double(whole(in[0]), small(in[1]));
        CHECK(line.is(amount.status()) && same(*amount, real(line.out[1])));
    }

    void forecast(const words &in, const line &line) {
        cc::forecast_config config;
        config.season_length = small(in[0]);
        config.lag_points = small(in[1]);
        config.negative_points = static_cast<cc::negative_points>(natural(in[2]));
        config.start_time = whole(in[3]);
        config.step = whole(in[4]);
        std::vector<double> series[2];
        for (std::size_t i = 0; i < 2; i++)
            for (const auto &point : list(in[7 + i]))
                series[i].push_back(real(point));
        const auto found = cc::forecast_budget(series[0], series[1], natural(in[5]), real(in[6]), config);
        CHECK(line.is(found.status()));
        const double numbers[] = {found->spend_to_date, found->forecast_spend, found->lower_bound,
                                  found->upper_bound,   found->forecast_ratio, found->burn_rate};
        for (std::size_t i = 0; i < 6; i++)
            CHECK(same(numbers[i], real(line.out[1 + i])));
        CHECK(found->exhaustion_point == whole(line.out[7]) && found->is_forecast_breached == natural(line.out[8]));
        CHECK(found->verdict == whole(line.out[9]));
    }

    void ledger_config(const words &in, const line &) {
        ledger_config_ = {};
        ledger_config_.limit = whole(in[0]);
        ledger_config_.carry_max = whole(in[1]);
        ledger_config_.debt_max = whole(in[2]);
        ledger_config_.hold_duration = whole(in[3]);
        for (const auto &threshold : list(in[4]))
            ledger_config_.thresholds[ledger_config_.threshold_count++] = whole(threshold);
        ledger_config_.threshold_unit = static_cast<cc::threshold_unit>(small(in[5]));
        ledger_config_.threshold_basis = static_cast<cc::threshold_basis>(small(in[6]));
        ledger_config_.mode = static_cast<cc::mode>(small(in[7]));
    }

    void ledger_init(const words &in, const line &line) {
        ledger_ = cc::ledger(natural(in[0]), whole(in[1]), whole(in[2]));
        CHECK(line.is_ok() == (ledger_.validate() == cc::status::ok));
    }

    void is(const line &line, cc::status status, const cc::ledger_decision &decision) {
        CHECK(line.is(status) && decision.settled == whole(line.out[1]) && decision.held == whole(line.out[2]));
        CHECK(decision.available == whole(line.out[3]) && decision.overshoot == whole(line.out[4]));
        CHECK(decision.expired == whole(line.out[5]));
        CHECK(decision.reason() == static_cast<cc::ledger_reason>(whole(line.out[6])));
        CHECK(decision.allowed == small(line.out[7]) && decision.would_refuse == small(line.out[8]));
        CHECK(decision.clock_regressed == small(line.out[9]));
        CHECK(decision.crossed == small(line.out[10]) && decision.newly_crossed == small(line.out[11]));
    }
    void is(const line &line, const cc::result<cc::ledger_decision> &found) { is(line, found.status(), *found); }

    void ledger_reserve(const words &in, const line &line) {
        const auto reserved = ledger_.reserve(whole(in[1]), whole(in[2]), ledger_config_);
        holds_[in[0]] = reserved->hold;
        is(line, reserved.status(), reserved->decision);
    }

    void ledger_extend(const words &in, const line &line) {
        is(line, ledger_.extend(holds_[in[0]], whole(in[1]), whole(in[2]), ledger_config_));
    }

    void ledger_post(const words &in, const line &line) {
        is(line, ledger_.post(holds_[in[0]], whole(in[1]), whole(in[2]), ledger_config_));
    }

    void ledger_settle(const words &in, const line &line) {
        is(line, ledger_.settle(holds_[in[0]], whole(in[1]), whole(in[2]), ledger_config_));
    }

    void ledger_release(const words &in, const line &line) {
        is(line, ledger_.release(holds_[in[0]], whole(in[1]), ledger_config_));
    }

    void ledger_record(const words &in, const line &line) {
        is(line, ledger_.record(whole(in[0]), whole(in[1]), ledger_config_));
    }

    void ledger_roll(const words &in, const line &line) {
        is(line, ledger_.roll(whole(in[0]), whole(in[1]), ledger_config_));
    }

    void ledger_reset(const words &in, const line &line) {
        CHECK(line.is(ledger_.reset(whole(in[0]), whole(in[1]))));
    }

    void rate_config(const words &in, const line &) {
        rate_config_ = {whole(in[0]), whole(in[1]), static_cast<cc::mode>(small(in[2]))};
    }

    void rate_init(const words &in, const line &) {
        rate_ = cc::rate_limit(whole(in[0]));
        CHECK(rate_.validate() == cc::status::ok);
    }

    void is(const line &line, const cc::result<cc::rate_limit_decision> &found) {
        CHECK(line.is(found.status()) && found->used == whole(line.out[1]) && found->available == whole(line.out[2]));
        CHECK(found->retry_after == whole(line.out[3]) && found->taken_at == whole(line.out[4]));
        CHECK(found->reason() == static_cast<cc::rate_reason>(whole(line.out[5])));
        CHECK(found->allowed == small(line.out[6]) && found->would_refuse == small(line.out[7]));
        CHECK(found->clock_regressed == small(line.out[8]));
    }

    void rate_acquire(const words &in, const line &line) {
        is(line, rate_.acquire(whole(in[0]), whole(in[1]), rate_config_));
    }

    void rate_adjust(const words &in, const line &line) {
        is(line, rate_.adjust(whole(in[0]), whole(in[1]), whole(in[2]), rate_config_));
    }

    void rate_reset(const words &in, const line &line) { CHECK(line.is(rate_.reset(whole(in[0])))); }

    void breaker_config(const words &in, const line &) {
        breaker_config_ = {small(in[0]),  small(in[1]),  small(in[2]),  small(in[3]),  small(in[4]),  small(in[5]),
                           small(in[6]),  small(in[7]),  small(in[8]),  small(in[9]),  small(in[10]),
                           static_cast<cc::mode>(small(in[11])),        natural(in[12]), whole(in[13]),
                           whole(in[14]), whole(in[15]), whole(in[16]), whole(in[17]), whole(in[18]), whole(in[19]),
                           whole(in[20]), whole(in[21])};
    }

    void breaker_init(const words &in, const line &) {
        breaker_ = cc::breaker(whole(in[0]));
        CHECK(breaker_.validate() == cc::status::ok && breaker_.phase() == cc::phase::closed);
    }

    void is(const line &line, const cc::result<cc::breaker_permit> &permit) {
        CHECK(line.is(permit.status()) && permit->generation == natural(line.out[1]));
        CHECK(permit->retry_after == whole(line.out[2]) && permit->deadline == whole(line.out[3]));
        CHECK(permit->phase() == static_cast<cc::phase>(whole(line.out[4])) && permit->allowed == small(line.out[5]));
        CHECK(permit->would_refuse == small(line.out[6]) && permit->probe_slot == small(line.out[7]));
        CHECK(permit->clock_regressed == small(line.out[8]));
    }

    void breaker_acquire(const words &in, const line &line) {
        const auto permit = breaker_.acquire(whole(in[1]), breaker_config_);
        permits_[in[0]] = *permit;
        is(line, permit);
    }

    void breaker_peek(const words &in, const line &line) {
        const auto permit = breaker_.peek(whole(in[1]), breaker_config_);
        permits_[in[0]] = *permit;
        is(line, permit);
    }

    void breaker_is(const line &line, cc::status status) {
        CHECK(line.is(status) && breaker_.phase() == static_cast<cc::phase>(whole(line.out[1])));
        CHECK(breaker_.revision() == natural(line.out[2]));
    }

    // What it was stored as must do the same as the breaker itself, in both forms.
    void breaker_report(const words &in, const line &line) {
        const auto how = static_cast<cc::outcome>(whole(in[1]));
        const auto duration = whole(in[2]), retry_at = whole(in[3]), now = whole(in[4]);
        const auto &permit = permits_[in[0]];
        auto decoded = cc::breaker::decode(*breaker_.encode());
        auto stored = cc::breaker(breaker_.state());
        const auto next = stored.report_and_acquire(permit, how, duration, retry_at, now, breaker_config_);
        const auto status = breaker_.report(permit, how, duration, retry_at, now, breaker_config_);
        CHECK(decoded.ok() && status == next.status());
        CHECK(decoded->report(permit, how, duration, retry_at, now, breaker_config_) == status);
        CHECK(decoded->revision() == breaker_.revision() && decoded->phase() == breaker_.phase());
        auto acquired = breaker_;
        if (status == cc::status::ok)
            CHECK(acquired.acquire(now, breaker_config_)->allowed == next->allowed);
        CHECK(stored.revision() == acquired.revision() && stored.phase() == acquired.phase());
        breaker_is(line, status);
    }

    void breaker_reset(const words &in, const line &line) { breaker_is(line, breaker_.reset(whole(in[0]))); }

    void breaker_force(const words &in, const line &line) {
        breaker_is(line, breaker_.force(static_cast<cc::phase>(whole(in[0])), whole(in[1]), whole(in[2])));
    }
};

} // namespace

int main(int argc, char **argv) {
    std::ifstream cases(argc > 1 ? argv[1] : "");
    const bool is_whole = argc == 2;
    golden golden;
    long lines = 0;
    for (std::string text; std::getline(cases, text);) {
        if (text.empty() || text[0] == '#')
            continue;
        const auto line = parse(text);
        const auto before = failures;
        const bool is_known = golden.run(line);
        CHECK(is_known);
        if (failures != before)
            std::printf("  in: %s\n", text.c_str());
        lines++;
    }
    CHECK(lines >= (is_whole ? 700 : 1));
    if (is_whole)
        golden.columns();
    return report(is_whole ? 2500 : 1);
}
