package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem"
	"tandem/auth"
	"tandem/connector"
	"tandem/directory"
	"tandem/event"
	"tandem/flow"
	"tandem/presence"
	"tandem/view/audit"
	"tandem/view/flowlog"
	"tandem/view/flowuse"
	"tandem/view/lately"
	"tandem/view/notice"
)

// calls has a call of each operation that succeeds in [fullWorld], by its id.
var calls = []struct{ id, method, path, body string }{
	{"getHealth", "GET", "/admin/health", ""},
	{"getMe", "GET", "/admin/me", ""},
	{"listInstances", "GET", "/admin/instances", ""},
	{"createKey", "POST", "/admin/keys", `{"name":"exports","role":"auditor"}`},
	{"listKeys", "GET", "/admin/keys", ""},
	{"listServerChanges", "GET", "/admin/audit", ""},
	{"endKey", "DELETE", "/admin/keys/KEY", ""},
	{"listRuleWords", "GET", "/admin/rules/words", ""},
	{"listCenterStatuses", "GET", "statuses", ""},
	{"listUsers", "GET", "users", ""},
	{"eraseUser", "POST", "users/AGENT2/erase", ""},
	{"eraseContact", "POST", "contacts/AGENT2/erase", ""},
	{"listAgentsNow", "GET", "agents", ""},
	{"reportStatusTime", "GET", "reports/status-time?bucket=day", ""},
	{"showSettings", "GET", "settings", ""},
	{"saveSettings", "PUT", "settings", `{"requeue_on_offline":true}`},
	{"listFlowLogs", "GET", "flow-logs", ""},
	{"listFlowUses", "GET", "flow-uses?resource=BasicQueue", ""},
	{"listPresence", "GET", "presence", ""},
	{"explainPresence", "GET", "users/AGENT1/why", ""},
	{"listChanges", "GET", "audit", ""},
	{"listNotices", "GET", "notices?limit=1", ""},
	{"seeNotices", "POST", "notices/seen", `{"notice_id":"NOTICE","through":true}`},
	{"listSystems", "GET", "systems", ""},
	{"createSystem", "POST", "systems", strings.Replace(sampleSystem, `"Zendesk"`, `"Another"`, 1)},
	{"getSystem", "GET", "systems/SYSTEM", ""},
	{"replaceSystem", "PUT", "systems/SYSTEM", sampleSystem},
	{"replaceSecret", "POST", "systems/SYSTEM/secret", `{"client_secret":"top secret"}`},
	{"testSystem", "POST", "systems/SYSTEM/test", ""},
	{"getSystemHealth", "GET", "systems/SYSTEM/health", ""},
	{"refreshSystem", "POST", "systems/SYSTEM/refresh", ""},
	{"listSystemStatuses", "GET", "systems/SYSTEM/statuses", ""},
	{"replaceRules", "PUT", "systems/SYSTEM/rules", `{"enabled":true,"rules":[` + lunchRule + `]}`},
	{"getRules", "GET", "systems/SYSTEM/rules", ""},
	{"importRules", "POST", "systems/SYSTEM/rules/import", exportedRules},
	{"tryRules", "POST", "systems/SYSTEM/rules/try", `{"event":{"source":"Salesforce Agent Logout"}}`},
	{"listAgents", "GET", "systems/SYSTEM/agents", ""},
	{"linkByEmail", "POST", "systems/SYSTEM/links/auto", ""},
	{"listLinks", "GET", "systems/SYSTEM/links", ""},
	{"releaseAgent", "POST", "systems/SYSTEM/links/AGENT1/release", ""},
	{"linkAgent", "PUT", "systems/SYSTEM/links/AGENT2", `{"remote_id":"10012"}`},
	{"unlinkAgent", "DELETE", "systems/SYSTEM/links/AGENT2", ""},
	{"deleteSystem", "DELETE", "systems/SYSTEM", ""},
}

