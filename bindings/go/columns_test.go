package cloudcircuit_test

import (
	"reflect"
	"testing"

	. "example.com/cloudcircuit"
)

func TestColumnsOfOtherLengths(t *testing.T) {
	two, three := make([]float64, 2), []float64{1, 2, 3}
	twoInt64, threeInt64 := make([]int64, 2), []int64{1, 2, 3}
	bits := []byte{255}
	for name, call := range map[string]func([]Flags) (int, error){
		"spend": func(f []Flags) (int, error) { return CheckBudgetColumns(two, three, nil, f, nil) },
		"limit": func(f []Flags) (int, error) { return CheckBudgetColumns(three, two, nil, f, nil) },
		"usage": func(f []Flags) (int, error) { return CheckBudgetColumns(three, three, nil, f, two) },
		"empty usage": func(f []Flags) (int, error) {
			return CheckBudgetColumns(three, three, nil, f, []float64{})
		},
		"exact spend": func(f []Flags) (int, error) { return CheckBudgetColumnsInt64(twoInt64, threeInt64, nil, f, nil) },
		"exact limit": func(f []Flags) (int, error) { return CheckBudgetColumnsInt64(threeInt64, twoInt64, nil, f, nil) },
		"exact usage": func(f []Flags) (int, error) {
			return CheckBudgetColumnsInt64(threeInt64, threeInt64, nil, f, make([]uint64, 2))
		},
		"offsets":    func(f []Flags) (int, error) { return CheckAnomalySpikeColumns(three, threeInt64, nil, f, nil) },
		"no offsets": func(f []Flags) (int, error) { return CheckAnomalySpikeColumns(three, nil, nil, f, nil) },
		"threshold": func(f []Flags) (int, error) {
			return CheckAnomalySpikeColumns(three, []int64{0, 1, 2, 3}, nil, f, two)
		},
		"validity": func(f []Flags) (int, error) {
			return CheckBudgetColumnsNullable(three, Validity{bits, 6}, three, Validity{}, nil, f, nil)
		},
		"validity without bits": func(f []Flags) (int, error) {
			return CheckBudgetColumnsNullable(three, Validity{}, three, Validity{[]byte{}, 0}, nil, f, nil)
		},
		"validity before its bits": func(f []Flags) (int, error) {
			return CheckBudgetColumnsInt64Nullable(threeInt64, Validity{}, threeInt64, Validity{bits, -1}, nil, f, nil)
		},
		"validity of points": func(f []Flags) (int, error) {
			return CheckAnomalySpikeColumnsNullable(make([]float64, 9), Validity{bits, 0}, []int64{0, 3, 6, 9}, Validity{}, nil, f, nil)
		},
		"validity of series": func(f []Flags) (int, error) {
			return CheckAnomalySpikeColumnsNullable(three, Validity{}, []int64{0, 0, 0, 3}, Validity{bits, 7}, nil, f, nil)
		},
	} {
		flags := make([]Flags, 3)
		invalid, err := call(flags)
		if err != ErrLength || invalid != 3 {
			t.Errorf("%s: %d, %v", name, invalid, err)
		}
		for _, flag := range flags {
			if flag != FlagInvalid|FlagWarning|FlagBreached && flag != FlagInvalid|FlagSpike {
				t.Errorf("%s: %v passes", name, flag)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	stale := []float64{7, 7}
	if _, err := CheckBudgetColumns(nil, nil, nil, make([]Flags, 3), stale); err != ErrLength || stale[0] != 0 || stale[1] != 0 {
		t.Error("numbers of refused rows:", stale, err)
	}
	if invalid, err := CheckBudgetColumns(nil, nil, nil, nil, nil); invalid != 0 || err != nil {
		t.Error("no rows:", invalid, err)
	}
	if invalid, err := CheckBudgetColumnsInt64([]int64{}, []int64{}, nil, []Flags{}, []uint64{}); invalid != 0 || err != nil {
		t.Error("empty rows:", invalid, err)
	}
	if invalid, err := CheckAnomalySpikeColumns(nil, nil, nil, nil, nil); invalid != 0 || err != nil {
		t.Error("no series:", invalid, err)
	}
	if invalid, err := CheckAnomalySpikeColumns([]float64{1}, []int64{1}, nil, nil, nil); invalid != 0 || err != nil {
		t.Error("no series of a point:", invalid, err)
	}
	flags := make([]Flags, 2)
	if invalid, err := CheckAnomalySpikeColumns(nil, []int64{0, 0, 0}, nil, flags, nil); invalid != 2 || err != ErrInvalidRows {
		t.Error("empty series:", invalid, err)
	}
	if invalid, err := CheckAnomalySpikeColumns([]float64{1, 2}, []int64{0, 3, 2}, nil, flags, nil); invalid != 2 || err != ErrOffsets {
		t.Error("offsets beyond the points:", invalid, err)
	}
	// In place: the ratios take the place of the spends.
	spend := []float64{50, 120}
	if _, err := CheckBudgetColumns(spend, []float64{100, 100}, nil, flags, spend); err != nil || spend[0] != 0.5 || spend[1] != 1.2 {
		t.Error("in place:", spend, err)
	}
	overlapping := make([]float64, 3)
	if invalid, err := CheckBudgetColumns(overlapping[:2], []float64{1, 1}, nil, flags, overlapping[1:]); invalid != 2 || err != ErrOverlap {
		t.Error("overlapping:", invalid, err)
	}
}

func TestColumnsWithMissingValues(t *testing.T) {
	missing := FlagInvalid | FlagWarning | FlagBreached
	spend, limit := []float64{1, 99, 1, 1}, []float64{100, 100, 100, 100}
	spendInt64, limitInt64 := []int64{1, 99, 1, 1}, []int64{100, 100, 100, 100}
	// Rows 0 to 3 are bits 2 to 5 of the spend, bits 7 to 10 of the limit.
	spendValidity, limitValidity := Validity{[]byte{0b0001_1100}, 2}, Validity{[]byte{0x80, 0b101}, 7}
	want := []Flags{0, FlagWarning, missing, missing}
	flags, usage := make([]Flags, 4), make([]float64, 4)
	invalid, err := CheckBudgetColumnsNullable(spend, spendValidity, limit, limitValidity, nil, flags, usage)
	if err != ErrInvalidRows || invalid != 2 || !reflect.DeepEqual(flags, want) || usage[1] != 0.99 || usage[2] != 0 {
		t.Error(flags, usage, invalid, err)
	}
	flags = make([]Flags, 4)
	invalid, err = CheckBudgetColumnsInt64Nullable(spendInt64, spendValidity, limitInt64, limitValidity, nil, flags, nil)
	if err != ErrInvalidRows || invalid != 2 || !reflect.DeepEqual(flags, want) {
		t.Error(flags, invalid, err)
	}
	points, offsets := []float64{1, 2, 1, 1, 1, 9}, []int64{0, 2, 4, 6}
	flags = make([]Flags, 3)
	want = []Flags{FlagSpike, FlagSpike | FlagInvalid, FlagSpike | FlagInvalid}
	invalid, err = CheckAnomalySpikeColumnsNullable(points, Validity{[]byte{0b110111}, 0}, offsets, Validity{[]byte{0b0110}, 1}, nil, flags, nil)
	if err != ErrInvalidRows || invalid != 2 || !reflect.DeepEqual(flags, want) {
		t.Error(flags, invalid, err)
	}
}
