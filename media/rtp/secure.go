package rtp

import (
	pionrtp "github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// replayWindow is how many packets may overtake each other (RFC 3711 section 3.3.2).
const replayWindow = 64

// maxTagBytes is the most that encryption adds to a packet.
const maxTagBytes = 32

// Keys encrypt the audio of a session (RFC 3711). The zero value is plain RTP.
type Keys struct {
	Suite         string // as RFC 4568 names it: AES_CM_128_HMAC_SHA1_80 or AEAD_AES_128_GCM
	Local, Remote string // master key and salt, as bytes
}

// String keeps the keys out of logs.
func (k Keys) String() string { return k.Suite }

// GoString keeps the keys out of logs.
func (k Keys) GoString() string { return k.Suite }

var profiles = map[string]srtp.ProtectionProfile{
	"AES_CM_128_HMAC_SHA1_80": srtp.ProtectionProfileAes128CmHmacSha1_80,
	"AEAD_AES_128_GCM":        srtp.ProtectionProfileAeadAes128Gcm,
}

// secure is the state of a leg's encryption; both contexts are nil for plain RTP.
type secure struct {
	keys     Keys
	out, in  *srtp.Context
	outBytes [headerBytes + FrameSamples + maxTagBytes]byte
}

// set takes the keys of a session. The same keys again go on with the same state: their packet counters must not begin
// anew. Keys that cannot be used let nothing through.
func (s *secure) set(keys Keys) {
	was := s.keys
	s.keys = keys
	if keys.Suite != was.Suite || keys.Local != was.Local {
		s.out = newContext(keys.Suite, keys.Local)
	}
	if keys.Suite != was.Suite || keys.Remote != was.Remote {
		s.in = newContext(keys.Suite, keys.Remote)
	}
}

// newContext is nil for plain RTP and for keys that cannot be used.
func newContext(suite, key string) *srtp.Context {
	profile, known := profiles[suite]
	length, err := profile.KeyLen()
	if !known || err != nil || len(key) < length {
		return nil
	}
	context, err := srtp.CreateContext([]byte(key[:length]), []byte(key[length:]), profile,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return nil
	}
	return context
}

// seal encrypts a packet; nil when it cannot be sent.
func (s *secure) seal(packet []byte) []byte {
	switch {
	case s.keys.Suite == "":
		return packet
	case s.out == nil:
		return nil
	}
	sealed, err := s.out.EncryptRTP(s.outBytes[:0], packet, nil)
	if err != nil {
		return nil
	}
	return sealed
}

// open decrypts a packet in place; false for one that is forged, repeated or plain.
func (s *secure) open(packet []byte, header *pionrtp.Header) ([]byte, bool) {
	switch {
	case s.keys.Suite == "":
		return packet, true
	case s.in == nil:
		return nil, false
	}
	plain, err := s.in.DecryptRTP(nil, packet, header)
	return plain, err == nil
}

// sealReport and openReport do the same for RTCP.
func (s *secure) sealReport(packet []byte) []byte {
	switch {
	case s.keys.Suite == "":
		return packet
	case s.out == nil:
		return nil
	}
	sealed, err := s.out.EncryptRTCP(nil, packet, nil)
	if err != nil {
		return nil
	}
	return sealed
}

func (s *secure) openReport(packet []byte) ([]byte, bool) {
	switch {
	case s.keys.Suite == "":
		return packet, true
	case s.in == nil:
		return nil, false
	}
	plain, err := s.in.DecryptRTCP(nil, packet, nil)
	return plain, err == nil
}
