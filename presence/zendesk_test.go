package presence_test

import (
	"errors"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// The tests of this file prove the behaviours of the Zendesk connector's focus
// mode (ZD-K) and status sync (ZD-L).

func master(name string) event.SystemSaved { return system(name, event.Master, false) }
func focus(name string) event.SystemSaved  { return system(name, event.Master, true) }

func focusOnly(name string) event.SystemSaved {
	sys := focus(name)
	sys.StatusSync = false
	return sys
}

// onContact is a host whose agent works on a contact and is shown in focus.
func onContact(t *testing.T, sys event.SystemSaved) *host {
	h := linked(newHost(t), sys)
	h.ring("call")
	h.want("focus", h.writing(sys.Name), "50")
	h.finish(sys.Name, event.WriteDone, 11)
	h.sleep(60_000)
	return h
}

func TestZDK2FocusStatusMustBeEligible(t *testing.T) {
	h := newHost(t)
	h.begin()
	sys := focus("zd")
	sys.FocusMode = false
	h.must(tandem.ActorUser, presence.SaveSystem{System: sys, New: true})
	h.refuses(focus("zd"), "Focus") // ZD-K3: nothing is listed yet
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("zd"), Statuses: remoteStatuses})
	for _, remote := range []string{"", "3", "53", "99"} {
		sys := focus("zd")
		sys.Focus = remote
		h.refuses(sys, "Focus")
	}
	h.must(tandem.ActorUser, presence.SaveSystem{System: focus("zd")})
}

// refuses expects that a system cannot be saved, and which field is to blame.
func (h *host) refuses(sys event.SystemSaved, field string) {
	h.t.Helper()
	var refusal *tandem.Error
	err := h.try(tandem.ActorUser, presence.SaveSystem{System: sys, New: h.presence.State().Systems[sys.SystemID] == nil})
	if !errors.As(err, &refusal) || refusal.Field != field {
		h.t.Errorf("got %v, want a refusal of %s", err, field)
	}
}

// ZD-K3: switching focus mode on shows the agents who are on a contact in
// focus at once.
func TestZDK3FocusTakesEffectImmediately(t *testing.T) {
	h := linked(newHost(t), master("zd"))
	h.ring("call")
	h.want("off", h.writing("zd"), "")
	h.must(tandem.ActorUser, presence.SaveSystem{System: focus("zd")})
	h.want("on", h.writing("zd"), "50")
}

// ZD-K4 to K6, K11, K15, K19: focus from the first contact that rings until
// the last one is cleared, however a contact ended.
func TestZDK4FocusFromTheFirstRingUntilTheLastIsCleared(t *testing.T) {
	h := onContact(t, focusOnly("zd"))
	h.ring("chat")
	h.clear("call")
	h.sleep(60_000)
	h.want("one is left", h.writing("zd"), "")
	h.clear("chat") // missed, rejected, withdrawn and wrapped up contacts leave alike
	h.want("restored", h.writing("zd"), "3")
	h.finish("zd", event.WriteDone, 12)
	h.want("nothing is kept", h.leg("zd").Kept, "")
	h.want("center is not touched (ZD-L16)", h.shown(), "Available")
}

func TestZDK7LinkedDuringAContactEntersFocus(t *testing.T) {
	h := newHost(t)
	h.begin()
	h.ring("call")
	h.connect(focus("zd"))
	h.want("not seen yet", h.writing("zd"), "")
	h.look("zd", "53", 10, switcher)
	h.want("focus", h.writing("zd"), "50")
	h.finish("zd", event.WriteDone, 11)
	h.clear("call")
	h.want("restored", h.writing("zd"), "53")
}

func TestZDK8ChangeByHandDuringTheContactIsNotUndone(t *testing.T) {
	for _, sys := range []event.SystemSaved{focus("zd"), focusOnly("zd")} {
		for _, remote := range []string{"3", "4", "53"} {
			h := onContact(t, sys)
			h.see("zd", remote, 12, switcher)
			h.want("no focus", h.writing("zd"), "")
			h.clear("call")
			h.sleep(60_000)
			h.want("no restore", h.writing("zd"), "")
			h.ring("next")
			h.want("focus again", h.writing("zd"), "50")
		}
	}
}

// ZD-K8: a change by hand that arrives after our focus write is put back.
func TestZDK8FocusLandingOnAChangeByHandIsUndone(t *testing.T) {
	h := linked(newHost(t), focusOnly("zd"))
	h.ring("call")
	h.sleep(1000)
	h.see("zd", "53", 11, switcher)
	h.finish("zd", event.WriteDone, 12) // lands after it
	h.want("by hand", h.writing("zd"), "53")
}

