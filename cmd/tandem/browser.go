package main

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"

	"tandem/cmd/tandem/config"
	"tandem/media"
	"tandem/supervise"
)

// browserSockets are those of agents' browsers: the audio, and the relay that
// leads to it. Those that are not configured are nil.
type browserSockets struct {
	audio, relay net.PacketConn
	relayTLS     net.Listener
	files        []*os.File // of those there are, in the order above
}

// browserSettings is what the children are told of them.
type browserSettings struct {
	Audio, Relay, RelayTLS bool     // the voice process has the socket
	RelayURLs              []string // for pages
	RelaySecret            []byte   // of the relay's credentials; new at each start
}

func openBrowserSockets(cfg config.Config) (s browserSockets, err error) {
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.audio, err = s.listenUDP("webrtc", cfg.WebRTC); err != nil {
		return s, err
	}
	if s.relay, err = s.listenUDP("turn", cfg.TURN); err != nil {
		return s, err
	}
	if cfg.TURNS == "" {
		return s, nil
	}
	if s.relayTLS, err = net.Listen("tcp", cfg.TURNS); err != nil {
		return s, taken("turns", cfg.TURNS, err)
	}
	f, err := s.relayTLS.(*net.TCPListener).File()
	if err != nil {
		return s, err
	}
	s.files = append(s.files, f)
	return s, nil
}

// taken is the error of a socket whose address only a setting can change.
func taken(setting, address string, err error) error {
	return fmt.Errorf("cannot listen on %s: %w; set %s to another address, port 0 picks a free one", address, errors.Unwrap(err), setting)
}

func (s *browserSockets) listenUDP(setting, address string) (net.PacketConn, error) {
	if address == "" {
		return nil, nil
	}
	c, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, taken(setting, address, err)
	}
	f, err := c.(*net.UDPConn).File()
	if err != nil {
		c.Close()
		return nil, err
	}
	s.files = append(s.files, f)
	return c, nil
}

func (s *browserSockets) close() {
	if s.audio != nil {
		s.audio.Close()
	}
	if s.relay != nil {
		s.relay.Close()
	}
	if s.relayTLS != nil {
		s.relayTLS.Close()
	}
	for _, f := range s.files {
		f.Close()
	}
}

// settings tells the children, with a new secret.
func (s *browserSockets) settings(cfg config.Config) browserSettings {
	b := browserSettings{Audio: s.audio != nil, Relay: s.relay != nil, RelayTLS: s.relayTLS != nil, RelaySecret: make([]byte, 32)}
	rand.Read(b.RelaySecret)
	if b.Relay {
		b.RelayURLs = append(b.RelayURLs, "turn:"+relayHost(cfg, s.relay.LocalAddr())+"?transport=udp")
	}
	if b.RelayTLS {
		host := relayHost(cfg, s.relayTLS.Addr())
		if public, err := url.Parse(cfg.PublicURL); err == nil && public.Hostname() != "" { // the name that the certificate is for
			host = net.JoinHostPort(public.Hostname(), portOf(s.relayTLS.Addr()))
		}
		b.RelayURLs = append(b.RelayURLs, "turns:"+host+"?transport=tcp")
	}
	return b
}

// relayHost is where pages reach a socket of the relay.
func relayHost(cfg config.Config, bound net.Addr) string {
	host, port, err := net.SplitHostPort(bound.String())
	if err != nil {
		return bound.String()
	}
	if cfg.ExternalIP != "" {
		host = cfg.ExternalIP
	}
	if cfg.WebRTCIP != "" {
		host = cfg.WebRTCIP
	}
	return net.JoinHostPort(host, port)
}

func portOf(a net.Addr) string {
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return ""
	}
	return port
}

// adoptBrowserSockets gives the voice process its sockets, which follow the
// others.
func adoptBrowserSockets(cfg config.Config, b browserSettings, m *media.Config) (err error) {
	next := mediaLinkSocket + 1
	if b.Audio {
		if m.BrowserConn, err = supervise.PacketConn(next); err != nil {
			return err
		}
		next++
	}
	if b.Relay {
		if m.RelayConn, err = supervise.PacketConn(next); err != nil {
			return err
		}
		next++
	}
	if b.RelayTLS {
		if m.RelayListener, err = relayListener(cfg, next); err != nil {
			return err
		}
	}
	m.RelaySecret = b.RelaySecret
	if cfg.WebRTCIP != "" {
		if m.BrowserIP, err = netip.ParseAddr(cfg.WebRTCIP); err != nil {
			return fmt.Errorf("webrtc_ip: %w", err)
		}
	}
	return nil
}

func relayListener(cfg config.Config, socket int) (net.Listener, error) {
	l, err := supervise.Listener(socket)
	if err != nil {
		return nil, err
	}
	own, err := certificate(cfg)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}), nil
}
