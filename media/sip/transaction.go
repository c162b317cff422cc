package sip

import (
	"fmt"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// txState is where a transaction stands; the names are those of RFC 3261 section 17 and RFC 6026.
type txState uint8

const (
	txTrying     txState = iota // also Calling
	txProceeding                // a provisional response passed
	txCompleted                 // a final response passed, for INVITE one that is not 2xx
	txConfirmed                 // INVITE server: the ACK came
	txAccepted                  // INVITE: a 2xx passed
	txTerminated
)

// transaction is what both sides have in common: a message that is sent again and a time to end.
type transaction struct {
	ua     *UserAgent
	key    string
	to     hop
	invite bool

	mu       sync.Mutex
	state    txState
	raw      []byte        // what is sent again
	interval time.Duration // until the next time
	end      time.Time     // when the present state ends
	timer    *time.Timer
}

// schedule arms the timer for the next retransmission or the end of the state, whichever is first. The caller holds mu.
func (tx *transaction) schedule(fire func()) {
	wait := time.Until(tx.end)
	if tx.interval > 0 {
		wait = min(wait, tx.interval)
	}
	if tx.timer == nil {
		tx.timer = time.AfterFunc(wait, fire)
		return
	}
	tx.timer.Reset(wait)
}

// repeatAfter is the first interval at which a message is sent again: never over a connection, which loses nothing
// (RFC 3261 section 17.1.1.2).
func (tx *transaction) repeatAfter(interval time.Duration) time.Duration {
	if tx.to.transport != UDP {
		return 0
	}
	return interval
}

func (tx *transaction) stopTimer() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.state = txTerminated
	if tx.timer != nil {
		tx.timer.Stop()
	}
}

func (tx *transaction) sendAgain() {
	tx.ua.metrics.Retransmitted.Add(1)
	tx.ua.send(tx.raw, tx.to)
}

// serverTx answers one request and its retransmissions (RFC 3261 section 17.2).
type serverTx struct {
	transaction
	req      *sipgo.Request
	mergeKey string
	call     *Call
}

// respond sends a response and tells when. After a final response nothing more is sent.
func (tx *serverTx) respond(res *sipgo.Response) time.Time {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state > txProceeding {
		return time.Now()
	}
	t := tx.ua.timers
	tx.raw = []byte(res.String())
	at := tx.ua.send(tx.raw, tx.to)
	switch {
	case res.StatusCode < 200:
		tx.state = txProceeding
		return at
	case tx.invite && res.StatusCode < 300:
		tx.state = txAccepted // the dialog retransmits the 2xx, not we
	case tx.invite:
		tx.state, tx.interval = txCompleted, tx.repeatAfter(t.T1)
	default:
		tx.state = txCompleted
	}
	tx.end = at.Add(64 * t.T1)
	tx.schedule(tx.fire)
	return at
}

// resend2xx sends the 2xx of an INVITE once more.
func (tx *serverTx) resend2xx() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txAccepted {
		tx.sendAgain()
	}
}

// repeated takes a retransmission of the request.
func (tx *serverTx) repeated() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.raw != nil && (tx.state == txProceeding || tx.state == txCompleted) {
		tx.sendAgain()
	}
}

// acknowledged takes the ACK of a refused INVITE; false means that the ACK is not for this transaction.
func (tx *serverTx) acknowledged() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	switch tx.state {
	case txCompleted:
		tx.state, tx.interval = txConfirmed, 0
		tx.end = time.Now().Add(tx.ua.timers.T4)
		tx.schedule(tx.fire)
		return true
	case txConfirmed:
		return true
	}
	return false
}

func (tx *serverTx) fire() {
	tx.mu.Lock()
	if tx.state == txTerminated {
		tx.mu.Unlock()
		return
	}
	if tx.interval > 0 && time.Now().Before(tx.end) {
		tx.sendAgain()
		tx.interval = min(2*tx.interval, tx.ua.timers.T2)
		tx.schedule(tx.fire)
		tx.mu.Unlock()
		return
	}
	tx.state = txTerminated
	tx.mu.Unlock()
	tx.ua.dropServer(tx)
}

