// Package apikey makes, hashes and checks API keys. A [Key] is what is stored of a key, with what it may do; a [Secret] is a
// text, such as the key itself, that must not be printed.
//
// Storage, HTTP and tasks do not belong here.
package apikey

import "time"

// Key is a stored API key. It holds the hash of the key, never the key itself.
type Key struct {
	ID      string // public id, "key_…", shown in lists
	Hash    string // SHA-256 of the whole key, 64 hex digits
	Hint    string // the first characters of the key, by which its owner recognizes it
	Account int64  // the account whose tasks it may read and make
	Name    string // name given by its owner
	Scopes  []Scope
	Created time.Time
	Revoked time.Time // zero = not revoked
}

// Query selects keys. A field that is zero does not restrict it.
type Query struct {
	ID   string // of a key, which is also the access key that clients sign tokens with
	Hash string
}

// Scope is a permission of a key.
type Scope string

// The scopes.
const (
	Read  Scope = "read"  // read tasks and artifacts
	Write Scope = "write" // create, change and delete them
	Admin Scope = "admin" // manage the account's keys; in the operator's account, see how the engines do
)
