package zendesk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

const (
	pageSize = "100"
	maxPages = 200 // of one listing; more is a fault of the account's cursor
)

const (
	statusesPath       = "/api/v2/agent_availabilities/agent_statuses"
	availabilitiesPath = "/api/v2/agent_availabilities"
	usersPath          = "/api/v2/users"
	webhooksPath       = "/api/v2/webhooks"
)

// page is the part that all cursor pages have ("Zendesk: Pagination").
type page struct {
	Meta struct {
		HasMore     bool   `json:"has_more"`
		AfterCursor string `json:"after_cursor"`
	} `json:"meta"`
}

func (p *page) next() string {
	if !p.Meta.HasMore {
		return ""
	}
	return p.Meta.AfterCursor
}

// paged is an answer with a page.
type paged interface{ next() string }

// pages reads every page of a listing. The addresses of further pages are made
// here, not taken from the answer.
func pages[T paged](ctx context.Context, c *client, p priority, path string, query url.Values, make func() T, each func(T) error) error {
	query.Set("page[size]", pageSize)
	for range maxPages {
		answer := make()
		if err := c.call(ctx, p, http.MethodGet, path+"?"+query.Encode(), nil, answer); err != nil {
			return err
		}
		if err := each(answer); err != nil {
			return err
		}
		cursor := answer.next()
		if cursor == "" {
			return nil
		}
		query.Set("page[after]", cursor)
	}
	return fmt.Errorf("%s has more than %d pages", path, maxPages)
}

// statusesAnswer is GET agent_statuses: the default ones come on every page.
type statusesAnswer struct {
	page
	Default []statusJSON `json:"default"`
	Custom  []statusJSON `json:"custom"`
}

type statusJSON struct {
	ID         json.Number `json:"id"`
	Attributes struct {
		Name     string            `json:"name"`
		Channels map[string]string `json:"channels"`
	} `json:"attributes"`
}

// remote is the status in presence's words. A focus status is a custom one in
// which an agent talks and takes nothing else (ZD-K2).
func (s statusJSON) remote(custom bool) event.RemoteStatus {
	quiet := func(channel string) bool {
		c := s.Attributes.Channels[channel]
		return c == "away" || c == "offline"
	}
	return event.RemoteStatus{
		Remote: s.ID.String(), Name: s.Attributes.Name, Custom: custom,
		Focusing: custom && s.Attributes.Channels["talk"] == "online" && quiet("support") && quiet("messaging"),
	}
}

func (c *client) statuses(ctx context.Context, p priority) ([]event.RemoteStatus, error) {
	var all []event.RemoteStatus
	err := pages(ctx, c, p, statusesPath, url.Values{}, func() *statusesAnswer { return &statusesAnswer{} }, func(a *statusesAnswer) error {
		if len(all) == 0 {
			for _, s := range a.Default {
				all = append(all, s.remote(false))
			}
		}
		for _, s := range a.Custom {
			all = append(all, s.remote(true))
		}
		return nil
	})
	return all, err
}

type usersAnswer struct {
	page
	Users []struct {
		ID    json.Number `json:"id"`
		Name  string      `json:"name"`
		Email string      `json:"email"`
	} `json:"users"`
}

func (c *client) agents(ctx context.Context, p priority) ([]connector.Agent, error) {
	var all []connector.Agent
	query := url.Values{"role[]": {"agent", "admin"}}
	err := pages(ctx, c, p, usersPath, query, func() *usersAnswer { return &usersAnswer{} }, func(a *usersAnswer) error {
		for _, u := range a.Users {
			all = append(all, connector.Agent{RemoteID: u.ID.String(), Name: u.Name, Email: u.Email})
		}
		return nil
	})
	return all, err
}

// availability is one agent as "Zendesk: Agent Availability API" shows it.
// Without omnichannel routing there is no status.
type availability struct {
	Attributes struct {
		AgentID json.Number `json:"agent_id"`
		Version json.Number `json:"version"`
		Status  *struct {
			ID        json.Number `json:"id"`
			Reason    string      `json:"reason"`
			UpdatedAt time.Time   `json:"updated_at"`
		} `json:"agent_status"`
	} `json:"attributes"`
}

