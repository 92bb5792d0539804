// Package filmgate holds the documents of the repository, which the program serves at /docs. It has no other API.
package filmgate

import (
	"embed"
	"io/fs"
)

//go:embed docs CHANGELOG.md CONTRIBUTING.md SECURITY.md examples/typescript/*.ts examples/typescript/mcp/*.ts examples/typescript/webhook/*.ts
var documents embed.FS

// Documents returns the documents, the pictures that they show and the examples that they link to, by their paths in the repository.
func Documents() fs.FS { return documents }
