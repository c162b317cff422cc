package world

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// plan is the configuration of the instance, as it is at the beginning and
// again at the end of the day.
type plan struct {
	world  *World
	chance *Chance
	ids
	hours    []event.HoursSaved
	groups   []event.HierarchyGroupSaved
	queues   []event.QueueSaved
	profiles []event.RoutingProfileSaved // routing
	flows    []event.FlowSaved           // the world's own
	quick    []event.QuickConnectSaved
	settings event.SettingsSaved
}

// ids are the ids of what an instance has once.
type ids struct {
	instance         tandem.ID
	available        tandem.ID
	pause, lunch     tandem.ID // custom statuses
	offline          tandem.ID
	agents, managers tandem.ID // security profiles
	basicQueue       tandem.ID
	basicProfile     tandem.ID // routing
	alwaysOpen       tandem.ID // hours
	inbound, tasks   []tandem.ID
	program          tandem.ID
	queueTransfer    tandem.ID
	agentTransfer    tandem.ID
}

// pillars is how many agents are never deleted and keep the profile that they
// have, so that somebody serves every queue until the end.
const pillars = 6

func newPlan(w *World, c *Chance) *plan {
	p := &plan{world: w, chance: c, ids: ids{
		instance: w.named("instance"), available: w.named("Available"), pause: w.named("Break"), lunch: w.named("Lunch"),
		offline: w.named("Offline"), agents: w.named("Agent"), managers: w.named("CallCenterManager"),
		basicQueue: w.named("BasicQueue"), basicProfile: w.named("Basic Routing Profile"), alwaysOpen: w.named("Basic Hours"),
	}}
	p.drawHours()
	for i := range 3 {
		g := event.HierarchyGroupSaved{GroupID: w.named(numbered("group", i)), Name: numbered("group", i)}
		if i > 0 {
			g.ParentID = p.groups[0].GroupID
		}
		p.groups = append(p.groups, g)
	}
	for i := range w.shape.Queues {
		p.queues = append(p.queues, p.queue(i))
	}
	for i := range w.shape.Queues {
		p.profiles = append(p.profiles, p.profile(i))
	}
	for i := range w.shape.Agents {
		p.hire(numbered("agent", i), i)
	}
	for i := range w.shape.Supervisors {
		p.hire(numbered("supervisor", i), i).leads = true
	}
	p.drawFlows()
	p.drawQuickConnects()
	p.settings = p.drawSettings()
	return p
}

// commands is what makes the instance.
func (p *plan) commands() []any {
	commands := []any{p.createInstance()}
	for _, name := range []string{"Break", "Lunch"} {
		commands = append(commands, center.SaveAgentStatus{New: true, Status: p.status(name, true)})
	}
	for _, h := range p.hours {
		commands = append(commands, center.SaveHours{New: true, Hours: h})
	}
	for _, g := range p.groups {
		commands = append(commands, center.SaveHierarchyGroup{New: true, Group: g})
	}
	for _, q := range p.queues { // what they refer to is not there yet
		q.CallerIDNumberID, q.OutboundFlowID, q.QuickConnectIDs = tandem.ID{}, tandem.ID{}, nil
		commands = append(commands, center.SaveQueue{New: true, Queue: q})
	}
	for _, r := range p.profiles {
		commands = append(commands, center.SaveRoutingProfile{New: true, Profile: r})
	}
	for _, a := range p.world.people {
		commands = append(commands, center.SaveUser{New: true, User: a.user})
	}
	commands = append(commands, center.AssociateFunction{FunctionARN: functionARN}, center.AssociateBot{Bot: botAlias})
	for _, f := range p.flows {
		commands = append(commands, center.SaveFlow{New: true, Flow: f})
	}
	for i, id := range p.inbound {
		commands = append(commands, p.associate(i, id))
	}
	commands = append(commands, p.associate(sampleQueue, p.world.named(flow.SampleInbound)))
	for _, q := range p.quick {
		commands = append(commands, center.SaveQuickConnect{New: true, QuickConnect: q})
	}
	for _, q := range p.queues {
		commands = append(commands, center.SaveQueue{Queue: q})
	}
	return append(commands, center.SaveSettings{Settings: p.settings})
}

