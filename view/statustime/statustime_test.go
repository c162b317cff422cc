package statustime_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/view/statustime"
	"tandem/view/viewtest"
	"tandem/zones"
)

func begin(t *testing.T) (s *viewtest.Story, path string) {
	path = filepath.Join(t.TempDir(), "views.db")
	return viewtest.Begin(t, path, func() []engine.View { return []engine.View{statustime.New()} }), path
}

func between(t *testing.T, s *viewtest.Story, f statustime.Filter) []statustime.Interval {
	t.Helper()
	found, err := statustime.Between(t.Context(), s.DB(), viewtest.InstanceID, f)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// moment is what a naive reader of the journal knows: who is in what since when.
type moment struct {
	at tandem.Time
	in map[tandem.ID]tandem.ID // status by user; a user who is not there has none
}

// recount reads the journal from its start into moments, one for each record.
func recount(t *testing.T, s *viewtest.Story) (all []moment, names map[tandem.ID]string) {
	t.Helper()
	now, names := map[tandem.ID]tandem.ID{}, map[tandem.ID]string{}
	err := s.Records(func(rec *tandem.Record) error {
		for _, ev := range rec.Events {
			switch ev := ev.(type) {
			case *event.AgentStatusSaved:
				names[ev.StatusID] = ev.Name
			case *event.UserSaved:
				if now[ev.UserID].IsZero() {
					now[ev.UserID] = viewtest.OfflineID
				}
			case *event.UserDeleted:
				delete(now, ev.UserID)
			case *event.AgentStatusChanged:
				now[ev.UserID] = ev.StatusID
			}
		}
		copied := map[tandem.ID]tandem.ID{}
		for user, status := range now {
			copied[user] = status
		}
		all = append(all, moment{rec.At, copied})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, names
}

// grain is how finely a recount looks; every story moves in steps of it.
const grain = int64(5 * 60_000)

// naive adds up by looking at each grain of time who is in what.
func naive(all []moment, names map[tandem.ID]string, from, to tandem.Time, zone *time.Location) map[string]int64 {
	sums, i := map[string]int64{}, -1
	for at := from; at < to; at = at.Add(grain) {
		for i+1 < len(all) && all[i+1].at <= at {
			i++
		}
		if i < 0 {
			continue
		}
		for user, status := range all[i].in {
			sums[fmt.Sprint(user, " ", at.Std().In(zone).Format(time.DateOnly), " ", names[status])] += grain
		}
	}
	return sums
}

// told is what the view adds up, in the same words.
func told(days []statustime.Day) map[string]int64 {
	sums := map[string]int64{}
	for _, d := range days {
		sums[fmt.Sprint(d.UserID, " ", d.Day, " ", d.Status)] += d.Millis
	}
	return sums
}

func differ(t *testing.T, what string, got, want map[string]int64) {
	t.Helper()
	for _, key := range tandem.SortedKeys(want) {
		if got[key] != want[key] {
			t.Errorf("%s: %s is %d ms, and by a recount %d", what, key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d sums, and by a recount %d", what, len(got), len(want))
	}
}

// The clocks change in these stories: in spring, in autumn, at midnight.
var stories = []struct {
	zone  string
	begin time.Time
}{
	{"UTC", time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)},
	{"Europe/Berlin", time.Date(2026, 3, 27, 10, 0, 0, 0, time.UTC)},
	{"Europe/Berlin", time.Date(2026, 10, 23, 10, 0, 0, 0, time.UTC)},
	{"Atlantic/Azores", time.Date(2026, 10, 23, 10, 0, 0, 0, time.UTC)},
	{"America/Sao_Paulo", time.Date(2018, 11, 2, 10, 0, 0, 0, time.UTC)},
	{"Asia/Kathmandu", time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)},
}

// However statuses change, are renamed and disabled, agents come and go, and the
// server starts again or makes its tables anew: the time by day is what a naive
// recount of the journal gives.
func TestTimeByDayIsWhatARecountGives(t *testing.T) {
	for n, story := range stories {
		t.Run(fmt.Sprint(story.zone, " ", story.begin.Format(time.DateOnly)), func(t *testing.T) {
			zone, ok := zones.Shipped{}.Location(story.zone)
			if !ok {
				t.Fatalf("there is no zone %s", story.zone)
			}
			s, path := begin(t)
			r := rand.New(rand.NewPCG(uint64(n), 7))
			from := tandem.At(story.begin)
			at := live(t, s, path, r, from)
			all, names := recount(t, s)
			for range 30 {
				f := statustime.Filter{From: from.Add(r.Int64N(500) * grain), Now: at}
				f.To = f.From.Add(r.Int64N(1000) * grain)
				got := told(statustime.ByDay(between(t, s, f), zone))
				differ(t, fmt.Sprint(f.From, " to ", f.To), got, naive(all, names, f.From, min(f.To, f.Now), zone))
			}
		})
	}
}

// live lets five days pass.
func live(t *testing.T, s *viewtest.Story, path string, r *rand.Rand, at tandem.Time) tandem.Time {
	t.Helper()
	s.Tell(at, append(viewtest.Setup().Events, viewtest.User("agent1", at), viewtest.User("agent2", at))...)
	statuses := []tandem.ID{viewtest.AvailableID, viewtest.OfflineID, viewtest.LunchID}
	users := map[string]bool{"agent1": true, "agent2": true}
	for step := range 150 {
		at = at.Add(r.Int64N(20) * grain)
		name := fmt.Sprintf("agent%d", 1+r.IntN(4))
		user := viewtest.UserID(name)
		switch n := r.IntN(20); {
		case n == 0 && users[name]:
			users[name] = false
			s.Tell(at, &event.UserDeleted{UserID: user})
		case n < 3 || !users[name]:
			users[name] = true
			s.Tell(at, viewtest.User(name, at))
		case n == 3:
			s.Tell(at, &event.AgentStatusSaved{StatusID: viewtest.LunchID, Name: fmt.Sprint("Lunch ", step), Type: event.Custom, Enabled: r.IntN(2) == 0})
		case n == 4:
			id := tandem.NameID("status", fmt.Sprint(step))
			statuses = append(statuses, id)
			s.Tell(at, &event.AgentStatusSaved{StatusID: id, Name: fmt.Sprint("Status ", step), Type: event.Custom, Enabled: true})
		case n == 5:
			s.Restart(nil)
		case n == 6:
			s.Restart(func() { forget(t, path) })
		case n < 9: // for no time at all in between
			s.Tell(at, &event.AgentStatusChanged{UserID: user, StatusID: viewtest.OfflineID, At: at}, &event.AgentStatusChanged{UserID: user, StatusID: viewtest.LunchID, At: at})
		default:
			s.Tell(at, &event.AgentStatusChanged{UserID: user, StatusID: statuses[r.IntN(len(statuses))], At: at})
		}
	}
	s.Tell(at, &event.AgentStatusSaved{StatusID: viewtest.LunchID, Name: "Lunch", Type: event.Custom}) // the tables have caught up with it
	return at
}

// forget deletes the tables, which are then made anew.
func forget(t *testing.T, path string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// In shifts that the real center decides there is no moment in which an agent is
// in no status or in two, until the agent is deleted.
func TestTimeInStatusesOfAShiftHasNoGaps(t *testing.T) {
	changes := 0
	for seed := range uint64(4) {
		changes += gapless(t, seed)
	}
	if changes < 20 {
		t.Errorf("%d intervals prove little", changes)
	}
}

func gapless(t *testing.T, seed uint64) (changes int) {
	t.Helper()
	s, _ := begin(t)
	names := []string{"agent1", "agent2", "agent3"}
	s.TellAll(viewtest.Setup(names...))
	s.Shift(seed, 400, names...)
	there := map[tandem.ID]bool{}
	all, _ := recount(t, s)
	for user := range all[len(all)-1].in {
		there[user] = true
	}
	begun := viewtest.Start.Add(-3_600_000)
	f := statustime.Filter{From: 0, To: viewtest.Start.Add(1 << 40), Now: viewtest.Start.Add(1 << 30)}
	for _, name := range names {
		f.UserID = viewtest.UserID(name)
		last := begun
		all := between(t, s, f)
		for _, i := range all {
			if i.UserID != f.UserID || i.From != last || i.Millis() <= 0 {
				t.Fatalf("%s: an interval from %s to %s follows one that ended at %s", name, i.From, i.To, last)
			}
			last = i.To
		}
		if goesOn := all[len(all)-1].GoesOn; goesOn != there[f.UserID] || goesOn != (last == f.Now) {
			t.Errorf("%s: the last interval ends at %s and goes on: %v; the agent is there: %v", name, last, goesOn, there[f.UserID])
		}
		changes += len(all)
	}
	return changes
}

// A day when the clocks go forward has 23 hours, one when they go back 25.
func TestDaysAreAsLongAsTheZoneSays(t *testing.T) {
	berlin, _ := zones.Shipped{}.Location("Europe/Berlin")
	for day, hours := range map[string]int64{"2026-03-29": 23, "2026-10-25": 25, "2026-06-01": 24} {
		noon, err := time.ParseInLocation(time.DateOnly, day, berlin)
		if err != nil {
			t.Fatal(err)
		}
		around := statustime.Interval{From: tandem.At(noon.AddDate(0, 0, -2)), To: tandem.At(noon.AddDate(0, 0, 3))}
		for _, d := range statustime.ByDay([]statustime.Interval{around}, berlin) {
			if d.Day == day && (d.Millis != hours*3_600_000 || d.Times != 1) {
				t.Errorf("%s has %d ms in %d parts, want %d hours in one", day, d.Millis, d.Times, hours)
			}
		}
	}
}

// A status keeps its time when it is renamed, under its new name.
func TestRenamedStatusKeepsItsTime(t *testing.T) {
	s, _ := begin(t)
	s.TellAll(viewtest.Setup("agent1"))
	at := viewtest.Start
	s.Tell(at, &event.AgentStatusChanged{UserID: viewtest.UserID("agent1"), StatusID: viewtest.LunchID, At: at})
	s.Tell(at.Add(1000), &event.AgentStatusSaved{StatusID: viewtest.LunchID, Name: "Meal", Type: event.Custom})
	s.Tell(at.Add(3000), &event.AgentStatusChanged{UserID: viewtest.UserID("agent1"), StatusID: viewtest.AvailableID, At: at.Add(3000)})
	days := statustime.ByDay(between(t, s, statustime.Filter{From: at, To: at.Add(5000), Now: at.Add(4000)}), time.UTC)
	if len(days) != 2 || days[0].Status != "Available" || days[0].Millis != 1000 || days[1].Status != "Meal" || days[1].Millis != 3000 {
		t.Errorf("the day is %+v", days)
	}
}
