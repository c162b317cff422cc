package admin

import (
	"maps"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// systemJSON is a system as it is shown.
type systemJSON struct {
	ID              tandem.ID     `json:"id" doc:"Its id."`
	Kind            string        `json:"kind" doc:"What it is." enum:"zendesk,salesforce,kustomer,amazon_connect"`
	Name            string        `json:"name" doc:"What it is called."`
	Enabled         bool          `json:"enabled" doc:"Whether it is switched on."`
	URL             string        `json:"url" doc:"The base of its API."`
	ClientID        string        `json:"client_id" doc:"The OAuth client, or the access key's id."`
	HasClientSecret bool          `json:"has_client_secret" doc:"Whether there is a client secret."`
	HasWebhook      bool          `json:"has_webhook" doc:"Whether its webhooks are signed with a secret that is kept."`
	Policy          string        `json:"policy" doc:"Whose wish counts when statuses differ." enum:"last_action_wins,master"`
	Mapping         []mappingJSON `json:"mapping" doc:"What its statuses mean."`
	StatusSync      bool          `json:"status_sync" doc:"Whether statuses are kept in step by the mapping."`
	FocusMode       bool          `json:"focus_mode" doc:"Whether an agent on a contact is shown in the focus status."`
	Focus           string        `json:"focus" doc:"The id of the focus status there; empty: none was chosen."`
	FocusName       string        `json:"focus_name,omitempty" doc:"What the focus status is called."`

	PartialCapacityStatusID   tandem.ID         `json:"partial_capacity_status_id" doc:"The center's status of an available agent who has some work there; empty: the load is not shown."`
	PartialCapacityStatusName string            `json:"partial_capacity_status_name,omitempty" doc:"What it is called."`
	AtCapacityStatusID        tandem.ID         `json:"at_capacity_status_id" doc:"The center's status of an available agent who can take no more work there; empty: the load is not shown."`
	AtCapacityStatusName      string            `json:"at_capacity_status_name,omitempty" doc:"What it is called."`
	Settings                  map[string]string `json:"settings" doc:"What else its kind needs, such as the region."`
	ModifiedAt                string            `json:"modified_at" doc:"When it was saved last (RFC 3339)."`
}

// systemList lists systems.
type systemList struct {
	Systems []systemJSON `json:"systems" doc:"By id."`
}

func showSystem(s event.SystemSaved, names names) systemJSON {
	j := systemJSON{
		ID: s.SystemID, Kind: s.System.String(), Name: s.Name, Enabled: s.Enabled, URL: s.URL, ClientID: s.ClientID,
		Policy: s.Policy.String(), Mapping: []mappingJSON{}, StatusSync: s.StatusSync, FocusMode: s.FocusMode,
		Focus: s.Focus, FocusName: names.remotes[s.Focus], ModifiedAt: s.ModifiedAt.String(),
		PartialCapacityStatusID: s.PartialCapacityStatusID, PartialCapacityStatusName: names.statuses[s.PartialCapacityStatusID],
		AtCapacityStatusID: s.AtCapacityStatusID, AtCapacityStatusName: names.statuses[s.AtCapacityStatusID],
		Settings: map[string]string{},
	}
	maps.Copy(j.Settings, s.Settings)
	for _, r := range s.Mapping {
		j.Mapping = append(j.Mapping, mappingJSON{
			Remote: r.Remote, RemoteName: names.remotes[r.Remote], StatusID: r.StatusID, StatusName: names.statuses[r.StatusID], Preferred: r.Preferred,
		})
	}
	return j
}

func showSystemOf(v View, s *presence.System) systemJSON {
	return showSystem(s.Saved, namesOf(v, s.Saved.SystemID, s.Saved.System))
}

func (h *Handler) listSystems(q *request) (systemList, error) {
	list := []systemJSON{}
	err := h.look(q, func(v View) {
		for _, id := range tandem.SortedIDs(v.Presence.Systems) {
			list = append(list, showSystemOf(v, v.Presence.Systems[id]))
		}
	})
	for i := range list {
		h.addSecrets(q, &list[i])
	}
	return systemList{list}, err
}

func (h *Handler) showSystem(q *request) (*systemJSON, error) {
	var shown *systemJSON
	err := h.look(q, func(v View) {
		if s := v.Presence.Systems[q.system]; s != nil {
			j := showSystemOf(v, s)
			shown = &j
		}
	})
	if err == nil && shown == nil {
		err = tandem.Errorf(tandem.NotFound, "system_id", "there is no system %s", q.system)
	}
	if err != nil {
		return nil, err
	}
	h.addSecrets(q, shown)
	return shown, nil
}

// addSecrets tells which secrets there are.
func (h *Handler) addSecrets(q *request, j *systemJSON) {
	has := func(what string) bool {
		_, err := h.cfg.Secrets.Secret(q.Context(), connector.SecretName(j.ID, what))
		return err == nil
	}
	j.HasClientSecret, j.HasWebhook = has(connector.ClientSecret), has(connector.WebhookSecret)
}

// statusJSON is a status that a system offers.
type statusJSON struct {
	ID       string `json:"id" doc:"Its id there."`
	Name     string `json:"name" doc:"What it is called."`
	APIName  string `json:"api_name,omitempty" doc:"Its name for programs, as rules name it."`
	Custom   bool   `json:"custom" doc:"Whether people made it, rather than the system."`
	Focusing bool   `json:"focusing" doc:"Whether it can be the focus status: it keeps other work away."`
}

// statusList lists statuses of a system.
type statusList struct {
	Statuses []statusJSON `json:"statuses" doc:"As the system lists them."`
}

func (h *Handler) listStatuses(q *request) (statusList, error) {
	list := []statusJSON{}
	s, err := h.find(q)
	if err != nil {
		return statusList{}, err
	}
	for _, st := range s.Statuses {
		list = append(list, statusJSON{ID: st.Remote, Name: st.Name, APIName: st.APIName, Custom: st.Custom, Focusing: st.Focusing})
	}
	return statusList{list}, nil
}

// refreshSystem reads the statuses and agents anew and answers with the
// statuses.
func (h *Handler) refreshSystem(q *request) (statusList, error) {
	if _, err := h.find(q); err != nil {
		return statusList{}, err
	}
	if err := h.cfg.Connectors.Refresh(q.Context(), q.system); err != nil {
		return statusList{}, err
	}
	return h.listStatuses(q)
}
