package cloudcircuit_test

import (
	"errors"
	"math"
	"testing"
	"time"

	. "example.com/cloudcircuit"
)

func daily(spend float64, days int) []float64 {
	series := make([]float64, days)
	for i := range series {
		series[i] = spend
	}
	return series
}

// 10 a day: after 10 of 30 days 100 is spent, 300 will be, and the limit of 250 is reached by the 25th.
func TestForecastOfConstantSpend(t *testing.T) {
	// The bounds have 0.2 % of what is to come, and half of that below.
	want := ForecastResult{SpendToDate: 100, ForecastSpend: 300, LowerBound: 299.8, UpperBound: 300.4,
		ForecastRatio: 1.2, BurnRate: 1.2, ExhaustionPoint: 24, IsForecastBreached: true, Verdict: VerdictNormal}
	r, err := ForecastBudget(daily(10, 35), daily(10, 10), 30, 250, nil)
	if err != nil || !near(r.BurnRate, want.BurnRate) || !near(r.LowerBound, want.LowerBound) ||
		!near(r.UpperBound, want.UpperBound) {
		t.Error(r, err)
	}
	r.BurnRate, r.LowerBound, r.UpperBound = want.BurnRate, want.LowerBound, want.UpperBound
	if r != want {
		t.Error(r)
	}
	if r, err := ForecastBudget(nil, daily(10, 10), 30, 301, nil); err != nil || r.ForecastSpend != 300 ||
		r.IsForecastBreached || r.ExhaustionPoint != -1 {
		t.Error("within the budget, without history:", r, err)
	}
	if r, err := ForecastBudget(daily(10, 35), nil, 30, 300, nil); err != nil || r.SpendToDate != 0 ||
		r.ForecastSpend != 300 || r.BurnRate != 0 || r.ExhaustionPoint != 29 {
		t.Error("before it starts:", r, err)
	}
	// A missing day adds nothing to what is spent, and takes nothing from what is to come.
	period := daily(10, 10)
	period[4] = math.NaN()
	if r, err := ForecastBudget(daily(10, 35), period, 30, 250, nil); err != nil || r.SpendToDate != 90 || r.ForecastSpend != 290 {
		t.Error("a missing day:", r, err)
	}
}

// 100 a day and 3,000 more on the last day of January, February and March 2023, then ten days of April.
func TestForecastCalendarLagAndCredits(t *testing.T) {
	history, period := daily(100, 90), daily(100, 10)
	for _, last := range []int{30, 58, 89} {
		history[last] += 3000
	}
	config := DefaultForecastConfig()
	config.StartTime = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	month := func() (ForecastResult, error) { return ForecastBudget(history, period, 30, 7000, &config) }
	if r, err := month(); err != nil || !near(r.ForecastSpend, 6000) {
		t.Error("a calendar:", r, err)
	}
	if r, err := ForecastBudget(history, period, 30, 7000, nil); err != nil || r.ForecastSpend > 4000 {
		t.Error("no calendar:", r, err)
	}
	period[9], config.LagPoints = 20, 1
	if r, err := month(); err != nil || r.SpendToDate != 920 || !near(r.ForecastSpend, 6000) {
		t.Error("a late day:", r, err)
	}
	period[8] = -50
	if r, err := month(); err != ErrPeriodSpend || !r.IsForecastBreached {
		t.Error("a credit:", r, err)
	}
	config.NegativePoints = NegativePointsMissing
	if r, err := month(); err != nil || r.SpendToDate != 820 || !near(r.ForecastSpend, 5900) {
		t.Error("a credit that counts as missing:", r, err)
	}
	config.NegativePoints = NegativePointsZero
	if r, err := month(); err != nil || r.SpendToDate != 820 {
		t.Error("a credit that counts as 0:", r, err)
	}
	for want, change := range map[error]func(*ForecastConfig){
		ErrLagPoints:      func(c *ForecastConfig) { c.LagPoints = MaxLagPoints + 1 },
		ErrNegativePoints: func(c *ForecastConfig) { c.NegativePoints = 3 },
		ErrStartTime:      func(c *ForecastConfig) { c.StartTime = math.MaxInt64 },
		ErrStep:           func(c *ForecastConfig) { c.Step = 0 },
	} {
		wrong := DefaultForecastConfig()
		change(&wrong)
		if r, err := ForecastBudget(history, nil, 30, 7000, &wrong); err != want || !r.IsForecastBreached {
			t.Error(want, r, err)
		}
	}
}

// The lower bound is at least half as far off as the upper one, as docs/FORECAST.md has it.
func TestForecastBounds(t *testing.T) {
	history := make([]float64, 56)
	for i := range history {
		history[i] = 10 + float64(i*i%5)
	}
	r, err := ForecastBudget(history, history[:10], 30, 250, nil)
	up, down := r.UpperBound-r.ForecastSpend, r.ForecastSpend-r.LowerBound
	if err != nil || up < 1 || down < 0.5*up || down > up || r.LowerBound <= r.SpendToDate {
		t.Error(r, err)
	}
}

