package sip

import (
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
)

// refusal is an error answer to a request: a status and the headers that explain it.
type refusal struct {
	status  int
	headers []sipgo.Header
}

func refuseWith(status int, headers ...sipgo.Header) *refusal {
	return &refusal{status: status, headers: headers}
}

// essential checks what must be right before a request can be matched or answered at all; false means 400
// (RFC 3261 sections 8.1.1 and 20). The parser takes the last of several headers of which there may be one only.
func essential(req *sipgo.Request) bool {
	if req.Via() == nil || req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil {
		return false
	}
	for _, single := range []string{"from", "to", "call-id", "cseq", "content-length", "max-forwards"} {
		if len(req.GetHeaders(single)) > 1 {
			return false
		}
	}
	// The parser turns the method of the first line, but not that of CSeq, into upper case.
	sameMethod := strings.EqualFold(string(req.CSeq().MethodName), string(req.Method))
	return sameMethod && req.Via().Host != "" && req.CallID().Value() != ""
}

// inspect goes through RFC 3261 section 8.2 for a request that the essentials are right of; nil means go on.
func inspect(req *sipgo.Request) *refusal {
	if !isKnownMethod(req.Method) {
		return refuseWith(405, sipgo.NewHeader("Allow", allowedMethods))
	}
	if r := inspectScheme(req.Recipient.Scheme); r != nil {
		return r
	}
	if required := unsupported(req); len(required) > 0 && req.Method != sipgo.CANCEL {
		return refuseWith(420, sipgo.NewHeader("Unsupported", strings.Join(required, ", ")))
	}
	if req.IsInvite() && req.Contact() == nil {
		return refuseWith(400)
	}
	if req.IsInvite() || req.Method == sipgo.UPDATE {
		return inspectBody(req)
	}
	return nil
}

func isKnownMethod(method sipgo.RequestMethod) bool {
	switch method {
	case sipgo.INVITE, sipgo.CANCEL, sipgo.BYE, sipgo.OPTIONS, sipgo.INFO, sipgo.UPDATE, sipgo.REFER:
		return true
	}
	return false
}

func inspectScheme(scheme string) *refusal {
	switch scheme {
	case "sip", "sips", "tel", "":
		return nil
	}
	return refuseWith(416)
}

// unsupported lists the required extensions that we do not have.
func unsupported(req *sipgo.Request) []string {
	var missing []string
	for _, tag := range headerTokens(req, "require") {
		if !strings.EqualFold(tag, timerTag) && (!req.IsInvite() || !strings.EqualFold(tag, reliableTag)) {
			missing = append(missing, tag)
		}
	}
	return missing
}

// inspectBody wants a session description or nothing, and a sender that can read one.
func inspectBody(req *sipgo.Request) *refusal {
	if len(req.Body()) > 0 && contentType(req) != sdpType {
		return refuseWith(415, sipgo.NewHeader("Accept", sdpType))
	}
	accepted := headerTokens(req, "accept")
	if len(accepted) == 0 {
		return nil
	}
	for _, accept := range accepted {
		kind, _, _ := strings.Cut(accept, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case sdpType, "application/*", "*/*":
			return nil
		}
	}
	return refuseWith(406, sipgo.NewHeader("Accept", sdpType))
}
