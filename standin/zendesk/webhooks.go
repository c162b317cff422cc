package zendesk

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// EventUnifiedStateChanged is the one event type the stand-in sends.
const EventUnifiedStateChanged = "zen:event-type:agent.unified_state_changed"

// ticketEvents connects a webhook to triggers; it excludes event types.
const ticketEvents = "conditional_ticket_events"

const (
	webhookLimit    = 100
	invocationLimit = 1000
)

// webhook is one registration; secret and record are guarded by hooks.mu.
type webhook struct {
	settings  webhookSettings
	id        string
	createdAt time.Time
	secret    string
	record    []*invocation
}

type webhookSettings struct {
	Name           string            `json:"name"`
	Description    string            `json:"description,omitempty"`
	Status         string            `json:"status"`
	Endpoint       string            `json:"endpoint"`
	HTTPMethod     string            `json:"http_method"`
	RequestFormat  string            `json:"request_format"`
	Subscriptions  []string          `json:"subscriptions"`
	Authentication *webhookAuth      `json:"authentication,omitempty"`
	CustomHeaders  map[string]string `json:"custom_headers,omitempty"`
}

type webhookAuth struct {
	Type        string         `json:"type"`
	AddPosition string         `json:"add_position"`
	Data        *webhookAuthIn `json:"data,omitempty"`
}

type webhookAuthIn struct {
	Token    string `json:"token,omitempty"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Name     string `json:"name,omitempty"`
	Value    string `json:"value,omitempty"`
}

// check returns what is wrong with a registration, or "".
func (s webhookSettings) check() string {
	target, err := url.Parse(s.Endpoint)
	forEvents := !slices.Contains(s.Subscriptions, ticketEvents)
	switch {
	case strings.TrimSpace(s.Name) == "":
		return "name cannot be blank"
	case s.Status != "active" && s.Status != "inactive":
		return "status must be active or inactive"
	case err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https"):
		return "endpoint must be an absolute http or https URL"
	case !forEvents && len(s.Subscriptions) > 1:
		return "a webhook is connected either to triggers or to event types, not both"
	case forEvents && (s.HTTPMethod != http.MethodPost || s.RequestFormat != "json"):
		return "a webhook subscribed to events must use POST and json"
	case len(s.Subscriptions) == 0:
		return "subscriptions cannot be empty"
	}
	for _, event := range s.Subscriptions {
		if forEvents && !strings.HasPrefix(event, "zen:event-type:") {
			return fmt.Sprintf("%q is not an event type", event)
		}
	}
	return s.Authentication.check()
}

func (a *webhookAuth) check() string {
	switch {
	case a == nil:
		return ""
	case a.AddPosition != "header" || a.Data == nil:
		return "authentication needs add_position header and data"
	case a.Type != "bearer_token" && a.Type != "basic_auth" && a.Type != "api_key":
		return "authentication type must be bearer_token, basic_auth or api_key"
	}
	return ""
}

func (a *webhookAuth) apply(r *http.Request) {
	switch {
	case a == nil:
	case a.Type == "bearer_token":
		r.Header.Set("Authorization", "Bearer "+a.Data.Token)
	case a.Type == "basic_auth":
		r.SetBasicAuth(a.Data.Username, a.Data.Password)
	case a.Type == "api_key":
		r.Header.Set(a.Data.Name, a.Data.Value)
	}
}

// json shows a webhook; credentials are not given back.
func (h *webhook) json() object {
	s := h.settings
	shown := object{
		"id": h.id, "name": s.Name, "description": s.Description, "status": s.Status, "endpoint": s.Endpoint,
		"http_method": s.HTTPMethod, "request_format": s.RequestFormat, "subscriptions": s.Subscriptions,
		"created_at": h.createdAt.Format(time.RFC3339), "created_by": fmt.Sprint(integrationUserID),
	}
	if s.Authentication != nil {
		shown["authentication"] = object{"type": s.Authentication.Type, "add_position": s.Authentication.AddPosition}
	}
	if len(s.CustomHeaders) > 0 {
		shown["custom_headers"] = s.CustomHeaders
	}
	return shown
}

func (h *webhook) wants(event string) bool {
	return h.settings.Status == "active" && slices.Contains(h.settings.Subscriptions, event)
}

func webhookError(w http.ResponseWriter, status int, code, title string) {
	writeJSON(w, status, object{"errors": []object{{"code": code, "title": title, "status": fmt.Sprint(status)}}})
}

func (h *hooks) create(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Webhook webhookSettings `json:"webhook"`
	}
	if !readJSON(w, r, &request) {
		return
	}
	if wrong := request.Webhook.check(); wrong != "" {
		webhookError(w, http.StatusBadRequest, "InvalidWebhook", wrong)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.registered) >= webhookLimit {
		webhookError(w, http.StatusForbidden, "WebhookLimitReached", fmt.Sprintf("the account already has %d webhooks", webhookLimit))
		return
	}
	now := h.now()
	hook := &webhook{settings: request.Webhook, id: h.ids.next(now), createdAt: now, secret: secret()}
	h.registered = append(h.registered, hook)
	writeJSON(w, http.StatusCreated, object{"webhook": hook.json()})
}

func (h *hooks) list(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, err := cursorPage(r, h.registered, func(hook *webhook) string { return hook.id })
	if err != nil {
		webhookError(w, http.StatusBadRequest, "InvalidPaginationParameter", err.Error())
		return
	}
	shown := []object{}
	for _, hook := range p.items {
		shown = append(shown, hook.json())
	}
	writeJSON(w, http.StatusOK, object{"webhooks": shown, "meta": p.meta, "links": p.links})
}

// with runs do on the webhook of the path under the lock, or answers 404.
func (h *hooks) with(w http.ResponseWriter, r *http.Request, do func(*webhook)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.registered, func(hook *webhook) bool { return hook.id == r.PathValue("id") })
	if i < 0 {
		webhookError(w, http.StatusNotFound, "WebhookNotFound", "no webhook has this id")
		return
	}
	do(h.registered[i])
}

func (h *hooks) show(w http.ResponseWriter, r *http.Request) {
	h.with(w, r, func(hook *webhook) { writeJSON(w, http.StatusOK, object{"webhook": hook.json()}) })
}

func (h *hooks) remove(w http.ResponseWriter, r *http.Request) {
	h.with(w, r, func(gone *webhook) {
		h.registered = slices.DeleteFunc(h.registered, func(hook *webhook) bool { return hook == gone })
		w.WriteHeader(http.StatusNoContent)
	})
}

func (h *hooks) showSecret(w http.ResponseWriter, r *http.Request) {
	h.with(w, r, func(hook *webhook) {
		writeJSON(w, http.StatusOK, object{"signing_secret": object{"algorithm": "SHA256", "secret": hook.secret}})
	})
}

func (h *hooks) resetSecret(w http.ResponseWriter, r *http.Request) {
	h.with(w, r, func(hook *webhook) {
		hook.secret = secret()
		writeJSON(w, http.StatusCreated, object{"signing_secret": object{"algorithm": "SHA256", "secret": hook.secret}})
	})
}

func (h *hooks) listInvocations(w http.ResponseWriter, r *http.Request) {
	h.with(w, r, func(hook *webhook) {
		p, err := cursorPage(r, hook.record, func(i *invocation) string { return i.id })
		if err != nil {
			webhookError(w, http.StatusBadRequest, "InvalidPaginationParameter", err.Error())
			return
		}
		shown := []object{}
		for _, i := range p.items {
			shown = append(shown, i.json())
		}
		writeJSON(w, http.StatusOK, object{"invocations": shown, "meta": p.meta, "links": p.links})
	})
}
