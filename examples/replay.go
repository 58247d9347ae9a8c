// Replays daily spend against a monthly budget of 3000: what would have been said, and when. In
// bindings/go:
//
//	go run ../../examples/replay.go ../../examples/data/daily_spend.csv
package main

import (
	"encoding/csv"
	"fmt"
	"log"
	"math"
	"os"
	"strconv"
	"time"

	"example.com/cloudcircuit"
)

const limit, places = 3000, 6 // Amounts are exact, in millionths.

var budget = cloudcircuit.LedgerConfig{Limit: limit * 1e6, Thresholds: []int64{900_000, 1_000_000}}

// day is one row of the table.
type day struct {
	time.Time
	amount float64
}

func (d day) month() int64 { return int64(12*d.Year() + int(d.Month())) }

// must ends the program on an error.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// replay judges each day of a group with what was known on that day.
func replay(group string, days []day) {
	say := func(d day, format string, arguments ...any) {
		fmt.Printf("%s %s %s\n", d.Format("2006-01-02"), group, fmt.Sprintf(format, arguments...))
	}
	ledger := must(cloudcircuit.NewLedger(&budget, 1, days[0].month(), 0))
	config := cloudcircuit.DefaultDetectConfig()
	config.StartTime, config.MinImpact = days[0].Unix(), 5
	tracker := must(cloudcircuit.NewSpikeTracker(&config))
	charges, wasLeak := make([]float64, len(days)), false
	for i, d := range days {
		must(ledger.Roll(d.month(), int64(i)))
		spent := must(ledger.Record(must(cloudcircuit.MoneyFromFloat64(d.amount, places)), int64(i)))
		if spent.NewlyCrossed != 0 {
			share := "90 % of the budget"
			if spent.NewlyCrossed&0b10 != 0 {
				share = "the budget"
			}
			say(d, "spent %.2f, %s", must(cloudcircuit.MoneyToFloat64(spent.Settled, places)), share)
		}
		charges[i] = math.Max(d.amount, 0) // On a day with more credits than charges nothing was spent.
		found := must(tracker.Update(charges[i]))
		if found.Verdict == cloudcircuit.VerdictSpike {
			say(d, "spike of %.2f, expected %.2f", found.LatestSpend, found.ExpectedSpend)
		}
		if found.IsLeak && !wasLeak {
			say(d, "leak, spend creeps up")
		}
		wasLeak = found.IsLeak
	}
	last := days[len(days)-1]
	first := len(days) - last.Day() // of the month
	if first < 0 {
		first = 0
	}
	left := last.AddDate(0, 1, -last.Day()).Day() - last.Day()
	month := must(cloudcircuit.ForecastBudget(charges[:first], charges[first:], len(days)-first+left, limit, nil))
	if month.IsForecastBreached {
		say(last, "forecast %.2f for the month, above the budget", month.ForecastSpend)
	}
}

func main() {
	rows := must(csv.NewReader(must(os.Open(os.Args[1]))).ReadAll())
	var groups []string
	days := map[string][]day{}
	for _, row := range rows[1:] {
		group := row[1]
		if group == "" {
			group = "(none)"
		}
		if days[group] == nil {
			groups = append(groups, group)
		}
		d := day{must(time.Parse("2006-01-02", row[0])), must(strconv.ParseFloat(row[2], 64))}
		days[group] = append(days[group], d)
	}
	for _, group := range groups {
		replay(group, days[group])
	}
}
