package whmcs

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is printed in the place of a Secret.
const redacted = "[redacted]"

// A Secret is a token or a password. However it is printed, formatted, logged or
// marshalled, it reads "[redacted]"; only Reveal gives the text, for the one place
// that puts it on the wire.
type Secret string

// Reveal returns the secret's text.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for an empty secret, so that logs can show
// a missing secret from one that is set.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format keeps every verb, %x and %q among them, from printing the text.
func (s Secret) Format(f fmt.State, verb rune) { io.WriteString(f, s.String()) }

// MarshalText is what JSON, XML and text encoders write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is what slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
