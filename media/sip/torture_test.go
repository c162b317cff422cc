package sip

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// tortureMessage is one message of RFC 4475.
type tortureMessage struct {
	name string
	data []byte
}

// tortureMessages reads the messages of RFC 4475, which the parser's module carries for its own tests.
func tortureMessages(t testing.TB, kind string) []tortureMessage {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Fatalf("finding the messages of RFC 4475: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "sip", "testdata", "torture", kind, "*.dat"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages of RFC 4475 found: %v", err)
	}
	var messages []tortureMessage
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, tortureMessage{strings.TrimSuffix(filepath.Base(file), ".dat"), data})
	}
	return messages
}

// none stands for a message that gets no answer: a response, or what has too little in it to be answered.
const none = 0

// tortureStatuses are the answers that RFC 4475 asks for or allows an endpoint that knows INVITE and OPTIONS only.
// wsinv speaks of a dialog that does not exist here. For novelsc 416 would be better, but the parser knows no schemes
// with a dot.
var tortureStatuses = map[string]int{
	// Valid ones (section 3.1.1).
	"dblreq": 405, "esc01": 180, "esc02": 405, "escnull": 405, "intmeth": 405, "longreq": 180, "lwsdisp": 200,
	"mpart01": 405, "noreason": none, "semiuri": 200, "transports": 200, "unreason": none, "wsinv": 481,
	// Broken ones (sections 3.1.2 and 3.3).
	"badaspec": 400, "badbranch": 200, "baddate": 180, "baddn": 400, "badinv01": 400, "badvers": 505, "bcast": none,
	"bext01": 420, "bigcode": none, "clerr": 400, "cparam01": 405, "cparam02": 405, "escruri": 180, "insuf": 400,
	"inv2543": 400, "invut": 415, "ltgtruri": 400, "lwsruri": 400, "lwsstart": 400, "mcl01": 400, "mismatch01": 400,
	"mismatch02": 400, "multi01": 400, "ncl": 400, "novelsc": 400, "quotbal": 400, "regaut01": 405, "regbadct": 405,
	"regescrt": 405, "scalar02": 400, "scalarlg": none, "sdp01": 406, "test": none, "trws": 400, "unkscm": 416,
	"unksm2": 405, "zeromf": 200,
}

func TestTortureMessagesOfRFC4475GetTheirAnswers(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring() })
	for _, kind := range []string{"valid", "invalid"} {
		for _, message := range tortureMessages(t, kind) {
			t.Run(message.name, func(t *testing.T) {
				want, listed := tortureStatuses[message.name]
				if !listed {
					t.Fatal("no answer is known for it")
				}
				_, addr := agent(t, heard, nil)
				p := newPhone(t, addr, "127.0.0.1")
				p.send(answerableHere(string(message.data)))
				if got := p.firstStatus(want != none); got != want {
					t.Errorf("%s gets %d, want %d", message.name, got, want)
				}
				p.send(p.compose(line{method: "OPTIONS", callID: "alive"}))
				p.aliveStill()
			})
		}
	}
}

// topVia is the topmost Via up to its first parameter.
var topVia = regexp.MustCompile(`(?is)\r\n(?:via|v)[ \t]*:(?:[^;\r]|\r\n[ \t])*`)

// answerableHere has the topmost Via ask for the answer to come where it was sent from; all else stays.
func answerableHere(message string) string {
	at := topVia.FindStringIndex(message)
	if at == nil {
		return message
	}
	return message[:at[1]] + ";rport" + message[at[1]:]
}

// firstStatus is the status of the first response after 100, or none. It reads raw text: answers to broken messages
// repeat what is broken.
func (p *phone) firstStatus(expected bool) int {
	p.t.Helper()
	wait := 30 * time.Millisecond
	if expected {
		wait = patience
	}
	buffer := make([]byte, 65536)
	for {
		_ = p.conn.SetReadDeadline(time.Now().Add(wait))
		n, _, err := p.conn.ReadFromUDP(buffer)
		if err != nil {
			return none
		}
		var status int
		if _, err := fmt.Sscanf(string(buffer[:n]), "SIP/2.0 %d ", &status); err != nil {
			p.t.Fatalf("no response: %q", buffer[:n])
		}
		if status != 100 {
			return status
		}
	}
}

// aliveStill waits for the answer to OPTIONS.
func (p *phone) aliveStill() {
	p.t.Helper()
	for {
		buffer := make([]byte, 65536)
		_ = p.conn.SetReadDeadline(time.Now().Add(patience))
		n, _, err := p.conn.ReadFromUDP(buffer)
		if err != nil {
			p.t.Fatal("the agent is silent")
		}
		msg, err := sipgo.NewParser().ParseSIP(buffer[:n])
		if err == nil && msg.CallID() != nil && msg.CallID().Value() == "alive" {
			return
		}
	}
}
