#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

static void print_string(struct text text)
{
    putchar('"');
    while (text.length > 0) {
        const unsigned char *at = (const unsigned char *)text.at;
        size_t length = utf8_length(at, text.length);

        if (length == 0)
            fputs("\\ufffd", stdout);
        else if (*at < 0x20)
            printf("\\u%04x", *at);
        else {
            if (*at == '"' || *at == '\\')
                putchar('\\');
            fwrite(at, 1, length, stdout);
        }
        text.at += length ? length : 1;
        text.length -= length ? length : 1;
    }
    putchar('"');
}

static void print_member(const char *key, struct text text)
{
    printf(",\"%s\":", key);
    print_string(text);
}

static void print_amount(const char *key, struct amount amount)
{
    char text[AMOUNT_TEXT];

    printf(",\"%s\":\"%s\"", key, amount_text(text, amount));
}

static void print_day(const char *key, int32_t day)
{
    char text[DAY_TEXT];

    printf(",\"%s\":\"%s\"", key, day_text(text, day));
}

/* As the library's records write it: the fewest digits that read back to the same bits, and a point. */
static void print_number(const char *key, double number)
{
    char text[64];
    int digits = 14, exponent, places; /* digits behind the first one */

    do
        snprintf(text, sizeof text, "%.*e", digits, number);
    while (strtod(text, NULL) != number && ++digits < 17);
    /* Fewer digits that read back as well differ by zeros at the end alone. */
    while (digits > 0 && text[strcspn(text, "e") - 1] == '0') {
        char *zero = strchr(text, 'e') - 1;

        memmove(zero, zero + 1, strlen(zero));
        digits--;
    }
    if (digits == 0)
        snprintf(text, sizeof text, "%.0e", number);
    exponent = atoi(strchr(text, 'e') + 1);
    places = digits - exponent;
    if (exponent >= -5 && exponent < 16)
        snprintf(text, sizeof text, "%.*f", places > 0 ? places : 0, number);
    printf(",\"%s\":%s%s", key, text, strpbrk(text, ".e") == NULL ? ".0" : "");
}

static void print_group(const struct answer *answer, size_t group)
{
    if (answer->options->is_whole)
        print_member("group", text_of("whole bill"));
    else if (answer->bill->groups[group].name.length == 0)
        fputs(",\"group\":null", stdout);
    else
        print_member("group", answer->bill->groups[group].name);
}

static void print_first(const struct notes *notes)
{
    char text[REASON_TEXT];
    size_t i;

    for (i = 0; i < REASONS; i++) {
        if (notes->left_out[i].rows == 0)
            continue;
        printf("{\"kind\":\"left_out\",\"rows\":%" PRIu64 ",\"first_line\":%" PRIu64, notes->left_out[i].rows,
               notes->left_out[i].first_line);
        print_member("message", text_of(reason_text(text, notes, (enum reason)i)));
        puts("}");
    }
    for (i = 0; i < notes->remark_count; i++) {
        fputs("{\"kind\":\"note\"", stdout);
        print_member("message", text_of(notes->remarks[i]));
        puts("}");
    }
}

static void print_forecast(const struct standing *standing, const struct budget *budget, int32_t base)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_forecast_config config = forecast_config(base);

    if (!standing->has_forecast) {
        fputs(",\"forecast\":null", stdout);
    } else if (budget != NULL) {
        check(cloudcircuit_write_forecast_result_json(CLOUDCIRCUIT_OK, &config, &standing->forecast, record,
                                                      sizeof record, NULL));
        printf(",\"forecast\":%s", record);
    } else {
        /* The library's record would speak of a budget. */
        fputs(",\"forecast\":{\"kind\":\"forecast\"", stdout);
        print_number("spend_to_date", standing->forecast.spend_to_date);
        print_number("forecast_spend", standing->forecast.forecast_spend);
        print_number("lower_bound", standing->forecast.lower_bound);
        print_number("upper_bound", standing->forecast.upper_bound);
        putchar('}');
    }
    print_number("uncounted_credits", standing->uncounted);
}

static void print_groups(const struct answer *answer)
{
    const struct bill *bill = answer->bill;
    uint32_t *order = groups_by_money(bill);
    size_t i;

    for (i = 0; i < bill->group_count; i++) {
        const struct group *group = &bill->groups[order[i]];
        const struct standing *standing = &answer->judgement->standings[order[i]];
        const struct budget *budget = budget_of(answer->budgets, order[i]);

        fputs("{\"kind\":\"group\"", stdout);
        print_group(answer, order[i]);
        print_day("first_day", group->cells[0].day);
        print_amount("charges", group->charges);
        print_amount("credits", group->credits);
        print_amount("billed", group->billed);
        print_amount("to_date", standing->to_date);
        if (budget != NULL) {
            print_amount("limit", budget->limit);
            print_member("period", text_of(period_name(budget->period)));
        }
        printf(",\"findings\":%lu", (unsigned long)standing->findings);
        print_forecast(standing, budget, group->cells[0].day);
        puts("}");
    }
    free(order);
}

