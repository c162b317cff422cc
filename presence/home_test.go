package presence_test

import (
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// The statuses of an Amazon Connect instance. The ids there are the ids here,
// but for one that has another form.
var (
	homeAvailable, homeOffline, homeLunch = id("home Available"), id("home Offline"), id("home Lunch")

	homeStatuses = []event.RemoteStatus{
		{Remote: homeAvailable.String(), Name: "Available", Type: event.Routable}, {Remote: homeOffline.String(), Name: "Offline", Type: event.Offline},
		{Remote: homeLunch.String(), Name: "Lunch", Custom: true, Type: event.Custom}, {Remote: "training", Name: "Training", Custom: true, Type: event.Custom},
	}
	homeTraining = tandem.NameID("amazon connect status", "training")
)

// alone is an instance without a center, whose home is an Amazon Connect
// instance with one agent, who is linked in Zendesk and in Kustomer.
func alone(t *testing.T) *host {
	h := newHost(t)
	h.must(tandem.ActorAPI, presence.CreateInstance{Instance: event.InstanceCreated{InstanceID: centerID}})
	h.must(tandem.ActorUser, presence.SaveSystem{System: homeSystem("ac"), New: true})
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("ac"), Statuses: homeStatuses})
	h.must(tandem.ActorConnector, presence.SaveAgent{RemoteID: agent1.String(), Name: "agent1", Email: "agent1@example.com"})
	h.shows("ac", homeAvailable.String(), 1)
	zd := lastWins("zd")
	zd.Mapping = []event.MappingRow{{Remote: "3", StatusID: homeAvailable}, {Remote: "2", StatusID: homeOffline}, {Remote: "51", StatusID: homeLunch}}
	ku := systemOf(event.KustomerSystem, "ku", []event.MappingRow{{Remote: "available", StatusID: homeAvailable}, {Remote: "eating", StatusID: homeLunch}, {Remote: "training", StatusID: homeTraining}})
	statuses := named("available", "eating", "training", "busy")
	statuses[3].Focusing = true
	h.must(tandem.ActorUser, presence.SaveSystem{System: zd, New: true})
	h.must(tandem.ActorUser, presence.SaveSystem{System: ku, New: true})
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: ku.SystemID, Statuses: statuses})
	ku.FocusMode, ku.Focus = true, "busy"
	h.must(tandem.ActorUser, presence.SaveSystem{System: ku})
	h.must(tandem.ActorUser, presence.LinkAgent{UserID: agent1, SystemID: zd.SystemID, RemoteID: "10011"})
	h.must(tandem.ActorUser, presence.LinkAgent{UserID: agent1, SystemID: ku.SystemID, RemoteID: "10011"})
	h.shows("zd", "3", 1)
	h.shows("ku", "available", 1)
	return h
}

func homeSystem(name string) event.SystemSaved {
	return event.SystemSaved{SystemID: id(name), System: event.AmazonConnectSystem, Name: name, Enabled: true, URL: "https://connect.eu-central-1.amazonaws.com"}
}

// shows tells what a person chose in a system.
func (h *host) shows(system, remote string, version uint64) {
	h.t.Helper()
	h.now++
	l := "10011"
	if system == "ac" {
		l = agent1.String()
	}
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id(system), RemoteID: l, Remote: remote, Version: version, At: h.now, Reason: presence.ReasonPerson})
}

// wrote ends the writes that wait, and holds that they are the ones wanted, by
// system.
func (h *host) wrote(what string, want map[string]string) {
	h.t.Helper()
	got := map[string]string{}
	for _, name := range []string{"ac", "zd", "ku"} {
		if l := h.leg(name); l.Write != nil {
			got[name] = l.Write.Remote
			h.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{UserID: agent1, SystemID: l.SystemID, WriteID: l.Write.WriteID, Outcome: event.WriteDone}})
		}
	}
	if len(got) != len(want) {
		h.t.Fatalf("%s: %v was written, want %v", what, got, want)
	}
	for name, remote := range want {
		h.want(what+": "+name, got[name], remote)
	}
}

