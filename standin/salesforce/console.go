package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"sync"
	"time"
)

// The page of a console asks Tandem for commands in requests that Tandem holds;
// after a failure it waits a moment, each time twice as long.
const (
	consoleTimeout = 60 * time.Second
	shortestPause  = 20 * time.Millisecond
	longestPause   = 320 * time.Millisecond
)

// Console plays the console page of one agent with Tandem's utility component
// in it: it signs in to Tandem with the agent's Salesforce session, carries out
// Tandem's commands by the toolkit, and reports the toolkit's events. Close it.
type Console struct {
	server  *Server
	session *session
	tandem  string // address of the component's endpoints, with a slash at the end
	page    string
	http    *http.Client
	stop    context.CancelFunc
	all     sync.WaitGroup

	seq int64 // of the newest report; used by watch alone

	mu    sync.Mutex
	token string
}

// OpenConsole opens the console of a user. The address is where Tandem serves
// the component, such as https://tandem.example.com/consoles/salesforce/{id}/.
func (s *Server) OpenConsole(user, tandem string) (*Console, error) {
	se, err := s.org.openSession(user)
	if err != nil {
		return nil, err
	}
	jar, _ := cookiejar.New(nil) // never fails
	ctx, stop := context.WithCancel(context.Background())
	c := &Console{
		server: s, session: se, tandem: tandem, stop: stop, page: fmt.Sprintf("page-%p-%d", se, time.Now().UnixNano()),
		http: &http.Client{Timeout: consoleTimeout, Jar: jar, Transport: &http.Transport{}},
	}
	c.all.Go(func() { c.obey(ctx) })
	c.all.Go(func() { c.watch(ctx) })
	return c, nil
}

// Close closes the tab, as a crash of the browser would: nobody is told.
func (c *Console) Close() {
	c.stop()
	c.all.Wait()
	c.server.org.closeSession(c.session)
	c.http.CloseIdleConnections()
}

var sessionToken = regexp.MustCompile(`"token":"([^"]+)"`)

// signIn gets a token of Tandem for the agent who is signed in to Salesforce.
func (c *Console) signIn(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.tandem+"sign-in?login_hint="+url.QueryEscape(c.session.user), nil)
	if err != nil {
		return err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	found := sessionToken.FindSubmatch(page)
	if err != nil || found == nil {
		return fmt.Errorf("not signed in: %s", answer.Status)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = string(found[1])
	return nil
}

// post sends one message to Tandem; a session that has ended is renewed.
func (c *Console) post(ctx context.Context, action string, in, out any) error {
	c.mu.Lock()
	token := c.token
	c.mu.Unlock()
	if token == "" {
		if err := c.signIn(ctx); err != nil {
			return err
		}
		return c.post(ctx, action, in, out)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.tandem+action, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusUnauthorized {
		c.mu.Lock()
		c.token = ""
		c.mu.Unlock()
	}
	if answer.StatusCode > 299 {
		return fmt.Errorf("%s: %s", action, answer.Status)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// obey asks for commands and carries them out.
func (c *Console) obey(ctx context.Context) {
	for wait := shortestPause; ctx.Err() == nil; {
		var order struct {
			Command *struct {
				ID       string `json:"id"`
				Verb     string `json:"verb"`
				StatusID string `json:"statusId"`
			} `json:"command"`
		}
		if c.post(ctx, "wait", object{"page": c.page}, &order) != nil {
			pause(ctx, wait)
			wait = min(2*wait, longestPause)
			continue
		}
		wait = shortestPause
		if order.Command == nil {
			continue
		}
		answer, err := c.server.call(c.session, order.Command.Verb, ToolkitCall{StatusID: order.Command.StatusID})
		if errors.Is(err, errLost) {
			continue
		}
		result := object{"kind": "result", "command": order.Command.ID, "ok": err == nil, "statusId": answer.StatusID,
			"configuredCapacity": answer.ConfiguredCapacity, "currentWorkload": answer.CurrentWorkload}
		if err != nil {
			result["message"] = err.Error()
		}
		c.session.put(result) // behind the events that came before
	}
}

// watch reports the toolkit's events and the results of commands, in order.
func (c *Console) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case message := <-c.session.messages:
			c.report(ctx, message)
		}
	}
}

// report sends a numbered message until Tandem has taken it.
func (c *Console) report(ctx context.Context, message object) {
	c.seq++
	message["page"], message["seq"] = c.page, c.seq
	for ctx.Err() == nil && c.post(ctx, "report", message, nil) != nil {
		pause(ctx, shortestPause)
	}
}

func pause(ctx context.Context, span time.Duration) {
	select {
	case <-time.After(span):
	case <-ctx.Done():
	}
}

// TakeOver sets a status in this tab as the agent would; another tab of the
// agent loses the Omni-Channel session.
func (c *Console) TakeOver(status string) error {
	c.server.org.claim(c.session)
	return c.server.SetStatusByHand(c.session.user, status)
}
