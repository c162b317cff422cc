package salesforce

import (
	"context"
	"math"
	"strings"

	"tandem"
	"tandem/presence"
)

// takeResult takes the answer to a command; the first page of an agent was
// asked what the agent shows and has to do. A toolkit without a status may not
// have started yet, so that the org is asked.
func (s *Salesforce) takeResult(ctx context.Context, agent string, r report) {
	switch {
	case r.Command != askStatus && r.Command != askWorkload:
		s.hub.answer(agent, r.Command, pageResult{ok: r.OK, status: short(r.StatusID), message: r.Message})
	case !r.OK:
		s.env.Log.Warn("an agent's console does not answer what Omni-Channel shows; open it in a console app with Omni-Channel", "agent", agent, "said", shorten(r.Message))
	case r.Command == askWorkload:
		s.takeCapacity(ctx, agent, r, presence.ObserveCapacity{Used: count(r.CurrentWorkload), Max: count(r.ConfiguredCapacity)})
	case r.StatusID == "":
		s.reads.Put(agent, tandem.At(s.env.Clock.Now()))
	default:
		s.observeReport(ctx, agent, r, r.StatusID, "")
	}
}

// takeEvent takes an event of the toolkit. A second tab that takes the session
// over is no act of the agent; a page that tells of a status has the session.
func (s *Salesforce) takeEvent(ctx context.Context, agent string, r report) {
	e := r.Event
	switch {
	case e.Name == "omniChannelStatusChanged":
		s.hub.restore(agent, r.Page)
		s.observeReport(ctx, agent, r, e.StatusID, e.Reason)
	case e.Name == "omniChannelLoginSuccess":
		s.hub.restore(agent, r.Page)
		s.observeReport(ctx, agent, r, e.StatusID, reasonLogin)
	case e.Name == "omniChannelLogout" && strings.HasPrefix(e.Reason, "DuplicateLogin"):
		s.hub.demote(agent, r.Page)
	case e.Name == "omniChannelLogout" && e.Reason == "":
		s.observeReport(ctx, agent, r, Offline, presence.ReasonLogout)
	case e.Name == "omniChannelLogout":
		s.observeReport(ctx, agent, r, Offline, e.Reason)
	case e.Name == "omniChannelWorkAccepted":
		s.takeWork(ctx, agent, r)
	case e.Name == "omniChannelWorkloadChanged":
		s.takeCapacity(ctx, agent, r, presence.ObserveCapacity{
			Used: count(e.NewWorkload), Max: count(e.ConfiguredCapacity), Previous: count(e.PreviousWorkload), TellsPrevious: true,
		})
	case e.Name == "omniChannelConnectionError":
		s.env.Log.Warn("an agent's console has lost its connection to Omni-Channel", "agent", agent)
	}
}

// observeReport reports what a console told; no id means logged out.
func (s *Salesforce) observeReport(ctx context.Context, agent string, r report, status, reason string) {
	if status == "" {
		status = Offline
	}
	if status != Offline && !idShape.MatchString(status) || !s.isLinked(agent) {
		return
	}
	s.tell(ctx, s.observation(agent, s.history.reported(agent, short(status), reason, s.client.theirs().Add(-r.age()))))
}

// takeWork tells of accepted work. Its service channel, which the event does
// not carry, is looked up.
func (s *Salesforce) takeWork(ctx context.Context, agent string, r report) {
	if !s.isLinked(agent) {
		return
	}
	at := tandem.At(s.env.Clock.Now().Add(-r.age()))
	channel, err := s.client.channelOf(ctx, r.Event.WorkID)
	if err != nil {
		s.env.Log.Warn("the service channel of some work is not known; rules on it do not hold", "err", err)
	}
	s.command(ctx, agent, presence.ObserveWorkAccepted{SystemID: s.system.SystemID, RemoteID: agent, WorkID: short(r.Event.WorkID), Channel: channel, At: at})
}

// count is a number that a page told; fewer than none is none.
func count(n int) uint32 { return uint32(min(max(0, n), math.MaxUint32)) }

// takeCapacity tells how much the agent has to do, as of when the page saw it.
func (s *Salesforce) takeCapacity(ctx context.Context, agent string, r report, c presence.ObserveCapacity) {
	if !s.isLinked(agent) {
		return
	}
	c.SystemID, c.RemoteID = s.system.SystemID, agent
	c.Version, c.At = millis(s.client.theirs().Add(-r.age())), tandem.At(s.env.Clock.Now().Add(-r.age()))
	s.command(ctx, agent, c)
}

// command tells the core something of an agent that is no status.
func (s *Salesforce) command(ctx context.Context, agent string, body any) {
	if err := s.env.Tell(ctx, body); err != nil && ctx.Err() == nil {
		s.env.Log.Warn("the core refused what a console told", "agent", agent, "err", err)
	}
}

// observation is a state in presence's words.
func (s *Salesforce) observation(agent string, st state) presence.Observe {
	o := presence.Observe{SystemID: s.system.SystemID, RemoteID: agent, Remote: st.status, Version: st.version, Reason: st.reason}
	if !st.at.IsZero() {
		o.At = s.client.ours(st.at)
	}
	return o
}
