package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
)

// readRules reads a file of rules: an export of the Salesforce CTI adapter (CSV,
// JSON), or the rules as the admin API shows them. "-" is the standard input.
func readRules(path string, known rule.Known) (*rule.Report, error) {
	return fromFile(path, func(r io.Reader) (*rule.Report, error) {
		file, err := io.ReadAll(io.LimitReader(r, rule.MaxImport+1))
		if err != nil {
			return nil, err
		}
		report, err := rule.Import(file, known)
		if err != nil {
			return nil, err
		}
		takeForm(report, file)
		report.Findings = rule.Lint(report.Rules(), known)
		return report, nil
	})
}

// takeForm takes what only the admin API's form of rules tells.
func takeForm(report *rule.Report, file []byte) {
	var form struct {
		Rules []struct {
			ID   tandem.ID       `json:"id"`
			Any  json.RawMessage `json:"any"`
			Wish bool            `json:"wish"`
		} `json:"rules"`
	}
	if json.Unmarshal(file, &form) != nil || len(form.Rules) != len(report.Rows) {
		return
	}
	for i, f := range form.Rules {
		r := &report.Rows[i].Rule
		r.RuleID, r.Wish, r.Any = f.ID, f.Wish, r.Any || string(f.Any) == "true"
	}
}

// wholeRules reads rules of which none may be left out.
func wholeRules(path string, known rule.Known) ([]event.PresenceRule, error) {
	report, err := readRules(path, known)
	if err != nil {
		return nil, err
	}
	for i := range report.Rows {
		if row := &report.Rows[i]; row.Rejected != "" {
			return nil, fmt.Errorf("%s: %s, %q: %s; for all that is wrong: tandem presence lint %s", path, row.Place, row.Rule.Name, row.Rejected, path)
		}
	}
	return report.Rules(), nil
}

// mappingFile is a mapping as the admin API takes or shows it.
type mappingFile struct {
	Mapping []struct {
		Remote    string `json:"remote"` // id or name
		Status    string `json:"status"` // id or name
		StatusID  string `json:"status_id"`
		Preferred bool   `json:"preferred"`
	} `json:"mapping"`
}

// readMapping reads a mapping for a system, as JSON.
func readMapping(path string, m *presence.Machine, s *presence.System) ([]event.MappingRow, error) {
	return fromFile(path, func(r io.Reader) ([]event.MappingRow, error) {
		var file mappingFile
		if err := json.NewDecoder(r).Decode(&file); err != nil {
			return nil, fmt.Errorf(`read the JSON: %w; write it as {"mapping": [{"remote": "Online", "status": "Available"}]}`, err)
		}
		if len(file.Mapping) == 0 {
			return nil, fmt.Errorf(`it has no rows; write it as {"mapping": [{"remote": "Online", "status": "Available"}]}`)
		}
		var rows []event.MappingRow
		for i, row := range file.Mapping {
			remote, err := remoteByName(s, row.Remote)
			if err != nil {
				return nil, fmt.Errorf("row %d: %w", i+1, err)
			}
			status, err := statusByName(m, row.Status+row.StatusID)
			if err != nil {
				return nil, fmt.Errorf("row %d: %w", i+1, err)
			}
			rows = append(rows, event.MappingRow{Remote: remote, StatusID: status, Preferred: row.Preferred})
		}
		return rows, nil
	})
}

// remoteByName finds a system's status by its name, in any case, or its id.
func remoteByName(s *presence.System, text string) (string, error) {
	var names []string
	for _, st := range s.Statuses {
		if st.Remote == text || strings.EqualFold(st.Name, text) {
			return st.Remote, nil
		}
		names = append(names, st.Name)
	}
	return "", fmt.Errorf("%s has no status %q as far as was known then; it had: %s", s.Saved.Name, text, strings.Join(names, ", "))
}
