module github.com/filmgate/filmgate

go 1.26.0

require (
	github.com/golang-jwt/jwt/v5 v5.3.1
	golang.org/x/sys v0.49.0
)
