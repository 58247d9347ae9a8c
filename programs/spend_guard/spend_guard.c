/*
 * spend_guard: a daily guard over a cloud bill, made of libcloudcircuit's safeguards.
 *
 * It reads charges from a CSV file (rows.h, header.c), adds them up exactly by day and group (bill.h), has
 * each group's days judged by the library (judge.h), asks what drove the days that stood out (drivers.h),
 * and prints that (output.h). Money is never left out in silence: see notes.h.
 */
#include <errno.h>
#include <string.h>

#include "drivers.h"
#include "output.h"

static int judge_bill(struct options *options)
{
    struct answer answer;
    struct header header;
    struct notes notes;
    struct bill bill;
    struct budgets budgets;
    struct judgement judgement;
    struct csv csv;
    int status, i;

    memset(&notes, 0, sizeof notes);
    csv_open(&csv, options->file);
    find_header(&header, &csv, options, &notes);
    for (i = 0; i < REASONS; i++)
        notes.names[i] = header.names[i < DATE_EMPTY ? COST : i == PERIOD_NO_DATE ? PERIOD : i == CURRENCY_EMPTY ? CURRENCY : DATE];
    load_bill(&bill, &csv, &header, options, &notes);
    if (bill.rows_used == 0) {
        print_left_out(&notes, csv.name, 1);
        fail("%s: not one row that can be used", csv.name);
    }
    if (bill.last_day < bill.first_day) {
        print_left_out(&notes, csv.name, 1);
        fail("%s: no day of the bill is over yet", csv.name);
    }
    load_budgets(&budgets, &bill, options);
    judge(&judgement, &bill, &budgets, options);
    if (options->output != OUTPUT_CSV && options->output != OUTPUT_CSV_DAILY)
        find_drivers(&judgement, &bill, &header, options, &notes);
    if (judgement.negative_days > 0)
        remark(&notes, "On %lu day%s a group's credits exceed its charges: the detector and the forecast take 0 for it",
               (unsigned long)judgement.negative_days, judgement.negative_days == 1 ? "" : "s");

    answer.options = options;
    answer.header = &header;
    answer.notes = &notes;
    answer.bill = &bill;
    answer.budgets = &budgets;
    answer.judgement = &judgement;
    print_left_out(&notes, csv.name, options->output >= OUTPUT_CSV);
    if (options->output == OUTPUT_TABLE)
        print_table(&answer);
    else if (options->output == OUTPUT_JSON)
        print_json(&answer);
    else
        print_csv(&answer);
    status = notes.rows_left_out > 0                ? STATUS_LEFT_OUT
             : is_failure(&judgement, options) ? STATUS_FINDING
                                                    : STATUS_FINE;
    free_judgement(&judgement);
    free_budgets(&budgets);
    free_bill(&bill);
    free_header(&header);
    free_notes(&notes);
    csv_close(&csv);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    int status = STATUS_FINE;

    if (read_options(&options, argc, argv))
        status = judge_bill(&options);
    free_options(&options);
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("standard output: %s", strerror(errno));
    return status;
}
