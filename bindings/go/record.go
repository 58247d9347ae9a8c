package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	size_t length;
	cloudcircuit_status status;
} record_answer;

#define WRITER(result, config)                                                                          \
	static record_answer write_##result(int32_t status, cloudcircuit_##config settings,             \
	                                    cloudcircuit_##result value, char *buffer, size_t capacity) \
	{                                                                                               \
		record_answer answer;                                                                   \
                                                                                                        \
		answer.status = cloudcircuit_write_##result##_json(status, &settings, &value, buffer,   \
		                                                   capacity, &answer.length);           \
		return answer;                                                                          \
	}

WRITER(budget_result, budget_config)
WRITER(budget_result_i64, budget_config_i64)
WRITER(spike_result, spike_config)
WRITER(spike_result_i64, spike_config_i64)
WRITER(breaker_decision, breaker_counters)
WRITER(guard_decision, guard_policy)
WRITER(breaker_permit, breaker_config)
WRITER(ledger_decision, ledger_config)
WRITER(detect_result, detect_config)
WRITER(forecast_result, forecast_config)

static record_answer write_rate_limit_decision(int32_t status, const cloudcircuit_rate_limit_config *config,
                                               cloudcircuit_rate_limit_decision value, char *buffer,
                                               size_t capacity)
{
	record_answer answer;

	answer.status = cloudcircuit_write_rate_limit_decision_json(status, config, &value, buffer, capacity,
	                                                            &answer.length);
	return answer;
}
*/
import "C"
import "unsafe"

// record appends a record of a call that returned err to dst; write writes it into a buffer.
func record(dst []byte, err error, write func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer) ([]byte, error) {
	status, err := statusOf(err)
	if err != nil {
		return dst, err
	}
	grown := append(dst, make([]byte, C.CLOUDCIRCUIT_RECORD_CAPACITY)...)
	answer := write(status, (*C.char)(unsafe.Pointer(&grown[len(dst)])), C.CLOUDCIRCUIT_RECORD_CAPACITY)
	return grown[:len(dst)+int(answer.length)], asError(answer.status)
}

// AppendJSON appends the audit line of the call that returned r and err, with the settings that it was
// passed: one JSON object without a newline, as the C header describes it. Its numbers read back to the
// same bits, and json.Unmarshal reads the result back. It allocates only when dst has no room.
//
// err is nil, a Status or an error that wraps one; the line of a refused call has no result and says which
// rule refused. The errors are ErrRecordField for a number that is not finite, and an err that is no Status.
func (r BudgetResult) AppendJSON(dst []byte, err error, config *BudgetConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_budget_result(status, config.c(), r.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned r and err, as BudgetResult.AppendJSON does.
func (r BudgetResultInt64) AppendJSON(dst []byte, err error, config *BudgetConfigInt64) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_budget_result_i64(status, config.c(), r.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned r and err, as BudgetResult.AppendJSON does.
func (r SpikeResult) AppendJSON(dst []byte, err error, config *SpikeConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_spike_result(status, config.c(), r.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned r and err, as BudgetResult.AppendJSON does.
func (r SpikeResultInt64) AppendJSON(dst []byte, err error, config *SpikeConfigInt64) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_spike_result_i64(status, config.c(), r.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned r and err, as BudgetResult.AppendJSON does.
func (r DetectResult) AppendJSON(dst []byte, err error, config *DetectConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_detect_result(status, config.c(), r.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned r and err, as BudgetResult.AppendJSON does.
func (r ForecastResult) AppendJSON(dst []byte, err error, config *ForecastConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_forecast_result(status, config.c(), r.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned d and err, as BudgetResult.AppendJSON does.
func (d BreakerDecision) AppendJSON(dst []byte, err error, counters BreakerCounters) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_breaker_decision(status, counters.c(), d.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned p and err, as BudgetResult.AppendJSON does.
func (p BreakerPermit) AppendJSON(dst []byte, err error, config *BreakerConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_breaker_permit(status, config.orDefault(), p.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned d and err, as BudgetResult.AppendJSON does.
func (d LedgerDecision) AppendJSON(dst []byte, err error, config *LedgerConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_ledger_decision(status, config.c(), d.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned d and err, as BudgetResult.AppendJSON does.
func (d RateLimitDecision) AppendJSON(dst []byte, err error, config *RateLimitConfig) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_rate_limit_decision(status, config.c(), d.c(), buffer, capacity)
	})
}

// AppendJSON appends the audit line of the call that returned d and err, as BudgetResult.AppendJSON does.
func (d GuardDecision) AppendJSON(dst []byte, err error, policy *GuardPolicy) ([]byte, error) {
	return record(dst, err, func(status C.int32_t, buffer *C.char, capacity C.size_t) C.record_answer {
		return C.write_guard_decision(status, policy.c(), d.c(), buffer, capacity)
	})
}
