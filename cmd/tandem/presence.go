package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"tandem"
	"tandem/presence"
)

// presenceCommand holds the tools for agents' statuses across systems. They work
// on a copy of the journal, beside a running server too, and change nothing.
type presenceCommand struct {
	Lint   presenceLint   `cmd:"" help:"Find what is wrong with the mappings and rules of the connected systems, or with a file of rules."`
	Try    presenceTry    `cmd:"" help:"Say which rule would act on an event, and why."`
	Why    presenceWhy    `cmd:"" help:"Say why each system shows what it shows for an agent."`
	Replay presenceReplay `cmd:"" help:"Live a recorded day under other mappings and rules: what would have been written where."`
}

// presenceFlags are what the tools share.
type presenceFlags struct {
	settingFlags
	Instance string `help:"Id of the instance; not needed where there is one." placeholder:"ID"`
	JSON     bool   `help:"Print as JSON."`
}

// open opens a copy of what is known, which the caller closes.
func (f *presenceFlags) open(ctx context.Context) (*past, error) {
	return openPast(ctx, f.settingFlags, f.Instance)
}

// withNow calls use with the statuses as they are now.
func (f *presenceFlags) withNow(ctx context.Context, use func(*presencePast) error) (err error) {
	p, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	known, err := p.presence(ctx, 0)
	if err != nil {
		return err
	}
	return use(known)
}

// print writes a value as JSON, or by the function for people.
func (f *presenceFlags) print(value any, people func(io.Writer)) error {
	if f.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetEscapeHTML(false)
		return e.Encode(value)
	}
	var out strings.Builder
	people(&out)
	_, err := io.WriteString(os.Stdout, out.String())
	return err
}

// table writes rows of cells below each other.
func table(w io.Writer, indent string, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, indent+strings.Join(row, "\t"))
	}
	t.Flush()
}

// findSystem finds a connected system by its name, in any case, or its id.
func findSystem(m *presence.Machine, text string) (*presence.System, error) {
	var names []string
	for _, id := range tandem.SortedIDs(m.State().Systems) {
		s := m.State().Systems[id]
		if strings.EqualFold(s.Saved.Name, text) || id.String() == text {
			return s, nil
		}
		names = append(names, s.Saved.Name)
	}
	if len(names) == 0 {
		return nil, errors.New("no system is connected; connect one first, see docs/PRESENCE.md")
	}
	if text == "" {
		return nil, fmt.Errorf("name the system with --system; there is: %s", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("there is no system %q; there is: %s", text, strings.Join(names, ", "))
}

// statusByName finds a status of the center by its name, in any case, or its id.
func statusByName(m *presence.Machine, text string) (tandem.ID, error) {
	var names []string
	for _, id := range tandem.SortedIDs(m.State().Statuses) {
		st := m.State().Statuses[id]
		if strings.EqualFold(st.Name, strings.TrimSpace(text)) || id.String() == text {
			return id, nil
		}
		names = append(names, st.Name)
	}
	return tandem.ID{}, fmt.Errorf("there is no agent status %q; there is: %s", text, strings.Join(names, ", "))
}
