package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// The elements of a JUnit report that build servers read.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Error   *junitMessage `xml:"error,omitempty"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a report of all tests. A test that could not be run is an
// error, one whose observations failed is a failure.
func writeJUnit(path string, tested []*testedFlow) error {
	suite := junitSuite{Name: "flows", Tests: len(tested)}
	for _, t := range tested {
		c := junitCase{Name: t.name(), Class: t.File}
		switch {
		case t.Report == nil:
			suite.Errors++
			c.Error = messageOf(t.Problems)
		case !t.passed():
			suite.Failures++
			c.Failure = messageOf(t.reasons())
		}
		if t.Report != nil {
			c.Output = strings.Join(t.Report.Trace, "\n")
		}
		suite.Cases = append(suite.Cases, c)
	}
	content, err := xml.MarshalIndent(suite, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append([]byte(xml.Header), append(content, '\n')...), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func messageOf(lines []string) *junitMessage {
	m := &junitMessage{Text: strings.Join(lines, "\n")}
	if len(lines) > 0 {
		m.Message = lines[0]
	}
	return m
}
