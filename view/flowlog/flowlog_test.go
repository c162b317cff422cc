package flowlog_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/flow"
	"tandem/view/flowlog"
	"tandem/view/viewtest"
)

const secretDigits = "4929123"

type stage struct {
	*viewtest.Story
	t      *testing.T
	view   *flowlog.View
	tables string
}

func begin(t *testing.T, keep time.Duration) *stage {
	s := &stage{t: t, tables: filepath.Join(t.TempDir(), "views.db")}
	s.Story = viewtest.Begin(t, s.tables, func() []engine.View {
		s.view = flowlog.New(keep)
		return []engine.View{s.view}
	})
	s.TellAll(viewtest.Setup("agent1"))
	return s
}

// logged is an entry of a contact, some milliseconds into the story.
func logged(contact tandem.ID, ms int64, module string, edit ...func(*event.FlowBlockLogged)) *event.FlowBlockLogged {
	ev := &event.FlowBlockLogged{ContactID: contact, InitialContactID: contact, FlowID: viewtest.FlowID, Identifier: "block " + module,
		ModuleType: module, Parameters: `{ "Text": "Hello <you>" }`, At: viewtest.Start.Add(ms)}
	for _, e := range edit {
		e(ev)
	}
	return ev
}

func results(text tandem.Personal) func(*event.FlowBlockLogged) {
	return func(ev *event.FlowBlockLogged) { ev.Results = text }
}

func (s *stage) tell(ms int64, events ...tandem.Event) {
	s.t.Helper()
	s.Tell(viewtest.Start.Add(ms), events...)
}

