module github.com/filmgate/filmgate

go 1.26.0
