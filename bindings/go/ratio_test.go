package cloudcircuit_test

import (
	"testing"
	"time"

	. "example.com/cloudcircuit"
)

// batch is as many calls as a scheduler rarely interrupts.
const batch = 200

// fastest is the least time that a batch of calls took, in turns with empty cgo calls, and theirs.
func fastest(call func(), rounds int) (calls, empty time.Duration) {
	calls, empty = time.Hour, time.Hour
	for i := 0; i < rounds; i++ {
		start := time.Now()
		for j := 0; j < batch; j++ {
			ABIVersion()
		}
		middle := time.Now()
		for j := 0; j < batch; j++ {
			call()
		}
		end := time.Now()
		if took := middle.Sub(start); took < empty {
			empty = took
		}
		if took := end.Sub(middle); took < calls {
			calls = took
		}
	}
	return calls, empty
}

// BenchmarkCallsToAnEmptyOne: what a call takes, in empty cgo calls.
func BenchmarkCallsToAnEmptyOne(b *testing.B) {
	breaker := NewBreaker(nil, 0)
	permit, _ := breaker.Acquire(0)
	for _, of := range []struct {
		name string
		call func()
	}{
		{"nothing", func() { ABIVersion() }},
		{"BudgetFlags", func() { flagsSink |= BudgetFlags(90, 1e9, 0.9) }},
		{"CheckBudget", func() { CheckBudget(90, 1e9, nil) }},
		{"CheckBudgetInt64", func() { CheckBudgetInt64(90, 1e9, nil) }},
		{"BreakerReportAndAcquire", func() {
			permit, _ = breaker.ReportAndAcquire(permit, OutcomeSuccess, 1, NoRetryAt, 1)
		}},
	} {
		b.Run(of.name, func(b *testing.B) {
			calls, empty := fastest(of.call, b.N/batch+100)
			b.ReportMetric(float64(calls)/float64(empty), "empty-calls")
			b.ReportMetric(float64(empty)/batch, "ns/empty-call")
		})
	}
}
