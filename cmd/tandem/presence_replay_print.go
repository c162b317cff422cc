package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tandem"
)

// replayReport says what another day it would have been.
type replayReport struct {
	Day         string             `json:"day"`
	Under       string             `json:"under"` // which mappings and rules
	Differences []replayDifference `json:"differences"`
	Totals      []replayTotal      `json:"totals"`
	Agents      int                `json:"agents"`     // that are linked to a system
	Same        int                `json:"agentsSame"` // without a difference
	Facts       int                `json:"facts"`
	Unknown     replayUnknown      `json:"unknown"`
}

// replayDifference is a write that was made and would not have been, or the
// other way round, or one of each where they are for the same moment.
type replayDifference struct {
	Agent   string `json:"agent"`
	Time    string `json:"time"`
	System  string `json:"system"`
	Written string `json:"written"` // empty: nothing
	Would   string `json:"would"`   // empty: nothing
	Why     string `json:"why"`

	at tandem.Time
}

// replayTotal counts the writes to one system.
type replayTotal struct {
	System  string `json:"system"`
	Written int    `json:"written"` // on the day
	Would   int    `json:"would"`   // in the replay
	Same    int    `json:"same"`    // of both
}

// replayUnknown counts where the replay cannot know.
type replayUnknown struct {
	Assumed   int `json:"assumed"`   // writes that were not made, taken as shown
	NotMade   int `json:"notMade"`   // writes that were made and would not have been
	Echoes    int `json:"echoes"`    // observations left out: they showed such writes
	Unfitting int `json:"unfitting"` // facts left out: they do not fit
}

func (c *presenceReplay) report(k *presencePast, r *replayer) *replayReport {
	report := &replayReport{Day: fmt.Sprintf("%s (%s)", c.Day, c.TimeZone), Under: "the mappings and rules that are saved now", Differences: []replayDifference{},
		Facts: r.fed, Unknown: replayUnknown{Echoes: r.echoes, Unfitting: r.unfitting}}
	if c.System != "" {
		var files []string
		for _, f := range []string{c.Rules, c.Mapping} {
			if f != "" {
				files = append(files, f)
			}
		}
		report.Under = fmt.Sprintf("%s for %s", strings.Join(files, " and "), c.System)
	}
	for _, id := range tandem.SortedIDs(r.would.State().Agents) {
		if len(r.would.State().Agents[id].Legs) < 2 {
			continue
		}
		report.Agents++
		if rows := r.differences(k, id); len(rows) > 0 {
			report.Differences = append(report.Differences, rows...)
		} else {
			report.Same++
		}
	}
	report.count(r)
	return report
}

// count sums the writes for each system.
func (t *replayReport) count(r *replayer) {
	totals := map[tandem.ID]*replayTotal{}
	of := func(w *presenceWrite) *replayTotal {
		if totals[w.system] == nil {
			totals[w.system] = &replayTotal{System: r.would.Name(w.system, "")}
		}
		return totals[w.system]
	}
	for _, w := range r.written {
		of(w).Written++
		if w.twin == nil {
			t.Unknown.NotMade++
		} else {
			of(w).Same++
		}
	}
	for _, w := range r.replayed {
		of(w).Would++
		if w.twin == nil {
			t.Unknown.Assumed++
		}
	}
	t.Totals = []replayTotal{}
	for _, id := range tandem.SortedIDs(totals) {
		t.Totals = append(t.Totals, *totals[id])
	}
}

// differences are an agent's writes that were made on one side only, in order.
func (r *replayer) differences(k *presencePast, user tandem.ID) []replayDifference {
	var rows []replayDifference
	add := func(w *presenceWrite) *replayDifference {
		rows = append(rows, replayDifference{Agent: k.user(user), Time: w.at.String(), System: r.would.Name(w.system, ""), at: w.at, Why: writeReason(w.reason)})
		return &rows[len(rows)-1]
	}
	lone := func(all []*presenceWrite) (mine []*presenceWrite) {
		for _, w := range all {
			if w.user == user && w.twin == nil {
				mine = append(mine, w)
			}
		}
		return mine
	}
	would := lone(r.replayed)
	for _, w := range lone(r.written) {
		d := add(w)
		d.Written = r.was.Name(w.system, w.remote)
		i := slices.IndexFunc(would, func(o *presenceWrite) bool {
			return o.system == w.system && o.at >= w.at.Add(-assumedWriteMillis) && o.at <= w.at.Add(assumedWriteMillis)
		})
		if i >= 0 {
			d.Would = r.would.Name(w.system, would[i].remote)
			if other := writeReason(would[i].reason); other != d.Why {
				d.Why = fmt.Sprintf("then %s, in the replay %s", d.Why, other)
			}
			would = slices.Delete(would, i, i+1)
		}
	}
	for _, w := range would {
		add(w).Would = r.would.Name(w.system, w.remote)
	}
	slices.SortStableFunc(rows, func(a, b replayDifference) int { return cmp.Compare(a.at, b.at) })
	return rows
}

// writeReasons are the reasons of writes, for people.
var writeReasons = map[string]string{"intent": "the wish", "focus": "on a contact", "restore": "put back after a contact", "revert": "put back, governed elsewhere",
	"reconcile": "to be in step", "capacity": "work elsewhere", "rule": "a rule"}

func writeReason(because string) string { return cmp.Or(writeReasons[because], because) }

// writer writes the report for people.
func (t *replayReport) writer(zone *time.Location) func(io.Writer) {
	return func(w io.Writer) {
		fmt.Fprintf(w, "%s under %s\n", t.Day, t.Under)
		if len(t.Differences) == 0 {
			fmt.Fprintln(w, "\nNo difference: the same would have been written.")
		}
		for from := 0; from < len(t.Differences); {
			to := from
			rows := [][]string{{"TIME", "SYSTEM", "WAS WRITTEN", "WOULD BE WRITTEN", "WHY"}}
			for ; to < len(t.Differences) && t.Differences[to].Agent == t.Differences[from].Agent; to++ {
				d := &t.Differences[to]
				rows = append(rows, []string{d.at.Std().In(zone).Format("15:04:05.000"), d.System, cmp.Or(d.Written, "-"), cmp.Or(d.Would, "-"), d.Why})
			}
			fmt.Fprintf(w, "\n%s\n", t.Differences[from].Agent)
			table(w, "  ", rows)
			from = to
		}
		t.writeTotals(w)
	}
}

func (t *replayReport) writeTotals(w io.Writer) {
	rows := [][]string{{"SYSTEM", "WRITTEN", "IN THE REPLAY", "THE SAME", "ONLY THEN", "ONLY IN THE REPLAY"}}
	for _, s := range t.Totals {
		rows = append(rows, []string{s.System, fmt.Sprint(s.Written), fmt.Sprint(s.Would), fmt.Sprint(s.Same), fmt.Sprint(s.Written - s.Same), fmt.Sprint(s.Would - s.Same)})
	}
	fmt.Fprintln(w)
	if len(t.Totals) > 0 {
		table(w, "", rows)
	}
	fmt.Fprintf(w, "%d linked agents, %d of them without a difference; %d recorded facts.\n", t.Agents, t.Same, t.Facts)
	u := &t.Unknown
	fmt.Fprintf(w, "What cannot be known: %d writes that were never made count as shown within a second, %d sightings of %d writes that would not have been made are left out, "+
		"%d facts do not fit, and people are taken to do what they did.\n", u.Assumed, u.Echoes, u.NotMade, u.Unfitting)
}
