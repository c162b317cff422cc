package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tandem/flow"
	"tandem/flow/flowtest"
)

// flowTests runs tests of the testing language.
type flowTests struct {
	Files   []string `arg:"" name:"file" help:"Tests: the content, or a whole case as CreateTestCase takes it."`
	Flow    string   `help:"The flow to test; without it the file beside the test that its entry point names." placeholder:"FILE"`
	Type    string   `help:"The flow's type if its file does not say." placeholder:"TYPE"`
	World   string   `help:"File (JSON) that says what the world around is like. See docs/FLOWS.md." placeholder:"FILE"`
	With    []string `help:"Flow or module that the flow goes on to, as ID=FILE. Can be repeated." placeholder:"ID=FILE" sep:"none"`
	JUnit   string   `name:"junit" help:"Write the report as JUnit XML to this file, too." placeholder:"FILE"`
	JSON    bool     `help:"Print as JSON."`
	Verbose bool     `help:"Print what happened in each test." short:"v"`
}

// testedFlow is the outcome of one test.
type testedFlow struct {
	File     string           `json:"file"`
	Report   *flowtest.Report `json:"report,omitempty"`
	Problems []string         `json:"problems,omitempty"` // why the test could not be run
}

func (t *testedFlow) passed() bool { return t.Report != nil && t.Report.Passed }

// name is what a person calls the test.
func (t *testedFlow) name() string {
	if t.Report != nil && t.Report.Name != "" {
		return t.Report.Name
	}
	return strings.TrimSuffix(filepath.Base(t.File), ".json")
}

// Run implements the command. It fails where a test does.
func (c *flowTests) Run() error {
	if err := checkType(c.Type); err != nil {
		return err
	}
	others, err := otherFlows(c.With)
	if err != nil {
		return err
	}
	world, err := readWorld(c.World)
	if err != nil {
		return err
	}
	var tested []*testedFlow
	failed := 0
	for _, path := range c.Files {
		t, err := c.test(path, world, others)
		if err != nil {
			return err
		}
		tested = append(tested, t)
		if !t.passed() {
			failed++
		}
	}
	err = c.tell(tested)
	if c.JUnit != "" && err == nil {
		err = writeJUnit(c.JUnit, tested)
	}
	if err == nil && failed > 0 {
		err = fmt.Errorf("tests that failed: %d of %d", failed, len(tested))
	}
	return err
}

// test runs one test.
func (c *flowTests) test(path string, world *flowtest.World, others []*flowtest.Flow) (*testedFlow, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t := &testedFlow{File: path}
	testCase, err := flowtest.Parse(content)
	if err != nil {
		t.Problems = append(t.Problems, err.Error())
		return t, nil
	}
	for _, p := range testCase.Test.Check() {
		t.Problems = append(t.Problems, p.String())
	}
	if len(t.Problems) > 0 {
		return t, nil
	}
	flowPath := c.Flow
	if flowPath == "" {
		if flowPath, err = besides(path, testCase.FlowID); err != nil {
			return nil, err
		}
	}
	f, err := readFlow(flowPath, c.Type, nil)
	if err != nil {
		return nil, err
	}
	t.Report = flowtest.Run(testCase, walkable(f, flow.ResourceID(testCase.FlowID)), world, others...)
	return t, nil
}

// besides finds the flow that a test names: a file in the test's folder.
func besides(testPath, flowID string) (string, error) {
	if flowID == "" {
		return "", fmt.Errorf("%s does not say which flow it tests; name it with --flow", testPath)
	}
	path := filepath.Join(filepath.Dir(testPath), filepath.FromSlash(flowID))
	for _, candidate := range []string{path, path + ".json"} {
		if _, err := os.Stat(candidate); err == nil {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("%s tests the flow %s, and there is no such file beside it; name one with --flow", testPath, flowID)
}

// tell prints the outcome of all tests.
func (c *flowTests) tell(tested []*testedFlow) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"tests": tested})
	}
	var out strings.Builder
	for _, t := range tested {
		t.write(&out, c.Verbose)
	}
	_, err := os.Stdout.WriteString(out.String())
	return err
}

func (t *testedFlow) write(out *strings.Builder, verbose bool) {
	verdict := "FAIL"
	if t.passed() {
		verdict = "PASS"
	}
	if t.Report == nil {
		fmt.Fprintf(out, "%s %s: it is no test that can be run\n", verdict, t.name())
		for _, p := range t.Problems {
			fmt.Fprintf(out, "  %s\n", p)
		}
		return
	}
	total, passed, _ := t.Report.Counts()
	fmt.Fprintf(out, "%s %s (observations that passed: %d of %d)\n", verdict, t.name(), passed, total)
	for _, reason := range t.reasons() {
		fmt.Fprintf(out, "  %s\n", reason)
	}
	for _, l := range t.Report.Logged {
		fmt.Fprintf(out, "  logged %s: %s\n", l.Label, l.Value)
	}
	if verbose {
		for _, line := range t.Report.Trace {
			fmt.Fprintf(out, "    %s\n", line)
		}
	}
}

// reasons say why observations failed.
func (t *testedFlow) reasons() []string {
	var reasons []string
	for _, o := range t.Report.Observations {
		for _, reason := range o.Reasons {
			reasons = append(reasons, o.ID+": "+reason)
		}
	}
	return reasons
}
