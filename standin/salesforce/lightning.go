package salesforce

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	integration "tandem/integrations/salesforce"
)

// The cookies of a browser that is signed in to Salesforce.
const (
	userCookie    = "standin-user"
	browserCookie = "standin-browser"
)

const defaultWeight = 1 // of work that a person assigns by hand

//go:embed lightning.html
var lightningSource string

//go:embed lightning.js aura.js
var lightningFiles embed.FS

var lightningTemplate = template.Must(template.New("lightning").Parse(lightningSource))

// lightningView is what lightning.html shows.
type lightningView struct {
	UserID, Name, Address, Component string
	Statuses                         []Status
	Channels                         []Channel
}

// lightningRoutes are the Lightning console of one agent in a real browser:
//
//	GET  /console/{user}                 the page; ?address= is where Tandem serves the component
//	GET  /console/{user}/events?tab=     events of the toolkit, as server-sent events
//	GET  /console/{user}/shows           what Omni-Channel shows
//	POST /console/{user}/toolkit/{verb}  a verb of the toolkit: {"tab":"...","statusId":"0N5..."}
//	POST /console/{user}/choose          the agent's own choice; no status logs out
//	POST /console/{user}/work/{act}      assign, accept, decline or close
//	GET  /aura/{file}                    the component's bundle, as it is deployed
func (s *Server) lightningRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /console/{user}", s.showLightning)
	mux.HandleFunc("GET /console/{user}/events", s.streamTab)
	mux.HandleFunc("GET /console/{user}/shows", func(w http.ResponseWriter, r *http.Request) {
		if user := r.PathValue("user"); s.org.knows(user) {
			writeJSON(w, http.StatusOK, s.org.answer(user))
			return
		}
		answerOrder(w, ErrUnknownUser)
	})
	mux.HandleFunc("POST /console/{user}/toolkit/{verb}", s.inTab(func(se *session, r *http.Request, in tabOrder) (any, error) {
		return s.call(se, r.PathValue("verb"), ToolkitCall{StatusID: in.StatusID, WorkID: in.WorkID})
	}))
	mux.HandleFunc("POST /console/{user}/choose", s.inTab(s.choose))
	mux.HandleFunc("POST /console/{user}/work/{act}", s.inTab(s.work))
	mux.Handle("GET /aura/", http.StripPrefix("/aura/", http.FileServerFS(integration.Bundle())))
	mux.Handle("GET /lightning/", http.StripPrefix("/lightning/", http.FileServerFS(lightningFiles)))
}

// SetConsoleAddress says where Tandem serves the component: what an
// administrator sets in the utility item.
func (s *Server) SetConsoleAddress(address string) { s.address.Store(&address) }

func (s *Server) consoleAddress(r *http.Request) string {
	if address := r.FormValue("address"); address != "" {
		return address
	}
	if address := s.address.Load(); address != nil {
		return *address
	}
	return ""
}

// showLightning shows the console. As in Lightning, only trusted sites may be
// shown in a frame, and components are evaluated from their source.
func (s *Server) showLightning(w http.ResponseWriter, r *http.Request) {
	view := lightningView{Address: s.consoleAddress(r), Component: integration.Component}
	s.org.mu.Lock()
	if u := s.org.user(r.PathValue("user")); u != nil {
		view.UserID, view.Name = long(u.ID), u.Name
	}
	view.Statuses, view.Channels = slices.Clone(s.org.statuses), slices.Clone(s.org.channels)
	s.org.mu.Unlock()
	if view.UserID == "" {
		http.Error(w, ErrUnknownUser.Error(), http.StatusNotFound)
		return
	}
	trusted := ""
	if u, err := url.Parse(view.Address); err == nil && u.Host != "" {
		trusted = " " + u.Scheme + "://" + u.Host
	}
	http.SetCookie(w, &http.Cookie{Name: userCookie, Value: view.UserID, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if _, err := r.Cookie(browserCookie); err != nil {
		http.SetCookie(w, &http.Cookie{Name: browserCookie, Value: rand.Text(), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; frame-src 'self'"+trusted)
	_ = lightningTemplate.Execute(w, view) // a visitor who has gone is not our concern
}

// streamTab opens a tab and sends it events until it closes. Where the agent
// had another console open, that one is logged out: there is one Omni-Channel
// session for each user, and the newest tab gets it.
func (s *Server) streamTab(w http.ResponseWriter, r *http.Request) {
	se, err := s.org.openSession(r.PathValue("user"))
	tab := r.FormValue("tab")
	if err != nil || tab == "" || len(tab) > 100 {
		http.Error(w, "want a known user, and tab: 1 to 100 characters", http.StatusBadRequest)
		return
	}
	defer s.org.closeSession(se)
	s.org.mu.Lock()
	se.tab = tab
	if c, err := r.Cookie(browserCookie); err == nil {
		se.browser = c.Value
	}
	s.org.mu.Unlock()
	s.org.claim(se)
	s.org.mu.Lock()
	s.org.greet(se)
	s.org.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for _, err = fmt.Fprint(w, ": open\n\n"); err == nil; {
		if out.Flush() != nil {
			return
		}
		select {
		case message := <-se.messages:
			b, _ := json.Marshal(message["event"]) // strings and numbers always encode
			_, err = fmt.Fprintf(w, "data: %s\n\n", b)
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}

// tabOrder is what a page asks for.
type tabOrder struct {
	Tab      string `json:"tab"`
	StatusID string `json:"statusId"`
	WorkID   string `json:"workId"`
	Channel  string `json:"channel"`
}

// inTab serves a page's order in the session of its tab.
func (s *Server) inTab(do func(*session, *http.Request, tabOrder) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in tabOrder
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes)).Decode(&in); err != nil {
			answerOrder(w, fmt.Errorf("%w body: %w", errInvalid, err))
			return
		}
		se := s.org.inTab(r.PathValue("user"), in.Tab)
		if se == nil {
			writeJSON(w, http.StatusConflict, object{"error": "this tab is not open; load it again"})
			return
		}
		answer, err := do(se, r, in)
		if err != nil {
			writeJSON(w, http.StatusUnprocessableEntity, object{"error": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

func (o *org) inTab(user, tab string) *session {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.consoles, func(c *session) bool { return c.user == short(user) && c.tab == tab && tab != "" })
	if i < 0 {
		return nil
	}
	return o.consoles[i]
}

// choose is the agent's own choice in this tab.
func (s *Server) choose(se *session, _ *http.Request, in tabOrder) (any, error) {
	s.org.claim(se)
	if in.StatusID == "" {
		return object{}, s.LogOut(se.user, "")
	}
	return object{}, s.SetStatusByHand(se.user, in.StatusID)
}

func (s *Server) work(se *session, r *http.Request, in tabOrder) (any, error) {
	switch act := r.PathValue("act"); act {
	case "assign":
		id, err := s.Assign(se.user, in.Channel, "", defaultWeight)
		return object{"workId": id}, err
	case "accept":
		return object{}, s.Accept(se.user, in.WorkID)
	case "decline":
		return object{}, s.Decline(se.user, in.WorkID)
	case "close":
		return object{}, s.Finish(se.user, in.WorkID)
	default:
		return nil, fmt.Errorf("%w act %q: want assign, accept, decline or close", errInvalid, act)
	}
}
