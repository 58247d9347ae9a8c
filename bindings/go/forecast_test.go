package cloudcircuit_test

import (
	"errors"
	"math"
	"testing"

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
	want := ForecastResult{SpendToDate: 100, ForecastSpend: 300, LowerBound: 300, UpperBound: 300,
		ForecastRatio: 1.2, BurnRate: 1.2, ExhaustionPoint: 24, IsForecastBreached: true, Verdict: VerdictNormal}
	r, err := ForecastBudget(daily(10, 35), daily(10, 10), 30, 250, nil)
	if err != nil || !near(r.BurnRate, want.BurnRate) {
		t.Error(r, err)
	}
	if r.BurnRate = want.BurnRate; r != want {
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

// The lower bound is 0.7 times as far off as the upper one, as docs/FORECAST.md has it.
func TestForecastBounds(t *testing.T) {
	history := make([]float64, 56)
	for i := range history {
		history[i] = 10 + float64(i*i%5)
	}
	r, err := ForecastBudget(history, history[:10], 30, 250, nil)
	up, down := r.UpperBound-r.ForecastSpend, r.ForecastSpend-r.LowerBound
	if err != nil || up < 1 || !near(down, 0.7*up) || r.LowerBound <= r.SpendToDate {
		t.Error(r, err)
	}
}

func TestForecastWithoutData(t *testing.T) {
	for _, c := range []struct {
		spend    float64
		config   *ForecastConfig
		breached bool
	}{{10, nil, false}, {100, nil, true}, {10, &ForecastConfig{SeasonLength: 1}, false}} {
		r, err := ForecastBudget(nil, daily(c.spend, 6), 30, 250, c.config)
		if err != nil || r.Verdict != VerdictInsufficientData || r.ForecastSpend != 6*c.spend ||
			r.UpperBound != 6*c.spend || r.IsForecastBreached != c.breached {
			t.Error(r, err)
		}
	}
	// With seasons of 24, 23 points are too few and 24 are not.
	hourly := &ForecastConfig{SeasonLength: 24}
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