static void print_reasons(uint32_t reasons)
{
    const char *comma = "";
    uint32_t reason;

    fputs(",\"reasons\":[", stdout);
    for (reason = 1; reason != 0 && reason <= reasons; reason <<= 1) {
        if (reasons & reason) {
            printf("%s\"%s\"", comma, cloudcircuit_reason_name(reason));
            comma = ",";
        }
    }
    putchar(']');
}

static void print_drivers(const struct finding *finding)
{
    size_t i;

    fputs(",\"drivers\":[", stdout);
    for (i = 0; i < finding->driver_count; i++) {
        const struct driver *driver = &finding->drivers[i];

        fputs(i == 0 ? "{\"value\":" : ",{\"value\":", stdout);
        print_string(driver->value);
        print_amount("billed", driver->billed);
        print_number("expected", driver->expected);
        print_number("excess", driver->excess);
        putchar('}');
    }
    putchar(']');
}

static void print_finding(const struct answer *answer, const struct finding *finding)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    const struct budget *budget = budget_of(answer->budgets, finding->group);
    cloudcircuit_guard_policy policy;
    int32_t start = answer->bill->groups[finding->group].cells[0].day;

    fputs("{\"kind\":\"day\"", stdout);
    print_day("day", finding->day);
    print_group(answer, finding->group);
    print_amount("charges", finding->charges);
    print_amount("credits", finding->credits);
    print_amount("billed", billed_on(finding));
    print_amount("to_date", finding->to_date);
    print_member("action", text_of(cloudcircuit_action_name(finding->guard.action)));
    print_reasons(finding->reasons);
    print_drivers(finding);
    if (finding->has_detect) {
        cloudcircuit_detect_config config = detect_config(start);

        check(cloudcircuit_write_detect_result_json(CLOUDCIRCUIT_OK, &config, &finding->rule.detect, record,
                                                    sizeof record, NULL));
        printf(",\"detect\":%s", record);
    }
    if (finding->has_mean) {
        check(cloudcircuit_write_spike_result_json(CLOUDCIRCUIT_OK, NULL, &finding->rule.mean, record, sizeof record,
                                                   NULL));
        printf(",\"spike\":%s", record);
    }
    if (finding->has_budget) {
        cloudcircuit_budget_config config;
        cloudcircuit_budget_result result;

        check_budget(finding, budget, &config, &result);
        check(cloudcircuit_write_budget_result_json(CLOUDCIRCUIT_OK, &config, &result, record,
                                                    sizeof record, NULL));
        printf(",\"budget\":%s", record);
    }
    if (finding->has_forecast)
        print_forecast(&answer->judgement->standings[finding->group], budget, start);
    policy = policy_of(finding->guard.kinds);
    check(cloudcircuit_write_guard_decision_json(CLOUDCIRCUIT_OK, &policy, &finding->guard, record,
                                                 sizeof record, NULL));
    printf(",\"guard\":%s}\n", record);
}

static void print_summary(const struct answer *answer)
{
    const struct bill *bill = answer->bill;

    fputs("{\"kind\":\"summary\"", stdout);
    if (*bill->currency == '\0')
        fputs(",\"currency\":null", stdout);
    else
        print_member("currency", text_of(bill->currency));
    printf(",\"rows_read\":%" PRIu64 ",\"rows_used\":%" PRIu64 ",\"rows_left_out\":%" PRIu64 ",\"groups\":%lu",
           bill->rows_read, bill->rows_used, answer->notes->rows_left_out, (unsigned long)bill->group_count);
    print_day("first_day", bill->first_day);
    print_day("last_day", bill->last_day);
    print_amount("charges", bill->charges);
    print_amount("credits", bill->credits);
    print_amount("billed", bill->billed);
    puts("}");
}

void print_json(const struct answer *answer)
{
    const struct bill *bill = answer->bill;
    size_t i;

    print_first(answer->notes);
    for (i = 0; i < bill->month_count; i++) {
        printf("{\"kind\":\"month\",\"month\":\"%04d-%02d\"", (int)bill->months[i].month / 12,
               (int)bill->months[i].month % 12 + 1);
        print_amount("billed", bill->months[i].billed);
        puts("}");
    }
    for (i = 0; i < answer->judgement->count; i++)
        print_finding(answer, &answer->judgement->findings[i]);
    print_groups(answer);
    print_summary(answer);
}
