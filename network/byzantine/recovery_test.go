package main

import (
	"testing"

	"github.com/nspcc-dev/dbft"
	"github.com/nspcc-dev/neo-go/pkg/config/netmode"
	"github.com/nspcc-dev/neo-go/pkg/consensus"
	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/io"
)

const recoveredHeight = 30

// recovered reads a recovery message as a node does that stands on network/patches, and counts what it takes of it.
func recovered(t *testing.T, body []byte, validators []dbft.PublicKey) (changes, requests, answers, commits int) {
	m := message{kind: recoveryMessage, height: recoveredHeight, body: body}
	w := io.NewBufBinWriter()
	seal(m, testKey(t), testMagic).EncodeBinary(w.BinWriter)
	p := consensus.NewPayload(netmode.Magic(testMagic), true)
	r := io.NewBinReaderFromBuf(w.Bytes())
	p.DecodeBinary(r)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	recovery := p.GetRecoveryMessage()
	if recovery.GetPrepareRequest(p, validators, 0) != nil {
		requests = 1
	}
	return len(recovery.GetChangeViews(p, validators)), requests, len(recovery.GetPrepareResponses(p, validators)), len(recovery.GetCommits(p, validators))
}

func signatureOf(m message, key *keys.PrivateKey) []byte {
	return seal(m, key, testMagic).Witness.InvocationScript
}

func TestWhatOthersSignedIsRecovered(t *testing.T) {
	keysOfAll := make([]*keys.PrivateKey, 7)
	validators := make([]dbft.PublicKey, 7)
	for index := range keysOfAll {
		keysOfAll[index] = testKey(t)
		validators[index] = keysOfAll[index].PublicKey()
	}
	said := func(kind byte, from int, body []byte) message {
		return message{kind: kind, height: recoveredHeight, validator: byte(from), body: body}
	}
	p := proposal{timestampMs: 5, nonce: 6}
	request := said(prepareRequest, 0, p.encode())
	requestHash := seal(request, keysOfAll[0], testMagic).Hash()
	reasons := []byte{0, 1, 2, 5, 0xff}
	signature := make([]byte, 64)

	// Who signs as whom: each its own, or each the next one's.
	build := func(signer func(from int) *keys.PrivateKey, shift byte) []byte {
		w := io.NewBufBinWriter()
		w.WriteVarUint(uint64(len(reasons)))
		for from, reason := range reasons {
			inner := io.NewBufBinWriter()
			inner.WriteU64LE(77)
			inner.WriteB(reason)
			w.WriteB(byte(from) + shift)
			w.WriteB(0)
			w.WriteU64LE(77)
			w.WriteVarBytes(signatureOf(said(changeView, from, inner.Bytes()), signer(from)))
		}
		w.WriteBool(true)
		w.WriteBytes(message{kind: prepareRequest, body: p.encode()}.encode())
		w.WriteVarUint(2)
		w.WriteB(0 + shift)
		w.WriteVarBytes(signatureOf(request, signer(0)))
		w.WriteB(4 + shift)
		w.WriteVarBytes(signatureOf(said(prepareResponse, 4, requestHash[:]), signer(4)))
		w.WriteVarUint(1)
		w.WriteB(0)
		w.WriteB(5 + shift)
		w.WriteBytes(signature)
		w.WriteVarBytes(signatureOf(said(commit, 5, signature), signer(5)))
		return w.Bytes()
	}
	own := func(from int) *keys.PrivateKey { return keysOfAll[from] }
	others := func(from int) *keys.PrivateKey { return keysOfAll[(from+1)%7] }

	// preparationHash is what the consensus service fills in; without it there are no answers to compare.
	if changes, requests, _, commits := recovered(t, build(own, 0), validators); changes != len(reasons) || requests != 1 || commits != 1 {
		t.Fatalf("honest: %d changes of view, %d requests, %d commits", changes, requests, commits)
	}
	if changes, requests, answers, commits := recovered(t, build(others, 0), validators); changes+requests+answers+commits != 0 {
		t.Fatalf("signed by another one: %d changes of view, %d requests, %d answers, %d commits", changes, requests, answers, commits)
	}
	if changes, requests, answers, commits := recovered(t, build(own, 7), validators); changes+requests+answers+commits != 0 {
		t.Fatalf("validators that do not exist: %d changes of view, %d requests, %d answers, %d commits", changes, requests, answers, commits)
	}
}
