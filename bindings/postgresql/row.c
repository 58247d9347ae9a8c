/* Composite types: rows of SQL as the library's structs, and back. */
#include "cc.h"

#include "access/tupdesc.h"
#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

void cc_check(cloudcircuit_status status)
{
    char state[6];

    if (status == CLOUDCIRCUIT_OK)
        return;
    snprintf(state, sizeof state, "LC%03d", status > 0 && status < 1000 ? (int)status : 999);
    ereport(ERROR, (errcode(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])),
                    errmsg("%s", cloudcircuit_status_message(status)),
                    errdetail("%s", cloudcircuit_status_name(status))));
}

static void out_of_range(const cc_layout *layout, const cc_field *field)
{
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                    errmsg("%s of %s is out of range", field->name, layout->name)));
}

static void read_array(Datum value, const cc_layout *layout, const cc_field *field, char *into)
{
    ArrayType *array = DatumGetArrayTypeP(value);
    int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    uint32 stored = (uint32)count;

    if (ARR_HASNULL(array) || (uint32)count > field->places)
        out_of_range(layout, field);
    memcpy(into + field->offset, ARR_DATA_PTR(array), (size_t)count * sizeof(int64));
    if (field->count_offset > 0)
        memcpy(into + field->count_offset, &stored, sizeof stored);
}

static void read_column(Datum value, const cc_layout *layout, const cc_field *field, char *into)
{
    char *place = into + field->offset;
    float8 number;
    int64 large;
    int32 small;
    uint32 bits;

    switch (field->kind) {
    case 'd':
        number = DatumGetFloat8(value);
        memcpy(place, &number, sizeof number);
        break;
    case 'i':
        small = DatumGetInt32(value);
        memcpy(place, &small, sizeof small);
        break;
    case 'b':
        bits = DatumGetBool(value) ? 1 : 0;
        memcpy(place, &bits, sizeof bits);
        break;
    case 'u':
        large = DatumGetInt64(value);
        if (large < 0 || large > (int64)PG_UINT32_MAX)
            out_of_range(layout, field);
        bits = (uint32)large;
        memcpy(place, &bits, sizeof bits);
        break;
    case 'q':
        if (DatumGetInt64(value) < 0)
            out_of_range(layout, field);
        /* FALLTHROUGH */
    case 'l':
        large = DatumGetInt64(value);
        memcpy(place, &large, sizeof large);
        break;
    case 'n':
        if (!cc_minor_from_numeric(value, 0, &large) || large < 0)
            out_of_range(layout, field);
        memcpy(place, &large, sizeof large);
        break;
    default:
        read_array(value, layout, field, into);
    }
}

void cc_read_row(Datum row, const cc_layout *layout, void *into)
{
    HeapTupleHeader header = DatumGetHeapTupleHeader(row);
    TupleDesc type = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
    HeapTupleData tuple;
    Datum values[32];
    bool nulls[32];
    int i;

    if (type->natts != layout->columns || type->natts > (int)lengthof(values))
        elog(ERROR, "%s has other columns than the extension was made for", layout->name);
    tuple.t_len = HeapTupleHeaderGetDatumLength(header);
    ItemPointerSetInvalid(&tuple.t_self);
    tuple.t_tableOid = InvalidOid;
    tuple.t_data = header;
    heap_deform_tuple(&tuple, type, values, nulls);
    for (i = 0; i < layout->columns; i++) {
        if (!nulls[i])
            read_column(values[i], layout, &layout->fields[i], into);
    }
    ReleaseTupleDesc(type);
}

void cc_read_argument(FunctionCallInfo fcinfo, int argument, const cc_layout *layout, void *into)
{
    if (argument < PG_NARGS() && !PG_ARGISNULL(argument))
        cc_read_row(PG_GETARG_DATUM(argument), layout, into);
}

bool cc_has_null(FunctionCallInfo fcinfo, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        if (PG_ARGISNULL(i))
            return true;
    }
    return false;
}

