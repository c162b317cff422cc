package rtp

import (
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"github.com/pion/rtcp"
)

// reportInterval is the time between sender reports. RFC 3550 section 6.2
// asks for at least 5 s, spread by half so that reports do not fall together.
const reportInterval = 5 * time.Second

// reception is what a receiver report tells of the far side's stream
// (RFC 3550 appendix A.3 and A.8).
type reception struct {
	ssrc          uint32
	known         bool
	base, highest uint16
	cycles        uint32
	received      uint32
	transit       int64
	jitter        int64 // sixteenths of a timestamp unit
	priorExpected uint32
	priorReceived uint32
	lastReport    uint32 // middle 32 bits of the last sender report's NTP time
	reportAt      time.Time
}

func (r *reception) packet(ssrc uint32, seq uint16, stamp uint32, now time.Time) {
	transit := now.UnixMicro()*SampleRateHz/1_000_000 - int64(stamp)
	if !r.known || r.ssrc != ssrc {
		*r = reception{ssrc: ssrc, known: true, base: seq, highest: seq, transit: transit}
	}
	if int16(seq-r.highest) > 0 {
		if seq < r.highest {
			r.cycles += 1 << 16
		}
		r.highest = seq
	}
	r.received++
	change := max(transit-r.transit, r.transit-transit)
	r.transit = transit
	if change < SampleRateHz { // a longer change is a new talk spurt or a wrapped timestamp
		r.jitter += change - (r.jitter+8)>>4
	}
}

func (r *reception) block(now time.Time) []rtcp.ReceptionReport {
	if !r.known {
		return nil
	}
	extended := r.cycles + uint32(r.highest)
	expected := extended - uint32(r.base) + 1
	lost := max(int64(expected)-int64(r.received), 0)
	interval := int64(expected - r.priorExpected)
	intervalLost := interval - int64(r.received-r.priorReceived)
	r.priorExpected, r.priorReceived = expected, r.received
	report := rtcp.ReceptionReport{
		SSRC: r.ssrc, TotalLost: uint32(min(lost, 0x7fffff)), LastSequenceNumber: extended,
		Jitter: uint32(r.jitter >> 4), LastSenderReport: r.lastReport,
	}
	if interval > 0 && intervalLost > 0 {
		report.FractionLost = uint8(min(intervalLost<<8/interval, 255))
	}
	if r.lastReport != 0 {
		report.Delay = uint32(now.Sub(r.reportAt) * 65536 / time.Second)
	}
	return []rtcp.ReceptionReport{report}
}

// ntpTime is t in the 64-bit NTP format (RFC 3550 section 4).
func ntpTime(t time.Time) uint64 {
	const secondsTo1970 = 2_208_988_800
	seconds := uint64(t.Unix() + secondsTo1970)
	return seconds<<32 | uint64(t.Nanosecond())<<32/1_000_000_000
}

// report sends reports until the leg closes, and watches that the far side is
// still there.
func (l *Leg) report() {
	defer l.running.Done()
	watch := time.NewTicker(min(l.inactivity/4, time.Second))
	defer watch.Stop()
	next := time.Now().Add(spread(reportInterval))
	gone := false
	for {
		select {
		case <-l.closing:
			return
		case now := <-watch.C:
			if now.After(next) {
				l.sendReport(false)
				next = now.Add(spread(reportInterval))
			}
			if !gone && l.silent(now) {
				gone = true
				close(l.lost)
			}
		}
	}
}

func spread(d time.Duration) time.Duration { return d/2 + rand.N(d) }

func (l *Leg) silent(now time.Time) bool {
	l.mu.Lock()
	expected := l.session.Receive
	l.mu.Unlock()
	return expected && now.UnixMilli()-l.lastHeard.Load() > l.inactivity.Milliseconds()
}

// sendReport sends one compound packet; the last one says goodbye.
func (l *Leg) sendReport(last bool) {
	now := time.Now()
	l.mu.Lock()
	to, carrier := l.latch.remote, l.carrier
	packet := rtcp.CompoundPacket{
		&rtcp.SenderReport{
			SSRC: l.ssrc, NTPTime: ntpTime(now), RTPTime: l.stamp,
			PacketCount: uint32(l.stats.PacketsOut), OctetCount: l.octets, Reports: l.reception.block(now),
		},
		rtcp.NewCNAMESourceDescription(l.ssrc, strconv.FormatUint(uint64(l.ssrc), 16)),
	}
	if last {
		packet = append(packet, &rtcp.Goodbye{Sources: []uint32{l.ssrc}})
	}
	raw := l.sealedReport(packet, carrier)
	l.mu.Unlock()
	switch {
	case carrier != nil:
		carrier.WriteRTCP(packet)
	case raw != nil && to.IsValid():
		_, _ = l.rtcpConn.WriteToUDPAddrPort(raw, netip.AddrPortFrom(to.Addr(), to.Port()+1))
	}
}

// sealedReport is the packet as it goes over ports of the leg's own; a carrier
// has a protection of its own. l.mu is held.
func (l *Leg) sealedReport(packet rtcp.CompoundPacket, carrier Carrier) []byte {
	if carrier != nil {
		return nil
	}
	raw, err := packet.Marshal()
	if err != nil {
		return nil
	}
	return l.secure.sealReport(raw)
}

func (l *Leg) readRTCP() {
	defer l.running.Done()
	buf := make([]byte, maxPacketBytes)
	for {
		n, source, err := l.rtcpConn.ReadFromUDPAddrPort(buf)
		if l.closed() {
			return
		}
		if err == nil {
			l.receivedReport(buf[:n], source.Addr().Unmap(), time.Now())
		}
	}
}

// receivedReport takes one RTCP packet. Only the far side's address is
// listened to; its port may be any, for NATs.
func (l *Leg) receivedReport(raw []byte, source netip.Addr, now time.Time) {
	l.receiveReport(raw, now, func() bool { return source == l.latch.remote.Addr() })
}

func (l *Leg) receiveReport(raw []byte, now time.Time, accepted func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	raw, genuine := l.secure.openReport(raw)
	if !genuine {
		l.stats.Forged++
		return
	}
	packets, err := rtcp.Unmarshal(raw)
	if err != nil {
		return
	}
	if !accepted() {
		l.stats.Foreign++
		return
	}
	l.lastHeard.Store(now.UnixMilli())
	for _, packet := range packets {
		switch p := packet.(type) {
		case *rtcp.SenderReport:
			l.reception.lastReport, l.reception.reportAt = uint32(p.NTPTime>>16), now
			l.roundTrip(p.Reports, now)
		case *rtcp.ReceiverReport:
			l.roundTrip(p.Reports, now)
		}
	}
}

// roundTrip is RFC 3550 section 6.4.1: arrival minus LSR minus DLSR.
func (l *Leg) roundTrip(reports []rtcp.ReceptionReport, now time.Time) {
	for _, r := range reports {
		if r.SSRC != l.ssrc || r.LastSenderReport == 0 {
			continue
		}
		units := int32(uint32(ntpTime(now)>>16) - r.LastSenderReport - r.Delay)
		if units >= 0 {
			l.stats.RoundTripMillis = int(int64(units) * 1000 >> 16)
		}
	}
}
