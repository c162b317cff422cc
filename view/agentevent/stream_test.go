package agentevent

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzBlank holds that a line whose names are taken out keeps its length and
// everything else, whatever the names are.
func FuzzBlank(f *testing.F) {
	f.Add("agent1", "First", "Last", "Available")
	f.Add(`"`, `\`, `\"`, `"FirstName":"x"`)
	f.Add("", "\u2028<>&", "\x00\n\t", `\\","Username":"`)
	f.Fuzz(func(t *testing.T, username, first, last, status string) {
		ev := Event{AgentARN: "arn", CurrentAgentSnapshot: &Snapshot{
			AgentStatus:   Status{Name: status},
			Configuration: Configuration{Username: username, FirstName: first, LastName: last},
		}}
		ev.PreviousAgentSnapshot = ev.CurrentAgentSnapshot
		var v View
		v.write(&ev)
		line := bytes.Clone(v.lines.Bytes())
		if changed := blank(line); changed != (username+first+last != "") {
			t.Errorf("blank says %v", changed)
		}
		if len(line) != v.lines.Len() || line[len(line)-1] != '\n' {
			t.Fatalf("the line was %d bytes and is %d", v.lines.Len(), len(line))
		}
		var want, got Event
		if err := json.Unmarshal(v.lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		for _, s := range []*Snapshot{want.CurrentAgentSnapshot, want.PreviousAgentSnapshot} {
			s.Configuration.Username, s.Configuration.FirstName, s.Configuration.LastName = "", "", ""
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
