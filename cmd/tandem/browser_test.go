package main

import (
	"net"
	"strings"
	"testing"

	"tandem/cmd/tandem/config"
)

func TestRelayIsToldWhereBrowsersReachIt(t *testing.T) {
	bound := &net.UDPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 3478}
	for _, c := range []struct {
		external, webrtc, want string
	}{
		{"", "", "10.0.0.5:3478"},
		{"192.0.2.1", "", "192.0.2.1:3478"},
		{"192.0.2.1", "192.0.2.2", "192.0.2.2:3478"},
		{"", "2001:db8::1", "[2001:db8::1]:3478"},
	} {
		if got := relayHost(config.Config{ExternalIP: c.external, WebRTCIP: c.webrtc}, bound); got != c.want {
			t.Errorf("with external_ip %q and webrtc_ip %q it is %s, want %s", c.external, c.webrtc, got, c.want)
		}
	}
}

func TestDoctorFindsARelayThatBrowsersCannotReach(t *testing.T) {
	for _, c := range []struct {
		webrtc, turn, turns string
		ok                  bool
		found               string
	}{
		{"", "", "", true, "desk phones"},
		{"0.0.0.0:3479", "", "", false, "no relay"},
		{"127.0.0.1:0", "127.0.0.1:0", "", true, "loopback"},
		{"0.0.0.0:3479", "0.0.0.0:0", "", false, "another at each start"},
		{"0.0.0.0:3479", "0.0.0.0:3478", "", true, "relay on 0.0.0.0:3478"},
		{"0.0.0.0:3479", "", "0.0.0.0:5349", true, "relay on 0.0.0.0:5349"},
	} {
		got := checkBrowsers(config.Config{WebRTC: c.webrtc, TURN: c.turn, TURNS: c.turns})
		if got.OK != c.ok || !strings.Contains(got.Found, c.found) || got.OK != (got.Mend == "") {
			t.Errorf("%+v is found to be %+v", c, got)
		}
	}
}
