package admin

import (
	"errors"
	"io"
	"mime"
	"net/http"

	"tandem"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
)

// lookAt calls look with the request's system.
func (h *Handler) lookAt(q *request, look func(View, *presence.System) error) error {
	var inner error
	err := h.look(q, func(v View) {
		s := v.Presence.Systems[q.system]
		if s == nil {
			inner = tandem.Errorf(tandem.NotFound, "system_id", "there is no system %s", q.system)
			return
		}
		inner = look(v, s)
	})
	return errors.Join(err, inner)
}

func (h *Handler) showRules(q *request) (any, error) {
	var shown rulesJSON
	err := h.lookAt(q, func(v View, s *presence.System) error { shown = showRules(v, s); return nil })
	return shown, err
}

// saveRules replaces the rules and answers with them, and with what is wrong
// with them but can be saved.
func (h *Handler) saveRules(q *request) (any, error) {
	var in rulesInput
	if err := readUpTo(q, maxRulesBytes, &in); err != nil {
		return nil, err
	}
	rules, err := rulesOf(in.Rules)
	if err != nil {
		return nil, err
	}
	var policy event.SessionEndPolicy
	if err := h.lookAt(q, func(v View, s *presence.System) (err error) {
		policy, err = in.SessionEnd.policy(namesOf(v, q.system, s.Saved.System))
		return err
	}); err != nil {
		return nil, err
	}
	if _, err := h.do(q, presence.SaveRules{SystemID: q.system, Enabled: in.Enabled, Rules: rules, SessionEnd: policy}); err != nil {
		return nil, err
	}
	return h.showRules(q)
}

// rowJSON is one row of an import.
type rowJSON struct {
	Place    string   `json:"place"`
	Raw      string   `json:"raw"`
	Rejected string   `json:"rejected,omitempty"` // why it is left out
	Warnings []string `json:"warnings"`
}

// importRules reads rules that were exported elsewhere, as CSV or as JSON, and
// tells what saving them would do. It saves nothing: the rules of the answer
// can be put as they are.
func (h *Handler) importRules(q *request) (any, error) {
	switch kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type")); kind {
	case "text/csv", "application/json":
	default:
		return nil, tandem.Errorf(tandem.Invalid, "Content-Type", "send the exported rules as text/csv or application/json")
	}
	file, err := io.ReadAll(http.MaxBytesReader(q.w, q.Body, rule.MaxImport))
	if err != nil {
		return nil, unreadable(err)
	}
	var known rule.Known
	if err := h.lookAt(q, func(v View, _ *presence.System) error { known = v.Known(q.system); return nil }); err != nil {
		return nil, err
	}
	report, err := rule.Import(file, known)
	if err != nil {
		return nil, tandem.Errorf(tandem.Invalid, "", "%v", err)
	}
	return showReport(report), nil
}

func showReport(report *rule.Report) any {
	rows, rules := []rowJSON{}, []ruleJSON{}
	for i := range report.Rows {
		row := &report.Rows[i]
		shown := rowJSON{Place: row.Place, Raw: row.Raw, Rejected: row.Rejected, Warnings: append([]string{}, row.Warnings...)}
		if row.Rejected == "" {
			r := showRule(&row.Rule)
			if len(r.Origin) > maxOrigin {
				r.Origin = ""
				shown.Warnings = append(shown.Warnings, "the row is too long to be kept beside its rule")
			}
			rules = append(rules, r)
		}
		rows = append(rows, shown)
	}
	return map[string]any{"rows": rows, "rules": rules, "findings": showFindings(report.Findings)}
}

// eventInput is an event to try rules with. Statuses of Salesforce go by their
// label, API name or id.
type eventInput struct {
	Source           string  `json:"source"`
	OldState         string  `json:"old_state"` // Connect
	NewState         string  `json:"new_state"` // Connect, Salesforce
	Channel          string  `json:"channel"`   // the service channel's DeveloperName
	Workload         uint32  `json:"workload"`
	PreviousWorkload *uint32 `json:"previous_workload"` // left out: not known
	Capacity         uint32  `json:"capacity"`
}

// facts turns the input into an event.
func (in *eventInput) facts(s *presence.System) (*rule.Facts, error) {
	source, err := choose("event.source", event.Sources[:], in.Source)
	if err != nil {
		return nil, err
	}
	switch event.RuleSource(source) {
	case event.ConnectAgentStateChange:
		return rule.ConnectState(in.OldState, in.NewState), nil
	case event.SalesforceAgentStateChange:
		return rule.SalesforceState(wordsFor(s, in.NewState)...), nil
	case event.SalesforceAgentLogout:
		return rule.Logout(), nil
	case event.SalesforceWorkAccepted:
		return rule.Accepted(in.Channel), nil
	}
	load := &event.CapacityObserved{Used: in.Workload, Max: in.Capacity}
	if load.TellsPrevious = in.PreviousWorkload != nil; load.TellsPrevious {
		load.Previous = *in.PreviousWorkload
	}
	return rule.Workload(load), nil
}

// wordsFor are the words by which rules may call a system's status.
func wordsFor(s *presence.System, text string) []string {
	for _, st := range s.Statuses {
		if st.Remote == text || st.Name == text || st.APIName == text {
			return []string{st.APIName, st.Name}
		}
	}
	return []string{text}
}

// verdictJSON says whether a rule acts on the event that was tried.
type verdictJSON struct {
	Rule int       `json:"rule"` // its place in the list
	ID   tandem.ID `json:"id"`
	Name string    `json:"name"`
	Acts bool      `json:"acts"`
	Why  string    `json:"why"`
}

// tryRules tells what the rules, those that are saved or those in the body,
// would make of an event. Nothing happens.
func (h *Handler) tryRules(q *request) (any, error) {
	var in struct {
		Event eventInput `json:"event"`
		Rules []ruleJSON `json:"rules"` // left out: those that are saved
	}
	if err := readUpTo(q, maxRulesBytes, &in); err != nil {
		return nil, err
	}
	rules, err := rulesOf(in.Rules)
	if err != nil {
		return nil, err
	}
	verdicts := []verdictJSON{}
	err = h.lookAt(q, func(_ View, s *presence.System) error {
		facts, err := in.Event.facts(s)
		if err != nil {
			return err
		}
		if in.Rules == nil {
			rules = s.Rules.Rules
		}
		for i, tried := range rule.Try(rules, facts) {
			verdicts = append(verdicts, verdictJSON{Rule: i, ID: tried.Rule.RuleID, Name: tried.Rule.Name, Acts: tried.Acts, Why: tried.Why})
		}
		return nil
	})
	return map[string]any{"verdicts": verdicts}, err
}
