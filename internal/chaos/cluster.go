package chaos

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/config"
)

// defaultNodes is how many servers work on a PostgreSQL database: one of each role.
const defaultNodes = 3

// roleOf returns the role of a server. Callers may call those of which it is not worker.
func roleOf(n int) config.Role {
	roles := []config.Role{config.RoleAll, config.RoleAPI, config.RoleWorker}
	return roles[n%len(roles)]
}

// cluster is the servers of a run, which work on the same tasks. SQLite has one.
type cluster struct {
	all       []*server
	answering []*server // those that callers may call
	last      atomic.Uint64
}

// newCluster makes the servers, each with a data folder in data and a log in logs. None is started.
func newCluster(o Options, data, logs string, env []string, clock *clock) (*cluster, error) {
	c := &cluster{}
	for n := range o.nodes() {
		role := roleOf(n)
		name := fmt.Sprintf("%d (%s)", n+1, role)
		own := []string{"FILMGATE_DATA=" + dataOf(data, n), "FILMGATE_ROLE=" + string(role)}
		s, err := newServer(name, o.Program, filepath.Join(logs, fmt.Sprintf("server-%d.log", n+1)), append(own, env...))
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		s.clock = clock
		c.all = append(c.all, s)
		if role != config.RoleWorker {
			c.answering = append(c.answering, s)
		}
	}
	return c, nil
}

// dataOf returns the data folder of a server.
func dataOf(data string, n int) string { return filepath.Join(data, fmt.Sprint(n+1)) }

// url returns the base URL of a server that runs and that callers may call, of another one at each call if there are several; "" while
// there is none.
func (c *cluster) url() string {
	urls := c.urls()
	if len(urls) == 0 {
		return ""
	}
	return urls[c.last.Add(1)%uint64(len(urls))]
}

// urls returns the base URLs of all servers that run and that callers may call.
func (c *cluster) urls() (urls []string) {
	for _, s := range c.answering {
		if base := s.url(); base != "" {
			urls = append(urls, base)
		}
	}
	return urls
}

// startOnce starts each server.
func (c *cluster) startOnce(ctx context.Context) error {
	for _, s := range c.all {
		if err := s.startOnce(ctx); err != nil {
			return err
		}
	}
	return nil
}

// turn sets the wall clocks of all servers.
func (c *cluster) turn(ahead time.Duration) (err error) {
	for _, s := range c.all {
		err = errors.Join(err, s.turn(ahead))
	}
	return err
}

// stop stops all servers. The error says which of them did not end well.
func (c *cluster) stop() (err error) {
	for _, s := range c.all {
		if one := s.stop(); one != nil {
			err = errors.Join(err, fmt.Errorf("server %s: %w", s.name, one))
		}
	}
	return err
}

// close kills all servers and closes their logs.
func (c *cluster) close() (err error) {
	for _, s := range c.all {
		err = errors.Join(err, s.close())
	}
	return err
}
