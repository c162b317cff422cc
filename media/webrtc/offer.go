package webrtc

import (
	"errors"
	"slices"
	"strings"
)

// maxOfferBytes bounds a session description; browsers' are below 8 KB.
const maxOfferBytes = 64 << 10

// ErrOffer says that an offer is not one of a call.
var ErrOffer = errors.New("the offer must have one audio section with PCMU (payload type 0)")

// readOffer checks that the offer asks for one stream of audio that is
// understood, and takes the browser's addresses out of it: its checks tell
// where it is.
func readOffer(sdp string) (string, error) {
	if len(sdp) > maxOfferBytes {
		return "", ErrOffer
	}
	sections := 0
	var kept strings.Builder
	for line := range strings.Lines(sdp) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "m="):
			if sections++; !speaksPCMU(line) {
				return "", ErrOffer
			}
		case strings.HasPrefix(line, "a=candidate:"), strings.HasPrefix(line, "a=remote-candidates:"), line == "":
			continue
		}
		kept.WriteString(line + "\r\n")
	}
	if sections != 1 {
		return "", ErrOffer
	}
	return kept.String(), nil
}

// speaksPCMU reads a media line (RFC 8866 section 5.14): media, port, protocol
// and formats.
func speaksPCMU(line string) bool {
	fields := strings.Fields(strings.TrimPrefix(line, "m="))
	return len(fields) > 3 && fields[0] == "audio" && slices.Contains(fields[3:], "0")
}
