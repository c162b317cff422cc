package block

import "tandem/flow"

// destination is a queue or an agent's own queue, by id, ARN or attribute; the
// target queue if the flow names neither.
type destination struct {
	queue, agent flow.Reference
	named        bool
}

// readDestination reads QueueId and AgentId, of which one at most may be there.
func readDestination(p *flow.Params) destination {
	name, ok := p.AtMostOne("QueueId", "AgentId")
	d := destination{named: name != "" || !ok}
	switch name {
	case "QueueId":
		d.queue, _ = p.Reference(name, flow.ResourceQueue)
	case "AgentId":
		d.agent, _ = p.Reference(name, flow.ResourceUser)
	}
	return d
}

// ids are those of the queue or of the agent. Both are empty for the target queue;
// not ok if there is no such queue or agent.
func (d destination) ids(env flow.Env) (queueID, agentID string, ok bool) {
	if !d.named {
		_, known := env.QueueHasRoom()
		return "", "", known
	}
	queueID, agentID = d.queue.ID(env), d.agent.ID(env)
	if agentID != "" {
		return "", agentID, env.AgentKnown(agentID)
	}
	return queueID, "", queueID != "" && env.QueueKnown(queueID)
}

// hasRoom says whether the queue takes one more contact; known is false if there
// is no such queue.
func (d destination) hasRoom(env flow.Env) (room, known bool) {
	queueID, agentID, ok := d.ids(env)
	switch {
	case !ok:
		return false, false
	case !d.named:
		return env.HasRoom("")
	}
	return env.HasRoom(queueID + agentID)
}
