package proofs

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/history"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// VerifyingKeyVersion is one version of a circuit's verifying key.
type VerifyingKeyVersion struct {
	Version    int    // from 1
	Key        []byte // the file, as docs/zk.md lays it out
	Hash       []byte // SHA-256 of the file
	Constant   []byte // e(alpha, beta) · e(IC₀, gamma), 576 bytes
	TimeMs     int
	BlockIndex int
}

// RootSetRecord says of which trees' roots a root set is made.
type RootSetRecord struct {
	TypeId      string
	Issuers     []interop.Hash160
	RootIndexes []int
	TimeMs      int // the last moment at which all are known to have been the latest
	BlockIndex  int // when it was last recorded
}

// treeRoot is what the contract status says of a tree.
type treeRoot struct {
	Size       int
	Root       []byte
	TimeMs     int
	RootIndex  int
	BlockIndex int
}

// Circuits that a presentation consists of.
const (
	CircuitPrepare = "prepare"
	CircuitShow    = "show"
)

const (
	// MaxCircuitIdLength and MaxTypeIdLength bound names.
	MaxCircuitIdLength = 32
	MaxTypeIdLength    = 32
	// MaxPurposeSize bounds what a verifier calls its purpose, in bytes.
	MaxPurposeSize = 256
	// MaxBatch is the most proofs that one call verifies.
	MaxBatch = 64
	// PredicatesSize is the size of what is asked of four values, twelve scalars each.
	PredicatesSize = 4 * 12 * ScalarSize
	// MaxRootAgeMs bounds the age of roots that a verifier can accept: a day.
	MaxRootAgeMs = 86_400_000

	// ErrProduction is thrown when a contract is deployed and not told if it is on a
	// production network.
	ErrProduction = "deployed without saying if for production"
	// ErrKey is thrown when a verifying key's file is malformed, is of another circuit,
	// or lets false proofs be made.
	ErrKey = "verifying key malformed or degenerate"
	// ErrDevelopment is thrown for a development key on a production network.
	ErrDevelopment = "development key on a production network"
	// ErrVersion is thrown when a new version is not the latest plus one.
	ErrVersion = "version is not the next"
	// ErrCircuit is thrown when a circuit has no verifying key of this version.
	ErrCircuit = "circuit or version unknown"
	// ErrProof is thrown when proofs are not whole, none, or too many.
	ErrProof = "proof of wrong length"
	// ErrPoint is thrown when a point is at infinity, or not compressed.
	ErrPoint = "point at infinity or not compressed"
	// ErrInputs is thrown when public inputs are too few or too many.
	ErrInputs = "public inputs of wrong length"
	// ErrScalar is thrown when a scalar is not below the order of the groups.
	ErrScalar = "scalar not below the order"
	// ErrInvalid is thrown when proofs that a change rests on do not hold.
	ErrInvalid = "proof does not hold"
	// ErrRoots is thrown when roots are none, too many, unknown, not in the order of
	// their issuers, or never stood together.
	ErrRoots = "roots malformed, unknown or never together"
	// ErrAccreditation is thrown when an issuer may not issue the credential type now.
	ErrAccreditation = "issuer not accredited for this credential type now"
	// ErrRootSet is thrown when nobody has recorded the root set.
	ErrRootSet = "root set not recorded"
	// ErrRootAge is thrown when a root set is older than the verifier accepts.
	ErrRootAge = "root set too old"
	// ErrType is thrown when a presentation is of another credential type than its root set.
	ErrType = "credential type is not that of the root set"
	// ErrRight is thrown when the verifier may not ask the query now.
	ErrRight = "verifier may not ask this query now"
	// ErrToday is thrown when today is neither the block's day nor one beside it.
	ErrToday = "today is another day"
	// ErrSpent is thrown when the nullifier was spent in its scope before.
	ErrSpent = "nullifier spent before"
	// ErrUsed is thrown when the commitment was shown before.
	ErrUsed = "commitment used before"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	keyIdentifiers   = 'i'
	keyTrust         = 't'
	keyStatus        = 's'
	keyProduction    = 'p'
	prefixKey        = 'k'
	prefixPastKey    = 'K'
	prefixRootSet    = 'r'
	prefixNullifier  = 'n'
	prefixCommitment = 'c'

	dayMs = 86_400_000
	// dayOf1970 is the day number of 1970-01-01: 1 is 1800-01-01.
	dayOf1970 = 62_092
	// typeDigestSize is the share of a credential type's digest that identifies it.
	typeDigestSize = 29
	// typeOffset is where it stands in a commitment's meta, after the slots.
	typeOffset = 2
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
	storage.LocalPut([]byte{keyStatus}, access.Contract(data, 3))
	production := data.([]any)[4]
	if production == nil {
		panic(ErrProduction)
	}
	if production.(bool) {
		storage.LocalPut([]byte{keyProduction}, []byte{1})
	}
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

// Trust returns the hash of the contract that says who may issue and ask.
func Trust() interop.Hash160 {
	return storage.LocalGet([]byte{keyTrust})
}

// Status returns the hash of the contract that holds the trees' roots.
func Status() interop.Hash160 {
	return storage.LocalGet([]byte{keyStatus})
}

// Production tells if the network refuses development keys.
func Production() bool {
	return storage.LocalGet([]byte{keyProduction}) != nil
}

// SetVerifyingKey makes version the latest of a circuit's verifying key, from the
// key's file. Proofs for earlier versions can still be verified, and not spent. The
// owner must agree.
func SetVerifyingKey(circuitId string, version int, key []byte) {
	access.CheckOwner()
	latest := VerifyingKey(circuitId, 0)
	replaced := 0
	if latest != nil {
		replaced = latest.Version
	}
	if arguments.Integer(version, 0, arguments.MaxUint32) != replaced+1 {
		panic(ErrVersion)
	}
	key = arguments.Bytes(key, maxKeySize)
	alphaOffset := parseKey(circuitId, key)
	development := isDevelopment(key)
	if development && Production() {
		panic(ErrDevelopment)
	}
	record := &VerifyingKeyVersion{
		Version:    version,
		Key:        key,
		Hash:       crypto.Sha256(key),
		Constant:   constantOf(key, alphaOffset),
		TimeMs:     runtime.GetTime(),
		BlockIndex: history.BlockIndex(),
	}
	history.Replace(circuitKey(prefixKey, circuitId), history.Numbered(circuitKey(prefixPastKey, circuitId), replaced), record)
	runtime.Notify("VerifyingKeySet", circuitId, version, development, record.Hash)
}

// VerifyingKey returns a version of a circuit's verifying key, or null if there is
// none. Version 0 is the latest.
func VerifyingKey(circuitId string, version int) *VerifyingKeyVersion {
	past := history.Numbered(circuitKey(prefixPastKey, circuitId), version)
	latest := loadKey(circuitKey(prefixKey, circuitId))
	if latest == nil || version == 0 || version == latest.Version {
		return latest
	}
	return loadKey(past)
}

// Verify tells if a proof holds for public inputs, 32 bytes each, little-endian, one
// after the other. Version 0 of the key is the latest. Malformed proofs and inputs
// fault.
func Verify(circuitId string, version int, proof []byte, publicInputs []byte) bool {
	return holds([]claim{newClaim(circuitId, version, proof, publicInputs, 1)})
}

// VerifyBatch tells if all of up to 64 proofs for one circuit hold, at less than half
// the cost of one by one. Proofs stand one after the other, and so do their inputs,
// in the same order.
func VerifyBatch(circuitId string, version int, proofs []byte, publicInputs []byte) bool {
	return holds([]claim{newClaim(circuitId, version, proofs, publicInputs, MaxBatch)})
}

// VerifyPresentation tells if a presentation's two proofs, PREPARE before SHOW, hold
// for a root set and SHOW's public inputs, whose first is the commitment that both
// share. Version 0 of a key is the latest. Whether the root set counts, and what the
// inputs mean, is for the caller to know.
func VerifyPresentation(prepareVersion, showVersion int, proofs []byte, rootSet []byte, showInputs []byte) bool {
	return holds(presentation(prepareVersion, showVersion, proofs, rootSet, showInputs))
}

// RecordRootSet records a root set of a credential type, so that proofs can rest on
// it: roots of up to eight trees, of issuers in the order of their script hashes, as
// they once stood together. Every issuer must be accredited now. Anybody may call,
// and again when the roots still are the latest: they then count as of now.
func RecordRootSet(typeId string, issuers []interop.Hash160, rootIndexes []int) {
	count := len(issuers)
	if count < 1 || count > MaxRoots || len(rootIndexes) != count {
		panic(ErrRoots)
	}
	now := runtime.GetTime()
	record := &RootSetRecord{TypeId: typeId, TimeMs: now, BlockIndex: history.BlockIndex()}
	roots := make([]int, MaxRoots)
	allSinceMs := 0
	for i := range count {
		issuer, rootIndex := arguments.Hash160(issuers[i]), arguments.Integer(rootIndexes[i], 1, arguments.MaxUint32-1)
		if i > 0 && std.MemoryCompare(record.Issuers[i-1], issuer) >= 0 {
			panic(ErrRoots)
		}
		if !contract.Call(Trust(), "mayIssue", contract.ReadOnly, issuer, typeId, now).(bool) {
			panic(ErrAccreditation)
		}
		root, next := rootAt(issuer, typeId, rootIndex), rootAt(issuer, typeId, rootIndex+1)
		if root == nil {
			panic(ErrRoots)
		}
		roots[i] = scalar(root.Root)
		allSinceMs = max(allSinceMs, root.TimeMs)
		if next != nil {
			record.TimeMs = min(record.TimeMs, next.TimeMs)
		}
		record.Issuers = append(record.Issuers, issuer)
		record.RootIndexes = append(record.RootIndexes, rootIndex)
	}
	if allSinceMs > record.TimeMs {
		panic(ErrRoots)
	}
	rootSet := rootSetOf(roots)
	storage.LocalPut(scalarKey(prefixRootSet, rootSet), std.Serialize(record))
	runtime.Notify("RootSetRecorded", typeId, rootSet, record.TimeMs)
}

// RootSet returns what was recorded of a root set, or null if nothing was.
func RootSet(rootSet []byte) *RootSetRecord {
	stored := storage.LocalGet(scalarKey(prefixRootSet, arguments.Digest(rootSet)))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*RootSetRecord)
}

