package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	neoio "github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/network"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
)

var errLongFrame = errors.New("frame is longer than the protocol allows")

// frame is one message of the P2P protocol as it stands on the wire: flags, command, length, payload.
type frame struct {
	command network.CommandType
	bytes   []byte
}

// readFrame reads one message without decoding its payload.
func readFrame(r *bufio.Reader) (frame, error) {
	var head [3]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	raw := append(make([]byte, 0, 64), head[:]...)
	size := uint64(head[2])
	extra := map[byte]int{0xfd: 2, 0xfe: 4, 0xff: 8}[head[2]]
	if extra > 0 {
		var length [8]byte
		if _, err := io.ReadFull(r, length[:extra]); err != nil {
			return frame{}, err
		}
		raw = append(raw, length[:extra]...)
		size = binary.LittleEndian.Uint64(length[:])
	}
	if size > payload.MaxSize {
		return frame{}, errLongFrame
	}
	start := len(raw)
	raw = append(raw, make([]byte, size)...)
	if _, err := io.ReadFull(r, raw[start:]); err != nil {
		return frame{}, err
	}
	return frame{command: network.CommandType(head[1]), bytes: raw}, nil
}

// decode gives the payload of a message; nil if it cannot be read.
func (f frame) decode() payload.Payload {
	m := &network.Message{StateRootInHeader: true}
	if err := m.Decode(neoio.NewBinReaderFromIO(bytes.NewReader(f.bytes))); err != nil {
		return nil
	}
	return m.Payload
}

// encodeFrame makes a message of a payload.
func encodeFrame(command network.CommandType, p payload.Payload) ([]byte, error) {
	return network.NewMessage(command, p).Bytes()
}
