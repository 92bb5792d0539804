package node

import (
	"context"
	"encoding/json"
	"time"
)

// message is what servers tell one another, besides the wakes of the queue.
type message struct {
	From   string `json:"from"` // the server, which hears its own messages too
	Pause  *pause `json:"pause,omitempty"`
	Called string `json:"called,omitempty"` // a task for which a callback has come
}

// pause says that the breaker has paused a vendor's key, or that the key works again.
type pause struct {
	Engine string        `json:"engine"`
	Key    string        `json:"key"`
	For    time.Duration `json:"for"` // 0 = it works again
}

// send tells the other servers.
func (n *Node) send(ctx context.Context, m message) error {
	m.From = n.peers.Node()
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return n.peers.Send(ctx, string(text))
}

// announcePause tells the other servers of a pause. It returns at once.
func (n *Node) announcePause(engine, key string, length time.Duration) {
	ctx, stop := context.WithTimeout(context.Background(), newsTime)
	n.Panics.Go(ctx, "pause", func() error { return n.send(ctx, message{Pause: &pause{engine, key, length}}) }, func(err error) {
		stop()
		if err != nil { // each finds out by itself
			n.Log.WarnContext(ctx, "could not tell the other servers of a paused engine", "engine", engine, "key", key, "err", err)
		}
	})
}

// announceCallback tells the other servers that a callback has come for a task: one of them may step it.
func (n *Node) announceCallback(ctx context.Context, task string) error {
	return n.send(ctx, message{Called: task})
}

// receive takes a message of another server. It returns at once.
func (l news) receive(text string) {
	var m message
	if json.Unmarshal([]byte(text), &m) != nil || m.From == "" || m.From == l.peers.Node() {
		return
	}
	if m.Pause != nil {
		found, _ := l.gw.Registry().Find(m.Pause.Engine)
		if e, ok := found.Engine.(interface {
			Hear(key string, pause time.Duration)
		}); ok {
			e.Hear(m.Pause.Key, m.Pause.For)
		}
	}
	if m.Called != "" {
		l.gw.HearCallback(m.Called)
	}
}
