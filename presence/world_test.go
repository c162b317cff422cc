package presence_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// account is a Zendesk account as its documentation describes it, with one
// agent: a status, why it is shown, and a version that grows with each change.
type account struct {
	saved   event.SystemSaved
	remote  string
	version uint64
	reason  string
	at      tandem.Time
	late    bool // webhooks come late, twice, out of order or not at all
}

// world runs accounts, their webhooks and the connectors around a host, with
// everything that goes wrong between them.
type world struct {
	*host
	rnd      *rand.Rand
	accounts []*account
	jobs     []job
	inFlight map[tandem.ID]tandem.ID // system to the write at its connector
	acts     int                     // of persons and of the systems themselves
	routable func() bool             // whether the center may show Available now
	last     string                  // what the center showed
}

// job is something that happens later. What a crash of our process undoes is
// ours.
type job struct {
	at   tandem.Time
	ours bool
	run  func()
}

const pollMillis = 10_000

func newWorld(t *testing.T, seed int64, systems ...event.SystemSaved) *world {
	w := &world{host: newHost(t), rnd: rand.New(rand.NewSource(seed)), inFlight: map[tandem.ID]tandem.ID{}}
	w.begin()
	w.choose("Available")
	w.acts++
	for _, sys := range systems {
		w.accounts = append(w.accounts, &account{saved: sys, remote: "3", version: 1, reason: switcher, at: w.now})
		w.connect(sys)
		w.acts++
	}
	w.run(60_000)
	return w
}

func (w *world) chance(percent int) bool      { return w.rnd.Intn(100) < percent }
func (w *world) delay(millis int) tandem.Time { return w.now.Add(int64(w.rnd.Intn(millis))) }

func (w *world) later(at tandem.Time, ours bool, f func()) { w.jobs = append(w.jobs, job{at, ours, f}) }

func (w *world) account(system tandem.ID) *account {
	i := slices.IndexFunc(w.accounts, func(a *account) bool { return a.saved.SystemID == system })
	return w.accounts[i]
}

// run lets time pass: jobs, polls and ticks in order.
func (w *world) run(millis int64) {
	w.t.Helper()
	for end := w.now.Add(millis); ; {
		w.dispatch()
		next, what := end.Add(1), -1
		for i, j := range w.jobs {
			if j.at < next {
				next, what = j.at, i
			}
		}
		if due, ok := w.in.NextDue(); ok && due < next {
			next, what = due, -2
		}
		if poll := w.now - w.now%pollMillis + pollMillis; poll < next {
			next, what = poll, -3
		}
		if what == -1 {
			w.now = end
			return
		}
		w.now = max(w.now, next)
		w.do(what)
		w.watch()
	}
}

func (w *world) do(what int) {
	w.t.Helper()
	switch what {
	case -2:
		w.must(tandem.ActorSystem, tandem.Tick{})
	case -3:
		for _, a := range w.accounts {
			w.look(a)
		}
	default:
		j := w.jobs[what]
		w.jobs = slices.Delete(w.jobs, what, what+1)
		j.run()
	}
}

// watch checks what must hold at every moment.
func (w *world) watch() {
	if now := w.shown(); now != w.last {
		if now == "Available" && w.routable != nil && !w.routable() {
			w.t.Fatalf("the center went to Available without a wish (I13)")
		}
		w.last = now
	}
}

// set changes an account's status; its webhook may suffer on the way.
func (a *account) set(w *world, remote, reason string) {
	if a.remote == remote {
		return
	}
	a.remote, a.reason, a.version, a.at = remote, reason, a.version+1, w.now
	o := a.observation()
	copies := 1
	if a.late {
		copies = []int{0, 1, 1, 1, 1, 2}[w.rnd.Intn(6)]
	}
	for range copies {
		at := w.delay(200)
		if a.late {
			at = w.delay(2000)
		}
		w.later(at, false, func() { w.must(tandem.ActorConnector, o) })
	}
}

