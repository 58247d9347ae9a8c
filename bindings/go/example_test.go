package cloudcircuit_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"example.com/cloudcircuit"
)

func Example() {
	budget, err := cloudcircuit.CheckBudget(920, 1000, nil)
	switch {
	case err != nil:
		fmt.Println(err)
	case budget.IsBreached:
		fmt.Println("stop spending")
	case budget.IsWarning:
		fmt.Printf("%.0f %% of the budget is used\n", 100*budget.UsageRatio)
	}
	// Output: 92 % of the budget is used
}

func ExampleCheckBudget() {
	config := cloudcircuit.DefaultBudgetConfig()
	config.WarningRatio = 0.8
	budget, err := cloudcircuit.CheckBudget(850, 1000, &config)
	fmt.Println(budget.IsWarning, budget.IsBreached, budget.RemainingBudget, err)
	// Output: true false 150 <nil>
}

// A call that fails refuses, for callers that forget to look.
func ExampleCheckBudget_error() {
	budget, err := cloudcircuit.CheckBudget(850, -1000, nil)
	fmt.Println(budget.IsBreached, errors.Is(err, cloudcircuit.ErrBudgetLimit))
	fmt.Println(err)
	// Output:
	// true true
	// cloudcircuit: budget_limit must be finite and > 0
}

// In cents: 80 % of 0.35 is 0.28 exactly.
func ExampleCheckBudgetInt64() {
	budget, _ := cloudcircuit.CheckBudgetInt64(28, 35, &cloudcircuit.BudgetConfigInt64{WarningPPM: 800_000})
	fmt.Println(budget.IsWarning, budget.UsagePPM)
	// Output: true 800000
}

func ExampleCheckAnomalySpike() {
	days := []float64{10, 11, 9, 10, 31}
	spike, _ := cloudcircuit.CheckAnomalySpike(days, nil)
	fmt.Println(spike.IsSpike, spike.BaselineMean, spike.Threshold)
	// Output: true 10 15
}

func ExampleCheckAnomalySpikeInt64() {
	days := []int64{1000, 1001, 1501} // half a cent is not lost: the threshold is 1500.75
	spike, _ := cloudcircuit.CheckAnomalySpikeInt64(days, nil)
	fmt.Println(spike.IsSpike, spike.BaselineMean, spike.Threshold)
	// Output: true 1000 1500
}

func ExampleEvaluateCircuitBreaker() {
	counters := cloudcircuit.DefaultBreakerCounters()
	counters.ConsecutiveFailures = 3
	counters.CooldownStepsRemaining = 2
	decision, _ := cloudcircuit.EvaluateCircuitBreaker(counters)
	fmt.Println(decision.AllowOperation, decision.RetryAfterSteps)
	// Output: false 2
}

func ExampleEvaluateGuard() {
	budget, _ := cloudcircuit.BudgetSignal(cloudcircuit.CheckBudget(920, 1000, nil))
	spike, _ := cloudcircuit.SpikeSignal(cloudcircuit.CheckAnomalySpike([]float64{10, 10, 40}, nil))
	breaker, _ := cloudcircuit.PermitSignal(cloudcircuit.NewBreaker(nil, 0).Acquire(0))
	verdict, err := cloudcircuit.EvaluateGuard([]cloudcircuit.Signal{budget, spike, breaker}, nil)
	fmt.Println(verdict.Action, verdict.Reasons, err)
	// Output: throttle warning|spike <nil>
}

// What a rate limit in ModeMonitor would have refused decides nothing yet.
func ExampleEvaluateGuard_monitor() {
	limit := &cloudcircuit.RateLimitConfig{Limit: 100, Duration: 60_000, Mode: cloudcircuit.ModeMonitor}
	rate, _ := cloudcircuit.RateLimitSignal(cloudcircuit.NewRateLimit(limit, 0).Acquire(150, 0))
	policy := cloudcircuit.DefaultGuardPolicy()
	policy.Required = cloudcircuit.SignalRate
	verdict, _ := cloudcircuit.EvaluateGuard([]cloudcircuit.Signal{rate}, &policy)
	fmt.Println(verdict.Action, verdict.MonitorAction, verdict.MonitorReasons)
	// Output: allow throttle rate
}

