package admin

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/event"
)

// kindBodies are systems that are not Zendesk, without a mapping.
var kindBodies = map[string]string{
	"kustomer":   `{"kind":"kustomer","name":"K","url":"https://example.api.kustomerapp.com","client_secret":"top secret"}`,
	"salesforce": `{"kind":"salesforce","name":"S","url":"https://example.my.salesforce.com","client_id":"key","client_secret":"top secret"}`,
	"amazon_connect": `{"kind":"amazon_connect","name":"A","url":"https://connect.eu-central-1.amazonaws.com","client_id":"AKID","client_secret":"top secret",
		"settings":{"instance":"11111111-2222-3333-4444-555555555555","region":"eu-central-1"}}`,
}

// createKind makes a system of a kind and returns its path.
func (w *world) createKind(t *testing.T, kind string) (tandem.ID, string) {
	t.Helper()
	var s systemJSON
	w.call(t, "POST", "systems", kindBodies[kind]).ok(&s)
	if s.Kind != kind || !s.HasClientSecret {
		t.Fatalf("the system is %+v, want one of the kind %s with its secret", s, kind)
	}
	return s.ID, "systems/" + s.ID.String()
}

// with adds a member to a system's body.
func with(kind, member string) string {
	return strings.TrimSuffix(kindBodies[kind], "}") + "," + member + "}"
}

func mapping(remote, status string) string {
	return `"status_sync":true,"mapping":[{"remote":"` + remote + `","status":"` + status + `"}]`
}

// TestStatusesOfEveryKindGoByNameOrID holds that names are those that the
// system listed, and that before it did, only what has the form of an id of
// its kind is taken: a name would be kept as an id that no status has.
func TestStatusesOfEveryKindGoByNameOrID(t *testing.T) {
	tests := map[string]struct{ id, kept, name string }{
		"kustomer":       {"650000000000000000000101", "650000000000000000000101", "Lunch"},
		"salesforce":     {"0N5000000000LUnAAM", "0N5000000000LUn", "lunch break"},
		"amazon_connect": {"d2f5e7a0-0000-4000-8000-000000000002", "d2f5e7a0-0000-4000-8000-000000000002", "Lunch"},
	}
	for kind, tt := range tests {
		t.Run(kind, func(t *testing.T) {
			w := newWorld()
			id, path := w.createKind(t, kind)
			row := func() event.MappingRow { return w.state.Systems[id].Saved.Mapping[0] }
			w.call(t, "PUT", path, with(kind, mapping("Online", "Break"))).refused(400, "mapping[0].remote")
			w.call(t, "PUT", path, with(kind, mapping("3", "Break"))).refused(400, "mapping[0].remote")
			w.call(t, "PUT", path, with(kind, mapping(tt.name, "Break"))).refused(400, "mapping[0].remote")
			w.call(t, "PUT", path, with(kind, mapping(tt.id, "Break"))).ok(nil)
			if got := row(); got.Remote != tt.kept || got.StatusID != breakID {
				t.Errorf("by id the row is %+v, want status %s", got, tt.kept)
			}
			w.call(t, "POST", path+"/refresh", "").ok(nil)
			w.call(t, "PUT", path, with(kind, mapping("Available", "Available"))).ok(nil)
			var s systemJSON
			w.call(t, "PUT", path, with(kind, mapping(tt.name, "Break"))).ok(&s)
			if got := row(); got.Remote != tt.kept || s.Mapping[0].RemoteName == "" {
				t.Errorf("by name the row is %+v, want status %s; shown as %+v", got, tt.kept, s.Mapping[0])
			}
		})
	}
}

func TestSettingsAreKeptShownAndChecked(t *testing.T) {
	w := newWorld()
	id, path := w.createKind(t, "amazon_connect")
	want := map[string]string{"instance": "11111111-2222-3333-4444-555555555555", "region": "eu-central-1"}
	var s systemJSON
	if w.call(t, "GET", path, "").ok(&s); !maps.Equal(s.Settings, want) || !maps.Equal(w.state.Systems[id].Saved.Settings, want) {
		t.Errorf("the settings are %v, want %v", s.Settings, want)
	}
	w.call(t, "PUT", path, strings.Replace(kindBodies["amazon_connect"], `"region"`, `"reigon"`, 1)).refused(400, "settings.reigon")
	w.call(t, "POST", "systems", strings.Replace(kindBodies["kustomer"], `"top secret"`, `""`, 1)).refused(400, "client_secret")
}

func TestCapacityStatusesAreChosenByName(t *testing.T) {
	w := newWorld()
	id, path := w.createKind(t, "kustomer")
	var s systemJSON
	w.call(t, "PUT", path, with("kustomer", `"partial_capacity_status":"break","at_capacity_status":"`+breakID.String()+`"`)).ok(&s)
	saved := w.state.Systems[id].Saved
	if saved.PartialCapacityStatusID != breakID || saved.AtCapacityStatusID != breakID || s.PartialCapacityStatusName != "Break" || s.AtCapacityStatusID != breakID {
		t.Errorf("saved %+v, shown %+v, want Break for both", saved, s)
	}
	w.call(t, "PUT", path, kindBodies["kustomer"]).ok(nil)
	if got := w.state.Systems[id].Saved; !got.PartialCapacityStatusID.IsZero() || !got.AtCapacityStatusID.IsZero() {
		t.Errorf("left out, they are %s and %s, want none", got.PartialCapacityStatusID, got.AtCapacityStatusID)
	}
}

func TestLinksGoByTheIDThatTheSystemTells(t *testing.T) {
	for kind, tt := range map[string]struct{ given, kept string }{
		"kustomer":       {"680000000000000000000001", "680000000000000000000001"},
		"salesforce":     {"005AB0000000001AAC", "005AB0000000001"},
		"amazon_connect": {"d2f5e7a0-0000-4000-8000-00000000000a", "d2f5e7a0-0000-4000-8000-00000000000a"},
	} {
		w := newWorld()
		_, path := w.createKind(t, kind)
		w.call(t, "PUT", path+"/links/"+agent1.String(), `{"remote_id":"`+tt.given+`"}`).ok(nil)
		if legs := w.state.Agents[agent1].Legs; len(legs) != 2 || legs[1].RemoteID != tt.kept {
			t.Errorf("%s: the legs are %+v, want a link to %s", kind, legs, tt.kept)
		}
	}
}

// TestFieldsOfCommandsAreNamedAsTheAPIHasThem holds that a refusal of the core
// names what the caller has sent.
func TestFieldsOfCommandsAreNamedAsTheAPIHasThem(t *testing.T) {
	for field, want := range map[string]string{
		"PartialCapacityStatusID": "partial_capacity_status", "AtCapacityStatusID": "at_capacity_status", "Mapping[2].StatusID": "mapping[2].status",
		"Rules[0].State": "rules[0].state", "Rules[1].Criteria[2].OperandA": "rules[1].criteria[2].operand_a", "Rules[1].Criteria": "rules[1].criteria",
		"Rules[0].Criteria[0].Comparator": "rules[0].criteria[0].comparator", "Rules[3].Source": "rules[3].source", "Rules[3].Destination": "rules[3].destination",
		"SessionEnd.StatusID": "session_end.status", "SessionEnd.InitialStatusID": "session_end.initial_status", "SessionEnd.DelayMillis": "session_end.delay_ms",
		"settings.region": "settings.region", "Criteria[0].Value": "criteria[0].value",
	} {
		if got := fieldName(field); !cmp.Equal(got, want) {
			t.Errorf("%s is called %q, want %q", field, got, want)
		}
	}
}
