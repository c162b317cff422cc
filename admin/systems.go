package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// Limits of a system's settings.
const (
	maxNameLength   = 128
	maxURLLength    = 512
	maxClientID     = 256
	maxClientSecret = 4096
	maxMappingRows  = 200
	maxSettings     = 20
	maxSetting      = 1024
)

// kinds are the kinds of system that can be connected.
var kinds = []event.SystemKind{event.ZendeskSystem, event.SalesforceSystem, event.KustomerSystem, event.AmazonConnectSystem}

// secretOf says what the client secret is, by kind.
var secretOf = map[event.SystemKind]string{
	event.ZendeskSystem:       "give the secret of the OAuth client",
	event.SalesforceSystem:    "give the consumer secret of the connected app, or the private key in PEM that it trusts",
	event.KustomerSystem:      "give an API key of the organization",
	event.AmazonConnectSystem: "give the secret access key that belongs to client_id",
}

// systemInput is a system as it is created and replaced. What is left out is
// off or empty, but for enabled (on), policy (the kind's own) and client_secret
// (as it was). Statuses are given by name or id.
type systemInput struct {
	Kind         string         `json:"kind" doc:"What it is." enum:"zendesk,salesforce,kustomer,amazon_connect" need:"true"`
	Name         string         `json:"name" doc:"What to call it; no other system is called so." need:"true"`
	Enabled      *bool          `json:"enabled" doc:"Whether it is switched on; it is, if left out."`
	URL          string         `json:"url" doc:"The base of its API, such as https://example.zendesk.com." need:"true"`
	ClientID     string         `json:"client_id" doc:"The OAuth client, the consumer key, or the access key's id; kustomer has none."`
	ClientSecret string         `json:"client_secret" doc:"Its secret; left out when replacing: as it was."`
	Policy       string         `json:"policy" doc:"Whose wish counts when statuses differ; left out: master for zendesk, else last_action_wins." enum:",last_action_wins,master"`
	Mapping      []mappingInput `json:"mapping" doc:"What its statuses mean."`
	StatusSync   bool           `json:"status_sync" doc:"Keep statuses in step by the mapping."`
	FocusMode    bool           `json:"focus_mode" doc:"Show an agent on a contact in the focus status."`
	Focus        string         `json:"focus" doc:"The focus status there, by name or id."`

	PartialCapacityStatus string            `json:"partial_capacity_status" doc:"The center's status of an available agent who has some work there, by name or id; empty: none."`
	AtCapacityStatus      string            `json:"at_capacity_status" doc:"The center's status of an available agent who can take no more work there, by name or id; empty: none."`
	Settings              map[string]string `json:"settings" doc:"What else its kind needs; no secrets."`
}

// kind is the kind of system that is meant.
func (in *systemInput) kind() (event.SystemKind, error) {
	var names []string
	for _, k := range kinds {
		if k.String() == in.Kind {
			return k, nil
		}
		names = append(names, k.String())
	}
	return 0, tandem.Errorf(tandem.Invalid, "kind", "%q cannot be connected; use one of: %s", in.Kind, strings.Join(names, ", "))
}

// check refuses what is too long or unknown.
func (in *systemInput) check() error {
	for _, f := range []struct {
		name, value string
		max         int
	}{{"name", in.Name, maxNameLength}, {"url", in.URL, maxURLLength}, {"client_id", in.ClientID, maxClientID},
		{"client_secret", in.ClientSecret, maxClientSecret}, {"focus", in.Focus, maxNameLength},
		{"partial_capacity_status", in.PartialCapacityStatus, maxNameLength}, {"at_capacity_status", in.AtCapacityStatus, maxNameLength}} {
		if len(f.value) > f.max {
			return tandem.Errorf(tandem.Invalid, f.name, "at most %d characters", f.max)
		}
	}
	if len(in.Mapping) > maxMappingRows {
		return tandem.Errorf(tandem.Invalid, "mapping", "at most %d rows", maxMappingRows)
	}
	if len(in.Settings) > maxSettings {
		return tandem.Errorf(tandem.Invalid, "settings", "at most %d settings", maxSettings)
	}
	for _, name := range tandem.SortedKeys(in.Settings) {
		if len(name) > maxNameLength || len(in.Settings[name]) > maxSetting {
			return tandem.Errorf(tandem.Invalid, "settings", "at most %d characters in a name and %d in a value", maxNameLength, maxSetting)
		}
	}
	_, err := in.kind()
	return err
}

