package gateway

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

// NetworkRecord is another network and what is taken on trust of it, as one change
// left it.
type NetworkRecord struct {
	Sequence int // position in the network's history, from 1
	Kind     int
	On       bool
	// Of Fabric.
	Channel       string
	Chaincode     string
	Threshold     int                 // different organisations that must have signed
	Organisations []string            // by endorsing peer, so that one may stand twice
	PublicKeys    []interop.PublicKey // of the peers, in the same order
	// Of Neo.
	Magic      int
	ContractId int // whose entries count
	TimeMs     int
	BlockIndex int
}

// ValidatorsRecord says whose signatures count in a network of Neo.
type ValidatorsRecord struct {
	NextConsensus interop.Hash160 // account that signs the blocks after this one
	BlockIndex    int             // block whose header names it
	TimeMs        int             // time of that header; 0 for what the council set
}

// CounterpartRecord is another network's gateway, as one change left it.
type CounterpartRecord struct {
	Sequence   int // position in the counterpart's history, from 1
	Network    string
	PublicKey  interop.PublicKey // with which it signs what it says to ours
	On         bool
	TimeMs     int
	BlockIndex int
}

// Kinds of network.
const (
	KindFabric = 1
	KindNeo    = 2
)

const (
	// MaxNetworkLength bounds networks' names: a channel's has at most 249 characters.
	MaxNetworkLength = 280
	// MaxChannelLength and MaxNameLength bound names on a network of Fabric.
	MaxChannelLength = 249
	MaxNameLength    = 64
	// MaxDidLength bounds counterparts' identifiers.
	MaxDidLength = 128
	// MaxEndorsers is the most peers that a network can have, and the most signatures
	// that an answer can come with.
	MaxEndorsers = 32
	// MaxContractId is the highest number of a contract.
	MaxContractId = 0x7FFFFFFF

	// ErrNetwork is thrown when a network is none that the council has set, or is of
	// another kind.
	ErrNetwork = "network unknown, or of another kind"
	// ErrOff is thrown when a network is switched off.
	ErrOff = "network switched off"
	// ErrNetworkName is thrown when a network's name is not of its form, or is our own.
	ErrNetworkName = "not the name of another network"
	// ErrThreshold is thrown when a threshold can be met by nobody, or is met by nothing.
	ErrThreshold = "threshold not met by the organisations"
	// ErrKeys is thrown when peers' keys are none, too many, or stand twice.
	ErrKeys = "keys malformed, none, too many or not different"
	// ErrActor is thrown when the actor may not switch a network in this way.
	ErrActor = "actor may not switch this"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	keyGuardian           = 'g'
	prefixNetwork         = 'n'
	prefixPastNetwork     = 'N'
	prefixValidators      = 'v'
	prefixCounterpart     = 'c'
	prefixPastCounterpart = 'C'

	fabricPrefix = "fabric:"
	neoPrefix    = "neo3:"
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

// SetFabricNetwork sets a channel of Hyperledger Fabric, or what is taken on trust of
// it: of the organisations, by the keys of their peers, so many different ones must
// have signed an answer of the chaincode. The owner must agree.
func SetFabricNetwork(
	network, channel, chaincode string, threshold int, mspIds []string, publicKeys []interop.PublicKey, on bool,
) {
	access.CheckOwner()
	name := networkName(network)
	if len(name) <= len(fabricPrefix) || string(name[:len(fabricPrefix)]) != fabricPrefix {
		panic(ErrNetworkName)
	}
	record := &NetworkRecord{
		Kind:      KindFabric,
		On:        arguments.Boolean(on),
		Channel:   arguments.Name(channel, MaxChannelLength),
		Chaincode: arguments.Name(chaincode, MaxNameLength),
		Threshold: arguments.Integer(threshold, 1, MaxEndorsers),
	}
	count := len(publicKeys)
	if count < 1 || count > MaxEndorsers || len(mspIds) != count {
		panic(ErrKeys)
	}
	different := 0
	for i := range count {
		mspId, key := arguments.Name(mspIds[i], MaxNameLength), parseKey(publicKeys[i])
		isNew := true
		for j := range i {
			// One key in two organisations' hands would count for both.
			if string(record.PublicKeys[j][1:]) == string(key[1:]) {
				panic(ErrKeys)
			}
			if record.Organisations[j] == mspId {
				isNew = false
			}
		}
		if isNew {
			different++
		}
		record.Organisations = append(record.Organisations, mspId)
		record.PublicKeys = append(record.PublicKeys, key)
	}
	if record.Threshold > different {
		panic(ErrThreshold)
	}
	replaceNetwork(string(name), record, access.Owner())
}

// SetNeoNetwork sets another network of Neo, or what is taken on trust of it: the
// account of its validators as the header of a block names it, and the number of the
// contract there whose entries count. The owner must agree.
func SetNeoNetwork(magic, blockIndex int, nextConsensus interop.Hash160, contractId int, on bool) {
	access.CheckOwner()
	magic = arguments.Integer(magic, 0, arguments.MaxUint32)
	if magic == runtime.GetNetwork() {
		panic(ErrNetworkName)
	}
	record := &NetworkRecord{
		Kind:       KindNeo,
		On:         arguments.Boolean(on),
		Magic:      magic,
		ContractId: arguments.Integer(contractId, 1, MaxContractId),
	}
	network := string([]byte(neoPrefix + std.Itoa10(magic)))
	setValidators(network, &ValidatorsRecord{
		NextConsensus: arguments.Hash160(nextConsensus),
		BlockIndex:    arguments.Integer(blockIndex, 0, arguments.MaxUint32),
	})
	replaceNetwork(network, record, access.Owner())
}

// SwitchNetwork switches a network on or off: while it is off, nothing from there is
// proven. The actor is the owner or, to switch off, the guardian, and must agree.
func SwitchNetwork(actor interop.Hash160, network string, on bool) {
	actor, on = arguments.Hash160(actor), arguments.Boolean(on)
	if !access.Same(actor, access.Owner()) && (on || !access.Same(actor, Guardian())) {
		panic(ErrActor)
	}
	access.CheckWitness(actor)
	record := Network(network)
	if record == nil {
		panic(ErrNetwork)
	}
	record.On = on
	replaceNetwork(network, record, actor)
}

// SetGuardian names an account that can switch networks off. The owner must agree.
func SetGuardian(guardian interop.Hash160) {
	access.CheckOwner()
	guardian = arguments.Hash160(guardian)
	storage.LocalPut([]byte{keyGuardian}, guardian)
	runtime.Notify("GuardianChanged", guardian)
}

// SetCounterpart sets a gateway of another network that ours may talk with, with the
// key that it signs with, or takes the right away again. The owner must agree.
func SetCounterpart(did, network string, publicKey interop.PublicKey, on bool) {
	access.CheckOwner()
	if Network(network) == nil {
		panic(ErrNetwork)
	}
	record := &CounterpartRecord{
		Sequence:   1,
		Network:    string(networkName(network)),
		PublicKey:  parseKey(publicKey),
		On:         arguments.Boolean(on),
		TimeMs:     runtime.GetTime(),
		BlockIndex: history.BlockIndex(),
	}
	latest := Counterpart(did)
	if latest != nil {
		record.Sequence = latest.Sequence + 1
	}
	history.Replace(didKey(prefixCounterpart, did), history.Numbered(didKey(prefixPastCounterpart, did), record.Sequence-1), record)
	runtime.Notify("CounterpartChanged", did, record.Sequence, record.Network, record.On)
}

// FollowValidators shows headers of a network of Neo, in ascending order, each signed
// by the validators that the one before it names. Those that name nobody new can be
// left out; those of blocks that lie behind are passed over. Anybody may call.
func FollowValidators(network string, headers [][]byte) {
	pinned := networkOn(network, KindNeo)
	for i := range headers {
		validators := Validators(network)
		header := parseHeader(headers[i])
		if header.blockIndex <= validators.BlockIndex {
			continue
		}
		checkHeader(header, pinned.Magic, validators.NextConsensus)
		if !access.Same(header.nextConsensus, validators.NextConsensus) {
			setValidators(network, &ValidatorsRecord{header.nextConsensus, header.blockIndex, header.timeMs})
		}
	}
}

// Network returns a network as it is now, or null if the council never set it.
func Network(network string) *NetworkRecord {
	return loadNetwork(networkKey(prefixNetwork, network))
}

// NetworkAt returns a network as its change number sequence left it, or null if there
// is no such change.
func NetworkAt(network string, sequence int) *NetworkRecord {
	past := history.Numbered(networkKey(prefixPastNetwork, network), sequence)
	latest := Network(network)
	if latest == nil || sequence == latest.Sequence {
		return latest
	}
	return loadNetwork(past)
}

// IsOn tells if a network is set and switched on.
func IsOn(network string) bool {
	record := Network(network)
	return record != nil && record.On
}

// Validators returns whose signatures count in a network of Neo, or null if the
// council never set it.
func Validators(network string) *ValidatorsRecord {
	stored := storage.LocalGet(networkKey(prefixValidators, network))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*ValidatorsRecord)
}

