package kustomer

import (
	_ "embed" // the page below
	"html/template"
	"net/http"
	"slices"
	"time"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// Desk is what an agent's page shows.
type Desk struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	StatusID   string     `json:"status_id"`
	StatusName string     `json:"status_name"`
	StatusType string     `json:"status_type"`
	TeamID     string     `json:"team_id"`
	Seconds    int64      `json:"seconds"` // in the present status; 0 while offline
	Spent      []Spent    `json:"spent"`   // in every status of this shift, the present one included
	ModifiedBy string     `json:"modified_by"`
	Rev        int64      `json:"rev"`
	Remaining  int        `json:"remaining"`
	Total      int        `json:"total"`
	OnCall     bool       `json:"on_call"`
	Items      []DeskItem `json:"items"`
}

// Spent is the time in one status of a shift.
type Spent struct {
	StatusName string `json:"status_name"`
	Seconds    int64  `json:"seconds"`
}

// DeskItem is work that is offered to an agent, or theirs.
type DeskItem struct {
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Status       string `json:"status"`
}

// desks are all agents as their pages show them.
func (o *org) desks() []Desk {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := []Desk{}
	for _, u := range o.users {
		if u.machine {
			continue
		}
		d := Desk{ID: u.ID, Name: u.Name, Email: u.Email, StatusID: StatusOffline, StatusName: "Offline", StatusType: TypeOffline, TeamID: u.team}
		if u.session != nil {
			o.fill(&d, o.view(u.session))
		}
		for _, i := range o.items {
			if i.userID == u.ID && i.open() {
				d.Items = append(d.Items, DeskItem{ID: i.id, Conversation: i.conversationID, Status: i.status})
			}
		}
		all = append(all, d)
	}
	return all
}

func (o *org) fill(d *Desk, v sessionView) {
	now := o.now()
	d.StatusID, d.StatusName, d.StatusType = v.status.ID, v.status.Name, v.status.Type
	d.ModifiedBy, d.Rev, d.Remaining, d.Total, d.OnCall = v.modifiedBy, v.rev, v.remaining, v.total, v.beforeCall != ""
	for _, s := range o.statuses {
		in := v.spent[s.ID]
		if in == nil {
			continue
		}
		span := in.time
		if s.ID == v.statusID {
			span += now.Sub(in.since)
			d.Seconds = int64(now.Sub(in.since) / time.Second)
		}
		d.Spent = append(d.Spent, Spent{StatusName: s.Name, Seconds: int64(span / time.Second)})
	}
}

// pageView is what page.html shows.
type pageView struct {
	Desks    []Desk
	Choices  []Status
	Statuses []Status
	Teams    []Team
	Single   bool
	Notice   string
}

// showPage serves / with every agent and /agents/{id} with one.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.renderPage(w, r, http.StatusOK, r.PathValue("id") != "", "")
}

func (s *Server) renderPage(w http.ResponseWriter, r *http.Request, status int, single bool, notice string) {
	page := pageView{Single: single, Notice: notice, Statuses: s.org.statusList()}
	page.Choices = slices.DeleteFunc(slices.Clone(page.Statuses), func(s Status) bool { return s.Off || s.unselectable })
	for _, d := range s.org.desks() {
		if !single || d.ID == r.PathValue("id") {
			page.Desks = append(page.Desks, d)
		}
	}
	s.org.mu.Lock()
	page.Teams = slices.DeleteFunc(slices.Clone(s.org.teams), func(t Team) bool { return !t.Routing })
	s.org.mu.Unlock()
	if single && len(page.Desks) == 0 {
		status, page.Notice = http.StatusNotFound, "No agent has this id."
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, page) // a visitor who has gone is not our concern
}

// submit is every form of both pages; the field "from" says which one the
// visitor goes back to.
func (s *Server) submit(w http.ResponseWriter, r *http.Request) {
	id, value := r.PathValue("id"), r.PostFormValue("value")
	single := r.PostFormValue("from") == "agent"
	var err error
	switch r.PathValue("what") {
	case "status":
		err = s.org.choose(id, value, id)
	case "team":
		err = s.org.switchTeam(id, value)
	case "call":
		err = s.org.startCall(id)
	case "hangup":
		err = s.org.endCall(id)
	case "accept", "pause", "resume", "complete":
		err = s.org.step(value, r.PathValue("what"))
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		s.renderPage(w, r, http.StatusUnprocessableEntity, single, "Nothing was changed: "+err.Error()+".")
		return
	}
	back := "/"
	if single {
		back = "/agents/" + id
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
