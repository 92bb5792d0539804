package node

import (
	"context"
	"encoding/json"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
)

// message is what servers tell one another, besides the wakes of the queue.
type message struct {
	From    string   `json:"from"` // the server, which hears its own messages too
	Pause   *pause   `json:"pause,omitempty"`
	Refused *refused `json:"refused,omitempty"` // a field of its own: a server that does not know it would take the pause for a breaker's
	Called  string   `json:"called,omitempty"`  // a task for which a callback has come
}

// pause says that the breaker has paused a vendor's key, or that the key works again.
type pause struct {
	Engine string        `json:"engine"`
	Key    string        `json:"key"`
	For    time.Duration `json:"for"` // 0 = it works again
}

// refused says that a vendor has refused a key.
type refused struct {
	pause
	engine.Refusal
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

// pauseMessage returns the message about a pause of a key of the engine with the name.
func pauseMessage(name string, told engine.Pause) message {
	p := pause{name, told.Key, told.For}
	if told.Refusal != nil {
		return message{Refused: &refused{p, *told.Refusal}}
	}
	return message{Pause: &p}
}

// pause returns what pauseMessage was given. ok is false if the message is about something else.
func (m message) pause() (name string, told engine.Pause, ok bool) {
	switch p, r := m.Pause, m.Refused; {
	case r != nil:
		return r.Engine, engine.Pause{Key: r.Key, For: r.For, Refusal: &r.Refusal}, true
	case p != nil:
		return p.Engine, engine.Pause{Key: p.Key, For: p.For}, true
	default:
		return "", engine.Pause{}, false
	}
}

// announcePause tells the other servers of a pause of an engine's key. It returns at once.
func (n *Node) announcePause(name string, told engine.Pause) {
	ctx, stop := context.WithTimeout(context.Background(), newsTime)
	n.Panics.Go(ctx, "pause", func() error { return n.send(ctx, pauseMessage(name, told)) }, func(err error) {
		stop()
		if err != nil { // each finds out by itself
			n.Log.WarnContext(ctx, "could not tell the other servers of a paused engine", "engine", name, "key", told.Key, "err", err)
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
	if name, told, ok := m.pause(); ok {
		found, _ := l.gw.Registry().Find(name)
		if e, ok := found.Engine.(interface{ Hear(told engine.Pause) }); ok {
			e.Hear(told)
		}
	}
	if m.Called != "" {
		l.gw.HearCallback(m.Called)
	}
}
