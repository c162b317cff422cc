package admin

import (
	"context"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view/statustime"
	"tandem/zones"
)

// begin gives the world a center.
func (w *world) begin(created event.InstanceCreated) {
	w.in = instance.New(nil, center.New(zones.Shipped{}))
	at := tandem.At(time.Now().Add(-time.Minute))
	events := []tandem.Event{&created}
	for _, st := range w.state.Statuses {
		events = append(events, st)
	}
	for _, id := range []tandem.ID{agent1, agent2} {
		events = append(events, &event.UserSaved{UserID: id, Username: "agent1", ModifiedAt: at})
	}
	events = append(events, &event.AgentStatusChanged{UserID: agent1, StatusID: availableID, At: at}, &event.AgentStatusChanged{UserID: agent2, StatusID: breakID, At: at})
	if err := w.in.Replay(&tandem.Record{Seq: 1, At: at, Events: events}); err != nil {
		panic(err)
	}
}

// step lets the center decide a command.
func (w *world) step(body any) (any, error) {
	out, err := w.in.Step(tandem.Command{Body: body})
	return out.Answer, err
}

func (w *world) center() *center.Machine {
	m, _ := instance.Find[*center.Machine](w.in)
	return m
}

func (w *world) statusTime(_ context.Context, _ tandem.ID, f statustime.Filter) ([]statustime.Interval, error) {
	w.asked = f
	return w.spans, nil
}

func TestAgentsAreListedWithSubStatusAndTimeInStatus(t *testing.T) {
	w := newWorld()
	var out struct{ Agents []centerAgentJSON }
	w.call(t, "GET", "agents", "").ok(&out)
	if len(out.Agents) != 2 {
		t.Fatalf("%d agents are listed", len(out.Agents))
	}
	for _, a := range out.Agents {
		if a.InStatusMillis < 50_000 || a.InStatusMillis > 600_000 {
			t.Errorf("%s is in the status for %d ms, want about a minute", a.UserID, a.InStatusMillis)
		}
		status, sub := "Available", "available"
		if a.UserID == agent2 {
			status, sub = "Break", ""
		}
		if a.Status != status || a.SubStatus != sub {
			t.Errorf("%s is %q, %q, want %q, %q", a.UserID, a.Status, a.SubStatus, status, sub)
		}
	}
}

func TestTimeInStatusesIsToldByDayOfTheInstancesZone(t *testing.T) {
	w := newWorld()
	midnight := tandem.At(time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)) // in Berlin
	w.spans = []statustime.Interval{{UserID: agent1, StatusID: breakID, Status: "Break", Type: event.Custom, From: midnight.Add(-1000), To: midnight.Add(3000)}}
	var out struct {
		TimeZone   string     `json:"time_zone"`
		StatusTime []spanJSON `json:"status_time"`
	}
	w.call(t, "GET", "reports/status-time?from=2026-03-01&to=2026-03-03T00:00:00Z&bucket=day&agent="+agent1.String(), "").ok(&out)
	if want := tandem.At(time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)); w.asked.From != want || w.asked.UserID != agent1 {
		t.Errorf("asked for %s of %s, want from %s, a day in the instance's zone", w.asked.From, w.asked.UserID, want)
	}
	if len(out.StatusTime) != 2 || out.TimeZone != "Europe/Berlin" {
		t.Fatalf("told %+v", out)
	}
	first, second := out.StatusTime[0], out.StatusTime[1]
	if first.Day != "2026-03-01" || first.Millis != 1000 || second.Day != "2026-03-02" || second.Millis != 3000 || first.Username != "agent1" || first.Status != "Break" {
		t.Errorf("told %+v, %+v", first, second)
	}
	w.call(t, "GET", "reports/status-time", "").ok(&out)
	if len(out.StatusTime) != 1 || out.StatusTime[0].Millis != 4000 || out.StatusTime[0].From == "" || w.asked.To.Sub(w.asked.From) > 25*3_600_000 {
		t.Errorf("without parameters it tells %+v of %+v, want the times of today", out, w.asked)
	}
	for query, field := range map[string]string{"from=yesterday": "from", "to=2020-01-01": "to", "agent=x": "agent", "bucket=week": "bucket"} {
		w.call(t, "GET", "reports/status-time?"+query, "").refused(400, field)
	}
}

func TestSettingsAreReplacedAndShown(t *testing.T) {
	w := newWorld()
	var got settingsJSON
	w.call(t, "PUT", "settings", `{"requeue_on_offline": true, "missed_before_pause": 2, "pause_status": "break"}`).ok(&got)
	if want := (settingsJSON{RequeueOnOffline: true, MissedBeforePause: 2, PauseStatus: "Break"}); got != want {
		t.Errorf("saved as %+v, want %+v", got, want)
	}
	w.call(t, "PUT", "settings", `{"missed_before_pause": 2}`).refused(400, "pause_status")
	w.call(t, "PUT", "settings", `{"pause_status": "Nap"}`).refused(400, "pause_status")
	w.call(t, "PUT", "settings", `{"heartbeat_grace_seconds": 4000000}`).refused(400, "heartbeat_grace_seconds")
	w.call(t, "PUT", "settings", `{"lunch": true}`).refused(400, "lunch")
	var shown settingsJSON
	if w.call(t, "GET", "settings", "").ok(&shown); shown != got {
		t.Errorf("shown as %+v after refusals, want %+v", shown, got)
	}
}

func TestInstanceWithoutACenterHasNoAgentsOfItsOwn(t *testing.T) {
	w := newWorld()
	w.begin(event.InstanceCreated{InstanceID: instanceID, PresenceOnly: true})
	w.call(t, "GET", "agents", "").refused(409, "instance_id")
	w.call(t, "GET", "reports/status-time", "").refused(409, "instance_id")
	w.call(t, "PUT", "settings", `{"requeue_on_offline": true}`).refused(409, "instance_id")
}
