package identifiers

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/history"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Record is an identifier at one of its versions.
type Record struct {
	Version           int
	Controller        interop.Hash160
	Recovery          interop.Hash160 // null: nobody may recover
	RecoveryDelayMs   int             // 0 if nobody may recover
	Deactivated       bool
	TimeMs            int // of the block that made the version
	BlockIndex        int
	Kind              int // of the change that made the version
	CreatedMs         int // TimeMs of version 1
	Document          []byte
	PendingController interop.Hash160 // null: no recovery is under way
	PendingReadyMs    int             // 0 if no recovery is under way
}

// Resolution is a record, and how many there are.
type Resolution struct {
	Record        Record
	LatestVersion int
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

	prefixRecord     = 'i'
	prefixPastRecord = 'I'
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		return
	}
	access.SetOwner(data)
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

// Register makes the identifier of an account, controlled by that account, which
// must agree. recovery names the account that may recover the identifier after the
// delay, or is null, with a delay of 0.
func Register(identifier interop.Hash160, document []byte, recovery interop.Hash160, recoveryDelayMs int) {
	controller := arguments.Hash160(identifier)
	access.CheckWitness(controller)
	if find(controller) != nil {
		panic(ErrExists)
	}
	record := &Record{
		Controller: controller,
		CreatedMs:  runtime.GetTime(),
		Document:   arguments.Bytes(document, MaxDocumentSize),
	}
	setRecovery(record, recovery, recoveryDelayMs)
	commit(controller, record, Registered)
}

// UpdateDocument gives the identifier a new document. Its controller must agree.
func UpdateDocument(identifier interop.Hash160, expectedVersion int, document []byte) {
	record := controlled(identifier, expectedVersion)
	record.Document = arguments.Bytes(document, MaxDocumentSize)
	commit(identifier, record, DocumentChanged)
}

// Rotate hands the identifier to a new controller. Both must agree. A pending
// recovery is dropped.
func Rotate(identifier interop.Hash160, expectedVersion int, newController interop.Hash160) {
	record := controlled(identifier, expectedVersion)
	record.Controller = arguments.Hash160(newController)
	access.CheckWitness(record.Controller)
	dropPending(record)
	commit(identifier, record, Rotated)
}

// SetRecovery names who may recover the identifier, and after which delay, or
// nobody (null and 0). Its controller must agree. A pending recovery is dropped.
func SetRecovery(identifier interop.Hash160, expectedVersion int, recovery interop.Hash160, recoveryDelayMs int) {
	record := controlled(identifier, expectedVersion)
	setRecovery(record, recovery, recoveryDelayMs)
	dropPending(record)
	commit(identifier, record, RecoveryChanged)
}

// Deactivate ends the identifier for good. Its controller must agree. A pending
// recovery is dropped.
func Deactivate(identifier interop.Hash160, expectedVersion int) {
	record := controlled(identifier, expectedVersion)
	record.Deactivated = true
	dropPending(record)
	commit(identifier, record, Deactivated)
}

// StartRecovery begins to hand the identifier to a new controller, or begins
// anew. The recovery account must agree. The controller can veto until the delay
// is over and the recovery is finished.
func StartRecovery(identifier, newController interop.Hash160) {
	record := recoverable(identifier)
	record.PendingController = arguments.Hash160(newController)
	record.PendingReadyMs = runtime.GetTime() + record.RecoveryDelayMs
	save(identifier, record)
	runtime.Notify("RecoveryStarted", identifier, record.PendingController, record.PendingReadyMs)
}

// CancelRecovery drops the pending recovery: the veto. The controller must agree.
func CancelRecovery(identifier interop.Hash160) {
	record := active(identifier)
	access.CheckWitness(record.Controller)
	if record.PendingController == nil {
		panic(ErrNoRecovery)
	}
	dropPending(record)
	save(identifier, record)
	runtime.Notify("RecoveryCancelled", identifier)
}

// FinishRecovery hands the identifier to the pending controller once the delay is
// over. The recovery account and the new controller must agree.
func FinishRecovery(identifier interop.Hash160) {
	record := recoverable(identifier)
	if record.PendingController == nil {
		panic(ErrNoRecovery)
	}
	access.CheckWitness(record.PendingController)
	if runtime.GetTime() < record.PendingReadyMs {
		panic(ErrTooEarly)
	}
	record.Controller = record.PendingController
	dropPending(record)
	commit(identifier, record, Recovered)
}

