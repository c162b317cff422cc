package sip

import (
	"testing"
)

// RFC 3262 section 4: one PRACK for each reliable response, within its early dialog.
func TestReliableRingingGetsItsPrackOnce(t *testing.T) {
	heard, p, call, invite := dialled(t, nil, nil)
	for _, rseq := range []string{"7", "7", "8"} {
		p.send(answerTo(invite, 183, "far", p.host, offer(), "Require: 100rel", "RSeq: "+rseq))
	}
	for i, want := range []string{"7 1 INVITE", "8 1 INVITE"} {
		prack := p.request("PRACK")
		if got := headerValue(prack, "rack"); got != want || prack.CSeq().SeqNo != uint32(i+2) ||
			tagOf(prack.To().Params) != "far" || prack.Recipient.User != "far" {
			t.Errorf("PRACK %d is\n%s", i, prack)
		}
		p.send(answerTo(prack, 200, "", "", ""))
	}
	p.send(answerTo(invite, 200, "far", p.host, ""))
	if ack := p.request("ACK"); ack.CSeq().SeqNo != 1 {
		t.Errorf("the ACK is\n%s", ack)
	}
	heard.expect(t, "Ringing")
	heard.expect(t, "EarlyMedia")
	heard.expect(t, "Answered")
	call.Hangup()
	if bye := p.request("BYE"); bye.CSeq().SeqNo != 4 {
		t.Errorf("the BYE is\n%s", bye)
	}
}

func TestCallerWhoRequiresReliableRingingIsAnsweredAllTheSame(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring(); c.Answer(ourAudio) })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", headers: []string{"Require: 100rel"}, body: offer()}))
	for {
		switch status := p.firstStatus(true); status {
		case 200:
			return
		case 180:
			t.Error("an unreliable 180 came")
		default:
			t.Fatalf("%d came", status)
		}
	}
}
