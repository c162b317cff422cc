package view

import (
	"tandem"
	"tandem/event"
)

// ARNs names the resources of one instance as Amazon Connect does.
type ARNs struct{ instance string }

// ARNsOf makes the names for an instance.
func ARNsOf(in event.InstanceCreated) ARNs {
	return ARNs{"arn:aws:connect:" + in.Region + ":" + in.AccountID + ":instance/" + in.InstanceID.String()}
}

// Instance is the instance's ARN.
func (a ARNs) Instance() string { return a.instance }

// User is an agent's ARN.
func (a ARNs) User(id tandem.ID) string { return a.instance + "/agent/" + id.String() }

// Status is an agent status's ARN.
func (a ARNs) Status(id tandem.ID) string { return a.instance + "/agent-state/" + id.String() }

// Queue is a standard queue's ARN.
func (a ARNs) Queue(id tandem.ID) string { return a.instance + "/queue/" + id.String() }

// AgentQueue is the ARN of an agent's own queue.
func (a ARNs) AgentQueue(userID tandem.ID) string {
	return a.instance + "/queue/agent/" + userID.String()
}

// QueueOf is the ARN of a queue, of an agent's own where own says so.
func (a ARNs) QueueOf(id tandem.ID, own bool) string {
	if own {
		return a.AgentQueue(id)
	}
	return a.Queue(id)
}

// Flow is a contact flow's ARN.
func (a ARNs) Flow(id tandem.ID) string { return a.instance + "/contact-flow/" + id.String() }

// FlowModule is a flow module's ARN.
func (a ARNs) FlowModule(id tandem.ID) string { return a.instance + "/flow-module/" + id.String() }

// HierarchyGroup is the ARN of a group of the agent hierarchy.
func (a ARNs) HierarchyGroup(id tandem.ID) string { return a.instance + "/agent-group/" + id.String() }

// RoutingProfile is a routing profile's ARN.
func (a ARNs) RoutingProfile(id tandem.ID) string {
	return a.instance + "/routing-profile/" + id.String()
}
