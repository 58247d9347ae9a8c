// The other unit of two_units.cpp.
#include "cloudcircuit.hpp"
#include "cloudcircuit.hpp"

cloudcircuit::result<cloudcircuit::budget_result> check_elsewhere(double current_spend, double budget_limit);
const char *message_elsewhere(cloudcircuit::status status);

cloudcircuit::result<cloudcircuit::budget_result> check_elsewhere(double current_spend, double budget_limit) {
    return cloudcircuit::check_budget(current_spend, budget_limit);
}

const char *message_elsewhere(cloudcircuit::status status) { return cloudcircuit::message(status); }
