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
	ID              tandem.ID     `json:"id"`
	Kind            string        `json:"kind"`
	Name            string        `json:"name"`
	Enabled         bool          `json:"enabled"`
	URL             string        `json:"url"`
	ClientID        string        `json:"client_id"`
	HasClientSecret bool          `json:"has_client_secret"`
	HasWebhook      bool          `json:"has_webhook"`
	Policy          string        `json:"policy"`
	Mapping         []mappingJSON `json:"mapping"`
	StatusSync      bool          `json:"status_sync"`
	FocusMode       bool          `json:"focus_mode"`
	Focus           string        `json:"focus"`
	FocusName       string        `json:"focus_name,omitempty"`
	// The center's statuses for an agent's load; zero: none.
	PartialCapacityStatusID   tandem.ID         `json:"partial_capacity_status_id"`
	PartialCapacityStatusName string            `json:"partial_capacity_status_name,omitempty"`
	AtCapacityStatusID        tandem.ID         `json:"at_capacity_status_id"`
	AtCapacityStatusName      string            `json:"at_capacity_status_name,omitempty"`
	Settings                  map[string]string `json:"settings"`
	ModifiedAt                string            `json:"modified_at"`
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

func (h *Handler) listSystems(q *request) (any, error) {
	list := []systemJSON{}
	err := h.look(q, func(v View) {
		for _, id := range tandem.SortedIDs(v.Presence.Systems) {
			list = append(list, showSystemOf(v, v.Presence.Systems[id]))
		}
	})
	for i := range list {
		h.addSecrets(q, &list[i])
	}
	return map[string]any{"systems": list}, err
}

func (h *Handler) showSystem(q *request) (any, error) {
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
	ID       string `json:"id"`
	Name     string `json:"name"`
	APIName  string `json:"api_name,omitempty"` // for programs, as rules name it
	Custom   bool   `json:"custom"`
	Focusing bool   `json:"focusing"`
}

func (h *Handler) listStatuses(q *request) (any, error) {
	s, err := h.find(q)
	if err != nil {
		return nil, err
	}
	list := []statusJSON{}
	for _, st := range s.Statuses {
		list = append(list, statusJSON{ID: st.Remote, Name: st.Name, APIName: st.APIName, Custom: st.Custom, Focusing: st.Focusing})
	}
	return map[string]any{"statuses": list}, nil
}

// refreshSystem reads the statuses and agents anew and answers with the
// statuses.
func (h *Handler) refreshSystem(q *request) (any, error) {
	if _, err := h.find(q); err != nil {
		return nil, err
	}
	if err := h.cfg.Connectors.Refresh(q.Context(), q.system); err != nil {
		return nil, err
	}
	return h.listStatuses(q)
}
