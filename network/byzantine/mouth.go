package main

import (
	"bufio"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/nspcc-dev/neo-go/pkg/config/netmode"
	"github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/network"
	"github.com/nspcc-dev/neo-go/pkg/network/capability"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
)

const (
	dialTimeout = time.Second
	redialDelay = 300 * time.Millisecond
	maxQueued   = 4096
)

// mouth is a connection of its own to one peer, so that each peer can be told something else. It says nothing that it is not told to, answers
// pings, reads whatever else comes and forgets it, and comes back when the peer has ended it.
type mouth struct {
	address string
	magic   netmode.Magic
	queue   chan []byte

	lock        sync.Mutex
	disconnects int
}

func newMouth(address string, magic netmode.Magic) *mouth {
	m := &mouth{address: address, magic: magic, queue: make(chan []byte, maxQueued)}
	go m.run()
	return m
}

// say queues a message; what no longer fits is not said.
func (m *mouth) say(raw []byte) {
	select {
	case m.queue <- raw:
	default:
	}
}

func (m *mouth) endedByPeer() int {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.disconnects
}

func (m *mouth) run() {
	for {
		if connection, err := net.DialTimeout("tcp", m.address, dialTimeout); err == nil {
			m.talk(connection)
			m.lock.Lock()
			m.disconnects++
			m.lock.Unlock()
		}
		time.Sleep(redialDelay)
	}
}

func (m *mouth) talk(connection net.Conn) {
	defer connection.Close()
	nonce := rand.Uint32()
	ready := make(chan struct{})
	over := make(chan struct{})
	var (
		writing      sync.Mutex
		acknowledged sync.Once
	)
	write := func(raw []byte) bool {
		writing.Lock()
		defer writing.Unlock()
		_, err := connection.Write(raw)
		return err == nil
	}
	version := payload.NewVersion(m.magic, nonce, "/BYZANTINE/", []capability.Capability{
		{Type: capability.FullNode, Data: &capability.Node{}},
	})
	hello, err := encodeFrame(network.CMDVersion, version)
	if err != nil || !write(hello) {
		return
	}
	go func() {
		defer close(over)
		incoming := bufio.NewReader(connection)
		for {
			f, err := readFrame(incoming)
			if err != nil {
				return
			}
			switch f.command {
			case network.CMDVersion:
				if raw, err := encodeFrame(network.CMDVerack, payload.NewNullPayload()); err == nil {
					write(raw)
				}
			case network.CMDVerack:
				acknowledged.Do(func() { close(ready) })
			case network.CMDPing:
				if raw, err := encodeFrame(network.CMDPong, payload.NewPing(0, nonce)); err == nil {
					write(raw)
				}
			default:
			}
		}
	}()
	select {
	case <-ready:
	case <-over:
		return
	}
	for {
		select {
		case raw := <-m.queue:
			if !write(raw) {
				return
			}
		case <-over:
			return
		}
	}
}

// extensibleFrame is the message that carries a consensus payload.
func extensibleFrame(e *payload.Extensible) []byte {
	w := io.NewBufBinWriter()
	if err := network.NewMessage(network.CMDExtensible, e).Encode(w.BinWriter); err != nil {
		return nil
	}
	return w.Bytes()
}
