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

/* Which column a reason to leave a row out is about. */
static void name_reasons(struct notes *notes, const struct header *header)
{
    int i;

    for (i = 0; i < REASONS; i++)
        notes->names[i] = header->names[DATE];
    for (i = 0; i < DATE_EMPTY; i++)
        notes->names[i] = header->names[COST];
    notes->names[PERIOD_NO_DATE] = header->names[PERIOD];
    notes->names[CURRENCY_EMPTY] = header->names[CURRENCY];
}

static void refuse_an_empty_bill(const struct bill *bill, const struct notes *notes, const char *name)
{
    if (bill->rows_used > 0 && bill->first_day <= bill->last_day)
        return;
    print_left_out(notes, name, 1);
    fail("%s: %s", name, bill->rows_used == 0 ? "not one row that can be used" : "no day of the bill is over yet");
}

/* The table explains the days that it shows, other outputs each day that is about what was spent. */
static void choose_explained_days(struct judgement *judgement, const struct runs *runs, const struct options *options)
{
    const uint32_t spend = CLOUDCIRCUIT_REASON_SPIKE | CLOUDCIRCUIT_REASON_LEAK | CLOUDCIRCUIT_REASON_BREACH |
                           CLOUDCIRCUIT_REASON_FORECAST;
    size_t i;

    if (options->output == OUTPUT_TABLE) {
        for (i = 0; i < runs->count && i < options->top; i++)
            judgement->findings[explained_day(&runs->runs[i]) - judgement->findings].wants_drivers = 1;
    } else if (options->output == OUTPUT_JSON || options->output == OUTPUT_CSV_FINDINGS) {
        for (i = 0; i < judgement->count; i++)
            judgement->findings[i].wants_drivers = (judgement->findings[i].reasons & spend) != 0;
    }
}

static void print_answer(const struct answer *answer, const char *name)
{
    enum output output = answer->options->output;

    print_left_out(answer->notes, name, output != OUTPUT_TABLE && output != OUTPUT_JSON);
    if (output == OUTPUT_TABLE)
        print_table(answer);
    else if (output == OUTPUT_JSON)
        print_json(answer);
    else
        print_csv(answer);
}

/* Everything that follows from a bill that was read; returns the exit status. */
static int judge_bill(struct bill *bill, const struct header *header, const struct options *options,
                      struct notes *notes, const char *name)
{
    struct judgement judgement;
    struct budgets budgets;
    struct answer answer;
    struct runs runs;
    int status;

    load_budgets(&budgets, bill, options);
    judge(&judgement, bill, &budgets, options);
    find_runs(&runs, &judgement, &budgets);
    choose_explained_days(&judgement, &runs, options);
    find_drivers(&judgement, bill, &budgets, header, options, notes);
    if (judgement.negative_days > 0)
        remark(notes, "On %lu day%s a group's credits exceed its charges: the detector and the forecast take 0 for it",
               (unsigned long)judgement.negative_days, judgement.negative_days == 1 ? "" : "s");
    answer.options = options;
    answer.header = header;
    answer.notes = notes;
    answer.bill = bill;
    answer.budgets = &budgets;
    answer.judgement = &judgement;
    answer.runs = &runs;
    print_answer(&answer, name);
    status = notes->rows_left_out > 0               ? STATUS_LEFT_OUT
             : is_failure(&judgement, options) ? STATUS_FINDING
                                                    : STATUS_FINE;
    free_runs(&runs);
    free_judgement(&judgement);
    free_budgets(&budgets);
    return status;
}

static int guard(const struct options *options)
{
    struct header header;
    struct notes notes;
    struct bill bill;
    struct csv csv;
    int status;

    memset(&notes, 0, sizeof notes);
    csv_open(&csv, options->file);
    find_header(&header, &csv, options, &notes);
    name_reasons(&notes, &header);
    load_bill(&bill, &csv, &header, options, &notes);
    refuse_an_empty_bill(&bill, &notes, csv.name);
    status = judge_bill(&bill, &header, options, &notes, csv.name);
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
        status = guard(&options);
    free_options(&options);
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("standard output: %s", strerror(errno));
    return status;
}
