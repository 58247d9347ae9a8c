package cloudcircuit_test

import (
	"context"
	"errors"
	"math"
	"testing"

	. "example.com/cloudcircuit"
)

// The rules in plain Go, to tell what crossing into C costs.

var errInput = errors.New("an input breaks a rule")

//go:noinline
func goCheckBudget(spend, limit, ratio float64) (BudgetResult, error) {
	if !(limit > 0 && limit <= math.MaxFloat64 && ratio > 0 && ratio <= 1 && spend >= 0 && spend <= math.MaxFloat64) {
		return BudgetResult{IsWarning: true, IsBreached: true}, errInput
	}
	usage := math.Min(spend/limit, math.MaxFloat64)
	return BudgetResult{spend, limit, usage, limit - spend, usage >= ratio, spend >= limit}, nil
}

func goBudgetColumns(spend, limit []float64, ratio float64, flags []Flags, usage []float64) (invalid int) {
	for i := range flags {
		s, l := spend[i], limit[i]
		if !(l > 0 && l <= math.MaxFloat64 && s >= 0 && s <= math.MaxFloat64) {
			flags[i], usage[i] = FlagInvalid|FlagWarning|FlagBreached, 0
			invalid++
			continue
		}
		u := s / l
		if u > math.MaxFloat64 {
			u = math.MaxFloat64
		}
		var flag Flags
		if u >= ratio {
			flag |= FlagWarning
		}
		if s >= l {
			flag |= FlagBreached
		}
		flags[i], usage[i] = flag, u
	}
	return invalid
}

//go:noinline
func goCheckSpike(series []float64, multiplier, floor float64) (SpikeResult, error) {
	var sum float64
	for _, point := range series {
		if !(point >= 0 && point <= math.MaxFloat64) {
			return SpikeResult{IsSpike: true}, errInput
		}
	}
	past, latest := series[:len(series)-1], series[len(series)-1]
	for _, point := range past {
		sum += point
	}
	mean := sum / float64(len(past))
	threshold := math.Max(mean, floor) * multiplier
	return SpikeResult{latest, mean, threshold, latest > threshold, uint32(len(past))}, nil
}

var flagsSink Flags

func BenchmarkCgoCallAlone(b *testing.B) {
	for i := 0; i < b.N; i++ {
		ABIVersion()
	}
}

func BenchmarkBudgetFlags(b *testing.B) {
	for i := 0; i < b.N; i++ {
		flagsSink |= BudgetFlags(float64(i), 1e9, 0.9)
	}
}

func BenchmarkCheckBudget(b *testing.B) {
	for i := 0; i < b.N; i++ {
		r, _ := CheckBudget(float64(i), 1e9, nil)
		if r.IsBreached {
			flagsSink |= FlagBreached
		}
	}
}

func BenchmarkCheckBudgetInt64(b *testing.B) {
	for i := 0; i < b.N; i++ {
		r, _ := CheckBudgetInt64(int64(i), 1e9, nil)
		if r.IsBreached {
			flagsSink |= FlagBreached
		}
	}
}

func BenchmarkCheckBudgetInPlainGo(b *testing.B) {
	for i := 0; i < b.N; i++ {
		r, _ := goCheckBudget(float64(i), 1e9, 0.9)
		if r.IsBreached {
			flagsSink |= FlagBreached
		}
	}
}

func BenchmarkEvaluateGuard(b *testing.B) {
	signals := make([]Signal, 3)
	signals[0], _ = BudgetSignal(CheckBudget(1, 2, nil))
	signals[1], _ = SpikeSignal(CheckAnomalySpike([]float64{1, 2}, nil))
	signals[2], _ = BreakerSignal(EvaluateCircuitBreaker(DefaultBreakerCounters()))
	for i := 0; i < b.N; i++ {
		EvaluateGuard(signals, nil)
	}
}

func BenchmarkBudgetSignal(b *testing.B) {
	budget, err := CheckBudget(1, 2, nil)
	for i := 0; i < b.N; i++ {
		BudgetSignal(budget, err)
	}
}

