package explain_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view/explain"
	"tandem/view/viewtest"
)

var otherProfileID = named("Other Routing Profile")

func named(name string) tandem.ID { return tandem.NameID("explain", name) }

// day is a real center that takes commands, with its journal.
type day struct {
	t       *testing.T
	center  *center.Machine
	now     tandem.Time
	records []*tandem.Record
	actor   tandem.Actor
}

// begin makes an instance with four agents who are offline; agent4 does not
// serve the queue.
func begin(t *testing.T) *day {
	d := &day{t: t, center: viewtest.Center(), now: viewtest.Start.Add(-600_000)}
	d.do(center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: viewtest.InstanceID, Alias: "example", Region: "eu-central-1", AccountID: "012345678901"},
		Flows:    []event.FlowSaved{{FlowID: viewtest.FlowID, Name: "Tasks", Type: "CONTACT_FLOW", Published: true, Content: viewtest.TaskFlow}},
		Defaults: center.Defaults{
			AvailableID: viewtest.AvailableID, OfflineID: viewtest.OfflineID, HoursID: named("hours"), QueueID: viewtest.QueueID,
			RoutingProfileID: viewtest.ProfileID, AdminID: named("admin"), AgentID: named("agent"), ManagerID: named("manager"),
			AnalystID: named("analyst"), TimeZone: "UTC"},
	})
	d.do(center.SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: viewtest.LunchID, Name: "Lunch", Type: event.Custom, Enabled: true}})
	d.do(center.SaveRoutingProfile{New: true, Profile: event.RoutingProfileSaved{ProfileID: otherProfileID, Name: "Other", DefaultOutboundQueueID: viewtest.QueueID,
		Concurrency: []event.ChannelConcurrency{{Channel: event.Task, Maximum: 1}}}})
	for i, profile := range []tandem.ID{viewtest.ProfileID, viewtest.ProfileID, viewtest.ProfileID, otherProfileID} {
		u := *viewtest.User(fmt.Sprintf("agent%d", i+1), 0)
		u.RoutingProfileID, u.SecurityProfileIDs = profile, []tandem.ID{named("agent")}
		u.DeskPhoneNumber = tandem.Personal(fmt.Sprintf("+1415555020%d", i))
		d.do(center.SaveUser{New: true, User: u})
	}
	return d
}

func (d *day) at(ms int64) *day {
	d.now = viewtest.Start.Add(ms)
	return d
}

func (d *day) by(username string) *day {
	d.actor = tandem.Actor{Kind: tandem.ActorUser, ID: viewtest.UserID(username)}
	return d
}

// do takes a command and keeps its record.
func (d *day) do(body any) any {
	d.t.Helper()
	cmd := tandem.Command{ID: named(fmt.Sprintf("command %d", len(d.records))), At: d.now, Actor: d.actor, Body: body}
	d.actor = tandem.Actor{}
	rec := &tandem.Record{Seq: tandem.Seq(len(d.records) + 1), CommandID: cmd.ID, At: cmd.At, Actor: cmd.Actor}
	answer, err := d.center.Decide(tandem.NewStep(rec.Seq, cmd, func(ev tandem.Event) {
		rec.Events = append(rec.Events, ev)
		d.center.Apply(rec.Seq, rec.At, ev)
	}), body)
	if err != nil {
		d.t.Fatalf("%T: %v", body, err)
	}
	d.records = append(d.records, rec)
	return answer
}

// say states facts of other machines.
func (d *day) say(events ...tandem.Event) {
	d.records = append(d.records, &tandem.Record{Seq: tandem.Seq(len(d.records) + 1), At: d.now, Events: events})
}

func (d *day) status(username string, status tandem.ID) {
	d.by(username).do(center.PutUserStatus{UserID: viewtest.UserID(username), StatusID: status})
}

func (d *day) task(name tandem.Personal) tandem.ID {
	return d.do(center.StartTask{FlowID: viewtest.FlowID, Name: name}).(tandem.ID)
}

func (d *day) journal(each func(*tandem.Record) error) error {
	for _, rec := range d.records {
		if err := each(rec); err != nil {
			return err
		}
	}
	return nil
}

// text is a story as people read it, with names for ids.
func (d *day) text(lines []explain.Line, names map[tandem.ID]string) string {
	d.t.Helper()
	var b strings.Builder
	if err := explain.Write(&b, lines); err != nil {
		d.t.Fatal(err)
	}
	out := b.String()
	for id, name := range names {
		out = strings.ReplaceAll(out, id.String(), name)
	}
	return out
}

