package encrypt

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
)

// The algorithm suite AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384 (AWS
// Encryption SDK Developer Guide: Algorithms reference), and what its messages
// have in common.
const (
	suite         = 0x0378
	formatVersion = 1
	formatType    = 128 // customer authenticated encrypted data
	framed        = 2
	frameBytes    = 4096
	keyBytes      = 32
	messageIDSize = 16
	ivBytes       = 12
	tagBytes      = 16
	lastFrame     = 0xFFFFFFFF
	publicKeyName = "aws-crypto-public-key" // in the encryption context
	lastFrameText = "AWSKMSEncryptionClient Final Frame"
)

// Provider is the key provider id that Amazon Connect gives in its messages.
const Provider = "AmazonConnect"

// MaxPlainBytes is how long a text may be: it has one frame.
const MaxPlainBytes = frameBytes

// Message encrypts a text for the owner of an X.509 certificate (PEM) with an
// RSA key. The key id tells them which of their keys it is. The answer is in
// base64. Errors tell nothing about the text.
func Message(keyID, certificate, plain string) (string, error) {
	if len(plain) > MaxPlainBytes {
		return "", fmt.Errorf("encrypt: the text is longer than %d bytes", MaxPlainBytes)
	}
	public, err := publicKey(certificate)
	if err != nil {
		return "", fmt.Errorf("encrypt: %w", err)
	}
	signer, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return "", fmt.Errorf("encrypt: make a key for the signature: %w", err)
	}
	dataKey, messageID := make([]byte, keyBytes), make([]byte, messageIDSize)
	rand.Read(dataKey)
	rand.Read(messageID)
	sealedKey, err := rsa.EncryptOAEP(sha512.New(), rand.Reader, public, dataKey, nil)
	if err != nil {
		return "", fmt.Errorf("encrypt: the certificate's key cannot be used: %w", err)
	}
	header, err := headerBody(keyID, messageID, sealedKey, signer)
	if err != nil {
		return "", fmt.Errorf("encrypt: %w", err)
	}
	seal, err := derive(dataKey, messageID)
	if err != nil {
		return "", fmt.Errorf("encrypt: derive the key: %w", err)
	}
	message := appendTag(header, seal)
	message = appendFrame(message, seal, messageID, plain)
	if message, err = appendFooter(message, signer); err != nil {
		return "", fmt.Errorf("encrypt: sign: %w", err)
	}
	return base64.StdEncoding.EncodeToString(message), nil
}

func publicKey(certificate string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(certificate))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("the certificate is not in PEM form: it begins with -----BEGIN CERTIFICATE-----")
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the certificate cannot be read: %w", err)
	}
	public, ok := parsed.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the certificate's key is not an RSA key")
	}
	return public, nil
}

// headerBody is the header without its authentication.
func headerBody(keyID string, messageID, sealedKey []byte, signer *ecdsa.PrivateKey) ([]byte, error) {
	verifier, err := compressed(&signer.PublicKey)
	if err != nil {
		return nil, err
	}
	pair := appendText(appendText([]byte{0, 1}, publicKeyName), verifier) // one pair
	b := binary.BigEndian.AppendUint16([]byte{formatVersion, formatType}, suite)
	b = append(b, messageID...)
	b = appendText(b, string(pair))
	b = append(b, 0, 1) // one encrypted data key
	b = appendText(b, Provider)
	b = appendText(b, keyID)
	b = appendText(b, string(sealedKey))
	b = append(b, framed, 0, 0, 0, 0, ivBytes)
	return binary.BigEndian.AppendUint32(b, frameBytes), nil
}

// appendText appends a text after its length in two bytes.
func appendText(b []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(text))), text...)
}

// compressed is a public key as the encryption context has it: the compressed
// point (SEC 1 section 2.3.3), in base64.
func compressed(key *ecdsa.PublicKey) (string, error) {
	point, err := key.Bytes() // 4, x, y
	if err != nil {
		return "", fmt.Errorf("encode the signature's key: %w", err)
	}
	half := (len(point) - 1) / 2
	x := append([]byte{2 + point[len(point)-1]&1}, point[1:1+half]...)
	return base64.StdEncoding.EncodeToString(x), nil
}

// derive makes the cipher of a message (RFC 5869, with SHA-384 and no salt).
func derive(dataKey, messageID []byte) (cipher.AEAD, error) {
	info := append(binary.BigEndian.AppendUint16(nil, suite), messageID...)
	key, err := hkdf.Key(sha512.New384, dataKey, nil, string(info), keyBytes)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// appendTag authenticates the header, with an IV of zeros.
func appendTag(header []byte, seal cipher.AEAD) []byte {
	iv := make([]byte, ivBytes)
	return seal.Seal(append(header, iv...), iv, nil, header)
}

// appendFrame appends the one frame, which is the last. Its IV is its number.
func appendFrame(message []byte, seal cipher.AEAD, messageID []byte, plain string) []byte {
	const number = 1
	iv := binary.BigEndian.AppendUint32(make([]byte, ivBytes-4), number)
	aad := append(append([]byte{}, messageID...), lastFrameText...)
	aad = binary.BigEndian.AppendUint32(aad, number)
	aad = binary.BigEndian.AppendUint64(aad, uint64(len(plain)))
	message = binary.BigEndian.AppendUint32(message, lastFrame)
	message = binary.BigEndian.AppendUint32(message, number)
	message = append(message, iv...)
	message = binary.BigEndian.AppendUint32(message, uint32(len(plain)))
	return seal.Seal(message, iv, []byte(plain), aad)
}

// appendFooter signs all that is before it.
func appendFooter(message []byte, signer *ecdsa.PrivateKey) ([]byte, error) {
	hash := sha512.Sum384(message)
	signature, err := signer.Sign(rand.Reader, hash[:], crypto.SHA384)
	if err != nil {
		return nil, err
	}
	return appendText(message, string(signature)), nil
}
