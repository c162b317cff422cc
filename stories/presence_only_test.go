package stories

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	standkinesis "tandem/standin/kinesis"
	"tandem/standin/kustomer"
	"tandem/standin/zendesk"
)

// team is a team whose contact center is Amazon Connect, played by a server of
// its own with its agent event stream, and which runs presence only beside it.
type team struct {
	*server // presence only
	amazon  *server
	caller  *caller           // of Amazon Connect
	agent   string            // the user's id in Amazon Connect
	ids     map[string]string // of the statuses in Amazon Connect
	flow    string            // into a queue

	zendesk  *zendesk.Server
	kustomer *kustomer.Server
}

const agentAddress = "agent1@example.com"

// newTeam starts all of it; nobody is linked by hand.
func newTeam(t *testing.T) *team {
	t.Helper()
	d := &team{amazon: newServer(t, ""), ids: map[string]string{}}
	d.amazon.start()
	d.caller = d.amazon.caller()
	d.hire(t)
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	d.server = &server{t: t, dir: t.TempDir(), http: address}
	d.must(os.WriteFile(d.path("tandem.toml"), []byte(fmt.Sprintf("public_url = \"http://%s\"\n", address)), 0o600))
	d.init("--presence-only")
	d.start()
	d.connect(map[string]any{
		"kind": "amazon_connect", "name": "Amazon Connect", "url": d.amazon.ready.Endpoint, "client_id": d.amazon.born.AccessKeyID, "client_secret": d.amazon.born.SecretAccessKey,
		"settings": map[string]string{"instance": d.amazon.born.InstanceARN, "region": d.amazon.born.Region, "requests_per_second": "50",
			"agent_event_stream": "agents", "kinesis_url": d.stream(t)},
	}, nil)
	d.openZendesk(t)
	d.openKustomer(t)
	eventually(t, 30*time.Second, "the agent is found in all three systems", d.linkedThrice)
	return d
}

// hire gives Amazon Connect a status of its own, and the agent.
func (d *team) hire(t *testing.T) {
	instance := d.amazon.born.InstanceID
	d.caller.insistent(t, "PUT", "/agent-status/"+instance, map[string]any{"Name": "Lunch break", "State": "ENABLED"}, nil)
	d.ids = d.caller.ids(t, "/agent-status/"+instance, "AgentStatusSummaryList")
	var user struct{ UserId string }
	d.caller.insistent(t, "PUT", "/users/"+instance, map[string]any{
		"Username": "agent1", "RoutingProfileId": d.caller.named(t, "/routing-profiles-summary/"+instance, "RoutingProfileSummaryList", "Basic Routing Profile"),
		"SecurityProfileIds": []string{d.caller.named(t, "/security-profiles-summary/"+instance, "SecurityProfileSummaryList", "Agent")},
		"IdentityInfo":       map[string]any{"FirstName": "Agent", "LastName": "One", "Email": agentAddress},
		"PhoneConfig":        map[string]any{"PhoneType": "SOFT_PHONE", "AutoAccept": true, "AfterContactWorkTimeLimit": 1},
	}, &user)
	d.agent = user.UserId
	d.flow = d.caller.newQueueFlow(t)
	d.put("Available")
}

// put sets the agent's status in Amazon Connect.
func (d *team) put(status string) {
	d.amazon.must(d.amazon.api("PUT", "/users/"+d.amazon.born.InstanceID+"/"+d.agent+"/status", map[string]any{"AgentStatusId": d.ids[status]}, nil))
}

// stream carries Amazon Connect's agent events to a Kinesis stream, and returns
// where that is served.
func (d *team) stream(t *testing.T) string {
	t.Helper()
	s, err := standkinesis.New(standkinesis.Config{AccessKeyID: d.amazon.born.AccessKeyID, Region: d.amazon.born.Region, Streams: map[string]int{"agents": 2}})
	d.must(err)
	web := httptest.NewServer(s)
	t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	key := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: d.amazon.born.AccessKeyID, SecretAccessKey: d.amazon.born.SecretAccessKey}, nil
	})
	writer := kinesis.New(kinesis.Options{Region: d.amazon.born.Region, BaseEndpoint: &web.URL, Credentials: key})
	ended := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		relay(ctx, filepath.Join(d.amazon.data(), "agent-events.jsonl"), func(line string) {
			_, err := writer.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String("agents"), PartitionKey: aws.String(d.agent), Data: []byte(line)})
			if err != nil && ctx.Err() == nil {
				t.Errorf("put an agent event into the stream: %v", err)
			}
		})
	}()
	return web.URL
}

