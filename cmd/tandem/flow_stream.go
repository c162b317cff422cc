package main

import (
	"context"
	"fmt"
	"time"

	"tandem"
	"tandem/center"
	"tandem/cmd/tandem/config"
	"tandem/engine"
	"tandem/view/flowlog/pattern"
	"tandem/view/flowlog/stream"
)

// noticeFlowLogAlert is the notice of an alarm.
const noticeFlowLogAlert = "flow_log_alert"

// streamFlowLog hands the flow log on as the configuration says; nil for nowhere.
func (c *core) streamFlowLog(ctx context.Context) (*stream.Stream, error) {
	cfg := c.settings.Config
	var workers []stream.Worker
	if cfg.FlowLogFile != "" {
		workers = append(workers, stream.Worker{Name: "file", Destination: stream.NewFile(cfg.FlowLogFile, int64(cfg.FlowLogFileMB)<<20, cfg.FlowLogFiles)})
	}
	if cfg.FlowLogTopic != "" {
		p, err := stream.OpenPoster(ctx, cfg.FlowLogTopic)
		if err != nil {
			return nil, fmt.Errorf("flow_log_topic: %w", err)
		}
		workers = append(workers, stream.Worker{Name: "topic", Destination: stream.NewTopic(p)})
	}
	for i, a := range cfg.FlowLogAlerts {
		d, err := c.flowLogAlert(ctx, a)
		if err != nil {
			return nil, fmt.Errorf("flow_log_alert %d (%s): %w", i+1, a.Name, err)
		}
		id := tandem.NameID("flow log alert", a.Name) // a name may have what a file's name may not
		workers = append(workers, stream.Worker{Name: "alert-" + id.String(), Label: "alert " + a.Name, Destination: d, FromNow: true})
	}
	if len(workers) == 0 {
		return nil, nil
	}
	return stream.Open(stream.Config{
		Instances: func(ctx context.Context) ([]tandem.ID, error) { return instances(ctx, c.engine) },
		Tables:    c.views.views.Reader(), Told: c.views.flows.Told(), Folder: cfg.Data, Log: c.log,
	}, workers...)
}

func (c *core) flowLogAlert(ctx context.Context, a config.FlowLogAlert) (*stream.Alerts, error) {
	p, err := pattern.Parse(a.Pattern)
	if err != nil {
		return nil, err
	}
	var poster stream.Poster
	if a.Topic != "" {
		if poster, err = stream.OpenPoster(ctx, a.Topic); err != nil {
			return nil, err
		}
	}
	alert := stream.Alert{Name: a.Name, Pattern: p, Threshold: a.Threshold, Period: time.Duration(a.PeriodSeconds) * time.Second}
	return stream.NewAlerts([]stream.Alert{alert}, c.raiseAlarm, poster)
}

// raiseAlarm makes an alarm a notice for the administrators.
func (c *core) raiseAlarm(ctx context.Context, a stream.Alarm) error {
	detail := fmt.Sprintf("%s: %d entries of the flow log within %d s, the last of contact %s", a.Alert, a.Entries, a.Seconds, a.ContactID)
	_, err := c.engine.Do(ctx, a.InstanceID, engine.Request{
		ID:    tandem.NameID("flow log alarm", a.Alert+a.InstanceID.String()+a.Cursor),
		Actor: tandem.Actor{Kind: tandem.ActorSystem}, Body: center.RaiseNotice{Notice: noticeFlowLogAlert, Detail: detail},
	})
	return err
}
