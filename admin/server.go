package admin

import (
	"strconv"

	"tandem"
	"tandem/auth"
	"tandem/center"
)

// Limits of pages.
const (
	defaultPage = 100
	maxPage     = 1000
)

// healthJSON says how the server does.
type healthJSON struct {
	OK     bool    `json:"ok" doc:"Whether all checks are."`
	Checks []Check `json:"checks" doc:"What was looked at."`
}

func (h *Handler) health(q *request) (healthJSON, error) {
	j := healthJSON{OK: true, Checks: append([]Check{}, h.cfg.Health(q.Context())...)}
	for _, c := range j.Checks {
		j.OK = j.OK && c.OK
	}
	return j, nil
}

// meJSON is who makes a request.
type meJSON struct {
	Name        string            `json:"name" doc:"The name of the key."`
	Role        auth.Role         `json:"role" doc:"Its role."`
	Permissions []auth.Permission `json:"permissions" doc:"What the role may do."`
}

func (h *Handler) me(q *request) (meJSON, error) {
	return meJSON{Name: q.principal.Name, Role: q.principal.Role, Permissions: q.principal.Role.Permissions()}, nil
}

// instanceList lists the instances.
type instanceList struct {
	Instances []Instance `json:"instances" doc:"By id."`
}

func (h *Handler) instances(q *request) (instanceList, error) {
	all, err := h.cfg.Instances(q.Context())
	return instanceList{append([]Instance{}, all...)}, err
}

// limit reads ?limit=.
func (q *request) limit() (int, error) {
	text := q.URL.Query().Get("limit")
	if text == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return 0, tandem.Errorf(tandem.Invalid, "limit", "want 1 to %d", maxPage)
	}
	return n, nil
}

// erasedJSON says what was erased.
type erasedJSON struct {
	Erased tandem.ID `json:"erased" doc:"The contact or user."`
}

func (h *Handler) eraseContact(q *request) (erasedJSON, error) { return h.erase(q, q.contact) }

func (h *Handler) eraseUser(q *request) (erasedJSON, error) { return h.erase(q, q.user) }

func (h *Handler) erase(q *request, subject tandem.ID) (erasedJSON, error) {
	_, err := h.do(q, center.EraseSubject{Subject: subject})
	return erasedJSON{subject}, err
}
