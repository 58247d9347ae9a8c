/* Will this month's budget hold? It is the eleventh of April, twenty days lie ahead, and today's bill is not full yet. */
#include <cloudcircuit.h>
#include <stdio.h>

int main(void)
{
    /* January to March 2024, with a support fee on the last day of each month. */
    double history[91], april[11];
    for (int day = 0; day < 91; day++)
        history[day] = day % 7 >= 5 ? 60.0 : 100.0;
    history[30] += 500.0;
    history[59] += 500.0;
    history[90] += 500.0;
    for (int day = 0; day < 10; day++)
        april[day] = (91 + day) % 7 >= 5 ? 66.0 : 110.0;
    april[10] = 12.0;

    cloudcircuit_forecast_config config;
    cloudcircuit_forecast_config_init(&config);
    config.start_time = 1704067200; /* 2024-01-01, of history[0] */
    config.lag_points = 1;          /* today */

    cloudcircuit_forecast_result forecast;
    cloudcircuit_forecast_budget(history, 91, april, 11, 30, 3400.0, &config, &forecast);
    printf("spent so far: %.0f\n", forecast.spend_to_date);
    printf("at the month's end: %.0f, with 80 %% probability %.0f to %.0f\n", forecast.forecast_spend,
           forecast.lower_bound, forecast.upper_bound);
    printf("budget of 3400: %s\n", forecast.is_forecast_breached ? "will not hold" : "will hold");
    return 0;
}

/* Prints:
spent so far: 1024
at the month's end: 3415, with 80 % probability 3337 to 3545
budget of 3400: will not hold
*/
