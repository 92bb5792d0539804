package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/filmgate/filmgate/internal/task"
)

// secretKey returns the n-th secret of a webhook, 32 bytes. It is derived from the server's own secret, so that nothing more is
// stored.
func secretKey(server []byte, id string, n int) []byte {
	mac := hmac.New(sha256.New, server)
	_, _ = fmt.Fprintf(mac, "webhook\x00%s\x00%d", id, n)
	return mac.Sum(nil)
}

// secretText returns the secret in the form of the standard.
func secretText(server []byte, w task.Webhook) string {
	return "whsec_" + base64.StdEncoding.EncodeToString(secretKey(server, w.ID, w.Secret))
}

// sign sets the headers by which the receiver of a body knows that it is ours, and the event. While an older secret holds too,
// there are two signatures.
func sign(h http.Header, server []byte, w task.Webhook, id string, now time.Time, body []byte) error {
	secrets := []int{w.Secret}
	if w.Secret > 1 && now.Before(w.OldSecretUntil) {
		secrets = append(secrets, w.Secret-1)
	}
	all := ""
	for _, n := range secrets {
		signer, err := standardwebhooks.NewWebhookRaw(secretKey(server, w.ID, n))
		if err != nil {
			return err
		}
		one, err := signer.Sign(id, now, body)
		if err != nil {
			return err
		}
		if all != "" {
			all += " "
		}
		all += one
	}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, all)
	return nil
}