func (d *day) wantStory(want string, lines []explain.Line, err error, names map[tandem.ID]string) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), d.text(lines, names)); diff != "" {
		d.t.Errorf("%s\nthe story is:\n%s", diff, d.text(lines, names))
	}
}

// busyDay has a task that agent1 declines and agent2 takes, while agent3 wraps
// up an earlier one.
func busyDay(t *testing.T) (d *day, task tandem.ID) {
	d = begin(t)
	d.at(0).status("agent3", viewtest.AvailableID)
	earlier := d.at(1000).task("An earlier task")
	d.at(2000).by("agent3").do(center.AcceptContact{UserID: viewtest.UserID("agent3"), ContactID: earlier})
	d.at(30_000).do(center.StopContact{ContactID: earlier})
	d.at(31_000).status("agent1", viewtest.AvailableID)
	d.at(32_000).status("agent2", viewtest.AvailableID)
	d.at(33_000).status("agent4", viewtest.AvailableID)
	task = d.at(40_000).task("The broken kettle")
	d.at(45_500).by("agent1").do(center.RejectContact{UserID: viewtest.UserID("agent1"), ContactID: task})
	d.at(47_250).by("agent2").do(center.AcceptContact{UserID: viewtest.UserID("agent2"), ContactID: task})
	d.at(50_000).by("agent2").do(center.PutUserStatus{UserID: viewtest.UserID("agent2"), StatusID: viewtest.LunchID})
	d.at(80_000).do(center.StopContact{ContactID: task})
	d.at(85_000).by("agent2").do(center.DismissUserContact{UserID: viewtest.UserID("agent2"), ContactID: task})
	return d, task
}

func TestContactStorySaysWhyThisAgentAndWhyNoOther(t *testing.T) {
	d, task := busyDay(t)
	lines, err := explain.Contact(viewtest.Center(), d.journal, task)
	d.wantStory(`
Monday, 2 March 2026 (UTC)
10:00:40.000  a TASK contact began (API)
10:00:40.000  connected to the system
10:00:40.000  entered the flow "Tasks" (CONTACT_FLOW), version 1
10:00:40.000  its target queue is now BasicQueue
10:00:40.000  ran the block queue (UpdateContactTargetQueue): Success, then enter
10:00:40.000  ran the block enter (TransferContactToQueue): Success
10:00:40.000  the flow ended: TransferToQueue
10:00:40.000  queued in BasicQueue with priority 5
10:00:40.000  offered to agent1, until 10:01:00.000 at most
                chosen: agent1 is available since 10:00:31.000, the longest of the 2 who could take it
                not agent2: another agent is available longer, available since 10:00:32.000
                not agent4: the routing profile does not serve this queue and channel, available since 10:00:33.000
                not agent3: the agent has as many contacts of this channel as the routing profile allows (status Available; in After Contact Work since 10:00:30.000)
10:00:45.500  agent1 declined; back in the queue with the same age
                done by agent1
10:00:45.500  offered to agent2, until 10:01:05.500 at most
                chosen: agent2 is available since 10:00:32.000, the only one who could take it
                not agent4: the routing profile does not serve this queue and channel, available since 10:00:33.000
                not agent1: the agent has missed or declined a contact and not cleared it yet (status Available; declined a contact since 10:00:45.500)
                not agent3: the agent has as many contacts of this channel as the routing profile allows (status Available; in After Contact Work since 10:00:30.000)
10:00:47.250  agent2 accepted
                done by agent2
10:00:47.250  connected with agent2 after 7.2 s in the queue
10:01:20.000  disconnected: it was ended through the API
10:01:20.000  agent2 is in After Contact Work, until 10:02:20.000 at most
10:01:25.000  agent2 no longer has the contact
                done by agent2
10:01:25.000  ended; its contact record is complete
`, lines, err, map[tandem.ID]string{task: "TASK"})
}

func TestAgentStoryTellsStatusAndContacts(t *testing.T) {
	d, task := busyDay(t)
	lines, err := explain.Agent(viewtest.Center(), d.journal, viewtest.UserID("agent2"))
	d.wantStory(`
Monday, 2 March 2026 (UTC)
09:50:00.000  the user was created
10:00:32.000  status is now Available (was Offline since 09:50:00.000)
                done by agent2
10:00:45.500  was offered contact TASK from BasicQueue, until 10:01:05.500 at most; available since 10:00:32.000
10:00:47.250  accepted contact TASK
                done by agent2
10:00:47.250  is connected with contact TASK
10:00:50.000  chose Lunch as the next status, to be taken when the present contacts are cleared
                done by agent2
10:01:20.000  is in After Contact Work for contact TASK, until 10:02:20.000 at most
10:01:25.000  no longer has contact TASK
                done by agent2
10:01:25.000  status is now Lunch (was Available since 10:00:32.000)
                it was chosen as the next status at 10:00:50.000
`, lines, err, map[tandem.ID]string{task: "TASK"})
}

