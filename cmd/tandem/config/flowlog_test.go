package config

import (
	"strings"
	"testing"
)

func alert(lines string) string { return "[[flow_log_alert]]\nname = \"fails\"\n" + lines }

func TestWrongSettingOfTheFlowLogIsNamed(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"days":      {"flow_log_days = -1", "flow_log_days"},
		"size":      {"flow_log_file_mb = 0", "flow_log_file_mb"},
		"files":     {"flow_log_files = 0", "flow_log_files"},
		"topic":     {"flow_log_topic = \"collector\"", "flow_log_topic"},
		"name":      {"[[flow_log_alert]]\npattern = \"x\"", "flow_log_alert 1 (): the name is missing"},
		"pattern":   {alert("pattern = \"{ $.a }\""), "flow_log_alert 1 (fails): pattern, character 7"},
		"threshold": {alert("threshold = -1"), "threshold must be 1"},
		"period":    {alert("period_seconds = -1"), "period_seconds"},
		"address":   {alert("topic = \"ftp://x\""), "topic: want an address"},
		"twice":     {alert("") + alert(""), "another alert has this name"},
	} {
		if _, err := Load(write(t, tt.file), nil, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	c, err := Load(write(t, "flow_log_topic = \"https://user:hunter2@collector.example/x?key=hunter2\"\n"+alert("pattern = \"{ $.Results = \\\"*Exception\\\" }\"")), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := c.FlowLogAlerts[0]; a.Threshold != 1 || a.PeriodSeconds != 300 {
		t.Errorf("the alert is %+v", a)
	}
	if shown, _ := c.Show("flow_log_topic").(string); strings.Contains(shown, "hunter2") || !strings.Contains(shown, "collector.example") {
		t.Errorf("the topic is shown as %s", shown)
	}
	if c.Show("flow_log_alert") != "1 configured" {
		t.Errorf("alerts are shown as %v", c.Show("flow_log_alert"))
	}
}
