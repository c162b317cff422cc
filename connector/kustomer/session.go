package kustomer

import (
	"time"
)

// sessionJSON is a work session: one shift of one agent ("Kustomer: Get work
// sessions").
type sessionJSON struct {
	ID         string `json:"id"`
	Attributes struct {
		StatusType        string                 `json:"statusType"`
		SignedInAt        time.Time              `json:"signedInAt"`
		SignedOutAt       *time.Time             `json:"signedOutAt"`
		CreatedAt         time.Time              `json:"createdAt"`
		ModifiedAt        time.Time              `json:"modifiedAt"`
		Rev               uint64                 `json:"rev"`
		TotalCapacity     int64                  `json:"totalCapacity"`
		CapacityRemaining int64                  `json:"capacityRemaining"`
		WorkItemCount     int64                  `json:"workItemCount"`
		TotalTimeByStatus map[string]statusSpent `json:"totalTimeByStatus"`
	} `json:"attributes"`
	Relationships struct {
		Status     relation `json:"status"`
		User       relation `json:"user"`
		ModifiedBy relation `json:"modifiedBy"`
	} `json:"relationships"`
}

// statusSpent is what a session tells of one of its statuses.
type statusSpent struct {
	StatusAt time.Time `json:"statusAt"` // when it was entered last
	Selected int64     `json:"statusSelectedCount"`
}

type relation struct {
	Data struct {
		ID string `json:"id"`
	} `json:"data"`
}

func (r relation) id() string { return r.Data.ID }

// revisions is how many revisions of one session are told apart; the versions
// of a later session are higher than any of an earlier one.
const revisions = 1 << 20

// version orders everything that is seen of one agent: by the session's
// beginning, and within it by its own revision.
func (s sessionJSON) version() uint64 {
	return uint64(max(0, s.began().UnixMilli()))*revisions + min(s.Attributes.Rev, revisions-1)
}

func (s sessionJSON) began() time.Time {
	if s.Attributes.CreatedAt.IsZero() {
		return s.Attributes.SignedInAt
	}
	return s.Attributes.CreatedAt
}

// live reports whether the shift goes on.
func (s sessionJSON) live() bool {
	return s.Attributes.SignedOutAt == nil && s.Attributes.StatusType != typeOffline
}

// newerThan reports whether s is the later of two shifts of one agent; at most
// one of them is live.
func (s sessionJSON) newerThan(other sessionJSON) bool {
	if s.live() != other.live() {
		return s.live()
	}
	return s.version() > other.version()
}

// complete reports whether the answer has all that a session rests on.
func (s sessionJSON) complete() bool {
	return s.ID != "" && s.Relationships.User.id() != "" && s.Relationships.Status.id() != "" && !s.began().IsZero()
}

// spent is what the session tells of its present status.
func (s sessionJSON) spent() statusSpent {
	return s.Attributes.TotalTimeByStatus[s.Relationships.Status.id()]
}

// since is when the present status was entered.
func (s sessionJSON) since() time.Time {
	at := s.spent().StatusAt
	switch {
	case !s.live() && s.Attributes.SignedOutAt != nil:
		return *s.Attributes.SignedOutAt
	case !at.IsZero():
		return at
	case !s.Attributes.ModifiedAt.IsZero():
		return s.Attributes.ModifiedAt
	}
	return s.began()
}

// unasked reports whether nobody chose the present status: it was entered after
// the last change by a user, as when an agent did not accept work in time.
func (s sessionJSON) unasked() bool {
	return !s.Attributes.ModifiedAt.IsZero() && s.since().After(s.Attributes.ModifiedAt)
}

// capacity is how much work Kustomer counts for an agent, in the units of the
// team's routing settings.
type capacity struct {
	used, most uint32 // used is at most most; most 0: no live work session, or no capacity
}

// load is how loaded the agent is ("Kustomer help: Sync Amazon Connect
// statuses, capacity"). What remains is kept within the total, which it has
// been seen above; an open item always counts as some work.
func (s sessionJSON) load() capacity {
	total := min(max(s.Attributes.TotalCapacity, 0), 1<<31)
	if !s.live() || total == 0 {
		return capacity{}
	}
	used := total - min(max(s.Attributes.CapacityRemaining, 0), total)
	if used == 0 && s.Attributes.WorkItemCount > 0 && total > 1 {
		used = 1
	}
	return capacity{used: uint32(used), most: uint32(total)}
}
