// Command typecheck checks the types of a program and of all that it imports as another operating system compiles them, from source.
// Compiling it takes ten times as long.
//
//	typecheck FOLDER OS PACKAGE
package main

import (
	"fmt"
	"os"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: typecheck FOLDER OS PACKAGE")
		os.Exit(2)
	}
	folder, system, pattern := os.Args[1], os.Args[2], os.Args[3]
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes,
		Dir: folder,
		Env: append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH=amd64"),
	}, pattern)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if packages.PrintErrors(loaded) > 0 {
		os.Exit(1)
	}
}
