package explain_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/event"
	"tandem/view/explain"
	"tandem/view/notice"
	"tandem/view/viewtest"
	"tandem/voice"
)

var rewrite = flag.Bool("rewrite", false, "write the stories in testdata anew")

// calls is an instance with calls, and names for its contacts.
type calls struct {
	*viewtest.Calls
	t     *testing.T
	names map[tandem.ID]string
}

func beginCalls(t *testing.T, usernames ...string) *calls {
	s := viewtest.Begin(t, filepath.Join(t.TempDir(), "views.db"), func() []engine.View { return []engine.View{notice.New()} })
	s.TellAll(viewtest.Setup(usernames...))
	return &calls{Calls: s.Calls(usernames...), t: t, names: map[tandem.ID]string{}}
}

func (c *calls) at(ms int64) *calls {
	c.At(ms)
	return c
}

// name gives a contact a name for the stories.
func (c *calls) name(id tandem.ID, name string) tandem.ID {
	c.names[id] = name
	return id
}

// next is the contact in which another went on.
func (c *calls) next(id tandem.ID, name string) tandem.ID {
	c.t.Helper()
	return c.name(c.Contact(id).NextID, name)
}

// take lets an agent take a call by the desk phone, and hear the whisper.
func (c *calls) take(id tandem.ID) {
	c.t.Helper()
	c.Answer(id, event.AgentLeg)
	c.PlayDone(id, event.AgentSide)
}

// contact holds the story of a contact against the file.
func (c *calls) contact(id tandem.ID, file string) {
	c.t.Helper()
	lines, err := explain.Contact(viewtest.Center(), c.Records, id)
	c.golden(lines, err, file)
}

// agent holds the story of an agent against the file.
func (c *calls) agent(username, file string) {
	c.t.Helper()
	lines, err := explain.Agent(viewtest.Center(), c.Records, viewtest.UserID(username))
	c.golden(lines, err, file)
}

func (c *calls) golden(lines []explain.Line, err error, file string) {
	c.t.Helper()
	var b strings.Builder
	if err == nil {
		err = explain.Write(&b, lines)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	got := b.String()
	for id, name := range c.names {
		got = strings.ReplaceAll(got, id.String(), name)
	}
	for _, personal := range []string{viewtest.CustomerNumber, viewtest.CallMeNumber, viewtest.ThirdNumber, viewtest.CustomerNumber2, viewtest.TaskName} {
		if strings.Contains(got, personal) {
			c.t.Errorf("the story tells %q", personal)
		}
	}
	path := filepath.Join("testdata", file+".txt")
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			c.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		c.t.Errorf("%s: %s\nthe story is:\n%s", path, diff, got)
	}
}

func TestStoryOfHoldsAndATransferToAnAgent(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.LogIn("agent1")
	first := c.name(c.at(1000).Call(viewtest.QueueNumber), "FIRST")
	c.at(4000).take(first)
	customer, one := c.Leg(first, event.CustomerLeg), viewtest.UserID("agent1")
	c.at(10_000).Must(center.HoldLeg{UserID: one, ContactID: first, LegID: customer, Held: true})
	c.at(15_000).Must(center.HoldLeg{UserID: one, ContactID: first, LegID: customer})
	c.at(16_000).Must(center.MuteLeg{UserID: one, ContactID: first, LegID: c.Leg(first, event.AgentLeg), Muted: true})
	c.at(17_000).Must(center.MuteLeg{UserID: one, ContactID: first, LegID: c.Leg(first, event.AgentLeg)})
	c.at(20_000).LogIn("agent2")
	second := c.name(c.Begin(center.AddParty{UserID: one, ContactID: first, QuickConnectID: viewtest.ToAgentID("agent2")}), "SECOND")
	c.at(24_000).take(second)
	c.at(30_000).Must(center.JoinLegs{UserID: one, ContactID: first})
	c.at(40_000).Must(center.DropLeg{UserID: one, ContactID: first})
	c.at(60_000).HangUp(second, event.CustomerLeg, voice.CauseRemote)
	c.contact(first, "transfer-first")
	c.contact(second, "transfer-second")
	c.agent("agent1", "transfer-agent1")
}

func TestStoryOfSomebodyOutside(t *testing.T) {
	c := beginCalls(t, "agent1")
	c.LogIn("agent1")
	first := c.name(c.at(1000).Call(viewtest.QueueNumber), "FIRST")
	c.at(4000).take(first)
	add := center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: first, Number: viewtest.ThirdNumber}
	second := c.name(c.at(10_000).Begin(add), "SECOND")
	c.at(14_000).Answer(second, event.OutsideLeg)
	c.at(20_000).Must(center.SwapLegs{UserID: viewtest.UserID("agent1"), ContactID: first})
	c.at(30_000).Must(center.DropLeg{UserID: viewtest.UserID("agent1"), ContactID: first})
	c.at(50_000).HangUp(second, event.OutsideLeg, voice.CauseRemote)
	c.next(second, "REMAINING")
	c.contact(first, "outside-first")
	c.contact(second, "outside-second")
}

