/*
 * What drove a day, or a budget's period up to it: the values of another column that cost most above their
 * own expectation.
 */
#ifndef DRIVERS_H
#define DRIVERS_H

#include "judge.h"

/*
 * Fills in the drivers of the findings that want them. Reads the file a second time, for the groups
 * with findings alone; what came through a pipe was counted along, where asked for.
 */
void find_drivers(struct judgement *judgement, struct bill *bill, const struct budgets *budgets,
                  const struct header *header, const struct options *options, struct notes *notes);

#endif
