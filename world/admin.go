package world

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// admin changes the configuration while everybody works, one thing after the
// other, and puts it back at the end of the day.
type admin struct {
	*World
	chance *Chance
	made   int // things made so far, for their names
	hired  int
}

func (w *World) beginAdmin() {
	d := &admin{World: w, chance: NewChance(uint64(w.chance.Between(1, 1<<40)), "admin")}
	if w.shape.AdminMillis > 0 {
		d.later()
	}
}

func (d *admin) later() {
	pause := d.chance.Around(d.shape.AdminMillis)
	d.At(min(d.Now().Add(pause), max(d.Now(), d.start.Add(d.shape.OpenMillis))), func() {
		if d.closing() {
			d.set(d.plan.restore(), func() { d.count("configuration restored") })
			return
		}
		d.run(d.change(), func(any, error) {}, d.later)
	})
}

// change is the commands of one change.
func (d *admin) change() []any {
	changes := []func() []any{
		d.changeQueue, d.changeHours, d.changeProfile, d.changeUser, d.changeUser, d.replaceUser, d.changeStatus,
		d.changeFlow, d.changeSettings, d.changeNumber, d.changeQuickConnects, d.passing, d.erase, d.changeGroup, d.changeModule,
	}
	return changes[d.chance.Between(0, int64(len(changes)-1))]()
}

func (d *admin) pick(n int) int { return int(d.chance.Between(0, int64(n-1))) }

// fresh is a name that nothing has.
func (d *admin) fresh(what string) string {
	d.made++
	return numbered("new "+what+" ", d.made)
}

// changeQueue disables a queue, or gives it another limit, hours or caller id.
func (d *admin) changeQueue() []any {
	q := d.plan.queues[d.pick(len(d.plan.queues))]
	q.QuickConnectIDs = nil // some may be gone
	switch d.chance.Between(1, 4) {
	case 1:
		q.Enabled = false
	case 2:
		q.MaxContacts = int32(d.chance.Between(0, 20))
	case 3:
		q.HoursID = d.plan.hours[d.pick(len(d.plan.hours))].HoursID
	}
	return []any{center.SaveQueue{Queue: q}}
}

// changeHours closes or opens earlier or later.
func (d *admin) changeHours() []any {
	h := d.plan.hours[d.pick(len(d.plan.hours))]
	h.Slots = slices.Clone(h.Slots)
	h.Slots[0].EndMinute = uint16(d.chance.Between(0, 1439))
	return []any{center.SaveHours{Hours: h}}
}

// changeProfile draws a routing profile anew.
func (d *admin) changeProfile() []any {
	return []any{center.SaveRoutingProfile{Profile: d.plan.profile(d.pick(len(d.plan.profiles)))}}
}

// changeUser gives an agent another profile, group, wrap-up or phone.
func (d *admin) changeUser() []any {
	a := d.people[d.pick(len(d.people))]
	u := a.user
	switch d.chance.Between(1, 5) {
	case 1:
		u.AfterContactWorkSeconds = uint32(d.chance.Between(0, 60))
	case 2:
		u.AutoAccept = !u.AutoAccept
	case 3:
		u.HierarchyGroupID = d.plan.groups[d.pick(len(d.plan.groups))].GroupID
	case 4:
		if u.PhoneType++; u.PhoneType > event.DeskPhone {
			u.PhoneType = event.SoftPhone
		}
	default:
		if slices.Index(d.people, a) >= pillars {
			u.RoutingProfileID = d.plan.profiles[d.pick(len(d.plan.profiles))].ProfileID
		}
	}
	a.user = u
	return []any{center.SaveUser{User: u}, center.SetAgentConnection{UserID: u.UserID, Connected: true, Softphone: u.PhoneType == event.SoftPhone}}
}

