package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
)

// Offline is the status of an agent without a current presence record. It is
// the id that Salesforce's own voice connectors use for it; there is no such
// record.
const Offline = "0"

const (
	maxPages     = 200 // of one query
	idsPerQuery  = 200
	timeShape    = "2006-01-02T15:04:05.000-0700"
	nextPagesFor = dataPath + "query/"
)

var idShape = regexp.MustCompile(`^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$`)

// short cuts an id to the 15 characters that tell it apart: both forms occur.
func short(id string) string { return id[:min(15, len(id))] }

// query reads every page of a SOQL query.
func query[T any](ctx context.Context, c *client, p priority, soql string) ([]T, error) {
	var all []T
	path := dataPath + "query?q=" + url.QueryEscape(soql)
	for range maxPages {
		var answer struct {
			Done    bool   `json:"done"`
			Next    string `json:"nextRecordsUrl"`
			Records *[]T   `json:"records"`
		}
		if err := c.call(ctx, p, http.MethodGet, path, nil, &answer); err != nil {
			return nil, err
		}
		if answer.Records == nil {
			return nil, &failure{status: http.StatusOK, detail: "the answer to a query has no records"}
		}
		all = append(all, *answer.Records...)
		if answer.Done {
			return all, nil
		}
		if path = answer.Next; !strings.HasPrefix(path, nextPagesFor) {
			return nil, &failure{status: http.StatusOK, detail: "the next page of a query lies elsewhere, which is not followed"}
		}
	}
	return nil, fmt.Errorf("a query has more than %d pages", maxPages)
}

// quoted is a list of ids for IN; what is no id is left out.
func quoted(ids []string) string {
	var all []string
	for _, id := range ids {
		if idShape.MatchString(id) {
			all = append(all, "'"+id+"'")
		}
	}
	return strings.Join(all, ",")
}

// moment is a time as the API writes it.
type moment struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		return nil
	}
	at, err := time.Parse(timeShape, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	m.Time = at
	return err
}

// record is a UserServicePresence: each status that a user was in is one.
type record struct {
	ID       string  `json:"Id"`
	User     string  `json:"UserId"`
	Status   string  `json:"ServicePresenceStatusId"`
	Current  bool    `json:"IsCurrentState"`
	Created  moment  `json:"CreatedDate"`
	Capacity float64 `json:"ConfiguredCapacity"`
}

const recordFields = "Id, UserId, ServicePresenceStatusId, IsCurrentState, CreatedDate"

// currentRecords are the current records of some agents, by their short id, of
// several the newest. Who is missing is offline.
func (c *client) currentRecords(ctx context.Context, p priority, agents []string) (map[string]record, error) {
	list := quoted(agents)
	if list == "" {
		return map[string]record{}, nil
	}
	records, err := query[record](ctx, c, p,
		"SELECT "+recordFields+", ConfiguredCapacity FROM UserServicePresence WHERE IsCurrentState = true AND UserId IN ("+list+")")
	if err != nil {
		return nil, err
	}
	found := map[string]record{}
	for _, r := range records {
		r.ID, r.User, r.Status = short(r.ID), short(r.User), short(r.Status)
		if before, ok := found[r.User]; !ok || r.Created.After(before.Created.Time) {
			found[r.User] = r
		}
	}
	return found, nil
}

// Status is a presence status. One with channels is flagged Online in
// Salesforce, one without Busy.
type Status struct {
	ID            string // 15 characters; Offline for the state that is no status
	DeveloperName string // which rules name
	Label         string
	Channels      []string // developer names of its service channels, sorted
}

// remote is the status in presence's words. A Busy status is fit for focus:
// Omni-Channel routes nothing to an agent in it.
func (s Status) remote() event.RemoteStatus {
	return event.RemoteStatus{Remote: s.ID, Name: s.Label, APIName: s.DeveloperName, Custom: s.ID != Offline, Focusing: s.ID != Offline && len(s.Channels) == 0}
}

