package house

import (
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const behavioursPage = "docs/behaviours.md"

// behaviour is a row of the page.
type behaviour struct {
	line   int
	number string
	tests  []string // "folder.TestName" or "folder.TestName/case"; none: not yet
}

var (
	cellTest = regexp.MustCompile("^(?:`[^`]+` ?)+$")
	quoted   = regexp.MustCompile("`([^`]+)`")
	numbered = regexp.MustCompile(`\b(?:(?:ZD-[A-N]|SYNC-I?|SIM-[SL])[0-9]+|(?:SF|KUS)-[0-9]+)\b`)
)

// readBehaviours reads the tables of docs/behaviours.md.
func readBehaviours(t *testing.T) []behaviour {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, behavioursPage))
	if err != nil {
		t.Fatal(err)
	}
	var all []behaviour
	for i, line := range strings.Split(string(b), "\n") {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[0] == "number" || strings.Trim(cells[0], "-") == "" {
			continue
		}
		if len(cells) != 4 || slices.Contains(cells, "") {
			t.Errorf("%s:%d: a row has a number, a behaviour, a source and a test", behavioursPage, i+1)
			continue
		}
		row := behaviour{line: i + 1, number: cells[0]}
		switch {
		case cellTest.MatchString(cells[3]):
			for _, name := range quoted.FindAllStringSubmatch(cells[3], -1) {
				row.tests = append(row.tests, name[1])
			}
		case cells[3] != "not yet":
			t.Errorf("%s:%d: the test is %q; name tests in backquotes, or write: not yet", behavioursPage, row.line, cells[3])
		}
		all = append(all, row)
	}
	if len(all) < 100 {
		t.Fatalf("%s has only %d rows: its tables were not understood", behavioursPage, len(all))
	}
	return all
}

// testsOf lists every test of the code as "folder.TestName".
func testsOf(files []*file) map[string]bool {
	tests := map[string]bool{}
	for _, f := range files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") {
				tests[f.room+"."+fn.Name.Name] = true
			}
		}
	}
	return tests
}

// TestBehavioursAreProvedByTestsThatExist holds that docs/behaviours.md names
// each behaviour once, and only tests that there are.
func TestBehavioursAreProvedByTestsThatExist(t *testing.T) {
	tests := testsOf(load(t))
	lines := map[string]int{}
	for _, row := range readBehaviours(t) {
		if first := lines[row.number]; first > 0 {
			t.Errorf("%s:%d: %s stands on line %d already", behavioursPage, row.line, row.number, first)
		}
		lines[row.number] = row.line
		for _, name := range row.tests {
			if !tests[functionOf(name)] {
				t.Errorf("%s:%d: %s is to be proved by %s, which does not exist; name the test that does it now", behavioursPage, row.line, row.number, name)
			}
		}
	}
}

// functionOf cuts the case off a test's name; folders have slashes too.
func functionOf(name string) string {
	at := max(0, strings.LastIndex(name, ".Test"))
	function, _, _ := strings.Cut(name[at:], "/")
	return name[:at] + function
}

// TestNumbersInTheCodeAreListed holds that whoever meets a number in the code
// finds it in docs/behaviours.md, proved.
func TestNumbersInTheCodeAreListed(t *testing.T) {
	proved := map[string]bool{}
	for _, row := range readBehaviours(t) {
		proved[row.number] = len(row.tests) > 0
	}
	named := map[string]string{}
	for _, f := range load(t) {
		if house(f.room) == "internal" {
			continue
		}
		for _, group := range f.ast.Comments {
			for _, number := range numbered.FindAllString(group.Text(), -1) {
				named[number] = f.path
			}
		}
	}
	for _, number := range slices.Sorted(maps.Keys(named)) {
		if !proved[number] {
			t.Errorf("%s is named in %s, but %s does not list a test for it", number, named[number], behavioursPage)
		}
	}
}
