package stories

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	shiftAgents    = 6
	shiftProducers = 2
	callsInARow    = 6 // of one run of the caller program, two a second
	countPause     = 6 * time.Millisecond
	highestLimit   = 10_000
)

// answered is a command whose success its client was told at a time.
type answered struct {
	what string // see told
	at   time.Time
}

// shift is a center at work: tasks that come by the API, callers, agents.
// Whatever is asked of the server is asked until it is answered.
type shift struct {
	*caller
	t         *testing.T
	ctx       context.Context // until the agents go home
	leave     context.CancelFunc
	closing   context.Context // until no new contact comes
	close     context.CancelFunc
	flow      string
	hours     string
	available string
	pause     string // a status of type CUSTOM
	counter   string // a queue whose limit counts commands
	agents    []string
	sip       string
	coming    sync.WaitGroup // whoever brings contacts
	attending sync.WaitGroup // the agents

	mu         sync.Mutex
	answered   []answered
	tasks      map[string]string // client token to contact
	attributes map[string]string // contact to the value answered last
	queues     map[string]string // name to id
	calls      int
}

// note remembers a success.
func (s *shift) note(what, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = append(s.answered, answered{what + " " + id, time.Now()})
}

// newShift makes flow, number, statuses and agents.
func newShift(t *testing.T, s *server) *shift {
	t.Helper()
	h := &shift{
		caller: s.caller(), t: t, sip: s.ready.SIP,
		tasks: map[string]string{}, attributes: map[string]string{}, queues: map[string]string{},
	}
	h.ctx, h.leave = context.WithCancel(t.Context())
	h.closing, h.close = context.WithCancel(h.ctx)
	h.flow = h.newQueueFlow(t)
	h.hours = h.named(t, "/hours-of-operations-summary/"+h.instance, "HoursOfOperationSummaryList", "Basic Hours")
	var counter struct{ QueueId string }
	h.insistent(t, "PUT", "/queues/"+h.instance, map[string]any{"Name": "Counter", "HoursOfOperationId": h.hours}, &counter)
	h.counter = counter.QueueId
	h.available = h.named(t, "/agent-status/"+h.instance, "AgentStatusSummaryList", "Available")
	var status struct{ AgentStatusId string }
	h.insistent(t, "PUT", "/agent-status/"+h.instance, map[string]any{"Name": "Break", "State": "ENABLED"}, &status)
	h.pause = status.AgentStatusId
	var number struct{ PhoneNumberId string }
	h.insistent(t, "POST", "/phone-number/claim", map[string]any{"TargetArn": s.born.InstanceARN, "PhoneNumber": centerNumber}, &number)
	h.insistent(t, "PUT", "/phone-number/"+number.PhoneNumberId+"/contact-flow", map[string]any{"InstanceId": h.instance, "ContactFlowId": h.flow}, nil)
	h.hire()
	return h
}

// hire makes agents who take tasks at once, and calls at a desk phone. The
// after contact work of every other one lasts until it is dismissed.
func (s *shift) hire() {
	s.t.Helper()
	profile := s.named(s.t, "/routing-profiles-summary/"+s.instance, "RoutingProfileSummaryList", "Basic Routing Profile")
	security := s.named(s.t, "/security-profiles-summary/"+s.instance, "SecurityProfileSummaryList", "Agent")
	for i := range shiftAgents {
		var user struct{ UserId string }
		s.insistent(s.t, "PUT", "/users/"+s.instance, map[string]any{
			"Username": fmt.Sprintf("agent%d", i), "RoutingProfileId": profile, "SecurityProfileIds": []string{security},
			"IdentityInfo": map[string]any{"FirstName": "Agent", "LastName": fmt.Sprint(i), "Email": fmt.Sprintf("agent%d@example.com", i)},
			"PhoneConfig": map[string]any{"PhoneType": "DESK_PHONE", "DeskPhoneNumber": fmt.Sprintf("+1202555020%d", i),
				"AutoAccept": true, "AfterContactWorkTimeLimit": i % 2},
		}, &user)
		s.agents = append(s.agents, user.UserId)
		s.setStatus(user.UserId, s.available)
	}
}

