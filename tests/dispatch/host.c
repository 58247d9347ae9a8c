/* One call of each kind that asks the CPU which instructions it has, over so many points and rows:
 *
 *     host POINTS ROWS
 *
 * tests/dispatch.rs sees in an emulator which code they run. */
#include "../contract/check.h"
#include <cloudcircuit.h>

/* The sum of so many tenths is far from exact in doubles, and their mean is a tenth. */
static void spike(size_t points)
{
    double *series = malloc(points * sizeof *series);
    cloudcircuit_spike_result result;
    size_t i;
    if (series == NULL)
        abort();
    for (i = 0; i < points; i++)
        series[i] = 0.1;
    series[points - 1] = 0.25;
    CHECK(cloudcircuit_check_anomaly_spike(series, points, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.baseline_mean == 0.1);
    CHECK(result.is_spike == 1);
    series[points / 2] = -1;
    CHECK(cloudcircuit_check_anomaly_spike(series, points, NULL, &result) ==
          CLOUDCIRCUIT_ERR_SPEND_SERIES);
    free(series);
}

/* Usages of 0 to 101 percent. */
static unsigned flags_of(size_t row)
{
    unsigned breached = row % 102 >= 100 ? CLOUDCIRCUIT_FLAG_BREACHED : 0;
    return row % 102 >= 90 ? breached | CLOUDCIRCUIT_FLAG_WARNING : 0;
}

static void budgets(size_t rows)
{
    double *spend = malloc(rows * sizeof *spend), *limit = malloc(rows * sizeof *limit);
    int64_t *cents = malloc(rows * sizeof *cents), *cents_limit = malloc(rows * sizeof *cents_limit);
    uint8_t *flags = malloc(rows);
    size_t row, invalid = 1;
    if (spend == NULL || limit == NULL || cents == NULL || cents_limit == NULL || flags == NULL)
        abort();
    for (row = 0; row < rows; row++) {
        spend[row] = (double)(row % 102);
        cents[row] = (int64_t)(row % 102);
        limit[row] = 100;
        cents_limit[row] = 100;
    }
    CHECK(cloudcircuit_check_budget_columns(spend, limit, rows, NULL, flags, NULL, &invalid) ==
          CLOUDCIRCUIT_OK);
    CHECK(invalid == 0);
    for (row = 0; row < rows && flags[row] == flags_of(row); row++) {
    }
    CHECK(row == rows);
    memset(flags, 0xA5, rows);
    CHECK(cloudcircuit_check_budget_columns_i64(cents, cents_limit, rows, NULL, flags, NULL,
                                                &invalid) == CLOUDCIRCUIT_OK);
    CHECK(invalid == 0);
    for (row = 0; row < rows && flags[row] == flags_of(row); row++) {
    }
    CHECK(row == rows);
    free(spend);
    free(limit);
    free(cents);
    free(cents_limit);
    free(flags);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    spike(strtoul(argv[1], NULL, 10));
    budgets(strtoul(argv[2], NULL, 10));
    return report();
}
