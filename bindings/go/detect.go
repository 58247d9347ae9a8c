package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_detect_result result;
	cloudcircuit_status status;
} detect_answer;

// An empty series has no data, it is not a NULL pointer.
static detect_answer detect_spike(const double *series, size_t len, cloudcircuit_detect_config config)
{
	static const double none = 0.0;
	detect_answer answer;

	answer.status = cloudcircuit_detect_spike(len ? series : &none, len, &config, &answer.result);
	return answer;
}

static cloudcircuit_status scan_spikes(const double *series, size_t len,
                                       cloudcircuit_detect_config config, uint8_t *flags,
                                       double *expected, double *upper)
{
	static const double none = 0.0;
	uint8_t no_flags;

	return cloudcircuit_scan_spikes(len ? series : &none, len, &config, len ? flags : &no_flags,
	                                expected, upper);
}
*/
import "C"
import "unsafe"

// Verdict is what DetectSpike and ForecastBudget conclude. The zero value is none.
type Verdict int32

const (
	// VerdictNormal: the point is no spike, or a forecast was made.
	VerdictNormal Verdict = C.CLOUDCIRCUIT_VERDICT_NORMAL
	// VerdictSpike: the point is a spike.
	VerdictSpike Verdict = C.CLOUDCIRCUIT_VERDICT_SPIKE
	// VerdictInsufficientData: too few points for an answer; nothing was guessed.
	VerdictInsufficientData Verdict = C.CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA
)

// DetectReason is which step of the detector decided.
type DetectReason int32

const (
	// DetectReasonRefused: the call was refused, so no reason was reached.
	DetectReasonRefused DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_REFUSED
	// DetectReasonScore: normal, the score is not above the score_threshold.
	DetectReasonScore DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_SCORE
	// DetectReasonOnePoint: a spike, the point alone is above the score_threshold.
	DetectReasonOnePoint DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_ONE_POINT
	// DetectReasonTwoPoints: a spike, two points in a row are above 1 / 1.2 of the score_threshold (hourly 1 / 1.4).
	DetectReasonTwoPoints DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS
	// DetectReasonThreePoints: a spike, three points in a row are above 1 / 3 of the score_threshold (hourly 1 / 2).
	DetectReasonThreePoints DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS
	// DetectReasonMinImpact: normal, the score is above the score_threshold but the excess below MinImpact.
	DetectReasonMinImpact DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT
	// DetectReasonMinRelativeImpact: normal, the score is above the score_threshold but the excess below
	// MinRelativeImpact.
	DetectReasonMinRelativeImpact DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT
	// DetectReasonHistory: insufficient data, too few points came before.
	DetectReasonHistory DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_HISTORY
	// DetectReasonMissing: insufficient data, the point to judge is missing.
	DetectReasonMissing DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_MISSING
	// DetectReasonRecurring: normal, the score is above the score_threshold but the like came before.
	DetectReasonRecurring DetectReason = C.CLOUDCIRCUIT_DETECT_REASON_RECURRING
)

const (
	// TimeUnknown is the StartTime of a series whose dates are not known.
	TimeUnknown = C.CLOUDCIRCUIT_TIME_UNKNOWN
	// DefaultScoreThreshold is the robust deviations above the expected spend that make a spike.
	DefaultScoreThreshold = C.CLOUDCIRCUIT_DEFAULT_SCORE_THRESHOLD
	// DefaultMinRelativeImpact is the excess as a share below which nothing is a spike.
	DefaultMinRelativeImpact = C.CLOUDCIRCUIT_DEFAULT_MIN_RELATIVE_IMPACT
	// DefaultDetectMinBaseline is what the expected spend is taken as at least.
	DefaultDetectMinBaseline = C.CLOUDCIRCUIT_DEFAULT_DETECT_MIN_BASELINE
	// DefaultStep is a day in seconds.
	DefaultStep = C.CLOUDCIRCUIT_DEFAULT_STEP
	// MaxSeasonLength is the most points of a detector's season, the hours of ten days.
	MaxSeasonLength = C.CLOUDCIRCUIT_MAX_SEASON_LENGTH
	// MinDetectWindow is the fewest points of a window.
	MinDetectWindow = C.CLOUDCIRCUIT_MIN_DETECT_WINDOW
	// MaxDetectWindow is the most points of a window, the hours of twenty days.
	MaxDetectWindow = C.CLOUDCIRCUIT_MAX_DETECT_WINDOW
	// MaxLagPoints is the most points that a bill may need to fill up.
	MaxLagPoints = C.CLOUDCIRCUIT_MAX_LAG_POINTS
)

