package s3_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
)

func TestCheckSaysWhatIsWrong(t *testing.T) {
	s := start(t)
	good, away := s.MakeBucket(t, "films"), "http://"+s3test.FreeAddress(t)
	s.AddUser(t, "stranger", "a-secret-of-a-stranger")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>Welcome</h1>")) }))
	defer page.Close()
	for name, c := range map[string]struct {
		address string
		env     map[string]string
		clock   time.Duration // how much this machine's is ahead
		want    string        // "" = nothing is wrong
	}{
		"all is well":             {good, nil, 0, ""},
		"a bucket that is absent": {s.URL("nowhere"), nil, 0, `there is no bucket "nowhere" at ` + s.Endpoint + ": make it, or correct the name after s3://"},
		"an unreachable server":   {s3test.URL("films", away), nil, 0, away + " can't be reached: start it, or correct the parameter endpoint (dial tcp "},
		"a server of another kind": {s3test.URL("films", page.URL), nil, 0,
			"what answers at " + page.URL + " is no S3 server: correct the parameter endpoint"},
		"a wrong region": {strings.Replace(good, "us-east-1", "eu-central-1", 1), nil, 0,
			s.Endpoint + " takes no requests for the region eu-central-1: correct the parameter region ("},
		"an unknown access key": {good, map[string]string{"AWS_ACCESS_KEY_ID": "nobody"}, 0,
			s.Endpoint + " does not know the access key: correct AWS_ACCESS_KEY_ID"},
		"a wrong secret key": {good, map[string]string{"AWS_SECRET_ACCESS_KEY": "wrong"}, 0,
			"the secret key is not that of the access key: correct AWS_SECRET_ACCESS_KEY"},
		"no credentials": {good, map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, 0,
			"there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
		"a key without rights": {good, map[string]string{"AWS_ACCESS_KEY_ID": "stranger", "AWS_SECRET_ACCESS_KEY": "a-secret-of-a-stranger"}, 0,
			`the access key lacks a right in the bucket "films" at ` + s.Endpoint + ": give it s3:ListBucket"},
		"a clock that is a day ahead":  {good, nil, 24 * time.Hour, "this machine's clock is 24h0m0s ahead of that of " + s.Endpoint + ": set it"},
		"a clock that is a day behind": {good, nil, -24 * time.Hour, "this machine's clock is 24h0m0s behind that of " + s.Endpoint + ": set it"},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.env {
				t.Setenv(variable, value)
			}
			b, err := s3.Open(t.Context(), c.address, func() time.Time { return time.Now().Add(c.clock) })
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = b.Close() }()
			err = b.Check(t.Context())
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := open(t, s.MakeBucket(t, "films")).Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestCheckNamesAServerThatDoesNotAnswer(t *testing.T) {
	s3test.SetCredentials(t)
	ended := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	defer silent.Close()
	defer close(ended)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := open(t, s3test.URL("films", silent.URL)).Check(ctx)
	if want := silent.URL + " does not answer in time: start it, or correct the parameter endpoint"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestCheckNamesAServerThatKnowsNoBuckets(t *testing.T) {
	s3test.SetCredentials(t)
	for status, want := range map[int]string{
		http.StatusNotImplemented: " has an error of its own (", // which no library repeats
		http.StatusNotFound:       `: make it, or correct the name after s3:// or the parameter endpoint`,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = w.Write([]byte("<html>no</html>"))
			}))
			defer proxy.Close()
			err := open(t, s3test.URL("films", proxy.URL)).Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), proxy.URL+want) {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}

func TestOpenNeedsARegionForAmazon(t *testing.T) {
	s3test.SetCredentials(t)
	_, err := s3.Open(t.Context(), "s3://films", time.Now)
	if err == nil || err.Error() != "the region is missing: add region=REGION to the URL, or set AWS_REGION" {
		t.Errorf("%v", err)
	}
}

func TestCheckURL(t *testing.T) {
	for address, want := range map[string]string{
		"s3://films": "", "s3://films?region=eu-central-1": "",
		"s3://films?endpoint=http://127.0.0.1:9000&use_path_style=true":                                  "",
		"s3://films?endpoint=http://127.0.0.1:9000&serve=redirect&public_endpoint=https://files.example": "",
		"s3://films?region=a&ssetype=aws:kms&kmskeyid=alias/films":                                       "", "s3://films?serve=redirect&link_minutes=60": "",

		"gs://films": "s3://", "s3://": "no bucket", "s3://films/folder": "path", "s3://a": "3 to 63 letters",
		"s3://key:secret@films": "credentials", "s3://films?colour=red": `unknown parameter "colour"`, "s3://films?regoin=a": "public_endpoint, region, request_checksum_calculation",
		"s3://films?region=a&region=b": "region is given 2 times", "s3://films?region=EU_Central": "a region such as eu-central-1",
		"s3://films?endpoint=localhost": "https://s3.example", "s3://films?endpoint=http://key:secret@s3.example": "without path, query and credentials",
		"s3://films?%zz": "parameters", "s3://films?serve=proxy": "stream or redirect", "s3://films?use_path_style=1": "true or false",
		"s3://films?public_endpoint=https://files.example": "only for serve=redirect with an endpoint", "s3://films?kmskeyid=a": "only for ssetype=aws:kms", "s3://films?link_minutes=5": "only for serve=redirect",
		"s3://films?serve=redirect&link_minutes=10081":  "1 to 10080",
		"s3://films?request_checksum_calculation=never": "when_supported or when_required", "s3://films?ssetype=rot13": "AES256, aws:kms or aws:kms:dsse",
	} {
		err := s3.CheckURL(address)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want an error with %q", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: the error %v repeats the secret", address, err)
		}
	}
}
