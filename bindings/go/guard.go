package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_signal signal;
	cloudcircuit_status status;
} signal_answer;

// Values in and out: a pointer that Go passes to C moves what it points at to the heap.
#define SIGNAL(function, type)                                                        \
	static signal_answer make_##function(int32_t status, cloudcircuit_##type result)  \
	{                                                                                 \
		signal_answer answer;                                                         \
                                                                                      \
		answer.status = cloudcircuit_##function(status, &result, &answer.signal);     \
		return answer;                                                                \
	}

SIGNAL(budget_signal, budget_result)
SIGNAL(budget_signal_i64, budget_result_i64)
SIGNAL(ledger_signal, ledger_decision)
SIGNAL(spike_signal, spike_result)
SIGNAL(spike_signal_i64, spike_result_i64)
SIGNAL(detect_signal, detect_result)
SIGNAL(breaker_signal, breaker_decision)
SIGNAL(permit_signal, breaker_permit)
SIGNAL(rate_limit_signal, rate_limit_decision)
SIGNAL(forecast_signal, forecast_result)

typedef struct {
	cloudcircuit_guard_decision decision;
	cloudcircuit_status status;
} guard_answer;

static guard_answer evaluate_guard(const cloudcircuit_signal *signals, size_t count,
                                   cloudcircuit_guard_policy policy)
{
	guard_answer answer;

	answer.status = cloudcircuit_evaluate_guard(signals, count, &policy, &answer.decision);
	return answer;
}

typedef struct {
	cloudcircuit_signal of[8];
} few_signals;

static guard_answer evaluate_guard_few(few_signals signals, size_t count,
                                       cloudcircuit_guard_policy policy)
{
	return evaluate_guard(signals.of, count, policy);
}
*/
import "C"
import "unsafe"

// Action is a verdict of EvaluateGuard; a smaller one is less permissive. The zero value blocks.
type Action int32

const (
	// ActionBlock: stop the operation.
	ActionBlock Action = C.CLOUDCIRCUIT_ACTION_BLOCK
	// ActionThrottle: let it run, but less of it.
	ActionThrottle Action = C.CLOUDCIRCUIT_ACTION_THROTTLE
	// ActionAlert: let it run and alert somebody.
	ActionAlert Action = C.CLOUDCIRCUIT_ACTION_ALERT
	// ActionAllow: let it run.
	ActionAllow Action = C.CLOUDCIRCUIT_ACTION_ALLOW
)

// Signals is a set of kinds of signals, as bits.
type Signals uint32

const (
	// SignalBudget is a budget or a ledger.
	SignalBudget Signals = C.CLOUDCIRCUIT_SIGNAL_BUDGET
	// SignalSpike is a spike or a detector's answer.
	SignalSpike Signals = C.CLOUDCIRCUIT_SIGNAL_SPIKE
	// SignalBreaker is a breaker from counters or a breaker's permit.
	SignalBreaker Signals = C.CLOUDCIRCUIT_SIGNAL_BREAKER
	// SignalRate is a rate limit.
	SignalRate Signals = C.CLOUDCIRCUIT_SIGNAL_RATE
	// SignalForecast is a forecast.
	SignalForecast Signals = C.CLOUDCIRCUIT_SIGNAL_FORECAST
)

// Reasons is a set of findings, as bits.
type Reasons uint32

const (
	// ReasonWarning: the budget warns, or a ledger has newly crossed a threshold.
	ReasonWarning Reasons = C.CLOUDCIRCUIT_REASON_WARNING
	// ReasonBreach: the budget is breached.
	ReasonBreach Reasons = C.CLOUDCIRCUIT_REASON_BREACH
	// ReasonSpike: the latest spend is a spike.
	ReasonSpike Reasons = C.CLOUDCIRCUIT_REASON_SPIKE
	// ReasonOpen: the breaker is open or refuses the call.
	ReasonOpen Reasons = C.CLOUDCIRCUIT_REASON_OPEN
	// ReasonMissing: a kind of signal that the policy requires is not there.
	ReasonMissing Reasons = C.CLOUDCIRCUIT_REASON_MISSING
	// ReasonLeak: the detector found a leak.
	ReasonLeak Reasons = C.CLOUDCIRCUIT_REASON_LEAK
	// ReasonOverLimit: the ledger refuses, or what is settled and held is above its limit.
	ReasonOverLimit Reasons = C.CLOUDCIRCUIT_REASON_OVER_LIMIT
	// ReasonRate: the rate limit refuses.
	ReasonRate Reasons = C.CLOUDCIRCUIT_REASON_RATE
	// ReasonForecast: the forecast is above the budget.
	ReasonForecast Reasons = C.CLOUDCIRCUIT_REASON_FORECAST
	// ReasonInsufficient: the detector or the forecast had too few points.
	ReasonInsufficient Reasons = C.CLOUDCIRCUIT_REASON_INSUFFICIENT
	// ReasonError: a safeguard's call failed.
	ReasonError Reasons = C.CLOUDCIRCUIT_REASON_ERROR
)

