package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"tandem/flow/legacy"
)

// flowConvert writes a flow as the API takes it and as the console writes it.
type flowConvert struct {
	settingFlags
	Instance string `help:"Id of the instance in --data; not needed where there is one." placeholder:"ID"`
	File     string `arg:"" help:"An export of the console, of the older form too; - is the standard input."`
	Out      string `help:"Write the flow to this file; without it, to the standard output." short:"o" placeholder:"FILE"`
	Quiet    bool   `help:"Do not say what became of each block." short:"q"`
	JSON     bool   `help:"Print what became of each block, and what is not resolved, as JSON."`
}

// conversionReport is what --json prints.
type conversionReport struct {
	Name       string              `json:"name"`
	Type       string              `json:"type"`
	Converted  bool                `json:"converted"`
	Blocks     []convertedBlock    `json:"blocks"`
	Unresolved []unresolvedMention `json:"unresolved"`
}

type convertedBlock struct {
	ID      string   `json:"id"`
	Module  string   `json:"module"`
	Actions []string `json:"actions"`
	Known   bool     `json:"known"`
	Notes   []string `json:"notes,omitempty"`
}

type unresolvedMention struct {
	Block string `json:"block"`
	Kind  string `json:"kind"`
	ARN   string `json:"arn,omitempty"`
	Name  string `json:"name,omitempty"`
}

// Run implements the command. The report goes to the standard error, so that the
// flow can go into a file or a pipe.
func (c *flowConvert) Run(ctx context.Context) error {
	known, err := openInstance(ctx, c.settingFlags, c.Instance)
	if err != nil {
		return err
	}
	f, err := readFlow(c.File, "", known.resolver())
	if err != nil {
		return err
	}
	content, err := legacy.Export(f.File)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, content, "", "  "); err != nil {
		return fmt.Errorf("write the flow: %w", err)
	}
	out.WriteByte('\n')
	if c.Out == "" {
		_, err = os.Stdout.Write(out.Bytes())
	} else {
		err = os.WriteFile(c.Out, out.Bytes(), 0o644)
	}
	switch {
	case err != nil:
		return fmt.Errorf("write the flow: %w", err)
	case c.JSON:
		return json.NewEncoder(os.Stderr).Encode(reportOf(f))
	case c.Quiet:
		return nil
	}
	return writeConversion(os.Stderr, f)
}

func reportOf(f *flowFile) conversionReport {
	r := conversionReport{Name: f.Name, Type: string(f.Type), Converted: f.Converted, Blocks: []convertedBlock{}, Unresolved: []unresolvedMention{}}
	for _, b := range f.Blocks {
		r.Blocks = append(r.Blocks, convertedBlock(b))
	}
	for _, u := range f.Unresolved {
		r.Unresolved = append(r.Unresolved, unresolvedMention{u.ActionID, string(u.Kind), u.ARN, u.Name})
	}
	return r
}

// writeConversion tells a person what became of the blocks: in one line if all
// are as before, else each that is not.
func writeConversion(w io.Writer, f *flowFile) error {
	var out strings.Builder
	if !f.Converted {
		fmt.Fprintf(&out, "%s is in the flow language already; it has %d blocks.\n", f.title(), len(f.Document.Actions))
	} else {
		fmt.Fprintf(&out, "%s: %d blocks of the older form became %d actions.\n", f.title(), len(f.Blocks), len(f.Document.Actions))
	}
	var rows [][]string
	for _, b := range f.Blocks {
		for _, note := range b.Notes {
			rows = append(rows, []string{b.ID, b.Module, note})
		}
	}
	table(&out, "  ", rows)
	if n := len(f.Unresolved); n > 0 {
		fmt.Fprintf(&out, "References that are not resolved: %d. The flow can be saved, and published once they are.\n", n)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
