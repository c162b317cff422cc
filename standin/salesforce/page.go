package salesforce

import (
	_ "embed" // the page below
	"html/template"
	"net/http"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// userRow is one user on the page.
type userRow struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	StatusID string `json:"status_id"`
	Status   string `json:"status"`
}

// pageView is what page.html shows.
type pageView struct {
	Users    []userRow
	Statuses []Status
	Notice   string
}

func (s *Server) rows() []userRow {
	s.org.mu.Lock()
	defer s.org.mu.Unlock()
	rows := []userRow{}
	for _, u := range s.org.users {
		row := userRow{ID: short(u.ID), Name: u.Name, Status: "Offline"}
		if p := s.org.current(u.ID); p != nil {
			row.StatusID, row.Status = p.status, s.org.status(p.status).Label
		}
		rows = append(rows, row)
	}
	return rows
}

func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.renderPage(w, http.StatusOK, "")
}

func (s *Server) renderPage(w http.ResponseWriter, status int, notice string) {
	page := pageView{Users: s.rows(), Notice: notice}
	s.org.mu.Lock()
	for _, st := range s.org.statuses {
		st.ID = short(st.ID)
		page.Statuses = append(page.Statuses, st)
	}
	s.org.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, page) // a visitor who has gone is not our concern
}

// submitStatus is the form of the page: the agent's own choice, or a
// supervisor's; an empty status logs out.
func (s *Server) submitStatus(w http.ResponseWriter, r *http.Request) {
	user, status, reason := r.PathValue("id"), r.PostFormValue("status"), ReasonManual
	supervisor := r.PostFormValue("as") == "supervisor"
	if supervisor {
		reason = ReasonSupervisor
	}
	var err error
	switch {
	case status != "":
		err = s.SetStatusWithReason(user, status, reason)
	case supervisor:
		err = s.LogOut(user, LogoutSupervisor)
	default:
		err = s.LogOut(user, "")
	}
	if err != nil {
		s.renderPage(w, http.StatusUnprocessableEntity, "The status was not changed: "+err.Error()+".")
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