// settings turns input into what is saved; v has the statuses that names stand
// for.
func (in *systemInput) settings(id tandem.ID, v View) (s event.SystemSaved, err error) {
	s = event.SystemSaved{
		SystemID: id, Name: in.Name, Enabled: in.Enabled == nil || *in.Enabled, URL: in.URL, ClientID: in.ClientID,
		StatusSync: in.StatusSync, FocusMode: in.FocusMode,
	}
	if len(in.Settings) > 0 {
		s.Settings = in.Settings
	}
	if s.System, err = in.kind(); err != nil {
		return s, err
	}
	if s.Policy, err = parsePolicy(in.Policy); err != nil {
		return s, err
	}
	names := namesOf(v, id, s.System)
	if s.Mapping, err = names.mapping(in.Mapping); err != nil {
		return s, err
	}
	if in.Focus != "" {
		if s.Focus, err = names.remote("focus", in.Focus); err != nil {
			return s, err
		}
	}
	if s.PartialCapacityStatusID, err = names.optional("partial_capacity_status", in.PartialCapacityStatus); err != nil {
		return s, err
	}
	s.AtCapacityStatusID, err = names.optional("at_capacity_status", in.AtCapacityStatus)
	return s, err
}

func parsePolicy(text string) (event.Policy, error) {
	if text == "" {
		return 0, nil
	}
	for _, p := range []event.Policy{event.LastActionWins, event.Master} {
		if p.String() == text {
			return p, nil
		}
	}
	return 0, tandem.Errorf(tandem.Invalid, "policy", "use %s or %s", event.LastActionWins, event.Master)
}

// settingsOf checks the settings in a body.
func (h *Handler) settingsOf(q *request, in *systemInput, id tandem.ID) (s event.SystemSaved, err error) {
	if err = in.check(); err != nil {
		return s, err
	}
	var wrong error
	if err = h.look(q, func(v View) { s, wrong = in.settings(id, v) }); err == nil {
		err = wrong
	}
	if err == nil {
		err = h.checkSettings(s)
	}
	return s, err
}

func (h *Handler) checkSettings(s event.SystemSaved) error {
	if h.cfg.CheckSystem == nil {
		return nil
	}
	return h.cfg.CheckSystem(s)
}

func (h *Handler) createSystem(q *request, in *systemInput) (*systemJSON, error) {
	var random [16]byte
	rand.Read(random[:])
	q.system = tandem.NewID(random)
	s, err := h.settingsOf(q, in, q.system)
	if err != nil {
		return nil, err
	}
	if in.ClientSecret == "" {
		return nil, tandem.Errorf(tandem.Invalid, "client_secret", "%s", secretOf[s.System])
	}
	save := presence.SaveSystem{System: s, New: true}
	if err := h.withSecret(q, in.ClientSecret, save); err != nil {
		return nil, err
	}
	return h.showSystem(q)
}

func (h *Handler) updateSystem(q *request, in *systemInput) (*systemJSON, error) {
	old, err := h.find(q)
	if err != nil {
		return nil, err
	}
	s, err := h.settingsOf(q, in, q.system)
	if err != nil {
		return nil, err
	}
	if in.URL != old.Saved.URL && in.ClientSecret == "" {
		return nil, tandem.Errorf(tandem.Invalid, "client_secret", "give the secret again when the URL changes: it is not sent to another place by itself")
	}
	save := presence.SaveSystem{System: s, NewSecret: in.ClientSecret != ""}
	if err := h.withSecret(q, in.ClientSecret, save); err != nil {
		return nil, err
	}
	if in.ClientSecret != "" {
		h.cfg.Connectors.Restart(q.system)
	}
	return h.showSystem(q)
}

