package exchange_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect/exchange"
)

const file = `== a thing is made
POST /things?a=b
Authorization: Bearer good

@body.json
=> 201
Content-Type: application/json

{"id": 1}
`

func TestRead(t *testing.T) {
	root := write(t, file)
	all, err := exchange.Read(filepath.Join(root, "things.http"))
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	x := all[0]
	if x.Name != "a thing is made" || x.Method != "POST" || x.Target != "/things?a=b" || x.Header.Get("Authorization") != "Bearer good" ||
		string(x.Body) != `{"name": "a"}` || x.Status != 201 || x.WantHeader.Get("Content-Type") != "application/json" || string(x.Want) != `{"id": 1}` {
		t.Errorf("%+v", x)
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no answer":       {"== made\nGET /\n", `"made": has no answer`},
		"no status":       {"== made\nGET /\n\n=> ok\n", `"made": strconv.Atoi`},
		"a missing body":  {"== made\nGET /\n\n@gone.json\n=> 200\n", `"made": open`},
		"a broken header": {"== made\nGET /\nno colon\n\n=> 200\n", `"made": malformed MIME header`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := exchange.Read(filepath.Join(write(t, tt.text), "things.http"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestSide(t *testing.T) {
	root := write(t, file)
	for _, tt := range []struct {
		name   string
		answer bool
		want   string
	}{
		{"things.http#a thing is made", false, `{"name": "a"}`},
		{"things.http#a thing is made", true, `{"id": 1}`},
		{"body.json", true, "{\"name\": \"a\"}\n"},
	} {
		if got, err := exchange.Side(root, tt.name, tt.answer); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
	if _, err := exchange.Side(root, "things.http#another", false); err == nil || !strings.Contains(err.Error(), `no exchange "another"`) {
		t.Error(err)
	}
}

// write writes the text to things.http, with body.json beside it, and returns their folder.
func write(t *testing.T, text string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{"things.http": text, "body.json": "{\"name\": \"a\"}\n"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
