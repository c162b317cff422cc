package kustomer

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// How much the lists give at most ("Kustomer: Pagination").
const (
	mostOfMany  = 100
	mostOfUsers = 500
)

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	writePage(w, r, listing{most: mostOfUsers}, s.org.userList(), userJSON)
}

func (s *Server) showCurrentUser(w http.ResponseWriter, r *http.Request) {
	s.writeUser(w, clientOf(r).UserID)
}

func (s *Server) showUser(w http.ResponseWriter, r *http.Request) { s.writeUser(w, r.PathValue("id")) }

func (s *Server) writeUser(w http.ResponseWriter, id string) {
	users := s.org.userList()
	i := slices.IndexFunc(users, func(u User) bool { return u.ID == id })
	if i < 0 {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"data": userJSON(users[i])})
}

func (s *Server) listTeams(w http.ResponseWriter, r *http.Request) {
	s.org.mu.Lock()
	teams := slices.Clone(s.org.teams)
	s.org.mu.Unlock()
	writePage(w, r, listing{most: mostOfUsers}, teams, teamJSON)
}

func (s *Server) listQueues(w http.ResponseWriter, r *http.Request) {
	s.org.mu.Lock()
	queues := slices.Clone(s.org.queues)
	s.org.mu.Unlock()
	writePage(w, r, listing{most: mostOfMany}, queues, queueJSON)
}

func (s *Server) listStatuses(w http.ResponseWriter, r *http.Request) {
	writePage(w, r, listing{most: mostOfMany}, s.org.statusList(), statusJSON)
}

func (s *Server) showStatus(w http.ResponseWriter, r *http.Request) {
	s.writeStatus(w, http.StatusOK, r.PathValue("id"))
}

func (s *Server) writeStatus(w http.ResponseWriter, code int, id string) {
	for _, status := range s.org.statusList() {
		if status.ID == id {
			writeJSON(w, code, object{"data": statusJSON(status)})
			return
		}
	}
	notFound(w)
}

func (s *Server) createStatus(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		StatusType  string `json:"statusType"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	status, err := s.org.addStatus(Status{Name: in.Name, Description: in.Description, Type: in.StatusType})
	if err != nil {
		writeRefusal(w, err)
		return
	}
	s.writeStatus(w, http.StatusCreated, status.ID)
}

func (s *Server) updateStatus(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Enabled *bool `json:"enabled"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	if in.Enabled == nil {
		writeError(w, http.StatusBadRequest, "bad_request", "enabled is missing")
		return
	}
	if err := s.org.switchStatus(r.PathValue("id"), !*in.Enabled); err != nil {
		writeRefusal(w, err)
		return
	}
	s.writeStatus(w, http.StatusOK, r.PathValue("id"))
}

// listSessions is GET work-sessions with the filters user, active and
// statusType ("Kustomer: Get work sessions").
func (s *Server) listSessions(w http.ResponseWriter, r *http.Request) {
	query, me := r.URL.Query(), clientOf(r).UserID
	for name, values := range map[string][]string{
		"user": {"", "true", "false"}, "active": {"", "true", "false"},
		"statusType": {"", TypeAvailable, TypeUnavailable, TypeBusy},
	} {
		if !slices.Contains(values, query.Get(name)) {
			writeError(w, http.StatusBadRequest, "bad_request", fmt.Sprintf("%s must be one of %q", name, values[1:]))
			return
		}
	}
	found := s.org.sessionsOf(func(one *session, statusType string) bool {
		return (query.Get("user") != "true" || one.userID == me) && (query.Get("active") != "true" || one.signedOutAt == nil) &&
			(query.Get("statusType") == "" || query.Get("statusType") == statusType)
	})
	writePage(w, r, listing{parameters: []string{"user", "active", "statusType"}, most: mostOfMany}, found, sessionJSON)
}

// listUserSessions is a user's sessions, newest first. A user who never had one
// has an empty list; the page does not say.
func (s *Server) listUserSessions(w http.ResponseWriter, r *http.Request) {
	found := s.org.sessionsOf(func(one *session, _ string) bool { return one.userID == r.PathValue("id") })
	slices.Reverse(found)
	writePage(w, r, listing{most: mostOfMany}, found, sessionJSON)
}

func (s *Server) showSession(w http.ResponseWriter, r *http.Request) {
	found := s.org.sessionsOf(func(one *session, _ string) bool { return one.id == r.PathValue("id") })
	if len(found) == 0 {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"data": sessionJSON(found[0])})
}

// updateSession is PUT of a work session. The page shows no body; here it is
// the status's id under the name of the relationship.
func (s *Server) updateSession(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status *string `json:"status"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	if in.Status == nil {
		writeJSONAPIError(w, http.StatusBadRequest, "bad_request", "A status is required.", "/status")
		return
	}
	v, err := s.org.setSessionStatus(r.PathValue("id"), *in.Status, clientOf(r).UserID)
	switch {
	case errors.Is(err, ErrUnknown):
		notFound(w)
	case errors.Is(err, ErrSessionEnded):
		writeJSONAPIError(w, http.StatusBadRequest, "bad_request", "The work session has ended and is read-only.", "/")
	case err != nil:
		writeJSONAPIError(w, http.StatusBadRequest, "bad_request", err.Error(), "/status")
	default:
		writeJSON(w, http.StatusOK, object{"data": sessionJSON(v)})
	}
}

func (s *Server) createItem(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Conversation string `json:"conversation"`
		Queue        string `json:"queue"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	i, err := s.org.addItem(in.Conversation, in.Queue)
	if err != nil {
		writeRefusal(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, object{"data": itemJSON(i)})
}

func (s *Server) showItem(w http.ResponseWriter, r *http.Request) {
	for _, i := range s.org.itemList() {
		if i.id == r.PathValue("id") {
			writeJSON(w, http.StatusOK, object{"data": itemJSON(i)})
			return
		}
	}
	notFound(w)
}

func (s *Server) updateConversation(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status string `json:"status"`
	}
	if !readJSON(w, r, &in) {
		return
	}
	c, err := s.org.setConversation(r.PathValue("id"), in.Status)
	if err != nil {
		writeRefusal(w, err)
		return
	}
	writeJSON(w, http.StatusOK, object{"data": conversationJSON(c)})
}

func (o *org) userList() []User {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]User, len(o.users))
	for i, u := range o.users {
		all[i] = u.User
	}
	return all
}

func (o *org) statusList() []Status {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.statuses)
}

func (o *org) itemList() []item {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]item, len(o.items))
	for i, one := range o.items {
		all[i] = *one
	}
	return all
}
