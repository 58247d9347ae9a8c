package cloudcircuit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	same(forecast, ForecastConfig{SeasonLength: 7, StartTime: math.MinInt64, Step: 24 * 60 * 60})
	same(DefaultBreakerCounters(), BreakerCounters{0, 3, 0})
	same(policy, GuardPolicy{ActionAlert, ActionBlock, ActionThrottle, ActionAlert, ActionBlock, ActionBlock,
		ActionThrottle, ActionAlert, ActionAlert, ActionBlock, ActionBlock, 7, 0})
	same(breaker, BreakerConfig{FailureThreshold: 3, HalfOpenMaxProbes: 1, HalfOpenCalls: 1,
		HalfOpenFailureRatePPM: 1, BackoffPPM: 2_000_000, OpenDuration: 30_000, MaxOpenDuration: 30_000,
		ProbeTimeout: 60_000})
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
	for reasons := Reasons(0); reasons < 2*ReasonError; reasons++ {
		signals := []Signal{{Kind: SignalBudget, Reasons: reasons}}
		with, _ := EvaluateGuard(signals, &policy)
		without, _ := EvaluateGuard(signals, nil)
		same(with, without)
	}
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
	if s, err := BreakerSignal(BreakerDecision{}, nil); err != ErrBreakerSignal || s != (Signal{}) {
		t.Error(s, err)
	}
	if d, err := EvaluateGuard(make([]Signal, 1), nil); err != ErrSignal || d != (GuardDecision{}) {
		t.Error(d, err)
	}
	if d, err := EvaluateGuard(make([]Signal, GuardMaxSignals+1), nil); err != ErrCount || d != (GuardDecision{}) {
		t.Error(d, err)
	}
	if d, err := EvaluateGuard(nil, nil); err != nil || d != (GuardDecision{Reasons: ReasonMissing}) {
		t.Error(d, err)
	}
	var breaker Breaker
	if p, err := breaker.Acquire(0); err != ErrCorruptState || p != (BreakerPermit{}) {
		t.Error(p, err)
	}
	var ledger Ledger
	if hold, d, err := ledger.Reserve(1, 0); err != ErrCorruptState || hold != (LedgerHold{}) || d != (LedgerDecision{}) {
		t.Error(hold, d, err)
	}
	rate := RateLimit{Config: &RateLimitConfig{Limit: 1, Duration: 1}}
	if d, err := rate.Acquire(1, 0); err != ErrCorruptState || d != (RateLimitDecision{}) {
		t.Error(d, err)
	}
	var tracker SpikeTracker
	if r, err := tracker.Update(1); err != ErrCorruptState || r != (DetectResult{Verdict: VerdictSpike, IsLeak: true, IsDrop: true}) {
		t.Error(r, err)
	}
	if tracker.Validate() != ErrCorruptState || breaker.Validate() != ErrCorruptState || ledger.Validate() != ErrCorruptState ||
		rate.Validate() != ErrCorruptState {
		t.Error("a zero state is valid")
	}
}

// A zero config is either the defaults, which allow nothing, or refused by the name of its first rule.
func TestZeroConfigsNeverAllow(t *testing.T) {
	if _, err := CheckBudgetInt64(0, 1, &BudgetConfigInt64{}); err != ErrWarningPPM {
		t.Error(err)
	}
	if _, err := CheckAnomalySpike([]float64{1, 1}, &SpikeConfig{}); err != ErrSpikeMultiplier {
		t.Error(err)
	}
	if _, err := CheckAnomalySpikeInt64([]int64{1, 1}, &SpikeConfigInt64{}); err != ErrSpikeMultiplierPPM {
		t.Error(err)
	}
	if _, err := DetectSpike(runawayDay(), &DetectConfig{}); err != ErrScoreThreshold {
		t.Error(err)
	}
	if _, err := ForecastBudget(nil, nil, 1, 1, &ForecastConfig{}); err != ErrForecastSeasonLength {
		t.Error(err)
	}
	if d, err := EvaluateGuard(nil, &GuardPolicy{}); err != ErrRequired || d.Action != ActionBlock {
		t.Error(d, err)
	}
	if p, err := NewBreaker(&BreakerConfig{}, 0).Acquire(0); err != ErrHalfOpenMaxProbes || p.Allowed {
		t.Error(p, err)
	}
	off := DefaultBreakerConfig()
	off.FailureThreshold = 0
	if p, err := NewBreaker(&off, 0).Acquire(0); err != ErrNoRule || p.Allowed {
		t.Error(p, err)
	}
	for _, config := range []*LedgerConfig{nil, {}} {
		ledger, _ := NewLedger(config, 1, 0, 0)
		if _, d, err := ledger.Reserve(1, 0); err != nil || d.Allowed || d.Reason != LedgerReasonExceedsLimit {
			t.Error(d, err)
		}
		if _, d, err := ledger.Reserve(0, 0); err != nil || !d.Allowed || d.Reason != LedgerReasonFree {
			t.Error(d, err)
		}
	}
	if d, err := NewRateLimit(nil, 0).Acquire(0, 0); err != ErrNullPointer || d.Allowed {
		t.Error(d, err)
	}
	if d, err := NewRateLimit(&RateLimitConfig{}, 0).Acquire(0, 0); err != ErrRateDuration || d.Allowed {
		t.Error(d, err)
	}
}

