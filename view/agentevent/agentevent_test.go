package agentevent_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/view/agentevent"
	"tandem/view/viewtest"
)

type stage struct {
	*viewtest.Story
	t      *testing.T
	tables string
	stream string
}

func begin(t *testing.T, users ...string) *stage {
	dir := t.TempDir()
	s := &stage{t: t, tables: filepath.Join(dir, "views.db"), stream: filepath.Join(dir, "agent-events.jsonl")}
	s.Story = viewtest.Begin(t, s.tables, func() []engine.View {
		v := agentevent.New(s.stream, slog.New(slog.DiscardHandler))
		t.Cleanup(func() { v.Close() })
		return []engine.View{v}
	})
	s.TellAll(viewtest.Setup(users...))
	return s
}

// events reads the stream; every line must be whole.
func (s *stage) events() []agentevent.Event {
	s.t.Helper()
	b, err := os.ReadFile(s.stream)
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	var list []agentevent.Event
	for line := range bytes.Lines(b) {
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		var ev agentevent.Event
		if err := d.Decode(&ev); err != nil {
			s.t.Fatalf("line %d: %v", len(list)+1, err)
		}
		list = append(list, ev)
	}
	return list
}

func types(events []agentevent.Event) (list []string) {
	for _, ev := range events {
		list = append(list, ev.EventType)
	}
	return list
}

// checkChain holds SIM-S12: of each agent, what one event shows as current the
// next shows as previous, times never go back, ids are unique.
func checkChain(t *testing.T, events []agentevent.Event) {
	t.Helper()
	last, times, ids := map[string]*agentevent.Snapshot{}, map[string]string{}, map[string]bool{}
	for i, ev := range events {
		if diff := cmp.Diff(last[ev.AgentARN], ev.PreviousAgentSnapshot); diff != "" {
			t.Errorf("event %d (%s) does not go on where the one before ended:\n%s", i, ev.EventType, diff)
		}
		if (ev.PreviousAgentSnapshot == nil) != (ev.EventType == agentevent.Login) {
			t.Errorf("event %d is a %s with previous snapshot %v", i, ev.EventType, ev.PreviousAgentSnapshot)
		}
		if *ev.EventTimestamp < times[ev.AgentARN] || ids[ev.EventID] {
			t.Errorf("event %d is at %s after %s, or its id %s is there twice", i, *ev.EventTimestamp, times[ev.AgentARN], ev.EventID)
		}
		last[ev.AgentARN], times[ev.AgentARN], ids[ev.EventID] = ev.CurrentAgentSnapshot, *ev.EventTimestamp, true
		if ev.EventType == agentevent.Logout {
			delete(last, ev.AgentARN)
		}
	}
}

// TestStreamIsAChainFromLoginToLogout (SIM-S12).
func TestStreamIsAChainFromLoginToLogout(t *testing.T) {
	s := begin(t, "agent1", "agent2")
	c := viewtest.ContactID(1)
	s.TellAll(viewtest.LogIn("agent1", 0), viewtest.LogIn("agent2", 100))
	s.TellAll(viewtest.Answered(c, "agent1", 1000)...)
	profile := &event.RoutingProfileSaved{ProfileID: viewtest.ProfileID, Name: "Renamed", ModifiedAt: viewtest.Start}
	s.Tell(viewtest.Start.Add(200_000), profile)
	s.TellAll(viewtest.LogOut("agent1", 300_000), viewtest.LogOut("agent2", 300_001))
	renamed := *viewtest.User("agent1", viewtest.Start)
	renamed.LastName = "Changed while offline"
	s.Tell(viewtest.Start.Add(310_000), &renamed)
	s.TellAll(viewtest.LogIn("agent1", 320_000))
	events := s.events()
	want := []string{"LOGIN", "LOGIN", "STATE_CHANGE", "STATE_CHANGE", "STATE_CHANGE", "STATE_CHANGE", "STATE_CHANGE", "STATE_CHANGE", "LOGOUT", "LOGOUT", "LOGIN"}
	if diff := cmp.Diff(want, types(events)); diff != "" {
		t.Error(diff)
	}
	checkChain(t, events)
	if got := events[10].CurrentAgentSnapshot.Configuration.LastName; got != "Changed while offline" {
		t.Errorf("the new log-in shows the last name %q", got)
	}
}

