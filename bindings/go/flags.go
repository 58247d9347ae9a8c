package cloudcircuit

// #include <cloudcircuit.h>
import "C"
import "strings"

// Flags is a decision as bits: what the functions named Flags return, and what a column holds for
// each row.
type Flags uint8

const (
	// FlagWarning is the budget's IsWarning.
	FlagWarning Flags = C.CLOUDCIRCUIT_FLAG_WARNING
	// FlagBreached is the budget's IsBreached.
	FlagBreached Flags = C.CLOUDCIRCUIT_FLAG_BREACHED
	// FlagSpike is the spike's IsSpike, or the detector's VerdictSpike.
	FlagSpike Flags = C.CLOUDCIRCUIT_FLAG_SPIKE
	// FlagOpen is the breaker's IsOpen.
	FlagOpen Flags = C.CLOUDCIRCUIT_FLAG_OPEN
	// FlagLeak is the detector's IsLeak.
	FlagLeak Flags = C.CLOUDCIRCUIT_FLAG_LEAK
	// FlagDrop is the detector's IsDrop.
	FlagDrop Flags = C.CLOUDCIRCUIT_FLAG_DROP
	// FlagInsufficient is the detector's VerdictInsufficientData. To SpikeFlags too short a series is
	// invalid.
	FlagInsufficient Flags = C.CLOUDCIRCUIT_FLAG_INSUFFICIENT
	// FlagInvalid: the inputs broke a rule; the bits that refuse are set as well.
	FlagInvalid Flags = C.CLOUDCIRCUIT_FLAG_INVALID
)

// String names the bits: "warning|breached" for example, "none" when there is none.
func (f Flags) String() string {
	return names(uint32(f), [...]string{"warning", "breached", "spike", "open", "leak", "drop", "insufficient", "invalid"})
}

// names joins the names of the bits that are set.
func names(bits uint32, of [8]string) string {
	var set []string
	for i, name := range of {
		if bits>>i&1 != 0 && name != "" {
			set = append(set, name)
		}
	}
	if set == nil {
		return "none"
	}
	return strings.Join(set, "|")
}

// BudgetFlags is CheckBudget as bits: FlagWarning and FlagBreached as they apply, both with
// FlagInvalid when an input breaks a rule.
func BudgetFlags(currentSpend, budgetLimit, warningRatio float64) Flags {
	return Flags(C.cloudcircuit_budget_flags(C.double(currentSpend), C.double(budgetLimit),
		C.double(warningRatio)))
}

// BudgetFlagsInt64 is CheckBudgetInt64 as bits, as BudgetFlags.
func BudgetFlagsInt64(currentSpend, budgetLimit int64, warningPPM uint32) Flags {
	return Flags(C.cloudcircuit_budget_flags_i64(C.int64_t(currentSpend), C.int64_t(budgetLimit),
		C.uint32_t(warningPPM)))
}

// SpikeFlags is CheckAnomalySpike as bits: FlagSpike or none, FlagSpike with FlagInvalid when an input
// breaks a rule.
func SpikeFlags(series []float64, spikeMultiplier, minBaseline float64) Flags {
	return Flags(C.cloudcircuit_spike_flags((*C.double)(data(series)), C.size_t(len(series)),
		C.double(spikeMultiplier), C.double(minBaseline)))
}

// BreakerFlags is EvaluateCircuitBreaker as bits: FlagOpen or none, FlagOpen with FlagInvalid when a
// counter breaks a rule.
func BreakerFlags(consecutiveFailures, failureThreshold, cooldownStepsRemaining int64) Flags {
	return Flags(C.cloudcircuit_breaker_flags(C.int64_t(consecutiveFailures),
		C.int64_t(failureThreshold), C.int64_t(cooldownStepsRemaining)))
}
