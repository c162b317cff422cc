package zendesk

import (
	_ "embed" // the page below
	"html/template"
	"net/http"
	"slices"
	"strconv"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// pageView is what page.html shows.
type pageView struct {
	Agents []agentRow
	Single bool
	Notice string
	Off    bool
}

type agentRow struct {
	view
	Choices []Status
}

// showPage serves / with every agent and /agents/{id} with one.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.renderPage(w, r, http.StatusOK, r.PathValue("id") != "", "")
}

func (s *Server) renderPage(w http.ResponseWriter, r *http.Request, status int, single bool, notice string) {
	statuses := s.account.statusList()
	id, _ := pathID(r)
	page := pageView{Single: single, Notice: notice}
	for _, v := range s.account.views() {
		page.Off = !v.omnichannel
		if single && v.ID != id {
			continue
		}
		choices := slices.DeleteFunc(slices.Clone(statuses), func(status Status) bool { return !status.open(v.GroupIDs) })
		page.Agents = append(page.Agents, agentRow{view: v, Choices: choices})
	}
	if single && len(page.Agents) == 0 {
		status, page.Notice = http.StatusNotFound, "No agent has this id."
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, page) // a visitor who has gone is not our concern
}

// submitStatus is the form of both pages; the field "from" says which one the
// visitor goes back to.
func (s *Server) submitStatus(w http.ResponseWriter, r *http.Request) {
	single := r.PostFormValue("from") == "agent"
	agentID, _ := pathID(r)
	statusID, _ := strconv.ParseInt(r.PostFormValue("status"), 10, 64)
	if _, err := s.account.setStatus(agentID, statusID, ReasonSwitcher); err != nil {
		s.renderPage(w, r, http.StatusUnprocessableEntity, single, "The status was not changed: "+err.Error()+".")
		return
	}
	back := "/"
	if single {
		back = "/agents/" + r.PathValue("id")
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