// TestAnyShiftIsAChain (SIM-S12) holds it for shifts of random work, over
// restarts, and that the stream tells every status change of a logged-in agent.
func TestAnyShiftIsAChain(t *testing.T) {
	for seed := range uint64(3) {
		s := begin(t, "agent1", "agent2", "agent3")
		s.Shift(seed, 300, "agent1", "agent2", "agent3")
		events := s.events()
		checkChain(t, events)
		var want, got int
		status := map[tandem.ID]tandem.ID{} // of those logged in
		err := s.Records(func(rec *tandem.Record) error {
			changed := map[tandem.ID]bool{} // a status that is taken with the user's end is not told
			for _, ev := range rec.Events {
				switch ev := ev.(type) {
				case *event.AgentStatusChanged:
					want++
					changed[ev.UserID] = true
					if status[ev.UserID] = ev.StatusID; ev.StatusID == viewtest.OfflineID {
						delete(status, ev.UserID)
					}
				case *event.UserDeleted:
					if _, online := status[ev.UserID]; online && !changed[ev.UserID] {
						want++
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			if before := ev.PreviousAgentSnapshot; before == nil || before.AgentStatus.ARN != ev.CurrentAgentSnapshot.AgentStatus.ARN {
				got++
			}
		}
		if got != want || len(events) < 20 {
			t.Errorf("seed %d: the stream tells %d changes of status in %d events, the journal %d", seed, got, len(events), want)
		}
	}
}

// TestAfterContactWorkCanBeToldFromTheStream: Amazon Connect Administrator
// Guide, determine how long an agent spends doing ACW: from the state's start
// in ENDED to the event whose snapshot has no contacts.
func TestAfterContactWorkCanBeToldFromTheStream(t *testing.T) {
	s := begin(t, "agent1")
	c := viewtest.ContactID(1)
	s.TellAll(viewtest.LogIn("agent1", 0))
	s.TellAll(viewtest.Answered(c, "agent1", 1000)...)
	events := s.events()
	var states []string
	for _, ev := range events[1:] {
		state := "none"
		if list := ev.CurrentAgentSnapshot.Contacts; len(list) == 1 {
			state = list[0].State
		}
		states = append(states, state+" "+*ev.EventTimestamp)
	}
	want := []string{"CONNECTING 2026-03-02T10:00:08.000Z", "CONNECTED 2026-03-02T10:00:11.500Z", "ENDED 2026-03-02T10:01:41.900Z", "none 2026-03-02T10:02:11.000Z"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
	ended := events[len(events)-1].PreviousAgentSnapshot.Contacts[0]
	if ended.State != "ENDED" || *ended.StateStartTimestamp != "2026-03-02T10:01:41.900Z" || *ended.ConnectedToAgentTimestamp != "2026-03-02T10:00:11.500Z" {
		t.Errorf("the last event's previous contact is %+v", ended)
	}
}

func TestSnapshotHasTheFormOfTheStream(t *testing.T) {
	s := begin(t, "agent1")
	c := viewtest.ContactID(1)
	s.TellAll(viewtest.LogIn("agent1", 0))
	s.TellAll(append(viewtest.Arrive(c, 1000), viewtest.Enqueue(c, 2000), viewtest.Offer(c, "agent1", 3000))...)
	s.Tell(viewtest.Start.Add(4000), &event.NextStatusSet{UserID: viewtest.UserID("agent1"), StatusID: viewtest.LunchID, At: viewtest.Start.Add(4000)})
	b, err := os.ReadFile(s.stream)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	var got struct{ CurrentAgentSnapshot any }
	if err := json.Unmarshal(lines[len(lines)-1], &got); err != nil {
		t.Fatal(err)
	}
	arn := "arn:aws:connect:eu-central-1:012345678901:instance/" + viewtest.InstanceID.String()
	queue := arn + "/queue/" + viewtest.QueueID.String()
	var want any
	err = json.Unmarshal([]byte(`{
		"AgentStatus": {"ARN": "`+arn+`/agent-state/`+viewtest.AvailableID.String()+`", "Name": "Available", "StartTimestamp": "2026-03-02T10:00:00.000Z", "Type": "ROUTABLE"},
		"NextAgentStatus": {"ARN": "`+arn+`/agent-state/`+viewtest.LunchID.String()+`", "Name": "Lunch", "EnqueuedTimestamp": "2026-03-02T10:00:04.000Z"},
		"Configuration": {
			"AgentHierarchyGroups": null, "FirstName": "First-agent1", "LastName": "Last-agent1", "Username": "agent1",
			"RoutingProfile": {
				"ARN": "`+arn+`/routing-profile/`+viewtest.ProfileID.String()+`", "Name": "Basic Routing Profile",
				"Concurrency": [{"AvailableSlots": 0, "Channel": "VOICE", "MaximumSlots": 1}, {"AvailableSlots": 3, "Channel": "TASK", "MaximumSlots": 3}],
				"DefaultOutboundQueue": {"ARN": "`+queue+`", "Name": "BasicQueue", "Channels": ["VOICE"]},
				"InboundQueues": [
					{"ARN": "`+queue+`", "Name": "BasicQueue", "Channels": ["VOICE", "TASK"]},
					{"ARN": "`+arn+`/queue/agent/`+viewtest.UserID("agent1").String()+`", "Name": null, "Channels": ["VOICE", "TASK"]}]
			}
		},
		"Contacts": [{
			"Channel": "VOICE", "ContactId": "`+c.String()+`", "InitialContactId": null, "InitiationMethod": "INBOUND",
			"ConnectedToAgentTimestamp": null, "State": "CONNECTING", "StateStartTimestamp": "2026-03-02T10:00:03.000Z",
			"QueueTimestamp": "2026-03-02T10:00:02.000Z", "Queue": {"ARN": "`+queue+`", "Name": "BasicQueue"}
		}]
	}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.CurrentAgentSnapshot); diff != "" {
		t.Error(diff)
	}
}

// TestLinesAreExactlyOnceAfterACrash holds that what was written but never
// committed is cut off, and that a file which lost its end goes on whole.
func TestLinesAreExactlyOnceAfterACrash(t *testing.T) {
	s := begin(t, "agent1")
	s.TellAll(viewtest.LogIn("agent1", 0))
	s.Restart(func() { appendTo(t, s.stream, `{"EventType":"STATE_CHANGE","never":"comm`) })
	s.TellAll(viewtest.LogOut("agent1", 1000))
	events := s.events()
	if diff := cmp.Diff([]string{"LOGIN", "LOGOUT"}, types(events)); diff != "" {
		t.Error(diff)
	}
	checkChain(t, events)
	s.Restart(func() {
		info, err := os.Stat(s.stream)
		if err == nil {
			err = os.Truncate(s.stream, info.Size()-10)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	s.TellAll(viewtest.LogIn("agent1", 2000))
	if diff := cmp.Diff([]string{"LOGIN", "LOGIN"}, types(s.events())); diff != "" {
		t.Error(diff)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// TestErasureOfAUserLeavesNoName holds that neither stream nor tables name an
// erased user, that the lines stay, and that others keep their names.
func TestErasureOfAUserLeavesNoName(t *testing.T) {
	s := begin(t, "agent1", "agent2")
	odd := *viewtest.User("agent1", viewtest.Start)
	odd.FirstName, odd.LastName = `A "quoted" \name`, "<Ümläut>"
	s.Tell(viewtest.Start.Add(-1), &odd)
	s.TellAll(viewtest.LogIn("agent1", 0), viewtest.LogIn("agent2", 1))
	s.TellAll(viewtest.Answered(viewtest.ContactID(1), "agent1", 1000)...)
	s.TellAll(viewtest.LogOut("agent1", 200_000))
	before := s.events()
	files := []string{s.stream, s.tables, s.tables + "-wal"}
	if !viewtest.Holds(t, "agent1", files...) {
		t.Fatal("before the erasure the stream should name agent1")
	}
	id := viewtest.UserID("agent1")
	s.Tell(viewtest.Start.Add(300_000), &event.UserDeleted{UserID: id}, &event.SubjectErased{Subject: id})
	for _, text := range []string{"agent1", "quoted", "Ümläut", "Last-agent1"} {
		if viewtest.Holds(t, text, files...) {
			t.Errorf("after the erasure %q is still kept", text)
		}
	}
	if !viewtest.Holds(t, "agent2", s.stream) {
		t.Error("the name of agent2 should stay")
	}
	after := s.events()
	if diff := cmp.Diff(types(before), types(after)); diff != "" {
		t.Error(diff)
	}
	checkChain(t, after)
	s.TellAll(viewtest.LogOut("agent2", 400_000))
	checkChain(t, s.events())
}

// TestAnErasedContactDoesNotTouchTheStream holds that the subject of a contact
// chain is not taken for an agent.
func TestAnErasedContactDoesNotTouchTheStream(t *testing.T) {
	s := begin(t, "agent1")
	s.TellAll(viewtest.LogIn("agent1", 0))
	before := s.events()
	s.Tell(viewtest.Start.Add(1000), &event.SubjectErased{Subject: viewtest.ContactID(1), Contacts: []tandem.ID{viewtest.ContactID(1)}})
	if diff := cmp.Diff(before, s.events()); diff != "" {
		t.Error(diff)
	}
}
