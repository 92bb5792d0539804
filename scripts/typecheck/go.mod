// The check is a module of its own: what it needs is no part of the program.
module github.com/filmgate/filmgate/scripts/typecheck

go 1.26.0

require golang.org/x/tools v0.47.0

require (
	golang.org/x/mod v0.37.0 // indirect
	golang.org/x/sync v0.21.0 // indirect
)
