package statustime

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"tandem"
	"tandem/event"
)

// MaxIntervals is the most that one question may be about.
const MaxIntervals = 100_000

// Filter chooses intervals.
type Filter struct {
	From, To tandem.Time // what is before From or from To on is cut off
	Now      tandem.Time // the end, so far, of what goes on
	UserID   tandem.ID   // zero: everybody
}

// Interval is a time that an agent was in a status.
type Interval struct {
	UserID   tandem.ID
	StatusID tandem.ID
	Status   string // what the status is called, or was last
	Type     event.StatusType
	From, To tandem.Time // within the filter's
	GoesOn   bool        // it had not ended at To because of Now
}

// Millis is how long it is.
func (i *Interval) Millis() int64 { return i.To.Sub(i.From) }

// Between lists the intervals of an instance by user and time. It refuses to
// list more than [MaxIntervals].
func Between(ctx context.Context, db *sql.DB, shard tandem.ID, f Filter) ([]Interval, error) {
	user, all := f.UserID[:], f.UserID.IsZero()
	rows, err := db.QueryContext(ctx, `SELECT t.user, t.began, t.ended, t.status, coalesce(n.name, ''), coalesce(n.type, 0)
		FROM status_time t LEFT JOIN status_time_name n ON n.shard = t.shard AND n.status = t.status
		WHERE t.shard = ? AND t.ended > ? AND t.began < ? AND (? OR t.user = ?) ORDER BY t.user, t.began LIMIT ?`,
		shard[:], int64(f.From), int64(min(f.To, f.Now)), all, user, MaxIntervals+1)
	if err != nil {
		return nil, fmt.Errorf("read the time in statuses: %w", err)
	}
	defer rows.Close()
	var found []Interval
	for rows.Next() {
		i, err := scan(rows, f)
		if err != nil {
			return nil, fmt.Errorf("read the time in statuses: %w", err)
		}
		found = append(found, i)
	}
	if len(found) > MaxIntervals {
		return nil, tandem.Errorf(tandem.Invalid, "From", "there are more than %d intervals; ask for a shorter time, or for one agent", MaxIntervals)
	}
	return found, rows.Err()
}

func scan(rows *sql.Rows, f Filter) (i Interval, err error) {
	var user, status []byte
	var began, ended int64
	if err := rows.Scan(&user, &began, &ended, &status, &i.Status, &i.Type); err != nil {
		return i, err
	}
	copy(i.UserID[:], user)
	copy(i.StatusID[:], status)
	i.From, i.To = max(tandem.Time(began), f.From), min(tandem.Time(ended), f.To, f.Now)
	i.GoesOn = ended == goesOn && i.To == f.Now
	return i, nil
}

// Day is how long an agent was in a status on one day.
type Day struct {
	UserID   tandem.ID
	Day      string // as 2006-01-02
	StatusID tandem.ID
	Status   string
	Type     event.StatusType
	Millis   int64
	Times    int // how many intervals, or parts of such, lie in the day
}

// ByDay adds intervals up by agent, day and status, in this order. Days begin at
// midnight in the zone, so that one may have 23 or 25 hours.
func ByDay(intervals []Interval, zone *time.Location) []Day {
	type key struct {
		user   tandem.ID
		day    string
		status tandem.ID
	}
	sums := map[key]*Day{}
	for i := range intervals {
		iv := &intervals[i]
		for from, day := iv.From, ""; from < iv.To; {
			at := from.Std().In(zone)
			to := min(iv.To, dayEnds(at))
			k := key{iv.UserID, at.Format(time.DateOnly), iv.StatusID}
			if sums[k] == nil {
				sums[k] = &Day{UserID: iv.UserID, Day: k.day, StatusID: iv.StatusID, Status: iv.Status, Type: iv.Type}
			}
			sums[k].Millis += to.Sub(from)
			if day != k.day {
				sums[k].Times++
			}
			from, day = to, k.day
		}
	}
	days := make([]Day, 0, len(sums))
	for _, d := range sums { // any order: sorted below
		days = append(days, *d)
	}
	slices.SortFunc(days, func(a, b Day) int {
		return cmp.Or(a.UserID.Compare(b.UserID), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Status, b.Status), a.StatusID.Compare(b.StatusID))
	})
	return days
}

// dayEnds is when the day of a moment ends, or the clock jumps before: until
// then the zone's time passes evenly.
func dayEnds(at time.Time) tandem.Time {
	hour, minute, second := at.Clock()
	passed := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(at.Nanosecond())
	midnight := at.Add(24*time.Hour - passed)
	if _, jump := at.ZoneBounds(); !jump.IsZero() && jump.Before(midnight) {
		return tandem.At(jump)
	}
	return tandem.At(midnight)
}
