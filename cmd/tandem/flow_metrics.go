package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem/view/flowlog"
)

// metricsTimeout bounds what reads the tables for a scrape.
const metricsTimeout = 5 * time.Second

// ContactFlowErrors and ContactFlowFatalErrors of Amazon Connect, and how far
// the flow log's destinations are behind.
var (
	flowErrors   = describe("tandem_flow_errors_total", "Exits of flows by the branch of an error.", "instance", "flow", "flow_name")
	flowFatal    = describe("tandem_flow_fatal_errors_total", "Flows that ended by an error that had no branch.", "instance", "flow", "flow_name")
	flowLogWaits = describe("tandem_flow_log_waiting_entries", "Entries of the flow log that wait for a destination.", "destination")
	flowLogAge   = describe("tandem_flow_log_waiting_seconds", "How long the first of them has waited.", "destination")
	flowLogTaken = describe("tandem_flow_log_taken_total", "Entries of the flow log that a destination has taken.", "destination")
	flowLogFails = describe("tandem_flow_log_failures_total", "Attempts to hand on the flow log that failed.", "destination")
)

// flows collects what the flow log's reader counts.
func (f figures) flows(ch chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), metricsTimeout)
	defer done()
	c := f.e.core
	ids, err := instances(ctx, c.engine)
	if err != nil {
		return // the journal does not answer, as /healthz tells
	}
	for _, id := range ids {
		counts, err := flowlog.CountsOf(ctx, c.views.views.Reader(), id)
		if err != nil {
			c.log.Error("the errors of flows are not known", "instance", id, "err", err)
			return
		}
		for _, n := range counts {
			labels := []string{id.String(), n.FlowID.String(), n.Name}
			ch <- prometheus.MustNewConstMetric(flowErrors, prometheus.CounterValue, float64(n.Errors), labels...)
			ch <- prometheus.MustNewConstMetric(flowFatal, prometheus.CounterValue, float64(n.Fatal), labels...)
		}
	}
	if c.flowLog == nil {
		return
	}
	lags, err := c.flowLog.Lags(ctx, timeNow())
	if err != nil {
		c.log.Error("how far the flow log was handed on is not known", "err", err)
		return
	}
	for _, l := range lags {
		ch <- prometheus.MustNewConstMetric(flowLogWaits, prometheus.GaugeValue, float64(l.Entries), l.Name)
		ch <- prometheus.MustNewConstMetric(flowLogAge, prometheus.GaugeValue, l.Age.Seconds(), l.Name)
		ch <- prometheus.MustNewConstMetric(flowLogTaken, prometheus.CounterValue, float64(l.Taken), l.Name)
		ch <- prometheus.MustNewConstMetric(flowLogFails, prometheus.CounterValue, float64(l.Failures), l.Name)
	}
}
