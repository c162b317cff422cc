package sip

import (
	"bytes"
	"io"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// withCredentials is the request once more with an answer to the challenge (RFC 3261 section 22, RFC 8760), nil when
// there is none to give: no password, an algorithm we lack, or a request that was already answered so.
func (c *Call) withCredentials(req *sipgo.Request, res *sipgo.Response) *sipgo.Request {
	challenged := res.StatusCode == 401 || res.StatusCode == 407
	if !challenged || c.out == nil || c.out.ask.Username == "" {
		return nil
	}
	challengeName, answerName := challengeHeaders(res.StatusCode)
	if len(req.GetHeaders(answerName)) > 0 {
		return nil
	}
	value := answerChallenge(res.GetHeaders(challengeName), req, c.out.ask.Username, c.out.ask.Password)
	if value == "" {
		return nil
	}
	again := req.Clone()
	again.RemoveHeader("Via")
	again.PrependHeader(c.ua.via(c.peer.transport))
	c.localSeq++
	again.CSeq().SeqNo = c.localSeq
	again.AppendHeader(sipgo.NewHeader(answerName, value))
	return again
}

// answerChallenge answers the first challenge whose algorithm we have; servers list the one they like best first.
func answerChallenge(challenges []sipgo.Header, req *sipgo.Request, username, password string) string {
	for _, h := range challenges {
		challenge, err := digest.ParseChallenge(h.Value())
		if err != nil || !digest.CanDigest(challenge) {
			continue
		}
		answer, err := digest.Digest(challenge, digest.Options{
			Method: string(req.Method), URI: req.Recipient.String(), Username: username, Password: password,
			GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(req.Body())), nil },
		})
		if err == nil {
			return answer.String()
		}
	}
	return ""
}
