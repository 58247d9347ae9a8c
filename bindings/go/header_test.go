package cloudcircuit_test

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	. "example.com/cloudcircuit"
)

// description is what include/cloudcircuit.json says of the C header.
type description struct {
	Version  string
	Statuses []struct {
		Name   string
		Number int
	}
	Structs []struct {
		Name   string
		Fields []struct{ Name string }
	}
}

func described(t *testing.T) (found description) {
	text, err := os.ReadFile("../../include/cloudcircuit.json")
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// goName turns FAILURE_RATE_PPM and failure_rate_ppm into FailureRatePPM.
func goName(name string) string {
	var words strings.Builder
	for _, word := range strings.Split(strings.ToLower(name), "_") {
		if word == "ppm" || word == "id" {
			words.WriteString(strings.ToUpper(word))
		} else {
			words.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return words.String()
}

func parse(t *testing.T) (*token.FileSet, []*ast.File) {
	files := token.NewFileSet()
	packages, err := parser.ParseDir(files, ".", func(file os.FileInfo) bool {
		return !strings.HasSuffix(file.Name(), "_test.go") && file.Name() != "gen_status.go"
	}, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var syntax []*ast.File
	for _, file := range packages["cloudcircuit"].Files {
		syntax = append(syntax, file)
	}
	return files, syntax
}

func TestEveryStatusOfTheHeaderHasASentinel(t *testing.T) {
	_, files := parse(t)
	constants := map[string]string{} // what each constant is of C
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if of, ok := spec.Values[0].(*ast.SelectorExpr); ok {
					constants[spec.Names[0].Name] = of.Sel.Name
				}
			}
			return true
		})
	}
	statuses := described(t).Statuses[1:] // The first is OK.
	if len(statuses) < 80 {
		t.Fatalf("only %d statuses in the header", len(statuses))
	}
	for _, status := range statuses {
		name := goName(strings.TrimPrefix(status.Name, "CLOUDCIRCUIT_"))
		if constants[name] != status.Name {
			t.Errorf("no constant %s: run go generate", name)
		}
		if got := Status(status.Number).Name(); got != status.Name {
			t.Errorf("the library calls %d %s: another header?", status.Number, got)
		}
	}
}

// The structs that are passed to C as they are must have its fields in its order; those that are
// recorded must have its names.
func TestStructsAreThoseOfTheHeader(t *testing.T) {
	fields := map[string][]string{}
	for _, structure := range described(t).Structs {
		for _, field := range structure.Fields {
			if field.Name != "reserved" && field.Name != "threshold_count" {
				fields[structure.Name] = append(fields[structure.Name], goName(field.Name))
			}
		}
	}
	for name, of := range map[string]any{
		"breaker_config":      BreakerConfig{},
		"breaker_state":       BreakerState{},
		"ledger_config":       LedgerConfig{},
		"ledger_state":        LedgerState{},
		"rate_limit_config":   RateLimitConfig{},
		"rate_limit_state":    RateLimitState{},
		"rate_limit_decision": RateLimitDecision{},
		"signal":              Signal{},
		"budget_result":       BudgetResult{},
		"budget_result_i64":   BudgetResultInt64{},
		"spike_result":        SpikeResult{},
		"spike_result_i64":    SpikeResultInt64{},
		"breaker_decision":    BreakerDecision{},
		"guard_decision":      GuardDecision{},
		"breaker_permit":      BreakerPermit{},
		"ledger_decision":     LedgerDecision{},
		"breaker_counters":    BreakerCounters{},
		"guard_policy":        GuardPolicy{},
		"ledger_hold":         LedgerHold{},
		"detect_config":       DetectConfig{},
		"detect_result":       DetectResult{},
		"spike_tracker_state": SpikeTracker{},
		"forecast_config":     ForecastConfig{},
		"forecast_result":     ForecastResult{},
	} {
		want, got := fields["cloudcircuit_"+name], []string(nil)
		structure := reflect.TypeOf(of)
		for i := 0; i < structure.NumField(); i++ {
			field := structure.Field(i)
			if field.Name == "reserved" {
				continue
			}
			got = append(got, field.Name)
			if tag, tagged := field.Tag.Lookup("json"); tagged && goName(tag) != field.Name {
				t.Errorf("%s.%s is tagged %s", name, field.Name, tag)
			}
		}
		if len(want) == 0 || !reflect.DeepEqual(want, got) {
			t.Errorf("%s has %v, not %v", name, got, want)
		}
	}
}

func TestEverythingExportedIsDocumented(t *testing.T) {
	files, syntax := parse(t)
	described := 0
	check := func(name, text string) {
		described++
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s is not documented", name)
		}
	}
	for _, file := range syntax {
		ast.Inspect(file, func(node ast.Node) bool {
			if structure, ok := node.(*ast.StructType); ok {
				for _, field := range structure.Fields.List {
					for _, name := range field.Names {
						if name.IsExported() {
							check("field "+name.Name, field.Doc.Text())
						}
					}
				}
			}
			return true
		})
	}
	documentation, err := doc.NewFromFiles(files, syntax, "example.com/cloudcircuit")
	if err != nil {
		t.Fatal(err)
	}
	check("the package", documentation.Doc)
	values := func(of []*doc.Value) {
		for _, value := range of {
			for _, spec := range value.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				check(spec.Names[0].Name, spec.Doc.Text()+value.Doc)
			}
		}
	}
	functions := func(of []*doc.Func) {
		for _, function := range of {
			check(function.Name, function.Doc)
		}
	}
	values(documentation.Consts)
	values(documentation.Vars)
	functions(documentation.Funcs)
	for _, kind := range documentation.Types {
		check(kind.Name, kind.Doc)
		values(kind.Consts)
		functions(kind.Funcs)
		functions(kind.Methods)
	}
	if described < 340 {
		t.Errorf("only %d names found", described)
	}
}

func TestSourceIsFormatted(t *testing.T) {
	output, err := exec.Command("gofmt", "-l", ".").CombinedOutput()
	if err != nil || len(output) > 0 {
		t.Errorf("gofmt -l .: %s%v", output, err)
	}
}

func TestVersion(t *testing.T) {
	if found := described(t).Version; Version() != found {
		t.Errorf("%s runs with a header of %s", Version(), found)
	}
	if major, _, _ := strings.Cut(Version(), "."); strconv.Itoa(int(ABIVersion())) != major {
		t.Errorf("ABI %d of version %s", ABIVersion(), Version())
	}
}
