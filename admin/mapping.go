package admin

import (
	"fmt"
	"regexp"
	"strings"

	"tandem"
	"tandem/event"
)

// mappingInput is one row of a mapping: statuses by name or id.
type mappingInput struct {
	Remote    string `json:"remote" doc:"The system's status, by name or id." need:"true"`
	Status    string `json:"status" doc:"The center's status, by name or id." need:"true"`
	Preferred bool   `json:"preferred" doc:"Of several rows with one status of the center, this is written."`
}

// mappingJSON is one row as it is shown.
type mappingJSON struct {
	Remote     string    `json:"remote" doc:"The id of the system's status."`
	RemoteName string    `json:"remote_name,omitempty" doc:"What it is called; left out: it is not listed (any more)."`
	StatusID   tandem.ID `json:"status_id" doc:"The center's status."`
	StatusName string    `json:"status_name,omitempty" doc:"What it is called; left out: it is gone."`
	Preferred  bool      `json:"preferred" doc:"Of several rows with one status of the center, this is written."`
}

// names are the statuses of a system and of the center, by id.
type names struct {
	kind     event.SystemKind
	remotes  map[string]string
	statuses map[tandem.ID]string
	signIn   string // what to do before statuses can be mapped; empty: nothing
}

// zendeskStatuses are the statuses that every Zendesk account has ("Zendesk:
// Unified Agent Status API"); they are known before the account was asked.
var zendeskStatuses = map[string]string{"2": "Offline", "3": "Online", "4": "Away", "5": "Transfers Only"}

// remoteForms are the forms of status ids, by kind of system. The first part in
// parentheses is what is kept: an id of Salesforce occurs with 15 and with 18
// characters.
var remoteForms = map[event.SystemKind]*regexp.Regexp{
	event.ZendeskSystem:       regexp.MustCompile(`^([0-9]{1,19})$`),
	event.SalesforceSystem:    regexp.MustCompile(`^(0|0N5[0-9A-Za-z]{12})(?:[0-9A-Za-z]{3})?$`),
	event.KustomerSystem:      regexp.MustCompile(`^([0-9a-f]{24})$`),
	event.AmazonConnectSystem: regexp.MustCompile(`^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`),
}

// namesOf collects the names that count for a system of a kind, which may not
// exist yet.
func namesOf(v View, system tandem.ID, kind event.SystemKind) names {
	n := names{kind: kind, remotes: map[string]string{}, statuses: map[tandem.ID]string{}, signIn: v.Presence.SignIn()}
	for id, st := range v.Presence.Statuses {
		n.statuses[id] = st.Name
	}
	s := v.Presence.Systems[system]
	if s == nil || len(s.Statuses) == 0 {
		if kind == event.ZendeskSystem {
			n.remotes = zendeskStatuses
		}
		return n
	}
	for _, st := range s.Statuses {
		n.remotes[st.Remote] = st.Name
	}
	return n
}

func (n names) mapping(rows []mappingInput) ([]event.MappingRow, error) {
	if n.signIn != "" && len(rows) > 0 {
		return nil, tandem.Errorf(tandem.Conflict, "mapping", "%s", n.signIn)
	}
	var mapping []event.MappingRow
	for i, in := range rows {
		remote, err := n.remote(fmt.Sprintf("mapping[%d].remote", i), in.Remote)
		if err != nil {
			return nil, err
		}
		status, err := n.status(fmt.Sprintf("mapping[%d].status", i), in.Status)
		if err != nil {
			return nil, err
		}
		mapping = append(mapping, event.MappingRow{Remote: remote, StatusID: status, Preferred: in.Preferred})
	}
	return mapping, nil
}

// remote finds a system's status. What is not listed (yet) is taken as an id
// where it has the form of one.
func (n names) remote(field, text string) (string, error) {
	if n.remotes[text] != "" {
		return text, nil
	}
	found, err := byName(n.remotes, tandem.SortedKeys(n.remotes), field, text)
	if err != nil || found != "" {
		return found, err
	}
	if form := remoteForms[n.kind]; form != nil {
		if id := form.FindStringSubmatch(text); id != nil {
			return id[1], nil
		}
	}
	return "", tandem.Errorf(tandem.Invalid, field, "the system has no status %q as far as is known; refresh its statuses, or give the id", text)
}

// status finds a status of the center.
func (n names) status(field, text string) (tandem.ID, error) {
	if id, err := tandem.ParseID(text); err == nil {
		return id, nil
	}
	found, err := byName(n.statuses, tandem.SortedIDs(n.statuses), field, text)
	if err == nil && found.IsZero() {
		err = tandem.Errorf(tandem.Invalid, field, "there is no agent status %q", text)
	}
	return found, err
}

// optional finds a status of the center, or none where the text is empty.
func (n names) optional(field, text string) (tandem.ID, error) {
	if text == "" {
		return tandem.ID{}, nil
	}
	return n.status(field, text)
}

// byName finds the one thing with a name: as written, or else in any case. The
// zero value means that there is none.
func byName[K comparable](all map[K]string, order []K, field, text string) (found K, err error) {
	for _, same := range []func(string) bool{
		func(name string) bool { return name == text },
		func(name string) bool { return strings.EqualFold(name, strings.TrimSpace(text)) },
	} {
		count := 0
		for _, k := range order {
			if same(all[k]) {
				found = k
				count++
			}
		}
		switch count {
		case 0:
			continue
		case 1:
			return found, nil
		}
		var none K
		return none, tandem.Errorf(tandem.Invalid, field, "%d statuses are called %q; give the id", count, text)
	}
	return found, nil
}
