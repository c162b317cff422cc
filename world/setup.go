package world

import (
	_ "embed" // the flows are files, so that they can be read as flows
	"fmt"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

//go:embed flows/inbound.json
var inboundFlow string

//go:embed flows/task.json
var taskFlow string

//go:embed flows/waiting.json
var waitingFlow string

// ids are the ids of what an instance has once.
type ids struct {
	instance         tandem.ID
	available, pause tandem.ID // pause is a custom status
	offline          tandem.ID
	agentProfile     tandem.ID // security
	queues           []tandem.ID
	profiles         []tandem.ID // routing
	inbound, tasks   []tandem.ID // flows, one for each queue
	alwaysOpen       tandem.ID   // hours
	closingSoon      tandem.ID
}

func (w *World) nameIDs() ids {
	d := ids{
		instance: w.named("instance"), available: w.named("Available"), pause: w.named("Break"), offline: w.named("Offline"),
		agentProfile: w.named("Agent"), alwaysOpen: w.named("Basic Hours"), closingSoon: w.named("Short Hours"),
	}
	for i := range w.shape.Queues {
		d.queues = append(d.queues, w.named(numbered("queue", i)))
		d.profiles = append(d.profiles, w.named(numbered("profile", i)))
		d.inbound = append(d.inbound, w.named(numbered("inbound flow", i)))
		d.tasks = append(d.tasks, w.named(numbered("task flow", i)))
	}
	return d
}

// setup is the commands that make the instance.
func (w *World) setup() []any {
	commands := []any{
		w.createInstance(),
		center.SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: w.ids.pause, Name: "Break", Type: event.Custom, Enabled: true}},
		center.SaveHours{New: true, Hours: w.shortHours()},
	}
	for i := range w.ids.queues {
		commands = append(commands, w.queue(i))
	}
	for i := range w.ids.queues {
		commands = append(commands, w.profile(i), w.flow(w.ids.inbound[i], inboundFlow, i), w.flow(w.ids.tasks[i], taskFlow, i),
			center.AssociateNumber{NumberID: w.named("number" + dialled(i)), Number: dialled(i), FlowID: w.ids.inbound[i]})
	}
	for i := range w.shape.Agents {
		commands = append(commands, w.hire(i))
	}
	return commands
}

// dialled is the number that customers of a queue call.
func dialled(queue int) string { return fmt.Sprintf("+141555501%02d", queue) }

func (w *World) createInstance() center.CreateInstance {
	d := w.ids
	return center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: d.instance, Alias: "sample", Region: "us-east-1", AccountID: "123456789012"},
		Flows: []event.FlowSaved{{FlowID: w.named("waiting flow"), Name: flow.SampleCustomerQueue, Type: string(flow.TypeCustomerQueue),
			Content: tandem.Blob(waitingFlow)}},
		Defaults: center.Defaults{
			AvailableID: d.available, OfflineID: d.offline, HoursID: d.alwaysOpen, QueueID: w.named("BasicQueue"),
			RoutingProfileID: w.named("Basic Routing Profile"), AdminID: w.named("Admin"), AgentID: d.agentProfile,
			ManagerID: w.named("CallCenterManager"), AnalystID: w.named("QualityAnalyst"), TimeZone: "Europe/Berlin",
		},
	}
}

// shortHours end in the middle of the time in which contacts come.
func (w *World) shortHours() event.HoursSaved {
	middle := w.start.Add(w.shape.OpenMillis / 2).Std()
	return event.HoursSaved{HoursID: w.ids.closingSoon, Name: "Short Hours", TimeZone: "UTC", Slots: []event.HoursSlot{
		{Weekday: uint8(middle.Weekday()), EndMinute: uint16(middle.Hour()*60 + middle.Minute())},
	}}
}

func (w *World) queue(i int) center.SaveQueue {
	q := event.QueueSaved{QueueID: w.ids.queues[i], Name: numbered("queue", i), HoursID: w.ids.alwaysOpen, MaxContacts: -1, Enabled: true}
	switch i % 3 {
	case 1:
		q.MaxContacts = w.shape.QueueLimit
	case 2:
		q.HoursID = w.ids.closingSoon
	}
	return center.SaveQueue{Queue: q, New: true}
}

// profile serves its own queue first, then the others, the last ones only
// when a contact has waited.
func (w *World) profile(i int) center.SaveRoutingProfile {
	n := len(w.ids.queues)
	p := event.RoutingProfileSaved{
		ProfileID: w.ids.profiles[i], Name: numbered("profile", i), DefaultOutboundQueueID: w.ids.queues[i],
		Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Task, Maximum: uint8(1 + i%3)}},
	}
	for k := range n {
		for _, channel := range []event.Channel{event.Voice, event.Task} {
			p.Entries = append(p.Entries, event.RoutingEntry{
				QueueID: w.ids.queues[(i+k)%n], Channel: channel, Priority: uint8(1 + k/2), DelaySeconds: uint16(k / 2 * 15)})
		}
	}
	return center.SaveRoutingProfile{Profile: p, New: true}
}

func (w *World) flow(id tandem.ID, content string, queue int) center.SaveFlow {
	n := len(w.ids.queues)
	content = strings.NewReplacer("${First}", w.ids.queues[queue].String(), "${Second}", w.ids.queues[(queue+1)%n].String()).Replace(content)
	return center.SaveFlow{New: true, Flow: event.FlowSaved{FlowID: id, Name: w.names[id], Type: string(flow.TypeContactFlow),
		Published: true, Content: tandem.Blob(content)}}
}

// hire makes an agent; every second one has a desk phone.
func (w *World) hire(i int) center.SaveUser {
	a := &agent{world: w, id: w.named(numbered("agent", i))}
	u := event.UserSaved{
		UserID: a.id, Username: tandem.Personal(numbered("agent", i)), PhoneType: event.SoftPhone,
		RoutingProfileID: w.ids.profiles[i%len(w.ids.profiles)], SecurityProfileIDs: []tandem.ID{w.ids.agentProfile},
		AutoAccept: w.chance.PerMille(200),
	}
	if i%2 == 0 {
		u.PhoneType, u.DeskPhoneNumber = event.DeskPhone, tandem.Personal(fmt.Sprintf("+1415556%04d", i))
		w.byPhone[u.DeskPhoneNumber] = a
	}
	if w.chance.PerMille(500) {
		u.AfterContactWorkSeconds = uint32(w.chance.Between(5, 60))
	}
	w.people = append(w.people, a)
	w.byUser[a.id] = a
	return center.SaveUser{User: u, New: true}
}