func BenchmarkBreakerReportAndAcquire(b *testing.B) {
	breaker := NewBreaker(nil, 0)
	permit, _ := breaker.Acquire(0)
	for i := 0; i < b.N; i++ {
		permit, _ = breaker.ReportAndAcquire(permit, OutcomeSuccess, 1, NoRetryAt, int64(i))
	}
}

func BenchmarkSharedBreakerExecute(b *testing.B) {
	shared := SharedBreaker{Breaker: *NewBreaker(nil, 0), Clock: func() int64 { return 1 }}
	call := func(context.Context) error { return nil }
	for i := 0; i < b.N; i++ {
		shared.Execute(context.Background(), call)
	}
}

func BenchmarkLedgerReserveAndSettle(b *testing.B) {
	ledger, _ := NewLedger(&LedgerConfig{Limit: math.MaxInt64, HoldDuration: 1000}, 1, 0, 0)
	for i := 0; i < b.N; i++ {
		hold, _, _ := ledger.Reserve(10, int64(i))
		ledger.Settle(&hold, 9, int64(i))
	}
}

func BenchmarkRateLimitAcquire(b *testing.B) {
	rate := NewRateLimit(&RateLimitConfig{Limit: 1000, Duration: 1000}, 0)
	for i := 0; i < b.N; i++ {
		rate.Acquire(1, int64(i))
	}
}

const series365 = 365

func year() []float64 {
	series := make([]float64, series365)
	for i := range series {
		series[i] = float64(i%7) + 0.1
	}
	return series
}

func BenchmarkCheckAnomalySpike365(b *testing.B) {
	series := year()
	for i := 0; i < b.N; i++ {
		CheckAnomalySpike(series, nil)
	}
}

func BenchmarkCheckAnomalySpike365InPlainGo(b *testing.B) {
	series := year()
	for i := 0; i < b.N; i++ {
		goCheckSpike(series, 1.5, 0)
	}
}

// A day's budgets of a fleet, in cache; ns/op is for a row.
const rows = 10_000

func budgets() (spend, limit []float64, flags []Flags, usage []float64) {
	spend, limit = make([]float64, rows), make([]float64, rows)
	for i := range spend {
		spend[i], limit[i] = float64(i%1200), 1000
	}
	return spend, limit, make([]Flags, rows), make([]float64, rows)
}

func BenchmarkCheckBudgetColumnsPerRow(b *testing.B) {
	spend, limit, flags, usage := budgets()
	b.ResetTimer()
	for i := 0; i < b.N; i += rows {
		CheckBudgetColumns(spend, limit, nil, flags, usage)
	}
}

func BenchmarkCheckBudgetColumnsPerRowInPlainGo(b *testing.B) {
	spend, limit, flags, usage := budgets()
	b.ResetTimer()
	for i := 0; i < b.N; i += rows {
		goBudgetColumns(spend, limit, 0.9, flags, usage)
	}
}

// A year at hand: the library looks back at two windows of 98 days, and once at each day before.
func BenchmarkDetectSpike365(b *testing.B) {
	series := year()
	for i := 0; i < b.N; i++ {
		DetectSpike(series, nil)
	}
}

// ns/op is for a day of the year.
func BenchmarkScanSpikesPerDay(b *testing.B) {
	series, flags := year(), make([]Flags, series365)
	b.ResetTimer()
	for i := 0; i < b.N; i += series365 {
		ScanSpikes(series, nil, flags, nil, nil)
	}
}

func BenchmarkSpikeTrackerUpdate(b *testing.B) {
	tracker, _ := NewSpikeTracker(nil)
	series := year()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		tracker.Update(series[i%series365])
	}
}

func BenchmarkForecastBudgetAfterAYear(b *testing.B) {
	history := year()
	for i := 0; i < b.N; i++ {
		ForecastBudget(history, history[:10], 30, 100, nil)
	}
}
