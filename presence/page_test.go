package presence_test

import (
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// attach brings a page, and reports whether it speaks.
func (h *host) attach(page string, mute bool) bool {
	h.t.Helper()
	return h.answer(presence.AttachPage{SystemID: id("sf"), RemoteID: "10011", PageID: page, Profile: "Support Agent", Mute: mute}).(bool)
}

func (h *host) leave(page string) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.LeavePage{SystemID: id("sf"), RemoteID: "10011", PageID: page})
}

// answer runs a command and gives its answer.
func (h *host) answer(body any) any {
	h.t.Helper()
	h.commands++
	out, err := h.in.Step(tandem.Command{ID: id("command").Derive(h.commands), At: h.now, Actor: tandem.Actor{Kind: tandem.ActorConnector}, Body: body})
	if err != nil {
		h.t.Fatalf("%T: %v", body, err)
	}
	if len(out.Record.Events) > 0 {
		h.journal = append(h.journal, out.Record)
	}
	h.effects = append(h.effects, out.Effects...)
	return out.Answer
}

// page delivers what a page tells of the presence status.
func (h *host) page(page string, sequence uint64, status, reason string) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("sf"), RemoteID: "10011", Remote: salesforceIDs[status], Reason: reason,
		At: h.now, PageID: page, Sequence: sequence})
	h.now++
}

// asked is the page that was asked to be read, "" for none.
func (h *host) asked() string {
	for _, e := range h.effects {
		if r, ok := e.(presence.Read); ok {
			h.effects = nil
			return r.PageID
		}
	}
	return ""
}

// readPage answers a read: the toolkit does not tell since when.
func (h *host) readPage(page, status string) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("sf"), RemoteID: "10011", Remote: salesforceIDs[status], LookedAt: h.now, PageID: page})
	h.now++
}

// SYNC-19: of several pages one speaks for all: its messages count, each once,
// and it is written through. When it leaves the next one speaks, and is read
// first.
func TestSYNC19OneOfSeveralPagesSpeaks(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break"), onOmni("Lunch", "Lunch"), onOmni("On a call", "Break"), onConnect("Available", "Available")})
	if !h.attach("first", false) || h.attach("second", false) || !h.attach("first", false) {
		t.Error("not the first page speaks, or not it alone")
	}
	h.want("read first", h.asked(), "first")
	h.readPage("first", "Available")
	h.page("second", 1, "Lunch", manual)
	h.page("nobody", 1, "Lunch", manual)
	h.want("another page", h.shown(), "Available")
	h.page("first", 7, "Lunch", manual)
	h.want("the speaker", h.shown(), "Lunch")
	h.choose("Available")
	h.want("written through", h.effects[len(h.effects)-1].(presence.Write).PageID, "first")
	h.finish("sf", event.WriteDone, 0)
	h.page("first", 7, "On a call", manual)
	h.page("first", 6, "On a call", manual)
	h.want("an old message", h.shown(), "Available")
	h.effects = nil
	h.leave("first")
	h.want("the next is read", h.asked(), "second")
	h.choose("Lunch")
	h.want("not written before", h.writing("sf"), "")
	h.readPage("second", "Available")
	h.want("then written", h.presence.Name(id("sf"), h.writing("sf")), "Lunch")
	h.restart()
	if h.attach("first", false) {
		t.Error("a page that comes back speaks")
	}
}

// SYNC-19: while no page is there nothing can be written; what is wanted then
// follows when one is.
func TestSYNC19WithoutAPageTheLegWaits(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break")})
	h.attach("first", false)
	h.readPage("first", "Available")
	h.leave("first")
	h.choose("Lunch")
	h.sleep(120_000)
	h.want("no page", h.writing("sf"), "")
	h.attach("second", false)
	h.readPage("second", "Available")
	h.want("a page again", h.told(), "Lunch")
}

