package kustomer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// hookEvents are all events that a webhook can have ("Kustomer: Event
// catalog"). None of them tells of a status, a work session or a work item.
var hookEvents = []string{
	"kustomer.customer.create", "kustomer.customer.update", "kustomer.conversation.create", "kustomer.conversation.update",
	"kustomer.message.create", "kustomer.message.update", "kustomer.user.create", "kustomer.user.update",
	"kustomer.team.create", "kustomer.team.update", "kustomer.tag.create", "kustomer.tag.update",
}

// retryPauses are the pauses before a delivery is repeated ("Kustomer: Delivery
// and security").
var retryPauses = []time.Duration{
	time.Minute, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
}

// queueLimit bounds deliveries that wait; what does not fit is lost.
const queueLimit = 1000

// hooks registers outbound webhooks and delivers events to them.
type hooks struct {
	config Config
	now    func() time.Time
	client *http.Client

	mu         sync.Mutex
	registered []*webhook
	armed      []HookFault
	held       []delivery // by a reorder fault
	waiting    []delivery
	underWay   int
	made       uint64
	stopped    bool

	wake   chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// webhook is a registration.
type webhook struct {
	ID      string       `json:"-"`
	Name    string       `json:"name"`
	URL     string       `json:"url"`
	Events  []string     `json:"events"`
	Headers []hookHeader `json:"headers"`

	token    string
	disabled bool // the receiver failed for too long
}

type hookHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// delivery is one event on its way to one webhook.
type delivery struct {
	hook    *webhook
	event   string
	body    []byte
	due     time.Time
	attempt int // attempts already made
}

func newHooks(config Config, now func() time.Time) *hooks {
	h := &hooks{config: config, now: now, wake: make(chan struct{}, 1)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.client = &http.Client{
		Timeout:       config.WebhookTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	h.done.Go(h.work)
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

// publish queues an event for every webhook that wants it.
func (h *hooks) publish(event string, data object) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var deliveries []delivery
	for _, hook := range h.registered {
		if !hook.disabled && slices.Contains(hook.Events, event) {
			deliveries = append(deliveries, delivery{hook: hook, event: event, body: h.envelope(event, data), due: h.now()})
		}
	}
	if len(deliveries) > 0 {
		h.disturb(deliveries)
	}
}

// envelope is the body of a delivery.
func (h *hooks) envelope(event string, data object) []byte {
	h.made++
	body, err := json.Marshal(object{
		"id": fmt.Sprintf("%08x%016x", uint32(h.now().Unix()), h.made), "name": event, "createdAt": at(h.now()), "data": data,
	})
	if err != nil {
		panic("kustomer stand-in: an event of strings and numbers does not encode: " + err.Error())
	}
	return body
}

// settle lets deliveries go out that are due.
func (h *hooks) settle() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *hooks) enqueue(deliveries []delivery) {
	for _, d := range deliveries {
		if !h.stopped && len(h.waiting) < queueLimit {
			h.waiting = append(h.waiting, d)
		}
	}
	h.settle()
}

func (h *hooks) work() {
	for {
		d, ok := h.next()
		if ok {
			h.deliver(d)
			continue
		}
		select {
		case <-h.ctx.Done():
			return
		case <-h.wake:
		}
	}
}

// next takes the first delivery that is due.
func (h *hooks) next() (delivery, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	i := slices.IndexFunc(h.waiting, func(d delivery) bool { return !d.due.After(now) })
	if i < 0 || h.stopped {
		return delivery{}, false
	}
	d := h.waiting[i]
	h.waiting = slices.Delete(h.waiting, i, i+1)
	h.underWay++
	return d, true
}

func (h *hooks) deliver(d delivery) {
	h.mu.Lock()
	wanted := !d.hook.disabled && slices.Contains(h.registered, d.hook)
	h.mu.Unlock()
	taken := !wanted || h.post(d)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.underWay--
	switch {
	case taken:
	case d.attempt == len(retryPauses):
		d.hook.disabled = true // "may be disabled": here it is
	default:
		d.due = h.now().Add(retryPauses[d.attempt])
		d.attempt++
		h.enqueue([]delivery{d})
	}
}

func (h *hooks) create(w http.ResponseWriter, r *http.Request) {
	var hook webhook
	if !readJSON(w, r, &hook) {
		return
	}
	if err := hook.valid(); err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", err.Error())
		return
	}
	var random [32]byte
	rand.Read(random[:]) // never fails (crypto/rand.Read)
	h.mu.Lock()
	h.made++
	hook.ID, hook.token = fmt.Sprintf("%08x%016x", uint32(h.now().Unix()), h.made), hex.EncodeToString(random[:])
	h.registered = append(h.registered, &hook)
	shown := hook.json()
	h.mu.Unlock()
	writeJSON(w, http.StatusCreated, object{"data": shown})
}

func (h *webhook) valid() error {
	target, err := url.Parse(h.URL)
	loopback := err == nil && (target.Hostname() == "127.0.0.1" || target.Hostname() == "localhost")
	switch {
	case h.Name == "" || len(h.Name) > 255:
		return fmt.Errorf("%w name: give 1 to 255 characters", errInvalid)
	case err != nil || target.Host == "" || target.Scheme != "https" && !loopback: // on this machine, for tests, http will do
		return fmt.Errorf("%w url: it must use https", errInvalid)
	case len(h.Events) == 0 || len(h.Events) > len(hookEvents):
		return fmt.Errorf("%w events: name 1 to %d", errInvalid, len(hookEvents))
	}
	for _, e := range h.Events {
		if !slices.Contains(hookEvents, e) {
			return fmt.Errorf("%w event %q: it is not one that webhooks can have", errInvalid, e)
		}
	}
	return nil
}

// json is the registration as it is shown; mu is held.
func (h *webhook) json() object {
	return resource("outbound_webhook", h.ID, "/v1/outbound-webhooks/"+h.ID, object{
		"name": h.Name, "url": h.URL, "events": h.Events, "headers": h.Headers, "enabled": !h.disabled, "token": h.token,
	}, object{})
}

func (h *hooks) list(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	all := []object{}
	for _, hook := range h.registered {
		all = append(all, hook.json())
	}
	h.mu.Unlock()
	writePage(w, r, listing{most: mostOfMany}, all, func(o object) object { return o })
}

func (h *hooks) listEvents(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, object{"data": hookEvents})
}

func (h *hooks) show(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hook := range h.registered {
		if hook.ID == r.PathValue("id") {
			writeJSON(w, http.StatusOK, object{"data": hook.json()})
			return
		}
	}
	notFound(w)
}

func (h *hooks) remove(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := len(h.registered)
	h.registered = slices.DeleteFunc(h.registered, func(hook *webhook) bool { return hook.ID == r.PathValue("id") })
	if len(h.registered) == before {
		notFound(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