// A change from before the contact that arrives late is what is put back.
func TestFocusRestoresAChangeThatArrivedLate(t *testing.T) {
	h := linked(newHost(t), focusOnly("zd"))
	before := h.now
	h.sleep(1000)
	h.ring("call")
	h.finish("zd", event.WriteDone, 12)
	h.seeAt("zd", "53", 11, switcher, before)
	h.want("stays in focus", h.writing("zd"), "")
	h.clear("call")
	h.want("restored", h.writing("zd"), "53")
}

func TestZDK9FocusChosenByHandStays(t *testing.T) {
	h := linked(newHost(t), focus("zd"))
	h.see("zd", "50", 11, switcher)
	h.sleep(600_000)
	h.want("stays", h.writing("zd"), "")
	h.want("center", h.shown(), "Available")
}

func TestZDK10AlreadyInFocusIsANoOp(t *testing.T) {
	h := linked(newHost(t), focus("zd"))
	h.see("zd", "50", 11, switcher)
	h.ring("call")
	h.clear("call")
	h.want("nothing", h.writing("zd"), "")
	h.want("kept", h.leg("zd").Kept, "")
}

// ZD-M4.
func TestZDK12FocusIsDisabledWhenItsStatusVanishes(t *testing.T) {
	gone := append(remoteStatuses[:3:3], remoteStatuses[4:]...)
	unfit := append(gone[:len(gone):len(gone)], event.RemoteStatus{Remote: "50", Name: "On a contact", Custom: true})
	for _, statuses := range [][]event.RemoteStatus{gone, unfit} {
		h := onContact(t, focus("zd"))
		h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("zd"), Statuses: statuses})
		if h.presence.State().Systems[id("zd")].Saved.FocusMode {
			t.Error("focus mode is still on")
		}
		h.want("notice", strings.Join(h.notices(), ","), "focus_disabled On a contact")
		h.want("restored", h.writing("zd"), "3")
	}
}

func TestZDK13SavedStatusThatVanishedIsNotPutBack(t *testing.T) {
	sys := focusOnly("zd")
	h := newHost(t)
	h.begin()
	h.connect(sys)
	h.see("zd", "53", 10, switcher)
	h.ring("call")
	h.finish("zd", event.WriteDone, 11)
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("zd"), Statuses: remoteStatuses[:6]})
	h.clear("call")
	h.want("left", h.writing("zd"), "")
	h.want("notice", strings.Join(h.notices(), ","), "saved_status_gone 53")
}

// ZD-K14: an agent outside the focus status's groups: told once, and tried
// again with the next contact.
func TestZDK14RefusedFocusIsToldOnce(t *testing.T) {
	h := linked(newHost(t), focus("zd"))
	for range 3 {
		h.ring("call")
		h.finish("zd", event.WriteRefused, 0)
		h.sleep(60_000)
		h.want("not again", h.writing("zd"), "")
		h.clear("call")
		h.want("nothing to restore", h.writing("zd"), "")
	}
	if n := len(h.notices()); n != 1 {
		t.Errorf("%d notices, want 1: %v", n, h.notices())
	}
}

func TestZDK16KeptStatusSurvivesARestart(t *testing.T) {
	for _, again := range []func(*host){(*host).restart, (*host).snapshot} {
		h := onContact(t, focusOnly("zd"))
		again(h)
		h.clear("call")
		h.want("restored", h.writing("zd"), "3")
	}
}

// ZD-K17 and K18: an idle time-out during the contact is no change by hand,
// and never what is put back.
func TestZDK17IdleTimeoutDuringTheContactIsNotByHand(t *testing.T) {
	h := onContact(t, focus("zd"))
	h.see("zd", "4", 12, idle)
	h.want("focus again", h.writing("zd"), "50")
	h.finish("zd", event.WriteDone, 13)
	h.clear("call")
	h.want("restored", h.writing("zd"), "3")
}

func TestZDK18IdleIsNotSavedAsTheAgentsStatus(t *testing.T) {
	h := linked(newHost(t), focusOnly("zd"))
	h.see("zd", "4", 11, idle)
	h.ring("call")
	h.finish("zd", event.WriteDone, 12)
	h.clear("call")
	h.want("restored", h.writing("zd"), "3")
}