// clientTx sends one request until it is answered (RFC 3261 section 17.1).
type clientTx struct {
	transaction
	req *sipgo.Request
	// deliver hands a response to the owner; false means it cannot be taken now and will come again.
	deliver func(tx *clientTx, res *sipgo.Response, at time.Time) bool
	// over says once that no further response will be delivered; timedOut, that no final one came.
	over func(tx *clientTx, timedOut bool)
}

func (tx *clientTx) start() time.Time {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.raw = []byte(tx.req.String())
	at := tx.ua.send(tx.raw, tx.to)
	tx.interval = tx.repeatAfter(tx.ua.timers.T1)
	tx.end = at.Add(64 * tx.ua.timers.T1)
	tx.schedule(tx.fire)
	return at
}

// response takes a response in the reader's order.
func (tx *clientTx) response(res *sipgo.Response, at time.Time) {
	tx.mu.Lock()
	final := res.StatusCode >= 200
	switch tx.state {
	case txTerminated, txConfirmed:
		tx.mu.Unlock()
		return
	case txCompleted:
		if tx.invite && res.StatusCode >= 300 {
			tx.sendAgain() // the ACK
		}
		tx.mu.Unlock()
		return
	case txAccepted:
		if res.StatusCode/100 == 2 {
			tx.deliver(tx, res, at)
		}
		tx.mu.Unlock()
		return
	}
	if !tx.deliver(tx, res, at) {
		tx.mu.Unlock()
		return
	}
	if final {
		tx.complete(res)
	} else {
		tx.proceed()
	}
	over := final && tx.state != txAccepted
	tx.mu.Unlock()
	if over {
		tx.over(tx, false)
	}
}

// proceed takes a provisional response: an INVITE is no longer repeated and waits without a limit of its own, another
// request is repeated every T2. The caller holds mu.
func (tx *clientTx) proceed() {
	tx.state = txProceeding
	if tx.invite {
		tx.timer.Stop()
		return
	}
	tx.interval = tx.repeatAfter(tx.ua.timers.T2)
}

// complete takes the final response. The caller holds mu.
func (tx *clientTx) complete(res *sipgo.Response) {
	t := tx.ua.timers
	tx.interval = 0
	switch {
	case !tx.invite:
		tx.state, tx.end = txCompleted, time.Now().Add(t.T4)
	case res.StatusCode < 300:
		tx.state, tx.end = txAccepted, time.Now().Add(64*t.T1)
	default:
		tx.state, tx.end = txCompleted, time.Now().Add(64*t.T1)
		tx.raw = []byte(ackRefusal(tx.req, res).String())
		tx.ua.send(tx.raw, tx.to)
	}
	tx.schedule(tx.fire)
}

func (tx *clientTx) fire() {
	tx.mu.Lock()
	was := tx.state
	if was == txTerminated || was == txProceeding && tx.invite {
		tx.mu.Unlock()
		return
	}
	if tx.interval > 0 && time.Now().Before(tx.end) {
		tx.sendAgain()
		tx.interval *= 2
		if !tx.invite {
			tx.interval = min(tx.interval, tx.ua.timers.T2)
		}
		tx.schedule(tx.fire)
		tx.mu.Unlock()
		return
	}
	tx.state = txTerminated
	tx.mu.Unlock()
	tx.ua.dropClient(tx)
	if was != txCompleted {
		tx.over(tx, was != txAccepted)
	}
}

// fail ends the transaction when its connection is gone and nothing was heard.
func (tx *clientTx) fail() {
	tx.mu.Lock()
	if tx.state != txTrying || tx.timer == nil { // one that is not started yet opens a connection of its own
		tx.mu.Unlock()
		return
	}
	tx.state = txTerminated
	tx.timer.Stop()
	tx.mu.Unlock()
	tx.ua.dropClient(tx)
	tx.over(tx, true)
}

// abandon ends the transaction without a word, when its owner has waited long enough.
func (tx *clientTx) abandon() {
	tx.stopTimer()
	tx.ua.dropClient(tx)
}

