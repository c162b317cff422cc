package salesforce

import (
	"net/http"
	"slices"
)

// table is an object's fields and rows as SOQL sees them.
func (s *Server) table(name string) (columns []string, rows []object, err error) {
	o := s.org
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case name == "User":
		return []string{"Id", "Name", "Email", "IsActive", "ProfileId"}, o.userRows(), nil
	case name == "Profile":
		return []string{"Id", "Name"}, o.profileRows(), nil
	case name == "PushTopic":
		return []string{"Id", "Name", "Query", "IsActive"}, s.stream.topicRows(), nil
	case s.config.OmniOff:
	case name == "UserServicePresence":
		return presenceColumns, o.presenceRows(), nil
	case name == "ServicePresenceStatus":
		return s.visible("Id", "DeveloperName", "MasterLabel"), o.statusRows(), nil
	case name == "ServiceChannel":
		return s.visible("Id", "DeveloperName", "MasterLabel"), o.channelRows(), nil
	case name == "ServiceChannelStatus":
		return []string{"Id", "ServiceChannelId", "ServicePresenceStatusId"}, o.channelStatusRows(), nil
	case name == "AgentWork":
		return []string{"Id", "UserId", "WorkItemId", "ServiceChannelId", "Status", "CapacityWeight", "CreatedDate"}, o.workRows(), nil
	}
	return nil, nil, &soqlError{"INVALID_TYPE", "sObject type '" + name + "' is not supported."}
}

// visible leaves DeveloperName out where the permission is missing.
func (s *Server) visible(columns ...string) []string {
	if s.config.HideDeveloperName {
		return slices.DeleteFunc(columns, func(c string) bool { return c == "DeveloperName" })
	}
	return columns
}

var presenceColumns = []string{
	"Id", "UserId", "ServicePresenceStatusId", "IsCurrentState", "IsAway", "ConfiguredCapacity", "CreatedDate", "OwnerId",
}

// The methods below want mu held.

func (o *org) row(p presence) object {
	return object{
		"Id": long(p.id), "UserId": long(p.user), "OwnerId": long(p.user), "ServicePresenceStatusId": long(p.status), "IsCurrentState": p.current,
		"IsAway": false, "ConfiguredCapacity": o.user(p.user).Capacity, "CreatedDate": p.created.Format(timeShape),
	}
}

func (o *org) presenceRows() []object {
	var rows []object
	for _, p := range o.records {
		rows = append(rows, o.row(p))
	}
	return rows
}

func (o *org) userRows() []object {
	var rows []object
	for _, u := range o.users {
		row := object{"Id": long(u.ID), "Name": u.Name, "Email": u.Email, "IsActive": true, "ProfileId": nil}
		if i := slices.Index(o.profiles(), u.Profile); i >= 0 {
			row["ProfileId"] = profileID(i)
		}
		rows = append(rows, row)
	}
	return rows
}

// profiles are the names of the users' profiles, each once.
func (o *org) profiles() []string {
	var all []string
	for _, u := range o.users {
		if u.Profile != "" && !slices.Contains(all, u.Profile) {
			all = append(all, u.Profile)
		}
	}
	return all
}

func profileID(i int) string { return long(newID("00e", i+1)) }

func (o *org) profileRows() []object {
	var rows []object
	for i, name := range o.profiles() {
		rows = append(rows, object{"Id": profileID(i), "Name": name})
	}
	return rows
}

func (o *org) statusRows() []object {
	var rows []object
	for _, st := range o.statuses {
		rows = append(rows, object{"Id": long(st.ID), "DeveloperName": st.DeveloperName, "MasterLabel": st.Label})
	}
	return rows
}

func (o *org) channelRows() []object {
	var rows []object
	for _, c := range o.channels {
		rows = append(rows, object{"Id": long(c.ID), "DeveloperName": c.DeveloperName, "MasterLabel": c.DeveloperName})
	}
	return rows
}

func (o *org) channelStatusRows() []object {
	var rows []object
	for _, st := range o.statuses {
		for _, c := range st.ChannelIDs {
			rows = append(rows, object{"Id": long(newID("0H1", len(rows)+1)), "ServiceChannelId": long(c), "ServicePresenceStatusId": long(st.ID)})
		}
	}
	return rows
}

func (o *org) workRows() []object {
	var rows []object
	for _, w := range o.works {
		rows = append(rows, object{
			"Id": long(w.id), "UserId": long(w.user), "WorkItemId": w.item, "ServiceChannelId": long(w.channel), "Status": w.status,
			"CapacityWeight": w.weight, "CreatedDate": w.created.Format(timeShape),
		})
	}
	return rows
}

// deletePresence ends the session of the record's user. What an open console
// then hears is not documented: a log-out by a supervisor is told.
func (s *Server) deletePresence(w http.ResponseWriter, r *http.Request) {
	s.org.mu.Lock()
	i := slices.IndexFunc(s.org.records, func(p presence) bool { return p.id == short(r.PathValue("id")) })
	var p presence
	if i >= 0 {
		p = s.org.records[i]
	}
	s.org.mu.Unlock()
	if i < 0 {
		writeErrors(w, http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
		return
	}
	if p.current {
		_ = s.org.logout(p.user, LogoutSupervisor, false) // the user exists
	}
	s.org.mu.Lock()
	s.org.records = slices.DeleteFunc(s.org.records, func(other presence) bool { return other.id == p.id })
	s.org.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}