// A lost session during a contact is left alone; when it comes back in focus
// after the contact, the saved status is put back.
func TestFocusOutlivesALostSession(t *testing.T) {
	h := onContact(t, focusOnly("zd"))
	h.see("zd", "2", 12, disconnected)
	h.want("left alone", h.writing("zd"), "")
	h.clear("call")
	h.sleep(300_000)
	h.want("left alone", h.writing("zd"), "")
	h.see("zd", "50", 13, reconnected)
	h.want("restored", h.writing("zd"), "3")
}

func TestZDL1UnmappedStatusesHaveNoEffect(t *testing.T) {
	h := newHost(t)
	h.begin()
	sys := master("zd")
	sys.Mapping = nil
	h.connect(sys)
	h.choose("Available")
	for i, st := range remoteStatuses {
		h.see("zd", st.Remote, 10+uint64(i), switcher)
	}
	h.want("center", h.shown(), "Available")
	h.choose("Lunch")
	h.want("center", h.shown(), "Lunch")
	h.want("zendesk", h.writing("zd"), "")
}

// ZD-L2, L3, L12 to L14: what a mapping may say. The error names the row.
func TestZDL2MappingRules(t *testing.T) {
	row := func(remote, status string) event.MappingRow {
		return event.MappingRow{Remote: remote, StatusID: id(status)}
	}
	preferred := func(r event.MappingRow) event.MappingRow { r.Preferred = true; return r }
	for _, tt := range []struct {
		name    string
		focus   bool
		mapping []event.MappingRow
		field   string
	}{
		{"empty", false, nil, ""},
		{"online is available", false, []event.MappingRow{row("3", "Available")}, ""},
		{"online is nothing else", false, []event.MappingRow{row("4", "Break"), row("3", "Lunch")}, "Mapping[1].StatusID"},
		{"offline is offline", false, []event.MappingRow{row("2", "Offline")}, ""},
		{"offline is nothing else", false, []event.MappingRow{row("2", "Available")}, "Mapping[0].StatusID"},
		{"others are anything", false, []event.MappingRow{row("4", "Available"), row("51", "Offline"), row("53", "Lunch")}, ""},
		{"unknown status", false, []event.MappingRow{row("4", "nothing")}, "Mapping[0].StatusID"},
		{"no remote status", false, []event.MappingRow{row("", "Lunch")}, "Mapping[0].Remote"},
		{"mapped twice", false, []event.MappingRow{row("4", "Lunch"), row("4", "Break")}, "Mapping[1].Remote"},
		{"many to one, preferred", false, []event.MappingRow{row("51", "Lunch"), preferred(row("52", "Lunch"))}, ""},
		{"many to one, none preferred", false, []event.MappingRow{row("51", "Lunch"), row("52", "Lunch")}, "Mapping[0].Preferred"},
		{"many to one, both preferred", false, []event.MappingRow{preferred(row("51", "Lunch")), preferred(row("52", "Lunch"))}, "Mapping[1].Preferred"},
		{"focus is available", true, []event.MappingRow{row("50", "Available")}, ""},
		{"focus is nothing else", true, []event.MappingRow{row("50", "Lunch")}, "Mapping[0].StatusID"},
		{"free while focus is off", false, []event.MappingRow{row("50", "Lunch")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t)
			h.begin()
			h.connect(master("zd"))
			sys := focus("zd")
			sys.FocusMode, sys.Mapping = tt.focus, tt.mapping
			if tt.field != "" {
				h.refuses(sys, tt.field)
				return
			}
			h.must(tandem.ActorUser, presence.SaveSystem{System: sys})
		})
	}
}

func TestZDL4ZendeskLeads(t *testing.T) {
	h := linked(newHost(t), master("zd"))
	for i, tt := range []struct{ remote, center string }{{"4", "Break"}, {"51", "Lunch"}, {"52", "Lunch"}, {"2", "Offline"}, {"3", "Available"}} {
		h.see("zd", tt.remote, 11+uint64(i), switcher)
		h.want(tt.remote, h.shown(), tt.center)
		h.want("zendesk", h.writing("zd"), "")
	}
}