// SF-2: a page outside of a console never speaks.
func TestSF2PageOutsideOfAConsoleNeverSpeaks(t *testing.T) {
	h := ruled(t, []event.PresenceRule{onConnect("Lunch", "Lunch_Break"), onOmni("Lunch", "Lunch")})
	if h.attach("classic", true) {
		t.Error("it speaks")
	}
	h.page("classic", 1, "Lunch", manual)
	h.want("heard", h.shown(), "Available")
	h.choose("Lunch")
	h.want("written", h.writing("sf"), "")
	if !h.attach("console", false) {
		t.Error("the console does not speak")
	}
}

// Too many pages: the oldest gives way.
func TestOldestPageGivesWay(t *testing.T) {
	h := ruled(t, nil)
	for _, page := range strings.Split("abcdefghi", "") {
		h.attach(page, false)
	}
	if pages := h.leg("sf").Pages; len(pages) != 8 || pages[0].PageID != "b" {
		t.Errorf("pages are %v", pages)
	}
	h.fails(presence.AttachPage{SystemID: id("sf"), RemoteID: "10011"}, tandem.Invalid)
	h.fails(presence.AttachPage{SystemID: id("sf"), RemoteID: "10011", PageID: "x", Profile: strings.Repeat("x", 201)}, tandem.Invalid)
	h.leave("nobody")
}

// sessions is a host with a policy at a session's end, one page, and no rules.
func sessions(t *testing.T, policy event.SessionEndPolicy) *host {
	h := ruled(t, nil)
	policy.Enabled = true
	h.must(tandem.ActorUser, presence.SaveRules{SystemID: id("sf"), SessionEnd: policy})
	h.attach("first", false)
	h.readPage("first", "Available")
	return h
}

// SF-32: when all pages are gone for longer than a reload takes, the agent goes
// to the status of the policy, and at the next log-in to the initial one.
func TestSF32SessionEndSetsTheStatus(t *testing.T) {
	h := sessions(t, event.SessionEndPolicy{})
	h.leave("first")
	h.sleep(4_900)
	h.want("before the end", h.shown(), "Available")
	h.attach("reloaded", false)
	h.sleep(60_000)
	h.want("a reload", h.shown(), "Available")
	h.attach("other tab", false)
	h.leave("reloaded")
	h.sleep(60_000)
	h.want("one of two", h.shown(), "Available")
	h.leave("other tab")
	h.restart()
	h.sleep(5_000)
	h.want("the end", h.shown(), "Offline")
	h.sleep(60_000)
	h.attach("next day", false)
	h.want("log-in", h.shown(), "Available")
}

// SF-32: the policy has a status, a wait, and filters by profile and by state;
// it never makes an agent more available, and off it does nothing.
func TestSF32PolicyIsFiltered(t *testing.T) {
	for _, tt := range []struct {
		name    string
		policy  event.SessionEndPolicy
		present string
		want    string
	}{
		{"another status", event.SessionEndPolicy{StatusID: id("Break")}, "Available", "Break"},
		{"profile", event.SessionEndPolicy{Profiles: []string{"Sales", "Support"}}, "Available", "Offline"},
		{"another profile", event.SessionEndPolicy{Profiles: []string{"Sales"}}, "Available", "Available"},
		{"state", event.SessionEndPolicy{States: []string{"Available"}}, "Available", "Offline"},
		{"another state", event.SessionEndPolicy{States: []string{"Available"}}, "Lunch", "Lunch"},
		{"more available", event.SessionEndPolicy{StatusID: id("Break")}, "Offline", "Offline"},
		{"too early", event.SessionEndPolicy{DelayMillis: 20_000}, "Available", "Available"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := sessions(t, tt.policy)
			h.choose(tt.present)
			h.leave("first")
			h.sleep(15_000)
			h.want("after the end", h.shown(), tt.want)
		})
	}
	h := sessions(t, event.SessionEndPolicy{})
	h.must(tandem.ActorUser, presence.SaveRules{SystemID: id("sf")})
	h.leave("first")
	h.sleep(60_000)
	h.want("off", h.shown(), "Available")
}