func (ua *UserAgent) dropServer(tx *serverTx) {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	delete(ua.servers, tx.key)
	if ua.merges[tx.mergeKey] == tx.key {
		delete(ua.merges, tx.mergeKey)
	}
}

func (ua *UserAgent) dropClient(tx *clientTx) {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	delete(ua.clients, tx.key)
}

// newServer enters a transaction for a request that has none, or nil when there are too many.
func (ua *UserAgent) newServer(req *sipgo.Request, source hop) *serverTx {
	tx := &serverTx{req: req}
	tx.transaction = transaction{
		ua: ua, key: serverKey(req, string(req.Method)), to: replyAddress(req, source), invite: req.IsInvite(),
	}
	if tagOf(req.To().Params) == "" {
		tx.mergeKey = mergeKey(req)
	}
	ua.mu.Lock()
	defer ua.mu.Unlock()
	if ua.stopped || len(ua.servers) >= ua.limits.Transactions {
		return nil
	}
	ua.servers[tx.key] = tx
	if tx.mergeKey != "" {
		ua.merges[tx.mergeKey] = tx.key
	}
	return tx
}

// newClient enters and starts a transaction for a request of ours. When the agent is being closed the request is sent
// once, without a transaction, and nil is returned.
func (ua *UserAgent) newClient(
	req *sipgo.Request, to hop,
	deliver func(*clientTx, *sipgo.Response, time.Time) bool, over func(*clientTx, bool),
) (*clientTx, time.Time) {
	tx := &clientTx{req: req, deliver: deliver, over: over}
	branch, _ := req.Via().Params.Get("branch")
	tx.transaction = transaction{ua: ua, key: clientKey(branch, string(req.Method)), to: to, invite: req.IsInvite()}
	ua.mu.Lock()
	if ua.stopped {
		ua.mu.Unlock()
		return nil, ua.send([]byte(req.String()), to)
	}
	ua.clients[tx.key] = tx
	ua.mu.Unlock()
	return tx, tx.start()
}

func (ua *UserAgent) serverFor(key string) *serverTx {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	return ua.servers[key]
}

// response hands a response to its transaction. One without a transaction is late or forged.
func (ua *UserAgent) response(res *sipgo.Response, at time.Time) {
	via, cseq := res.Via(), res.CSeq()
	if via == nil || cseq == nil || res.From() == nil || res.To() == nil || res.CallID() == nil ||
		len(res.GetHeaders("via")) != 1 || res.StatusCode < 100 || res.StatusCode > 699 {
		ua.metrics.DroppedMalformed.Add(1)
		return
	}
	branch, _ := via.Params.Get("branch")
	ua.mu.Lock()
	tx := ua.clients[clientKey(branch, string(cseq.MethodName))]
	ua.mu.Unlock()
	if tx != nil {
		tx.response(res, at)
	}
}

func clientKey(branch, method string) string { return branch + "|" + method }

// serverKey finds the transaction of a request as RFC 3261 section 17.2.3 says; an ACK or a CANCEL finds that of the
// INVITE when asked for it. Requests of RFC 2543 have no usable branch and are matched by what they repeat.
func serverKey(req *sipgo.Request, method string) string {
	via := req.Via()
	branch := paramOf(via.Params, "branch")
	if len(branch) > len(sipgo.RFC3261BranchMagicCookie) && strings.HasPrefix(branch, sipgo.RFC3261BranchMagicCookie) {
		return branch + "|" + strings.ToLower(via.SentBy()) + "|" + method
	}
	return fmt.Sprintf("%s|%s|%d|%s|%s",
		req.CallID().Value(), tagOf(req.From().Params), req.CSeq().SeqNo, via.Value(), method)
}

// mergeKey is what two copies of one request that came by different ways share (RFC 3261 section 8.2.2.2).
func mergeKey(req *sipgo.Request) string {
	return fmt.Sprintf("%s|%s|%d|%s", req.CallID().Value(), tagOf(req.From().Params), req.CSeq().SeqNo, req.Method)
}
