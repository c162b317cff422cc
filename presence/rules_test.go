package presence_test

import (
	"errors"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
)

// Salesforce's words for why a presence status is shown.
const (
	manual     = "OmniManualStatusChange"
	toolkit    = "OmniToolkitStatusChange"
	supervisor = "OmniSupervisorStatusChange"
	pushed     = "OmniPushTimeout"
)

// salesforceStatuses are presence statuses: ids, labels and developer names.
var salesforceStatuses = []event.RemoteStatus{
	{Remote: "offline", Name: "Offline", APIName: "Offline"},
	{Remote: "0N5000000000001", Name: "Available", APIName: "Available"},
	{Remote: "0N5000000000002", Name: "Lunch", APIName: "Lunch_Break"},
	{Remote: "0N5000000000003", Name: "On a call", APIName: "Busy_Call", Focusing: true},
}

var salesforceIDs = map[string]string{"Offline": "offline", "Available": "0N5000000000001", "Lunch": "0N5000000000002", "On a call": "0N5000000000003", "": ""}

func salesforce(name string) event.SystemSaved {
	return event.SystemSaved{SystemID: id(name), System: event.SalesforceSystem, Name: name, Enabled: true, URL: "https://" + name + ".example"}
}

// ruled is a host whose agent is Available in the center, in Salesforce, and in
// other systems, with rules.
func ruled(t *testing.T, rules []event.PresenceRule, others ...event.SystemSaved) *host {
	t.Helper()
	h := newHost(t)
	h.begin()
	h.choose("Available")
	sf := salesforce("sf")
	h.must(tandem.ActorUser, presence.SaveSystem{System: sf, New: true})
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: sf.SystemID, Statuses: salesforceStatuses})
	h.must(tandem.ActorUser, presence.LinkAgent{UserID: agent1, SystemID: sf.SystemID, RemoteID: "10011"})
	h.omni("Available", manual)
	for _, sys := range others {
		h.connect(sys)
		h.see(sys.Name, "3", 10, switcher)
	}
	h.save(rules)
	h.sleep(120_000)
	h.effects = nil
	return h
}

func (h *host) save(rules []event.PresenceRule) {
	h.t.Helper()
	h.must(tandem.ActorUser, presence.SaveRules{SystemID: id("sf"), Enabled: true, Rules: rules})
}

// omni delivers an event of the Omni-Channel toolkit.
func (h *host) omni(status, reason string) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("sf"), RemoteID: "10011", Remote: salesforceIDs[status], Reason: reason, At: h.now})
	h.now++
}

// told is the status that Salesforce is being told to show; the write is made.
func (h *host) told() string {
	h.t.Helper()
	w := h.leg("sf").Write
	if w == nil {
		return ""
	}
	h.omniWrites(w)
	return h.presence.Name(id("sf"), w.Remote)
}

func (h *host) omniWrites(w *event.StatusWriteRequested) {
	h.now++
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("sf"), RemoteID: "10011", Remote: w.Remote, Reason: toolkit, At: h.now})
	h.finish("sf", event.WriteDone, 0)
}

func is(o event.Operand, static string) event.RuleCriterion {
	return event.RuleCriterion{OperandA: o, Comparator: event.EqualTo, OperandB: event.StaticValue, ValueB: static}
}

func onConnect(state, to string) event.PresenceRule {
	return event.PresenceRule{Name: "connect " + state, Active: true, Source: event.ConnectAgentStateChange, Destination: event.SalesforceAgentState, State: to,
		Criteria: []event.RuleCriterion{is(event.ConnectAgentNewState, state)}}
}

func onOmni(state, to string) event.PresenceRule {
	return event.PresenceRule{Name: "omni " + state, Active: true, Source: event.SalesforceAgentStateChange, Destination: event.ConnectAgentState, State: to,
		Criteria: []event.RuleCriterion{is(event.SalesforceAgentNewState, state)}}
}

func onLogout(to string) event.PresenceRule {
	r := onOmni("Offline", to)
	r.Source = event.SalesforceAgentLogout
	return r
}

func onLoad(c event.Comparator, percent, to string) event.PresenceRule {
	return event.PresenceRule{Name: "load " + percent, Active: true, Source: event.SalesforceWorkloadChanged, Destination: event.ConnectAgentState, State: to,
		Criteria: []event.RuleCriterion{{OperandA: event.SalesforceNewWorkloadPct, Comparator: c, OperandB: event.StaticValue, ValueB: percent}}}
}

