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

// ServiceAccount returns an Options.Token for a service account's key file (JSON, as Google issues it). A token is reused
// until shortly before it expires. hc calls the file's token_uri. ServiceAccount fails if the file is not such a key.
func ServiceAccount(file []byte, hc *http.Client) (func(context.Context) (string, error), error) {
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
	config := jwt.Config{Email: key.Email, PrivateKey: []byte(key.PrivateKey), PrivateKeyID: key.KeyID, TokenURL: key.TokenURI, Scopes: []string{scope}}
	var mu sync.Mutex
	var cached *oauth2.Token
	return func(ctx context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if !cached.Valid() {
			fresh, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, hc)).Token()
			if err != nil {
				return "", fmt.Errorf("vertex: exchange the service account's key for a token: %w", err)
			}
			cached = fresh
		}
		return cached.AccessToken, nil
	}, nil
}
