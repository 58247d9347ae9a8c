package cloudcircuit_test

import (
	"errors"
	"math"
	"math/rand"
	"os"
	"reflect"
	"strconv"
	"testing"
	"time"

	. "example.com/cloudcircuit"
)

// runawayDay is four weeks at 100 a day, then a day at 350.
func runawayDay() []float64 {
	days := make([]float64, 29)
	for i := range days {
		days[i] = 100
	}
	days[28] = 350
	return days
}

// near allows for the rounding of a hand's worth of operations.
func near(got, want float64) bool {
	return math.Abs(got-want) <= 1e-9*math.Abs(want)
}

// Worked out by hand from docs/DETECTION.md: the base is 100, 1.1 times the same weekdays are explained and no
// day deviated, so that the scale is its floor of 5 %, widened by 1 + 7 / 25 for the 25 days that had three before
// them: 0.064.
func TestDetectSpikeByHand(t *testing.T) {
	r, err := DetectSpike(runawayDay(), nil)
	if err != nil || r.Verdict != VerdictSpike || r.Reason != DetectReasonOnePoint || r.IsLeak {
		t.Error(r, err)
	}
	if r.LatestSpend != 350 || !near(r.ExpectedSpend, 100) || !near(r.Excess, 250) || r.PointsUsed != 25 || r.LeakScore != 0 {
		t.Error(r)
	}
	if !near(r.Score, 2.4/0.064) || !near(r.UpperBound, 110+3.5*0.064*100) {
		t.Error(r.Score, r.UpperBound)
	}
	config := DefaultDetectConfig()
	config.MinImpact = 250.5
	if r, err := DetectSpike(runawayDay(), &config); err != nil || r.Verdict != VerdictNormal || r.Reason != DetectReasonMinImpact {
		t.Error("an excess that does not matter:", r, err)
	}
	config = DefaultDetectConfig()
	config.LagPoints = 1
	if r, err := DetectSpike(runawayDay(), &config); err != nil || r.Verdict != VerdictNormal || r.Reason != DetectReasonScore || r.LatestSpend != 100 {
		t.Error("the day before:", r, err)
	}
}

// Three weeks of 4 more a day after eight at 100 are a leak. A step of 30 is none, though it lies as high above the
// weeks before: it did not rise in each of the last three.
func TestDetectSpikeFindsALeak(t *testing.T) {
	rising, step := make([]float64, 77), make([]float64, 63)
	for i := range rising {
		rising[i] = 100 + 4*math.Max(0, float64(i-55))
	}
	for i := range step {
		step[i] = 100
		if i >= 56 {
			step[i] = 130
		}
	}
	if r, err := DetectSpike(rising, nil); err != nil || !r.IsLeak || r.LeakScore <= 1 {
		t.Error(r, err)
	}
	if r, err := DetectSpike(step, nil); err != nil || r.IsLeak || r.LeakScore != 0 {
		t.Error("a step:", r, err)
	}
}

// 60 of 100 is 0.3 below 0.9 times the same weekdays, which is what explains a low day. A credit is that low as well.
func TestDetectSpikeFindsAFall(t *testing.T) {
	days := runawayDay()
	days[28] = 60
	if r, err := DetectSpike(days, nil); err != nil || !r.IsDrop || r.Verdict != VerdictNormal || !near(r.DropScore, 0.3/0.064) {
		t.Error(r, err)
	}
	days[28] = -5
	config := DefaultDetectConfig()
	if r, err := DetectSpike(days, &config); err != ErrDetectPoint || !r.IsDrop {
		t.Error(r, err)
	}
	config.NegativePoints = NegativePointsMissing
	if r, err := DetectSpike(days, &config); err != nil || r.IsDrop || r.Reason != DetectReasonMissing {
		t.Error(r, err)
	}
	config.NegativePoints = NegativePointsZero
	if r, err := DetectSpike(days, &config); err != nil || !r.IsDrop || r.Excess != -100 {
		t.Error(r, err)
	}
	config.NegativePoints = 3
	if _, err := DetectSpike(days, &config); err != ErrNegativePoints {
		t.Error(err)
	}
}

func TestDetectSpikeColumns(t *testing.T) {
	spike, fall := runawayDay(), runawayDay()
	fall[28] = 60
	spend := append(append(append([]float64{}, spike...), fall...), -1)
	flags, scores := make([]Flags, 3), make([]float64, 3)
	invalid, err := DetectSpikeColumns(spend, []int64{0, 29, 58, 59}, nil, flags, scores)
	if invalid != 1 || err != ErrInvalidRows {
		t.Error(invalid, err)
	}
	const refused = FlagInvalid | FlagSpike | FlagLeak | FlagDrop
	if flags[0] != FlagSpike || flags[1] != FlagDrop || flags[2] != refused || !near(scores[0], 2.4/0.064) || scores[2] != 0 {
		t.Error(flags, scores)
	}
	if _, err := DetectSpikeColumns(spend, []int64{0, 29}, nil, flags, nil); err != ErrLength || flags[0] != refused {
		t.Error(flags, err)
	}
}