// json.Unmarshal reads a record back into the struct that it came from.
func TestRecords(t *testing.T) {
	budget, _ := CheckBudget(0.1+0.2, 0.3, nil)
	budgetInt64, _ := CheckBudgetInt64(math.MaxInt64, 1, nil)
	spike, _ := CheckAnomalySpike([]float64{0.1, 0.7, 0.1}, nil)
	spikeInt64, _ := CheckAnomalySpikeInt64([]int64{math.MaxInt64, 1, 2}, nil)
	counted := BreakerCounters{9, 3, 4}
	counters, _ := EvaluateCircuitBreaker(counted)
	signal, _ := BudgetSignal(budget, nil)
	guard, _ := EvaluateGuard([]Signal{signal, {Kind: SignalRate, MonitorReasons: ReasonRate}}, nil)
	permit, _ := NewBreaker(nil, 5).Acquire(-5)
	ledger, _ := NewLedger(&LedgerConfig{Limit: 10, Thresholds: []int64{100_000, 200_000}}, 1, 7, 0)
	decision, _ := ledger.Record(11, 0)
	limit := &RateLimitConfig{Limit: 5, Duration: 60}
	rate, _ := NewRateLimit(limit, 9).Acquire(7, 8)
	detected, _ := DetectSpike(runawayDay(), nil)
	forecast, _ := ForecastBudget(runawayDay(), []float64{0.1, 0.7}, 30, 0.3, nil)
	for _, c := range []struct {
		value    any
		kind     string
		settings string // begins so
		record   func(dst []byte, err error) ([]byte, error)
	}{
		{budget, "budget_result", `{"warning_ratio":0.9}`, func(dst []byte, err error) ([]byte, error) { return budget.AppendJSON(dst, err, nil) }},
		{budgetInt64, "budget_result_i64", `{"warning_ppm":900000}`, func(dst []byte, err error) ([]byte, error) { return budgetInt64.AppendJSON(dst, err, nil) }},
		{spike, "spike_result", `{"spike_multiplier":1.5,"min_baseline":0`, func(dst []byte, err error) ([]byte, error) { return spike.AppendJSON(dst, err, nil) }},
		{spikeInt64, "spike_result_i64", `{"spike_multiplier_ppm":1500000,"min_baseline":0}`, func(dst []byte, err error) ([]byte, error) { return spikeInt64.AppendJSON(dst, err, nil) }},
		{counters, "breaker_decision", `{"consecutive_failures":9,"failure_threshold":3,"cooldown_steps_remaining":4}`, func(dst []byte, err error) ([]byte, error) { return counters.AppendJSON(dst, err, counted) }},
		{guard, "guard_decision", `{"on_warning":"alert","on_breach":"block"`, func(dst []byte, err error) ([]byte, error) { return guard.AppendJSON(dst, err, nil) }},
		{permit, "breaker_permit", `{"failure_threshold":3,"failure_count":0`, func(dst []byte, err error) ([]byte, error) { return permit.AppendJSON(dst, err, nil) }},
		{decision, "ledger_decision", `{"limit":10,`, func(dst []byte, err error) ([]byte, error) { return decision.AppendJSON(dst, err, ledger.Config) }},
		{rate, "rate_limit_decision", `{"limit":5,"duration":60,`, func(dst []byte, err error) ([]byte, error) { return rate.AppendJSON(dst, err, limit) }},
		{detected, "detect_result", `{"season_length":0,`, func(dst []byte, err error) ([]byte, error) { return detected.AppendJSON(dst, err, nil) }},
		{forecast, "forecast_result", `{"season_length":7,"lag_points":0,"negative_points":"error","start_time":-9223372036854775808,"step":86400}`, func(dst []byte, err error) ([]byte, error) { return forecast.AppendJSON(dst, err, nil) }},
	} {
		line, err := c.record([]byte("> "), nil)
		if err != nil || string(line[:2]) != "> " {
			t.Fatalf("%s %v", line, err)
		}
		line = line[2:]
		var about struct {
			Kind, Version, Status string
			Message               *string
			Config                json.RawMessage
		}
		if err := json.Unmarshal(line, &about); err != nil || about.Kind != c.kind || about.Version != Version() ||
			about.Status != "CLOUDCIRCUIT_OK" || about.Message != nil || !strings.HasPrefix(string(about.Config), c.settings) {
			t.Errorf("%s %v", line, err)
		}
		back := reflect.New(reflect.TypeOf(c.value))
		if err := json.Unmarshal(line, back.Interface()); err != nil {
			t.Error(err)
		}
		if back.Elem().Interface() != c.value || back.Elem().IsZero() {
			t.Errorf("%s reads back as %v, not %v", line, back.Elem(), c.value)
		}
		// What Go itself writes of a result reads back too, each name as the record has it.
		line, err = json.Marshal(c.value)
		again := reflect.New(reflect.TypeOf(c.value))
		if err != nil || json.Unmarshal(line, again.Interface()) != nil || again.Elem().Interface() != c.value {
			t.Errorf("%s %v", line, err)
		}
		// A refused call's record says which rule refused, and has the settings.
		line, err = c.record(nil, fmt.Errorf("wrapped: %w", ErrCorruptState))
		if err != nil {
			t.Fatal(err)
		}
		about.Message = nil
		if err := json.Unmarshal(line, &about); err != nil || about.Kind != c.kind || about.Status != ErrCorruptState.Name() ||
			about.Message == nil || "cloudcircuit: "+*about.Message != ErrCorruptState.Error() ||
			!strings.HasPrefix(string(about.Config), c.settings) {
			t.Errorf("%s %v", line, err)
		}
	}
	if line, err := (BudgetResult{UsageRatio: math.Inf(1)}).AppendJSON([]byte("kept"), nil, nil); err != ErrRecordField || string(line) != "kept" {
		t.Errorf("%s %v", line, err)
	}
	if line, err := budget.AppendJSON([]byte("kept"), io.EOF, nil); err != io.EOF || string(line) != "kept" {
		t.Errorf("%s %v", line, err)
	}
}

