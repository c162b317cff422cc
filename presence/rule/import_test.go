package rule_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tandem/event"
	"tandem/presence/rule"
)

func imported(t *testing.T, file string) *rule.Report {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rule.Import(text, known)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// story is what a report says, a line for each row.
func story(r *rule.Report) string {
	var lines []string
	for _, row := range r.Rows {
		line := fmt.Sprintf("%s %s: %s", row.Place, row.Rule.Name, row.Rejected)
		if row.Rejected == "" {
			c := row.Rule.Criteria[0]
			line = fmt.Sprintf("%s %s: %s, %s %s %s %s -> %s %s, active %v", row.Place, row.Rule.Name, row.Rule.Source, c.OperandA, c.Comparator, c.OperandB, c.ValueB,
				row.Rule.Destination, row.Rule.State, row.Rule.Active)
		}
		lines = append(lines, strings.Join(append([]string{line}, row.Warnings...), "; "))
	}
	return strings.Join(lines, "\n")
}

// SF-28: the records of an export are ordered by name, then by when they were
// made; what is not understood is rejected and told, and kept as it was.
func TestSF28ImportOfARecordExportIsADryRun(t *testing.T) {
	r := imported(t, "export.csv")
	want := `line 3 Busy: Connect Agent State Change, Connect Agent New State Equal to Static Value Busy -> Salesforce Agent State Busy_Call, active true
line 4 Lunch: Connect Agent State Change, Connect Agent New State Equal to Static Value Lunch -> Salesforce Agent State Available, active false
line 2 Lunch: Connect Agent State Change, Connect Agent New State Equal to Static Value Lunch -> Salesforce Agent State Lunch_Break, active true; the spaces around Operand B Value "Lunch" were taken away
line 5 Odd: Operand A "Connect Agent Mood" is not known; use one of: Connect Agent New State, Connect Agent Old State, Salesforce Agent New State, Salesforce Service Channel, Salesforce Previous Workload, Salesforce Previous Workload Pct, Salesforce New Workload, Salesforce New Workload Pct, Salesforce Configured Capacity, Static Value
line 6 System: "Busy" is a state that Connect sets by itself; set a status`
	if got := story(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if rules := r.Rules(); len(rules) != 3 || !strings.Contains(rules[2].Origin, "2022-03-01") || len(r.Findings) != 0 {
		t.Errorf("%d rules, findings %v", len(r.Rules()), r.Findings)
	}
}

// The same records as JSON, as a query answers and as tools wrap it.
func TestImportReadsTheAnswerOfAQuery(t *testing.T) {
	one := `{"attributes":{"type":"x"},"Name":"Lunch","amazonconnect__Source__c":"Connect Agent State Change","Destination__c":"Salesforce Agent State",
		"OperandA__c":"Connect Agent New State","Comparator__c":"Equal to","OperandB__c":"Static Value","OperandB_Value__c":"Lunch","Value__c":"Lunch_Break","Active__c":true,"OperandA_Value__c":null}`
	for _, text := range []string{one, "[" + one + "]", `{"totalSize":1,"done":true,"records":[` + one + "]}", `{"status":0,"result":{"records":[` + one + "]}}", "\ufeff" + one} {
		r, err := rule.Import([]byte(text), known)
		if err != nil || len(r.Rules()) != 1 || !r.Rules()[0].Active || r.Rules()[0].State != "Lunch_Break" {
			t.Errorf("%.40s: %v %+v", text, err, r)
		}
	}
}

// The JSON form of older adapters keeps its order; what is no operand is the
// static value.
func TestImportReadsTheOlderJSON(t *testing.T) {
	rules := imported(t, "old.json").Rules()
	if len(rules) != 2 || !rules[0].Active || rules[0].Criteria[0] != criterion(event.ConnectAgentNewState, event.EqualTo, "Lunch") {
		t.Fatalf("got %+v", rules)
	}
	if r := rules[1]; !r.Any || len(r.Criteria) != 2 || r.Criteria[0] != criterion(event.SalesforceNewWorkloadPct, event.GreaterThanOrEqualTo, "80") ||
		r.Criteria[1] != criterion(event.SalesforcePreviousWorkloadPct, event.EqualTo, "100") {
		t.Errorf("got %+v", r)
	}
}

// SF-28: imported rules that can hold together and disagree are told.
func TestSF28ImportTellsOfRulesThatDisagree(t *testing.T) {
	r, err := rule.Import([]byte(`Presence Sync Rule Name,Source,Destination,Operand A,Operand A Value,Comparator,Operand B,Operand B Value,Value,Active
A,Salesforce Workload Changed,Connect Agent State,Salesforce New Workload Pct,,Greater than,Static Value,50,Break,true
B,Salesforce Workload Changed,Connect Agent State,Salesforce New Workload Pct,,Greater than,Static Value,80,Lunch,true`), known)
	if err != nil || len(r.Findings) != 1 || r.Findings[0].Rule != 1 || !strings.Contains(r.Findings[0].Text, `together with "A"`) {
		t.Errorf("%v %+v", err, r)
	}
}

func TestImportRefusesWhatHoldsNoRules(t *testing.T) {
	for text, want := range map[string]string{
		"": "empty", "<html>": "no column", "[]": "empty", "{": "JSON", "[1]": "entry 1", "{} {}": "follows", "a,b\n1,2": "no column is called", "\"": "no column",
	} {
		if _, err := rule.Import([]byte(text), known); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, err := rule.Import(make([]byte, rule.MaxImport+1), known); err == nil {
		t.Error("a file that is too large is read")
	}
}

// Whatever a file holds, the rules that are not rejected can be saved.
func FuzzImport(f *testing.F) {
	for _, name := range []string{"export.csv", "old.json"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"records":[{"criteria":[]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := rule.Import(text, known)
		if err != nil {
			return
		}
		for _, finding := range rule.Lint(r.Rules(), known) {
			if finding.Refused {
				t.Errorf("rule %d would be refused: %s", finding.Rule, finding.Text)
			}
		}
	})
}
