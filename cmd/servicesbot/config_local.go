package main

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/buildkite/shellwords"

	"servicesbot/whmcs/local"
)

// oneWay wants nothing of HTTP beside the command of the Local API.
func (p *problems) oneWay(e *environment) {
	var beside []string
	for _, s := range []struct{ name, value string }{
		{"WHMCS_URL", e.WHMCSURL}, {"WHMCS_IDENTIFIER", e.WHMCSIdentifier.Reveal()}, {"WHMCS_SECRET", e.WHMCSSecret.Reveal()},
		{"WHMCS_USERNAME", e.WHMCSUsername.Reveal()}, {"WHMCS_PASSWORD", e.WHMCSPassword.Reveal()},
		{"WHMCS_ACCESS_KEY", e.WHMCSAccessKey.Reveal()}, {"WHMCS_BASIC_AUTH", e.WHMCSBasicAuth.Reveal()},
	} {
		if s.value != "" {
			beside = append(beside, s.name)
		}
	}
	if len(beside) > 0 {
		p.add("WHMCS_LOCAL_COMMAND and "+beside[0], "are both set: to use the Local API remove %s; to use HTTP remove WHMCS_LOCAL_COMMAND", strings.Join(beside, ", "))
	}
}

// shellOnly are words that mean something to a shell and nothing to a program.
var shellOnly = []string{";", "&", "&&", "|", "||", "<", ">", ">>", "2>&1", "2>/dev/null"}

// localCommand splits a command like a shell's words. What only a shell does is refused: it
// would be an argument, and the failure hard to understand.
func (p *problems) localCommand(text string) []string {
	if text == "" {
		return nil
	}
	const name = "WHMCS_LOCAL_COMMAND"
	words, err := shellwords.SplitPosix(text)
	needsShell := slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains(shellOnly, w) || strings.HasSuffix(w, ";") || strings.HasPrefix(w, "~/") || strings.HasPrefix(w, "$")
	})
	switch {
	case err != nil:
		p.add(name, "has a quote or a backslash that nothing follows")
	case len(words) == 0:
		p.add(name, "names no program")
	case needsShell:
		p.add(name, "is run without a shell: write paths out, without ~ and $, and one command, without ; & | < and >")
	default:
		return words
	}
	return nil
}

// openWay chooses the way to WHMCS. The function that it returns ends what was started for
// it, and must be called.
func (c *config) openWay() (end func(), err error) {
	if len(c.worker.Command) == 0 {
		return func() {}, nil
	}
	workers, err := c.workers(c.log)
	if err != nil {
		return nil, err
	}
	c.whmcs.Way = workers
	return workers.Close, nil
}

func (c *config) workers(log *slog.Logger) (*local.Workers, error) {
	cfg := c.worker
	cfg.Timeout, cfg.Log = c.whmcs.Timeout, log
	return local.New(cfg)
}
