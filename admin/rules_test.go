package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/event"
)

const lunchRule = `{"name":"Lunch","active":true,"source":"Connect Agent State Change","destination":"Salesforce Agent State","state":"Lunch",
	"criteria":[{"operand_a":"connect agent new state","comparator":"Equal to","operand_b":"Static Value","value_b":"Break"}]}`

// withRules makes a Salesforce system whose statuses are known.
func withRules(t *testing.T) (*world, tandem.ID, string) {
	w := newWorld()
	id, path := w.createKind(t, "salesforce")
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	return w, id, path + "/rules"
}

func TestRulesAreReplacedShownAndLinted(t *testing.T) {
	w, id, path := withRules(t)
	var got rulesJSON
	if w.call(t, "GET", path, "").ok(&got); got.Enabled || len(got.Rules) != 0 || len(got.Findings) != 0 {
		t.Errorf("at first the rules are %+v, want none and off", got)
	}
	label := strings.Replace(lunchRule, `"state":"Lunch"`, `"state":"Lunch break"`, 1)
	body := fmt.Sprintf(`{"enabled":true,"rules":[%s,%s],"session_end":{"enabled":true,"status":"Break","delay_ms":8000,"profiles":["Service"],"states":["Available"]}}`, lunchRule, label)
	w.call(t, "PUT", path, strings.Replace(body, `"Lunch"`, `"One"`, 1)).ok(&got)
	saved := w.state.Systems[id].Rules
	if !saved.Enabled || len(saved.Rules) != 2 || saved.SessionEnd.StatusID != breakID || saved.SessionEnd.DelayMillis != 8000 {
		t.Fatalf("saved %+v", saved)
	}
	c := saved.Rules[0].Criteria[0]
	if want := (event.RuleCriterion{OperandA: event.ConnectAgentNewState, Comparator: event.EqualTo, OperandB: event.StaticValue, ValueB: "Break"}); c != want {
		t.Errorf("the criterion is %+v, want %+v", c, want)
	}
	if got.SessionEnd.StatusName != "Break" || len(got.Findings) != 2 || got.Findings[0].Rule != 1 || got.Findings[0].Field != "state" || got.Findings[0].Refused {
		t.Errorf("shown %+v, want a finding about the label, and one about the order", got)
	}
	rules := got.Rules // what is shown can be put again
	w.call(t, "PUT", path, `{"enabled":true,"rules":`+toJSON(t, rules)+`}`).ok(&got)
	if diff := cmp.Diff(rules, got.Rules); diff != "" {
		t.Errorf("put again, the rules have changed (-want +got):\n%s", diff)
	}
	w.call(t, "PUT", path, `{}`).ok(&got)
	if got.Enabled || len(got.Rules) != 0 || got.SessionEnd.Enabled {
		t.Errorf("replaced by nothing, the rules are %+v", got)
	}
}

