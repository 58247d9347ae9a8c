package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	size_t invalid_rows;
	cloudcircuit_status status;
} columns_answer;

static columns_answer budget_columns(const double *spend, const uint8_t *spend_validity,
                                     size_t spend_validity_offset, const double *limit,
                                     const uint8_t *limit_validity, size_t limit_validity_offset,
                                     size_t len, cloudcircuit_budget_config config,
                                     uint8_t *flags, double *usage)
{
	columns_answer answer;

	answer.status = cloudcircuit_check_budget_columns_nullable(
		spend, spend_validity, spend_validity_offset, limit, limit_validity, limit_validity_offset, len,
		&config, flags, usage, &answer.invalid_rows);
	return answer;
}

static columns_answer budget_columns_i64(const int64_t *spend, const uint8_t *spend_validity,
                                         size_t spend_validity_offset, const int64_t *limit,
                                         const uint8_t *limit_validity, size_t limit_validity_offset,
                                         size_t len, cloudcircuit_budget_config_i64 config, uint8_t *flags,
                                         uint64_t *usage)
{
	columns_answer answer;

	answer.status = cloudcircuit_check_budget_columns_i64_nullable(
		spend, spend_validity, spend_validity_offset, limit, limit_validity, limit_validity_offset, len,
		&config, flags, usage, &answer.invalid_rows);
	return answer;
}

static columns_answer spike_columns(const double *spend, const uint8_t *spend_validity,
                                    size_t spend_validity_offset, size_t spend_len,
                                    const int64_t *offsets, const uint8_t *series_validity,
                                    size_t series_validity_offset, size_t rows,
                                    cloudcircuit_spike_config config, uint8_t *flags, double *threshold)
{
	columns_answer answer;

	answer.status = cloudcircuit_check_anomaly_spike_columns_nullable(
		spend, spend_validity, spend_validity_offset, spend_len, offsets, series_validity,
		series_validity_offset, rows, &config, flags, threshold, &answer.invalid_rows);
	return answer;
}

static columns_answer detect_columns(const double *spend, size_t spend_len, const int64_t *offsets, size_t rows,
                                     cloudcircuit_detect_config config, uint8_t *flags, double *scores)
{
	columns_answer answer;

	answer.status = cloudcircuit_detect_spike_columns(spend, spend_len, offsets, rows, &config, flags,
		scores, &answer.invalid_rows);
	return answer;
}
*/
import "C"

// Validity says which rows of a column have a value, as Arrow does: bit i % 8 of byte i / 8 of Bits is
// 1 when row i - Offset has one. The zero value means that nothing is missing.
type Validity struct {
	// Bits is a bit for each row, from Offset on; nil when nothing is missing.
	Bits []byte
	// Offset is the bit of the first row; >= 0.
	Offset int
}

// covers is true when there is a bit for each of rows.
func (v Validity) covers(rows int) bool {
	return v.Bits == nil || v.Offset >= 0 && v.Offset <= 8*len(v.Bits) && rows <= 8*len(v.Bits)-v.Offset
}

func (v Validity) c() (*C.uint8_t, C.size_t) {
	return (*C.uint8_t)(data(v.Bits)), C.size_t(v.Offset)
}

// A column that is not wanted is nil; any other has one length with the rest.
func fits[T any](optional []T, rows int) bool {
	return optional == nil || len(optional) == rows
}

// refuse does what the library does with every row on an error.
func refuse[T any](flags []Flags, refusal Flags, columns ...[]T) (int, error) {
	for i := range flags {
		flags[i] = refusal
	}
	for _, numbers := range columns {
		for i := range numbers {
			numbers[i] = *new(T)
		}
	}
	return len(flags), ErrLength
}

// rowFlags is where the library writes the flags.
func rowFlags(flags []Flags) *C.uint8_t {
	return (*C.uint8_t)((*uint8)(data(flags)))
}

func columns(answer C.columns_answer) (invalid int, err error) {
	return int(answer.invalid_rows), asError(answer.status)
}

const (
	budgetRefused = FlagInvalid | FlagWarning | FlagBreached
	spikeRefused  = FlagInvalid | FlagSpike
)

// CheckBudgetColumns checks many budgets at once, as CheckBudget does each: the spend and the limit of
// every row, in slices of one length. It writes a byte of flags for every row and, unless it is nil,
// the usage ratio, which may be the same slice as a column that is read.
//
// A row that breaks a rule does not spoil the batch: its flags hold FlagInvalid and refuse, its ratio
// is 0, it is counted in invalid, and the error is ErrInvalidRows once all other rows are decided. On
// any other error (ErrLength, ErrWarningRatio, ErrOverlap) every row is refused.
func CheckBudgetColumns(currentSpend, budgetLimit []float64, config *BudgetConfig,
	flags []Flags, usageRatio []float64) (invalid int, err error) {
	return CheckBudgetColumnsNullable(currentSpend, Validity{}, budgetLimit, Validity{}, config, flags, usageRatio)
}

