package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// accounts is how many accounts create tasks in turn, from number 1 on. Each has a key, a webhook and a reader of its stream.
const accounts = 2

// account is one of them.
type account struct {
	id       int64
	key      string
	hook     *hook
	follower *follower
}

// openAccounts makes the keys and webhooks, and follows the streams until ctx ends. The servers must run.
func (r *run) openAccounts(ctx context.Context, following *sync.WaitGroup) error {
	r.receiver.hangUntil = time.Now().Add(r.plan.Span / hangFor)
	for id := int64(1); id <= accounts; id++ {
		a := account{id: id, key: key}
		if id > 1 { // the server has made the first one's key
			made, err := r.makeKey(ctx, id)
			if err != nil {
				return err
			}
			a.key = made
		}
		r.callers.keys[id] = a.key
		path := "/" + strconv.FormatInt(id, 10)
		var err error
		if a.hook, err = r.makeWebhook(ctx, a.key, r.receiver.url()+path); err != nil {
			return err
		}
		r.receiver.hooks[path] = a.hook
		random := rand.New(rand.NewPCG(r.Seed, uint64(id))) //nolint:gosec // it need not be secret
		a.follower = &follower{base: r.servers.url, key: a.key, random: random}
		following.Go(func() { a.follower.follow(ctx) })
		r.accounts = append(r.accounts, a)
	}
	return nil
}

// makeKey makes an account's key, as an operator does.
func (r *run) makeKey(ctx context.Context, id int64) (string, error) {
	c := exec.CommandContext(ctx, r.Program, "key", "create", "--account", strconv.FormatInt(id, 10)) //nolint:gosec // the program of the run
	c.Env = r.servers.all[0].env
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("chaos: make a key: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// makeWebhook makes a webhook of all events.
func (r *run) makeWebhook(ctx context.Context, key, url string) (*hook, error) {
	body, err := json.Marshal(map[string]string{"url": url})
	if err != nil {
		return nil, err
	}
	var made struct{ ID, Secret string }
	err = r.callers.call(ctx, http.MethodPost, "/api/v1/webhooks", key, body, &made)
	if err != nil {
		return nil, err
	}
	secret, err := standardwebhooks.NewWebhook(made.Secret)
	return &hook{id: made.ID, secret: secret}, err
}
