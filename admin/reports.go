package admin

import (
	"cmp"
	"net/http"
	"time"

	"tandem"
	"tandem/auth"
	"tandem/center"
	"tandem/event"
	"tandem/view/statustime"
	"tandem/zones"
)

// agentOperations are the operations about the center's agents and their time.
func agentOperations() []operation {
	return []operation{
		op(http.MethodGet, instancePath+"/agents", auth.ViewConfiguration, "listAgentsNow", "Say in which status each agent is, and for how long.", (*Handler).listCenterAgents),
		op(http.MethodGet, instancePath+"/reports/status-time", auth.ViewConfiguration, "reportStatusTime", "Say how long agents were in their statuses.", (*Handler).statusTime).
			asks("from", "A day in the instance's time zone, or a moment (RFC 3339). Without it: the beginning of today.", false).
			asks("to", "Likewise. Without it: now.", false).
			asks("agent", "Only this user.", false).
			asks("bucket", "`day` adds up by day in the instance's time zone.", false),
		op(http.MethodGet, instancePath+"/settings", auth.ViewConfiguration, "showSettings", "Show how the center treats agents and contacts where there is a choice.", (*Handler).showSettings),
		opWith(http.MethodPut, instancePath+"/settings", auth.EditSettings, "saveSettings", "Replace the settings, all of them.", (*Handler).saveSettings),
	}
}

// centerAgentJSON is an agent as they are now.
type centerAgentJSON struct {
	UserID         tandem.ID  `json:"user_id" doc:"The user."`
	Username       string     `json:"username" doc:"Their sign-in name."`
	StatusID       tandem.ID  `json:"status_id" doc:"The status they are in."`
	Status         string     `json:"status" doc:"What it is called."`
	Type           string     `json:"type" doc:"What it does." enum:"ROUTABLE,CUSTOM,OFFLINE"`
	SubStatus      string     `json:"sub_status,omitempty" doc:"How much of the capacity of an agent who is Available is used." enum:"available,partial capacity,at capacity"`
	Since          string     `json:"since" doc:"Since when they are in it."`
	InStatusMillis int64      `json:"in_status_ms" doc:"How long, in milliseconds."`
	NextStatusID   *tandem.ID `json:"next_status_id,omitempty" doc:"The status that comes after their contacts."`
	NextStatus     string     `json:"next_status,omitempty" doc:"What that is called."`
	Contacts       int        `json:"contacts" doc:"How many contacts they have."`
}

// listCenterAgents lists who is in which status, and for how long.
func (h *Handler) listCenterAgents(q *request) (centerAgentList, error) {
	list := []centerAgentJSON{}
	now := tandem.At(time.Now())
	alone := false
	err := h.look(q, func(v View) {
		st := v.Center.State()
		if alone = st.Instance.PresenceOnly; alone {
			return
		}
		for _, id := range tandem.SortedIDs(st.Agents) {
			list = append(list, showCenterAgent(v.Center, st.Agents[id], now))
		}
	})
	if err == nil && alone {
		err = errNoCenter
	}
	return centerAgentList{list}, err
}

// errNoCenter refuses what only a contact center can tell.
var errNoCenter = tandem.Errorf(tandem.Conflict, "instance_id", "this instance has no contact center; its presence tells what each system shows")

func showCenterAgent(m *center.Machine, a *center.Agent, now tandem.Time) centerAgentJSON {
	j := centerAgentJSON{
		UserID: a.User.UserID, Username: string(a.User.Username), StatusID: a.StatusID, Since: a.StatusSince.String(),
		InStatusMillis: max(0, now.Sub(a.StatusSince)), Contacts: len(a.Contacts),
	}
	if st := m.State().Statuses[a.StatusID]; st != nil {
		j.Status, j.Type = st.Name, st.Type.String()
	}
	if next := m.State().Statuses[a.NextStatusID]; next != nil {
		j.NextStatusID, j.NextStatus = &next.StatusID, next.Name
	}
	if band := m.Band(a.User.UserID); band != event.BandUnknown {
		j.SubStatus = band.String()
	}
	return j
}

// centerAgentList lists agents as they are now.
type centerAgentList struct {
	Agents []centerAgentJSON `json:"agents" doc:"By id."`
}