// Spend accepts a presentation once: it checks it and records its nullifier and its
// commitment. The verifier's controller must agree, and the verifier must have the
// right to ask the query now. What it asks are predicates, 48 scalars as SHOW takes
// them; proofs are PREPARE and SHOW, for the latest keys. The scope is made of
// verifier, purpose and event, the context of network, contract, verifier and nonce.
// The root set's roots were all the latest at most maxRootAgeMs ago.
func Spend(
	verifier interop.Hash160, queryId string, purpose []byte, event int, nonce []byte, maxRootAgeMs int,
	rootSet []byte, commitment []byte, meta []byte, today int, nullifier []byte, predicates []byte, proofs []byte,
) {
	access.CheckWitness(access.Controller(Identifiers(), verifier))
	access.CheckRunning()
	now := runtime.GetTime()
	if !contract.Call(Trust(), "mayAsk", contract.ReadOnly, verifier, queryId, now).(bool) {
		panic(ErrRight)
	}
	day := now/dayMs + dayOf1970
	arguments.Integer(today, 0, arguments.MaxUint32)
	if today < day-1 || today > day+1 {
		panic(ErrToday)
	}
	predicates = arguments.ByteString(predicates)
	if len(predicates) != PredicatesSize {
		panic(ErrInputs)
	}
	checkRootSet(rootSet, meta, now-arguments.Integer(maxRootAgeMs, 0, MaxRootAgeMs))
	scope := ScopeOf(verifier, purpose, event)
	spentKey := nullifierKey(scope, nullifier)
	usedKey := scalarKey(prefixCommitment, arguments.Digest(commitment))
	if storage.LocalGet(spentKey) != nil {
		panic(ErrSpent)
	}
	if storage.LocalGet(usedKey) != nil {
		panic(ErrUsed)
	}
	showInputs := append([]byte{}, arguments.Digest(commitment)...)
	showInputs = append(showInputs, arguments.Digest(meta)...)
	showInputs = append(showInputs, scalarBytes(today)...)
	showInputs = append(showInputs, scope...)
	showInputs = append(showInputs, arguments.Digest(nullifier)...)
	showInputs = append(showInputs, ContextOf(verifier, nonce)...)
	showInputs = append(showInputs, predicates...)
	if !holds(presentation(0, 0, proofs, rootSet, showInputs)) {
		panic(ErrInvalid)
	}
	storage.LocalPut(spentKey, convert.ToBytes(history.BlockIndex()))
	storage.LocalPut(usedKey, convert.ToBytes(history.BlockIndex()))
	runtime.Notify("Spent", verifier, queryId, scope, nullifier, commitment)
}

