package webrtc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	pion "github.com/pion/webrtc/v4"
)

const (
	disconnectedAfter = 5 * time.Second  // without a packet
	connectWithin     = 20 * time.Second // of the answer
	certificateYears  = 20               // it lives as long as the process
	socketBytes       = 4 << 20          // of the one socket's buffers
	eventType         = "audio/telephone-event"
	eventPayloadType  = 126 // what browsers call telephone events at 8 kHz, if they do not say otherwise
)

// Config is what a [Gateway] needs.
type Config struct {
	Conn     net.PacketConn // UDP, for all browsers; closed with the gateway
	External netip.Addr     // the address that browsers, or the relay, reach it at
	// Grace is how long a connection may hear nothing before it is over [20 s].
	Grace  time.Duration
	Events Events
}

// Events are told, in order for each peer, from goroutines of the gateway.
type Events interface {
	// PeerUp follows the first connection, and each that follows a PeerDown.
	PeerUp(*Peer)
	// PeerDown says that nothing is heard; the browser may come back.
	PeerDown(*Peer)
	// PeerOver is the last word: the browser has closed the connection, it has
	// failed, or this side has closed it.
	PeerOver(*Peer)
}

// Gateway is where browsers connect to.
type Gateway struct {
	config      Config
	api         *pion.API
	mux         *ice.UDPMuxDefault
	certificate pion.Certificate
	address     netip.AddrPort
	running     sync.WaitGroup // peers that are being closed
}

// New starts to listen. [Gateway.Close] ends it, and closes the socket.
func New(cfg Config) (*Gateway, error) {
	local, ok := cfg.Conn.LocalAddr().(*net.UDPAddr)
	if !ok {
		return nil, errors.New("the socket for browsers is not a UDP socket")
	}
	if cfg.Grace == 0 {
		cfg.Grace = 20 * time.Second
	}
	g := &Gateway{config: cfg, address: netip.AddrPortFrom(cfg.External, uint16(local.Port))}
	var err error
	if g.certificate, err = selfSigned(); err != nil {
		return nil, fmt.Errorf("make the certificate for browsers: %w", err)
	}
	codecs, err := codecs()
	if err != nil {
		return nil, err
	}
	if buffered, ok := cfg.Conn.(*net.UDPConn); ok { // as much as the system allows
		_ = buffered.SetReadBuffer(socketBytes)
		_ = buffered.SetWriteBuffer(socketBytes)
	}
	g.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: advertised{cfg.Conn, net.UDPAddrFromAddrPort(g.address)}, Logger: silent{}})
	g.api = pion.NewAPI(pion.WithMediaEngine(codecs), pion.WithSettingEngine(g.settings()), pion.WithInterceptorRegistry(&interceptor.Registry{}))
	return g, nil
}

// Address is what the answers tell browsers, and what a relay leads to.
func (g *Gateway) Address() netip.AddrPort { return g.address }

// Close closes the socket and waits for the peers that were closed.
func (g *Gateway) Close() {
	g.running.Wait()
	_ = g.mux.Close()
	_ = g.config.Conn.Close()
}

func (g *Gateway) settings() pion.SettingEngine {
	var s pion.SettingEngine
	s.LoggerFactory = silentLoggers{}
	s.SetLite(true)
	s.SetICEUDPMux(g.mux)
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4, pion.NetworkTypeUDP6})
	s.SetICETimeouts(disconnectedAfter, g.config.Grace, 2*time.Second)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	return s
}

// codecs are all that is answered to an offer.
func codecs() (*pion.MediaEngine, error) {
	m := &pion.MediaEngine{}
	speech := pion.RTPCodecCapability{MimeType: pion.MimeTypePCMU, ClockRate: 8000}
	events := pion.RTPCodecCapability{MimeType: eventType, ClockRate: 8000, SDPFmtpLine: "0-16"}
	return m, errors.Join(
		m.RegisterCodec(pion.RTPCodecParameters{RTPCodecCapability: speech, PayloadType: 0}, pion.RTPCodecTypeAudio),
		m.RegisterCodec(pion.RTPCodecParameters{RTPCodecCapability: events, PayloadType: eventPayloadType}, pion.RTPCodecTypeAudio),
	)
}

// selfSigned makes the certificate whose fingerprint the answers carry
// (RFC 8122); it stands for nobody else.
func selfSigned() (pion.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pion.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return pion.Certificate{}, err
	}
	now := time.Now()
	certificate, err := pion.NewCertificate(key, x509.Certificate{
		SerialNumber: serial, Version: 2, Subject: pkix.Name{CommonName: "WebRTC"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(certificateYears, 0, 0),
	})
	if err != nil {
		return pion.Certificate{}, err
	}
	return *certificate, nil
}

// advertised is a socket that is known by another address, as behind a NAT
// with one address outside for one inside.
type advertised struct {
	net.PacketConn
	external *net.UDPAddr
}

// LocalAddr implements net.PacketConn.
func (a advertised) LocalAddr() net.Addr { return a.external }
