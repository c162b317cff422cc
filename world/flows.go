package world

import (
	"embed"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// The flows are files, so that they can be read as flows.
//
//go:embed flows/*.json
var flowFiles embed.FS

// ownFlows are the world's own flows, in an order in which each refers only to
// those before it.
var ownFlows = []struct {
	file string
	kind flow.Type
	each bool // one for every queue
}{
	{"verify", flow.TypeModule, false},
	{"agent_whisper", flow.TypeAgentWhisper, false},
	{"customer_whisper", flow.TypeCustomerWhisper, false},
	{"outbound", flow.TypeOutboundWhisper, false},
	{"remaining", flow.TypeContactFlow, true},
	{"callback", flow.TypeContactFlow, true},
	{"waiting", flow.TypeCustomerQueue, true},
	{"task", flow.TypeContactFlow, true},
	{"agent_transfer", flow.TypeAgentTransfer, false},
	{"queue_transfer", flow.TypeQueueTransfer, false},
	{"program", flow.TypeContactFlow, false},
	{"inbound", flow.TypeContactFlow, true},
}

func (p *plan) drawFlows() {
	for _, own := range ownFlows {
		content, err := flowFiles.ReadFile("flows/" + own.file + ".json")
		if err != nil {
			p.world.complain("a flow of the world: %w", err)
		}
		for queue := range p.queues {
			name := strings.ReplaceAll(own.file, "_", " ") + " flow"
			if own.each {
				name = numbered(name, queue)
			}
			id := p.world.named(name)
			p.flows = append(p.flows, event.FlowSaved{FlowID: id, Name: name, Type: string(own.kind), Published: true,
				Content: tandem.Blob(p.fill(string(content), queue))})
			p.remember(own.file, id)
			if !own.each {
				break
			}
		}
	}
}

// remember keeps the ids of flows that others start.
func (p *plan) remember(file string, id tandem.ID) {
	switch file {
	case "inbound":
		p.inbound = append(p.inbound, id)
	case "task":
		p.tasks = append(p.tasks, id)
	case "program":
		p.program = id
	case "agent_transfer":
		p.agentTransfer = id
	case "queue_transfer":
		p.queueTransfer = id
	}
}
