package stories

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/journal/sqlite"
	"tandem/standin/zendesk"
)

// TestCallGoesOnWhileTheCoreIsKilled: the core dies while they talk; they go
// on talking, the core comes back on the same ports, hang-up ends the call,
// and there is one record with the right times.
func TestCallGoesOnWhileTheCoreIsKilled(t *testing.T) {
	c := newCallCenter(t)
	d := c.connectZendesk()
	customer := newPhone(t, "customer", 1000, false)
	customer.order("dial", fmt.Sprintf("sip:%s@%s", centerNumber, c.ready.SIP))
	customer.await("Call established", 1)
	id := c.pressUntilConnected(customer)
	d.awaitStatus(focusStatus, "while they talk")
	before, endpoint, sip := len(c.desk.heard()), c.ready.Endpoint, c.ready.SIP
	c.killCore()
	if c.ready.Endpoint != endpoint || c.ready.SIP != sip {
		t.Errorf("the server moved to %s and %s", c.ready.Endpoint, c.ready.SIP)
	}
	eventually(t, 20*time.Second, "they go on talking", func() error {
		if s := seconds(c.desk.heard()[before:], 1000); s < 3 {
			return fmt.Errorf("the agent has heard the customer for %.1f s since", s)
		}
		return nil
	})
	if got := c.awaitContact("CONNECTED"); got != id {
		t.Errorf("the agent is connected to %s, not to %s", got, id)
	}
	hungUp := time.Now()
	customer.order("hangup", "")
	c.awaitIdle("Available")
	d.awaitStatus(zendesk.StatusOnline, "after the call")
	got, err := c.describe(id)
	c.must(err)
	if difference := got.Contact.DisconnectTimestamp - float64(hungUp.UnixMilli())/1000; difference > 1 || difference < -1 {
		t.Errorf("DisconnectTimestamp is %.3f s from the hang-up", difference)
	}
	c.checkRecording(id)
	c.stop()
	if n := c.count(id, "ContactEnded"); n != 1 {
		t.Errorf("the contact ended %d times", n)
	}
}

// count counts the events of a kind about a contact in the journal of the
// stopped server.
func (c *callCenter) count(id, name string) (n int) {
	c.t.Helper()
	out := c.run("journal", "cat", "--data", c.data(), "--instance", c.born.InstanceID)
	dec := json.NewDecoder(bytes.NewReader(out))
	for dec.More() {
		var rec struct {
			Events []struct {
				Name  string
				Event struct{ ContactID string }
			}
		}
		if err := dec.Decode(&rec); err != nil {
			c.t.Fatal(err)
		}
		for _, ev := range rec.Events {
			if ev.Name == name && ev.Event.ContactID == id {
				n++
			}
		}
	}
	return n
}

// TestExplainTellsWhoWasNotChosenAndWhy: with the server stopped.
func TestExplainTellsWhoWasNotChosenAndWhy(t *testing.T) {
	c := newCallCenter(t)
	var second struct{ UserId string }
	c.aws(&second, "create-user", "--username", "agent2", "--routing-profile-id", c.profile, "--security-profile-ids", c.securityProfile("Agent"),
		"--phone-config", "PhoneType=DESK_PHONE,DeskPhoneNumber=+12025550202,AutoAccept=false")
	c.aws(nil, "put-user-status", "--user-id", second.UserId, "--agent-status-id", c.available)
	var third struct{ UserId string }
	c.aws(&third, "create-user", "--username", "agent3", "--routing-profile-id", c.profile, "--security-profile-ids", c.securityProfile("Agent"),
		"--phone-config", "PhoneType=DESK_PHONE,DeskPhoneNumber=+12025550203,AutoAccept=false")
	customer := newPhone(t, "customer", 1000, false)
	customer.order("dial", fmt.Sprintf("sip:%s@%s", centerNumber, c.ready.SIP))
	customer.await("Call established", 1)
	id := c.pressUntilConnected(customer)
	customer.order("hangup", "")
	c.awaitIdle("Available")
	c.stop()
	story := string(c.run("explain", "contact", id, "--data", c.data()))
	t.Logf("the story:\n%s", story)
	for _, want := range []string{"agent1", "agent2", "agent3", "Offline", "available"} {
		if !strings.Contains(story, want) {
			t.Errorf("the story does not mention %q", want)
		}
	}
	agent := string(c.run("explain", "agent", c.agent, "--data", c.data()))
	if !strings.Contains(agent, "Available") {
		t.Errorf("the agent's story is\n%s", agent)
	}
}

