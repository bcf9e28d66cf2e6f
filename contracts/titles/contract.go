package titles

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

// TitleRecord is a title as one change left it.
type TitleRecord struct {
	Sequence    int // position in the title's history, from 1
	State       int
	Holder      string // an institution's identifier
	ContentHash []byte // SHA-256 of what the title says
	Custodian   interop.Hash160
	TransferId  []byte // the last that it was locked for or arrived by; empty before
	UntilMs     int    // the first moment at which a locked title cannot leave any more; else 0
	ToNetwork   string // where a locked title may go, or one that left has gone; else empty
	ToHolder    string // for whom; else empty
	TimeMs      int
	BlockIndex  int
}

// LeftRecord says what has left by a transfer, and for whom.
type LeftRecord struct {
	Id          string
	ContentHash []byte
	ToNetwork   string
	ToHolder    string
	Holder      string // whose it was here
	TimeMs      int
	BlockIndex  int
}

// ArrivalRecord says what has arrived by a transfer, and for whom.
type ArrivalRecord struct {
	Id          string
	ContentHash []byte
	FromNetwork string
	Holder      string
	TimeMs      int
	BlockIndex  int
}

// fabricAnswer is what the contract gateway says of a network of Fabric.
type fabricAnswer struct {
	TransactionId string
	Call          []string
	Result        []byte
}

// neoEntry is what the contract gateway says of a network of Neo.
type neoEntry struct {
	Value      []byte
	BlockIndex int
	TimeMs     int
}

// States of a title.
const (
	StateHeld   = 1
	StateLocked = 2
	StateLeft   = 3
)

const (
	// MaxIdLength leaves a key room for a prefix.
	MaxIdLength = 63
	// MaxDidLength bounds holders' identifiers.
	MaxDidLength = 128
	// MaxLockMs is the longest time that a title can be locked for: 30 days.
	MaxLockMs = 2_592_000_000

	// ErrId is thrown when a title's name has a character other than lower-case
	// letters, digits, dot and hyphen.
	ErrId = "name of a title malformed"
	// ErrRegistrar is thrown when an institution is no registrar.
	ErrRegistrar = "not a registrar"
	// ErrExists is thrown when a title is issued or arrives that is here, or that was
	// issued before.
	ErrExists = "title exists already"
	// ErrUnknown is thrown when there is no such title.
	ErrUnknown = "title unknown"
	// ErrForeign is thrown when a title is issued under another network's label, or
	// arrives under ours and never left.
	ErrForeign = "title is not of this network, or never left it"
	// ErrContent is thrown when a title comes back with another content.
	ErrContent = "title has another content"
	// ErrState is thrown when a title is to be locked that is not held here.
	ErrState = "title is not held here"
	// ErrTransfer is thrown when a transfer is to be used for a second time.
	ErrTransfer = "transfer used before"
	// ErrLock is thrown when no title is locked for the transfer.
	ErrLock = "no title locked for this transfer"
	// ErrOver is thrown when a title is to leave and its time is over.
	ErrOver = "time to leave is over"
	// ErrNotOver is thrown when a title is to be unlocked and its time is not over.
	ErrNotOver = "time to leave is not over"
	// ErrNetwork is thrown when a title is to go to a network that is not set, or is
	// switched off.
	ErrNetwork = "network not set or switched off"
	// ErrQuestion is thrown when what a network of Fabric answered is something else
	// than that a title has left by a transfer.
	ErrQuestion = "not the answer that a title has left"
	// ErrDestination is thrown when a title has left for another network than this.
	ErrDestination = "title has left for another network"
	// ErrSource is thrown when nobody looks after what arrives from the network.
	ErrSource = "nobody looks after titles from there"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	keyIdentifiers  = 'i'
	keyGateway      = 'g'
	prefixRegistrar = 'r'
	prefixCustodian = 'c'
	prefixTitle     = 1
	prefixLeft      = 2
	prefixArrival   = 3
	prefixLock      = 4
	prefixPastTitle = 5

	// question is the chaincode's function that is asked with a transfer.
	question = "title.left"
	// neoPrefix and labelPrefix are what the name of a network of Neo and the label of
	// its titles start with; its magic number follows.
	neoPrefix   = "neo3:"
	labelPrefix = "neo3-"
	// maxNetworkLength bounds networks' names.
	maxNetworkLength = 280
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		return
	}
	access.SetOwner(data)
	storage.LocalPut([]byte{keyIdentifiers}, access.Contract(data, 1))
	storage.LocalPut([]byte{keyGateway}, access.Contract(data, 2))
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

