package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_spike_result result;
	cloudcircuit_status status;
} spike_answer;

// An empty series is too short, not a NULL pointer.
static spike_answer check_spike(const double *series, size_t len, cloudcircuit_spike_config config)
{
	static const double none = 0.0;
	spike_answer answer;

	answer.status = cloudcircuit_check_anomaly_spike(len ? series : &none, len, &config, &answer.result);
	return answer;
}

typedef struct {
	cloudcircuit_spike_result_i64 result;
	cloudcircuit_status status;
} spike_answer_i64;

static spike_answer_i64 check_spike_i64(const int64_t *series, size_t len,
                                        cloudcircuit_spike_config_i64 config)
{
	static const int64_t none = 0;
	spike_answer_i64 answer;

	answer.status = cloudcircuit_check_anomaly_spike_i64(len ? series : &none, len, &config,
	                                                     &answer.result);
	return answer;
}
*/
import "C"

const (
	// DefaultSpikeMultiplier is how many times the baseline a spike must exceed.
	DefaultSpikeMultiplier = C.CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER
	// DefaultMinBaseline is the floor under the baseline.
	DefaultMinBaseline = C.CLOUDCIRCUIT_DEFAULT_MIN_BASELINE
	// DefaultSpikeMultiplierPPM is how many millionths of the baseline a spike must exceed.
	DefaultSpikeMultiplierPPM = C.CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM
	// MaxSeriesLen is the most points that a series may have.
	MaxSeriesLen = C.CLOUDCIRCUIT_MAX_SERIES_LEN
)

// SpikeConfig holds the settings of CheckAnomalySpike; nil means the defaults.
type SpikeConfig struct {
	// SpikeMultiplier is how many times the baseline the latest spend must exceed to be a spike;
	// finite and > 1.
	SpikeMultiplier float64
	// MinBaseline is what the baseline is taken as at least, so that small amounts over a near-zero
	// baseline are not flagged; finite and >= 0.
	MinBaseline float64
}

// DefaultSpikeConfig returns what a nil *SpikeConfig means.
func DefaultSpikeConfig() SpikeConfig {
	return SpikeConfig{SpikeMultiplier: DefaultSpikeMultiplier, MinBaseline: DefaultMinBaseline}
}

func (c *SpikeConfig) c() C.cloudcircuit_spike_config {
	if c == nil {
		defaults := DefaultSpikeConfig()
		c = &defaults
	}
	return C.cloudcircuit_spike_config{
		spike_multiplier: C.double(c.SpikeMultiplier),
		min_baseline:     C.double(c.MinBaseline),
	}
}

// SpikeResult is what CheckAnomalySpike found. Amounts are in the caller's currency unit.
type SpikeResult struct {
	// LatestSpend is the last point of the series, the one that was judged.
	LatestSpend float64 `json:"latest_spend"`
	// BaselineMean is the mean of all points before it, without the floor.
	BaselineMean float64 `json:"baseline_mean"`
	// Threshold is the larger of BaselineMean and MinBaseline, times SpikeMultiplier, at most the
	// largest float64.
	Threshold float64 `json:"threshold"`
	// IsSpike is true when LatestSpend > Threshold.
	IsSpike bool `json:"is_spike"`
	// PointsUsed is the points in BaselineMean, at least 1; 0 after an error.
	PointsUsed uint32 `json:"points_used"`
}

// CheckAnomalySpike compares the latest spend of a series with the mean of all points before it.
//
// series is spend in equal steps of time, oldest first, latest last: 2 to MaxSeriesLen points, each
// finite and >= 0. A step without spend is a 0, not left out. The errors are ErrSeriesTooLong,
// ErrSeriesTooShort, ErrSpikeMultiplier, ErrMinBaseline and ErrSpendSeries; the result is then a
// spike.
func CheckAnomalySpike(series []float64, config *SpikeConfig) (SpikeResult, error) {
	answer := C.check_spike((*C.double)(data(series)), C.size_t(len(series)), config.c())
	r := &answer.result
	return SpikeResult{
		LatestSpend:  float64(r.latest_spend),
		BaselineMean: float64(r.baseline_mean),
		Threshold:    float64(r.threshold),
		IsSpike:      r.is_spike != 0,
		PointsUsed:   uint32(r.points_used),
	}, asError(answer.status)
}

