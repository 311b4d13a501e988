package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// healthTimeout is how long a healthy process may take to say so. Docker gives a
// check 30 s.
const healthTimeout = 5 * time.Second

func (p *process) healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask the bot on this machine whether it is healthy",
		Long: `Asks /healthz at HTTP_ADDR, where the bot serves it. The exit code is 0 if the bot
is healthy, and 1 if it is not or does not answer within 5 seconds. This is for the
HEALTHCHECK of a container without a shell.

A bot that cannot reach Slack or WHMCS is healthy, because a restart would not help.
For that, watch /readyz.`,
		Example: `  HTTP_ADDR=127.0.0.1:8080 servicesbot health`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			addr, err := p.healthAddr()
			if err != nil {
				return err
			}
			if err := askHealth(c.Context(), addr); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "healthy: the bot at %s runs\n", addr)
			return err
		},
	}
}

// healthAddr is where this machine reaches what listens at HTTP_ADDR. The other settings
// belong to the process that is asked.
func (p *process) healthAddr() (string, error) {
	var wrong problems
	value, _ := withFiles(p.env, &wrong).Lookup("HTTP_ADDR")
	wrong.addr(value)
	if err := wrong.err(); err != nil {
		return "", err
	}
	if value == "" {
		return "", errors.New("HTTP_ADDR: is not set, so there is no health check; set it for the bot and here, such as 127.0.0.1:8080")
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip == netip.IPv4Unspecified() {
		host = "127.0.0.1"
	} else if err == nil && ip.IsUnspecified() {
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}

func askHealth(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		return err
	}
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // never through a proxy
	resp, err := hc.Do(req)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("not healthy: the bot at %s does not answer within %s", addr, healthTimeout)
	case err != nil:
		return fmt.Errorf("not healthy: nothing answers at %s; is the bot running with the same HTTP_ADDR? (%w)", addr, withoutURL(err))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusServiceUnavailable:
		return fmt.Errorf("not healthy: the bot at %s runs, but has stopped reading events; restart it", addr)
	}
	return fmt.Errorf("not healthy: at %s another program answers (HTTP %d)", addr, resp.StatusCode)
}

// withoutURL returns err without the address of the call, which may hold a secret.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
