package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	size_t length;
	cloudcircuit_status status;
} record_answer;

#define WRITER(name, type)                                                             \
	static record_answer write_##name(type value, char *buffer, size_t capacity)       \
	{                                                                                  \
		record_answer answer;                                                          \
                                                                                       \
		answer.status = cloudcircuit_write_##name##_json(&value, buffer, capacity,     \
		                                                 &answer.length);              \
		return answer;                                                                 \
	}

WRITER(budget_result, cloudcircuit_budget_result)
WRITER(budget_result_i64, cloudcircuit_budget_result_i64)
WRITER(spike_result, cloudcircuit_spike_result)
WRITER(spike_result_i64, cloudcircuit_spike_result_i64)
WRITER(breaker_decision, cloudcircuit_breaker_decision)
WRITER(guard_decision, cloudcircuit_guard_decision)
WRITER(breaker_permit, cloudcircuit_breaker_permit)
WRITER(ledger_decision, cloudcircuit_ledger_decision)
WRITER(detect_result, cloudcircuit_detect_result)
WRITER(forecast_result, cloudcircuit_forecast_result)
*/
import "C"
import "unsafe"

// withRoom returns dst with room for any record behind it, and where that room begins.
func withRoom(dst []byte) ([]byte, *C.char) {
	grown := append(dst, make([]byte, C.CLOUDCIRCUIT_RECORD_CAPACITY)...)
	return grown[:len(dst)], (*C.char)(unsafe.Pointer(&grown[len(dst)]))
}

// written returns dst with the record that was written behind it.
func written(dst []byte, answer C.record_answer) ([]byte, error) {
	return dst[:len(dst)+int(answer.length)], asError(answer.status)
}

