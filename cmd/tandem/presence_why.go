package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tandem"
	"tandem/event"
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
			for _, line := range presence.Explain(&tandem.Record{Events: []tandem.Event{ev}}, user, m.Name) {
				of := concernedSystem(ev)
				facts[of] = append(facts[of], fmt.Sprintf("%s  %s", rec.At, line))
				facts[of] = facts[of][max(0, len(facts[of])-limit):]
			}
		}
		return nil
	})
	if errors.Is(err, errLater) {
		err = nil
	}
	return facts, err
}

// concernedSystem is the system that a fact of presence is about; zero for all.
func concernedSystem(ev tandem.Event) tandem.ID {
	switch e := ev.(type) {
	case *event.ObservationTaken:
		return e.SystemID
	case *event.CapacityObserved:
		return e.SystemID
	case *event.RuleFired:
		return e.Destination
	case *event.WorkAccepted:
		return e.SystemID
	case *event.PageAttached:
		return e.SystemID
	case *event.PageLeft:
		return e.SystemID
	case *event.SessionEnded:
		return e.SystemID
	case *event.WorkStateObserved:
		return e.SystemID
	case *event.StatusWriteRequested:
		return e.SystemID
	case *event.StatusWriteEnded:
		return e.SystemID
	case *event.StatusKept:
		return e.SystemID
	case *event.LegHealthChanged:
		return e.SystemID
	case *event.NoticeRaised:
		return e.SystemID
	}
	return tandem.ID{}
}

// tellAgent says what each system shows, what it should, and why.
func tellAgent(m *presence.Machine, a *presence.Agent, name string, facts map[tandem.ID][]string) *agentWhy {
	t := &agentWhy{Agent: name, Wish: "no status was chosen yet", Contact: "on no contact", Facts: facts[tandem.ID{}]}
	if i := &a.Intent; i.Version > 0 {
		t.Wish = fmt.Sprintf("the wish is %s (wish %d), chosen as %s in %s by %s at %s",
			statusName(m, i.StatusID), i.Version, m.Name(i.SystemID, i.Remote), m.Name(i.SystemID, ""), i.Cause, i.At)
	}
	if a.OnContact || len(a.Contacts) > 0 {
		t.Contact = "on a contact"
	}
	for i := range a.Legs {
		l := &a.Legs[i]
		leg := legWhy{System: m.Name(l.SystemID, ""), Shows: m.Name(l.SystemID, l.Observed.Remote), Facts: facts[l.SystemID]}
		if l.Observed.Remote == "" {
			leg.Shows = "nothing that was seen yet"
		}
		desired := m.Desired(a.UserID, l.SystemID)
		if desired != "" {
			leg.Should = m.Name(l.SystemID, desired)
		}
		leg.Why = strings.Join(legReasons(m, a, l, desired), "; ")
		t.Systems = append(t.Systems, leg)
	}
	return t
}

func statusName(m *presence.Machine, id tandem.ID) string {
	return m.Name(m.State().Center, id.String())
}

// legReasons says why a leg should show a status, and why it does not yet.
func legReasons(m *presence.Machine, a *presence.Agent, l *presence.Leg, desired string) []string {
	s := m.State().Systems[l.SystemID]
	if s != nil && !s.Saved.Enabled {
		return []string{"the system is switched off"}
	}
	if desired == "" {
		return []string{aloneReason(m, a, l, s)}
	}
	reasons := []string{desiredReason(m, a, l, s, desired)}
	if desired != l.Observed.Remote {
		reasons = append(reasons, pendingReason(m, l))
	}
	return reasons
}

// aloneReason says why a leg is left as it is.
func aloneReason(m *presence.Machine, a *presence.Agent, l *presence.Leg, s *presence.System) string {
	switch {
	case l.Observed.Remote == "":
		return "it was not seen yet; if that lasts, look at the connector's health"
	case a.Intent.Version == 0:
		return "no status was chosen yet, anywhere that is kept in step"
	case s != nil && !s.Saved.StatusSync:
		return "its statuses are not kept in step (status_sync is off) and no rule sets one"
	case l.Observed.Class == event.ClassDeferred:
		return "the session there is lost; it may come back"
	case l.Observed.Class == event.ClassSystem:
		return "the system did it by itself, which is no wish; it stays until the next wish"
	case l.Observed.Class == event.ClassUnmapped:
		return "what was chosen there is not mapped, so it stays until the next wish"
	}
	return fmt.Sprintf("the wish %s has no status there, or what it shows means nothing elsewhere", statusName(m, a.Intent.StatusID))
}

// desiredReason says why a leg should show a status.
func desiredReason(m *presence.Machine, a *presence.Agent, l *presence.Leg, s *presence.System, desired string) string {
	held := l.Rule != nil && l.Rule.Remote == desired
	switch {
	case s != nil && s.Saved.FocusMode && a.OnContact && !l.OverlayOff && desired == s.Saved.Focus:
		return "the agent is on a contact, and this is the focus status"
	case l.Kept == desired && l.Kept != "":
		return "it is put back after the contact"
	case held:
		return fmt.Sprintf("a rule of %s for %s set it", m.Name(l.Rule.From, ""), l.Rule.Source)
	case l.Last.Remote == desired && l.Last.Because == "capacity":
		return "it shows how much work the agent has elsewhere"
	case l.Observed.Class == event.ClassReverted:
		return "another system governs this status, so it is put back"
	case a.Intent.Version == 0:
		return "no status was chosen yet"
	}
	return fmt.Sprintf("the wish %s means that there", statusName(m, a.Intent.StatusID))
}

// pendingReason says why a leg does not show yet what it should.
func pendingReason(m *presence.Machine, l *presence.Leg) string {
	switch {
	case l.Health == event.HealthFrozen:
		return "too much was written without a person's act, so writing has stopped; look who else changes the status, then release the agent"
	case l.Write != nil:
		return "the write is under way"
	case l.Refused:
		return fmt.Sprintf("the system refused the write (%s); mend that, then choose a status again", l.Ended.Detail)
	case l.Paged && len(l.Pages) == 0:
		return "no page of the agent's console is open to be written through"
	case l.Unsure:
		return "what it shows is being read first"
	case l.Ended.RetryAt != 0:
		return fmt.Sprintf("the last write did not succeed (%s); it is tried again from %s on", l.Ended.Detail, l.Ended.RetryAt)
	case l.SystemID == m.State().Center:
		return "it is taken when the agent's contacts are cleared"
	}
	return "it will be written"
}
