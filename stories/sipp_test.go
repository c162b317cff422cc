package stories

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sipp runs a scenario against the server to its end.
func (c *callCenter) sipp(scenario string, args ...string) {
	c.t.Helper()
	ctx, done := context.WithTimeout(c.t.Context(), 2*time.Minute)
	defer done()
	all := append([]string{c.ready.SIP, "-sf", filepath.Join("testdata", scenario), "-s", centerNumber, "-i", "127.0.0.1", "-mi", "127.0.0.1",
		"-p", strconv.Itoa(freePort(c.t)), "-mp", strconv.Itoa(40000 + freePort(c.t)%2000*4), "-m", "1", "-timeout", "60", "-timeout_error", "-nostdin"}, args...)
	cmd := exec.CommandContext(ctx, "sipp", all...)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("sipp: %v\n%s", err, tail(out, 3000))
	}
}

// capture writes the SIP packets of the server's port to a file, by tshark,
// and returns a function that ends it and reads the file.
func (c *callCenter) capture() (read func() []packet) {
	t := c.t
	t.Helper()
	path := c.path("sip.pcapng")
	_, port, _ := strings.Cut(c.ready.SIP, ":")
	cmd := exec.Command("tshark", "-q", "-i", "lo", "-f", "udp port "+port, "-w", path)
	if err := cmd.Start(); err != nil {
		t.Fatalf("tshark is needed: %v", err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	eventually(t, 20*time.Second, "the capture runs", func() error {
		if s, err := os.Stat(path); err != nil || s.Size() == 0 {
			return fmt.Errorf("no file yet: %v", err)
		}
		return nil
	})
	return func() []packet {
		t.Helper()
		time.Sleep(1500 * time.Millisecond) // the capture's buffer is written once a second
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		return readPackets(t, path, port)
	}
}

// packet is one captured SIP message.
type packet struct {
	at           float64 // seconds since 1970
	from, to     string  // ports
	method, code string
	cseq         string
}

func readPackets(t testing.TB, path, port string) []packet {
	t.Helper()
	out, err := exec.Command("tshark", "-r", path, "-d", "udp.port=="+port+",sip", "-Y", "sip", "-T", "fields", "-E", "separator=|",
		"-e", "frame.time_epoch", "-e", "udp.srcport", "-e", "udp.dstport", "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "sip.CSeq.method").Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	var packets []packet
	for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Split(l, "|")
		if len(f) != 6 {
			continue
		}
		at, err := strconv.ParseFloat(f[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet{at: at, from: f[1], to: f[2], method: f[3], code: f[4], cseq: f[5]})
	}
	return packets
}

// first finds the first packet that fits.
func first(t testing.TB, packets []packet, what string, fits func(packet) bool) packet {
	t.Helper()
	for _, p := range packets {
		if fits(p) {
			return p
		}
	}
	t.Fatalf("no packet is %s among %d: %+v", what, len(packets), packets)
	return packet{}
}

// TestSippCallsAndTheTimesAreThoseOfThePackets calls with sipp and compares
// each time of the contact with the packet that caused it; agent and customer
// are connected once they have heard their whispers.
func TestSippCallsAndTheTimesAreThoseOfThePackets(t *testing.T) {
	c := newCallCenter(t)
	read := c.capture()
	done := make(chan struct{})
	go func() { defer close(done); c.sipp("customer.xml") }()
	id := c.awaitContact("CONNECTED")
	<-done
	c.awaitIdle("Available")
	packets := read()
	_, port, _ := strings.Cut(c.ready.SIP, ":")
	invite := first(t, packets, "the customer's INVITE", func(p packet) bool { return p.method == "INVITE" && p.to == port })
	answered := first(t, packets, "the answer to it", func(p packet) bool { return p.code == "200" && p.cseq == "INVITE" && p.to == invite.from })
	agent := first(t, packets, "the agent's answer", func(p packet) bool { return p.code == "200" && p.cseq == "INVITE" && p.to == port })
	bye := first(t, packets, "the customer's BYE", func(p packet) bool { return p.method == "BYE" && p.from == invite.from })
	var d struct{ Contact contact }
	told := c.boto(fmt.Sprintf("print(json.dumps(c.describe_contact(InstanceId=i, ContactId=%q), default=lambda t: t.timestamp()))", id))
	if err := json.Unmarshal([]byte(told), &d); err != nil {
		t.Fatalf("boto3 printed %s: %v", told, err)
	}
	for name, times := range map[string][2]float64{
		"InitiationTimestamp":        {d.Contact.InitiationTimestamp, invite.at},
		"ConnectedToSystemTimestamp": {d.Contact.ConnectedToSystemTimestamp, answered.at},
		"DisconnectTimestamp":        {d.Contact.DisconnectTimestamp, bye.at},
	} {
		if difference := times[0] - times[1]; difference > 1 || difference < -1 {
			t.Errorf("%s is %.3f s from its packet", name, difference)
		}
	}
	// The agent hears the agent whisper first, and then the customer theirs.
	if whispers := d.Contact.AgentInfo.ConnectedToAgentTimestamp - agent.at; whispers < 0 || whispers > 6 {
		t.Errorf("ConnectedToAgentTimestamp is %.3f s after the agent's answer", whispers)
	}
	if d.Contact.InitiationMethod != "INBOUND" || d.Contact.Channel != "VOICE" {
		t.Errorf("the contact is %+v", d.Contact)
	}
}