func TestRulesThatCannotBeSavedAreRefusedByField(t *testing.T) {
	edit := func(old, new string) string {
		return `{"rules":[` + lunchRule + `,` + strings.Replace(lunchRule, old, new, 1) + `]}`
	}
	id := `"id":"` + tandem.NameID("rule", "x").String() + `"`
	tests := map[string]struct{ body, field string }{
		"unknown field":       {edit(`"active"`, `"actve":true,"active"`), "actve"},
		"source":              {edit("Connect Agent State Change", "Connect"), "rules[1].source"},
		"no source":           {edit("Connect Agent State Change", ""), "rules[1].source"},
		"destination":         {edit("Salesforce Agent State", "Everywhere"), "rules[1].destination"},
		"operand":             {edit("connect agent new state", "Weather"), "rules[1].criteria[0].operand_a"},
		"other operand":       {edit("Static Value", "Weather"), "rules[1].criteria[0].operand_b"},
		"comparator":          {edit("Equal to", "About"), "rules[1].criteria[0].comparator"},
		"no criteria":         {`{"rules":[` + lunchRule[:strings.Index(lunchRule, ",\n")] + `}]}`, "rules[0].criteria"},
		"no state":            {edit(`"state":"Lunch"`, `"state":""`), "rules[1].state"},
		"state of the system": {edit(`"Salesforce Agent State","state":"Lunch"`, `"Connect Agent State","state":"AfterCallWork"`), "rules[1].state"},
		"origin":              {edit(`"active"`, `"origin":"`+strings.Repeat("x", maxOrigin+1)+`","active"`), "rules[1].origin"},
		"an id twice":         {`{"rules":[` + strings.Repeat(strings.Replace(lunchRule, `"active"`, id+`,"active"`, 1)+",", 2) + lunchRule + `]}`, "rules[1].id"},
		"too many":            {`{"rules":[` + strings.Repeat(lunchRule+",", 200) + lunchRule + `]}`, "rules"},
		"status of the end":   {`{"session_end":{"status":"Gone"}}`, "session_end.status"},
		"status at first":     {`{"session_end":{"initial_status":"Gone"}}`, "session_end.initial_status"},
		"delay":               {`{"session_end":{"delay_ms":-1}}`, "session_end.delay_ms"},
		"an empty profile":    {`{"session_end":{"profiles":[""]}}`, "session_end.profiles"},
		"an empty state":      {`{"session_end":{"states":["a",""]}}`, "session_end.states"},
	}
	for name, tt := range tests {
		w, system, path := withRules(t)
		w.call(t, "PUT", path, tt.body).refused(400, tt.field)
		if len(w.state.Systems[system].Rules.Rules) > 0 {
			t.Errorf("%s: refused rules are saved", name)
		}
	}
	w := newWorld()
	gone := "systems/" + tandem.NameID("system", "gone").String() + "/rules"
	w.call(t, "GET", gone, "").refused(404, "system_id")
	w.call(t, "PUT", gone, `{}`).refused(404, "system_id")
	w.call(t, "POST", gone+"/try", `{"event":{"source":"Salesforce Agent Logout"}}`).refused(404, "system_id")
}

const exportedRules = `Presence Sync Rule Name,Active,Source,Destination,Operand A,Operand A Value,Comparator,Operand B,Operand B Value,Value
Lunch,true,Connect Agent State Change,Salesforce Agent State,Connect Agent New State,,Equal to,Static Value,Break,Lunch
Broken,true,Connect Agent State Change,Salesforce Agent State,Weather,,Equal to,Static Value,Break,Lunch
`

// TestImportIsADryRunWhoseRulesCanBeSaved holds that an import saves nothing
// and answers with rules that can be put as they are.
func TestImportIsADryRunWhoseRulesCanBeSaved(t *testing.T) {
	for name, file := range map[string]string{
		"CSV": exportedRules,
		"JSON": `[{"Name":"Lunch","Active":true,"Source":"Connect Agent State Change","Destination":"Salesforce Agent State","OperandA":"Connect Agent New State",
			"Comparator":"Equal to","OperandB":"Static Value","OperandBValue":"Break","Value":"Lunch"},
			{"Name":"Broken","Active":true,"Source":"Connect Agent State Change","Destination":"Salesforce Agent State","OperandA":"Weather",
			"Comparator":"Equal to","OperandB":"Static Value","OperandBValue":"Break","Value":"Lunch"}]`,
	} {
		w, id, path := withRules(t)
		var got struct {
			Rows     []rowJSON
			Rules    []ruleJSON
			Findings []findingJSON
		}
		w.call(t, "POST", path+"/import", file).ok(&got)
		rejected := 0
		for _, r := range got.Rows {
			if r.Rejected != "" {
				rejected++
			}
		}
		if len(got.Rows) != 2 || rejected != 1 || len(got.Rules) != 1 || got.Rules[0].State != "Lunch" || got.Rules[0].Origin == "" {
			t.Fatalf("%s: the report is %+v, want one rule and one row rejected", name, got)
		}
		if len(w.state.Systems[id].Rules.Rules) > 0 {
			t.Errorf("%s: the dry run has saved rules", name)
		}
		w.call(t, "PUT", path, `{"enabled":true,"rules":`+toJSON(t, got.Rules)+`}`).ok(nil)
		if saved := w.state.Systems[id].Rules.Rules; len(saved) != 1 || saved[0].Source != event.ConnectAgentStateChange {
			t.Errorf("%s: saved %+v", name, saved)
		}
	}
	w, _, path := withRules(t)
	w.call(t, "POST", path+"/import", "[]").refused(http.StatusBadRequest, "")
	w.call(t, "POST", path+"/import", "").refused(http.StatusBadRequest, "Content-Type")
	w.call(t, "POST", path+"/import", "["+strings.Repeat(" ", 5<<20)).refused(http.StatusBadRequest, "")
}