// Counterpart returns another network's gateway as it is now, or null if the council
// never set it.
func Counterpart(did string) *CounterpartRecord {
	return loadCounterpart(didKey(prefixCounterpart, did))
}

// CounterpartAt returns another network's gateway as change number sequence left it,
// or null if there is no such change.
func CounterpartAt(did string, sequence int) *CounterpartRecord {
	past := history.Numbered(didKey(prefixPastCounterpart, did), sequence)
	latest := Counterpart(did)
	if latest == nil || sequence == latest.Sequence {
		return latest
	}
	return loadCounterpart(past)
}

// Guardian returns the account that can switch networks off: the owner until the
// council names one.
func Guardian() interop.Hash160 {
	guardian := storage.LocalGet([]byte{keyGuardian})
	if guardian == nil {
		return access.Owner()
	}
	return guardian
}

// networkOn returns a network of a kind, which must be switched on.
func networkOn(network string, kind int) *NetworkRecord {
	record := Network(network)
	if record == nil || record.Kind != kind {
		panic(ErrNetwork)
	}
	if !record.On {
		panic(ErrOff)
	}
	return record
}

// replaceNetwork makes record the network's next and latest.
func replaceNetwork(network string, record *NetworkRecord, actor interop.Hash160) {
	replaced := 0
	latest := Network(network)
	if latest != nil {
		replaced = latest.Sequence
	}
	record.Sequence = replaced + 1
	record.TimeMs = runtime.GetTime()
	record.BlockIndex = history.BlockIndex()
	history.Replace(networkKey(prefixNetwork, network), history.Numbered(networkKey(prefixPastNetwork, network), replaced), record)
	runtime.Notify("NetworkChanged", network, record.Sequence, record.Kind, record.On, actor)
}

