package forecast

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"tandem"
)

// Report is how a day went. The contacts of a row are those that entered the
// queue in its half hour, whenever they left it.
type Report struct {
	Start, End      tandem.Time
	ThresholdMillis int64
	Rows            []Row // by the queue's name and time; half hours in which nothing came are left out
	Queues          []Row // whole days, by the queue's name
	Total           Row
	Waiting         int // contacts that still waited when the simulation ended
	Unqueued        int // arrivals that never came to a queue: a full queue, or the flow of a number
	Lives           int // how many days all numbers are the sums of; those that are written are their mean
}

// Row is one queue in one half hour, or more of both.
type Row struct {
	QueueID tandem.ID
	Queue   string
	From    tandem.Time // of a half hour; 0: the whole time
	Count
}

// ServiceLevel is how many of the contacts offered were answered within the
// threshold, per mille; -1 when nothing was offered.
func (c *Count) ServiceLevel() int { return perMille(int64(c.InTime), int64(c.Offered)) }

// Occupancy is how much of their time agents were with contacts or wrapped up,
// per mille; -1 when nobody was there.
func (c *Count) Occupancy() int { return perMille(c.BusyMillis, c.StaffedMillis) }

// AverageWaitMillis is how long contacts waited that were answered; -1 for none.
func (c *Count) AverageWaitMillis() int64 {
	if c.Answered == 0 {
		return -1
	}
	return c.AnsweredMillis / int64(c.Answered)
}

func perMille(part, whole int64) int {
	if whole == 0 {
		return -1
	}
	return int((2000*part + whole) / (2 * whole))
}

// plus is the sums of this report, which may be nil, and of another life of the
// same day.
func (r *Report) plus(o *Report) *Report {
	if r == nil {
		return o
	}
	r.Rows, r.Queues = merged(r.Rows, o.Rows), merged(r.Queues, o.Queues)
	r.Total.addDay(&o.Total.Count)
	r.Waiting, r.Unqueued, r.Lives = r.Waiting+o.Waiting, r.Unqueued+o.Unqueued, r.Lives+o.Lives
	return r
}

// merged is the rows of two lives of a day, both in order.
func merged(a, b []Row) []Row {
	all := slices.SortedStableFunc(slices.Values(slices.Concat(a, b)), inOrder)
	sums := all[:0]
	for _, row := range all {
		if n := len(sums); n > 0 && inOrder(sums[n-1], row) == 0 {
			sums[n-1].addDay(&row.Count)
		} else {
			sums = append(sums, row)
		}
	}
	return sums
}

// addDay puts another life of the same day into this row.
func (c *Count) addDay(o *Count) {
	c.add(o)
	c.BusyMillis += o.BusyMillis
	c.StaffedMillis += o.StaffedMillis
}

// each is a number of contacts in the mean of the lives.
func (r *Report) each(n int) int { return (2*n + r.Lives) / (2 * max(1, r.Lives)) }

// add puts the contacts of another row into this one; agents' times are not
// added, for agents serve several queues.
func (c *Count) add(o *Count) {
	c.Offered += o.Offered
	c.Answered += o.Answered
	c.InTime += o.InTime
	c.Abandoned += o.Abandoned
	c.AnsweredMillis += o.AnsweredMillis
	c.LongestMillis = max(c.LongestMillis, o.LongestMillis)
}

// report sums up what was counted until now.
func (t *tally) report(now tandem.Time) *Report {
	t.close(now)
	r := &Report{Start: t.start, End: t.end, ThresholdMillis: t.threshold, Waiting: t.waiting, Lives: 1, Total: Row{Queue: "all queues"}}
	servers := t.servers()
	days := map[tandem.ID]*Row{}
	for c, n := range t.cells {
		if n.Offered == 0 {
			continue
		}
		row := Row{QueueID: c.id, Queue: t.config.queueName(c.id), From: t.start.Add(c.slot * slotMillis), Count: *n}
		row.BusyMillis, row.StaffedMillis = t.spent(servers[c.id], func(slot int64) bool { return slot == c.slot })
		r.Rows = append(r.Rows, row)
		if days[c.id] == nil {
			days[c.id] = &Row{QueueID: c.id, Queue: row.Queue}
		}
		days[c.id].add(n)
		r.Total.add(n)
	}
	always := func(int64) bool { return true }
	for id, day := range days {
		day.BusyMillis, day.StaffedMillis = t.spent(servers[id], always)
		r.Queues = append(r.Queues, *day)
	}
	r.Total.BusyMillis, r.Total.StaffedMillis = t.spent(nil, always)
	slices.SortFunc(r.Rows, inOrder)
	slices.SortFunc(r.Queues, inOrder)
	return r
}

func inOrder(a, b Row) int {
	return cmp.Or(cmp.Compare(a.Queue, b.Queue), a.QueueID.Compare(b.QueueID), cmp.Compare(a.From, b.From))
}

// servers is the routing profiles whose agents serve a queue. An agent's own
// queue is served by that agent, and counts as served by the profile.
func (t *tally) servers() map[tandem.ID]map[tandem.ID]bool {
	all := map[tandem.ID]map[tandem.ID]bool{}
	add := func(queueID, profileID tandem.ID) {
		if all[queueID] == nil {
			all[queueID] = map[tandem.ID]bool{}
		}
		all[queueID][profileID] = true
	}
	for id, p := range t.config.profiles {
		for _, entry := range p.Entries {
			add(entry.QueueID, id)
		}
	}
	for id, u := range t.config.users {
		add(id, u.RoutingProfileID)
	}
	return all
}

