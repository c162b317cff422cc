package center

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/metric"
)

// maxAgentQueue is how many contacts wait in an agent's own queue (Amazon
// Connect service quotas: agent queue).
const maxAgentQueue = 10

// env answers the questions of a contact's flow.
type env struct {
	m    *Machine
	c    *Contact
	side event.FlowSide
	step *tandem.Step
}

// Channel implements flow.Env.
func (e env) Channel() string { return e.c.Channel.String() }

// Value implements flow.Env (Amazon Connect Administrator Guide: List of
// available contact attributes). Beyond that list are the contact's place among
// those that wait, as $.Queue.Position from 1, and $.Queue.EstimatedWaitSeconds,
// as long as something is known of it.
func (e env) Value(path ...string) (string, bool) {
	c := e.c
	if len(path) == 1 {
		return e.system(path[0])
	}
	switch path[0] {
	case "Metrics":
		v, ok := c.Metrics[strings.Join(path[1:], ".")]
		return v, ok
	case "Queue":
		return e.queue(strings.Join(path[1:], "."))
	case "References":
		return e.reference(path[1:])
	case "External":
		return e.external(path[1:])
	case "Lex":
		return e.lex(path[1:])
	case "Modules":
		return e.modules(path[1:])
	case "Views":
		return e.views(path[1:])
	}
	if len(path) != 2 {
		return "", false
	}
	switch path[0] + "." + path[1] {
	case "CustomerEndpoint.Address":
		return string(c.CustomerAddress), c.CustomerAddress != ""
	case "CustomerEndpoint.Type", "SystemEndpoint.Type":
		return telephoneNumber, c.Channel == event.Voice
	case "SystemEndpoint.Address":
		return c.SystemAddress, c.SystemAddress != ""
	}
	var of tandem.PersonalMap
	switch path[0] {
	case "Attributes":
		of = c.Attributes
	case "FlowAttributes":
		of = *c.flowAttributesOn(e.side)
	case "Tags":
		v, ok := c.Tags[path[1]]
		return v, ok
	case "Agent":
		return e.agent(path[1])
	}
	v, ok := of[path[1]]
	return v, ok
}

// external is a value of $.External, the answer of the last function.
func (e env) external(path []string) (string, bool) {
	mem := e.c.memoryOn(e.side)
	if mem == nil {
		return "", false
	}
	return e.jsonMember(mem.Locals.External, path)
}

// jsonMember is a value in a JSON object.
func (e env) jsonMember(object tandem.Personal, path []string) (string, bool) {
	return shown(member(e.m.json.read(object), false, path...))
}

// reference is a reference of the contact, or with a second step its Value or
// Type alone.
func (e env) reference(path []string) (string, bool) {
	whole, ok := e.c.References[path[0]]
	kind, value, typed := strings.Cut(whole, " ")
	switch {
	case len(path) == 1 || !ok:
		return whole, ok
	case path[1] == "Value" && typed:
		return value, true
	case path[1] == "Type" && typed:
		return kind, true
	}
	return "", false
}

// telephoneNumber is the type of a caller's address (Amazon Connect API:
// Endpoint).
const telephoneNumber = "TELEPHONE_NUMBER"

func (e env) system(name string) (string, bool) {
	c, in := e.c, &e.m.state.Instance
	switch name {
	case "ContactId":
		return c.ContactID.String(), true
	case "InitialContactId":
		return c.InitialContactID.String(), true
	case "PreviousContactId":
		return c.PreviousID.String(), !c.PreviousID.IsZero()
	case "Channel":
		return c.Channel.String(), true
	case "InitiationMethod":
		return c.Method.String(), true
	case "InstanceARN":
		return e.arn(""), true
	case "AwsRegion":
		return in.Region, in.Region != ""
	case "Name":
		return string(c.Name), c.Name != ""
	case "Description":
		return string(c.Description), c.Description != ""
	case "StoredCustomerInput":
		return string(c.StoredInput), c.StoredInput != ""
	case "CustomerCallBackPhoneNumber":
		return string(c.CallbackNumber), c.CallbackNumber != ""
	case "CustomerId":
		return string(c.CustomerID), c.CustomerID != ""
	case "LanguageCode":
		return c.LanguageCode, c.LanguageCode != ""
	case "TextToSpeechVoiceId":
		return c.TextVoice, c.TextVoice != ""
	}
	return "", false
}