func (r BudgetResult) c() C.cloudcircuit_budget_result {
	return C.cloudcircuit_budget_result{
		current_spend:    C.double(r.CurrentSpend),
		budget_limit:     C.double(r.BudgetLimit),
		usage_ratio:      C.double(r.UsageRatio),
		remaining_budget: C.double(r.RemainingBudget),
		is_warning:       bit(r.IsWarning),
		is_breached:      bit(r.IsBreached),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (r BudgetResult) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_budget_result(r.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (r BudgetResult) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}

func (r BudgetResultInt64) c() C.cloudcircuit_budget_result_i64 {
	return C.cloudcircuit_budget_result_i64{
		current_spend:    C.int64_t(r.CurrentSpend),
		budget_limit:     C.int64_t(r.BudgetLimit),
		remaining_budget: C.int64_t(r.RemainingBudget),
		usage_ppm:        C.uint64_t(r.UsagePPM),
		is_warning:       bit(r.IsWarning),
		is_breached:      bit(r.IsBreached),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (r BudgetResultInt64) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_budget_result_i64(r.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (r BudgetResultInt64) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}

func (r SpikeResult) c() C.cloudcircuit_spike_result {
	return C.cloudcircuit_spike_result{
		latest_spend:  C.double(r.LatestSpend),
		baseline_mean: C.double(r.BaselineMean),
		threshold:     C.double(r.Threshold),
		is_spike:      bit(r.IsSpike),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (r SpikeResult) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_spike_result(r.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (r SpikeResult) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}

func (r SpikeResultInt64) c() C.cloudcircuit_spike_result_i64 {
	return C.cloudcircuit_spike_result_i64{
		latest_spend:  C.int64_t(r.LatestSpend),
		baseline_mean: C.int64_t(r.BaselineMean),
		threshold:     C.int64_t(r.Threshold),
		is_spike:      bit(r.IsSpike),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (r SpikeResultInt64) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_spike_result_i64(r.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (r SpikeResultInt64) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}

func (d BreakerDecision) c() C.cloudcircuit_breaker_decision {
	return C.cloudcircuit_breaker_decision{
		retry_after_steps: C.int64_t(d.RetryAfterSteps),
		is_open:           bit(d.IsOpen),
		allow_operation:   bit(d.AllowOperation),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (d BreakerDecision) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_breaker_decision(d.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (d BreakerDecision) MarshalJSON() ([]byte, error) {
	return d.AppendJSON(nil)
}

func (d GuardDecision) c() C.cloudcircuit_guard_decision {
	return C.cloudcircuit_guard_decision{
		action:            C.int32_t(d.Action),
		reasons:           C.uint32_t(d.Reasons),
		retry_after_steps: C.int64_t(d.RetryAfterSteps),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (d GuardDecision) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_guard_decision(d.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (d GuardDecision) MarshalJSON() ([]byte, error) {
	return d.AppendJSON(nil)
}

func (p BreakerPermit) c() C.cloudcircuit_breaker_permit {
	return C.cloudcircuit_breaker_permit{
		generation:      C.uint64_t(p.Generation),
		retry_after:     C.int64_t(p.RetryAfter),
		deadline:        C.int64_t(p.Deadline),
		phase:           C.int32_t(p.Phase),
		allowed:         bit(p.Allowed),
		probe_slot:      C.uint32_t(p.ProbeSlot),
		clock_regressed: bit(p.ClockRegressed),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (p BreakerPermit) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_breaker_permit(p.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (p BreakerPermit) MarshalJSON() ([]byte, error) {
	return p.AppendJSON(nil)
}

func (d LedgerDecision) c() C.cloudcircuit_ledger_decision {
	return C.cloudcircuit_ledger_decision{
		settled:       C.int64_t(d.Settled),
		held:          C.int64_t(d.Held),
		available:     C.int64_t(d.Available),
		overshoot:     C.int64_t(d.Overshoot),
		allowed:       bit(d.Allowed),
		reason:        C.int32_t(d.Reason),
		crossed:       C.uint32_t(d.Crossed),
		newly_crossed: C.uint32_t(d.NewlyCrossed),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (d LedgerDecision) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_ledger_decision(d.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (d LedgerDecision) MarshalJSON() ([]byte, error) {
	return d.AppendJSON(nil)
}

func (r DetectResult) c() C.cloudcircuit_detect_result {
	return C.cloudcircuit_detect_result{
		latest_spend:   C.double(r.LatestSpend),
		expected_spend: C.double(r.ExpectedSpend),
		upper_bound:    C.double(r.UpperBound),
		excess:         C.double(r.Excess),
		score:          C.double(r.Score),
		leak_score:     C.double(r.LeakScore),
		points_used:    C.uint32_t(r.PointsUsed),
		verdict:        C.int32_t(r.Verdict),
		reason:         C.int32_t(r.Reason),
		is_leak:        bit(r.IsLeak),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (r DetectResult) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_detect_result(r.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (r DetectResult) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}

func (r ForecastResult) c() C.cloudcircuit_forecast_result {
	return C.cloudcircuit_forecast_result{
		spend_to_date:        C.double(r.SpendToDate),
		forecast_spend:       C.double(r.ForecastSpend),
		lower_bound:          C.double(r.LowerBound),
		upper_bound:          C.double(r.UpperBound),
		forecast_ratio:       C.double(r.ForecastRatio),
		burn_rate:            C.double(r.BurnRate),
		exhaustion_point:     C.int64_t(r.ExhaustionPoint),
		is_forecast_breached: bit(r.IsForecastBreached),
		verdict:              C.int32_t(r.Verdict),
	}
}

// AppendJSON appends the audit line: one JSON object, named as in the C header, without a newline. Its
// numbers read back to the same bits. It allocates only when dst has no room. A number that is not
// finite is ErrRecordField.
func (r ForecastResult) AppendJSON(dst []byte) ([]byte, error) {
	dst, buffer := withRoom(dst)
	return written(dst, C.write_forecast_result(r.c(), buffer, C.CLOUDCIRCUIT_RECORD_CAPACITY))
}

// MarshalJSON returns what AppendJSON appends. It allocates.
func (r ForecastResult) MarshalJSON() ([]byte, error) {
	return r.AppendJSON(nil)
}