func TestStoryOfACallThatAFlowSendsOutside(t *testing.T) {
	c := beginCalls(t)
	call := c.name(c.at(1000).Call(viewtest.OutsideNumber), "CALL")
	c.at(5000).Answer(call, event.OutsideLeg)
	c.at(50_000).HangUp(call, event.OutsideLeg, voice.CauseRemote)
	c.contact(call, "flow-outside")
}

func TestStoryOfACallback(t *testing.T) {
	c := beginCalls(t, "agent1")
	call := c.name(c.at(1000).Call(viewtest.CallbackNumber), "CALL")
	attempt1 := c.next(call, "ATTEMPT1")
	c.at(3000).Tick()
	c.at(10_000).LogIn("agent1")
	c.at(12_000).Answer(attempt1, event.AgentLeg)
	c.at(20_000).HangUp(attempt1, event.CustomerLeg, voice.CauseNoAnswer)
	attempt2 := c.next(attempt1, "ATTEMPT2")
	c.at(21_000).Must(center.DismissUserContact{UserID: viewtest.UserID("agent1"), ContactID: attempt1})
	c.at(25_000).Tick()
	c.at(26_000).Answer(attempt2, event.AgentLeg)
	c.at(30_000).Answer(attempt2, event.CustomerLeg)
	c.at(60_000).HangUp(attempt2, event.CustomerLeg, voice.CauseRemote)
	c.contact(call, "callback-call")
	c.contact(attempt1, "callback-attempt1")
	c.contact(attempt2, "callback-attempt2")
	c.agent("agent1", "callback-agent1")
}

func TestStoryOfACallbackThatCallsTheCustomerFirst(t *testing.T) {
	c := beginCalls(t, "agent1")
	call := c.name(c.at(1000).Call(viewtest.CustomerFirstNumber), "CALL")
	attempt := c.next(call, "ATTEMPT")
	c.at(3000).Tick()
	c.at(10_000).LogIn("agent1")
	c.at(15_000).Answer(attempt, event.CustomerLeg)
	c.at(18_000).take(attempt)
	c.at(60_000).HangUp(attempt, event.AgentLeg, voice.CauseRemote)
	c.contact(attempt, "customer-first")
}

func TestStoryOfAnOutboundCall(t *testing.T) {
	c := beginCalls(t, "agent1")
	call := c.name(c.at(1000).Begin(center.StartOutboundCall{UserID: viewtest.UserID("agent1"), Number: viewtest.CustomerNumber2}), "CALL")
	c.at(2000).Answer(call, event.AgentLeg)
	c.at(6000).HangUp(call, event.CustomerLeg, voice.CauseBusy)
	c.contact(call, "outbound")
	c.agent("agent1", "outbound-agent1")
}

func TestStoryOfListening(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.LogIn("agent1")
	call := c.name(c.at(1000).Call(viewtest.QueueNumber), "CALL")
	c.at(4000).take(call)
	monitor := center.MonitorContact{UserID: viewtest.UserID("agent2"), ContactID: call}
	listening := c.name(c.at(10_000).Begin(monitor), "LISTENING")
	c.at(12_000).Answer(listening, event.MonitorLeg)
	c.at(15_000).Must(center.SetMonitorMode{UserID: viewtest.UserID("agent2"), ContactID: listening, Barged: true})
	c.at(20_000).HangUp(call, event.AgentLeg, voice.CauseRemote)
	remaining := c.next(call, "REMAINING")
	c.at(25_000).PlayDone(remaining, event.CustomerSide)
	c.contact(call, "monitor-call")
	c.contact(listening, "monitor-listening")
	c.contact(remaining, "monitor-remaining")
	c.agent("agent2", "monitor-agent2")
}

func TestStoryOfACallThatGoesFromQueueToQueue(t *testing.T) {
	c := beginCalls(t, "agent1")
	call := c.name(c.at(1000).Call(viewtest.MovingNumber), "CALL")
	c.at(5000).PlayDone(call, event.CustomerSide)
	moved := c.next(call, "MOVED")
	c.contact(call, "queue-call")
	c.contact(moved, "queue-moved")
}

func TestStoryOfPriorityAgeAndPlace(t *testing.T) {
	c := beginCalls(t)
	first := c.name(c.at(1000).Call(viewtest.QueueNumber), "FIRST")
	second := c.name(c.at(3000).Call(viewtest.QueueNumber), "SECOND")
	c.at(4000).Must(center.UpdateContactRouting{ContactID: second, Adjusts: true, AdjustmentSeconds: 1})
	c.at(5000).Must(center.UpdateContactRouting{ContactID: second, Priority: 1})
	c.at(6000).HangUp(first, event.CustomerLeg, voice.CauseRemote)
	c.contact(second, "priority")
}

func TestStoryOfAnOwnQueue(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.LogIn("agent1")
	start := event.ContactInitiated{ContactID: viewtest.ContactID(1), InitialContactID: viewtest.ContactID(1), Channel: event.Task, Method: event.API,
		At: viewtest.Start.Add(500), Name: viewtest.TaskName, StartFlowID: viewtest.FlowID}
	task := c.name(start.ContactID, "TASK")
	c.Tell(start.At, &start, &event.TargetQueueSet{ContactID: task, QueueID: viewtest.UserID("agent2")},
		&event.ContactQueued{ContactID: task, QueueID: viewtest.UserID("agent2"), Priority: 5, At: start.At})
	c.at(1000).LogIn("agent2")
	c.contact(task, "own-queue")
}

