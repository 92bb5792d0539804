package blob_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
)

// publishedToken is the token in the example answer that makevid publishes.
const publishedToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXlIYXNoIjoiYjE2NjVlNjNlNmNhNTljNyIsImJ1Y2tldCI6InJ1bndheS1kYXRhc2V0cyIsInN0YWdlIjoicHJvZCIsImV4cCI6MTcyNjAxMjgwMH0.04EhOwC05RyHBe3dL5ayrFGs0FMo4Nke8SE_fS9Szrs"

const (
	dataset = "datasets/54102233-04bf-4ab8-a6b0-21f60efb3a21.jpg"
	secret  = "0123456789abcdef0123456789abcdef"
)

// noon is one day before the published token expires.
var noon = time.Unix(1726012800-86400, 0)

func signer(now time.Time) blob.Signer {
	return blob.Signer{Secret: []byte(secret), Now: func() time.Time { return now }}
}

func decode(t *testing.T, segment string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// forge returns a token with the given header and claims and a valid signature.
func forge(header, claims string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func TestTokenHasThePublishedForm(t *testing.T) {
	theirs := strings.Split(publishedToken, ".")
	key := "runway-datasets/54102233-04bf-4ab8-a6b0-21f60efb3a21.jpg"
	ours := strings.Split(signer(noon).Sign(key, noon.Add(24*time.Hour)), ".")
	if len(ours) != 3 {
		t.Fatalf("a token of %d parts", len(ours))
	}
	if ours[0] != theirs[0] {
		t.Errorf("header %s, want %s", decode(t, ours[0]), decode(t, theirs[0]))
	}
	hash := regexp.MustCompile(`"keyHash":"[0-9a-f]{16}"`)
	mine, want := decode(t, ours[1]), decode(t, theirs[1])
	if hash.ReplaceAllString(mine, "") != hash.ReplaceAllString(want, "") || !hash.MatchString(mine) {
		t.Errorf("claims %s, want those of %s", mine, want)
	}
	if len(ours[2]) != len(theirs[2]) {
		t.Errorf("a signature of %d characters, want %d", len(ours[2]), len(theirs[2]))
	}
}

func TestClaims(t *testing.T) {
	token := signer(noon).Sign(dataset, noon.Add(1500*time.Millisecond))
	var claims map[string]any
	if err := json.Unmarshal([]byte(decode(t, strings.Split(token, ".")[1])), &claims); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"keyHash": fmt.Sprintf("%x", sha256.Sum256([]byte(dataset)))[:16], "bucket": "datasets", "stage": "prod", "exp": 1725926401.0,
	}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("%s is %v, want %v", name, claims[name], value)
		}
	}
	if len(claims) != len(want) {
		t.Errorf("claims %v, want four", claims)
	}
}

