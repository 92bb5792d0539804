// Package exchange reads exchange files: examples of requests and the answers to them. The tests of dialects play them, and
// the OpenAPI document shows them.
//
// A file holds exchanges one after another:
//
//	== what it shows
//	POST /api/v1/create
//	Authorization: Bearer good
//
//	{"seconds": 5}
//	=> 200
//	Content-Type: application/json
//
//	{"task": {}}
//
// A body may be "@name": the content of that file in the same folder.
package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Exchange is one request and the answer it must get.
type Exchange struct {
	Name           string // what it shows
	Method, Target string
	Header         textproto.MIMEHeader
	Body           []byte
	Status         int
	WantHeader     textproto.MIMEHeader
	Want           []byte
}

// Read reads a file. The error names the file and the exchange that is not well formed.
func Read(file string) ([]Exchange, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []Exchange
	for part := range strings.SplitSeq("\n"+string(text), "\n== ") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		x, err := parse(filepath.Dir(file), part)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", file, x.Name, err)
		}
		all = append(all, x)
	}
	return all, nil
}

// Side returns one body of an exchange named as "file.http#what it shows": of its answer, or of its request. Of any other
// file it returns the content. The name is relative to root.
func Side(root, name string, answer bool) ([]byte, error) {
	file, shows, ok := strings.Cut(name, "#")
	if !ok {
		return os.ReadFile(filepath.Join(root, file))
	}
	all, err := Read(filepath.Join(root, file))
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(x Exchange) bool { return x.Name == shows })
	switch {
	case at < 0:
		return nil, fmt.Errorf("%s has no exchange %q", file, shows)
	case answer:
		return all[at].Want, nil
	default:
		return all[at].Body, nil
	}
}

// parse reads one exchange, which begins with its name.
func parse(folder, text string) (x Exchange, err error) {
	var rest, first string
	x.Name, rest, _ = strings.Cut(text, "\n")
	request, answer, ok := strings.Cut(rest, "\n=> ")
	if !ok {
		return x, errors.New("has no answer")
	}
	if first, x.Header, x.Body, err = message(folder, request); err != nil {
		return x, err
	}
	x.Method, x.Target, _ = strings.Cut(first, " ")
	if first, x.WantHeader, x.Want, err = message(folder, answer); err != nil {
		return x, err
	}
	x.Status, err = strconv.Atoi(strings.TrimSpace(first))
	return x, err
}

// message splits a text into its first line, headers and body.
func message(folder, text string) (first string, header textproto.MIMEHeader, body []byte, err error) {
	first, rest, _ := strings.Cut(text, "\n")
	head, tail, _ := strings.Cut("\n"+rest, "\n\n")
	header, err = textproto.NewReader(bufio.NewReader(strings.NewReader(strings.TrimPrefix(head, "\n") + "\n\n"))).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return first, nil, nil, err
	}
	tail = strings.TrimSpace(tail)
	if name, ok := strings.CutPrefix(tail, "@"); ok {
		body, err = os.ReadFile(filepath.Join(folder, name))
		return first, header, bytes.TrimSpace(body), err
	}
	return first, header, []byte(tail), nil
}
