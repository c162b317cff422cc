package center

import (
	"fmt"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

func TestQueueFlowReadsPositionAndEstimatedWait(t *testing.T) {
	w := created(t)
	w.saveFlow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, loopOnce, say("then", "$.Queue.Position of $.Queue.Name: $.Queue.EstimatedWaitSeconds s"), end)
	heard := func(contact string) string { return string(w.c(contact).Play.Started.Prompts[0]) }
	w.waitingCall("c1")
	w.waitingCall("c2")
	w.wait(30 * time.Second)
	if got := heard("c2"); got != "2 of BasicQueue:  s" {
		t.Fatalf("nobody was served yet: %q", got)
	}
	w.available("agent1")
	w.lifts("c1") // waited for 30 seconds
	w.heard("c2", event.CustomerSide)
	w.wait(30 * time.Second)
	c := w.c("c2")
	wait := w.m.EstimatedWait(c, w.now)
	if got := heard("c2"); !wait.Known || wait.N <= 0 || got != fmt.Sprintf("1 of BasicQueue: %d s", (wait.N+999)/1000) {
		t.Fatalf("got %q, estimated %+v", got, wait)
	}
	if got, ok := (env{m: w.m, c: w.c("c1"), step: &tandem.Step{At: w.now}}).Value("Queue", "Position"); ok {
		t.Errorf("a contact that does not wait has the place %s", got)
	}
}

// measured lets a task read metrics, and gives what it read.
func (w *world) measured(params string) map[string]string {
	w.t.Helper()
	w.saveFlow("measure", flow.TypeContactFlow, act{id: "read", kind: "GetMetricData", params: params}, bye)
	_, events, err := w.step(StartTask{FlowID: w.id("measure"), Name: "t"})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, ev := range events {
		if ev, ok := ev.(*event.MetricsTaken); ok {
			return ev.Values
		}
	}
	w.t.Fatalf("nothing was read:\n%s", w.tell(events))
	return nil
}

func TestFlowReadsQueueMetricsAndNullWhereNothingHappened(t *testing.T) {
	w := created(t)
	queue := `"QueueId":"` + w.id("BasicQueue").String() + `"`
	w.addUser("agent1")
	got := w.measured(queue)
	for _, name := range []string{"Queue.Size", "Queue.OldestContactAge", "Agents.Available.Count"} {
		if v, ok := got[name]; ok && v != "" {
			t.Errorf("nothing goes on, but %s is %q", name, v)
		}
	}
	if got["Queue.Name"] != "BasicQueue" {
		t.Errorf("the queue is %q", got["Queue.Name"])
	}
	w.waitingCall("c1")
	w.task("t1")
	w.wait(7 * time.Second)
	if got = w.measured(queue); got["Queue.Size"] != "2" || got["Agents.Available.Count"] != "0" || got["Agents.Online.Count"] != "0" {
		t.Errorf("got %v", got)
	}
	if got = w.measured(queue + `,"QueueChannel":"Voice"`); got["Queue.Size"] != "1" {
		t.Errorf("of one channel: got %v", got)
	}
	w.status("agent1", "Available")
	w.lifts("c1")
	got = w.measured(queue)
	for name, want := range map[string]string{"Queue.Size": "1", "Agents.Online.Count": "1", "Agents.Staffed.Count": "1", "Agents.Available.Count": "0", "Agents.Busy.Count": "1"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %s, of %v", name, got[name], want, got)
		}
	}
}

func TestFlowReadsMetricsOfAnAgentsOwnQueue(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	ownQueue(w, "agent1")
	w.ownTask("t1")
	if got := w.measured(`"AgentId":"` + w.id("agent1").String() + `"`); got["Queue.Size"] != "1" {
		t.Errorf("got %v", got)
	}
}

func TestFlowBranchesByMetricsAndNullCountsAsNone(t *testing.T) {
	w := created(t)
	check := func(metric, condition string) string {
		w.t.Helper()
		w.saveFlow("check", flow.TypeContactFlow, toQueue, act{id: "check", kind: "CheckMetricData", params: `"MetricType":"` + metric + `"`,
			to: map[string]string{condition: "yes", "NoMatchingCondition": "no", "NoMatchingError": "failed"}},
			act{id: "yes", kind: "UpdateContactAttributes", params: `"Attributes":{"is":"yes"}`, to: map[string]string{"NoMatchingError": "bye"}}, bye,
			act{id: "no", kind: "UpdateContactAttributes", params: `"Attributes":{"is":"no"}`, to: map[string]string{"NoMatchingError": "bye"}}, bye2,
			act{id: "failed", kind: "UpdateContactAttributes", params: `"Attributes":{"is":"failed"}`, to: map[string]string{"NoMatchingError": "bye"}}, act{id: "bye3", kind: "DisconnectParticipant"})
		_, events, err := w.step(StartTask{FlowID: w.id("check"), Name: "t"})
		if err != nil {
			w.t.Fatal(err)
		}
		return w.born("t", events).Attributes["is"]
	}
	expect := func(metric, condition, want string) {
		t.Helper()
		if got := check(metric, condition); got != want {
			t.Errorf("%s %s: %s, want %s", metric, condition, got, want)
		}
	}
	expect("NumberOfContactsInQueue", "NumberLessThan 1", "yes")
	expect("OldestContactInQueueAgeSeconds", "NumberGreaterThan 0", "no")
	expect("NumberOfAgentsAvailable", "NumberGreaterThan 0", "no")
	w.waitingCall("c1")
	w.wait(3 * time.Second)
	expect("NumberOfContactsInQueue", "Equals 1", "yes")
	expect("OldestContactInQueueAgeSeconds", "NumberGreaterThan 2999", "yes")
	expect("OldestContactInQueueAgeSeconds", "NumberGreaterThan 3000", "no")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.available("agent1")
	for _, name := range []string{"NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline"} {
		expect(name, "NumberGreaterThan 0", "yes")
	}
	w.addStatus("Break")
	w.status("agent1", "Break")
	expect("NumberOfAgentsStaffed", "NumberGreaterThan 0", "no")
	expect("NumberOfAgentsOnline", "NumberGreaterThan 0", "yes")
}
