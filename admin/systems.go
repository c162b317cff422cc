package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

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
)

// systemInput is a system as it is created and replaced. What is left out is
// off or empty, but for enabled (on), policy (the kind's own) and client_secret
// (as it was).
type systemInput struct {
	Kind         string         `json:"kind"`
	Name         string         `json:"name"`
	Enabled      *bool          `json:"enabled"`
	URL          string         `json:"url"`
	ClientID     string         `json:"client_id"`
	ClientSecret string         `json:"client_secret"`
	Policy       string         `json:"policy"`
	Mapping      []mappingInput `json:"mapping"`
	StatusSync   bool           `json:"status_sync"`
	FocusMode    bool           `json:"focus_mode"`
	Focus        string         `json:"focus"`
}

// check refuses what is too long or unknown.
func (in *systemInput) check() error {
	for _, f := range []struct {
		name, value string
		max         int
	}{{"name", in.Name, maxNameLength}, {"url", in.URL, maxURLLength}, {"client_id", in.ClientID, maxClientID},
		{"client_secret", in.ClientSecret, maxClientSecret}, {"focus", in.Focus, maxNameLength}} {
		if len(f.value) > f.max {
			return tandem.Errorf(tandem.Invalid, f.name, "at most %d characters", f.max)
		}
	}
	if len(in.Mapping) > maxMappingRows {
		return tandem.Errorf(tandem.Invalid, "mapping", "at most %d rows", maxMappingRows)
	}
	if in.Kind != event.ZendeskSystem.String() {
		return tandem.Errorf(tandem.Invalid, "kind", "%q cannot be connected; use %q", in.Kind, event.ZendeskSystem)
	}
	return nil
}

// settings turns input into what is saved; v has the statuses that names stand
// for.
func (in *systemInput) settings(id tandem.ID, v View) (event.SystemSaved, error) {
	policy, err := parsePolicy(in.Policy)
	if err != nil {
		return event.SystemSaved{}, err
	}
	names := namesOf(v, id)
	mapping, err := names.mapping(in.Mapping)
	if err != nil {
		return event.SystemSaved{}, err
	}
	focus := ""
	if in.Focus != "" {
		if focus, err = names.remote("focus", in.Focus); err != nil {
			return event.SystemSaved{}, err
		}
	}
	return event.SystemSaved{
		SystemID: id, System: event.ZendeskSystem, Name: in.Name, Enabled: in.Enabled == nil || *in.Enabled, Policy: policy,
		URL: in.URL, ClientID: in.ClientID, Mapping: mapping, StatusSync: in.StatusSync, FocusMode: in.FocusMode, Focus: focus,
	}, nil
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

// readSystem reads and checks the settings in a body.
func (h *Handler) readSystem(q *request, id tandem.ID) (in systemInput, s event.SystemSaved, err error) {
	if err = read(q, &in); err == nil {
		err = in.check()
	}
	if err != nil {
		return in, s, err
	}
	var wrong error
	if err = h.look(q, func(v View) { s, wrong = in.settings(id, v) }); err == nil {
		err = wrong
	}
	if err == nil && h.cfg.CheckSystem != nil {
		err = h.cfg.CheckSystem(s)
	}
	return in, s, err
}

func (h *Handler) createSystem(q *request) (any, error) {
	var random [16]byte
	rand.Read(random[:])
	q.system = tandem.NewID(random)
	in, s, err := h.readSystem(q, q.system)
	if err != nil {
		return nil, err
	}
	if in.ClientSecret == "" {
		return nil, tandem.Errorf(tandem.Invalid, "client_secret", "give the secret of the OAuth client")
	}
	return h.save(q, s, true, in.ClientSecret)
}

func (h *Handler) updateSystem(q *request) (any, error) {
	old, err := h.find(q)
	if err != nil {
		return nil, err
	}
	in, s, err := h.readSystem(q, q.system)
	if err != nil {
		return nil, err
	}
	if in.URL != old.Saved.URL && in.ClientSecret == "" {
		return nil, tandem.Errorf(tandem.Invalid, "client_secret", "give the secret again when the URL changes: it is not sent to another place by itself")
	}
	return h.save(q, s, false, in.ClientSecret)
}

// save keeps the secret first, so that a connector never uses new settings with
// an old secret, and puts the old one back if the settings are refused.
func (h *Handler) save(q *request, s event.SystemSaved, isNew bool, secret string) (any, error) {
	undo := func(err error) error { return err }
	if secret != "" {
		name := connector.SecretName(s.SystemID, connector.ClientSecret)
		before, err := h.cfg.Secrets.Secret(q.Context(), name)
		if err != nil && !absent(err) {
			return nil, fmt.Errorf("read the client secret: %w", err)
		}
		if err := h.cfg.Secrets.PutSecret(q.Context(), name, []byte(secret)); err != nil {
			return nil, fmt.Errorf("keep the client secret: %w", err)
		}
		undo = func(err error) error { return errors.Join(err, h.putBack(q.Context(), name, before)) }
	}
	if _, err := h.do(q, presence.SaveSystem{System: s, New: isNew}); err != nil {
		return nil, undo(err)
	}
	if secret != "" && !isNew {
		h.cfg.Connectors.Restart(s.SystemID)
	}
	return h.showSystem(q)
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

func (h *Handler) deleteSystem(q *request) (any, error) {
	if _, err := h.do(q, presence.DeleteSystem{SystemID: q.system}); err != nil {
		return nil, err
	}
	for _, what := range []string{connector.ClientSecret, connector.WebhookSecret} {
		if err := h.cfg.Secrets.DeleteSecret(q.Context(), connector.SecretName(q.system, what)); err != nil && !absent(err) {
			return nil, fmt.Errorf("the system is deleted, its %s is not: %w", what, err)
		}
	}
	return map[string]tandem.ID{"deleted": q.system}, nil
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
