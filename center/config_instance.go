package center

import (
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// createInstance begins the instance with what Amazon Connect gives a new one:
// the statuses Available and Offline, Basic Hours around the clock, BasicQueue,
// Basic Routing Profile and four security profiles. Its flows are the caller's.
func (m *Machine) createInstance(s *tandem.Step, b CreateInstance) (tandem.ID, error) {
	if err := m.checkInstance(b); err != nil {
		return tandem.ID{}, err
	}
	in, d := b.Instance, b.Defaults
	in.CreatedAt, in.TimeZone = s.At, d.TimeZone
	s.Emit(&in)
	status := func(id tandem.ID, name string, t event.StatusType, order int32) {
		s.Emit(&event.AgentStatusSaved{StatusID: id, Name: name, Type: t, Enabled: true, Order: order, ModifiedAt: s.At})
	}
	status(d.AvailableID, "Available", event.Routable, 1)
	status(d.OfflineID, "Offline", event.Offline, 2)
	hours := &event.HoursSaved{HoursID: d.HoursID, Name: "Basic Hours", Description: "Around the clock", TimeZone: d.TimeZone, ModifiedAt: s.At}
	for day := range uint8(7) {
		hours.Slots = append(hours.Slots, event.HoursSlot{Weekday: day})
	}
	s.Emit(hours)
	s.Emit(&event.QueueSaved{QueueID: d.QueueID, Name: "BasicQueue", Description: "A simple, basic queue", HoursID: d.HoursID,
		MaxContacts: -1, Enabled: true, ModifiedAt: s.At})
	s.Emit(&event.RoutingProfileSaved{
		ProfileID: d.RoutingProfileID, Name: "Basic Routing Profile", Description: "A simple routing profile", DefaultOutboundQueueID: d.QueueID,
		Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Chat, Maximum: 2},
			{Channel: event.Task, Maximum: 1}},
		Entries: []event.RoutingEntry{{QueueID: d.QueueID, Channel: event.Voice, Priority: 1},
			{QueueID: d.QueueID, Channel: event.Task, Priority: 1}},
		ModifiedAt: s.At,
	})
	for _, p := range firstSecurityProfiles(d) {
		p.ModifiedAt = s.At
		s.Emit(p)
	}
	for _, f := range b.Flows {
		f.InstanceID, f.Version, f.Published, f.ModifiedAt = in.InstanceID, 1, true, s.At
		s.Emit(&f)
	}
	return in.InstanceID, nil
}

func (m *Machine) checkInstance(b CreateInstance) error {
	if !m.state.Instance.InstanceID.IsZero() {
		return tandem.Errorf(tandem.Duplicate, "InstanceId", "the instance exists already")
	}
	d := b.Defaults
	ids := map[tandem.ID]bool{}
	for _, id := range []tandem.ID{b.Instance.InstanceID, d.AvailableID, d.OfflineID, d.HoursID, d.QueueID,
		d.RoutingProfileID, d.AdminID, d.AgentID, d.ManagerID, d.AnalystID} {
		if id.IsZero() || ids[id] {
			return tandem.Errorf(tandem.Invalid, "Defaults", "every default needs an id of its own")
		}
		ids[id] = true
	}
	if err := firstOf(checkAlias(b.Instance.Alias), m.checkZone(d.TimeZone)); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, f := range b.Flows {
		f.Published = true
		if f.FlowID.IsZero() || ids[f.FlowID] || names[f.Name] {
			return tandem.Errorf(tandem.Invalid, "Flows", "every flow needs an id and a name of its own")
		}
		ids[f.FlowID], names[f.Name] = true, true
		if err := firstOf(checkLength("Name", f.Name, 1, maxLongNameChars), m.checkFlow(&f, defaultResources(d))); err != nil {
			return err
		}
	}
	return nil
}

// checkAlias accepts letters and digits, with hyphens between (Amazon Connect
// API: CreateInstance, InstanceAlias).
func checkAlias(alias string) error {
	isOther := func(r rune) bool {
		return !(r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if alias == "" || len(alias) > maxAliasChars || strings.ContainsFunc(alias, isOther) ||
		strings.Trim(alias, "-") != alias || strings.HasPrefix(alias, "d-") {
		return tandem.Errorf(tandem.Invalid, "InstanceAlias",
			"must be 1 to %d letters and digits, with hyphens between, and not begin with d-", maxAliasChars)
	}
	return nil
}

// defaultResources is what the first flows may refer to.
type defaultResources Defaults

// Known implements flow.Resources.
func (d defaultResources) Known(kind flow.ResourceKind, id string) bool {
	switch kind {
	case flow.ResourceQueue:
		return id == d.QueueID.String()
	case flow.ResourceHours:
		return id == d.HoursID.String()
	}
	return true
}

// crud is the permissions over a kind of thing (Amazon Connect Administrator
// Guide: List of security profile permissions).
func crud(things ...string) []string {
	var all []string
	for _, t := range things {
		all = append(all, t+".View", t+".Edit", t+".Create")
	}
	return all
}

func firstSecurityProfiles(d Defaults) []*event.SecurityProfileSaved {
	agent := []string{"BasicAgentAccess", "OutboundCallAccess"}
	analyst := []string{"AccessMetrics", "ContactSearch.View", "ListenCallRecordings", "DownloadCallRecordings",
		"MetricsReports.View", "MetricsReports.Create", "MetricsReports.Edit"}
	manager := append(append(append([]string{}, analyst...), crud("Users", "AgentStates", "RoutingPolicies", "Queues", "HoursOfOperation",
		"ContactFlows", "Prompts", "TransferDestinations")...), "ManagerListenIn", "ContactFlows.Publish", "RealTimeMetrics.Access", "AgentTimeCard.View")
	admin := append(append(append([]string{}, agent...), manager...), "Users.Delete", "Users.EditPermission", "Queues.EnableAndDisable",
		"AgentStates.EnableAndDisable", "ContactFlows.Delete", "HoursOfOperation.Delete", "TransferDestinations.Delete", "Prompts.Delete",
		"PhoneNumbers.View", "PhoneNumbers.Edit", "PhoneNumbers.Claim", "PhoneNumbers.Release", "HistoricalChanges.View",
		"SecurityProfiles.View", "SecurityProfiles.Edit", "SecurityProfiles.Create", "SecurityProfiles.Delete", "DeleteCallRecordings")
	return []*event.SecurityProfileSaved{
		{ProfileID: d.AdminID, Name: "Admin", Description: "May do everything", Permissions: admin},
		{ProfileID: d.AgentID, Name: "Agent", Description: "Takes contacts", Permissions: agent},
		{ProfileID: d.ManagerID, Name: "CallCenterManager", Description: "Manages users, routing and flows, and sees metrics", Permissions: manager},
		{ProfileID: d.AnalystID, Name: "QualityAnalyst", Description: "Sees metrics and listens to recordings", Permissions: analyst},
	}
}
