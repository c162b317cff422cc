package presence_test

import (
	"fmt"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// The names of the tests: everything is named, ids follow from names.
func id(name string) tandem.ID { return tandem.NameID("presence-test", name) }

var centerID, agent1 = id("center"), id("agent1")

// center is a small contact center: it owns the status of agents, takes a
// status as the next one while an agent has contacts, and says what its
// contacts do.
type center struct {
	types    map[tandem.ID]event.StatusType
	agents   map[tandem.ID]*centerAgent
	disabled map[tandem.ID]bool
}

type centerAgent struct {
	status, next tandem.ID
	contacts     []tandem.ID
}

type (
	emitAll struct{ events []tandem.Event }
	put     struct{ user, status tandem.ID }
	ring    struct{ user, contact tandem.ID }
	done    struct{ user, contact tandem.ID }
)

func (c *center) Owns(body any) bool {
	switch body.(type) {
	case emitAll, put, ring, done:
		return true
	}
	return false
}

func (c *center) Decide(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case emitAll:
		for _, ev := range b.events {
			s.Emit(ev)
		}
	case put:
		return nil, c.put(s, b)
	case ring:
		s.Emit(&event.OfferMade{UserID: b.user, ContactID: b.contact})
	case done:
		s.Emit(&event.ContactCleared{UserID: b.user, ContactID: b.contact, At: s.At})
		if a := c.agents[b.user]; len(a.contacts) == 0 && !a.next.IsZero() {
			s.Emit(&event.AgentStatusChanged{UserID: b.user, StatusID: a.next, At: s.At})
		}
	}
	return nil, nil
}

func (c *center) put(s *tandem.Step, b put) error {
	a := c.agents[b.user]
	if c.types[b.status] == 0 || c.disabled[b.status] {
		return tandem.Errorf(tandem.Invalid, "AgentStatusId", "the status cannot be chosen")
	}
	next := b.status
	if c.types[b.status] == event.Routable || b.status == a.status {
		next = tandem.ID{}
	}
	switch {
	case len(a.contacts) == 0 && a.status != b.status:
		s.Emit(&event.AgentStatusChanged{UserID: b.user, StatusID: b.status, At: s.At})
	case len(a.contacts) > 0 && a.next != next:
		s.Emit(&event.NextStatusSet{UserID: b.user, StatusID: next, At: s.At})
	}
	return nil
}

func (c *center) Apply(_ tandem.Seq, _ tandem.Time, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.AgentStatusSaved:
		c.types[e.StatusID] = e.Type
		c.disabled[e.StatusID] = !e.Enabled
	case *event.UserSaved:
		c.agents[e.UserID] = &centerAgent{status: id("Offline")}
	case *event.AgentStatusChanged:
		c.agents[e.UserID].status, c.agents[e.UserID].next = e.StatusID, tandem.ID{}
	case *event.NextStatusSet:
		c.agents[e.UserID].next = e.StatusID
	case *event.OfferMade:
		c.agents[e.UserID].contacts = append(c.agents[e.UserID].contacts, e.ContactID)
	case *event.ContactCleared:
		a := c.agents[e.UserID]
		a.contacts = slices.DeleteFunc(a.contacts, func(id tandem.ID) bool { return id == e.ContactID })
	}
}

func (c *center) NextDue() (tandem.Time, bool)             { return 0, false }
func (c *center) TakeEffects(tandem.Epoch) []tandem.Effect { return nil }
func (c *center) Outstanding(tandem.Epoch) []tandem.Effect { return nil }
func (c *center) Hash() uint64                             { return 0 }
func (c *center) EncodeSnapshot(*tandem.Encoder)           {}
func (c *center) DecodeSnapshot(*tandem.Decoder)           {}
func (c *center) Check() error                             { return nil }
func newCenter() *center {
	return &center{types: map[tandem.ID]event.StatusType{}, agents: map[tandem.ID]*centerAgent{}, disabled: map[tandem.ID]bool{}}
}

func translate(wish any) (any, bool) {
	if w, ok := wish.(presence.CenterWrite); ok {
		return put{w.UserID, w.StatusID}, true
	}
	return nil, false
}

// host runs presence and the small center as one instance, and keeps its
// journal.
type host struct {
	t        testing.TB
	in       *instance.Instance
	center   *center
	presence *presence.Machine
	now      tandem.Time
	commands uint64
	journal  []tandem.Record
	effects  []tandem.Effect
}

const start = tandem.Time(1_700_000_000_000)

func newHost(t testing.TB) *host {
	h := &host{t: t, now: start}
	h.boot()
	return h
}

func (h *host) boot() {
	h.center, h.presence = newCenter(), presence.New()
	h.in = instance.New(translate, h.center, h.presence)
}

// try runs one command at the present time.
func (h *host) try(kind tandem.ActorKind, body any) error {
	h.t.Helper()
	h.commands++
	out, err := h.in.Step(tandem.Command{ID: id("command").Derive(h.commands), At: h.now, Actor: tandem.Actor{Kind: kind}, Body: body})
	if err != nil {
		return err
	}
	if len(out.Record.Events) > 0 {
		h.journal = append(h.journal, out.Record)
	}
	h.effects = append(h.effects, out.Effects...)
	if err := h.in.Check(); err != nil {
		h.t.Fatal(err)
	}
	return nil
}

func (h *host) must(kind tandem.ActorKind, body any) {
	h.t.Helper()
	if err := h.try(kind, body); err != nil {
		h.t.Fatalf("%T: %v", body, err)
	}
}

// sleep moves the time on and ticks whenever something is due.
func (h *host) sleep(millis int64) {
	h.t.Helper()
	end := h.now.Add(millis)
	for range 1000 {
		due, ok := h.in.NextDue()
		if !ok || due > end {
			h.now = end
			return
		}
		h.now = max(h.now, due)
		h.must(tandem.ActorSystem, tandem.Tick{})
	}
	h.t.Fatal("the machine is always due: a tick does not do what it waits for")
}