// TestErasedContactLeavesNoByte: after the erasure no byte of the customer's
// number, of an attribute or of the key is left, and the journal replays to
// the same state.
func TestErasedContactLeavesNoByte(t *testing.T) {
	const number, secret = "2025550177", "a marker that nothing else holds"
	c := newCallCenter(t)
	done := make(chan struct{})
	go func() { defer close(done); c.sipp("customer.xml") }()
	id := c.awaitContact("CONNECTED")
	c.must(c.api("POST", "/contact/attributes", map[string]any{
		"InitialContactId": id, "InstanceId": c.born.InstanceID, "Attributes": map[string]string{"marker": secret},
	}, nil))
	<-done
	c.awaitIdle("Available")
	recordings := filepath.Join(c.data(), "blobs", "recordings", id)
	eventually(t, 20*time.Second, "the recording is stored", func() error { _, err := os.Stat(recordings); return err })
	c.stop()
	key, last := c.keyOf(id), c.verify("")
	if found := c.holding(key); len(found) == 0 {
		t.Fatal("the search finds not even the key that must be there")
	}
	before := c.verify(last.Last)

	c.start()
	c.must(c.admin("POST", "/contacts/"+id+"/erase", map[string]any{}, nil))
	eventually(t, 20*time.Second, "the recording is gone", func() error {
		if found, _ := filepath.Glob(filepath.Join(recordings, "*")); len(found) > 0 {
			return fmt.Errorf("there are %v", found)
		}
		return nil
	})
	c.stop()
	for what, needle := range map[string][]byte{"the customer's number": []byte(number), "the attribute": []byte(secret), "the key": key} {
		if found := c.holding(needle); len(found) > 0 {
			t.Errorf("%s is still in %v", what, found)
		}
	}
	if after := c.verify(last.Last); after.State != before.State || after.State == "" {
		t.Errorf("the state after record %s was %s and is %s", last.Last, before.State, after.State)
	}
}

// verified is what `tandem journal verify --json` tells of the instance.
type verified struct {
	State string
	Last  json.Number
}

func (c *callCenter) verify(at json.Number) (found verified) {
	c.t.Helper()
	args := []string{"journal", "verify", "--json", "--data", c.data()}
	if at != "" {
		args = append(args, "--state-at", at.String())
	}
	dec := json.NewDecoder(bytes.NewReader(c.run(args...)))
	for dec.More() {
		var v struct {
			verified
			Instance string
		}
		if err := dec.Decode(&v); err != nil {
			c.t.Fatal(err)
		}
		if v.Instance == c.born.InstanceID {
			found = v.verified
		}
	}
	return found
}

// keyOf reads the wrapped key of a contact's chain from the stopped server's
// journal.
func (c *callCenter) keyOf(contact string) []byte {
	c.t.Helper()
	store, err := sqlite.Open(context.Background(), c.data(), sqlite.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer store.Close()
	shard, err := tandem.ParseID(c.born.InstanceID)
	c.must(err)
	subject, err := tandem.ParseID(contact)
	c.must(err)
	key, err := store.Key(context.Background(), shard, subject)
	c.must(err)
	return key
}

// holding lists the files of the data folder that hold some bytes.
func (c *callCenter) holding(needle []byte) (found []string) {
	c.t.Helper()
	err := filepath.WalkDir(c.data(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && bytes.Contains(b, needle) {
			found = append(found, path)
		}
		return err
	})
	c.must(err)
	return found
}