// statuses reads what the org offers, and Offline.
func (c *client) statuses(ctx context.Context, p priority) ([]Status, error) {
	type named struct {
		ID            string `json:"Id"`
		DeveloperName string
		MasterLabel   string
	}
	found, err := query[named](ctx, c, p, "SELECT Id, DeveloperName, MasterLabel FROM ServicePresenceStatus")
	if err != nil {
		return nil, err
	}
	channels, err := query[named](ctx, c, p, "SELECT Id, DeveloperName, MasterLabel FROM ServiceChannel")
	if err != nil {
		return nil, err
	}
	joins, err := query[struct{ ServiceChannelId, ServicePresenceStatusId string }](ctx, c, p,
		"SELECT ServiceChannelId, ServicePresenceStatusId FROM ServiceChannelStatus")
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, ch := range channels {
		names[short(ch.ID)] = ch.DeveloperName
	}
	of := map[string][]string{}
	for _, j := range joins {
		of[short(j.ServicePresenceStatusId)] = append(of[short(j.ServicePresenceStatusId)], names[short(j.ServiceChannelId)])
	}
	all := []Status{{ID: Offline, DeveloperName: "Offline", Label: "Offline"}}
	for _, s := range found {
		served := of[short(s.ID)]
		slices.Sort(served)
		all = append(all, Status{ID: short(s.ID), DeveloperName: s.DeveloperName, Label: s.MasterLabel, Channels: served})
	}
	return all, nil
}

func (c *client) agents(ctx context.Context, p priority) ([]connector.Agent, error) {
	users, err := query[struct{ Id, Name, Email string }](ctx, c, p, "SELECT Id, Name, Email FROM User WHERE IsActive = true")
	if err != nil {
		return nil, err
	}
	var all []connector.Agent
	for _, u := range users {
		all = append(all, connector.Agent{RemoteID: short(u.Id), Name: u.Name, Email: u.Email})
	}
	return all, nil
}

// profiles reads the names of some agents' profiles, by the agents' short ids.
func (c *client) profiles(ctx context.Context, p priority, agents []string) (map[string]string, error) {
	found := map[string]string{}
	for some := range slices.Chunk(agents, idsPerQuery) {
		list := quoted(some)
		if list == "" {
			continue
		}
		users, err := query[struct{ Id, ProfileId string }](ctx, c, p, "SELECT Id, ProfileId FROM User WHERE Id IN ("+list+")")
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, u := range users {
			ids = append(ids, u.ProfileId)
		}
		slices.Sort(ids)
		if list = quoted(slices.Compact(ids)); list == "" {
			continue
		}
		profiles, err := query[struct{ Id, Name string }](ctx, c, p, "SELECT Id, Name FROM Profile WHERE Id IN ("+list+")")
		if err != nil {
			return nil, err
		}
		names := map[string]string{}
		for _, profile := range profiles {
			names[short(profile.Id)] = profile.Name
		}
		for _, u := range users {
			found[short(u.Id)] = names[short(u.ProfileId)]
		}
	}
	return found, nil
}

// Workload is how much an agent has to do in Omni-Channel.
type Workload struct {
	ConfiguredCapacity int // 0: the agent is offline
	Current            int // the weights of work that was accepted and is not closed
}

// workload reads an agent's capacity and open work.
func (c *client) workload(ctx context.Context, agent string) (Workload, error) {
	if !idShape.MatchString(agent) {
		return Workload{}, tandem.Errorf(tandem.Invalid, "agent", "%q is not the id of a Salesforce user", agent)
	}
	records, err := c.currentRecords(ctx, urgent, []string{agent})
	if err != nil {
		return Workload{}, err
	}
	works, err := query[struct{ CapacityWeight float64 }](ctx, c, urgent,
		"SELECT CapacityWeight FROM AgentWork WHERE UserId = '"+agent+"' AND Status = 'Opened'")
	load := Workload{ConfiguredCapacity: int(records[short(agent)].Capacity)}
	for _, w := range works {
		load.Current += int(w.CapacityWeight)
	}
	return load, err
}

// channelOf reads the developer name of the service channel of some work.
func (c *client) channelOf(ctx context.Context, work string) (string, error) {
	if !idShape.MatchString(work) {
		return "", tandem.Errorf(tandem.Invalid, "work", "%q is not the id of an AgentWork", work)
	}
	works, err := query[struct{ ServiceChannelId string }](ctx, c, urgent, "SELECT ServiceChannelId FROM AgentWork WHERE Id = '"+work+"'")
	if err != nil || len(works) == 0 || !idShape.MatchString(works[0].ServiceChannelId) {
		return "", err
	}
	channels, err := query[struct{ DeveloperName string }](ctx, c, urgent,
		"SELECT DeveloperName FROM ServiceChannel WHERE Id = '"+works[0].ServiceChannelId+"'")
	if err != nil || len(channels) == 0 {
		return "", err
	}
	return channels[0].DeveloperName, nil
}
