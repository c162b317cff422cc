package sip

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"tandem/media/sdp"
)

// sippWords are the timers of a peer in another process on a busy machine.
func sippWords(c *Config) { c.Timers = Timers{T1: 100 * time.Millisecond, T2: 400 * time.Millisecond} }

// sipp starts the load generator sipp with a scenario of testdata; wait says how it went.
func sipp(t *testing.T, scenario string, more ...string) (port string, wait func()) {
	t.Helper()
	free, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	port = strconv.Itoa(free.LocalAddr().(*net.UDPAddr).Port)
	_ = free.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	args := append([]string{
		"-sf", "testdata/" + scenario + ".xml", "-i", "127.0.0.1", "-p", port, "-m", "1", "-nostdin",
		"-timeout", "20s", "-timeout_error", "-recv_timeout", "10000",
	}, more...)
	cmd := exec.CommandContext(ctx, "sipp", args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("sipp does not start (package sip-tester): %v", err)
	}
	return port, func() {
		t.Helper()
		if err := cmd.Wait(); err != nil {
			t.Errorf("sipp %s: %v\n%s", scenario, err, out.Bytes())
		}
	}
}

func TestSippCallsUs(t *testing.T) {
	for _, row := range []struct {
		scenario string
		incoming func(*Call)
		want     []string
		cause    Cause
	}{
		{"uac_basic", func(c *Call) { c.Ring(); c.Answer(ourAudio) }, []string{"Incoming", "Answered"}, Hangup},
		{"uac_cancel", (*Call).Ring, []string{"Incoming"}, Canceled},
		{"uac_hold", answerAtOnce, []string{"Incoming", "Answered", "MediaChanged", "MediaChanged"}, Hangup},
		{"uac_lost_ack", answerAtOnce, []string{"Incoming", "Answered"}, Hangup},
	} {
		t.Run(row.scenario, func(t *testing.T) {
			heard := newListener(row.incoming)
			ua, addr := agent(t, heard, sippWords)
			_, wait := sipp(t, row.scenario, addr.String())
			wait()
			if n := ua.Metrics().Retransmitted.Load(); row.scenario == "uac_lost_ack" && n < 2 {
				t.Errorf("the answer was repeated %d times in five times T1, want 2", n)
			}
			var last Media
			for _, name := range row.want {
				if m, ok := heard.expect(t, name).what.(Media); ok {
					last = m
				}
			}
			heard.expectEnd(t, row.cause, true)
			if row.cause == Hangup && (last.Stream.Direction != sdp.SendRecv || last.Stream.Events != 101) {
				t.Errorf("the last media were %+v", last.Stream)
			}
		})
	}
}

func TestWeCallSipp(t *testing.T) {
	for _, row := range []struct {
		scenario string
		want     []string
		hangupAt string
		cause    Cause
		byRemote bool
	}{
		{"uas_answer", []string{"Ringing", "Answered"}, "Answered", Hangup, false},
		{"uas_busy", nil, "", Busy, true},
		{"uas_provisional", []string{"Ringing", "EarlyMedia", "Answered"}, "Answered", Hangup, false},
		{"uas_glare", []string{"Ringing"}, "Ringing", Canceled, false},
	} {
		t.Run(row.scenario, func(t *testing.T) {
			heard := newListener(nil)
			ua, _ := agent(t, heard, sippWords)
			port, wait := sipp(t, row.scenario)
			_, err := ua.Dial(context.Background(), DialRequest{
				CallID: "leg@tandem", FromTag: "leg", Number: "+15550123", Trunk: "127.0.0.1:" + port, Caller: "+15550100",
				Local: ourAudio,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range row.want {
				if h := heard.expect(t, name); name == row.hangupAt {
					h.call.Hangup()
				}
			}
			heard.expectEnd(t, row.cause, row.byRemote)
			wait()
		})
	}
}

func TestSippCallsUsOverTCP(t *testing.T) {
	certificate, _ := certified(t)
	heard := newListener(func(c *Call) { c.Ring(); c.Answer(ourAudio) })
	ua, _ := agent(t, heard, func(c *Config) { sippWords(c); connected(t, certificate)(c) })
	_, wait := sipp(t, "uac_basic", "-t", "t1", "127.0.0.1:"+strconv.Itoa(ua.portOf(TCP)))
	wait()
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	heard.expectEnd(t, Hangup, true)
}
