package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The payload types we speak. PCMU and PCMA are static (RFC 3551 section 6); 101 is what we offer for telephone events
// (RFC 4733) and every answer may name another.
const (
	PCMU               uint8 = 0
	PCMA               uint8 = 8
	offeredEventsType  uint8 = 101
	telephoneEventName       = "telephone-event/8000"
)

// Stream is the audio stream two descriptions agreed on, seen from our side.
type Stream struct {
	Remote    netip.AddrPort // where our audio goes; its address is unspecified while the far side holds the old way
	Codec     uint8          // PCMU or PCMA
	Events    uint8          // payload type of telephone events, 0 when the far side takes none
	Direction Direction      // ours: whether we send and receive
	Security  Security
}

// Local is our side of one call's session. It is not safe for use by several goroutines.
type Local struct {
	addr    netip.AddrPort
	session uint64
	version uint64
	secrecy Secrecy
	keys    map[string]string // ours, by suite
	last    string            // the body last sent, without its origin line
}

// NewLocal describes our end at addr. The session number should be unlike that of other calls and below 2^63
// (RFC 8866 section 5.2).
func NewLocal(addr netip.AddrPort, session uint64) *Local {
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	return &Local{addr: addr, session: session, version: session}
}

// Encrypt says whether audio is to be encrypted. It is called before the first description.
func (l *Local) Encrypt(secrecy Secrecy) { l.secrecy = secrecy }

// key is our key for a suite, the same for the whole call.
func (l *Local) key(suite string) string {
	if l.keys == nil {
		l.keys = map[string]string{}
	}
	if l.keys[suite] == "" {
		l.keys[suite] = newKey(suite)
	}
	return l.keys[suite]
}

// Offer is an offer of everything we speak, in both directions.
func (l *Local) Offer() []byte {
	var cryptos []crypto
	protocol := plainProtocol
	if l.secrecy != Plain {
		for i, suite := range suites {
			cryptos = append(cryptos, crypto{tag: strconv.Itoa(i + 1), suite: suite, key: l.key(suite)})
		}
	}
	if l.secrecy == Secret {
		protocol = secretProtocol
	}
	return l.render(l.audio(protocol, []uint8{PCMU, PCMA}, offeredEventsType, SendRecv, cryptos))
}

// Again is the description last sent, word for word: what a refresh of the session repeats (RFC 4028 section 7.4).
// Before the first description it is an offer.
func (l *Local) Again() []byte {
	if l.last == "" {
		return l.Offer()
	}
	return l.withOrigin(l.last)
}

// Answer agrees to one audio stream of an offer and refuses the rest. Its error is ErrUnusable when there is none that
// we speak; nothing has changed then.
func (l *Local) Answer(offer Description) ([]byte, Stream, error) {
	chosen, stream, err := l.choose(offer)
	if err != nil {
		return nil, Stream{}, err
	}
	var cryptos []crypto
	if suite := stream.Security.Suite; suite != "" {
		stream.Security.LocalKey = l.key(suite)
		theirs, _ := offer.Media[chosen].usable()
		cryptos = []crypto{{tag: theirs.tag, suite: suite, key: l.key(suite)}}
	}
	var lines strings.Builder
	for i, m := range offer.Media {
		if i == chosen {
			lines.WriteString(l.audio(m.Protocol, []uint8{stream.Codec}, stream.Events, stream.Direction, cryptos))
			continue
		}
		fmt.Fprintf(&lines, "m=%s 0 %s %s\r\n", m.Kind, m.Protocol, strings.Join(m.Formats, " "))
	}
	return l.render(lines.String()), stream, nil
}

// Accept takes the answer to an offer of ours.
func (l *Local) Accept(answer Description) (Stream, error) {
	_, stream, err := l.choose(answer)
	if suite := stream.Security.Suite; suite != "" {
		stream.Security.LocalKey = l.key(suite)
	}
	return stream, err
}

