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

typedef struct {
	cloudcircuit_guard_decision decision;
	cloudcircuit_status status;
} guard_answer;

static guard_answer evaluate_guard(uint32_t present, cloudcircuit_budget_result budget,
                                   cloudcircuit_spike_result spike,
                                   cloudcircuit_breaker_decision breaker,
                                   cloudcircuit_guard_policy policy)
{
	guard_answer answer;

	answer.status = cloudcircuit_evaluate_guard(
		present & CLOUDCIRCUIT_SIGNAL_BUDGET ? &budget : NULL,
		present & CLOUDCIRCUIT_SIGNAL_SPIKE ? &spike : NULL,
		present & CLOUDCIRCUIT_SIGNAL_BREAKER ? &breaker : NULL, &policy, &answer.decision);
	return answer;
}
*/
import "C"
import "strconv"

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

// BreakerDecision is what EvaluateCircuitBreaker decided. The zero value does not allow.
type BreakerDecision struct {
	// RetryAfterSteps is the remaining cooldown when open, else 0.
	RetryAfterSteps int64 `json:"retry_after_steps"`
	// IsOpen tells that the operation must not run.
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
	answer := C.evaluate_counters(C.cloudcircuit_breaker_counters{
		consecutive_failures:     C.int64_t(counters.ConsecutiveFailures),
		failure_threshold:        C.int64_t(counters.FailureThreshold),
		cooldown_steps_remaining: C.int64_t(counters.CooldownStepsRemaining),
	})
	d := &answer.decision
	return BreakerDecision{
		RetryAfterSteps: int64(d.retry_after_steps),
		IsOpen:          d.is_open != 0,
		AllowOperation:  d.allow_operation != 0,
	}, asError(answer.status)
}

// Action is a verdict of EvaluateGuard; a smaller one is less permissive. The zero value blocks.
type Action int32

const (
	// ActionBlock: stop the operation.
	ActionBlock Action = C.CLOUDCIRCUIT_ACTION_BLOCK
	// ActionThrottle: let it run, but less of it.
	ActionThrottle Action = C.CLOUDCIRCUIT_ACTION_THROTTLE
	// ActionAlert: let it run and tell somebody.
	ActionAlert Action = C.CLOUDCIRCUIT_ACTION_ALERT
	// ActionAllow: let it run.
	ActionAllow Action = C.CLOUDCIRCUIT_ACTION_ALLOW
)

// String is the name of the action in capitals, "BLOCK" for one.
func (a Action) String() string {
	return name(int32(a), "Action", []string{"BLOCK", "THROTTLE", "ALERT", "ALLOW"})
}

// name is the name of a constant, or its type and number when it has none.
func name(number int32, kind string, of []string) string {
	if number >= 0 && int(number) < len(of) && of[number] != "" {
		return of[number]
	}
	return kind + "(" + strconv.Itoa(int(number)) + ")"
}

// Signals is a set of the findings that go into EvaluateGuard, as bits.
type Signals uint32

const (
	// SignalBudget is the bit of the budget.
	SignalBudget Signals = C.CLOUDCIRCUIT_SIGNAL_BUDGET
	// SignalSpike is the bit of the spike.
	SignalSpike Signals = C.CLOUDCIRCUIT_SIGNAL_SPIKE
	// SignalBreaker is the bit of the breaker.
	SignalBreaker Signals = C.CLOUDCIRCUIT_SIGNAL_BREAKER
)

// Reasons is a set of findings, as bits.
type Reasons uint32

const (
	// ReasonWarning: the budget warns.
	ReasonWarning Reasons = C.CLOUDCIRCUIT_REASON_WARNING
	// ReasonBreach: the budget is breached.
	ReasonBreach Reasons = C.CLOUDCIRCUIT_REASON_BREACH
	// ReasonSpike: the latest spend is a spike.
	ReasonSpike Reasons = C.CLOUDCIRCUIT_REASON_SPIKE
	// ReasonOpen: the breaker is open.
	ReasonOpen Reasons = C.CLOUDCIRCUIT_REASON_OPEN
	// ReasonMissing: a required signal is nil.
	ReasonMissing Reasons = C.CLOUDCIRCUIT_REASON_MISSING
)

