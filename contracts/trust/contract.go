package trust

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/history"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Entry is what somebody was granted, as one change left it.
type Entry struct {
	Sequence     int // position in the grant's history, from 1
	Status       int
	Reason       int
	ValidFromMs  int
	ValidUntilMs int             // the first moment at which it is no longer valid
	Granter      interop.Hash160 // the authority, or the owner for an authority
	Label        string          // region of an authority, kind of an institution, empty for a right
	Actor        interop.Hash160 // who made this change
	TimeMs       int
	BlockIndex   int
}

// CredentialTypeVersion is one version of a credential type.
type CredentialTypeVersion struct {
	Version    int
	SchemaHash []byte // SHA-256
	Schema     []byte
	TimeMs     int
	BlockIndex int
}

// QueryVersion is one version of what an institution may ask.
type QueryVersion struct {
	Version     int
	ContentHash []byte // SHA-256
	Content     []byte
	TimeMs      int
	BlockIndex  int
}

// Kinds of grant. A grant's key is its kind, its subject and its name: the
// authority and ""; the institution and ""; the institution and the credential
// type; the institution and the query.
const (
	KindAuthority   = 1
	KindInstitution = 2
	KindIssue       = 3
	KindAsk         = 4
)

// Status of a grant.
const (
	Active    = 1
	Suspended = 2
	Revoked   = 3
)

// Standing of a grant at a moment: its status, or why it does not count although
// it is active, or that there is none.
const (
	None    = 0
	NotYet  = 4
	Expired = 5
)

const (
	// MaxNameLength bounds credential types', queries' and kinds' names and regions.
	MaxNameLength = 32
	// MaxReason is the highest reason code.
	MaxReason = 9_999
	// MaxSchemaSize and MaxQuerySize bound documents, in bytes.
	MaxSchemaSize = 16_384
	MaxQuerySize  = 4_096

	// ErrExists is thrown when a grant is given for a second time.
	ErrExists = "grant exists already"
	// ErrUnknown is thrown when there is no such grant.
	ErrUnknown = "grant unknown"
	// ErrRevoked is thrown when a revoked grant is to change: revocation is final.
	ErrRevoked = "grant is revoked"
	// ErrStatus is thrown when a change does not fit the grant's status.
	ErrStatus = "grant has another status"
	// ErrHeld is thrown when somebody else's suspension is to be lifted or replaced.
	ErrHeld = "suspended by another"
	// ErrActor is thrown when the actor neither gave the grant nor is the owner.
	ErrActor = "actor may not change this grant"
	// ErrStanding is thrown when an authority or institution on which the call
	// rests is not in good standing now.
	ErrStanding = "authority or institution not in good standing"
	// ErrType is thrown when a credential type is not registered.
	ErrType = "credential type unknown"
	// ErrVersion is thrown when a new version is not the latest plus one.
	ErrVersion = "version is not the next"
	// ErrValidity is thrown when a grant would not be valid at any time to come.
	ErrValidity = "validity ends before it starts"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	keyIdentifiers  = 'i'
	prefixGrant     = 'g'
	prefixPastGrant = 'G'
	prefixType      = 't'
	prefixPastType  = 'T'
	prefixQuery     = 'q'
	prefixPastQuery = 'Q'
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		return
	}
	access.SetOwner(data)
	storage.LocalPut([]byte{keyIdentifiers}, access.Contract(data, 1))
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

// AddAuthority makes an identifier an authority of a region. The owner must agree.
func AddAuthority(authority interop.Hash160, region string, validUntilMs int) {
	access.CheckOwner()
	access.Controller(Identifiers(), authority)
	add(KindAuthority, authority, "", access.Owner(), arguments.Name(region, MaxNameLength), 0, validUntilMs)
}

// AddInstitution makes an identifier an institution under an authority. The
// authority's controller must agree.
func AddInstitution(authority, institution interop.Hash160, kind string, validUntilMs int) {
	checkAuthority(authority)
	access.CheckRunning()
	access.Controller(Identifiers(), institution)
	add(KindInstitution, institution, "", authority, arguments.Name(kind, MaxNameLength), 0, validUntilMs)
}

