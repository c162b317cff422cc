package center

import (
	"crypto/x509"
	"encoding/pem"
	"errors"

	"tandem"
	"tandem/flow"
)

// checkEncryption makes sure that what a customer types can be encrypted: the
// key is one of the instance, and the certificate was issued under it (Amazon
// Connect Administrator Guide: Encrypt sensitive customer input).
func (m *Machine) checkEncryption(e *flow.Encrypt) error {
	id, err := tandem.ParseID(e.KeyID)
	key := m.state.SecurityKeys[id]
	if err != nil || key == nil {
		return errors.New("there is no such security key")
	}
	issuer, err := readKey(key.Key)
	if err != nil {
		return err
	}
	block, _ := pem.Decode([]byte(e.Certificate))
	if block == nil {
		return errors.New("the certificate is not PEM")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	return issuer.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature)
}

// readKey is a public key, given alone or in a certificate, as what can check a
// signature.
func readKey(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the security key is not PEM")
	}
	if block.Type == "CERTIFICATE" {
		return x509.ParseCertificate(block.Bytes)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	return &x509.Certificate{PublicKey: key}, err
}