// SF-1 and SF-3: without rules, or with rules that are not switched on, nothing
// is evaluated and nothing is written.
func TestSF1RulesAreOffByDefault(t *testing.T) {
	h := ruled(t, nil)
	h.choose("Lunch")
	h.want("without rules", h.told(), "")
	h.must(tandem.ActorUser, presence.SaveRules{SystemID: id("sf"), Rules: []event.PresenceRule{onConnect("Break", "Lunch_Break"), onOmni("Lunch", "Lunch")}})
	h.choose("Break")
	h.omni("Lunch", manual)
	h.want("switched off", h.told()+" "+h.shown(), " Break")
	if n := count[*event.RuleFired](h) + count[*event.ConnectStateSeen](h); n != 0 {
		t.Errorf("%d decisions of rules", n)
	}
}

// SF-3: with rules on and none in the list nothing is written either.
func TestSF3EmptyListOfRulesWritesNothing(t *testing.T) {
	h := ruled(t, []event.PresenceRule{})
	h.choose("Lunch")
	h.omni("Lunch", manual)
	h.want("written", h.told()+" "+h.shown(), " Lunch")
}

// SF-5: a status that the agent was not granted is refused once, told, and not
// tried again until something changes.
func TestSF5UngrantedStatusIsToldAndNotRetried(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break")})
	h.choose("Lunch")
	h.finish("sf", event.WriteRefused, 0)
	h.sleep(600_000)
	h.want("again", h.told(), "")
	h.want("health", h.leg("sf").Health.String(), "degraded")
	h.want("notices", strings.Join(h.notices(), ","), "status_sync_trouble the system's answer")
}

// SF-6: an edit takes effect for the next event, and fires nothing by itself.
func TestSF6LiveEditNeverFiresPastEvents(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break")})
	h.choose("Lunch")
	h.want("before", h.told(), "Lunch")
	h.sleep(10_000)
	h.save([]event.PresenceRule{onConnect("Lunch", "Busy_Call"), onOmni("Lunch", "Break")})
	h.sleep(60_000)
	h.restart()
	h.want("after the edit", h.told()+" "+h.shown(), " Lunch")
	h.choose("Available")
	h.choose("Lunch")
	h.want("next event", h.told(), "On a call")
}

// SF-7: a change of the state in Connect fires rules, made by hand or by work.
func TestSF7ConnectStateChangesByHandAndByWork(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("PendingBusy", "Busy_Call"), onConnect("Busy", "Lunch_Break"), onConnect("AfterCallWork", "Busy_Call"),
		onConnect("Available", "Available"), onConnect("MissedCallAgent", "Lunch_Break")})
	h.ring("call")
	h.want("ringing", h.told(), "On a call")
	h.must(tandem.ActorVoice, emitAll{[]tandem.Event{&event.AgentConnected{UserID: agent1, ContactID: id("call")}}})
	h.want("connected", h.told(), "Lunch")
	h.must(tandem.ActorVoice, emitAll{[]tandem.Event{&event.AfterContactWorkStarted{UserID: agent1, ContactID: id("call")}}})
	h.want("wrap-up", h.told(), "On a call")
	h.clear("call")
	h.want("cleared", h.told(), "Available")
	h.ring("second")
	h.want("ringing", h.told(), "On a call")
	h.must(tandem.ActorVoice, emitAll{[]tandem.Event{&event.OfferEnded{UserID: agent1, ContactID: id("second"), Outcome: event.OfferMissed}}})
	h.want("missed", h.told(), "Lunch")
}

// SF-8: a change to Offline is no log-out. SF-9: a log-out fires its own rules.
func TestSF8OfflineStatusIsNoLogout(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onLogout("Lunch"), onOmni("Offline", "Break")})
	h.omni("Offline", manual)
	h.want("offline", h.shown(), "Break")
	h.omni("Offline", presence.ReasonLogout)
	h.want("log-out", h.shown(), "Lunch")
}

// SF-10: a log-out of Omni-Channel by itself changes nothing in Connect, and
// neither do a second log-in or maintenance, even with a rule.
func TestSF10LogoutAloneChangesNothingInConnect(t *testing.T) {
	h := ruled(t, nil)
	h.omni("Offline", presence.ReasonLogout)
	h.sleep(120_000)
	h.want("center", h.shown(), "Available")
	for _, reason := range []string{"DuplicateLogin", "DuplicateLoginInSameBrowser", "MaintenanceLogout", presence.ReasonSession} {
		h := ruled(t, []event.PresenceRule{onLogout("Offline"), onOmni("Offline", "Offline")})
		h.omni("Offline", reason)
		h.sleep(120_000)
		h.want(reason, h.shown(), "Available")
	}
}

