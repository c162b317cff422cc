package record

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// leaving keeps the names of users who are deleted once their last contact is
// cleared: when the record of that contact is written, the state has forgotten
// them. A name goes as soon as its user is gone.
type leaving struct {
	looked map[tandem.ID]bool // the shards whose users were looked at
	names  map[tandem.ID]tandem.Personal
}

func newLeaving() *leaving {
	return &leaving{looked: map[tandem.ID]bool{}, names: map[tandem.ID]tandem.Personal{}}
}

// look takes the names that a record makes necessary. After a start it looks at
// all users of the shard once.
func (l *leaving) look(shard tandem.ID, st *center.State, rec *tandem.Record) {
	if st == nil {
		return
	}
	if !l.looked[shard] {
		l.looked[shard] = true
		for _, id := range tandem.SortedIDs(st.Agents) {
			l.take(st, id)
		}
	}
	for _, ev := range rec.Events {
		switch ev := ev.(type) {
		case *event.UserRetired:
			l.take(st, ev.UserID)
		case *event.UserSaved:
			l.take(st, ev.UserID)
		}
	}
}

func (l *leaving) take(st *center.State, id tandem.ID) {
	if a := st.Agents[id]; a != nil && !a.RetiredAt.IsZero() {
		l.names[id] = a.User.Username
	}
}

// forget drops the names of users who are gone, once their records are written.
func (l *leaving) forget(rec *tandem.Record) {
	for _, ev := range rec.Events {
		if e, ok := ev.(*event.UserDeleted); ok {
			delete(l.names, e.UserID)
		}
	}
}

// username is what a user is called; empty when it is not known any more.
func (l *leaving) username(st *center.State, id tandem.ID) tandem.Personal {
	if a := st.Agents[id]; a != nil {
		return a.User.Username
	}
	return l.names[id]
}
