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
            {"ledger_settle", &golden::ledger_settle},
            {"ledger_release", &golden::ledger_release},
            {"ledger_record", &golden::ledger_record},
            {"ledger_roll", &golden::ledger_roll},
            {"breaker_config", &golden::breaker_config},
            {"breaker_init", &golden::breaker_init},
            {"breaker_acquire", &golden::breaker_acquire},
            {"breaker_report", &golden::breaker_report},
            {"breaker_force", &golden::breaker_force},
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
    cc::breaker_config breaker_config_;
    cc::breaker breaker_;
    std::map<std::string, cc::breaker_permit> permits_;

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
        cc::budget_result budget{};
        cc::spike_result spike{};
        cc::breaker_decision breaker{};
        long long retry = 0;
        if (in[0] != "-")
            CHECK(std::sscanf(in[0].c_str(), "%u,%u", &budget.is_warning, &budget.is_breached) == 2);
        if (in[1] != "-")
            spike.is_spike = small(in[1]);
        if (in[2] != "-")
            CHECK(std::sscanf(in[2].c_str(), "%lld,%u,%u", &retry, &breaker.is_open, &breaker.allow_operation) == 3);
        breaker.retry_after_steps = retry;
        cc::guard_policy policy;
        cc::action *const actions[] = {&policy.on_warning, &policy.on_breach, &policy.on_spike, &policy.on_open,
                                       &policy.on_missing};
        for (std::size_t field = 0; field < 5; field++)
            *actions[field] = static_cast<cc::action>(whole(in[3 + field]));
        policy.required = static_cast<cc::signal>(small(in[8]));
        const auto decided =
            cc::evaluate_guard(in[0] == "-" ? nullptr : &budget, in[1] == "-" ? nullptr : &spike,
                               in[2] == "-" ? nullptr : &breaker, policy);
        CHECK(line.is(decided.status()) && decided->action() == static_cast<cc::action>(whole(line.out[1])));
        CHECK(decided->reasons() == static_cast<cc::reason>(small(line.out[2])));
        CHECK(decided->retry_after_steps == whole(line.out[3]));
    }

    void money_from_double(const words &in, const line &line) {
        const auto minor = cc::money_from_double(real(in[0]), small(in[1]));
        CHECK(line.is(minor.status()) && *minor == whole(line.out[1]));
    }

    void money_to_double(const words &in, const line &line) {
        const auto amount = cc::money_to_double(whole(in[0]), small(in[1]));
        CHECK(line.is(amount.status()) && same(*amount, real(line.out[1])));
    }

    void ledger_config(const words &in, const line &) {
        ledger_config_ = {};
        ledger_config_.limit = whole(in[0]);
        ledger_config_.is_unlimited = small(in[1]);
        std::istringstream shares(in[2] == "-" ? "" : in[2]);
        for (std::string share; std::getline(shares, share, ',');)
            ledger_config_.threshold_ppm[ledger_config_.threshold_count++] = small(share);
    }

    void ledger_init(const words &in, const line &) {
        ledger_ = cc::ledger(whole(in[0]));
        CHECK(ledger_.validate() == cc::status::ok);
    }

    void is(const line &line, cc::status status, const cc::ledger_decision &decision) {
        CHECK(line.is(status) && decision.settled == whole(line.out[1]) && decision.held == whole(line.out[2]));
        CHECK(decision.available == whole(line.out[3]) && decision.overshoot == whole(line.out[4]));
        CHECK(decision.allowed == small(line.out[5]));
        CHECK(decision.reason() == static_cast<cc::ledger_reason>(whole(line.out[6])));
        CHECK(decision.crossed == small(line.out[7]) && decision.newly_crossed == small(line.out[8]));
    }

    void ledger_reserve(const words &in, const line &line) {
        const auto reserved = ledger_.reserve(whole(in[1]), ledger_config_);
        holds_[in[0]] = reserved->hold;
        is(line, reserved.status(), reserved->decision);
    }

    void ledger_settle(const words &in, const line &line) {
        const auto settled = ledger_.settle(holds_[in[0]], whole(in[1]), ledger_config_);
        is(line, settled.status(), *settled);
    }

    void ledger_release(const words &in, const line &line) {
        const auto released = ledger_.release(holds_[in[0]], ledger_config_);
        is(line, released.status(), *released);
    }

    void ledger_record(const words &in, const line &line) {
        const auto recorded = ledger_.record(whole(in[0]), ledger_config_);
        is(line, recorded.status(), *recorded);
    }

    void ledger_roll(const words &in, const line &line) {
        const auto rolled = ledger_.roll(whole(in[0]), ledger_config_);
        is(line, rolled.status(), *rolled);
    }

    void breaker_config(const words &in, const line &) {
        breaker_config_ = {small(in[0]),  small(in[1]),  small(in[2]),  small(in[3]), small(in[4]),
                           small(in[5]),  small(in[6]),  small(in[7]),  natural(in[8]), whole(in[9]),
                           whole(in[10]), whole(in[11]), whole(in[12])};
    }

    void breaker_init(const words &in, const line &) {
        breaker_ = cc::breaker(whole(in[0]));
        CHECK(breaker_.validate() == cc::status::ok && breaker_.phase() == cc::phase::closed);
    }

    void breaker_acquire(const words &in, const line &line) {
        const auto permit = breaker_.acquire(whole(in[1]), breaker_config_);
        permits_[in[0]] = *permit;
        CHECK(line.is(permit.status()) && permit->generation == natural(line.out[1]));
        CHECK(permit->retry_after == whole(line.out[2]) && permit->deadline == whole(line.out[3]));
        CHECK(permit->phase() == static_cast<cc::phase>(whole(line.out[4])) && permit->allowed == small(line.out[5]));
        CHECK(permit->probe_slot == small(line.out[6]) && permit->clock_regressed == small(line.out[7]));
    }

    void breaker_is(const line &line, cc::status status) {
        CHECK(line.is(status) && breaker_.phase() == static_cast<cc::phase>(whole(line.out[1])));
        CHECK(breaker_.revision() == natural(line.out[2]));
    }

    // What it was stored as must do the same as the breaker itself, in both forms.
    void breaker_report(const words &in, const line &line) {
        const auto how = static_cast<cc::outcome>(whole(in[1]));
        auto decoded = cc::breaker::decode(*breaker_.encode());
        auto stored = cc::breaker(breaker_.state());
        const auto next = stored.report_and_acquire(permits_[in[0]], how, whole(in[2]), whole(in[3]), breaker_config_);
        const auto status = breaker_.report(permits_[in[0]], how, whole(in[2]), whole(in[3]), breaker_config_);
        CHECK(decoded.ok() && status == next.status());
        CHECK(decoded->report(permits_[in[0]], how, whole(in[2]), whole(in[3]), breaker_config_) == status);
        CHECK(decoded->revision() == breaker_.revision() && decoded->phase() == breaker_.phase());
        auto acquired = breaker_;
        if (status == cc::status::ok)
            CHECK(acquired.acquire(whole(in[3]), breaker_config_)->allowed == next->allowed);
        CHECK(stored.revision() == acquired.revision() && stored.phase() == acquired.phase());
        breaker_is(line, status);
    }

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