func TestDetectSpikeWithoutData(t *testing.T) {
	days := runawayDay()
	none := DetectResult{Verdict: VerdictInsufficientData, Reason: DetectReasonMissing}
	first := DetectResult{LatestSpend: 100, Verdict: VerdictInsufficientData, Reason: DetectReasonHistory}
	thirteenth := first
	thirteenth.PointsUsed = 9 // the 12 days before it without the first three
	for _, c := range []struct {
		young []float64
		want  DetectResult
	}{{nil, none}, {[]float64{}, none}, {days[:1], first}, {days[:13], thirteenth}} {
		if r, err := DetectSpike(c.young, nil); err != nil || r != c.want {
			t.Error(len(c.young), "days:", r, err)
		}
	}
	if r, err := DetectSpike(days[:14], nil); err != nil || r.Verdict != VerdictNormal {
		t.Error("14 days:", r, err)
	}
	// A NaN is no 0: the days around it are as usual as before.
	days[20] = math.NaN()
	if r, err := DetectSpike(days, nil); err != nil || !near(r.ExpectedSpend, 100) || r.PointsUsed != 24 || r.Verdict != VerdictSpike {
		t.Error("after a missing day:", r, err)
	}
	if r, err := DetectSpike(days[:21], nil); err != nil || r != (DetectResult{PointsUsed: 17, Verdict: VerdictInsufficientData, Reason: DetectReasonMissing}) {
		t.Error("a missing day:", r, err)
	}
}

func TestDetectErrorsAreSpikes(t *testing.T) {
	refused := DetectResult{Verdict: VerdictSpike, IsLeak: true, IsDrop: true}
	for _, c := range []struct {
		want   error
		series []float64
		change func(*DetectConfig)
	}{
		{ErrSeasonLength, nil, func(c *DetectConfig) { c.SeasonLength = MaxSeasonLength + 1 }},
		{ErrDetectWindow, nil, func(c *DetectConfig) { c.Window = MinDetectWindow - 1 }},
		{ErrDetectWindow, nil, func(c *DetectConfig) { c.Window = MaxDetectWindow + 1 }},
		{ErrLagPoints, nil, func(c *DetectConfig) { c.LagPoints = MaxLagPoints + 1 }},
		{ErrScoreThreshold, nil, func(c *DetectConfig) { *c = DetectConfig{} }},
		{ErrMinImpact, nil, func(c *DetectConfig) { c.MinImpact = -1 }},
		{ErrMinRelativeImpact, nil, func(c *DetectConfig) { c.MinRelativeImpact = math.NaN() }},
		{ErrMinBaseline, nil, func(c *DetectConfig) { c.MinBaseline = math.Inf(1) }},
		{ErrStartTime, nil, func(c *DetectConfig) { c.StartTime = math.MaxInt64 }},
		{ErrStep, nil, func(c *DetectConfig) { c.Step = 0 }},
		{ErrDetectPoint, []float64{1, -1, 1}, func(*DetectConfig) {}},
		{ErrDetectPoint, []float64{math.Inf(1)}, func(*DetectConfig) {}},
	} {
		config := DefaultDetectConfig()
		c.change(&config)
		if r, err := DetectSpike(c.series, &config); !errors.Is(err, c.want) || r != refused {
			t.Error(c.want, "is", err, r)
		}
		rows := len(c.series)
		flags, expected, bound := make([]Flags, rows), make([]float64, rows), make([]float64, rows)
		if err := ScanSpikes(c.series, &config, flags, expected, bound); !errors.Is(err, c.want) {
			t.Error(c.want, "is", err, "in a scan")
		}
		allRefused(t, flags, expected, bound)
		if tracker, err := NewSpikeTracker(&config); c.want != ErrDetectPoint && (err != c.want || *tracker != SpikeTracker{}) {
			t.Error(c.want, "is", err, "of a tracker")
		}
	}
	tracker, _ := NewSpikeTracker(nil)
	before := *tracker
	if r, err := tracker.Update(-1); err != ErrDetectPoint || r != refused || *tracker != before {
		t.Error(r, err)
	}
	hours := DefaultDetectConfig()
	hours.Step = 3600
	if _, err := NewSpikeTracker(&hours); err != ErrTrackerSettings {
		t.Error("hours:", err)
	}
}

func allRefused(t *testing.T, flags []Flags, columns ...[]float64) {
	t.Helper()
	for _, flag := range flags {
		if flag != FlagInvalid|FlagSpike|FlagLeak|FlagDrop {
			t.Errorf("%v passes", flag)
		}
	}
	for _, column := range columns {
		for _, number := range column {
			if number != 0 {
				t.Errorf("%v in a refused row", number)
			}
		}
	}
}

