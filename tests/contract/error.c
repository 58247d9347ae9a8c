/* Names and messages of every status, and of what is none. */
#include "check.h"
#include <cloudcircuit.h>

static void statuses(void)
{
    int32_t known = 0, status;
    for (status = -10; status < 2000; status++) {
        const char *name = cloudcircuit_status_name(status);
        const char *message = cloudcircuit_status_message(status);
        CHECK(name && *name && message && *message);
        known += strncmp(name, "CLOUDCIRCUIT_", 13) == 0;
    }
    CHECK(known == 116);
    CHECK(strcmp(cloudcircuit_status_name(CLOUDCIRCUIT_OK), "CLOUDCIRCUIT_OK") == 0);
    CHECK(strcmp(cloudcircuit_status_message(CLOUDCIRCUIT_OK), "success") == 0);
    CHECK(strcmp(cloudcircuit_status_message(CLOUDCIRCUIT_ERR_BUDGET_LIMIT),
                 "budget_limit must be finite and > 0") == 0);
    CHECK(strcmp(cloudcircuit_status_name(INT32_MAX), "unknown status") == 0);
}

int main(void)
{
    statuses();
    return report();
}