// DetectConfig holds the settings of DetectSpike, ScanSpikes and NewSpikeTracker; nil means the
// defaults.
type DetectConfig struct {
	// SeasonLength is the points after which spend repeats its pattern, 1 for none, at most
	// MaxSeasonLength. 0, the default, goes by Step: the weekday for days, the hour and whether it is a
	// weekend for hours, else none.
	SeasonLength uint32
	// Window is the points looked back at, twice: MinDetectWindow to MaxDetectWindow and at least two
	// seasons. 0, the default, is 98 for seasons of up to 14 points, else 336 or two seasons.
	Window uint32
	// LagPoints judges the point this many before the last, for bills that fill up late; at most
	// MaxLagPoints, default 0. Later points are not looked at.
	LagPoints uint32
	// NegativePoints says what a negative point means, for example a credit; default NegativePointsError.
	NegativePoints NegativePoints
	// ScoreThreshold is the robust deviations above the expected spend that make a spike; finite and > 0.
	ScoreThreshold float64
	// MinImpact is the excess in money below which nothing is a spike or a leak; finite and >= 0,
	// default 0.
	MinImpact float64
	// MinRelativeImpact is the excess, as a share of the expected or usual spend, whichever is larger,
	// below which nothing is a spike; finite and >= 0.
	MinRelativeImpact float64
	// MinBaseline is what the expected spend is taken as at least, so that small amounts over a near-zero
	// baseline are not flagged; finite and >= 0. With 0 any spend after an all-zero history is one.
	MinBaseline float64
	// StartTime is the first point's time in seconds since 1970-01-01 in the bill's own calendar:
	// time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix() for the first of January, wherever the bill
	// is from. Up to 2^53 either way, or TimeUnknown, the default: there are then no weekends for
	// hours, and charges at the start of each month look like spikes.
	StartTime int64
	// Step is the seconds between points, 1 to 2^31; default DefaultStep.
	Step int64
}

// DefaultDetectConfig returns what a nil *DetectConfig means.
func DefaultDetectConfig() DetectConfig {
	return DetectConfig{
		ScoreThreshold:    DefaultScoreThreshold,
		MinRelativeImpact: DefaultMinRelativeImpact,
		MinBaseline:       DefaultDetectMinBaseline,
		StartTime:         TimeUnknown,
		Step:              DefaultStep,
	}
}

// The config is passed to C as it is. This does not compile when its size differs.
var _ [C.sizeof_cloudcircuit_detect_config]byte = [unsafe.Sizeof(DetectConfig{})]byte{}

func (c *DetectConfig) c() C.cloudcircuit_detect_config {
	if c == nil {
		defaults := DefaultDetectConfig()
		c = &defaults
	}
	return *(*C.cloudcircuit_detect_config)(unsafe.Pointer(c))
}

// DetectResult is what the detector found. Amounts are in the caller's currency unit.
type DetectResult struct {
	// LatestSpend is the point judged; 0 when it is missing.
	LatestSpend float64 `json:"latest_spend"`
	// ExpectedSpend is what was to be expected of it; 0, like the amounts and scores below, when there
	// is too little data.
	ExpectedSpend float64 `json:"expected_spend"`
	// UpperBound is the spend above which it is a spike, to within rounding.
	UpperBound float64 `json:"upper_bound"`
	// Excess is LatestSpend - ExpectedSpend; below 0 when less was spent.
	Excess float64 `json:"excess"`
	// Score is the excess in robust deviations, two or three high points in a row counting for more.
	// The verdict compares it with the score_threshold.
	Score float64 `json:"score"`
	// LeakScore is how far the whole last season lies above the line through those before, in robust
	// deviations of a point; above 1 is a leak. 0 when it does not lie above, or there is no such line.
	LeakScore float64 `json:"leak_score"`
	// DropScore is how far the point lies below all that its past explains, in robust deviations, two or
	// three low points in a row counting for more. 0 when it does not lie below.
	DropScore float64 `json:"drop_score"`
	// PointsUsed is the earlier points whose deviations the scale was measured on.
	PointsUsed uint32 `json:"points_used"`
	// Verdict is VerdictNormal, VerdictSpike or VerdictInsufficientData.
	Verdict Verdict `json:"verdict"`
	// DetectReason is what decided.
	Reason DetectReason `json:"reason"`
	// IsLeak says that spend has crept up for a season or more. It is independent of Verdict.
	IsLeak bool `json:"is_leak"`
	// IsDrop says that far less was spent than usual: an outage, or a commitment that is not used. It is
	// independent of Verdict.
	IsDrop bool `json:"is_drop"`
}