// fullWorld has something of everything.
func fullWorld(t *testing.T) (w *world, names *strings.Replacer) {
	w = newWorld()
	id, path := w.create(t)
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	w.agents = []connector.Agent{{RemoteID: "10011", Name: "A", Email: "agent1@example.com"}}
	w.figures = map[tandem.ID]connector.Figures{id: {Done: 3, Sent: 2, Delay: 4e6}}
	w.notices = []notice.Notice{
		{ID: tandem.NameID("notice", "2"), At: 2000, SystemID: id, Notice: "system_unreachable", Detail: "503"},
		{ID: tandem.NameID("notice", "1"), At: 1000, UserID: agent1, SystemID: id, Notice: "status_put_back", Detail: "Lunch"},
	}
	w.changes = []audit.Change{{Seq: 1, At: 1000, What: "system_saved", SystemID: id, After: json.RawMessage(`{"name":"Zendesk"}`)}}
	w.handler.cfg.FlowLogs = func(context.Context, tandem.ID, flowlog.Filter) ([]flowlog.Row, error) {
		return []flowlog.Row{{Cursor: flowlog.Cursor{Seq: 7}, Line: []byte(`{"ContactId":"a"}`)}}, nil
	}
	w.handler.cfg.FlowUses = func(context.Context, tandem.ID, string) (flowuse.Answer, error) {
		used := flowuse.Resource{Kind: flow.ResourceQueue, ID: "1", Name: "BasicQueue"}
		return flowuse.Answer{Resources: []flowuse.Resource{used}, Uses: []flowuse.Use{{Resource: used, FlowName: "Inbound", Content: flowuse.Published}}}, nil
	}
	w.lines = []lately.Line{{At: 1000, Text: "on a contact"}, {At: 2000, SystemID: instanceID, Text: "the write ended: done"}}
	w.fired = map[tandem.ID]lately.Fired{tandem.NameID("rule", "Lunch"): {At: 5000, UserID: agent1}}
	var made newKeyJSON
	w.call(t, "POST", "/admin/keys", `{"name":"wallboard","role":"viewer"}`).ok(&made)
	return w, strings.NewReplacer("SYSTEM", id.String(), "AGENT1", agent1.String(), "AGENT2", agent2.String(),
		"NOTICE", tandem.NameID("notice", "2").String(), "KEY", made.Key.ID.String())
}

// TestEveryAnswerIsAsDescribed calls every operation; each answer, of this test
// and of all others, is held to the description (see conforms).
func TestEveryAnswerIsAsDescribed(t *testing.T) {
	w, names := fullWorld(t)
	called := map[string]bool{}
	for _, c := range calls {
		w.call(t, c.method, names.Replace(c.path), names.Replace(c.body)).ok(nil)
		called[c.id] = true
	}
	for _, o := range operations() {
		if !called[o.id] {
			t.Errorf("%s is not called", o.id)
		}
		checks().mu.Lock()
		if !checks().covered[strings.ToLower(o.method)+" "+o.path] {
			t.Errorf("no answer of %s %s was checked", o.method, o.path)
		}
		checks().mu.Unlock()
	}
}

// TestEveryOperationNeedsItsPermission holds that each role may call what its
// permissions name and nothing else, and that a refusal says what to use.
func TestEveryOperationNeedsItsPermission(t *testing.T) {
	needs := map[string]auth.Permission{}
	for _, o := range operations() {
		needs[o.id] = o.permission
	}
	for _, role := range append([]auth.Role{"", "root"}, auth.Roles...) {
		w, names := fullWorld(t)
		w.role = role
		for _, c := range calls {
			actors := len(w.actors)
			a := w.call(t, c.method, names.Replace(c.path), names.Replace(c.body))
			if may := role.May(needs[c.id]); may != (a.Code != http.StatusForbidden) {
				t.Errorf("the role %q calls %s, which needs %s, and is answered %d", role, c.id, needs[c.id], a.Code)
			} else if !may && (len(w.actors) != actors || !strings.Contains(a.Body.String(), string(needs[c.id]))) {
				t.Errorf("the role %q was refused %s with %s, after %d commands", role, c.id, a.Body, len(w.actors)-actors)
			}
		}
	}
}

