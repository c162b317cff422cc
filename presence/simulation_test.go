package presence_test

import (
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// go test ./presence -run Simulation -presence.seeds=10000
var (
	seedsFlag   = flag.Int("presence.seeds", 0, "histories per simulation; 0: a few")
	historyFlag = flag.Int64("presence.history", -1, "run only this history")
)

// histories are the seeds of a simulation, n of them by default.
func histories(n int) []int64 {
	if *historyFlag >= 0 {
		return []int64{*historyFlag}
	}
	if n = seeds(n); *seedsFlag > 0 {
		n = *seedsFlag
	}
	all := make([]int64, n)
	for i := range all {
		all[i] = int64(i)
	}
	return all
}

// expected is what every system should show after acts that are far apart. It is
// written from the description of the rules and knows nothing of how the machine
// works.
type expected struct {
	s       *scene
	want    string // the status that a person chose last and that means something in the center
	before  string
	shows   map[string]string // what each system shows beneath its focus status
	byHand  map[string]bool   // changed during the contact
	contact bool
	band    string // the center's status for the load, "" for none
	bandOff bool   // a person chose otherwise in the center
	state   string // of the center, for rules
}

func expect(s *scene) *expected {
	e := &expected{s: s, want: "Available", before: "Available", shows: map[string]string{}, byHand: map[string]bool{}, state: "Available"}
	for _, r := range s.remotes {
		e.shows[r.sys.Name] = r.status
	}
	s.routable = func() bool { return e.want == "Available" || e.before == "Available" }
	return e
}

// wish makes every system follow a choice.
func (e *expected) wish(status, at string) {
	e.before, e.want = e.want, status
	for _, r := range e.s.remotes {
		name, word := r.sys.Name, r.word(status)
		if r.sys.StatusSync && name != at && word != "" && r.meaning(e.shows[name]) != status {
			e.shows[name] = word
		}
	}
	if status != "Available" {
		e.bandOff = false
	}
}

// center is what the center is to show.
func (e *expected) center() string {
	if e.want == "Available" && e.band != "" && !e.bandOff {
		return e.band
	}
	return e.want
}

// connect moves the state that rules see, and lets those follow that have no
// mapping.
func (e *expected) connect(from string) {
	e.follow(e.center(), from)
}

func (e *expected) follow(state, from string) {
	if e.contact {
		state = "PendingBusy"
	}
	if state == e.state {
		return
	}
	e.state = state
	for _, r := range e.s.remotes {
		if name := r.sys.Name; !r.sys.StatusSync && name != from && r.word(state) != "" {
			e.shows[name] = state
		}
	}
}

// act lets a person choose a status in a system.
func (e *expected) act(r *remote) string {
	choices := r.statuses
	choice := choices[e.s.rnd.Intn(len(choices))].Remote
	if choice == r.sys.Focus || choice == "Full" || choice == r.status || choice == e.shows[r.sys.Name] {
		return ""
	}
	name := r.sys.Name
	e.byHand[name] = e.byHand[name] || e.contact && r.sys.FocusMode
	e.shows[name] = choice
	if status := r.meaning(choice); status != "" {
		e.wish(status, name)
		e.connect(name)
	}
	r.set(e.s, choice, r.person)
	return name + " chooses " + choice
}

func (e *expected) step() string {
	s := e.s
	switch n := s.rnd.Intn(12); {
	case n < 3:
		status := centerStatuses[s.rnd.Intn(len(centerStatuses))].Name
		present := s.presence.Name(centerID, s.center.agents[agent1].status.String())
		if s.shown() == status || s.shown() == "next "+status || status == "Coaching" || e.contact && status == "Available" && present != status {
			return ""
		}
		e.bandOff = e.bandOff || e.want == "Available" && e.band != ""
		e.wish(status, "")
		e.follow(status, "") // for a moment it shows the choice itself, whatever the load
		e.connect("")
		s.choose(status)
		return "the center chooses " + status
	case n < 8:
		return e.act(s.remotes[s.rnd.Intn(len(s.remotes))])
	case n < 9:
		return e.load()
	case e.contact:
		e.contact = false
		clear(e.byHand)
		e.connect("")
		s.clear("call")
		return "the contact is cleared"
	case n < 11:
		e.contact = true
		e.connect("")
		s.ring("call")
		return "a contact rings"
	}
	r := s.remotes[s.rnd.Intn(len(s.remotes))]
	r.frozen = s.now.Add(60_000)
	return r.sys.Name + " is frozen"
}

// load changes how much work the agent has in Kustomer.
func (e *expected) load() string {
	used := uint32(e.s.rnd.Intn(4))
	band := map[uint32]string{0: "", 1: "Some work", 2: "Some work", 3: "Full"}[used]
	known := e.s.leg("ku").Capacity
	if known == nil && used == 0 || known != nil && known.Used == used {
		return ""
	}
	if band != e.band || known == nil {
		e.bandOff = false
	}
	e.band = band
	e.connect("")
	e.s.load("ku", used, 3)
	return fmt.Sprintf("%d of 3 conversations", used)
}

func (e *expected) check(what string) {
	e.s.t.Helper()
	shown := e.s.shown()
	if e.contact && (shown == "next "+e.center() || e.center() == "Available") { // that cannot be a next status
		shown = e.center()
	}
	e.s.want(what+": center", shown, e.center())
	for _, r := range e.s.remotes {
		want := e.shows[r.sys.Name]
		switch connect := r.sys.System == event.AmazonConnectSystem; {
		case e.contact && r.sys.FocusMode && !e.byHand[r.sys.Name]:
			want = r.sys.Focus
		case connect && e.want == "Available" && want == "Available" && e.band == "Full" && !e.s.leg("ac").BandOff:
			want = "Full"
		}
		e.s.want(what+": "+r.sys.Name, r.status, want)
	}
}

// SYNC-I1, I2, I4, I8 to I13, I15: acts that are far apart, in four and in six
// systems, with a focus status, capacity bands, rules in place of a mapping, rate
// limits, frozen systems, lost, doubled, late and reordered messages, failing
// writes and crashes: every system shows what the last act means for it.
func TestSimulationSpacedActsReachEverySystem(t *testing.T) {
	for _, name := range tandem.SortedKeys(casts) {
		t.Run(name, func(t *testing.T) {
			for _, seed := range histories(20) {
				spaced(t, name, seed)
			}
		})
	}
}

func spaced(t *testing.T, name string, seed int64) {
	s := newScene(t, name, seed, casts[name]())
	s.faults = true
	e := expect(s)
	for range 15 {
		what := e.step()
		if what == "" {
			continue
		}
		s.run(int64(s.rnd.Intn(5000)))
		if s.chance(20) {
			s.crash()
			what += ", then a crash"
		}
		s.run(300_000)
		e.check(what)
	}
	s.calm()
}

// chooses lets a person change the status to something at random in one of the
// systems; at -1 in the center. It returns what that means.
func (s *scene) chooses(at int) string {
	for {
		if at < 0 {
			status := centerStatuses[s.rnd.Intn(4)].Name
			if s.shown() == status || s.shown() == "next "+status {
				continue
			}
			s.choose(status)
			return status
		}
		r := s.remotes[at]
		row := centerStatuses[s.rnd.Intn(4)]
		if word := r.word(row.Name); word != "" && word != r.status {
			r.set(s, word, r.person)
			return row.Name
		}
	}
}

// SYNC-I5: however fast the acts, when all are in one system its last counts.
func TestSimulationBurstInOneSystem(t *testing.T) {
	for _, name := range tandem.SortedKeys(casts) {
		for _, seed := range histories(50) {
			s := newScene(t, name, seed, casts[name]())
			s.faults = true
			at, last := s.rnd.Intn(len(s.remotes)), ""
			for range 8 {
				last = s.chooses(at)
				s.run(int64(s.rnd.Intn(800)))
				if s.chance(5) {
					s.crash()
				}
			}
			s.run(400_000)
			s.calm()
			for _, r := range s.remotes {
				s.want(fmt.Sprintf("chosen in %s: %s", s.remotes[at].sys.Name, r.sys.Name), r.meaning(r.status), last)
			}
		}
	}
}

// SYNC-I3, I6, I7: after fast acts in several systems all agree on one of them,
// and nothing that nobody chose is ever wanted; with every overlay at work.
func TestSimulationBurstsAgreeOnOneOfTheActs(t *testing.T) {
	for _, name := range tandem.SortedKeys(casts) {
		for _, seed := range histories(50) {
			s := newScene(t, name, seed, casts[name]())
			s.faults = true
			before := s.agent().Intent.Version
			chosen, acts := s.mixedBurst()
			s.run(600_000)
			s.calm()
			intent := nameOf[s.agent().Intent.StatusID]
			if !slices.Contains(chosen, intent) {
				s.want("I3 phantom", intent, "x")
			}
			for _, r := range s.remotes {
				s.want(r.sys.Name, r.meaning(r.status), intent)
			}
			s.want("center", s.shown(), intent)
			if raised := s.agent().Intent.Version - before; raised > uint64(acts) {
				t.Fatalf("%s: %d acts made %d wishes (I7)", s.history, acts, raised)
			}
		}
	}
}

// mixedBurst makes acts, contacts and loads in quick succession, and ends the
// contacts and the load.
func (s *scene) mixedBurst() (chosen []string, acts int) {
	chosen = []string{"Available"}
	ringing := false
	for range 12 {
		switch n := s.rnd.Intn(10); {
		case n < 6:
			chosen = append(chosen, s.chooses(s.rnd.Intn(len(s.remotes)+1)-1))
			acts++
		case n < 7:
			s.load("ku", uint32(s.rnd.Intn(4)), 3)
		case ringing:
			ringing = false
			s.clear("call")
		case n < 9:
			ringing = true
			s.ring("call")
		default:
			s.remotes[s.rnd.Intn(len(s.remotes))].frozen = s.now.Add(20_000)
		}
		s.run(int64(s.rnd.Intn(1500)))
		if s.chance(5) {
			s.crash()
		}
	}
	if ringing {
		s.clear("call")
	}
	s.run(1)
	s.load("ku", 0, 3)
	return chosen, acts
}

// SYNC-I6: the share of bursts across systems that end on another act than the
// latest: at most 2.5 % where systems tell who made a change, 5 % where not.
func TestSimulationShareOfBurstsThatMissTheLatestAct(t *testing.T) {
	for _, tt := range []struct {
		name       string
		attributed bool
		perMille   int
	}{{"systems name who made a change", true, 25}, {"systems do not", false, 50}} {
		missed, all := 0, histories(400)
		for _, seed := range all {
			s := newScene(t, tt.name, seed, burstCasts(tt.attributed))
			s.faults = true
			latest := ""
			for range 4 {
				latest = s.chooses(s.rnd.Intn(len(s.remotes)+1) - 1)
				s.run(int64(s.rnd.Intn(1500)))
			}
			s.run(300_000)
			s.calm()
			for _, r := range s.remotes {
				s.want(r.sys.Name, r.meaning(r.status), s.shown())
			}
			if s.shown() != latest {
				missed++
			}
		}
		t.Logf("%s: %d of %d bursts end on another act than the latest", tt.name, missed, len(all))
		if missed*1000 > len(all)*tt.perMille {
			t.Errorf("%s: %d of %d bursts end on another act than the latest; at most %d per mille", tt.name, missed, len(all), tt.perMille)
		}
	}
}

// SYNC-I14 and I2: in healthy systems an agent who is no longer available is so
// everywhere after one write, and an act makes at most one write per system.
func TestSimulationHealthySystemsFollowAtOnce(t *testing.T) {
	for _, name := range tandem.SortedKeys(casts) {
		for _, seed := range histories(15) {
			s := newScene(t, name, seed, casts[name]())
			for range 6 {
				writes := count[*event.StatusWriteRequested](s.host)
				at := s.rnd.Intn(len(s.remotes)+1) - 1
				status := s.chooses(at)
				known := int64(201)
				if at >= 0 && !s.remotes[at].pushes {
					known = s.remotes[at].pollMillis + 401
				}
				s.run(known + 2*300)
				for _, r := range s.remotes {
					s.want("soon: "+r.sys.Name, r.meaning(r.status), status)
				}
				s.run(60_000)
				if made := count[*event.StatusWriteRequested](s.host) - writes; made > len(s.remotes) {
					t.Fatalf("%s: one act made %d writes among %d systems (I2)", s.history, made, len(s.remotes)+1)
				}
			}
		}
	}
}

// SYNC-I16: while one system is frozen, the others follow as ever.
func TestSimulationFrozenSystemDisturbsNoOther(t *testing.T) {
	for _, seed := range histories(15) {
		s := newScene(t, "6 systems", seed, casts["6 systems"]())
		frozen := s.remotes[s.rnd.Intn(len(s.remotes))]
		frozen.frozen = s.now.Add(600_000)
		for range 4 {
			status := s.chooses(-1)
			s.run(30_000)
			for _, r := range s.remotes {
				if r != frozen {
					s.want(frozen.sys.Name+" is frozen: "+r.sys.Name, r.meaning(r.status), status)
				}
			}
		}
		s.run(900_000)
		s.calm()
	}
}

// SYNC-I17: a mapping leads back to where it began, or it is refused: whatever
// is saved, each status of the center comes back from the word written for it.
func TestSimulationSavedMappingsLeadBack(t *testing.T) {
	for _, seed := range histories(200) {
		h := newHost(t)
		h.begin()
		rnd := rand.New(rand.NewSource(seed))
		sys := systemOf(event.SystemKind(2+rnd.Intn(4)), "x", nil)
		sys.StatusSync = true
		for range rnd.Intn(6) {
			sys.Mapping = append(sys.Mapping, event.MappingRow{Remote: fmt.Sprint(rnd.Intn(6)), StatusID: centerStatuses[rnd.Intn(5)].StatusID, Preferred: rnd.Intn(3) == 0})
		}
		if h.try(tandem.ActorUser, presence.SaveSystem{System: sys, New: true}) != nil {
			continue
		}
		r := &remote{sys: sys}
		for _, row := range sys.Mapping {
			status := nameOf[row.StatusID]
			h.want(fmt.Sprintf("history %d: %s", seed, status), r.meaning(r.word(status)), status)
		}
	}
}
