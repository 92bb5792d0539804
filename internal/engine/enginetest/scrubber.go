package enginetest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
)

// scrubber removes from exchanges what must not be in a file, and what would differ in every recording.
type scrubber struct {
	fixed *strings.Replacer
	ids   map[string]string
}

// newScrubber takes the key, the API's address, the handle, and pairs of a text and its replacement.
func newScrubber(key, base, handle string, pairs []string) *scrubber {
	s := &scrubber{ids: map[string]string{}}
	pairs = append([]string{base, "{base}"}, pairs...)
	for part := range strings.FieldsFuncSeq(key, func(c rune) bool { return c == ':' || c == ' ' }) {
		pairs = append(pairs, part, "{key}")
	}
	if last := handle[strings.LastIndex(handle, "/")+1:]; !uuidForm.MatchString(last) {
		pairs = append(pairs, last, strings.Repeat("1", len(last)))
	}
	s.fixed = strings.NewReplacer(pairs...)
	return s
}

var (
	uuidForm  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	urlForm   = regexp.MustCompile(`https?:\\?/\\?/[^"\s]+`)
	signForm  = regexp.MustCompile(`([?&][^=&"\s]*(?i:signature|token|jwt|credential|expires|key|sig|policy|date)[^=&"\s]*=)[^&"\s]+`)
	dateForm  = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?`)
	ownerForm = regexp.MustCompile(`(projects/)\d{5,}`) // a Google project, by its number
	timeForm  = regexp.MustCompile(`\b1[6-9]\d{8}(\d{3})?\b`)
)

func (s *scrubber) file(in exchangeFile) exchangeFile {
	out := exchangeFile{call: s.text(in.call, false)}
	for _, x := range in.exchanges {
		out.exchanges = append(out.exchanges, exchange{request: s.text(x.request, false), response: s.text(x.response, true)})
	}
	return out
}

// text cleans one text. In answers, links to files on other hosts are changed to lead to the API's address.
func (s *scrubber) text(text string, answer bool) string {
	text = s.fixed.Replace(text)
	text = uuidForm.ReplaceAllStringFunc(text, func(id string) string {
		if strings.HasPrefix(id, "00000000-0000-4000-8000-00000000000") {
			return id // one of our own
		}
		if s.ids[id] == "" {
			s.ids[id] = fmt.Sprintf("11111111-1111-4111-8111-%012d", len(s.ids)+1)
		}
		return s.ids[id]
	})
	if answer {
		text = urlForm.ReplaceAllStringFunc(text, func(link string) string {
			link = strings.NewReplacer(`\/`, `/`, `\u0026`, `&`).Replace(link)
			_, rest, _ := strings.Cut(link, "://")
			_, path, _ := strings.Cut(rest, "/")
			return "{base}/" + path
		})
		text = dateForm.ReplaceAllString(text, "2026-01-01T00:00:00")
		text = timeForm.ReplaceAllStringFunc(text, func(n string) string { return "1767225600000"[:len(n)] })
	}
	return signForm.ReplaceAllString(ownerForm.ReplaceAllString(text, "${1}1111"), "${1}hidden")
}

// shortJSON encodes a job as JSON without its zero fields.
func shortJSON(t *testing.T, j engine.Job) string {
	t.Helper()
	b, err := json.Marshal(j)
	var all map[string]any
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	if err == nil {
		b, err = json.Marshal(dropZero(all))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// dropZero removes the zero members of an object.
func dropZero(object map[string]any) map[string]any {
	for name, value := range object {
		switch v := value.(type) {
		case map[string]any:
			if len(dropZero(v)) == 0 {
				delete(object, name)
			}
		case nil:
			delete(object, name)
		case string, float64, bool:
			if v == "" || v == 0.0 || v == false {
				delete(object, name)
			}
		}
	}
	return object
}
