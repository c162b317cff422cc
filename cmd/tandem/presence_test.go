package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
	"tandem/presence/rule"
)

// recordPresence records a day of one agent in the center, Zendesk and
// Salesforce: at lunch from 9:03 to 9:13, and in an unlinked status then.
func recordPresence(t *testing.T) *recording {
	t.Helper()
	r := newRecording(t)
	user, available, _ := r.known()
	lunch, pause := newID(), newID()
	r.after(0, center.SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: lunch, Name: "Lunch", Type: event.Custom, Enabled: true}})
	r.after(0, center.SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: pause, Name: "Break", Type: event.Custom, Enabled: true}})
	zendesk := event.SystemSaved{SystemID: dayZendesk, System: event.ZendeskSystem, Name: "Zendesk", Enabled: true, URL: "https://zendesk.example",
		Policy: event.LastActionWins, StatusSync: true, Mapping: []event.MappingRow{{Remote: "51", StatusID: available}, {Remote: "52", StatusID: lunch}}}
	salesforce := event.SystemSaved{SystemID: daySalesforce, System: event.SalesforceSystem, Name: "Salesforce", Enabled: true, URL: "https://salesforce.example"}
	for _, s := range []event.SystemSaved{zendesk, salesforce} {
		r.after(1, presence.SaveSystem{System: s, New: true})
		r.after(1, presence.SetRemoteStatuses{SystemID: s.SystemID, Statuses: dayStatuses(s.System == event.SalesforceSystem, "On a call", "Available", "Lunch", "Break")})
		r.after(1, presence.LinkAgent{UserID: user, SystemID: s.SystemID, RemoteID: dayAgent})
	}
	r.after(0, presence.SaveRules{SystemID: daySalesforce, Enabled: true, Rules: dayRules[:3]})
	r.sees(100, dayZendesk, "51", 1, "AGENT_STATUS_SWITCHER")
	r.sees(0, daySalesforce, "51", 0, "OmniManualStatusChange")
	for version, status := range []tandem.ID{lunch, available} {
		r.person(60, center.PutUserStatus{UserID: user, StatusID: status})
		r.finishes(2, user, dayZendesk, uint64(2+version))
		r.finishes(0, user, daySalesforce, 0)
		r.after(540, center.SaveAgentStatus{Status: event.AgentStatusSaved{StatusID: pause, Name: "Break", Type: event.Custom, Enabled: true}})
	}
	r.sees(10, dayZendesk, "53", 4, "AGENT_STATUS_SWITCHER")
	return r
}

// person does something as an agent's panel does.
func (r *recording) person(seconds int, body any) {
	r.t.Helper()
	r.clock.Add(int64(seconds) * 1000)
	if _, err := r.engine.Do(r.t.Context(), r.shard, engine.Request{Actor: tandem.Actor{Kind: tandem.ActorAPI}, Body: body}); err != nil {
		r.t.Fatal(err)
	}
}

// sees tells what a system shows.
func (r *recording) sees(seconds int, system tandem.ID, remote string, version uint64, reason string) {
	r.t.Helper()
	at := tandem.Time(r.clock.Load() + int64(seconds)*1000)
	r.after(seconds, presence.Observe{SystemID: system, RemoteID: dayAgent, Remote: remote, Version: version, Reason: reason, At: at})
}

// finishes makes the write under way.
func (r *recording) finishes(seconds int, user, system tandem.ID, version uint64) {
	r.t.Helper()
	var write tandem.ID
	err := r.engine.Read(r.t.Context(), r.shard, func(in *instance.Instance) {
		m, _ := instance.Find[*presence.Machine](in)
		if l := legOf(m, user, system); l.Write != nil {
			write = l.Write.WriteID
		}
	})
	if err != nil || write.IsZero() {
		r.t.Fatalf("no write to %s is under way; %v", system, err)
	}
	r.after(seconds, presence.FinishWrite{Ended: event.StatusWriteEnded{UserID: user, SystemID: system, WriteID: write, Outcome: event.WriteDone, Version: version}})
}

// TestPresenceToolsOnARecordedDay runs the tools beside the engine that has the
// data folder open.
func TestPresenceToolsOnARecordedDay(t *testing.T) {
	r := recordPresence(t)
	testscript.Run(t, testscript.Params{
		Files: []string{"testdata/presence/day.txtar"}, RequireExplicitExec: true, RequireUniqueNames: true, Deadline: time.Now().Add(time.Minute),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"oneline": oneLine, "json": isJSON},
		Setup: func(env *testscript.Env) error {
			env.Setenv("DATA", r.cfg.Data)
			env.Setenv("DAY", r.now().Format(time.DateOnly))
			return nil
		},
	})
	if left, err := filepath.Glob(filepath.Join(r.cfg.Data, "simulate-*")); err != nil || len(left) > 0 {
		t.Errorf("copies are left: %v, %v", left, err)
	}
}

