package formatting

import (
	"slices"
	"strings"

	"servicesbot/whmcs/query"
)

// introduction explains the language before its keys.
const introduction = markup("*Ask for services by what you know of them.* All filters must match.\n" +
	"`status:active,suspended` either one    `-product:backup` not this    `product:\"Domain Backup\"` with a space\n" +
	"A word alone looks in product, group, domain, server and at the beginning of clients' names.")

// examples are the keys whose examples the help offers as buttons.
var examples = []string{"client", "domain", "status", "due", "server"}

// Help explains the language, or one key of it.
func (s Style) Help(topic string, v View) Message {
	d := s.draft(v)
	keys := query.Keys()
	if key, ok := keyNamed(keys, topic); ok {
		d.key(key)
		return d.message()
	}
	if topic != "" {
		d.section("There is no key "+code(topic, 100)+". These are all:", nil)
	}
	d.section(introduction, nil)
	d.keys("Asked of WHMCS, so they are quick", keys, func(k query.Key) bool { return !k.Control && k.Pushed != "" })
	d.keys("Tested by the bot, row by row", keys, func(k query.Key) bool { return !k.Control && k.Pushed == "" })
	d.keys("How the answer is shown", keys, func(k query.Key) bool { return k.Control })
	d.row(d.asks(exampleLines(keys))...)
	d.context("More about a key: " + code(s.commandLine("help due"), 100) + " · Passwords are never shown, and nothing is ever changed.")
	return d.message()
}

// keyNamed finds a key by its name or another name of it, in any case.
func keyNamed(keys []query.Key, name string) (query.Key, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	i := slices.IndexFunc(keys, func(k query.Key) bool {
		return name != "" && (k.Name == name || slices.Contains(k.Aliases, name))
	})
	if i < 0 {
		return query.Key{}, false
	}
	return keys[i], true
}

// keys lists those keys that belong to a group, one a line.
func (d *draft) keys(title string, keys []query.Key, belongs func(query.Key) bool) {
	var lines []markup
	for _, k := range keys {
		if belongs(k) {
			lines = append(lines, code(k.Name, 40)+"  "+short(k.Help, 220))
		}
	}
	for i, part := range slices.Collect(slices.Chunk(lines, 10)) {
		if i == 0 {
			part = append([]markup{bold(literal(title))}, part...)
		}
		d.section(join("\n", part...), nil)
	}
}

// key explains one key.
func (d *draft) key(k query.Key) {
	said := bold(code(k.Name, 40)) + "  " + short(k.Help, 500)
	if len(k.Aliases) > 0 {
		said += "\nAlso written " + codes(k.Aliases) + "."
	}
	if len(k.Values) > 0 {
		said += "\nPossible values: " + codes(k.Values) + "."
	}
	d.section(said, nil)
	switch {
	case k.Control:
	case k.Pushed != "":
		d.context("WHMCS is asked for it, so it is quick.")
	default:
		d.context("WHMCS cannot filter by it, so it is tested here, row by row. Together with a client, a domain or a service it is quick.")
	}
	if q, err := query.Parse(k.Example); err == nil {
		d.row(d.ask(q.Lasting().String()))
	}
}

// codes lists words as inline code.
func codes(words []string) markup {
	parts := make([]markup, 0, len(words))
	for _, w := range words {
		parts = append(parts, code(w, 40))
	}
	return join(", ", parts...)
}

// exampleLines are the examples that help and the Home tab offer.
func exampleLines(keys []query.Key) []string {
	var lines []string
	for _, name := range examples {
		if k, ok := keyNamed(keys, name); ok && k.Example != "" {
			lines = append(lines, k.Example)
		}
	}
	if len(lines) == 0 {
		lines = []string{"client:1 status:active"}
	}
	return lines
}
