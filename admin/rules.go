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

func (h *Handler) showRules(q *request) (rulesJSON, error) {
	var shown rulesJSON
	var users map[tandem.ID]string
	if err := h.lookAt(q, func(v View, s *presence.System) error { shown, users = showRules(v, s), usernames(v); return nil }); err != nil {
		return shown, err
	}
	fired, err := h.cfg.Tables.LastFired(q.Context(), q.instance, q.system)
	for _, r := range shown.Rules {
		if f, ok := fired[r.ID]; ok {
			shown.Fired = append(shown.Fired, firedJSON{RuleID: r.ID, At: f.At.String(), UserID: f.UserID, Username: users[f.UserID], Detail: f.Detail})
		}
	}
	return shown, err
}

// saveRules replaces the rules and answers with them, and with what is wrong
// with them but can be saved.
func (h *Handler) saveRules(q *request, in *rulesInput) (rulesJSON, error) {
	rules, err := rulesOf(in.Rules)
	if err != nil {
		return rulesJSON{}, err
	}
	var policy event.SessionEndPolicy
	if err := h.lookAt(q, func(v View, s *presence.System) (err error) {
		policy, err = in.SessionEnd.policy(namesOf(v, q.system, s.Saved.System))
		return err
	}); err != nil {
		return rulesJSON{}, err
	}
	if _, err := h.do(q, presence.SaveRules{SystemID: q.system, Enabled: in.Enabled, Rules: rules, SessionEnd: policy}); err != nil {
		return rulesJSON{}, err
	}
	return h.showRules(q)
}

// rowJSON is one row of an import.
type rowJSON struct {
	Place    string   `json:"place" doc:"Where it stands in the file."`
	Raw      string   `json:"raw" doc:"As it stands there."`
	Rejected string   `json:"rejected,omitempty" doc:"Why it is left out."`
	Warnings []string `json:"warnings" doc:"What to look at."`
}

// importJSON is what an import would do.
type importJSON struct {
	Rows     []rowJSON     `json:"rows" doc:"Each row of the file."`
	Rules    []ruleJSON    `json:"rules" doc:"The rules; they can be put as they are."`
	Findings []findingJSON `json:"findings" doc:"What is wrong with them."`
}

// importRules reads rules that were exported elsewhere, as CSV or as JSON, and
// tells what saving them would do. It saves nothing: the rules of the answer
// can be put as they are.
func (h *Handler) importRules(q *request) (importJSON, error) {
	switch kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type")); kind {
	case "text/csv", "application/json":
	default:
		return importJSON{}, tandem.Errorf(tandem.Invalid, "Content-Type", "send the exported rules as text/csv or application/json")
	}
	file, err := io.ReadAll(http.MaxBytesReader(q.w, q.Body, q.maxBody))
	if err != nil {
		return importJSON{}, unreadable(err)
	}
	var known rule.Known
	if err := h.lookAt(q, func(v View, _ *presence.System) error { known = v.Known(q.system); return nil }); err != nil {
		return importJSON{}, err
	}
	report, err := rule.Import(file, known)
	if err != nil {
		return importJSON{}, tandem.Errorf(tandem.Invalid, "", "%v", err)
	}
	return showReport(report), nil
}

func showReport(report *rule.Report) importJSON {
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
	return importJSON{rows, rules, showFindings(report.Findings)}
}

// eventInput is an event to try rules with. Statuses of Salesforce go by their
// label, API name or id.
type eventInput struct {
	Source           string  `json:"source" doc:"What happens, such as Connect Agent State Change." need:"true"`
	OldState         string  `json:"old_state" doc:"Of Connect: the state before."`
	NewState         string  `json:"new_state" doc:"Of Connect or Salesforce: the state since."`
	Channel          string  `json:"channel" doc:"Of accepted work: the service channel's DeveloperName."`
	Workload         uint32  `json:"workload" doc:"Of a changed workload: how much there is."`
	PreviousWorkload *uint32 `json:"previous_workload" doc:"How much there was; left out: not known."`
	Capacity         uint32  `json:"capacity" doc:"How much the agent can take."`
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
	Rule int       `json:"rule" doc:"Its place in the list, from 0."`
	ID   tandem.ID `json:"id" doc:"Its id; empty: it was not saved."`
	Name string    `json:"name" doc:"What it is called."`
	Acts bool      `json:"acts" doc:"Whether it acts."`
	Why  string    `json:"why" doc:"Why, or why not."`
}

// tryInput is an event, and the rules to try.
type tryInput struct {
	Event eventInput `json:"event" doc:"The event." need:"true"`
	Rules []ruleJSON `json:"rules" doc:"The rules to try; left out: those that are saved."`
}

// verdictList says what the rules make of an event.
type verdictList struct {
	Verdicts []verdictJSON `json:"verdicts" doc:"In the order of the rules."`
}

// tryRules tells what the rules, those that are saved or those in the body,
// would make of an event. Nothing happens.
func (h *Handler) tryRules(q *request, in *tryInput) (verdictList, error) {
	rules, err := rulesOf(in.Rules)
	if err != nil {
		return verdictList{}, err
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
	return verdictList{verdicts}, err
}