// TestWaitingIsExplained holds that a contact nobody can take says what is in
// the way of everyone.
func TestWaitingIsExplained(t *testing.T) {
	d := begin(t)
	d.at(0).status("agent1", viewtest.LunchID)
	task := d.at(1000).task("A task in the quiet hours")
	lines, err := explain.Contact(viewtest.Center(), d.journal, task)
	if err != nil {
		t.Fatal(err)
	}
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last.What, "waits") || !strings.Contains(strings.Join(last.Why, "\n"), "not agent1: the agent's status is not Available (status Lunch)") {
		t.Errorf("the last line is %+v", last)
	}
}

// TestAgentStoryTellsOfOtherSystems holds that presence is part of the story.
func TestAgentStoryTellsOfOtherSystems(t *testing.T) {
	d := begin(t)
	id, system := viewtest.UserID("agent1"), named("zendesk")
	d.at(0).say(&event.SystemSaved{SystemID: system, System: event.ZendeskSystem, Name: "Zendesk", Enabled: true})
	d.say(&event.AgentLinked{UserID: id, SystemID: system, RemoteID: "4711"})
	d.at(1000).say(&event.StatusWriteRequested{UserID: id, SystemID: system, WriteID: named("write"), Remote: "away", Because: "intent", Attempt: 1})
	d.at(1500).say(&event.NoticeRaised{NoticeID: named("notice"), UserID: viewtest.UserID("agent2"), SystemID: system, Notice: "for another agent"})
	lines, err := explain.Agent(viewtest.Center(), d.journal, id)
	if err != nil {
		t.Fatal(err)
	}
	text := d.text(lines, nil)
	for _, want := range []string{"is agent 4711 in Zendesk", "Zendesk is to show away"} {
		if !strings.Contains(text, want) {
			t.Errorf("the story does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "another agent") {
		t.Errorf("the story tells of another agent:\n%s", text)
	}
}

// TestStoriesTellNothingOfTheCustomer holds that no customer's data gets into
// a story, whichever events there are.
func TestStoriesTellNothingOfTheCustomer(t *testing.T) {
	d := begin(t)
	c := viewtest.ContactID(1)
	moments := append([]viewtest.Moment{viewtest.LogIn("agent1", 0)}, viewtest.Answered(c, "agent1", 1000)...)
	for _, m := range moments {
		d.now = m.At
		d.say(m.Events...)
	}
	d.say(&event.RecordingFinished{ContactID: c, StartedAt: viewtest.Start, StoppedAt: viewtest.Start.Add(5000)})
	d.say(&event.SubjectErased{Subject: c, Contacts: []tandem.ID{c}})
	lines, err := explain.Contact(viewtest.Center(), d.journal, c)
	if err != nil {
		t.Fatal(err)
	}
	text := d.text(lines, nil)
	for _, personal := range []string{viewtest.CustomerNumber, viewtest.OrderNumber} {
		if strings.Contains(text, personal) {
			t.Errorf("the story tells %q", personal)
		}
	}
	for _, want := range []string{"connected with agent1 after 5.5 s in the queue", "the recording of 5.0 s is stored", "everything personal about the contact was erased"} {
		if !strings.Contains(text, want) {
			t.Errorf("the story does not say %q:\n%s", want, text)
		}
	}
}

func TestJSONHasTimeSeqAndReasons(t *testing.T) {
	d, task := busyDay(t)
	lines, err := explain.Contact(viewtest.Center(), d.journal, task)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"time":"2026-03-02T10:00:40.000Z","seq":%d,"what":"a TASK contact began (API)"}`, lines[0].Seq)
	if string(b) != want {
		t.Errorf("got %s\nwant %s", b, want)
	}
}

func TestAnUnknownIDIsRefusedWithAdvice(t *testing.T) {
	d := begin(t)
	var refusal *tandem.Error
	if _, err := explain.Contact(viewtest.Center(), d.journal, named("nothing")); !errors.As(err, &refusal) || refusal.Kind != tandem.NotFound {
		t.Errorf("an unknown contact gave %v", err)
	}
	if _, err := explain.Agent(viewtest.Center(), d.journal, named("nothing")); !errors.As(err, &refusal) || refusal.Kind != tandem.NotFound {
		t.Errorf("an unknown agent gave %v", err)
	}
}
