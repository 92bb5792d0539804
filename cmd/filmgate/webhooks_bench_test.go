package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

const (
	webhookEvents = 1000
	webhookRounds = 5
	webhookCalls  = 16 // at once, which is what a server makes to one webhook
)

// BenchmarkWebhooks measures the deliveries of 1,000 events to a receiver on the same machine: a replay of all that were delivered
// before, from the call until the last has come. The reference is a plain loop: 16 callers that sign the same body and send it, with no database.
func BenchmarkWebhooks(b *testing.B) {
	onBoth(b, func(b *testing.B, fresh func() benchData) {
		s := newCounted(b)
		p := fresh().serve(b, vendorConfig(b, startVendor(b)), "FILMGATE_ALLOW_NETWORKS=127.0.0.0/8")
		code, body := p.call(b, http.MethodPost, "/api/v1/webhooks", fmt.Sprintf(`{"url":%q,"types":["task.created"]}`, s.URL))
		var w struct{ ID, Secret string }
		if err := json.Unmarshal(body, &w); err != nil || code != http.StatusCreated {
			b.Fatalf("%d %s", code, body)
		}
		for range webhookEvents {
			p.create(b, refusedTask)
		}
		s.await(b)
		for b.Loop() {
			var rounds turns
			for range webhookRounds {
				rounds.ours = append(rounds.ours, replay(b, p, w.ID, s))
				rounds.reference = append(rounds.reference, s.loop(b, w.Secret))
			}
			rounds.report(b, "loop", rate(), processor())
		}
	})
}

// counted is a receiver that counts what comes.
type counted struct {
	*httptest.Server
	got  chan struct{}
	body []byte // the last one
	mu   sync.Mutex
}

func newCounted(b *testing.B) *counted {
	s := &counted{got: make(chan struct{}, webhookEvents)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // it comes again
		}
		s.mu.Lock()
		s.body = body
		s.mu.Unlock()
		s.got <- struct{}{}
	}))
	b.Cleanup(s.Close)
	return s
}

// await returns when all events have come.
func (s *counted) await(b *testing.B) {
	for n := range webhookEvents {
		select {
		case <-s.got:
		case <-time.After(time.Minute): // only guards against a hanging benchmark
			b.Fatalf("%d of %d have come", n, webhookEvents)
		}
	}
}

// replay has the server deliver all events again.
func replay(b *testing.B, p *process, webhook string, s *counted) turn {
	path := "/api/v1/webhooks/" + webhook
	for pending := true; pending; { // the last records of the turn before
		_, list := p.call(b, http.MethodGet, path+"/deliveries?status=pending&limit=1", "")
		pending = strings.Contains(string(list), `"pending"`)
	}
	before, _ := processorTime(b, p.cmd.Process.Pid)
	begun := time.Now()
	code, body := p.call(b, http.MethodPost, path+"/replay", `{"since":"2020-01-01T00:00:00Z"}`)
	if code >= 300 || !strings.Contains(string(body), strconv.Itoa(webhookEvents)) {
		b.Fatalf("%d %s", code, body)
	}
	s.await(b)
	took := time.Since(begun)
	after, _ := processorTime(b, p.cmd.Process.Pid)
	return turn{servertest.Loaded{Requests: webhookEvents, Took: took}, time.Duration((after - before) / webhookEvents * float64(time.Second))}
}

// loop sends as many requests without a server.
func (s *counted) loop(b *testing.B, secret string) turn {
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		b.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: webhookCalls}}
	defer client.CloseIdleConnections()
	var callers sync.WaitGroup
	left := make(chan int, webhookEvents)
	for n := range webhookEvents {
		left <- n
	}
	close(left)
	begun := time.Now()
	for range webhookCalls {
		callers.Go(func() {
			for n := range left {
				if err := s.send(b, &client, signer, strconv.Itoa(n)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	s.await(b)
	callers.Wait()
	return turn{Loaded: servertest.Loaded{Requests: webhookEvents, Took: time.Since(begun)}}
}

// send signs and sends the last body once more.
func (s *counted) send(b *testing.B, client *http.Client, signer *standardwebhooks.Webhook, id string) error {
	s.mu.Lock()
	body := s.body
	s.mu.Unlock()
	now := time.Now()
	signature, err := signer.Sign(id, now, body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
