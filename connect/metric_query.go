package connect

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/metric"
)

// metricQuery is what a request wants to know.
type metricQuery struct {
	queues, profiles []tandem.ID // one of them is empty
	channels         []event.Channel
	groupings        []metric.Grouping
	metrics          []metric.Definition
	sortBy           metric.Definition
	ascending        bool
}

func (sc *scope) metricQuery(in *GetCurrentMetricDataRequest) (q *metricQuery, err error) {
	q = &metricQuery{}
	if err := sc.readMetricFilters(q, in.Filters); err != nil {
		return nil, err
	}
	for _, g := range in.Groupings {
		grouping := metric.Grouping(1 + slices.Index(supportedGroupings, g))
		if grouping == 0 || slices.Contains(q.groupings, grouping) {
			return nil, tandem.Errorf(tandem.Invalid, "Groupings", "may have each of %v once, not %s", supportedGroupings, g)
		}
		q.groupings = append(q.groupings, grouping)
	}
	if q.by(metric.ByChannel) && len(q.channels) == 0 {
		return nil, tandem.Errorf(tandem.Invalid, "Groupings", "to group by CHANNEL, name the channels in Filters")
	}
	for i := range in.CurrentMetrics {
		d, err := q.asked(&in.CurrentMetrics[i])
		if err != nil {
			return nil, err
		}
		q.metrics = append(q.metrics, d)
	}
	if len(q.metrics) == 0 {
		return nil, tandem.Errorf(tandem.Invalid, "CurrentMetrics", "must name a metric")
	}
	return q, q.readSort(in.SortCriteria)
}

// supportedGroupings stand in the order of [metric.Grouping], from its 1 on.
var supportedGroupings = []Grouping{GroupingQueue, GroupingChannel, GroupingRoutingProfile}

func (q *metricQuery) by(g metric.Grouping) bool { return slices.Contains(q.groupings, g) }

func (sc *scope) readMetricFilters(q *metricQuery, in *Filters) (err error) {
	if err := refuse(in, "AgentStatuses", "RoutingStepExpressions", "Subtypes", "ValidationTestTypes"); err != nil {
		return err
	}
	if (len(in.Queues) == 0) == (len(in.RoutingProfiles) == 0) {
		return tandem.Errorf(tandem.Invalid, "Filters", "must have either Queues or RoutingProfiles")
	}
	for _, name := range in.Channels {
		ch, err := channel("Filters.Channels", name)
		if err != nil {
			return err
		}
		if !slices.Contains(q.channels, ch) {
			q.channels = append(q.channels, ch)
		}
	}
	if q.queues, err = sc.refs(ResourceQueue, "Filters.Queues", in.Queues); err != nil {
		return err
	}
	q.profiles, err = sc.refs(ResourceRoutingProfile, "Filters.RoutingProfiles", in.RoutingProfiles)
	q.queues, q.profiles = distinct(q.queues), distinct(q.profiles)
	return err
}

// distinct sorts ids and leaves out what is there twice.
func distinct(ids []tandem.ID) []tandem.ID {
	slices.SortFunc(ids, tandem.ID.Compare)
	return slices.Compact(ids)
}

// contactMetrics are about contacts of a queue, not about those who serve it.
var contactMetrics = []string{"CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE"}

// asked finds a metric that a request names.
func (q *metricQuery) asked(m *CurrentMetric) (d metric.Definition, err error) {
	if err := refuse(m, "MetricId"); err != nil {
		return d, err
	}
	name := text[string]((*string)(m.Name))
	d, known := metric.Define(name)
	switch {
	case !known:
		return d, tandem.Errorf(tandem.Invalid, "CurrentMetrics.Name", "the metric %q is not supported", name)
	case m.Unit != nil && string(*m.Unit) != d.Unit.String():
		return d, tandem.Errorf(tandem.Invalid, "CurrentMetrics.Unit", "of %s must be %s", name, d.Unit)
	case q.by(metric.ByRoutingProfile) && len(q.profiles) == 0 && slices.Contains(contactMetrics, name):
		return d, tandem.Errorf(tandem.Invalid, "CurrentMetrics.Name", "%s by ROUTING_PROFILE needs a filter by RoutingProfiles", name)
	}
	return d, nil
}