func (s *shift) setStatus(agent, status string) {
	_, err := s.insist(s.ctx, "PUT", "/users/"+s.instance+"/"+agent+"/status", map[string]any{"AgentStatusId": status}, nil)
	if err != nil && s.ctx.Err() == nil {
		s.t.Errorf("PutUserStatus: %v", err)
	}
}

// begin lets everybody work.
func (s *shift) begin(rnd *rand.Rand) {
	for n := range shiftProducers {
		own := rand.New(rand.NewPCG(rnd.Uint64(), 1))
		s.coming.Go(func() { s.produce(fmt.Sprintf("producer %d", n), own) })
	}
	s.coming.Go(s.callIn)
	s.coming.Go(s.count)
	for _, id := range s.agents {
		own := rand.New(rand.NewPCG(rnd.Uint64(), 2))
		s.attending.Go(func() { s.attend(id, own) })
	}
}

// end stops what brings new contacts; the agents go on.
func (s *shift) end() {
	s.close()
	s.coming.Wait()
}

// goHome ends the agents' work.
func (s *shift) goHome() {
	s.leave()
	s.attending.Wait()
}

func pauseUpTo(ctx context.Context, span time.Duration, rnd *rand.Rand) {
	select {
	case <-time.After(time.Duration(rnd.Int64N(int64(span)))):
	case <-ctx.Done():
	}
}

// produce starts tasks, changes some, stops some, and makes a queue at times.
func (s *shift) produce(name string, rnd *rand.Rand) {
	for n := 0; s.closing.Err() == nil; n++ {
		pauseUpTo(s.closing, 500*time.Millisecond, rnd)
		token := fmt.Sprintf("%s task %d", name, n)
		var task struct{ ContactId string }
		_, err := s.insist(s.ctx, "PUT", "/contact/task", map[string]any{"InstanceId": s.instance, "Name": token, "ContactFlowId": s.flow, "ClientToken": token}, &task)
		if err != nil {
			s.fail("StartTaskContact", err)
			return
		}
		s.note("started", task.ContactId)
		s.mu.Lock()
		s.tasks[token] = task.ContactId
		s.mu.Unlock()
		switch rnd.IntN(8) {
		case 0, 1:
			s.change(task.ContactId, token)
		case 2:
			s.stopContact(task.ContactId)
		case 3:
			s.makeQueue(token)
		}
	}
}

func (s *shift) fail(what string, err error) {
	if s.ctx.Err() == nil {
		s.t.Errorf("%s: %v", what, err)
	}
}

func (s *shift) change(contact, value string) {
	in := map[string]any{"InstanceId": s.instance, "InitialContactId": contact, "Attributes": map[string]string{"value": value}}
	if _, err := s.insist(s.ctx, "POST", "/contact/attributes", in, nil); err != nil {
		s.fail("UpdateContactAttributes", err)
		return
	}
	s.note("changed", contact)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attributes[contact] = value
}

// stopContact ends a contact, if nobody else has in the meantime.
func (s *shift) stopContact(contact string) {
	_, err := s.insist(s.ctx, "POST", "/contact/stop", map[string]any{"InstanceId": s.instance, "ContactId": contact}, nil)
	var no *refusal
	switch {
	case err == nil, errors.As(err, &no) && no.code == "ContactNotFoundException":
		s.note("stopped", contact)
	default:
		s.fail("StopContact", err)
	}
}

