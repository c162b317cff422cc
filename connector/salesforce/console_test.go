package salesforce

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/salesforce"
)

// TestStatusIsSetByTheConsoleOnly holds that no server writes presence: the
// console sets it, and without one the write waits (Object Reference:
// UserServicePresence).
func TestStatusIsSetByTheConsoleOnly(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.s.Write(writeTo(a, email))
	if e := w.outcome(); e.Outcome != event.WriteRetry || !strings.Contains(e.Detail, "console") || e.RetryAt <= tandem.At(w.clock.Now()) {
		t.Fatalf("without a console the write ends as %+v, want retry, later, saying why", e)
	}
	w.console(a)
	w.s.Write(writeTo(a, email))
	if e := w.outcome(); e.Outcome != event.WriteDone || w.org.Shows(a) != email {
		t.Fatalf("with a console the write ends as %+v and %s is shown", e, w.org.Shows(a))
	}
	w.eventually("our own change is attributed to the toolkit", w.sawBecause(a, email, standin.ReasonToolkit))
	for _, e := range w.org.entries("/services/data/") {
		if e.Method != http.MethodGet && !strings.HasSuffix(e.Path, "/PushTopic") {
			t.Errorf("the API was asked to %s %s", e.Method, e.Path)
		}
	}
}

func TestOfflineIsALogoutAndSettingLogsIn(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.console(a)
	w.s.Write(writeTo(a, Offline))
	if e := w.outcome(); e.Outcome != event.WriteDone || w.org.Shows(a) != "" {
		t.Fatalf("the log-out ends as %+v and %q is shown", e, w.org.Shows(a))
	}
	w.eventually("the log-out is observed", w.sawBecause(a, Offline, presence.ReasonLogout))
	w.s.Write(writeTo(a, chat))
	if e := w.outcome(); e.Outcome != event.WriteDone || w.org.Shows(a) != chat {
		t.Fatalf("setting a status ends as %+v and %q is shown, want the agent logged in", e, w.org.Shows(a))
	}
}

// TestConsoleTellsWhy holds that the toolkit's reasons reach the core as they
// are: they tell a person's act from ours and from the system's.
func TestConsoleTellsWhy(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.console(a)
	steps := []struct{ status, reason string }{
		{email, standin.ReasonManual}, {chat, standin.ReasonSupervisor}, {lunch, standin.ReasonPushTimeout},
		{email, standin.ReasonDecline}, {available, standin.ReasonLogin},
	}
	for _, step := range steps {
		if err := w.org.SetStatusWithReason(a, step.status, step.reason); err != nil {
			t.Fatal(err)
		}
		w.eventually(step.reason+" is observed", w.sawBecause(a, step.status, step.reason))
	}
	shown := map[uint64]string{}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.observed {
		if before, ok := shown[o.Version]; ok && before != o.Remote {
			t.Errorf("revision %d is %s and %s", o.Version, before, o.Remote)
		}
		shown[o.Version] = o.Remote
	}
}

// TestConsoleTellsTheAgentsProfile holds that the policy at a session's end,
// which may name profiles, can be held to them (SF-32).
func TestConsoleTellsTheAgentsProfile(t *testing.T) {
	w := newWorld(t, 2, func(c *standin.Config) { c.Users[0].Profile, c.Users[1].Profile = "Service Agent", "Back Office" })
	w.run()
	for i, profile := range []string{"Service Agent", "Back Office"} {
		w.console(w.org.agents[i])
		w.eventually("the profile is told", w.told(presence.AttachPage{SystemID: systemID, RemoteID: w.org.agents[i], PageID: pageID, Profile: profile}))
	}
}

func TestOtherLogoutsAreTold(t *testing.T) {
	for _, reason := range []string{standin.LogoutMaintenance, standin.LogoutSupervisor} {
		w := newWorld(t, 1, nil)
		w.run()
		a := w.org.agents[0]
		w.console(a)
		if err := w.org.LogOut(a, reason); err != nil {
			t.Fatal(err)
		}
		w.eventually(reason+" is observed", w.sawBecause(a, Offline, reason))
	}
}

// TestDuplicateLoginIsNoLogout holds that a second tab that takes the session
// over does not make the agent leave, and that orders then go to that tab.
func TestDuplicateLoginIsNoLogout(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.console(a)
	second := w.console(a)
	w.eventually("both tabs are known", func() bool {
		w.s.hub.mu.Lock()
		defer w.s.hub.mu.Unlock()
		return len(w.s.hub.desks[a].pages) == 2
	})
	first := w.leader(a)
	if err := second.TakeOver(email); err != nil {
		t.Fatal(err)
	}
	w.eventually("the other tab leads", func() bool { return w.leader(a) != first })
	w.eventually("the status is observed", func() bool { return len(w.saw(a, email)) > 0 })
	if len(w.saw(a, Offline)) > 0 {
		t.Error("the agent counts as logged out")
	}
	w.s.Write(writeTo(a, chat))
	if e := w.outcome(); e.Outcome != event.WriteDone || w.org.Shows(a) != chat {
		t.Errorf("the write ends as %+v", e)
	}
}

func (w *world) leader(agent string) string {
	w.s.hub.mu.Lock()
	defer w.s.hub.mu.Unlock()
	if d := w.s.hub.desks[agent]; d != nil && len(d.pages) > 0 {
		return d.pages[0].id
	}
	return ""
}

