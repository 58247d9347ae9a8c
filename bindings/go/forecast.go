package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_forecast_result result;
	cloudcircuit_status status;
} forecast_answer;

static forecast_answer forecast_budget(const double *history, size_t history_len, const double *period,
                                       size_t elapsed, size_t period_len, double limit,
                                       cloudcircuit_forecast_config config)
{
	forecast_answer answer;

	answer.status = cloudcircuit_forecast_budget(history, history_len, period, elapsed, period_len, limit,
	                                             &config, &answer.result);
	return answer;
}
static cloudcircuit_status forecast_columns(const double *spend, size_t spend_len, const int64_t *offsets,
                                           const int64_t *start_time, const int64_t *elapsed,
                                           const int64_t *period_len, const double *budget_limit, size_t rows,
                                           cloudcircuit_forecast_config config, uint8_t *flags,
                                           cloudcircuit_forecast_result *results, size_t *invalid_rows)
{
	return cloudcircuit_forecast_budget_columns(spend, spend_len, offsets, start_time, elapsed, period_len,
	                                            budget_limit, rows, &config, flags, results, invalid_rows);
}
*/
import "C"

const (
	// DefaultForecastSeasonLength is the points of a forecast's season, the weekdays of daily points.
	DefaultForecastSeasonLength = C.CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH
	// MaxForecastSeasonLength is the most points of a forecast's season, the hours of a week.
	MaxForecastSeasonLength = C.CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH
)

// ForecastConfig holds the settings of ForecastBudget; nil means the defaults. Start from
// DefaultForecastConfig: all zero, it is refused.
type ForecastConfig struct {
	// SeasonLength is the points after which spend repeats its pattern: 7 for days, 24 for hours, 12
	// for months, 1 for none; at most MaxForecastSeasonLength.
	SeasonLength uint32
	// LagPoints is how many of the last points are incomplete, for bills that fill up late; at most
	// MaxLagPoints, default 0. They count in SpendToDate as they are, and in the forecast as expected if
	// that is more.
	LagPoints uint32
	// NegativePoints is what a negative point means, for example a credit.
	NegativePoints NegativePoints
	// StartTime is the time of the first point of the history, or of the period when there is none, in
	// seconds since 1970-01-01 in the bill's own calendar. With TimeUnknown, the default, or a Step that is
	// not a day, charges by the day of the month are not expected again.
	StartTime int64
	// Step is the seconds between points, 1 to 2^31; DefaultStep.
	Step int64
}

// DefaultForecastConfig returns what a nil *ForecastConfig means.
func DefaultForecastConfig() ForecastConfig {
	return ForecastConfig{SeasonLength: DefaultForecastSeasonLength, StartTime: TimeUnknown, Step: DefaultStep}
}

func (c *ForecastConfig) c() C.cloudcircuit_forecast_config {
	if c == nil {
		defaults := DefaultForecastConfig()
		c = &defaults
	}
	return C.cloudcircuit_forecast_config{
		season_length:   C.uint32_t(c.SeasonLength),
		lag_points:      C.uint32_t(c.LagPoints),
		negative_points: C.uint32_t(c.NegativePoints),
		start_time:      C.int64_t(c.StartTime),
		step:            C.int64_t(c.Step),
	}
}

// ForecastResult is what ForecastBudget expects. Amounts are in the caller's currency unit.
type ForecastResult struct {
	// SpendToDate is the sum of the period's points so far; a missing point adds nothing.
	SpendToDate float64 `json:"spend_to_date"`
	// ForecastSpend is what the whole period is expected to cost; never below SpendToDate.
	ForecastSpend float64 `json:"forecast_spend"`
	// LowerBound: in one period of ten, less than this is spent; SpendToDate to ForecastSpend.
	LowerBound float64 `json:"lower_bound"`
	// UpperBound: in one period of ten, more than this is spent; never below ForecastSpend.
	UpperBound float64 `json:"upper_bound"`
	// ForecastRatio is ForecastSpend / budgetLimit.
	ForecastRatio float64 `json:"forecast_ratio"`
	// BurnRate is the share of the budget that is spent over the share of the period that has passed:
	// above 1, the budget would not last at this pace. 0 when nothing has passed.
	BurnRate float64 `json:"burn_rate"`
	// ExhaustionPoint is the index in the period of the first point at which spend reaches the limit,
	// in the past or as forecast; -1 when it does not within the period.
	ExhaustionPoint int64 `json:"exhaustion_point"`
	// IsForecastBreached is true when spend reaches the limit within the period, in the past or as
	// forecast.
	IsForecastBreached bool `json:"is_forecast_breached"`
	// Verdict is VerdictNormal, or VerdictInsufficientData when the points do not allow a forecast.
	Verdict Verdict `json:"verdict"`
}

