package salesforce

import (
	"context"
	"slices"

	"tandem"
	"tandem/presence"
)

// pageID is how presence knows an agent's console. The hub decides which of
// several tabs leads, so that for presence they are one page.
const pageID = "console"

// keepPages tells when agents' consoles open and close: presence knows what the
// policy at a session's end is. Consoles that were open before a restart and do
// not come back are closed too.
func (s *Salesforce) keepPages(ctx context.Context) {
	told := map[string]bool{}
	early := s.env.Clock.Now().Add(s.hub.grace)
	for {
		open := s.hub.sweep()
		s.attach(ctx, slices.DeleteFunc(tandem.SortedKeys(open), func(agent string) bool { return told[agent] || !s.isLinked(agent) }), told)
		if s.env.Clock.Now().After(early) {
			for _, agent := range s.linkedAgents() {
				if _, known := told[agent]; !known {
					told[agent] = true // as far as presence knows from before
				}
			}
		}
		for _, agent := range tandem.SortedKeys(told) {
			if told[agent] && !open[agent] {
				told[agent] = false
				s.command(ctx, agent, presence.LeavePage{SystemID: s.system.SystemID, RemoteID: agent, PageID: pageID})
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-s.hub.arrived:
		case <-s.env.Clock.After(sweepInterval):
		}
	}
}

// attach tells of consoles that have opened, and of which profile their agents
// are: the policy at a session's end may name profiles.
func (s *Salesforce) attach(ctx context.Context, agents []string, told map[string]bool) {
	if len(agents) == 0 {
		return
	}
	asking, cancel := context.WithTimeout(ctx, s.client.timeout)
	defer cancel()
	profiles, err := s.client.profiles(asking, urgent, agents)
	if err != nil && ctx.Err() == nil {
		s.env.Log.Warn("the profiles of agents are not known; a policy at a session's end that names profiles passes them over", "err", err)
	}
	for _, agent := range agents {
		told[agent] = true
		s.command(ctx, agent, presence.AttachPage{SystemID: s.system.SystemID, RemoteID: agent, PageID: pageID, Profile: profiles[short(agent)]})
	}
}

func (s *Salesforce) linkedAgents() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tandem.SortedKeys(s.linked)
}
