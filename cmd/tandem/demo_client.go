package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"tandem/auth/sigv4"
)

// demoClient calls the server as any program would: the Connect API with
// signed requests, the admin API with its token.
type demoClient struct {
	born created
	at   endpoints
	http http.Client
}

const maxDemoAnswerBytes = 4 << 20

func newDemoClient(born created, at endpoints) *demoClient {
	return &demoClient{born: born, at: at, http: http.Client{Timeout: 30 * time.Second}}
}

// connect calls an operation of the Connect API.
func (c *demoClient) connect(ctx context.Context, method, path string, in, out any) error {
	req, body, err := demoRequest(ctx, method, c.at.Endpoint+path, in)
	if err != nil {
		return err
	}
	keys := sigv4.Credentials{AccessKeyID: c.born.AccessKeyID, Secret: c.born.SecretAccessKey, Region: c.born.Region, Service: "connect"}
	if err := sigv4.Sign(req, body, keys, time.Now()); err != nil {
		return err
	}
	return c.send(req, out)
}

// admin calls an operation of the admin API on the instance.
func (c *demoClient) admin(ctx context.Context, method, path string, in, out any) error {
	req, _, err := demoRequest(ctx, method, c.at.Admin+"/instances/"+c.born.InstanceID+path, in)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.born.AdminToken)
	return c.send(req, out)
}

func demoRequest(ctx context.Context, method, url string, in any) (*http.Request, []byte, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return req, body, nil
}

func (c *demoClient) send(req *http.Request, out any) error {
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxDemoAnswerBytes))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, resp.Status, bytes.TrimSpace(b))
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}
