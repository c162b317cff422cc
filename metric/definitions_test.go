package metric

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
)

var (
	ringing  = Slots{Ringing: 1}
	talking  = Slots{Handling: 1}
	wrapping = Slots{AfterContactWork: 1}
	missed   = Slots{Missed: 1}
)

// TestEachMetricOfAnAgent is one agent in each situation, and which metrics
// the agent counts in (Amazon Connect Administrator Guide: Metric definitions).
func TestEachMetricOfAnAgent(t *testing.T) {
	pending := in(event.Routable, Slots{})
	pending.NextStatus = true
	pendingTalking := in(event.Routable, talking)
	pendingTalking.NextStatus = true
	for _, c := range []struct {
		sentence string
		agent    Agent
		counts   string // names of the metrics that are 1; the others are 0
	}{
		{"Available and without contacts", in(event.Routable, Slots{}), "AGENTS_ONLINE AGENTS_AVAILABLE AGENTS_STAFFED SLOTS_AVAILABLE"},
		{"a ringing contact takes the agent, who is not on it yet", in(event.Routable, ringing), "AGENTS_ONLINE AGENTS_STAFFED"},
		{"on a contact", in(event.Routable, talking), "AGENTS_ONLINE AGENTS_STAFFED AGENTS_ON_CONTACT AGENTS_ON_CALL SLOTS_ACTIVE"},
		{"after contact work is on contact too", in(event.Routable, wrapping),
			"AGENTS_ONLINE AGENTS_STAFFED AGENTS_ON_CONTACT AGENTS_ON_CALL AGENTS_AFTER_CONTACT_WORK Agents.AfterContactWork.Count SLOTS_ACTIVE"},
		{"a missed contact is an error and the agent stays staffed", in(event.Routable, missed), "AGENTS_ONLINE AGENTS_STAFFED AGENTS_ERROR"},
		{"a pending next status ends being available", pending, "AGENTS_ONLINE AGENTS_STAFFED"},
		{"a pending next status does not end a contact", pendingTalking, "AGENTS_ONLINE AGENTS_STAFFED AGENTS_ON_CONTACT AGENTS_ON_CALL SLOTS_ACTIVE"},
		{"a custom status is non-productive", in(event.Custom, Slots{}), "AGENTS_ONLINE AGENTS_NON_PRODUCTIVE"},
		{"a custom status is non-productive also on a contact", in(event.Custom, talking), "AGENTS_ONLINE AGENTS_NON_PRODUCTIVE AGENTS_ON_CONTACT AGENTS_ON_CALL SLOTS_ACTIVE"},
		{"Offline, and dialled a number by hand", in(event.Offline, talking), "AGENTS_ON_CONTACT AGENTS_ON_CALL SLOTS_ACTIVE"},
	} {
		l := salesOnly()
		l.SetAgent(id("agent", 1), c.agent)
		want := strings.Fields(c.counts)
		for where, f := range map[string]Figures{
			"queue":   l.Queue(sales, 0, 0),
			"agent":   l.Agent(id("agent", 1), 0),
			"profile": l.Read(Scope{ProfileIDs: []tandem.ID{first}}, 0),
		} {
			var got []string
			for _, d := range Definitions {
				switch v := d.Read(&f); {
				case !v.Known && d.Name != "OLDEST_CONTACT_AGE":
					t.Errorf("%s: %s: %s%s is null", c.sentence, where, d.Name, d.Path)
				case v.N == 1:
					got = append(got, nameOf(d))
				case v.N != 0:
					t.Errorf("%s: %s: %s%s is %d", c.sentence, where, d.Name, d.Path, v.N)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s counts in %v, want %v", c.sentence, where, got, want)
			}
		}
	}
}

func nameOf(d Definition) string {
	if d.Name == "" {
		return d.Path
	}
	return d.Name
}

func TestSlotsOfAChannelFollowTheMaximumAndTheOtherChannels(t *testing.T) {
	agent := func(voice, chat, task Slots) Agent {
		voice.Maximum, chat.Maximum, task.Maximum = 1, 3, 5
		return Agent{ProfileID: first, Status: event.Routable,
			Slots: [channels]Slots{event.Voice: voice, event.Chat: chat, event.Task: task}}
	}
	noPhone := agent(Slots{}, Slots{}, Slots{})
	noPhone.Slots[event.Voice].Maximum = 0
	over := agent(Slots{}, Slots{Handling: 4}, Slots{})
	for _, c := range []struct {
		sentence         string
		agent            Agent
		active           string
		voice, chat, all string // available
	}{
		{"idle, all slots of all channels are free", agent(Slots{}, Slots{}, Slots{}), "0", "1", "3", "9"},
		{"on a chat, two more chats and nothing else", agent(Slots{}, talking, Slots{}), "1", "0", "2", "2"},
		{"a ringing chat takes its slot", agent(Slots{}, ringing, Slots{}), "0", "0", "2", "2"},
		{"wrap-up of one chat and another that goes on", agent(Slots{}, Slots{Handling: 1, AfterContactWork: 1}, Slots{}), "2", "0", "1", "1"},
		{"a missed chat blocks the others", agent(Slots{}, Slots{Handling: 1, Missed: 1}, Slots{}), "1", "0", "0", "0"},
		{"on a call, no chats", agent(talking, Slots{}, Slots{}), "1", "0", "0", "0"},
		{"without a phone there is no slot for calls", noPhone, "0", "0", "3", "8"},
		{"more contacts than a lowered maximum leave no slot", over, "4", "0", "0", "0"},
	} {
		l := New()
		l.SetProfile(first, []event.RoutingEntry{serves(sales, event.Voice), serves(sales, event.Chat), serves(sales, event.Task)})
		l.SetAgent(id("agent", 1), c.agent)
		wantValue(t, c.sentence+": active", l.Queue(sales, 0, 0).SlotsActive, c.active)
		wantValue(t, c.sentence+": for calls", l.Queue(sales, Only(event.Voice), 0).SlotsAvailable, c.voice)
		wantValue(t, c.sentence+": for chats", l.Queue(sales, Only(event.Chat), 0).SlotsAvailable, c.chat)
		wantValue(t, c.sentence+": for all", l.Queue(sales, 0, 0).SlotsAvailable, c.all)
	}
}

func TestAPICountsContactsInWrapUpAndFlowsCountAgents(t *testing.T) {
	l := New()
	l.SetProfile(first, []event.RoutingEntry{serves(sales, event.Task)})
	l.SetAgent(id("agent", 1), Agent{ProfileID: first, Status: event.Routable,
		Slots: [channels]Slots{event.Task: {Maximum: 5, AfterContactWork: 3}}})
	f := l.Queue(sales, 0, 0)
	d, _ := Define("AGENTS_AFTER_CONTACT_WORK")
	wantValue(t, "in the API", d.Read(&f), "3")
	agents, _ := f.Reference("Agents", "AfterContactWork", "Count")
	wantValue(t, "in flows", agents, "1")
}

// TestFlowReferences holds the names that flows know (Amazon Connect
// Administrator Guide: System metric attributes).
func TestFlowReferences(t *testing.T) {
	l := salesOnly()
	l.SetAgent(id("agent", 1), in(event.Routable, Slots{}))
	l.SetAgent(id("agent", 2), in(event.Routable, wrapping))
	l.SetAgent(id("agent", 3), in(event.Routable, missed))
	l.SetAgent(id("agent", 4), in(event.Custom, Slots{}))
	l.SetContact(id("contact", 1), Contact{QueueID: sales, Channel: event.Voice, EnqueuedAt: 1000})
	f := l.Queue(sales, 0, 62_999)
	want := map[string]string{
		"Queue.Size": "1", "Queue.OldestContactAge": "61", "Agents.Online.Count": "4", "Agents.Available.Count": "1",
		"Agents.Staffed.Count": "3", "Agents.AfterContactWork.Count": "1", "Agents.Busy.Count": "1",
		"Agents.Missed.Count": "1", "Agents.NonProductive.Count": "1",
	}
	for path, value := range want {
		got, found := f.Reference(strings.Split(path, ".")...)
		if !found {
			t.Errorf("$.Metrics.%s is not known", path)
		}
		wantValue(t, path, got, value)
	}
	if got := f.Attributes(); !maps.Equal(got, want) {
		t.Errorf("attributes %v, want %v", got, want)
	}
	for _, path := range [][]string{nil, {""}, {"Queue"}, {"Queue", "Name"}, {"Agents", "Online"}, {"Agents", "Online", "Count", "x"}} {
		if _, found := f.Reference(path...); found {
			t.Errorf("%q is no metric", path)
		}
	}
}

func TestDefinitionsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Definitions {
		if seen[d.Name] && d.Name != "" || seen[d.Path] && d.Path != "" {
			t.Errorf("%s %s is defined twice", d.Name, d.Path)
		}
		seen[d.Name], seen[d.Path] = true, true
		if d.Name+d.Path == "" || d.Unit.String() == "" || len(d.Groupings) == 0 || !strings.HasSuffix(d.Doc, ".") {
			t.Errorf("%s %s lacks a name, a unit, groupings or a sentence", d.Name, d.Path)
		}
		if got, found := Define(d.Name); found != (d.Name != "") || got.Name != d.Name {
			t.Errorf("Define(%q) finds %q", d.Name, got.Name)
		}
	}
	if ByQueue.String() != "QUEUE" || ByChannel.String() != "CHANNEL" || ByRoutingProfile.String() != "ROUTING_PROFILE" {
		t.Error("groupings have the names of the API")
	}
}
