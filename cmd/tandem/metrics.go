package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tandem/journal"
)

// metrics serves the core's figures in the Prometheus format.
func (e *edges) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), figures{e})
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: 2})
}

// figures collects what the rooms count themselves.
type figures struct{ e *edges }

var (
	commitSeconds = describe("tandem_journal_commit_seconds", "How long commits of the journal took.")
	recordsTotal  = describe("tandem_journal_records_total", "Records written to the journal.")
	queuedAppends = describe("tandem_journal_queued_appends", "Appends that wait for a commit.")
	voiceLinked   = describe("tandem_voice_linked", "1 while the voice process is connected.")
	writesTotal   = describe("tandem_connector_writes_total", "Status writes by outcome.", "system", "outcome")
	writesWaiting = describe("tandem_connector_writes_waiting", "Status writes that wait or are under way.", "system")
	requestsTotal = describe("tandem_connector_requests_total", "Requests sent to a connected system.", "system")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (f figures) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(f, ch) }

// Collect implements prometheus.Collector.
func (f figures) Collect(ch chan<- prometheus.Metric) {
	f.journal(ch)
	functionFigures.collect(ch, f.e.outside.functions.Figures())
	botFigures.collect(ch, f.e.outside.bots.Figures())
	f.flows(ch)
	linked := 0.0
	if l := f.e.core.link.Load(); l != nil && l.Connected() {
		linked = 1
	}
	ch <- prometheus.MustNewConstMetric(voiceLinked, prometheus.GaugeValue, linked)
	for id, c := range f.e.connectors.Figures() {
		system := id.String()
		for outcome, n := range map[string]int64{"done": c.Done, "refused": c.Refused, "unknown": c.Unknown, "retried": c.Retried, "replaced": c.Replaced} {
			ch <- prometheus.MustNewConstMetric(writesTotal, prometheus.CounterValue, float64(n), system, outcome)
		}
		ch <- prometheus.MustNewConstMetric(writesWaiting, prometheus.GaugeValue, float64(c.Waiting), system)
		ch <- prometheus.MustNewConstMetric(requestsTotal, prometheus.CounterValue, float64(c.Requests), system)
	}
}

func (f figures) journal(ch chan<- prometheus.Metric) {
	s := f.e.core.engine.Stats()
	buckets, below := map[float64]uint64{}, uint64(0)
	for i, bound := range journal.LatencyBounds {
		below += s.Latency[i]
		buckets[bound.Seconds()] = below
	}
	ch <- prometheus.MustNewConstHistogram(commitSeconds, s.Commits, s.LatencySum.Seconds(), buckets)
	ch <- prometheus.MustNewConstMetric(recordsTotal, prometheus.CounterValue, float64(s.Records))
	ch <- prometheus.MustNewConstMetric(queuedAppends, prometheus.GaugeValue, float64(s.Queued))
}
