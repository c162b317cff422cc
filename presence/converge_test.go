package presence_test

import (
	"fmt"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
)

// oracle says what every system should show after acts that are far apart. It
// is written from the description of the rules and knows nothing of how the
// machine works.
type oracle struct {
	w       *world
	want    string            // the status of the center
	before  string            // the one before
	origin  string            // the account where it was chosen, "" for the center
	word    string            // its word for it there
	raw     map[string]string // each account's status beneath the focus overlay
	timeout map[string]bool   // shown Away by a time-out that counted for nothing
	byHand  map[string]bool   // changed during the contact
	contact bool
}

var meaning = map[string]string{"3": "Available", "2": "Offline", "4": "Break", "51": "Lunch", "52": "Lunch"}
var preferredWord = map[string]string{"Available": "3", "Offline": "2", "Break": "4", "Lunch": "51"}
var rank = map[string]int{"Offline": 0, "Break": 1, "Lunch": 1, "Coaching": 1, "Available": 2}

func newOracle(w *world) *oracle {
	o := &oracle{w: w, want: "Available", before: "Available", raw: map[string]string{}, byHand: map[string]bool{}, timeout: map[string]bool{}}
	for _, a := range w.accounts {
		o.raw[a.saved.Name] = "3"
	}
	w.routable = func() bool { return o.want == "Available" || o.before == "Available" }
	return o
}

// ruler is an account whose status outweighs the choice of another one.
func (o *oracle) ruler(status string) string {
	for _, a := range o.w.accounts {
		if shown := meaning[o.raw[a.saved.Name]]; a.saved.Policy == event.Master && preferredWord[status] != "" && shown != "" && shown != status {
			return a.saved.Name
		}
	}
	return ""
}

// wish makes every system follow a choice made at one of them.
func (o *oracle) wish(status string, at string, fromMaster bool) {
	o.before, o.want, o.origin, o.word = o.want, status, at, o.raw[at]
	for _, a := range o.w.accounts {
		name, word := a.saved.Name, preferredWord[status]
		follows := name != at && word != "" && (a.saved.Policy != event.Master || fromMaster)
		if follows && (meaning[o.raw[name]] != status || o.timeout[name]) {
			o.raw[name] = word
		}
		if follows || name == at {
			o.timeout[name] = false
		}
	}
}

func (o *oracle) center(status string) {
	if ruler := o.ruler(status); ruler != "" {
		if shown := meaning[o.raw[ruler]]; shown != o.want {
			o.wish(shown, ruler, true)
		}
		return
	}
	o.wish(status, "", false)
}

func (o *oracle) person(a *account, remote string) {
	name, status := a.saved.Name, meaning[remote]
	o.byHand[name] = o.byHand[name] || o.contact && a.saved.FocusMode
	isMaster := a.saved.Policy == event.Master
	if status != "" && !isMaster && o.ruler(status) != "" {
		ruler := o.ruler(status)
		if shown := meaning[o.raw[ruler]]; shown != o.want {
			o.wish(shown, ruler, true)
		}
		o.timeout[name] = false
		switch {
		case meaning[o.raw[name]] == o.want: // its own word is put back
		case o.origin == name:
			o.raw[name] = o.word
		case preferredWord[o.want] != "":
			o.raw[name] = preferredWord[o.want]
		default:
			o.raw[name] = remote
		}
		return
	}
	o.raw[name], o.timeout[name] = remote, false
	if status != "" {
		o.wish(status, name, isMaster)
	}
}

// idle is an idle time-out at an account: it counts without a contact, and is
// undone where focus covers it.
func (o *oracle) idle(a *account) {
	if o.contact {
		if !a.saved.FocusMode || o.byHand[a.saved.Name] {
			o.timeout[a.saved.Name] = true
		}
		return
	}
	o.raw[a.saved.Name] = "4"
	o.wish("Break", a.saved.Name, a.saved.Policy == event.Master)
}

func (o *oracle) check(what string) {
	o.w.t.Helper()
	shown := o.w.shown()
	if o.contact && shown != o.want && o.want == "Available" { // it cannot be a next status
		shown = o.want
	} else if o.contact && shown == "next "+o.want {
		shown = o.want
	}
	o.w.want(what+": center", shown, o.want)
	for _, a := range o.w.accounts {
		want := o.raw[a.saved.Name]
		switch {
		case o.contact && a.saved.FocusMode && !o.byHand[a.saved.Name]:
			want = a.saved.Focus
		case o.timeout[a.saved.Name]:
			want = "4"
		}
		o.w.want(what+": "+a.saved.Name, a.remote, want)
	}
}

// step makes one act and tells the oracle.
func (o *oracle) step() string {
	w := o.w
	a := w.accounts[w.rnd.Intn(len(w.accounts))]
	switch n := w.rnd.Intn(10); {
	case n < 3:
		status := centerStatuses[w.rnd.Intn(len(centerStatuses))].Name
		if w.shown() == status || w.shown() == "next "+status {
			return "nothing"
		}
		if o.contact && o.present() != "Available" && status == "Available" {
			return "nothing" // the center would take no notice
		}
		w.acts++
		o.center(status)
		w.choose(status)
		return "center chooses " + status
	case n < 7:
		remote := []string{"2", "3", "4", "51", "52", "53"}[w.rnd.Intn(6)]
		if a.remote == remote {
			return "nothing"
		}
		w.acts++
		o.person(a, remote)
		a.set(w, remote, switcher)
		return a.saved.Name + " chooses " + remote
	case n < 8:
		if a.remote == "4" || !o.contact && rank[o.want] < 2 {
			return "nothing"
		}
		w.acts++
		o.idle(a)
		a.set(w, "4", idle)
		return a.saved.Name + " times out"
	case o.contact:
		o.contact = false
		clear(o.byHand)
		w.clear("call")
		return "the contact is cleared"
	}
	o.contact = true
	for _, a := range w.accounts {
		o.timeout[a.saved.Name] = o.timeout[a.saved.Name] && !a.saved.FocusMode
	}
	w.ring("call")
	return "a contact rings"
}

