/* Will this month's budget hold? Ten days are over, twenty lie ahead. */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    double last_month[28], this_month[10];
    for (int day = 0; day < 28; day++)
        last_month[day] = day % 7 >= 5 ? 60.0 : 100.0;
    for (int day = 0; day < 10; day++)
        this_month[day] = day % 7 >= 5 ? 66.0 : 110.0;

    cloudcircuit_forecast_result forecast;
    cloudcircuit_forecast_budget(last_month, 28, this_month, 10, 30, 2600.0, NULL, &forecast);
    printf("spent so far: %.0f\n", forecast.spend_to_date);
    printf("at the month's end: %.0f, with 80 %% probability %.0f to %.0f\n", forecast.forecast_spend,
           forecast.lower_bound, forecast.upper_bound);
    printf("budget of 2600: %s\n", forecast.is_forecast_breached ? "will not hold" : "will hold");
    return 0;
}

/* Prints:
spent so far: 1012
at the month's end: 2960, with 80 % probability 2723 to 3298
budget of 2600: will not hold
*/
