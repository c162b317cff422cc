package connector

import (
	"slices"

	"tandem"
	"tandem/presence"
)

// LinkByEmail says which users to link to which agents of a system: those with
// the same e-mail address, where neither is linked there yet. The emails are
// by user. The state is only read.
func LinkByEmail(state *presence.State, emails map[tandem.ID]string, system tandem.ID, agents []Agent) []presence.LinkAgent {
	taken := map[string]bool{}
	free := map[tandem.ID]string{}
	for user, email := range emails {
		a := state.Agents[user]
		if a == nil {
			continue
		}
		i := slices.IndexFunc(a.Legs, func(l presence.Leg) bool { return l.SystemID == system })
		if i >= 0 {
			taken[a.Legs[i].RemoteID] = true
		} else {
			free[user] = email
		}
	}
	left := slices.DeleteFunc(slices.Clone(agents), func(a Agent) bool { return taken[a.RemoteID] })
	pairs := MatchByEmail(free, left)
	var links []presence.LinkAgent
	for _, remoteID := range tandem.SortedKeys(pairs) {
		links = append(links, presence.LinkAgent{UserID: pairs[remoteID], SystemID: system, RemoteID: remoteID})
	}
	return links
}
