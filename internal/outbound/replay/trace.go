package replay

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The lines that divide a file.
const (
	firstLine   = "filmgate replay v1"
	requestLine = "=== request"
	answerLine  = "=== answer"
	base64Line  = "(base64)"
)

// exchange is a request with its answer.
type exchange struct {
	request Request
	answer  Answer
}

// format returns the file of the given exchanges. Bodies that are not plain text are in base64.
func format(all []exchange) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, firstLine)
	for _, x := range all {
		fmt.Fprintf(&b, "\n%s\n%s %s\n", requestLine, x.request.Method, x.request.URL)
		writeMessage(&b, x.request.Header, x.request.Body)
		fmt.Fprintf(&b, "%s\n%d\n", answerLine, x.answer.Status)
		writeMessage(&b, x.answer.Header, x.answer.Body)
	}
	return b.Bytes()
}

func writeMessage(b *bytes.Buffer, h http.Header, body []byte) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fmt.Fprintf(b, "%s: %s\n", name, value)
		}
	}
	if len(body) == 0 {
		return
	}
	if isPlainText(body) {
		fmt.Fprintf(b, "\n%s\n", body)
		return
	}
	fmt.Fprintf(b, "\n%s\n", base64Line)
	for chunk := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(body)), 100) {
		fmt.Fprintf(b, "%s\n", chunk)
	}
}

// isPlainText reports whether a body can be written to the file unchanged and read back the same.
func isPlainText(body []byte) bool {
	s := string(body)
	return utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\r") && !strings.HasPrefix(s, base64Line) && !strings.Contains("\n"+s, "\n===")
}

// parse reads a file that format or a person wrote.
func parse(file string) ([]exchange, error) {
	rest, ok := strings.CutPrefix(file, firstLine+"\n")
	if !ok {
		return nil, fmt.Errorf("the first line is not %q", firstLine)
	}
	var all []exchange
	for i, part := range strings.Split("\n"+rest, "\n"+requestLine+"\n") {
		if i == 0 {
			if strings.TrimSpace(part) != "" {
				return nil, fmt.Errorf("text before the first %q", requestLine)
			}
			continue
		}
		x, err := parseExchange(part)
		if err != nil {
			return nil, fmt.Errorf("exchange %d: %w", i, err)
		}
		all = append(all, x)
	}
	return all, nil
}

func parseExchange(part string) (exchange, error) {
	request, answer, ok := strings.Cut(part, "\n"+answerLine+"\n")
	if !ok {
		return exchange{}, fmt.Errorf("it has no %q", answerLine)
	}
	first, request, _ := strings.Cut(request, "\n")
	method, url, ok := strings.Cut(first, " ")
	if !ok {
		return exchange{}, fmt.Errorf("%q is not a method and a URL", first)
	}
	// The empty line before the next exchange, or at the end of the file, is not part of the body.
	first, answer, _ = strings.Cut(strings.TrimSuffix(answer, "\n"), "\n")
	status, err := strconv.Atoi(first)
	if err != nil {
		return exchange{}, fmt.Errorf("%q is not a status", first)
	}
	x := exchange{Request{Method: method, URL: url}, Answer{Status: status}}
	if x.request.Header, x.request.Body, err = parseMessage(request); err != nil {
		return exchange{}, err
	}
	x.answer.Header, x.answer.Body, err = parseMessage(answer)
	return x, err
}

// parseMessage reads headers, an empty line and a body.
func parseMessage(s string) (http.Header, []byte, error) {
	h := http.Header{}
	for s != "" {
		var line string
		line, s, _ = strings.Cut(s, "\n")
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, nil, fmt.Errorf("%q is not a header", line)
		}
		h.Add(name, value)
	}
	packed, ok := strings.CutPrefix(s, base64Line+"\n")
	if !ok {
		return h, []byte(s), nil
	}
	body, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(packed, "\n", ""))
	if err != nil {
		return nil, nil, fmt.Errorf("the body's base64: %w", err)
	}
	return h, body, nil
}
