// Command webhook receives the events of a Filmgate webhook, and prints each one once.
//
//	WEBHOOK_SECRET=whsec_… PORT=8090 go run ./webhook
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receiver prints the events that it gets.
type receiver struct {
	webhook *standardwebhooks.Webhook
	seen    sync.Map // ids; keep them where a restart does not lose them
}

// event is what this program reads of an event.
type event struct {
	Type string `json:"type"`
	Data struct {
		ID string `json:"id"`
	} `json:"data"`
}

// ServeHTTP implements http.Handler.
func (c *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The body as it came: one that was parsed and written again has another signature.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		err = c.webhook.Verify(body, r.Header)
	}
	var e event
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	if _, again := c.seen.LoadOrStore(r.Header.Get("webhook-id"), true); !again { // an event may come more than once, with the same id
		fmt.Println(strings.TrimSpace(e.Type + " " + e.Data.ID))
	}
	w.WriteHeader(http.StatusNoContent) // soon: after 20 seconds the event counts as not delivered
}

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on http://" + listener.Addr().String())
	log.Fatal(http.Serve(listener, &receiver{webhook: webhook}))
}
