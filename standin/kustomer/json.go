package kustomer

import "time"

// stamp is the form of every moment, in milliseconds.
const stamp = "2006-01-02T15:04:05.000Z"

func at(t time.Time) string { return t.UTC().Format(stamp) }

// atOrNil is a moment that may not have come.
func atOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return at(t)
}

func userJSON(u User) object {
	kind := "user"
	if u.machine {
		kind = "machine"
	}
	teams := []object{}
	for _, id := range u.TeamIDs {
		teams = append(teams, object{"type": "team", "id": id})
	}
	return resource("user", u.ID, "/v1/users/"+u.ID, object{
		"name": u.Name, "displayName": u.Name, "email": u.Email, "userType": kind,
	}, object{"teams": object{"data": teams}})
}

func teamJSON(t Team) object {
	return resource("team", t.ID, "/v1/teams/"+t.ID, object{"name": t.Name, "displayName": t.Name}, object{})
}

func queueJSON(q Queue) object {
	return resource("queue", q.ID, "/v1/routing/queues/"+q.ID, object{"name": q.Name, "itemSize": q.ItemSize}, object{})
}

func statusJSON(s Status) object {
	return resource("status", s.ID, "/v1/routing/statuses/"+s.ID, object{
		"name": s.Name, "description": s.Description, "statusType": s.Type, "system": s.system, "enabled": !s.Off,
		"selectable": !s.unselectable, "createdAt": at(s.createdAt), "updatedAt": at(s.updatedAt),
	}, object{})
}

// sessionJSON follows "Kustomer: Get work session by ID". businessTime equals
// time: there is no business schedule here. capacityStatus is told only where
// its word is known: idle.
func sessionJSON(v sessionView) object {
	times, available, unavailable := object{}, time.Duration(0), time.Duration(0)
	for id, in := range v.spent {
		times[id] = object{
			"statusAt": at(in.since), "time": in.time.Milliseconds(), "businessTime": in.time.Milliseconds(), "statusSelectedCount": in.selected,
		}
		if id == StatusAvailable {
			available += in.time
		} else if id != StatusOffline {
			unavailable += in.time
		}
	}
	attributes := object{
		"active": v.signedOutAt == nil, "routable": v.status.Type == TypeAvailable, "statusType": v.status.Type,
		"workItemCount": v.active, "pausedWorkItemCount": v.paused, "handledItemCount": v.handled,
		"signedInAt": at(v.createdAt), "signedOutAt": nil, "lastAssignedItemAt": atOrNil(v.lastAssignedAt),
		"capacity": []object{}, "capacityRemaining": v.remaining, "totalCapacity": v.total, "totalTimeByStatus": times,
		"totalAvailable":   object{"time": available.Milliseconds(), "businessTime": available.Milliseconds()},
		"totalUnavailable": object{"time": unavailable.Milliseconds(), "businessTime": unavailable.Milliseconds()},
		"createdAt":        at(v.createdAt), "updatedAt": at(v.updatedAt), "modifiedAt": at(v.modifiedAt), "rev": v.rev,
	}
	if v.signedOutAt != nil {
		attributes["signedOutAt"] = at(*v.signedOutAt)
	}
	if v.active+v.paused == 0 && v.pending == "" {
		attributes["capacityStatus"] = "idle"
	}
	queues, items := []object{}, []object{}
	for _, id := range v.queues {
		queues = append(queues, object{"type": "queue", "id": id})
	}
	for _, id := range v.items {
		items = append(items, object{"type": "work_item", "id": id})
	}
	return resource("work_session", v.id, "/v1/routing/work-sessions/"+v.id, attributes, object{
		"user": to("user", v.userID, "/v1/users/"), "team": to("team", v.teamID, "/v1/teams/"),
		"status": to("status", v.statusID, "/v1/routing/statuses/"), "modifiedBy": to("user", v.modifiedBy, "/v1/users/"),
		"queues": object{"data": queues}, "workItems": object{"data": items},
		"pendingItem": to("work_item", v.pending, "/v1/routing/work-items/"),
	})
}

func itemJSON(i item) object {
	return resource("work_item", i.id, "/v1/routing/work-items/"+i.id, object{
		"status": i.status, "itemSize": i.size, "queuedCount": i.queuedCount, "createdAt": at(i.createdAt),
		"lastQueuedAt": at(i.queuedAt), "routedAt": atOrNil(i.routedAt),
	}, object{
		"queue": to("queue", i.queueID, "/v1/routing/queues/"), "workSession": to("work_session", i.sessionID, "/v1/routing/work-sessions/"),
		"routedTo": to("user", i.userID, "/v1/users/"), "resource": to("conversation", i.conversationID, "/v1/conversations/"),
	})
}

func conversationJSON(c conversation) object {
	users := []string{}
	if c.assigned != "" {
		users = append(users, c.assigned)
	}
	return resource("conversation", c.id, "/v1/conversations/"+c.id, object{"status": c.status, "assignedUsers": users}, object{})
}