func (s *stage) list(f flowlog.Filter) []flowlog.Row {
	s.t.Helper()
	rows, err := flowlog.List(s.t.Context(), s.DB(), viewtest.InstanceID, f)
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

func modules(t *testing.T, rows []flowlog.Row) (list []string) {
	t.Helper()
	for _, r := range rows {
		var e flowlog.Entry
		if err := json.Unmarshal(r.Line, &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e.ModuleType)
	}
	return list
}

// TestEntryHasTheFormOfFlowLogs: Amazon Connect Administrator Guide, Data in
// flow logs.
func TestEntryHasTheFormOfFlowLogs(t *testing.T) {
	s := begin(t, 0)
	c := viewtest.ContactID(1)
	s.tell(1234, logged(c, 1234, "InvokeExternalResource", results("Success"), func(ev *event.FlowBlockLogged) { ev.ExternalResults = `{"level":"gold"}` }),
		logged(c, 1235, "Disconnect", func(ev *event.FlowBlockLogged) { ev.Parameters, ev.FlowID = "", tandem.NameID("no", "flow") }))
	rows := s.list(flowlog.Filter{})
	arn := "arn:aws:connect:eu-central-1:012345678901:instance/" + viewtest.InstanceID.String() + "/contact-flow/"
	want := `{"ContactId":"` + c.String() + `","ContactFlowId":"` + arn + viewtest.FlowID.String() + `","ContactFlowName":"Tasks","ContactFlowModuleType":"InvokeExternalResource",` +
		`"Identifier":"block InvokeExternalResource","Timestamp":"2026-03-02T10:00:01.234Z","Parameters":{"Text":"Hello <you>"},"Results":"Success","ExternalResults":{"level":"gold"}}`
	if diff := cmp.Diff(want, string(rows[0].Line)); diff != "" {
		t.Error(diff)
	}
	want = `{"ContactId":"` + c.String() + `","ContactFlowId":"` + arn + tandem.NameID("no", "flow").String() + `","ContactFlowModuleType":"Disconnect",` +
		`"Identifier":"block Disconnect","Timestamp":"2026-03-02T10:00:01.235Z","Parameters":{}}`
	if diff := cmp.Diff(want, string(rows[1].Line)); diff != "" {
		t.Error(diff)
	}
}

func TestEntryOfAModuleNamesTheModule(t *testing.T) {
	s := begin(t, 0)
	id := tandem.NameID("viewtest", "module")
	s.tell(1, &event.FlowSaved{FlowID: id, InstanceID: viewtest.InstanceID, Name: "Greeting", Type: string(flow.TypeModule), Published: true, Version: 1, Content: "{}"})
	s.tell(2, logged(viewtest.ContactID(1), 2, "PlayPrompt", func(ev *event.FlowBlockLogged) { ev.FlowID = id }))
	if line := string(s.list(flowlog.Filter{})[0].Line); !strings.Contains(line, "/flow-module/"+id.String()+`","ContactFlowName":"Greeting"`) {
		t.Errorf("the entry is %s", line)
	}
}

func TestEntriesAreFoundByWhatTheFilterAsks(t *testing.T) {
	s := begin(t, 0)
	one, two, other := viewtest.ContactID(1), viewtest.ContactID(2), tandem.NameID("viewtest", "other flow")
	s.tell(1000, logged(one, 1000, "A"), logged(two, 1000, "B", results("Timeout")))
	s.tell(2000, logged(one, 2000, "C", func(ev *event.FlowBlockLogged) { ev.FlowID = other }))
	s.tell(3000, logged(one, 3000, "A", results("Timeout")), logged(two, 3000, "D"))
	all := s.list(flowlog.Filter{})
	for name, tt := range map[string]struct {
		filter flowlog.Filter
		want   []string
	}{
		"all":           {flowlog.Filter{}, []string{"A", "B", "C", "A", "D"}},
		"contact":       {flowlog.Filter{ContactID: two}, []string{"B", "D"}},
		"flow":          {flowlog.Filter{FlowID: other}, []string{"C"}},
		"from":          {flowlog.Filter{From: viewtest.Start.Add(2000)}, []string{"C", "A", "D"}},
		"to":            {flowlog.Filter{To: viewtest.Start.Add(2000)}, []string{"A", "B"}},
		"type":          {flowlog.Filter{ModuleType: "A"}, []string{"A", "A"}},
		"text":          {flowlog.Filter{Text: "Timeout"}, []string{"B", "A"}},
		"text of JSON":  {flowlog.Filter{Text: "%"}, nil},
		"first two":     {flowlog.Filter{Limit: 2}, []string{"A", "B"}},
		"newest two":    {flowlog.Filter{Limit: 2, Newest: true}, []string{"A", "D"}},
		"behind one":    {flowlog.Filter{After: all[0].Cursor}, []string{"B", "C", "A", "D"}},
		"several terms": {flowlog.Filter{ContactID: one, ModuleType: "A", Text: "Timeout"}, []string{"A"}},
	} {
		if diff := cmp.Diff(tt.want, modules(t, s.list(tt.filter))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if back, err := flowlog.ParseCursor(all[1].Cursor.String()); err != nil || back != all[1].Cursor {
		t.Errorf("the cursor %s is read as %v, %v", all[1].Cursor, back, err)
	}
	for _, bad := range []string{"", "7", "7.", "a.b", "-1.0", "1.99999999999"} {
		if _, err := flowlog.ParseCursor(bad); err == nil {
			t.Errorf("%q is read as a cursor", bad)
		}
	}
}

func TestErasureOfAChainTakesWhatIsPersonalOutOfItsEntries(t *testing.T) {
	s := begin(t, 0)
	first, next, other := viewtest.ContactID(1), viewtest.ContactID(2), viewtest.ContactID(3)
	typed := func(ev *event.FlowBlockLogged) {
		ev.Parameters, ev.Results, ev.ExternalResults = `{"Value":"`+secretDigits+`"}`, secretDigits, `{"card":"`+secretDigits+`"}`
	}
	later := logged(next, 20, "GetUserInput", typed)
	later.InitialContactID = first
	s.tell(10, logged(first, 10, "StoreUserInput", typed), later, logged(other, 10, "PlayPrompt", results("kept")))
	files := []string{s.tables, s.tables + "-wal"}
	if !viewtest.Holds(t, secretDigits, files...) {
		t.Fatal("before the erasure the tables should have the digits")
	}
	s.tell(100, &event.SubjectErased{Subject: first, Contacts: []tandem.ID{next}})
	if viewtest.Holds(t, secretDigits, files...) {
		t.Error("after the erasure the digits are still kept")
	}
	rows := s.list(flowlog.Filter{})
	if diff := cmp.Diff([]string{"StoreUserInput", "GetUserInput", "PlayPrompt"}, modules(t, rows)); diff != "" {
		t.Error(diff)
	}
	if line := string(rows[0].Line); !strings.Contains(line, `"Parameters":{}`) || strings.Contains(line, "Results") {
		t.Errorf("the erased entry is %s", line)
	}
	if !strings.Contains(string(rows[2].Line), "kept") {
		t.Error("an entry of another contact was erased")
	}
	erased, err := flowlog.Erasures(t.Context(), s.DB(), viewtest.InstanceID, 0)
	if err != nil || len(erased) != 2 {
		t.Errorf("the erasures are %v, %v", erased, err)
	}
}

func TestEntriesAreDroppedAfterTheirTime(t *testing.T) {
	s := begin(t, 48*time.Hour)
	const hour = 3_600_000
	s.tell(1000, logged(viewtest.ContactID(1), 1000, "Old"))
	s.tell(40*hour, logged(viewtest.ContactID(2), 40*hour, "Young"))
	s.tell(49*hour, logged(viewtest.ContactID(3), 49*hour, "New"))
	if diff := cmp.Diff([]string{"Young", "New"}, modules(t, s.list(flowlog.Filter{}))); diff != "" {
		t.Error(diff)
	}
}

func TestWhoWaitsIsToldOfEntries(t *testing.T) {
	s := begin(t, 0)
	select {
	case <-s.view.Told():
		t.Fatal("nothing was logged, and yet it is told")
	default:
	}
	s.tell(1, logged(viewtest.ContactID(1), 1, "A"))
	select {
	case <-s.view.Told():
	default:
		t.Error("an entry came, and it is not told")
	}
}

func ran(c tandem.ID, outcome string) *event.FlowBlockRan {
	return &event.FlowBlockRan{ContactID: c, ActionID: "a", Type: "Compare", Outcome: outcome, Side: event.CustomerSide}
}

// TestErrorsOfFlowsAreCounted: Amazon Connect Administrator Guide,
// ContactFlowErrors and ContactFlowFatalErrors.
func TestErrorsOfFlowsAreCounted(t *testing.T) {
	s := begin(t, 0)
	c := viewtest.ContactID(1)
	module := tandem.NameID("viewtest", "module")
	s.tell(1, &event.FlowSaved{FlowID: module, InstanceID: viewtest.InstanceID, Name: "Greeting", Type: string(flow.TypeModule), Published: true, Version: 1, Content: "{}"})
	s.TellAll(viewtest.Arrive(c, 10)...)
	s.tell(1000, &event.FlowEntered{ContactID: c, FlowID: viewtest.FlowID, Version: 1, Type: "CONTACT_FLOW", Side: event.CustomerSide},
		ran(c, "Success"), ran(c, "NoMatchingCondition"), ran(c, "InputTimeLimitExceeded"), ran(c, "NoMatchingError"))
	s.Restart(nil)
	s.tell(2000, ran(c, "CallFailed"))
	s.tell(3000, ran(c, "NoMatchingError"), &event.FlowEnded{ContactID: c, Outcome: "Fault", Side: event.CustomerSide})
	s.tell(4000, &event.FlowEntered{ContactID: c, FlowID: module, Version: 1, Side: event.CustomerSide}, ran(c, "NoMatchingError"),
		&event.FlowEnded{ContactID: c, Outcome: "Disconnect", Side: event.CustomerSide})
	got, err := flowlog.CountsOf(t.Context(), s.DB(), viewtest.InstanceID)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string][2]int64{}
	for _, c := range got {
		counts[c.Name] = [2]int64{c.Errors, c.Fatal}
	}
	if diff := cmp.Diff(map[string][2]int64{"Tasks": {3, 1}, "Greeting": {1, 0}}, counts); diff != "" {
		t.Error(diff)
	}
}
