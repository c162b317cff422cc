package forecast_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
	"tandem/world/forecast"
	"tandem/zones"
)

// midnight begins the day of most tests.
var midnight = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// at is a time of day.
func at(clock string) tandem.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic(err)
	}
	return tandem.At(midnight).Add(t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)).Milliseconds())
}

func named(name string) tandem.ID { return tandem.NameID("forecast test", name) }

// firm is a contact center that is being configured.
type firm struct {
	t   testing.TB
	m   *center.Machine
	seq tandem.Seq
}

// newFirm has the queues named; agents are hired for some of them.
func newFirm(t testing.TB, queues ...string) *firm {
	f := &firm{t: t, m: center.New(zones.Shipped{})}
	create := center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: named("instance"), Alias: "sample", Region: "us-east-1", AccountID: "123456789012"},
		Defaults: center.Defaults{
			AvailableID: named("Available"), OfflineID: named("Offline"), HoursID: named("hours"), QueueID: named("BasicQueue"),
			RoutingProfileID: named("basic"), AdminID: named("Admin"), AgentID: named("Agent"), ManagerID: named("Manager"), AnalystID: named("Analyst"), TimeZone: "UTC",
		},
	}
	for _, s := range flow.Samples() {
		content, err := s.Fill(map[string]string{flow.PlaceholderQueue: named("BasicQueue").String(), flow.PlaceholderMusic: "CustomerQueue.wav"})
		if err != nil {
			t.Fatal(err)
		}
		create.Flows = append(create.Flows, event.FlowSaved{FlowID: named(s.Name), Name: s.Name, Type: string(s.Type), Content: tandem.Blob(content)})
	}
	f.do(create)
	f.do(center.AssociateNumber{NumberID: named("number"), Number: "+14155550100", FlowID: named(flow.SampleInbound)})
	for _, q := range queues {
		f.do(center.SaveQueue{New: true, Queue: event.QueueSaved{QueueID: named(q), Name: q, HoursID: named("hours"), MaxContacts: -1, Enabled: true}})
	}
	return f
}

func (f *firm) do(body any) {
	f.t.Helper()
	f.seq++
	cmd := tandem.Command{ID: tandem.ID{1}.Derive(uint64(f.seq)), At: tandem.At(midnight), Body: body}
	s := tandem.NewStep(f.seq, cmd, func(ev tandem.Event) { f.m.Apply(f.seq, cmd.At, ev) })
	if _, err := f.m.Decide(s, body); err != nil {
		f.t.Fatalf("%T: %v", body, err)
	}
}

// hire makes agents who take the contacts of the queues.
func (f *firm) hire(profile string, agents int, queues ...string) {
	f.t.Helper()
	r := event.RoutingProfileSaved{ProfileID: named(profile), Name: profile, DefaultOutboundQueueID: named(queues[0])}
	for ch := event.Voice; ch <= event.Task; ch++ {
		r.Concurrency = append(r.Concurrency, event.ChannelConcurrency{Channel: ch, Maximum: 1})
		for i, q := range queues {
			r.Entries = append(r.Entries, event.RoutingEntry{QueueID: named(q), Channel: ch, Priority: uint8(i + 1)})
		}
	}
	f.do(center.SaveRoutingProfile{New: true, Profile: r})
	for i := range agents {
		name := fmt.Sprintf("%s%d", profile, i+1)
		u := event.UserSaved{UserID: named(name), Username: tandem.Personal(name), FirstName: "Agent", PhoneType: event.SoftPhone,
			RoutingProfileID: r.ProfileID, SecurityProfileIDs: []tandem.ID{named("Agent")}, AfterContactWorkSeconds: 30}
		if i%2 == 1 {
			u.PhoneType, u.DeskPhoneNumber = event.DeskPhone, tandem.Personal(fmt.Sprintf("+1415555%04d", 1000+i))
		}
		f.do(center.SaveUser{New: true, User: u})
	}
}

func (f *firm) config() *forecast.Config { return forecast.ConfigOf(f.m.State()) }

// plan is a day from 9 to 10 o'clock, agents who answer after 2 seconds, and
// customers who never leave.
func (f *firm) plan(csv string) forecast.Plan {
	f.t.Helper()
	c := f.config()
	arrivals, err := forecast.ReadArrivals(strings.NewReader(csv), c, midnight)
	if err != nil {
		f.t.Fatal(err)
	}
	h := forecast.DefaultHabits()
	h.FixAnswer(2_000)
	h.FixPatience(0)
	return forecast.Plan{Config: c, Start: at("09:00:00"), End: at("10:00:00"), Arrivals: arrivals, Habits: h,
		Staffing: forecast.Everyone(c, at("09:00:00")), ThresholdMillis: 20_000, Seed: 1}
}