// replaceUser deletes an agent, who may be working, and hires another one.
func (d *admin) replaceUser() []any {
	d.hired++
	a := d.plan.hire(numbered("new agent", d.hired), len(d.people))
	a.begin()
	commands := []any{center.SaveUser{New: true, User: a.user}}
	if old := d.pick(d.shape.Agents); old >= pillars {
		commands = append(commands, center.DeleteUser{UserID: d.people[old].id})
	}
	return commands
}

// changeStatus disables a status for a while.
func (d *admin) changeStatus() []any {
	return []any{center.SaveAgentStatus{Status: d.plan.status("Lunch", d.chance.PerMille(600))}}
}

// changeFlow publishes a flow again, or only saves it, while contacts are in it.
func (d *admin) changeFlow() []any {
	f := d.plan.flows[d.pick(len(d.plan.flows))]
	if f.Published = d.chance.PerMille(700); !f.Published {
		f.Content = "{}"
	}
	return []any{center.SaveFlow{Flow: f}}
}

func (d *admin) changeSettings() []any {
	return []any{center.SaveSettings{Settings: d.plan.drawSettings()}}
}

// changeNumber takes a number from its flow for a while.
func (d *admin) changeNumber() []any {
	i := d.pick(len(d.plan.inbound))
	to := d.plan.associate(i, tandem.ID{})
	if d.chance.PerMille(600) {
		to.FlowID = d.plan.inbound[i]
	}
	return []any{to}
}

// changeQuickConnects makes a quick connect, lists it at a queue, and deletes
// it.
func (d *admin) changeQuickConnects() []any {
	name := d.fresh("quick connect")
	q := event.QuickConnectSaved{QuickConnectID: d.named(name), Name: name, Type: event.QuickConnectPhone, Number: "+49305550177"}
	queue := d.plan.queues[d.pick(len(d.plan.queues))]
	queue.QuickConnectIDs = append(slices.Clone(queue.QuickConnectIDs), q.QuickConnectID)
	return []any{center.SaveQuickConnect{New: true, QuickConnect: q}, center.SaveQueue{Queue: queue}, center.DeleteQuickConnect{QuickConnectID: q.QuickConnectID}}
}

// passing makes things and deletes them again.
func (d *admin) passing() []any {
	hours, queue, profile, group, content := d.plan.hours[0], d.plan.queues[0], d.plan.profiles[0], d.plan.groups[0], d.plan.flows[0]
	hours.Name, queue.Name, profile.Name, group.Name, content.Name = d.fresh("hours"), d.fresh("queue"), d.fresh("profile"), d.fresh("group"), d.fresh("flow")
	hours.HoursID, queue.QueueID, profile.ProfileID = d.named(hours.Name), d.named(queue.Name), d.named(profile.Name)
	group.GroupID, content.FlowID = d.named(group.Name), d.named(content.Name)
	queue.HoursID, queue.QuickConnectIDs = hours.HoursID, nil
	return []any{
		center.SaveHours{New: true, Hours: hours}, center.SaveQueue{New: true, Queue: queue}, center.SaveRoutingProfile{New: true, Profile: profile},
		center.SaveHierarchyGroup{New: true, Group: group}, center.SaveFlow{New: true, Flow: content},
		center.DeleteHours{HoursID: hours.HoursID}, // the queue uses them
		center.DeleteFlow{FlowID: content.FlowID}, center.DeleteHierarchyGroup{GroupID: group.GroupID},
		center.DeleteRoutingProfile{ProfileID: profile.ProfileID}, center.DeleteQueue{QueueID: queue.QueueID}, center.DeleteHours{HoursID: hours.HoursID},
	}
}

// changeGroup renames a group of the hierarchy.
func (d *admin) changeGroup() []any {
	g := d.plan.groups[d.pick(len(d.plan.groups))]
	g.Name = d.fresh("group")
	return []any{center.SaveHierarchyGroup{Group: g}}
}

// erase makes a chain of contacts unreadable, if all of it has ended.
func (d *admin) erase() []any {
	if len(d.ended) == 0 {
		return nil
	}
	return []any{center.EraseSubject{Subject: d.ended[d.pick(len(d.ended))]}}
}