// Get returns the latest record of an identifier, or null if it was never registered.
func Get(identifier interop.Hash160) *Record {
	return find(identifier)
}

// GetVersion returns the record of one version, or null if there is no such version.
func GetVersion(identifier interop.Hash160, version int) *Record {
	return findVersion(find(identifier), identifier, version)
}

// Resolve returns the record of one version, and the number of the latest, or null
// if there is no such version. Version 0 stands for the latest.
func Resolve(identifier interop.Hash160, version int) *Resolution {
	latest := find(identifier)
	found := findVersion(latest, identifier, version)
	if version == 0 {
		found = latest
	}
	if found == nil {
		return nil
	}
	return &Resolution{Record: *found, LatestVersion: latest.Version}
}

// VersionAt returns the number of the version that was in force at a time, or 0
// if there was none yet.
func VersionAt(identifier interop.Hash160, timeMs int) int {
	at := arguments.Time(timeMs)
	latest := find(identifier)
	if latest == nil {
		return 0
	}
	// The answer is from low to high; versions are ordered by time.
	low, high := 0, latest.Version
	for low < high {
		middle := (low + high + 1) / 2
		if findVersion(latest, identifier, middle).TimeMs <= at {
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
	record := find(identifier)
	if record == nil || record.Deactivated {
		return nil
	}
	return record.Controller
}

// active returns the latest record of an identifier that can still be changed.
func active(identifier interop.Hash160) *Record {
	record := find(identifier)
	if record == nil || record.Deactivated {
		panic(access.ErrInactive)
	}
	return record
}

// controlled returns the record for a change that the controller must agree to
// and that builds on the version that the controller saw.
func controlled(identifier interop.Hash160, expectedVersion int) *Record {
	record := active(identifier)
	access.CheckWitness(record.Controller)
	if record.Version != arguments.Integer(expectedVersion, 0, arguments.MaxUint32) {
		panic(ErrVersion)
	}
	return record
}

// recoverable returns the record for a step that the recovery account must agree to.
func recoverable(identifier interop.Hash160) *Record {
	record := active(identifier)
	if record.Recovery == nil {
		panic(ErrNoRecovery)
	}
	access.CheckWitness(record.Recovery)
	return record
}

func setRecovery(record *Record, recovery interop.Hash160, recoveryDelayMs int) {
	if recovery == nil {
		record.Recovery = nil
		record.RecoveryDelayMs = arguments.Integer(recoveryDelayMs, 0, 0)
		return
	}
	record.Recovery = arguments.Hash160(recovery)
	record.RecoveryDelayMs = arguments.Integer(recoveryDelayMs, MinRecoveryDelayMs, MaxRecoveryDelayMs)
}

func dropPending(record *Record) {
	record.PendingController = nil
	record.PendingReadyMs = 0
}

// commit makes the changed record the next version.
func commit(identifier interop.Hash160, record *Record, kind int) {
	replaced := record.Version
	record.Version++
	record.TimeMs = runtime.GetTime()
	record.BlockIndex = history.BlockIndex()
	record.Kind = kind
	history.Replace(latestKey(identifier), pastKey(identifier, replaced), record)
	runtime.Notify("Changed", identifier, record.Version, kind)
}

// save changes the latest record without making a version: only what is pending.
func save(identifier interop.Hash160, record *Record) {
	storage.LocalPut(latestKey(identifier), std.Serialize(record))
}

func find(identifier interop.Hash160) *Record {
	return load(latestKey(identifier))
}

func findVersion(latest *Record, identifier interop.Hash160, version int) *Record {
	past := pastKey(identifier, version)
	if latest == nil || version == latest.Version {
		return latest
	}
	return load(past)
}

func load(key []byte) *Record {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*Record)
}

func latestKey(identifier interop.Hash160) []byte {
	return append([]byte{prefixRecord}, arguments.Hash160(identifier)...)
}

func pastKey(identifier interop.Hash160, version int) []byte {
	return history.Numbered(append([]byte{prefixPastRecord}, arguments.Hash160(identifier)...), version)
}