func TestStoryOfATransferToAnAgentWhoIsBusy(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.LogIn("agent1")
	call := c.name(c.at(1000).Call(viewtest.QueueNumber), "CALL")
	c.at(4000).take(call)
	c.Must(center.PutUserStatus{UserID: viewtest.UserID("agent2"), StatusID: viewtest.LunchID})
	add := center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: call, QuickConnectID: viewtest.ToAgentID("agent2")}
	c.contact(c.name(c.at(10_000).Begin(add), "TRANSFER"), "busy-agent")
}

func TestStoryOfAnAgentUnderSettings(t *testing.T) {
	c := beginCalls(t, "agent1")
	one := viewtest.UserID("agent1")
	c.at(100).Must(center.SaveSettings{Settings: event.SettingsSaved{HeartbeatGraceSeconds: 60, MissedBeforePause: 1, PauseStatusID: viewtest.LunchID,
		RequeueOnOffline: true, ResumeWithinMinutes: 5}})
	c.at(200).Must(center.SetAgentConnection{UserID: one, Connected: true, Softphone: true})
	c.at(1000).LogIn("agent1")
	c.at(2000).Must(center.SetAgentConnection{UserID: one})
	c.at(62_000).Tick()
	waiting := c.name(c.at(63_000).Begin(center.StartTask{FlowID: viewtest.FlowID, Name: viewtest.TaskName}), "TASK")
	c.contact(waiting, "settings-task")
	c.at(70_000).Must(center.SetAgentConnection{UserID: one, Connected: true})
	c.at(71_000).Must(center.AcceptContact{UserID: one, ContactID: waiting})
	c.at(72_000).Must(center.PauseContact{UserID: one, ContactID: waiting, Paused: true})
	c.at(75_000).Must(center.PauseContact{UserID: one, ContactID: waiting})
	c.at(80_000).Must(center.PutUserStatus{UserID: one, StatusID: viewtest.OfflineID})
	again := c.next(waiting, "AGAIN")
	c.contact(waiting, "settings-returned")
	c.at(90_000).LogIn("agent1")
	c.at(110_000).Tick()
	c.at(120_000).Must(center.DismissUserContact{UserID: one, ContactID: again})
	c.at(130_000).LogIn("agent1")
	c.at(131_000).Must(center.AcceptContact{UserID: one, ContactID: again})
	c.at(140_000).Must(center.DeleteQuickConnect{QuickConnectID: viewtest.ToAgentID("agent1")})
	c.Must(center.DeleteUser{UserID: one})
	c.at(150_000).Must(center.StopContact{ContactID: again})
	c.at(160_000).Must(center.DismissUserContact{UserID: one, ContactID: again})
	c.agent("agent1", "settings-agent1")
}

// TestEveryFactOfAContactIsTold holds, for shifts of random work, that each fact
// about a contact has words in its story.
func TestEveryFactOfAContactIsTold(t *testing.T) {
	kinds := map[string]bool{}
	for seed := range uint64(4) {
		names := []string{"agent1", "agent2", "agent3"}
		s := viewtest.Begin(t, filepath.Join(t.TempDir(), "views.db"), func() []engine.View { return []engine.View{notice.New()} })
		s.TellAll(viewtest.Setup(names...))
		s.Shift(seed, 250, names...)
		for id, facts := range factsOf(t, s, kinds) {
			lines, err := explain.Contact(viewtest.Center(), s.Records, id)
			if err != nil {
				t.Fatal(err)
			}
			told := map[tandem.Seq]int{}
			for _, l := range lines {
				told[l.Seq]++
			}
			for seq, names := range facts {
				if told[seq] < len(names) {
					t.Errorf("seed %d, record %d: %d facts about contact %s, %d lines: %v", seed, seq, len(names), id, told[seq], names)
				}
			}
		}
	}
	if len(kinds) < 30 {
		t.Errorf("the shifts had only %d kinds of facts: %v", len(kinds), slices.Sorted(maps.Keys(kinds)))
	}
}

// factsOf lists the events about each contact, by record, and notes their kinds.
func factsOf(t *testing.T, s *viewtest.Story, kinds map[string]bool) map[tandem.ID]map[tandem.Seq][]string {
	t.Helper()
	facts := map[tandem.ID]map[tandem.Seq][]string{}
	err := s.Records(func(rec *tandem.Record) error {
		for _, ev := range rec.Events {
			f := reflect.ValueOf(ev).Elem().FieldByName("ContactID")
			if !f.IsValid() {
				continue
			}
			id := f.Interface().(tandem.ID)
			if facts[id] == nil {
				facts[id] = map[tandem.Seq][]string{}
			}
			facts[id][rec.Seq] = append(facts[id][rec.Seq], ev.EventName())
			kinds[ev.EventName()] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return facts
}
