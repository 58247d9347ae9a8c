#include <stdlib.h>
#include <string.h>

#include "output.h"

void print_table(const struct answer *answer)
{
    printf("%s\n", answer->bill->currency);
}