// queue is what is known of the queue that the contact is in, or will be.
func (e env) queue(member string) (string, bool) {
	id := e.c.QueueID
	if id.IsZero() {
		id = e.c.TargetQueueID
	}
	switch member {
	case "Position":
		if ahead, ok := e.m.index.Position(e.c.ContactID); ok {
			return strconv.Itoa(ahead + 1), true
		}
		return "", false
	case "EstimatedWaitSeconds":
		if wait := e.m.EstimatedWait(e.c, e.step.At); wait.Known {
			return strconv.FormatInt((wait.N+999)/1000, 10), true
		}
		return "", false
	}
	q := e.m.state.Queues[id]
	if q == nil {
		return "", false
	}
	switch member {
	case "Name":
		return q.Name, true
	case "ARN":
		return e.arn("/queue/" + id.String()), true
	case "OutboundCallerId.Address":
		number := e.m.callerID(id)
		return number, number != ""
	case "OutboundCallerId.Type":
		return telephoneNumber, e.m.callerID(id) != ""
	}
	return "", false
}

// agent is the agent who joins the contact, or to whom it is transferred.
func (e env) agent(member string) (string, bool) {
	id := e.c.UserID
	if id.IsZero() {
		id = e.c.TargetUserID
	}
	a := e.m.state.Agents[id]
	if a == nil {
		return "", false
	}
	switch member {
	case "UserName":
		return string(a.User.Username), true
	case "FirstName":
		return string(a.User.FirstName), true
	case "LastName":
		return string(a.User.LastName), true
	case "ARN":
		return e.arn("/agent/" + id.String()), true
	}
	return "", false
}

// Metrics is the live metrics of the instance, for reading between steps.
func (m *Machine) Metrics() *metric.Live { return m.live }

// EstimatedWait is how long a contact has yet to wait in its queue, in
// milliseconds, as far as something is known of it.
func (m *Machine) EstimatedWait(c *Contact, now tandem.Time) metric.Value {
	ahead, ok := m.index.Position(c.ContactID)
	if !ok {
		return metric.Value{}
	}
	return m.live.EstimatedWait(c.QueueID, c.Channel, m.state.Waits[c.QueueID], ahead, now)
}

func (e env) arn(rest string) string {
	in := &e.m.state.Instance
	return "arn:aws:connect:" + in.Region + ":" + in.AccountID + ":instance/" + in.InstanceID.String() + rest
}

// HoursOpen implements flow.Env.
func (e env) HoursOpen(hoursID string) (open, known bool) {
	id, err := tandem.ParseID(hoursID)
	if hoursID == "" {
		q := e.m.state.Queues[e.c.TargetQueueID]
		if q == nil {
			return false, false
		}
		id, err = q.HoursID, nil
	}
	h := e.m.state.Hours[id]
	if err != nil || h == nil {
		return false, false
	}
	return e.m.hoursOpen(h, e.step.At)
}

// QueueKnown implements flow.Env.
func (e env) QueueKnown(queueID string) bool {
	id, err := tandem.ParseID(queueID)
	if err != nil {
		return false
	}
	q := e.m.state.Queues[id]
	return q != nil && q.Enabled
}

// QueueHasRoom implements flow.Env.
func (e env) QueueHasRoom() (room, known bool) { return e.m.queueRoom(e.c.TargetQueueID) }

// HasRoom implements flow.Env. A contact that is just offered to an agent cannot
// be moved, nor one whose chain is as long as allowed.
func (e env) HasRoom(queueID string) (room, known bool) {
	id, err := e.c.TargetQueueID, error(nil)
	if queueID != "" {
		id, err = tandem.ParseID(queueID)
	}
	if err != nil || e.c.Phase == Offered || e.c.Phase == Joining || e.c.ChainLength >= maxChain {
		return false, false
	}
	return e.m.queueRoom(id)
}

// queueRoom reports whether a queue takes one more contact.
func (m *Machine) queueRoom(queueID tandem.ID) (room, known bool) {
	if a := m.state.Agents[queueID]; a != nil { // the agent's own queue
		return m.queued[queueID] < maxAgentQueue, a.RetiredAt.IsZero()
	}
	q := m.state.Queues[queueID]
	if q == nil || !q.Enabled {
		return false, false
	}
	limit := tandem.DefaultQueueCapacity
	if q.MaxContacts >= 0 {
		limit = min(limit, int(q.MaxContacts))
	}
	return m.queued[queueID] < limit, true
}

// AgentKnown implements flow.Env.
func (e env) AgentKnown(userID string) bool {
	id, err := tandem.ParseID(userID)
	a := e.m.state.Agents[id]
	return err == nil && a != nil && a.RetiredAt.IsZero()
}

// FlowKnown implements flow.Env.
func (e env) FlowKnown(flowID string, types ...flow.Type) bool {
	id, err := tandem.ParseID(flowID)
	f := e.m.state.Flows[id].startable()
	return err == nil && f != nil && (len(types) == 0 || slices.Contains(types, flow.Type(f.Type)))
}

