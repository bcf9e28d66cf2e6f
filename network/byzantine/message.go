package main

import (
	"encoding/binary"
	"errors"

	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/emit"
)

// Types of consensus messages, as they travel (pkg/consensus/payload.go of neo-go keeps them to itself).
const (
	changeView      = 0x00
	prepareRequest  = 0x20
	prepareResponse = 0x21
	commit          = 0x30
	recoveryRequest = 0x40
	recoveryMessage = 0x41
)

var typeNames = map[byte]string{
	changeView:      "ChangeView",
	prepareRequest:  "PrepareRequest",
	prepareResponse: "PrepareResponse",
	commit:          "Commit",
	recoveryRequest: "RecoveryRequest",
	recoveryMessage: "RecoveryMessage",
}

var (
	errShort      = errors.New("consensus message ends early")
	errNoProposal = errors.New("not a proposal")
)

const messageHeaderBytes = 7

// message is the data of a consensus payload. The view of a ChangeView is the one that its sender leaves.
type message struct {
	kind      byte
	height    uint32
	validator byte
	view      byte
	body      []byte
}

func decodeMessage(data []byte) (message, error) {
	if len(data) < messageHeaderBytes {
		return message{}, errShort
	}
	return message{
		kind:      data[0],
		height:    binary.LittleEndian.Uint32(data[1:5]),
		validator: data[5],
		view:      data[6],
		body:      data[messageHeaderBytes:],
	}, nil
}

func (m message) encode() []byte {
	data := make([]byte, messageHeaderBytes, messageHeaderBytes+len(m.body))
	data[0] = m.kind
	binary.LittleEndian.PutUint32(data[1:5], m.height)
	data[5] = m.validator
	data[6] = m.view
	return append(data, m.body...)
}

// proposal is the body of a PrepareRequest on a network whose headers carry state roots.
type proposal struct {
	version      uint32
	prevHash     util.Uint256
	timestampMs  uint64
	nonce        uint64
	transactions []util.Uint256
	stateRoot    util.Uint256
}

func decodeProposal(m message) (proposal, error) {
	if m.kind != prepareRequest {
		return proposal{}, errNoProposal
	}
	var p proposal
	r := io.NewBinReaderFromBuf(m.body)
	p.version = r.ReadU32LE()
	r.ReadBytes(p.prevHash[:])
	p.timestampMs = r.ReadU64LE()
	p.nonce = r.ReadU64LE()
	r.ReadArray(&p.transactions)
	r.ReadBytes(p.stateRoot[:])
	return p, r.Err
}

func (p proposal) encode() []byte {
	w := io.NewBufBinWriter()
	w.WriteU32LE(p.version)
	w.WriteBytes(p.prevHash[:])
	w.WriteU64LE(p.timestampMs)
	w.WriteU64LE(p.nonce)
	w.WriteArray(p.transactions)
	w.WriteBytes(p.stateRoot[:])
	return w.Bytes()
}

// seal makes a signed payload of a message.
func seal(m message, key *keys.PrivateKey, magic uint32) *payload.Extensible {
	e := &payload.Extensible{
		Category:      payload.ConsensusCategory,
		ValidBlockEnd: m.height,
		Sender:        key.GetScriptHash(),
		Data:          m.encode(),
	}
	e.Witness.InvocationScript = signatureScript(key.SignHashable(magic, e))
	e.Witness.VerificationScript = key.PublicKey().GetVerificationScript()
	return e
}

func signatureScript(signature []byte) []byte {
	w := io.NewBufBinWriter()
	emit.Bytes(w.BinWriter, signature)
	return w.Bytes()
}
