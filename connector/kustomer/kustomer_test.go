package kustomer

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/kustomer"
)

// desk is one agent of a stand-in, a connector that does not run, and what it
// told.
type desk struct {
	t     *testing.T
	clock *connectortest.Clock
	org   *organization
	k     *Kustomer
	core  *told
	agent string
}

func sit(t *testing.T, edit func(*standin.Config)) *desk {
	t.Helper()
	clock := connectortest.NewClock(began)
	org := startOrganization(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 1000}, edit)
	k, core := connectorFor(t, clock, org.url, linking(org.agents[0]))
	if err := k.list(t.Context(), urgent); err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, clock: clock, org: org, k: k, core: core, agent: org.agents[0]}
}

// sees looks at everybody and returns what is known then of the agent.
func (d *desk) sees() presence.Observe {
	d.t.Helper()
	if _, err := d.k.lookAtAll(d.t.Context(), urgent); err != nil {
		d.t.Fatal(err)
	}
	o, _ := d.core.last(d.t)
	return o
}

// does lets something happen a second later.
func (d *desk) does(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	d.clock.Advance(time.Second)
}

func (d *desk) write(status string, version uint64) event.StatusWriteEnded {
	return d.k.write(d.t.Context(), presence.Write{RemoteID: d.agent, Remote: status, Version: version})
}

// TestStatusesAreOfferedAsTheOrganizationHasThem holds KUS-1 and KUS-4: four
// default statuses, custom ones after them, and none that is switched off. Busy
// may stand for a call (KUS-11).
func TestStatusesAreOfferedAsTheOrganizationHasThem(t *testing.T) {
	d := sit(t, nil)
	want := []event.RemoteStatus{
		{Remote: standin.StatusAvailable, Name: "Available"}, {Remote: standin.StatusBusy, Name: "Busy", Focusing: true},
		{Remote: standin.StatusUnavailable, Name: "Unavailable"}, {Remote: standin.StatusOffline, Name: "Offline"},
		{Remote: lunch, Name: "Lunch", Custom: true}, {Remote: training, Name: "Training", Custom: true},
	}
	for _, off := range []bool{false, true} {
		if off {
			want = want[:5]
			d.does(d.org.SwitchStatus(training, true))
			if err := d.k.list(t.Context(), background); err != nil {
				t.Fatal(err)
			}
		}
		if len(d.core.statuses) != len(want) {
			t.Fatalf("%+v are offered, want %+v", d.core.statuses, want)
		}
		for i := range want {
			if d.core.statuses[i] != want[i] {
				t.Errorf("status %d is %+v, want %+v", i, d.core.statuses[i], want[i])
			}
		}
	}
}

// TestUserWithoutAWorkSessionIsOffline holds KUS-2. It is not told as an act of
// now, which would make the agent offline elsewhere too.
func TestUserWithoutAWorkSessionIsOffline(t *testing.T) {
	d := sit(t, func(c *standin.Config) { c.Users[0].StatusID = "" })
	o := d.sees()
	if o.Remote != standin.StatusOffline || o.At != sinceEver || o.Reason != presence.ReasonLogout {
		t.Errorf("observed %+v, want offline since ever", o)
	}
	asked := len(d.org.Server.Requests("", ""))
	d.clock.Advance(lookInterval)
	d.sees()
	if n := len(d.org.Server.Requests("", "")); n != asked+1 {
		t.Errorf("the next look took %d requests, want one list", n-asked)
	}
	d.does(d.org.SetStatusByHand(d.agent, lunch))
	if o := d.sees(); o.Remote != lunch || o.Reason != presence.ReasonPerson || o.Version == 0 {
		t.Errorf("observed %+v, want the first choice", o)
	}
}

// TestShiftsFollowEachOther holds that the end of a work session, and the next
// one, each are newer than all before, although revisions begin anew.
func TestShiftsFollowEachOther(t *testing.T) {
	d := sit(t, nil)
	var last uint64
	for _, status := range []string{lunch, standin.StatusAvailable, standin.StatusOffline, training, lunch, standin.StatusOffline, standin.StatusAvailable} {
		d.does(d.org.SetStatusByHand(d.agent, status))
		o := d.sees()
		if o.Remote != status || o.Version <= last || o.Reason != presence.ReasonPerson {
			t.Errorf("observed %+v after version %d, want %s, chosen by a person, and a newer one", o, last, status)
		}
		if at := tandem.At(d.clock.Now().Add(-time.Second)); o.At != at {
			t.Errorf("%s was entered at %s, want %s (KUS-5)", status, o.At, at)
		}
		last = o.Version
	}
}