func setValidators(network string, record *ValidatorsRecord) {
	storage.LocalPut(networkKey(prefixValidators, network), std.Serialize(record))
	runtime.Notify("ValidatorsFollowed", network, record.BlockIndex, record.NextConsensus)
}

// parseKey parses a key of P-256, compressed, and makes sure that it is on the curve.
func parseKey(value interop.PublicKey) interop.PublicKey {
	key := interop.PublicKey(value)
	if len(key) != interop.PublicKeyCompressedLen {
		panic(ErrKeys)
	}
	contract.CreateStandardAccount(key)
	return key
}

func loadNetwork(key []byte) *NetworkRecord {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*NetworkRecord)
}

func loadCounterpart(key []byte) *CounterpartRecord {
	stored := storage.LocalGet(key)
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*CounterpartRecord)
}

// networkKey holds a digest of the network's name, which may be too long for a key.
func networkKey(prefix byte, network string) []byte {
	return append([]byte{prefix}, crypto.Sha256(networkName(network))...)
}

func networkName(network string) []byte {
	return arguments.Bytes([]byte(network), MaxNetworkLength)
}

func didKey(prefix byte, did string) []byte {
	return append([]byte{prefix}, crypto.Sha256([]byte(arguments.Name(did, MaxDidLength)))...)
}
