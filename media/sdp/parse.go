package sdp

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Limits on a description from outside; a real one has one to three media of a dozen formats.
const (
	maxBytes   = 8 << 10
	maxLines   = 400
	maxMedia   = 16
	maxFormats = 64
)

// ErrUnusable is what every error of this package is: the description cannot lead to a call. A SIP server answers it
// with 488 (RFC 3261 section 21.4.26).
var ErrUnusable = errors.New("unusable session description")

// Description is a parsed session description: only what decides about an audio stream.
type Description struct {
	Media []Media // in the order of the m= lines, which an answer must keep
}

// Media is one m= section with the session's address and direction already filled in where it has none of its own.
type Media struct {
	Kind      string     // "audio", "video", "image", ...
	Protocol  string     // "RTP/AVP", "RTP/SAVP", "udptl", ...
	Formats   []string   // payload types, in the sender's order of preference
	Port      uint16     // 0: refused or removed
	Addr      netip.Addr // unspecified (0.0.0.0) is the hold of RFC 2543; invalid when the line names a host
	Direction Direction

	names   map[string]string // payload type to "name/rate", lower case
	cryptos []crypto          // those that we can use, in the sender's order
}

// Parse reads a session description. It accepts bare LF line ends, since many senders write them.
func Parse(body []byte) (Description, error) {
	if len(body) > maxBytes {
		return Description{}, fmt.Errorf("%w: %d bytes, more than %d", ErrUnusable, len(body), maxBytes)
	}
	lines := strings.Split(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n")
	if len(lines) > maxLines {
		return Description{}, fmt.Errorf("%w: more than %d lines", ErrUnusable, maxLines)
	}
	if strings.TrimSpace(lines[0]) != "v=0" {
		return Description{}, fmt.Errorf("%w: it does not begin with v=0", ErrUnusable)
	}
	p := parser{session: Media{Direction: SendRecv}}
	for number, line := range lines[1:] {
		if err := p.line(line); err != nil {
			return Description{}, fmt.Errorf("%w: line %d: %w", ErrUnusable, number+2, err)
		}
	}
	if len(p.media) == 0 {
		return Description{}, fmt.Errorf("%w: it has no m= line", ErrUnusable)
	}
	return Description{Media: p.media}, nil
}

// parser holds what has been read so far. Lines before the first m= speak for the whole session.
type parser struct {
	session Media
	media   []Media
}

func (p *parser) current() *Media {
	if len(p.media) == 0 {
		return &p.session
	}
	return &p.media[len(p.media)-1]
}

func (p *parser) line(line string) error {
	kind, value, found := strings.Cut(line, "=")
	if !found || len(kind) != 1 {
		if strings.TrimSpace(line) == "" {
			return nil
		}
		return errors.New("not of the form letter=value")
	}
	switch kind {
	case "c":
		return p.connection(value)
	case "m":
		return p.medium(value)
	case "a":
		p.attribute(strings.TrimSpace(value))
	}
	return nil
}

// connection reads "IN IP4 192.0.2.1", with the optional "/ttl" of multicast cut off. A host name is left unresolved:
// media goes to addresses only, since a name would have to be looked up inside a call.
func (p *parser) connection(value string) error {
	fields := strings.Fields(value)
	if len(fields) != 3 || fields[0] != "IN" {
		return errors.New("c= is not of the form IN IP4 address")
	}
	host, _, _ := strings.Cut(fields[2], "/")
	addr, _ := netip.ParseAddr(host)
	p.current().Addr = addr.Unmap().WithZone("")
	return nil
}

// medium reads "audio 49170 RTP/AVP 0 8 101".
func (p *parser) medium(value string) error {
	fields := strings.Fields(value)
	if len(fields) < 4 {
		return errors.New("m= has fewer than four fields")
	}
	if len(p.media) == maxMedia || len(fields)-3 > maxFormats {
		return fmt.Errorf("more than %d media or %d formats", maxMedia, maxFormats)
	}
	text, _, _ := strings.Cut(fields[1], "/")
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return errors.New("the port of m= is not a number up to 65535")
	}
	p.media = append(p.media, Media{
		Kind: fields[0], Port: uint16(port), Protocol: fields[2], Formats: fields[3:],
		Addr: p.session.Addr, Direction: p.session.Direction,
	})
	return nil
}

func (p *parser) attribute(value string) {
	if direction, known := directionNames[value]; known {
		p.current().Direction = direction
		return
	}
	if text, found := strings.CutPrefix(value, "crypto:"); found {
		m := p.current()
		if c, ok := parseCrypto(text); ok && len(m.cryptos) < maxCryptos {
			m.cryptos = append(m.cryptos, c)
		}
		return
	}
	mapping, found := strings.CutPrefix(value, "rtpmap:")
	if !found {
		return
	}
	fields := strings.Fields(mapping)
	if len(fields) != 2 {
		return
	}
	m := p.current()
	if m.names == nil {
		m.names = map[string]string{}
	}
	m.names[fields[0]] = strings.ToLower(fields[1])
}