// present is the center's status now, whatever comes next.
func (o *oracle) present() string {
	return o.w.presence.Name(centerID, o.w.center.agents[agent1].status.String())
}

var worlds = map[string][]event.SystemSaved{
	"one, last action wins":   {lastWins("a")},
	"one master":              {master("a")},
	"one master with focus":   {focus("a")},
	"two, last action wins":   {lastWins("a"), system("b", event.LastActionWins, true)},
	"three, last action wins": {lastWins("a"), system("b", event.LastActionWins, true), lastWins("c")},
	"a master and another":    {focus("a"), lastWins("b")},
}

// SYNC-I4, I8, I10, I13, I15: acts that are further apart than the settle
// time: every system shows what the rules say of the last act, with calls,
// lost, repeated and reordered messages, failing writes and crashes.
func TestSpacedActsReachEverySystem(t *testing.T) {
	for _, name := range tandem.SortedKeys(worlds) {
		for seed := range int64(seeds(15)) {
			t.Run(fmt.Sprint(name, "/", seed), func(t *testing.T) {
				w := newWorld(t, seed, worlds[name]...)
				w.trouble()
				o := newOracle(w)
				for range 25 {
					what := o.step()
					w.run(int64(w.rnd.Intn(5000)))
					if w.chance(20) {
						w.crash()
						what += ", then a crash"
					}
					w.run(150_000)
					o.check(what)
				}
				w.settled()
			})
		}
	}
}

func seeds(n int) int {
	if testing.Short() {
		return n / 4
	}
	return n
}

// burst makes acts quickly, at the center and the accounts, and remembers
// what was chosen.
func (w *world) burst(acts int, contacts bool) (chosen []string) {
	ringing := false
	for range acts {
		w.acts++
		switch n := w.rnd.Intn(10); {
		case n < 4:
			status := []string{"Available", "Offline", "Lunch", "Break"}[w.rnd.Intn(4)]
			chosen = append(chosen, status)
			w.choose(status)
		case n < 8 || !contacts:
			remote := []string{"2", "3", "4", "51", "52"}[w.rnd.Intn(5)]
			chosen = append(chosen, meaning[remote])
			w.accounts[w.rnd.Intn(len(w.accounts))].set(w, remote, switcher)
		case ringing:
			ringing = false
			w.clear("call")
		default:
			ringing = true
			w.ring("call")
		}
		w.run(int64(w.rnd.Intn(1500)))
		if w.chance(5) {
			w.crash()
		}
	}
	if ringing {
		w.clear("call")
	}
	return chosen
}

// SYNC-I1, I2, I3, I6, I7, I9: however fast the acts come, afterwards all is
// quiet, all systems agree, on something that a person chose.
func TestBurstsEndInAgreementOnSomethingChosen(t *testing.T) {
	for _, name := range tandem.SortedKeys(worlds) {
		if name == "a master and another" || name == "one master" || name == "one master with focus" {
			continue // they need not agree: a master does not follow
		}
		for seed := range int64(seeds(60)) {
			t.Run(fmt.Sprint(name, "/", seed), func(t *testing.T) {
				w := newWorld(t, seed, worlds[name]...)
				w.trouble()
				before := w.agent().Intent.Version
				chosen := append(w.burst(15, true), "Available")
				w.run(300_000)
				w.settled()
				if !slices.Contains(chosen, w.shown()) {
					t.Errorf("the center shows %s, which nobody chose", w.shown())
				}
				for _, a := range w.accounts {
					w.want(a.saved.Name, meaning[a.remote], w.shown())
				}
				if raised := w.agent().Intent.Version - before; raised > uint64(w.acts) {
					t.Errorf("%d acts made %d wishes", w.acts, raised)
				}
			})
		}
	}
}

// SYNC-I1, I2 with masters: all is quiet afterwards, and the center shows what
// the master does.
func TestBurstsUnderAMasterEndAtTheMastersStatus(t *testing.T) {
	for _, name := range []string{"one master", "one master with focus", "a master and another"} {
		for seed := range int64(seeds(60)) {
			t.Run(fmt.Sprint(name, "/", seed), func(t *testing.T) {
				w := newWorld(t, seed, worlds[name]...)
				w.trouble()
				w.burst(15, true)
				w.run(300_000)
				w.settled()
				for _, a := range w.accounts {
					w.want(a.saved.Name, meaning[a.remote], w.shown())
				}
			})
		}
	}
}

// SYNC-I5: however fast the acts, when all are in one system the last counts.
func TestLastActOfABurstInOneSystemCounts(t *testing.T) {
	for seed := range int64(seeds(100)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed, worlds["three, last action wins"]...)
			w.trouble()
			a, remote := w.accounts[w.rnd.Intn(3)], ""
			for range 10 {
				remote = []string{"2", "3", "4", "51", "52"}[w.rnd.Intn(5)]
				a.set(w, remote, switcher)
				w.run(int64(w.rnd.Intn(800)))
				if w.chance(5) {
					w.crash()
				}
			}
			w.run(300_000)
			w.settled()
			w.want("center", w.shown(), meaning[remote])
			w.want("the system itself", a.remote, remote)
		})
	}
}
