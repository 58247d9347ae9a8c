package cloudcircuit_test

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	. "example.com/cloudcircuit"
)

// The cases that every host of the library must answer alike; the file explains its format.
const goldenFile = "../../tests/golden/cases.txt"

// golden is one line, and what the lines on states leave behind for the ones after them.
type golden struct {
	*testing.T
	line string
	args []string
	want string

	ledgerConfig  *LedgerConfig
	ledger        *Ledger
	holds         map[string]*LedgerHold
	rateConfig    *RateLimitConfig
	rate          *RateLimit
	breakerConfig *BreakerConfig
	breaker       *Breaker
	permits       map[string]BreakerPermit
	detectConfig  *DetectConfig
	tracker       *SpikeTracker

	budgets      map[string]*budgetColumn
	budgetsInt64 map[string]*budgetColumnInt64
	spikes       map[string]*spikeColumn
}

// kinds has a function for every kind of line.
var kinds = map[string]func(*golden){
	"budget":            (*golden).budget,
	"budget_i64":        (*golden).budgetInt64,
	"spike":             (*golden).spike,
	"spike_i64":         (*golden).spikeInt64,
	"breaker":           (*golden).counters,
	"guard":             (*golden).guard,
	"money_from_double": (*golden).moneyFromDouble,
	"money_to_double":   (*golden).moneyToDouble,
	"ledger_config":     (*golden).setLedgerConfig,
	"ledger_init":       (*golden).initLedger,
	"ledger_reserve":    (*golden).reserve,
	"ledger_extend":     (*golden).extend,
	"ledger_post":       (*golden).post,
	"ledger_settle":     (*golden).settle,
	"ledger_release":    (*golden).release,
	"ledger_record":     (*golden).record,
	"ledger_roll":       (*golden).roll,
	"ledger_reset":      (*golden).resetLedger,
	"rate_config":       (*golden).setRateConfig,
	"rate_init":         (*golden).initRate,
	"rate_acquire":      (*golden).acquireRate,
	"rate_adjust":       (*golden).adjustRate,
	"rate_reset":        (*golden).resetRate,
	"breaker_config":    (*golden).setBreakerConfig,
	"breaker_init":      (*golden).initBreaker,
	"breaker_acquire":   (*golden).acquire,
	"breaker_peek":      (*golden).peek,
	"breaker_report":    (*golden).report,
	"breaker_force":     (*golden).force,
	"breaker_reset":     (*golden).resetBreaker,
	"forecast":          (*golden).forecast,
	"detect_config":     (*golden).setDetectConfig,
	"detect":            (*golden).detect,
	"detect_scan":       (*golden).scan,
	"detect_init":       (*golden).initTracker,
	"detect_update":     (*golden).track,
}