// RegisterCredentialType adds the next version of a credential type, or the
// first. The owner must agree.
func RegisterCredentialType(typeId string, version int, schema []byte) {
	access.CheckOwner()
	record := &CredentialTypeVersion{
		Version:    1,
		Schema:     arguments.Bytes(schema, MaxSchemaSize),
		TimeMs:     runtime.GetTime(),
		BlockIndex: history.BlockIndex(),
	}
	latest := CredentialType(typeId, 0)
	if latest != nil {
		record.Version = latest.Version + 1
	}
	if arguments.Integer(version, 0, arguments.MaxUint32) != record.Version {
		panic(ErrVersion)
	}
	record.SchemaHash = crypto.Sha256(record.Schema)
	history.Replace(typeKey(prefixType, typeId), history.Numbered(typeKey(prefixPastType, typeId), version-1), record)
	runtime.Notify("CredentialTypeRegistered", typeId, version, record.SchemaHash)
}

// AccreditIssuer gives an institution the right to issue a credential type. The
// controller of the institution's authority must agree. The right starts now, or
// at validFromMs if that is later.
func AccreditIssuer(authority, institution interop.Hash160, typeId string, validFromMs, validUntilMs int) {
	checkAuthority(authority)
	access.CheckRunning()
	checkInstitutionOf(authority, institution)
	if CredentialType(typeId, 0) == nil {
		panic(ErrType)
	}
	add(KindIssue, institution, typeId, authority, "", validFromMs, validUntilMs)
}

// RegisterQuery gives an institution the right to ask a query, until suspended or
// revoked, or replaces what the query asks. The owner must agree; the right is the
// institution's authority's to suspend and to revoke.
func RegisterQuery(authority, institution interop.Hash160, queryId string, content []byte) {
	access.CheckOwner()
	access.Controller(Identifiers(), authority)
	checkGoodStanding(authority)
	checkInstitutionOf(authority, institution)
	entry := find(KindAsk, institution, queryId)
	record := &QueryVersion{Version: 1, Content: arguments.Bytes(content, MaxQuerySize)}
	if entry == nil {
		entry = newEntry(authority, "", 0, arguments.MaxTimeMs)
	} else if entry.Status == Active {
		record.Version = Query(institution, queryId, 0).Version + 1
	} else {
		panic(ErrStatus)
	}
	commit(KindAsk, institution, queryId, entry, access.Owner(), Active, 0)
	record.ContentHash = crypto.Sha256(record.Content)
	record.TimeMs = entry.TimeMs
	record.BlockIndex = entry.BlockIndex
	history.Replace(queryKey(prefixQuery, institution, queryId),
		history.Numbered(queryKey(prefixPastQuery, institution, queryId), record.Version-1), record)
	runtime.Notify("QueryRegistered", institution, queryId, record.Version, record.ContentHash)
}

// Suspend makes a grant not count for a while. Who gave it must agree, or the
// owner. An authority cannot replace the owner's suspension.
func Suspend(actor interop.Hash160, kind int, subject interop.Hash160, name string, reason int) {
	entry := changeable(actor, kind, subject, name)
	checkHold(actor, entry)
	commit(kind, subject, name, entry, actor, Suspended, reason)
}

// Reinstate ends a suspension. Who suspended must agree, or the owner.
func Reinstate(actor interop.Hash160, kind int, subject interop.Hash160, name string, reason int) {
	entry := changeable(actor, kind, subject, name)
	access.CheckRunning()
	checkHold(actor, entry)
	if entry.Status != Suspended {
		panic(ErrStatus)
	}
	commit(kind, subject, name, entry, actor, Active, reason)
}

// Revoke ends a grant for good. Who gave it must agree, or the owner.
func Revoke(actor interop.Hash160, kind int, subject interop.Hash160, name string, reason int) {
	entry := changeable(actor, kind, subject, name)
	commit(kind, subject, name, entry, actor, Revoked, reason)
}

// Renew sets a new end of an active grant's validity, also of one that has
// expired. Who gave it must agree, or the owner.
func Renew(actor interop.Hash160, kind int, subject interop.Hash160, name string, validUntilMs int) {
	entry := changeable(actor, kind, subject, name)
	access.CheckRunning()
	if entry.Status != Active {
		panic(ErrStatus)
	}
	entry.ValidUntilMs = validUntil(entry.ValidFromMs, validUntilMs)
	commit(kind, subject, name, entry, actor, Active, 0)
}

