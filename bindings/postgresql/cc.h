/* What the files of the extension share: composite types, states, amounts. */
#ifndef CC_H
#define CC_H

#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "utils/numeric.h"

#include <cloudcircuit.h>

/* Where a column of a composite type lies in its struct. */
typedef struct cc_field {
    const char *name;
    char kind;          /* d double, i int32, u uint32, l int64, q uint64, n uint64 as numeric, b flag, a array */
    uint32 offset;
    uint32 places;      /* of an array */
    uint32 count_offset; /* where an array's count is */
} cc_field;

typedef struct cc_layout {
    const char *name;
    int columns;
    const cc_field *fields;
} cc_layout;

/* The error of a status: the library's sentence, with SQLSTATE LC and the status's number. */
void cc_check(cloudcircuit_status status);

/* Writes a row's columns over the defaults in a struct. A NULL column leaves its default. */
void cc_read_row(Datum row, const cc_layout *layout, void *into);

/* Reads an argument that is a row; a NULL argument leaves the struct as it is. */
void cc_read_argument(FunctionCallInfo fcinfo, int argument, const cc_layout *layout, void *into);

/* Whether one of the first arguments is NULL: the answer is NULL then, as of SQL's own functions. */
bool cc_has_null(FunctionCallInfo fcinfo, int count);

/* A struct as a row of the function's own type. */
Datum cc_answer(FunctionCallInfo fcinfo, const cc_layout *layout, const void *from);

/* A part of an answer of several columns: a struct, or a datum when layout is NULL. */
typedef struct cc_part {
    const cc_layout *layout;
    const void *from;
    Datum datum;
} cc_part;

#define CC_MAX_PARTS 4

/* An answer of several columns, each a struct or a datum. */
Datum cc_answer_parts(FunctionCallInfo fcinfo, int count, const cc_part *parts);

/* The type of the elements of a column of the function's answer, which is an array. */
Oid cc_element_type(FunctionCallInfo fcinfo, int column);

TupleDesc cc_type_of(Oid type);
Datum cc_row(TupleDesc type, const cc_layout *layout, const void *from);

/* A numeric that is an integer of 10^-decimals: false when it is none, or does not fit. */
bool cc_minor_from_numeric(Datum numeric, int decimals, int64 *minor);

/* Two numerics as integers of the coarsest unit that both are whole in. NaN, and what does not fit,
 * is told apart from numbers below 0, which the library refuses by its own rule. */
typedef enum { CC_FITS, CC_NOT_FINITE, CC_TOO_LARGE } cc_fit;
void cc_minors_from_numerics(Datum first, Datum second, int64 minors[2], cc_fit fits[2], int *decimals);

#endif