func TestGolden(t *testing.T) {
	file, err := os.Open(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	g := &golden{
		T:            t,
		budgets:      map[string]*budgetColumn{},
		budgetsInt64: map[string]*budgetColumnInt64{},
		spikes:       map[string]*spikeColumn{},
	}
	seen := map[string]int{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		g.line = lines.Text()
		if strings.HasPrefix(g.line, "#") {
			continue
		}
		var call string
		call, g.want, _ = strings.Cut(g.line, " => ")
		words := strings.Fields(call)
		check, known := kinds[words[0]]
		if !known {
			t.Fatalf("no test for a line of kind %s: %s", words[0], g.line)
		}
		g.args = words[1:]
		check(g)
		seen[words[0]]++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for kind := range kinds {
		if seen[kind] == 0 {
			t.Errorf("no line of kind %s", kind)
		}
	}
	for kind, least := range map[string]int{"budget": 140, "budget_i64": 140, "spike": 70, "guard": 60} {
		if seen[kind] < least {
			t.Errorf("%d lines of kind %s are too few", seen[kind], kind)
		}
	}
	g.checkColumns()
}

func (g *golden) float(i int) float64 {
	number, err := strconv.ParseFloat(g.args[i], 64)
	if err != nil {
		g.Fatal(err, g.line)
	}
	return number
}

func (g *golden) int(i int) int64 {
	number, err := strconv.ParseInt(g.args[i], 10, 64)
	if err != nil {
		g.Fatal(err, g.line)
	}
	return number
}

func (g *golden) uint(i int) uint64 {
	number, err := strconv.ParseUint(g.args[i], 10, 64)
	if err != nil {
		g.Fatal(err, g.line)
	}
	return number
}

// check compares a status and the numbers of a result with the line, doubles to the last bit.
func (g *golden) check(err error, numbers ...any) {
	g.Helper()
	words := strings.Fields(g.want)
	if got := statusName(err); got != words[0] {
		g.Errorf("%s: got %s", g.line, got)
	}
	if len(numbers) != len(words)-1 {
		g.Fatalf("%s: %d numbers expected", g.line, len(numbers))
	}
	for i, number := range numbers {
		var same bool
		switch got := number.(type) {
		case float64:
			want, err := strconv.ParseFloat(words[i+1], 64)
			same = err == nil && math.Float64bits(got) == math.Float64bits(want)
		case bool:
			same = words[i+1] == map[bool]string{false: "0", true: "1"}[got]
		default:
			same = words[i+1] == fmt.Sprintf("%d", got)
		}
		if !same {
			g.Errorf("%s: number %d is %v", g.line, i+1, number)
		}
	}
}

func statusName(err error) string {
	var status Status
	if err == nil {
		return "OK"
	} else if errors.As(err, &status) {
		return strings.TrimPrefix(status.Name(), "CLOUDCIRCUIT_")
	}
	return err.Error()
}

func (g *golden) budget() {
	spend, limit, ratio := g.float(0), g.float(1), g.float(2)
	r, err := CheckBudget(spend, limit, &BudgetConfig{WarningRatio: ratio})
	g.check(err, r.UsageRatio, r.RemainingBudget, r.IsWarning, r.IsBreached)
	flags := budgetFlags(r.IsWarning, r.IsBreached, err)
	if got := BudgetFlags(spend, limit, ratio); got != flags {
		g.Errorf("%s: flags %v, not %v", g.line, got, flags)
	}
	column := g.budgets[g.args[2]]
	if column == nil {
		column = &budgetColumn{config: BudgetConfig{WarningRatio: ratio}}
		g.budgets[g.args[2]] = column
	}
	column.spend = append(column.spend, spend)
	column.limit = append(column.limit, limit)
	column.add(flags, r.UsageRatio)
}

func budgetFlags(isWarning, isBreached bool, err error) (flags Flags) {
	if isWarning {
		flags |= FlagWarning
	}
	if isBreached {
		flags |= FlagBreached
	}
	if err != nil {
		flags |= FlagInvalid
	}
	return flags
}

func (g *golden) budgetInt64() {
	spend, limit, ppm := g.int(0), g.int(1), uint32(g.uint(2))
	r, err := CheckBudgetInt64(spend, limit, &BudgetConfigInt64{WarningPPM: ppm})
	g.check(err, r.UsagePPM, r.RemainingBudget, r.IsWarning, r.IsBreached)
	flags := budgetFlags(r.IsWarning, r.IsBreached, err)
	if got := BudgetFlagsInt64(spend, limit, ppm); got != flags {
		g.Errorf("%s: flags %v, not %v", g.line, got, flags)
	}
	column := g.budgetsInt64[g.args[2]]
	if column == nil {
		column = &budgetColumnInt64{config: BudgetConfigInt64{WarningPPM: ppm}}
		g.budgetsInt64[g.args[2]] = column
	}
	column.spend = append(column.spend, spend)
	column.limit = append(column.limit, limit)
	column.add(flags, r.UsagePPM)
}

func (g *golden) spike() {
	config := SpikeConfig{SpikeMultiplier: g.float(0), MinBaseline: g.float(1)}
	var series []float64
	for i := range g.args[2:] {
		series = append(series, g.float(i+2))
	}
	r, err := CheckAnomalySpike(series, &config)
	g.check(err, r.LatestSpend, r.BaselineMean, r.Threshold, r.IsSpike)
	flags := spikeFlags(r.IsSpike, err)
	if got := SpikeFlags(series, config.SpikeMultiplier, config.MinBaseline); got != flags {
		g.Errorf("%s: flags %v, not %v", g.line, got, flags)
	}
	settings := g.args[0] + " " + g.args[1]
	column := g.spikes[settings]
	if column == nil {
		column = &spikeColumn{config: config, offsets: []int64{0}}
		g.spikes[settings] = column
	}
	column.points = append(column.points, series...)
	column.offsets = append(column.offsets, int64(len(column.points)))
	column.add(flags, r.Threshold)
}

func spikeFlags(isSpike bool, err error) (flags Flags) {
	if isSpike {
		flags |= FlagSpike
	}
	if err != nil {
		flags |= FlagInvalid
	}
	return flags
}

func (g *golden) spikeInt64() {
	config := SpikeConfigInt64{SpikeMultiplierPPM: uint32(g.uint(0)), MinBaseline: g.int(1)}
	var series []int64
	for i := range g.args[2:] {
		series = append(series, g.int(i+2))
	}
	r, err := CheckAnomalySpikeInt64(series, &config)
	g.check(err, r.LatestSpend, r.BaselineMean, r.Threshold, r.IsSpike)
}

func (g *golden) counters() {
	d, err := EvaluateCircuitBreaker(BreakerCounters{g.int(0), g.int(1), g.int(2)})
	g.check(err, d.RetryAfterSteps, d.IsOpen, d.AllowOperation)
	var flags Flags
	if d.IsOpen {
		flags |= FlagOpen
	}
	if err != nil {
		flags |= FlagInvalid
	}
	if got := BreakerFlags(g.int(0), g.int(1), g.int(2)); got != flags {
		g.Errorf("%s: flags %v, not %v", g.line, got, flags)
	}
}

// list is the numbers of an argument such as 7,1,0; nil for -.
func (g *golden) list(word string) (numbers []int64) {
	if word == "-" {
		return nil
	}
	for _, word := range strings.Split(word, ",") {
		number, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			g.Fatal(err, g.line)
		}
		numbers = append(numbers, number)
	}
	return numbers
}

func (g *golden) guard() {
	last := len(g.args) - 1
	var signals []Signal
	for _, word := range g.args[:last] {
		s := g.list(word)
		signals = append(signals, Signal{Kind: Signals(s[0]), Status: Status(s[1]), Reasons: Reasons(s[2]),
			MonitorReasons: Reasons(s[3]), RetryAfter: s[4]})
	}
	var policy *GuardPolicy
	if p := g.list(g.args[last]); p != nil {
		policy = &GuardPolicy{
			OnWarning:      Action(p[0]),
			OnBreach:       Action(p[1]),
			OnSpike:        Action(p[2]),
			OnLeak:         Action(p[3]),
			OnOpen:         Action(p[4]),
			OnOverLimit:    Action(p[5]),
			OnRate:         Action(p[6]),
			OnForecast:     Action(p[7]),
			OnInsufficient: Action(p[8]),
			OnError:        Action(p[9]),
			OnMissing:      Action(p[10]),
			Required:       Signals(p[11]),
			Monitor:        Reasons(p[12]),
		}
	}
	d, err := EvaluateGuard(signals, policy)
	g.check(err, int32(d.Action), int32(d.MonitorAction), uint32(d.Reasons), uint32(d.MonitorReasons),
		uint32(d.Kinds), d.RetryAfter)
}

func (g *golden) moneyFromDouble() {
	minor, err := MoneyFromFloat64(g.float(0), uint32(g.uint(1)))
	g.check(err, minor)
}

func (g *golden) moneyToDouble() {
	amount, err := MoneyToFloat64(g.int(0), uint32(g.uint(1)))
	g.check(err, amount)
}

func (g *golden) setLedgerConfig() {
	g.ledgerConfig = &LedgerConfig{
		Limit:          g.int(0),
		CarryMax:       g.int(1),
		DebtMax:        g.int(2),
		HoldDuration:   g.int(3),
		Thresholds:     g.list(g.args[4]),
		ThresholdUnit:  ThresholdUnit(g.uint(5)),
		ThresholdBasis: ThresholdBasis(g.uint(6)),
		Mode:           Mode(g.uint(7)),
	}
}

func (g *golden) initLedger() {
	ledger, err := NewLedger(g.ledgerConfig, g.uint(0), g.int(1), g.int(2))
	g.ledger, g.holds = ledger, map[string]*LedgerHold{}
	g.check(err)
}

func (g *golden) decision(d LedgerDecision, err error) {
	g.Helper()
	g.check(err, d.Settled, d.Held, d.Available, d.Overshoot, d.Expired, int32(d.Reason), d.Allowed,
		d.WouldRefuse, d.ClockRegressed, uint32(d.Crossed), uint32(d.NewlyCrossed))
}

func (g *golden) reserve() {
	hold, d, err := g.ledger.Reserve(g.int(1), g.int(2))
	g.holds[g.args[0]] = &hold
	g.decision(d, err)
}

func (g *golden) extend() { g.decision(g.ledger.Extend(g.holds[g.args[0]], g.int(1), g.int(2))) }

func (g *golden) post() { g.decision(g.ledger.Post(g.holds[g.args[0]], g.int(1), g.int(2))) }

func (g *golden) settle() { g.decision(g.ledger.Settle(g.holds[g.args[0]], g.int(1), g.int(2))) }

func (g *golden) release() { g.decision(g.ledger.Release(g.holds[g.args[0]], g.int(1))) }

func (g *golden) record() { g.decision(g.ledger.Record(g.int(0), g.int(1))) }

func (g *golden) roll() { g.decision(g.ledger.Roll(g.int(0), g.int(1))) }

func (g *golden) resetLedger() { g.check(g.ledger.Reset(g.int(0), g.int(1))) }

func (g *golden) setRateConfig() {
	g.rateConfig = &RateLimitConfig{Limit: g.int(0), Duration: g.int(1), Mode: Mode(g.uint(2))}
}

func (g *golden) initRate() {
	g.rate = NewRateLimit(g.rateConfig, g.int(0))
	g.check(nil)
}

func (g *golden) rateDecision(d RateLimitDecision, err error) {
	g.Helper()
	g.check(err, d.Used, d.Available, d.RetryAfter, d.TakenAt, int32(d.Reason), d.Allowed, d.WouldRefuse, d.ClockRegressed)
}

func (g *golden) acquireRate() { g.rateDecision(g.rate.Acquire(g.int(0), g.int(1))) }

func (g *golden) adjustRate() { g.rateDecision(g.rate.Adjust(g.int(0), g.int(1), g.int(2))) }

func (g *golden) resetRate() { g.check(g.rate.Reset(g.int(0))) }

func (g *golden) setBreakerConfig() {
	g.breakerConfig = &BreakerConfig{
		FailureThreshold:       uint32(g.uint(0)),
		FailureCount:           uint32(g.uint(1)),
		WindowSize:             uint32(g.uint(2)),
		MinimumCalls:           uint32(g.uint(3)),
		FailureRatePPM:         uint32(g.uint(4)),
		SlowCallRatePPM:        uint32(g.uint(5)),
		HalfOpenMaxProbes:      uint32(g.uint(6)),
		HalfOpenCalls:          uint32(g.uint(7)),
		HalfOpenFailureRatePPM: uint32(g.uint(8)),
		BackoffPPM:             uint32(g.uint(9)),
		JitterPPM:              uint32(g.uint(10)),
		Mode:                   Mode(g.uint(11)),
		JitterSeed:             g.uint(12),
		WindowDuration:         g.int(13),
		SlowCallDuration:       g.int(14),
		OpenDuration:           g.int(15),
		MaxOpenDuration:        g.int(16),
		ProbeTimeout:           g.int(17),
		HalfOpenDuration:       g.int(18),
		TripsDecay:             g.int(19),
		MaxRetryAfter:          g.int(20),
		RampDuration:           g.int(21),
	}
}

func (g *golden) initBreaker() {
	g.breaker = NewBreaker(g.breakerConfig, g.int(0))
	g.permits = map[string]BreakerPermit{}
	g.check(nil)
}

func (g *golden) permit(p BreakerPermit, err error) {
	g.Helper()
	g.permits[g.args[0]] = p
	g.check(err, p.Generation, p.RetryAfter, p.Deadline, int32(p.Phase), p.Allowed, p.WouldRefuse, p.ProbeSlot,
		p.ClockRegressed)
}

func (g *golden) acquire() { g.permit(g.breaker.Acquire(g.int(1))) }

func (g *golden) peek() { g.permit(g.breaker.Peek(g.int(1))) }

// phase is what the calls on a breaker that give no permit are judged by.
func (g *golden) phase(err error) {
	g.Helper()
	g.check(err, int32(g.breaker.State.Phase), g.breaker.State.Revision)
}

func (g *golden) report() {
	g.phase(g.breaker.Report(g.permits[g.args[0]], Outcome(g.int(1)), g.int(2), g.int(3), g.int(4)))
}

func (g *golden) force() { g.phase(g.breaker.Force(Phase(g.int(0)), g.int(1), g.int(2))) }

func (g *golden) resetBreaker() { g.phase(g.breaker.Reset(g.int(0))) }

// points are the numbers of a list; "-" is an empty one.
func (g *golden) points(i int) []float64 {
	var points []float64
	for _, word := range strings.Split(g.args[i], ",") {
		if word == "-" {
			break
		}
		point, err := strconv.ParseFloat(word, 64)
		if err != nil {
			g.Fatal(err, g.line)
		}
		points = append(points, point)
	}
	return points
}

func (g *golden) forecast() {
	config := &ForecastConfig{uint32(g.uint(0)), uint32(g.uint(1)), NegativePoints(g.uint(2)), g.int(3), g.int(4)}
	r, err := ForecastBudget(g.points(7), g.points(8), int(g.int(5)), g.float(6), config)
	g.check(err, r.SpendToDate, r.ForecastSpend, r.LowerBound, r.UpperBound, r.ForecastRatio, r.BurnRate,
		r.ExhaustionPoint, r.IsForecastBreached, r.Verdict)
}

func (g *golden) setDetectConfig() {
	g.detectConfig = &DetectConfig{
		SeasonLength: uint32(g.uint(0)), Window: uint32(g.uint(1)), LagPoints: uint32(g.uint(2)),
		NegativePoints: NegativePoints(g.uint(3)), ScoreThreshold: g.float(4), MinImpact: g.float(5),
		MinRelativeImpact: g.float(6), MinBaseline: g.float(7), StartTime: g.int(8), Step: g.int(9),
	}
}

func (g *golden) series() []float64 {
	series := make([]float64, len(g.args))
	for i := range series {
		series[i] = g.float(i)
	}
	return series
}

func (g *golden) finding(r DetectResult, err error) {
	g.Helper()
	g.check(err, r.LatestSpend, r.ExpectedSpend, r.UpperBound, r.Excess, r.Score, r.LeakScore, r.DropScore,
		r.PointsUsed, int32(r.Verdict), int32(r.Reason), r.IsLeak, r.IsDrop)
}

func (g *golden) detect() { g.finding(DetectSpike(g.series(), g.detectConfig)) }

func (g *golden) scan() {
	series := g.series()
	flags, expected, upper := make([]Flags, len(series)), make([]float64, len(series)), make([]float64, len(series))
	err := ScanSpikes(series, g.detectConfig, flags, expected, upper)
	var numbers []any
	for i := range series {
		numbers = append(numbers, uint32(flags[i]), expected[i], upper[i])
	}
	g.check(err, numbers...)
}

func (g *golden) initTracker() {
	tracker, err := NewSpikeTracker(g.detectConfig)
	g.tracker = tracker
	g.check(err)
}

func (g *golden) track() { g.finding(g.tracker.Update(g.float(0))) }
