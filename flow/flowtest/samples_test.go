package flowtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

// sampleTests are the tests in testdata/samples, by the sample flow that they test.
func sampleTests(t *testing.T) map[string][]*Case {
	t.Helper()
	paths, err := filepath.Glob("testdata/samples/*.json")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]*Case{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(content)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if problems := c.Test.Check(); len(problems) > 0 {
			t.Fatalf("%s: %v", path, problems)
		}
		cases[c.FlowID] = append(cases[c.FlowID], c)
	}
	return cases
}

// TestEverySampleFlowDoesWhatItsTestsSay runs the tests of each flow that a new
// instance begins with. Each has one.
func TestEverySampleFlowDoesWhatItsTestsSay(t *testing.T) {
	tests := sampleTests(t)
	for _, s := range flow.Samples() {
		content, err := s.Fill(map[string]string{flow.PlaceholderQueue: "arn:x/queue/basic", flow.PlaceholderMusic: "CustomerQueue.wav"})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := flow.Parse([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if len(tests[s.Name]) == 0 {
			t.Errorf("the sample %q has no test in testdata/samples", s.Name)
		}
		f := NewFlow(s.Name, s.Name, s.Type, doc, block.Registry())
		world := &World{Queues: map[string]Queue{"basic": {Name: "Basic"}, "support": {Name: "Support"}}}
		if s.Type != flow.TypeContactFlow {
			world.Queue = "support" // it runs for a contact that has its queue already
		}
		for _, c := range tests[s.Name] {
			t.Run(c.Name, func(t *testing.T) { mustPass(t, Run(c, f, world)) })
		}
	}
}

// TestMostBlocksOfASampleAreReached holds that the tests of a sample go through at
// least half of its blocks; the rest is there for what goes wrong.
func TestMostBlocksOfASampleAreReached(t *testing.T) {
	tests := sampleTests(t)
	for _, s := range flow.Samples() {
		doc, err := flow.Parse([]byte(s.Content))
		if err != nil {
			t.Fatal(err)
		}
		f := NewFlow(s.Name, s.Name, s.Type, doc, block.Registry())
		var trace []string
		for _, c := range tests[s.Name] {
			trace = append(trace, Run(c, f, &World{}).Trace...)
		}
		reached := 0
		for _, a := range doc.Actions {
			if slices.ContainsFunc(trace, func(line string) bool { return strings.HasPrefix(line, a.Identifier+": ") }) {
				reached++
			}
		}
		if reached*2 < len(doc.Actions) {
			t.Errorf("the tests of %q reach %d of its %d blocks", s.Name, reached, len(doc.Actions))
		}
	}
}
