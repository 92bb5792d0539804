package makevid

import (
	"fmt"
	"strings"
	"testing"
)

// bound is a request just inside or just outside a limit.
type bound struct {
	name, body string
	want       string // the fault, "field: detail" in one line; "" = the request is taken
}

// holdBounds sends each request. The answer must name the expected error, and no other.
func holdBounds(t *testing.T, path string, all []bound) {
	t.Helper()
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			_, h := standing()
			w := send(h, "POST", path, b.body)
			if b.want == "" {
				if w.Code != 200 {
					t.Errorf("%d %s, want it taken", w.Code, w.Body)
				}
				return
			}
			field, detail, _ := strings.Cut(b.want, ": ")
			problem := fmt.Sprintf(`"errors":[{"pointer":"#/%s","detail":%q}]`, field, detail)
			envelope := fmt.Sprintf(`{"code":1201,"message":%q,`, strings.ReplaceAll(field, "/", ".")+": "+detail)
			if w.Code != 400 || !strings.Contains(w.Body.String(), problem) && !strings.HasPrefix(w.Body.String(), envelope) {
				t.Errorf("%d %s\nwant %s", w.Code, w.Body, b.want)
			}
		})
	}
}

// long returns a text of that many characters, of two bytes each.
func long(characters int) string { return strings.Repeat("é", characters) }

// urlOf returns a URL of that many bytes.
func urlOf(bytes int) string {
	const head = "https://a.example/"
	return head + strings.Repeat("x", bytes-len(head))
}

func tooLong(field string, has, most int) string {
	return fmt.Sprintf("%s: has %d characters; at most %d are allowed", field, has, most)
}

// anyPicture returns the bounds of a field that names a picture. with adds the field to a body.
func anyPicture(field string, with func(source string) string, otherwise string) []bound {
	none := field + ": " + otherwise
	return []bound{
		{"a URL of 2048 bytes", with(urlOf(2048)), ""},
		{"a URL of 2049 bytes", with(urlOf(2049)), field + ": is a URL of more than 2048 bytes"},
		{"a URL in capitals", with("HTTPS://A.EXAMPLE/a.jpg"), ""},
		{"a URL without a host", with("https:///a.jpg"), field + ": must be a whole URL with a host, such as https://example.com/image.jpg"},
		{"a URL with a space before and a line end after", with(` https://a.example/a.jpg\r\n`), ""},
		{"a URL of another scheme", with("ftp://a.example/a.jpg"), none},
		{"a path", with("/etc/passwd"), none},
		{"a data URI", with("data:image/png;base64,AAAA"), ""},
		{"a data URI of a text", with("data:text/plain;base64,AAAA"), ""},
		{"a data URI in percents", with("data:image/png,%00"), field + ": must be a data URI in Base64, such as data:image/png;base64,…"},
		{"a data URI of nothing", with("data:image/png;base64,"), field + ": is a data URI that does not hold valid Base64"},
		{"a data URI cut short", with("data:image/png;base64,AAAAA"), field + ": is a data URI that does not hold valid Base64"},
	}
}