// Grant returns a grant as it is now, or null if there is none.
func Grant(kind int, subject interop.Hash160, name string) *Entry {
	return find(kind, subject, name)
}

// History returns a grant as its change number sequence left it, or null if there
// is no such change.
func History(kind int, subject interop.Hash160, name string, sequence int) *Entry {
	past := pastKey(kind, subject, name, sequence)
	latest := find(kind, subject, name)
	if latest == nil || sequence == latest.Sequence {
		return latest
	}
	return load(past)
}

// HistoryLength returns how often a grant has changed, 0 if there is none.
func HistoryLength(kind int, subject interop.Hash160, name string) int {
	entry := find(kind, subject, name)
	if entry == nil {
		return 0
	}
	return entry.Sequence
}

// StandingAt returns how a grant stood at a time.
func StandingAt(kind int, subject interop.Hash160, name string, timeMs int) int {
	at := arguments.Time(timeMs)
	return standing(entryAt(kind, subject, name, at), at)
}

// MayIssue tells if an institution might issue a credential type at a time: the
// right, the institution and its authority were all in good standing.
func MayIssue(institution interop.Hash160, typeId string, timeMs int) bool {
	return may(KindIssue, institution, typeId, arguments.Time(timeMs))
}

// MayAsk tells if an institution might ask a query at a time: the right, the
// institution and its authority were all in good standing.
func MayAsk(institution interop.Hash160, queryId string, timeMs int) bool {
	return may(KindAsk, institution, queryId, arguments.Time(timeMs))
}

// CredentialType returns a version of a credential type, or null if there is no
// such version. Version 0 stands for the latest.
func CredentialType(typeId string, version int) *CredentialTypeVersion {
	past := history.Numbered(typeKey(prefixPastType, typeId), version)
	latest := loadType(typeKey(prefixType, typeId))
	if latest == nil || version == 0 || version == latest.Version {
		return latest
	}
	return loadType(past)
}

// Query returns a version of a query, or null if there is no such version.
// Version 0 stands for the latest.
func Query(institution interop.Hash160, queryId string, version int) *QueryVersion {
	past := history.Numbered(queryKey(prefixPastQuery, institution, queryId), version)
	latest := loadQuery(queryKey(prefixQuery, institution, queryId))
	if latest == nil || version == 0 || version == latest.Version {
		return latest
	}
	return loadQuery(past)
}

// checkAuthority throws unless the authority is in good standing and its
// controller agrees.
func checkAuthority(authority interop.Hash160) {
	access.CheckWitness(access.Controller(Identifiers(), authority))
	checkGoodStanding(authority)
}

// checkGoodStanding throws unless the authority counts now.
func checkGoodStanding(authority interop.Hash160) {
	if standing(find(KindAuthority, authority, ""), runtime.GetTime()) != Active {
		panic(ErrStanding)
	}
}

// checkInstitutionOf throws unless the institution, which must be in good standing,
// is the authority's.
func checkInstitutionOf(authority, institution interop.Hash160) {
	entry := find(KindInstitution, institution, "")
	if standing(entry, runtime.GetTime()) != Active {
		panic(ErrStanding)
	}
	if !access.Same(entry.Granter, authority) {
		panic(ErrActor)
	}
}

// changeable returns a grant that the actor, who must agree, may change: the owner
// any, an authority in good standing those that it gave.
func changeable(actor interop.Hash160, kind int, subject interop.Hash160, name string) *Entry {
	entry := find(kind, subject, name)
	if entry == nil {
		panic(ErrUnknown)
	}
	if access.Same(actor, access.Owner()) {
		access.CheckOwner()
	} else if kind != KindAuthority && access.Same(entry.Granter, actor) {
		checkAuthority(actor)
	} else {
		panic(ErrActor)
	}
	if entry.Status == Revoked {
		panic(ErrRevoked)
	}
	return entry
}

// checkHold throws if the grant is suspended by somebody whom the actor cannot overrule.
func checkHold(actor interop.Hash160, entry *Entry) {
	if entry.Status == Suspended && !access.Same(entry.Actor, actor) && !access.Same(actor, access.Owner()) {
		panic(ErrHeld)
	}
}

// add gives a new grant.
func add(kind int, subject interop.Hash160, name string, granter interop.Hash160, label string, validFromMs, validUntilMs int) {
	if find(kind, subject, name) != nil {
		panic(ErrExists)
	}
	commit(kind, subject, name, newEntry(granter, label, validFromMs, validUntilMs), granter, Active, 0)
}

