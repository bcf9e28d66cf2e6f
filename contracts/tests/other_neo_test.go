package tests

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/nspcc-dev/neo-go/pkg/core/block"
	"github.com/nspcc-dev/neo-go/pkg/core/mpt"
	"github.com/nspcc-dev/neo-go/pkg/core/storage"
	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	neohash "github.com/nspcc-dev/neo-go/pkg/crypto/hash"
	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/neorpc/result"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/emit"
	"github.com/stretchr/testify/require"
)

const (
	// otherMagic is above the numbers that fit into 31 bits, as a network's may be.
	otherMagic = 0xCAFE_0001
	// otherContract is the number of the contract there whose entries count.
	otherContract = 12
)

var otherNetwork = fmt.Sprintf("neo3:%d", otherMagic)

// otherNeo is another network of Neo: headers and a state, made by neo-go's own code, and signed by made-up validators.
type otherNeo struct {
	t     testing.TB
	magic uint32
	state *mpt.Trie
}

// newOtherNeo is a network whose contract has these entries, among many of others.
func newOtherNeo(t testing.TB, entries map[string][]byte) *otherNeo {
	o := &otherNeo{t, otherMagic, mpt.NewTrie(nil, mpt.ModeAll, storage.NewMemCachedStore(storage.NewMemoryStore()))}
	for i := range 40 {
		digest := sha256.Sum256([]byte{byte(i)})
		o.put(i%16, string(digest[:8]), digest[:])
	}
	for key, value := range entries {
		o.put(otherContract, key, value)
	}
	return o
}

func (o *otherNeo) put(contract int, key string, value []byte) {
	require.NoError(o.t, o.state.Put(trieKey(contract, key), value))
}

func trieKey(contract int, key string) []byte {
	return append([]byte{byte(contract), 0, 0, 0}, key...)
}

// proof is a node's answer to getproof.
func (o *otherNeo) proof(contract int, key string) []byte {
	nodes, err := o.state.GetProof(trieKey(contract, key))
	require.NoError(o.t, err)
	return encodedProof(trieKey(contract, key), nodes...)
}

func encodedProof(key []byte, nodes ...[]byte) []byte {
	w := io.NewBufBinWriter()
	(&result.ProofWithKey{Key: key, Proof: nodes}).EncodeBinary(w.BinWriter)
	return w.Bytes()
}

// validators are an account of so many keys, n − ⌊(n−1)/3⌋ of whom sign.
type validators struct {
	keys      []*keys.PrivateKey // in the order of the account
	threshold int
	script    []byte
}

// newValidators are validators; one name gives the same each time.
func newValidators(t testing.TB, name string, size int) *validators {
	v := &validators{threshold: size - (size-1)/3}
	for i := range size {
		secret := sha256.Sum256(fmt.Appendf(nil, "%s %d", name, i))
		key, err := keys.NewPrivateKeyFromBytes(secret[:])
		require.NoError(t, err)
		v.keys = append(v.keys, key)
	}
	slices.SortFunc(v.keys, func(one, other *keys.PrivateKey) int { return one.PublicKey().Cmp(other.PublicKey()) })
	var publicKeys keys.PublicKeys
	for _, key := range v.keys {
		publicKeys = append(publicKeys, key.PublicKey())
	}
	script, err := smartcontract.CreateDefaultMultiSigRedeemScript(publicKeys)
	require.NoError(t, err)
	v.script = script
	return v
}

func (v *validators) account() util.Uint160 {
	return neohash.Hash160(v.script)
}

// headerOptions say what is unusual of a header.
type headerOptions struct {
	magic     uint32       // signed for
	signers   []int        // by their places; the last that are needed if not given
	stateRoot util.Uint256 // of the network if not given
}

// header is a header in the form that nodes give, signed by validators, that names the next.
func (o *otherNeo) header(blockIndex int, by, next *validators) []byte {
	return o.headerWith(blockIndex, by, next, headerOptions{})
}

func (o *otherNeo) headerWith(blockIndex int, by, next *validators, options headerOptions) []byte {
	h := &block.Header{
		PrevHash:         util.Uint256{1},
		MerkleRoot:       util.Uint256{2},
		Timestamp:        uint64(genesisMs + 1_000*blockIndex),
		Nonce:            7,
		Index:            uint32(blockIndex),
		NextConsensus:    next.account(),
		StateRootEnabled: true,
		PrevStateRoot:    cmp.Or(options.stateRoot, o.state.StateRoot()),
	}
	signers := options.signers
	if signers == nil {
		for i := len(by.keys) - by.threshold; i < len(by.keys); i++ {
			signers = append(signers, i)
		}
	}
	w := io.NewBufBinWriter()
	for _, i := range signers {
		emit.Bytes(w.BinWriter, by.keys[i].SignHashable(cmp.Or(options.magic, o.magic), h))
	}
	h.Script = transaction.Witness{InvocationScript: w.Bytes(), VerificationScript: by.script}
	return encodedHeader(h)
}

func encodedHeader(h *block.Header) []byte {
	w := io.NewBufBinWriter()
	h.EncodeBinary(w.BinWriter)
	return w.Bytes()
}
