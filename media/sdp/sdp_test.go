package sdp

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

const typical = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n" +
	"m=audio 4000 RTP/AVP 18 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\n"

var ours = netip.MustParseAddrPort("198.51.100.2:20000")

func answer(t *testing.T, l *Local, offer string) (string, Stream) {
	t.Helper()
	d, err := Parse([]byte(offer))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	body, stream, err := l.Answer(d)
	if err != nil {
		t.Fatalf("Answer: %v", err)
	}
	return string(body), stream
}

// RFC 3264 section 6.1.
func TestAnswerTakesTheOfferersPreferenceAndItsEventType(t *testing.T) {
	body, stream := answer(t, NewLocal(ours, 5), typical)
	want := Stream{Remote: netip.MustParseAddrPort("192.0.2.7:4000"), Codec: PCMA, Events: 96, Direction: SendRecv}
	if stream != want {
		t.Errorf("stream is %+v, want %+v", stream, want)
	}
	for _, line := range []string{"m=audio 20000 RTP/AVP 8 96\r\n", "a=rtpmap:96 telephone-event/8000\r\n", "a=ptime:20\r\n",
		"a=sendrecv\r\n", "c=IN IP4 198.51.100.2\r\n", "o=- 5 5 IN IP4 198.51.100.2\r\n"} {
		if !strings.Contains(body, line) {
			t.Errorf("the answer lacks %q:\n%s", line, body)
		}
	}
}

// RFC 3264 sections 6.1 and 8.4: the answer mirrors the offered direction, and 0.0.0.0 is the old hold.
func TestAnswerMirrorsTheDirection(t *testing.T) {
	for _, row := range []struct {
		name, offer string
		want        Direction
	}{
		{"talk", typical + "a=sendrecv\r\n", SendRecv},
		{"hold", typical + "a=sendonly\r\n", RecvOnly},
		{"silent hold", typical + "a=inactive\r\n", Inactive},
		{"listening only", typical + "a=recvonly\r\n", SendOnly},
		{"the session's direction", strings.Replace(typical, "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n", 1), RecvOnly},
		{"the old hold", strings.Replace(typical, "c=IN IP4 192.0.2.7", "c=IN IP4 0.0.0.0", 1), RecvOnly},
		{"the old hold, silent", strings.Replace(typical, "c=IN IP4 192.0.2.7", "c=IN IP4 0.0.0.0", 1) + "a=inactive\r\n", Inactive},
	} {
		t.Run(row.name, func(t *testing.T) {
			body, stream := answer(t, NewLocal(ours, 1), row.offer)
			if stream.Direction != row.want || !strings.Contains(body, "a="+row.want.String()+"\r\n") {
				t.Errorf("direction is %v, want %v, in\n%s", stream.Direction, row.want, body)
			}
		})
	}
}

// RFC 3264 section 8.
func TestVersionRisesOnlyWhenTheDescriptionChanges(t *testing.T) {
	l := NewLocal(ours, 9)
	for _, row := range []struct{ offer, origin string }{
		{typical, "o=- 9 9 "},
		{typical, "o=- 9 9 "},
		{typical + "a=sendonly\r\n", "o=- 9 10 "},
		{typical + "a=sendonly\r\n", "o=- 9 10 "},
		{typical, "o=- 9 11 "},
	} {
		if body, _ := answer(t, l, row.offer); !strings.Contains(body, row.origin) {
			t.Errorf("want %q in\n%s", row.origin, body)
		}
	}
	if again := string(l.Again()); !strings.Contains(again, "o=- 9 11 ") {
		t.Errorf("a repeated description has a new version:\n%s", again)
	}
}

// RFC 3264 section 6: an answer has as many m= lines as the offer, refused ones with port 0.
func TestAnswerRefusesOtherMediaInPlace(t *testing.T) {
	offer := strings.Replace(typical, "m=audio", "m=video 3227 RTP/AVP 31\r\nm=audio 5000 RTP/SAVP 0\r\nm=audio", 1)
	body, stream := answer(t, NewLocal(ours, 1), offer)
	want := "m=video 0 RTP/AVP 31\r\nm=audio 0 RTP/SAVP 0\r\nm=audio 20000 RTP/AVP 8 96\r\n"
	if !strings.Contains(body, want) || stream.Remote.Port() != 4000 {
		t.Errorf("want %q in\n%s", want, body)
	}
}

func TestOfferAndAnswerMeetOverIPv6(t *testing.T) {
	caller, callee := NewLocal(netip.MustParseAddrPort("[2001:db8::1]:30000"), 1), NewLocal(ours, 2)
	body, heard := answer(t, callee, string(caller.Offer()))
	d, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := caller.Accept(d)
	if err != nil {
		t.Fatal(err)
	}
	if got.Remote != ours || heard.Remote != netip.MustParseAddrPort("[2001:db8::1]:30000") || got.Codec != PCMU || got.Events != 101 {
		t.Errorf("caller got %+v, callee %+v", got, heard)
	}
}

func TestUnusableDescriptionsAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"empty":        "",
		"no version":   "o=- 1 1 IN IP4 192.0.2.7\r\n",
		"no media":     "v=0\r\ns=-\r\n",
		"bad port":     strings.Replace(typical, "4000", "70000", 1),
		"short m line": strings.Replace(typical, "m=audio 4000 RTP/AVP 18 8 0 96", "m=audio 4000", 1),
		"not a line":   typical + "hello\r\n",
		"bad c line":   strings.Replace(typical, "c=IN IP4 192.0.2.7", "c=IN", 1),
		"no codec":     strings.Replace(typical, "18 8 0 96", "18 96", 1),
		"removed":      strings.Replace(typical, "4000", "0", 1),
		"host name":    strings.Replace(typical, "c=IN IP4 192.0.2.7", "c=IN IP4 media.example.com", 1),
		"multicast":    strings.Replace(typical, "c=IN IP4 192.0.2.7", "c=IN IP4 224.2.1.1/127", 1),
		"too long":     typical + strings.Repeat("a=x\r\n", 2000),
		"too many":     typical + strings.Repeat("m=audio 0 x 0\r\n", 20),
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(body))
			if err == nil {
				_, _, err = NewLocal(ours, 1).Answer(d)
			}
			if !errors.Is(err, ErrUnusable) {
				t.Errorf("error is %v, want ErrUnusable", err)
			}
		})
	}
}

// Whatever comes in, an answer that we give can be read back and says where we are.
func FuzzAnswerCanBeReadBack(f *testing.F) {
	f.Add([]byte(typical))
	f.Add([]byte("v=0\nm=audio 1 RTP/AVP 0\nc=IN IP6 ::1\na=inactive"))
	f.Add([]byte(strings.Replace(typical, "m=audio", "m=image 5 udptl t38\r\nm=audio", 1)))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Parse(body)
		if err != nil {
			return
		}
		answer, _, err := NewLocal(ours, 1).Answer(d)
		if err != nil {
			return
		}
		back, err := Parse(answer)
		if err != nil {
			t.Fatalf("our own answer does not parse: %v\n%s", err, answer)
		}
		if len(back.Media) != len(d.Media) {
			t.Fatalf("%d media answered for %d offered", len(back.Media), len(d.Media))
		}
		if stream, err := NewLocal(ours, 2).Accept(back); err != nil || stream.Remote != ours {
			t.Fatalf("our own answer is not acceptable: %+v, %v", stream, err)
		}
	})
}