func TestVerifyAcceptsWhatSignMade(t *testing.T) {
	for name, key := range map[string]string{
		"a dataset": dataset, "a video": "cdn/20240909/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4", "no folder": "a.jpg",
		"the longest bucket": strings.Repeat("x", 255) + "/a.jpg",
	} {
		token := signer(noon).Sign(key, noon.Add(time.Hour))
		if err := signer(noon).Verify(token, key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := signer(noon.Add(time.Hour-time.Second)).Verify(token, key); err != nil {
			t.Errorf("%s, in its last second: %v", name, err)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	until := noon.Add(time.Hour)
	token := signer(noon).Sign(dataset, until)
	part := strings.Split(token, ".")
	header, claims := decode(t, part[0]), decode(t, part[1])
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	other := signer(noon)
	other.Secret = []byte("another secret, of another server")
	for name, bad := range map[string]string{
		"nothing":                    "",
		"not a token":                "hello",
		"dots":                       "..",
		"the published token":        publishedToken,
		"another server's":           other.Sign(dataset, until),
		"alg none, unsigned":         none + "." + part[1] + ".",
		"alg none, signed":           forge(`{"alg":"none","typ":"JWT"}`, claims),
		"alg None in capitals":       forge(`{"alg":"NONE","typ":"JWT"}`, claims),
		"alg HS384":                  forge(`{"alg":"HS384","typ":"JWT"}`, claims),
		"alg RS256":                  forge(`{"alg":"RS256","typ":"JWT"}`, claims),
		"no alg":                     forge(`{"typ":"JWT"}`, claims),
		"a header with a field more": forge(`{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}`, claims),
		"a header in another order":  forge(`{"typ":"JWT","alg":"HS256"}`, claims),
		"claims with a field more":   forge(header, strings.Replace(claims, "}", `,"sub":"me"}`, 1)),
		"claims with spaces":         forge(header, strings.Replace(claims, ",", ", ", 1)),
		"another stage":              forge(header, strings.Replace(claims, "prod", "dev", 1)),
		"another bucket":             forge(header, strings.Replace(claims, `"datasets"`, `"cdn"`, 1)),
		"no exp":                     forge(header, regexp.MustCompile(`,"exp":\d+`).ReplaceAllString(claims, "")),
		"exp null":                   forge(header, regexp.MustCompile(`"exp":\d+`).ReplaceAllString(claims, `"exp":null`)),
		"exp as text":                forge(header, regexp.MustCompile(`"exp":(\d+)`).ReplaceAllString(claims, `"exp":"$1"`)),
		"exp with a fraction":        forge(header, regexp.MustCompile(`"exp":(\d+)`).ReplaceAllString(claims, `"exp":$1.5`)),
		"exp too large":              forge(header, regexp.MustCompile(`"exp":\d+`).ReplaceAllString(claims, `"exp":1e300`)),
		"claims not JSON":            forge(header, "{"),
		"claims null":                forge(header, "null"),
		"altered claims":             part[0] + "." + "eyJ" + "x" + part[1][4:] + "." + part[2],
		"an altered signature":       part[0] + "." + part[1] + "." + "A" + part[2][1:],
		"a signature cut short":      token[:len(token)-1],
		"no signature":               part[0] + "." + part[1] + ".",
		"padded":                     token + "=",
		"a fourth part":              token + ".x",
		"spaces around":              " " + token + " ",
		"with Bearer before it":      "Bearer " + token,
		"very long":                  token + strings.Repeat("A", 1<<20),
		"long, signature valid":      forge(header, strings.Replace(claims, "{", "{"+strings.Repeat(" ", 1024), 1)),
		"of another key":             signer(noon).Sign("datasets/64102233-04bf-4ab8-a6b0-21f60efb3a21.jpg", until),
		"of another bucket's key":    signer(noon).Sign("cdn/54102233-04bf-4ab8-a6b0-21f60efb3a21.jpg", until),
		"expired now":                signer(noon).Sign(dataset, noon),
		"expired an hour ago":        signer(noon).Sign(dataset, noon.Add(-time.Hour)),
		"ended before 1970":          signer(noon).Sign(dataset, time.Unix(-5, 0)),
		"other unused base64 bits":   token[:len(token)-1] + nextDigit(token[len(token)-1]),
	} {
		t.Run(name, func(t *testing.T) {
			if err := signer(noon).Verify(bad, dataset); err != blob.ErrToken { //nolint:errorlint // exactly it, so that the error says nothing else
				t.Errorf("got %v, want exactly ErrToken", err)
			}
		})
	}
}

// nextDigit returns the base64 digit after c. A signature has 256 bits in 43 digits, so the last two bits of the last digit
// are unused, and a lenient decoder accepts four spellings of one signature.
func nextDigit(c byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return digits[strings.IndexByte(digits, c)+1:][:1]
}

func TestSignerWithoutASecret(t *testing.T) {
	blank := blob.Signer{Now: func() time.Time { return noon }}
	if token := blank.Sign(dataset, noon.Add(time.Hour)); token != "" {
		t.Errorf("signed %s", token)
	}
	mac := hmac.New(sha256.New, nil)
	token := signer(noon).Sign(dataset, noon.Add(time.Hour))
	text := token[:strings.LastIndex(token, ".")]
	mac.Write([]byte(text))
	for name, s := range map[string]blob.Signer{"no secret": blank, "no clock": {Secret: []byte(secret)}, "zero": {}} {
		for _, token := range []string{"", token, text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))} {
			if err := s.Verify(token, dataset); !errors.Is(err, blob.ErrToken) {
				t.Errorf("%s: %v, want ErrToken", name, err)
			}
		}
	}
}

func TestSignerHidesItsSecret(t *testing.T) {
	s := signer(noon)
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "signer", s)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("start", "signer", s)
	for _, got := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%s %x", s, s), logged.String()} {
		if strings.Contains(got, secret) || strings.Contains(got, fmt.Sprintf("%x", secret)) || !strings.Contains(got, "***") {
			t.Errorf("printed %s", got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s := signer(noon)
	good := s.Sign(dataset, noon.Add(time.Hour))
	f.Fuzz(func(t *testing.T, token, key string) {
		err := s.Verify(token, key)
		if (err == nil) != (token == good && key == dataset) {
			t.Errorf("Verify(%q, %q) = %v", token, key, err)
		}
		made := s.Sign(key, noon.Add(time.Minute))
		if err := s.Verify(made, key); err != nil && len(made) <= 1024 {
			t.Errorf("the token %q is not valid for its key %q", made, key)
		}
	})
}
