package forecast

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/event"
)

// Staffing is who works when.
type Staffing struct{ acts []act }

// act is something an agent does at a moment.
type act struct {
	at                   tandem.Time
	kind                 actKind
	userID               tandem.ID
	statusID             tandem.ID // becomes
	connected, softphone bool      // connects
	millis               int64     // works
}

type actKind uint8

const (
	nothing  actKind = iota
	becomes          // chooses a status
	connects         // opens or closes the panel
	works            // does something else than contacts of a queue, as soon as no contact is in the way
)

// Shift is when an agent is there.
type Shift struct {
	UserID   tandem.ID
	From, To tandem.Time
}

// Everyone is every user whose routing profile has queues, available from start
// on.
func Everyone(config *Config, start tandem.Time) *Staffing {
	s := &Staffing{}
	available := config.statusOf(event.Routable)
	for _, id := range tandem.SortedIDs(config.users) {
		if config.serves(config.users[id]) {
			s.acts = append(s.acts, act{at: start, kind: becomes, userID: id, statusID: available})
		}
	}
	return s
}

// Shifts is a staffing by shifts: available from the beginning of each, Offline
// from its end unless another one goes on.
func Shifts(config *Config, shifts []Shift) *Staffing {
	s := &Staffing{}
	available, offline := config.statusOf(event.Routable), config.statusOf(event.Offline)
	sorted := slices.SortedStableFunc(slices.Values(shifts), func(a, b Shift) int {
		return cmp.Or(a.UserID.Compare(b.UserID), cmp.Compare(a.From, b.From))
	})
	for i := 0; i < len(sorted); {
		on, until := sorted[i], sorted[i].To
		for i++; i < len(sorted) && sorted[i].UserID == on.UserID && sorted[i].From <= until; i++ {
			until = max(until, sorted[i].To)
		}
		s.acts = append(s.acts, act{at: on.From, kind: becomes, userID: on.UserID, statusID: available},
			act{at: until, kind: becomes, userID: on.UserID, statusID: offline})
	}
	slices.SortStableFunc(s.acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
	return s
}
