package connect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/center"
)

// metricsOf writes each result on one side of the bar: what it is of, then the
// values in the order in which they were asked for.
func (w *world) metricsOf(members map[string]any) string {
	w.Helper()
	var got GetCurrentMetricDataResponse
	w.call("GetCurrentMetricData", members, &got)
	var rows []string
	for _, r := range got.MetricResults {
		var row []string
		if d := r.Dimensions; d != nil {
			if d.Queue != nil {
				row = append(row, "queue")
			}
			if d.RoutingProfile != nil {
				row = append(row, "profile")
			}
			if d.Channel != nil {
				row = append(row, string(*d.Channel))
			}
		}
		for _, c := range r.Collections {
			if c.Value == nil {
				row = append(row, "-")
			} else {
				row = append(row, fmt.Sprint(*c.Value))
			}
		}
		rows = append(rows, strings.Join(row, " "))
	}
	return strings.Join(rows, " | ")
}

func metrics(names ...string) []map[string]string {
	var out []map[string]string
	for _, name := range names {
		out = append(out, map[string]string{"Name": name})
	}
	return out
}

// metricWorld has two tasks in the queue of the only routing profile, with
// whose agent one more is ringing, and one task in a queue that nobody serves.
func metricWorld(t *testing.T) (w *world, served, alone string) {
	w = newWorld(t)
	start := time.Now()
	w.server.cfg.Now = func() time.Time { return start.Add(90 * time.Second) }
	served = w.defaults.QueueID.String()
	alone = w.create("CreateQueue", "Name", "alone", "HoursOfOperationId", w.defaults.HoursID.String())
	w.available("agent1")
	flow := w.taskFlow()
	for range 3 {
		w.create("StartTaskContact", "ContactFlowId", flow, "Name", "task")
	}
	other := w.create("CreateContactFlow", "Name", "To alone", "Type", "CONTACT_FLOW", "Content", queueFlow(alone, "queue"))
	w.create("StartTaskContact", "ContactFlowId", other, "Name", "task")
	return w, served, alone
}