// readSort reads what the results are sorted by: the agents online, most first,
// when the request does not say.
func (q *metricQuery) readSort(in []CurrentMetricSortCriteria) error {
	name := "AGENTS_ONLINE"
	for _, c := range in {
		q.ascending = c.SortOrder != nil && *c.SortOrder == SortOrderAscending
		if c.SortByMetric != nil {
			name = string(*c.SortByMetric)
		}
	}
	d, known := metric.Define(name)
	if !known || name == "SLOTS_ACTIVE" || name == "SLOTS_AVAILABLE" {
		return tandem.Errorf(tandem.Invalid, "SortCriteria.SortByMetric", "cannot sort by %s", name)
	}
	q.sortBy = d
	return nil
}

// check makes sure that what the filters name exists.
func (q *metricQuery) check(st *center.State) error {
	for _, id := range q.queues {
		if st.Queues[id] == nil {
			return namesNothing("Filters.Queues")
		}
	}
	for _, id := range q.profiles {
		if st.RoutingProfiles[id] == nil {
			return namesNothing("Filters.RoutingProfiles")
		}
	}
	return nil
}

// rows are the results, without those where nothing goes on.
func (q *metricQuery) rows(m metered, now tandem.Time) (rows []metricRow) {
	whole := metricRow{scope: metric.Scope{QueueIDs: q.queues, ProfileIDs: q.profiles, Channels: metric.Only(q.channels...)}}
	for _, row := range q.split(m.State(), whole) {
		row.figures = m.Figures(row.scope, now)
		if row.figures != (metric.Figures{}) {
			row.key = q.key(&row)
			rows = append(rows, row)
		}
	}
	return rows
}

// split makes of a row as many as the groupings ask for.
func (q *metricQuery) split(st *center.State, whole metricRow) []metricRow {
	rows := []metricRow{whole}
	if q.by(metric.ByQueue) {
		rows = each(rows, q.queuesIn(st), func(r *metricRow, id tandem.ID) { r.queue, r.scope.QueueIDs = id, []tandem.ID{id} })
	}
	if q.by(metric.ByRoutingProfile) {
		rows = each(rows, q.profilesIn(st), func(r *metricRow, id tandem.ID) { r.profile, r.scope.ProfileIDs = id, []tandem.ID{id} })
	}
	if q.by(metric.ByChannel) {
		rows = each(rows, q.channels, func(r *metricRow, ch event.Channel) { r.channel, r.scope.Channels = ch, metric.Only(ch) })
	}
	return rows
}

// each makes of every row one for each value.
func each[V any](rows []metricRow, values []V, narrow func(r *metricRow, v V)) (out []metricRow) {
	for _, row := range rows {
		for _, v := range values {
			narrowed := row
			narrow(&narrowed, v)
			out = append(out, narrowed)
		}
	}
	return out
}

// queuesIn are the queues of the filter, or those that its routing profiles
// serve.
func (q *metricQuery) queuesIn(st *center.State) []tandem.ID {
	ids := slices.Clone(q.queues)
	for _, id := range q.profiles {
		for _, e := range st.RoutingProfiles[id].Entries {
			ids = append(ids, e.QueueID)
		}
	}
	return distinct(ids)
}

// profilesIn are the routing profiles of the filter, or those that serve its
// queues.
func (q *metricQuery) profilesIn(st *center.State) []tandem.ID {
	ids := slices.Clone(q.profiles)
	for id, p := range st.RoutingProfiles { // any order: sorted below
		serves := func(e event.RoutingEntry) bool { return slices.Contains(q.queues, e.QueueID) }
		if slices.ContainsFunc(p.Entries, serves) {
			ids = append(ids, id)
		}
	}
	return distinct(ids)
}

// value is a metric as the API answers it: the age of the oldest contact in
// milliseconds where nothing is grouped, in seconds where it is (Amazon Connect
// API: CurrentMetric).
func (q *metricQuery) value(d *metric.Definition, f *metric.Figures) metric.Value {
	if d.Name == "OLDEST_CONTACT_AGE" && len(q.groupings) == 0 {
		return f.OldestContactAgeMillis
	}
	return d.Read(f)
}

// key puts rows in order by the metric that they are sorted by, those without a
// value last, and then by what they are of.
func (q *metricQuery) key(r *metricRow) string {
	rank := int64(math.MaxInt64)
	if v := q.sortBy.Read(&r.figures); v.Known && q.ascending {
		rank = v.N
	} else if v.Known {
		rank = math.MaxInt64 - 1 - v.N
	}
	return fmt.Sprintf("%019d %s %s %d", rank, r.queue, r.profile, r.channel)
}

func (q *metricQuery) sort(rows []metricRow) {
	slices.SortFunc(rows, func(a, b metricRow) int { return cmp.Compare(a.key, b.key) })
}
