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

// remote is another system as its maker describes it, with one agent. It knows
// nothing of how presence works: a person picks a status in it, its API sets
// one, and it tells of changes as well as it can.
type remote struct {
	sys        event.SystemSaved
	statuses   []event.RemoteStatus
	person     string // its word for a change by a person
	program    string // its word for one through its API; both "": it tells nobody's
	revisions  bool   // it counts changes; else it only knows since when
	pushes     bool   // it announces changes; else they are found by looking
	lookReason bool   // who made a change is also told to who looks
	looks      bool   // the connector looks before each write
	pollMillis int64
	skewMillis int64
	perMinute  int // writes that it takes; 0: any number

	status string
	rev    uint64
	since  tandem.Time
	reason string

	frozen tandem.Time // it answers nobody until then
	poll   tandem.Time // the next one
	minute tandem.Time
	writes int
}

// scene is the center and several systems, with everything that goes wrong
// between them.
type scene struct {
	*host
	history  string
	rnd      *rand.Rand
	remotes  []*remote
	jobs     []job
	inFlight map[tandem.ID]tandem.ID
	faults   bool
	applied  map[tandem.ID]uint64 // the intent of the write made last
	routable func() bool
	last     string
}

func newScene(t testing.TB, cast string, seed int64, remotes []*remote) *scene {
	s := &scene{host: newHost(t), history: fmt.Sprintf("%s, history %d", cast, seed), rnd: rand.New(rand.NewSource(seed)), remotes: remotes,
		inFlight: map[tandem.ID]tandem.ID{}, applied: map[tandem.ID]uint64{}}
	s.begin()
	s.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[0], &loadStatuses[1]}})
	s.choose("Available")
	for _, r := range remotes {
		r.status, r.rev, r.since, r.reason = r.word("Available"), 1, s.now, r.person
		r.skewMillis = s.rnd.Int63n(100) - 50
		s.join(r)
	}
	s.run(60_000)
	return s
}

// join connects a system, with the rules that take the place of a mapping where
// it has none.
func (s *scene) join(r *remote) {
	sys := r.sys
	sys.FocusMode = false
	s.must(tandem.ActorUser, presence.SaveSystem{System: sys, New: true})
	s.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: sys.SystemID, Statuses: r.statuses})
	if r.sys.FocusMode {
		s.must(tandem.ActorUser, presence.SaveSystem{System: r.sys})
	}
	if !sys.StatusSync {
		s.must(tandem.ActorUser, presence.SaveRules{SystemID: sys.SystemID, Enabled: true, Rules: pairRules()})
	}
	s.must(tandem.ActorUser, presence.LinkAgent{UserID: agent1, SystemID: sys.SystemID, RemoteID: "10011"})
}

// pairRules keep Salesforce and Connect in the same state, as an administrator
// would write them; a person's choice in Salesforce counts everywhere.
func pairRules() []event.PresenceRule {
	var rules []event.PresenceRule
	for _, state := range []string{"Available", "Lunch", "Break", "Offline"} {
		there := onOmni(state, state)
		there.Wish = true
		rules = append(rules, onConnect(state, state), there)
	}
	return rules
}

func (s *scene) want(what, got, want string) {
	s.t.Helper()
	s.host.want(s.history+": "+what, got, want)
}

func (s *scene) chance(percent int) bool      { return s.rnd.Intn(100) < percent }
func (s *scene) delay(millis int) tandem.Time { return s.now.Add(int64(s.rnd.Intn(millis))) }

func (s *scene) later(at tandem.Time, ours bool, f func()) { s.jobs = append(s.jobs, job{at, ours, f}) }

func (s *scene) remote(system tandem.ID) *remote {
	return s.remotes[slices.IndexFunc(s.remotes, func(r *remote) bool { return r.sys.SystemID == system })]
}

// word is the system's own id for a status of the center.
func (r *remote) word(status string) string {
	for _, row := range r.sys.Mapping {
		if row.StatusID == id(status) && (row.Preferred || !slices.ContainsFunc(r.sys.Mapping, func(o event.MappingRow) bool { return o.Preferred && o.StatusID == row.StatusID })) {
			return row.Remote
		}
	}
	if !r.sys.StatusSync && slices.ContainsFunc(r.statuses, func(st event.RemoteStatus) bool { return st.Remote == status }) && status != "Training" {
		return status
	}
	return ""
}