// GuardMaxSignals is the most signals in one call of EvaluateGuard.
const GuardMaxSignals = C.CLOUDCIRCUIT_GUARD_MAX_SIGNALS

// Signal is what one safeguard found: the input of EvaluateGuard, made by the functions named Signal. The
// zero value is no signal, and the guard refuses it.
type Signal struct {
	// Kind is which safeguard: one bit.
	Kind Signals
	// Status is the error of the safeguard's call, 0 for success.
	Status Status
	// Reasons is what it found, ReasonError alone after an error.
	Reasons Reasons
	// MonitorReasons is what it would have refused but for ModeMonitor.
	MonitorReasons Reasons
	// RetryAfter is how long to wait, in the unit of the safeguard's call; 0 when nothing is known.
	RetryAfter int64
}

// Signals are passed to C as they are. This does not compile when the size differs.
var _ [C.sizeof_cloudcircuit_signal]byte = [unsafe.Sizeof(Signal{})]byte{}

func (s Signal) c() C.cloudcircuit_signal {
	return *(*C.cloudcircuit_signal)(unsafe.Pointer(&s))
}

// made is the answer of a signal function.
func made(answer C.signal_answer, err error) (Signal, error) {
	if err != nil {
		return Signal{}, err
	}
	return *(*Signal)(unsafe.Pointer(&answer.signal)), asError(answer.status)
}

// BudgetSignal makes a signal of what CheckBudget returned: BudgetSignal(CheckBudget(920, 1000, nil)).
//
// This and the other signal functions take the error of the safeguard's call: nil, a Status or an error
// that wraps one. It becomes ReasonError, never a breach or a spike. Their own error, ErrBudgetSignal here,
// is for a result that the safeguard cannot have returned, for example a zero one. The signal is then zero,
// which the guard refuses. An err that is no Status comes back.
func BudgetSignal(result BudgetResult, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_budget_signal(status, result.c()), err)
}

// BudgetSignalInt64 makes a signal of what CheckBudgetInt64 returned. Its own error is ErrBudgetSignal.
func BudgetSignalInt64(result BudgetResultInt64, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_budget_signal_i64(status, result.c()), err)
}

// LedgerSignal makes a signal of a ledger's decision: ReasonOverLimit when it does not allow, ReasonWarning
// when it has newly crossed a threshold. It stands for the budget. Pass the decision of a Reserve or Extend
// before the call runs. Its own error is ErrLedgerSignal.
func LedgerSignal(decision LedgerDecision, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_ledger_signal(status, decision.c()), err)
}

// SpikeSignal makes a signal of what CheckAnomalySpike returned. A series too short to be judged is an
// error: leave the signal out until there are 2 points, with a policy that does not require SignalSpike.
// Its own error is ErrSpikeSignal.
func SpikeSignal(result SpikeResult, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_spike_signal(status, result.c()), err)
}

// SpikeSignalInt64 makes a signal of what CheckAnomalySpikeInt64 returned, as SpikeSignal.
func SpikeSignalInt64(result SpikeResultInt64, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_spike_signal_i64(status, result.c()), err)
}

// DetectSignal makes a signal of what DetectSpike or SpikeTracker.Update returned: a spike, a leak, or
// insufficient data. Its own error is ErrDetectSignal.
func DetectSignal(result DetectResult, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_detect_signal(status, result.c()), err)
}

// BreakerSignal makes a signal of what EvaluateCircuitBreaker returned. Its own error is ErrBreakerSignal.
func BreakerSignal(decision BreakerDecision, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_breaker_signal(status, decision.c()), err)
}

// PermitSignal makes a signal of a Breaker's permit: whether it refuses, and for how long. Its own error is
// ErrPermitSignal.
func PermitSignal(permit BreakerPermit, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_permit_signal(status, permit.c()), err)
}

// RateLimitSignal makes a signal of what RateLimit.Acquire returned: whether it refuses, and for how long.
// Its own error is ErrRateSignal.
func RateLimitSignal(decision RateLimitDecision, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_rate_limit_signal(status, decision.c()), err)
}

// ForecastSignal makes a signal of what ForecastBudget returned: a breach to come, or insufficient data.
// Its own error is ErrForecastSignal.
func ForecastSignal(result ForecastResult, err error) (Signal, error) {
	status, err := statusOf(err)
	return made(C.make_forecast_signal(status, result.c()), err)
}

