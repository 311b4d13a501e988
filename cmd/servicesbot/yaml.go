package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// printYAML writes v as YAML, by way of its JSON, so that the two cannot differ. An
// item of a list that remarks names gets its remark behind it.
func printYAML(w io.Writer, v any, remarks map[string]string) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber()
	lines, _, err := yamlLines(in)
	if err != nil {
		return err
	}
	for _, line := range lines {
		item := strings.TrimLeft(line, "- ")
		if why := remarks[item]; why != "" && strings.HasSuffix(line, "- "+item) {
			line += " # " + why
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// yamlLines reads one value of in and returns it as lines of YAML. plain tells that
// it stands on the line of its key.
func yamlLines(in *json.Decoder) (lines []string, plain bool, err error) {
	token, err := in.Token()
	if err != nil {
		return nil, false, err
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return []string{yamlScalar(token)}, true, nil
	}
	for in.More() {
		var key json.Token
		if token == json.Delim('{') {
			if key, err = in.Token(); err != nil {
				return nil, false, err
			}
		}
		value, plain, err := yamlLines(in)
		if err != nil {
			return nil, false, err
		}
		switch {
		case key == nil:
			lines = append(lines, indented("- ", value)...)
		case plain:
			lines = append(lines, fmt.Sprintf("%s: %s", key, value[0]))
		default:
			lines = append(append(lines, fmt.Sprintf("%s:", key)), indented("  ", value)...)
		}
	}
	_, err = in.Token()
	return lines, false, err
}

// indented puts first before the first line and as much space before the others.
func indented(first string, lines []string) []string {
	for i, line := range lines {
		lines[i] = first + line
		first = "  "
	}
	return lines
}

// yamlWord is a text that YAML takes as it stands; all others are quoted, as JSON
// does it.
var yamlWord = regexp.MustCompile(`^[/A-Za-z_][\w./:-]*$`)

func yamlScalar(token json.Token) string {
	if token == nil {
		return "null"
	}
	text, isText := token.(string)
	if isText && (!yamlWord.MatchString(text) || strings.HasSuffix(text, ":") ||
		slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(text))) {
		quoted, _ := json.Marshal(text) // a text can always be marshalled
		return string(quoted)
	}
	return fmt.Sprint(token)
}