func TestKeyHoldsWithItsRoleUntilItIsEnded(t *testing.T) {
	w := newWorld()
	var made newKeyJSON
	w.call(t, "POST", "/admin/keys", `{"name":"wallboard","role":"viewer"}`).ok(&made)
	w.call(t, "POST", "/admin/keys", `{"name":"wallboard","role":"viewer"}`).refused(409, "name")
	w.call(t, "POST", "/admin/keys", `{"name":"","role":"viewer"}`).refused(400, "name")
	w.call(t, "POST", "/admin/keys", `{"name":"x","role":"root"}`).refused(400, "role")
	if a := w.call(t, "GET", "/admin/keys", ""); strings.Contains(a.Body.String(), made.Token) {
		t.Error("the token is shown again")
	}
	w.token = made.Token
	var me meJSON
	if w.call(t, "GET", "/admin/me", "").ok(&me); me.Name != "wallboard" || me.Role != auth.Viewer || len(me.Permissions) != 1 {
		t.Errorf("the key is %+v", me)
	}
	w.call(t, "POST", "systems", sampleSystem).refused(403, "")
	w.token = ""
	w.call(t, "DELETE", "/admin/keys/"+made.Key.ID.String(), "").ok(nil)
	w.call(t, "DELETE", "/admin/keys/"+made.Key.ID.String(), "").refused(404, "key_id")
	var list keyList
	if w.call(t, "GET", "/admin/keys", "").ok(&list); len(list.Keys) != 1 || !list.Keys[0].Ended || list.Keys[0].Name != "wallboard" {
		t.Errorf("the keys are %+v", list.Keys)
	}
	w.token = made.Token
	w.call(t, "GET", "/admin/me", "").refused(401, "")
}

func TestNoticesAreListedUntilTheyAreSeen(t *testing.T) {
	w := newWorld()
	for i, name := range []string{"system_unreachable", "focus_conflict", "focus_disabled", "status_put_back", "something_new"} {
		w.notices = append(w.notices, notice.Notice{ID: tandem.NameID("notice", name), At: tandem.Time(9000 - i*1000), Notice: name, Detail: "Lunch"})
	}
	list := func(query string) (page noticePage) {
		t.Helper()
		w.call(t, "GET", "notices"+query, "").ok(&page)
		return page
	}
	first := list("?limit=2")
	if len(first.Notices) != 2 || first.Unseen != 5 || first.Next == "" {
		t.Fatalf("the first page is %+v", first)
	}
	if second := list("?limit=4&after=" + first.Next); len(second.Notices) != 3 || second.Next != "" || second.Notices[0].Notice != "focus_disabled" {
		t.Errorf("the second page is %+v", second)
	}
	see := func(name, rest string) (left seenJSON) {
		t.Helper()
		w.call(t, "POST", "notices/seen", `{"notice_id":"`+tandem.NameID("notice", name).String()+`"`+rest+`}`).ok(&left)
		return left
	}
	if left := see("focus_conflict", ""); left.Unseen != 4 {
		t.Errorf("%d are left, want 4", left.Unseen)
	}
	if page := list(""); page.Notices[4].Notice != "focus_conflict" || page.Notices[4].SeenAt == "" || page.Notices[4].SeenBy == "" || page.Notices[0].SeenAt != "" {
		t.Errorf("after one was seen the list is %+v", page.Notices)
	}
	if left := see("focus_disabled", `,"through":true`); left.Unseen != 1 {
		t.Errorf("%d are left, want the newest", left.Unseen)
	}
	commands := len(w.actors)
	if see("focus_conflict", ""); len(w.actors) != commands {
		t.Error("what was seen already makes another record")
	}
	w.call(t, "POST", "notices/seen", `{"notice_id":"`+agent1.String()+`"}`).refused(404, "notice_id")
	w.call(t, "POST", "notices/seen", `{}`).refused(400, "notice_id")
	w.call(t, "GET", "notices?after=x", "").refused(400, "after")
	w.call(t, "GET", "notices?limit=1001", "").refused(400, "limit")
}

