// Package encrypttest is the other end of package encrypt, for tests: the owner
// of a private key who reads messages in the format of the AWS Encryption SDK,
// and believes nothing in them that is not authentic.
package encrypttest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"
)

// Owner has a private key.
type Owner struct {
	Certificate string // PEM
	Key         *rsa.PrivateKey
}

// NewOwner makes an owner with a new key of 2048 bits.
func NewOwner(t testing.TB) *Owner {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &Owner{Key: key, Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

// Open reads a message that is for the key of this id.
func (o *Owner) Open(message, keyID string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(message)
	if err != nil {
		return "", err
	}
	r := &reader{left: raw}
	h := r.header()
	if r.short || h.provider != "AmazonConnect" || h.keyID != keyID {
		return "", fmt.Errorf("the header is for provider %q and key %q", h.provider, h.keyID)
	}
	dataKey, err := rsa.DecryptOAEP(sha512.New(), nil, o.Key, []byte(h.sealedKey), nil)
	if err != nil {
		return "", err
	}
	open, err := cipherOf(dataKey, h)
	if err != nil {
		return "", err
	}
	if _, err := open.Open(nil, h.iv, h.tag, h.body); err != nil {
		return "", fmt.Errorf("the header is not authentic: %w", err)
	}
	plain, err := r.frame(open, h.messageID)
	if err != nil {
		return "", err
	}
	signed := raw[:len(raw)-len(r.left)]
	signature := r.text()
	if r.short || len(r.left) > 0 {
		return "", errors.New("the message is too short, or too long")
	}
	return plain, h.verify(signed, []byte(signature))
}

type header struct {
	suite         uint16
	messageID     []byte
	publicKey     string
	provider      string
	keyID         string
	sealedKey     string
	body, iv, tag []byte
}

// reader takes fields from the left.
type reader struct {
	left  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.left) {
		r.short, n = true, 0
	}
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (r *reader) number(bytes int) int {
	n := 0
	for _, b := range r.take(bytes) {
		n = n<<8 | int(b)
	}
	return n
}

func (r *reader) text() string { return string(r.take(r.number(2))) }

func (r *reader) header() header {
	var h header
	whole := r.left
	r.take(2) // version and type, which the tag covers
	h.suite = uint16(r.number(2))
	h.messageID = r.take(16)
	context := &reader{left: []byte(r.text())}
	for range context.number(2) {
		if name, value := context.text(), context.text(); name == "aws-crypto-public-key" {
			h.publicKey = value
		}
	}
	if r.number(2) != 1 {
		r.short = true
		return h
	}
	h.provider, h.keyID, h.sealedKey = r.text(), r.text(), r.text()
	r.take(1 + 4 + 1 + 4) // content type, reserved, IV length, frame length
	h.body = whole[:len(whole)-len(r.left)]
	h.iv, h.tag = r.take(12), r.take(16)
	return h
}

func cipherOf(dataKey []byte, h header) (cipher.AEAD, error) {
	info := append(binary.BigEndian.AppendUint16(nil, h.suite), h.messageID...)
	key, err := hkdf.Key(sha512.New384, dataKey, nil, string(info), 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// frame reads the last frame, which must be the only one.
func (r *reader) frame(open cipher.AEAD, messageID []byte) (string, error) {
	if r.number(4) != 0xFFFFFFFF || r.number(4) != 1 {
		return "", errors.New("the first frame is not the last one")
	}
	iv := r.take(12)
	n := r.number(4)
	content := r.take(n + 16)
	if r.short {
		return "", errors.New("the frame is too short")
	}
	aad := append(append([]byte{}, messageID...), "AWSKMSEncryptionClient Final Frame"...)
	aad = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(aad, 1), uint64(n))
	plain, err := open.Open(nil, iv, content, aad)
	return string(plain), err
}

// verify checks the footer's signature with the key of the header's context.
func (h header) verify(signed, signature []byte) error {
	point, err := base64.StdEncoding.DecodeString(h.publicKey)
	if err != nil {
		return err
	}
	x, y := elliptic.UnmarshalCompressed(elliptic.P384(), point)
	if x == nil {
		return errors.New("the public key is no point of P-384")
	}
	uncompressed := append([]byte{4}, append(x.FillBytes(make([]byte, 48)), y.FillBytes(make([]byte, 48))...)...)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P384(), uncompressed)
	if err != nil {
		return err
	}
	hash := sha512.Sum384(signed)
	if !ecdsa.VerifyASN1(key, hash[:], signature) {
		return errors.New("the signature is wrong")
	}
	return nil
}