func run(t testing.TB, p forecast.Plan) *forecast.Report {
	t.Helper()
	r, err := forecast.Run(context.Background(), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rowOf(t testing.TB, r *forecast.Report, queue string) forecast.Row {
	t.Helper()
	for _, row := range r.Queues {
		if row.Queue == queue {
			return row
		}
	}
	t.Fatalf("the report has no queue %s: %+v", queue, r.Queues)
	return forecast.Row{}
}

// TestTinyDayIsAsComputedByHand: one agent, who answers after 2 s. The first
// call comes at 9:00:00, is answered after 2 s and lasts until 9:01:02. The
// second, of 9:00:10, is offered then and answered at 9:01:04, after 54 s, until
// 9:02:04. The third, of 9:00:20, leaves at 9:00:50. The fourth, of 9:29:30, is
// answered after 2 s and lasts until 9:30:32. The task of 9:40 is done at 9:41:02.
func TestTinyDayIsAsComputedByHand(t *testing.T) {
	f := newFirm(t, "Support", "Sales")
	f.hire("agent", 1, "Support", "Sales")
	p := f.plan(`time,to,handle,channel,patience
09:00:00,Support,60,,
09:00:10,Support,1m,,
09:00:20,Support,60,,30
09:29:30,Sales,60,VOICE,forever
09:40,Support,60,TASK,
`)
	r := run(t, p)
	support := rowOf(t, r, "Support")
	if c := support.Count; c.Offered != 4 || c.Answered != 3 || c.InTime != 2 || c.Abandoned != 1 || c.AnsweredMillis != 58_000 || c.LongestMillis != 54_000 {
		t.Errorf("Support: %+v", c)
	}
	if support.ServiceLevel() != 500 || support.AverageWaitMillis() != 19_333 {
		t.Errorf("service level %d, average wait %d", support.ServiceLevel(), support.AverageWaitMillis())
	}
	if sales := rowOf(t, r, "Sales"); sales.Offered != 1 || sales.ServiceLevel() != 1000 {
		t.Errorf("Sales: %+v", sales)
	}
	// Busy from 9:00:02 to 9:01:02, 9:01:04 to 9:02:04, 9:29:32 to 9:30:32 and
	// 9:40:02 to 9:41:02; there for the whole hour.
	if r.Total.BusyMillis != 240_000 || r.Total.StaffedMillis != 3_600_000 || r.Total.Occupancy() != 67 {
		t.Errorf("total: %+v, occupancy %d", r.Total, r.Total.Occupancy())
	}
	first, second := r.Rows[1], r.Rows[2]
	if first.From != at("09:00:00") || first.Offered != 3 || first.BusyMillis != 148_000 || second.From != at("09:30:00") || second.Offered != 1 || second.BusyMillis != 92_000 {
		t.Errorf("half hours: %+v, %+v", first, second)
	}
}

func TestPriorityAndAgeOrderTheQueue(t *testing.T) {
	f := newFirm(t, "Support")
	f.hire("agent", 1, "Support")
	p := f.plan(`time,to,handle,priority,age
09:00:00,Support,100,,
09:00:10,Support,100,,
09:00:20,Support,100,,60
09:00:30,Support,100,1,
`)
	// Answered at 9:00:02, then that of 9:00:30 at 9:01:44, that of 9:00:20 at
	// 9:03:26, that of 9:00:10 at 9:05:08.
	if r := run(t, p); r.Total.LongestMillis != 298_000 || r.Total.AnsweredMillis != 2_000+74_000+186_000+298_000 {
		t.Errorf("%+v", r.Total)
	}
}

func TestCallToANumberRunsItsFlow(t *testing.T) {
	f := newFirm(t, "Support")
	f.hire("agent", 2, "BasicQueue", "Support")
	p := f.plan("09:00:00,+14155550100,60\n09:10:00,Support,60\n")
	if r := run(t, p); r.Unqueued != 1 {
		t.Errorf("a caller who presses nothing is sent away by the sample flow, and %d were", r.Unqueued)
	}
	p.Keys = "1"
	r := run(t, p)
	if support := rowOf(t, r, "Support"); support.AverageWaitMillis() != 2_000 {
		t.Errorf("a call into a queue, at once and without whispers: %+v", support)
	}
	basic := rowOf(t, r, "BasicQueue")
	if basic.Answered != 1 || basic.AverageWaitMillis() <= 2_000 || r.Unqueued != 0 {
		t.Errorf("a call through the sample flow, with whispers: %+v", basic)
	}
}

func TestArrivalsThatAFullQueueRefusesAreTold(t *testing.T) {
	f := newFirm(t)
	f.do(center.SaveQueue{New: true, Queue: event.QueueSaved{QueueID: named("Small"), Name: "Small", HoursID: named("hours"), MaxContacts: 1, Enabled: true}})
	p := f.plan("09:00:00,Small,60\n09:00:01,Small,60\n")
	if r := run(t, p); r.Total.Offered != 1 || r.Unqueued != 1 || r.Waiting != 1 {
		t.Errorf("%+v, %d unqueued, %d waiting", r.Total, r.Unqueued, r.Waiting)
	}
}

func TestAgentsAreThereInTheirShifts(t *testing.T) {
	f := newFirm(t, "Support")
	f.hire("agent", 2, "Support")
	p := f.plan("09:00:00,Support,60\n09:20:00,Support,60\n09:30:00,Support,60\n")
	shifts, err := forecast.ReadShifts(strings.NewReader("agent1,09:10,09:15\nagent1,09:15,09:25\nagent2,09:40,09:50\n"), p.Config, midnight)
	if err != nil {
		t.Fatal(err)
	}
	p.Staffing = forecast.Shifts(p.Config, shifts)
	r := run(t, p)
	if r.Total.AnsweredMillis != 602_000+2_000+602_000 || r.Total.StaffedMillis != 25*60_000 {
		t.Errorf("%+v", r.Total)
	}
}

func TestSameSeedGivesTheSameDay(t *testing.T) {
	f := newFirm(t, "Support", "Sales")
	f.hire("both", 6, "Support", "Sales")
	f.hire("sales", 4, "Sales")
	day := func(seed uint64) string {
		p := f.plan("09:00:00,Support,60")
		p.Arrivals = forecast.Draw([]forecast.Rate{{named("Support"), 110, 200_000}, {named("Sales"), 70, 150_000}}, p.Start, p.End, seed)
		p.Habits, p.Seed = forecast.DefaultHabits(), seed
		b, err := run(t, p).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if a, b := day(7), day(7); a != b {
		t.Errorf("the same seed:\n%s\n%s", a, b)
	}
	if day(7) == day(8) {
		t.Error("two seeds give the same day")
	}
}

func TestRatesAreKept(t *testing.T) {
	all := forecast.Draw([]forecast.Rate{{named("Support"), 400, 200_000}, {named("Sales"), 90, 60_000}}, at("09:00:00"), at("19:00:00"), 3)
	var count, handle [2]int64
	last := tandem.Time(0)
	for _, a := range all {
		i := 0
		if a.QueueID == named("Sales") {
			i = 1
		}
		count[i]++
		handle[i] += a.HandleMillis
		if a.At < last || a.At < at("09:00:00") || a.At >= at("19:00:00") {
			t.Fatalf("an arrival at %s after %s", a.At, last)
		}
		last = a.At
	}
	within := func(what string, got, want, spread int64) {
		if got < want-spread || got > want+spread {
			t.Errorf("%s: %d, want about %d", what, got, want)
		}
	}
	within("calls for Support", count[0], 4000, 200) // three standard deviations
	within("calls for Sales", count[1], 900, 90)
	within("mean of Support", handle[0]/count[0], 200_000, 10_000)
	within("mean of Sales", handle[1]/count[1], 60_000, 6_000)
}

func TestRunStopsWhenToldTo(t *testing.T) {
	f := newFirm(t, "Support")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := forecast.Run(ctx, f.plan("09:00:00,Support,60"), 1, nil); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

// TestMeanOfSeveralLivesIsWritten: of one life with 2 calls in a half hour and one
// with 4, the mean has 3.
func TestMeanOfSeveralLivesIsWritten(t *testing.T) {
	f := newFirm(t, "Support")
	f.hire("agent", 3, "Support")
	p := f.plan("09:00:00,Support,60\n09:00:30,Support,60\n")
	p.Habits = forecast.DefaultHabits()
	whole := int64(0)
	r, err := forecast.Run(context.Background(), p, 4, func(part, all int64) {
		if part < whole || all != 4*3_600_000 {
			t.Errorf("%d of %d after %d", part, all, whole)
		}
		whole = part
	})
	if err != nil || r.Lives != 4 || r.Total.Offered != 8 || r.Total.Answered != 8 || len(r.Rows) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	var out strings.Builder
	if err := r.Write(&out, time.UTC, nil); err != nil || !strings.Contains(out.String(), "Mon 09:00        2         2          0  100.0 %") {
		t.Errorf("%v, written as:\n%s", err, &out)
	}
}
