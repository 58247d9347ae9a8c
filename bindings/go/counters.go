package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_breaker_decision decision;
	cloudcircuit_status status;
} counters_answer;

static counters_answer evaluate_counters(cloudcircuit_breaker_counters counters)
{
	counters_answer answer;

	answer.status = cloudcircuit_evaluate_circuit_breaker(&counters, &answer.decision);
	return answer;
}
*/
import "C"

// DefaultFailureThreshold is how many consecutive failures open a breaker.
const DefaultFailureThreshold = C.CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD

// BreakerCounters is what the caller has counted, for EvaluateCircuitBreaker.
type BreakerCounters struct {
	// ConsecutiveFailures is the failures since the last success; >= 0.
	ConsecutiveFailures int64
	// FailureThreshold is the consecutive failures from which the breaker is open; > 0.
	FailureThreshold int64
	// CooldownStepsRemaining is the steps (runs, minutes, billing cycles) until a cooldown ends; >= 0,
	// 0 when there is none.
	CooldownStepsRemaining int64
}

// DefaultBreakerCounters returns a closed breaker's counters: no failures, DefaultFailureThreshold, no
// cooldown.
func DefaultBreakerCounters() BreakerCounters {
	return BreakerCounters{FailureThreshold: DefaultFailureThreshold}
}

func (c BreakerCounters) c() C.cloudcircuit_breaker_counters {
	return C.cloudcircuit_breaker_counters{
		consecutive_failures:     C.int64_t(c.ConsecutiveFailures),
		failure_threshold:        C.int64_t(c.FailureThreshold),
		cooldown_steps_remaining: C.int64_t(c.CooldownStepsRemaining),
	}
}

// BreakerDecision is what EvaluateCircuitBreaker decided. The zero value does not allow.
type BreakerDecision struct {
	// RetryAfterSteps is the remaining cooldown when open, else 0.
	RetryAfterSteps int64 `json:"retry_after_steps"`
	// IsOpen is true when the operation must not run.
	IsOpen bool `json:"is_open"`
	// AllowOperation is the opposite of IsOpen.
	AllowOperation bool `json:"allow_operation"`
}

// EvaluateCircuitBreaker decides from the caller's own counters whether an operation may run: the
// breaker is open when ConsecutiveFailures >= FailureThreshold or a cooldown remains. Breaker is the
// one that counts by itself.
//
// The errors are ErrConsecutiveFailures, ErrFailureThreshold and ErrCooldownStepsRemaining; the
// decision is then open.
func EvaluateCircuitBreaker(counters BreakerCounters) (BreakerDecision, error) {
	answer := C.evaluate_counters(counters.c())
	d := &answer.decision
	return BreakerDecision{
		RetryAfterSteps: int64(d.retry_after_steps),
		IsOpen:          d.is_open != 0,
		AllowOperation:  d.allow_operation != 0,
	}, asError(answer.status)
}

func (d BreakerDecision) c() C.cloudcircuit_breaker_decision {
	return C.cloudcircuit_breaker_decision{
		retry_after_steps: C.int64_t(d.RetryAfterSteps),
		is_open:           bit(d.IsOpen),
		allow_operation:   bit(d.AllowOperation),
	}
}
