package bot_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

var (
	profiles = flag.String("profiles", "", "a folder for CPU and heap profiles of the bots that the load program starts")
	command  = flag.String("command", "", "a built servicesbot for the load program to start; else a copy of the test program plays it")
)

// childEnv says in the environment of this program's copies what they are to be.
const childEnv = "SERVICESBOT_TEST_CHILD"

// TestMain lets a copy of this program be a bot in a process of its own. Of the tests
// it holds that they leave no goroutine behind.
func TestMain(m *testing.M) {
	if kind := os.Getenv(childEnv); kind != "" {
		if err := beChild(kind); err != nil {
			fmt.Fprintln(os.Stderr, kind+":", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*call).DelayDo.func1")) // a client of a cluster that was closed sleeps until its next look
}

// A child is a bot in a process of its own.
type child struct {
	cmd *exec.Cmd
	log *lockedBuffer
}

// startChild starts a bot of a kind, "bot" or "plain", between two fakes. Its log goes
// to the returned child; the load program has it thrown away, unless there are errors.
func startChild(kind, level string, w *slackfake.Workspace, s *whmcsfake.Server, more ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self), log: &lockedBuffer{}}
	if *command != "" && kind == "bot" {
		c.cmd = exec.Command(*command, "serve")
	}
	c.cmd.Env = append(os.Environ(),
		childEnv+"="+kind,
		"SLACK_API_URL="+w.URL(), "SLACK_APP_TOKEN="+w.AppToken(), "SLACK_BOT_TOKEN="+w.BotToken(),
		"WHMCS_URL="+s.URL(), "WHMCS_IDENTIFIER="+whmcsfake.Identifier, "WHMCS_SECRET="+whmcsfake.Secret,
		"WHMCS_MAX_CONCURRENT=64", "WHMCS_ADMIN_URL=https://billing.example.com/admin/", "BOT_ALLOW=everyone",
		"LOG_LEVEL="+level, "PROFILES="+*profiles,
	)
	c.cmd.Env = append(c.cmd.Env, more...)
	c.cmd.Stdout, c.cmd.Stderr = nil, c.log
	return c, c.cmd.Start()
}

// end asks the child to end and waits for it.
func (c *child) end() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// kill ends the child as kill -9 does.
func (c *child) kill() {
	c.cmd.Process.Kill()
	c.cmd.Wait() // its error says only that it was killed
}

// beChild is the main function of a child. SIGTERM ends it.
func beChild(kind string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if dir := os.Getenv("PROFILES"); dir != "" {
		end, err := profile(filepath.Join(dir, fmt.Sprint(kind, ".", os.Getpid())))
		if err != nil {
			return err
		}
		defer end()
	}
	if kind == "plain" {
		return bePlain(ctx)
	}
	return beBot(ctx)
}

// profile writes a CPU profile until end is called, and then one of the heap.
func profile(name string) (end func(), err error) {
	cpu, err := os.Create(name + ".cpu")
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		cpu.Close()
		if heap, err := os.Create(name + ".heap"); err == nil {
			pprof.WriteHeapProfile(heap)
			heap.Close()
		}
	}, nil
}

// beBot is the bot as the command serves it.
func beBot(ctx context.Context) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(os.Getenv("LOG_LEVEL"))); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	status := bot.NewStatus("")
	faults, transport := &panicking{}, http.RoundTripper(nil)
	if os.Getenv(panicsEnv) != "" {
		transport = faults
	}
	var store *bot.Store
	if url := os.Getenv("REDIS_URL"); url != "" {
		var err error
		store, err = bot.OpenStore(ctx, bot.StoreConfig{URL: bot.Secret(url), BotToken: bot.Secret(os.Getenv("SLACK_BOT_TOKEN")), Status: status, Log: log})
		if err != nil {
			return err
		}
		defer store.Close()
		store.Patient(storePatience, bot.DeadBeat)
	}
	billing := whmcs.Config{
		URL: os.Getenv("WHMCS_URL"), Identifier: whmcs.Secret(os.Getenv("WHMCS_IDENTIFIER")), Secret: whmcs.Secret(os.Getenv("WHMCS_SECRET")),
		MaxConcurrent: 64, CacheTTL: 30 * time.Second, Log: log, Observe: status.ObserveWHMCS,
		Transport: transport,
	}
	searches := query.FinderConfig{}
	if store != nil {
		billing.Places = store.Places(billing.URL, billing.MaxConcurrent, 30*time.Second)
		billing.LeftAlone = store.LeftAlone
		searches.Shared = store.Rows(billing.URL)
	}
	api, err := whmcs.New(billing)
	if err != nil {
		return err
	}
	b, err := bot.New(bot.Config{
		AppToken: bot.Secret(os.Getenv("SLACK_APP_TOKEN")), BotToken: bot.Secret(os.Getenv("SLACK_BOT_TOKEN")), SlackURL: os.Getenv("SLACK_API_URL"),
		Allow: bot.Allow{Everyone: true}, UserRate: 30, Status: status, Store: store,
		Log: log, Audit: slog.New(slog.NewJSONHandler(os.Stdout, nil)),
		Answers: &bot.Answers{
			Finder: query.NewFinder(api, searches),
			Style:  formatting.Style{Command: "/services", AdminURL: "https://billing.example.com/admin/"},
			Now:    faults.now,
			Log:    log,
		},
	})
	if err != nil {
		return err
	}
	if addr := os.Getenv("HTTP_ADDR"); addr != "" {
		seen := &http.Server{Addr: addr, Handler: b.Handler(), ReadHeaderTimeout: time.Second}
		defer seen.Close()
		go seen.ListenAndServe() // what it ends with is of no interest
	}
	return b.Run(ctx)
}