static Datum numeric_from_uint64(uint64 value)
{
    char text[24];

    if (value <= (uint64)PG_INT64_MAX)
        return NumericGetDatum(int64_to_numeric((int64)value));
    snprintf(text, sizeof text, UINT64_FORMAT, value);
    return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

static Datum array_column(const cc_field *field, const char *from)
{
    Datum values[64];
    uint32 count = field->places, i;
    int64 value;

    if (field->count_offset > 0)
        memcpy(&count, from + field->count_offset, sizeof count);
    for (i = 0; i < count && i < lengthof(values); i++) {
        memcpy(&value, from + field->offset + i * sizeof value, sizeof value);
        values[i] = Int64GetDatum(value);
    }
    return PointerGetDatum(construct_array(values, (int)i, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static Datum column(const cc_layout *layout, const cc_field *field, const char *from)
{
    const char *place = from + field->offset;
    float8 number;
    int64 large;
    int32 small;
    uint32 bits;

    switch (field->kind) {
    case 'd':
        memcpy(&number, place, sizeof number);
        return Float8GetDatum(number);
    case 'i':
        memcpy(&small, place, sizeof small);
        return Int32GetDatum(small);
    case 'b':
        memcpy(&bits, place, sizeof bits);
        return BoolGetDatum(bits != 0);
    case 'u':
        memcpy(&bits, place, sizeof bits);
        return Int64GetDatum((int64)bits);
    case 'n':
        memcpy(&large, place, sizeof large);
        return numeric_from_uint64((uint64)large);
    case 'a':
        return array_column(field, from);
    default:
        memcpy(&large, place, sizeof large);
        if (field->kind == 'q' && large < 0)
            out_of_range(layout, field);
        return Int64GetDatum(large);
    }
}

Datum cc_row(TupleDesc type, const cc_layout *layout, const void *from)
{
    Datum values[32];
    bool nulls[32] = {false};
    int i;

    if (type->natts != layout->columns || type->natts > (int)lengthof(values))
        elog(ERROR, "%s has other columns than the extension was made for", layout->name);
    for (i = 0; i < layout->columns; i++)
        values[i] = column(layout, &layout->fields[i], from);
    return HeapTupleGetDatum(heap_form_tuple(type, values, nulls));
}

TupleDesc cc_type_of(Oid type)
{
    return lookup_rowtype_tupdesc_copy(type, -1);
}

/* The types of an answer, looked up once for all calls of a statement. */
typedef struct answer_types {
    TupleDesc whole;
    TupleDesc parts[CC_MAX_PARTS]; /* NULL for a column that is no row */
} answer_types;

static const answer_types *types_of(FunctionCallInfo fcinfo)
{
    answer_types *types = fcinfo->flinfo->fn_extra;
    MemoryContext caller;
    int i;

    if (types != NULL)
        return types;
    caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
    types = palloc0(sizeof *types);
    if (get_call_result_type(fcinfo, NULL, &types->whole) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "the function must be declared with a row as its type");
    types->whole = BlessTupleDesc(CreateTupleDescCopy(types->whole));
    for (i = 0; i < types->whole->natts && i < CC_MAX_PARTS; i++) {
        Oid type = TupleDescAttr(types->whole, i)->atttypid;

        if (get_typtype(type) == TYPTYPE_COMPOSITE)
            types->parts[i] = BlessTupleDesc(cc_type_of(type));
    }
    MemoryContextSwitchTo(caller);
    fcinfo->flinfo->fn_extra = types;
    return types;
}

Oid cc_element_type(FunctionCallInfo fcinfo, int column)
{
    return get_element_type(TupleDescAttr(types_of(fcinfo)->whole, column)->atttypid);
}

Datum cc_answer(FunctionCallInfo fcinfo, const cc_layout *layout, const void *from)
{
    return cc_row(types_of(fcinfo)->whole, layout, from);
}

Datum cc_answer_parts(FunctionCallInfo fcinfo, int count, const cc_part *parts)
{
    const answer_types *types = types_of(fcinfo);
    Datum values[CC_MAX_PARTS];
    bool nulls[CC_MAX_PARTS] = {false};
    int i;

    if (types->whole->natts != count)
        elog(ERROR, "the function must be declared with %d columns", count);
    for (i = 0; i < count; i++) {
        if (parts[i].layout == NULL)
            values[i] = parts[i].datum;
        else
            values[i] = cc_row(types->parts[i], parts[i].layout, parts[i].from);
    }
    return HeapTupleGetDatum(heap_form_tuple(types->whole, values, nulls));
}
