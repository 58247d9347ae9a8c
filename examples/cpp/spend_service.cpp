// What a service that guards spend would have said on every day of a bill: spend_service BILL LIMIT FLOOR
//
// Each account has a budget of LIMIT a calendar month. A day whose charges are above 1.5 times the mean
// of the days before it, taken as FLOOR at least, is a spike. A breach or a spike counts as a failure of
// the account; three days in a row open its breaker. It prints the days with a finding, then totals. It
// decides as programs/spend_guard/spend_guard.c does with --limit and --floor.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "bill.hpp"

namespace cc = cloudcircuit;

namespace {

// What was found on one day, and what to do about it.
struct verdict {
    cc::budget_result budget;
    bool is_spike;
    cc::guard_decision guard;
};

// One account as the service knows it: nothing but values, so it can be copied, stored and replayed.
class account {
  public:
    account(double limit, double floor) : limit_(limit) { spikes_.min_baseline = floor; }

    // The next day. value() throws what the library has to say against an amount or a setting.
    verdict decide(ymd date, day_bill billed) {
        if (date.day == 1)
            month_ = 0;
        month_ += billed.charges + billed.credits;
        charges_.push_back(cc::money_to_double(billed.charges, micros).value());

        const auto breaker = cc::evaluate_circuit_breaker(counters_);
        const auto spent = cc::money_to_double(std::max<std::int64_t>(month_, 0), micros).value();
        const auto budget = cc::check_budget(spent, limit_);
        verdict found{budget.value(), false, {}};
        if (charges_.size() < 2) {
            // The first day has nothing to compare with.
            cc::guard_policy policy;
            policy.required = cc::signal_kind::budget | cc::signal_kind::breaker;
            found.guard = cc::evaluate_guard(policy, budget, breaker).value();
        } else {
            const auto spike = cc::check_anomaly_spike(charges_, spikes_);
            found.is_spike = spike.value().is_spike;
            found.guard = cc::evaluate_guard(budget, spike, breaker).value();
        }
        counters_.consecutive_failures =
            budget->is_breached || found.is_spike ? counters_.consecutive_failures + 1 : 0;
        return found;
    }

    double latest() const { return charges_.back(); }

  private:
    double limit_;
    cc::spike_config spikes_;
    cc::breaker_counters counters_;
    std::int64_t month_ = 0;      // billed so far
    std::vector<double> charges_; // a day each
};

std::string words(cc::reason reasons) {
    std::string text;
    for (std::uint32_t bit = 1; bit != 0; bit <<= 1) {
        const auto reason = static_cast<cc::reason>(bit);
        if (has(reasons, reason))
            text += (text.empty() ? "" : ",") + std::string(cc::name(reason));
    }
    return text;
}

struct total {
    long days = 0;
    std::int64_t charges = 0;
};

void replay(const bill &bill, double limit, double floor) {
    std::array<total, 4> totals{};
    for (const auto &[name, days] : bill.accounts) {
        account guarded(limit, floor);
        for (long day = bill.first_day; day <= bill.last_day; day++) {
            const auto at = days.find(day);
            const auto billed = at == days.end() ? day_bill{} : at->second;
            const auto date = date_of(day);
            const auto verdict = guarded.decide(date, billed);

            const auto action = static_cast<std::size_t>(verdict.guard.action());
            totals[action].days++;
            totals[action].charges += billed.charges;
            if (verdict.guard.reasons() != cc::reason::none)
                std::printf("%04d-%02d-%02d %s %.2f %.1f%% %s %s\n", date.year, date.month, date.day, name.c_str(),
                            guarded.latest(), 100 * verdict.budget.usage_ratio, cc::name(verdict.guard.action()),
                            words(verdict.guard.reasons()).c_str());
        }
    }
    for (std::size_t action = 0; action < totals.size(); action++)
        std::printf("%s: %ld days with charges of %.2f\n", cc::name(static_cast<cc::action>(action)), totals[action].days,
                    *cc::money_to_double(totals[action].charges, micros));
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 4) {
        std::fputs("usage: spend_service BILL LIMIT FLOOR\n", stderr);
        return 2;
    }
    try {
        std::ifstream file(argv[1], std::ios::binary);
        if (!file)
            throw std::runtime_error(std::string(argv[1]) + " cannot be read");
        replay(read_bill(file), parse<double>(argv[2], "LIMIT"), parse<double>(argv[3], "FLOOR"));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "spend_service: %s\n", error.what());
        return 1;
    }
    return 0;
}
