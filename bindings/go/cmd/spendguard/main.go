// Spendguard replays a cloud bill in FOCUS 1.0 columns through libcloudcircuit, day by day: what would
// have been blocked, throttled or alerted? It decides as programs/spend_guard/spend_guard.c does.
//
//	spendguard [-group-by COLUMN] [-limit AMOUNT] [-json] ... FILE
//
// The exit status is 0 when nothing is blocked, 3 when something is, 1 for bad input or usage.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"example.com/cloudcircuit"
)

const (
	exitBad     = 1
	exitBlocked = 3
)

func main() {
	output := bufio.NewWriter(os.Stdout)
	isBlocked, err := run(os.Args[1:], output, os.Stderr)
	if flushed := output.Flush(); err == nil {
		err = flushed
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "spendguard:", err)
		os.Exit(exitBad)
	case isBlocked:
		os.Exit(exitBlocked)
	}
}

func run(arguments []string, output, messages io.Writer) (isBlocked bool, err error) {
	s := settings{
		budget:  cloudcircuit.DefaultBudgetConfig(),
		spike:   cloudcircuit.DefaultSpikeConfig(),
		breaker: cloudcircuit.DefaultBreakerCounters(),
	}
	flags := flag.NewFlagSet("spendguard", flag.ContinueOnError)
	flags.SetOutput(messages)
	groupBy := flags.String("group-by", "SubAccountId", "one replay for each value of this `column`; none for the whole bill in one")
	isJSON := flags.Bool("json", false, "one JSON object a line: days, with what the library found, and last a summary")
	flags.Float64Var(&s.limit, "limit", 1000, "budget of each group for a calendar month")
	flags.Float64Var(&s.budget.WarningRatio, "warning-ratio", s.budget.WarningRatio, "share of the limit that warns")
	flags.Float64Var(&s.spike.SpikeMultiplier, "multiplier", s.spike.SpikeMultiplier, "a day above this many times the mean of the days before it is a spike")
	flags.Float64Var(&s.spike.MinBaseline, "floor", s.spike.MinBaseline, "least mean that a spike is measured against")
	flags.Int64Var(&s.breaker.FailureThreshold, "failure-threshold", s.breaker.FailureThreshold, "days in a row with a breach or spike that open the breaker")
	flags.Int64Var(&s.cooldown, "cooldown", 0, "`days` that it then stays open at least")
	if err := flags.Parse(arguments); err != nil {
		return false, err
	}
	if flags.NArg() != 1 {
		return false, errors.New("one file, please; -help lists the options")
	}
	if err := s.check(); err != nil {
		return false, err
	}
	file, err := os.Open(flags.Arg(0))
	if err != nil {
		return false, err
	}
	defer file.Close()
	column := *groupBy
	if column == "none" {
		column = ""
	}
	b, err := readBill(file, column, func(line int, reason string) {
		fmt.Fprintf(messages, "%s:%d: row rejected: %s\n", file.Name(), line, reason)
	})
	if err != nil {
		return false, fmt.Errorf("%s: %w", file.Name(), err)
	}

	var p printer = &table{output}
	if *isJSON {
		encoder := json.NewEncoder(output)
		encoder.SetEscapeHTML(false)
		p = &jsonLines{encoder, &s}
	}
	blocked, err := report(&s, b, *groupBy, p)
	return blocked > 0, err
}

// printer writes the replay: a table for people, or lines of JSON.
type printer interface {
	group(name string)
	day(group string, v *verdict) error
	summary(*summary) error
}

// summary is the last line; amounts are in the bill's currency.
type summary struct {
	Type             string  `json:"type"`
	GroupBy          string  `json:"group_by"`
	Currency         *string `json:"currency"`
	Limit            float64 `json:"limit"`
	Groups           int     `json:"groups"`
	Days             int     `json:"days"`
	Blocked          int     `json:"blocked"`
	Throttled        int     `json:"throttled"`
	Alerted          int     `json:"alerted"`
	Allowed          int     `json:"allowed"`
	Saved            float64 `json:"saved"`
	ThrottledCharges float64 `json:"throttled_charges"`
	RowsRead         int     `json:"rows_read"`
	RowsUsed         int     `json:"rows_used"`
	RowsRejected     int     `json:"rows_rejected"`
	Charges          float64 `json:"charges"`
	Credits          float64 `json:"credits"`
	CreditRows       int     `json:"credit_rows"`
	Billed           float64 `json:"billed"`
}

