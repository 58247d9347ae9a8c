package cloudcircuit_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	. "example.com/cloudcircuit"
)

func TestErrors(t *testing.T) {
	_, err := CheckBudget(1, 0, nil)
	if !errors.Is(err, ErrBudgetLimit) || errors.Is(err, ErrCurrentSpend) {
		t.Error(err)
	}
	if err.Error() != "cloudcircuit: budget_limit must be finite and > 0" {
		t.Error(err)
	}
	var status Status
	if !errors.As(err, &status) || status != ErrBudgetLimit || status.Name() != "CLOUDCIRCUIT_ERR_BUDGET_LIMIT" {
		t.Error(status)
	}
	if unknown := Status(-7); unknown.Name() != "unknown status" {
		t.Error(unknown.Name())
	}
}

// The config init functions of C and the constants of its header say the same as nil.
func TestNilMeansTheDefaults(t *testing.T) {
	same := func(left, right any) {
		t.Helper()
		if left != right {
			t.Errorf("%v is not %v", left, right)
		}
	}
	budget, spike := DefaultBudgetConfig(), DefaultSpikeConfig()
	budgetInt64, spikeInt64 := DefaultBudgetConfigInt64(), DefaultSpikeConfigInt64()
	policy, breaker := DefaultGuardPolicy(), DefaultBreakerConfig()
	detect, forecast := DefaultDetectConfig(), DefaultForecastConfig()
	same(budget, BudgetConfig{0.9})
	same(spike, SpikeConfig{1.5, 0})
	same(budgetInt64, BudgetConfigInt64{900_000})
	same(spikeInt64, SpikeConfigInt64{1_500_000, 0})
	same(detect, DetectConfig{ScoreThreshold: 3.5, MinRelativeImpact: 0.08, MinBaseline: 0.01,
		StartTime: math.MinInt64, Step: 24 * 60 * 60})
	same(forecast, ForecastConfig{7})
	same(DefaultBreakerCounters(), BreakerCounters{0, 3, 0})
	same(policy, GuardPolicy{ActionAlert, ActionBlock, ActionThrottle, ActionBlock, ActionBlock, 7})
	same(breaker, BreakerConfig{FailureThreshold: 3, HalfOpenMaxProbes: 1, HalfOpenSuccesses: 1,
		OpenDuration: 30_000, MaxOpenDuration: 30_000, ProbeTimeout: 60_000})
	for _, spend := range []float64{89.99, 90, 100} {
		with, _ := CheckBudget(spend, 100, &budget)
		without, _ := CheckBudget(spend, 100, nil)
		same(with, without)
	}
	for _, spend := range []int64{899_999, 900_000, 1_000_000} {
		with, _ := CheckBudgetInt64(spend, 1_000_000, &budgetInt64)
		without, _ := CheckBudgetInt64(spend, 1_000_000, nil)
		same(with, without)
	}
	for _, latest := range []float64{15, 15.000000000000002} {
		with, _ := CheckAnomalySpike([]float64{10, latest}, &spike)
		without, _ := CheckAnomalySpike([]float64{10, latest}, nil)
		same(with, without)
	}
	for _, latest := range []int64{15, 16} {
		with, _ := CheckAnomalySpikeInt64([]int64{10, latest}, &spikeInt64)
		without, _ := CheckAnomalySpikeInt64([]int64{10, latest}, nil)
		same(with, without)
	}
	tracker, _ := NewSpikeTracker(nil)
	same(tracker.Config, detect)
	days := runawayDay()
	found, _ := DetectSpike(days, &detect)
	foundByDefault, _ := DetectSpike(days, nil)
	same(found, foundByDefault)
	flags, flagsByDefault := make([]Flags, len(days)), make([]Flags, len(days))
	ScanSpikes(days, &detect, flags, nil, nil)
	ScanSpikes(days, nil, flagsByDefault, nil, nil)
	same(reflect.DeepEqual(flags, flagsByDefault), true)
	expected, _ := ForecastBudget(days, nil, 30, 1000, &forecast)
	expectedByDefault, _ := ForecastBudget(days, nil, 30, 1000, nil)
	same(expected, expectedByDefault)
	with, _ := EvaluateGuard(&BudgetResult{IsWarning: true}, nil, nil, &policy)
	without, _ := EvaluateGuard(&BudgetResult{IsWarning: true}, nil, nil, nil)
	same(with, without)
	same(without, GuardDecision{Action: ActionBlock, Reasons: ReasonWarning | ReasonMissing})
}

