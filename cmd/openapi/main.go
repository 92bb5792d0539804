// Command openapi writes the OpenAPI document of all calls, from their routes and the examples in the source tree. Run it with
// `go generate ./internal/web/openapi`.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/exchange"
	"github.com/filmgate/filmgate/internal/dialect/openapi"
	"github.com/filmgate/filmgate/internal/node/routes"
)

func main() {
	root := flag.String("root", ".", "folder of the source tree, which has the examples")
	out := flag.String("o", "openapi.json", "file to write")
	flag.Parse()
	doc, err := document(*root)
	if err == nil {
		err = os.WriteFile(*out, doc, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// document returns the document of all routes, with the examples of the source tree at root.
func document(root string) ([]byte, error) {
	return openapi.Write(openapi.Source{
		Title: "Filmgate", Summary: "Videos from prompts and pictures, on a server of your own.", Version: "1.0.0", Text: dialect.Introduction,
		Chapters: routes.Chapters(), Routes: routes.Documented(), Events: routes.Events(),
		Load: func(file string, answer bool) ([]byte, error) { return exchange.Side(root, file, answer) },
	})
}
