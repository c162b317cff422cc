package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tandem"
	"tandem/presence"
)

// presenceWhy explains what each system shows for an agent.
type presenceWhy struct {
	presenceFlags
	User  string `arg:"" help:"Username, e-mail address or id."`
	At    string `help:"How it was then (RFC 3339); without it, as it is." placeholder:"TIME"`
	Lines int    `default:"5" help:"How many of the last facts are told for each system."`
}

// Run implements the command.
func (c *presenceWhy) Run(ctx context.Context) (err error) {
	var until tandem.Time
	if c.At != "" {
		moment, err := time.Parse(time.RFC3339, c.At)
		if err != nil {
			return fmt.Errorf("--at is %q; write it as 2026-03-02T09:00:00Z", c.At)
		}
		until = tandem.At(moment) + 1 // what is of that millisecond counts
	}
	p, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	known, err := p.presence(ctx, until)
	if err != nil {
		return err
	}
	user, err := known.findUser(c.User)
	if err != nil {
		return err
	}
	m := known.now
	if until != 0 {
		m = known.then
	}
	a := m.State().Agents[user]
	if a == nil {
		return fmt.Errorf("%s was not there at %s; name a later time", known.user(user), c.At)
	}
	facts, err := known.story(ctx, m, user, c.Lines)
	if err != nil {
		return err
	}
	told := tellAgent(m, a, known.user(user), facts)
	return c.print(told, told.write)
}

// agentWhy is what there is to say of an agent's status.
type agentWhy struct {
	Agent   string   `json:"agent"`
	Wish    string   `json:"wish"`
	Contact string   `json:"contact"`
	Facts   []string `json:"facts"` // the last ones that concern all systems, oldest first
	Systems []legWhy `json:"systems"`
}

// legWhy is what there is to say of one system.
type legWhy struct {
	System string   `json:"system"`
	Shows  string   `json:"shows"`
	Should string   `json:"should"` // empty: it is left as it is
	Why    string   `json:"why"`
	Facts  []string `json:"facts"` // the last ones, oldest first
}

func (t *agentWhy) write(w io.Writer) {
	fmt.Fprintf(w, "%s: %s; %s.\n", t.Agent, t.Wish, t.Contact)
	for _, f := range t.Facts {
		fmt.Fprintf(w, "  %s\n", f)
	}
	for _, l := range t.Systems {
		should := "and should"
		switch {
		case l.Should == "":
			should = "and is left as it is"
		case l.Should != l.Shows:
			should = "and should show " + l.Should
		}
		fmt.Fprintf(w, "\n%s shows %s, %s: %s.\n", l.System, l.Shows, should, l.Why)
		for _, f := range l.Facts {
			fmt.Fprintf(w, "  %s\n", f)
		}
	}
	if len(t.Systems) < 2 {
		fmt.Fprintln(w, "\nThe agent is linked to no other system; link them by e-mail address, see docs/PRESENCE.md.")
	}
}

// story collects the last facts about each system, as far back as the journal
// is kept and up to the moment that was asked for.
func (k *presencePast) story(ctx context.Context, m *presence.Machine, user tandem.ID, limit int) (map[tandem.ID][]string, error) {
	facts := map[tandem.ID][]string{}
	err := k.since(ctx, 0, func(rec *tandem.Record) error {
		if m == k.then && k.next != 0 && rec.Seq >= k.next {
			return errLater
		}
		for _, ev := range rec.Events {
			s := presence.Tell(ev, m.Name)
			if s.UserID != user || s.Text == "" {
				continue
			}
			facts[s.SystemID] = append(facts[s.SystemID], fmt.Sprintf("%s  %s", rec.At, s.Text))
			facts[s.SystemID] = facts[s.SystemID][max(0, len(facts[s.SystemID])-limit):]
		}
		return nil
	})
	if errors.Is(err, errLater) {
		err = nil
	}
	return facts, err
}

// tellAgent says what each system shows, what it should, and why.
func tellAgent(m *presence.Machine, a *presence.Agent, name string, facts map[tandem.ID][]string) *agentWhy {
	why, _ := m.Why(a.UserID)
	t := &agentWhy{Agent: name, Wish: why.Wish, Contact: why.Contact, Facts: facts[tandem.ID{}]}
	for _, s := range why.Systems {
		t.Systems = append(t.Systems, legWhy{System: s.System, Shows: s.Shows, Should: s.Should, Why: s.Why, Facts: facts[s.SystemID]})
	}
	return t
}
