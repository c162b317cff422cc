package rule

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tandem"
)

// readCSV reads an export with a line of headers.
func readCSV(text string) ([]record, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	headers, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("read the headers: %w", err)
	}
	names := make([]string, len(headers))
	for i, h := range headers {
		names[i] = fieldName(h)
	}
	if err := needed(names); err != nil {
		return nil, err
	}
	var records []record
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) || len(records) > MaxRules {
			return records, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the rows: %w", err)
		}
		line, _ := r.FieldPos(0)
		rec := record{place: fmt.Sprintf("line %d", line), raw: strings.Join(values, ","), fields: map[string]string{}}
		for i, v := range values {
			if i < len(names) {
				rec.fields[names[i]] = v
			}
		}
		records = append(records, rec)
	}
}

// needed refuses a file that holds something else.
func needed(names []string) error {
	have := map[string]bool{}
	for _, n := range names {
		have[n] = true
	}
	for _, n := range []string{fieldSource, fieldDestination, fieldOperandA, fieldComparator, fieldOperandB, fieldState} {
		if !have[n] {
			return fmt.Errorf("no column is called %q; export the records of the presence sync rules with all their fields", label(n))
		}
	}
	return nil
}

// readJSON reads records of a query, or rules of the older form, alone or in a
// list.
func readJSON(text string) ([]record, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var whole any
	if err := d.Decode(&whole); err != nil {
		return nil, fmt.Errorf("read the JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the JSON; save it as one object or list")
	}
	var records []record
	for i, v := range items(whole) {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("entry %d is not an object; give a list of rules", i+1)
		}
		records = append(records, readObject(object, i))
	}
	return records, nil
}

// items finds the list of rules: the answer of a query, of a command line tool,
// a list, or one rule.
func items(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		for _, name := range []string{"records", "result", "rules"} {
			if inner, ok := v[name]; ok {
				return items(inner)
			}
		}
		return []any{v}
	}
	return nil
}

// readObject reads one record or rule.
func readObject(object map[string]any, i int) record {
	raw, _ := json.Marshal(object) // it was read from JSON
	rec := record{place: fmt.Sprintf("entry %d", i+1), raw: string(raw), fields: map[string]string{}}
	for _, name := range tandem.SortedKeys(object) {
		v := object[name]
		if field := fieldName(name); field == fieldCriteria {
			rec.old = true
			rec.criteria, rec.any = readCriteria(v)
		} else {
			rec.fields[field] = scalar(v)
		}
	}
	return rec
}

// readCriteria reads one criterion, a list, or lists called all or any.
func readCriteria(v any) (all []map[string]string, either bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			inner, _ := readCriteria(one)
			all = append(all, inner...)
		}
		return all, false
	case map[string]any:
		if list, ok := v["any"]; ok {
			all, _ = readCriteria(list)
			return all, true
		}
		if list, ok := v["all"]; ok {
			return readCriteria(list)
		}
		fields := map[string]string{}
		for _, name := range tandem.SortedKeys(v) {
			fields[fieldName(name)] = scalar(v[name])
		}
		return []map[string]string{fields}, false
	}
	return nil, false
}

// scalar is a value as text; a list or an object is none.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, json.Number:
		return fmt.Sprint(v)
	}
	return ""
}