// TestEveryNoticeSaysWhatToDo holds that the notices of presence have texts.
func TestEveryNoticeSaysWhatToDo(t *testing.T) {
	for _, name := range []string{"status_put_back", "focus_disabled", "focus_conflict", "saved_status_gone", "status_sync_trouble", "system_unreachable"} {
		if text := noticeTexts[name]; text.title == "" || text.advice == "" {
			t.Errorf("%s has no text", name)
		}
	}
	if j := showNotice(&notice.Notice{Notice: "new_one"}, &people{}); !strings.Contains(j.Title, "new_one") {
		t.Errorf("an unknown notice is told as %q", j.Title)
	}
}

func TestAuditTellsWhoChangedWhat(t *testing.T) {
	w, names := fullWorld(t)
	for i := range 4 {
		w.changes = append(w.changes, audit.Change{Seq: tandem.Seq(i + 10), At: 1000, What: "agent_linked", UserID: agent1, Actor: tandem.Actor{Kind: tandem.ActorUser, ID: agent1}})
	}
	var page, rest changePage
	if w.call(t, "GET", "audit?limit=2", "").ok(&page); len(page.Changes) != 2 || page.Next == "" || page.Changes[0].By != "agent1" || page.Changes[0].Text == "" {
		t.Fatalf("the page is %+v", page)
	}
	if w.call(t, "GET", "audit?after="+page.Next, "").ok(&rest); len(rest.Changes) != 3 || rest.Next != "" || string(rest.Changes[2].After) != `{"name":"Zendesk"}` {
		t.Errorf("the rest is %+v", rest)
	}
	w.call(t, "GET", "audit?after=x", "").refused(400, "after")
	w.changes[0].Actor = tandem.Actor{Kind: tandem.ActorAPI, ID: idOf(t, names.Replace("KEY"))}
	if w.call(t, "GET", "audit?after=2.0", "").ok(&rest); rest.Changes[0].By != "key wallboard" {
		t.Errorf("the key is called %q", rest.Changes[0].By)
	}
	var server changePage
	if w.call(t, "GET", "/admin/audit", "").ok(&server); len(server.Changes) != 1 || server.Changes[0].What != "key_created" {
		t.Errorf("the changes of the server are %+v", server)
	}
}

