package connect

import (
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/metric"
)

// metricTokenAge is how long a page token of metrics is good (Amazon Connect
// API: GetCurrentMetricData, NextToken).
const metricTokenAge = 5 * time.Minute

// metered is the center's machine, or one that is built around it, as metrics
// are read.
type metered interface {
	instance.Machine
	State() *center.State
	Figures(of metric.Scope, now tandem.Time) metric.Figures
}

// getCurrentMetricData answers live metrics: of all that the filters choose
// together, or by queue, channel or routing profile. Where nothing goes on
// there is no result, and a metric that nothing was there to be counted for
// has no value.
func (s *Server) getCurrentMetricData(call *Call, in *GetCurrentMetricDataRequest) (*GetCurrentMetricDataResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	q, err := sc.metricQuery(in)
	if err != nil {
		return nil, err
	}
	var all []metricRow
	err = s.look(call, sc.id, func(in *instance.Instance) error {
		m, ok := instance.Find[metered](in)
		if !ok {
			return sc.noCenter()
		}
		if err := q.check(m.State()); err != nil {
			return err
		}
		all = q.rows(m, tandem.At(call.Time))
		return nil
	})
	if err != nil {
		return nil, err
	}
	q.sort(all)
	part, next, err := pageWithin(call, metricTokenAge, all, func(r metricRow) string { return r.key }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &GetCurrentMetricDataResponse{NextToken: next, DataSnapshotTime: &EpochTime{call.Time}, ApproximateTotalCount: new(int64(len(all)))}
	for i := range part {
		out.MetricResults = append(out.MetricResults, sc.metricResult(q, &part[i]))
	}
	return out, nil
}

// metricResult is a row with every metric that was asked for.
func (sc *scope) metricResult(q *metricQuery, row *metricRow) CurrentMetricResult {
	out := CurrentMetricResult{Dimensions: sc.dimensions(q, row), Collections: []CurrentMetricData{}}
	for i := range q.metrics {
		d := &q.metrics[i]
		data := CurrentMetricData{Metric: &CurrentMetric{Name: new(CurrentMetricName(d.Name)), Unit: new(Unit(d.Unit.String()))}}
		if v := q.value(d, &row.figures); v.Known {
			data.Value = new(float64(v.N))
		}
		out.Collections = append(out.Collections, data)
	}
	return out
}

// dimensions say what a row is of; nil for the row of everything.
func (sc *scope) dimensions(q *metricQuery, row *metricRow) *Dimensions {
	if len(q.groupings) == 0 {
		return nil
	}
	out := &Dimensions{}
	if id := row.queue; !id.IsZero() {
		out.Queue = &QueueReference{Id: idText(id), Arn: sc.arn(ResourceQueue, id)}
	}
	if id := row.profile; !id.IsZero() {
		out.RoutingProfile = &RoutingProfileReference{Id: idText(id), Arn: sc.arn(ResourceRoutingProfile, id)}
	}
	if row.channel != 0 {
		out.Channel = new(Channel(row.channel.String()))
	}
	return out
}

// metricRow is one result: what it is of, and the figures there.
type metricRow struct {
	queue, profile tandem.ID
	channel        event.Channel
	scope          metric.Scope
	figures        metric.Figures
	key            string // by which rows stand in order
}
