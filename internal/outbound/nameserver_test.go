package outbound_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// nameServer is a name server in memory. Each look-up of a name returns the next of its addresses, and then always the last.
type nameServer struct {
	mu      sync.Mutex
	addrs   map[string][]netip.Addr
	lookups int // for addresses
}

// resolver returns a resolver that asks only n.
func (n *nameServer) resolver(t *testing.T) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { _ = theirs.Close() })
		go n.serve(theirs)
		return ours, nil
	}}
}

// serve answers the questions on a connection. As in DNS over TCP, the length precedes each message.
func (n *nameServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		answer := n.answer(question)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// answer returns the reply to a message with one question.
func (n *nameServer) answer(q []byte) []byte {
	const header, typeA, typeAAAA = 12, 1, 28
	var labels []string
	at := header
	for q[at] != 0 {
		labels = append(labels, string(q[at+1:at+1+int(q[at])]))
		at += 1 + int(q[at])
	}
	kind := binary.BigEndian.Uint16(q[at+1:])
	end := at + 5
	addr, known := n.next(strings.Join(labels, "."), kind == typeA)
	found := known && (kind == typeA && addr.Is4() || kind == typeAAAA && addr.Is6())

	out := append([]byte{}, q[:end]...)
	out[2], out[3] = 0x84, 0x00 // flags: a response, authoritative
	copy(out[4:], []byte{0, 1, 0, 0, 0, 0, 0, 0})
	if !known {
		out[3] = 3 // NXDOMAIN
	}
	if found {
		out[7] = 1
		out = append(out, 0xc0, header, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(addr.BitLen()/8))
		out = append(out, addr.AsSlice()...)
	}
	return out
}

// next returns the current address of a name. If taking is set, it counts the look-up and moves on to the next address.
func (n *nameServer) next(name string, taking bool) (netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.addrs[name]
	if len(all) == 0 {
		return netip.Addr{}, false
	}
	if taking {
		n.lookups++
		if len(all) > 1 {
			n.addrs[name] = all[1:]
		}
	}
	return all[0], true
}
