package status

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/history"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Root is a credential tree as one call left it.
type Root struct {
	Size       int // leaves written so far
	Root       []byte
	TimeMs     int
	RootIndex  int // position in the tree's history, from 1
	BlockIndex int
}

// Anchor fixes a status list as it was published at a time.
type Anchor struct {
	Sequence   int // position in the list's history, from 1
	Hash       []byte
	TimeMs     int
	BlockIndex int
}

const (
	// LeafSize is the size of a leaf, in bytes.
	LeafSize = 32
	// MaxLeaves is the most leaves that a tree can have.
	MaxLeaves = 1 << 32
	// MaxAppend is the most leaves that one call can append: they fit the 65,535
	// bytes of a transaction's script.
	MaxAppend = 2_000
	// MaxSet is the most leaves that one call can overwrite: each takes one of the
	// 512 notifications that an execution may raise.
	MaxSet = 500
	// LeavesPerNotification keeps a notification within its 1,024 bytes.
	LeavesPerNotification = 29
	// MaxTypeIdLength and MaxListIdLength bound names.
	MaxTypeIdLength = 32
	MaxListIdLength = 64

	// ErrAccreditation is thrown when the issuer may not issue the credential type now.
	ErrAccreditation = "issuer not accredited for this credential type now"
	// ErrSize is thrown when the tree has grown since the caller looked.
	ErrSize = "tree has another size"
	// ErrLeaves is thrown when the leaves are not whole, none, or too many, or do
	// not match the indexes.
	ErrLeaves = "leaves malformed"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	keyIdentifiers   = 'i'
	keyTrust         = 't'
	prefixTree       = 'r'
	prefixPastTree   = 'R'
	prefixAnchor     = 'a'
	prefixPastAnchor = 'A'
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		return
	}
	access.SetOwner(data)
	storage.LocalPut([]byte{keyIdentifiers}, access.Contract(data, 1))
	storage.LocalPut([]byte{keyTrust}, access.Contract(data, 2))
}

// Update replaces the contract's code. The owner must agree.
func Update(nefFile, manifest []byte, data any) {
	access.Upgrade(contractVersion, nefFile, manifest, data)
}

// Version returns the version of the contract's code:
// major*1,000,000 + minor*1,000 + patch.
func Version() int {
	return contractVersion
}

// Identifiers returns the hash of the contract that says who controls an identifier.
func Identifiers() interop.Hash160 {
	return storage.LocalGet([]byte{keyIdentifiers})
}

// Trust returns the hash of the contract that says who may issue.
func Trust() interop.Hash160 {
	return storage.LocalGet([]byte{keyTrust})
}

// Append adds leaves at the end of the issuer's tree for a credential type and
// publishes the new root. The issuer's controller must agree, and the issuer must
// be accredited now. Nobody here computes the root: anyone can, from the leaves
// in the notifications.
func Append(issuer interop.Hash160, typeId string, firstIndex int, leaves []byte, root []byte) {
	checkIssuer(issuer, typeId)
	access.CheckRunning()
	tree := latest(issuer, typeId)
	size := len(leaves)
	count := size / LeafSize
	if size != count*LeafSize || count < 1 || count > MaxAppend {
		panic(ErrLeaves)
	}
	if tree.Size != arguments.Integer(firstIndex, 0, MaxLeaves-count) {
		panic(ErrSize)
	}
	for first := 0; first < count; first += LeavesPerNotification {
		end := min(first+LeavesPerNotification, count)
		runtime.Notify("LeavesWritten", issuer, typeId, tree.Size+first, leaves[first*LeafSize:end*LeafSize])
	}
	tree.Size += count
	publish(issuer, typeId, tree, root)
}

// SetLeaves overwrites leaves of the issuer's tree, as when credentials are
// revoked, and publishes the new root. The issuer's controller must agree, and
// the issuer must be accredited now.
func SetLeaves(issuer interop.Hash160, typeId string, indices []int, leaves []byte, root []byte) {
	checkIssuer(issuer, typeId)
	tree := latest(issuer, typeId)
	count := len(indices)
	if len(leaves) != count*LeafSize || count < 1 || count > MaxSet {
		panic(ErrLeaves)
	}
	for i := range count {
		index := arguments.Integer(indices[i], 0, tree.Size-1)
		runtime.Notify("LeavesWritten", issuer, typeId, index, leaves[i*LeafSize:(i+1)*LeafSize])
	}
	publish(issuer, typeId, tree, root)
}

