package identifiers

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/ledger"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// State is an identifier as it is now.
type State struct {
	Version           int
	Controller        interop.Hash160
	Recovery          interop.Hash160 // null: nobody may recover
	RecoveryDelayMs   int             // 0 if nobody may recover
	Deactivated       bool
	CreatedMs         int
	UpdatedMs         int
	DocumentVersion   int             // the version that brought the document
	PendingController interop.Hash160 // null: no recovery is under way
	PendingReadyMs    int             // 0 if no recovery is under way
}

// Revision is an identifier as one change left it.
type Revision struct {
	Version         int
	Controller      interop.Hash160
	Recovery        interop.Hash160 // null: nobody may recover
	RecoveryDelayMs int
	Deactivated     bool
	TimeMs          int
	BlockIndex      int
	DocumentVersion int
	Kind            int
}

// Resolution is a revision with its document.
type Resolution struct {
	Revision      Revision
	Document      []byte
	LatestVersion int
	CreatedMs     int
}

// Kinds of change.
const (
	Registered      = 1
	DocumentChanged = 2
	Rotated         = 3
	RecoveryChanged = 4
	Deactivated     = 5
	Recovered       = 6
)

const (
	// MaxDocumentSize is the most bytes that a document may have.
	MaxDocumentSize = 8192
	// MinRecoveryDelayMs and MaxRecoveryDelayMs bound the time that a controller
	// has for a veto.
	MinRecoveryDelayMs = 1_000
	MaxRecoveryDelayMs = 365 * 24 * 60 * 60 * 1000

	// ErrExists is thrown when an identifier is registered for a second time.
	ErrExists = "identifier exists already"
	// ErrVersion is thrown when the identifier has changed since the caller looked.
	ErrVersion = "identifier is at another version"
	// ErrNoRecovery is thrown when nobody may recover the identifier, or no
	// recovery is under way.
	ErrNoRecovery = "no recovery"
	// ErrTooEarly is thrown when the time for a veto is not over.
	ErrTooEarly = "recovery delay not over"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	prefixState    = 's'
	prefixVersion  = 'v'
	prefixDocument = 'd'
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
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

// Register makes the identifier of an account, controlled by that account. It
// must agree. recovery is null, with a delay of 0, or names the account that may
// recover the identifier after the delay.
func Register(identifier interop.Hash160, document []byte, recovery interop.Hash160, recoveryDelayMs int) {
	controller := arguments.Hash160(identifier)
	access.CheckWitness(controller)
	if find(identifier) != nil {
		panic(ErrExists)
	}
	state := &State{Controller: controller, CreatedMs: runtime.GetTime()}
	setRecovery(state, recovery, recoveryDelayMs)
	setDocument(identifier, state, document)
	commit(identifier, state, Registered)
}

// UpdateDocument gives the identifier a new document. Its controller must agree.
func UpdateDocument(identifier interop.Hash160, expectedVersion int, document []byte) {
	state := controlled(identifier, expectedVersion)
	setDocument(identifier, state, document)
	commit(identifier, state, DocumentChanged)
}

// Rotate hands the identifier to a new controller. Both must agree. A pending
// recovery is dropped.
func Rotate(identifier interop.Hash160, expectedVersion int, newController interop.Hash160) {
	state := controlled(identifier, expectedVersion)
	state.Controller = arguments.Hash160(newController)
	access.CheckWitness(state.Controller)
	dropRecovery(state)
	commit(identifier, state, Rotated)
}

// SetRecovery names who may recover the identifier, and after which delay, or
// nobody (null and 0). Its controller must agree. A pending recovery is dropped.
func SetRecovery(identifier interop.Hash160, expectedVersion int, recovery interop.Hash160, recoveryDelayMs int) {
	state := controlled(identifier, expectedVersion)
	setRecovery(state, recovery, recoveryDelayMs)
	dropRecovery(state)
	commit(identifier, state, RecoveryChanged)
}

// Deactivate ends the identifier for good. Its controller must agree. A pending
// recovery is dropped.
func Deactivate(identifier interop.Hash160, expectedVersion int) {
	state := controlled(identifier, expectedVersion)
	state.Deactivated = true
	dropRecovery(state)
	commit(identifier, state, Deactivated)
}

// StartRecovery begins to hand the identifier to a new controller, or begins
// anew. The recovery account must agree. The controller can veto until the delay
// is over and the recovery is finished.
func StartRecovery(identifier, newController interop.Hash160) {
	state := recoverable(identifier)
	state.PendingController = arguments.Hash160(newController)
	state.PendingReadyMs = runtime.GetTime() + state.RecoveryDelayMs
	save(identifier, state)
	runtime.Notify("RecoveryStarted", identifier, state.PendingController, state.PendingReadyMs)
}

// CancelRecovery drops the pending recovery: the veto. The controller must agree.
func CancelRecovery(identifier interop.Hash160) {
	state := active(identifier)
	access.CheckWitness(state.Controller)
	if state.PendingController == nil {
		panic(ErrNoRecovery)
	}
	dropRecovery(state)
	save(identifier, state)
	runtime.Notify("RecoveryCancelled", identifier)
}

// FinishRecovery hands the identifier to the pending controller once the delay is
// over. The recovery account and the new controller must agree.
func FinishRecovery(identifier interop.Hash160) {
	state := recoverable(identifier)
	if state.PendingController == nil {
		panic(ErrNoRecovery)
	}
	access.CheckWitness(state.PendingController)
	if runtime.GetTime() < state.PendingReadyMs {
		panic(ErrTooEarly)
	}
	state.Controller = state.PendingController
	dropRecovery(state)
	commit(identifier, state, Recovered)
}

// Get returns the identifier as it is now, or null if it was never registered.
func Get(identifier interop.Hash160) *State {
	return find(identifier)
}

// GetVersion returns the identifier as the given change left it, or null if it
// has no such version.
func GetVersion(identifier interop.Hash160, version int) *Revision {
	return findVersion(identifier, version)
}

// GetDocument returns the document that the identifier had at a version, or null
// if it has no such version.
func GetDocument(identifier interop.Hash160, version int) []byte {
	found := findVersion(identifier, version)
	if found == nil {
		return nil
	}
	return storage.LocalGet(numberedKey(prefixDocument, identifier, found.DocumentVersion))
}

// Resolve returns one version of the identifier with its document, or null if it
// has no such version. Version 0 stands for the latest.
func Resolve(identifier interop.Hash160, version int) *Resolution {
	state := find(identifier)
	if state == nil {
		return nil
	}
	if version == 0 {
		version = state.Version
	}
	found := findVersion(identifier, version)
	if found == nil {
		return nil
	}
	return &Resolution{
		Revision:      *found,
		Document:      storage.LocalGet(numberedKey(prefixDocument, identifier, found.DocumentVersion)),
		LatestVersion: state.Version,
		CreatedMs:     state.CreatedMs,
	}
}

// VersionAt returns the number of the version that was in force at a time, or 0
// if there was none yet.
func VersionAt(identifier interop.Hash160, timeMs int) int {
	at := arguments.Time(timeMs)
	state := find(identifier)
	if state == nil {
		return 0
	}
	// The answer is from low to high; versions are ordered by time.
	low, high := 0, state.Version
	for low < high {
		middle := (low + high + 1) / 2
		if findVersion(identifier, middle).TimeMs <= at {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// ControllerOf returns who may act for the identifier, or null if nobody may: it
// was never registered, or it is deactivated.
func ControllerOf(identifier interop.Hash160) interop.Hash160 {
	state := find(identifier)
	if state == nil || state.Deactivated {
		return nil
	}
	return state.Controller
}

// active returns the state of an identifier that can still be changed.
func active(identifier interop.Hash160) *State {
	state := find(identifier)
	if state == nil || state.Deactivated {
		panic(access.ErrInactive)
	}
	return state
}

// controlled returns the state for a change that the controller must agree to
// and that is based on what the controller saw.
func controlled(identifier interop.Hash160, expectedVersion int) *State {
	state := active(identifier)
	access.CheckWitness(state.Controller)
	if state.Version != expectedVersion {
		panic(ErrVersion)
	}
	return state
}

// recoverable returns the state for a step that the recovery account must agree to.
func recoverable(identifier interop.Hash160) *State {
	state := active(identifier)
	if state.Recovery == nil {
		panic(ErrNoRecovery)
	}
	access.CheckWitness(state.Recovery)
	return state
}

func setDocument(identifier interop.Hash160, state *State, document []byte) {
	state.DocumentVersion = state.Version + 1
	storage.LocalPut(numberedKey(prefixDocument, identifier, state.DocumentVersion), arguments.Bytes(document, MaxDocumentSize))
}

func setRecovery(state *State, recovery interop.Hash160, recoveryDelayMs int) {
	if recovery == nil {
		state.Recovery = nil
		state.RecoveryDelayMs = arguments.Integer(recoveryDelayMs, 0, 0)
		return
	}
	state.Recovery = arguments.Hash160(recovery)
	state.RecoveryDelayMs = arguments.Integer(recoveryDelayMs, MinRecoveryDelayMs, MaxRecoveryDelayMs)
}

func dropRecovery(state *State) {
	state.PendingController = nil
	state.PendingReadyMs = 0
}

// commit makes the changed state the next version.
func commit(identifier interop.Hash160, state *State, kind int) {
	state.Version++
	state.UpdatedMs = runtime.GetTime()
	save(identifier, state)
	storage.LocalPut(numberedKey(prefixVersion, identifier, state.Version), std.Serialize(Revision{
		Version:         state.Version,
		Controller:      state.Controller,
		Recovery:        state.Recovery,
		RecoveryDelayMs: state.RecoveryDelayMs,
		Deactivated:     state.Deactivated,
		TimeMs:          state.UpdatedMs,
		BlockIndex:      ledger.CurrentIndex() + 1, // the block being made
		DocumentVersion: state.DocumentVersion,
		Kind:            kind,
	}))
	runtime.Notify("Changed", identifier, state.Version, kind)
}

func save(identifier interop.Hash160, state *State) {
	storage.LocalPut(stateKey(identifier), std.Serialize(state))
}

func find(identifier interop.Hash160) *State {
	stored := storage.LocalGet(stateKey(identifier))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*State)
}

func findVersion(identifier interop.Hash160, number int) *Revision {
	stored := storage.LocalGet(numberedKey(prefixVersion, identifier, number))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*Revision)
}

func stateKey(identifier interop.Hash160) []byte {
	return append([]byte{prefixState}, arguments.Hash160(identifier)...)
}

func numberedKey(prefix byte, identifier interop.Hash160, number int) []byte {
	key := append([]byte{prefix}, arguments.Hash160(identifier)...)
	return append(key, convert.Uint32ToBytesBE(uint32(arguments.Integer(number, 0, arguments.MaxUint32)))...)
}
