package main

import (
	"strings"

	"github.com/spf13/cobra"

	"servicesbot/whmcs/query"
)

// completeQuestion completes the last word of a question: a key, or a value of
// those that a key has a list of.
func completeQuestion(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	at := strings.LastIndexByte(typed, ' ') + 1
	before, word := typed[:at], typed[at:]
	if rest, excludes := strings.CutPrefix(word, "-"); excludes {
		before, word = before+"-", rest
	}
	name, value, isKey := strings.Cut(word, ":")
	if isKey {
		return completeValue(before+name+":", name, value), directive
	}
	var all []cobra.Completion
	for _, k := range query.Keys() {
		if strings.HasPrefix(k.Name, strings.ToLower(word)) {
			all = append(all, cobra.CompletionWithDesc(before+k.Name+":", k.Line()))
		}
	}
	return all, directive
}

// completeValue completes the last value of a comma list.
func completeValue(before, name, list string) []cobra.Completion {
	k, _ := query.LookupKey(name)
	at := strings.LastIndexByte(list, ',') + 1
	var all []cobra.Completion
	for _, v := range k.Values {
		if strings.HasPrefix(v, strings.ToLower(list[at:])) {
			all = append(all, before+list[:at]+v)
		}
	}
	return all
}