func (w *world) told(command any) func() bool {
	return func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.Contains(w.works, command)
	}
}

// TestClosedConsoleIsToldAfterTheGrace holds that a page that is loaded again
// ends no session, and that one that stays away does.
func TestClosedConsoleIsToldAfterTheGrace(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	c := w.console(a)
	left := w.told(presence.LeavePage{SystemID: systemID, RemoteID: a, PageID: pageID})
	w.eventually("the console is told", w.told(presence.AttachPage{SystemID: systemID, RemoteID: a, PageID: pageID}))
	c.Close()
	again := w.org.open(t, a, w.page) // loaded again
	w.eventually("the new page waits", func() bool {
		w.s.hub.mu.Lock()
		defer w.s.hub.mu.Unlock()
		pages := w.s.hub.desks[a].pages
		return len(pages) == 2 && pages[1].waiting > 0
	})
	w.clock.Advance(defaultGrace + time.Second)
	w.eventually("the page that is gone is forgotten", func() bool {
		w.s.hub.sweep()
		w.s.hub.mu.Lock()
		defer w.s.hub.mu.Unlock()
		return len(w.s.hub.desks[a].pages) == 1
	})
	if left() {
		t.Fatal("a page that was loaded again counts as closed")
	}
	again.Close()
	closed := w.clock.Now()
	w.eventually("the loss is told", func() bool {
		w.clock.Advance(time.Second)
		return left()
	})
	if span := w.clock.Now().Sub(closed); span < defaultGrace {
		t.Errorf("it was told after %s, within the grace", span)
	}
}

// TestConsoleFromBeforeARestartIsClosed holds that a console that does not come
// back after a restart counts as closed once the grace is over.
func TestConsoleFromBeforeARestartIsClosed(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	w.eventually("the loss is told", func() bool {
		w.clock.Advance(time.Second)
		return w.told(presence.LeavePage{SystemID: systemID, RemoteID: w.org.agents[0], PageID: pageID})()
	})
}

func TestNoAgentSpeaksForAnother(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.run()
	w.console(w.org.agents[0])
	for _, token := range []string{"", "Bearer", "Bearer guessed"} {
		request, _ := http.NewRequest(http.MethodPost, w.page+"wait", strings.NewReader(`{"page":"p"}`))
		request.Header.Set("Authorization", token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil || answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("the token %q is answered %v (%v), want 401", token, answer, err)
		}
		answer.Body.Close()
	}
	answer, err := http.Get(w.page + "signed-in?state=forged&code=x")
	if err != nil || answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a forged sign-in is answered %v (%v), want 400", answer, err)
	}
	answer.Body.Close()
	if w.s.hub.has(w.org.agents[1]) {
		t.Error("a console of the other agent is known")
	}
}

func TestReportTwiceCountsOnce(t *testing.T) {
	h := newHub(newWorld(t, 1, nil).clock, testTimeout, defaultGrace)
	h.start()
	for i, want := range []struct {
		seq int64
		is  bool
	}{{1, true}, {1, false}, {3, true}, {2, false}, {4, true}} {
		if got := h.news("a", "page", want.seq); got != want.is {
			t.Errorf("report %d, number %d, counts: %t, want %t", i, want.seq, got, want.is)
		}
	}
	if !h.news("a", "another page", 1) {
		t.Error("another page's first report does not count")
	}
}

// TestUngrantedStatusIsRefusedWithAdvice holds that a status that the agent's
// profile does not grant is reported and not tried again.
func TestUngrantedStatusIsRefusedWithAdvice(t *testing.T) {
	w := newWorld(t, 1, func(c *standin.Config) { c.Users[0].Granted = []string{available} })
	w.run()
	a := w.org.agents[0]
	w.console(a)
	w.s.Write(writeTo(a, email))
	if e := w.outcome(); e.Outcome != event.WriteRefused || !strings.Contains(e.Detail, "Enabled Service Presence Status Access") {
		t.Errorf("the write ends as %+v, want refused with advice", e)
	}
}

// TestWorkAndWorkloadAreTold holds that the service channel, which the event
// does not carry, is looked up, and that the load comes with its capacity.
func TestWorkAndWorkloadAreTold(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.console(a)
	id, err := w.org.Assign(a, "0N9000000000002", "500000000000001", 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.org.Accept(a, id); err != nil {
		t.Fatal(err)
	}
	w.eventually("the work is told", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.ContainsFunc(w.works, func(c any) bool {
			o, ok := c.(presence.ObserveWorkAccepted)
			return ok && o.RemoteID == a && o.WorkID == id && o.Channel == "Email"
		})
	})
	w.eventually("the workload is told", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.ContainsFunc(w.works, func(c any) bool {
			o, ok := c.(presence.ObserveCapacity)
			return ok && o.RemoteID == a && o.Used == 2 && o.Max == 5 && o.Previous == 0 && o.TellsPrevious
		})
	})
	load, err := w.s.Workload(t.Context(), a)
	if err != nil || load != (Workload{ConfiguredCapacity: 5, Current: 2}) {
		t.Errorf("the workload reads %+v (%v)", load, err)
	}
}
