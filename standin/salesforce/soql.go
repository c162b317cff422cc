package salesforce

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const timeShape = "2006-01-02T15:04:05.000-0700"

// clause and condition are the subset of SOQL: SELECT fields FROM one object,
// WHERE comparisons or IN, joined by AND.
var (
	clause    = regexp.MustCompile(`(?is)^\s*SELECT\s+(.+?)\s+FROM\s+(\w+)(?:\s+WHERE\s+(.+?))?\s*$`)
	condition = regexp.MustCompile(`(?is)^\s*([\w.]+)\s*(=|!=|<=|>=|<|>|\bIN\b)\s*(.+?)\s*$`)
	conjoin   = regexp.MustCompile(`(?i)\s+AND\s+`)
	literal   = regexp.MustCompile(`^(?:'[^'\\]*'|true|false|null|\d+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$`)
)

// soqlError is a refused query.
type soqlError struct{ code, message string }

// Error implements error.
func (e *soqlError) Error() string { return e.code + ": " + e.message }

// parsedQuery is a query that was understood.
type parsedQuery struct {
	object string
	fields []string
	wheres []where
}

type where struct {
	field, comparison string
	values            []string
}

func parseQuery(text string) (parsedQuery, error) {
	m := clause.FindStringSubmatch(text)
	if m == nil {
		return parsedQuery{}, &soqlError{"MALFORMED_QUERY", "unexpected token"}
	}
	q := parsedQuery{object: m[2]}
	for _, f := range strings.Split(m[1], ",") {
		q.fields = append(q.fields, strings.TrimSpace(f))
	}
	if m[3] == "" {
		return q, nil
	}
	for _, part := range conjoin.Split(m[3], -1) {
		c := condition.FindStringSubmatch(part)
		if c == nil {
			return q, &soqlError{"MALFORMED_QUERY", "unexpected token: " + part}
		}
		w := where{field: c[1], comparison: strings.ToUpper(c[2])}
		list := c[3]
		if w.comparison == "IN" {
			if !strings.HasPrefix(list, "(") || !strings.HasSuffix(list, ")") {
				return q, &soqlError{"MALFORMED_QUERY", "expecting a left parenthesis"}
			}
			w.values = strings.Split(list[1:len(list)-1], ",")
		} else {
			w.values = []string{list}
		}
		for i := range w.values {
			w.values[i] = strings.TrimSpace(w.values[i])
			if !literal.MatchString(w.values[i]) {
				return q, &soqlError{"MALFORMED_QUERY", "unexpected value: " + w.values[i]}
			}
			w.values[i] = strings.Trim(w.values[i], "'")
		}
		q.wheres = append(q.wheres, w)
	}
	return q, nil
}

// run answers a query from the rows of its object. A field that the object
// does not list is refused, wherever it stands.
func (q parsedQuery) run(columns []string, rows []object) ([]object, error) {
	used := slices.Clone(q.fields)
	for _, w := range q.wheres {
		used = append(used, w.field)
	}
	for _, f := range used {
		if !slices.Contains(columns, f) {
			return nil, &soqlError{"INVALID_FIELD", fmt.Sprintf("No such column '%s' on entity '%s'.", f, q.object)}
		}
	}
	var found []object
	for _, row := range rows {
		if !slices.ContainsFunc(q.wheres, func(w where) bool { return !w.holds(row[w.field]) }) {
			record := object{"attributes": object{"type": q.object}}
			for _, f := range q.fields {
				record[f] = row[f]
			}
			found = append(found, record)
		}
	}
	return found, nil
}

func (w where) holds(value any) bool {
	text := cell(value)
	for _, v := range w.values {
		order := strings.Compare(text, comparable(value, v))
		switch w.comparison {
		case "=", "IN":
			if order == 0 {
				return true
			}
		case "!=":
			return order != 0
		case "<":
			return order < 0
		case "<=":
			return order <= 0
		case ">":
			return order > 0
		case ">=":
			return order >= 0
		}
	}
	return false
}

// cell is a value as text whose order is the value's.
func cell(value any) string {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int:
		return fmt.Sprintf("%020d", v)
	case string:
		if at, err := time.Parse(timeShape, v); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
		return v
	}
	return "null"
}

// comparable is a literal in the form of cell; ids compare in either length.
func comparable(value any, literal string) string {
	if _, ok := value.(int); ok {
		return fmt.Sprintf("%020s", literal)
	}
	if text, ok := value.(string); ok && len(text) == 18 && len(literal) == 15 && idShape.MatchString(literal) {
		return long(literal)
	}
	return literal
}

// queryPages keeps what did not fit into an answer.
type queryPages struct {
	mu   sync.Mutex
	size int
	made int
	left map[string][]object
}

func (p *queryPages) answer(version string, total int, records []object) object {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := records[:min(p.size, len(records))]
	if first == nil {
		first = []object{}
	}
	a := object{"totalSize": total, "done": len(first) == len(records), "records": first}
	if len(first) < len(records) {
		p.made++
		locator := fmt.Sprintf("%s-%d", newID("01g", p.made), total-len(records)+len(first))
		p.left[locator] = records[len(first):]
		a["nextRecordsUrl"] = "/services/data/" + version + "/query/" + locator
	}
	return a
}

func (p *queryPages) take(locator string) ([]object, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	records, ok := p.left[locator]
	return records, ok
}

func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.FormValue("q"))
	var records []object
	if err == nil {
		var columns []string
		var rows []object
		if columns, rows, err = s.table(q.object); err == nil {
			records, err = q.run(columns, rows)
		}
	}
	if refused, ok := err.(*soqlError); ok {
		writeErrors(w, http.StatusBadRequest, refused.code, refused.message)
		return
	}
	writeJSON(w, http.StatusOK, s.pages.answer(r.PathValue("version"), len(records), records))
}

func (s *Server) queryMore(w http.ResponseWriter, r *http.Request) {
	records, ok := s.pages.take(r.PathValue("locator"))
	if !ok {
		writeErrors(w, http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator")
		return
	}
	writeJSON(w, http.StatusOK, s.pages.answer(r.PathValue("version"), len(records), records))
}

func (s *Server) showLimits(w http.ResponseWriter, r *http.Request) {
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	writeJSON(w, http.StatusOK, object{"DailyApiRequests": object{"Max": s.limits.limit, "Remaining": s.limits.limit - s.limits.used}})
}