// GuardPolicy says which action each finding asks for; nil means the defaults. The zero value requires
// nothing, which is ErrRequired and blocks.
type GuardPolicy struct {
	// OnWarning is for ReasonWarning; default ActionAlert.
	OnWarning Action
	// OnBreach is for ReasonBreach; default ActionBlock.
	OnBreach Action
	// OnSpike is for ReasonSpike; default ActionThrottle.
	OnSpike Action
	// OnLeak is for ReasonLeak; default ActionAlert.
	OnLeak Action
	// OnOpen is for ReasonOpen; default ActionBlock.
	OnOpen Action
	// OnOverLimit is for ReasonOverLimit; default ActionBlock.
	OnOverLimit Action
	// OnRate is for ReasonRate; default ActionThrottle.
	OnRate Action
	// OnForecast is for ReasonForecast; default ActionAlert.
	OnForecast Action
	// OnInsufficient is for ReasonInsufficient; default ActionAlert.
	OnInsufficient Action
	// OnError is for ReasonError; default ActionBlock.
	OnError Action
	// OnMissing is for ReasonMissing; default ActionBlock.
	OnMissing Action
	// Required is the kinds of signals that must be there, at least one; default SignalBudget,
	// SignalSpike and SignalBreaker.
	Required Signals
	// Monitor is the findings that only MonitorAction heeds; default none.
	Monitor Reasons
}

// DefaultGuardPolicy returns what a nil *GuardPolicy means.
func DefaultGuardPolicy() GuardPolicy {
	return GuardPolicy{
		OnWarning:      ActionAlert,
		OnBreach:       ActionBlock,
		OnSpike:        ActionThrottle,
		OnLeak:         ActionAlert,
		OnOpen:         ActionBlock,
		OnOverLimit:    ActionBlock,
		OnRate:         ActionThrottle,
		OnForecast:     ActionAlert,
		OnInsufficient: ActionAlert,
		OnError:        ActionBlock,
		OnMissing:      ActionBlock,
		Required:       SignalBudget | SignalSpike | SignalBreaker,
	}
}

// The policy is passed to C as it is. This does not compile when its size differs.
var _ [C.sizeof_cloudcircuit_guard_policy]byte = [unsafe.Sizeof(GuardPolicy{})]byte{}

func (p *GuardPolicy) c() C.cloudcircuit_guard_policy {
	if p == nil {
		defaults := DefaultGuardPolicy()
		p = &defaults
	}
	return *(*C.cloudcircuit_guard_policy)(unsafe.Pointer(p))
}

// GuardDecision is what EvaluateGuard decided. The zero value blocks.
type GuardDecision struct {
	// Action is the least permissive action that a finding asks for, ActionAllow when there is none.
	Action Action `json:"action"`
	// MonitorAction is what Action would be if nothing were monitored, neither by the policy nor by a
	// safeguard.
	MonitorAction Action `json:"monitor_action"`
	// Reasons is every finding, also those whose action is more permissive and those in policy.Monitor.
	Reasons Reasons `json:"reasons"`
	// MonitorReasons is the findings that only MonitorAction heeds: those in policy.Monitor, and what
	// safeguards in ModeMonitor would have refused.
	MonitorReasons Reasons `json:"monitor_reasons"`
	// Kinds is the kinds of signals that were there.
	Kinds Signals `json:"kinds"`
	// RetryAfter is, when Action is ActionBlock or ActionThrottle, the longest of the signals that ask for
	// it, in their unit. Else 0.
	RetryAfter int64 `json:"retry_after"`
}

func (d GuardDecision) c() C.cloudcircuit_guard_decision {
	return C.cloudcircuit_guard_decision{
		action:          C.int32_t(d.Action),
		monitor_action:  C.int32_t(d.MonitorAction),
		reasons:         C.uint32_t(d.Reasons),
		monitor_reasons: C.uint32_t(d.MonitorReasons),
		kinds:           C.uint32_t(d.Kinds),
		retry_after:     C.int64_t(d.RetryAfter),
	}
}

// EvaluateGuard turns what the safeguards found into one action: the least permissive of those that the
// policy names for the findings, ActionAllow when there is none. It allocates for more than 8 signals.
//
// The order of the signals never matters, and there may be several of one kind, three budgets for example;
// at most GuardMaxSignals. A kind that the policy requires and of which there is none is ReasonMissing. A
// signal of a call that failed meets the requirement, and policy.OnError decides.
//
// The errors are ErrCount, those of the policy (ErrOnWarning to ErrOnError, ErrRequired, ErrMonitor) and
// ErrSignal, for example for a zero signal. The decision then blocks.
func EvaluateGuard(signals []Signal, policy *GuardPolicy) (GuardDecision, error) {
	var answer C.guard_answer
	var few C.few_signals
	if len(signals) <= len(few.of) {
		for i, signal := range signals {
			few.of[i] = signal.c()
		}
		answer = C.evaluate_guard_few(few, C.size_t(len(signals)), policy.c())
	} else {
		many := make([]C.cloudcircuit_signal, len(signals))
		for i, signal := range signals {
			many[i] = signal.c()
		}
		answer = C.evaluate_guard(&many[0], C.size_t(len(many)), policy.c())
	}
	d := &answer.decision
	return GuardDecision{
		Action:         Action(d.action),
		MonitorAction:  Action(d.monitor_action),
		Reasons:        Reasons(d.reasons),
		MonitorReasons: Reasons(d.monitor_reasons),
		Kinds:          Signals(d.kinds),
		RetryAfter:     int64(d.retry_after),
	}, asError(answer.status)
}
