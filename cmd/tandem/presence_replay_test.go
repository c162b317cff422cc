package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
	"tandem/zones"
)

// randomDay is an instance in memory around which people and systems act by
// chance, with its journal.
type randomDay struct {
	t       *testing.T
	rand    *rand.Rand
	in      *instance.Instance
	m       *presence.Machine
	now     tandem.Time
	records []tandem.Record
	count   uint64
	agenda  []agendaItem
	sent    map[tandem.ID]bool // writes that are being answered
	shown   map[tandem.ID]string
	version uint64
	user    tandem.ID
	flow    tandem.ID
	contact tandem.ID
}

type agendaItem struct {
	at tandem.Time
	do func()
}

// The systems of a random day, and the agent there.
var dayZendesk, daySalesforce, dayKustomer = tandem.NameID("day", "Zendesk"), tandem.NameID("day", "Salesforce"), tandem.NameID("day", "Kustomer")

const dayAgent = "10011"

func dayStatuses(api bool, names ...string) []event.RemoteStatus {
	var all []event.RemoteStatus
	for i, name := range names {
		st := event.RemoteStatus{Remote: fmt.Sprint(50 + i), Name: name, Custom: true, Focusing: name == "On a call"}
		if api {
			st.APIName = name
		}
		all = append(all, st)
	}
	return all
}

// newRandomDay begins as the first records of an instance say.
func newRandomDay(t *testing.T, seed uint64, first []tandem.Record, user, queue tandem.ID) *randomDay {
	d := &randomDay{t: t, rand: rand.New(rand.NewPCG(seed, 1)), m: presence.New(), sent: map[tandem.ID]bool{}, shown: map[tandem.ID]string{}, user: user,
		flow: tandem.NameID("day", "flow")}
	d.in = instance.New(translate, center.New(zones.Shipped{}), d.m)
	for i := range first {
		if err := d.in.Replay(&first[i]); err != nil {
			t.Fatal(err)
		}
	}
	d.records = slices.Clone(first)
	d.now = d.in.Now() + 1
	for _, name := range []string{"Lunch", "Break", "Full"} {
		d.must(tandem.ActorAPI, center.SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: tandem.NameID("day status", name), Name: name, Type: event.Custom, Enabled: true}})
	}
	d.must(tandem.ActorAPI, center.SaveFlow{New: true, Flow: event.FlowSaved{FlowID: d.flow, Name: "tasks", Type: "CONTACT_FLOW", Published: true,
		Content: tandem.Blob(fmt.Sprintf(demoTaskFlow, queue))}})
	names := []string{"On a call", "Available", "Offline", "Lunch", "Break", "Training"}
	for _, s := range []event.SystemSaved{
		{SystemID: dayZendesk, System: event.ZendeskSystem, Name: "Zendesk", FocusMode: true, Focus: "50", StatusSync: true},
		{SystemID: dayKustomer, System: event.KustomerSystem, Name: "Kustomer", StatusSync: true, AtCapacityStatusID: d.status("Full")},
		{SystemID: daySalesforce, System: event.SalesforceSystem, Name: "Salesforce"},
	} {
		s.Enabled, s.URL = true, "https://"+s.Name+".example"
		if s.StatusSync {
			for i, name := range []string{"Available", "Offline", "Lunch", "Break"} {
				s.Mapping = append(s.Mapping, event.MappingRow{Remote: fmt.Sprint(51 + i), StatusID: d.status(name)})
			}
		}
		focus := s.FocusMode
		s.FocusMode = false
		d.must(tandem.ActorAPI, presence.SaveSystem{System: s, New: true})
		d.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: s.SystemID, Statuses: dayStatuses(s.System == event.SalesforceSystem, names...)})
		if s.FocusMode = focus; focus {
			d.must(tandem.ActorAPI, presence.SaveSystem{System: s})
		}
		d.must(tandem.ActorAPI, presence.LinkAgent{UserID: user, SystemID: s.SystemID, RemoteID: dayAgent})
		d.person(s.SystemID, "51")
	}
	d.must(tandem.ActorAPI, presence.SaveRules{SystemID: daySalesforce, Enabled: true, Rules: dayRules})
	return d
}