// AnchorStatusList fixes the hash of a status list as the issuer publishes it now.
// The issuer's controller must agree.
func AnchorStatusList(issuer interop.Hash160, listId string, listHash []byte) {
	access.CheckWitness(access.Controller(Identifiers(), issuer))
	anchor := StatusListAnchor(issuer, listId)
	if anchor == nil {
		anchor = &Anchor{}
	}
	replaced := anchor.Sequence
	anchor.Sequence++
	anchor.Hash = arguments.Digest(listHash)
	anchor.TimeMs = runtime.GetTime()
	anchor.BlockIndex = history.BlockIndex()
	history.Replace(anchorKey(prefixAnchor, issuer, listId),
		history.Numbered(anchorKey(prefixPastAnchor, issuer, listId), replaced), anchor)
	runtime.Notify("StatusListAnchored", issuer, listId, anchor.Sequence, anchor.Hash)
}

// Tree returns an issuer's tree for a credential type as it is now, or null if it
// has no leaves yet.
func Tree(issuer interop.Hash160, typeId string) *Root {
	return loadRoot(treeKey(prefixTree, issuer, typeId))
}

// RootAt returns a tree as its change number rootIndex left it, or null if there
// is no such change.
func RootAt(issuer interop.Hash160, typeId string, rootIndex int) *Root {
	past := history.Numbered(treeKey(prefixPastTree, issuer, typeId), rootIndex)
	tree := Tree(issuer, typeId)
	if tree == nil || rootIndex == tree.RootIndex {
		return tree
	}
	return loadRoot(past)
}

// StatusListAnchor returns the latest anchor of a status list, or null if there is none.
func StatusListAnchor(issuer interop.Hash160, listId string) *Anchor {
	return loadAnchor(anchorKey(prefixAnchor, issuer, listId))
}

// StatusListAnchorAt returns the anchor number sequence of a status list, or null
// if there is no such anchor.
func StatusListAnchorAt(issuer interop.Hash160, listId string, sequence int) *Anchor {
	past := history.Numbered(anchorKey(prefixPastAnchor, issuer, listId), sequence)
	anchor := StatusListAnchor(issuer, listId)
	if anchor == nil || sequence == anchor.Sequence {
		return anchor
	}
	return loadAnchor(past)
}

// checkIssuer throws unless the issuer's controller agrees and the issuer may
// issue the credential type now.
func checkIssuer(issuer interop.Hash160, typeId string) {
	access.CheckWitness(access.Controller(Identifiers(), issuer))
	if !contract.Call(Trust(), "mayIssue", contract.ReadOnly, issuer, typeId, runtime.GetTime()).(bool) {
		panic(ErrAccreditation)
	}
}

// latest returns a tree as it is now, also before its first leaf.
func latest(issuer interop.Hash160, typeId string) *Root {
	tree := Tree(issuer, typeId)
	if tree == nil {
		return &Root{}
	}
	return tree
}

// publish makes root the tree's next and latest.
func publish(issuer interop.Hash160, typeId string, tree *Root, root []byte) {
	replaced := tree.RootIndex
	tree.RootIndex++
	tree.Root = arguments.Digest(root)
	tree.TimeMs = runtime.GetTime()
	tree.BlockIndex = history.BlockIndex()
	history.Replace(treeKey(prefixTree, issuer, typeId),
		history.Numbered(treeKey(prefixPastTree, issuer, typeId), replaced), tree)
	runtime.Notify("RootPublished", issuer, typeId, tree.RootIndex, tree.Size, tree.Root)
}

func loadRoot(key []byte) *Root {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*Root)
}

func loadAnchor(key []byte) *Anchor {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*Anchor)
}

func treeKey(prefix byte, issuer interop.Hash160, typeId string) []byte {
	key := append([]byte{prefix}, arguments.Hash160(issuer)...)
	return append(key, arguments.Name(typeId, MaxTypeIdLength)...)
}

// anchorKey holds a digest of the list's name, which may be too long for a key.
func anchorKey(prefix byte, issuer interop.Hash160, listId string) []byte {
	key := append([]byte{prefix}, arguments.Hash160(issuer)...)
	return append(key, crypto.Sha256([]byte(arguments.Name(listId, MaxListIdLength)))...)
}