// SpikeConfigInt64 holds the settings of CheckAnomalySpikeInt64; nil means the defaults.
type SpikeConfigInt64 struct {
	// SpikeMultiplierPPM is how many millionths of the baseline the latest spend must exceed to be a
	// spike; > 1000000.
	SpikeMultiplierPPM uint32
	// MinBaseline is what the baseline is taken as at least; >= 0.
	MinBaseline int64
}

// DefaultSpikeConfigInt64 returns what a nil *SpikeConfigInt64 means.
func DefaultSpikeConfigInt64() SpikeConfigInt64 {
	return SpikeConfigInt64{SpikeMultiplierPPM: DefaultSpikeMultiplierPPM}
}

func (c *SpikeConfigInt64) c() C.cloudcircuit_spike_config_i64 {
	if c == nil {
		defaults := DefaultSpikeConfigInt64()
		c = &defaults
	}
	return C.cloudcircuit_spike_config_i64{
		spike_multiplier_ppm: C.uint32_t(c.SpikeMultiplierPPM),
		min_baseline:         C.int64_t(c.MinBaseline),
	}
}

// SpikeResultInt64 is what CheckAnomalySpikeInt64 found. Amounts are in the caller's minor unit.
type SpikeResultInt64 struct {
	// LatestSpend is the last point of the series, the one that was judged.
	LatestSpend int64 `json:"latest_spend"`
	// BaselineMean is the mean of all points before it, without the floor, rounded down.
	BaselineMean int64 `json:"baseline_mean"`
	// Threshold is the larger of the unrounded mean and MinBaseline, times SpikeMultiplierPPM
	// millionths, rounded down, at most the largest int64.
	Threshold int64 `json:"threshold"`
	// IsSpike is true when LatestSpend is above the unrounded threshold.
	IsSpike bool `json:"is_spike"`
	// PointsUsed is the points in BaselineMean, at least 1; 0 after an error.
	PointsUsed uint32 `json:"points_used"`
}

// CheckAnomalySpikeInt64 compares the latest spend of a series with the mean of all points before
// it, as CheckAnomalySpike does, in exact integers.
//
// series is as there, in one minor unit. The errors are ErrSeriesTooLong, ErrSeriesTooShort,
// ErrSpikeMultiplierPPM, ErrMinBaseline and ErrSpendSeries; the result is then a spike.
func CheckAnomalySpikeInt64(series []int64, config *SpikeConfigInt64) (SpikeResultInt64, error) {
	answer := C.check_spike_i64((*C.int64_t)(data(series)), C.size_t(len(series)), config.c())
	r := &answer.result
	return SpikeResultInt64{
		LatestSpend:  int64(r.latest_spend),
		BaselineMean: int64(r.baseline_mean),
		Threshold:    int64(r.threshold),
		IsSpike:      r.is_spike != 0,
		PointsUsed:   uint32(r.points_used),
	}, asError(answer.status)
}

func (r SpikeResult) c() C.cloudcircuit_spike_result {
	return C.cloudcircuit_spike_result{
		latest_spend:  C.double(r.LatestSpend),
		baseline_mean: C.double(r.BaselineMean),
		threshold:     C.double(r.Threshold),
		is_spike:      bit(r.IsSpike),
		points_used:   C.uint32_t(r.PointsUsed),
	}
}

func (r SpikeResultInt64) c() C.cloudcircuit_spike_result_i64 {
	return C.cloudcircuit_spike_result_i64{
		latest_spend:  C.int64_t(r.LatestSpend),
		baseline_mean: C.int64_t(r.BaselineMean),
		threshold:     C.int64_t(r.Threshold),
		is_spike:      bit(r.IsSpike),
		points_used:   C.uint32_t(r.PointsUsed),
	}
}
