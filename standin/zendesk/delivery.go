package zendesk

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// How often one invocation is repeated ("Zendesk: Webhooks, retries").
const (
	conflictRetries = 3
	busyRetries     = 3 // 429 and 503; the page gives no number
	timeoutRetries  = 5
	longestWait     = 60 * time.Second
)

// hooks registers webhooks and delivers events to them. Each lane is one
// worker's queue; an agent's events share a lane.
type hooks struct {
	config Config
	now    func() time.Time
	ids    ids
	client *http.Client

	mu         sync.Mutex
	registered []*webhook // by id
	armed      []HookFault
	held       [][]delivery
	pending    int // deliveries queued, waiting or under way
	stopped    bool

	lanes  []chan delivery
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// delivery is one invocation of one webhook, repeated until it ends.
type delivery struct {
	hook    *webhook
	body    []byte
	lane    int
	attempt int // attempts already made
	invoked *invocation
}

// invocation is what the account remembers of a delivery.
type invocation struct {
	id          string
	status      string // "queued", "success", "failed" or "timeout"
	statusCode  int
	completedAt time.Time
}

func (i *invocation) json() object {
	shown := object{"id": i.id, "status": i.status, "status_code": i.statusCode, "latest_completed_at": nil}
	if !i.completedAt.IsZero() {
		shown["latest_completed_at"] = i.completedAt.Format(time.RFC3339Nano)
	}
	return shown
}

func newHooks(config Config, now func() time.Time) *hooks {
	h := &hooks{config: config, now: now}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.client = &http.Client{
		Timeout:       config.WebhookTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: config.WebhookWorkers},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for range config.WebhookWorkers {
		lane := make(chan delivery, config.WebhookQueueLimit)
		h.lanes = append(h.lanes, lane)
		h.done.Go(func() { h.work(lane) })
	}
	return h
}

func (h *hooks) stop() {
	h.mu.Lock()
	h.stopped = true
	h.mu.Unlock()
	h.cancel()
	h.done.Wait()
	h.client.CloseIdleConnections()
}

// publish queues the event of one change for every webhook that wants it.
func (h *hooks) publish(c change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var deliveries []delivery
	var body []byte
	for _, hook := range h.registered {
		if !hook.wants(EventUnifiedStateChanged) {
			continue
		}
		if body == nil {
			body = h.envelope(c, h.now())
		}
		deliveries = append(deliveries, delivery{hook: hook, body: body, lane: int(c.agentID % int64(len(h.lanes)))})
	}
	if len(deliveries) > 0 {
		h.disturb(deliveries)
	}
}

func (h *hooks) sendAll(deliveries []delivery) {
	for _, d := range deliveries {
		if h.admit(&d) {
			h.lanes[d.lane] <- d // never blocks: pending is bounded by the lane's room
		}
	}
}

// admit opens the invocation and counts it, or notes that there is no room.
func (h *hooks) admit(d *delivery) bool {
	d.invoked = &invocation{id: h.ids.next(h.now()), status: "queued"}
	if len(d.hook.record) == invocationLimit {
		d.hook.record = slices.Delete(d.hook.record, 0, invocationLimit/10)
	}
	d.hook.record = append(d.hook.record, d.invoked)
	if h.stopped || h.pending >= h.config.WebhookQueueLimit {
		d.invoked.status, d.invoked.completedAt = "failed", h.now()
		return false
	}
	h.pending++
	return true
}

// later puts an admitted delivery into its lane after a pause.
func (h *hooks) later(d delivery, pause time.Duration) {
	h.done.Go(func() {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
			h.lanes[d.lane] <- d
		case <-h.ctx.Done():
		}
	})
}

func (h *hooks) work(lane <-chan delivery) {
	for {
		select {
		case <-h.ctx.Done():
			return
		case d := <-lane:
			h.deliver(d)
		}
	}
}

func (h *hooks) deliver(d delivery) {
	h.mu.Lock()
	key, wanted := d.hook.secret, slices.Contains(h.registered, d.hook)
	h.mu.Unlock()
	result := outcome{status: "failed"}
	if wanted {
		result = h.post(d, key)
	}
	d.attempt++
	h.mu.Lock()
	defer h.mu.Unlock()
	d.invoked.status, d.invoked.statusCode, d.invoked.completedAt = result.status, result.code, h.now()
	if pause, again := h.retry(d.attempt, result); again && !h.stopped {
		h.later(d, pause)
		return
	}
	h.pending--
}

func (h *hooks) retry(attempts int, o outcome) (pause time.Duration, again bool) {
	switch {
	case o.status == "timeout":
		return h.config.WebhookRetryDelay, attempts <= timeoutRetries
	case o.code == http.StatusConflict:
		return h.config.WebhookRetryDelay, attempts <= conflictRetries
	case o.code == http.StatusTooManyRequests || o.code == http.StatusServiceUnavailable:
		return o.retryAfter, attempts <= busyRetries && o.retryAfter > 0 && o.retryAfter < longestWait
	}
	return 0, false
}