// Without a center the statuses of Amazon Connect are what all others mean: a
// choice there, or in a help desk, reaches the others, before and after a restart.
func TestWithoutACenterEverySystemFollowsTheOthers(t *testing.T) {
	h := alone(t)
	h.wrote("all agree", nil)
	for _, again := range []func(){func() {}, h.restart, h.snapshot} {
		version := uint64(h.now)
		h.shows("ac", homeLunch.String(), version)
		h.wrote("chosen in Amazon Connect", map[string]string{"zd": "51", "ku": "eating"})
		again()
		h.shows("zd", "3", version)
		h.wrote("chosen in Zendesk", map[string]string{"ac": homeAvailable.String(), "ku": "available"})
		h.shows("ku", "training", version)
		h.wrote("chosen in Kustomer: the id of another form", map[string]string{"ac": "training"})
		h.shows("zd", "2", version+1)
		h.wrote("what Kustomer does not map", map[string]string{"ac": homeOffline.String()})
		h.shows("ac", homeAvailable.String(), version+1)
		h.wrote("and back", map[string]string{"zd": "3", "ku": "available"})
	}
	for _, l := range h.agent().Legs {
		if l.RemoteID == "" {
			t.Error("the agent has a leg in a center that is not there")
		}
	}
}

// During a contact in Amazon Connect the help desk shows its focus status, and
// what was chosen meanwhile afterwards.
func TestWithoutACenterAContactInAmazonConnectShowsFocus(t *testing.T) {
	h := alone(t)
	work := presence.ObserveWork{SystemID: id("ac"), RemoteID: agent1.String(), State: "Busy", OnContact: true}
	h.must(tandem.ActorConnector, work)
	h.wrote("with a contact", map[string]string{"ku": "busy"})
	h.shows("zd", "51", 2)
	h.wrote("a choice meanwhile", map[string]string{"ac": homeLunch.String()})
	h.restart()
	work.State, work.OnContact = "", false
	h.now++
	h.must(tandem.ActorConnector, work)
	h.wrote("after it", map[string]string{"ku": "eating"})
}

// Statuses and agents are Amazon Connect's, whatever it lists.
func TestWithoutACenterStatusesAndAgentsComeFromAmazonConnect(t *testing.T) {
	h := alone(t)
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("ac"), Statuses: []event.RemoteStatus{
		homeStatuses[0], homeStatuses[1], {Remote: homeLunch.String(), Name: "Meal", Type: event.Custom}}})
	statuses := h.presence.State().Statuses
	if statuses[homeLunch].Name != "Meal" || statuses[homeTraining].Enabled || !statuses[homeAvailable].Enabled || statuses[homeAvailable].Type != event.Routable {
		t.Errorf("the statuses are %+v, %+v, %+v", statuses[homeLunch], statuses[homeTraining], statuses[homeAvailable])
	}
	h.shows("ku", "training", 2)
	h.wrote("a status that is gone means nothing", nil)
	h.must(tandem.ActorConnector, presence.DropAgent{UserID: agent1})
	h.restart()
	if h.agent() != nil {
		t.Error("an agent who is gone from Amazon Connect is still there")
	}
	h.must(tandem.ActorConnector, presence.SaveAgent{RemoteID: agent1.String(), Name: "agent1"})
	if legs := len(h.agent().Legs); legs != 1 {
		t.Errorf("an agent who is new has %d legs, want the one in Amazon Connect", legs)
	}
}

