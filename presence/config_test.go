package presence_test

import (
	"errors"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// fails expects that a command is refused for a reason.
func (h *host) fails(body any, kind tandem.ErrorKind) {
	h.t.Helper()
	var refusal *tandem.Error
	if err := h.try(tandem.ActorUser, body); !errors.As(err, &refusal) || refusal.Kind != kind {
		h.t.Errorf("%T: got %v, want a refusal of kind %d", body, err, kind)
	}
}

func TestSaveSystemRefusesWhatContradictsItself(t *testing.T) {
	for _, tt := range []struct {
		field  string
		change func(*event.SystemSaved)
	}{
		{"System", func(s *event.SystemSaved) { s.System = event.CenterSystem }},
		{"Name", func(s *event.SystemSaved) { s.Name = "" }},
		{"Name", func(s *event.SystemSaved) { s.Name = "other" }},
		{"URL", func(s *event.SystemSaved) { s.URL = "" }},
		{"Policy", func(s *event.SystemSaved) { s.Policy = 9 }},
	} {
		h := newHost(t)
		h.begin()
		h.must(tandem.ActorUser, presence.SaveSystem{System: master("other"), New: true})
		sys := master("zd")
		tt.change(&sys)
		h.refuses(sys, tt.field)
	}
}

func TestZendeskIsMasterByDefault(t *testing.T) {
	h := newHost(t)
	h.begin()
	h.must(tandem.ActorUser, presence.SaveSystem{System: system("zd", 0, false), New: true})
	if got := h.presence.State().Systems[id("zd")].Saved.Policy; got != event.Master {
		t.Errorf("policy is %s", got)
	}
}

func TestLinksAreOneToOne(t *testing.T) {
	h := newHost(t)
	h.begin()
	h.connect(master("zd"))
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&event.UserSaved{UserID: id("agent2")}}})
	link := func(user, system, remote string) presence.LinkAgent {
		return presence.LinkAgent{UserID: id(user), SystemID: id(system), RemoteID: remote}
	}
	h.must(tandem.ActorUser, link("agent1", "zd", "10011"))
	h.fails(link("agent1", "zd", "10012"), tandem.Conflict)
	h.fails(link("agent2", "zd", "10011"), tandem.Duplicate)
	h.fails(link("agent2", "zd", ""), tandem.Invalid)
	h.fails(link("nobody", "zd", "10013"), tandem.NotFound)
	h.fails(link("agent2", "nothing", "10013"), tandem.NotFound)
	h.must(tandem.ActorUser, presence.UnlinkAgent{UserID: agent1, SystemID: id("zd")})
	h.fails(presence.UnlinkAgent{UserID: agent1, SystemID: id("zd")}, tandem.NotFound)
	h.must(tandem.ActorUser, link("agent2", "zd", "10011"))
}

// A system that is switched off is neither heard nor written; switched on, it
// is read, and what was under way is looked after.
func TestSwitchedOffSystemIsLeftInPeace(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	off := lastWins("zd")
	off.Enabled = false
	h.must(tandem.ActorUser, presence.SaveSystem{System: off})
	h.fails(presence.Observe{SystemID: id("zd"), RemoteID: "10011", Remote: "4", Version: 11}, tandem.Conflict)
	h.finish("zd", event.WriteRetry, 0)
	h.sleep(60_000)
	h.want("off", h.writing("zd"), "")
	h.effects = nil
	h.must(tandem.ActorUser, presence.SaveSystem{System: lastWins("zd")})
	h.want("on", h.writing("zd"), "51")
	if _, ok := h.effects[0].(presence.Read); !ok {
		t.Errorf("got %T, want a read first", h.effects[0])
	}
}

func TestDeletedSystemsAndUsersAreForgotten(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
	h.choose("Lunch")
	h.must(tandem.ActorUser, presence.DeleteSystem{SystemID: id("zd")})
	h.fails(presence.DeleteSystem{SystemID: id("zd")}, tandem.NotFound)
	h.fails(presence.Observe{SystemID: id("zd"), RemoteID: "10011", Remote: "4", Version: 11}, tandem.NotFound)
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&event.UserDeleted{UserID: agent1}}})
	h.fails(presence.Observe{SystemID: id("zd2"), RemoteID: "10011", Remote: "4", Version: 11}, tandem.NotFound)
	h.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{UserID: agent1, SystemID: id("zd2"), Outcome: event.WriteDone}})
	h.restart()
	if len(h.effects) != 0 {
		t.Errorf("%d effects are outstanding for nobody", len(h.effects))
	}
}
