package gateway

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
)

const (
	// MaxStorageKeySize is the size of the longest key in a contract's storage.
	MaxStorageKeySize = 64
	// MaxProofSize bounds a proof, in bytes.
	MaxProofSize = 65_535

	// ErrProofKey is thrown when a proof is of another entry.
	ErrProofKey = "proof of another entry"
	// ErrProof is thrown when a proof does not lead from the state root to the entry.
	ErrProof = "proof does not hold"
)

// Nodes of Neo's Merkle-Patricia trie: docs/light-client.md.
const (
	nodeBranch    = 0
	nodeExtension = 1
	nodeLeaf      = 2
	childHash     = 3
	childEmpty    = 4
	children      = 17
	lastChild     = 16
	hashSize      = 32

	maxPathSize  = 2 * (4 + MaxStorageKeySize)
	maxNodes     = maxPathSize + 2
	maxValueSize = 65_535
)

// provenValue returns what a contract's storage holds under a key, by a proof that
// leads from a state root to it.
func provenValue(root []byte, contractId int, key []byte, proof []byte) []byte {
	trieKey := append(convert.Uint32ToBytesLE(uint32(contractId)), arguments.Bytes(key, MaxStorageKeySize)...)
	r := &reader{arguments.Bytes(proof, MaxProofSize), 0, ErrProof}
	if string(takePart(r, 4+MaxStorageKeySize)) != string(trieKey) {
		panic(ErrProofKey)
	}
	path := nibblesOf(trieKey)
	wanted, done := root, 0
	count := takeLength(r, maxNodes)
	for i := range count {
		encoded := takePart(r, maxValueSize)
		if string(crypto.Sha256(crypto.Sha256(encoded))) != string(wanted) {
			panic(ErrProof)
		}
		node := &reader{encoded, 0, ErrProof}
		kind := takeByte(node)
		if kind == nodeLeaf {
			value := takePart(node, maxValueSize)
			if done != len(path) || i+1 != count || !atEnd(r) || !atEnd(node) {
				panic(ErrProof)
			}
			return arguments.ByteString(value)
		}
		if kind == nodeBranch {
			child := lastChild
			if done < len(path) {
				child = int(path[done])
				done++
			}
			wanted = childOf(node, child)
		} else if kind == nodeExtension {
			nibbles := takePart(node, maxPathSize)
			size := len(nibbles)
			if size > len(path)-done || string(nibbles) != string(path[done:done+size]) {
				panic(ErrProof)
			}
			done += size
			wanted = takeChild(node)
		} else {
			panic(ErrProof)
		}
		// No child is there where it must be, or something behind the last.
		if len(wanted) == 0 || !atEnd(node) {
			panic(ErrProof)
		}
	}
	panic(ErrProof)
}

// childOf reads all children of a branch and returns the hash of one.
func childOf(node *reader, wanted int) []byte {
	found := []byte{}
	for i := range children {
		child := takeChild(node)
		if i == wanted {
			found = child
		}
	}
	return found
}

// takeChild reads a child: the hash of a node, or empty where there is none.
func takeChild(node *reader) []byte {
	kind := takeByte(node)
	if kind == childEmpty {
		return []byte{}
	}
	if kind != childHash {
		panic(ErrProof)
	}
	return take(node, hashSize)
}

// nibblesOf returns the halves of bytes, the high one first.
func nibblesOf(bytes []byte) []byte {
	size := len(bytes)
	nibbles := make([]byte, 2*size)
	for i := range size {
		nibbles[2*i] = bytes[i] / 16
		nibbles[2*i+1] = bytes[i] % 16
	}
	return nibbles
}
