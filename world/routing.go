package world

import (
	"fmt"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

func (p *plan) queue(i int) event.QueueSaved {
	w := p.world
	q := event.QueueSaved{QueueID: w.named(numbered("queue", i)), Name: numbered("queue", i), HoursID: p.alwaysOpen, MaxContacts: -1, Enabled: true}
	switch i % 3 {
	case 1:
		q.MaxContacts = w.shape.QueueLimit
	case 2:
		q.HoursID = p.hours[p.chance.Between(0, 1)].HoursID
	}
	if p.chance.PerMille(850) {
		q.CallerIDNumberID = p.number(i)
	}
	if i == 0 { // programs call for the first queue
		q.CallerIDNumberID = p.number(sampleQueue)
	}
	if p.chance.PerMille(500) {
		q.OutboundFlowID = w.named("outbound flow")
	}
	return q
}

// profile serves its own queue first, then the others, the last ones only when
// a contact has waited. The first profile leaves nothing out.
func (p *plan) profile(i int) event.RoutingProfileSaved {
	n := len(p.queues)
	r := event.RoutingProfileSaved{
		ProfileID: p.world.named(numbered("profile", i)), Name: numbered("profile", i), DefaultOutboundQueueID: p.queues[i].QueueID,
		SinceLastInbound: p.chance.PerMille(300),
	}
	for ch := event.Voice; ch <= event.Task; ch++ {
		c := event.ChannelConcurrency{Channel: ch, Maximum: 1, AnyChannel: p.chance.PerMille(400)}
		if ch != event.Voice {
			c.Maximum = uint8(p.chance.Between(1, 4))
		}
		r.Concurrency = append(r.Concurrency, c)
	}
	for k := range n + 1 {
		queueID := p.basicQueue
		if k < n {
			queueID = p.queues[(i+k)%n].QueueID
		}
		for ch := event.Voice; ch <= event.Task; ch++ {
			if k > 0 && i > 0 && p.chance.PerMille(150) {
				continue
			}
			r.Entries = append(r.Entries, event.RoutingEntry{
				QueueID: queueID, Channel: ch, Priority: uint8(1 + k/2), DelaySeconds: uint16(k / 2 * int(p.chance.Between(0, 20)))})
		}
	}
	return r
}

// hire makes a user who works with a desk phone or with the browser.
func (p *plan) hire(name string, i int) *agent {
	w := p.world
	a := &agent{world: w, id: w.named(name)}
	u := event.UserSaved{
		UserID: a.id, Username: tandem.Personal(name), FirstName: tandem.Personal(name), PhoneType: event.DeskPhone,
		DeskPhoneNumber:  tandem.Personal(fmt.Sprintf("+1415556%04d", len(w.people))),
		RoutingProfileID: p.profiles[i%len(p.profiles)].ProfileID, SecurityProfileIDs: []tandem.ID{p.agents},
		AutoAccept: p.chance.PerMille(200),
	}
	w.byPhone[u.DeskPhoneNumber] = a
	if p.chance.PerMille(w.shape.SoftPerMille) {
		u.PhoneType = event.SoftPhone
	}
	if p.chance.PerMille(500) {
		u.AfterContactWorkSeconds = uint32(p.chance.Between(5, 60))
	}
	if p.chance.PerMille(500) {
		u.HierarchyGroupID = p.groups[i%len(p.groups)].GroupID
	}
	a.user = u
	w.people = append(w.people, a)
	w.byUser[a.id] = a
	return a
}

// drawQuickConnects makes ways to transfer: to queues, to the agents who stay,
// and to somebody outside. The queues of a profile list them.
func (p *plan) drawQuickConnects() {
	add := func(q event.QuickConnectSaved) {
		q.Name = numbered("quick connect", len(p.quick))
		q.QuickConnectID = p.world.named(q.Name)
		p.quick = append(p.quick, q)
	}
	for i, q := range p.queues {
		f := p.queueTransfer
		if i%2 == 1 {
			f = p.world.named(flow.SampleQueueTransfer)
		}
		add(event.QuickConnectSaved{Type: event.QuickConnectQueue, QueueID: q.QueueID, FlowID: f})
	}
	for i, a := range p.world.people[:min(pillars, len(p.world.people))] {
		f := p.agentTransfer
		if i%2 == 1 {
			f = p.world.named(flow.SampleAgentTransfer)
		}
		add(event.QuickConnectSaved{Type: event.QuickConnectUser, UserID: a.id, FlowID: f})
	}
	add(event.QuickConnectSaved{Type: event.QuickConnectPhone, Number: "+49305550199"})
	for i := range p.queues {
		for _, q := range p.quick {
			if p.chance.PerMille(700) {
				p.queues[i].QuickConnectIDs = append(p.queues[i].QuickConnectIDs, q.QuickConnectID)
			}
		}
	}
}

// fill puts ids in place of the placeholders of a flow: those of the plan, and
// those of a queue's flows.
func (p *plan) fill(content string, queue int) string {
	w, n := p.world, len(p.queues)
	agent := p.instance // nobody, where there are no agents
	if len(w.people) > 0 {
		agent = w.people[queue%min(pillars, len(w.people))].id
	}
	id := func(name string) string { return w.named(numbered(name, queue)).String() }
	return strings.NewReplacer(
		"${First}", p.queues[queue].QueueID.String(), "${Second}", p.queues[(queue+1)%n].QueueID.String(), "${Agent}", agent.String(),
		"${Waiting}", id("waiting flow"), "${Remaining}", id("remaining flow"), "${Callback}", id("callback flow"), "${Task}", id("task flow"),
		"${AgentWhisper}", w.named("agent whisper flow").String(), "${CustomerWhisper}", w.named("customer whisper flow").String(),
		"${Sample}", w.named(flow.SampleInbound).String(), "${Verify}", w.named("verify flow").String(),
		"${Function}", functionARN, "${Bot}", botAlias,
	).Replace(content)
}
