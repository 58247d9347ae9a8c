package cloudcircuit

/*
#include <cloudcircuit.h>

// Values in and out: a pointer that Go passes to C moves what it points at to the heap. Of the result only what
// Go does not know. It is read one by one: compilers read two of them at once, which waits for both to be stored.
typedef struct {
	double usage_ratio;
	double remaining_budget;
	uint64_t status_and_flags;
} budget_answer;

static budget_answer check_budget(double spend, double limit, double warning_ratio)
{
	const cloudcircuit_budget_config config = {warning_ratio};
	cloudcircuit_budget_result result;
	volatile cloudcircuit_budget_result *found = &result;
	budget_answer answer;

	answer.status_and_flags = (uint64_t)cloudcircuit_check_budget(spend, limit, &config, &result) << 8;
	answer.usage_ratio = found->usage_ratio;
	answer.remaining_budget = found->remaining_budget;
	answer.status_and_flags |= found->is_warning | found->is_breached << 1;
	return answer;
}

typedef struct {
	uint64_t usage_ppm;
	int64_t remaining_budget;
	uint64_t status_and_flags;
} budget_answer_i64;

static budget_answer_i64 check_budget_i64(int64_t spend, int64_t limit, uint32_t warning_ppm)
{
	const cloudcircuit_budget_config_i64 config = {warning_ppm, 0};
	cloudcircuit_budget_result_i64 result;
	volatile cloudcircuit_budget_result_i64 *found = &result;
	budget_answer_i64 answer;

	answer.status_and_flags = (uint64_t)cloudcircuit_check_budget_i64(spend, limit, &config, &result) << 8;
	answer.usage_ppm = found->usage_ppm;
	answer.remaining_budget = found->remaining_budget;
	answer.status_and_flags |= found->is_warning | found->is_breached << 1;
	return answer;
}
*/
import "C"

const (
	// DefaultWarningRatio is the share of the limit from which CheckBudget warns.
	DefaultWarningRatio = C.CLOUDCIRCUIT_DEFAULT_WARNING_RATIO
	// DefaultWarningPPM is the share of the limit from which CheckBudgetInt64 warns, in parts per
	// million.
	DefaultWarningPPM = C.CLOUDCIRCUIT_DEFAULT_WARNING_PPM
)

// BudgetConfig holds the settings of CheckBudget; nil means the defaults.
type BudgetConfig struct {
	// WarningRatio is the share of the limit from which IsWarning is set; > 0 and <= 1.
	WarningRatio float64
}

// DefaultBudgetConfig returns what a nil *BudgetConfig means.
func DefaultBudgetConfig() BudgetConfig {
	return BudgetConfig{WarningRatio: DefaultWarningRatio}
}

func (c *BudgetConfig) c() C.cloudcircuit_budget_config {
	if c == nil {
		return C.cloudcircuit_budget_config{warning_ratio: DefaultWarningRatio}
	}
	return C.cloudcircuit_budget_config{warning_ratio: C.double(c.WarningRatio)}
}

// BudgetResult is what CheckBudget found. Amounts are in the caller's currency unit.
type BudgetResult struct {
	// CurrentSpend is the amount that was checked.
	CurrentSpend float64 `json:"current_spend"`
	// BudgetLimit is the limit it was checked against.
	BudgetLimit float64 `json:"budget_limit"`
	// UsageRatio is CurrentSpend / BudgetLimit, at most the largest float64.
	UsageRatio float64 `json:"usage_ratio"`
	// RemainingBudget is BudgetLimit - CurrentSpend: negative when the limit is exceeded.
	RemainingBudget float64 `json:"remaining_budget"`
	// IsWarning is true when UsageRatio >= WarningRatio.
	IsWarning bool `json:"is_warning"`
	// IsBreached is true when CurrentSpend >= BudgetLimit: do not spend more.
	IsBreached bool `json:"is_breached"`
}

