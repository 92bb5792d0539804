package apikey

import (
	"fmt"
	"io"
)

// masked is all that is ever printed of a Secret.
const masked = "***"

// Secret is a key, password or token that must not reach a log: however it is printed, formatted or marshalled it is
// "***" (but for a map's key in JSON, where Go asks no method). Who must have the text itself converts it, string(s),
// and so says so.
type Secret string

// String is "***".
func (Secret) String() string { return masked }

// Format writes "***" whatever the verb, so that a wrong one (%d) or %#v doesn't give the text away.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalText is "***": JSON and slog use it.
func (Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }
