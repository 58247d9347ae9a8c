package cloudcircuit

/*
#include <cloudcircuit.h>

// Values in and out: a pointer that Go passes to C moves what it points at to the heap.
typedef struct {
	cloudcircuit_budget_result result;
	cloudcircuit_status status;
} budget_answer;

static budget_answer check_budget(double spend, double limit, cloudcircuit_budget_config config)
{
	budget_answer answer;

	answer.status = cloudcircuit_check_budget(spend, limit, &config, &answer.result);
	return answer;
}

typedef struct {
	cloudcircuit_budget_result_i64 result;
	cloudcircuit_status status;
} budget_answer_i64;

static budget_answer_i64 check_budget_i64(int64_t spend, int64_t limit,
                                          cloudcircuit_budget_config_i64 config)
{
	budget_answer_i64 answer;

	answer.status = cloudcircuit_check_budget_i64(spend, limit, &config, &answer.result);
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
	answer := C.check_budget(C.double(currentSpend), C.double(budgetLimit), config.c())
	r := &answer.result
	return BudgetResult{
		CurrentSpend:    float64(r.current_spend),
		BudgetLimit:     float64(r.budget_limit),
		UsageRatio:      float64(r.usage_ratio),
		RemainingBudget: float64(r.remaining_budget),
		IsWarning:       r.is_warning != 0,
		IsBreached:      r.is_breached != 0,
	}, asError(answer.status)
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
	answer := C.check_budget_i64(C.int64_t(currentSpend), C.int64_t(budgetLimit), config.c())
	r := &answer.result
	return BudgetResultInt64{
		CurrentSpend:    int64(r.current_spend),
		BudgetLimit:     int64(r.budget_limit),
		RemainingBudget: int64(r.remaining_budget),
		UsagePPM:        uint64(r.usage_ppm),
		IsWarning:       r.is_warning != 0,
		IsBreached:      r.is_breached != 0,
	}, asError(answer.status)
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