func (a *account) observation() presence.Observe {
	return presence.Observe{SystemID: a.saved.SystemID, RemoteID: "10011", Remote: a.remote, Version: a.version, Reason: a.reason, At: a.at}
}

// look reads an account and reports it some time later.
func (w *world) look(a *account) {
	asked := w.now
	w.later(w.delay(200), true, func() {
		o := a.observation()
		o.LookedAt = asked
		w.later(w.delay(200), true, func() { w.must(tandem.ActorConnector, o) })
	})
}

// dispatch hands effects to the connectors.
func (w *world) dispatch() {
	for len(w.effects) > 0 {
		e := w.effects[0]
		w.effects = w.effects[1:]
		switch e := e.(type) {
		case presence.Read:
			w.look(w.account(e.System.SystemID))
		case presence.Write:
			if other, busy := w.inFlight[e.System.SystemID]; busy && other != e.WriteID {
				w.t.Fatalf("two writes to %s are under way (I9)", e.System.Name)
			}
			w.inFlight[e.System.SystemID] = e.WriteID
			w.later(w.delay(300), true, func() { w.connectorWrites(e) })
		}
	}
}

// connectorWrites makes a write as a connector does: sometimes, and always
// after a restart, it looks first.
func (w *world) connectorWrites(e presence.Write) {
	a := w.account(e.System.SystemID)
	if (e.Again || w.chance(20)) && a.version != e.Version {
		o := a.observation()
		o.LookedAt = w.now
		outcome := event.WriteRetry
		if a.remote == e.Remote {
			outcome = event.WriteDone
		}
		w.must(tandem.ActorConnector, o)
		w.report(e, outcome, a.version)
		return
	}
	fate := 100
	if a.late {
		fate = w.rnd.Intn(100)
	}
	version := uint64(0)
	switch {
	case fate < 8: // refused for now
		w.report(e, event.WriteRetry, 0)
		return
	case fate < 14: // the request is lost
		w.later(w.now.Add(3000), true, func() { w.report(e, event.WriteUnknown, 0) })
		return
	case fate < 20: // the answer is lost
		a.set(w, e.Remote, api)
		w.later(w.now.Add(3000), true, func() { w.report(e, event.WriteUnknown, 0) })
		return
	case fate < 24: // it lands when nobody waits any more
		w.later(w.now.Add(4000), false, func() { a.set(w, e.Remote, api) })
		w.later(w.now.Add(3000), true, func() { w.report(e, event.WriteUnknown, 0) })
		return
	}
	if a.set(w, e.Remote, api); w.chance(50) {
		version = a.version
	}
	w.later(w.delay(300), true, func() { w.report(e, event.WriteDone, version) })
}

func (w *world) report(e presence.Write, outcome event.WriteOutcome, version uint64) {
	delete(w.inFlight, e.System.SystemID)
	w.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{
		UserID: e.UserID, SystemID: e.System.SystemID, WriteID: e.WriteID, Outcome: outcome, Version: version, Again: e.Again}})
}

// crash ends our process: what it was doing is gone, the world goes on.
func (w *world) crash() {
	w.jobs = slices.DeleteFunc(w.jobs, func(j job) bool { return j.ours })
	clear(w.inFlight)
	if w.chance(50) {
		w.restart()
	} else {
		w.snapshot()
	}
}

// settled expects that the world is quiet: what is known of each account is
// what it shows, nothing is written and nothing is recorded any more (I1, I2).
func (w *world) settled() {
	w.t.Helper()
	for _, a := range w.accounts {
		l := w.leg(a.saved.Name)
		w.want("known of "+a.saved.Name, l.Observed.Remote, a.remote)
		w.want("writing to "+a.saved.Name, w.writing(a.saved.Name), "")
	}
	records := len(w.journal)
	w.run(3 * pollMillis)
	if len(w.journal) != records {
		w.want("records in quiet time", fmt.Sprint(len(w.journal)-records), "0")
	}
}

// trouble makes the ways between the systems bad from now on.
func (w *world) trouble() {
	for _, a := range w.accounts {
		a.late = true
	}
}
