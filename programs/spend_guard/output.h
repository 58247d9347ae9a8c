/*
 * What is printed. Each form says first which rows were left out: the table and JSON on standard output,
 * and all of them in at most 20 lines on standard error.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "runs.h"

/* Everything there is to say. */
struct answer {
    const struct options *options;
    const struct header *header;
    const struct notes *notes;
    const struct bill *bill;
    const struct budgets *budgets;
    const struct judgement *judgement;
    const struct runs *runs; /* for the table */
};

void print_left_out(const struct notes *notes, const char *name, int with_remarks);
void print_table(const struct answer *answer);
void print_json(const struct answer *answer);
void print_csv(const struct answer *answer);

/* "whole bill", "(none)" or the name. */
struct text shown_group(const struct answer *answer, size_t group);

/* The groups' numbers from the one with the most money on. */
uint32_t *groups_by_money(const struct bill *bill);

/* One reason bit in people's words, and what the guard's policy asks for. */
int32_t action_for(const cloudcircuit_guard_policy *policy, uint32_t reason);

#endif
