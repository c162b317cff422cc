package sip

import (
	"bytes"
	"strings"
)

// salvage makes a 400 for a request that the parser refuses, so that its sender learns of it and stops repeating it.
// It copies the five headers that an answer needs, character by character; nil means that too little is there, or that
// an answer is not due (an ACK, a response).
func salvage(data []byte) []byte {
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	start := strings.TrimSpace(lines[0])
	if !strings.HasSuffix(start, " SIP/2.0") || strings.HasPrefix(start, "ACK ") {
		return nil
	}
	var answer strings.Builder
	answer.WriteString("SIP/2.0 400 Bad Request\r\n")
	seen := map[string]bool{}
	copying := false
	for _, line := range lines[1:] {
		if folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"); !folded {
			name, known := answerHeader(line)
			copying = known && (name == "via" || !seen[name])
			seen[name] = true
		}
		if copying {
			answer.WriteString(line + "\r\n")
		}
	}
	for _, needed := range []string{"via", "from", "to", "call-id", "cseq"} {
		if !seen[needed] {
			return nil
		}
	}
	answer.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(answer.String())
}

// answerHeader names a header line that every response repeats.
func answerHeader(line string) (name string, known bool) {
	name, _, found := strings.Cut(line, ":")
	if !found {
		return "", false
	}
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "via", "v":
		return "via", true
	case "from", "f":
		return "from", true
	case "to", "t":
		return "to", true
	case "call-id", "i":
		return "call-id", true
	case "cseq":
		return "cseq", true
	}
	return "", false
}
