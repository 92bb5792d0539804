package filmgate

import (
	"context"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Keys are the API keys of accounts.
type Keys interface {
	// APIKeys lists the account's keys in force, oldest first.
	APIKeys(ctx context.Context, who apikey.Key) ([]apikey.Key, error)
	// CreateAPIKey makes one and returns it with the key itself. Errors: Forbidden for a scope that who lacks; Conflict if the account
	// has as many as are allowed.
	CreateAPIKey(ctx context.Context, who apikey.Key, name string, scopes []apikey.Scope) (apikey.Secret, apikey.Key, error)
	// RevokeAPIKey ends one. Error: NotFound.
	RevokeAPIKey(ctx context.Context, who apikey.Key, id string) error
}

// wireKey is an API key as its account sees it.
type wireKey struct {
	ID        string         `json:"id" doc:"Names the key. It is no secret."`
	Key       *string        `json:"key" doc:"The key itself. It is shown when it is made, and null ever after: it is not stored."`
	Hint      string         `json:"hint" doc:"The first characters of the key."`
	Name      string         `json:"name" doc:"What its owner calls it."`
	Scopes    []apikey.Scope `json:"scopes" doc:"What it may do: read, write, admin. None includes another."`
	Current   bool           `json:"current" doc:"Whether this call was made with it."`
	CreatedAt wireTime       `json:"created_at" doc:"When it was made."`
}

func encodeKey(k, who apikey.Key, plain apikey.Secret) wireKey {
	return wireKey{ID: k.ID, Key: textOrNull(string(plain)), Hint: k.Hint, Name: k.Name, Scopes: append([]apikey.Scope{}, k.Scopes...), Current: k.ID == who.ID, CreatedAt: wireTime(k.Created)}
}

// keyList is every key in force, always on one page.
type keyList struct {
	Keys []wireKey `json:"keys" doc:"The keys in force, oldest first."`
	Next *string   `json:"next" doc:"Always null: all keys are on one page."`
}

// decodeKey reads the body of a create.
func decodeKey(f *dialect.Fields) (name string, scopes []apikey.Scope) {
	name = f.String("name", "", task.NameLimit)
	for _, one := range f.Strings("scopes", 3, string(apikey.Read), string(apikey.Write), string(apikey.Admin)) {
		if s := apikey.Scope(one); !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	f.Close()
	if len(scopes) == 0 {
		scopes = []apikey.Scope{apikey.Read, apikey.Write}
	}
	return name, scopes
}

func (c calls) createKey(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	name, scopes := decodeKey(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	plain, made, err := c.gw.CreateAPIKey(r.Context(), who, name, scopes)
	if err != nil {
		return nil, err
	}
	w.Header().Set("Location", c.Origin.Base(r)+"/api/v1/keys/"+made.ID)
	return encodeKey(made, who, plain), nil
}

func (c calls) listKeys(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	all, err := c.gw.APIKeys(r.Context(), who)
	if err != nil {
		return nil, err
	}
	out := keyList{Keys: []wireKey{}}
	for _, k := range all {
		out.Keys = append(out.Keys, encodeKey(k, who, ""))
	}
	return out, nil
}

func (c calls) revokeKey(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return nil, c.gw.RevokeAPIKey(r.Context(), who, r.PathValue("id"))
}

// keyExample is an exchange of this package's tests, by what it shows.
func keyExample(name, shows string) []dialect.Example {
	return []dialect.Example{dialect.Shown("filmgate", "keys", name, shows)}
}

func (c calls) keyRoutes() []dialect.Route {
	return []dialect.Route{
		c.route("POST /api/v1/keys", c.createKey, dialect.Doc{
			ID: "create_key", Tag: dialect.Keys, Summary: "Create an API key", Scope: apikey.Admin, Errors: []task.Code{task.Conflict},
			Text: "Makes a key of your account: it sees the same tasks. Keep the `key` of the answer: it is shown this once. A key gives no more than it has: with a scope that yours lacks, the answer is 403. " +
				"An account may have 200 keys.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeKey(f) }, Limit: editLimit, Texts: [][2]string{
				{"name", "Whose key it is, for people."},
				{"scopes", "What it may do: `read` tasks and videos, `write` (make, change and delete them), `admin` (manage the account's keys). None includes another. Absent or empty: read and write."},
			}, Examples: slices.Concat(keyExample("reads", "a key is made that may only read, and shown this once"), keyExample("default", "without scopes it may read and write"))},
			Answers: []dialect.Answer{{Status: 201, Text: "The key, shown this once.", Of: wireKey{}, Headers: [][2]string{{"Location", "Where to revoke the key."}},
				Examples: keyExample("created", "a key is made that may only read, and shown this once")}},
		}),
		c.route("GET /api/v1/keys", c.listKeys, dialect.Doc{
			ID: "list_keys", Tag: dialect.Keys, Summary: "List API keys", Scope: apikey.Admin, Text: "The keys of your account that are in force, oldest first, without the keys themselves.",
			Answers: []dialect.Answer{{Text: "All keys.", Of: keyList{}, Examples: keyExample("keys", "the keys of the account")}},
		}),
		c.route("DELETE /api/v1/keys/{id}", c.revokeKey, dialect.Doc{
			ID: "revoke_key", Tag: dialect.Keys, Summary: "Revoke an API key", Scope: apikey.Admin, Errors: []task.Code{task.NotFound},
			Params:  []dialect.Param{{In: "path", Name: "id", Text: "The key's id.", Example: "key_1"}},
			Text:    "Ends a key for good, within a second on every server. A key may revoke itself. The key that `FILMGATE_API_KEY` names can be revoked too: the server then does not start again with it.",
			Answers: []dialect.Answer{{Status: 204, Text: "It is revoked."}},
		}),
	}
}