// relay follows the lines of a file that grows.
func relay(ctx context.Context, path string, each func(string)) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	for lines, part := bufio.NewReader(file), ""; ctx.Err() == nil; {
		line, err := lines.ReadString('\n')
		if part += line; err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		each(part)
		part = ""
	}
}

// connect connects a system by the admin API; its agents are found by
// themselves. rows map statuses there to the names of those in Amazon Connect;
// focus is the one during a contact.
func (d *team) connect(system map[string]any, rows map[string]string, focus ...string) {
	d.t.Helper()
	system["policy"] = "last_action_wins"
	var made struct{ ID string }
	d.must(d.admin("POST", "/systems", system, &made))
	d.must(d.admin("POST", "/systems/"+made.ID+"/refresh", map[string]any{}, nil))
	if rows == nil {
		return
	}
	delete(system, "client_secret")
	var mapping []map[string]any
	for remote, status := range rows {
		mapping = append(mapping, map[string]any{"remote": remote, "status": status})
	}
	system["status_sync"], system["mapping"] = true, mapping
	for _, status := range focus {
		system["focus_mode"], system["focus"] = true, status
	}
	d.must(d.admin("PUT", "/systems/"+made.ID, system, nil))
}

func (d *team) openZendesk(t *testing.T) {
	var err error
	d.zendesk, err = zendesk.New(zendesk.Config{
		ClientID: "tandem", ClientSecret: "a secret", Agents: []zendesk.Agent{{ID: zendeskAgent, Name: "Agent One", Email: agentAddress, StatusID: zendesk.StatusOnline}},
	})
	d.must(err)
	t.Cleanup(d.zendesk.Close)
	_, url := open(t, d.zendesk)
	d.connect(map[string]any{"kind": "zendesk", "name": "Support", "url": url, "client_id": "tandem", "client_secret": "a secret"},
		map[string]string{"Online": "Available", "Away": "Lunch break", "Offline": "Offline"})
}

func (d *team) openKustomer(t *testing.T) {
	const group = "670000000000000000000001"
	var err error
	d.kustomer, err = kustomer.New(kustomer.Config{
		Keys:           []kustomer.Key{{Token: "an API key", Name: "Tandem"}},
		Teams:          []kustomer.Team{{ID: group, Name: "Service", Routing: true}},
		CustomStatuses: []kustomer.Status{{ID: kustomerLunch, Name: "Lunch"}},
		Users:          []kustomer.User{{ID: kustomerAgent, Name: "Agent One", Email: strings.ToUpper(agentAddress), TeamIDs: []string{group}, StatusID: kustomer.StatusAvailable}},
	})
	d.must(err)
	t.Cleanup(d.kustomer.Close)
	_, url := open(t, d.kustomer)
	d.connect(map[string]any{"kind": "kustomer", "name": "Inbox", "url": url, "client_secret": "an API key"},
		map[string]string{"Available": "Available", "Lunch": "Lunch break", "Offline": "Offline"}, "Busy")
}

func (d *team) linkedThrice() error {
	var out struct {
		Agents []struct {
			Username string
			Legs     []struct{ Kind string }
		}
	}
	if err := d.admin("GET", "/presence", nil, &out); err != nil {
		return err
	}
	for _, a := range out.Agents {
		if a.Username == "Agent One" && len(a.Legs) == 3 {
			return nil
		}
	}
	return fmt.Errorf("the agents are %+v", out.Agents)
}