// bePlain is the plainest bot that slack-go lends itself to: it acknowledges where it
// reads, makes the same call to WHMCS in a goroutine of its own and posts the same kind of
// message of what came. It has no limits, no checks, no access rules, no cache, no log and no second socket.
func bePlain(ctx context.Context) error {
	api := slack.New(os.Getenv("SLACK_BOT_TOKEN"), slack.OptionAppLevelToken(os.Getenv("SLACK_APP_TOKEN")), slack.OptionAPIURL(os.Getenv("SLACK_API_URL")))
	client := socketmode.New(api)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 100 // else it would dial for most calls
	hc := &http.Client{Transport: transport}
	go func() {
		for e := range client.Events {
			if cmd, ok := e.Data.(slack.SlashCommand); ok {
				client.Ack(*e.Request)
				go plainAnswer(ctx, hc, cmd)
			}
		}
	}()
	if err := client.RunContext(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// plainReply and plainProducts are what it reads of WHMCS's reply. Without services
// products is an empty list, not an object.
type plainReply struct {
	Products json.RawMessage `json:"products"`
}

type plainProducts struct {
	Product []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Domain      string `json:"domain"`
		Status      string `json:"status"`
		ServerName  string `json:"servername"`
		NextDueDate string `json:"nextduedate"`
		Amount      string `json:"recurringamount"`
	} `json:"product"`
}

func plainAnswer(ctx context.Context, hc *http.Client, cmd slack.SlashCommand) {
	err := func() error {
		var client int
		if _, err := fmt.Sscanf(cmd.Text, "client:%d status:active", &client); err != nil {
			return err
		}
		resp, err := hc.PostForm(os.Getenv("WHMCS_URL")+"/includes/api.php", url.Values{
			"action": {"GetClientsProducts"}, "responsetype": {"json"}, "limitnum": {"100"},
			"identifier": {os.Getenv("WHMCS_IDENTIFIER")}, "secret": {os.Getenv("WHMCS_SECRET")}, "clientid": {strconv.Itoa(client)},
		})
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		var reply plainReply
		if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
			return err
		}
		var products plainProducts
		if reply.Products[0] == '{' {
			if err := json.Unmarshal(reply.Products, &products); err != nil {
				return err
			}
		}
		return slack.PostWebhookCustomHTTPContext(ctx, cmd.ResponseURL, hc, plainMessage(client, products))
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "plain:", err)
	}
}

// plainMessage is a post of the same blocks as the bot's answer: the headline, at most
// five services, what can be done, and a line of context.
func plainMessage(client int, products plainProducts) *slack.WebhookMessage {
	n := 0
	id := func() string { n++; return fmt.Sprint("ask.", n) }
	text := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
	}
	button := func(label, value string) *slack.ButtonBlockElement {
		return slack.NewButtonBlockElement(id(), value, slack.NewTextBlockObject(slack.PlainTextType, label, false, false))
	}
	line := fmt.Sprintf("client:%d status:active", client)
	var services []slack.Block
	fallback := ""
	for _, s := range products.Product {
		if s.Status != "Active" {
			continue
		}
		said := fmt.Sprintf("🟢 %s   *<https://billing.example.com/admin/clientsservices.php?userid=%d&amp;id=%s|%s>*   %s\ndue %s · %s · %s",
			s.Status, client, s.ID, cmp.Or(s.Domain, s.Name), s.Name, s.NextDueDate, s.Amount, cmp.Or(s.ServerName, "-"))
		fallback += said + "\n"
		services = append(services, slack.NewSectionBlock(text(said), nil, slack.NewAccessory(button("Details", "service:"+s.ID))))
	}
	headline := fmt.Sprintf("*Client %d* · %d active", client, len(services))
	blocks := []slack.Block{slack.NewSectionBlock(text(headline), nil, nil)}
	options := make([]*slack.OptionBlockObject, 0, 7)
	for _, label := range []string{"Table", "Summary", "CSV file", "Refresh", "Change the question …", "Without client", "Without status"} {
		options = append(options, slack.NewOptionBlockObject(strings.ToLower(label)+" "+line, slack.NewTextBlockObject(slack.PlainTextType, label, false, false), nil))
	}
	more := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, slack.NewTextBlockObject(slack.PlainTextType, "More …", false, false), "choose.1", options...)
	blocks = append(blocks, services[:min(len(services), 5)]...)
	blocks = append(blocks,
		slack.NewActionBlock("", button("Next ›", line+" page:2"), button("Share", line), more),
		slack.NewContextBlock("", text("`/services "+line+"`"), text(fmt.Sprintf("as of <!date^%d^{date_short_pretty} {time}|now> · complete", time.Now().Unix()))),
	)
	return &slack.WebhookMessage{Text: headline + "\n" + fallback, Blocks: &slack.Blocks{BlockSet: blocks}}
}

// rss returns the memory that the child holds now and the most it held since the last
// call, in MiB, as Linux counts them.
func (c *child) rss() (now, most float64, err error) {
	dir := fmt.Sprintf("/proc/%d/", c.cmd.Process.Pid)
	text, err := os.ReadFile(dir + "status")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kib / 1024
		case "VmHWM":
			most = kib / 1024
		}
	}
	return now, most, os.WriteFile(dir+"clear_refs", []byte("5"), 0) // begins the maximum again
}

// cpu returns the CPU time that the child has used.
func (c *child) cpu() (time.Duration, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", c.cmd.Process.Pid))
	if err != nil || len(tasks) == 0 {
		return 0, fmt.Errorf("no account of CPU time: %w", err)
	}
	var all time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			return 0, err
		}
		ran, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			return 0, err
		}
		all += time.Duration(ns)
	}
	return all, nil
}