// observation is what the availability says; ok is false without a status.
func (a availability) observation(system tandem.ID, lookedAt tandem.Time) (o presence.Observe, ok bool) {
	if a.Attributes.Status == nil {
		return o, false
	}
	version, _ := strconv.ParseUint(a.Attributes.Version.String(), 10, 64) // 0: the account did not tell
	return presence.Observe{
		SystemID: system, RemoteID: a.Attributes.AgentID.String(), Remote: a.Attributes.Status.ID.String(), Version: version,
		Reason: a.Attributes.Status.Reason, At: tandem.At(a.Attributes.Status.UpdatedAt), LookedAt: lookedAt,
	}, true
}

type availabilitiesAnswer struct {
	page
	Data []availability `json:"data"`
}

// availabilities calls each with every page of agents, and with when it was
// asked for.
func (c *client) availabilities(ctx context.Context, p priority, each func([]availability, tandem.Time) error) error {
	var asked tandem.Time
	begin := func() *availabilitiesAnswer {
		asked = tandem.At(c.env.Clock.Now())
		return &availabilitiesAnswer{}
	}
	return pages(ctx, c, p, availabilitiesPath, url.Values{}, begin, func(a *availabilitiesAnswer) error { return each(a.Data, asked) })
}

func (c *client) availability(ctx context.Context, p priority, agent string) (availability, error) {
	var answer struct {
		Data availability `json:"data"`
	}
	err := c.call(ctx, p, http.MethodGet, availabilitiesPath+"/"+url.PathEscape(agent), nil, &answer)
	return answer.Data, err
}

// setStatus shows a status for an agent and returns the status that the answer
// names, if it names one. The public page leaves open whether the resource is
// wrapped in data.
func (c *client) setStatus(ctx context.Context, p priority, agent, status string) (string, error) {
	id, err := strconv.ParseInt(status, 10, 64)
	if err != nil {
		return "", &failure{status: http.StatusUnprocessableEntity, detail: fmt.Sprintf("%q is not the id of a status", status), err: err}
	}
	var answer struct {
		availability
		Data availability `json:"data"`
	}
	if err := c.call(ctx, p, http.MethodPut, statusesPath+"/agents/"+url.PathEscape(agent), map[string]int64{"id": id}, &answer); err != nil {
		return "", err
	}
	for _, a := range []availability{answer.Data, answer.availability} {
		if s := a.Attributes.Status; s != nil {
			return s.ID.String(), nil
		}
	}
	return "", nil
}

// webhook is a registration ("Zendesk: Webhooks API").
type webhook struct {
	ID            string   `json:"id,omitempty"`
	Name          string   `json:"name"`
	Status        string   `json:"status"`
	Endpoint      string   `json:"endpoint"`
	HTTPMethod    string   `json:"http_method"`
	RequestFormat string   `json:"request_format"`
	Subscriptions []string `json:"subscriptions"`
}

type webhooksAnswer struct {
	page
	Webhooks []webhook `json:"webhooks"`
}

func (c *client) webhooks(ctx context.Context) ([]webhook, error) {
	var all []webhook
	err := pages(ctx, c, background, webhooksPath, url.Values{}, func() *webhooksAnswer { return &webhooksAnswer{} }, func(a *webhooksAnswer) error {
		all = append(all, a.Webhooks...)
		return nil
	})
	return all, err
}

func (c *client) createWebhook(ctx context.Context, w webhook) (webhook, error) {
	var answer struct {
		Webhook webhook `json:"webhook"`
	}
	err := c.call(ctx, background, http.MethodPost, webhooksPath, map[string]webhook{"webhook": w}, &answer)
	return answer.Webhook, err
}

func (c *client) signingSecret(ctx context.Context, id string) (string, error) {
	var answer struct {
		SigningSecret struct {
			Algorithm string `json:"algorithm"`
			Secret    string `json:"secret"`
		} `json:"signing_secret"`
	}
	err := c.call(ctx, background, http.MethodGet, webhooksPath+"/"+url.PathEscape(id)+"/signing_secret", nil, &answer)
	if err == nil && (answer.SigningSecret.Secret == "" || !strings.EqualFold(answer.SigningSecret.Algorithm, "SHA256")) {
		err = fmt.Errorf("webhook %s has no SHA256 signing secret", id)
	}
	return answer.SigningSecret.Secret, err
}