// meaning is the center's status that the system's stands for, "" for none.
func (r *remote) meaning(remote string) string {
	for _, row := range r.sys.Mapping {
		if row.Remote == remote {
			return nameOf[row.StatusID]
		}
	}
	if r.word(remote) == remote {
		return remote
	}
	return ""
}

var nameOf = map[tandem.ID]string{}

func init() {
	for _, st := range centerStatuses {
		nameOf[st.StatusID] = st.Name
	}
}

// set changes the system's status and lets it announce that.
func (r *remote) set(s *scene, status, reason string) {
	if r.status == status {
		return
	}
	r.status, r.reason, r.rev, r.since = status, reason, r.rev+1, s.now
	if !r.pushes {
		return
	}
	o := r.observation()
	copies, millis := 1, 200
	if s.faults {
		copies, millis = []int{0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2}[s.rnd.Intn(20)], 2000
	}
	for range copies {
		s.later(max(s.delay(millis), r.frozen), false, func() { s.must(tandem.ActorConnector, o) })
	}
}

func (r *remote) observation() presence.Observe {
	o := presence.Observe{SystemID: r.sys.SystemID, RemoteID: "10011", Remote: r.status, Reason: r.reason, At: r.since.Add(r.skewMillis)}
	if r.revisions {
		o.Version = r.rev
	}
	return o
}

// look is a poll or a read: it fails while the system is frozen.
func (s *scene) look(r *remote, again bool) {
	asked := s.now
	s.later(s.delay(200), true, func() {
		if r.frozen > s.now {
			if again {
				s.later(s.now.Add(2000), true, func() { s.look(r, true) })
			}
			return
		}
		o := r.observation()
		o.LookedAt = asked
		if !r.lookReason {
			o.Reason = ""
		}
		s.later(s.delay(200), true, func() { s.must(tandem.ActorConnector, o) })
	})
}

func (s *scene) dispatch() {
	for len(s.effects) > 0 {
		e := s.effects[0]
		s.effects = s.effects[1:]
		switch e := e.(type) {
		case presence.Read:
			s.look(s.remote(e.System.SystemID), true)
		case presence.Write:
			s.checkWrite(e)
			s.inFlight[e.System.SystemID] = e.WriteID
			s.later(s.delay(300), true, func() { s.connectorWrites(e) })
		}
	}
}

// checkWrite holds SYNC-I9 and SYNC-I12.
func (s *scene) checkWrite(e presence.Write) {
	s.t.Helper()
	r := s.remote(e.System.SystemID)
	if other, busy := s.inFlight[e.System.SystemID]; busy && other != e.WriteID {
		s.t.Fatalf("%s: two writes to %s are under way (I9)", s.history, e.System.Name)
	}
	if e.Intent < s.applied[e.System.SystemID] {
		s.t.Fatalf("%s: %s is written for wish %d after wish %d (I9)", s.history, e.System.Name, e.Intent, s.applied[e.System.SystemID])
	}
	s.applied[e.System.SystemID] = e.Intent
	if !slices.ContainsFunc(r.statuses, func(st event.RemoteStatus) bool { return st.Remote == e.Remote }) {
		s.t.Fatalf("%s: %q is written to %s, which has no such status (I12)", s.history, e.Remote, e.System.Name)
	}
}

// connectorWrites makes a write as a connector does: often, and always after a
// restart, it looks first.
func (s *scene) connectorWrites(e presence.Write) {
	r := s.remote(e.System.SystemID)
	if r.frozen > s.now {
		if s.chance(50) {
			s.later(r.frozen, false, func() { r.set(s, e.Remote, r.program) })
		}
		s.later(s.now.Add(3000), true, func() { s.report(e, event.WriteUnknown, 0, 0) })
		return
	}
	if minute := s.now - s.now%60_000; r.minute != minute {
		r.minute, r.writes = minute, 0
	}
	if r.perMinute > 0 && r.writes >= r.perMinute {
		s.report(e, event.WriteRetry, 0, r.minute.Add(60_000))
		return
	}
	o := r.observation()
	if moved := r.revisions && o.Version != e.Version || !r.revisions && o.Remote != e.Shown; moved && (e.Again || r.looks) {
		o.LookedAt = s.now
		outcome := event.WriteRetry
		if r.status == e.Remote {
			outcome = event.WriteDone
		}
		s.must(tandem.ActorConnector, o)
		s.report(e, outcome, o.Version, 0)
		return
	}
	r.writes++
	s.later(s.delay(100), true, func() { s.fate(e, r) })
}

