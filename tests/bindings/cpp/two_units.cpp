// Two translation units that both include the header, this one with exceptions, the other without.
#include "check.hpp"
#include "cloudcircuit.hpp"

cloudcircuit::result<cloudcircuit::budget_result> check_elsewhere(double current_spend, double budget_limit);
const char *message_elsewhere(cloudcircuit::status status);

int main() {
    CHECK(check_elsewhere(50, 100).value().usage_ratio == 0.5);
    CHECK(check_elsewhere(50, -1)->is_breached);
    const auto refused = cloudcircuit::check_budget(50, -1);
    CHECK(refused.message() == message_elsewhere(refused.status()));
    return report(3);
}