// What a host meets that forgets to look at the error.
func TestErrorsRefuse(t *testing.T) {
	nan := math.NaN()
	if r, err := CheckBudget(nan, 1, nil); err != ErrCurrentSpend || r != (BudgetResult{IsWarning: true, IsBreached: true}) {
		t.Error(r, err)
	}
	if r, err := CheckBudget(0, 1, &BudgetConfig{}); err != ErrWarningRatio || !r.IsBreached {
		t.Error(r, err)
	}
	if r, err := CheckBudgetInt64(-1, 1, nil); err != ErrCurrentSpend || r != (BudgetResultInt64{IsWarning: true, IsBreached: true}) {
		t.Error(r, err)
	}
	for _, series := range [][]float64{nil, {}, {1}} {
		if r, err := CheckAnomalySpike(series, nil); err != ErrSeriesTooShort || r != (SpikeResult{IsSpike: true}) {
			t.Error(r, err)
		}
		if flags := SpikeFlags(series, 1.5, 0); flags != FlagSpike|FlagInvalid {
			t.Error(flags)
		}
	}
	if r, err := CheckAnomalySpikeInt64(nil, nil); err != ErrSeriesTooShort || r != (SpikeResultInt64{IsSpike: true}) {
		t.Error(r, err)
	}
	if d, err := EvaluateCircuitBreaker(BreakerCounters{}); err != ErrFailureThreshold || d != (BreakerDecision{IsOpen: true}) {
		t.Error(d, err)
	}
	if d, err := EvaluateGuard(nil, nil, &BreakerDecision{}, nil); err != ErrBreakerSignal || d != (GuardDecision{}) {
		t.Error(d, err)
	}
	var breaker Breaker
	if p, err := breaker.Acquire(0); err != ErrCorruptState || p != (BreakerPermit{}) {
		t.Error(p, err)
	}
	var ledger Ledger
	if hold, d, err := ledger.Reserve(1); err != ErrCorruptState || hold != (LedgerHold{}) || d != (LedgerDecision{}) {
		t.Error(hold, d, err)
	}
	var tracker SpikeTracker
	if r, err := tracker.Update(1); err != ErrCorruptState || r != (DetectResult{Verdict: VerdictSpike, IsLeak: true}) {
		t.Error(r, err)
	}
	if tracker.Validate() != ErrCorruptState || breaker.Validate() != ErrCorruptState || ledger.Validate() != ErrCorruptState {
		t.Error("a zero state is valid")
	}
}

