package local

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

// A stderr takes what a worker writes to its standard error. It logs the class, file
// and line of PHP's fatal errors, and of the rest the number of bytes: PHP's messages
// hold what WHMCS was at work on.
type stderr struct {
	log *slog.Logger

	mu    sync.Mutex
	n     int
	line  []byte
	class string // of a fatal error whose place comes in a later line
}

// maxErrorLine is how many bytes of a line are looked at.
const maxErrorLine = 8 << 10

// Write takes a piece of it.
func (s *stderr) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n += len(p)
	for piece := range bytes.Lines(p) {
		s.line = append(s.line, piece[:min(len(piece), maxErrorLine-min(len(s.line), maxErrorLine))]...)
		if bytes.HasSuffix(piece, []byte("\n")) {
			s.read(strings.TrimSpace(string(s.line)))
			s.line = s.line[:0]
		}
	}
	return len(p), nil
}

func (s *stderr) bytes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

var (
	fatal = regexp.MustCompile(`^(?:\[[^]]*\] )?(?:PHP )?(Fatal|Parse|Recoverable fatal) error: +(?:Uncaught ([\w\\]+))?`)
	// place is a path that holds nothing but what names of files do, at the end of the line.
	place = regexp.MustCompile(` in (/[\w./-]+\.(?:php|inc|tpl))(?::| on line )(\d+)$`)
)

// read looks at one whole line.
func (s *stderr) read(line string) {
	if f := fatal.FindStringSubmatch(line); f != nil {
		if s.class = f[2]; s.class == "" {
			s.class = f[1] + " error"
		}
	}
	if s.class == "" {
		return
	}
	if at := place.FindStringSubmatch(line); at != nil {
		s.log.Error("PHP broke in a worker of the Local API", "class", s.class, "file", at[1], "line", at[2])
		s.class = ""
	}
}
