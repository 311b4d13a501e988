package formatting

import (
	"slices"
	"strings"

	"servicesbot/whmcs/query"
)

// introduction explains the language before its keys.
const introduction = markup("*Ask for services by what you know of them:* a domain, a name, an address, a number. All of it must match.\n" +
	"`status:active,suspended` either one\n`-product:backup` not this\n`product:\"Domain Backup\"` with a space")

// Examples are questions that find something in any installation.
var Examples = []string{"due:overdue status:active", "due:<7d sort:due", "status:suspended", "registered:<7d", "as:summary"}

// uses are the keys by what one has them for.
var uses = []struct {
	title string
	keys  []string
}{
	{"Whose", []string{"client", "email", "username", "order", "service"}},
	{"What", []string{"domain", "product", "group", "server", "ip"}},
	{"In which state", []string{"status", "cycle", "payment", "amount", "qty"}},
	{"When", []string{"due", "registered"}},
	{"Shown how", []string{"as", "sort", "page", "rows"}},
}

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
	d.row(d.asks(Examples)...)
	d.section(join("\n", keysByUse(keys)...), nil)
	d.context("More about a key: " + code(s.commandLine("help due"), 100) + dot + "Passwords are never shown, and nothing is ever changed.")
	return d.message()
}

// keysByUse lists the names of all keys, those of one use in a line.
func keysByUse(keys []query.Key) []markup {
	var lines []markup
	var rest []string
	for _, k := range keys {
		rest = append(rest, k.Name)
	}
	for _, use := range uses {
		lines = append(lines, bold(literal(use.title))+gap+codes(use.keys))
		rest = slices.DeleteFunc(rest, func(name string) bool { return slices.Contains(use.keys, name) })
	}
	if len(rest) > 0 {
		lines = append(lines, bold("Also")+gap+codes(rest))
	}
	return lines
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
	d.section(join("\n", forms(k.Forms)...), nil)
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

// forms says how values are written: first what needs no word, in one line, then a line each.
func forms(all []query.Form) []markup {
	var plain []string
	var lines []markup
	for _, f := range all {
		if f.Means == "" {
			plain = append(plain, f.Text)
			continue
		}
		lines = append(lines, join(" ", code(f.Text, 40), short(f.Means, 100)))
	}
	if len(plain) == 0 {
		return lines
	}
	return append([]markup{codes(plain)}, lines...)
}

// codes lists words as inline code.
func codes(words []string) markup {
	parts := make([]markup, 0, len(words))
	for _, w := range words {
		parts = append(parts, code(w, 40))
	}
	return join(", ", parts...)
}