// TestReasonTellsWhoChangedTheStatus holds that our own writes, people, other
// programs and Kustomer itself are told apart.
func TestReasonTellsWhoChangedTheStatus(t *testing.T) {
	d := sit(t, nil)
	d.sees()
	item := func() error {
		_, err := d.org.AddWork("conversation", queueID)
		return err
	}
	timeOut := func() error { // KUS-8: offered, and not accepted in time
		if err := item(); err != nil {
			return err
		}
		d.clock.Advance(31 * time.Second)
		return nil
	}
	ours := func(status string) func() error {
		return func() error {
			if ended := d.write(status, 0); ended.Outcome != event.WriteDone {
				return errors.New(ended.Detail)
			}
			d.k.memory = newMemory() // as after a restart
			return nil
		}
	}
	byHand := func(status, by string) func() error {
		return func() error { return d.org.SetStatusBy(d.agent, status, by) }
	}
	for _, step := range []struct {
		name           string
		do             func() error
		status, reason string
	}{
		{"our write", ours(lunch), lunch, presence.ReasonSelf},
		{"the agent", byHand(standin.StatusAvailable, d.agent), standin.StatusAvailable, presence.ReasonPerson},
		{"a supervisor", byHand(training, "a supervisor"), training, presence.ReasonPerson},
		{"another program", byHand(standin.StatusAvailable, otherMachine), standin.StatusAvailable, presence.ReasonProgram},
		{"a call begins (KUS-11)", func() error { return d.org.StartCall(d.agent) }, standin.StatusBusy, presence.ReasonSystem},
		{"the call ends", func() error { return d.org.EndCall(d.agent) }, standin.StatusAvailable, presence.ReasonSystem},
		{"our Busy during a call", ours(standin.StatusBusy), standin.StatusBusy, presence.ReasonSelf},
		{"the agent", byHand(standin.StatusAvailable, d.agent), standin.StatusAvailable, presence.ReasonPerson},
		{"work not accepted in time (KUS-8)", timeOut, standin.StatusUnavailable, presence.ReasonSystem},
	} {
		d.does(step.do())
		if o := d.sees(); o.Remote != step.status || o.Reason != step.reason {
			t.Errorf("%s: observed %s because of %q, want %s because of %q", step.name, o.Remote, o.Reason, step.status, step.reason)
		}
	}
}

// TestWorkInASessionIsNoNewChoice holds that the session's revision orders
// choices, and that work which changes it makes no new one.
func TestWorkInASessionIsNoNewChoice(t *testing.T) {
	d := sit(t, nil)
	before := d.sees()
	id, err := d.org.AddWork("conversation", queueID)
	d.does(err)
	for _, step := range []string{"accept", "pause", "resume", "complete"} {
		d.does(d.org.Work(id, step))
		d.clock.Advance(retellInterval)
		if o := d.sees(); o.Version != before.Version || o.At != before.At || o.LookedAt <= before.LookedAt {
			t.Errorf("after %s the status is observed as %+v, want what was there before: %+v", step, o, before)
		}
	}
}

// TestNothingNewIsToldOnlyNowAndThen holds that looking every few seconds does
// not make the core busy.
func TestNothingNewIsToldOnlyNowAndThen(t *testing.T) {
	d := sit(t, nil)
	for range 60 {
		d.sees()
		d.clock.Advance(5 * time.Second)
	}
	if _, n := d.core.last(t); n < 5 || n > 6 {
		t.Errorf("%d observations in five minutes without news, want one a minute", n)
	}
	d.k.Read(presence.Read{RemoteID: d.agent})
	_, before := d.core.last(t)
	d.sees()
	if _, n := d.core.last(t); n != before+1 || len(d.k.reads.Wanted()) != 0 {
		t.Errorf("%d observations answer a read, %d reads are left; want one, and none", n-before, len(d.k.reads.Wanted()))
	}
}