// shown is what the systems show, and what Amazon Connect shows next.
func (d *team) shown() (connect, next, support, inbox string, err error) {
	var out struct {
		UserDataList []struct {
			Status     struct{ StatusName string }
			NextStatus string
		}
	}
	err = d.amazon.api("POST", "/metrics/userdata/"+d.amazon.born.InstanceID, map[string]any{"Filters": map[string]any{"Agents": []string{d.agent}}}, &out)
	if err != nil {
		return
	}
	connect = "Offline"
	if len(out.UserDataList) == 1 {
		connect, next = out.UserDataList[0].Status.StatusName, out.UserDataList[0].NextStatus
	}
	z, err := d.zendesk.Status(zendeskAgent)
	if err != nil {
		return
	}
	k, err := d.kustomer.Desk(kustomerAgent)
	names := map[string]string{
		fmt.Sprint(zendesk.StatusOnline): "Available", fmt.Sprint(zendesk.StatusAway): "Lunch break", fmt.Sprint(zendesk.StatusOffline): "Offline",
		kustomer.StatusAvailable: "Available", kustomerLunch: "Lunch break", kustomer.StatusOffline: "Offline", kustomer.StatusBusy: "Busy",
	}
	return connect, next, names[fmt.Sprint(z.ID)], names[k.StatusID], err
}

// await waits until Amazon Connect, Zendesk and Kustomer show what is wanted.
func (d *team) await(when, connect, next, support, inbox string) {
	d.t.Helper()
	want := fmt.Sprint(connect, " then ", next, ", ", support, ", ", inbox)
	eventually(d.t, 90*time.Second, when, func() error {
		connect, next, support, inbox, err := d.shown()
		if got := fmt.Sprint(connect, " then ", next, ", ", support, ", ", inbox); err != nil || got != want {
			return fmt.Errorf("they show %s, want %s, error %v", got, want, err)
		}
		return nil
	})
}

// TestPresenceAloneKeepsAmazonConnectAndHelpDesksInStep: a team whose contact
// center is Amazon Connect runs presence and nothing else. Its statuses and
// agents come from there; a status that is set in Connect, in Zendesk or in
// Kustomer arrives in the others, as the next one while the agent has a
// contact; what happens while the server is down counts when it is back. No SIP
// and no voice is there.
func TestPresenceAloneKeepsAmazonConnectAndHelpDesksInStep(t *testing.T) {
	d := newTeam(t)
	if d.ready.SIP != "" || d.ready.MediaPID != 0 || d.born.AccessKeyID != "" {
		t.Errorf("a server without a contact center tells of SIP %q, voice process %d, access key %q", d.ready.SIP, d.ready.MediaPID, d.born.AccessKeyID)
	}
	d.await("all begin Available", "Available", "", "Available", "Available")
	d.put("Lunch break")
	d.await("a status set in Amazon Connect arrives at both", "Lunch break", "", "Lunch break", "Lunch break")
	d.must(d.zendesk.SetStatusByHand(zendeskAgent, zendesk.StatusOnline))
	d.await("a status set in Zendesk arrives in Amazon Connect and Kustomer", "Available", "", "Available", "Available")

	var task struct{ ContactId string }
	d.caller.insistent(t, "PUT", "/contact/task", map[string]any{
		"InstanceId": d.amazon.born.InstanceID, "Name": "Call back", "ContactFlowId": d.flow, "ClientToken": "one"}, &task)
	d.await("with a contact Kustomer is Busy", "Available", "", "Available", "Busy")
	d.must(d.zendesk.SetStatusByHand(zendeskAgent, zendesk.StatusAway))
	d.await("a status set during the contact is the next one", "Available", "Lunch break", "Lunch break", "Busy")

	d.stop()
	d.caller.insistent(t, "POST", "/contact/stop", map[string]any{"InstanceId": d.amazon.born.InstanceID, "ContactId": task.ContactId}, nil)
	d.start()
	d.await("what ended while the server was down is known when it is back", "Lunch break", "", "Lunch break", "Lunch break")
	d.stop()
	d.must(d.kustomer.SetStatusByHand(kustomerAgent, kustomer.StatusAvailable))
	d.start()
	d.await("and so is what a person chose then", "Available", "", "Available", "Available")
	d.linkedOnce()
}

// linkedOnce holds that restarts made no agent twice.
func (d *team) linkedOnce() {
	d.t.Helper()
	var out struct {
		Users []struct{ Username, Email string }
	}
	d.must(d.admin("GET", "/users", nil, &out))
	found := 0
	for _, u := range out.Users {
		if u.Email == agentAddress {
			found++
		}
	}
	if found != 1 {
		d.t.Errorf("the users are %+v, want the agent once", out.Users)
	}
}
