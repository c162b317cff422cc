package flowlog

import (
	"bytes"
	"encoding/json"
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
	"tandem/view"
)

// Entry is one entry of the log. Its members are those of the Amazon Connect
// Administrator Guide: Data in flow logs.
type Entry struct {
	ContactID       string          `json:"ContactId"`
	FlowID          string          `json:"ContactFlowId"` // ARN
	FlowName        string          `json:"ContactFlowName,omitempty"`
	ModuleType      string          `json:"ContactFlowModuleType"`
	Identifier      string          `json:"Identifier,omitempty"`
	Timestamp       string          `json:"Timestamp"` // ISO 8601, milliseconds, UTC
	Parameters      json.RawMessage `json:"Parameters"`
	Results         string          `json:"Results,omitempty"`
	ExternalResults json.RawMessage `json:"ExternalResults,omitempty"`
}

// entryOf makes the entry of an event. The flow's name is the one it has now.
func entryOf(st *center.State, ev *event.FlowBlockLogged) *Entry {
	arns := view.ARNsOf(st.Instance)
	e := &Entry{
		ContactID: ev.ContactID.String(), FlowID: arns.Flow(ev.FlowID), ModuleType: ev.ModuleType, Identifier: ev.Identifier,
		Timestamp: *view.Millis(max(ev.At, 1)), Parameters: object(ev.Parameters), Results: string(ev.Results),
	}
	if ev.ExternalResults != "" {
		e.ExternalResults = object(ev.ExternalResults)
	}
	if f := st.Flows[ev.FlowID]; f != nil {
		e.FlowName = f.Saved.Name
		if f.Saved.Type == string(flow.TypeModule) {
			e.FlowID = arns.FlowModule(ev.FlowID)
		}
	}
	return e
}

// object is a JSON object on one line; the empty one for what is erased or none.
func object(text tandem.Personal) json.RawMessage {
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil || out.Len() == 0 || out.Bytes()[0] != '{' {
		return json.RawMessage("{}")
	}
	return out.Bytes()
}

// Line is the entry as one line of JSON, without a line break.
func (e *Entry) Line() []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		panic(fmt.Sprintf("a flow log entry is no JSON: %v", err)) // it has only text and objects that were read
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// ErasedLine takes what is personal out of a line. One that cannot be read
// becomes empty.
func ErasedLine(line []byte) []byte {
	var e Entry
	if json.Unmarshal(line, &e) != nil {
		return nil
	}
	e.Parameters, e.Results, e.ExternalResults = json.RawMessage("{}"), "", nil
	return e.Line()
}
