package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"tandem/cmd/tandem/config"
	"tandem/media"
	"tandem/media/sdp"
	"tandem/media/sip"
	"tandem/supervise"
)

// adoptStreams takes over the sockets for SIP over TCP and TLS.
func adoptStreams(settings childSettings, m *media.Config) (err error) {
	next := mediaMoreSockets
	if settings.SIPTCP {
		if m.SIPTCP, err = supervise.Listener(next); err != nil {
			return err
		}
		next++
	}
	if !settings.SIPTLS {
		return nil
	}
	if m.SIPTLS, err = supervise.Listener(next); err != nil {
		return err
	}
	m.TLSConfig, err = sipServerTLS(settings.Config)
	if err != nil {
		return refused{err}
	}
	return nil
}

// sipServerTLS is for far sides that connect to us.
func sipServerTLS(cfg config.Config) (*tls.Config, error) {
	own, err := certificate(cfg)
	if err != nil {
		return nil, err
	}
	server := &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	if cfg.SIPClientCA != "" {
		server.ClientAuth = tls.RequireAndVerifyClientCert
		if server.ClientCAs, err = authorities(cfg.SIPClientCA); err != nil {
			return nil, fmt.Errorf("sip_client_ca: %w", err)
		}
	}
	return server, nil
}

func authorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate in PEM form", path)
	}
	return pool, nil
}

// secureTrunk fills in what a trunk's transport needs. The peer's certificate
// is checked unless the operator says otherwise.
func secureTrunk(t config.Trunk, trunk *media.Trunk) (err error) {
	if trunk.Transport, err = sip.ParseTransport(t.Transport); err != nil || trunk.Transport != sip.TLS {
		return err
	}
	switch t.SRTP {
	case "optional":
		trunk.Secrecy = sdp.WhereItGoes
	case "required":
		trunk.Secrecy = sdp.Secret
	}
	trunk.TLS = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.SkipVerify}
	if t.CAFile != "" {
		if trunk.TLS.RootCAs, err = authorities(t.CAFile); err != nil {
			return fmt.Errorf("ca_file: %w", err)
		}
	}
	if t.CertFile != "" {
		own, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return fmt.Errorf("cert_file and key_file: %w", err)
		}
		trunk.TLS.Certificates = []tls.Certificate{own}
	}
	return nil
}