// KUS-10: before Amazon Connect is connected and has told its statuses, a
// mapping is refused with what to do first.
func TestKUS10MappingAsksForASignInToAmazonConnect(t *testing.T) {
	h := newHost(t)
	h.must(tandem.ActorAPI, presence.CreateInstance{Instance: event.InstanceCreated{InstanceID: centerID}})
	ku := systemOf(event.KustomerSystem, "ku", []event.MappingRow{{Remote: "available", StatusID: homeAvailable}})
	asks := func(word string) {
		t.Helper()
		h.fails(presence.SaveSystem{System: ku, New: true}, tandem.Conflict)
		if text := h.presence.State().SignIn(); !strings.Contains(text, word) {
			t.Errorf("it asks %q, want a word of %q", text, word)
		}
	}
	asks("sign in to Amazon Connect")
	h.must(tandem.ActorUser, presence.SaveSystem{System: homeSystem("ac"), New: true})
	asks("access key")
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("ac"), Statuses: homeStatuses})
	h.must(tandem.ActorUser, presence.SaveSystem{System: ku, New: true})
	h.must(tandem.ActorUser, presence.DeleteSystem{SystemID: id("ac")})
	h.restart()
	h.fails(presence.SaveSystem{System: ku}, tandem.Conflict)
}

// What belongs to the other kind of instance is refused.
func TestWithoutACenterWhatNeedsOneIsRefused(t *testing.T) {
	h := alone(t)
	mapped := homeSystem("ac")
	mapped.Mapping = []event.MappingRow{{Remote: "x", StatusID: homeLunch}}
	h.fails(presence.SaveSystem{System: mapped}, tandem.Invalid)
	h.fails(presence.SaveSystem{System: homeSystem("ac2"), New: true}, tandem.Conflict)
	h.fails(presence.UnlinkAgent{UserID: agent1, SystemID: id("ac")}, tandem.Conflict)
	h.fails(presence.CreateInstance{Instance: event.InstanceCreated{InstanceID: id("x")}}, tandem.Duplicate)
	h.fails(presence.SaveAgent{}, tandem.Invalid)
	with := newHost(t)
	with.begin()
	with.fails(presence.SaveAgent{RemoteID: "x"}, tandem.Conflict)
	with.fails(presence.DropAgent{UserID: agent1}, tandem.Conflict)
	with.fails(presence.CreateInstance{Instance: event.InstanceCreated{InstanceID: id("x")}}, tandem.Duplicate)
}

// A link that a person took back does not come back by itself.
func TestLinkTakenBackByHandIsNotMadeAgainByItself(t *testing.T) {
	h := alone(t)
	link := presence.LinkAgent{UserID: agent1, SystemID: id("zd"), RemoteID: "10011"}
	if !h.presence.State().LinkedByItself(agent1, id("zd")) {
		t.Error("nobody took the link back")
	}
	h.must(tandem.ActorUser, presence.UnlinkAgent{UserID: agent1, SystemID: id("zd")})
	h.snapshot()
	if h.presence.State().LinkedByItself(agent1, id("zd")) || !h.presence.State().LinkedByItself(agent1, id("ku")) {
		t.Error("the link that was taken back would be made again, or another not")
	}
	h.must(tandem.ActorUser, link)
	h.restart()
	if !h.presence.State().LinkedByItself(agent1, id("zd")) {
		t.Error("a link that is wanted again is remembered as taken back")
	}
}

// When Amazon Connect is connected anew, its agents are linked anew.
func TestWithoutACenterAnotherAmazonConnectCanFollow(t *testing.T) {
	h := alone(t)
	h.must(tandem.ActorUser, presence.DeleteSystem{SystemID: id("ac")})
	h.shows("zd", "51", 2)
	h.fails(presence.SaveAgent{RemoteID: agent1.String(), Name: "agent1"}, tandem.Conflict)
	h.must(tandem.ActorUser, presence.SaveSystem{System: homeSystem("ac2"), New: true})
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("ac2"), Statuses: homeStatuses})
	h.must(tandem.ActorConnector, presence.SaveAgent{RemoteID: agent1.String(), Name: "agent1"})
	h.restart()
	if legs := len(h.agent().Legs); legs != 3 {
		t.Errorf("the agent has %d legs, want 3", legs)
	}
}