// Metric implements flow.Env. What nothing has happened to counts as none.
func (e env) Metric(name flow.MetricName, queueID, agentID string) (int64, bool) {
	f, known := e.m.figures(e.c, queueID, agentID, 0, e.step.At)
	if !known {
		return 0, false
	}
	switch name {
	case flow.MetricOldestContactAge:
		return f.OldestContactAgeMillis.Or(0), true
	case flow.MetricContactsInQueue:
		return f.ContactsInQueue.Or(0), true
	case flow.MetricAgentsAvailable:
		return f.AgentsAvailable.Or(0), true
	case flow.MetricAgentsStaffed:
		return f.AgentsStaffed.Or(0), true
	case flow.MetricAgentsOnline:
		return f.AgentsOnline.Or(0), true
	}
	return 0, false
}

// figures is the live metrics of a queue, of an agent's own queue, or of the
// target queue.
func (m *Machine) figures(c *Contact, queueID, agentID string, in metric.Channels, now tandem.Time) (metric.Figures, bool) {
	id := c.TargetQueueID
	if queueID+agentID != "" {
		parsed, err := tandem.ParseID(queueID + agentID)
		if err != nil {
			return metric.Figures{}, false
		}
		id = parsed
	}
	switch {
	case m.state.Agents[id] != nil:
		return m.live.Agent(id, now), true
	case m.state.Queues[id] != nil:
		return m.live.Queue(id, in, now), true
	}
	return metric.Figures{}, false
}

// metrics is what a flow reads into $.Metrics; what is not known is missing.
func (m *Machine) metrics(c *Contact, act flow.TakeMetrics, now tandem.Time) map[string]string {
	var in metric.Channels
	for ch := event.Voice; ch <= event.Task; ch++ {
		if strings.EqualFold(act.Channel, ch.String()) {
			in = metric.Only(ch)
		}
	}
	f, known := m.figures(c, act.QueueID, act.AgentID, in, now)
	if !known {
		return nil
	}
	values := f.Attributes()
	id := c.TargetQueueID
	if parsed, err := tandem.ParseID(act.QueueID); err == nil {
		id = parsed
	}
	if q := m.state.Queues[id]; q != nil && act.AgentID == "" {
		values["Queue.Name"], values["Queue.ARN"] = q.Name, env{m: m}.arn("/queue/"+id.String())
	}
	return values
}

// Percent implements flow.Env.
func (e env) Percent() int {
	id := e.step.NextID()
	return int(binary.BigEndian.Uint32(id[:])%100) + 1
}

// Dialable implements flow.Env.
func (e env) Dialable(number string) (ok, allowed bool) {
	ok = checkPhoneNumber("", number) == nil
	return ok, ok
}

// Known implements flow.Resources, for publishing a flow. Prompts are files of
// the media process, which answers for them when they are played.
func (m *Machine) Known(kind flow.ResourceKind, id string) bool {
	switch kind {
	case flow.ResourcePrompt:
		return true
	case flow.ResourceModule:
		return m.module(id) != nil
	case flow.ResourceFunction:
		return m.state.Functions[id] != nil
	case flow.ResourceBot:
		return m.botAssociated(id)
	}
	parsed, err := tandem.ParseID(id)
	if err != nil {
		return false
	}
	switch kind {
	case flow.ResourceQueue:
		return m.state.Queues[parsed] != nil
	case flow.ResourceFlow:
		f := m.state.Flows[parsed]
		return f != nil && f.Saved.Type != string(flow.TypeModule)
	case flow.ResourceUser:
		return m.state.Agents[parsed] != nil
	}
	return m.state.Hours[parsed] != nil
}

// minNationalDigits is how many digits a number within a country has at least.
const minNationalDigits = 3

// PhoneNumber implements flow.Env.
func (e env) PhoneNumber(digits, country string, local bool) (e164 string, ok bool) {
	e164 = "+" + digits
	if local {
		e164 = nationalNumber(digits, country)
	}
	return e164, len(digits) >= minNationalDigits && checkPhoneNumber("", e164) == nil
}

// FunctionKnown implements flow.Env.
func (e env) FunctionKnown(arn string) bool { return e.m.state.Functions[arn] != nil }

// BotKnown implements flow.Env.
func (e env) BotKnown(bot string) bool { return e.m.botAssociated(bot) }

// ModuleKnown implements flow.Env.
func (e env) ModuleKnown(moduleID string) bool { return e.m.module(moduleID) != nil }

// BotPresent implements flow.Env.
func (e env) BotPresent() bool { return false }
