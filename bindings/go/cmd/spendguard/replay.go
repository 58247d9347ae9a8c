package main

import (
	"math"
	"time"

	"example.com/cloudcircuit"
)

// settings is what the days of every group are judged by.
type settings struct {
	limit    float64
	budget   cloudcircuit.BudgetConfig
	spike    cloudcircuit.SpikeConfig
	breaker  cloudcircuit.BreakerCounters // as every group starts
	cooldown int64
}

// check lets the library judge a spend of nothing: the rules for settings are the library's.
func (s *settings) check() error {
	counters := s.breaker
	counters.CooldownStepsRemaining = s.cooldown
	if _, err := cloudcircuit.CheckBudget(0, s.limit, &s.budget); err != nil {
		return err
	}
	if _, err := cloudcircuit.CheckAnomalySpike([]float64{0, 0}, &s.spike); err != nil {
		return err
	}
	_, err := cloudcircuit.EvaluateCircuitBreaker(counters)
	return err
}

// verdict is what is known of one group on one day.
type verdict struct {
	day              time.Time
	charges, credits float64
	spend            float64 // charges + credits
	month            float64 // spend of the month so far
	budget           cloudcircuit.BudgetResult
	spike            *cloudcircuit.SpikeResult // nil on the bill's first day
	counters         cloudcircuit.BreakerCounters
	breaker          cloudcircuit.BreakerDecision
	policy           cloudcircuit.GuardPolicy
	guard            cloudcircuit.GuardDecision
}

// replay judges the days of one group in order, from the bill's first to its last; a day without rows
// has a spend of 0.
//
// The breaker answers from what was known before the day, the budget from the month's total so far, the
// spike from the daily charges. On the first day there is nothing to compare with: its policy does not
// require a spike.
func (s *settings) replay(b *bill, group string, each func(verdict)) error {
	var month total
	var charges []float64
	counters := s.breaker
	for day := b.first; !day.After(b.last); day = day.AddDate(0, 0, 1) {
		v := verdict{day: day}
		if day.Day() == 1 {
			month = total{}
		}
		if c := b.cells[group][day]; c != nil {
			spend := c.charges
			spend.addTotal(c.credits)
			month.addTotal(spend)
			v.spend, v.charges, v.credits = spend.value(), c.charges.value(), c.credits.value()
		}
		v.month = month.value()
		charges = append(charges, v.charges)
		if err := s.judge(&v, charges, counters); err != nil {
			return err
		}
		s.count(&counters, &v)
		each(v)
	}
	return nil
}

// judge asks each safeguard and then the guard. The settings have been checked, so an error here stops the
// replay.
func (s *settings) judge(v *verdict, charges []float64, counters cloudcircuit.BreakerCounters) (err error) {
	v.policy, v.counters = cloudcircuit.DefaultGuardPolicy(), counters
	if v.breaker, err = cloudcircuit.EvaluateCircuitBreaker(counters); err != nil {
		return err
	}
	// A group whose credits exceed its charges has spent nothing.
	if v.budget, err = cloudcircuit.CheckBudget(math.Max(v.month, 0), s.limit, &s.budget); err != nil {
		return err
	}
	signals := make([]cloudcircuit.Signal, 0, 3)
	add := func(signal cloudcircuit.Signal, failed error) {
		signals = append(signals, signal)
		if err == nil {
			err = failed
		}
	}
	if len(charges) < 2 {
		v.policy.Required &^= cloudcircuit.SignalSpike
	} else {
		spike, err := cloudcircuit.CheckAnomalySpike(charges, &s.spike)
		if err != nil {
			return err
		}
		v.spike = &spike
		add(cloudcircuit.SpikeSignal(spike, nil))
	}
	add(cloudcircuit.BudgetSignal(v.budget, nil))
	add(cloudcircuit.BreakerSignal(v.breaker, nil))
	if err != nil {
		return err
	}
	v.guard, err = cloudcircuit.EvaluateGuard(signals, &v.policy)
	return err
}

// count moves the counters on: a cooldown loses a day; a breach or a spike is a failure, and the one that
// reaches the threshold starts the cooldown.
func (s *settings) count(counters *cloudcircuit.BreakerCounters, v *verdict) {
	if counters.CooldownStepsRemaining > 0 {
		counters.CooldownStepsRemaining--
	}
	if !v.budget.IsBreached && (v.spike == nil || !v.spike.IsSpike) {
		counters.ConsecutiveFailures = 0
		return
	}
	counters.ConsecutiveFailures++
	if counters.ConsecutiveFailures == counters.FailureThreshold {
		counters.CooldownStepsRemaining = s.cooldown
	}
}
