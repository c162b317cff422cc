package stories

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"tandem/media/sip"
	standin "tandem/standin/zendesk"
)

// The benchmarks of this file measure latencies from outside, with the
// processes as a user starts them, over loopback:
//
//	go test -run '^$' -bench . -benchtime 200x ./stories
//
// Each request is made when nothing is under way, and what it must lead to is
// noted where it arrives, before anything else happens to it. The aim is 20 ms
// at the 99th percentile.

// arrivesWithin bounds the wait for what a request leads to.
const arrivesWithin = 10 * time.Second

// report tells quantiles of what was measured, in milliseconds.
func report(b *testing.B, spans []time.Duration) {
	b.Helper()
	slices.Sort(spans)
	for name, share := range map[string]float64{"p50-ms": 0.50, "p99-ms": 0.99, "max-ms": 1} {
		rank := int(math.Ceil(share * float64(len(spans))))
		b.ReportMetric(float64(spans[rank-1].Microseconds())/1000, name)
	}
	b.ReportMetric(0, "ns/op") // says nothing: what is not measured takes most of it
}

// BenchmarkOfferToInvite measures from PutUserStatus, by which an agent becomes
// available while customers wait, to the INVITE for the agent's desk phone. The
// offer is decided, and durable, in between.
func BenchmarkOfferToInvite(b *testing.B) {
	x := newExchange(b)
	c := &callCenter{server: newServer(b, `rtp_ports = "25000-25999"`,
		trunk{name: "pstn", address: x.address, numbers: []string{centerNumber}, prefixes: []string{"+"}})}
	c.start()
	c.openLine()
	for n := range 5 {
		x.dial(n, c.ready.SIP)
	}
	c.offer(x) // waits for the first customer, and warms up
	var spans []time.Duration
	for b.Loop() {
		spans = append(spans, c.offer(x))
	}
	report(b, spans)
}

// offer makes the agent available and returns how long the INVITE took. Then
// the desk phone is busy, and the agent takes a break until the next offer.
func (c *callCenter) offer(x *exchange) time.Duration {
	c.t.Helper()
	for len(x.invites) > 0 {
		<-x.invites // one that was sent again
	}
	asked := time.Now()
	c.putStatus(c.agent, c.available)
	span := await(c.t, x.invites, "an INVITE").Sub(asked)
	desk := await(c.t, x.desk, "a call to the desk phone")
	c.putStatus(c.agent, c.breakStatus)
	desk.Reject(486, sip.Busy)
	c.dismiss(c.awaitContact("MISSED"))
	c.awaitIdle("Break")
	return span
}

func (c *callCenter) putStatus(agent, status string) {
	c.t.Helper()
	c.must(c.api("PUT", "/users/"+c.born.InstanceID+"/"+agent+"/status", map[string]any{"AgentStatusId": status}, nil))
}

func (c *callCenter) dismiss(contact string) {
	c.t.Helper()
	c.must(c.api("POST", "/users/"+c.born.InstanceID+"/"+c.agent+"/contact", map[string]any{"ContactId": contact}, nil))
}

// await takes what comes next.
func await[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(arrivesWithin):
		t.Fatalf("%s did not come within %s", what, arrivesWithin)
		panic("unreachable")
	}
}

// openLine makes what an offer needs: a flow into the queue behind the number,
// and an agent with a desk phone, on a break.
func (c *callCenter) openLine() {
	c.t.Helper()
	instance := c.born.InstanceID
	c.available = c.entry("/agent-status/"+instance, "AgentStatusSummaryList", "Available")
	c.breakStatus = c.newStatus("Break")
	c.agent = c.hire("agent1", agentNumber)
	c.queue = c.entry("/queues-summary/"+instance, "QueueSummaryList", "BasicQueue")
	var flow struct{ ContactFlowId string }
	c.must(c.api("PUT", "/contact-flows/"+instance, map[string]any{"Name": "Straight to the queue", "Type": "CONTACT_FLOW", "Content": queueFlow(c.queue)}, &flow))
	var number struct{ PhoneNumberId string }
	c.must(c.api("POST", "/phone-number/claim", map[string]any{"TargetArn": c.born.InstanceARN, "PhoneNumber": centerNumber}, &number))
	c.must(c.api("PUT", "/phone-number/"+number.PhoneNumberId+"/contact-flow", map[string]any{"InstanceId": instance, "ContactFlowId": flow.ContactFlowId}, nil))
	c.putStatus(c.agent, c.breakStatus)
}

