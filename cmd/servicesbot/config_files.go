package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sethvargo/go-envconfig"
)

// secretFileAtMost bounds what is read of a NAME_FILE.
const secretFileAtMost = 64 << 10

// withFiles adds NAME_FILE to a lookuper: the content of the file that it names,
// trimmed. Blank values count as not set, so that the default applies. A file that gives
// no value is a problem that p notes; that its setting is missing is then not another.
func withFiles(env envconfig.Lookuper, p *problems) envconfig.Lookuper {
	return envconfig.LookuperFunc(func(name string) (string, bool) {
		value, _ := env.Lookup(name)
		file, _ := env.Lookup(name + "_FILE")
		value, file = strings.TrimSpace(value), strings.TrimSpace(file)
		switch {
		case value != "" && file != "":
			p.add(name+"_FILE", "is set, and so is %s: keep one of them", name)
		case file != "":
			var err error
			if value, err = readFile(file); err != nil {
				p.add(name+"_FILE", "%v", err)
				p.noted = append(p.noted, name)
			}
		}
		return value, value != ""
	})
}

// readFile returns what a file holds, trimmed. The error does not name the file: where
// somebody set NAME_FILE to the secret itself, it would print that secret.
func readFile(name string) (string, error) {
	f, err := os.Open(name)
	var content []byte
	if err == nil {
		defer f.Close()
		content, err = io.ReadAll(io.LimitReader(f, secretFileAtMost+1))
	}
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		err = failed.Err
	}
	value := strings.TrimSpace(strings.TrimPrefix(string(content), "\ufeff"))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot be read: %w", err)
	case len(content) > secretFileAtMost:
		return "", fmt.Errorf("holds more than %d bytes", secretFileAtMost)
	case value == "":
		return "", errors.New("is empty")
	}
	return value, nil
}