// dayRules answer Connect, Salesforce, a log-out, work and the workload.
var dayRules = []event.PresenceRule{
	dayRule("lunch", event.ConnectAgentStateChange, event.ConnectAgentNewState, "Lunch", event.SalesforceAgentState, "Lunch"),
	dayRule("call", event.ConnectAgentStateChange, event.ConnectAgentNewState, "Busy", event.SalesforceAgentState, "On a call"),
	dayRule("back", event.ConnectAgentStateChange, event.ConnectAgentNewState, "Available", event.SalesforceAgentState, "Available"),
	dayRule("pause", event.SalesforceAgentStateChange, event.SalesforceAgentNewState, "Break", event.ConnectAgentState, "Break"),
	dayRule("gone", event.SalesforceAgentLogout, event.SalesforceAgentNewState, "Offline", event.ConnectAgentState, "Offline"),
	dayRule("work", event.SalesforceWorkAccepted, event.SalesforceServiceChannel, "Phone", event.ConnectAgentState, "Full"),
	dayRule("load", event.SalesforceWorkloadChanged, event.SalesforceNewWorkload, "5", event.ConnectAgentState, "Full"),
}

func dayRule(name string, source event.RuleSource, o event.Operand, value string, to event.RuleDestination, state string) event.PresenceRule {
	return event.PresenceRule{RuleID: tandem.NameID("day rule", name), Name: name, Active: true, Source: source, Destination: to, State: state, Wish: name == "pause",
		Criteria: []event.RuleCriterion{{OperandA: o, Comparator: event.EqualTo, OperandB: event.StaticValue, ValueB: value}}}
}