func TestScanOfOtherColumns(t *testing.T) {
	three, memory := []float64{1, 2, 3}, make([]float64, 6)
	for name, c := range map[string]struct {
		want                    error
		rows                    int
		series, expected, bound []float64
	}{
		"flags":           {ErrLength, 2, three, nil, nil},
		"expected":        {ErrLength, 3, three, []float64{}, nil},
		"bound":           {ErrLength, 3, three, nil, []float64{7, 7}},
		"one slice":       {ErrOverlap, 3, three, memory[:3], memory[:3]},
		"last on first":   {ErrOverlap, 3, three, memory[:3], memory[2:5]},
		"first on last":   {ErrOverlap, 3, three, memory[2:5], memory[:3]},
		"the series too":  {ErrOverlap, 3, memory[:3], memory[1:4], nil},
		"bound on series": {ErrOverlap, 3, memory[:3], nil, memory[:3]},
	} {
		for i := range memory {
			memory[i] = 1
		}
		flags := make([]Flags, c.rows)
		if err := ScanSpikes(c.series, nil, flags, c.expected, c.bound); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		allRefused(t, flags, c.expected, c.bound)
	}
	if err := ScanSpikes(memory[:2], nil, make([]Flags, 2), memory[2:4], memory[4:]); err != nil {
		t.Error("side by side:", err)
	}
	if err := ScanSpikes(nil, nil, nil, nil, []float64{}); err != nil {
		t.Error("no rows:", err)
	}
}

// SEED from the environment, or a new one in every run. A test that fails prints it.
func freshSeed(t *testing.T) int64 {
	seed, err := strconv.ParseInt(os.Getenv("SEED"), 10, 64)
	if err != nil {
		seed = time.Now().UnixNano()
	}
	t.Logf("SEED=%d", seed)
	return seed
}

// A year of weekdays with noise, gaps, spikes and a leak, from the first of a month.
func spikyYear(t *testing.T) ([]float64, DetectConfig) {
	random := rand.New(rand.NewSource(freshSeed(t)))
	days := make([]float64, 365)
	for i := range days {
		days[i] = (100 + 40*float64(i%7/5)) * (1 + 0.05*random.NormFloat64())
		switch {
		case random.Intn(25) == 0:
			days[i] = math.NaN()
		case random.Intn(40) == 0:
			days[i] *= 3
		case i > 300:
			days[i] *= 1 + float64(i-300)/40
		}
	}
	config := DefaultDetectConfig()
	config.StartTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	return days, config
}

// Three ways to one finding: row i of a scan, the detector on the days until then, and the tracker.
func TestScanAndTrackerFindWhatDetectFinds(t *testing.T) {
	days, config := spikyYear(t)
	tracker, err := NewSpikeTracker(&config)
	if err != nil {
		t.Fatal(err)
	}
	flags, expected, bound := make([]Flags, len(days)), make([]float64, len(days)), make([]float64, len(days))
	if err := ScanSpikes(days, &config, flags, expected, bound); err != nil {
		t.Fatal(err)
	}
	seen := map[Flags]int{}
	for i, spend := range days {
		r, err := DetectSpike(days[:i+1], &config)
		if err != nil {
			t.Fatal(err)
		}
		flag := map[Verdict]Flags{VerdictSpike: FlagSpike, VerdictInsufficientData: FlagInsufficient}[r.Verdict]
		if r.IsLeak {
			flag |= FlagLeak
		}
		if r.IsDrop {
			flag |= FlagDrop
		}
		if flags[i] != flag || expected[i] != r.ExpectedSpend || bound[i] != r.UpperBound {
			t.Errorf("day %d: %v %v %v in the scan, %v", i, flags[i], expected[i], bound[i], r)
		}
		if i == 200 { // as stored overnight
			bytes, _ := tracker.MarshalBinary()
			tracker = new(SpikeTracker)
			if err := tracker.UnmarshalBinary(bytes); err != nil {
				t.Fatal(err)
			}
		}
		if tracked, err := tracker.Update(spend); err != nil || tracked != r {
			t.Errorf("day %d: %v in the tracker, %v: %v", i, tracked, r, err)
		}
		seen[flag]++
	}
	if err := tracker.Validate(); err != nil || tracker.Revision != 365 {
		t.Error(err, tracker.Revision)
	}
	for _, flag := range []Flags{0, FlagSpike, FlagLeak, FlagInsufficient} {
		if seen[flag] == 0 {
			t.Errorf("no day is %v: %v", flag, seen)
		}
	}
	// The columns that are not wanted change nothing, and settled points move the verdicts down.
	alone, settled := make([]Flags, len(days)), make([]Flags, len(days))
	if err := ScanSpikes(days, &config, alone, nil, nil); err != nil || !reflect.DeepEqual(alone, flags) {
		t.Error("without numbers:", err)
	}
	config.LagPoints = 3
	if err := ScanSpikes(days, &config, settled, nil, nil); err != nil || !reflect.DeepEqual(settled[3:], flags[:len(flags)-3]) {
		t.Error("settled points:", settled, err)
	}
}
