package stories

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	centerNumber = "+12025550100" // what customers dial
	agentNumber  = "+12025550201" // the agent's desk phone
)

// callCenter is a server with one agent at a desk phone.
type callCenter struct {
	*server
	desk               *phone
	agent              string // user id
	available, offline string // status ids
	breakStatus        string
	queue, profile     string
	flow               string
}

// newCallCenter starts a server whose trunk leads to the agent's phone, and
// sets up what a call needs with the AWS CLI.
func newCallCenter(t *testing.T) *callCenter {
	t.Helper()
	desk := newPhone(t, agentNumber, 600, true)
	c := &callCenter{desk: desk}
	http := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	c.server = newServer(t, fmt.Sprintf("rtp_ports = \"21000-22999\"\npublic_url = \"http://%s\"\n", http), trunk{name: "pstn", address: desk.address, numbers: []string{centerNumber}, prefixes: []string{"+"}})
	c.http = http
	c.start()
	c.setUp(agentNumber)
	return c
}

// setUp makes the agent, the flow and the number by the AWS CLI.
func (c *callCenter) setUp(deskNumber string) {
	t := c.t
	t.Helper()
	c.readDefaults()
	var user struct{ UserId string }
	c.aws(&user, "create-user", "--username", "agent1", "--routing-profile-id", c.profile, "--security-profile-ids", c.securityProfile("Agent"),
		"--identity-info", "FirstName=Agent,LastName=One", "--phone-config", "PhoneType=DESK_PHONE,DeskPhoneNumber="+deskNumber+",AutoAccept=false,AfterContactWorkTimeLimit=1")
	c.agent = user.UserId
	var free struct {
		AvailableNumbersList []struct{ PhoneNumber string }
	}
	c.aws(&free, "search-available-phone-numbers", "--target-arn", c.born.InstanceARN, "--phone-number-country-code", "US", "--phone-number-type", "DID")
	if len(free.AvailableNumbersList) != 1 || free.AvailableNumbersList[0].PhoneNumber != centerNumber {
		t.Fatalf("the numbers to claim are %v", free)
	}
	var claimed struct{ PhoneNumberId string }
	c.aws(&claimed, "claim-phone-number", "--target-arn", c.born.InstanceARN, "--phone-number", centerNumber)
	c.aws(nil, "associate-phone-number-contact-flow", "--phone-number-id", claimed.PhoneNumberId, "--contact-flow-id", c.flow)
	c.aws(nil, "put-user-status", "--user-id", c.agent, "--agent-status-id", c.available)
}

// readDefaults finds what init has made.
func (c *callCenter) readDefaults() {
	c.t.Helper()
	var statuses struct {
		AgentStatusSummaryList []struct{ Id, Name, Type string }
	}
	c.aws(&statuses, "list-agent-statuses")
	for _, s := range statuses.AgentStatusSummaryList {
		switch s.Type {
		case "ROUTABLE":
			c.available = s.Id
		case "OFFLINE":
			c.offline = s.Id
		}
	}
	c.queue = c.named("list-queues", "QueueSummaryList", "BasicQueue")
	c.profile = c.named("list-routing-profiles", "RoutingProfileSummaryList", "Basic Routing Profile")
	c.flow = c.named("list-contact-flows", "ContactFlowSummaryList", "Sample inbound flow")
}

func (c *callCenter) securityProfile(name string) string {
	return c.named("list-security-profiles", "SecurityProfileSummaryList", name)
}

// named finds the id of a thing in a list by its name.
func (c *callCenter) named(list, member, name string) string {
	c.t.Helper()
	var out map[string][]struct{ Id, Name string }
	c.aws(&out, list)
	for _, s := range out[member] {
		if s.Name == name {
			return s.Id
		}
	}
	c.t.Fatalf("%s has no %q: %v", list, name, out)
	return ""
}

// userData is what GetCurrentUserData tells of the agent.
type userData struct {
	Status     struct{ StatusName string }
	NextStatus string
	Contacts   []struct{ ContactId, AgentContactState string }
}

func (c *callCenter) userData() (userData, error) {
	var out struct{ UserDataList []userData }
	err := c.api("POST", "/metrics/userdata/"+c.born.InstanceID, map[string]any{"Filters": map[string]any{"Agents": []string{c.agent}}}, &out)
	if err == nil && len(out.UserDataList) != 1 {
		err = fmt.Errorf("%d users have data", len(out.UserDataList))
	}
	if err != nil {
		return userData{}, err
	}
	return out.UserDataList[0], nil
}

// awaitContact waits until the agent has a contact in a state, and returns its
// id.
func (c *callCenter) awaitContact(state string) (id string) {
	c.t.Helper()
	eventually(c.t, 20*time.Second, "the agent has a contact that is "+state, func() error {
		d, err := c.userData()
		if err != nil {
			return err
		}
		for _, contact := range d.Contacts {
			if contact.AgentContactState == state {
				id = contact.ContactId
				return nil
			}
		}
		return fmt.Errorf("the agent has %+v", d)
	})
	return id
}

