package encrypt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"tandem/media/encrypt"
	"tandem/media/encrypt/encrypttest"
)

func certificate(t *testing.T, public, private any) string {
	t.Helper()
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestOwnerOfTheKeyReadsTheDigits(t *testing.T) {
	owner := encrypttest.NewOwner(t)
	for _, plain := range []string{"4111111111111111", "1", "", strings.Repeat("9", encrypt.MaxPlainBytes)} {
		message, err := encrypt.Message("key-1", owner.Certificate, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := owner.Open(message, "key-1"); err != nil || got != plain {
			t.Errorf("%d digits are read as %q: %v", len(plain), got, err)
		}
	}
}

// The fields of a message, byte by byte (AWS Encryption SDK Developer Guide:
// Message format reference).
func TestMessageHasTheDocumentedForm(t *testing.T) {
	owner := encrypttest.NewOwner(t)
	text, err := encrypt.Message("11111111-2222-3333-4444-555555555555", owner.Certificate, "0123456789")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "AYADe") {
		t.Errorf("the message begins with %s", text[:8])
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	take := func(what string, want []byte, n int) []byte {
		t.Helper()
		if len(b) < n {
			t.Fatalf("the message ends before its %s", what)
		}
		got := b[:n]
		b = b[n:]
		if want != nil && !bytes.Equal(got, want) {
			t.Errorf("%s is %x, want %x", what, got, want)
		}
		return got
	}
	expect := func(what, want string) { t.Helper(); take(what, []byte(want), len(want)) }
	expect("version, type and suite", "\x01\x80\x03\x78")
	take("message id", nil, 16)
	expect("length of the encryption context", "\x00\x5f") // 2 + 2+21 + 2+68
	expect("number of its pairs", "\x00\x01")
	expect("name of its pair", "\x00\x15aws-crypto-public-key")
	expect("length of the public key", "\x00\x44")
	point, err := base64.StdEncoding.DecodeString(string(take("public key", nil, 68)))
	if x, _ := elliptic.UnmarshalCompressed(elliptic.P384(), point); err != nil || x == nil {
		t.Errorf("the public key is no compressed point of P-384: %x, %v", point, err)
	}
	expect("number of keys", "\x00\x01")
	expect("provider", "\x00\x0dAmazonConnect")
	expect("key id", "\x00\x2411111111-2222-3333-4444-555555555555")
	expect("length of the encrypted key", "\x01\x00")
	take("encrypted key", nil, 256)
	expect("content type, reserved, IV length, frame length", "\x02\x00\x00\x00\x00\x0c\x00\x00\x10\x00")
	take("header's IV", make([]byte, 12), 12)
	take("header's tag", nil, 16)
	expect("mark and number of the last frame", "\xff\xff\xff\xff\x00\x00\x00\x01")
	expect("frame's IV", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01")
	expect("length of the content", "\x00\x00\x00\x0a")
	take("content and tag", nil, 10+16)
	length := take("length of the signature", nil, 2)
	if n := int(length[0])<<8 | int(length[1]); n != len(b) || n < 100 || n > 104 {
		t.Errorf("the signature has %d bytes, and %d are left", n, len(b))
	}
}

func TestMessageThatWasChangedIsNotRead(t *testing.T) {
	owner := encrypttest.NewOwner(t)
	message, err := encrypt.Message("key-1", owner.Certificate, "1234")
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := base64.StdEncoding.DecodeString(message)
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		if plain, err := owner.Open(base64.StdEncoding.EncodeToString(changed), "key-1"); err == nil {
			t.Errorf("with byte %d changed it is read as %q", i, plain)
		}
	}
	if _, err := encrypttest.NewOwner(t).Open(message, "key-1"); err == nil {
		t.Error("another's key reads it")
	}
}

func TestTwoMessagesOfOneTextHaveNothingInCommon(t *testing.T) {
	owner := encrypttest.NewOwner(t)
	one, err1 := encrypt.Message("k", owner.Certificate, "1234")
	two, err2 := encrypt.Message("k", owner.Certificate, "1234")
	if err1 != nil || err2 != nil || one[8:40] == two[8:40] || one[len(one)-200:] == two[len(two)-200:] {
		t.Errorf("%v %v\n%s\n%s", err1, err2, one, two)
	}
}

func TestCertificateThatCannotBeUsedIsNamed(t *testing.T) {
	edPublic, edPrivate, _ := ed25519.GenerateKey(rand.Reader)
	ecPrivate, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ certificate, want string }{
		"no PEM":            {"MIIB", "PEM"},
		"a private key":     {string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})), "PEM"},
		"broken":            {string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}})), "cannot be read"},
		"an Ed25519 key":    {certificate(t, edPublic, edPrivate), "not an RSA key"},
		"an elliptic curve": {certificate(t, &ecPrivate.PublicKey, ecPrivate), "not an RSA key"},
		"too short a key":   {certificate(t, &small.PublicKey, small), "cannot be used"},
	} {
		_, err := encrypt.Message("k", tt.certificate, "987654")
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "987654") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := encrypt.Message("k", "", strings.Repeat("9", encrypt.MaxPlainBytes+1)); err == nil {
		t.Error("a text longer than a frame is taken")
	}
}

func BenchmarkMessage(b *testing.B) {
	owner := encrypttest.NewOwner(b)
	for b.Loop() {
		if _, err := encrypt.Message("k", owner.Certificate, "4111111111111111"); err != nil {
			b.Fatal(err)
		}
	}
}