// ZD-L5 to L8: a status chosen in the center while Zendesk leads.
// ZD-M6.
func TestZDL5CenterChoicesUnderAMaster(t *testing.T) {
	for _, tt := range []struct {
		name, zendesk, chosen, want, notice string
	}{
		{"ZD-L5 mapped: put back", "3", "Lunch", "Available", "status_put_back Lunch"},
		{"ZD-L6 not mapped: stays", "3", "Coaching", "Coaching", ""},
		{"ZD-L7 nothing to put back to: stays", "53", "Lunch", "Lunch", ""},
		{"ZD-L8 the same: no-op", "51", "Lunch", "Lunch", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := linked(newHost(t), master("zd"))
			h.see("zd", tt.zendesk, 11, switcher)
			h.sleep(10_000)
			h.choose(tt.chosen)
			h.want("center", h.shown(), tt.want)
			h.want("zendesk", h.writing("zd"), "")
			h.want("notices", strings.Join(h.notices(), ","), tt.notice)
			h.see("zd", "4", 12, switcher)
			h.want("Zendesk still leads", h.shown(), "Break")
		})
	}
}

// ZD-L5 after L6: what is put back is what Zendesk shows, not what was left
// alone before.
func TestZDL5PutsBackToWhatZendeskShows(t *testing.T) {
	h := linked(newHost(t), focus("zd"))
	h.choose("Coaching")
	h.ring("call")
	h.finish("zd", event.WriteDone, 11)
	h.choose("Lunch")
	h.want("Available cannot be a next status", h.shown(), "Coaching")
	h.clear("call")
	h.want("as soon as the center takes it", h.shown(), "Available")
}

func TestZDL16FocusNeverTouchesTheCenter(t *testing.T) {
	h := linked(newHost(t), focus("zd"))
	version := h.agent().Intent.Version
	h.ring("call")
	h.see("zd", "50", 11, api)
	h.finish("zd", event.WriteDone, 0)
	h.clear("call")
	h.see("zd", "3", 12, api)
	h.finish("zd", event.WriteDone, 0)
	if h.agent().Intent.Version != version || h.shown() != "Available" {
		t.Errorf("the center shows %s, wish %d", h.shown(), h.agent().Intent.Version)
	}
}

// ZD-L17: what Zendesk does by itself, with and without a contact.
func TestZDL17MachineReasons(t *testing.T) {
	for _, tt := range []struct {
		reason, remote string
		contact        bool
		at, later      string
	}{
		{idle, "4", false, "Break", "Break"},
		{idle, "4", true, "Available", "Available"},
		{deleted, "4", false, "Break", "Break"},
		{deleted, "4", true, "Available", "Available"},
		{disconnected, "2", false, "Available", "Offline"},
		{disconnected, "2", true, "Available", "Available"},
		{logout, "2", false, "Offline", "Offline"},
		{logout, "2", true, "next Offline", "next Offline"},
	} {
		h := linked(newHost(t), master("zd"))
		if tt.contact {
			h.ring("call")
		}
		h.see("zd", tt.remote, 11, tt.reason)
		h.want(tt.reason, h.shown(), tt.at)
		h.sleep(59_999)
		h.want(tt.reason+" in grace", h.shown(), tt.at)
		h.sleep(1)
		h.want(tt.reason+" after it", h.shown(), tt.later)
		h.want("zendesk", h.writing("zd"), "")
	}
}

// ZD-L17: a session that comes back within the grace was never lost; one that
// stays lost counts when the contact is over.
func TestZDL17LostSession(t *testing.T) {
	h := linked(newHost(t), master("zd"))
	h.see("zd", "2", 11, disconnected)
	h.sleep(30_000)
	h.see("zd", "3", 12, reconnected)
	h.sleep(120_000)
	h.want("came back", h.shown(), "Available")
	h.ring("call")
	h.see("zd", "2", 13, disconnected)
	h.sleep(120_000)
	h.clear("call")
	h.want("stayed lost", h.shown(), "Offline")
}

func TestZDL18TwoWayWritesThePreferredStatus(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.want("zendesk", h.writing("zd"), "51")
}

// ZD-L19, L20, L21: webhooks twice, out of order, and lost.
func TestZDL19WebhooksTwiceLateAndLost(t *testing.T) {
	h := linked(newHost(t), master("zd"))
	h.see("zd", "51", 11, switcher)
	first := h.now
	h.sleep(5000)
	h.see("zd", "4", 13, switcher)
	records := len(h.journal)
	h.seeAt("zd", "51", 11, switcher, first)
	h.see("zd", "4", 13, switcher)
	if len(h.journal) != records {
		t.Error("a repeated webhook was recorded")
	}
	h.seeAt("zd", "2", 12, switcher, first.Add(1000))
	h.want("late", h.shown(), "Break")
	h.sleep(60_000)
	h.look("zd", "3", 14, switcher)
	h.want("lost, found by the poll", h.shown(), "Available")
}
