package metric

import "strings"

// Unit is what a metric is measured in (Amazon Connect API: Unit).
type Unit uint8

// The units.
const (
	Count Unit = iota + 1
	Seconds
)

// String is the name in the API.
func (u Unit) String() string { return [...]string{"", "COUNT", "SECONDS"}[u] }

// Grouping is what a metric can be shown by (Amazon Connect API: Grouping).
type Grouping uint8

// The groupings.
const (
	ByQueue Grouping = iota + 1
	ByChannel
	ByRoutingProfile
)

// String is the name in the API.
func (g Grouping) String() string { return [...]string{"", "QUEUE", "CHANNEL", "ROUTING_PROFILE"}[g] }

// Definition is what one live metric is.
type Definition struct {
	Name      string // in Amazon Connect API: CurrentMetricName; empty when only flows read it
	Path      string // in flows, after "$.Metrics."; empty when flows do not read it
	Unit      Unit
	Groupings []Grouping
	Doc       string
	Read      func(*Figures) Value // in the Unit
}

var everywhere = []Grouping{ByQueue, ByChannel, ByRoutingProfile}

// Definitions are the live metrics, in the order in which pages show them
// (Amazon Connect Administrator Guide: Metric definitions; System metric
// attributes). For the oldest contact's age the API answers in milliseconds
// when it is asked without groupings, whatever its unit: that is
// [Figures.OldestContactAgeMillis].
var Definitions = []Definition{
	{"AGENTS_ONLINE", "Agents.Online.Count", Count, everywhere,
		"Agents with a status other than Offline.",
		func(f *Figures) Value { return f.AgentsOnline }},
	{"AGENTS_AVAILABLE", "Agents.Available.Count", Count, everywhere,
		"Agents whose status is Available, who have no next status pending and no contact in any state, ringing and missed ones included.",
		func(f *Figures) Value { return f.AgentsAvailable }},
	{"AGENTS_STAFFED", "Agents.Staffed.Count", Count, everywhere,
		"Agents who are online and not in a custom status, whether or not they have contacts.",
		func(f *Figures) Value { return f.AgentsStaffed }},
	{"AGENTS_ON_CONTACT", "Agents.Busy.Count", Count, everywhere,
		"Agents with a contact that is connected, on hold, in after contact work or being dialled; one that only rings does not count.",
		func(f *Figures) Value { return f.AgentsOnContact }},
	{"AGENTS_ON_CALL", "", Count, everywhere,
		"The older name of AGENTS_ON_CONTACT.",
		func(f *Figures) Value { return f.AgentsOnContact }},
	{"AGENTS_AFTER_CONTACT_WORK", "", Count, everywhere,
		"Contacts in after contact work; an agent may have several.",
		func(f *Figures) Value { return f.ContactsAfterContactWork }},
	{"", "Agents.AfterContactWork.Count", Count, everywhere,
		"Agents with a contact in after contact work.",
		func(f *Figures) Value { return f.AgentsAfterContactWork }},
	{"AGENTS_ERROR", "Agents.Missed.Count", Count, everywhere,
		"Agents with a contact that was missed, declined or failed, and is not cleared yet.",
		func(f *Figures) Value { return f.AgentsMissed }},
	{"AGENTS_NON_PRODUCTIVE", "Agents.NonProductive.Count", Count, everywhere,
		"Agents in a custom status, whether or not they have contacts.",
		func(f *Figures) Value { return f.AgentsNonProductive }},
	{"SLOTS_ACTIVE", "", Count, everywhere,
		"Contacts that agents have connected, on hold, in after contact work or being dialled.",
		func(f *Figures) Value { return f.SlotsActive }},
	{"SLOTS_AVAILABLE", "", Count, everywhere,
		"Contacts more that agents can take: up to the routing profile's maximum, in the channel that the agent works on, of agents whose status is Available with no next status pending and nothing missed.",
		func(f *Figures) Value { return f.SlotsAvailable }},
	{"CONTACTS_IN_QUEUE", "Queue.Size", Count, everywhere,
		"Contacts that wait for an agent; one that is offered to an agent does not, nor a callback in its initial delay.",
		func(f *Figures) Value { return f.ContactsInQueue }},
	{"OLDEST_CONTACT_AGE", "Queue.OldestContactAge", Seconds, everywhere,
		"How long the contact has been in queue that has been there longest; null when there is none.",
		oldestSeconds},
	{"CONTACTS_SCHEDULED", "", Count, everywhere,
		"Callbacks for the queue that are still in their initial delay.",
		func(f *Figures) Value { return f.ContactsScheduled }},
}

func oldestSeconds(f *Figures) Value {
	v := f.OldestContactAgeMillis
	v.N /= 1000
	return v
}

// Define finds a metric by its name in the API.
func Define(name string) (Definition, bool) {
	for _, d := range Definitions {
		if name != "" && d.Name == name {
			return d, true
		}
	}
	return Definition{}, false
}

// Reference resolves a flow's reference to a metric, given without its
// "Metrics": $.Metrics.Queue.Size is Reference("Queue", "Size"). Not found are
// names that are no metric, among them the queue's own Name and ARN.
func (f *Figures) Reference(path ...string) (v Value, found bool) {
	joined := strings.Join(path, ".")
	for i := range Definitions {
		if d := &Definitions[i]; joined != "" && d.Path == joined {
			return d.Read(f), true
		}
	}
	return Value{}, false
}

// Attributes are the metrics that flows read, by their path after "$.Metrics.",
// for remembering them with a contact. A metric that is null is left out.
func (f *Figures) Attributes() map[string]string {
	all := map[string]string{}
	for i := range Definitions {
		d := &Definitions[i]
		if v := d.Read(f); d.Path != "" && v.Known {
			all[d.Path] = v.String()
		}
	}
	return all
}