// SF-11: accepted work fires rules by its service channel, once.
func TestSF11AcceptedWorkFiresOnce(t *testing.T) {
	r := event.PresenceRule{Name: "chat", Active: true, Source: event.SalesforceWorkAccepted, Destination: event.ConnectAgentState, State: "Break",
		Criteria: []event.RuleCriterion{is(event.SalesforceServiceChannel, "Chat")}}
	h := ruled(t, []event.PresenceRule{r})
	accept := presence.ObserveWorkAccepted{SystemID: id("sf"), RemoteID: "10011", WorkID: "0Bz1", Channel: "Case"}
	h.must(tandem.ActorConnector, accept)
	h.want("another channel", h.shown(), "Available")
	accept.WorkID, accept.Channel = "0Bz2", ""
	h.must(tandem.ActorConnector, accept) // SF-17
	h.want("channel not found", h.shown(), "Available")
	accept.WorkID, accept.Channel = "0Bz3", "Chat"
	h.must(tandem.ActorConnector, accept)
	h.want("chat", h.shown(), "Break")
	h.choose("Available")
	h.must(tandem.ActorConnector, accept)
	h.want("the same again", h.shown(), "Available")
}

// SF-12: going offline is a log-out and a change of the workload; in either
// order the end is the same.
func TestSF12GoingOfflineHasOneEndInEitherOrder(t *testing.T) {
	for _, rules := range [][]event.PresenceRule{
		{onLogout("Offline"), onLoad(event.EqualTo, "0", "Available")},
		{onLoad(event.EqualTo, "0", "Break"), onLogout("Lunch")},
		{onLoad(event.EqualTo, "0", "Break")},
	} {
		var ends []string
		for _, logoutFirst := range []bool{true, false} {
			h := ruled(t, rules)
			h.load("sf", 2, 4)
			h.sleep(10_000)
			if logoutFirst {
				h.omni("Offline", presence.ReasonLogout)
			}
			h.load("sf", 0, 4)
			if !logoutFirst {
				h.omni("Offline", presence.ReasonLogout)
			}
			ends = append(ends, h.shown())
		}
		if ends[0] != ends[1] || ends[0] == "Available" {
			t.Errorf("%v: ends are %v", rules, ends)
		}
	}
}

// SF-12: a change of workload or capacity fires rules, with the workload before.
func TestSF12WorkloadAndCapacityFireRules(t *testing.T) {
	down := onLoad(event.LessThan, "50", "Available")
	down.Criteria = append(down.Criteria, event.RuleCriterion{OperandA: event.SalesforcePreviousWorkload, Comparator: event.GreaterThan, OperandB: event.SalesforceNewWorkload})
	h := ruled(t, []event.PresenceRule{onLoad(event.GreaterThanOrEqualTo, "50", "Break"), down})
	h.load("sf", 1, 4)
	h.want("little", h.shown(), "Available")
	h.sleep(1)
	h.load("sf", 2, 4)
	h.want("half", h.shown(), "Break")
	h.sleep(1)
	h.load("sf", 1, 4)
	h.want("less", h.shown(), "Available")
	h.sleep(1)
	h.load("sf", 1, 2)
	h.want("less capacity", h.shown(), "Break")
}

// SF-21: a rule sets the state of Salesforce, or of Connect: of Amazon Connect
// itself where the agent is linked to it, else of the center. Its system states
// fire rules too (SF-7).
func TestSF21RuleSetsSalesforceOrConnect(t *testing.T) {
	both := onOmni("Lunch", "Busy_Call")
	both.Destination = event.SalesforceAgentState
	rules := []event.PresenceRule{both, onOmni("Lunch", "Break"), onConnect("Busy", "Lunch_Break")}
	h := ruled(t, rules)
	h.omni("Lunch", manual)
	h.want("both", h.told()+" "+h.shown(), "On a call Break")

	h = ruled(t, rules)
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[1]}})
	ac := connectRemote("ac")
	h.must(tandem.ActorUser, presence.SaveSystem{System: ac.sys, New: true})
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: ac.sys.SystemID, Statuses: ac.statuses})
	h.must(tandem.ActorUser, presence.LinkAgent{UserID: agent1, SystemID: ac.sys.SystemID, RemoteID: "10011"})
	h.must(tandem.ActorConnector, presence.Observe{SystemID: ac.sys.SystemID, RemoteID: "10011", Remote: "Available", At: h.now})
	h.must(tandem.ActorConnector, presence.ObserveWork{SystemID: ac.sys.SystemID, RemoteID: "10011", State: "Busy", OnContact: true})
	h.want("busy in Amazon Connect", h.told(), "Lunch")
	h.omni("On a call", manual)
	h.omni("Lunch", manual)
	h.want("to Amazon Connect", h.writing("ac"), "Break")
	h.want("not to the center", h.shown(), "Available")
}