// Gateway returns the hash of the contract that says what other networks say.
func Gateway() interop.Hash160 {
	return storage.LocalGet([]byte{keyGateway})
}

// SetRegistrar makes an institution a registrar, or takes the right away again: then
// it can neither issue titles nor lock those that it is custodian of. The owner must
// agree.
func SetRegistrar(registrar interop.Hash160, on bool) {
	access.CheckOwner()
	on = arguments.Boolean(on)
	access.Controller(Identifiers(), registrar)
	if on {
		storage.LocalPut(registrarKey(registrar), []byte{1})
	} else {
		storage.LocalDelete(registrarKey(registrar))
	}
	runtime.Notify("RegistrarChanged", registrar, on)
}

// SetCustodian names the registrar who looks after what arrives from a network from
// now on. The owner must agree.
func SetCustodian(network string, custodian interop.Hash160) {
	access.CheckOwner()
	if !IsRegistrar(custodian) {
		panic(ErrRegistrar)
	}
	storage.LocalPut(custodianKey(network), custodian)
	runtime.Notify("CustodianChanged", network, custodian)
}

// Issue brings a title into being that was never here, under this network's label:
// neo3-<magic>. and a name. Its registrar is its custodian, and the registrar's
// controller must agree.
func Issue(registrar interop.Hash160, id, holder string, contentHash []byte) {
	access.CheckWitness(access.Controller(Identifiers(), registrar))
	checkRegistrar(registrar)
	access.CheckRunning()
	if !isOurs(id) {
		panic(ErrForeign)
	}
	// Not even what has left: it is somewhere else now.
	if Title(id) != nil {
		panic(ErrExists)
	}
	replace(id, &TitleRecord{
		State:       StateHeld,
		Holder:      arguments.Name(holder, MaxDidLength),
		ContentHash: arguments.Digest(contentHash),
		Custodian:   arguments.Hash160(registrar),
		TransferId:  none(),
	}, "")
}

// Lock promises a title to a transfer, which was never used before, until a time: to a
// holder in another network. The controller of its custodian must agree. The same
// again changes nothing.
func Lock(id string, transferId []byte, untilMs int, toNetwork, toHolder string) {
	title := Title(id)
	if title == nil {
		panic(ErrUnknown)
	}
	access.CheckWitness(access.Controller(Identifiers(), title.Custodian))
	checkRegistrar(title.Custodian)
	network, holder := string(networkName(toNetwork)), arguments.Name(toHolder, MaxDidLength)
	if title.State == StateLocked && string(title.TransferId) == string(arguments.Digest(transferId)) &&
		title.UntilMs == arguments.Time(untilMs) && title.ToNetwork == network && title.ToHolder == holder {
		return
	}
	if title.State != StateHeld {
		panic(ErrState)
	}
	key := transferKey(prefixLock, transferId)
	if storage.LocalGet(key) != nil {
		panic(ErrTransfer)
	}
	checkOn(network)
	now := runtime.GetTime()
	title.State = StateLocked
	title.TransferId = arguments.Digest(transferId)
	title.UntilMs = arguments.Integer(untilMs, now+1, now+MaxLockMs)
	title.ToNetwork = network
	title.ToHolder = holder
	storage.LocalPut(key, []byte(id))
	replace(id, title, title.ToNetwork)
}

// Leave extinguishes the title that is locked for a transfer, for good. Anybody may
// call, until its time is over. What has left by it stays so.
func Leave(transferId []byte) {
	if Left(transferId) != nil {
		return
	}
	id, title := lockedFor(transferId)
	if title.State != StateLocked {
		panic(ErrLock)
	}
	if runtime.GetTime() >= title.UntilMs {
		panic(ErrOver)
	}
	checkOn(title.ToNetwork)
	title.State = StateLeft
	title.UntilMs = 0
	storage.LocalPut(transferKey(prefixLeft, transferId), std.Serialize(LeftRecord{
		Id:          id,
		ContentHash: title.ContentHash,
		ToNetwork:   title.ToNetwork,
		ToHolder:    title.ToHolder,
		Holder:      title.Holder,
		TimeMs:      runtime.GetTime(),
		BlockIndex:  history.BlockIndex(),
	}))
	replace(id, title, title.ToNetwork)
}

