/* A host of an installed library, which pkg-config or CMake has to find. */
#include <cloudcircuit.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    cloudcircuit_budget_result budget;
    cloudcircuit_status status = cloudcircuit_check_budget(920.0, 1000.0, NULL, &budget);

    printf("%s %u\n", cloudcircuit_version(), (unsigned)cloudcircuit_abi_version());
    if (strcmp(cloudcircuit_version(), CLOUDCIRCUIT_VERSION) != 0
        || cloudcircuit_abi_version() != CLOUDCIRCUIT_ABI_VERSION)
        return 1;
    return !(status == CLOUDCIRCUIT_OK && budget.is_warning == 1 && budget.is_breached == 0);
}
