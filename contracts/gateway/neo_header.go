package gateway

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
)

// Entry is an entry of a contract's storage in a network of Neo, as it was after a
// block.
type Entry struct {
	Value      []byte
	BlockIndex int
	TimeMs     int // of the next block: until then it was so
}

// blockHeader is a header, whose signatures need not be checked yet.
type blockHeader struct {
	hash          []byte
	blockIndex    int
	timeMs        int
	nextConsensus interop.Hash160
	stateRoot     []byte // of the block before
	invocation    []byte
	verification  []byte
}

const (
	// MaxHeaderSize bounds a header, in bytes.
	MaxHeaderSize = 4_096

	// ErrHeader is thrown when bytes are no header of Neo with a state root, or its
	// validators' account is none of so many keys.
	ErrHeader = "not a header of Neo"
	// ErrOldHeader is thrown when a header is not behind that which named the
	// validators.
	ErrOldHeader = "header not newer than the validators known"
	// ErrValidators is thrown when a header is signed for another account than that of
	// the validators known.
	ErrValidators = "header not of the validators known"
	// ErrSignatures is thrown when a header has not exactly as many signatures as it
	// needs, each by another validator, in their order.
	ErrSignatures = "header not signed by enough validators"
)

// Layout of a header: docs/light-client.md.
const (
	timeOffset          = 68
	indexOffset         = 84
	nextConsensusOffset = 89
	stateRootOffset     = 109
	hashableSize        = 141
	maxScriptSize       = 1_024

	pushData1     = 0x0C
	pushInt8      = 0x00
	push0         = 0x10
	maxPush       = 15
	maxValidators = 127
	checkMultisig = "\x41\x9E\xD0\xDC\x3A"
	headerVersion = "\x00\x00\x00\x00"
	oneWitness    = 1
	sizeOfPush    = 2
	sizeOfKeyPush = sizeOfPush + interop.PublicKeyCompressedLen
)

// NeoEntry returns an entry of the contract that is set for a network of Neo, under a
// storage key, as it was after the block before a header's. The header is signed by
// the validators known, the proof is a node's answer to getproof for the header's
// state root. That it still is so nobody says.
func NeoEntry(network string, header []byte, key []byte, proof []byte) *Entry {
	pinned := networkOn(network, KindNeo)
	validators := Validators(network)
	parsed := parseHeader(header)
	if parsed.blockIndex <= validators.BlockIndex {
		panic(ErrOldHeader)
	}
	checkHeader(parsed, pinned.Magic, validators.NextConsensus)
	return &Entry{
		Value:      provenValue(parsed.stateRoot, pinned.ContractId, key, proof),
		BlockIndex: parsed.blockIndex - 1,
		TimeMs:     parsed.timeMs,
	}
}

// parseHeader takes a header apart, nothing missing and nothing left over.
func parseHeader(value []byte) *blockHeader {
	header := arguments.Bytes(value, MaxHeaderSize)
	r := &reader{header, 0, ErrHeader}
	hashable := take(r, hashableSize)
	if string(hashable[:len(headerVersion)]) != headerVersion || takeByte(r) != oneWitness {
		panic(ErrHeader)
	}
	invocation, verification := takePart(r, maxScriptSize), takePart(r, maxScriptSize)
	if !atEnd(r) {
		panic(ErrHeader)
	}
	return &blockHeader{
		hash:          crypto.Sha256(hashable),
		blockIndex:    littleEndian(hashable[indexOffset : indexOffset+4]),
		timeMs:        littleEndian(hashable[timeOffset : timeOffset+8]),
		nextConsensus: interop.Hash160(hashable[nextConsensusOffset:stateRootOffset]),
		stateRoot:     hashable[stateRootOffset:],
		invocation:    invocation,
		verification:  verification,
	}
}

// checkHeader throws unless a header is signed by as many of an account's validators
// as it asks for.
func checkHeader(header *blockHeader, magic int, account interop.Hash160) {
	if string(crypto.Ripemd160(crypto.Sha256(header.verification))) != string(account) {
		panic(ErrValidators)
	}
	message := append(convert.Uint32ToBytesLE(uint32(magic)), header.hash...)
	script := &reader{header.verification, 0, ErrHeader}
	pushes := &reader{header.invocation, 0, ErrSignatures}
	threshold, keys, signed := takeCount(script), 0, 0
	signature := takePush(pushes, interop.SignatureLen)
	for len(script.data)-script.offset >= sizeOfKeyPush {
		key := takePush(script, interop.PublicKeyCompressedLen)
		keys++
		if signed < threshold && crypto.VerifyWithECDsa(message, key, signature, crypto.Secp256r1Sha256) {
			signed++
			if signed < threshold {
				signature = takePush(pushes, interop.SignatureLen)
			}
		}
	}
	if takeCount(script) != keys || string(take(script, len(checkMultisig))) != checkMultisig || !atEnd(script) {
		panic(ErrHeader)
	}
	if signed < threshold || !atEnd(pushes) {
		panic(ErrSignatures)
	}
}

// takePush reads a push of so many bytes, as Neo writes it.
func takePush(r *reader, size int) []byte {
	if takeByte(r) != pushData1 || takeByte(r) != size {
		panic(r.fault)
	}
	return take(r, size)
}

// takeCount reads a push of a number, as Neo writes it.
func takeCount(r *reader) int {
	code := takeByte(r)
	if code > push0 && code <= push0+maxPush {
		return code - push0
	}
	if code != pushInt8 {
		panic(r.fault)
	}
	count := takeByte(r)
	if count <= maxPush || count > maxValidators {
		panic(r.fault)
	}
	return count
}
