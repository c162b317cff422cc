package rtp

import (
	"testing"

	"tandem"
)

type eventPacket struct {
	stamp uint32
	event byte
	end   bool
	at    tandem.Time
}

func digitsOf(packets []eventPacket) string {
	var e eventReceiver
	var out []byte
	take := func(d Digit) {
		if d.Key != 0 {
			out = append(out, d.Key)
		}
	}
	for _, p := range packets {
		flags := byte(10)
		if p.end {
			flags |= 0x80
		}
		take(e.expire(p.at))
		older, this := e.packet(p.stamp, []byte{p.event, flags, 0, 160}, p.at)
		take(older)
		take(this)
	}
	take(e.expire(1_000_000))
	return string(out)
}

// RFC 4733 section 2.5.
func TestEachEventCountsOnce(t *testing.T) {
	for name, c := range map[string]struct {
		packets []eventPacket
		want    string
	}{
		"three end packets":        {[]eventPacket{{1, 1, false, 0}, {1, 1, true, 20}, {1, 1, true, 40}, {1, 1, true, 60}}, "1"},
		"only an end packet":       {[]eventPacket{{1, 11, true, 20}}, "#"},
		"all end packets lost":     {[]eventPacket{{1, 5, false, 0}, {1, 5, false, 20}}, "5"},
		"late end after time-out":  {[]eventPacket{{1, 5, false, 0}, {1, 5, true, 400}}, "5"},
		"the same key twice":       {[]eventPacket{{1, 7, true, 0}, {2, 7, true, 100}}, "77"},
		"next event ends the last": {[]eventPacket{{1, 7, false, 0}, {2, 8, true, 100}}, "78"},
		"overtaken packet":         {[]eventPacket{{1, 7, true, 0}, {2, 8, true, 100}, {1, 7, true, 120}}, "78"},
		"long press":               {[]eventPacket{{1, 9, false, 0}, {1, 9, false, 200}, {1, 9, false, 400}, {1, 9, true, 600}}, "9"},
		"letters":                  {[]eventPacket{{1, 12, true, 0}, {2, 15, true, 1}}, "AD"},
		"flash and other events":   {[]eventPacket{{1, 16, true, 0}}, ""},
		"timestamps over the wrap": {[]eventPacket{{0xfffffff0, 1, true, 0}, {100, 2, true, 50}}, "12"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := digitsOf(c.packets); got != c.want {
				t.Errorf("digits are %q, want %q", got, c.want)
			}
		})
	}
}
