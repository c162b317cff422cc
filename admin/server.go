package admin

import (
	"strconv"

	"tandem"
	"tandem/center"
)

const (
	defaultNotices = 100
	maxNotices     = 1000
)

func (h *Handler) health(q *request) (any, error) {
	checks := h.cfg.Health(q.Context())
	ok := true
	for _, c := range checks {
		ok = ok && c.OK
	}
	return map[string]any{"ok": ok, "checks": append([]Check{}, checks...)}, nil
}

func (h *Handler) instances(q *request) (any, error) {
	all, err := h.cfg.Instances(q.Context())
	return map[string]any{"instances": append([]Instance{}, all...)}, err
}

// noticeJSON is a notice as it is shown.
type noticeJSON struct {
	ID       tandem.ID `json:"id"`
	At       string    `json:"at"`
	UserID   tandem.ID `json:"user_id"`
	SystemID tandem.ID `json:"system_id"`
	Notice   string    `json:"notice"`
	Detail   string    `json:"detail,omitempty"`
}

// notices lists the newest notices, ?limit= of them.
func (h *Handler) notices(q *request) (any, error) {
	limit := defaultNotices
	if text := q.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxNotices {
			return nil, tandem.Errorf(tandem.Invalid, "limit", "want 1 to %d", maxNotices)
		}
		limit = n
	}
	all, err := h.cfg.Notices(q.Context(), q.instance, limit)
	if err != nil {
		return nil, err
	}
	list := []noticeJSON{}
	for _, n := range all {
		list = append(list, noticeJSON{ID: n.ID, At: n.At.String(), UserID: n.UserID, SystemID: n.SystemID, Notice: n.Notice, Detail: n.Detail})
	}
	return map[string]any{"notices": list}, nil
}

// eraseContact erases everything personal about the chain of contacts that
// begins with this one.
func (h *Handler) eraseContact(q *request) (any, error) { return h.erase(q, q.contact) }

// eraseUser erases everything personal about a deleted user.
func (h *Handler) eraseUser(q *request) (any, error) { return h.erase(q, q.user) }

func (h *Handler) erase(q *request, subject tandem.ID) (any, error) {
	if _, err := h.do(q, center.EraseSubject{Subject: subject}); err != nil {
		return nil, err
	}
	return map[string]tandem.ID{"erased": subject}, nil
}