func idOf(t *testing.T, text string) tandem.ID {
	t.Helper()
	id, err := tandem.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestSecretIsReplacedWithoutARestartOfTheServer holds that only the system's
// connector begins anew, and that a refused change leaves the old secret.
func TestSecretIsReplacedWithoutARestartOfTheServer(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	name := connector.SecretName(id, connector.ClientSecret)
	w.call(t, "POST", path+"/secret", `{"client_secret":"a new one"}`).ok(nil)
	if w.secrets[name] != "a new one" || len(w.restarted) != 1 || w.restarted[0] != id {
		t.Errorf("the secret is %q, restarted were %v", w.secrets[name], w.restarted)
	}
	w.call(t, "POST", path+"/secret", `{"client_secret":""}`).refused(400, "client_secret")
	w.call(t, "POST", path+"/secret", `{"client_secret":"`+strings.Repeat("x", maxClientSecret+1)+`"}`).refused(400, "client_secret")
	w.call(t, "POST", "systems/"+agent1.String()+"/secret", `{"client_secret":"x"}`).refused(404, "system_id")
	w.broken = tandem.Errorf(tandem.Busy, "", "busy")
	w.call(t, "POST", path+"/secret", `{"client_secret":"a third"}`).refused(503, "")
	if w.secrets[name] != "a new one" || len(w.restarted) != 1 {
		t.Error("a change that was refused has replaced the secret")
	}
}

func TestConnectionIsTestedStepByStep(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	steps := func() (text string, ok bool) {
		t.Helper()
		var got testJSON
		w.call(t, "POST", path+"/test", "").ok(&got)
		for _, c := range got.Checks {
			text += fmt.Sprintf("%s %t, ", c.Name, c.OK)
			if c.Detail == "" {
				t.Errorf("the step %s says nothing", c.Name)
			}
		}
		return text, got.OK
	}
	if text, ok := steps(); ok || text != "Settings true, Client secret true, Statuses true, Agents false, " {
		t.Errorf("where agents are not listed: %s%t", text, ok)
	}
	w.agents = []connector.Agent{{RemoteID: "1"}}
	if text, ok := steps(); !ok || text != "Settings true, Client secret true, Statuses true, Agents true, " {
		t.Errorf("where all is well: %s%t", text, ok)
	}
	w.refreshError = errors.New("401 Unauthorized")
	if text, ok := steps(); ok || text != "Settings true, Client secret true, Statuses false, " {
		t.Errorf("where the secret is wrong: %s%t", text, ok)
	}
	delete(w.secrets, connector.SecretName(id, connector.ClientSecret))
	if text, ok := steps(); ok || text != "Settings true, Client secret false, " {
		t.Errorf("without a secret: %s%t", text, ok)
	}
	w.state.Systems[id].Saved.Enabled = false
	if text, ok := steps(); ok || text != "Settings false, " {
		t.Errorf("switched off: %s%t", text, ok)
	}
}

func TestConnectorHealthCountsWritesAndAgents(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	w.figures = map[tandem.ID]connector.Figures{id: {Done: 5, Sent: 4, Delay: 20e6, LongestDelay: 9e6, Failures: 1}}
	for user, health := range map[tandem.ID]event.LegHealth{agent1: event.HealthOK, agent2: event.HealthFrozen} {
		w.state.Agents[user].Legs = append(w.state.Agents[user].Legs, presence.Leg{SystemID: id, Health: health, Observed: event.ObservationTaken{At: 1000}})
	}
	var j connectorJSON
	w.call(t, "GET", path+"/health", "").ok(&j)
	if !j.Running || j.Done != 5 || j.DelayMillis != 5 || j.LongestMillis != 9 || j.Failures != 1 || j.AgentsInStep != 1 || j.AgentsFrozen != 1 || j.SeenAt == "-" {
		t.Errorf("the connector is told as %+v", j)
	}
}

func TestPresenceIsExplainedInSentences(t *testing.T) {
	w, _ := fullWorld(t)
	var why whyJSON
	w.call(t, "GET", "users/"+agent1.String()+"/why", "").ok(&why)
	if why.Wish == "" || len(why.Lately) != 1 || len(why.Systems) != 1 || len(why.Systems[0].Lately) != 1 || why.Systems[0].Why == "" {
		t.Errorf("explained as %+v", why)
	}
	w.call(t, "GET", "users/"+instanceID.String()+"/why", "").refused(404, "user_id")
}

func TestRulesTellWhenTheyFiredLastAndForWhom(t *testing.T) {
	w, _, path := withRules(t)
	w.call(t, "PUT", path, `{"enabled":true,"rules":[`+lunchRule+`]}`).ok(nil)
	w.fired = map[tandem.ID]lately.Fired{tandem.NameID("rule", "Lunch"): {At: 5000, UserID: agent1}, tandem.NameID("rule", "deleted"): {At: 1}}
	var rules rulesJSON
	w.call(t, "GET", path, "").ok(&rules)
	if len(rules.Fired) != 1 || rules.Fired[0].Username != "agent1" || rules.Fired[0].At != "1970-01-01T00:00:05.000Z" {
		t.Errorf("fired: %+v", rules.Fired)
	}
}

// TestDirectoryIsNoInstance holds that its journal cannot be reached as one.
func TestDirectoryIsNoInstance(t *testing.T) {
	w := newWorld()
	w.call(t, "GET", "/admin/instances/"+directory.Shard.String()+"/systems", "").refused(404, "instance_id")
}
