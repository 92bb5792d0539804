module github.com/filmgate/filmgate

go 1.26.0

require (
	code.dny.dev/ssrf v0.3.0
	golang.org/x/image v0.47.0
)