// secretInput is a secret that replaces another.
type secretInput struct {
	ClientSecret string `json:"client_secret" doc:"The new secret." need:"true"`
}

// replaceSecret replaces a secret while everything runs.
func (h *Handler) replaceSecret(q *request, in *secretInput) (*systemJSON, error) {
	s, err := h.find(q)
	switch {
	case err != nil:
		return nil, err
	case in.ClientSecret == "":
		return nil, tandem.Errorf(tandem.Invalid, "client_secret", "%s", secretOf[s.Saved.System])
	case len(in.ClientSecret) > maxClientSecret:
		return nil, tandem.Errorf(tandem.Invalid, "client_secret", "at most %d characters", maxClientSecret)
	}
	if err := h.withSecret(q, in.ClientSecret, presence.NoteSecret{SystemID: q.system}); err != nil {
		return nil, err
	}
	h.cfg.Connectors.Restart(q.system)
	return h.showSystem(q)
}

// withSecret keeps a secret, unless it is empty, and then makes a change. The
// secret comes first, so that a connector never uses new settings with an old
// one; the old one is put back if the change is refused.
func (h *Handler) withSecret(q *request, secret string, change any) error {
	if secret == "" {
		_, err := h.do(q, change)
		return err
	}
	name := connector.SecretName(q.system, connector.ClientSecret)
	before, err := h.cfg.Secrets.Secret(q.Context(), name)
	if err != nil && !absent(err) {
		return fmt.Errorf("read the client secret: %w", err)
	}
	if err := h.cfg.Secrets.PutSecret(q.Context(), name, []byte(secret)); err != nil {
		return fmt.Errorf("keep the client secret: %w", err)
	}
	if _, err := h.do(q, change); err != nil {
		return errors.Join(err, h.putBack(q.Context(), name, before))
	}
	return nil
}

func (h *Handler) putBack(ctx context.Context, name string, before []byte) error {
	if before == nil {
		return h.cfg.Secrets.DeleteSecret(ctx, name)
	}
	return h.cfg.Secrets.PutSecret(ctx, name, before)
}

func absent(err error) bool {
	var refusal *tandem.Error
	return errors.As(err, &refusal) && refusal.Kind == tandem.NotFound
}

// deletedJSON says which system was deleted.
type deletedJSON struct {
	Deleted tandem.ID `json:"deleted" doc:"The system."`
}

func (h *Handler) deleteSystem(q *request) (deletedJSON, error) {
	if _, err := h.do(q, presence.DeleteSystem{SystemID: q.system}); err != nil {
		return deletedJSON{}, err
	}
	for _, what := range []string{connector.ClientSecret, connector.WebhookSecret, connector.ConsoleKey} {
		if err := h.cfg.Secrets.DeleteSecret(q.Context(), connector.SecretName(q.system, what)); err != nil && !absent(err) {
			return deletedJSON{}, fmt.Errorf("the system is deleted, its %s is not: %w", what, err)
		}
	}
	return deletedJSON{q.system}, nil
}

// find copies what is known of the request's system.
func (h *Handler) find(q *request) (*presence.System, error) {
	var found *presence.System
	err := h.look(q, func(v View) {
		if s := v.Presence.Systems[q.system]; s != nil {
			found = &presence.System{Saved: s.Saved, Statuses: append([]event.RemoteStatus(nil), s.Statuses...)}
		}
	})
	if err == nil && found == nil {
		err = tandem.Errorf(tandem.NotFound, "system_id", "there is no system %s", q.system)
	}
	return found, err
}