// Unlock ends the lock for a transfer by which a title has not left. Anybody may call,
// once its time is over. What was unlocked before stays so.
func Unlock(transferId []byte) {
	if Left(transferId) != nil {
		panic(ErrLock)
	}
	id, title := lockedFor(transferId)
	if title.State != StateLocked {
		return
	}
	if runtime.GetTime() < title.UntilMs {
		panic(ErrNotOver)
	}
	toNetwork := title.ToNetwork
	title.State = StateHeld
	title.UntilMs = 0
	title.ToNetwork = ""
	title.ToHolder = ""
	replace(id, title, toNetwork)
}

// ArriveFromFabric brings a title into being that has left a network of Fabric for
// this one, by an answer of its chaincode to title.left with the transfer, as
// fabricAnswer of the contract gateway takes it. Anybody may call. What has arrived by
// it stays so.
func ArriveFromFabric(
	network string, transferId []byte,
	channelHeader, signatureHeader, proposal, answer []byte, endorsers [][]byte, signatures [][]byte,
) {
	if Arrival(network, transferId) != nil {
		return
	}
	given := contract.Call(Gateway(), "fabricAnswer", contract.ReadOnly,
		network, channelHeader, signatureHeader, proposal, answer, endorsers, signatures).(*fabricAnswer)
	asked := std.HexEncode(transferId)
	if len(given.Call) != 2 || given.Call[0] != question || given.Call[1] != asked {
		panic(ErrQuestion)
	}
	said := std.JSONDeserialize(given.Result).(map[string]any)
	// A network that was founded anew with the same keys has another name.
	if member(said, "transferId") != asked || member(said, "fromNetwork") != string(networkName(network)) {
		panic(ErrQuestion)
	}
	arrive(network, transferId, &LeftRecord{
		Id:          member(said, "assetId"),
		ContentHash: std.HexDecode(member(said, "contentHash")),
		ToNetwork:   member(said, "toNetwork"),
		ToHolder:    member(said, "toHolder"),
	})
}

// ArriveFromNeo brings a title into being that has left another network of Neo for
// this one, by the record that it has left by a transfer, as neoEntry of the contract
// gateway takes it. Anybody may call. What has arrived by it stays so.
func ArriveFromNeo(network string, transferId []byte, header []byte, proof []byte) {
	if Arrival(network, transferId) != nil {
		return
	}
	given := contract.Call(Gateway(), "neoEntry", contract.ReadOnly,
		network, header, transferKey(prefixLeft, transferId), proof).(*neoEntry)
	arrive(network, transferId, std.Deserialize(given.Value).(*LeftRecord))
}

// Title returns a title as it is now, or null if it was never here.
func Title(id string) *TitleRecord {
	return loadTitle(titleKey(id))
}

// TitleAt returns a title as its change number sequence left it, or null if there is
// no such change.
func TitleAt(id string, sequence int) *TitleRecord {
	past := history.Numbered(pastTitleKey(id), sequence)
	latest := Title(id)
	if latest == nil || sequence == latest.Sequence {
		return latest
	}
	return loadTitle(past)
}

// Left returns what has left by a transfer, or null if nothing has.
func Left(transferId []byte) *LeftRecord {
	stored := storage.LocalGet(transferKey(prefixLeft, transferId))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*LeftRecord)
}

// Arrival returns what has arrived from a network by a transfer, or null if nothing
// has.
func Arrival(network string, transferId []byte) *ArrivalRecord {
	stored := storage.LocalGet(arrivalKey(network, transferId))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*ArrivalRecord)
}

// IsRegistrar tells if an institution is a registrar.
func IsRegistrar(registrar interop.Hash160) bool {
	return storage.LocalGet(registrarKey(registrar)) != nil
}

// CustodianOf returns who looks after what arrives from a network, or null if nobody
// does.
func CustodianOf(network string) interop.Hash160 {
	return storage.LocalGet(custodianKey(network))
}