func TestRulesAreTriedWithAnEvent(t *testing.T) {
	w, _, path := withRules(t)
	w.call(t, "PUT", path, `{"enabled":true,"rules":[`+lunchRule+`]}`).ok(nil)
	rule := func(source, operand, comparator, value string) string {
		return fmt.Sprintf(`{"name":"tried","active":true,"source":%q,"destination":"Connect Agent State","state":"Break",
			"criteria":[{"operand_a":%q,"comparator":%q,"operand_b":"Static Value","value_b":%q}]}`, source, operand, comparator, value)
	}
	workload := rule("Salesforce Workload Changed", "Salesforce New Workload Pct", "Greater than or equal to", "80%")
	before := rule("Salesforce Workload Changed", "Salesforce Previous Workload", "Less than", "3")
	tests := map[string]struct {
		event, rules string
		acts         bool
	}{
		"saved rules":                {`{"source":"Connect Agent State Change","old_state":"Available","new_state":"Break"}`, "", true},
		"saved rules, another state": {`{"source":"Connect Agent State Change","new_state":"Available"}`, "", false},
		"a status by its label":      {`{"source":"Salesforce Agent State Change","new_state":"Lunch break"}`, rule("Salesforce Agent State Change", "Salesforce Agent New State", "Equal to", "Lunch"), true},
		"a status by its id":         {`{"source":"Salesforce Agent State Change","new_state":"0N5000000000LUn"}`, rule("Salesforce Agent State Change", "Salesforce Agent New State", "Equal to", "Lunch"), true},
		"a log-out":                  {`{"source":"Salesforce Agent Logout"}`, rule("Salesforce Agent Logout", "Salesforce Agent New State", "Equal to", "Offline"), true},
		"accepted work":              {`{"source":"Salesforce Work Accepted","channel":"Phone"}`, rule("Salesforce Work Accepted", "Salesforce Service Channel", "Equal to", "Phone"), true},
		"enough work":                {`{"source":"Salesforce Workload Changed","workload":4,"capacity":5}`, workload, true},
		"too little work":            {`{"source":"Salesforce Workload Changed","workload":3,"capacity":5}`, workload, false},
		"less work before":           {`{"source":"Salesforce Workload Changed","workload":4,"previous_workload":2,"capacity":5}`, before, true},
		"work before not known":      {`{"source":"Salesforce Workload Changed","workload":4,"capacity":5}`, before, false},
	}
	for name, tt := range tests {
		body := `{"event":` + tt.event + `}`
		if tt.rules != "" {
			body = `{"event":` + tt.event + `,"rules":[` + tt.rules + `]}`
		}
		var got struct{ Verdicts []verdictJSON }
		w.call(t, "POST", path+"/try", body).ok(&got)
		if len(got.Verdicts) != 1 || got.Verdicts[0].Acts != tt.acts || got.Verdicts[0].Why == "" {
			t.Errorf("%s: the verdicts are %+v, want one that says %v", name, got.Verdicts, tt.acts)
		}
	}
	w.call(t, "POST", path+"/try", `{"event":{"source":"Rain"}}`).refused(400, "event.source")
	var got struct{ Verdicts []verdictJSON }
	if w.call(t, "POST", path+"/try", `{"event":{"source":"Salesforce Agent Logout"},"rules":[]}`).ok(&got); len(got.Verdicts) != 0 {
		t.Errorf("an empty list of rules gives %+v", got.Verdicts)
	}
}
