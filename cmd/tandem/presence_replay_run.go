package main

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// assumedWriteMillis is how long a write takes that was never made.
const assumedWriteMillis = 1_000

// presenceWrite is a write, as it was recorded or as it would have been.
type presenceWrite struct {
	at             tandem.Time
	user, system   tandem.ID
	id             tandem.ID
	remote, reason string
	twin           *presenceWrite // the same one on the other side; nil: there is none
	ended          bool
}

// replayer feeds the facts of recorded days to a presence machine that decides
// by other mappings and rules. Beside it a second machine follows what was
// decided then.
type replayer struct {
	was    *presence.Machine
	would  *presence.Machine
	in     *instance.Instance // of would
	center *recordedCenter    // in it
	saved  *changedPresence

	written   []*presenceWrite // as recorded
	replayed  []*presenceWrite // as it would have been
	byID      map[tandem.ID]*presenceWrite
	assumed   []*presenceWrite // that were never made and are under way
	facts     []tandem.Event   // of the center, in the record at hand, not yet fed
	reads     []presence.Read  // not yet answered
	commands  uint64
	fed       int // facts that were fed
	echoes    int // observations left out: echoes of writes that would not have been made
	unfitting int // facts left out: they do not fit the changed settings
}

// newReplayer begins with the state that the day began with.
func newReplayer(state []byte, saved *changedPresence, at tandem.Time) (*replayer, error) {
	r := &replayer{saved: saved, byID: map[tandem.ID]*presenceWrite{}}
	var err error
	if r.was, err = presenceFrom(state); err != nil {
		return nil, err
	}
	if r.would, err = presenceFrom(state); err != nil {
		return nil, err
	}
	r.center = &recordedCenter{presence: r.would}
	r.in = instance.New(translateRecorded, r.center, r.would)
	rec := &tandem.Record{At: at}
	r.step(rec, at, centerFacts{saved.begin(r.would.State())})
	r.advance(at)
	return r, nil
}

// take lets what one record tells happen again, as far as it did not follow
// from presence itself.
func (r *replayer) take(rec *tandem.Record) {
	r.advance(rec.At)
	r.center.begin(rec)
	for _, ev := range rec.Events {
		r.event(rec, ev)
		r.was.Apply(rec.Seq, rec.At, ev)
	}
	r.was.TakeEffects(0)
	r.flush(rec)
	r.advance(rec.At) // what a change of settings makes due at once
	r.lookAgain(rec)
}

// event feeds one event if it is a fact. The facts of the center that are not
// parted by presence's decisions happen together, as they did.
func (r *replayer) event(rec *tandem.Record, ev tandem.Event) {
	if centerFact(ev) {
		if act := r.act(ev); act != nil && !r.center.done[ev] {
			r.facts = append(r.facts, act)
		}
		return
	}
	switch e := ev.(type) {
	case *event.StatusWriteRequested:
		r.flush(rec)
		r.recorded(rec, e)
	case *event.StatusWriteEnded:
		r.flush(rec)
		r.ended(rec, e)
	case *event.ObservationTaken:
		r.flush(rec)
		r.observation(rec, e)
	default:
		r.other(rec, ev)
	}
}

// act is what a fact of the center says that somebody did; nil where the change
// of a status followed from something else.
func (r *replayer) act(ev tandem.Event) tandem.Event {
	user, changes := changedUser(ev)
	a := r.was.State().Agents[user]
	if !changes || a == nil {
		return ev
	}
	if a.Legs[0].Write != nil {
		return nil // presence wrote it
	}
	switch e := ev.(type) {
	case *event.AgentStatusChanged:
		if a.Next == e.StatusID {
			return nil // it was the next one
		}
	case *event.NextStatusSet:
		if e.StatusID.IsZero() { // taken back
			return &event.NextStatusSet{UserID: user, StatusID: a.Status, At: e.At}
		}
	}
	return ev
}

// flush feeds the facts of the center that were gathered.
func (r *replayer) flush(rec *tandem.Record) {
	if len(r.facts) > 0 {
		r.fed += len(r.facts)
		facts := r.facts
		r.facts = nil
		r.step(rec, rec.At, centerFacts{facts})
	}
}

