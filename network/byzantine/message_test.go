package main

import (
	"bufio"
	"bytes"
	"testing"

	"github.com/nspcc-dev/neo-go/pkg/config/netmode"
	"github.com/nspcc-dev/neo-go/pkg/consensus"
	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/network"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
	"github.com/nspcc-dev/neo-go/pkg/util"
)

const testMagic = 787_878

func testKey(t *testing.T) *keys.PrivateKey {
	key, err := keys.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// What we encode, neo-go must read as we meant it, and believe the signature.
func TestSealedMessagesAreReadByNeoGo(t *testing.T) {
	key := testKey(t)
	p := proposal{timestampMs: 1_790_000_000_123, nonce: 7, transactions: []util.Uint256{{1}, {2}}, prevHash: util.Uint256{3}, stateRoot: util.Uint256{4}}
	m := message{kind: prepareRequest, height: 99, validator: 5, view: 2, body: p.encode()}
	e := seal(m, key, testMagic)
	if !key.PublicKey().VerifyHashable(e.Witness.InvocationScript[2:], testMagic, e) {
		t.Fatal("the signature does not verify")
	}
	w := io.NewBufBinWriter()
	e.EncodeBinary(w.BinWriter)
	read := consensus.NewPayload(netmode.Magic(testMagic), true)
	r := io.NewBinReaderFromBuf(w.Bytes())
	read.DecodeBinary(r)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	request := read.GetPrepareRequest()
	if read.Height() != 99 || read.ValidatorIndex() != 5 || read.ViewNumber() != 2 || request.Nonce() != 7 ||
		request.Timestamp() != 1_790_000_000_123_000_000 || len(request.TransactionHashes()) != 2 {
		t.Fatalf("neo-go reads another message: %+v", read)
	}
	back, err := decodeMessage(e.Data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decodeProposal(back)
	if err != nil || again.nonce != p.nonce || again.stateRoot != p.stateRoot || again.transactions[1] != p.transactions[1] {
		t.Fatalf("we read another proposal: %+v, %v", again, err)
	}
}

func TestRefusesShortMessagesAndOtherKinds(t *testing.T) {
	if _, err := decodeMessage([]byte{prepareRequest, 1, 2, 3, 4, 5}); err == nil {
		t.Fatal("took six bytes for a message")
	}
	if _, err := decodeProposal(message{kind: commit, body: make([]byte, 64)}); err == nil {
		t.Fatal("took a commit for a proposal")
	}
}

func TestFramesPassUnchanged(t *testing.T) {
	e := seal(message{kind: commit, height: 1, body: make([]byte, 64)}, testKey(t), testMagic)
	small := extensibleFrame(e)
	large, err := encodeFrame(network.CMDInv, payload.NewInventory(payload.TXType, make([]util.Uint256, 300)))
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(bytes.NewReader(append(bytes.Clone(small), large...)))
	for _, sent := range [][]byte{small, large} {
		f, err := readFrame(r)
		if err != nil || !bytes.Equal(f.bytes, sent) {
			t.Fatalf("a frame of %d bytes came out as %d: %v", len(sent), len(f.bytes), err)
		}
	}
	f := frame{command: network.CMDExtensible, bytes: small}
	if read, isExtensible := f.decode().(*payload.Extensible); !isExtensible || read.Hash() != e.Hash() {
		t.Fatal("the payload is another one")
	}
	if _, err := readFrame(bufio.NewReader(bytes.NewReader([]byte{0, 0x2e, 0xff, 255, 255, 255, 255, 255, 255, 255, 127}))); err == nil {
		t.Fatal("took a length that no message may have")
	}
}