// render puts the session part before the media and counts the version up only when something changed
// (RFC 3264 section 8).
func (l *Local) render(media string) []byte {
	body := "s=-\r\nc=IN " + family(l.addr.Addr()) + " " + l.addr.Addr().String() + "\r\nt=0 0\r\n" + media
	if l.last != "" && body != l.last {
		l.version++
	}
	l.last = body
	return l.withOrigin(body)
}

func (l *Local) withOrigin(body string) []byte {
	return fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s %s\r\n%s",
		l.session, l.version, family(l.addr.Addr()), l.addr.Addr(), body)
}

func (l *Local) audio(protocol string, codecs []uint8, events uint8, direction Direction, cryptos []crypto) string {
	var head, maps strings.Builder
	fmt.Fprintf(&head, "m=audio %d %s", l.addr.Port(), protocol)
	for _, codec := range codecs {
		fmt.Fprintf(&head, " %d", codec)
		fmt.Fprintf(&maps, "a=rtpmap:%d %s/8000\r\n", codec, codecNames[codec])
	}
	if events != 0 {
		fmt.Fprintf(&head, " %d", events)
		fmt.Fprintf(&maps, "a=rtpmap:%d %s\r\na=fmtp:%d 0-15\r\n", events, telephoneEventName, events)
	}
	for _, c := range cryptos {
		maps.WriteString(c.line())
	}
	return head.String() + "\r\n" + maps.String() + "a=ptime:20\r\na=" + direction.String() + "\r\n"
}

var codecNames = map[uint8]string{PCMU: "PCMU", PCMA: "PCMA"}

func family(addr netip.Addr) string {
	if addr.Is6() {
		return "IP6"
	}
	return "IP4"
}

// The protocols of an audio medium.
const (
	plainProtocol  = "RTP/AVP"
	secretProtocol = "RTP/SAVP"
)

// choose finds the first audio stream that we speak, as secret as it must be, and what it means for us.
func (l *Local) choose(d Description) (index int, stream Stream, err error) {
	for i, m := range d.Media {
		codec, ok := m.codec()
		theirs, keyed := m.usable()
		if !ok || !l.allows(m, keyed) {
			continue
		}
		if l.secrecy == Plain {
			theirs = crypto{}
		}
		// RFC 3264 section 8.4: an address of 0.0.0.0 is the old way to say "do not send to me".
		theyReceive := m.Direction.Receives() && !m.Addr.IsUnspecified()
		return i, Stream{
			Remote:    netip.AddrPortFrom(m.Addr, m.Port),
			Codec:     codec,
			Events:    m.events(),
			Direction: directionOf(theyReceive, m.Direction.Sends()),
			Security:  Security{Suite: theirs.suite, RemoteKey: theirs.key},
		}, nil
	}
	return 0, Stream{}, fmt.Errorf("%w: no audio with PCMU or PCMA at an IP address, encrypted as it must be", ErrUnusable)
}

// usable is the first key of a medium.
func (m Media) usable() (crypto, bool) {
	if len(m.cryptos) == 0 {
		return crypto{}, false
	}
	return m.cryptos[0], true
}

// allows reports whether a medium is as secret as it says and as we want it.
func (l *Local) allows(m Media, keyed bool) bool {
	if m.Protocol == secretProtocol {
		return keyed && l.secrecy != Plain
	}
	return keyed || l.secrecy != Secret
}

// codec is the sender's most preferred format that we speak.
func (m Media) codec() (uint8, bool) {
	if m.Kind != "audio" || m.Protocol != plainProtocol && m.Protocol != secretProtocol || m.Port == 0 || !m.Addr.IsValid() || m.Addr.IsMulticast() {
		return 0, false
	}
	for _, format := range m.Formats {
		switch format {
		case "0":
			return PCMU, true
		case "8":
			return PCMA, true
		}
	}
	return 0, false
}

func (m Media) events() uint8 {
	at := slices.IndexFunc(m.Formats, func(format string) bool { return m.names[format] == telephoneEventName })
	if at < 0 {
		return 0
	}
	number, err := strconv.ParseUint(m.Formats[at], 10, 8)
	if err != nil || number < 96 || number > 127 {
		return 0
	}
	return uint8(number)
}