// other feeds the facts that connectors and administrators tell; the rest are
// decisions, which the replay makes itself.
func (r *replayer) other(rec *tandem.Record, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.SystemSaved, *event.PresenceRulesSaved:
		if changed := r.saved.instead(ev, r.would.State()); len(changed) > 0 {
			r.feed(rec, centerFacts{changed})
		}
	case *event.SystemDeleted:
		r.feed(rec, presence.DeleteSystem{SystemID: e.SystemID})
	case *event.RemoteStatusesListed:
		r.feed(rec, presence.SetRemoteStatuses{SystemID: e.SystemID, Statuses: e.Statuses})
	case *event.AgentLinked:
		r.feed(rec, presence.LinkAgent{UserID: e.UserID, SystemID: e.SystemID, RemoteID: e.RemoteID})
	case *event.AgentUnlinked:
		r.feed(rec, presence.UnlinkAgent{UserID: e.UserID, SystemID: e.SystemID})
	case *event.LegHealthChanged:
		if person := rec.Actor.Kind == tandem.ActorUser || rec.Actor.Kind == tandem.ActorAPI; person && e.Health == event.HealthOK {
			r.feed(rec, presence.ReleaseLeg{UserID: e.UserID, SystemID: e.SystemID})
		}
	default:
		r.report(rec, ev)
	}
}

// report feeds what a connector told beside statuses.
func (r *replayer) report(rec *tandem.Record, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.CapacityObserved:
		r.feed(rec, presence.ObserveCapacity{SystemID: e.SystemID, RemoteID: r.remoteID(e.UserID, e.SystemID), Used: e.Used, Max: e.Max,
			Previous: e.Previous, TellsPrevious: e.TellsPrevious, Version: e.Version, At: e.At})
	case *event.WorkStateObserved:
		r.feed(rec, presence.ObserveWork{SystemID: e.SystemID, RemoteID: r.remoteID(e.UserID, e.SystemID), State: e.State, OnContact: e.OnContact, At: e.At})
	case *event.WorkAccepted:
		r.feed(rec, presence.ObserveWorkAccepted{SystemID: e.SystemID, RemoteID: r.remoteID(e.UserID, e.SystemID), WorkID: e.WorkID, Channel: e.Channel, At: e.At})
	case *event.PageAttached:
		r.feed(rec, presence.AttachPage{SystemID: e.SystemID, RemoteID: r.remoteID(e.UserID, e.SystemID), PageID: e.PageID, Profile: e.Profile, Mute: e.Mute})
	case *event.PageLeft:
		r.feed(rec, presence.LeavePage{SystemID: e.SystemID, RemoteID: r.remoteID(e.UserID, e.SystemID), PageID: e.PageID})
	}
}

// observation feeds what a system was seen to show, unless it followed from a
// write that would not have been made, or from presence itself.
func (r *replayer) observation(rec *tandem.Record, e *event.ObservationTaken) {
	was, would := legOf(r.was, e.UserID, e.SystemID), legOf(r.would, e.UserID, e.SystemID)
	switch {
	case e.SystemID == r.was.State().Center, was == nil:
		return // what the center shows follows from its facts
	case was.Observed.Class == event.ClassDeferred && was.Observed.Until != 0 && e.Until == 0 && was.Observed.Told == e.Told &&
		was.Observed.At == e.At && was.Observed.Version == e.Version && was.Observed.Remote == e.Remote:
		return // a session that did not come back: the replay finds that itself
	case would == nil:
		r.unfitting++
		return
	case e.Class == event.ClassEcho && !r.madeToo(e.WriteID, would, e.Remote):
		r.echoes++
		return
	case e.Class == event.ClassKnown && !would.Unsure && !r.madeToo(was.Last.WriteID, would, was.Last.Remote):
		r.echoes++
		return
	}
	r.settleAssumed(e.UserID, e.SystemID)
	o := presence.Observe{SystemID: e.SystemID, RemoteID: would.RemoteID, Remote: e.Remote, Version: e.Version, Reason: e.Reason, At: e.Told, Sequence: e.Sequence}
	if e.Read {
		o.LookedAt = rec.At
	}
	r.feed(rec, o)
}

// madeToo reports whether a recorded write would have been made as well. One
// that nothing is known of any more counts by what it wrote.
func (r *replayer) madeToo(write tandem.ID, would *presence.Leg, remote string) bool {
	if w := r.byID[write]; w != nil {
		return w.twin != nil
	}
	return !write.IsZero() || would.Last.Remote == remote // of before the day, or of our key without a write known
}

func legOf(m *presence.Machine, user, system tandem.ID) *presence.Leg {
	if a := m.State().Agents[user]; a != nil {
		for i := range a.Legs {
			if a.Legs[i].SystemID == system {
				return &a.Legs[i]
			}
		}
	}
	return nil
}

// remoteID is the agent's id in a system; empty for one who is not linked.
func (r *replayer) remoteID(user, system tandem.ID) string {
	if l := legOf(r.would, user, system); l != nil {
		return l.RemoteID
	}
	return ""
}