// arrive brings the title into being that has left a network by a transfer.
func arrive(network string, transferId []byte, left *LeftRecord) {
	access.CheckRunning()
	// What is joined is a Buffer, and no text is the same as one.
	if left.ToNetwork != string([]byte(neoPrefix+std.Itoa10(runtime.GetNetwork()))) {
		panic(ErrDestination)
	}
	custodian := CustodianOf(network)
	if custodian == nil {
		panic(ErrSource)
	}
	title := Title(left.Id)
	if title == nil {
		if isOurs(left.Id) {
			panic(ErrForeign)
		}
	} else {
		if title.State != StateLeft {
			panic(ErrExists)
		}
		if string(title.ContentHash) != string(left.ContentHash) {
			panic(ErrContent)
		}
	}
	record := ArrivalRecord{
		Id:          left.Id,
		ContentHash: arguments.Digest(left.ContentHash),
		FromNetwork: string(networkName(network)),
		Holder:      arguments.Name(left.ToHolder, MaxDidLength),
		TimeMs:      runtime.GetTime(),
		BlockIndex:  history.BlockIndex(),
	}
	storage.LocalPut(arrivalKey(network, transferId), std.Serialize(record))
	replace(left.Id, &TitleRecord{
		State:       StateHeld,
		Holder:      record.Holder,
		ContentHash: record.ContentHash,
		Custodian:   custodian,
		TransferId:  arguments.Digest(transferId),
	}, record.FromNetwork)
}

// replace makes record the title's next and latest.
func replace(id string, record *TitleRecord, otherNetwork string) {
	replaced := 0
	latest := Title(id)
	if latest != nil {
		replaced = latest.Sequence
	}
	record.Sequence = replaced + 1
	record.TimeMs = runtime.GetTime()
	record.BlockIndex = history.BlockIndex()
	history.Replace(titleKey(id), history.Numbered(pastTitleKey(id), replaced), record)
	runtime.Notify("TitleChanged", id, record.Sequence, record.State, record.Holder, record.TransferId, otherNetwork)
}

// lockedFor returns the title that was locked for a transfer; its state is held if
// it is not locked for it any more.
func lockedFor(transferId []byte) (string, *TitleRecord) {
	id := storage.LocalGet(transferKey(prefixLock, transferId))
	if id == nil {
		panic(ErrLock)
	}
	title := Title(string(id))
	if string(title.TransferId) != string(arguments.Digest(transferId)) {
		title.State = StateHeld
	}
	return string(id), title
}

// isOurs tells if a title has the label of this network.
func isOurs(id string) bool {
	name, label := arguments.Name(id, MaxIdLength), string([]byte(labelPrefix+std.Itoa10(runtime.GetNetwork())+"."))
	return len(name) > len(label) && string(name[:len(label)]) == label
}

// checkRegistrar throws unless an institution is a registrar.
func checkRegistrar(registrar interop.Hash160) {
	if !IsRegistrar(registrar) {
		panic(ErrRegistrar)
	}
}

// checkOn throws unless a network is set and switched on.
func checkOn(network string) {
	if !contract.Call(Gateway(), "isOn", contract.ReadOnly, network).(bool) {
		panic(ErrNetwork)
	}
}

// member returns a member of an answer, as bytes or text.
func member(said map[string]any, name string) string {
	value, ok := said[name]
	if !ok {
		panic(ErrQuestion)
	}
	return string(arguments.Bytes([]byte(value.(string)), maxNetworkLength))
}

func loadTitle(key []byte) *TitleRecord {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*TitleRecord)
}

// titleKey holds the title's name, so that whoever proves the entry reads it there.
func titleKey(id string) []byte {
	name := arguments.Name(id, MaxIdLength)
	for i := range len(name) {
		if name[i] >= 'A' && name[i] <= 'Z' || name[i] == '_' || name[i] == ':' {
			panic(ErrId)
		}
	}
	return append([]byte{prefixTitle}, name...)
}

func pastTitleKey(id string) []byte {
	return append([]byte{prefixPastTitle}, crypto.Sha256([]byte(arguments.Name(id, MaxIdLength)))...)
}

func transferKey(prefix byte, transferId []byte) []byte {
	return append([]byte{prefix}, arguments.Digest(transferId)...)
}

// arrivalKey has a transfer's number in a network of its own: another one that uses
// it, too, keeps nothing from arriving.
func arrivalKey(network string, transferId []byte) []byte {
	named := append(networkName(network), arguments.Digest(transferId)...)
	return append([]byte{prefixArrival}, crypto.Sha256(named)...)
}

func registrarKey(registrar interop.Hash160) []byte {
	return append([]byte{prefixRegistrar}, arguments.Hash160(registrar)...)
}

// custodianKey holds a digest of the network's name, which may be too long for a key.
func custodianKey(network string) []byte {
	return append([]byte{prefixCustodian}, crypto.Sha256(networkName(network))...)
}

func networkName(network string) []byte {
	return arguments.Bytes([]byte(network), maxNetworkLength)
}

// none is no bytes.
func none() []byte {
	return arguments.ByteString([]byte{})
}