// SF-32: at a session's end during a contact, the contact goes on: the status
// follows it.
func TestSF32SessionEndWaitsForTheContact(t *testing.T) {
	h := sessions(t, event.SessionEndPolicy{})
	h.ring("call")
	h.leave("first")
	h.sleep(60_000)
	h.want("during the contact", h.shown(), "next Offline")
	h.clear("call")
	h.want("after it", h.shown(), "Offline")
}

// SYNC-8: of two acts in the same moment the less available status counts, in
// whichever order they arrive; and so of two close ones where a system does not
// tell when.
func TestSYNC8LessAvailableStatusCountsInATie(t *testing.T) {
	for _, tt := range []struct {
		name        string
		first, then string
		apart       int64
		tells       bool
		want, shown string
	}{
		{"same moment", "51", "3", 0, true, "Lunch", "51"},
		{"same moment, turned", "3", "51", 0, true, "Lunch", "51"},
		{"close, no time told", "51", "3", 200, false, "Lunch", "51"},
		{"close, times told", "51", "3", 200, true, "Available", "3"},
		{"not close", "51", "3", 300, false, "Available", "3"},
		{"equally available", "51", "4", 200, false, "Break", "4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
			h.see("zd", "2", 11, switcher)
			h.finish("zd2", event.WriteDone, 11)
			h.sleep(10_000)
			at := func() tandem.Time {
				if tt.tells {
					return h.now
				}
				return 0
			}
			h.seeAt("zd", tt.first, 12, switcher, at())
			h.sleep(tt.apart)
			h.seeAt("zd2", tt.then, 12, switcher, at())
			h.want("center", h.shown(), tt.want)
			for i := range uint64(4) {
				for _, system := range []string{"zd", "zd2"} {
					if h.writing(system) != "" {
						h.finish(system, event.WriteDone, 13+i)
					}
				}
			}
			h.want("zd", h.leg("zd").Observed.Remote, tt.shown)
			h.want("zd2", h.leg("zd2").Observed.Remote, tt.shown)
		})
	}
}

// ZD-K15: a call that the agent places counts as a contact.
func TestZDK15CallThatTheAgentPlacesCounts(t *testing.T) {
	h := linked(newHost(t), focus("zd"))
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&event.ContactInitiated{UserID: agent1, ContactID: id("placed"), Channel: event.Voice, Method: event.Outbound, At: h.now}}})
	h.want("focus", h.writing("zd"), "50")
	h.finish("zd", event.WriteDone, 11)
	h.clear("placed")
	h.want("restored", h.writing("zd"), "3")
}

// ZD-L15: where focus status and mapping come to contradict each other, the
// first agent concerned is told and focus mode is switched off.
// ZD-M5.
func TestZDL15ContradictionSwitchesFocusOff(t *testing.T) {
	h := newHost(t)
	h.begin()
	extra := loadStatuses[0]
	extra.Type = event.Routable
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&extra}})
	sys := focus("zd")
	sys.Mapping = append(sys.Mapping, event.MappingRow{Remote: "50", StatusID: extra.StatusID})
	h.connect(sys)
	h.see("zd", "3", 10, switcher)
	h.ring("call")
	h.finish("zd", event.WriteDone, 11)
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[0]}})
	h.want("told", strings.Join(h.notices(), ","), "focus_conflict On a contact")
	if h.presence.State().Systems[id("zd")].Saved.FocusMode {
		t.Error("focus mode is on")
	}
	h.want("restored", h.writing("zd"), "3")
}

// KUS-8: work that was offered and not taken makes the agent unavailable in
// Kustomer, and not routed calls.
func TestKUS8MissedWorkIsTheSystemsDoingAndCounts(t *testing.T) {
	h := loadedHost(t, kustomer("ku"))
	h.see("ku", "4", 11, presence.ReasonSystem)
	h.want("center", h.shown(), "Break")
	h.want("cause", h.agent().Intent.Cause.String(), "system")
	h.see("ku", "3", 12, presence.ReasonPerson)
	h.want("back", h.shown(), "Available")
}