// spanJSON is a time in a status.
type spanJSON struct {
	UserID   tandem.ID `json:"user_id" doc:"The user."`
	Username string    `json:"username,omitempty" doc:"Their sign-in name; left out for a user who was deleted."`
	StatusID tandem.ID `json:"status_id" doc:"The status."`
	Status   string    `json:"status" doc:"What it was called then."`
	Type     string    `json:"type" doc:"What it does." enum:"ROUTABLE,CUSTOM,OFFLINE"`
	Day      string    `json:"day,omitempty" doc:"With bucket=day: the day in the time zone."`
	From     string    `json:"from,omitempty" doc:"When it began, or the beginning of what was asked for."`
	To       string    `json:"to,omitempty" doc:"When it ended, or the end of what was asked for."`
	GoesOn   bool      `json:"goes_on,omitempty" doc:"It has not ended."`
	Millis   int64     `json:"ms" doc:"How long, in milliseconds."`
	Times    int       `json:"times,omitempty" doc:"With bucket=day: how often."`
}

// statusTimeJSON is the report of time in statuses.
type statusTimeJSON struct {
	TimeZone   string     `json:"time_zone" doc:"The instance's, of days."`
	StatusTime []spanJSON `json:"status_time" doc:"In order of users, then of time."`
}

// statusTime tells how long agents were in their statuses, each time or, with
// ?bucket=day, by day in the instance's time zone. from and to are moments (RFC
// 3339) or days there; without them it is today. agent is a user's id.
func (h *Handler) statusTime(q *request) (out statusTimeJSON, err error) {
	users, zone, err := h.reportBasis(q)
	if err != nil {
		return out, err
	}
	f, err := reportFilter(q, zone)
	if err != nil {
		return out, err
	}
	found, err := h.cfg.StatusTime(q.Context(), q.instance, f)
	if err != nil {
		return out, err
	}
	list := []spanJSON{}
	switch bucket := q.URL.Query().Get("bucket"); bucket {
	case "day":
		for _, d := range statustime.ByDay(found, zone) {
			list = append(list, spanJSON{UserID: d.UserID, Username: users[d.UserID], StatusID: d.StatusID, Status: d.Status, Type: d.Type.String(),
				Day: d.Day, Millis: d.Millis, Times: d.Times})
		}
	case "":
		for i := range found {
			s := &found[i]
			list = append(list, spanJSON{UserID: s.UserID, Username: users[s.UserID], StatusID: s.StatusID, Status: s.Status, Type: s.Type.String(),
				From: s.From.String(), To: s.To.String(), GoesOn: s.GoesOn, Millis: s.Millis()})
		}
	default:
		return out, tandem.Errorf(tandem.Invalid, "bucket", "%q is not known; use day, or leave it out", bucket)
	}
	return statusTimeJSON{zone.String(), list}, nil
}

// reportBasis is the names of users and the instance's time zone.
func (h *Handler) reportBasis(q *request) (users map[tandem.ID]string, zone *time.Location, err error) {
	var instance event.InstanceCreated
	err = h.look(q, func(v View) { users, instance = usernames(v), v.Center.State().Instance })
	if err == nil && instance.PresenceOnly {
		err = errNoCenter
	}
	if err != nil {
		return nil, nil, err
	}
	name := cmp.Or(instance.TimeZone, "UTC")
	zone, ok := zones.Shipped{}.Location(name)
	if !ok {
		zone = time.UTC
	}
	return users, zone, nil
}

func reportFilter(q *request, zone *time.Location) (f statustime.Filter, err error) {
	now := time.Now()
	y, m, d := now.In(zone).Date()
	f.Now = tandem.At(now)
	if f.From, err = moment(q, "from", zone, time.Date(y, m, d, 0, 0, 0, 0, zone)); err != nil {
		return f, err
	}
	if f.To, err = moment(q, "to", zone, now); err != nil {
		return f, err
	}
	if f.From >= f.To {
		return f, tandem.Errorf(tandem.Invalid, "to", "must be later than from")
	}
	if agent := q.URL.Query().Get("agent"); agent != "" {
		if f.UserID, err = tandem.ParseID(agent); err != nil {
			return f, tandem.Errorf(tandem.Invalid, "agent", "%v", err)
		}
	}
	return f, nil
}

// moment reads a parameter that is a moment, or a day.
func moment(q *request, name string, zone *time.Location, otherwise time.Time) (tandem.Time, error) {
	text := q.URL.Query().Get(name)
	if text == "" {
		return tandem.At(otherwise), nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return tandem.At(day), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, tandem.Errorf(tandem.Invalid, name, "%q is not a time; write it as 2026-03-02 or 2026-03-02T09:00:00Z", text)
	}
	return tandem.At(at), nil
}
