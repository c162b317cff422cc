package center

import (
	"fmt"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

func logging(id, behavior string) act {
	return act{id: id, kind: "UpdateFlowLoggingBehavior", params: `"FlowLoggingBehavior":"` + behavior + `"`}
}

// flowLog is the flow log of a contact.
func (w *world) flowLog(contact string) string {
	var lines []string
	for i := range w.records {
		for _, ev := range w.records[i].Events {
			if e, ok := ev.(*event.FlowBlockLogged); ok && e.ContactID == w.id(contact) {
				lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s [%s] %s", w.text(e.FlowID), e.ModuleType, e.Results, e.ExternalResults)))
			}
		}
	}
	return strings.Join(lines, "\n")
}

func logWorld(t *testing.T, acts ...act) *world {
	w := functionWorld(t, bye)
	w.settings(event.SettingsSaved{FlowLogs: true})
	w.saveFlow("asks", flow.TypeContactFlow, acts...)
	return w
}

func TestFlowLogTellsOfEachBlockThatIsDone(t *testing.T) {
	w := logWorld(t, say("before", "Not logged."), logging("on", "Enabled"), ask("ask", ""), ask("again", ""), bye)
	w.arrives("c1")
	w.heard("c1", event.CustomerSide)
	if got := w.flowLog("c1"); got != "asks SetLoggingBehavior []" {
		t.Errorf("before the function answers the log is\n%s", got)
	}
	w.answers(`{"a":"1"}`)
	f := w.invoked()
	w.must(FunctionReturned{ContactID: f.ContactID, InvocationID: f.InvocationID, Failure: "Status Code: 403; Error Code: AccessDeniedException"})
	want := "asks SetLoggingBehavior []\nasks InvokeExternalResource [] {\"a\":\"1\"}\n" +
		"asks InvokeExternalResource [Status Code: 403; Error Code: AccessDeniedException]\nasks Disconnect []"
	if got := w.flowLog("c1"); got != want {
		t.Errorf("the log is\n%s", got)
	}
}

func TestFlowLogHasTheValuesOfTheParametersBeforeTheBlock(t *testing.T) {
	w := logWorld(t, logging("on", "Enabled"), attr("set", "k", "$.CustomerEndpoint.Address"), bye)
	w.arrives("c1")
	for i := range w.records {
		for _, ev := range w.records[i].Events {
			if e, ok := ev.(*event.FlowBlockLogged); ok && e.ModuleType == "SetAttributes" {
				if e.Identifier != "set" || !strings.Contains(string(e.Parameters), customerNumber) || e.At != w.now || e.InitialContactID != e.ContactID {
					t.Errorf("the entry is %+v", e)
				}
				return
			}
		}
	}
	t.Error("the block was not logged")
}

func TestNothingIsLoggedUnlessFlowAndInstanceBothSaySo(t *testing.T) {
	for name, c := range map[string]struct {
		on    bool
		acts  []act
		lines int
	}{
		"instance off": {false, []act{logging("on", "Enabled"), bye}, 0},
		"flow off":     {true, []act{bye}, 0},
		"turned off":   {true, []act{logging("on", "Enabled"), logging("off", "Disabled"), attr("x", "k", "v"), bye}, 2},
	} {
		w := logWorld(t, c.acts...)
		w.settings(event.SettingsSaved{FlowLogs: c.on})
		w.arrives("c1")
		if got := w.flowLog("c1"); (got == "") != (c.lines == 0) || c.lines > 0 && len(strings.Split(got, "\n")) != c.lines {
			t.Errorf("%s: the log is\n%s", name, got)
		}
	}
}

func TestLoggingFollowsTheContactIntoModulesQueuesAndTransfers(t *testing.T) {
	w := inCall(t)
	w.settings(event.SettingsSaved{FlowLogs: true})
	w.saveFlow("inside", flow.TypeModule, attr("in", "k", "v"), back, bye)
	w.saveFlow("direct", flow.TypeContactFlow, logging("on", "Enabled"), module("call", "inside", nil), toQueue, enter, bye)
	w.status("agent1", "Offline")
	w.waitingCall("c2")
	w.joins("c2", "agent2")
	w.must(AddParty{UserID: w.id("agent2"), ContactID: w.id("c2"), QuickConnectID: w.id("to queue")})
	var second tandem.ID
	for _, id := range tandem.SortedIDs(w.m.state.Contacts) {
		if c := w.m.state.Contacts[id]; c.PreviousID == w.id("c2") {
			second = id
		}
	}
	w.name(second, "c3")
	if !w.c("c3").Logging || w.flowLog("c3") == "" {
		t.Errorf("the transfer's log is %q", w.flowLog("c3"))
	}
	log := w.flowLog("c2")
	for _, want := range []string{"inside SetAttributes", "direct SetQueue", "direct Transfer"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log\n%s", want, log)
		}
	}
}