// CheckBudget checks a spend against a budget: a warning from a share of the limit, a breach from
// the limit itself.
//
// currentSpend is finite and >= 0, budgetLimit finite and > 0, in one currency unit. The errors are
// ErrBudgetLimit, ErrWarningRatio and ErrCurrentSpend; the result is then warning and breached.
func CheckBudget(currentSpend, budgetLimit float64, config *BudgetConfig) (BudgetResult, error) {
	answer := C.check_budget(C.double(currentSpend), C.double(budgetLimit), config.c().warning_ratio)
	result := BudgetResult{
		UsageRatio:      float64(answer.usage_ratio),
		RemainingBudget: float64(answer.remaining_budget),
		IsWarning:       answer.status_and_flags&C.CLOUDCIRCUIT_FLAG_WARNING != 0,
		IsBreached:      answer.status_and_flags&C.CLOUDCIRCUIT_FLAG_BREACHED != 0,
	}
	if status := answer.status_and_flags >> 8; status != C.CLOUDCIRCUIT_OK {
		return result, asError(C.cloudcircuit_status(status))
	}
	result.CurrentSpend, result.BudgetLimit = currentSpend+0, budgetLimit // -0 counts as 0
	return result, nil
}

// BudgetConfigInt64 holds the settings of CheckBudgetInt64; nil means the defaults.
type BudgetConfigInt64 struct {
	// WarningPPM is the share of the limit from which IsWarning is set, in parts per million; 1 to
	// 1000000.
	WarningPPM uint32
}

// DefaultBudgetConfigInt64 returns what a nil *BudgetConfigInt64 means.
func DefaultBudgetConfigInt64() BudgetConfigInt64 {
	return BudgetConfigInt64{WarningPPM: DefaultWarningPPM}
}

func (c *BudgetConfigInt64) c() C.cloudcircuit_budget_config_i64 {
	if c == nil {
		return C.cloudcircuit_budget_config_i64{warning_ppm: DefaultWarningPPM}
	}
	return C.cloudcircuit_budget_config_i64{warning_ppm: C.uint32_t(c.WarningPPM)}
}

// BudgetResultInt64 is what CheckBudgetInt64 found. Amounts are in the caller's minor unit.
type BudgetResultInt64 struct {
	// CurrentSpend is the amount that was checked.
	CurrentSpend int64 `json:"current_spend"`
	// BudgetLimit is the limit it was checked against.
	BudgetLimit int64 `json:"budget_limit"`
	// RemainingBudget is BudgetLimit - CurrentSpend: negative when the limit is exceeded.
	RemainingBudget int64 `json:"remaining_budget"`
	// UsagePPM is CurrentSpend / BudgetLimit in parts per million, rounded down, at most the largest
	// uint64.
	UsagePPM uint64 `json:"usage_ppm"`
	// IsWarning is true when CurrentSpend is at least WarningPPM millionths of BudgetLimit.
	IsWarning bool `json:"is_warning"`
	// IsBreached is true when CurrentSpend >= BudgetLimit: do not spend more.
	IsBreached bool `json:"is_breached"`
}

// CheckBudgetInt64 checks a spend against a budget as CheckBudget does, in exact integers.
//
// currentSpend is >= 0, budgetLimit > 0, in one minor unit. The errors are ErrBudgetLimit,
// ErrWarningPPM and ErrCurrentSpend; the result is then warning and breached.
func CheckBudgetInt64(currentSpend, budgetLimit int64, config *BudgetConfigInt64) (BudgetResultInt64, error) {
	answer := C.check_budget_i64(C.int64_t(currentSpend), C.int64_t(budgetLimit), config.c().warning_ppm)
	result := BudgetResultInt64{
		RemainingBudget: int64(answer.remaining_budget),
		UsagePPM:        uint64(answer.usage_ppm),
		IsWarning:       answer.status_and_flags&C.CLOUDCIRCUIT_FLAG_WARNING != 0,
		IsBreached:      answer.status_and_flags&C.CLOUDCIRCUIT_FLAG_BREACHED != 0,
	}
	if status := answer.status_and_flags >> 8; status != C.CLOUDCIRCUIT_OK {
		return result, asError(C.cloudcircuit_status(status))
	}
	result.CurrentSpend, result.BudgetLimit = currentSpend, budgetLimit
	return result, nil
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