// String names the reasons: "breach|spike" for one, "none" when there is none.
func (r Reasons) String() string {
	return names(uint32(r), [8]string{"warning", "breach", "spike", "open", "missing"})
}

// GuardPolicy says which action each finding asks for; nil means the defaults. The zero value blocks
// on every finding but requires no signal: without any signal it allows.
type GuardPolicy struct {
	// OnWarning is for a budget that warns; default ActionAlert.
	OnWarning Action
	// OnBreach is for a budget that is breached; default ActionBlock.
	OnBreach Action
	// OnSpike is for a spike; default ActionThrottle.
	OnSpike Action
	// OnOpen is for an open breaker; default ActionBlock.
	OnOpen Action
	// OnMissing is for a required signal that is nil; default ActionBlock.
	OnMissing Action
	// Required is the signals that must be there; default all three.
	Required Signals
}

// DefaultGuardPolicy returns what a nil *GuardPolicy means.
func DefaultGuardPolicy() GuardPolicy {
	return GuardPolicy{
		OnWarning: ActionAlert,
		OnBreach:  ActionBlock,
		OnSpike:   ActionThrottle,
		OnOpen:    ActionBlock,
		OnMissing: ActionBlock,
		Required:  SignalBudget | SignalSpike | SignalBreaker,
	}
}

func (p *GuardPolicy) c() C.cloudcircuit_guard_policy {
	if p == nil {
		defaults := DefaultGuardPolicy()
		p = &defaults
	}
	return C.cloudcircuit_guard_policy{
		on_warning: C.int32_t(p.OnWarning),
		on_breach:  C.int32_t(p.OnBreach),
		on_spike:   C.int32_t(p.OnSpike),
		on_open:    C.int32_t(p.OnOpen),
		on_missing: C.int32_t(p.OnMissing),
		required:   C.uint32_t(p.Required),
	}
}

// GuardDecision is what EvaluateGuard decided. The zero value blocks.
type GuardDecision struct {
	// Action is the least permissive action that a finding asked for, ActionAllow when there was none.
	Action Action `json:"action"`
	// Reasons is every finding, also those whose action is more permissive.
	Reasons Reasons `json:"reasons"`
	// RetryAfterSteps is the breaker's when ReasonOpen is among the reasons, else 0.
	RetryAfterSteps int64 `json:"retry_after_steps"`
}

// EvaluateGuard turns what the safeguards found into one action: the least permissive of those that
// the policy names for the findings.
//
// A signal that is nil is missing: a finding of its own if the policy requires it, nothing otherwise.
// For a series still too young for a spike, pass nil and take SignalSpike out of policy.Required. What
// DetectSpike found goes in as a SpikeResult, as the example shows.
// Results of calls that failed are refusing ones and count as such. A BreakerDecision that no call
// returned, a zero one, is ErrBreakerSignal.
//
// The other errors are those of policy: ErrOnWarning, ErrOnBreach, ErrOnSpike, ErrOnOpen,
// ErrOnMissing and ErrRequired. The decision then blocks.
func EvaluateGuard(budget *BudgetResult, spike *SpikeResult, breaker *BreakerDecision,
	policy *GuardPolicy) (GuardDecision, error) {
	var present Signals
	var b C.cloudcircuit_budget_result
	var s C.cloudcircuit_spike_result
	var k C.cloudcircuit_breaker_decision
	if budget != nil {
		present |= SignalBudget
		b = budget.c()
	}
	if spike != nil {
		present |= SignalSpike
		s = spike.c()
	}
	if breaker != nil {
		present |= SignalBreaker
		k = breaker.c()
	}
	answer := C.evaluate_guard(C.uint32_t(present), b, s, k, policy.c())
	d := &answer.decision
	return GuardDecision{
		Action:          Action(d.action),
		Reasons:         Reasons(d.reasons),
		RetryAfterSteps: int64(d.retry_after_steps),
	}, asError(answer.status)
}