// restore is what puts back what was changed.
func (p *plan) restore() []any {
	var commands []any
	for _, h := range p.hours {
		commands = append(commands, center.SaveHours{Hours: h})
	}
	for i, id := range p.inbound {
		commands = append(commands, p.associate(i, id))
	}
	for _, q := range p.queues {
		q.QuickConnectIDs = nil // some may be gone
		commands = append(commands, center.SaveQueue{Queue: q})
	}
	for _, r := range p.profiles {
		commands = append(commands, center.SaveRoutingProfile{Profile: r})
	}
	return append(commands, center.SaveSettings{Settings: p.settings})
}

// The queues whose numbers start no flow, and a sample flow.
const (
	nobodysQueue = 99
	sampleQueue  = 98
)

// dialled is the number that customers of a queue call.
func dialled(queue int) string { return fmt.Sprintf("+141555501%02d", queue) }

func (p *plan) number(queue int) tandem.ID { return p.world.named("number" + dialled(queue)) }

func (p *plan) associate(queue int, flowID tandem.ID) center.AssociateNumber {
	return center.AssociateNumber{NumberID: p.number(queue), Number: dialled(queue), FlowID: flowID}
}

func (p *plan) createInstance() center.CreateInstance {
	w := p.world
	c := center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: p.instance, Alias: "sample", Region: "us-east-1", AccountID: "123456789012"},
		Defaults: center.Defaults{
			AvailableID: p.available, OfflineID: p.offline, HoursID: p.alwaysOpen, QueueID: p.basicQueue,
			RoutingProfileID: p.basicProfile, AdminID: w.named("Admin"), AgentID: p.agents,
			ManagerID: p.managers, AnalystID: w.named("QualityAnalyst"), TimeZone: "Europe/Berlin",
		},
	}
	values := map[string]string{flow.PlaceholderQueue: p.basicQueue.String(), flow.PlaceholderMusic: "CustomerQueue.wav"}
	for _, s := range flow.Samples() {
		content, err := s.Fill(values)
		if err != nil {
			w.complain("the sample flow %s: %w", s.Name, err)
		}
		c.Flows = append(c.Flows, event.FlowSaved{FlowID: w.named(s.Name), Name: s.Name, Type: string(s.Type), Content: tandem.Blob(content)})
	}
	return c
}

func (p *plan) status(name string, enabled bool) event.AgentStatusSaved {
	return event.AgentStatusSaved{StatusID: p.world.named(name), Name: name, Type: event.Custom, Enabled: enabled}
}

// drawHours makes hours that end, and hours that begin, in the middle of the
// time in which contacts come.
func (p *plan) drawHours() {
	middle := p.world.start.Add(p.world.shape.OpenMillis / 2).Std()
	day, minutes := uint8(middle.Weekday()), uint16(middle.Hour()*60+middle.Minute())
	for name, slot := range []event.HoursSlot{{Weekday: day, EndMinute: minutes}, {Weekday: day, StartMinute: minutes}} {
		id := p.world.named(numbered("hours", name))
		p.hours = append(p.hours, event.HoursSaved{HoursID: id, Name: p.world.names[id], TimeZone: "UTC", Slots: []event.HoursSlot{slot}})
	}
}

func (p *plan) drawSettings() event.SettingsSaved {
	s := event.SettingsSaved{RequeueOnOffline: p.chance.PerMille(500), FlowLogs: p.chance.PerMille(500)}
	if p.chance.PerMille(500) {
		s.HeartbeatGraceSeconds = uint32(p.chance.Between(2, 30))
	}
	if p.chance.PerMille(400) {
		s.MissedBeforePause, s.PauseStatusID = uint32(p.chance.Between(1, 3)), p.pause
	}
	if p.chance.PerMille(600) {
		s.ResumeWithinMinutes = uint32(p.chance.Between(1, 10))
	}
	return s
}