// json.Unmarshal reads a record back into the struct that it came from.
func TestRecords(t *testing.T) {
	budget, _ := CheckBudget(0.1+0.2, 0.3, nil)
	budgetInt64, _ := CheckBudgetInt64(math.MaxInt64, 1, nil)
	spike, _ := CheckAnomalySpike([]float64{0.1, 0.7, 0.1}, nil)
	spikeInt64, _ := CheckAnomalySpikeInt64([]int64{math.MaxInt64, 1, 2}, nil)
	counters, _ := EvaluateCircuitBreaker(BreakerCounters{9, 3, 4})
	guard, _ := EvaluateGuard(&budget, &spike, &counters, nil)
	breaker := NewBreaker(nil, 5)
	permit, _ := breaker.Acquire(-5)
	ledger := NewLedger(&LedgerConfig{Limit: 10, ThresholdPPM: []uint32{100_000}}, 7)
	decision, _ := ledger.Record(11)
	detected, _ := DetectSpike(runawayDay(), nil)
	forecast, _ := ForecastBudget(runawayDay(), []float64{0.1, 0.7}, 30, 0.3, nil)
	for _, value := range []any{budget, budgetInt64, spike, spikeInt64, counters, guard, permit, decision, detected, forecast} {
		if reflect.ValueOf(value).IsZero() {
			t.Errorf("%T is zero", value)
		}
		line, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(reflect.TypeOf(value))
		decoder := json.NewDecoder(strings.NewReader(string(line)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(back.Interface()); err != nil {
			t.Error(err)
		}
		if back.Elem().Interface() != value {
			t.Errorf("%s reads back as %v, not %v", line, back.Elem(), value)
		}
		appended, err := value.(interface {
			AppendJSON([]byte) ([]byte, error)
		}).AppendJSON([]byte("> "))
		if err != nil || string(appended) != "> "+string(line) {
			t.Errorf("%s is not > %s", appended, line)
		}
	}
	if line, err := (BudgetResult{UsageRatio: math.Inf(1)}).AppendJSON([]byte("kept")); err != ErrRecordField || string(line) != "kept" {
		t.Errorf("%s %v", line, err)
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		Flags(0).String():                         "none",
		(FlagWarning | FlagInvalid).String():      "warning|invalid",
		(FlagInsufficient | FlagOpen).String():    "open|insufficient",
		(FlagSpike | FlagLeak).String():           "spike|leak",
		VerdictInsufficientData.String():          "INSUFFICIENT_DATA",
		Verdict(0).String():                       "Verdict(0)",
		DetectReasonRefused.String():              "REFUSED",
		DetectReasonMissing.String():              "MISSING",
		(ReasonBreach | ReasonMissing).String():   "breach|missing",
		ActionBlock.String():                      "BLOCK",
		ActionAllow.String():                      "ALLOW",
		Action(9).String():                        "Action(9)",
		PhaseHalfOpen.String():                    "HALF_OPEN",
		Phase(0).String():                         "Phase(0)",
		OutcomeIgnored.String():                   "IGNORED",
		LedgerLate.String():                       "LATE",
		LedgerReason(-1).String():                 "LedgerReason(-1)",
		(FlagBreached | FlagSpike).String():       "breached|spike",
		(ReasonWarning | ReasonSpike).String():    "warning|spike",
		Reasons(ReasonOpen | ReasonOpen).String(): "open",
	} {
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	config, exact := DefaultBudgetConfig(), DefaultBudgetConfigInt64()
	spikeConfig, spikeExact := DefaultSpikeConfig(), DefaultSpikeConfigInt64()
	policy := DefaultGuardPolicy()
	series, seriesInt64 := []float64{1, 2, 3}, []int64{1, 2, 3}
	flags, ratios, thresholds := make([]Flags, 3), make([]float64, 3), make([]float64, 1)
	usage, offsets := make([]uint64, 3), []int64{0, 3}
	validity := Validity{Bits: []byte{5}}
	breaker := NewBreaker(nil, 0)
	ledger := NewLedger(&LedgerConfig{Limit: 1 << 60, ThresholdPPM: []uint32{500_000}}, 0)
	detect, forecast := DefaultDetectConfig(), DefaultForecastConfig()
	tracker, _ := NewSpikeTracker(nil)
	buffer := make([]byte, 0, 4096)
	for name, call := range map[string]func(){
		"ABIVersion":                      func() { ABIVersion() },
		"CheckBudget":                     func() { CheckBudget(1, 2, &config); CheckBudget(1, 2, nil) },
		"CheckBudgetInt64":                func() { CheckBudgetInt64(1, 2, &exact); CheckBudgetInt64(1, 2, nil) },
		"CheckAnomalySpike":               func() { CheckAnomalySpike(series, &spikeConfig); CheckAnomalySpike(series, nil) },
		"CheckAnomalySpikeInt64":          func() { CheckAnomalySpikeInt64(seriesInt64, &spikeExact) },
		"EvaluateCircuitBreaker":          func() { EvaluateCircuitBreaker(DefaultBreakerCounters()) },
		"BudgetFlags":                     func() { BudgetFlags(1, 2, 0.9) },
		"BudgetFlagsInt64":                func() { BudgetFlagsInt64(1, 2, 900_000) },
		"SpikeFlags":                      func() { SpikeFlags(series, 1.5, 0) },
		"BreakerFlags":                    func() { BreakerFlags(0, 3, 0) },
		"MoneyFromFloat64":                func() { MoneyFromFloat64(19.99, 2) },
		"MoneyToFloat64":                  func() { MoneyToFloat64(1999, 2) },
		"CheckBudgetColumns":              func() { CheckBudgetColumns(series, series, nil, flags, ratios) },
		"CheckBudgetColumns with errors":  func() { CheckBudgetColumnsNullable(series, validity, series, validity, nil, flags, ratios) },
		"CheckBudgetColumns of lengths":   func() { CheckBudgetColumns(series, nil, nil, flags, ratios) },
		"CheckBudgetColumnsInt64":         func() { CheckBudgetColumnsInt64(seriesInt64, seriesInt64, nil, flags, usage) },
		"CheckAnomalySpikeColumns":        func() { CheckAnomalySpikeColumns(series, offsets, nil, flags[:1], thresholds) },
		"CheckBudgetColumnsInt64Nullable": func() { CheckBudgetColumnsInt64Nullable(seriesInt64, validity, seriesInt64, validity, nil, flags, nil) },
		"EvaluateGuard": func() {
			budget, _ := CheckBudget(1, 2, nil)
			spike, _ := CheckAnomalySpike(series, nil)
			counters, _ := EvaluateCircuitBreaker(DefaultBreakerCounters())
			EvaluateGuard(&budget, &spike, &counters, &policy)
			EvaluateGuard(&budget, &spike, &counters, nil)
		},
		"Breaker": func() {
			permit, _ := breaker.Acquire(1)
			permit, _ = breaker.ReportAndAcquire(permit, OutcomeSuccess, 1, 2)
			breaker.Report(permit, OutcomeSuccess, 1, 3)
			breaker.Force(PhaseClosed, 0, 4)
			breaker.Validate()
			permit.Generation--
			if breaker.Report(permit, OutcomeSuccess, 1, 3) != ErrPermit {
				t.Error("not its own permit")
			}
		},
		"Ledger": func() {
			hold, _, _ := ledger.Reserve(10)
			ledger.Settle(&hold, 9)
			hold, _, _ = ledger.Reserve(10)
			ledger.Release(&hold)
			ledger.Record(1)
			ledger.Roll(0)
			ledger.Validate()
		},
		"DetectSpike":           func() { DetectSpike(series, &detect); DetectSpike(series, nil) },
		"ScanSpikes":            func() { ScanSpikes(series, &detect, flags, ratios, nil) },
		"ScanSpikes of lengths": func() { ScanSpikes(series, nil, flags[:2], ratios, nil) },
		"SpikeTracker":          func() { tracker.Update(1); tracker.Update(-1); tracker.Validate() },
		"ForecastBudget": func() {
			ForecastBudget(series, series, 30, 9, &forecast)
			ForecastBudget(nil, nil, -1, 9, nil)
		},
		"AppendBinary": func() {
			breaker.AppendBinary(buffer)
			ledger.AppendBinary(buffer)
			tracker.AppendBinary(buffer)
		},
		"AppendJSON": func() {
			budget, _ := CheckBudget(1, 2, nil)
			if _, err := budget.AppendJSON(buffer); err != nil {
				t.Error(err)
			}
		},
	} {
		if allocations := testing.AllocsPerRun(100, call); allocations != 0 {
			t.Errorf("%s allocates %v times", name, allocations)
		}
	}
}