// restart throws the machines away and builds them again from the journal.
func (h *host) restart() {
	h.t.Helper()
	hash := h.in.Hash()
	h.boot()
	for i := range h.journal {
		if err := h.in.Replay(&h.journal[i]); err != nil {
			h.t.Fatal(err)
		}
	}
	if got := h.in.Hash(); got != hash {
		h.t.Fatalf("replay gives the state %x, live it was %x", got, hash)
	}
	h.effects = h.in.Outstanding()
}

// snapshot throws presence away and builds it again from a snapshot.
func (h *host) snapshot() {
	h.t.Helper()
	hash := h.in.Hash()
	e := tandem.NewEncoder(nil, tandem.Plain{})
	h.presence.EncodeSnapshot(e)
	p := presence.New()
	d := tandem.NewDecoder(e.Bytes(), tandem.Plain{})
	p.DecodeSnapshot(d)
	if err := d.Err(); err != nil {
		h.t.Fatal(err)
	}
	*h.presence = *p
	if got := h.in.Hash(); got != hash {
		h.t.Fatalf("the snapshot gives the state %x, live it was %x", got, hash)
	}
	h.effects = h.in.Outstanding()
}

// statuses of the center.
var centerStatuses = []event.AgentStatusSaved{
	{StatusID: id("Available"), Name: "Available", Type: event.Routable, Enabled: true},
	{StatusID: id("Offline"), Name: "Offline", Type: event.Offline, Enabled: true},
	{StatusID: id("Lunch"), Name: "Lunch", Type: event.Custom, Enabled: true},
	{StatusID: id("Break"), Name: "Break", Type: event.Custom, Enabled: true},
	{StatusID: id("Coaching"), Name: "Coaching", Type: event.Custom, Enabled: true},
}

func (h *host) begin() {
	h.t.Helper()
	events := []tandem.Event{&event.InstanceCreated{InstanceID: centerID}}
	for i := range centerStatuses {
		events = append(events, &centerStatuses[i])
	}
	h.must(tandem.ActorAPI, emitAll{append(events, &event.UserSaved{UserID: agent1})})
}

// statuses of a Zendesk account: 2 and 3 are Offline and Online, 4 Away.
var remoteStatuses = []event.RemoteStatus{
	{Remote: "2", Name: "Offline"}, {Remote: "3", Name: "Online"}, {Remote: "4", Name: "Away"},
	{Remote: "50", Name: "On a contact", Custom: true, Focusing: true},
	{Remote: "51", Name: "Eating", Custom: true}, {Remote: "52", Name: "Eating late", Custom: true},
	{Remote: "53", Name: "Training", Custom: true},
}

func system(name string, policy event.Policy, focus bool) event.SystemSaved {
	sys := event.SystemSaved{SystemID: id(name), System: event.ZendeskSystem, Name: name, Enabled: true, Policy: policy,
		URL: "https://" + name + ".example", StatusSync: true, FocusMode: focus, Mapping: []event.MappingRow{
			{Remote: "3", StatusID: id("Available")}, {Remote: "2", StatusID: id("Offline")}, {Remote: "4", StatusID: id("Break")},
			{Remote: "51", StatusID: id("Lunch"), Preferred: true}, {Remote: "52", StatusID: id("Lunch")},
		}}
	if focus {
		sys.Focus = "50"
	}
	return sys
}

// connect creates a system and links the agent.
func (h *host) connect(sys event.SystemSaved) {
	h.t.Helper()
	first := sys
	first.FocusMode = false
	h.must(tandem.ActorUser, presence.SaveSystem{System: first, New: true})
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: sys.SystemID, Statuses: remoteStatuses})
	if sys.FocusMode {
		h.must(tandem.ActorUser, presence.SaveSystem{System: sys})
	}
	h.must(tandem.ActorUser, presence.LinkAgent{UserID: agent1, SystemID: sys.SystemID, RemoteID: "10011"})
}

func (h *host) agent() *presence.Agent { return h.presence.State().Agents[agent1] }

func (h *host) leg(system string) *presence.Leg {
	for i, l := range h.agent().Legs {
		if l.SystemID == id(system) {
			return &h.agent().Legs[i]
		}
	}
	h.t.Fatalf("no leg in %s", system)
	return nil
}

// shown is the center's logical status by name.
func (h *host) shown() string {
	a := h.center.agents[agent1]
	if !a.next.IsZero() {
		return "next " + h.presence.Name(centerID, a.next.String())
	}
	return h.presence.Name(centerID, a.status.String())
}

func (h *host) choose(status string) { h.t.Helper(); h.must(tandem.ActorUser, put{agent1, id(status)}) }
func (h *host) ring(contact string) {
	h.t.Helper()
	h.must(tandem.ActorVoice, ring{agent1, id(contact)})
}
func (h *host) clear(contact string) {
	h.t.Helper()
	h.must(tandem.ActorVoice, done{agent1, id(contact)})
}

// notices lists the notices raised, as name and detail.
func (h *host) notices() []string {
	var all []string
	for _, rec := range h.journal {
		for _, ev := range rec.Events {
			if n, ok := ev.(*event.NoticeRaised); ok {
				all = append(all, fmt.Sprint(n.Notice, " ", n.Detail))
			}
		}
	}
	return all
}

// count counts the events of a type in the journal.
func count[E tandem.Event](h *host) int {
	n := 0
	for _, rec := range h.journal {
		for _, ev := range rec.Events {
			if _, ok := ev.(E); ok {
				n++
			}
		}
	}
	return n
}
