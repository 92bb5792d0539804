package main

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

func TestEngineCheckTriesEveryKeyWithoutPaying(t *testing.T) {
	t.Parallel()
	fake := fakevendor.New(fakevendor.Options{})
	vendor := httptest.NewServer(fake)
	t.Cleanup(vendor.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	path := configFile(t, `
engines:
  - {name: team, type: runway, base_url: `+vendor.URL+`/runway, allow_networks: [127.0.0.0/8], keys: [{name: first, key: "${GOOD}"}, {name: second, key: "${BAD}"}]}
  - {name: local, type: openai, flavor: sglang, base_url: `+vendor.URL+`/sglang/v1, allow_networks: [127.0.0.0/8], keys: [{key: "${GOOD}"}], serves: [{name: wan, max_seconds: 5}]}
  - {name: queue, type: fal, base_url: `+vendor.URL+`/fal, allow_networks: [127.0.0.0/8], keys: [{key: "${GOOD}"}]}
  - {name: gone, type: luma, base_url: `+gone.URL+`, allow_networks: [127.0.0.0/8], keys: [{key: "${GOOD}"}]}
  - {name: private, type: luma, base_url: `+vendor.URL+`/luma, keys: [{key: "${GOOD}"}]}
`)
	s := &session{env: map[string]string{"GOOD": fakevendor.Key, "BAD": "key_of_nobody"}}
	s.run(t, "engine", "check", "--config", path).expect(t, exitFailure,
		"✓ team/first: 1250 credits left\n",
		"✗ team/second: The engine team refused this server's key or account: \"the key 'Bearer ***' is not valid\". The operator of this server must check the key, its balance and its terms.\n",
		"✓ local: the server lists fake-video, but not wan\n",
		"✓ queue: the key is accepted\n",
		"✗ gone: The engine gone could not be reached, or failed. Try again later. (", "connection refused",
		"✗ private: The engine private could not be reached", "warning: line 7: engines[4].base_url: ",
		"filmgate: 3 of 6 keys do not work\n")
	if n := strings.Count(s.out, "\n"); n != 6 {
		t.Errorf("%d lines for 6 keys", n)
	}
	if strings.Contains(s.out+s.err, fakevendor.Key) || strings.Contains(s.out+s.err, "key_of_nobody") || len(fake.Tasks()) != 0 {
		t.Errorf("a key is shown, or a job was made: %v", fake.Tasks())
	}
	(&session{}).run(t, "engine", "check").expect(t, 0, "no engines but the built-in renderer")
}

func TestConfigCheckShowsAddressesAndWarns(t *testing.T) {
	t.Parallel()
	path := configFile(t, `
engines:
  - {name: team, type: runway, keys: [{key: "Bearer key_secret"}]}
  - {name: other, type: replicate, keys: [{key: key_secret}]}
  - {name: relay, type: replicate, base_url: "https://relay.example/v1", keys: [{key: key_secret}]}
  - {name: local, type: localai, serves: [{name: ltx, max_seconds: 5}]}
  - {name: sglang, type: openai, flavor: sglang, base_url: "http://10.0.0.7:30000/v1", keys: [{}]}
  - {name: fine, type: openai, flavor: sglang, base_url: "http://localhost:30000/v1", allow_networks: [127.0.0.0/8]}
`)
	s := (&session{}).run(t, "config", "check", "--config", path)
	s.expect(t, 0,
		"engine team: runway at https://api.dev.runwayml.com, the default of its type\n",
		"engine relay: replicate at https://relay.example/v1\n",
		"engine local: localai at http://127.0.0.1:8080, the default of its type\n",
		"warning: line 3: engines[0].keys[0].key: it has spaces or quotes in it, as no key has\n",
		"warning: line 4: engines[1].keys[0].key: it does not look like a key for https://api.replicate.com/v1: they begin with r8_\n",
		"warning: line 6: engines[3].allow_networks: http://127.0.0.1:8080 is a private address and will not be called, unless the engine has allow_networks: [127.0.0.0/8]\n",
		"warning: line 7: engines[4].base_url: http://10.0.0.7:30000/v1 is a private address and will not be called, unless the engine has allow_networks: [10.0.0.7/32]\n",
		"6 engines and 0 models: no errors\n")
	if n := strings.Count(s.out, "warning:"); n != 4 || strings.Contains(s.out, "secret") {
		t.Errorf("%d warnings, or a key is shown:\n%s", n, s.out)
	}
}

// wantMakevid checks that another Filmgate is found as an engine at each form of its address.
func (p *process) wantMakevid(t *testing.T) {
	t.Helper()
	for _, address := range []string{p.base, p.base + "/", p.base + "/api/v1", p.base + "/api/v1/"} {
		path := configFile(t, `engines: [{name: other, type: makevid, base_url: "`+address+`", allow_networks: [127.0.0.0/8], keys: [{key: "`+testKey+`"}]}]`)
		(&session{}).run(t, "engine", "check", "--config", path).expect(t, 0, "✓ other: the key is accepted")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	path := configFile(t, `engines: [{name: other, type: makevid, base_url: "`+p.base+`/wrong", allow_networks: [127.0.0.0/8], keys: [{key: "`+testKey+`"}]}]`)
	(&session{}).run(t, "engine", "check", "--config", path).expect(t, exitFailure, "✗ other: The engine other does not offer the model: \"There is nothing at this path.\". Its base_url may be wrong.")
}
