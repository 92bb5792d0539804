package apikey

import (
	"fmt"
	"io"
)

// masked is what is printed for a Secret.
const masked = "***"

// Secret is a key, password or token that must not reach a log. Printed, formatted or marshalled it is "***", except as the
// key of a map in JSON, where encoding/json calls no method. The conversion string(s) returns the text itself.
type Secret string

// String returns "***".
func (Secret) String() string { return masked }

// Format writes "***" for every verb, so that %#v or a wrong verb such as %d does not print the text.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalText returns "***", for JSON and slog.
func (Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }
