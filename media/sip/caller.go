package sip

import (
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
)

// maxParties bounds how many diversions or identities are kept of one message.
const maxParties = 8

// callerOf reads who calls whom.
func callerOf(req *sipgo.Request) Caller {
	from, to := req.From(), req.To()
	caller := Caller{
		From:     partyOf(from.Address, from.DisplayName),
		To:       partyOf(to.Address, to.DisplayName),
		Called:   partyOf(req.Recipient, ""),
		Asserted: partiesOf(req, "p-asserted-identity"),
		Diverted: partiesOf(req, "diversion"),
	}
	caller.Anonymous = isAnonymous(req, caller.From)
	return caller
}

// isAnonymous follows RFC 3323: the caller may ask for it, or send the From it prescribes.
func isAnonymous(req *sipgo.Request, from Party) bool {
	for _, value := range headerTokens(req, "privacy") {
		for _, wanted := range strings.Split(value, ";") {
			switch strings.ToLower(strings.TrimSpace(wanted)) {
			case "id", "user", "header":
				return true
			}
		}
	}
	return strings.EqualFold(from.User, "anonymous") || strings.EqualFold(from.Host, "anonymous.invalid")
}

func partyOf(uri sipgo.Uri, display string) Party {
	party := Party{User: uri.User, Host: strings.Trim(uri.Host, "[]"), Display: strings.Trim(display, `"`)}
	if uri.Scheme == "tel" {
		party.User = uri.Raw()
	}
	party.User, _, _ = strings.Cut(party.User, ";") // parameters of the number, RFC 3966 section 3
	return party
}

// partiesOf reads a header that lists addresses.
func partiesOf(req *sipgo.Request, name string) []Party {
	var parties []Party
	for _, h := range req.GetHeaders(name) {
		for _, text := range splitAddresses(h.Value()) {
			var uri sipgo.Uri
			var params sipgo.HeaderParams
			display, err := sipgo.ParseAddressValue(text, &uri, &params)
			if err == nil && len(parties) < maxParties {
				parties = append(parties, partyOf(uri, display))
			}
		}
	}
	return parties
}

// splitAddresses cuts at commas that stand outside of quotes and angle brackets.
func splitAddresses(text string) []string {
	var parts []string
	start, quoted, bracketed := 0, false, false
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '<':
			bracketed = true
		case r == '>':
			bracketed = false
		case r == ',' && !bracketed:
			parts = append(parts, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[start:]))
}
