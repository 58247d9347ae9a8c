package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const focusBill = "../../../../examples/data/focus_bill.csv"

// lines reads lines of JSON.
func lines(t *testing.T, output []byte) (values []map[string]any) {
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var value map[string]any
		if err := decoder.Decode(&value); err == io.EOF {
			return values
		} else if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
}

// CLOUDCIRCUIT_SPEND_GUARD is the program that programs/spend_guard/spend_guard.c makes.
func TestDecidesAsTheProgramInC(t *testing.T) {
	program := os.Getenv("CLOUDCIRCUIT_SPEND_GUARD")
	if program == "" {
		t.Skip("CLOUDCIRCUIT_SPEND_GUARD does not name programs/spend_guard/spend_guard")
	}
	blocked := 0
	for _, options := range [][]string{
		{},
		{"--limit", "3000", "--floor", "30"},
		{"--group-by", "none", "--limit", "9000", "--multiplier", "1.25"},
		{"--group-by", "ServiceName", "--warning-ratio", "0.5", "--failure-threshold", "2", "--cooldown", "3"},
		{"--group-by", "AvailabilityZone"},
	} {
		arguments := append(options, "--json", focusBill)
		var output bytes.Buffer
		isBlocked, err := run(arguments, &output, os.Stderr)
		if err != nil {
			t.Fatal(err)
		}
		command := exec.Command(program, arguments...)
		command.Stderr = os.Stderr
		answer, err := command.Output()
		var exit *exec.ExitError
		if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitBlocked) {
			t.Fatal(err)
		}
		if isBlocked != (err != nil) {
			t.Errorf("%v: blocked %v", options, isBlocked)
		}
		if isBlocked {
			blocked++
		}
		got, want := lines(t, output.Bytes()), lines(t, answer)
		if len(want) < 90 || len(got) != len(want) {
			t.Fatalf("%v: %d lines, not %d", options, len(got), len(want))
		}
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("%v: line %d\n%v\n%v", options, i+1, got[i], want[i])
			}
		}
	}
	if blocked == 0 {
		t.Error("nothing is ever blocked")
	}
}

func onText(t *testing.T, text string, options ...string) (output, messages string, isBlocked bool, err error) {
	file := filepath.Join(t.TempDir(), "bill.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	isBlocked, err = run(append(options, file), &out, &said)
	return out.String(), strings.ReplaceAll(said.String(), file, "bill.csv"), isBlocked, err
}

func TestRejectsRowsByName(t *testing.T) {
	output, messages, isBlocked, err := onText(t, "\ufeffBilledCost,ChargePeriodStart,BillingCurrency\n"+
		"10,2024-01-01T00:00:00Z,USD\n"+
		"ten,2024-01-01,USD\n"+
		"0x10,2024-01-01,USD\n"+
		"nan,2024-01-01,USD\n"+
		"1,2024-02-30,USD\n"+
		"1,2024-01-02,EUR\n"+
		"1,2024-01-02,NULL\n"+
		"1,2024-01-02\n"+
		"990,2024-01-02 23:59:59,USD\n", "-group-by", "none")
	want := `bill.csv:3: row rejected: BilledCost is not a number: "ten"
bill.csv:4: row rejected: BilledCost is not a number: "0x10"
bill.csv:5: row rejected: BilledCost is not a number: "nan"
bill.csv:6: row rejected: ChargePeriodStart is not a date and time in UTC: "2024-02-30"
bill.csv:7: row rejected: BillingCurrency is not that of the rows before: "EUR"
bill.csv:8: row rejected: BillingCurrency is empty
bill.csv:9: row rejected: 2 fields where the header has 3
`
	if messages != want || err != nil || !isBlocked {
		t.Error(messages, isBlocked, err)
	}
	for _, line := range []string{
		"2024-01-01        10.00        10.00        10.00     1.0%  allow     none\n",
		"2024-01-02       990.00       990.00      1000.00   100.0%  block     warning|breach|spike\n",
		"1 groups on 2 days each: 1 blocked, 0 throttled, 0 alerted, 1 allowed\n",
		"rows 9 read, 7 rejected; charges 1000.00, credits 0.00, billed 1000.00\n",
	} {
		if !strings.Contains(output, line) {
			t.Errorf("%q is not in\n%s", line, output)
		}
	}
}

func TestRefusesBillsAndSettings(t *testing.T) {
	const good = "BilledCost,ChargePeriodStart\n1,2024-01-01\n"
	for _, c := range []struct {
		bill    string
		options []string
		reason  string
	}{
		{"", nil, "not even a header"},
		{"BilledCost\n", []string{"-group-by", "none"}, "no column ChargePeriodStart"},
		{good, nil, "no column SubAccountId"},
		{"BilledCost,ChargePeriodStart,BilledCost\n", []string{"-group-by", "none"}, "two columns BilledCost"},
		{"BilledCost,ChargePeriodStart\n", []string{"-group-by", "none"}, "not one row"},
		{good + "1,2034-12-24\n", []string{"-group-by", "none"}, "more than 4000 days"},
		{good + "\"1,2024-12-24\n", []string{"-group-by", "none"}, "quote"},
		{good, []string{"-limit", "0"}, "budget_limit must be finite and > 0"},
		{good, []string{"-multiplier", "1"}, "spike_multiplier must be finite and > 1"},
		{good, []string{"-cooldown", "-1"}, "cooldown_steps_remaining must be >= 0"},
		{good, []string{"-limit", "much"}, "invalid value"},
		{good, []string{"more.csv"}, "one file"},
	} {
		output, _, isBlocked, err := onText(t, c.bill, c.options...)
		if output != "" || isBlocked || err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%q is not the reason: %v %s", c.reason, err, output)
		}
	}
}
