package awsconnect

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem"
)

func readSample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPublishedSampleOfAnAgentEventIsRead reads the sample of the Amazon Connect
// Administrator Guide (agent event streams: determine after contact work).
func TestPublishedSampleOfAnAgentEventIsRead(t *testing.T) {
	s, ok, err := readEvent(readSample(t, "acw.json"))
	if err != nil || !ok {
		t.Fatalf("it is not read: %v", err)
	}
	since := time.Date(2018, 10, 25, 18, 43, 59, 59e6, time.UTC)
	at := time.Date(2018, 10, 25, 18, 55, 27, 27e6, time.UTC)
	if s.instance != "aaaaaaaa-bbbb-cccc-dddd-111111111111" || s.agent != "agent-ARN" || s.status != "agent-state-ARN" || s.statusName != "Available" {
		t.Errorf("read %+v", s)
	}
	if s.since != tandem.At(since) || s.at != tandem.At(at) || s.work != (work{"AfterCallWork", true}) {
		t.Errorf("in the status since %s, at %s, doing %+v", s.since, s.at, s.work)
	}
}

func TestNextStatusAndLogoutAreReadFromAnEvent(t *testing.T) {
	s, ok, err := readEvent([]byte(`{"AgentARN":"arn:aws:connect:eu-central-1:1:instance/i/agent/a","EventType":"LOGOUT","EventTimestamp":"2026-03-02T09:00:00.500Z",
		"InstanceARN":"arn:aws:connect:eu-central-1:1:instance/i","CurrentAgentSnapshot":{"AgentStatus":{"Name":"Offline"},
		"NextAgentStatus":{"ARN":"arn:aws:connect:eu-central-1:1:instance/i/agent-state/n","Name":"Lunch","EnqueuedTimestamp":"2026-03-02T08:59:00Z"}}}`))
	if err != nil || !ok || s.next != "n" || s.nextName != "Lunch" || s.nextAt == 0 || !s.logout || s.reason() == "" || s.status != "" || s.statusName != "Offline" {
		t.Errorf("read %+v, %t, error %v", s, ok, err)
	}
}

func TestRecordsOfOtherKindsAreLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		record string
		broken bool
	}{
		"a contact record": {`{"AWSContactTraceRecordFormatVersion":"2017-03-10","ContactId":"c","Agent":{"ARN":"a"}}`, false},
		"no snapshot":      {`{"AgentARN":"a","EventType":"LOGIN","EventTimestamp":"2026-03-02T09:00:00Z","CurrentAgentSnapshot":null}`, false},
		"not JSON":         {`<html>`, true},
		"no time":          {`{"AgentARN":"a","EventType":"LOGIN","CurrentAgentSnapshot":{}}`, true},
		"half a time":      {`{"AgentARN":"a","EventType":"LOGIN","EventTimestamp":"yesterday","CurrentAgentSnapshot":{}}`, true},
	} {
		if _, ok, err := readEvent([]byte(tt.record)); ok || (err != nil) != tt.broken {
			t.Errorf("%s: read %t, error %v", name, ok, err)
		}
	}
}

func FuzzReadEventTakesOnlyWhatHasAnAgentAndATime(f *testing.F) {
	f.Add(readSample(f, "acw.json"))
	f.Add([]byte(`{"AgentARN":"a","EventType":"LOGOUT","EventTimestamp":"2026-03-02T09:00:00Z","CurrentAgentSnapshot":{"Contacts":[{"State":"MISSED"}]}}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		s, ok, err := readEvent(record)
		if ok && (err != nil || s.at == 0) {
			t.Errorf("%q was taken without a time: %+v, %v", record, s, err)
		}
		if ok && s.work.state != "" && !s.work.onContact {
			t.Errorf("%q shows %s without a contact", record, s.work.state)
		}
	})
}