// TestPresenceStateOfAMomentIsFoundFromTheSnapshotBefore holds that the state of
// a moment is the same from a snapshot as from the first record.
func TestPresenceStateOfAMomentIsFoundFromTheSnapshotBefore(t *testing.T) {
	r := recordPresence(t)
	p, err := openPast(t.Context(), settingFlags{Data: r.cfg.Data}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	var records []tandem.Record
	if err := p.records(t.Context(), func(rec *tandem.Record) { records = append(records, *rec) }); err != nil {
		t.Fatal(err)
	}
	snapshots := func() int {
		files, err := filepath.Glob(filepath.Join(p.dir, "snapshots", p.shard.String(), "*.snapshot"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if snapshots() == 0 {
		t.Fatal("the recording has no snapshot")
	}
	for i := len(records) - 1; i > 0; i -= 3 { // a copy forgets what is later
		known, err := p.presence(t.Context(), records[i].At)
		if err != nil {
			t.Fatal(err)
		}
		want, err := presenceFrom(stateBefore(records, int(known.next-records[0].Seq)))
		if err != nil || known.then.Hash() != want.Hash() {
			t.Errorf("before record %d the state is another from a snapshot than from the first record; %v", known.next, err)
		}
	}
	if n := snapshots(); n > 1 {
		t.Errorf("%d snapshots are left before the first record", n)
	}
}

// TestPresenceRulesAreReadAsTheAdminAPIShowsThem holds that what only the admin
// API's form tells is kept.
func TestPresenceRulesAreReadAsTheAdminAPIShowsThem(t *testing.T) {
	report, err := readRules("testdata/presence/form.json", rule.Known{})
	if err != nil {
		t.Fatal(err)
	}
	rules := report.Rules()
	if len(rules) != 2 || !rules[0].Any || !rules[0].Wish || rules[0].RuleID.IsZero() || rules[1].Any || rules[1].Wish || rules[1].Active {
		t.Fatalf("read: %+v", rules)
	}
	for i, want := range []string{"Lunch", "Break"} {
		if c := rules[0].Criteria[i]; c.OperandA != event.SalesforceAgentNewState || c.OperandB != event.StaticValue || c.ValueB != want {
			t.Errorf("criterion %d is %+v", i, c)
		}
	}
}

// TestPresenceLintFindsWhatHasGoneSinceItWasSaved holds that rows of statuses
// that are gone, disabled or deleted are told.
func TestPresenceLintFindsWhatHasGoneSinceItWasSaved(t *testing.T) {
	m := presence.New()
	kept, off := tandem.NameID("lint", "Available"), tandem.NameID("lint", "Lunch")
	for i, ev := range []tandem.Event{
		&event.InstanceCreated{InstanceID: tandem.NameID("lint", "center")},
		&event.AgentStatusSaved{StatusID: kept, Name: "Available", Type: event.Routable, Enabled: true},
		&event.AgentStatusSaved{StatusID: off, Name: "Lunch", Type: event.Custom},
		&event.SystemSaved{SystemID: dayZendesk, System: event.ZendeskSystem, Name: "Zendesk", Enabled: true, Policy: event.Master, URL: "https://zendesk.example", StatusSync: true,
			Mapping: []event.MappingRow{{Remote: "9", StatusID: kept}, {Remote: "51", StatusID: off}, {Remote: "52", StatusID: tandem.NameID("lint", "gone")}}},
		&event.SystemSaved{SystemID: dayKustomer, System: event.KustomerSystem, Name: "Kustomer", Enabled: true, Policy: event.Master, URL: "https://kustomer.example", StatusSync: true},
		&event.RemoteStatusesListed{SystemID: dayZendesk, Statuses: dayStatuses(false, "On a call", "Available", "Lunch")},
	} {
		m.Apply(tandem.Seq(i+1), 1, ev)
	}
	known := &presencePast{now: m}
	var found []string
	err := (&presenceLint{}).lint(known, func(system, where, level, format string, _ ...any) {
		found = append(found, strings.Join([]string{level, system, where}, " "))
	})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(found, "\n")
	for _, want := range []string{"error Zendesk mapping[2]", "warning Zendesk mapping[0]", "warning Zendesk mapping[1]", "hint Zendesk mapping",
		"warning Zendesk agents", "warning Kustomer statuses", "warning Kustomer, Zendesk policy"} {
		if !strings.Contains(all, want) && !strings.Contains(all, strings.Replace(want, "Kustomer, Zendesk", "Zendesk, Kustomer", 1)) {
			t.Errorf("not found: %s; found:\n%s", want, all)
		}
	}
}
