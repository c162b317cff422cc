package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"tandem"
	"tandem/flow"
)

// flowWhereUsed says which flows use a resource.
type flowWhereUsed struct {
	settingFlags
	Instance string `help:"Id of the instance; not needed where there is one." placeholder:"ID"`
	What     string `arg:"" help:"Name, id or ARN of a queue, hours, a flow, a user or a prompt; or the ARN of a function or bot."`
	JSON     bool   `help:"Print as JSON."`
}

// flowUse is one block that uses the resource.
type flowUse struct {
	FlowID string `json:"flow_id"`
	Flow   string `json:"flow"`
	State  string `json:"state"` // "published", or "saved" where only the saved version does
	Block  string `json:"block"`
	Type   string `json:"type"`
}

// Run implements the command.
func (c *flowWhereUsed) Run(ctx context.Context) error {
	if c.Data == "" && c.Config == "" {
		return errors.New("name the data folder with --data")
	}
	known, err := openInstance(ctx, c.settingFlags, c.Instance)
	if err != nil {
		return err
	}
	uses := known.uses(known.wanted(c.What))
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"uses": uses})
	}
	if len(uses) == 0 {
		fmt.Printf("No flow uses %s.\n", c.What)
		return nil
	}
	rows := [][]string{{"FLOW", "STATE", "BLOCK", "TYPE"}}
	for _, u := range uses {
		rows = append(rows, []string{u.Flow, u.State, u.Block, u.Type})
	}
	table(os.Stdout, "", rows)
	return nil
}

// wanted are the texts by which flows may name a resource.
func (k *knownInstance) wanted(what string) map[string]bool {
	wanted := map[string]bool{what: true, flow.ResourceID(what): true}
	for _, kind := range []flow.ResourceKind{flow.ResourceQueue, flow.ResourceHours, flow.ResourceFlow, flow.ResourceUser} {
		if id, ok := k.Find(kind, what); ok {
			wanted[id] = true
		}
	}
	return wanted
}

// uses finds the blocks, of the published version and else of the saved one.
func (k *knownInstance) uses(wanted map[string]bool) []flowUse {
	uses := []flowUse{}
	for _, id := range tandem.SortedIDs(k.State().Flows) {
		f := k.State().Flows[id]
		seen := map[string]bool{}
		add := func(state, content string) {
			doc, err := flow.Parse([]byte(content))
			if err != nil {
				return // what is only saved may be anything
			}
			for _, a := range doc.Actions {
				if mentions(a.Parameters, wanted) && !seen[a.Identifier] {
					seen[a.Identifier] = true
					uses = append(uses, flowUse{FlowID: id.String(), Flow: f.Saved.Name, State: state, Block: a.Identifier, Type: a.Type})
				}
			}
		}
		if f.Published != nil {
			add("published", string(f.Published.Content))
		}
		add("saved", string(f.Saved.Content))
	}
	return uses
}

// mentions says whether a text anywhere in the parameters is one of those wanted,
// or an ARN of it.
func mentions(raw json.RawMessage, wanted map[string]bool) bool {
	var value any
	if raw == nil || json.Unmarshal(raw, &value) != nil {
		return false
	}
	return mentioned(value, wanted)
}

func mentioned(value any, wanted map[string]bool) bool {
	switch value := value.(type) {
	case string:
		id, _, _ := strings.Cut(flow.ResourceID(value), ":") // a module's version
		return wanted[value] || wanted[flow.ResourceID(value)] || wanted[id]
	case []any:
		for _, item := range value {
			if mentioned(item, wanted) {
				return true
			}
		}
	case map[string]any:
		for _, member := range value {
			if mentioned(member, wanted) {
				return true
			}
		}
	}
	return false
}
