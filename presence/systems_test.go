package presence_test

import (
	"tandem/event"
	"tandem/presence"
)

// The systems of the simulation. Each is described by what its maker documents:
// what it counts, what it announces, and whom it names.

func rows(pairs ...string) []event.MappingRow {
	var all []event.MappingRow
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, event.MappingRow{Remote: pairs[i], StatusID: id(pairs[i+1])})
	}
	return all
}

func named(names ...string) []event.RemoteStatus {
	var all []event.RemoteStatus
	for _, n := range names {
		all = append(all, event.RemoteStatus{Remote: n, Name: n, APIName: n})
	}
	return all
}

func systemOf(kind event.SystemKind, name string, mapping []event.MappingRow) event.SystemSaved {
	return event.SystemSaved{SystemID: id(name), System: kind, Name: name, Enabled: true, Policy: event.LastActionWins,
		URL: "https://" + name + ".example", StatusSync: mapping != nil, Mapping: mapping}
}

// zendeskRemote counts versions, names reasons, announces changes; two of its
// statuses mean Lunch. During a contact it shows its focus status.
func zendeskRemote(name string, focus bool) *remote {
	mapping := rows("3", "Available", "2", "Offline", "4", "Break", "51", "Lunch", "52", "Lunch")
	mapping[3].Preferred = true
	r := &remote{sys: systemOf(event.ZendeskSystem, name, mapping), statuses: remoteStatuses, person: switcher, program: api,
		revisions: true, pushes: true, lookReason: true, pollMillis: 10_000, perMinute: 20}
	if focus {
		r.sys.FocusMode, r.sys.Focus = true, "50"
	}
	return r
}

// kustomerRemote counts revisions, names who made a change, and announces
// nothing: it is polled. It tells how loaded the agent is.
func kustomerRemote(name string) *remote {
	sys := systemOf(event.KustomerSystem, name, rows("available", "Available", "offline", "Offline", "unavailable", "Break", "eating", "Lunch"))
	sys.PartialCapacityStatusID, sys.AtCapacityStatusID = id("Some work"), id("Full")
	sys.FocusMode, sys.Focus = true, "busy"
	statuses := named("available", "offline", "unavailable", "eating", "training", "busy")
	statuses[5].Focusing = true
	return &remote{sys: sys, statuses: statuses, person: presence.ReasonPerson, program: presence.ReasonSelf,
		revisions: true, lookReason: true, pollMillis: 5_000, perMinute: 30}
}

// salesforceRemote has a record for each status with its start, and announces
// changes with their reason to the page; a query does not tell the reason. It
// has rules instead of a mapping.
func salesforceRemote(name string) *remote {
	return &remote{sys: systemOf(event.SalesforceSystem, name, nil), statuses: named("Available", "Offline", "Lunch", "Break", "Training"),
		person: manual, program: toolkit, pushes: true, pollMillis: 10_000}
}

// mappedSalesforce is the same with a mapping.
func mappedSalesforce(name string) *remote {
	r := salesforceRemote(name)
	r.sys = systemOf(event.SalesforceSystem, name, rows("Available", "Available", "Offline", "Offline", "Lunch", "Lunch", "Break", "Break"))
	return r
}

// connectRemote tells since when a status holds and nobody's name; it is polled.
func connectRemote(name string) *remote {
	return &remote{sys: systemOf(event.AmazonConnectSystem, name, rows("Available", "Available", "Offline", "Offline", "Lunch", "Lunch", "Break", "Break", "Full", "Full")),
		statuses: named("Available", "Offline", "Lunch", "Break", "Training", "Full"), pollMillis: 5_000}
}

// blindRemote announces changes, and names nobody.
func blindRemote(name string) *remote {
	r := mappedSalesforce(name)
	r.person, r.program = "", ""
	return r
}

// casts are the systems that stand around the center, which is one itself.
var casts = map[string]func() []*remote{
	"4 systems": func() []*remote {
		return []*remote{zendeskRemote("zd", true), kustomerRemote("ku"), salesforceRemote("sf")}
	},
	"6 systems": func() []*remote {
		return []*remote{zendeskRemote("zd", true), kustomerRemote("ku"), mappedSalesforce("sf"), connectRemote("ac"), blindRemote("bl")}
	},
}

// burstCasts are those of bursts: whether all name who made a change, or none.
func burstCasts(attributed bool) []*remote {
	cast := []*remote{zendeskRemote("zd", false), mappedSalesforce("sf"), mappedSalesforce("sf2")}
	for _, r := range cast {
		r.perMinute, r.looks = 0, true
		if r.lookReason = true; !attributed {
			r.person, r.program = "", ""
		}
	}
	return cast
}
