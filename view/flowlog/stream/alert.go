package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tandem"
	"tandem/view"
	"tandem/view/flowlog"
	"tandem/view/flowlog/pattern"
)

// MaxThreshold is the highest threshold of an alert.
const MaxThreshold = 10_000

// Alert looks out for entries that fit a pattern.
type Alert struct {
	Name      string
	Pattern   *pattern.Pattern
	Threshold int           // this many entries within the period raise the alarm, 1 to MaxThreshold
	Period    time.Duration // at least a second
}

// Alarm is that so many entries fitted. It has nothing of what is personal.
type Alarm struct {
	Alert      string    `json:"Alert"`
	Pattern    string    `json:"Pattern"`
	InstanceID tandem.ID `json:"InstanceId"`
	Entries    int       `json:"Entries"`
	Seconds    int64     `json:"PeriodSeconds"`
	At         string    `json:"Timestamp"` // of the entry that made it enough
	ContactID  tandem.ID `json:"ContactId"` // of that entry
	Cursor     string    `json:"Cursor"`    // its place in the log
}

// Alerts is a destination that keeps nothing of the entries but the times of
// those that fit. After a start it counts anew.
type Alerts struct {
	alerts []Alert
	raise  func(ctx context.Context, a Alarm) error
	poster Poster // nil: none
	seen   map[watch]*sightings
}

// watch is one alert in one instance.
type watch struct {
	alert    int
	instance tandem.ID
}

// sightings are the times of the last entries that fitted, as many as the
// threshold asks for.
type sightings struct {
	times []tandem.Time
	quiet tandem.Time // no alarm before
	last  flowlog.Cursor
}

// NewAlerts returns the destination. Raise tells people of an alarm; the alarm
// also goes to the poster, if there is one, which the destination closes.
func NewAlerts(alerts []Alert, raise func(ctx context.Context, a Alarm) error, poster Poster) (*Alerts, error) {
	for _, a := range alerts {
		switch {
		case a.Threshold < 1 || a.Threshold > MaxThreshold:
			return nil, fmt.Errorf("alert %q: the threshold %d is not 1 to %d", a.Name, a.Threshold, MaxThreshold)
		case a.Period < time.Second:
			return nil, fmt.Errorf("alert %q: the period %s is shorter than a second", a.Name, a.Period)
		}
	}
	return &Alerts{alerts: alerts, raise: raise, poster: poster, seen: map[watch]*sightings{}}, nil
}

// Take implements Destination.
func (d *Alerts) Take(ctx context.Context, instance tandem.ID, batch []flowlog.Row) error {
	for i := range batch {
		for n := range d.alerts {
			if err := d.look(ctx, n, instance, &batch[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// look counts an entry that fits. After an alarm there is none for a period.
func (d *Alerts) look(ctx context.Context, n int, instance tandem.ID, r *flowlog.Row) error {
	a := &d.alerts[n]
	w := watch{n, instance}
	s := d.seen[w]
	if s == nil {
		s = &sightings{}
		d.seen[w] = s
	}
	if !before(s.last, r.Cursor) || !a.Pattern.Match(r.Line) { // a batch may come twice
		return nil
	}
	times := append(s.times, r.At)
	times = times[max(0, len(times)-a.Threshold):]
	period := a.Period.Milliseconds()
	if len(times) == a.Threshold && times[len(times)-1].Sub(times[0]) < period && r.At >= s.quiet {
		alarm := Alarm{Alert: a.Name, Pattern: a.Pattern.String(), InstanceID: instance, Entries: a.Threshold, Seconds: period / 1000,
			At: *view.Millis(max(r.At, 1)), ContactID: r.ContactID, Cursor: r.Cursor.String()}
		if err := d.tell(ctx, alarm); err != nil {
			return err
		}
		s.quiet = r.At.Add(period)
	}
	s.times, s.last = times, r.Cursor
	return nil
}

func before(a, b flowlog.Cursor) bool {
	return a.Seq < b.Seq || a.Seq == b.Seq && a.Place < b.Place || a == flowlog.Cursor{}
}

func (d *Alerts) tell(ctx context.Context, a Alarm) error {
	if err := d.raise(ctx, a); err != nil {
		return fmt.Errorf("raise the alarm %q: %w", a.Alert, err)
	}
	if d.poster == nil {
		return nil
	}
	body, err := json.Marshal(a)
	if err == nil {
		err = d.poster.Post(ctx, a.InstanceID, kindAlert, [][]byte{body})
	}
	if err != nil {
		return fmt.Errorf("post the alarm %q: %w", a.Alert, err)
	}
	return nil
}

// Erase implements Destination.
func (*Alerts) Erase(context.Context, tandem.ID, []tandem.ID) error { return nil }

// Close implements Destination.
func (d *Alerts) Close() error {
	if d.poster == nil {
		return nil
	}
	return d.poster.Close()
}
