package sip

import (
	"net/netip"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"tandem/media/sdp"
)

// callState is how far a call has come.
type callState uint8

const (
	stateCalling  callState = iota // outgoing, not answered
	stateOffered                   // incoming, not answered
	stateAnswered                  // incoming, our 200 is out and the ACK is awaited
	stateUp                        // both sides agree
	stateEnded                     // Ended was told; what is left is good manners
)

// Call is one call: a dialog (RFC 3261 section 12) with its session. Its exported methods may be used by any goroutine.
type Call struct {
	ua       *UserAgent
	box      *mailbox
	info     Info
	localTag string

	// What follows belongs to the call's goroutine.
	state  callState
	local  *sdp.Local
	stream sdp.Stream // what was last agreed on
	alarms [alarmKinds]alarm
	open   map[*clientTx]bool // transactions of ours that are not over

	// The dialog.
	remoteTag string
	from      *sipgo.FromHeader // ours, as it stands in our requests
	to        *sipgo.ToHeader   // theirs, as it stands in our requests
	localSeq  uint32
	remoteSeq uint32
	seqKnown  bool // remoteSeq has been set
	target    sipgo.Uri
	routes    []sipgo.Uri
	peer      hop // where the dialog's packets come from

	answer  *answering // a 200 of ours whose ACK is awaited
	session session
	asking  bool      // an INVITE of ours within the dialog is not answered
	in      *incoming // of an incoming call
	out     *outgoing // of an outgoing call
}

// ID is the Call-ID.
func (c *Call) ID() string { return c.info.ID }

// Info describes the call.
func (c *Call) Info() Info { return c.info }

// Ring tells the caller of an incoming call that somebody is being alerted (180).
func (c *Call) Ring() { c.box.wish(wishRing, c.ring) }

// Answer takes an incoming call; audio is wanted at local.
func (c *Call) Answer(local netip.AddrPort) { c.box.wish(wishAnswer, func() { c.accept(local) }) }

// Reject refuses an incoming call that was not answered with a status of 400 to 699; other numbers become 480. Cause
// is what Ended will say.
func (c *Call) Reject(status int, cause Cause) {
	c.box.wish(wishReject, func() { c.decline(status, cause) })
}

// Hangup ends the call, however far it has come.
func (c *Call) Hangup() { c.box.wish(wishHangup, func() { c.hangup(Hangup) }) }

// begin starts the call's goroutine with its first work.
func (c *Call) begin(first func()) {
	go func() {
		defer c.ua.leave(c)
		first()
		c.run()
		for tx := range c.open {
			tx.abandon()
		}
	}()
}

func (c *Call) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if c.state == stateEnded && len(c.open) == 0 && c.answer == nil && c.box.close() {
			return
		}
		timer.Reset(c.nextAlarm())
		select {
		case <-c.box.wake:
			for _, work := range c.box.take() {
				work()
			}
		case <-timer.C:
			c.soundAlarms(time.Now())
		case <-c.ua.stop:
			c.shutdown()
			return
		}
	}
}

// shutdown says goodbye once, with nobody left to hear the answer.
func (c *Call) shutdown() {
	c.hangup(Shutdown)
	if c.answer != nil && !c.answer.refresh {
		c.sendBye() // no ACK will be waited for
	}
}

// finish tells the end, once.
func (c *Call) finish(end End) {
	if c.state == stateEnded {
		return
	}
	c.state = stateEnded
	for _, kind := range []alarmKind{alarmRing, alarmProgress, alarmSession, alarmRefresh, alarmPatience} {
		c.clearAlarm(kind)
	}
	c.setAlarm(alarmLinger, 130*c.ua.timers.T1, c.stopLingering)
	c.ua.ended()
	c.ua.handler.Ended(c, end)
}

// hangup ends the call from our side with what its state asks for.
func (c *Call) hangup(cause Cause) {
	switch c.state {
	case stateEnded:
	case stateOffered:
		c.decline(480, orCanceled(cause))
	case stateCalling:
		c.giveUp(orCanceled(cause))
	case stateAnswered:
		// RFC 3261 section 15: the callee must not send BYE before the ACK came or its 200 timed out.
		c.answer.byeAfter = true
		c.finish(End{At: time.Now(), Cause: cause})
	case stateUp:
		c.settle()
		c.finish(End{At: c.sendBye(), Cause: cause})
	}
}

// settle ends the wait for an ACK.
func (c *Call) settle() {
	c.answer = nil
	c.clearAlarm(alarmAnswer)
	c.clearAlarm(alarmAnswerEnd)
}

// stopLingering gives up on the answers that an ended call still waits for: twice the life of a transaction, since a
// late ringing call is cancelled late.
func (c *Call) stopLingering() {
	c.settle()
	for tx := range c.open {
		tx.abandon()
	}
	clear(c.open)
}

// orCanceled names a hang-up before the answer by its own cause.
func orCanceled(cause Cause) Cause {
	if cause == Hangup {
		return Canceled
	}
	return cause
}

// lose ends a call whose far side fell silent.
func (c *Call) lose(cause Cause) {
	if c.state == stateUp || c.state == stateAnswered {
		c.settle()
		c.finish(End{At: c.sendBye(), Cause: cause, ByRemote: true})
	}
}

func (c *Call) sendBye() time.Time {
	return c.send(c.request(sipgo.BYE), func(*sipgo.Request, *sipgo.Response, time.Time) {}, func() {})
}

// alarmKind names a wait of the call; there is at most one of each.
type alarmKind uint8

const (
	alarmAnswer    alarmKind = iota // send the 200 again
	alarmAnswerEnd                  // the ACK does not come
	alarmRing                       // nobody answers
	alarmProgress                   // say again that it rings
	alarmSession                    // the session's refresh or its end
	alarmRefresh                    // try a refresh again
	alarmPatience                   // no word at all from the far side of a call we placed
	alarmLinger                     // the call is over, but answers are still awaited
	alarmKinds
)

type alarm struct {
	at time.Time // zero: not set
	do func()
}

func (c *Call) setAlarm(kind alarmKind, wait time.Duration, do func()) {
	c.alarms[kind] = alarm{at: time.Now().Add(wait), do: do}
}

func (c *Call) clearAlarm(kind alarmKind) { c.alarms[kind] = alarm{} }

// nextAlarm is how long nothing is due.
func (c *Call) nextAlarm() time.Duration {
	wait := time.Hour
	for _, a := range c.alarms {
		if !a.at.IsZero() {
			wait = min(wait, max(0, time.Until(a.at)))
		}
	}
	return wait
}

func (c *Call) soundAlarms(now time.Time) {
	for kind := range c.alarms {
		a := c.alarms[kind]
		if a.at.IsZero() || a.at.After(now) {
			continue
		}
		c.alarms[kind] = alarm{}
		a.do()
	}
}