// recorded takes a write that was made, and finds the replay's.
func (r *replayer) recorded(rec *tandem.Record, e *event.StatusWriteRequested) {
	w := &presenceWrite{at: rec.At, user: e.UserID, system: e.SystemID, id: e.WriteID, remote: e.Remote, reason: e.Because}
	r.written, r.byID[e.WriteID] = append(r.written, w), w
	for i := len(r.replayed) - 1; i >= 0 && r.replayed[i].at >= rec.At.Add(-assumedWriteMillis); i-- {
		other := r.replayed[i]
		if other.twin == nil && !other.ended && other.user == w.user && other.system == w.system && other.remote == w.remote {
			w.twin, other.twin = other, w
			r.assumed = slices.DeleteFunc(r.assumed, func(a *presenceWrite) bool { return a == other })
			return
		}
	}
}

// ended ends a write as it was recorded, if it would have been made too.
func (r *replayer) ended(rec *tandem.Record, e *event.StatusWriteEnded) {
	if e.SystemID == r.was.State().Center {
		return
	}
	as := *e
	if w := r.byID[e.WriteID]; w != nil {
		if w.ended = true; w.twin == nil {
			return
		}
		w.twin.ended, as.WriteID = true, w.twin.id
	}
	r.feed(rec, presence.FinishWrite{Ended: as})
}

// advance lets the time pass: what the replay waits for, and the end of writes
// that were never made.
func (r *replayer) advance(to tandem.Time) {
	for range maxReplayTicks {
		due, ok := r.in.NextDue()
		if len(r.assumed) > 0 {
			if end := r.assumed[0].at.Add(assumedWriteMillis); !ok || end <= due {
				if end > to {
					return
				}
				r.finishAssumed(r.assumed[0], end)
				continue
			}
		}
		if !ok || due > to {
			return
		}
		r.step(&tandem.Record{At: due}, due, tandem.Tick{})
	}
}

// maxReplayTicks is more than can be due between two records: each agent and
// system, several times.
const maxReplayTicks = 100_000

// settleAssumed ends a write that was never made before something is seen there.
func (r *replayer) settleAssumed(user, system tandem.ID) {
	for _, w := range slices.Clone(r.assumed) {
		if w.user == user && w.system == system {
			r.finishAssumed(w, r.in.Now())
		}
	}
}

// finishAssumed takes a write that was never made as done.
func (r *replayer) finishAssumed(w *presenceWrite, at tandem.Time) {
	r.assumed = slices.DeleteFunc(r.assumed, func(a *presenceWrite) bool { return a == w })
	w.ended = true
	l := legOf(r.would, w.user, w.system)
	if l == nil {
		return
	}
	r.step(&tandem.Record{At: at}, at, presence.FinishWrite{Ended: event.StatusWriteEnded{
		UserID: w.user, SystemID: w.system, WriteID: w.id, Outcome: event.WriteDone, Version: l.Observed.Version}})
}

// feed lets a fact happen.
func (r *replayer) feed(rec *tandem.Record, body any) {
	r.flush(rec)
	if r.step(rec, rec.At, body) {
		r.fed++
	} else {
		r.unfitting++
	}
}

// step takes one command and gathers the writes that follow; false: it does not
// fit the state.
func (r *replayer) step(rec *tandem.Record, at tandem.Time, body any) bool {
	r.commands++
	out, err := r.in.Step(tandem.Command{ID: replayCommands.Derive(r.commands), At: at, Actor: rec.Actor, Body: body})
	if err != nil { // such as a system that is not there in the replay
		return false
	}
	for _, ev := range out.Record.Events {
		e, ok := ev.(*event.StatusWriteRequested)
		if !ok {
			continue
		}
		w := &presenceWrite{at: r.in.Now(), user: e.UserID, system: e.SystemID, id: e.WriteID, remote: e.Remote, reason: e.Because}
		r.replayed = append(r.replayed, w)
		if e.SystemID != r.would.State().Center {
			r.assumed = append(r.assumed, w)
		}
	}
	for _, effect := range out.Effects {
		if read, ok := effect.(presence.Read); ok {
			r.reads = append(r.reads, read)
		}
	}
	return true
}

var replayCommands = tandem.NameID("tandem presence replay", "command")

// lookAgain answers wishes to read a system where none was made then: it shows
// what it is known to show.
func (r *replayer) lookAgain(rec *tandem.Record) {
	reads := r.reads
	r.reads = nil
	for _, read := range reads {
		was, would := legOf(r.was, read.UserID, read.System.SystemID), legOf(r.would, read.UserID, read.System.SystemID)
		switch {
		case would == nil || !would.Unsure || would.Observed.Remote == "":
		case was != nil && was.Unsure:
			r.reads = append(r.reads, read) // what was read then is recorded
		default:
			o := would.Observed
			r.step(rec, rec.At, presence.Observe{SystemID: o.SystemID, RemoteID: would.RemoteID, Remote: o.Remote, Version: o.Version, At: o.Told, LookedAt: r.in.Now()})
		}
	}
}
