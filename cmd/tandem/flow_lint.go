package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tandem/flow"
	"tandem/flow/block"
)

// flowLint says what keeps flows from being published.
type flowLint struct {
	settingFlags
	Instance string   `help:"Id of the instance in --data; not needed where there is one." placeholder:"ID"`
	Files    []string `arg:"" name:"file" help:"Files of flows: the flow language, or exports of the console; - is the standard input."`
	Type     string   `help:"The flows' type if the files do not say, such as CUSTOMER_QUEUE; else CONTACT_FLOW." placeholder:"TYPE"`
	JSON     bool     `help:"Print as JSON."`
}

// lintedFlow is what is found in one file.
type lintedFlow struct {
	File     string        `json:"file"`
	Name     string        `json:"name,omitempty"`
	Type     flow.Type     `json:"type,omitempty"`
	Blocks   int           `json:"blocks"`
	Older    bool          `json:"older_form,omitempty"` // an export of the older form: what it converts to was checked
	Problems []flowProblem `json:"problems"`
}

// flowProblem is one thing that keeps a flow from being published.
type flowProblem struct {
	Block   string `json:"block,omitempty"` // the identifier of its action
	Problem string `json:"problem"`
}

// Run implements the command. It fails where there are problems.
func (c *flowLint) Run(ctx context.Context) error {
	if err := checkType(c.Type); err != nil {
		return err
	}
	known, err := openInstance(ctx, c.settingFlags, c.Instance)
	if err != nil {
		return err
	}
	linted := []lintedFlow{}
	problems, wrong := 0, 0
	for _, path := range c.Files {
		l, err := lintFlow(path, c.Type, known)
		if err != nil {
			return err
		}
		linted = append(linted, l)
		problems += len(l.Problems)
		if len(l.Problems) > 0 {
			wrong++
		}
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(map[string]any{"flows": linted})
	} else {
		err = writeLinted(os.Stdout, linted)
	}
	if err == nil && problems > 0 {
		err = fmt.Errorf("problems: %d, in %d of %d flows; such a flow can be saved but not published", problems, wrong, len(linted))
	}
	return err
}

// lintFlow checks one file as publishing does.
func lintFlow(path, flowType string, known *knownInstance) (lintedFlow, error) {
	l := lintedFlow{File: path, Problems: []flowProblem{}}
	f, err := readFlow(path, flowType, known.resolver())
	var refused flow.Problems
	switch {
	case errors.As(err, &refused):
		for _, p := range refused {
			l.Problems = append(l.Problems, flowProblem{Problem: p.String()})
		}
		return l, nil
	case err != nil:
		return l, err
	}
	l.Name, l.Type, l.Blocks, l.Older = f.Name, f.Type, len(f.Document.Actions), f.Converted
	var resources flow.Resources
	if known != nil {
		resources = known
	}
	for _, p := range flow.Validate(f.Document, f.Type, block.Registry(), resources) {
		found := flowProblem{Block: p.Action}
		p.Action = "" // told already
		found.Problem = p.String()
		l.Problems = append(l.Problems, found)
	}
	return l, nil
}

func writeLinted(w io.Writer, linted []lintedFlow) error {
	var out strings.Builder
	for _, l := range linted {
		about := fmt.Sprintf("%s, %d blocks", l.Type, l.Blocks)
		if l.Type == "" {
			about = "no flow"
		}
		if l.Older {
			about += ", converted from the older form"
		}
		if len(l.Problems) == 0 {
			fmt.Fprintf(&out, "%s: nothing is wrong (%s)\n", l.File, about)
			continue
		}
		fmt.Fprintf(&out, "%s: problems: %d (%s)\n", l.File, len(l.Problems), about)
		var rows [][]string
		for _, p := range l.Problems {
			rows = append(rows, []string{p.Block, p.Problem})
		}
		table(&out, "  ", rows)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
