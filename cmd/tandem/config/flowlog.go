package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"tandem/view/flowlog/pattern"
	"tandem/view/flowlog/stream"
)

// FlowLogAlert looks out for entries of the flow log that fit a pattern.
type FlowLogAlert struct {
	Name          string `toml:"name"`
	Pattern       string `toml:"pattern"`        // as for Amazon CloudWatch Logs
	Threshold     int    `toml:"threshold"`      // so many entries within the period raise a notice; 0: 1
	PeriodSeconds int    `toml:"period_seconds"` // 0: 300
	Topic         string `toml:"topic"`          // address that the alarm is posted to as well; empty: none
}

// checkFlowLog finds the first setting of the flow log that cannot work.
func (c *Config) checkFlowLog() error {
	switch {
	case c.FlowLogDays < 0:
		return fmt.Errorf("flow_log_days: %d is less than 0", c.FlowLogDays)
	case c.FlowLogFileMB < 1:
		return fmt.Errorf("flow_log_file_mb: %d is less than 1", c.FlowLogFileMB)
	case c.FlowLogFiles < 1:
		return fmt.Errorf("flow_log_files: %d is less than 1", c.FlowLogFiles)
	}
	if err := checkTopic(c.FlowLogTopic); err != nil {
		return fmt.Errorf("flow_log_topic: %w", err)
	}
	names := map[string]bool{}
	for i := range c.FlowLogAlerts {
		a := &c.FlowLogAlerts[i]
		a.setDefaults()
		if err := a.check(); err != nil {
			return fmt.Errorf("flow_log_alert %d (%s): %w", i+1, a.Name, err)
		}
		if names[a.Name] {
			return fmt.Errorf("flow_log_alert %d (%s): another alert has this name", i+1, a.Name)
		}
		names[a.Name] = true
	}
	return nil
}

func (a *FlowLogAlert) setDefaults() {
	if a.Threshold == 0 {
		a.Threshold = 1
	}
	if a.PeriodSeconds == 0 {
		a.PeriodSeconds = 300
	}
}

func (a *FlowLogAlert) check() error {
	if a.Name == "" || len(a.Name) > 100 {
		return errors.New("the name is missing or longer than 100 characters")
	}
	if _, err := pattern.Parse(a.Pattern); err != nil {
		return err
	}
	if a.Threshold < 1 || a.Threshold > stream.MaxThreshold || a.PeriodSeconds < 1 {
		return fmt.Errorf("threshold must be 1 to %d and period_seconds at least 1", stream.MaxThreshold)
	}
	if err := checkTopic(a.Topic); err != nil {
		return fmt.Errorf("topic: %w", err)
	}
	return nil
}

// checkTopic takes the empty text and what can be posted to.
func checkTopic(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !strings.Contains(" http https mem ", " "+u.Scheme+" ") {
		return errors.New("want an address such as https://collector.example/flow-log")
	}
	return nil
}