func TestUnknownWordsAreRefused(t *testing.T) {
	for _, line := range []string{`{"action":"nothing"}`, `{"action":"unknown action"}`, `{"reasons":["breach","unknown reason"]}`,
		`{"reasons":"breach"}`, `{"kinds":["cost"]}`} {
		if err := json.Unmarshal([]byte(line), new(GuardDecision)); err == nil {
			t.Error(line)
		}
	}
	for _, line := range []string{`{"crossed":[8]}`, `{"crossed":[-1]}`, `{"crossed":["0"]}`, `{"reason":"within","crossed":3}`} {
		if err := json.Unmarshal([]byte(line), new(LedgerDecision)); err == nil {
			t.Error(line)
		}
	}
}

// Names are the C constants' last words; of a number that has none, they say what it is not.
func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		Flags(0).String():                                                  "none",
		(FlagWarning | FlagInvalid).String():                               "warning|invalid",
		(FlagInsufficient | FlagOpen).String():                             "open|insufficient",
		(FlagSpike | FlagLeak).String():                                    "spike|leak",
		(FlagBreached | FlagSpike).String():                                "breached|spike",
		VerdictInsufficientData.String():                                   "insufficient_data",
		Verdict(0).String():                                                "unknown verdict",
		DetectReasonRefused.String():                                       "refused",
		DetectReasonMissing.String():                                       "missing",
		DetectReason(-1).String():                                          "unknown reason",
		(ReasonBreach | ReasonMissing).String():                            "breach|missing",
		(ReasonOverLimit | ReasonError).String():                           "over_limit|error",
		(ReasonWarning | ReasonSpike).String():                             "warning|spike",
		(SignalBudget | SignalForecast).String():                           "budget|forecast",
		Reasons(0).String() + Signals(0).String():                          "nonenone",
		ActionBlock.String() + ActionThrottle.String():                     "blockthrottle",
		ActionAlert.String() + ActionAllow.String():                        "alertallow",
		Action(9).String():                                                 "unknown action",
		PhaseHalfOpen.String() + Phase(0).String():                         "half_openunknown phase",
		OutcomeIgnored.String() + Outcome(7).String():                      "ignoredunknown outcome",
		LedgerReasonUnverified.String():                                    "unverified",
		LedgerReason(-1).String():                                          "unknown reason",
		RateReasonExceedsLimit.String():                                    "exceeds_limit",
		RateReason(2).String():                                             "unknown reason",
		ModeMonitor.String() + ModeUnlimited.String():                      "monitorunlimited",
		ModeEnforce.String() + Mode(3).String():                            "enforceunknown mode",
		(&OverLimitError{LedgerDecision{Available: 5, Reason: 3}}).Error(): "cloudcircuit: the ledger refuses: over_limit, available 5",
		(&OpenError{BreakerPermit{Phase: 2, RetryAfter: 9}}).Error():       "cloudcircuit: the breaker is open, retry after 9",
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
	ledger, _ := NewLedger(&LedgerConfig{Limit: 1 << 60, HoldDuration: 9, Thresholds: []int64{500_000}}, 1, 0, 0)
	rate := NewRateLimit(&RateLimitConfig{Limit: 9, Duration: 9}, 0)
	signals := make([]Signal, 0, 8)
	add := func(signal Signal, _ error) { signals = append(signals, signal) }
	detect, forecast := DefaultDetectConfig(), DefaultForecastConfig()
	tracker, _ := NewSpikeTracker(nil)
	shared := &SharedBreaker{Breaker: *NewBreaker(nil, 0)}
	call := func(context.Context) error { return nil }
	sharedLedger := &SharedLedger{Ledger: *ledger}
	cost := func(context.Context) (Cost, error) { return Spent(9), nil }
	buffer := make([]byte, 0, 8192)
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
			signals = signals[:0]
			add(BudgetSignal(CheckBudget(1, 2, nil)))
			add(BudgetSignal(CheckBudget(1, -2, nil)))
			add(SpikeSignal(CheckAnomalySpike(series, nil)))
			add(BreakerSignal(EvaluateCircuitBreaker(DefaultBreakerCounters())))
			add(RateLimitSignal(rate.Acquire(1, 1)))
			EvaluateGuard(signals, &policy)
			EvaluateGuard(signals, nil)
		},
		"Breaker": func() {
			permit, _ := breaker.Acquire(1)
			permit, _ = breaker.ReportAndAcquire(permit, OutcomeSuccess, 1, NoRetryAt, 2)
			breaker.Report(permit, OutcomeSuccess, 1, NoRetryAt, 3)
			breaker.Peek(3)
			breaker.Force(PhaseClosed, 0, 4)
			breaker.Reset(4)
			breaker.Validate()
			if breaker.Report(permit, OutcomeSuccess, 1, NoRetryAt, 3) != ErrStalePermit {
				t.Error("a permit of before the reset")
			}
		},
		"Ledger": func() {
			hold, _, _ := ledger.Reserve(10, 0)
			ledger.Extend(&hold, 1, 0)
			ledger.Post(&hold, 1, 0)
			ledger.Settle(&hold, 9, 0)
			hold, _, _ = ledger.Reserve(10, 0)
			ledger.Release(&hold, 0)
			ledger.Record(1, 0)
			ledger.Roll(0, 0)
			ledger.Reset(0, 0)
			ledger.Validate()
		},
		"RateLimit": func() {
			d, _ := rate.Acquire(1, 0)
			rate.Adjust(d.TakenAt, -1, 0)
			rate.Reset(0)
			rate.Validate()
		},
		"Shared": func() {
			shared.Execute(context.Background(), call)
			sharedLedger.Execute(context.Background(), 10, cost)
		},
		"String":                func() { _ = PhaseHalfOpen.String() + ""; _ = ErrReserved.Name() },
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
			rate.AppendBinary(buffer)
			tracker.AppendBinary(buffer)
		},
		"AppendJSON": func() {
			budget, _ := CheckBudget(1, 2, nil)
			if _, err := budget.AppendJSON(buffer, nil, &config); err != nil {
				t.Error(err)
			}
			permit, err := breaker.Acquire(1)
			permit.AppendJSON(buffer, err, nil)
			decision, err := ledger.Record(-1<<63, 1)
			decision.AppendJSON(buffer, err, ledger.Config)
		},
	} {
		if allocations := testing.AllocsPerRun(100, call); allocations != 0 {
			t.Errorf("%s allocates %v times", name, allocations)
		}
	}
}