// awaitIdle waits until the agent has no contact and a status.
func (c *callCenter) awaitIdle(status string) {
	c.t.Helper()
	eventually(c.t, 20*time.Second, "the agent is free and "+status, func() error {
		d, err := c.userData()
		if err == nil && (len(d.Contacts) > 0 || d.Status.StatusName != status) {
			err = fmt.Errorf("the agent has %+v", d)
		}
		return err
	})
}

// contact is what DescribeContact tells.
type contact struct {
	ID, InitiationMethod, Channel, DisconnectReason                      string
	InitiationTimestamp, ConnectedToSystemTimestamp, DisconnectTimestamp float64
	AgentInfo                                                            struct {
		Id                        string
		ConnectedToAgentTimestamp float64
	}
	QueueInfo struct {
		Id               string
		EnqueueTimestamp float64
	}
}

func (c *callCenter) describe(id string) (out struct{ Contact contact }, err error) {
	err = c.api("GET", "/contacts/"+c.born.InstanceID+"/"+id, nil, &out)
	return out, err
}

// TestBaresipCallsAndFindsItsAgent is the main story with a phone at either
// end: call, prompt, digit, queue, offer, answer, talk, hang-up, wrap-up.
func TestBaresipCallsAndFindsItsAgent(t *testing.T) {
	c := newCallCenter(t)
	customer := newPhone(t, "customer", 1000, false)
	customer.order("dial", fmt.Sprintf("sip:%s@%s", centerNumber, c.ready.SIP))
	customer.await("Call established", 1)
	id := c.pressUntilConnected(customer)
	time.Sleep(4 * time.Second) // they talk
	customer.order("hangup", "")
	c.awaitIdle("Available")

	if s := seconds(customer.heard(), 600); s < 2 {
		t.Errorf("the customer heard the agent for %.1f s", s)
	}
	if s := seconds(c.desk.heard(), 1000); s < 2 {
		t.Errorf("the agent heard the customer for %.1f s", s)
	}
	c.checkRecording(id)
	c.checkAgentEvents(id)
	d, err := c.describe(id)
	c.must(err)
	if got := d.Contact; got.DisconnectReason != "CUSTOMER_DISCONNECT" || got.AgentInfo.Id != c.agent || got.QueueInfo.Id != c.queue {
		t.Errorf("the contact is described as %+v", got)
	}
}

// checkAgentEvents asserts that the stream of agent events tells of the log-in
// and of the contact, ringing, talking and in after contact work, in a chain.
func (c *callCenter) checkAgentEvents(id string) {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.data(), "agent-events.jsonl"))
	c.must(err)
	type snapshot struct {
		Contacts []struct{ ContactId, State string }
	}
	var told []string
	var last json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(b))
	for dec.More() {
		var e struct {
			EventType                                   string
			PreviousAgentSnapshot, CurrentAgentSnapshot json.RawMessage
		}
		c.must(dec.Decode(&e))
		if last != nil && !bytes.Equal(e.PreviousAgentSnapshot, last) {
			c.t.Errorf("a %s does not continue the snapshot before it", e.EventType)
		}
		last = e.CurrentAgentSnapshot
		var now snapshot
		c.must(json.Unmarshal(last, &now))
		for _, contact := range now.Contacts {
			if contact.ContactId == id {
				told = append(told, contact.State)
			}
		}
	}
	if got := strings.Join(slices.Compact(told), " "); got != "CONNECTING CONNECTED ENDED" {
		c.t.Errorf("the agent events tell of the contact as %q", got)
	}
}

// pressUntilConnected lets an impatient customer press 1 every second, which
// counts once the menu is read, and waits until the agent is connected.
func (c *callCenter) pressUntilConnected(customer *phone) (id string) {
	c.t.Helper()
	pressed := time.Time{}
	eventually(c.t, 40*time.Second, "the customer reaches the agent", func() error {
		d, err := c.userData()
		if err != nil {
			return err
		}
		for _, contact := range d.Contacts {
			if id = contact.ContactId; contact.AgentContactState == "CONNECTED" {
				return nil
			}
		}
		if len(d.Contacts) == 0 && time.Since(pressed) > time.Second {
			pressed = time.Now()
			customer.order("sndcode", "1")
		}
		return fmt.Errorf("the agent has %+v", d)
	})
	return id
}

// checkRecording asserts the customer's tone on the left and the agent's on
// the right channel.
func (c *callCenter) checkRecording(id string) {
	c.t.Helper()
	var path string
	eventually(c.t, 20*time.Second, "the recording is stored", func() error {
		found, _ := filepath.Glob(filepath.Join(c.data(), "blobs", "recordings", id, "*.wav"))
		if len(found) != 1 {
			return errors.New("there is none")
		}
		path = found[0]
		return nil
	})
	channels := readWav(c.t, path)
	if len(channels) != 2 || seconds(channels[0], 1000) < 2 || seconds(channels[1], 600) < 2 {
		c.t.Errorf("the recording has %d channels; left hears 1000 Hz for %.1f s, right 600 Hz for %.1f s",
			len(channels), seconds(channels[0], 1000), seconds(channels[len(channels)-1], 600))
	}
}