// ScopeOf returns the scope of what a verifier spends for a purpose and event.
func ScopeOf(verifier interop.Hash160, purpose []byte, event int) []byte {
	scope := append([]byte("hufu:scope:ledger"), arguments.Hash160(verifier)...)
	scope = append(scope, crypto.Sha256(arguments.Bytes(purpose, MaxPurposeSize))...)
	return hashToScalar(history.Numbered(scope, event))
}

// ContextOf returns the context of a presentation that a verifier spends under a nonce.
func ContextOf(verifier interop.Hash160, nonce []byte) []byte {
	context := append([]byte("hufu:context:ledger"), convert.Uint32ToBytesLE(uint32(runtime.GetNetwork()))...)
	context = append(context, runtime.GetExecutingScriptHash()...)
	context = append(context, arguments.Hash160(verifier)...)
	return hashToScalar(append(context, arguments.Digest(nonce)...))
}

// IsSpent tells if a nullifier was spent in a scope.
func IsSpent(scope []byte, nullifier []byte) bool {
	return storage.LocalGet(nullifierKey(arguments.Digest(scope), nullifier)) != nil
}

// IsUsed tells if a commitment was shown.
func IsUsed(commitment []byte) bool {
	return storage.LocalGet(scalarKey(prefixCommitment, arguments.Digest(commitment))) != nil
}

