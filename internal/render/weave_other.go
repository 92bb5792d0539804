//go:build !amd64

package render

// fastLoom is the fastest that this machine has.
func fastLoom() loom { return plainLoom() }