func ExampleCheckBudgetColumns() {
	spend := []float64{500, 950, -1, 1200}
	limit := []float64{1000, 1000, 1000, 1000}
	flags := make([]cloudcircuit.Flags, len(spend))
	usage := make([]float64, len(spend))
	invalid, err := cloudcircuit.CheckBudgetColumns(spend, limit, nil, flags, usage)
	if err != nil && !errors.Is(err, cloudcircuit.ErrInvalidRows) {
		fmt.Println(err)
		return
	}
	for i, flag := range flags {
		fmt.Println(usage[i], flag)
	}
	fmt.Println(invalid, "invalid")
	// Output:
	// 0.5 none
	// 0.95 warning
	// 0 warning|breached|invalid
	// 1.2 warning|breached
	// 1 invalid
}

// Row 1 has no limit: its bit is 0.
func ExampleCheckBudgetColumnsNullable() {
	spend, limit := []float64{500, 500}, []float64{1000, 0}
	hasLimit := cloudcircuit.Validity{Bits: []byte{0b01}}
	flags := make([]cloudcircuit.Flags, len(spend))
	invalid, err := cloudcircuit.CheckBudgetColumnsNullable(spend, cloudcircuit.Validity{}, limit, hasLimit, nil, flags, nil)
	fmt.Println(flags, invalid, err)
	// Output: [none warning|breached|invalid] 1 cloudcircuit: every row must be valid: invalid rows are refused, the others decided
}

// Two accounts' days, end to end.
func ExampleCheckAnomalySpikeColumns() {
	spend := []float64{10, 10, 40, 7, 7, 7, 7}
	offsets := []int64{0, 3, 7}
	flags := make([]cloudcircuit.Flags, 2)
	threshold := make([]float64, 2)
	invalid, err := cloudcircuit.CheckAnomalySpikeColumns(spend, offsets, nil, flags, threshold)
	fmt.Println(flags, threshold, invalid, err)
	// Output: [spike none] [15 10.5] 0 <nil>
}

func ExampleBudgetFlags() {
	if flags := cloudcircuit.BudgetFlags(950, 1000, cloudcircuit.DefaultWarningRatio); flags != 0 {
		fmt.Println(flags)
	}
	// Output: warning
}

// A training job that was not stopped, in the fifth week.
func ExampleDetectSpike() {
	days := []float64{
		100, 102, 99, 101, 100, 40, 38,
		101, 100, 103, 99, 98, 41, 40,
		99, 101, 100, 102, 101, 39, 40,
		102, 98, 100, 101, 99, 40, 41,
		100, 340,
	}
	config := cloudcircuit.DefaultDetectConfig()
	config.StartTime = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).Unix()
	config.MinImpact = 20
	found, err := cloudcircuit.DetectSpike(days, &config)
	fmt.Printf("%v: %.0f where about %.0f was to be expected, %v\n",
		found.Verdict, found.LatestSpend, found.ExpectedSpend, err)
	// What is usual on a Friday is not on a Saturday.
	found, _ = cloudcircuit.DetectSpike(append(days[:26:26], 100), &config)
	fmt.Println(found.Verdict)
	// Output:
	// spike: 340 where about 99 was to be expected, <nil>
	// spike
}

// Last month's bill, judged day by day as it came in.
func ExampleScanSpikes() {
	days := []float64{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 35, math.NaN(), 10}
	flags := make([]cloudcircuit.Flags, len(days))
	expected := make([]float64, len(days))
	if err := cloudcircuit.ScanSpikes(days, nil, flags, expected, nil); err != nil {
		fmt.Println(err)
		return
	}
	for i := 12; i < len(days); i++ {
		fmt.Println(days[i], expected[i], flags[i])
	}
	// Output:
	// 10 0 insufficient
	// 10 10 none
	// 35 10 spike
	// NaN 0 insufficient
	// 10 10 none
}