// checkRootSet throws unless the root set is recorded, stood at the earliest time or
// later, and is of the credential type in meta.
func checkRootSet(rootSet []byte, meta []byte, earliestMs int) {
	record := RootSet(rootSet)
	if record == nil {
		panic(ErrRootSet)
	}
	if record.TimeMs < earliestMs {
		panic(ErrRootAge)
	}
	digest := crypto.Sha256([]byte("hufu:type:" + record.TypeId))
	if string(arguments.Digest(meta)[typeOffset:]) != string(append([]byte(digest[:typeDigestSize]), 0)) {
		panic(ErrType)
	}
}

// presentation joins the two proofs by their commitment.
func presentation(prepareVersion, showVersion int, proofs []byte, rootSet []byte, showInputs []byte) []claim {
	proofs = arguments.ByteString(proofs)
	if len(proofs) != 2*ProofSize {
		panic(ErrProof)
	}
	show := newClaim(CircuitShow, showVersion, proofs[ProofSize:], showInputs, 1)
	prepareInputs := append([]byte{}, arguments.Digest(rootSet)...)
	prepareInputs = append(prepareInputs, show.inputs[:ScalarSize]...)
	return []claim{show, newClaim(CircuitPrepare, prepareVersion, proofs[:ProofSize], prepareInputs, 1)}
}

// newClaim parses what is to be verified under a key, all but scalars and points.
func newClaim(circuitId string, version int, proofs []byte, publicInputs []byte, maxCount int) claim {
	key := VerifyingKey(circuitId, version)
	if key == nil {
		panic(ErrCircuit)
	}
	proofs = arguments.ByteString(proofs)
	count := len(proofs) / ProofSize
	if count < 1 || count > maxCount || len(proofs) != count*ProofSize {
		panic(ErrProof)
	}
	inputs := arguments.ByteString(publicInputs)
	if len(inputs) != count*inputCount(key.Key)*ScalarSize {
		panic(ErrInputs)
	}
	return claim{key, proofs, inputs}
}

// rootAt returns a tree's root as its change number rootIndex left it, or null.
func rootAt(issuer interop.Hash160, typeId string, rootIndex int) *treeRoot {
	return contract.Call(Status(), "rootAt", contract.ReadOnly, issuer, typeId, rootIndex).(*treeRoot)
}

func loadKey(key []byte) *VerifyingKeyVersion {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*VerifyingKeyVersion)
}

func circuitKey(prefix byte, circuitId string) []byte {
	return append([]byte{prefix}, arguments.Name(circuitId, MaxCircuitIdLength)...)
}

func scalarKey(prefix byte, encoded []byte) []byte {
	return append([]byte{prefix}, encoded...)
}

// nullifierKey leaves out the scope's last byte, which is always 0: a key has at
// most 64 bytes.
func nullifierKey(scope []byte, nullifier []byte) []byte {
	key := append([]byte{prefixNullifier}, scope[:hashScalarSize]...)
	return append(key, arguments.Digest(nullifier)...)
}