// entry finds the id of a thing in a list by its name.
func (c *callCenter) entry(list, member, name string) string {
	c.t.Helper()
	var out map[string]any
	c.must(c.api("GET", list, nil, &out))
	entries, _ := out[member].([]any)
	for _, e := range entries {
		if e, ok := e.(map[string]any); ok && e["Name"] == name {
			return fmt.Sprint(e["Id"])
		}
	}
	c.t.Fatalf("%s lists no %q", list, name)
	return ""
}

func (c *callCenter) newStatus(name string) string {
	c.t.Helper()
	var status struct{ AgentStatusId string }
	c.must(c.api("PUT", "/agent-status/"+c.born.InstanceID, map[string]any{"Name": name, "State": "ENABLED"}, &status))
	return status.AgentStatusId
}

// hire makes an agent with a desk phone.
func (c *callCenter) hire(name, deskNumber string) string {
	c.t.Helper()
	instance := c.born.InstanceID
	var user struct{ UserId string }
	c.must(c.api("PUT", "/users/"+instance, map[string]any{
		"Username":           name,
		"RoutingProfileId":   c.entry("/routing-profiles-summary/"+instance, "RoutingProfileSummaryList", "Basic Routing Profile"),
		"SecurityProfileIds": []string{c.entry("/security-profiles-summary/"+instance, "SecurityProfileSummaryList", "Agent")},
		"IdentityInfo":       map[string]any{"FirstName": "Agent", "LastName": name},
		"PhoneConfig":        map[string]any{"PhoneType": "DESK_PHONE", "DeskPhoneNumber": deskNumber},
	}, &user))
	return user.UserId
}

// exchange is the telephone network: one SIP peer, in the test's process, with
// the customers and the agent's desk phone behind it.
type exchange struct {
	t       testing.TB
	address string
	phones  *sip.UserAgent
	audio   net.PacketConn
	invites chan time.Time // when INVITEs for the desk phone arrived
	desk    chan *sip.Call // calls to it, ringing
	closing chan struct{}
	talking sync.WaitGroup // the customers
}

// noting is a socket that notes the arrival of INVITEs.
type noting struct {
	net.PacketConn
	invites chan<- time.Time
}

func (n noting) ReadFrom(b []byte) (int, net.Addr, error) {
	size, from, err := n.PacketConn.ReadFrom(b)
	if at := time.Now(); bytes.HasPrefix(b[:size], []byte("INVITE ")) {
		select {
		case n.invites <- at:
		default: // nobody waits for so many
		}
	}
	return size, from, err
}

