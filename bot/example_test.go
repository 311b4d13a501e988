package bot_test

import (
	"context"
	"fmt"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// Who may ask is a list of ids.
func ExampleParseAllow() {
	allow, err := bot.ParseAllow("U0ALICE, S0SUPPORT, C0INCIDENT")
	fmt.Println(allow.Users, allow.Groups, allow.Channels, allow.Everyone, err)
	_, err = bot.ParseAllow("U0ALICE, bob, #support")
	fmt.Println(err)
	// Output:
	// [U0ALICE] [S0SUPPORT] [C0INCIDENT] false <nil>
	// "bob", the item at place 3 are not Slack ids: list user ids (U…), user group ids (S…), channel ids (C…), with commas between, or everyone
}

// A bot between a Slack and a WHMCS in memory answers a command.
func ExampleBot_Run() {
	installation := whmcsfake.New(whmcsfake.Config{})
	workspace, err := slackfake.New(slackfake.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, start := range []func() error{installation.Start, workspace.Start} {
		if err := start(); err != nil {
			fmt.Println(err)
			return
		}
	}
	defer installation.Close()
	defer workspace.Close()

	api, err := whmcs.New(whmcs.Config{URL: installation.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := bot.New(bot.Config{
		AppToken: bot.Secret(workspace.AppToken()), BotToken: bot.Secret(workspace.BotToken()), SlackURL: workspace.URL(),
		Allow:   bot.Allow{Everyone: true},
		Answers: &bot.Answers{Finder: query.NewFinder(api, query.FinderConfig{}), Style: formatting.Style{Command: "/services"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	ended := make(chan error)
	go func() { ended <- b.Run(ctx) }()

	if err := workspace.WaitSockets(ctx, 1); err != nil {
		fmt.Println(err)
	}
	if _, err := workspace.Slash("alice", "#support", "/services client:1 status:active"); err != nil {
		fmt.Println(err)
	}
	m, err := workspace.WaitMessage(ctx, "alice", "#support", "demodomain2.net")
	fmt.Println(m.Ephemeral, m.Shows("1 service"), err)
	stop()
	fmt.Println(<-ended)
	// Output:
	// true true <nil>
	// <nil>
}
