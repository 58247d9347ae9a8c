// Replays daily spend against a monthly budget of 3000: what would have been said, and when.
//
//     replay examples/data/daily_spend.csv
#include <cloudcircuit.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace cc = cloudcircuit;

namespace {

constexpr double limit = 3000;
constexpr std::uint32_t places = 6; // amounts are exact, in millionths

struct day {
    std::string date;
    int year, month, dom; // day of the month
    double amount;
};

int days_in_month(int year, int month) {
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 ? 28 + is_leap : 30 + (month + month / 8) % 2;
}

// Seconds since 1970.
std::int64_t time_of(const day &day) {
    std::int64_t days = day.dom - 1;
    for (int year = 1970; year < day.year; year++)
        days += 337 + days_in_month(year, 2);
    for (int month = 1; month < day.month; month++)
        days += days_in_month(day.year, month);
    return 86400 * days;
}

// Judges each day of a group with what was known on that day. value() throws what the library refuses.
void replay(const char *group, const std::vector<day> &days) {
    cc::ledger_config budget;
    budget.limit = cc::money_from_double(limit, places).value();
    budget.thresholds[0] = 900000;
    budget.thresholds[1] = 1000000;
    budget.threshold_count = 2;
    cc::detect_config detection;
    detection.start_time = time_of(days.front());
    detection.min_impact = 5;

    const auto period = [](const day &day) { return 12 * day.year + day.month; };
    cc::ledger ledger(1, period(days.front()), 0);
    auto tracker = cc::spike_tracker::start(detection).value();
    std::vector<double> charges;
    bool was_leak = false;
    for (const day &day : days) {
        const auto now = static_cast<std::int64_t>(charges.size());
        const char *date = day.date.c_str();
        (void)ledger.roll(period(day), now, budget).value();
        const auto spent = ledger.record(cc::money_from_double(day.amount, places).value(), now, budget).value();
        if (spent.newly_crossed != 0)
            std::printf("%s %s spent %.2f, %s\n", date, group, *cc::money_to_double(spent.settled, places),
                        (spent.newly_crossed & 2) != 0 ? "the budget" : "90 % of the budget");
        charges.push_back(std::max(day.amount, 0.0)); // on a day with more credits than charges nothing was spent
        const auto found = tracker.update(charges.back()).value();
        if (found.verdict == CLOUDCIRCUIT_VERDICT_SPIKE)
            std::printf("%s %s spike of %.2f, expected %.2f\n", date, group, found.latest_spend, found.expected_spend);
        if (found.is_leak && !was_leak)
            std::printf("%s %s leak, spend creeps up\n", date, group);
        was_leak = found.is_leak != 0;
    }
    const day &last = days.back();
    const auto passed = std::min(static_cast<std::size_t>(last.dom), charges.size()); // of the month
    const auto left = static_cast<std::size_t>(days_in_month(last.year, last.month) - last.dom);
    const auto before = charges.size() - passed;
    const auto month =
        cc::forecast_budget({charges.data(), before}, {charges.data() + before, passed}, passed + left, limit).value();
    if (month.is_forecast_breached)
        std::printf("%s %s forecast %.2f for the month, above the budget\n", last.date.c_str(), group,
                    month.forecast_spend);
}

} // namespace

int main(int argc, char **argv) {
    try {
        std::ifstream file(argc > 1 ? argv[1] : "");
        std::map<std::string, std::vector<day>> groups;
        std::string line;
        if (!std::getline(file, line)) // the names of the columns
            throw std::runtime_error("no table to read");
        while (std::getline(file, line)) {
            const auto group = line.find(',') + 1, amount = line.find(',', group) + 1;
            const std::string date = line.substr(0, group - 1);
            groups[line.substr(group, amount - group - 1)].push_back(
                {date, std::stoi(date), std::stoi(date.substr(5)), std::stoi(date.substr(8)),
                 std::stod(line.substr(amount))});
        }
        for (const auto &[group, days] : groups)
            replay(group.empty() ? "(none)" : group.c_str(), days);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "replay: %s\n", error.what());
        return 1;
    }
    return 0;
}