// SF-24 of a rule that was saved before: what Connect sets by itself is refused
// when it acts, and told. SF-25: what does not exist is not written, and the other rules go on.
func TestSF25UnknownTargetIsToldAndOtherRulesGoOn(t *testing.T) {
	gone := onOmni("Lunch", "Holiday")
	both := onOmni("Lunch", "Lunch_Break")
	both.Destination = event.SalesforceAgentState
	both.State = "Busy_Call"
	h := ruled(t, []event.PresenceRule{gone, both})
	h.omni("Lunch", manual)
	h.want("center", h.shown(), "Available")
	h.want("salesforce", h.told(), "On a call")
	lines := h.story()
	for _, want := range []string{`the rule "omni Lunch" (Salesforce Agent State Change) cannot act: there is no agent status "Holiday" in Connect that can be set; change the rule`,
		`by the rule "omni Lunch" (Salesforce Agent State Change) sf is to show On a call`} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not told:\n%s", want, lines)
		}
	}
	system := onOmni("On a call", "Busy")
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&event.PresenceRulesSaved{SystemID: id("sf"), Enabled: true, Rules: []event.PresenceRule{system}}}})
	h.omni("On a call", manual)
	h.want("system state", h.shown(), "Available")
}

// SF-22: Salesforce's state is named by its DeveloperName: a label sets nothing.
func TestSF22DestinationIsTheDeveloperName(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch"), onConnect("Break", "Lunch_Break")})
	h.choose("Lunch")
	h.want("label", h.told(), "")
	h.choose("Break")
	h.want("developer name", h.told(), "Lunch")
}

// SF-26: setting what is shown already writes nothing.
func TestSF26SettingWhatIsShownWritesNothing(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Available"), onOmni("Lunch", "Lunch")})
	h.choose("Lunch")
	h.want("salesforce", h.told(), "")
	writes := count[*event.StatusWriteRequested](h)
	h.omni("Lunch", manual)
	h.want("center", h.shown(), "Lunch")
	if n := count[*event.StatusWriteRequested](h); n != writes {
		t.Errorf("%d writes too many", n-writes)
	}
}

// SF-29: of events that come close together none is dropped: the end is what the
// last one asks for.
func TestSF29CloseEventsEndAsTheLastOneAsks(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break"), onConnect("Break", "Busy_Call"), onConnect("Available", "Available")})
	for _, status := range []string{"Lunch", "Break", "Lunch"} {
		h.choose(status)
		h.sleep(30)
	}
	h.want("first", h.told(), "Lunch")
	h.want("nothing more", h.told(), "")
	h.choose("Available")
	h.choose("Break")
	h.want("coalesced", h.told()+" "+h.told(), "Available On a call")
}

// SF-30: a change that a rule made does not bounce back: a pair of rules settles
// after one write.
func TestSF30RuleMadeChangeDoesNotBounce(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break"), onOmni("Lunch", "Lunch"), onConnect("Available", "Available"), onOmni("Available", "Available"),
		onOmni("Busy_Call", "Break"), onConnect("Break", "Lunch_Break")})
	h.choose("Lunch")
	h.want("write", h.told(), "Lunch")
	h.sleep(60_000)
	h.want("settled", h.told()+" "+h.shown(), " Lunch")
	h.omni("On a call", manual)
	h.want("to the center", h.shown(), "Break")
	h.want("not back", h.told(), "")
	h.omni("Available", supervisor)
	h.want("center", h.shown(), "Available")
	if n := count[*event.StatusWriteRequested](h); n != 3 {
		t.Errorf("%d writes, want 3", n)
	}
}

// SF-30: a poll without a reason that finds our own write is no event.
func TestSF30EchoWithoutReasonFiresNothing(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break"), onOmni("Lunch", "Break")})
	h.choose("Lunch")
	h.finish("sf", event.WriteDone, 0)
	h.now++
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("sf"), RemoteID: "10011", Remote: salesforceIDs["Lunch"], At: h.now, LookedAt: h.now})
	h.want("center", h.shown(), "Lunch")
}

