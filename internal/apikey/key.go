// Package apikey makes, hashes and checks API keys, and holds what a key may do.
//
// What may enter: keys and their limits. What may not: storage, HTTP, anything of a task.
package apikey

import "time"

// Key is a stored API key: never the key itself, only its hash.
type Key struct {
	ID      string // public id, "key_…", shown in lists
	Hash    string // SHA-256 of the whole key, 64 hex digits
	Hint    string // the first characters of the key, to recognise it by
	Account int64  // whose tasks it reads and makes
	Name    string // its owner's word for it
	Scopes  []Scope
	Created time.Time
	Revoked time.Time // zero = in force
}

// Scope is one thing a key may do.
type Scope string

// The scopes.
const (
	Read  Scope = "read"  // see tasks and artifacts
	Write Scope = "write" // make, change and delete them
	Admin Scope = "admin" // keys and settings
)
