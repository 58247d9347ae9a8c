// May tonight's batch job run?
#include <cloudcircuit.hpp>

#include <cstdio>
#include <vector>

namespace cc = cloudcircuit;

int main() {
    const std::vector<double> daily_spend{102.0, 98.5, 110.2, 95.0, 104.3, 310.9}; // latest last

    const auto budget = cc::check_budget(920.9, 1000.0);
    const auto spike = cc::check_anomaly_spike(daily_spend);
    const auto breaker = cc::evaluate_circuit_breaker({1}); // 1 failure so far
    const auto guard = cc::evaluate_guard(budget, spike, breaker);

    std::printf("budget:  %.1f %% used, %.2f left\n", 100 * budget->usage_ratio, budget->remaining_budget);
    std::printf("spike:   %.2f against a threshold of %.2f\n", spike->latest_spend, spike->threshold);
    std::printf("record:  %s\n", cc::to_json(guard)->c_str());
    if (!guard.ok())
        std::printf("refused: %s\n", guard.message());

    return guard->action() == cc::action::block;
}
