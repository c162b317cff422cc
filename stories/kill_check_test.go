package stories

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem"
)

// checkAnswers asks the server for everything that clients were told is done.
func (s *shift) checkAnswers() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t.Logf("%d commands answered: %d tasks, %d attribute changes, %d queues; %d calls tried", len(s.answered), len(s.tasks), len(s.attributes), len(s.queues), s.calls)
	for token, id := range s.tasks {
		var out struct{ Contact contact }
		s.insistent(s.t, "GET", "/contacts/"+s.instance+"/"+id, nil, &out)
		if out.Contact.ID != id || out.Contact.DisconnectTimestamp == 0 {
			s.t.Errorf("the contact %s of %q is described as %+v", id, token, out.Contact)
		}
	}
	for id, value := range s.attributes {
		var out struct{ Attributes map[string]string }
		s.insistent(s.t, "GET", "/contact/attributes/"+s.instance+"/"+id, nil, &out)
		if out.Attributes["value"] != value {
			s.t.Errorf("the contact %s has the attributes %v, but %q was answered last", id, out.Attributes, value)
		}
	}
	queues := s.ids(s.t, "/queues-summary/"+s.instance+"?queueTypes=STANDARD&maxResults=1000", "QueueSummaryList")
	for name, id := range s.queues { // without an id if only the attempt before was successful
		if got := queues[name]; got == "" || id != "" && got != id {
			s.t.Errorf("the queue %q is %q, but was answered to be %q", name, got, id)
		}
	}
}

// checkAgents finds agents that hold a contact after all have ended.
func (s *shift) checkAgents() {
	s.t.Helper()
	eventually(s.t, 20*time.Second, "no agent holds a contact", func() error {
		var out struct{ UserDataList []userData }
		s.insistent(s.t, "POST", "/metrics/userdata/"+s.instance, map[string]any{"Filters": map[string]any{"Agents": s.agents}}, &out)
		if len(out.UserDataList) != len(s.agents) {
			return fmt.Errorf("%d of %d agents are there", len(out.UserDataList), len(s.agents))
		}
		for _, data := range out.UserDataList {
			if len(data.Contacts) > 0 {
				return fmt.Errorf("an agent has %+v", data)
			}
		}
		return nil
	})
}

// catLine is a line of `tandem journal cat`.
type catLine struct {
	Time   time.Time
	Events []struct {
		Name  string
		Event struct {
			ContactID, QueueID tandem.ID
			ClientToken        string
			MaxContacts        int
		}
	}
}

// told is what the journal says happened, how often, and when first: "started",
// "stopped", "changed" and "ended" with the id of a contact, "call" with that
// of a voice contact, "token" with a client token, "queue" with an id, "limit"
// with an id and a number.
type told struct {
	times map[string]int
	first map[string]time.Time
}

// checkJournal verifies the stopped server's journal and compares it with what
// clients were told, and with the contact records.
func (s *server) checkJournal(h *shift) {
	t := s.t
	t.Helper()
	t.Logf("verify: %s", bytes.TrimSpace(s.run("journal", "verify", "--data", s.data())))
	j := told{times: map[string]int{}, first: map[string]time.Time{}}
	lines := json.NewDecoder(bytes.NewReader(s.run("journal", "cat", "--data", s.data(), "--instance", s.born.InstanceID)))
	for lines.More() {
		var line catLine
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		j.add(line)
	}
	for _, a := range h.answered {
		if first, known := j.first[a.what]; !known || first.After(a.at) {
			t.Errorf("%q was answered at %v, but the journal has it %d times, first at %v", a.what, a.at, j.times[a.what], first)
		}
	}
	for what, n := range j.times {
		switch kind, _, _ := strings.Cut(what, " "); kind {
		case "started", "stopped", "ended", "token":
			if n > 1 {
				t.Errorf("the journal has %q %d times", what, n)
			}
		}
	}
	s.checkRecords(t, j)
}

func (j told) add(line catLine) {
	tell := func(kind string, of any) {
		what := fmt.Sprintf("%s %v", kind, of)
		if j.times[what]++; j.times[what] == 1 {
			j.first[what] = line.Time
		}
	}
	for _, l := range line.Events {
		switch ev := l.Event; l.Name {
		case "ContactInitiated":
			tell("started", ev.ContactID)
			if ev.ClientToken == "" {
				tell("call", ev.ContactID)
			} else {
				tell("token", ev.ClientToken)
			}
		case "ContactDisconnected":
			tell("stopped", ev.ContactID)
		case "ContactAttributesSet":
			tell("changed", ev.ContactID)
		case "ContactEnded":
			tell("ended", ev.ContactID)
		case "QueueSaved":
			tell("queue", ev.QueueID)
			tell("limit", fmt.Sprintf("%s %d", ev.QueueID, ev.MaxContacts))
		}
	}
}

// checkRecords asserts one contact record for each contact, and no other.
func (s *server) checkRecords(t testing.TB, j told) {
	t.Helper()
	db, err := readOnly(filepath.Join(s.data(), "views.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT contact FROM record_contact")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	records := map[string]int{}
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		records[tandem.ID(b).String()]++
	}
	started, calls := 0, 0
	for what := range j.times {
		switch kind, id, _ := strings.Cut(what, " "); kind {
		case "call":
			calls++
		case "started":
			started++
			if records[id] != 1 || j.times["ended "+id] != 1 {
				t.Errorf("contact %s ended %d times and has %d records", id, j.times["ended "+id], records[id])
			}
		}
	}
	if len(records) != started {
		t.Errorf("there are %d records of %d contacts", len(records), started)
	}
	if calls < callsInARow {
		t.Errorf("only %d calls came in", calls)
	}
	t.Logf("%d contacts, %d of them calls, each with one record", started, calls)
}
