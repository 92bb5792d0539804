package vertex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
)

const scope = "https://www.googleapis.com/auth/cloud-platform"

// Tokens are the access tokens of a service account. A token is reused until shortly before it expires, or until it is refused.
type Tokens struct {
	config jwt.Config
	http   *http.Client

	mu     sync.Mutex
	cached *oauth2.Token
}

// ServiceAccount returns the tokens of a service account's key file (JSON, as Google issues it). hc calls the file's token_uri.
// ServiceAccount fails if the file is not such a key.
func ServiceAccount(file []byte, hc *http.Client) (*Tokens, error) {
	var key struct {
		Type       string `json:"type"`
		Email      string `json:"client_email"`
		PrivateKey string `json:"private_key"`
		KeyID      string `json:"private_key_id"`
		TokenURI   string `json:"token_uri"`
	}
	if err := json.Unmarshal(file, &key); err != nil {
		return nil, fmt.Errorf("vertex: the service account's key is not JSON: %w", err)
	}
	if key.Type != "service_account" || key.Email == "" || key.PrivateKey == "" || key.TokenURI == "" {
		return nil, errors.New("vertex: the service account's key needs type service_account, client_email, private_key and token_uri")
	}
	return &Tokens{http: hc, config: jwt.Config{
		Email: key.Email, PrivateKey: []byte(key.PrivateKey), PrivateKeyID: key.KeyID, TokenURL: key.TokenURI, Scopes: []string{scope},
	}}, nil
}

// Get returns a token: an Options.Token.
func (t *Tokens) Get(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.cached.Valid() {
		fresh, err := t.config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, t.http)).Token()
		if err != nil {
			return "", fmt.Errorf("vertex: exchange the service account's key for a token: %w", err)
		}
		t.cached = fresh
	}
	return t.cached.AccessToken, nil
}

// Drop forgets a token that was refused, unless another has replaced it already: an Options.DropToken.
func (t *Tokens) Drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cached != nil && t.cached.AccessToken == token {
		t.cached = nil
	}
}
