package kustomer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"tandem/connector"
	"tandem/event"
)

const (
	maxPages     = 200 // of one listing; more is a fault of its links
	pageSize     = 100 // the most that most lists give ("Kustomer: Pagination")
	userPageSize = 500
)

const (
	statusesPath = "/v1/routing/statuses"
	sessionsPath = "/v1/routing/work-sessions"
	usersPath    = "/v1/users"
	currentPath  = "/v1/users/current"
)

// The types of statuses, on which routing acts ("Kustomer: Get routing user
// statuses").
const (
	typeAvailable = "available"
	typeBusy      = "busy"
	typeOffline   = "offline"
)

// page is an answer with a part of a list ("Kustomer: Pagination").
type page[T any] struct {
	Data  []T `json:"data"`
	Links struct {
		Next *string `json:"next"`
	} `json:"links"`
}

// pages reads every page of a list and calls each with it. The addresses of
// further pages are made here, not taken from the answer.
func pages[T any](ctx context.Context, c *client, p priority, path string, query url.Values, size int, each func([]T) error) error {
	query.Set("pageSize", strconv.Itoa(size))
	for number := 1; number <= maxPages; number++ {
		query.Set("page", strconv.Itoa(number))
		if number > 1 {
			p = max(p, urgent) // what was let through was the first request
		}
		var answer page[T]
		if err := c.call(ctx, p, http.MethodGet, path+"?"+query.Encode(), nil, &answer); err != nil {
			return err
		}
		if answer.Data == nil {
			return &failure{status: http.StatusOK, sent: true, detail: path + " has no list in its answer; Kustomer may have changed its API"}
		}
		if err := each(answer.Data); err != nil {
			return err
		}
		if answer.Links.Next == nil || *answer.Links.Next == "" {
			return nil
		}
	}
	return fmt.Errorf("%s has more than %d pages", path, maxPages)
}

// statusJSON is a routing user status.
type statusJSON struct {
	ID         string `json:"id"`
	Attributes struct {
		Name       string `json:"name"`
		StatusType string `json:"statusType"`
		System     bool   `json:"system"`
		Enabled    *bool  `json:"enabled"`
	} `json:"attributes"`
}

// remote is the status in presence's words; ok is false for one that nobody
// can be in. Busy keeps other work away from an agent who is on a call, which
// is what focus means.
func (s statusJSON) remote() (remote event.RemoteStatus, ok bool) {
	return event.RemoteStatus{
		Remote: s.ID, Name: s.Attributes.Name, Custom: !s.Attributes.System, Focusing: s.Attributes.StatusType == typeBusy,
	}, s.ID != "" && (s.Attributes.Enabled == nil || *s.Attributes.Enabled)
}

func (c *client) statuses(ctx context.Context, p priority) ([]statusJSON, error) {
	var all []statusJSON
	err := pages(ctx, c, p, statusesPath, url.Values{}, pageSize, func(page []statusJSON) error {
		all = append(all, page...)
		return nil
	})
	return all, err
}

// userJSON is a person of the organization, or the machine user of an API key.
type userJSON struct {
	ID         string `json:"id"`
	Attributes struct {
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
		Email       string `json:"email"`
		UserType    string `json:"userType"`
	} `json:"attributes"`
}

func (u userJSON) machine() bool { return u.Attributes.UserType == "machine" }

func (u userJSON) agent() connector.Agent {
	name := u.Attributes.DisplayName
	if name == "" {
		name = u.Attributes.Name
	}
	return connector.Agent{RemoteID: u.ID, Name: name, Email: u.Attributes.Email}
}

func (c *client) users(ctx context.Context, p priority) ([]userJSON, error) {
	var all []userJSON
	err := pages(ctx, c, p, usersPath, url.Values{}, userPageSize, func(page []userJSON) error {
		all = append(all, page...)
		return nil
	})
	return all, err
}

// self is the machine user of our API key: whatever the key changes counts as
// that user's ("Kustomer: Get Current User").
func (c *client) self(ctx context.Context, p priority) (string, error) {
	var answer struct {
		Data userJSON `json:"data"`
	}
	err := c.call(ctx, p, http.MethodGet, currentPath, nil, &answer)
	return answer.Data.ID, err
}

// liveSessions calls each with every page of the work sessions that are live.
func (c *client) liveSessions(ctx context.Context, p priority, each func([]sessionJSON) error) error {
	return pages(ctx, c, p, sessionsPath, url.Values{"active": {"true"}, "user": {"false"}}, pageSize, each)
}

func (c *client) session(ctx context.Context, p priority, id string) (sessionJSON, error) {
	var answer struct {
		Data sessionJSON `json:"data"`
	}
	err := c.call(ctx, p, http.MethodGet, sessionsPath+"/"+url.PathEscape(id), nil, &answer)
	return answer.Data, err
}

// lastSession is the newest work session of a user; ok is false for one who
// never had any. The order of the list is not published.
func (c *client) lastSession(ctx context.Context, p priority, user string) (last sessionJSON, ok bool, err error) {
	path := "/v1/routing/users/" + url.PathEscape(user) + "/work-sessions"
	err = pages(ctx, c, p, path, url.Values{}, pageSize, func(page []sessionJSON) error {
		for _, s := range page {
			if !ok || s.newerThan(last) {
				last, ok = s, true
			}
		}
		return nil
	})
	return last, ok, err
}

// setStatus puts a live work session into a status and returns what it is
// afterwards. The public page shows no body; the status's id stands under the
// name of the relationship.
func (c *client) setStatus(ctx context.Context, p priority, session, status string) (sessionJSON, error) {
	var answer struct {
		Data sessionJSON `json:"data"`
	}
	err := c.call(ctx, p, http.MethodPut, sessionsPath+"/"+url.PathEscape(session), map[string]string{"status": status}, &answer)
	return answer.Data, err
}
