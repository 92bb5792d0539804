// Command licenses writes cmd/filmgate/licenses.txt: the licences of all that is part of the program filmgate, which are those of its
// Go modules on each platform that is released, of Go itself, and of the fonts, drawings and scripts in the source tree. Run it with
// `go generate ./cmd/filmgate`.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", ".", "folder of the source tree")
	out := flag.String("o", "licenses.txt", "file to write")
	flag.Parse()
	text, err := document(*root)
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// document returns the file's text.
func document(root string) (string, error) {
	var all []part
	for _, collect := range []func(string) ([]part, error){ownParts, studioParts, goParts, moduleParts} {
		parts, err := collect(root)
		if err != nil {
			return "", err
		}
		all = append(all, parts...)
	}
	return write(all)
}