// TestLoadIsWhatKustomerCounts holds KUS-12 and KUS-15: partial with an open
// item, full without room for more, weighed by size; and what remains is kept
// within the total.
func TestLoadIsWhatKustomerCounts(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		total, remaining, items int64
		statusType              string
		want                    capacity
	}{
		{"no work", 3, 3, 0, typeAvailable, capacity{0, 3}}, {"some", 3, 2, 1, typeAvailable, capacity{1, 3}},
		{"one large item", 5, 1, 1, typeAvailable, capacity{4, 5}}, {"full", 3, 0, 3, typeAvailable, capacity{3, 3}},
		{"more than full", 3, -2, 5, typeAvailable, capacity{3, 3}}, {"more free than there is", 3, 4, 0, typeAvailable, capacity{0, 3}},
		{"work that takes nothing", 3, 4, 1, typeAvailable, capacity{1, 3}}, {"no capacity", 0, 0, 0, typeAvailable, capacity{}},
		{"nonsense", -1, 7, 1, typeAvailable, capacity{}}, {"offline", 3, 0, 3, typeOffline, capacity{}},
		{"a single place", 1, 1, 1, typeAvailable, capacity{0, 1}}, {"at lunch", 3, 1, 2, "unavailable", capacity{2, 3}},
	} {
		var s sessionJSON
		s.Attributes.TotalCapacity, s.Attributes.CapacityRemaining, s.Attributes.WorkItemCount = tt.total, tt.remaining, tt.items
		s.Attributes.StatusType = tt.statusType
		if got := s.load(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestLoadIsToldWhenItChanges(t *testing.T) {
	d := sit(t, nil)
	var items []string
	expect := func(what string, used, most uint32, times int) {
		t.Helper()
		d.sees()
		d.core.mu.Lock()
		defer d.core.mu.Unlock()
		last := d.core.loads[len(d.core.loads)-1]
		if last.Used != used || last.Max != most || len(d.core.loads) != times || last.RemoteID != d.agent || last.SystemID != systemID {
			t.Errorf("%s: told %d times, last %+v, want %d times, last %d of %d", what, len(d.core.loads), last, times, used, most)
		}
		if n := len(d.core.loads); n > 1 && last.Version < d.core.loads[n-2].Version {
			t.Errorf("%s: version %d is older than the one before", what, last.Version)
		}
	}
	expect("no work", 0, 3, 1)
	expect("no change", 0, 3, 1)
	for i, c := range []string{"a", "b", "c"} {
		id, err := d.org.AddWork(c, queueID)
		d.does(err)
		d.does(d.org.Work(id, "accept"))
		items = append(items, id)
		expect("one more", uint32(i+1), 3, i+2)
	}
	d.does(d.org.Work(items[0], "complete"))
	expect("one less", 2, 3, 5)
	d.does(d.org.SetStatusByHand(d.agent, standin.StatusOffline))
	expect("the shift is over", 0, 0, 6)
}

// TestClocksApartAreToldAndCorrected holds that an act counts at the time at
// which it was made, whatever Kustomer's clock says, and that a person hears of
// it once.
func TestClocksApartAreToldAndCorrected(t *testing.T) {
	for _, ahead := range []time.Duration{-7 * time.Minute, 0, time.Second, 5 * time.Minute} {
		ours := connectortest.NewClock(began)
		org := startOrganization(t, connectortest.Options{Clock: connectortest.NewClock(began.Add(ahead)), Agents: 1, RatePerMinute: 1000}, nil)
		log := &records{}
		k, core := connectorFor(t, ours, org.url, func(e *connector.Env) {
			linking(org.agents[0])(e)
			e.Log = slog.New(slog.NewTextHandler(log, nil))
		})
		for range 3 {
			if _, err := k.lookAtAll(t.Context(), urgent); err != nil {
				t.Fatal(err)
			}
		}
		o, _ := core.last(t)
		if off := o.At.Sub(tandem.At(began)); off < -2_000 || off > 2_000 {
			t.Errorf("%s ahead: an act of now is seen %d ms away", ahead, off)
		}
		want := 0
		if ahead.Abs() > time.Minute {
			want = 1
		}
		if n := strings.Count(log.text(), "NTP"); n != want {
			t.Errorf("%s ahead: told %d times, want %d: %s", ahead, n, want, log.text())
		}
	}
}

// TestSampleSessionIsUnderstood reads a work session in the shape that Kustomer
// sends.
func TestSampleSessionIsUnderstood(t *testing.T) {
	b, err := os.ReadFile("testdata/work_session.json")
	if err != nil {
		t.Fatal(err)
	}
	var sample struct{ Data sessionJSON }
	if err := json.Unmarshal(b, &sample); err != nil {
		t.Fatal(err)
	}
	s := sample.Data
	switch {
	case !s.complete() || !s.live() || s.unasked():
		t.Errorf("complete %t, live %t, unasked %t", s.complete(), s.live(), s.unasked())
	case !s.since().Equal(time.Date(2026, 3, 2, 8, 30, 0, 500e6, time.UTC)) || s.spent().Selected != 2:
		t.Errorf("since %s, selected %d times", s.since(), s.spent().Selected)
	case s.version() != uint64(s.Attributes.CreatedAt.UnixMilli())<<20+7:
		t.Errorf("version %d", s.version())
	case s.load() != capacity{1, 3}:
		t.Errorf("load %+v", s.load())
	}
}

// TestLateAnswerDoesNotReplaceANewerOne holds that answers which cross each
// other do no harm.
func TestLateAnswerDoesNotReplaceANewerOne(t *testing.T) {
	d := sit(t, nil)
	d.sees()
	old, err := d.k.client.session(t.Context(), urgent, d.k.memory.session(d.agent))
	if err != nil {
		t.Fatal(err)
	}
	d.clock.Advance(time.Second)
	done := d.write(lunch, 0)
	if o := d.k.observation(old, 1); o.Remote != standin.StatusAvailable || o.Version >= done.Version {
		t.Errorf("the late answer says %+v, want an older version than %d", o, done.Version)
	}
	if o := d.sees(); o.Remote == lunch {
		t.Errorf("the late answer made the write news: %+v", o)
	}
}

// TestAgentOfWhomNothingCanBeToldHoldsUpNobody holds that one who is gone, or
// whose session cannot be understood, is asked for once in a while, and that
// others are seen nevertheless.
func TestAgentOfWhomNothingCanBeToldHoldsUpNobody(t *testing.T) {
	for name, fault := range map[string]standin.Fault{
		"gone": {Status: 404}, "not understood": {Status: 200, Body: `{"data":[{"id":"s","attributes":{"rev":1}}],"links":{"next":null}}`, ContentType: "application/json"},
	} {
		d := sit(t, nil)
		const stranger = "000000000000000000000001" // sorts before the agent
		linking(stranger, d.agent)(&d.k.env)
		d.does(d.org.SetStatusByHand(d.agent, standin.StatusOffline))
		path := "/v1/routing/users/" + stranger
		fault.PathPrefix, fault.Count = path, 1_000
		if err := d.org.Server.Break(fault); err != nil {
			t.Fatal(err)
		}
		d.k.Read(presence.Read{RemoteID: stranger})
		for range 24 {
			if o := d.sees(); o.RemoteID != d.agent || o.Remote != standin.StatusOffline {
				t.Fatalf("%s: observed %+v, want the other agent", name, o)
			}
			d.clock.Advance(5 * time.Second)
		}
		if n := len(d.org.Server.Requests("GET", path)); n < 1 || n > 3 {
			t.Errorf("%s: asked for %d times in two minutes, want about two", name, n)
		}
		if err := d.k.read(t.Context()); err != nil || len(d.k.reads.Wanted()) != 0 {
			t.Errorf("%s: error %v, %d reads are left", name, err, len(d.k.reads.Wanted()))
		}
	}
}

// FuzzSession holds that no answer, however odd, does harm.
func FuzzSession(f *testing.F) {
	sample, err := os.ReadFile("testdata/work_session.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Add([]byte(`{"data":{"id":"a","attributes":{"rev":18446744073709551615,"createdAt":"0001-01-01T00:00:00Z","totalCapacity":-9223372036854775808},"relationships":{"user":{"data":null}}}}`))
	k, _ := connectorFor(f, connectortest.NewClock(began), "http://127.0.0.1:1", nil)
	f.Fuzz(func(t *testing.T, b []byte) {
		var answer struct{ Data sessionJSON }
		if json.Unmarshal(b, &answer) != nil {
			return
		}
		s := answer.Data
		if load := s.load(); load.used > load.most {
			t.Errorf("load %+v", load)
		}
		k.memory = newMemory()
		if o := k.observation(s, 1); s.complete() && (o.Remote == "" || o.RemoteID == "") {
			t.Errorf("observed %+v", o)
		}
	})
}
