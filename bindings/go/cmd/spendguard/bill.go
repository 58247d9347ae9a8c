package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"sort"
	"strconv"
	"time"
)

// total is a sum that keeps what rounding takes from it (Neumaier): bills add up to the last digit.
type total struct{ sum, lost float64 }

func (t *total) add(amount float64) {
	sum := t.sum + amount
	if math.Abs(t.sum) >= math.Abs(amount) {
		t.lost += (t.sum - sum) + amount
	} else {
		t.lost += (amount - sum) + t.sum
	}
	t.sum = sum
}

func (t *total) addTotal(other total) {
	t.add(other.sum)
	t.add(other.lost)
}

func (t total) value() float64 { return t.sum + t.lost }

// cell is what one group was billed on one day. Credits are rows below 0.
type cell struct{ charges, credits total }

// bill is a FOCUS 1.0 bill, added up by group and day.
type bill struct {
	cells                  map[string]map[time.Time]*cell
	currency               string
	first, last            time.Time // days with rows
	rows, used, creditRows int
	charges, credits       total
}

// More than ten years; a bill that spans more has a wrong date in it.
const maxDays = 4000

func (b *bill) days() int {
	return int(b.last.Sub(b.first)/(24*time.Hour)) + 1
}

// groups is in the order of their bytes.
func (b *bill) groups() []string {
	groups := make([]string, 0, len(b.cells))
	for group := range b.cells {
		groups = append(groups, group)
	}
	sort.Strings(groups)
	return groups
}

func (b *bill) add(group string, day time.Time, amount float64) {
	days := b.cells[group]
	if days == nil {
		days = map[time.Time]*cell{}
		b.cells[group] = days
	}
	c := days[day]
	if c == nil {
		c = &cell{}
		days[day] = c
	}
	if amount < 0 {
		c.credits.add(amount)
		b.credits.add(amount)
		b.creditRows++
	} else {
		c.charges.add(amount)
		b.charges.add(amount)
	}
	if b.used == 0 || day.Before(b.first) {
		b.first = day
	}
	if b.used == 0 || day.After(b.last) {
		b.last = day
	}
	b.used++
}

// columns is where the columns are that the bill is made of; -1 for one that is not there.
type columns struct{ cost, start, group, currency int }

func findColumns(header []string, groupBy string) (columns, error) {
	at := map[string]int{}
	for i, name := range header {
		if _, twice := at[name]; twice {
			return columns{}, fmt.Errorf("there are two columns %s", name)
		}
		at[name] = i
	}
	find := func(name string, missing *error) int {
		if i, found := at[name]; found {
			return i
		}
		if missing != nil {
			*missing = fmt.Errorf("the header has no column %s", name)
		}
		return -1
	}
	var missing error
	found := columns{find("BilledCost", &missing), find("ChargePeriodStart", &missing), -1, find("BillingCurrency", nil)}
	if groupBy != "" {
		found.group = find(groupBy, &missing)
	}
	return found, missing
}

// readBill adds up a bill; groupBy is a column, or "" for the whole bill. It reports each row that it
// rejects.
func readBill(source io.Reader, groupBy string, rejected func(line int, reason string)) (*bill, error) {
	text := bufio.NewReader(source)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		text.Discard(3) // a byte order mark
	}
	reader := csv.NewReader(text)
	header, err := reader.Read()
	if err == io.EOF {
		return nil, errors.New("empty, not even a header")
	} else if err != nil {
		return nil, err
	}
	at, err := findColumns(header, groupBy)
	if err != nil {
		return nil, err
	}
	b := &bill{cells: map[string]map[time.Time]*cell{}}
	for {
		row, err := reader.Read()
		if err == io.EOF {
			break
		}
		hasOtherWidth := errors.Is(err, csv.ErrFieldCount)
		if err != nil && !hasOtherWidth {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		b.rows++
		if hasOtherWidth {
			rejected(line, fmt.Sprintf("%d fields where the header has %d", len(row), len(header)))
		} else if err := b.addRow(row, at); err != nil {
			rejected(line, err.Error())
		}
		if b.days() > maxDays {
			return nil, fmt.Errorf("line %d: with this row the bill runs from %s to %s, more than %d days",
				line, b.first.Format(dayLayout), b.last.Format(dayLayout), maxDays)
		}
	}
	if b.used == 0 {
		return nil, errors.New("not one row that can be used")
	}
	return b, nil
}

func (b *bill) addRow(row []string, at columns) error {
	field := func(i int) string {
		if i < 0 || row[i] == "NULL" {
			return ""
		}
		return row[i]
	}
	amount, err := parseNumber(field(at.cost))
	if err != nil {
		return fmt.Errorf("BilledCost is %w", err)
	}
	day, err := parseDay(field(at.start))
	if err != nil {
		return fmt.Errorf("ChargePeriodStart is %w", err)
	}
	currency := field(at.currency)
	if at.currency >= 0 && currency == "" {
		return errors.New("BillingCurrency is empty")
	}
	if b.used > 0 && currency != b.currency {
		return fmt.Errorf("BillingCurrency is not that of the rows before: %q", currency)
	}
	b.currency = currency
	b.add(field(at.group), day, amount)
	return nil
}

// ParseFloat alone would also take hexadecimal, inf and nan.
var plainNumber = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$`)

func parseNumber(text string) (float64, error) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !plainNumber.MatchString(text) {
		return 0, fmt.Errorf("not a number: %q", text)
	}
	return number, nil
}

const dayLayout = "2006-01-02"

// FOCUS dates are UTC.
var layouts = []string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05Z", "2006-01-02T15:04Z", dayLayout,
	"2006-01-02 15:04:05Z", "2006-01-02T15:04:05", "2006-01-02 15:04:05 UTC", "2006-01-02T15:04:05+00:00",
}

func parseDay(text string) (time.Time, error) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Truncate(24 * time.Hour), nil
		}
	}
	return time.Time{}, fmt.Errorf("not a date and time in UTC: %q", text)
}
