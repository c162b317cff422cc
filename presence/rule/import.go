package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tandem/event"
)

// MaxImport is the largest file that is imported, in bytes.
const MaxImport = 4 << 20

// Report tells what an import would do; nothing is saved yet.
type Report struct {
	Rows     []Row     // in the order of the rules
	Findings []Finding // about Rules()
}

// Row is one row of an import.
type Row struct {
	Place    string // such as "line 3"
	Raw      string // as it was
	Rule     event.PresenceRule
	Created  string   // when the record was made, as it says
	Rejected string   // why it is left out; "" when it is not
	Warnings []string // what was changed or guessed
}

// Rules are the rules of the rows that are not rejected, in order.
func (r *Report) Rules() []event.PresenceRule {
	var rules []event.PresenceRule
	for i := range r.Rows {
		if r.Rows[i].Rejected == "" {
			rules = append(rules, r.Rows[i].Rule)
		}
	}
	return rules
}

// Import reads the presence rules of another installation: the records of the
// Salesforce CTI adapter, exported as CSV or as JSON, or the JSON form of older
// adapters (source, destination, criteria, state). Columns are known by label or
// API name, choices by label or token. The records say nothing of their order:
// they are ordered by name, then by when they were made; the JSON form keeps its
// order. The error says that the file cannot be read at all.
func Import(file []byte, known Known) (*Report, error) {
	text := strings.TrimPrefix(strings.TrimSpace(string(file)), "\ufeff")
	if len(file) > MaxImport {
		return nil, fmt.Errorf("the file has %d bytes; at most %d: export only the rules", len(file), MaxImport)
	}
	if text == "" || text == "[]" {
		return nil, fmt.Errorf("the file is empty: it has no rules; export the rules as CSV or JSON")
	}
	read := readCSV
	if text[0] == '{' || text[0] == '[' {
		read = readJSON
	}
	records, err := read(text)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || len(records) > MaxRules {
		return nil, fmt.Errorf("the file has %d rules; 1 to %d can be imported", len(records), MaxRules)
	}
	r := &Report{}
	for i := range records {
		r.Rows = append(r.Rows, records[i].row())
	}
	if !records[0].old {
		slices.SortStableFunc(r.Rows, func(a, b Row) int {
			return cmp.Or(strings.Compare(a.Rule.Name, b.Rule.Name), strings.Compare(a.Created, b.Created))
		})
	}
	r.check(known)
	return r, nil
}

// check lints the rules and rejects the rows that could not be saved.
func (r *Report) check(known Known) {
	for range 2 { // a rejected rule contradicts nobody
		r.Findings = Lint(r.Rules(), known)
		at := r.places()
		for _, f := range r.Findings {
			if row := &r.Rows[at[f.Rule]]; f.Refused && row.Rejected == "" {
				row.Rejected = f.Text
			}
		}
	}
}

// places are the rows of the rules.
func (r *Report) places() []int {
	var at []int
	for i := range r.Rows {
		if r.Rows[i].Rejected == "" {
			at = append(at, i)
		}
	}
	return at
}

// record is one rule as it was read, by plain names of fields.
type record struct {
	place, raw string
	old        bool // of the older JSON form
	fields     map[string]string
	criteria   []map[string]string // of the older form
	any        bool
}

// row makes a rule of a record.
func (rec *record) row() Row {
	row := Row{Place: rec.place, Raw: rec.raw, Created: rec.fields[fieldCreated]}
	p := &picker{row: &row}
	r := &row.Rule
	r.Name, r.Origin, r.Any = p.text(rec.fields, fieldRule), rec.raw, rec.any
	r.Name = cmp.Or(r.Name, rec.place)
	r.Active = p.active(rec)
	r.Source = event.RuleSource(p.choose(rec.fields, fieldSource, event.Sources[:], sourceAliases))
	r.Destination = event.RuleDestination(p.choose(rec.fields, fieldDestination, event.Destinations[:], destinationAliases))
	r.State = p.text(rec.fields, fieldState)
	criteria := rec.criteria
	if criteria == nil {
		criteria = []map[string]string{rec.fields}
	}
	for _, fields := range criteria {
		r.Criteria = append(r.Criteria, p.criterion(fields, rec.old))
	}
	if r.State == "" {
		p.reject("%s is empty: say which state the rule sets", label(fieldState))
	}
	return row
}

// picker reads fields of a row and notes what is wrong with them.
type picker struct{ row *Row }

func (p *picker) reject(format string, args ...any) {
	p.row.Rejected = cmp.Or(p.row.Rejected, fmt.Sprintf(format, args...))
}

func (p *picker) warn(format string, args ...any) {
	p.row.Warnings = append(p.row.Warnings, fmt.Sprintf(format, args...))
}

// text reads a field without the spaces around it.
func (p *picker) text(fields map[string]string, name string) string {
	text := strings.TrimSpace(fields[name])
	if text != fields[name] {
		p.warn("the spaces around %s %q were taken away", label(name), text)
	}
	return text
}

func (p *picker) active(rec *record) bool {
	switch text := plain(rec.fields[fieldActive]); text {
	case "true", "1", "yes", "checked":
		return true
	case "false", "0", "no", "unchecked":
		return false
	case "":
		if _, told := rec.fields[fieldActive]; told {
			return false
		}
		if !rec.old {
			p.warn("the file does not tell whether the rule is active: taken as active")
		}
		return true
	default:
		p.reject("%q does not say whether the rule is active; use true or false", text)
		return false
	}
}

func (p *picker) choose(fields map[string]string, name string, labels []string, aliases map[string]int) int {
	text := fields[name]
	n := choice(labels, aliases, text)
	switch {
	case n == 0 && strings.TrimSpace(text) == "":
		p.reject("%s is missing", label(name))
	case n == 0:
		p.reject("%s %q is not known; use one of: %s", label(name), text, strings.Join(labels[1:], ", "))
	}
	return n
}

func (p *picker) criterion(fields map[string]string, old bool) event.RuleCriterion {
	c := event.RuleCriterion{}
	c.OperandA, c.ValueA = p.operand(fields, fieldOperandA, fieldValueA, old)
	c.Comparator = event.Comparator(choice(event.Comparators[:], nil, fields[fieldComparator]))
	if c.Comparator == 0 {
		c.Comparator = event.Comparator(p.choose(fields, fieldComparator, event.Comparators[:], comparatorAliases))
	}
	c.OperandB, c.ValueB = p.operand(fields, fieldOperandB, fieldValueB, old)
	return c
}

// operand reads one side. In the older form what is no operand is the static
// value itself.
func (p *picker) operand(fields map[string]string, name, value string, old bool) (event.Operand, string) {
	text := fields[name]
	n := choice(event.Operands[:], operandAliases, text)
	if old && n == 0 && strings.TrimSpace(text) != "" {
		p.warn("%s %q is taken as a static value", label(name), text)
		return event.StaticValue, p.text(fields, name)
	}
	o := event.Operand(p.choose(fields, name, event.Operands[:], operandAliases))
	if o != event.StaticValue {
		return o, ""
	}
	static := p.text(fields, value)
	if static == "" {
		p.warn("%s is a static value, and that is empty", label(name))
	}
	return o, static
}
