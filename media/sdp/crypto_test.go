package sdp

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const (
	cmLine  = "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20\r\n"
	gcmLine = "a=crypto:5 AEAD_AES_128_GCM inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nw==\r\n"
)

func secret(lines string) string {
	return strings.Replace(typical, "RTP/AVP", "RTP/SAVP", 1) + lines
}

// RFC 4568 section 5.1 and 7.1.2.
func TestBothSidesAgreeOnKeysOrOnNone(t *testing.T) {
	for caller := Plain; caller <= Secret; caller++ {
		for callee := Plain; callee <= Secret; callee++ {
			t.Run(fmt.Sprint(caller, callee), func(t *testing.T) {
				near, far := NewLocal(ours, 1), NewLocal(ours, 2)
				near.Encrypt(caller)
				far.Encrypt(callee)
				offer, err := Parse(near.Offer())
				if err != nil {
					t.Fatal(err)
				}
				body, there, err := far.Answer(offer)
				if caller != callee && (caller == Secret && callee == Plain || callee == Secret && caller == Plain) {
					if !errors.Is(err, ErrUnusable) {
						t.Fatalf("error is %v, want ErrUnusable", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				answer, err := Parse(body)
				if err != nil {
					t.Fatal(err)
				}
				here, err := near.Accept(answer)
				if err != nil {
					t.Fatal(err)
				}
				want := ""
				if caller != Plain && callee != Plain {
					want = SuiteGCM
				}
				if here.Security.Suite != want || there.Security.Suite != want ||
					here.Security.LocalKey != there.Security.RemoteKey || here.Security.RemoteKey != there.Security.LocalKey {
					t.Errorf("here %+v, there %+v, want suite %q", here, there, want)
				}
				if want != "" && here.Security.LocalKey == here.Security.RemoteKey {
					t.Error("both sides have one key")
				}
			})
		}
	}
}

func TestAnswerRepeatsTheTagOfTheFirstSuiteItKnows(t *testing.T) {
	l := NewLocal(ours, 1)
	l.Encrypt(Secret)
	body, stream := answer(t, l, secret("a=crypto:1 F8_128_HMAC_SHA1_80 inline:x\r\n"+cmLine+gcmLine))
	if stream.Security.Suite != SuiteCM || !strings.Contains(body, "a=crypto:4 "+SuiteCM+" inline:") ||
		strings.Count(body, "a=crypto") != 1 || !strings.Contains(body, "m=audio 20000 RTP/SAVP 8 96\r\n") {
		t.Errorf("%+v in\n%s", stream, body)
	}
	again, _ := answer(t, l, secret(cmLine))
	if again != body {
		t.Errorf("a refresh changes the answer from\n%sto\n%s", body, again)
	}
}

func TestSecretAudioNeedsAKeyWeCanUse(t *testing.T) {
	for name, line := range map[string]string{
		"none":          "",
		"short key":     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkg\r\n",
		"master key id": strings.Replace(cmLine, "|2^20", "|2^20|1:4", 1),
		"unencrypted":   strings.Replace(cmLine, "|2^20", "|2^20 UNENCRYPTED_SRTP", 1),
		"no number":     strings.Replace(cmLine, ":4 ", ":four ", 1),
		"another suite": strings.Replace(cmLine, "_80", "_32", 1),
	} {
		l := NewLocal(ours, 1)
		l.Encrypt(Secret)
		for _, offer := range []string{secret(line), typical + line} {
			d, err := Parse([]byte(offer))
			if err != nil {
				t.Fatal(err)
			}
			if _, stream, err := l.Answer(d); !errors.Is(err, ErrUnusable) {
				t.Errorf("%s: agreed on %+v, %v", name, stream, err)
			}
		}
	}
}

func TestKeysStayOutOfWhatIsPrinted(t *testing.T) {
	l := NewLocal(ours, 1)
	l.Encrypt(Secret)
	_, stream := answer(t, l, secret(gcmLine))
	if text := fmt.Sprintf("%v %+v %#v", stream, stream, stream); strings.Contains(text, "0123456789") {
		t.Errorf("the key stands in %s", text)
	}
}