// CheckBudgetColumnsNullable is CheckBudgetColumns for columns with missing values. A row with one is
// invalid.
func CheckBudgetColumnsNullable(currentSpend []float64, spendValidity Validity,
	budgetLimit []float64, limitValidity Validity, config *BudgetConfig,
	flags []Flags, usageRatio []float64) (invalid int, err error) {
	rows := len(flags)
	if len(currentSpend) != rows || len(budgetLimit) != rows || !fits(usageRatio, rows) ||
		!spendValidity.covers(rows) || !limitValidity.covers(rows) {
		return refuse(flags, budgetRefused, usageRatio)
	}
	spendBits, spendOffset := spendValidity.c()
	limitBits, limitOffset := limitValidity.c()
	return columns(C.budget_columns(
		(*C.double)(data(currentSpend)), spendBits, spendOffset,
		(*C.double)(data(budgetLimit)), limitBits, limitOffset,
		C.size_t(rows), config.c(), rowFlags(flags), (*C.double)(data(usageRatio))))
}

// CheckBudgetColumnsInt64 checks many budgets at once, as CheckBudgetInt64 does each. All else is as in
// CheckBudgetColumns, with ErrWarningPPM for its setting.
func CheckBudgetColumnsInt64(currentSpend, budgetLimit []int64, config *BudgetConfigInt64,
	flags []Flags, usagePPM []uint64) (invalid int, err error) {
	return CheckBudgetColumnsInt64Nullable(currentSpend, Validity{}, budgetLimit, Validity{}, config, flags, usagePPM)
}

// CheckBudgetColumnsInt64Nullable is CheckBudgetColumnsInt64 for columns with missing values. A row
// with one is invalid.
func CheckBudgetColumnsInt64Nullable(currentSpend []int64, spendValidity Validity,
	budgetLimit []int64, limitValidity Validity, config *BudgetConfigInt64,
	flags []Flags, usagePPM []uint64) (invalid int, err error) {
	rows := len(flags)
	if len(currentSpend) != rows || len(budgetLimit) != rows || !fits(usagePPM, rows) ||
		!spendValidity.covers(rows) || !limitValidity.covers(rows) {
		return refuse(flags, budgetRefused, usagePPM)
	}
	spendBits, spendOffset := spendValidity.c()
	limitBits, limitOffset := limitValidity.c()
	return columns(C.budget_columns_i64(
		(*C.int64_t)(data(currentSpend)), spendBits, spendOffset,
		(*C.int64_t)(data(budgetLimit)), limitBits, limitOffset,
		C.size_t(rows), config.c(), rowFlags(flags), (*C.uint64_t)(data(usagePPM))))
}

// CheckAnomalySpikeColumns checks many series at once, as CheckAnomalySpike does each. The points of
// all series lie end to end in spend; series i is spend[offsets[i]:offsets[i+1]], so that offsets has
// one more than flags. It writes a byte of flags for every series and, unless it is nil, the threshold.
//
// A series that breaks a rule, one shorter than 2 points too, does not spoil the batch, as in
// CheckBudgetColumns. On any other error (ErrLength, ErrOffsets, ErrSpikeMultiplier, ErrMinBaseline,
// ErrOverlap) every series is refused.
func CheckAnomalySpikeColumns(spend []float64, offsets []int64, config *SpikeConfig,
	flags []Flags, threshold []float64) (invalid int, err error) {
	return CheckAnomalySpikeColumnsNullable(spend, Validity{}, offsets, Validity{}, config, flags, threshold)
}

// CheckAnomalySpikeColumnsNullable is CheckAnomalySpikeColumns for columns with missing points or
// series. A series that is missing, or a point of which is, is invalid.
func CheckAnomalySpikeColumnsNullable(spend []float64, spendValidity Validity,
	offsets []int64, seriesValidity Validity, config *SpikeConfig,
	flags []Flags, threshold []float64) (invalid int, err error) {
	rows := len(flags)
	isEmpty := rows == 0 && len(offsets) == 0
	if len(offsets) != rows+1 && !isEmpty || !fits(threshold, rows) ||
		!spendValidity.covers(len(spend)) || !seriesValidity.covers(rows) {
		return refuse(flags, spikeRefused, threshold)
	}
	spendBits, spendOffset := spendValidity.c()
	seriesBits, seriesOffset := seriesValidity.c()
	return columns(C.spike_columns(
		(*C.double)(data(spend)), spendBits, spendOffset, C.size_t(len(spend)),
		(*C.int64_t)(data(offsets)), seriesBits, seriesOffset,
		C.size_t(rows), config.c(), rowFlags(flags), (*C.double)(data(threshold))))
}

// DetectSpikeColumns judges the latest point of many series at once, as DetectSpike does each: the accounts
// of a morning run. The points of all series, which start at one time, lie end to end in spend; series i is
// spend[offsets[i]:offsets[i+1]], so that offsets has one more than flags. It writes a byte of flags for
// every series (FlagSpike, FlagLeak, FlagDrop and FlagInsufficient as they apply) and, unless it is nil, the
// score.
//
// A series with a point that breaks a rule does not spoil the batch, as in CheckBudgetColumns. On any other
// error (ErrLength, ErrOffsets, ErrOverlap, those of DetectSpike's config) every series is refused.
func DetectSpikeColumns(spend []float64, offsets []int64, config *DetectConfig,
	flags []Flags, scores []float64) (invalid int, err error) {
	rows := len(flags)
	isEmpty := rows == 0 && len(offsets) == 0
	if len(offsets) != rows+1 && !isEmpty || !fits(scores, rows) {
		return refuse(flags, detectRefused, scores)
	}
	return columns(C.detect_columns(
		(*C.double)(data(spend)), C.size_t(len(spend)), (*C.int64_t)(data(offsets)), C.size_t(rows),
		config.c(), rowFlags(flags), (*C.double)(data(scores))))
}