// fate makes a write, unless it is lost on the way there; its answer may be lost
// on the way back, and it may land when nobody waits any more.
func (s *scene) fate(e presence.Write, r *remote) {
	fate := 100
	if s.faults {
		fate = s.rnd.Intn(100)
	}
	unknown := func() { s.report(e, event.WriteUnknown, 0, 0) }
	switch {
	case fate < 3:
		s.report(e, event.WriteRetry, 0, 0)
	case fate < 8:
		s.later(s.now.Add(3000), true, unknown)
	case fate < 11:
		s.later(s.now.Add(4000), false, func() { r.set(s, e.Remote, r.program) })
		s.later(s.now.Add(3000), true, unknown)
	default:
		version := uint64(0)
		if r.set(s, e.Remote, r.program); r.revisions && s.chance(50) {
			version = r.rev
		}
		if fate < 14 {
			s.later(s.now.Add(3000), true, unknown)
			return
		}
		s.later(s.delay(300), true, func() { s.report(e, event.WriteDone, version, 0) })
	}
}

func (s *scene) report(e presence.Write, outcome event.WriteOutcome, version uint64, retry tandem.Time) {
	delete(s.inFlight, e.System.SystemID)
	s.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{UserID: e.UserID, SystemID: e.System.SystemID,
		WriteID: e.WriteID, Outcome: outcome, Version: version, RetryAt: retry, Again: e.Again}})
}

// run lets time pass: jobs, polls and ticks in order.
func (s *scene) run(millis int64) {
	s.t.Helper()
	for end := s.now.Add(millis); ; {
		s.dispatch()
		next, f := end.Add(1), func() {}
		for i, j := range s.jobs {
			if j.at < next {
				next, f = j.at, func() {
					s.jobs = slices.Delete(s.jobs, i, i+1)
					j.run()
				}
			}
		}
		if due, ok := s.in.NextDue(); ok && due < next {
			next, f = due, func() { s.must(tandem.ActorSystem, tandem.Tick{}) }
		}
		for _, r := range s.remotes {
			if r.poll < next {
				next, f = max(r.poll, s.now), func() {
					r.poll = s.now.Add(r.pollMillis)
					s.look(r, false)
				}
			}
		}
		if next > end {
			s.now = end
			return
		}
		s.now = max(s.now, next)
		f()
		s.watch()
	}
}

// watch holds SYNC-I13: the center goes to Available only when a person wants
// that, or did when something now undone began.
func (s *scene) watch() {
	s.t.Helper()
	if now := s.shown(); now != s.last {
		if now == "Available" && s.routable != nil && !s.routable() {
			s.t.Fatalf("%s: the center went to Available without a wish (I13)", s.history)
		}
		s.last = now
	}
}

// crash ends our process: what it was doing is gone, the world goes on.
func (s *scene) crash() {
	s.jobs = slices.DeleteFunc(s.jobs, func(j job) bool { return j.ours })
	clear(s.inFlight)
	if s.chance(50) {
		s.restart()
	} else {
		s.snapshot()
	}
}

// calm expects that nothing is written or recorded any more (I1, I2), and that
// what is known of each system is what it shows.
func (s *scene) calm() {
	s.t.Helper()
	for _, r := range s.remotes {
		s.want("known of "+r.sys.Name, s.leg(r.sys.Name).Observed.Remote, r.status)
		s.want("writing to "+r.sys.Name, s.writing(r.sys.Name), "")
		s.want("health of "+r.sys.Name, s.leg(r.sys.Name).Health.String(), "ok")
	}
	records := len(s.journal)
	s.run(60_000)
	s.want("records in quiet time", fmt.Sprint(len(s.journal)-records), "0")
}
