package salesforce

import (
	"context"
	"strings"

	"tandem"
	"tandem/presence"
)

// takeResult takes the answer to a command; the first page of an agent was
// asked what the agent shows.
func (s *Salesforce) takeResult(ctx context.Context, agent string, r report) {
	if r.Command != "look" {
		s.hub.answer(agent, r.Command, pageResult{ok: r.OK, status: short(r.StatusID), message: r.Message})
		return
	}
	if r.OK {
		s.observeReport(ctx, agent, r.StatusID, "")
	}
}

// takeEvent takes an event of the toolkit. A second tab that takes the session
// over is no act of the agent.
func (s *Salesforce) takeEvent(ctx context.Context, agent string, r report) {
	e := r.Event
	switch {
	case e.Name == "omniChannelStatusChanged":
		s.observeReport(ctx, agent, e.StatusID, e.Reason)
	case e.Name == "omniChannelLoginSuccess":
		s.observeReport(ctx, agent, e.StatusID, reasonLogin)
	case e.Name == "omniChannelLogout" && strings.HasPrefix(e.Reason, "DuplicateLogin"):
		s.hub.demote(agent, r.Page)
	case e.Name == "omniChannelLogout" && e.Reason == "":
		s.observeReport(ctx, agent, Offline, presence.ReasonLogout)
	case e.Name == "omniChannelLogout":
		s.observeReport(ctx, agent, Offline, e.Reason)
	case e.Name == "omniChannelWorkAccepted":
		s.takeWork(ctx, agent, e)
	case e.Name == "omniChannelWorkloadChanged":
		s.takeWorkload(ctx, agent, e)
	case e.Name == "omniChannelConnectionError":
		s.env.Log.Warn("an agent's console has lost its connection to Omni-Channel", "agent", agent)
	}
}

// observeReport reports what a console told; no id means logged out.
func (s *Salesforce) observeReport(ctx context.Context, agent, status, reason string) {
	if status == "" {
		status = Offline
	}
	if status != Offline && !idShape.MatchString(status) || !s.isLinked(agent) {
		return
	}
	s.tell(ctx, s.observation(agent, s.history.reported(agent, short(status), reason, s.client.theirs())))
}

// takeWork tells of accepted work. Its service channel, which the event does
// not carry, is looked up.
func (s *Salesforce) takeWork(ctx context.Context, agent string, e pageEvent) {
	if !s.isLinked(agent) {
		return
	}
	at := tandem.At(s.env.Clock.Now())
	channel, err := s.client.channelOf(ctx, e.WorkID)
	if err != nil {
		s.env.Log.Warn("the service channel of some work is not known; rules on it do not hold", "err", err)
	}
	s.command(ctx, agent, presence.ObserveWorkAccepted{SystemID: s.system.SystemID, RemoteID: agent, WorkID: short(e.WorkID), Channel: channel, At: at})
}

func (s *Salesforce) takeWorkload(ctx context.Context, agent string, e pageEvent) {
	if !s.isLinked(agent) || min(e.ConfiguredCapacity, e.PreviousWorkload, e.NewWorkload) < 0 {
		return
	}
	s.command(ctx, agent, presence.ObserveCapacity{
		SystemID: s.system.SystemID, RemoteID: agent, Used: uint32(e.NewWorkload), Max: uint32(e.ConfiguredCapacity),
		Previous: uint32(e.PreviousWorkload), TellsPrevious: true, Version: millis(s.client.theirs()), At: tandem.At(s.env.Clock.Now()),
	})
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
