package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/local"
)

// aboutWorker is the check of the Local API's worker, which takes the place of address,
// certificate and access.
const aboutWorker = "worker"

const fixWorker = "Put what servicesbot local-worker prints in the place of the worker's file."

// localAPI checks the installation through a worker.
func (d *doctor) localAPI(ctx context.Context) {
	workers, err := d.cfg.workers(nil)
	if err != nil {
		d.problem(aboutWorker, err.Error(), "")
		return
	}
	defer workers.Close()
	v := &visit{doctor: d, wire: &wire{}}
	cfg := d.cfg.whmcs
	cfg.Way, cfg.Log, cfg.CacheTTL = watched{workers, v.wire}, nil, 0
	if v.api, err = whmcs.New(cfg); err != nil {
		d.skip("the settings of WHMCS are not right", aboutWorker, aboutProducts, aboutTimes, aboutReplies, aboutDetails, aboutServers)
		return
	}
	if !v.worker(ctx, workers) {
		d.skip("the check before it failed", aboutProducts, aboutTimes, aboutReplies, aboutDetails, aboutServers)
		return
	}
	if v.page, err = v.get(ctx, whmcs.GetClientsProductsRequest{LimitNum: 1}); err != nil {
		v.trouble(aboutProducts, err)
		d.skip("GetClientsProducts does not work", aboutTimes, aboutReplies, aboutDetails, aboutServers)
		return
	}
	v.ok(aboutProducts, "WHMCS counts %d services", v.page.Of)
	v.examine(ctx)
	workers.Close() // counts what it wrote to standard error
	v.mess(workers.Counts())
}

// worker starts a worker and reports what it says of itself.
func (v *visit) worker(ctx context.Context, workers *local.Workers) bool {
	ctx, cancel := context.WithTimeout(ctx, v.timeout())
	defer cancel()
	g, err := workers.Start(ctx)
	if err != nil {
		v.trouble(aboutWorker, err)
		return false
	}
	version := "a WHMCS that does not say its version"
	if g.WHMCS != "" {
		version = "WHMCS " + g.WHMCS
	}
	v.ok(aboutWorker, "PHP %s with %s, ready in %s", g.PHP, version, g.Took.Round(time.Millisecond))
	if !g.Same {
		v.note(aboutWorker+", file", "the worker's file is not the one of this version of servicesbot", fixWorker)
	}
	return true
}

// mess reports what workers printed beside their answers.
func (v *visit) mess(c local.Counts) {
	if c.Printed > 0 {
		v.note(aboutWorker+", output", fmt.Sprintf("a hook, PHP or a login shell printed %d bytes that are no answers; they are dropped", c.Printed),
			"Find what prints, with the PHP error log: over HTTP it would break replies.")
	}
	if c.Errors > 0 {
		v.note(aboutWorker+", errors", fmt.Sprintf("%d bytes were written to standard error", c.Errors),
			"Run the command of WHMCS_LOCAL_COMMAND by hand to read them.")
	}
	if c.Replaced > 0 {
		v.note(aboutReplies+", text", fmt.Sprintf("%d rows hold bytes that are not UTF-8 and are shown as \uFFFD", c.Replaced),
			"Look for the character set of WHMCS's database and of its connection ($mysql_charset in configuration.php).")
	}
}

// watched is a way whose replies are noted.
type watched struct {
	whmcs.Way
	notes *wire
}

// Call makes the call and notes what the reply was like.
func (w watched) Call(ctx context.Context, action string, params url.Values) (*whmcs.Reply, error) {
	reply, err := w.Way.Call(ctx, action, params)
	noted := shape{}
	if err == nil {
		noted = shapeOf(reply.Body)
	}
	w.notes.mu.Lock()
	defer w.notes.mu.Unlock()
	w.notes.shape = noted
	return reply, err
}
