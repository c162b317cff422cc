package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

// print tells the visitor where everything is and what to do next.
func (d *demo) print(e endpoints, s *demoSetup, page *demoPage) {
	kept := " (temporary: removed at the end; --data DIR keeps it)"
	if d.kept {
		kept = " (kept)"
	}
	rows := [][2]string{
		{"side by side", page.url}, {"version", version}, {"data", d.cfg.Data + kept}, {"API endpoint", e.Endpoint}, {"instance id", d.born.InstanceID},
		{"admin API", e.Admin}, {"admin pages", e.Admin + "/ui/"}, {"admin token", d.born.AdminToken},
	}
	for _, system := range d.systems {
		rows = append(rows, [2]string{system.name, system.url})
	}
	rows = append(rows, [][2]string{
		{"SIP", "sip:" + demoNumber + "@" + e.SIP}, {"health", e.Endpoint + "/healthz"},
	}...)
	if serves(e.Endpoint + "/metrics") {
		rows = append(rows, [2]string{"metrics", e.Endpoint + "/metrics"})
	}
	fmt.Println()
	for _, r := range rows {
		fmt.Printf("%-19s  %s\n", r[0], r[1])
	}
	fmt.Printf(`
See what the agents do, with the AWS CLI in another terminal:

  export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_DEFAULT_REGION=%s
  aws connect get-current-user-data --endpoint-url %s --instance-id %s --filters Agents=%s

next: open %s and watch the statuses follow the calls in four systems, side by side; change one in any of them. Ctrl-C stops all.
`, d.born.AccessKeyID, d.born.SecretAccessKey, d.born.Region, e.Endpoint, d.born.InstanceID, strings.Join(s.agents(), ","), page.url)
	if host, _, _ := net.SplitHostPort(e.SIP); host == "127.0.0.1" {
		fmt.Printf("Any SIP phone on this machine can call too, without an account: sip:%s@%s, then press 1.\n", demoNumber, e.SIP)
	}
}

// serves reports whether there is something at a URL.
func serves(url string) bool {
	client := http.Client{Timeout: stopWithin}
	resp, err := client.Get(url)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