func detected(r *C.cloudcircuit_detect_result, status C.cloudcircuit_status) (DetectResult, error) {
	return DetectResult{
		LatestSpend:   float64(r.latest_spend),
		ExpectedSpend: float64(r.expected_spend),
		UpperBound:    float64(r.upper_bound),
		Excess:        float64(r.excess),
		Score:         float64(r.score),
		LeakScore:     float64(r.leak_score),
		DropScore:     float64(r.drop_score),
		PointsUsed:    uint32(r.points_used),
		Verdict:       Verdict(r.verdict),
		Reason:        DetectReason(r.reason),
		IsLeak:        r.is_leak != 0,
		IsDrop:        r.is_drop != 0,
	}, asError(status)
}

// DetectSpike judges the latest point of a series, or the one LagPoints before it, by the points
// before it alone: what was to be expected of it, weekdays and month starts counted in, how far it lies
// above that, and whether that is unusual for this series. A slow leak is reported apart from the
// verdict.
//
// series is spend in equal steps of time, oldest first: at most MaxSeriesLen points, each finite and
// >= 0, or NaN where it is missing. A step without spend is a 0. A missing point and a series too young
// (13 points before a daily one, 73 before an hourly one) are VerdictInsufficientData, no error and
// never normal.
//
// The errors are ErrSeriesTooLong, those of the config (ErrSeasonLength, ErrDetectWindow,
// ErrLagPoints, ErrNegativePoints, ErrScoreThreshold, ErrMinImpact, ErrMinRelativeImpact,
// ErrMinBaseline, ErrStartTime, ErrStep) and ErrDetectPoint; the result is then a spike, a leak and a fall.
func DetectSpike(series []float64, config *DetectConfig) (DetectResult, error) {
	answer := C.detect_spike((*C.double)(data(series)), C.size_t(len(series)), config.c())
	return detected(&answer.result, answer.status)
}

const detectRefused = FlagInvalid | FlagSpike | FlagLeak | FlagDrop

// ScanSpikes judges every point of a series as DetectSpike would on the day: row i is, to the bit, what
// that finds in series[:i+1]. The cost of a row does not grow with the series. It tries a policy on
// last year's bill.
//
// It writes a byte of flags for every point, FlagSpike, FlagLeak, FlagDrop and FlagInsufficient as they apply,
// and, unless they are nil, the expected spend and the bound, 0 where data are insufficient. All are of
// one length with series, and none shares memory with another.
//
// The errors are ErrLength, ErrOverlap and those of DetectSpike; every row is then a spike, a leak and
// FlagInvalid, its numbers 0.
func ScanSpikes(series []float64, config *DetectConfig, flags []Flags, expectedSpend, upperBound []float64) error {
	rows := len(series)
	err := error(ErrLength)
	if len(flags) == rows && fits(expectedSpend, rows) && fits(upperBound, rows) {
		err = ErrOverlap
		if !overlap(series, expectedSpend) && !overlap(series, upperBound) && !overlap(expectedSpend, upperBound) {
			err = asError(C.scan_spikes((*C.double)(data(series)), C.size_t(rows), config.c(), rowFlags(flags),
				(*C.double)(data(expectedSpend)), (*C.double)(data(upperBound))))
		}
	}
	if err != nil {
		refuse(flags, detectRefused, expectedSpend, upperBound)
	}
	return err
}

// overlap is true when two slices share memory.
func overlap(a, b []float64) bool {
	return len(a) > 0 && len(b) > 0 && !isBefore(a, b) && !isBefore(b, a)
}

// isBefore is true when all of a lies before b in memory.
func isBefore(a, b []float64) bool {
	return uintptr(unsafe.Pointer(&a[len(a)-1])) < uintptr(unsafe.Pointer(&b[0]))
}

func (r DetectResult) c() C.cloudcircuit_detect_result {
	return C.cloudcircuit_detect_result{
		latest_spend:   C.double(r.LatestSpend),
		expected_spend: C.double(r.ExpectedSpend),
		upper_bound:    C.double(r.UpperBound),
		excess:         C.double(r.Excess),
		score:          C.double(r.Score),
		leak_score:     C.double(r.LeakScore),
		drop_score:     C.double(r.DropScore),
		points_used:    C.uint32_t(r.PointsUsed),
		verdict:        C.int32_t(r.Verdict),
		reason:         C.int32_t(r.Reason),
		is_leak:        bit(r.IsLeak),
		is_drop:        bit(r.IsDrop),
	}
}