// makeQueue makes a queue; that its name is taken can only be due to an
// attempt whose answer was lost.
func (s *shift) makeQueue(name string) {
	var queue struct{ QueueId string }
	attempts, err := s.insist(s.ctx, "PUT", "/queues/"+s.instance, map[string]any{"Name": name, "HoursOfOperationId": s.hours}, &queue)
	var no *refusal
	if err != nil && (attempts == 1 || !errors.As(err, &no) || no.code != "DuplicateResourceException") {
		s.fail("CreateQueue", err)
		return
	}
	if err == nil {
		s.note("queue", queue.QueueId)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queues[name] = queue.QueueId
}

// count gives one small command after the other, so that every kill comes close
// to one: the limit of a queue goes up by one each time.
func (s *shift) count() {
	for n := 1; s.closing.Err() == nil; n++ {
		if _, err := s.insist(s.ctx, "POST", "/queues/"+s.instance+"/"+s.counter+"/max-contacts", map[string]any{"MaxContacts": n % highestLimit}, nil); err != nil {
			s.fail("UpdateQueueMaxContacts", err)
			return
		}
		s.note("limit", fmt.Sprintf("%s %d", s.counter, n%highestLimit))
		time.Sleep(countPause)
	}
}

// attend is an agent at work: ends contacts, dismisses after contact work, and
// takes a break now and then.
func (s *shift) attend(agent string, rnd *rand.Rand) {
	for s.ctx.Err() == nil {
		pauseUpTo(s.ctx, 250*time.Millisecond, rnd)
		var out struct {
			UserDataList []struct {
				Contacts []struct{ ContactId, Channel, AgentContactState string }
			}
		}
		_, err := s.insist(s.ctx, "POST", "/metrics/userdata/"+s.instance, map[string]any{"Filters": map[string]any{"Agents": []string{agent}}}, &out)
		if err != nil {
			s.fail("GetCurrentUserData", err)
			return
		}
		for _, data := range out.UserDataList {
			for _, c := range data.Contacts {
				s.handle(agent, c.ContactId, c.AgentContactState, c.Channel == "VOICE", rnd)
			}
		}
		switch open := s.closing.Err() == nil; {
		case open && rnd.IntN(20) == 0:
			s.setStatus(agent, s.pause)
		case rnd.IntN(4) == 0 || !open && len(out.UserDataList) == 0:
			s.setStatus(agent, s.available)
		}
	}
}

// handle does what an agent does with a contact: ends a task soon and a call
// seldom, for its customer hangs up.
func (s *shift) handle(agent, contact, state string, call bool, rnd *rand.Rand) {
	switch state {
	case "CONNECTED":
		if rnd.IntN(2) == 0 && (!call || rnd.IntN(10) == 0) {
			s.stopContact(contact)
		}
	case "MISSED", "ENDED":
		_, err := s.insist(s.ctx, "POST", "/users/"+s.instance+"/"+agent+"/contact", map[string]any{"ContactId": contact}, nil)
		var no *refusal
		if err != nil && !errors.As(err, &no) { // the time limit may have been faster
			s.fail("DismissUserContact", err)
		}
	}
}

// callIn lets customers call, and hang up after a while. Calls that fail while
// the server is away are part of the story.
func (s *shift) callIn() {
	for s.closing.Err() == nil {
		ctx, done := context.WithTimeout(s.ctx, 40*time.Second)
		cmd := exec.CommandContext(ctx, "sipp", s.sip, "-sf", "testdata/kill_caller.xml", "-s", centerNumber, "-i", "127.0.0.1",
			"-r", "2", "-m", fmt.Sprint(callsInARow), "-nostdin", "-timeout", "30")
		err := cmd.Run()
		done()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			s.t.Errorf("sipp is needed (Debian package sip-tester): %v", err)
			return
		}
		s.calls += callsInARow
	}
}

// deskPhones is a phone that answers every call: the desk phones of all
// agents.
func deskPhones(t *testing.T) (address string) {
	t.Helper()
	address = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	_, port, _ := strings.Cut(address, ":")
	cmd := exec.Command("sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", port, "-nostdin")
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatalf("sipp is needed (Debian package sip-tester): %v", err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return address
}