func TestForecastWithoutData(t *testing.T) {
	for _, c := range []struct {
		spend    float64
		config   *ForecastConfig
		breached bool
	}{{10, nil, false}, {100, nil, true}, {10, &ForecastConfig{SeasonLength: 1, StartTime: TimeUnknown, Step: DefaultStep}, false}} {
		r, err := ForecastBudget(nil, daily(c.spend, 6), 30, 250, c.config)
		if err != nil || r.Verdict != VerdictInsufficientData || r.ForecastSpend != 6*c.spend ||
			r.UpperBound != 6*c.spend || r.IsForecastBreached != c.breached {
			t.Error(r, err)
		}
	}
	// With seasons of 24, 23 points are too few and 24 are not.
	hourly := &ForecastConfig{SeasonLength: 24, StartTime: TimeUnknown, Step: 3600}
	if r, err := ForecastBudget(daily(1, 23), nil, 30, 250, hourly); err != nil || r.Verdict != VerdictInsufficientData {
		t.Error(r, err)
	}
	if r, err := ForecastBudget(daily(1, 24), nil, 30, 250, hourly); err != nil || r.Verdict != VerdictNormal {
		t.Error(r, err)
	}
}

func TestForecastErrorsBreach(t *testing.T) {
	nan, fine := math.NaN(), daily(10, 10)
	for _, c := range []struct {
		want      error
		history   []float64
		period    []float64
		periodLen int
		limit     float64
		config    *ForecastConfig
	}{
		{ErrPeriodLen, fine, nil, 0, 250, nil},
		{ErrPeriodLen, fine, fine, -1, 250, nil},
		{ErrElapsed, fine, fine, 9, 250, nil},
		{ErrBudgetLimit, fine, fine, 30, nan, nil},
		{ErrForecastSeasonLength, fine, fine, 30, 250, &ForecastConfig{}},
		{ErrForecastSeasonLength, fine, fine, 30, 250, &ForecastConfig{SeasonLength: MaxForecastSeasonLength + 1}},
		{ErrHistory, []float64{nan, -1}, fine, 30, 250, nil},
		{ErrPeriodSpend, fine, []float64{nan, math.Inf(1)}, 30, 250, nil},
	} {
		r, err := ForecastBudget(c.history, c.period, c.periodLen, c.limit, c.config)
		if !errors.Is(err, c.want) || r != (ForecastResult{IsForecastBreached: true, Verdict: VerdictInsufficientData}) {
			t.Error(c.want, "is", err, r)
		}
	}
}

func TestForecastColumnsAreForecastAsSingleSeries(t *testing.T) {
	history := daily(100, 90)
	for _, last := range []int{30, 58, 89} {
		history[last] += 3000
	}
	spend := append(append(append([]float64{}, history...), daily(100, 10)...), 5, 5, 5)
	spend = append(append(spend, history...), -1)
	offsets, elapsed, months := []int64{0, 100, 103, 194}, []int64{10, 3, 1}, []int64{30, 31, 30}
	start, limits := []int64{1672531200, 0, 1672531200}, []float64{5000, 1e6, 7000}
	flags, results := make([]Flags, 3), make([]ForecastResult, 3)
	invalid, err := ForecastBudgetColumns(spend, offsets, start, elapsed, months, limits, nil, flags, results)
	if invalid != 1 || err != ErrInvalidRows || flags[0] != FlagBreached || flags[1] != FlagInsufficient ||
		flags[2] != FlagInvalid|FlagBreached || !results[2].IsForecastBreached || results[2].ForecastSpend != 0 {
		t.Error(invalid, err, flags, results[2])
	}
	config := DefaultForecastConfig()
	config.StartTime = start[0]
	if one, err := ForecastBudget(history, daily(100, 10), 30, 5000, &config); err != nil || one != results[0] {
		t.Error(one, results[0], err)
	}
	again := make([]ForecastResult, 3)
	ForecastBudgetColumns(spend, offsets, nil, elapsed, months, limits, &config, flags, again)
	if again[0] != results[0] {
		t.Error(again[0], results[0])
	}
	if _, err := ForecastBudgetColumns(spend, offsets[:3], nil, elapsed, months, limits, nil, flags, results); err != ErrLength ||
		flags[0] != FlagInvalid|FlagBreached || !results[0].IsForecastBreached || results[0].ForecastSpend != 0 {
		t.Error("a wrong length:", err, flags, results[0])
	}
	offsets[1] = 500
	if _, err := ForecastBudgetColumns(spend, offsets, nil, elapsed, months, limits, nil, flags, nil); err != ErrOffsets ||
		flags[0] != FlagInvalid|FlagBreached {
		t.Error("wrong offsets:", err, flags)
	}
	if invalid, err := ForecastBudgetColumns(nil, nil, nil, nil, nil, nil, nil, nil, nil); invalid != 0 || err != nil {
		t.Error("no rows:", invalid, err)
	}
}
