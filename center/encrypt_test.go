package center

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// authority issues certificates.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate string // PEM
	public      string // its key alone, PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, public: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))}
	a.certificate = a.issue(t)
	return a
}

func (a *authority) issue(t *testing.T) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestInputIsEncryptedOnlyUnderACertificateOfAKeyOfTheInstance(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	for name, c := range map[string]struct {
		key, certificate string
		fine             bool
	}{
		"under a public key":      {ours.public, ours.issue(t), true},
		"under a certificate":     {ours.certificate, ours.issue(t), true},
		"under another's key":     {ours.public, theirs.issue(t), false},
		"an association not ours": {"", ours.issue(t), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := functionWorld(t, bye)
			if c.key != "" {
				w.must(SaveSecurityKey{event.SecurityKeySaved{AssociationID: w.id("key"), Key: c.key}})
			}
			certificate, err := json.Marshal(c.certificate)
			if err != nil {
				t.Fatal(err)
			}
			w.saveFlow("asks", flow.TypeContactFlow, act{id: "card", kind: "GetParticipantInput",
				params: `"Text":"Your card?","StoreInput":"True","InputTimeLimitSeconds":"5","InputValidation":{"CustomValidation":{"MaximumLength":"16"}},"InputEncryption":{"EncryptionKeyId":"` +
					w.id("key").String() + `","Key":` + string(certificate) + `}`, to: map[string]string{"NoMatchingError": "sorry", "NoMatchingCondition": none}},
				say("thanks", "Thanks, $.StoredCustomerInput."), bye, say("sorry", "Sorry."), bye2)
			w.arrives("c1")
			if !c.fine {
				if w.prompt("c1") != "Sorry." {
					t.Errorf("the customer hears %q", w.prompt("c1"))
				}
				return
			}
			plays := w.lastRoom("c1").Plays
			if len(plays) != 1 || plays[0].Collect == nil || plays[0].Collect.Encrypt == nil {
				t.Fatalf("media is told %+v", plays)
			}
			if e := plays[0].Collect.Encrypt; e.KeyID != w.id("key").String() || strings.TrimSpace(e.Certificate) != strings.TrimSpace(c.certificate) {
				t.Errorf("media is told to encrypt by %+v", e)
			}
			w.restart()
			w.playEnded("c1", voice.PlayDigits, "AYAB")
			if w.prompt("c1") != "Thanks, AYAB." {
				t.Errorf("the customer hears %q", w.prompt("c1"))
			}
		})
	}
}