// spent sums the times of agents of some profiles, or of all for nil, in half
// hours.
func (t *tally) spent(profiles map[tandem.ID]bool, in func(slot int64) bool) (busy, staffed int64) {
	for c, s := range t.times {
		if in(c.slot) && (profiles == nil || profiles[c.id]) {
			busy, staffed = busy+s.busy, staffed+s.staffed
		}
	}
	return busy, staffed
}

// Write writes a report for people, with the times of a time zone; beside the
// queues and the total, where there is one, what the journal says happened.
func (r *Report) Write(w io.Writer, zone *time.Location, recorded *Report) error {
	var out bytes.Buffer
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s to %s, answered within %s counts as in time\n", clock(r.Start, zone), clock(r.End, zone), seconds(r.ThresholdMillis))
	for _, day := range r.Queues {
		fmt.Fprintf(table, "\n%s\n%s", day.Queue, captions)
		for _, row := range r.Rows {
			if row.QueueID == day.QueueID {
				r.line(table, &row, row.From.Std().In(zone).Format("Mon 15:04"))
			}
		}
		r.line(table, &day, "all")
		if was := recorded.queue(day.QueueID); was != nil {
			recorded.line(table, was, "recorded")
		}
		table.Flush()
	}
	fmt.Fprintf(table, "\nAll queues\n%s", captions)
	r.line(table, &r.Total, "all")
	if recorded != nil {
		recorded.line(table, &recorded.Total, "recorded")
	}
	table.Flush()
	if n := r.each(r.Waiting); n > 0 {
		fmt.Fprintf(&out, "\n%d contacts still waited when the simulation ended.\n", n)
	}
	if n := r.each(r.Unqueued); n > 0 {
		fmt.Fprintf(&out, "\n%d arrivals never came to a queue: it was full, or the number's flow led elsewhere.\n", n)
	}
	_, err := w.Write(out.Bytes())
	return err
}

const captions = "half hour\toffered\tanswered\tabandoned\tin time\taverage wait\tlongest wait\toccupancy\t\n"

// queue is the row of a queue; nil when the report does not have it.
func (r *Report) queue(id tandem.ID) *Row {
	if r == nil {
		return nil
	}
	i := slices.IndexFunc(r.Queues, func(row Row) bool { return row.QueueID == id })
	if i < 0 {
		return nil
	}
	return &r.Queues[i]
}

func (r *Report) line(w io.Writer, row *Row, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t\n", name, r.each(row.Offered), r.each(row.Answered), r.each(row.Abandoned),
		percent(row.ServiceLevel()), minutes(row.AverageWaitMillis()), minutes(row.LongestMillis), percent(row.Occupancy()))
}

func percent(perMille int) string {
	if perMille < 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%d %%", perMille/10, perMille%10)
}

func minutes(millis int64) string {
	if millis < 0 {
		return "-"
	}
	s := (millis + 500) / 1000
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func seconds(millis int64) string { return (time.Duration(millis) * time.Millisecond).String() }

func clock(at tandem.Time, zone *time.Location) string {
	return at.Std().In(zone).Format("2006-01-02 15:04 MST")
}

// line is a row as JSON. What is not known, because nothing came or nobody was
// there, is null.
type line struct {
	QueueID            tandem.ID `json:"queueId,omitzero"`
	Queue              string    `json:"queue"`
	From               string    `json:"from,omitempty"` // RFC 3339
	Offered            int       `json:"offered"`
	Answered           int       `json:"answered"`
	Abandoned          int       `json:"abandoned"`
	InTime             int       `json:"inTime"`
	ServiceLevel       *float64  `json:"serviceLevelPercent"`
	AverageWaitSeconds *float64  `json:"averageWaitSeconds"`
	LongestWaitSeconds float64   `json:"longestWaitSeconds"`
	Occupancy          *float64  `json:"occupancyPercent"`
}

func (r *Report) json(row *Row) line {
	l := line{QueueID: row.QueueID, Queue: row.Queue, Offered: r.each(row.Offered), Answered: r.each(row.Answered),
		Abandoned: r.each(row.Abandoned), InTime: r.each(row.InTime),
		ServiceLevel: parts(int64(row.ServiceLevel()), 10), AverageWaitSeconds: parts(row.AverageWaitMillis(), 1000),
		LongestWaitSeconds: float64(row.LongestMillis) / 1000, Occupancy: parts(int64(row.Occupancy()), 10)}
	if !row.From.IsZero() {
		l.From = row.From.String()
	}
	return l
}

// parts is a number of parts as a fraction; nil for -1.
func parts(n int64, whole float64) *float64 {
	if n < 0 {
		return nil
	}
	f := math.Round(float64(n)/whole*1000) / 1000
	return &f
}

func (r *Report) allJSON(rows []Row) []line {
	all := make([]line, 0, len(rows))
	for i := range rows {
		all = append(all, r.json(&rows[i]))
	}
	return all
}

// MarshalJSON implements json.Marshaler.
func (r *Report) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Start            string  `json:"start"`
		End              string  `json:"end"`
		ThresholdSeconds float64 `json:"thresholdSeconds"`
		HalfHours        []line  `json:"halfHours"`
		Queues           []line  `json:"queues"`
		Total            line    `json:"total"`
		Waiting          int     `json:"waiting"`
		Unqueued         int     `json:"unqueued"`
		Lives            int     `json:"lives"`
	}{r.Start.String(), r.End.String(), float64(r.ThresholdMillis) / 1000, r.allJSON(r.Rows), r.allJSON(r.Queues), r.json(&r.Total),
		r.each(r.Waiting), r.each(r.Unqueued), r.Lives})
}
