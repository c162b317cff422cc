package zendesk

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stamp is the form of updated_at, nanoseconds included.
const stamp = "2006-01-02T15:04:05.000000000Z07:00"

func availabilityID(agentID int64) string { return fmt.Sprintf("agent_availabilities|%d", agentID) }

// availabilityJSON follows "Zendesk: Agent Availabilities". agent_status is
// left out while omnichannel routing is off.
func availabilityJSON(r *http.Request, v view) object {
	attributes := object{"agent_id": v.ID, "group_ids": groups(v.GroupIDs), "skills": []object{}, "version": v.Status.Version}
	if v.omnichannel {
		attributes["agent_status"] = object{
			"id": v.Status.ID, "name": v.Status.Name, "reason": v.Status.Reason, "updated_at": v.Status.UpdatedAt.Format(stamp),
		}
	}
	references := []object{}
	for _, channel := range channelsJSON(v) {
		references = append(references, object{"id": channel["id"], "type": "channels"})
	}
	return object{
		"id": availabilityID(v.ID), "type": "agent_availabilities", "attributes": attributes,
		"links":         object{"self": baseURL(r) + "/api/v2/agent_availabilities/" + strconv.FormatInt(v.ID, 10)},
		"relationships": object{"channels": object{"data": references}},
	}
}

func channelsJSON(v view) []object {
	channel := func(name, status string) object {
		return object{
			"id": availabilityID(v.ID) + "|channels|" + name, "type": "channels",
			"attributes":    object{"name": name, "status": status, "work_item_count": 0},
			"relationships": object{"work_items": object{"data": []object{}}},
		}
	}
	return []object{
		channel("messaging", v.channels.Messaging), channel("support", v.channels.Support), channel("talk", v.channels.Talk),
	}
}

// groups keeps an empty list a list in JSON.
func groups(ids []int64) []int64 { return append([]int64{}, ids...) }

// listAvailabilities is GET /api/v2/agent_availabilities with cursor pages and
// the filters agent_status_id, group_ids and channel_status (messaging:online).
func (s *Server) listAvailabilities(w http.ResponseWriter, r *http.Request) {
	views, err := filterViews(r, s.account.views())
	if err != nil {
		writeError(w, http.StatusBadRequest, "BadRequest", err.Error())
		return
	}
	p, err := cursorPage(r, views, func(v view) string { return idKey(v.ID) })
	if err != nil {
		writeError(w, http.StatusBadRequest, "InvalidPaginationParameter", err.Error())
		return
	}
	data, included := []object{}, []object{}
	for _, v := range p.items {
		data = append(data, availabilityJSON(r, v))
		included = append(included, channelsJSON(v)...)
	}
	writeJSON(w, http.StatusOK, object{"data": data, "included": included, "meta": p.meta, "links": p.links})
}

func filterViews(r *http.Request, views []view) ([]view, error) {
	query := r.URL.Query()
	for _, name := range []string{"agent_status_id", "group_ids"} {
		text := query.Get("filter[" + name + "]")
		if text == "" {
			continue
		}
		wanted, err := parseIDs(text)
		if err != nil {
			return nil, fmt.Errorf("filter[%s]: %w", name, err)
		}
		views = slices.DeleteFunc(views, func(v view) bool {
			if name == "agent_status_id" {
				return !v.omnichannel || !slices.Contains(wanted, v.Status.ID)
			}
			return !slices.ContainsFunc(v.GroupIDs, func(id int64) bool { return slices.Contains(wanted, id) })
		})
	}
	if text := query.Get("filter[channel_status]"); text != "" {
		channel, status, _ := strings.Cut(text, ":")
		views = slices.DeleteFunc(views, func(v view) bool { return v.channels.named(channel) != status })
	}
	return views, nil
}

func (c Channels) named(channel string) string {
	switch channel {
	case "messaging":
		return c.Messaging
	case "support":
		return c.Support
	case "talk":
		return c.Talk
	}
	return ""
}

func parseIDs(text string) ([]int64, error) {
	var ids []int64
	for field := range strings.SplitSeq(text, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(field), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a list of ids", text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *Server) showAvailability(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(r)
	v, err := s.account.view(id)
	if !ok || err != nil {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"data": availabilityJSON(r, v), "included": channelsJSON(v)})
}

// listStatuses is GET .../agent_statuses: the default four on every page, the
// custom ones paged.
func (s *Server) listStatuses(w http.ResponseWriter, r *http.Request) {
	defaults, custom := []object{}, []Status{}
	for _, status := range s.account.statusList() {
		if status.ID > StatusTransfersOnly {
			custom = append(custom, status)
			continue
		}
		attributes := object{"name": status.Name, "description": status.Description}
		defaults = append(defaults, object{"id": status.ID, "type": "agent_status", "attributes": attributes})
	}
	p, err := cursorPage(r, custom, func(status Status) string { return idKey(status.ID) })
	if err != nil {
		writeError(w, http.StatusBadRequest, "InvalidPaginationParameter", err.Error())
		return
	}
	listed := []object{}
	for _, status := range p.items {
		listed = append(listed, object{"id": status.ID, "type": "agent_status", "attributes": object{
			"name": status.Name, "description": status.Description, "channels": status.Channels,
			"group_ids": groups(status.GroupIDs), "updated_at": status.changedAt.Format(time.RFC3339),
		}})
	}
	writeJSON(w, http.StatusOK, object{"default": defaults, "custom": listed, "meta": p.meta, "links": p.links})
}

// updateStatus is PUT .../agent_statuses/agents/{id} with {"id": status id}.
// The page shows the resource without saying whether "data" wraps it; the
// JSON:API form of its neighbours is used.
func (s *Server) updateStatus(w http.ResponseWriter, r *http.Request) {
	agentID, ok := pathID(r)
	if !ok {
		notFound(w)
		return
	}
	var request struct {
		ID *int64 `json:"id"`
	}
	if !readJSON(w, r, &request) {
		return
	}
	if request.ID == nil {
		writeInvalid(w, "id", "id: cannot be blank")
		return
	}
	status, err := s.account.setStatus(agentID, *request.ID, ReasonPublicAPI)
	if err != nil {
		writeRefusal(w, err)
		return
	}
	writeJSON(w, http.StatusOK, object{"data": object{
		"id": availabilityID(agentID), "type": "agent_availabilities",
		"attributes": object{"agent_id": agentID, "agent_status": object{"id": status.ID, "name": status.Name}},
	}})
}