func TestCurrentMetricsAreGroupedAndSorted(t *testing.T) {
	w, served, alone := metricWorld(t)
	profile := w.defaults.RoutingProfileID.String()
	counts := metrics("CONTACTS_IN_QUEUE", "AGENTS_ONLINE", "AGENTS_AVAILABLE")
	queues := map[string]any{"Queues": []string{served, testARNs.Of(worldInstance.String(), ResourceQueue, alone)}}
	channels := map[string]any{"Queues": []string{served}, "Channels": []string{"VOICE", "TASK"}}
	profiles := map[string]any{"RoutingProfiles": []string{profile}}
	sortBy := func(metric, order string) []map[string]string {
		return []map[string]string{{"SortByMetric": metric, "SortOrder": order}}
	}
	for _, tt := range []struct {
		name    string
		members map[string]any
		want    string
	}{
		{"together", map[string]any{"Filters": queues, "CurrentMetrics": counts}, "3 1 0"},
		{"by queue, agents first", map[string]any{"Filters": queues, "CurrentMetrics": counts, "Groupings": []string{"QUEUE"}}, "queue 2 1 0 | queue 1 0 0"},
		{"fewest contacts first", map[string]any{"Filters": queues, "CurrentMetrics": counts, "Groupings": []string{"QUEUE"}, "SortCriteria": sortBy("CONTACTS_IN_QUEUE", "ASCENDING")}, "queue 1 0 0 | queue 2 1 0"},
		{"most contacts first", map[string]any{"Filters": queues, "CurrentMetrics": counts, "Groupings": []string{"QUEUE"}, "SortCriteria": sortBy("CONTACTS_IN_QUEUE", "DESCENDING")}, "queue 2 1 0 | queue 1 0 0"},
		{"by channel", map[string]any{"Filters": channels, "CurrentMetrics": counts, "Groupings": []string{"CHANNEL"}, "SortCriteria": sortBy("CONTACTS_IN_QUEUE", "DESCENDING")}, "TASK 2 1 0 | VOICE 0 1 0"},
		{"by queue and channel", map[string]any{"Filters": channels, "CurrentMetrics": counts, "Groupings": []string{"QUEUE", "CHANNEL"}}, "queue VOICE 0 1 0 | queue TASK 2 1 0"},
		{"of a routing profile", map[string]any{"Filters": profiles, "CurrentMetrics": counts, "Groupings": []string{"ROUTING_PROFILE"}}, "profile 2 1 0"},
		{"of a routing profile by queue", map[string]any{"Filters": profiles, "CurrentMetrics": counts, "Groupings": []string{"QUEUE"}}, "queue 2 1 0"},
		{"of queues by routing profile", map[string]any{"Filters": queues, "CurrentMetrics": metrics("AGENTS_STAFFED"), "Groupings": []string{"ROUTING_PROFILE"}}, "profile 1"},
		{"age together", map[string]any{"Filters": queues, "CurrentMetrics": metrics("CONTACTS_SCHEDULED", "SLOTS_ACTIVE")}, "0 0"},
		{"without a value", map[string]any{"Filters": map[string]any{"Queues": []string{served}, "Channels": []string{"VOICE"}}, "CurrentMetrics": metrics("OLDEST_CONTACT_AGE", "AGENTS_ONLINE")}, "- 1"},
	} {
		if got := w.metricsOf(tt.members); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestOldestContactAgeIsInMillisecondsWhenNothingIsGrouped(t *testing.T) {
	w, served, _ := metricWorld(t)
	for _, tt := range []struct {
		groupings   []string
		least, most float64
	}{{nil, 80_000, 90_000}, {[]string{"QUEUE"}, 80, 90}} {
		var got GetCurrentMetricDataResponse
		w.call("GetCurrentMetricData", map[string]any{"Filters": map[string]any{"Queues": []string{served}}, "Groupings": tt.groupings, "CurrentMetrics": metrics("OLDEST_CONTACT_AGE")}, &got)
		data := got.MetricResults[0].Collections[0]
		if *data.Value < tt.least || *data.Value > tt.most || *data.Metric.Unit != UnitSeconds || got.DataSnapshotTime.IsZero() {
			t.Errorf("by %v: %v %s, want %v to %v", tt.groupings, *data.Value, *data.Metric.Unit, tt.least, tt.most)
		}
	}
}

func TestCurrentMetricsComeInPages(t *testing.T) {
	w, served, alone := metricWorld(t)
	members := map[string]any{"Filters": map[string]any{"Queues": []string{served, alone}}, "Groupings": []string{"QUEUE"}, "CurrentMetrics": metrics("CONTACTS_IN_QUEUE"), "MaxResults": 1}
	var first, second GetCurrentMetricDataResponse
	w.call("GetCurrentMetricData", members, &first)
	members["NextToken"] = first.NextToken
	w.call("GetCurrentMetricData", members, &second)
	if len(first.MetricResults) != 1 || *first.MetricResults[0].Dimensions.Queue.Id != served || *first.ApproximateTotalCount != 2 ||
		len(second.MetricResults) != 1 || *second.MetricResults[0].Dimensions.Queue.Id != alone || second.NextToken != nil {
		t.Errorf("pages: %+v and %+v", first, second)
	}
	now := w.server.cfg.Now
	w.server.cfg.Now = func() time.Time { return now().Add(6 * time.Minute) }
	w.refused("GetCurrentMetricData", "InvalidParameterException", members) // the token is too old
}

// TestChannelThatDoesNotMindTheOthersHasSlotsBesideThem holds that metrics and
// user data count as routing does.
func TestChannelThatDoesNotMindTheOthersHasSlotsBesideThem(t *testing.T) {
	w := newWorld(t)
	agent := w.available("agent1")
	task := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	w.do(worldInstance, center.AcceptContact{UserID: mustID(agent), ContactID: mustID(task)})
	for behavior, want := range map[string]string{"ROUTE_ANY_CHANNEL": "1", "ROUTE_CURRENT_CHANNEL_ONLY": "0"} {
		w.call("UpdateRoutingProfileConcurrency", map[string]any{"RoutingProfileId": w.defaults.RoutingProfileID.String(), "MediaConcurrencies": []any{
			map[string]any{"Channel": "VOICE", "Concurrency": 1, "CrossChannelBehavior": map[string]string{"BehaviorType": behavior}},
			map[string]any{"Channel": "CHAT", "Concurrency": 1}, map[string]any{"Channel": "TASK", "Concurrency": 1}}}, nil)
		filters := map[string]any{"Queues": []string{w.defaults.QueueID.String()}, "Channels": []string{"VOICE"}}
		d := w.userData(map[string]any{"Agents": []string{agent}}).UserDataList[0]
		got := w.metricsOf(map[string]any{"Filters": filters, "CurrentMetrics": metrics("SLOTS_AVAILABLE")})
		if got != want || fmt.Sprint(d.AvailableSlotsByChannel["VOICE"]) != want {
			t.Errorf("%s: %s slots by metrics, %d by user data, want %s", behavior, got, d.AvailableSlotsByChannel["VOICE"], want)
		}
	}
}

func TestNoMetricsWhereNothingGoesOn(t *testing.T) {
	w := newWorld(t)
	if got := w.metricsOf(map[string]any{"Filters": map[string]any{"Queues": []string{w.defaults.QueueID.String()}}, "CurrentMetrics": metrics("AGENTS_ONLINE")}); got != "" {
		t.Errorf("of an empty center: %s", got)
	}
}

func TestCurrentMetricRefusals(t *testing.T) {
	w := newWorld(t)
	queues := map[string]any{"Queues": []string{w.defaults.QueueID.String()}}
	profiles := []string{w.defaults.RoutingProfileID.String()}
	online := metrics("AGENTS_ONLINE")
	unknown := []string{tandem.ID{1}.String()}
	for code, refused := range map[string][]map[string]any{
		"InvalidParameterException": {
			{"Filters": map[string]any{}, "CurrentMetrics": online},
			{"Filters": map[string]any{"Queues": queues["Queues"], "RoutingProfiles": profiles}, "CurrentMetrics": online},
			{"Filters": map[string]any{"Queues": queues["Queues"], "AgentStatuses": unknown}, "CurrentMetrics": online},
			{"Filters": map[string]any{"Queues": queues["Queues"], "Channels": []string{"EMAIL"}}, "CurrentMetrics": online},
			{"Filters": queues, "CurrentMetrics": []any{}},
			{"Filters": queues, "CurrentMetrics": metrics("AGENTS_ASLEEP")},
			{"Filters": queues, "CurrentMetrics": metrics("ESTIMATED_WAIT_TIME")},
			{"Filters": queues, "CurrentMetrics": []map[string]string{{"MetricId": "m"}}},
			{"Filters": queues, "CurrentMetrics": []map[string]string{{"Name": "AGENTS_ONLINE", "Unit": "SECONDS"}}},
			{"Filters": queues, "CurrentMetrics": online, "Groupings": []string{"CHANNEL"}},
			{"Filters": queues, "CurrentMetrics": online, "Groupings": []string{"QUEUE", "QUEUE"}},
			{"Filters": queues, "CurrentMetrics": online, "Groupings": []string{"AGENT_STATUS"}},
			{"Filters": queues, "CurrentMetrics": metrics("CONTACTS_IN_QUEUE"), "Groupings": []string{"ROUTING_PROFILE"}},
			{"Filters": queues, "CurrentMetrics": online, "SortCriteria": []map[string]string{{"SortByMetric": "SLOTS_ACTIVE"}}},
			{"Filters": queues, "CurrentMetrics": online, "NextToken": "made-up"},
			{"Filters": queues, "CurrentMetrics": online, "MaxResults": 101},
		},
		"ResourceNotFoundException": {
			{"Filters": map[string]any{"Queues": unknown}, "CurrentMetrics": online},
			{"Filters": map[string]any{"RoutingProfiles": unknown}, "CurrentMetrics": online},
		},
		"InvalidRequestException": {{"Filters": queues}, {"CurrentMetrics": online}},
	} {
		for _, members := range refused {
			w.refused("GetCurrentMetricData", code, members)
		}
	}
	w.server.cfg.Backend.Engine = noCenter{w.engine}
	w.refused("GetCurrentMetricData", "ResourceNotFoundException", map[string]any{"Filters": queues, "CurrentMetrics": online})
}
