package rtp

import "tandem"

// eventTimeoutMillis ends a telephone event whose end packets were all lost.
const eventTimeoutMillis = 250

// digitNames are the DTMF events 0 to 15 (RFC 4733 section 3.2).
const digitNames = "0123456789*#ABCD"

// Digit is one key pressed by the far side.
type Digit struct {
	Key byte // one of 0-9, *, #, A-D
	At  tandem.Time
}

// eventReceiver counts each telephone event once: at its first end packet, or
// when packets stop coming. The packets of one event share a timestamp
// (RFC 4733 section 2.5.1.2); the volume is ignored.
type eventReceiver struct {
	known   bool
	stamp   uint32
	key     byte
	counted bool
	seen    tandem.Time
}

// packet takes one event payload. It returns up to two digits: an older event
// that never ended, and this one. A zero Key means none.
func (e *eventReceiver) packet(stamp uint32, payload []byte, at tandem.Time) (older, this Digit) {
	if len(payload) < 4 || int(payload[0]) >= len(digitNames) {
		return older, this
	}
	if !e.known || stamp != e.stamp {
		if e.known && int32(stamp-e.stamp) < 0 {
			return older, this // an old event's packet, overtaken
		}
		older = e.finish(at)
		e.known, e.stamp, e.counted = true, stamp, false
		e.key = digitNames[payload[0]]
	}
	e.seen = at
	const end = 0x80
	if payload[1]&end != 0 {
		this = e.finish(at)
	}
	return older, this
}

// expire returns the event whose packets stopped coming before an end.
func (e *eventReceiver) expire(now tandem.Time) Digit {
	if now.Sub(e.seen) < eventTimeoutMillis {
		return Digit{}
	}
	return e.finish(e.seen)
}

func (e *eventReceiver) finish(at tandem.Time) Digit {
	if !e.known || e.counted {
		return Digit{}
	}
	e.counted = true
	return Digit{Key: e.key, At: at}
}
