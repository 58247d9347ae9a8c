// Reads records from standard input and compares every field with the bits in front of the record.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
)

// read decodes a field into a variable of its Go type and shows it as the line does.
func read(kind byte, value string, field json.RawMessage) (string, error) {
	switch {
	case kind == 'd':
		var number float64
		err := json.Unmarshal(field, &number)
		return fmt.Sprintf("%016x", math.Float64bits(number)), err
	case kind == 'i' && value[0] == '-':
		var number int64
		err := json.Unmarshal(field, &number)
		return fmt.Sprint(number), err
	case kind == 'i':
		var number uint64
		err := json.Unmarshal(field, &number)
		return fmt.Sprint(number), err
	case kind == 's':
		var text string
		err := json.Unmarshal(field, &text)
		return text, err
	case kind == 'a':
		return string(field), nil
	}
	var flag bool
	err := json.Unmarshal(field, &flag)
	return map[bool]string{false: "0", true: "1"}[flag], err
}

func main() {
	records, fields := 0, 0
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		expected, record, _ := strings.Cut(input.Text(), "\t")
		var found map[string]json.RawMessage
		if err := json.Unmarshal([]byte(record), &found); err != nil {
			fmt.Fprintln(os.Stderr, err, record)
			os.Exit(1)
		}
		// Of the settings each member, named config.name.
		var settings map[string]json.RawMessage
		if json.Unmarshal(found["config"], &settings) == nil {
			delete(found, "config")
			for name, value := range settings {
				found["config."+name] = value
			}
		}
		parts := strings.Split(expected, " ")
		for _, part := range parts {
			name, value, _ := strings.Cut(part, "=")
			is, err := read(value[0], value[2:], found[name])
			if err != nil || is != value[2:] {
				fmt.Fprintln(os.Stderr, part, is, err, record)
				os.Exit(1)
			}
			fields++
		}
		if len(found) != len(parts) {
			fmt.Fprintln(os.Stderr, "other fields:", input.Text())
			os.Exit(1)
		}
		records++
	}
	fmt.Printf("%d records, %d fields, 0 left out\n", records, fields)
}
