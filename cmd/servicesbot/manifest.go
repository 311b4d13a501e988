package main

import (
	"cmp"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"servicesbot/whmcs/query"
)

// What the bot needs from Slack. The manifest asks for it, the doctor checks that the
// token has it, and SECURITY.md says why.
var (
	botScopes = []scope{
		{"commands", "the slash command and both shortcuts"},
		{"chat:write", "answers"},
		{"app_mentions:read", "questions asked by mentioning the bot"},
		{"im:history", "questions asked in a direct message to the bot; no other messages are read"},
		{"im:read", "whether a direct message is shared with another company"},
		{"im:write", "a direct message to the asker, if there is no other place for an answer"},
		{"channels:read", "whether a public channel is shared with another company"},
		{"groups:read", "whether a private channel that the bot is in is shared with another company"},
		{"mpim:read", "whether a group message that the bot is in is shared with another company"},
		{"users:read", "whether the asker is a member, a guest, an outsider or deactivated; no e-mail addresses"},
		{"usergroups:read", "the members of the user groups that may ask"},
		{"files:write", "answers as CSV files"},
	}
	botEvents = []string{
		"app_mention", "message.im", "app_home_opened",
		"channel_shared", "channel_unshared", "channel_id_changed", // what is known of a channel is then looked up again
	}
	botShortcuts = []shortcut{
		{Name: "Find services", Type: "global", CallbackID: "find_services", Description: "Open the search form"},
		{Name: "Find services here", Type: "message", CallbackID: "find_services_here", Description: "Look up domains, addresses and ids in this message"},
	}
)

// A scope is a permission of the bot token.
type scope struct{ name, why string }

// A manifest is what Slack makes an app from. Keys and limits are those of Slack's
// manifest schema, major version 2, which refuses keys that it does not know.
type manifest struct {
	Metadata manifestVersion `json:"_metadata"`
	Display  display         `json:"display_information"`
	Features features        `json:"features"`
	OAuth    oauth           `json:"oauth_config"`
	Settings settings        `json:"settings"`
}

type manifestVersion struct {
	Major int `json:"major_version"`
	Minor int `json:"minor_version"`
}

type display struct {
	Name            string `json:"name"`
	Description     string `json:"description"`
	LongDescription string `json:"long_description"`
}

type features struct {
	Home      home           `json:"app_home"`
	Bot       botUser        `json:"bot_user"`
	Commands  []slashCommand `json:"slash_commands"`
	Shortcuts []shortcut     `json:"shortcuts"`
}

type home struct {
	Home             bool `json:"home_tab_enabled"`
	Messages         bool `json:"messages_tab_enabled"`
	MessagesReadOnly bool `json:"messages_tab_read_only_enabled"`
}

type botUser struct {
	Name         string `json:"display_name"`
	AlwaysOnline bool   `json:"always_online"`
}

// A slashCommand has should_escape off, so that domains arrive as they were typed.
type slashCommand struct {
	Command      string `json:"command"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint"`
	ShouldEscape bool   `json:"should_escape"`
}

type shortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // global or message
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

type oauth struct {
	Scopes struct {
		Bot []string `json:"bot"`
	} `json:"scopes"`
}

type settings struct {
	Events struct {
		Bot []string `json:"bot_events"`
	} `json:"event_subscriptions"`
	Interactivity struct {
		Enabled bool `json:"is_enabled"`
	} `json:"interactivity"`
	OrgDeploy     bool `json:"org_deploy_enabled"`
	SocketMode    bool `json:"socket_mode_enabled"`
	TokenRotation bool `json:"token_rotation_enabled"`
}

// newManifest is the app for a slash command of this name.
func newManifest(command string) *manifest {
	m := &manifest{
		Metadata: manifestVersion{Major: 2, Minor: 1},
		Display: display{
			Name:        "servicesbot",
			Description: "Answers what a customer bought, from WHMCS. It only reads.",
			LongDescription: "Answers questions about the services of customers from WHMCS: status, due date, amount, server and more, " +
				"by client, domain, product, server or any other field. Answers are private unless somebody shares them, " +
				"and go to nobody outside this organisation. It only reads and changes nothing in WHMCS.",
		},
		Features: features{
			Home: home{Home: true, Messages: true},
			Bot:  botUser{Name: "servicesbot", AlwaysOnline: true},
			Commands: []slashCommand{{
				Command: command, Description: "Find what customers bought",
				UsageHint: usageHint(),
			}},
			Shortcuts: botShortcuts,
		},
	}
	for _, s := range botScopes {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, s.name)
	}
	m.Settings.Events.Bot = botEvents
	m.Settings.Interactivity.Enabled = true // without an address: Socket Mode carries clicks
	m.Settings.SocketMode = true
	return m
}

// usageHint is what Slack shows while somebody types the command: the example of
// the first key.
func usageHint() string { return query.Keys()[0].Example }

func (p *process) manifestCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "manifest",
		Short: "Print the manifest that Slack makes the app from",
		Long: `Prints the app's manifest: its slash command (BOT_COMMAND), shortcuts, events and
scopes, each scope with its reason. Paste it at https://api.slack.com/apps, Create
New App, From a manifest; or, for an existing app, under App Manifest. The only setting
it reads is BOT_COMMAND.`,
		Example: `  servicesbot manifest
  BOT_COMMAND=/whmcs servicesbot manifest --json > manifest.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			command, err := p.command()
			if err != nil {
				return err
			}
			m := newManifest(command)
			if asJSON {
				return printJSON(c.OutOrStdout(), m)
			}
			return printYAML(c.OutOrStdout(), m, scopeReasons())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, without the reasons")
	return c
}

// command is the slash command that is set. It reads no other setting: before there is an
// app there are none.
func (p *process) command() (string, error) {
	var wrong problems
	value, _ := withFiles(p.env, &wrong).Lookup("BOT_COMMAND")
	command := wrong.command(cmp.Or(value, defaultCommand))
	return command, wrong.err()
}

// scopeReasons is the reason for each scope by its name.
func scopeReasons() map[string]string {
	reasons := make(map[string]string, len(botScopes))
	for _, s := range botScopes {
		reasons[s.name] = s.why
	}
	return reasons
}

// printYAML writes v as YAML, by way of its JSON, which is YAML too, so that the two
// cannot differ. An item of a list that has a remark gets it as a comment.
func printYAML(w io.Writer, v any, remarks map[string]string) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Load(content, &document); err != nil {
		return err
	}
	if err := plainStyle(&document, remarks); err != nil {
		return err
	}
	text, err := yaml.Dump(&document, yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// plainStyle takes JSON's brackets and quotes from n and all below it. Encode puts those
// quotes back that YAML needs: those of "yes" too, which YAML 1.1 reads as true.
func plainStyle(n *yaml.Node, remarks map[string]string) error {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		return n.Encode(n.Value)
	}
	for _, child := range n.Content {
		if err := plainStyle(child, remarks); err != nil {
			return err
		}
		if n.Kind == yaml.SequenceNode && child.Kind == yaml.ScalarNode {
			child.LineComment = remarks[child.Value]
		}
	}
	return nil
}