// report replays every group and returns how many group days would have been blocked.
func report(s *settings, b *bill, groupBy string, p printer) (blocked int, err error) {
	var actions [4]int
	var charges [4]total
	for _, group := range b.groups() {
		name := group
		if groupBy == "none" {
			name = "whole bill"
		}
		p.group(name)
		failed := s.replay(b, group, func(v verdict) {
			actions[v.guard.Action]++
			charges[v.guard.Action].add(v.charges)
			if err == nil {
				err = p.day(name, &v)
			}
		})
		if failed != nil {
			return 0, failed
		}
	}
	if err != nil {
		return 0, err
	}
	billed := b.charges
	billed.addTotal(b.credits)
	return actions[cloudcircuit.ActionBlock], p.summary(&summary{
		Type:             "summary",
		GroupBy:          groupBy,
		Currency:         orNull(b.currency),
		Limit:            s.limit,
		Groups:           len(b.cells),
		Days:             b.days(),
		Blocked:          actions[cloudcircuit.ActionBlock],
		Throttled:        actions[cloudcircuit.ActionThrottle],
		Alerted:          actions[cloudcircuit.ActionAlert],
		Allowed:          actions[cloudcircuit.ActionAllow],
		Saved:            charges[cloudcircuit.ActionBlock].value(),
		ThrottledCharges: charges[cloudcircuit.ActionThrottle].value(),
		RowsRead:         b.rows,
		RowsUsed:         b.used,
		RowsRejected:     b.rows - b.used,
		Charges:          b.charges.value(),
		Credits:          b.credits.value(),
		CreditRows:       b.creditRows,
		Billed:           billed.value(),
	})
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

type jsonLines struct {
	*json.Encoder
	settings *settings
}

func (*jsonLines) group(string) {}

// day writes the group's day with the library's records, settings and all.
func (j *jsonLines) day(group string, v *verdict) (err error) {
	record := func(line []byte, failed error) json.RawMessage {
		if err == nil {
			err = failed
		}
		return line
	}
	spike := json.RawMessage("null")
	if v.spike != nil {
		spike = record(v.spike.AppendJSON(nil, nil, &j.settings.spike))
	}
	day := struct {
		Type        string               `json:"type"`
		Day         string               `json:"day"`
		Group       *string              `json:"group"`
		Spend       float64              `json:"spend"`
		Charges     float64              `json:"charges"`
		Credits     float64              `json:"credits"`
		MonthToDate float64              `json:"month_to_date"`
		Action      cloudcircuit.Action  `json:"action"`
		Reasons     cloudcircuit.Reasons `json:"reasons"`
		Budget      json.RawMessage      `json:"budget"`
		Spike       json.RawMessage      `json:"spike"`
		Breaker     json.RawMessage      `json:"breaker"`
		Guard       json.RawMessage      `json:"guard"`
	}{"day", v.day.Format(dayLayout), orNull(group), v.spend, v.charges, v.credits, v.month,
		v.guard.Action, v.guard.Reasons,
		record(v.budget.AppendJSON(nil, nil, &j.settings.budget)), spike,
		record(v.breaker.AppendJSON(nil, nil, v.counters)),
		record(v.guard.AppendJSON(nil, nil, &v.policy))}
	if err != nil {
		return err
	}
	return j.Encode(day)
}

func (j *jsonLines) summary(s *summary) error { return j.Encode(s) }

type table struct{ io.Writer }

func (t *table) group(name string) {
	fmt.Fprintf(t, "\n%q\n%-10s %12s %12s %12s %8s  %-8s  %s\n", name, "day", "spend", "charges", "month", "used", "action", "reasons")
}

func (t *table) day(_ string, v *verdict) error {
	_, err := fmt.Fprintf(t, "%s %12.2f %12.2f %12.2f %7.1f%%  %-8s  %s\n", v.day.Format(dayLayout),
		v.spend, v.charges, v.month, 100*v.budget.UsageRatio, v.guard.Action, v.guard.Reasons)
	return err
}

func (t *table) summary(s *summary) error {
	_, err := fmt.Fprintf(t, "\n%d groups on %d days each: %d blocked, %d throttled, %d alerted, %d allowed\n"+
		"rows %d read, %d rejected; charges %.2f, credits %.2f, billed %.2f\n",
		s.Groups, s.Days, s.Blocked, s.Throttled, s.Alerted, s.Allowed,
		s.RowsRead, s.RowsRejected, s.Charges, s.Credits, s.Billed)
	return err
}
