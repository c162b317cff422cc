package record_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/view/record"
	"tandem/view/viewtest"
)

const agent = "agent1"

func begin(t *testing.T) (*viewtest.Story, string) {
	path := filepath.Join(t.TempDir(), "views.db")
	s := viewtest.Begin(t, path, func() []engine.View { return []engine.View{record.New()} })
	s.TellAll(viewtest.Setup(agent), viewtest.LogIn(agent, 0))
	return s, path
}

func get(t *testing.T, s *viewtest.Story, id tandem.ID) record.Row {
	t.Helper()
	row, err := record.ByID(t.Context(), s.DB(), viewtest.InstanceID, id)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// times shows a record's timestamps and durations by their names, seconds only.
func times(r *record.Record) map[string]any {
	out := map[string]any{}
	put := func(name string, at *string) {
		if at != nil {
			out[name] = strings.TrimSuffix((*at)[11:], "Z")
		}
	}
	put("Initiation", r.InitiationTimestamp)
	put("ConnectedToSystem", r.ConnectedToSystemTimestamp)
	put("Disconnect", r.DisconnectTimestamp)
	if q := r.Queue; q != nil {
		put("Enqueue", q.EnqueueTimestamp)
		put("Dequeue", q.DequeueTimestamp)
		out["QueueDuration"] = *q.Duration
	}
	if a := r.Agent; a != nil {
		put("ConnectedToAgent", a.ConnectedToAgentTimestamp)
		put("AfterContactWorkStart", a.AfterContactWorkStart)
		put("AfterContactWorkEnd", a.AfterContactWorkEndTimestamp)
		out["Interaction"] = *a.AgentInteractionDuration
		if a.AfterContactWorkDuration != nil {
			out["AfterContactWork"] = *a.AfterContactWorkDuration
		}
	}
	if r.DisconnectReason != nil {
		out["Reason"] = *r.DisconnectReason
	}
	return out
}

// TestRecordHasTheTimesOfItsStory: Amazon Connect Administrator Guide, contact
// records data model: what each timestamp means, by initiation method.
func TestRecordHasTheTimesOfItsStory(t *testing.T) {
	c := viewtest.ContactID(1)
	for _, tc := range []struct {
		name  string
		story []viewtest.Moment
		want  map[string]any
	}{
		{"abandoned in the flow", append(viewtest.Arrive(c, 1000), viewtest.Abandon(c, 4700, event.CustomerDisconnect)),
			map[string]any{"Initiation": "10:00:01", "ConnectedToSystem": "10:00:01", "Disconnect": "10:00:04", "Reason": "CUSTOMER_DISCONNECT"}},
		{"abandoned in the queue", append(viewtest.Arrive(c, 0), viewtest.Enqueue(c, 5100), viewtest.Abandon(c, 35_900, event.CustomerDisconnect)),
			map[string]any{"Initiation": "10:00:00", "ConnectedToSystem": "10:00:00", "Enqueue": "10:00:05", "Dequeue": "10:00:35", "QueueDuration": int64(30),
				"Disconnect": "10:00:35", "Reason": "CUSTOMER_DISCONNECT"}},
		{"answered, the agent hung up", viewtest.Answered(c, agent, 0),
			map[string]any{"Initiation": "10:00:00", "ConnectedToSystem": "10:00:00", "Enqueue": "10:00:05", "Dequeue": "10:00:10", "QueueDuration": int64(5),
				"ConnectedToAgent": "10:00:10", "Interaction": int64(90), "Disconnect": "10:01:40",
				"AfterContactWorkStart": "10:01:40", "AfterContactWorkEnd": "10:02:10", "AfterContactWork": int64(29), "Reason": "AGENT_DISCONNECT"}},
		{"answered after the customer leg took its time",
			[]viewtest.Moment{viewtest.Arrive(c, 800)[0], viewtest.Arrive(c, 2900)[1], viewtest.Abandon(c, 9000, event.ContactFlowDisconnect)},
			map[string]any{"Initiation": "10:00:00", "ConnectedToSystem": "10:00:00", "Disconnect": "10:00:09", "Reason": "CONTACT_FLOW_DISCONNECT"}},
		{"task", viewtest.Task(c, agent, 0),
			map[string]any{"Initiation": "10:00:00", "ConnectedToSystem": "10:00:00", "Enqueue": "10:00:01", "Dequeue": "10:00:04", "QueueDuration": int64(3),
				"ConnectedToAgent": "10:00:04", "Interaction": int64(60), "Disconnect": "10:01:04",
				"AfterContactWorkStart": "10:01:04", "AfterContactWorkEnd": "10:01:10", "AfterContactWork": int64(6), "Reason": "AGENT_DISCONNECT"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, _ := begin(t)
			s.TellAll(tc.story...)
			row := get(t, s, c)
			if diff := cmp.Diff(tc.want, times(&row.Record)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRecordKeepsExactTimesInColumns holds that queries see milliseconds.
func TestRecordKeepsExactTimesInColumns(t *testing.T) {
	s, _ := begin(t)
	c := viewtest.ContactID(1)
	s.TellAll(viewtest.Answered(c, agent, 0)...)
	at := viewtest.Start.Add
	want := record.Times{
		Initiated: at(0), ConnectedToSystem: at(200), Enqueued: at(5000), Dequeued: at(10_500), ConnectedToAgent: at(10_500),
		Disconnected: at(100_900), AfterWorkStarted: at(100_900), AfterWorkEnded: at(130_000), Ended: at(130_000), RecordLastModified: at(130_000),
	}
	if diff := cmp.Diff(want, get(t, s, c).Times); diff != "" {
		t.Error(diff)
	}
}

// TestRecordFormIsThatOfContactRecords holds names and values of the JSON form,
// with null for what does not apply.
func TestRecordFormIsThatOfContactRecords(t *testing.T) {
	s, _ := begin(t)
	c := viewtest.ContactID(1)
	s.TellAll(viewtest.Answered(c, agent, 0)...)
	var out bytes.Buffer
	if err := record.Export(t.Context(), s.DB(), viewtest.InstanceID, &out, record.Filter{}); err != nil {
		t.Fatal(err)
	}
	arn := "arn:aws:connect:eu-central-1:012345678901:instance/" + viewtest.InstanceID.String()
	var got, want any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	err := json.Unmarshal([]byte(`{
		"AWSAccountId": "012345678901", "AWSContactTraceRecordFormatVersion": "2017-03-10",
		"Agent": {
			"ARN": "`+arn+`/agent/`+viewtest.UserID(agent).String()+`", "Username": "agent1",
			"AfterContactWorkDuration": 29, "AfterContactWorkStartTimestamp": "2026-03-02T10:01:40Z", "AfterContactWorkEndTimestamp": "2026-03-02T10:02:10Z",
			"AgentInteractionDuration": 90, "ConnectedToAgentTimestamp": "2026-03-02T10:00:10Z",
			"CustomerHoldDuration": 0, "LongestHoldDuration": 0, "NumberOfHolds": 0, "HierarchyGroups": null,
			"RoutingProfile": {"ARN": "`+arn+`/routing-profile/`+viewtest.ProfileID.String()+`", "Name": "Basic Routing Profile"}
		},
		"AgentConnectionAttempts": 1, "Attributes": {"Order": "order-77120"}, "Channel": "VOICE",
		"ConnectedToSystemTimestamp": "2026-03-02T10:00:00Z", "ContactDetails": null, "ContactId": "`+c.String()+`",
		"CustomerEndpoint": {"Address": "+15550104477", "Type": "TELEPHONE_NUMBER"},
		"DisconnectReason": "AGENT_DISCONNECT", "DisconnectTimestamp": "2026-03-02T10:01:40Z",
		"InitialContactId": null, "InitiationMethod": "INBOUND", "InitiationTimestamp": "2026-03-02T10:00:00Z",
		"InstanceARN": "`+arn+`", "LastUpdateTimestamp": "2026-03-02T10:02:10Z", "MediaStreams": [{"Type": "AUDIO"}],
		"NextContactId": null, "PreviousContactId": null,
		"Queue": {"ARN": "`+arn+`/queue/`+viewtest.QueueID.String()+`", "Name": "BasicQueue",
			"EnqueueTimestamp": "2026-03-02T10:00:05Z", "DequeueTimestamp": "2026-03-02T10:00:10Z", "Duration": 5},
		"Recording": null, "References": null, "RelatedContactId": null, "ScheduledTimestamp": null, "Tags": null, "SystemEndpoint": {"Address": "+15550100000", "Type": "TELEPHONE_NUMBER"},
		"TransferCompletedTimestamp": null, "TransferredToEndpoint": null
	}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRecordChangesAfterTheEndOnlyByLateFacts(t *testing.T) {
	s, _ := begin(t)
	first, second := viewtest.ContactID(1), viewtest.ContactID(2)
	s.TellAll(viewtest.Answered(first, agent, 0)...)
	at := viewtest.Start.Add
	s.Tell(at(140_000), &event.ContactAttributesSet{ContactID: first, InitialContactID: first, Attributes: tandem.PersonalMap{"Rating": "5"}})
	s.Tell(at(150_000), &event.RecordingFinished{ContactID: first, RecordingID: first.Derive(1), Location: "recordings/a/b.wav", StartedAt: at(10_500), StoppedAt: at(100_900)})
	s.Tell(at(160_000), &event.ContactInitiated{ContactID: second, InitialContactID: first, PreviousID: first, Channel: event.Task, Method: event.API, At: at(160_000), Name: "Follow up"})
	s.TellAll(viewtest.Abandon(second, 170_000, event.APIDisconnect))
	r := get(t, s, first).Record
	if diff := cmp.Diff(map[string]string{"Rating": "5"}, r.Attributes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&record.Recording{Location: "recordings/a/b.wav", Status: "AVAILABLE", Type: "AUDIO"}, r.Recording); diff != "" {
		t.Error(diff)
	}
	if r.NextContactID == nil || *r.NextContactID != second.String() || *r.LastUpdateTimestamp != "2026-03-02T10:02:40Z" {
		t.Errorf("next contact %v, updated %s", r.NextContactID, *r.LastUpdateTimestamp)
	}
	next := get(t, s, second).Record
	if *next.PreviousContactID != first.String() || *next.InitialContactID != first.String() || next.ContactDetails.Name != "Follow up" || next.MediaStreams != nil {
		t.Errorf("the next contact's record is %+v", next)
	}
}

func TestQueriesFilterAndPage(t *testing.T) {
	s, _ := begin(t)
	for i := range 5 {
		s.TellAll(viewtest.Answered(viewtest.ContactID(i), agent, int64(i)*200_000)...)
	}
	s.TellAll(viewtest.Task(viewtest.ContactID(9), agent, 2_000_000)...)
	ctx, db, shard, at := t.Context(), s.DB(), viewtest.InstanceID, viewtest.Start.Add
	for _, tc := range []struct {
		name   string
		filter record.Filter
		want   int64
	}{
		{"all", record.Filter{}, 6},
		{"from is inclusive, to is not", record.Filter{From: at(200_000), To: at(600_000)}, 2},
		{"channel", record.Filter{Channel: event.Task}, 1},
		{"queue", record.Filter{QueueID: viewtest.QueueID}, 6},
		{"another user", record.Filter{UserID: viewtest.UserID("agent2")}, 0},
	} {
		n, err := record.Count(ctx, db, shard, tc.filter)
		list, lerr := record.List(ctx, db, shard, tc.filter)
		if err != nil || lerr != nil || n != tc.want || int64(len(list)) != tc.want {
			t.Errorf("%s: counted %d, listed %d, want %d (%v, %v)", tc.name, n, len(list), tc.want, err, lerr)
		}
	}
	var seen []tandem.ID
	for f := (record.Filter{Limit: 4}); ; {
		page, err := record.List(ctx, db, shard, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			seen = append(seen, r.ContactID)
		}
		if len(page) < 4 {
			break
		}
		f.After = page[len(page)-1].Cursor()
	}
	if len(seen) != 6 || seen[0] != viewtest.ContactID(0) || seen[5] != viewtest.ContactID(9) {
		t.Errorf("pages gave %v", seen)
	}
	if _, err := record.ByID(ctx, db, shard, viewtest.ContactID(77)); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("a contact without a record gave %v", err)
	}
}

// TestErasureLeavesNoByte holds that the file of the tables and its
// write-ahead log hold nothing personal of an erased subject, even when the
// center has forgotten the contact and the event names no contacts.
func TestErasureLeavesNoByte(t *testing.T) {
	s, path := begin(t)
	files := []string{path, path + "-wal"}
	call, task := viewtest.ContactID(1), viewtest.ContactID(2)
	at := viewtest.Start.Add
	s.TellAll(viewtest.Answered(call, agent, 0)...)
	s.TellAll(viewtest.Task(task, agent, 200_000)...)
	s.Tell(at(290_000), &event.RecordingFinished{ContactID: call, RecordingID: call.Derive(1), Location: "recordings/a/b.wav"})
	s.TellAll(viewtest.LogOut(agent, 300_000))
	for _, text := range []string{viewtest.CustomerNumber, viewtest.OrderNumber, viewtest.TaskName, agent} {
		if !viewtest.Holds(t, text, files...) {
			t.Errorf("before the erasure the tables should hold %q", text)
		}
	}
	s.Tell(at(900_000), &event.ContactForgotten{ContactID: call}, &event.ContactForgotten{ContactID: task})
	s.Tell(at(910_000), &event.SubjectErased{Subject: call}, &event.SubjectErased{Subject: task})
	for _, text := range []string{viewtest.CustomerNumber, viewtest.OrderNumber, viewtest.TaskName} {
		if viewtest.Holds(t, text, files...) {
			t.Errorf("after the erasure the tables still hold %q", text)
		}
	}
	if r := get(t, s, call).Record; r.Recording.Status != "DELETED" || *r.Agent.Username != agent || r.Queue == nil {
		t.Errorf("the rest of the record should stay: %+v", r)
	}
	s.Tell(at(920_000), &event.UserDeleted{UserID: viewtest.UserID(agent)}, &event.SubjectErased{Subject: viewtest.UserID(agent)})
	if viewtest.Holds(t, agent, files...) {
		t.Error("after the user's erasure the tables still hold the name")
	}
	if n, err := record.Count(t.Context(), s.DB(), viewtest.InstanceID, record.Filter{}); err != nil || n != 2 {
		t.Errorf("%d records, %v; want 2", n, err)
	}
}

// TestRecordsAreExactlyOnceOverRestarts holds that a restart neither loses nor
// repeats a record.
func TestRecordsAreExactlyOnceOverRestarts(t *testing.T) {
	s, _ := begin(t)
	s.TellAll(viewtest.Answered(viewtest.ContactID(1), agent, 0)...)
	s.Restart(nil)
	s.TellAll(viewtest.Answered(viewtest.ContactID(2), agent, 200_000)...)
	if n, err := record.Count(t.Context(), s.DB(), viewtest.InstanceID, record.Filter{}); err != nil || n != 2 {
		t.Errorf("%d records, %v; want 2", n, err)
	}
}

// TestEveryEndedContactHasOneRecord holds it for a shift of random work, over
// restarts: the journal's ends and the records are the same contacts.
func TestEveryEndedContactHasOneRecord(t *testing.T) {
	for seed := range uint64(3) {
		s, _ := begin(t)
		s.Shift(seed, 150, agent)
		ended := map[tandem.ID]tandem.Time{}
		err := s.Records(func(rec *tandem.Record) error {
			for _, ev := range rec.Events {
				if e, ok := ev.(*event.ContactEnded); ok {
					ended[e.ContactID] = e.At
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := record.List(t.Context(), s.DB(), viewtest.InstanceID, record.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[tandem.ID]tandem.Time{}
		for _, row := range rows {
			got[row.ContactID] = row.Times.Ended
		}
		if diff := cmp.Diff(ended, got); diff != "" || len(rows) != len(ended) || len(rows) < 5 {
			t.Errorf("seed %d: %d records\n%s", seed, len(rows), diff)
		}
	}
}
