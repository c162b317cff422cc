package record

import (
	"tandem"
	"tandem/center"
	"tandem/view"
)

// agentOf is the agent who was connected, with the routing profile and the
// hierarchy of that moment; nil when none was.
func agentOf(st *center.State, arns view.ARNs, c *center.Contact, t Times, username tandem.Personal) *Agent {
	userID := handledBy(c)
	if t.ConnectedToAgent.IsZero() || userID.IsZero() {
		return nil
	}
	a := &Agent{
		ARN:                          arns.User(userID),
		ConnectedToAgentTimestamp:    view.Seconds(t.ConnectedToAgent),
		AgentInteractionDuration:     interaction(c, t),
		CustomerHoldDuration:         c.Holds.Millis / 1000,
		LongestHoldDuration:          c.Holds.LongestMillis / 1000,
		NumberOfHolds:                int64(c.Holds.Count),
		HierarchyGroups:              groups(st, arns, c.GroupID),
		AfterContactWorkStart:        view.Seconds(t.AfterWorkStarted),
		AfterContactWorkEndTimestamp: view.Seconds(t.AfterWorkEnded),
		AfterContactWorkDuration:     view.WholeSeconds(t.AfterWorkStarted, t.AfterWorkEnded),
	}
	if name := string(username); name != "" {
		a.Username = &name
	}
	profileID := c.ProfileID
	if user := st.Agents[userID]; profileID.IsZero() && user != nil { // connected before this was kept
		profileID = user.User.RoutingProfileID
	}
	if !profileID.IsZero() {
		a.RoutingProfile = &RoutingProfile{ARN: arns.RoutingProfile(profileID)}
		if p := st.RoutingProfiles[profileID]; p != nil {
			a.RoutingProfile.Name = p.Name
		}
	}
	return a
}

// handledBy is the agent who was connected.
func handledBy(c *center.Contact) tandem.ID {
	if c.HandledBy.IsZero() { // connected before this was kept
		return c.UserID
	}
	return c.HandledBy
}

// interaction is how long agent and customer talked: the time on hold is not
// part of it.
func interaction(c *center.Contact, t Times) *int64 {
	if t.ConnectedToAgent.IsZero() || t.Disconnected.IsZero() {
		return nil
	}
	seconds := max(0, t.Disconnected.Sub(t.ConnectedToAgent)-c.Holds.Millis) / 1000
	return &seconds
}

// groups is the hierarchy groups above the agent and the agent's own, the
// highest first; nil for none.
func groups(st *center.State, arns view.ARNs, id tandem.ID) *HierarchyGroups {
	path := view.HierarchyPath(st, id)
	if len(path) == 0 {
		return nil
	}
	h := &HierarchyGroups{}
	levels := [view.HierarchyLevels]**HierarchyGroup{&h.Level1, &h.Level2, &h.Level3, &h.Level4, &h.Level5}
	for i, g := range path {
		*levels[i] = &HierarchyGroup{ARN: arns.HierarchyGroup(g.GroupID), GroupName: g.Name}
	}
	return h
}
