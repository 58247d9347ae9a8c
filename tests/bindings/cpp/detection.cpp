// The detector, the scan, the tracker and the forecast from C++, against numbers worked out by hand.
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "cloudcircuit.hpp"

namespace cc = cloudcircuit;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

#define SAME_FIELD(type, field)                                                          \
    static_assert(offsetof(cc::type, field) == offsetof(cloudcircuit_##type, field) &&   \
                  sizeof(cc::type::field) == sizeof(cloudcircuit_##type::field))
SAME_FIELD(detect_config, season_length);
SAME_FIELD(detect_config, window);
SAME_FIELD(detect_config, lag_points);
SAME_FIELD(detect_config, negative_points);
SAME_FIELD(detect_config, score_threshold);
SAME_FIELD(detect_config, min_impact);
SAME_FIELD(detect_config, min_relative_impact);
SAME_FIELD(detect_config, min_baseline);
SAME_FIELD(detect_config, start_time);
SAME_FIELD(detect_config, step);
SAME_FIELD(forecast_config, season_length);
SAME_FIELD(forecast_config, lag_points);
SAME_FIELD(forecast_config, negative_points);
SAME_FIELD(forecast_config, reserved);
SAME_FIELD(forecast_config, start_time);
SAME_FIELD(forecast_config, step);

bool near(double found, double expected) { return std::fabs(found - expected) < 1e-9; }

std::vector<double> flat_days_and(double latest) {
    std::vector<double> series(28, 100.0);
    series.push_back(latest);
    return series;
}

bool same(const cc::detect_result &a, const cc::detect_result &b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void settings_start_out_as_the_librarys_defaults() {
    cloudcircuit_detect_config detect;
    cloudcircuit_forecast_config forecast;
    CHECK(cloudcircuit_detect_config_init(&detect) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_forecast_config_init(&forecast) == CLOUDCIRCUIT_OK);
    const cc::detect_config ours;
    const cc::forecast_config also_ours;
    CHECK(std::memcmp(&ours, &detect, sizeof ours) == 0);
    CHECK(std::memcmp(&also_ours, &forecast, sizeof also_ours) == 0);
}

// Three of the 28 days have no level before them, so 25 deviations of 0 were seen: one robust deviation is
// the floor of 5 % widened by 1 + 7 / 25, which is 6.4 of 100. The verdict begins at 1.1 times the same weekdays.
void a_runaway_day_is_a_spike() {
    const auto day = cc::detect_spike(flat_days_and(900));
    CHECK(day.ok() && day->verdict == CLOUDCIRCUIT_VERDICT_SPIKE && day->points_used == 25);
    CHECK(day->latest_spend == 900 && day->expected_spend == 100 && day->excess == 800);
    CHECK(near(day->upper_bound, 132.4) && near(day->score, 7.9 / 0.064) && day->is_leak == 0);
    CHECK(cc::detect_spike(flat_days_and(132))->verdict == CLOUDCIRCUIT_VERDICT_NORMAL);

    cc::detect_config config;
    config.min_impact = 801;
    CHECK(cc::detect_spike(flat_days_and(900), config)->reason == CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT);
    CHECK(cc::detect_spike(flat_days_and(missing))->verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA);
}

void columns_are_judged_as_each_series_is() {
    auto spend = flat_days_and(900);
    const auto low = flat_days_and(60);
    spend.insert(spend.end(), low.begin(), low.end());
    spend.push_back(-1);
    const std::vector<std::int64_t> offsets = {0, 29, 58, 59};
    std::vector<std::uint8_t> flags(3);
    std::vector<double> scores(3);
    const auto found = cc::detect_spike_columns(spend, offsets, flags, scores);
    CHECK(found.status() == cc::status::invalid_rows && *found == 1);
    CHECK(flags[0] == CLOUDCIRCUIT_FLAG_SPIKE && flags[1] == CLOUDCIRCUIT_FLAG_DROP);
    CHECK(flags[2] == (CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK | CLOUDCIRCUIT_FLAG_DROP | CLOUDCIRCUIT_FLAG_INVALID));
    CHECK(scores[0] == cc::detect_spike(flat_days_and(900))->score && scores[2] == 0);
    flags.resize(2);
    CHECK(cc::detect_spike_columns(spend, offsets, flags).status() == cc::status::column_size && (flags[0] & 128) != 0);
}

void errors_are_spikes() {
    const auto negative = cc::detect_spike(flat_days_and(-1));
    CHECK(negative.status() == cc::status::detect_point && negative->verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    cc::detect_config config;
    config.score_threshold = 0;
    CHECK(cc::detect_spike(flat_days_and(1), config).status() == cc::status::score_threshold);
    CHECK(cc::spike_tracker::start(config).status() == cc::status::score_threshold);
    cc::spike_tracker none;
    CHECK(none.validate() == cc::status::corrupt_state);
    CHECK(none.update(1).status() == cc::status::corrupt_state);
}

void scan_detect_and_tracker_agree() {
    std::vector<double> series;
    for (int day = 0; day < 120; day++)
        series.push_back(day == 90 ? 900 : day % 31 == 7 ? missing : 100.0 + day % 7 + (day > 100 ? day - 100 : 0));
    std::vector<std::uint8_t> flags(series.size());
    std::vector<double> expected(series.size()), bound(series.size());
    cc::detect_config config;
    config.start_time = 1704067200; // 2024-01-01
    CHECK(cc::scan_spikes(series, flags, expected, bound, config) == cc::status::ok);
    CHECK((flags[90] & CLOUDCIRCUIT_FLAG_SPIKE) != 0 && flags[0] == CLOUDCIRCUIT_FLAG_INSUFFICIENT);

    auto tracker = *cc::spike_tracker::start(config);
    for (std::size_t day = 0; day < series.size(); day++) {
        const auto alone = cc::detect_spike({series.data(), day + 1}, config);
        const auto followed = tracker.update(series[day]);
        CHECK(alone.ok() && followed.ok() && same(*alone, *followed));
        CHECK(alone->expected_spend == expected[day] && alone->upper_bound == bound[day]);
        CHECK(((flags[day] & CLOUDCIRCUIT_FLAG_SPIKE) != 0) == (alone->verdict == CLOUDCIRCUIT_VERDICT_SPIKE));
        CHECK(((flags[day] & CLOUDCIRCUIT_FLAG_LEAK) != 0) == (alone->is_leak == 1));
        CHECK(((flags[day] & CLOUDCIRCUIT_FLAG_DROP) != 0) == (alone->is_drop == 1));
    }
    CHECK(tracker.revision() == series.size() && tracker.validate() == cc::status::ok);

    auto bytes = tracker.encode();
    auto restored = *cc::spike_tracker::decode(*bytes);
    CHECK(same(*restored.update(500), *tracker.update(500)));
    CHECK(cc::spike_tracker(tracker.state()).revision() == series.size() + 1);
    (*bytes)[100] ^= 1;
    CHECK(cc::spike_tracker::decode(*bytes).status() == cc::status::corrupt_state);
}

void columns_of_other_sizes_are_refused() {
    const std::vector<double> series(30, 1.0);
    std::vector<std::uint8_t> flags(29);
    std::vector<double> numbers(29);
    const std::uint8_t refused =
        CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK | CLOUDCIRCUIT_FLAG_DROP | CLOUDCIRCUIT_FLAG_INVALID;
    CHECK(cc::scan_spikes(series, flags) == cc::status::column_size && flags[28] == refused);
    flags.assign(30, 0);
    CHECK(cc::scan_spikes(series, flags, numbers) == cc::status::column_size && flags[29] == refused);
    flags.assign(30, 0);
    CHECK(cc::scan_spikes(series, flags, {}, numbers) == cc::status::column_size && flags[29] == refused);
    CHECK(cc::scan_spikes(series, flags) == cc::status::ok);
}

// 10 a day is 300 in 30 days; the running total reaches 200 with the twentieth of them.
void a_constant_spend_is_forecast() {
    const std::vector<double> history(56, 10.0), period(15, 10.0);
    const auto month = cc::forecast_budget(history, period, 30, 200);
    CHECK(month.ok() && month->verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    CHECK(month->spend_to_date == 150 && near(month->forecast_spend, 300) && near(month->forecast_ratio, 1.5));
    CHECK(near(month->burn_rate, 1.5) && month->exhaustion_point == 19 && month->is_forecast_breached == 1);
    const auto enough = cc::forecast_budget(history, period, 30, 301);
    CHECK(enough->exhaustion_point == -1 && enough->is_forecast_breached == 0);

    cc::forecast_config config;
    config.season_length = 0;
    const auto refused = cc::forecast_budget(history, period, 30, 200, config);
    CHECK(refused.status() == cc::status::forecast_season_length && refused->is_forecast_breached == 1);
    CHECK(cc::forecast_budget({}, period, 30, 200).ok());
}

// 100 a day and 3,000 more on each month's last: January to March 2023, and the first ten days of April. The tenth is
// a fifth of a day so far, and a credit came on the ninth.
void a_calendar_a_late_day_and_a_credit() {
    std::vector<double> history(90, 100.0), period(10, 100.0);
    for (const int last : {30, 58, 89})
        history[static_cast<std::size_t>(last)] += 3000;
    cc::forecast_config config;
    config.start_time = 1672531200;
    CHECK(near(cc::forecast_budget(history, period, 30, 7000, config)->forecast_spend, 6000));
    period[9] = 20;
    config.lag_points = 1;
    const auto late = cc::forecast_budget(history, period, 30, 7000, config);
    CHECK(late->spend_to_date == 920 && near(late->forecast_spend, 6000));
    period[8] = -50;
    CHECK(cc::forecast_budget(history, period, 30, 7000, config).status() == cc::status::period_spend);
    config.negative_points = cc::negative_points::missing;
    CHECK(near(cc::forecast_budget(history, period, 30, 7000, config)->forecast_spend, 5900));
    config.negative_points = cc::negative_points::zero;
    CHECK(cc::forecast_budget(history, period, 30, 7000, config)->spend_to_date == 820);
    config.negative_points = static_cast<cc::negative_points>(3);
    CHECK(cc::forecast_budget(history, period, 30, 7000, config).status() == cc::status::negative_points);
    config.negative_points = cc::negative_points::error;
    config.lag_points = 481;
    CHECK(cc::forecast_budget(history, period, 30, 7000, config).status() == cc::status::lag_points);
}

void records_are_the_librarys() {
    const auto day = cc::to_json(cc::detect_spike(flat_days_and(900)));
    CHECK(day.ok() && day->find(R"("latest_spend":900.0,"expected_spend":100.0)") != std::string::npos);
    CHECK(day->find(R"("verdict":"spike","reason":"one_point")") != std::string::npos);
    const std::vector<double> period(15, 10.0);
    const cc::forecast_config config{1};
    const auto month = cc::to_json(cc::forecast_budget({}, period, 30, 200, config), config);
    CHECK(month.ok() && month->find(R"("spend_to_date":150.0,)") != std::string::npos);
    CHECK(month->find(R"("config":{"season_length":1,"lag_points":0,"negative_points":"error","start_time":)") != std::string::npos);
}

void a_guard_takes_both() {
    const std::vector<double> period(15, 10.0);
    cc::guard_policy policy;
    policy.required = cc::signal_kind::spike | cc::signal_kind::forecast;
    const auto guard = cc::evaluate_guard(policy, cc::detect_spike(flat_days_and(900)),
                                          cc::forecast_budget({}, period, 30, 200));
    CHECK(guard.ok() && guard->has(cc::reason::spike) && guard->action() == cc::action::throttle);
    const auto early = cc::evaluate_guard(policy, cc::detect_spike(flat_days_and(missing)));
    CHECK(early->reasons() == (cc::reason::insufficient | cc::reason::missing));
}

} // namespace

int main() {
    settings_start_out_as_the_librarys_defaults();
    a_runaway_day_is_a_spike();
    columns_are_judged_as_each_series_is();
    errors_are_spikes();
    scan_detect_and_tracker_agree();
    columns_of_other_sizes_are_refused();
    a_constant_spend_is_forecast();
    a_calendar_a_late_day_and_a_credit();
    records_are_the_librarys();
    a_guard_takes_both();
    return report(500);
}