// SYNC-24: a rule for work, or for the system's own doing, acts on its
// destination only; it holds until the next wish, or until something else is
// chosen there.
func TestSYNC24RuleActsOnItsDestinationOnly(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onLoad(event.GreaterThanOrEqualTo, "50", "Break"), onLoad(event.LessThan, "50", "Available"), onConnect("Lunch", "Lunch_Break")}, lastWins("zd"))
	version := h.agent().Intent.Version
	h.load("sf", 4, 4)
	h.want("center", h.shown(), "Break")
	h.want("third system", h.writing("zd"), "")
	h.sleep(120_000)
	h.want("later", h.shown()+h.writing("zd"), "Break")
	if h.agent().Intent.Version != version {
		t.Error("the rule made a wish")
	}
	h.see("zd", "51", 11, switcher)
	h.want("a person's wish elsewhere", h.shown(), "Lunch")
	h.want("fires the rules for Connect", h.told(), "Lunch")
	h.omni("On a call", manual)
	h.sleep(120_000)
	h.want("another choice there stays", h.told(), "")
	h.sleep(1)
	h.load("sf", 1, 4)
	h.want("next hit", h.shown(), "Available")
	h.want("third system", h.writing("zd"), "")
}

// SYNC-24: only a rule that says so makes a person's own change the wish for all
// systems.
func TestSYNC24PersonsChangeCountsEverywhereOnlyIfTheRuleSaysSo(t *testing.T) {
	for _, wish := range []bool{false, true} {
		for _, reason := range []string{manual, pushed} {
			r := onOmni("Lunch", "Lunch")
			r.Wish = wish
			h := ruled(t, []event.PresenceRule{r}, lastWins("zd"))
			h.omni("Lunch", reason)
			h.want("center", h.shown(), "Lunch")
			h.want("third system", h.writing("zd"), map[bool]string{true: "51"}[wish && reason == manual])
		}
	}
}

// A rule's state and the focus status: focus covers it, and it comes back.
func TestRuleIsBeneathTheFocusStatus(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Busy", "Lunch_Break")})
	sf := salesforce("sf")
	sf.FocusMode, sf.Focus = true, salesforceIDs["On a call"]
	h.must(tandem.ActorUser, presence.SaveSystem{System: sf})
	h.must(tandem.ActorVoice, emitAll{[]tandem.Event{&event.AgentConnected{UserID: agent1, ContactID: id("call")}}})
	h.want("covered", h.told(), "On a call")
	h.clear("call")
	h.want("beneath", h.told(), "Lunch")
}

func TestSaveRulesRefusesWhatCannotBeCarriedOut(t *testing.T) {
	h := ruled(t, nil)
	for field, c := range map[string]presence.SaveRules{
		"Rules[1].State":             {SystemID: id("sf"), Rules: []event.PresenceRule{onOmni("Lunch", "Lunch"), onOmni("Lunch", "Busy")}},
		"SystemId":                   {SystemID: id("nothing")},
		"SessionEnd.StatusID":        {SystemID: id("sf"), SessionEnd: event.SessionEndPolicy{Enabled: true, StatusID: id("nothing")}},
		"SessionEnd.InitialStatusID": {SystemID: id("sf"), SessionEnd: event.SessionEndPolicy{Enabled: true, InitialStatusID: id("nothing")}},
		"SessionEnd.DelayMillis":     {SystemID: id("sf"), SessionEnd: event.SessionEndPolicy{Enabled: true, DelayMillis: -1}},
	} {
		var refusal *tandem.Error
		if err := h.try(tandem.ActorUser, c); !errors.As(err, &refusal) || refusal.Field != field {
			t.Errorf("got %v, want a refusal of %s", err, field)
		}
	}
	h.save([]event.PresenceRule{onOmni("Lunch", "Lunch")})
	if saved := h.presence.State().Systems[id("sf")].Rules.Rules; saved[0].RuleID.IsZero() {
		t.Error("the rule has no id")
	}
	if f := rule.Lint([]event.PresenceRule{onConnect("Lunch", "Lunch")}, h.presence.Known(id("sf"))); len(f) != 1 {
		t.Errorf("findings: %v", f)
	}
}

// story is what the journal tells of the agent.
func (h *host) story() string {
	var lines []string
	for _, rec := range h.journal {
		lines = append(lines, presence.Explain(&rec, agent1, h.presence.Name)...)
	}
	return strings.Join(lines, "\n")
}
