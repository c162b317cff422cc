package sim

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/metric"
)

// checkMetrics holds the live metrics against metrics that are told everything
// anew from the state, and against what the events make of the queues
// (SIM-S13).
func (r *run) checkMetrics(now tandem.Time) error {
	st, live := r.copy.center.State(), r.copy.center.Metrics()
	anew := metricsOf(st)
	for id := range st.Queues {
		for _, in := range []metric.Channels{0, metric.Only(event.Voice), metric.Only(event.Chat), metric.Only(event.Task)} {
			if got, want := live.Queue(id, in, now), anew.Queue(id, in, now); got != want {
				return fmt.Errorf("the metrics of queue %s are %+v; counted anew they are %+v", id, got, want)
			}
		}
		waiting := int64(0)
		for ch := event.Voice; ch <= event.Task; ch++ {
			waiting += int64(len(r.ledger.lanes[lane{id, ch}]))
		}
		r.tally.count(string(simS13), waiting > 0)
		if got := live.Queue(id, 0, now).ContactsInQueue.Or(0); got != waiting {
			return fmt.Errorf("by the metrics %d contacts wait in queue %s; by the events there are %d", got, id, waiting)
		}
	}
	for id := range st.Agents {
		if got, want := live.Agent(id, now), anew.Agent(id, now); got != want {
			return fmt.Errorf("the metrics of agent %s are %+v; counted anew they are %+v", id, got, want)
		}
	}
	return nil
}

// metricsOf tells everything to new metrics.
func metricsOf(st *center.State) *metric.Live {
	l := metric.New()
	for id, p := range st.RoutingProfiles {
		l.SetProfile(id, p.Entries)
	}
	for id, a := range st.Agents {
		l.SetAgent(id, metricAgent(st, a))
	}
	for id, c := range st.Contacts {
		scheduled := c.Phase == center.Scheduled && !c.QueueID.IsZero()
		if scheduled || c.Phase == center.InQueue {
			l.SetContact(id, metric.Contact{QueueID: c.QueueID, Channel: c.Channel, EnqueuedAt: c.EnqueuedAt, Priority: c.Priority, Scheduled: scheduled})
		}
	}
	return l
}

func metricAgent(st *center.State, a *center.Agent) metric.Agent {
	m := metric.Agent{ProfileID: a.User.RoutingProfileID, Status: event.Offline}
	m.NextStatus = !a.NextStatusID.IsZero() || !a.RetiredAt.IsZero() || a.Unreachable && st.Settings.HeartbeatGraceSeconds > 0 // nothing comes any more
	if status := st.Statuses[a.StatusID]; status != nil {
		m.Status = status.Type
	}
	for ch := event.Voice; ch <= event.Task; ch++ {
		c := concurrency(st, a, ch)
		m.Slots[ch].Maximum, m.Slots[ch].AnyChannel = c.Maximum, c.AnyChannel
	}
	if a.User.PhoneType != event.DeskPhone && !a.Softphone {
		m.Slots[event.Voice].Maximum, m.Slots[event.Voice].AnyChannel = 0, false
	}
	for i := range a.Contacts {
		s := &m.Slots[a.Contacts[i].Channel]
		switch state := a.Contacts[i].State; {
		case state == center.Connecting:
			s.Ringing++
		case state == center.AfterContactWork:
			s.AfterContactWork++
		case refused(state):
			s.Missed++
		case state == center.Paused: // holds no slot
		default:
			s.Handling++
		}
	}
	return m
}
