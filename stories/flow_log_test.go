package stories

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/view/flowlog"
)

// TestFlowLogIsWrittenPrintedAndHandedOn turns logging on with boto3, runs a flow,
// and finds its entries by the command, in the file and in the metrics.
func TestFlowLogIsWrittenPrintedAndHandedOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flow-log.jsonl")
	s := newServer(t, "flow_log_file = \""+file+"\"\n[[flow_log_alert]]\nname = \"no match\"\npattern = '{ $.ContactFlowModuleType = \"CheckAttribute\" }'\n")
	s.start()
	contact := strings.TrimSpace(s.boto(logStory))
	var entries []flowlog.Entry
	eventually(t, 20*time.Second, "the file of the flow log", func() (err error) {
		entries, err = logged(file)
		if err == nil && len(entries) < 4 {
			err = fmt.Errorf("it has %d entries", len(entries))
		}
		return err
	})
	var types []string
	for _, e := range entries {
		if e.ContactID != contact || e.FlowName != "Logged" || !strings.Contains(e.FlowID, "/contact-flow/") {
			t.Errorf("the entry is %+v", e)
		}
		types = append(types, e.ModuleType)
	}
	if got := strings.Join(types, " "); !strings.HasPrefix(got, "SetLoggingBehavior SetAttributes CheckAttribute") {
		t.Errorf("the entries are of %s", got)
	}
	printed := string(s.run("flow", "logs", "--data", s.data(), "--contact", contact))
	if n := strings.Count(printed, "\n"); n != len(entries) {
		t.Errorf("the command prints %d entries, the file has %d:\n%s", n, len(entries), printed)
	}
	eventually(t, 20*time.Second, "the notice of the alert", func() error {
		if text := s.adminText("notices"); !strings.Contains(text, "flow_log_alert") || !strings.Contains(text, contact) {
			return errors.New(text)
		}
		return nil
	})
	if text := s.adminText("flow-logs?type=CheckAttribute"); strings.Count(text, "ContactFlowModuleType") != 1 || !strings.Contains(text, "gold") {
		t.Errorf("the admin API answers %s", text)
	}
	metrics := s.get("/metrics")
	if !strings.Contains(metrics, `tandem_flow_log_taken_total{destination="file"} `+fmt.Sprint(len(entries))) {
		t.Errorf("the metrics are %s", metrics)
	}
}

// logged reads the entries in a file.
func logged(path string) (all []flowlog.Entry, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(b) {
		var e flowlog.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// adminText asks Tandem's own API about the instance.
func (s *server) adminText(path string) string {
	s.t.Helper()
	return s.get("/admin/instances/" + s.born.InstanceID + "/" + path)
}

// get asks the server with the admin's token.
func (s *server) get(path string) string {
	s.t.Helper()
	ctx, done := context.WithTimeout(s.t.Context(), time.Minute)
	defer done()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ready.Endpoint+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.born.AdminToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s: %s: %v", path, answer.Status, text, err)
	}
	return string(text)
}

const logStory = `
flow = json.dumps({'Version': '2019-10-30', 'StartAction': 'log', 'Actions': [
    {'Identifier': 'log', 'Type': 'UpdateFlowLoggingBehavior', 'Parameters': {'FlowLoggingBehavior': 'Enabled'}, 'Transitions': {'NextAction': 'set'}},
    {'Identifier': 'set', 'Type': 'UpdateContactAttributes', 'Parameters': {'Attributes': {'level': 'gold'}}, 'Transitions': {'NextAction': 'check', 'Errors': [{'NextAction': 'bye', 'ErrorType': 'NoMatchingError'}]}},
    {'Identifier': 'check', 'Type': 'Compare', 'Parameters': {'ComparisonValue': '$.Attributes.level'}, 'Transitions': {'NextAction': 'bye',
      'Conditions': [{'NextAction': 'bye', 'Condition': {'Operator': 'Equals', 'Operands': ['silver']}}], 'Errors': [{'NextAction': 'bye', 'ErrorType': 'NoMatchingCondition'}]}},
    {'Identifier': 'bye', 'Type': 'DisconnectParticipant', 'Parameters': {}, 'Transitions': {}}]})
c.update_instance_attribute(InstanceId=i, AttributeType='CONTACTFLOW_LOGS', Value='true')
f = c.create_contact_flow(InstanceId=i, Name='Logged', Type='CONTACT_FLOW', Content=flow)['ContactFlowId']
print(c.start_task_contact(InstanceId=i, Name='task', ContactFlowId=f)['ContactId'])
`
