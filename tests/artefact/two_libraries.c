/* This library and another one written in Rust in one static host. */
#include "../contract/check.h"
#include <cloudcircuit.h>

int32_t second_library_sum(int32_t first, int32_t last);

int main(void)
{
    cloudcircuit_budget_result result;
    CHECK(cloudcircuit_check_budget(5, 10, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.usage_ratio == 0.5);
    CHECK(second_library_sum(1, 10) == 55);
    return report();
}