func newEntry(granter interop.Hash160, label string, validFromMs, validUntilMs int) *Entry {
	from := max(arguments.Time(validFromMs), runtime.GetTime())
	return &Entry{
		Granter:      arguments.Hash160(granter),
		Label:        label,
		ValidFromMs:  from,
		ValidUntilMs: validUntil(from, validUntilMs),
	}
}

// validUntil parses the end of a validity, which must be yet to come.
func validUntil(validFromMs, validUntilMs int) int {
	until := arguments.Time(validUntilMs)
	if until <= validFromMs || until <= runtime.GetTime() {
		panic(ErrValidity)
	}
	return until
}

// commit makes the changed grant the latest.
func commit(kind int, subject interop.Hash160, name string, entry *Entry, actor interop.Hash160, status, reason int) {
	replaced := entry.Sequence
	entry.Sequence++
	entry.Status = status
	entry.Reason = arguments.Integer(reason, 0, MaxReason)
	entry.Actor = arguments.Hash160(actor)
	entry.TimeMs = runtime.GetTime()
	entry.BlockIndex = history.BlockIndex()
	history.Replace(grantKey(prefixGrant, kind, subject, name), pastKey(kind, subject, name, replaced), entry)
	runtime.Notify("GrantChanged", kind, subject, name, entry.Sequence, status, entry.Reason,
		entry.ValidFromMs, entry.ValidUntilMs, entry.Granter, entry.Label, entry.Actor)
}

// may tells if a right counted at a time, with all that it rests on.
func may(kind int, institution interop.Hash160, name string, at int) bool {
	if standing(entryAt(kind, institution, name, at), at) != Active {
		return false
	}
	entry := entryAt(KindInstitution, institution, "", at)
	if standing(entry, at) != Active {
		return false
	}
	return standing(entryAt(KindAuthority, entry.Granter, "", at), at) == Active
}

// standing tells how a grant in the given state stands at a time.
func standing(entry *Entry, at int) int {
	if entry == nil {
		return None
	}
	if entry.Status != Active {
		return entry.Status
	}
	if at < entry.ValidFromMs {
		return NotYet
	}
	if at >= entry.ValidUntilMs {
		return Expired
	}
	return Active
}

// entryAt returns a grant as it was at a time, or null if there was none yet.
func entryAt(kind int, subject interop.Hash160, name string, at int) *Entry {
	latest := find(kind, subject, name)
	if latest == nil || latest.TimeMs <= at {
		return latest
	}
	// The answer is from low to high; changes are ordered by time.
	low, high := 0, latest.Sequence-1
	for low < high {
		middle := (low + high + 1) / 2
		if load(pastKey(kind, subject, name, middle)).TimeMs <= at {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return load(pastKey(kind, subject, name, low))
}

func find(kind int, subject interop.Hash160, name string) *Entry {
	return load(grantKey(prefixGrant, kind, subject, name))
}

func load(key []byte) *Entry {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*Entry)
}

func loadType(key []byte) *CredentialTypeVersion {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*CredentialTypeVersion)
}

func loadQuery(key []byte) *QueryVersion {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*QueryVersion)
}

func grantKey(prefix byte, kind int, subject interop.Hash160, name string) []byte {
	// One variable element in a literal of bytes at most: the compiler emits several in random order.
	key := append([]byte{prefix}, byte(arguments.Integer(kind, KindAuthority, KindAsk)))
	key = append(key, arguments.Hash160(subject)...)
	if kind <= KindInstitution {
		if len(name) != 0 {
			panic(arguments.ErrName)
		}
		return key
	}
	return append(key, arguments.Name(name, MaxNameLength)...)
}

func pastKey(kind int, subject interop.Hash160, name string, sequence int) []byte {
	return history.Numbered(grantKey(prefixPastGrant, kind, subject, name), sequence)
}

func typeKey(prefix byte, typeId string) []byte {
	return append([]byte{prefix}, arguments.Name(typeId, MaxNameLength)...)
}

func queryKey(prefix byte, institution interop.Hash160, queryId string) []byte {
	key := append([]byte{prefix}, arguments.Hash160(institution)...)
	return append(key, arguments.Name(queryId, MaxNameLength)...)
}
