/* Four budgets in one call. A bad row does not spoil the others. */
#include <cloudcircuit.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    const double spend[] = {40.0, 95.0, 120.0, NAN};
    const double limit[] = {100.0, 100.0, 100.0, 100.0};
    uint8_t flags[4];
    double usage[4];
    size_t invalid;

    cloudcircuit_status status =
        cloudcircuit_check_budget_columns(spend, limit, 4, NULL, flags, usage, &invalid);
    for (int row = 0; row < 4; row++) {
        if (flags[row] & CLOUDCIRCUIT_FLAG_INVALID)
            printf("row %d: invalid\n", row);
        else
            printf("row %d: %3.0f %%%s%s\n", row, 100 * usage[row],
                   flags[row] & CLOUDCIRCUIT_FLAG_WARNING ? ", warning" : "",
                   flags[row] & CLOUDCIRCUIT_FLAG_BREACHED ? ", breached" : "");
    }
    printf("%zu invalid: %s\n", invalid, cloudcircuit_status_message(status));
    return 0;
}

/* Prints:
row 0:  40 %
row 1:  95 %, warning
row 2: 120 %, warning, breached
row 3: invalid
1 invalid: every row must be valid: invalid rows are refused, the others decided
*/
