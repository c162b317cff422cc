package connector

import "strings"

// MatchByEmail pairs people of the center with agents of a system who have the
// same e-mail address, in any case. An address that two people or two agents
// share pairs nobody. The result maps remote ids to the keys of people.
func MatchByEmail[K comparable](people map[K]string, agents []Agent) map[string]K {
	owners, persons := map[string]K{}, map[string]int{}
	for key, email := range people {
		email = foldEmail(email)
		owners[email] = key
		persons[email]++
	}
	sharers := map[string]int{}
	for _, a := range agents {
		sharers[foldEmail(a.Email)]++
	}
	pairs := map[string]K{}
	for _, a := range agents {
		email := foldEmail(a.Email)
		if email != "" && persons[email] == 1 && sharers[email] == 1 {
			pairs[a.RemoteID] = owners[email]
		}
	}
	return pairs
}

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