func newExchange(t testing.TB) *exchange {
	t.Helper()
	socket, audio := listenUDP(t), listenUDP(t)
	x := &exchange{
		t: t, address: socket.LocalAddr().String(), audio: audio,
		invites: make(chan time.Time, 8), desk: make(chan *sip.Call, 8), closing: make(chan struct{}),
	}
	phones, err := sip.New(sip.Config{
		Conn: noting{socket, x.invites}, Contact: x.address, Handler: x, Allowed: func(netip.Addr) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	x.phones = phones
	x.talking.Go(func() { phones.Serve(context.Background()) })
	t.Cleanup(func() {
		close(x.closing)
		phones.Close()
		x.talking.Wait()
	})
	return x
}

func listenUDP(t testing.TB) net.PacketConn {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return socket
}

// dial lets a customer call the center.
func (x *exchange) dial(n int, center string) {
	x.t.Helper()
	name := fmt.Sprintf("customer%d", n)
	_, err := x.phones.Dial(x.t.Context(), sip.DialRequest{
		CallID: name, FromTag: name, Number: centerNumber, Trunk: center, Caller: fmt.Sprintf("+1202555030%d", n),
		Local: x.audio.LocalAddr().(*net.UDPAddr).AddrPort(),
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// breathe sends a little silence now and then, so that a customer's line is not
// taken for dead.
func (x *exchange) breathe(to netip.AddrPort) {
	packet := append([]byte{0x80, 0, 11: 1}, bytes.Repeat([]byte{0xff}, 160)...) // RFC 3550 section 5.1, PCMU
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for n := uint16(0); ; n++ {
		binary.BigEndian.PutUint16(packet[2:], n)
		binary.BigEndian.PutUint32(packet[4:], uint32(n)*8000)
		x.audio.WriteTo(packet, net.UDPAddrFromAddrPort(to))
		select {
		case <-every.C:
		case <-x.closing:
			return
		}
	}
}

// Incoming lets the desk phone ring.
func (x *exchange) Incoming(call *sip.Call, _ sip.Invitation) {
	call.Ring()
	select {
	case x.desk <- call:
	default:
		call.Reject(486, sip.Busy)
	}
}

// Answered lets a customer breathe.
func (x *exchange) Answered(_ *sip.Call, m sip.Media) {
	x.talking.Go(func() { x.breathe(m.Stream.Remote) })
}

// Ringing, EarlyMedia, MediaChanged, Digit and Ended change nothing here.
func (x *exchange) Ringing(*sip.Call, sip.Ringing)    {}
func (x *exchange) EarlyMedia(*sip.Call, sip.Media)   {}
func (x *exchange) MediaChanged(*sip.Call, sip.Media) {}
func (x *exchange) Digit(*sip.Call, sip.Digit)        {}
func (x *exchange) Ended(*sip.Call, sip.End)          {}

// BenchmarkStatusToHelpDesk measures from PutUserStatus to the request by which
// the help desk is told. Agents take turns, so that what the request before it
// has led to in the help desk is over.
func BenchmarkStatusToHelpDesk(b *testing.B) {
	const agents = 20
	address := fmt.Sprintf("127.0.0.1:%d", freePort(b)) // known beforehand, for webhooks
	c := &callCenter{server: newServer(b, fmt.Sprintf("public_url = \"http://%s\"", address))}
	c.http = address
	c.start()
	d := c.openDesk(agents)
	var spans []time.Duration
	for turn := range agents { // everybody begins at work; this warms up
		d.change(turn)
	}
	for turn := agents; b.Loop(); turn++ {
		spans = append(spans, d.change(turn))
	}
	report(b, spans)
}

// informed is a help desk that follows the center.
type informed struct {
	*callCenter
	agents   []string
	statuses []string
	puts     chan put
}

// put is a request to change an agent's status, and when it arrived.
type put struct {
	remote int64
	at     time.Time
}

// change gives the agent whose turn it is the next status, and returns how long
// it took until the help desk was told.
func (d *informed) change(turn int) time.Duration {
	d.t.Helper()
	n, status := turn%len(d.agents), d.statuses[turn/len(d.agents)%len(d.statuses)]
	asked := time.Now()
	d.putStatus(d.agents[n], status)
	got := await(d.t, d.puts, "a change in the help desk")
	if got.remote != shiftRemote(n) {
		d.t.Fatalf("agent %d was changed in the help desk, want %d", got.remote, shiftRemote(n))
	}
	return got.at.Sub(asked)
}

// openDesk connects a help desk in which the last action wins and four statuses
// are known.
func (c *callCenter) openDesk(agents int) *informed {
	t := c.t
	t.Helper()
	d := &informed{callCenter: c, puts: make(chan put, 8)}
	config := standin.Config{ClientID: "tandem", ClientSecret: "a secret", RatePerMinute: 60_000, AvailabilityRatePerMinute: 60_000,
		CustomStatuses: []standin.Status{{ID: focusStatus, Name: "Training", Channels: standin.Channels{Talk: "away", Support: "online", Messaging: "away"}}}}
	for n := range agents {
		d.agents = append(d.agents, c.hire(fmt.Sprintf("agent%d", n), agentNumber))
		config.Agents = append(config.Agents, standin.Agent{ID: shiftRemote(n), Name: fmt.Sprintf("Agent %d", n), Email: fmt.Sprintf("agent%d@example.com", n)})
	}
	account, err := standin.New(config)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(d.note(account))
	t.Cleanup(func() { account.Close(); web.Close() })
	d.statuses = []string{c.entry("/agent-status/"+c.born.InstanceID, "AgentStatusSummaryList", "Available"), c.newStatus("Break"), c.newStatus("Training")}
	var system struct{ ID string }
	c.must(c.admin("POST", "/systems", map[string]any{
		"kind": "zendesk", "name": "Zendesk", "url": web.URL, "client_id": "tandem", "client_secret": "a secret", "policy": "last_action_wins", "status_sync": true,
		"mapping": []map[string]any{{"remote": "Online", "status": "Available"}, {"remote": "Away", "status": "Break"},
			{"remote": strconv.FormatInt(focusStatus, 10), "status": "Training"}, {"remote": "Offline", "status": "Offline"}},
	}, &system))
	for n, agent := range d.agents {
		c.must(c.admin("PUT", "/systems/"+system.ID+"/links/"+agent, map[string]any{"remote_id": strconv.FormatInt(shiftRemote(n), 10)}, nil))
	}
	c.must(c.admin("POST", "/systems/"+system.ID+"/refresh", struct{}{}, nil))
	return d
}

// note passes requests on, and notes when those arrived that change a status.
func (d *informed) note(account http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := time.Now()
		if folder, agent := path.Split(r.URL.Path); r.Method == http.MethodPut && path.Base(folder) == "agents" {
			if remote, err := strconv.ParseInt(agent, 10, 64); err == nil {
				d.puts <- put{remote, at}
			}
		}
		account.ServeHTTP(w, r)
	})
}
