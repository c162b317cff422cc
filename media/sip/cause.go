package sip

import (
	"strconv"
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
)

// Cause is why a call ended, in the words the rest of the program uses.
type Cause string

// The causes.
const (
	Hangup        Cause = "hangup"         // one side hung up a call that was up
	Canceled      Cause = "canceled"       // the caller gave up before the answer
	Busy          Cause = "busy"           // the called number is in use
	NoAnswer      Cause = "no answer"      // it rang, nobody answered
	Rejected      Cause = "rejected"       // the called side does not want the call
	InvalidNumber Cause = "invalid number" // there is no such number
	Unreachable   Cause = "unreachable"    // the network cannot take the call there
	Timeout       Cause = "timeout"        // nothing came back
	NoMedia       Cause = "no media"       // no audio format or address in common
	Lost          Cause = "lost"           // a call that was up went silent: no refresh, no sign of life
	Shutdown      Cause = "shutdown"       // this process stops
)

// causeOfQ850 follows ITU-T Q.850; the number tells more than the SIP status it travels with (RFC 3398 section 8.2.6).
func causeOfQ850(q850 int) (Cause, bool) {
	switch q850 {
	case 17:
		return Busy, true
	case 18, 19, 20:
		return NoAnswer, true
	case 21, 55, 57, 87:
		return Rejected, true
	case 1, 22, 28:
		return InvalidNumber, true
	case 2, 3, 27, 34, 38, 41, 42, 44, 47:
		return Unreachable, true
	case 102:
		return Timeout, true
	}
	return "", false
}

// causeOfStatus maps the final status of a call we placed (RFC 3261 section 21, RFC 3398 section 8.2.6).
func causeOfStatus(status int, rang bool) Cause {
	switch status {
	case 486, 600:
		return Busy
	case 480:
		return NoAnswer
	case 408:
		if rang {
			return NoAnswer
		}
		return Timeout
	case 404, 410, 484, 485, 604:
		return InvalidNumber
	case 415, 488, 606:
		return NoMedia
	case 487:
		return Canceled
	case 504:
		return Timeout
	}
	if status >= 500 && status < 600 {
		return Unreachable
	}
	return Rejected
}

// q850Of reads `Reason: Q.850;cause=17` (RFC 3326), 0 when there is none.
func q850Of(msg headered) int {
	for _, h := range msg.GetHeaders("reason") {
		for _, value := range strings.Split(h.Value(), ",") {
			protocol, params, _ := strings.Cut(value, ";")
			if !strings.EqualFold(strings.TrimSpace(protocol), "Q.850") {
				continue
			}
			for _, param := range strings.Split(params, ";") {
				key, text, _ := strings.Cut(param, "=")
				if strings.EqualFold(strings.TrimSpace(key), "cause") {
					number, _ := strconv.Atoi(strings.TrimSpace(text))
					return number
				}
			}
		}
	}
	return 0
}

type headered interface {
	GetHeaders(name string) []sipgo.Header
}