// Spend as it comes in, without keeping its history.
func ExampleSpikeTracker() {
	tracker, err := cloudcircuit.NewSpikeTracker(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for day := 0; day < 28; day++ {
		tracker.Update(100)
	}
	found, _ := tracker.Update(350)
	fmt.Println(found.Verdict, found.Excess, tracker.Revision)
	// Output: spike 250 29
}

// Ten days into June, after a May at 10 a day.
func ExampleForecastBudget() {
	may := make([]float64, 31)
	for day := range may {
		may[day] = 10
	}
	june := may[:10]
	forecast, err := cloudcircuit.ForecastBudget(may, june, 30, 250, nil)
	fmt.Println(forecast.SpendToDate, forecast.ForecastSpend, err)
	if forecast.IsForecastBreached {
		fmt.Println("the budget is used up on June", forecast.ExhaustionPoint+1)
	}
	// Output:
	// 100 300 <nil>
	// the budget is used up on June 25
}

// Three failures trip it; after 30 seconds one probe is let through and closes it.
func ExampleBreaker() {
	breaker := cloudcircuit.NewBreaker(nil, 0)
	try := func(now int64, outcome cloudcircuit.Outcome) {
		permit, err := breaker.Acquire(now)
		if err != nil {
			fmt.Println(err)
		} else if !permit.Allowed {
			fmt.Println("refused for", permit.RetryAfter)
		} else if err := breaker.Report(permit, outcome, 5, cloudcircuit.NoRetryAt, now+5); err != nil {
			fmt.Println(err)
		} else {
			fmt.Println(outcome, breaker.State.Phase)
		}
	}
	try(1000, cloudcircuit.OutcomeFailure)
	try(1100, cloudcircuit.OutcomeFailure)
	try(1200, cloudcircuit.OutcomeFailure)
	try(1300, cloudcircuit.OutcomeSuccess)
	try(31205, cloudcircuit.OutcomeSuccess)
	// Output:
	// failure closed
	// failure closed
	// failure open
	// refused for 29905
	// success closed
}

// A breaker that outlives the process.
func ExampleBreaker_MarshalBinary() {
	breaker := cloudcircuit.NewBreaker(nil, 0)
	breaker.Force(cloudcircuit.PhaseForcedOpen, 60_000, 0)
	stored, _ := breaker.MarshalBinary()

	var restored cloudcircuit.Breaker
	err := restored.UnmarshalBinary(stored)
	fmt.Println(restored.State.Phase, len(stored), err)
	stored[30]++
	fmt.Println(restored.UnmarshalBinary(stored))
	// Output:
	// forced_open 420 <nil>
	// cloudcircuit: state must be one that the library wrote, whole and unchanged
}

// Calls that fail open the breaker, and it refuses the next ones. The clock is the caller's.
func ExampleSharedBreaker_Execute() {
	now := int64(0)
	shared := cloudcircuit.SharedBreaker{
		Breaker: *cloudcircuit.NewBreaker(nil, now),
		Clock:   func() int64 { return now },
	}
	fetch := func(context.Context) error { return errors.New("no answer") }
	for i := 0; i < 4; i++ {
		now += 100
		err := shared.Execute(context.Background(), fetch)
		var refused *cloudcircuit.OpenError
		if errors.As(err, &refused) {
			fmt.Println("not called, retry after", refused.Permit.RetryAfter)
		} else {
			fmt.Println(err)
		}
	}
	// Output:
	// no answer
	// no answer
	// no answer
	// not called, retry after 29900
}

// In cents: a budget of 100.00, with an alert at half of it.
func ExampleLedger() {
	ledger, err := cloudcircuit.NewLedger(&cloudcircuit.LedgerConfig{
		Limit:      100_00,
		Thresholds: []int64{500_000},
	}, 1, 202601, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	hold, decision, _ := ledger.Reserve(80_00, 0)
	fmt.Println(decision.Allowed, decision.Available)
	_, refused, _ := ledger.Reserve(30_00, 0)
	fmt.Println(refused.Allowed, refused.Reason)
	decision, _ = ledger.Settle(&hold, 75_50, 0)
	fmt.Println(decision.Settled, decision.Available, decision.NewlyCrossed)
	// Output:
	// true 2000
	// false over_limit
	// 7550 2450 1
}

// Reserve, run, settle.
func ExampleSharedLedger_Execute() {
	ledger, _ := cloudcircuit.NewLedger(&cloudcircuit.LedgerConfig{Limit: 1000}, 1, 202601, 0)
	shared := cloudcircuit.SharedLedger{Ledger: *ledger}
	complete := func(context.Context) (cloudcircuit.Cost, error) { return cloudcircuit.Spent(640), nil }
	for i := 0; i < 2; i++ {
		decision, err := shared.Execute(context.Background(), 800, complete)
		fmt.Println(decision.Settled, err)
	}
	// Output:
	// 640 <nil>
	// 640 cloudcircuit: the ledger refuses: over_limit, available 360
}

// A user's limit and the team's: both hold the estimate, or neither does.
func ExampleLedgers() {
	user, _ := cloudcircuit.NewLedger(&cloudcircuit.LedgerConfig{Limit: 100}, 1, 202601, 0)
	team, _ := cloudcircuit.NewLedger(&cloudcircuit.LedgerConfig{Limit: 150}, 2, 202601, 0)
	both := cloudcircuit.Ledgers{user, team}
	holds, _, refusedBy, _ := both.Reserve([]int64{90, 90}, 0)
	fmt.Println(refusedBy, user.State.Held, team.State.Held)
	both.Settle(holds, []int64{80, 80}, 0)
	_, decisions, refusedBy, _ := both.Reserve([]int64{20, 80}, 0)
	fmt.Println(refusedBy, decisions[1].Reason, user.State.Held)
	// Output:
	// -1 90 90
	// 1 over_limit 0
}

// At most 1000 tokens in any minute.
func ExampleRateLimit() {
	limit := cloudcircuit.NewRateLimit(&cloudcircuit.RateLimitConfig{Limit: 1000, Duration: 60_000}, 0)
	first, _ := limit.Acquire(800, 0)
	second, _ := limit.Acquire(300, 1000)
	fmt.Println(first.Allowed, second.Allowed, second.Reason, second.Available)
	limit.Adjust(first.TakenAt, 650-800, 2000) // It took less than was asked for.
	second, _ = limit.Acquire(300, 2000)
	fmt.Println(second.Allowed, second.Used)
	// Output:
	// true false over_limit 200
	// true 950
}

// An audit line, into a buffer that is used again.
func ExampleBudgetResult_AppendJSON() {
	budget, err := cloudcircuit.CheckBudget(920, 1000, nil)
	line := make([]byte, 0, 2048)
	line, _ = budget.AppendJSON(line[:0], err, nil)
	os.Stdout.Write(append(line, '\n'))
	// Output: {"kind":"budget_result","version":"0.2.0","status":"CLOUDCIRCUIT_OK","current_spend":920.0,"budget_limit":1000.0,"usage_ratio":0.92,"remaining_budget":80.0,"is_warning":true,"is_breached":false,"config":{"warning_ratio":0.9}}
}

func ExampleMoneyFromFloat64() {
	cents, err := cloudcircuit.MoneyFromFloat64(19.99, 2)
	fmt.Println(cents, err)
	_, err = cloudcircuit.MoneyFromFloat64(0.005, 2)
	fmt.Println(errors.Is(err, cloudcircuit.ErrAmountPrecision))
	// Output:
	// 1999 <nil>
	// true
}

func ExampleStatus_Name() {
	fmt.Println(cloudcircuit.ErrStalePermit.Name(), int32(cloudcircuit.ErrStalePermit))
	// Output: CLOUDCIRCUIT_ERR_STALE_PERMIT 324
}