func (d *randomDay) status(name string) tandem.ID {
	id, err := statusByName(d.m, name)
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

func (d *randomDay) must(kind tandem.ActorKind, body any) any {
	d.t.Helper()
	answer, err := d.try(kind, body)
	if err != nil {
		d.t.Fatalf("%T: %v", body, err)
	}
	return answer
}

func (d *randomDay) try(kind tandem.ActorKind, body any) (any, error) {
	d.count++
	out, err := d.in.Step(tandem.Command{ID: tandem.NameID("day", "command").Derive(d.count), At: d.now, Actor: tandem.Actor{Kind: kind}, Body: body})
	if len(out.Record.Events) > 0 {
		d.records = append(d.records, out.Record)
	}
	d.answerWrites()
	return out.Answer, err
}

// live lets the time pass until a moment, with all that is due by then.
func (d *randomDay) live(until tandem.Time) {
	for {
		slices.SortStableFunc(d.agenda, func(a, b agendaItem) int { return int(a.at - b.at) })
		due, ok := d.in.NextDue()
		switch {
		case ok && due <= until && (len(d.agenda) == 0 || due <= d.agenda[0].at):
			d.now = max(d.now, due+tandem.Time(d.rand.Int64N(3))) // a timer is a little late
			d.must(tandem.ActorSystem, tandem.Tick{})
		case len(d.agenda) > 0 && d.agenda[0].at <= until:
			item := d.agenda[0]
			d.agenda = d.agenda[1:]
			d.now = max(d.now, item.at)
			item.do()
		default:
			d.now = max(d.now, until)
			return
		}
	}
}

func (d *randomDay) in50to(millis int64, do func()) {
	d.agenda = append(d.agenda, agendaItem{d.now.Add(50 + d.rand.Int64N(millis)), do})
}

// answerWrites lets the systems make what they are asked for, lose it, refuse it,
// or not answer.
func (d *randomDay) answerWrites() {
	a := d.m.State().Agents[d.user]
	for i := 1; a != nil && i < len(a.Legs); i++ {
		w := a.Legs[i].Write
		if w == nil || d.sent[w.WriteID] {
			continue
		}
		d.sent[w.WriteID] = true
		write := *w
		d.in50to(600, func() { d.answer(write) })
	}
}

func (d *randomDay) answer(w event.StatusWriteRequested) {
	ended := event.StatusWriteEnded{UserID: d.user, SystemID: w.SystemID, WriteID: w.WriteID, Outcome: event.WriteDone, Detail: "the system's answer"}
	made := true
	switch chance := d.rand.IntN(20); {
	case chance == 0:
		ended.Outcome, made = event.WriteRefused, false
	case chance == 1:
		ended.Outcome, made = event.WriteRetry, false
	case chance == 2:
		ended.Outcome, made = event.WriteUnknown, d.rand.IntN(2) == 0
	}
	echo := func() {}
	if made {
		d.version++
		d.shown[w.SystemID] = w.Remote
		o := presence.Observe{SystemID: w.SystemID, RemoteID: dayAgent, Remote: w.Remote, Version: d.versionFor(w.SystemID), Reason: programReason[w.SystemID], At: d.now}
		echo = func() { d.must(tandem.ActorConnector, o) }
	}
	if d.rand.IntN(2) == 0 {
		echo()
		echo = func() {}
	}
	d.must(tandem.ActorConnector, presence.FinishWrite{Ended: ended})
	d.in50to(400, echo)
	if ended.Outcome == event.WriteUnknown {
		d.in50to(900, func() { d.look(w.SystemID) })
	}
}

var programReason = map[tandem.ID]string{dayZendesk: "PUBLIC_API", daySalesforce: "OmniToolkitStatusChange", dayKustomer: presence.ReasonSelf}
var personReason = map[tandem.ID]string{dayZendesk: "AGENT_STATUS_SWITCHER", daySalesforce: "OmniManualStatusChange", dayKustomer: presence.ReasonPerson}

// versionFor is a revision; Salesforce has none.
func (d *randomDay) versionFor(system tandem.ID) uint64 {
	if system == daySalesforce {
		return 0
	}
	return d.version
}

// look reads what a system shows.
func (d *randomDay) look(system tandem.ID) {
	d.must(tandem.ActorConnector, presence.Observe{SystemID: system, RemoteID: dayAgent, Remote: d.shown[system], Version: d.versionFor(system), LookedAt: d.now})
}

// person lets the agent choose a status in a system.
func (d *randomDay) person(system tandem.ID, remote string) {
	d.act(system, remote, personReason[system])
}

func (d *randomDay) act(system tandem.ID, remote, reason string) {
	d.version++
	d.shown[system] = remote
	d.must(tandem.ActorConnector, presence.Observe{SystemID: system, RemoteID: dayAgent, Remote: remote, Version: d.versionFor(system), Reason: reason, At: d.now})
}

// something happens, by chance.
func (d *randomDay) something() {
	remote := fmt.Sprint(51 + d.rand.IntN(5))
	switch d.rand.IntN(12) {
	case 0, 1:
		d.person(dayZendesk, remote)
	case 2:
		d.person(daySalesforce, remote)
	case 3:
		d.person(dayKustomer, remote)
	case 4, 5:
		name := []string{"Available", "Lunch", "Break", "Offline"}[d.rand.IntN(4)]
		d.must(tandem.ActorAPI, center.PutUserStatus{UserID: d.user, StatusID: d.status(name)})
	case 6:
		d.act(dayZendesk, "52", "AGENT_DISCONNECTED")
	case 7:
		d.must(tandem.ActorConnector, presence.ObserveCapacity{SystemID: dayKustomer, RemoteID: dayAgent, Used: uint32(d.rand.IntN(4)), Max: 3, At: d.now})
		d.must(tandem.ActorConnector, presence.ObserveCapacity{SystemID: daySalesforce, RemoteID: dayAgent, Used: uint32(d.rand.IntN(6)), Max: 5, At: d.now})
	case 8:
		d.must(tandem.ActorConnector, presence.ObserveWorkAccepted{SystemID: daySalesforce, RemoteID: dayAgent, WorkID: fmt.Sprint(d.count), Channel: "Phone", At: d.now})
	case 9:
		d.act(daySalesforce, "52", "OmniSupervisorLogout")
	default:
		d.work()
	}
}

// work takes a task one step on.
func (d *randomDay) work() {
	if d.contact.IsZero() {
		d.contact = d.must(tandem.ActorAPI, center.StartTask{FlowID: d.flow, Name: "task"}).(tandem.ID)
		return
	}
	switch d.rand.IntN(3) {
	case 0:
		d.try(tandem.ActorAPI, center.AcceptContact{UserID: d.user, ContactID: d.contact})
	default:
		d.try(tandem.ActorAPI, center.StopContact{ContactID: d.contact})
		d.try(tandem.ActorAPI, center.DismissUserContact{UserID: d.user, ContactID: d.contact})
		d.contact = tandem.ID{}
	}
}

// beginnings gives the first records of a new instance, its user and queue.
func beginnings(t *testing.T) (first []tandem.Record, user, queue tandem.ID) {
	t.Helper()
	r := newRecording(t)
	user, _, queue = r.known()
	err := engine.Replay(t.Context(), r.data.store, r.data.session(r.shard), r.shard, 0, func(rec *tandem.Record) error {
		first = append(first, *rec)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return first, user, queue
}

// stateBefore is the state before a record.
func stateBefore(records []tandem.Record, n int) []byte {
	m := presence.New()
	for i := range records[:n] {
		for _, ev := range records[i].Events {
			m.Apply(records[i].Seq, records[i].At, ev)
		}
	}
	m.TakeEffects(0)
	return presenceBytes(m)
}

// TestPresenceReplayUnderTheSameSettingsMakesTheSameWrites lives random days and
// replays each from its middle on: without a change, each write finds its twin
// and every system ends as it did.
func TestPresenceReplayUnderTheSameSettingsMakesTheSameWrites(t *testing.T) {
	first, user, queue := beginnings(t)
	writes := 0
	for seed := range uint64(60) {
		d := newRandomDay(t, seed, first, user, queue)
		half := 0
		for i := range 120 {
			if i == 40 {
				half = len(d.records)
			}
			d.live(d.now.Add(100 + d.rand.Int64N([]int64{500, 5_000, 90_000}[d.rand.IntN(3)])))
			d.something()
		}
		d.live(d.now.Add(200_000))
		r, err := newReplayer(stateBefore(d.records, half), asNow(d.m.State()), d.records[half].At)
		if err != nil {
			t.Fatal(err)
		}
		for i := half; i < len(d.records); i++ {
			r.take(&d.records[i])
		}
		writes += len(r.written)
		for _, w := range append(r.written, r.replayed...) {
			if w.twin == nil {
				t.Errorf("seed %d: a write has no twin: %s %s to %s because of %s", seed, w.at, r.was.Name(w.system, ""), w.remote, w.reason)
			}
		}
		if r.unfitting != 0 || r.echoes != 0 {
			t.Errorf("seed %d: %d facts do not fit, %d echoes are left out", seed, r.unfitting, r.echoes)
		}
		sameEnd(t, seed, r.was.State().Agents[user], r.would.State().Agents[user])
		if t.Failed() {
			return
		}
	}
	if writes < 1000 {
		t.Errorf("only %d writes were compared", writes)
	}
}

func sameEnd(t *testing.T, seed uint64, was, would *presence.Agent) {
	t.Helper()
	if was.Intent.StatusID != would.Intent.StatusID || was.Intent.Version != would.Intent.Version || was.Status != would.Status || was.Next != would.Next {
		t.Errorf("seed %d: the wish was %+v, in the replay %+v", seed, was.Intent, would.Intent)
	}
	for i := range was.Legs {
		a, b := &was.Legs[i], &would.Legs[i]
		if a.Observed.Remote != b.Observed.Remote || a.Health != b.Health || a.Kept != b.Kept || a.Unsure != b.Unsure || (a.Rule == nil) != (b.Rule == nil) {
			t.Errorf("seed %d: leg %d was %+v, in the replay %+v", seed, i, a, b)
		}
	}
}