// ForecastBudget forecasts what a period, a month say, will have cost when it ends, with an
// 80 % prediction interval, and says when the budget is used up.
//
// history is spend before the period, oldest first, its last point right before the period's first: at
// most MaxSeriesLen points, or nil; 35 or more serve best. periodSpend is the period's points so far, at
// most periodLen, which is the points of the whole period, 1 to MaxSeriesLen. Points are the spend of
// equal steps of time, each finite and >= 0 unless NegativePoints says otherwise, or NaN where it is
// missing. budgetLimit is finite and > 0.
//
// With more than half of periodSpend missing, or points still to come and fewer than a season, or than
// 7, of the latest known, the verdict is VerdictInsufficientData, no error: the forecast and both bounds
// are then SpendToDate, and IsForecastBreached is true only when that has reached the limit.
//
// The errors are ErrHistoryLen, ErrPeriodLen, ErrElapsed, ErrBudgetLimit, ErrForecastSeasonLength,
// ErrLagPoints, ErrNegativePoints, ErrStartTime, ErrStep, ErrHistory and ErrPeriodSpend; the result is then
// breached.
func ForecastBudget(history, periodSpend []float64, periodLen int, budgetLimit float64,
	config *ForecastConfig) (ForecastResult, error) {
	answer := C.forecast_budget((*C.double)(data(history)), C.size_t(len(history)),
		(*C.double)(data(periodSpend)), C.size_t(len(periodSpend)), C.size_t(periodLen),
		C.double(budgetLimit), config.c())
	return forecastOf(&answer.result), asError(answer.status)
}

func forecastOf(r *C.cloudcircuit_forecast_result) ForecastResult {
	return ForecastResult{
		SpendToDate:        float64(r.spend_to_date),
		ForecastSpend:      float64(r.forecast_spend),
		LowerBound:         float64(r.lower_bound),
		UpperBound:         float64(r.upper_bound),
		ForecastRatio:      float64(r.forecast_ratio),
		BurnRate:           float64(r.burn_rate),
		ExhaustionPoint:    int64(r.exhaustion_point),
		IsForecastBreached: r.is_forecast_breached != 0,
		Verdict:            Verdict(r.verdict),
	}
}

// ForecastBudgetColumns forecasts many series at once, as ForecastBudget does each. The points of all
// series lie end to end in spend; series i is spend[offsets[i]:offsets[i+1]], so that offsets has one more
// than flags, and its last elapsed[i] points are the period's. startTime is the time of the first point of
// each series; when it is nil, StartTime of the config is every series'. It writes a byte of flags for
// every series, FlagBreached and FlagInsufficient, and, unless it is nil, the result.
//
// A series that breaks a rule does not spoil the batch: its flags hold FlagInvalid and FlagBreached, it is
// counted in invalid, and the error is ErrInvalidRows once all others are decided. On any other error
// (ErrLength, ErrOffsets, ErrOverlap, one of the config's) every series is refused.
func ForecastBudgetColumns(spend []float64, offsets, startTime, elapsed, periodLen []int64,
	budgetLimit []float64, config *ForecastConfig, flags []Flags, results []ForecastResult) (invalid int, err error) {
	rows := len(flags)
	isEmpty := rows == 0 && len(offsets) == 0
	if len(offsets) != rows+1 && !isEmpty || !fits(startTime, rows) || len(elapsed) != rows ||
		len(periodLen) != rows || len(budgetLimit) != rows || !fits(results, rows) {
		for i := range results {
			results[i] = ForecastResult{IsForecastBreached: true, Verdict: VerdictInsufficientData}
		}
		return refuse[float64](flags, FlagInvalid|FlagBreached)
	}
	var count C.size_t
	found := make([]C.cloudcircuit_forecast_result, len(results))
	status := C.forecast_columns((*C.double)(data(spend)), C.size_t(len(spend)), (*C.int64_t)(data(offsets)),
		(*C.int64_t)(data(startTime)), (*C.int64_t)(data(elapsed)), (*C.int64_t)(data(periodLen)),
		(*C.double)(data(budgetLimit)), C.size_t(rows), config.c(), rowFlags(flags),
		(*C.cloudcircuit_forecast_result)(data(found)), &count)
	for i := range found {
		results[i] = forecastOf(&found[i])
	}
	return int(count), asError(status)
}

func (r ForecastResult) c() C.cloudcircuit_forecast_result {
	return C.cloudcircuit_forecast_result{
		spend_to_date:        C.double(r.SpendToDate),
		forecast_spend:       C.double(r.ForecastSpend),
		lower_bound:          C.double(r.LowerBound),
		upper_bound:          C.double(r.UpperBound),
		forecast_ratio:       C.double(r.ForecastRatio),
		burn_rate:            C.double(r.BurnRate),
		exhaustion_point:     C.int64_t(r.ExhaustionPoint),
		is_forecast_breached: bit(r.IsForecastBreached),
		verdict:              C.int32_t(r.Verdict),
	}
}
