package salesforce

import (
	"context"

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
		for _, agent := range tandem.SortedKeys(open) {
			if !told[agent] && s.isLinked(agent) {
				told[agent] = true
				s.command(ctx, agent, presence.AttachPage{SystemID: s.system.SystemID, RemoteID: agent, PageID: pageID})
			}
		}
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

func (s *Salesforce) linkedAgents() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tandem.SortedKeys(s.linked)
}
