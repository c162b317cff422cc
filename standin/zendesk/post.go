package zendesk

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// outcome is how one attempt ended.
type outcome struct {
	status     string
	code       int // 0 when no answer came
	retryAfter time.Duration
}

func (h *hooks) post(d delivery, key string) outcome {
	r, err := http.NewRequestWithContext(h.ctx, http.MethodPost, d.hook.settings.Endpoint, bytes.NewReader(d.body))
	if err != nil {
		return outcome{status: "failed"}
	}
	h.dress(r, d, key)
	answer, err := h.client.Do(r)
	if err != nil {
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			return outcome{status: "timeout", code: http.StatusGatewayTimeout}
		}
		return outcome{status: "failed"}
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxBodyBytes)) // lets the connection be used again
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return outcome{status: "success", code: answer.StatusCode}
	}
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	return outcome{status: "failed", code: answer.StatusCode, retryAfter: time.Duration(seconds) * time.Second}
}

// dress sets the headers of "Zendesk: Anatomy of a webhook request".
func (h *hooks) dress(r *http.Request, d delivery, key string) {
	for name, value := range d.hook.settings.CustomHeaders {
		r.Header.Set(name, value)
	}
	d.hook.settings.Authentication.apply(r)
	timestamp := h.config.Clock().UTC().Format(time.RFC3339)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Zendesk Webhook")
	r.Header.Set("X-Zendesk-Account-Id", strconv.FormatInt(h.config.AccountID, 10))
	r.Header.Set("X-Zendesk-Webhook-Id", d.hook.id)
	r.Header.Set("X-Zendesk-Webhook-Invocation-Id", d.invoked.id)
	r.Header.Set("X-Zendesk-Webhook-Signature", Sign(key, timestamp, d.body))
	r.Header.Set("X-Zendesk-Webhook-Signature-Timestamp", timestamp)
}

// Sign is the signature of a webhook request: base64(HMAC-SHA256(secret,
// timestamp + body)), as "Zendesk: Verifying webhook authenticity" has it.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
