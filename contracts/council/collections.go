package council

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/history"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/neo"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// SignatureCollection gathers the committee's signatures of one transaction.
type SignatureCollection struct {
	Opener          interop.PublicKey
	TransactionHash []byte // SHA-256 of the transaction: its hash, as it travels
	TimeMs          int
	BlockIndex      int
	Signatures      []*MemberSignature
}

// MemberSignature is a committee member's signature of the transaction.
type MemberSignature struct {
	Member    interop.PublicKey
	Signature []byte
	TimeMs    int
}

const (
	// MaxTransactionSize bounds the transaction, in bytes.
	MaxTransactionSize = 16_384

	// ErrMember is thrown when a key is not of the ledger's committee now.
	ErrMember = "not a member of the committee"
	// ErrCollection is thrown when there is no such collection.
	ErrCollection = "collection unknown"
	// ErrSigned is thrown when a member signs for a second time.
	ErrSigned = "member has signed before"
	// ErrSignature is thrown when a signature is not the member's of this transaction.
	ErrSignature = "signature does not hold"
)

// OpenCollection begins to gather the committee's signatures of a transaction that
// has no witnesses yet, and returns the collection's number, from 1. The account of
// a member's key must agree.
func OpenCollection(member interop.PublicKey, transaction []byte) int {
	opener := checkMember(member)
	access.CheckWitness(contract.CreateStandardAccount(opener))
	content := arguments.Bytes(transaction, MaxTransactionSize)
	id := CollectionCount() + 1
	collection := &SignatureCollection{
		Opener:          opener,
		TransactionHash: digestOf(content),
		TimeMs:          runtime.GetTime(),
		BlockIndex:      history.BlockIndex(),
		Signatures:      []*MemberSignature{},
	}
	storage.LocalPut([]byte{keyCollectionCount}, convert.ToBytes(id))
	storage.LocalPut(history.Numbered([]byte{prefixTransaction}, id), content)
	saveCollection(id, collection)
	runtime.Notify("CollectionOpened", id, opener, collection.TransactionHash)
	return id
}

// AddSignature adds a committee member's signature of a collection's transaction.
// The signature says that the member agrees: anybody may bring it.
func AddSignature(id int, member interop.PublicKey, signature []byte) {
	collection := Collection(id)
	if collection == nil {
		panic(ErrCollection)
	}
	signer := checkMember(member)
	for _, earlier := range collection.Signatures {
		if string(earlier.Member) == string(signer) {
			panic(ErrSigned)
		}
	}
	signed := append([]byte{}, convert.Uint32ToBytesLE(uint32(runtime.GetNetwork()))...)
	signed = append(signed, collection.TransactionHash...)
	content := arguments.ByteString(signature)
	if len(content) != interop.SignatureLen || !crypto.VerifyWithECDsa(signed, signer, content, crypto.Secp256r1Sha256) {
		panic(ErrSignature)
	}
	collection.Signatures = append(collection.Signatures,
		&MemberSignature{Member: signer, Signature: content, TimeMs: runtime.GetTime()})
	saveCollection(id, collection)
	runtime.Notify("SignatureAdded", id, signer)
}

// Collection returns a collection of signatures, or null if there is none of this
// number.
func Collection(id int) *SignatureCollection {
	stored := storage.LocalGet(history.Numbered([]byte{prefixCollection}, id))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*SignatureCollection)
}

// CollectionTransaction returns the transaction that a collection is about, without
// witnesses, or null if there is no such collection.
func CollectionTransaction(id int) []byte {
	return storage.LocalGet(history.Numbered([]byte{prefixTransaction}, id))
}

// CollectionCount returns how many collections there have been.
func CollectionCount() int {
	return storedInteger(keyCollectionCount)
}

// checkMember parses the key of a member of the committee.
func checkMember(publicKey interop.PublicKey) interop.PublicKey {
	key := parsePublicKey(publicKey)
	for _, member := range neo.GetCommittee() {
		if string(member) == string(key) {
			return key
		}
	}
	panic(ErrMember)
}

func saveCollection(id int, collection *SignatureCollection) {
	storage.LocalPut(history.Numbered([]byte{prefixCollection}, id), std.Serialize(collection))
}
