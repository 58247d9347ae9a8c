package cloudcircuit_test

import (
	"errors"
	"math"
	"testing"

	. "example.com/cloudcircuit"
)

// column is what the lines with one config expect.
type column[N float64 | uint64] struct {
	flags   []Flags
	numbers []N
	invalid int
}

func (c *column[N]) add(flags Flags, number N) {
	c.flags = append(c.flags, flags)
	c.numbers = append(c.numbers, number)
	if flags&FlagInvalid != 0 {
		c.invalid++
	}
}

type budgetColumn struct {
	column[float64]
	config       BudgetConfig
	spend, limit []float64
}

type budgetColumnInt64 struct {
	column[uint64]
	config       BudgetConfigInt64
	spend, limit []int64
}

type spikeColumn struct {
	column[float64]
	config  SpikeConfig
	points  []float64
	offsets []int64
}

// compare compares a call on columns with what its lines expect. A config that breaks a rule refuses
// every row; else an invalid one shows as ErrInvalidRows.
func (c *column[N]) compare(t *testing.T, name string, config error, flags []Flags, numbers []N, invalid int, err error) {
	t.Helper()
	want := config
	if want == nil && c.invalid > 0 {
		want = ErrInvalidRows
	}
	if !errors.Is(err, want) || invalid != c.invalid {
		t.Errorf("%s: %v with %d invalid rows of %d, not %v with %d", name, err, invalid, len(flags), want, c.invalid)
	}
	for i := range c.flags {
		if flags[i] != c.flags[i] || bits(numbers[i]) != bits(c.numbers[i]) {
			t.Errorf("%s: row %d is %v, %v, not %v, %v", name, i, flags[i], numbers[i], c.flags[i], c.numbers[i])
		}
	}
}

func bits(number any) uint64 {
	if double, ok := number.(float64); ok {
		return math.Float64bits(double)
	}
	return number.(uint64)
}

func (g *golden) checkColumns() {
	for name, c := range g.budgets {
		_, config := CheckBudget(0, 1, &c.config)
		flags, usage := make([]Flags, len(c.flags)), make([]float64, len(c.flags))
		invalid, err := CheckBudgetColumns(c.spend, c.limit, &c.config, flags, usage)
		c.compare(g.T, "budgets at "+name, config, flags, usage, invalid, err)
	}
	for name, c := range g.budgetsInt64 {
		_, config := CheckBudgetInt64(0, 1, &c.config)
		flags, usage := make([]Flags, len(c.flags)), make([]uint64, len(c.flags))
		invalid, err := CheckBudgetColumnsInt64(c.spend, c.limit, &c.config, flags, usage)
		c.compare(g.T, "exact budgets at "+name, config, flags, usage, invalid, err)
	}
	for name, c := range g.spikes {
		_, config := CheckAnomalySpike([]float64{0, 0}, &c.config)
		flags, threshold := make([]Flags, len(c.flags)), make([]float64, len(c.flags))
		invalid, err := CheckAnomalySpikeColumns(c.points, c.offsets, &c.config, flags, threshold)
		c.compare(g.T, "series at "+name, config, flags, threshold, invalid, err)
	}
}
