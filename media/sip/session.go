package sip

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// session is the agreement on refreshes (RFC 4028): without one, a call whose far side vanished would never end.
type session struct {
	interval  time.Duration // zero: none agreed
	weRefresh bool
}

// ask reads what a request wants, as the one who answers it. A refusal is 422 for an interval that is too short.
func (s *session) ask(req *sipgo.Request, shortest time.Duration) *refusal {
	interval, refresher := sessionExpires(req)
	supported := containsFold(append(headerTokens(req, "supported", "k"), headerTokens(req, "require")...), timerTag)
	if interval > 0 && interval < shortest && supported {
		return refuseWith(422, sipgo.NewHeader("Min-SE", strconv.Itoa(int(shortest.Seconds()))))
	}
	s.interval = interval
	s.weRefresh = refresher == "uas" || !supported
	return nil
}

// grant states the agreement in our 200.
func (s *session) grant(res *sipgo.Response) {
	if s.interval == 0 {
		return
	}
	refresher := "uas"
	if !s.weRefresh {
		refresher = "uac"
		res.AppendHeader(sipgo.NewHeader("Require", timerTag))
	}
	res.AppendHeader(sessionHeader(s.interval, refresher))
}

// take reads the agreement from a 200 to a request of ours.
func (s *session) take(res *sipgo.Response) {
	interval, refresher := sessionExpires(res)
	s.interval = interval
	s.weRefresh = refresher != "uas"
}

func sessionHeader(interval time.Duration, refresher string) sipgo.Header {
	return sipgo.NewHeader("Session-Expires", fmt.Sprintf("%d;refresher=%s", int(interval.Seconds()), refresher))
}

// sessionExpires reads "1800;refresher=uac"; zero when there is none.
func sessionExpires(msg headered) (interval time.Duration, refresher string) {
	value, params, _ := strings.Cut(headerValue(msg, "session-expires", "x"), ";")
	seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
	if err != nil {
		return 0, ""
	}
	for _, param := range strings.Split(params, ";") {
		key, text, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(key), "refresher") {
			refresher = strings.ToLower(strings.TrimSpace(text))
		}
	}
	return time.Duration(seconds) * time.Second, refresher
}

// watchSession sets the waits anew: at the start, and after each refresh by either side.
func (c *Call) watchSession() {
	c.clearAlarm(alarmRefresh)
	interval := c.session.interval
	switch {
	case interval == 0:
		c.setAlarm(alarmSession, c.ua.timers.Liveness, c.askLiveness)
	case c.session.weRefresh:
		c.setAlarm(alarmRefresh, interval/2, c.refresh)
		c.setAlarm(alarmSession, interval, func() { c.lose(Lost) })
	default:
		// RFC 4028 section 10: hang up a third of the interval, or 32 seconds, before it ends.
		c.setAlarm(alarmSession, interval-min(32*time.Second, interval/3), func() { c.lose(Lost) })
	}
}

// askLiveness sends OPTIONS within the dialog: a far side that has forgotten the call says 481.
func (c *Call) askLiveness() {
	c.send(c.request(sipgo.OPTIONS), func(_ *sipgo.Request, res *sipgo.Response, _ time.Time) {
		if isGone(res.StatusCode) {
			c.lose(Lost)
		} else if c.state == stateUp {
			c.watchSession()
		}
	}, func() { c.lose(Lost) })
}

// isGone reports whether a response within a dialog means that the dialog is over (RFC 3261 section 12.2.1.2).
func isGone(status int) bool { return status == 481 || status == 408 }

// refresh repeats our description in a new INVITE.
func (c *Call) refresh() {
	if c.state != stateUp {
		return
	}
	if c.answer != nil || c.asking {
		c.setAlarm(alarmRefresh, c.ua.timers.T2, c.refresh)
		return
	}
	req := c.request(sipgo.INVITE)
	req.AppendHeader(sessionHeader(c.session.interval, "uac"))
	setSDP(req, c.local.Again())
	c.asking = true
	var ack []byte
	c.send(req, func(sent *sipgo.Request, res *sipgo.Response, at time.Time) {
		c.asking = false
		if res.StatusCode >= 300 {
			c.refreshRefused(res.StatusCode)
			return
		}
		if ack == nil {
			c.learn(res)
			ack = []byte(c.ackOf(sent, c.to, c.target, c.routes).String())
			c.refreshed(res, at)
		}
		c.ua.send(ack, c.nextHop(c.target, c.routes))
	}, func() { c.asking = false; c.lose(Lost) })
}

func (c *Call) refreshed(res *sipgo.Response, at time.Time) {
	if c.state != stateUp {
		return
	}
	c.session.take(res)
	c.watchSession()
	if stream, err := acceptBody(c.local, res); err == nil {
		c.agree(stream, at)
	}
}

// refreshRefused tries again later, sooner after a collision (RFC 3261 section 14.1), until the session ends by its
// own alarm.
func (c *Call) refreshRefused(status int) {
	switch {
	case isGone(status):
		c.lose(Lost)
	case c.state != stateUp:
	case status == 491 && c.info.Direction == Outbound:
		c.setAlarm(alarmRefresh, 2100*time.Millisecond+randomUpTo(1900*time.Millisecond), c.refresh)
	case status == 491:
		c.setAlarm(alarmRefresh, randomUpTo(2*time.Second), c.refresh)
	default:
		c.setAlarm(alarmRefresh, c.session.interval/8, c.refresh)
	}
}

func randomUpTo(limit time.Duration) time.Duration {
	return time.Duration(randomNumber() % uint64(limit))
}

// newSessionNumber is a number for an o= line.
func newSessionNumber() uint64 { return randomNumber() >> 32 }

func randomNumber() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint64(b[:])
}
