package tests

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/gateway"

	neohash "github.com/nspcc-dev/neo-go/pkg/crypto/hash"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

func TestGateway(t *testing.T) {
	shared := newPilot(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"networks are set and switched, and every state stays", networksChange},
		{"trust that would be none is refused", trustIsChecked},
		{"a guardian switches off, and nothing more", guardianSwitchesOff},
		{"counterparts are listed, and every state stays", counterpartsChange},
		{"an answer that enough organisations signed", answersHold},
		{"an answer's neighbours are refused", answersNeighbours},
		{"a bit flipped in any byte of an answer", answersBits},
		{"what is no message of Fabric", answersForm},
		{"keys that are pinned no more", pinsChange},
		{"an entry under a header of the validators", entriesHold},
		{"an entry's neighbours are refused", entriesNeighbours},
		{"a bit flipped in any byte of header and proof", entriesBits},
		{"a header has exactly the signatures that it needs", headersSignatures},
		{"accounts that are none of so many keys", headersScripts},
		{"proofs that lead elsewhere, or nowhere", proofsForm},
		{"validators change", validatorsChange},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
}

// gatewayTexts are all that the contract refuses proofs with.
var gatewayTexts = []string{
	gateway.ErrMessage, gateway.ErrQuestion, gateway.ErrChannel, gateway.ErrChaincode, gateway.ErrRefused, gateway.ErrEndorsements, gateway.ErrQuorum,
	gateway.ErrHeader, gateway.ErrOldHeader, gateway.ErrValidators, gateway.ErrSignatures, gateway.ErrProofKey, gateway.ErrProof, arguments.ErrBytes,
}

// requireRefused requires that a call is refused in the contract's own words, not by the machine that it runs on.
func requireRefused(t testing.TB, err error, what string) {
	require.Error(t, err, what)
	own := slices.ContainsFunc(gatewayTexts, func(text string) bool { return strings.Contains(err.Error(), text) })
	require.True(t, own, "%s: %s", what, err)
}

// setFabric sets a network of Fabric of these organisations, one peer each.
func (p *pilot) setFabric(network string, threshold int, mspIds ...string) outcome {
	return p.found(p.gateway, "setFabricNetwork", network, "hospitals", "hufu", threshold, texts(mspIds), peerKeys(p.t, mspIds...), true)
}

func texts(values []string) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = value
	}
	return all
}

// setNeo sets another network of Neo as of a block that names validators.
func (p *pilot) setNeo(blockIndex int, next *validators) outcome {
	return p.found(p.gateway, "setNeoNetwork", otherMagic, blockIndex, next.account(), otherContract, true)
}

// ask asks for an answer's proof.
func (p *pilot) ask(network string, args []any) error {
	return p.try(callScript(p.t, p.gateway, "fabricAnswer", append([]any{network}, args...)...))
}

func (p *pilot) askNeo(header []byte, key string, proof []byte) error {
	return p.try(callScript(p.t, p.gateway, "neoEntry", otherNetwork, header, []byte(key), proof))
}

func networksChange(t *testing.T, p *pilot) {
	const network = "fabric:changing@0123456789abcdef"
	require.Nil(t, plain(t, p.read(p.gateway, "network", network)))
	require.Nil(t, plain(t, p.read(p.gateway, "networkAt", network, 1)))
	require.False(t, p.readBool(p.gateway, "isOn", network))
	var records [][]any
	record := func(on bool, threshold int, mspIds ...string) []any {
		organisations, publicKeys := []any{}, peerKeys(t, mspIds...)
		for _, mspId := range mspIds {
			organisations = append(organisations, []byte(mspId))
		}
		return []any{
			len(records) + 1, gateway.KindFabric, on, []byte("hospitals"), []byte("hufu"), threshold, organisations, publicKeys, 0, 0,
			p.now(), p.nextBlock(),
		}
	}
	change := func(next []any, made func() outcome, actor util.Uint160) {
		records = append(records, next)
		events := made().halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.gateway, "NetworkChanged", []byte(network), len(records), gateway.KindFabric, next[2], hash(actor))
	}
	change(record(true, 2, "A", "B", "C"), func() outcome { return p.setFabric(network, 2, "A", "B", "C") }, p.council)
	require.True(t, p.readBool(p.gateway, "isOn", network))
	p.at(p.now() + day)
	change(record(false, 2, "A", "B", "C"), func() outcome {
		return p.found(p.gateway, "switchNetwork", p.council, network, false)
	}, p.council)
	require.False(t, p.readBool(p.gateway, "isOn", network))
	require.ErrorContains(t, p.ask(network, newAnswer("A", "B").args(t)), gateway.ErrOff)
	change(record(true, 2, "A", "B", "C"), func() outcome {
		return p.found(p.gateway, "switchNetwork", p.council, network, true)
	}, p.council)
	require.NoError(t, p.ask(network, newAnswer("A", "B").args(t)))
	change(record(true, 1, "D"), func() outcome { return p.setFabric(network, 1, "D") }, p.council)
	for i, record := range records {
		require.Equal(t, record, fields(t, p.read(p.gateway, "networkAt", network, i+1)))
	}
	require.Equal(t, records[3], fields(t, p.read(p.gateway, "network", network)))
	require.Nil(t, plain(t, p.read(p.gateway, "networkAt", network, 5)))
	require.Nil(t, plain(t, p.read(p.gateway, "validators", network)))

	v := newValidators(t, "networks", 4)
	events := p.setNeo(9, v).halts()
	require.Len(t, events, 2)
	requireEvent(t, events[0], p.gateway, "ValidatorsFollowed", []byte(otherNetwork), 9, hash(v.account()))
	requireEvent(t, events[1], p.gateway, "NetworkChanged", []byte(otherNetwork), 1, gateway.KindNeo, true, hash(p.council))
	require.Equal(t, []any{hash(v.account()), 9, 0}, fields(t, p.read(p.gateway, "validators", otherNetwork)))
	set := fields(t, p.read(p.gateway, "network", otherNetwork))
	require.Equal(t, []any{1, gateway.KindNeo, true, []byte{}, []byte{}, 0, nil, nil, otherMagic, otherContract}, set[:10])
	// Neither is a network of the other kind.
	require.ErrorContains(t, p.ask(otherNetwork, newAnswer("D").args(t)), gateway.ErrNetwork)
	require.ErrorContains(t, p.try(callScript(t, p.gateway, "neoEntry", network, []byte{1}, []byte{1}, []byte{1})), gateway.ErrNetwork)
	p.call(nil, p.gateway, "followValidators", network, []any{}).faults(gateway.ErrNetwork)
	p.call(nil, p.gateway, "followValidators", "neo3:1", []any{}).faults(gateway.ErrNetwork)
	p.found(p.gateway, "switchNetwork", p.council, "neo3:1", true).faults(gateway.ErrNetwork)
	p.found(p.gateway, "switchNetwork", p.council, otherNetwork, false).halts()
	require.ErrorContains(t, p.askNeo([]byte{1}, "key", []byte{1}), gateway.ErrOff)
	p.call(nil, p.gateway, "followValidators", otherNetwork, []any{}).faults(gateway.ErrOff)
}

func trustIsChecked(t *testing.T, p *pilot) {
	const network = "fabric:checked@0123456789abcdef"
	good := []any{network, "hospitals", "hufu", 2, []any{"A", "B", "B"}, peerKeys(t, "A", "B", "B2"), true}
	set := func(changes ...any) outcome {
		args := slices.Clone(good)
		for i := 0; i < len(changes); i += 2 {
			args[changes[i].(int)] = changes[i+1]
		}
		return p.found(p.gateway, "setFabricNetwork", args...)
	}
	a, b := peerKeys(t, "A")[0].([]byte), peerKeys(t, "B")[0].([]byte)
	negative := bytes.Clone(a)
	negative[0] ^= 1
	offCurve := append([]byte{2}, bytes.Repeat([]byte{0xFF}, 32)...)
	many := func(count int) (mspIds, publicKeys []any) {
		var names []string
		for i := range count {
			names = append(names, fmt.Sprint("M", i))
		}
		return texts(names), peerKeys(t, names...)
	}
	tooManyIds, tooManyKeys := many(gateway.MaxEndorsers + 1)
	for _, refused := range []struct {
		fault   string
		changes []any
	}{
		{gateway.ErrNetworkName, []any{0, "neo3:7"}},
		{gateway.ErrNetworkName, []any{0, "fabric:"}},
		{gateway.ErrNetworkName, []any{0, "Fabric:x"}},
		{arguments.ErrBytes, []any{0, ""}},
		{arguments.ErrBytes, []any{0, nil}},
		{arguments.ErrBytes, []any{0, "fabric:" + strings.Repeat("x", gateway.MaxNetworkLength)}},
		{arguments.ErrName, []any{1, ""}},
		{arguments.ErrName, []any{1, strings.Repeat("x", gateway.MaxChannelLength+1)}},
		{arguments.ErrName, []any{2, ""}},
		{arguments.ErrName, []any{2, "a b"}},
		{arguments.ErrName, []any{2, "a{b"}},
		{arguments.ErrName, []any{4, []any{"A", "", "B"}}},
		{arguments.ErrInteger, []any{3, 0}},
		{arguments.ErrInteger, []any{3, nil}},
		{arguments.ErrInteger, []any{3, gateway.MaxEndorsers + 1}},
		{gateway.ErrThreshold, []any{3, 3}},
		{gateway.ErrKeys, []any{4, []any{}, 5, []any{}}},
		{gateway.ErrKeys, []any{4, []any{"A", "B"}}},
		{gateway.ErrKeys, []any{4, tooManyIds, 5, tooManyKeys}},
		{gateway.ErrKeys, []any{5, []any{a, b, b}}},
		{gateway.ErrKeys, []any{5, []any{a, negative, b}}},
		{gateway.ErrKeys, []any{5, []any{a, b, b[:32]}}},
		{gateway.ErrKeys, []any{5, []any{a, b, nil}}},
		{"", []any{5, []any{a, b, offCurve}}},
	} {
		set(refused.changes...).faults(refused.fault)
	}
	require.Nil(t, plain(t, p.read(p.gateway, "network", network)))
	set().halts()
	maxIds, maxKeys := many(gateway.MaxEndorsers)
	longest := "fabric:" + strings.Repeat("x", gateway.MaxNetworkLength-7)
	set(0, longest, 1, strings.Repeat("x", gateway.MaxChannelLength), 3, gateway.MaxEndorsers, 4, maxIds, 5, maxKeys, 6, 0).halts()
	require.False(t, p.readBool(p.gateway, "isOn", longest))
	set(2, "Hufu_2.0:x-1").halts()

	v := newValidators(t, "checked", 1)
	setNeo := func(args ...any) outcome { return p.found(p.gateway, "setNeoNetwork", args...) }
	own := int(p.Chain.GetConfig().Magic)
	setNeo(own, 0, v.account(), 1, true).faults(gateway.ErrNetworkName)
	setNeo(-1, 0, v.account(), 1, true).faults(arguments.ErrInteger)
	setNeo(arguments.MaxUint32+1, 0, v.account(), 1, true).faults(arguments.ErrInteger)
	setNeo(7, -1, v.account(), 1, true).faults(arguments.ErrInteger)
	setNeo(7, 0, []byte{1}, 1, true).faults(arguments.ErrHash)
	setNeo(7, 0, v.account(), 0, true).faults(arguments.ErrInteger)
	setNeo(7, 0, v.account(), gateway.MaxContractId+1, true).faults(arguments.ErrInteger)
	require.Nil(t, plain(t, p.read(p.gateway, "validators", "neo3:7")))
	setNeo(arguments.MaxUint32, arguments.MaxUint32, v.account(), gateway.MaxContractId, true).halts()
}

func guardianSwitchesOff(t *testing.T, p *pilot) {
	const network = "fabric:guarded@0123456789abcdef"
	p.setFabric(network, 1, "A").halts()
	guardian, stranger := account(t), account(t)
	require.Equal(t, hash(p.council), plain(t, p.read(p.gateway, "guardian")))
	off := func(actor util.Uint160) []any { return []any{actor, network, false} }
	p.call(by(guardian), p.gateway, "switchNetwork", off(id(guardian))...).faults(gateway.ErrActor)
	events := p.found(p.gateway, "setGuardian", id(guardian)).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.gateway, "GuardianChanged", hash(id(guardian)))
	p.found(p.gateway, "setGuardian", []byte{1}).faults(arguments.ErrHash)

	p.call(by(stranger), p.gateway, "switchNetwork", off(id(guardian))...).faults(access.ErrWitness)
	p.call(by(stranger), p.gateway, "switchNetwork", off(id(stranger))...).faults(gateway.ErrActor)
	p.call(by(guardian), p.gateway, "switchNetwork", off(p.council)...).faults(access.ErrWitness)
	events = p.call(by(guardian), p.gateway, "switchNetwork", off(id(guardian))...).halts()
	requireEvent(t, events[0], p.gateway, "NetworkChanged", []byte(network), 2, gateway.KindFabric, false, hash(id(guardian)))
	require.False(t, p.readBool(p.gateway, "isOn", network))
	for _, on := range []any{true, 1, []byte{1}} {
		p.call(by(guardian), p.gateway, "switchNetwork", id(guardian), network, on).faults(gateway.ErrActor)
	}
	p.call(by(guardian), p.gateway, "setFabricNetwork", network, "hospitals", "hufu", 1, []any{"A"}, peerKeys(t, "A"), true).faults(access.ErrWitness)
	p.found(p.gateway, "switchNetwork", p.council, network, true).halts()

	// The owner stands in for a guardian that is no more.
	p.found(p.gateway, "setGuardian", p.council).halts()
	p.call(by(guardian), p.gateway, "switchNetwork", off(id(guardian))...).faults(gateway.ErrActor)
	p.found(p.gateway, "switchNetwork", off(p.council)...).halts()
}

func counterpartsChange(t *testing.T, p *pilot) {
	const network, did = "fabric:counterparts@0123456789abcdef", "did:web:gateway.hospitals.example"
	key, renewed := peerKeys(t, "gateway")[0].([]byte), peerKeys(t, "gateway, renewed")[0].([]byte)
	set := func(key any, on bool) outcome { return p.found(p.gateway, "setCounterpart", did, network, key, on) }
	set(key, true).faults(gateway.ErrNetwork)
	p.setFabric(network, 1, "A").halts()
	require.Nil(t, plain(t, p.read(p.gateway, "counterpart", did)))
	require.Nil(t, plain(t, p.read(p.gateway, "counterpartAt", did, 1)))
	var records [][]any
	for i, change := range []struct {
		key []byte
		on  bool
	}{{key, true}, {renewed, true}, {renewed, false}} {
		p.at(p.now() + day)
		records = append(records, []any{i + 1, []byte(network), change.key, change.on, p.now(), p.nextBlock()})
		events := set(change.key, change.on).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.gateway, "CounterpartChanged", []byte(did), i+1, []byte(network), change.on)
		require.Equal(t, records[i], fields(t, p.read(p.gateway, "counterpart", did)))
	}
	for i, record := range records {
		require.Equal(t, record, fields(t, p.read(p.gateway, "counterpartAt", did, i+1)))
	}
	require.Nil(t, plain(t, p.read(p.gateway, "counterpartAt", did, 4)))
	set(key[1:], true).faults(gateway.ErrKeys)
	for _, name := range []any{"", nil, "did:web:a/b", strings.Repeat("d", gateway.MaxDidLength+1)} {
		p.found(p.gateway, "setCounterpart", name, network, key, true).faults(arguments.ErrName)
	}
}

func answersHold(t *testing.T, p *pilot) {
	p.setFabric(hospitals, 2, "A", "B", "C").halts()
	a := newAnswer("A", "B")
	answer := fields(t, p.read(p.gateway, "fabricAnswer", append([]any{hospitals}, a.args(t)...)...))
	call := []any{[]byte("registry.get"), []byte("Hospital1MSP"), []byte("radiology")}
	require.Len(t, answer[0], 64)
	require.Equal(t, []any{call, []byte(a.result)}, answer[1:])
	for _, mspIds := range [][]string{{"B", "A"}, {"A", "C"}, {"A", "B", "C"}, {"stranger", "C", "B"}} {
		require.NoError(t, p.ask(hospitals, newAnswer(mspIds...).args(t)), mspIds)
	}
	// Others' signatures, and false ones, neither count nor spoil.
	mixed := newAnswer("A", "B")
	mixed.endorsers = append(mixed.endorsers, endorser{"C", "stranger"}, endorser{"stranger", "stranger"}, endorser{"A", "A"})
	require.NoError(t, p.ask(hospitals, mixed.args(t)))

	empty := newAnswer("A", "B")
	empty.call, empty.result = nil, ""
	answer = fields(t, p.read(p.gateway, "fabricAnswer", append([]any{hospitals}, empty.args(t)...)...))
	require.Equal(t, []any{[]any{}, []byte{}}, answer[1:])
}

func answersNeighbours(t *testing.T, p *pilot) {
	p.setFabric(hospitals, 2, "A", "B", "C").halts()
	other := newAnswer("A", "B")
	other.call = []string{"registry.get", "Hospital1MSP", "pathology"}
	for _, refused := range []struct {
		name, fault string
		spoil       func(a *fabricAnswer)
	}{
		{"one organisation", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers = a.endorsers[:1] }},
		{"nobody", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers = nil }},
		{"one organisation twice", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers[1] = a.endorsers[0] }},
		{"an organisation that is not pinned", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers[1] = endorser{"D", "D"} }},
		{"another's key", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers[1] = endorser{"B", "A"} }},
		{"a key that is nobody's", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers[1] = endorser{"B", "stranger"} }},
		{"a name that is no name", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers[1] = endorser{"", "B"} }},
		{"another channel", gateway.ErrChannel, func(a *fabricAnswer) { a.channel = "schools" }},
		{"no channel", gateway.ErrChannel, func(a *fabricAnswer) { a.channel = "" }},
		{"a channel that begins alike", gateway.ErrChannel, func(a *fabricAnswer) { a.channel = "hospitals2" }},
		{"another chaincode", gateway.ErrChaincode, func(a *fabricAnswer) { a.chaincode, a.answeredBy = "other", "other" }},
		{"another chaincode was asked", gateway.ErrChaincode, func(a *fabricAnswer) { a.chaincode = "other" }},
		{"another chaincode answered", gateway.ErrChaincode, func(a *fabricAnswer) { a.answeredBy = "other" }},
		{"the chaincode refused", gateway.ErrRefused, func(a *fabricAnswer) { a.status = 500 }},
		{"no status", gateway.ErrRefused, func(a *fabricAnswer) { a.status = 0 }},
		{"another question", gateway.ErrQuestion, func(a *fabricAnswer) { a.otherQuestion = true }},
		{"a change of the channel's settings", gateway.ErrQuestion, func(a *fabricAnswer) { a.kind = 1 }},
	} {
		a := newAnswer("A", "B")
		refused.spoil(a)
		require.ErrorContains(t, p.ask(hospitals, a.args(t)), refused.fault, refused.name)
	}
	// Parts of two true answers do not go together.
	args, others := newAnswer("A", "B").args(t), other.args(t)
	for i, fault := range map[int]string{2: gateway.ErrQuestion, 3: gateway.ErrQuestion, 5: gateway.ErrQuorum} {
		mixed := slices.Clone(args)
		mixed[i] = others[i]
		require.ErrorContains(t, p.ask(hospitals, mixed), fault, "part %d of another answer", i)
	}
	swapped := slices.Clone(args)
	signatures := swapped[5].([]any)
	swapped[5] = []any{signatures[1], signatures[0]}
	require.ErrorContains(t, p.ask(hospitals, swapped), gateway.ErrQuorum)
	require.ErrorContains(t, p.ask("fabric:hospitals@fedcba9876543210", args), gateway.ErrNetwork)
}

func answersBits(t *testing.T, p *pilot) {
	p.setFabric(hospitals, 2, "A", "B", "C").halts()
	args := newAnswer("A", "B").args(t)
	require.NoError(t, p.ask(hospitals, args))
	try := func(i int, altered any, what string) {
		changed := slices.Clone(args)
		changed[i] = altered
		requireRefused(t, p.ask(hospitals, changed), what)
	}
	for i, arg := range args {
		if part, ok := arg.([]byte); ok {
			for at := range part {
				altered := bytes.Clone(part)
				altered[at] ^= 1 << (at % 8)
				try(i, altered, fmt.Sprintf("byte %d of part %d", at, i))
			}
			for length := 0; length < len(part); length += 5 {
				try(i, part[:length], fmt.Sprintf("part %d cut to %d", i, length))
			}
			continue
		}
		for j, member := range arg.([]any) {
			for at := range member.([]byte) {
				altered := bytes.Clone(member.([]byte))
				altered[at] ^= 1 << (at % 8)
				members := slices.Clone(arg.([]any))
				members[j] = altered
				try(i, members, fmt.Sprintf("byte %d of member %d of part %d", at, j, i))
			}
		}
	}
}

func answersForm(t *testing.T, p *pilot) {
	p.setFabric(hospitals, 1, "A").halts()
	form := func(name string, fault string, spoil func(a *fabricAnswer)) {
		a := newAnswer("A")
		spoil(a)
		require.ErrorContains(t, p.ask(hospitals, a.args(t)), fault, name)
	}
	endless := bytes.Repeat([]byte{0x80}, 11)
	form("a field twice", gateway.ErrMessage, func(a *fabricAnswer) { a.headerTail = messageField(4, "hospitals") })
	form("a number twice", gateway.ErrMessage, func(a *fabricAnswer) { a.headerTail = numberField(1, 3) })
	form("a number for bytes", gateway.ErrMessage, func(a *fabricAnswer) { a.answerTail = numberField(1, 3) })
	form("bytes for a number", gateway.ErrMessage, func(a *fabricAnswer) { a.kind, a.headerTail = 0, messageField(1, "3") })
	form("a group", gateway.ErrMessage, func(a *fabricAnswer) { a.answerTail = []byte{9*8 + 3} })
	form("a number without end", gateway.ErrMessage, func(a *fabricAnswer) { a.answerTail = append([]byte{9 * 8}, endless...) })
	form("a number cut off", gateway.ErrMessage, func(a *fabricAnswer) { a.answerTail = []byte{9 * 8, 0x80} })
	form("bytes cut off", gateway.ErrMessage, func(a *fabricAnswer) { a.answerTail = []byte{9*8 + 2, 1} })
	form("eight bytes cut off", gateway.ErrMessage, func(a *fabricAnswer) { a.answerTail = []byte{9*8 + 1, 1, 2, 3, 4, 5, 6, 7} })
	// What is of its form and asked for by nobody changes nothing.
	unknown := slices.Concat([]byte{9*8 + 1, 1, 2, 3, 4, 5, 6, 7, 8, 10*8 + 5, 1, 2, 3, 4}, numberField(11, 1<<40), messageField(3_000, "later"))
	a := newAnswer("A")
	a.headerTail, a.proposalTail, a.answerTail = unknown, unknown, unknown
	require.NoError(t, p.ask(hospitals, a.args(t)))

	form("a number among the arguments", gateway.ErrMessage, func(a *fabricAnswer) { a.input = numberField(1, 1) })
	a = newAnswer("A")
	a.input = slices.Concat(messageField(1, "f"), numberField(2, 1))
	require.NoError(t, p.ask(hospitals, a.args(t)))

	good := newAnswer("A").args(t)
	identity, signature := good[4].([]any)[0], good[5].([]any)[0].([]byte)
	many := slices.Repeat([]any{identity}, gateway.MaxEndorsers+1)
	for _, refused := range []struct {
		fault   string
		changes []any
	}{
		{arguments.ErrBytes, []any{0, nil}},
		{arguments.ErrBytes, []any{1, []byte{}}},
		{arguments.ErrBytes, []any{2, []byte{}}},
		{arguments.ErrBytes, []any{3, []byte{}}},
		{arguments.ErrBytes, []any{4, []any{nil}}},
		{gateway.ErrEndorsements, []any{4, []any{}}},
		{gateway.ErrEndorsements, []any{5, []any{}}},
		{gateway.ErrEndorsements, []any{5, []any{nil}}},
		{gateway.ErrEndorsements, []any{5, []any{signature[:63]}}},
		{gateway.ErrEndorsements, []any{5, []any{append(bytes.Clone(signature), 0)}}},
		{gateway.ErrEndorsements, []any{4, many, 5, slices.Repeat([]any{signature}, len(many))}},
		{arguments.ErrBytes, []any{4, []any{make([]byte, gateway.MaxIdentitySize+1)}}},
		{gateway.ErrMessage, []any{4, []any{[]byte{7}}}},
		{gateway.ErrMessage, []any{4, []any{numberField(1, 7)}}},
	} {
		args := slices.Clone(good)
		for i := 0; i < len(refused.changes); i += 2 {
			args[refused.changes[i].(int)] = refused.changes[i+1]
		}
		require.ErrorContains(t, p.ask(hospitals, args), refused.fault)
	}
	p.readFails(arguments.ErrBytes, p.gateway, "network", "")
}

func pinsChange(t *testing.T, p *pilot) {
	const network = "fabric:pins@0123456789abcdef"
	p.setFabric(network, 2, "A", "B").halts()
	args := newAnswer("A", "B").args(t)
	require.NoError(t, p.ask(network, args))
	p.found(p.gateway, "setFabricNetwork", network, "hospitals", "hufu", 2, []any{"A", "B"}, peerKeys(t, "A", "B, renewed"), true).halts()
	require.ErrorContains(t, p.ask(network, args), gateway.ErrQuorum)
	renewed := newAnswer("A")
	renewed.endorsers = append(renewed.endorsers, endorser{"B", "B, renewed"})
	require.NoError(t, p.ask(network, renewed.args(t)))
	// While peers are renewed, both keys of an organisation are good, and count once.
	both := []any{network, "hospitals", "hufu", 2, []any{"A", "B", "B"}, peerKeys(t, "A", "B", "B, renewed"), true}
	p.found(p.gateway, "setFabricNetwork", both...).halts()
	require.NoError(t, p.ask(network, args))
	require.NoError(t, p.ask(network, renewed.args(t)))
	one := newAnswer("B")
	one.endorsers = append(one.endorsers, endorser{"B", "B, renewed"})
	require.ErrorContains(t, p.ask(network, one.args(t)), gateway.ErrQuorum)
}

func entriesHold(t *testing.T, p *pilot) {
	entries := map[string][]byte{"a": []byte("one"), "ab": []byte("two"), strings.Repeat("k", 64): bytes.Repeat([]byte("v"), 3_000)}
	o := newOtherNeo(t, entries)
	for _, size := range []int{1, 4, 7, 21} {
		v := newValidators(t, "entries", size)
		p.setNeo(100, v).halts()
		for key, value := range entries {
			entry := p.read(p.gateway, "neoEntry", otherNetwork, o.header(102, v, v), []byte(key), o.proof(otherContract, key))
			require.Equal(t, []any{value, 101, genesisMs + 102_000}, fields(t, entry))
		}
	}
}

func entriesNeighbours(t *testing.T, p *pilot) {
	o := newOtherNeo(t, map[string][]byte{"key": []byte("value"), "kez": []byte("other")})
	v, others := newValidators(t, "neighbours", 4), newValidators(t, "others", 4)
	p.setNeo(100, v).halts()
	header, proof := o.header(101, v, v), o.proof(otherContract, "key")
	require.NoError(t, p.askNeo(header, "key", proof))
	for _, refused := range []struct {
		name, fault string
		header      []byte
		key         string
		proof       []byte
	}{
		{"the block that named the validators", gateway.ErrOldHeader, o.header(100, v, v), "key", proof},
		{"an earlier block", gateway.ErrOldHeader, o.header(1, v, v), "key", proof},
		{"others' signatures", gateway.ErrValidators, o.header(101, others, v), "key", proof},
		{"signatures for another network", gateway.ErrSignatures, o.headerWith(101, v, v, headerOptions{magic: otherMagic + 1}), "key", proof},
		{"another state", gateway.ErrProof, o.headerWith(101, v, v, headerOptions{stateRoot: util.Uint256{9}}), "key", proof},
		{"another key", gateway.ErrProofKey, header, "kez", proof},
		{"another key's proof", gateway.ErrProofKey, header, "key", o.proof(otherContract, "kez")},
		{"no key", arguments.ErrBytes, header, "", proof},
		{"a key too long", arguments.ErrBytes, header, strings.Repeat("k", 65), proof},
		{"no proof", arguments.ErrBytes, header, "key", nil},
		{"no header", arguments.ErrBytes, nil, "key", proof},
		{"a header too long", arguments.ErrBytes, append(bytes.Clone(header), make([]byte, gateway.MaxHeaderSize)...), "key", proof},
		{"something behind the header", gateway.ErrHeader, append(bytes.Clone(header), 0), "key", proof},
		{"something behind the proof", gateway.ErrProof, header, "key", append(bytes.Clone(proof), 0)},
	} {
		require.ErrorContains(t, p.askNeo(refused.header, refused.key, refused.proof), refused.fault, refused.name)
	}
	// Another contract's entry under the same key, and a state that had another value.
	o.put(otherContract+1, "key", []byte("value"))
	require.ErrorContains(t, p.askNeo(o.header(101, v, v), "key", o.proof(otherContract+1, "key")), gateway.ErrProofKey)
	require.ErrorContains(t, p.askNeo(o.header(101, v, v), "key", proof), gateway.ErrProof)
}

func entriesBits(t *testing.T, p *pilot) {
	o := newOtherNeo(t, map[string][]byte{"key": []byte("value")})
	v := newValidators(t, "bits", 4)
	p.setNeo(100, v).halts()
	header, proof := o.header(300, v, v), o.proof(otherContract, "key")
	for at := range header {
		altered := bytes.Clone(header)
		altered[at] ^= 1 << (at % 8)
		requireRefused(t, p.askNeo(altered, "key", proof), fmt.Sprintf("byte %d of the header", at))
	}
	for at := range proof {
		altered := bytes.Clone(proof)
		altered[at] ^= 1 << (at % 8)
		requireRefused(t, p.askNeo(header, "key", altered), fmt.Sprintf("byte %d of the proof", at))
	}
	for length := 0; length < len(header); length += 3 {
		requireRefused(t, p.askNeo(header[:length], "key", proof), fmt.Sprintf("header cut to %d", length))
	}
	for length := 0; length < len(proof); length += 3 {
		requireRefused(t, p.askNeo(header, "key", proof[:length]), fmt.Sprintf("proof cut to %d", length))
	}
}

func headersSignatures(t *testing.T, p *pilot) {
	o := newOtherNeo(t, map[string][]byte{"key": []byte("value")})
	v := newValidators(t, "signatures", 7)
	p.setNeo(0, v).halts()
	proof := o.proof(otherContract, "key")
	for _, signers := range [][]int{{0, 1, 2, 3, 4}, {2, 3, 4, 5, 6}, {0, 2, 3, 4, 6}} {
		require.NoError(t, p.askNeo(o.headerWith(1, v, v, headerOptions{signers: signers}), "key", proof), signers)
	}
	for _, signers := range [][]int{
		{}, {0}, {0, 1, 2, 3}, {0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5, 6}, {0, 0, 1, 2, 3}, {0, 1, 2, 3, 3}, {4, 3, 2, 1, 0}, {0, 1, 2, 4, 3},
	} {
		require.ErrorContains(t, p.askNeo(o.headerWith(1, v, v, headerOptions{signers: signers}), "key", proof), gateway.ErrSignatures, "%v", signers)
	}
	// One signature too few, and one of somebody else in its place.
	half := newValidators(t, "signatures", 7)
	half.keys[6] = peerKey(t, "stranger")
	require.ErrorContains(t, p.askNeo(o.header(1, half, v), "key", proof), gateway.ErrSignatures)
}

// headersScripts tries accounts that the council has set, and whose script is not the one that Neo makes of keys.
func headersScripts(t *testing.T, p *pilot) {
	o := newOtherNeo(t, map[string][]byte{"key": []byte("value")})
	proof := o.proof(otherContract, "key")
	one := newValidators(t, "scripts", 1)
	key, tail := one.script[1:36], one.script[36:]
	script := func(parts ...[]byte) []byte { return slices.Concat(parts...) }
	for i, malformed := range [][]byte{
		{},
		script([]byte{0x10}, key, tail), // none of one
		script([]byte{0x12}, key, tail), // two of one
		script([]byte{0x11}, key, []byte{0x12}, tail[1:]),                    // of two, and there is one
		script([]byte{0x11}, key, tail[:5], []byte{0x3B}),                    // another call at the end
		script([]byte{0x11}, key, tail, []byte{0x40}),                        // something behind
		script([]byte{0x0F}, key, tail),                                      // -1 of one
		script([]byte{0x01, 1, 0}, key, tail),                                // 1, with two bytes
		script([]byte{0x20}, key, tail),                                      // 16, in one byte
		script([]byte{0x00, 1}, key, tail),                                   // 1, with one byte more than it needs
		script([]byte{0x00, 0x80}, key, tail),                                // negative
		script([]byte{0x11}, []byte{0x0D}, key[1:], tail),                    // another push
		script([]byte{0x11}, []byte{0x0C, 0x20}, key[2:], tail),              // of another size
		script([]byte{0x11}, key, tail[:1]),                                  // no call
		script([]byte{0x11}, tail),                                           // no key
		script(key, []byte{0x41, 0x56, 0xE7, 0xB3, 0x27}),                    // a single key's account
		script([]byte{0x11}, slices.Repeat(key, 30), []byte{0}, tail[1:]),    // too long
		script([]byte{0x00, 16}, slices.Repeat(key, 15), []byte{0x1F}, tail), // 16 of 15
	} {
		odd := &validators{keys: one.keys, threshold: 1, script: malformed}
		p.setNeo(0, odd).halts()
		requireRefused(t, p.askNeo(o.header(1, odd, odd), "key", proof), fmt.Sprint("script ", i))
	}
	p.setNeo(0, one).halts()
	require.NoError(t, p.askNeo(o.header(1, one, one), "key", proof))
	// Lengths in their shortest form only.
	header := o.header(1, one, one)
	longer := slices.Concat(header[:142], []byte{0xFD, header[142], 0}, header[143:])
	require.ErrorContains(t, p.askNeo(longer, "key", proof), gateway.ErrHeader)
}

func proofsForm(t *testing.T, p *pilot) {
	o := newOtherNeo(t, nil)
	v := newValidators(t, "proofs", 1)
	p.setNeo(0, v).halts()
	key := trieKey(otherContract, "k")
	nibbles := make([]byte, 0, 2*len(key))
	for _, each := range key {
		nibbles = append(nibbles, each>>4, each&15)
	}
	leaf := []byte{2, 1, 'v'}
	child := func(node []byte) []byte {
		digest := neohash.DoubleSha256(node)
		return append([]byte{3}, digest[:]...)
	}
	extension := func(path []byte, child []byte) []byte { return slices.Concat([]byte{1, byte(len(path))}, path, child) }
	branch := func(place int, child []byte) []byte {
		node := []byte{0}
		for i := range 17 {
			if i == place {
				node = append(node, child...)
			} else {
				node = append(node, 4)
			}
		}
		return node
	}
	ask := func(nodes ...[]byte) error {
		root := util.Uint256{}
		if len(nodes) > 0 {
			root = neohash.DoubleSha256(nodes[0])
		}
		header := o.headerWith(1, v, v, headerOptions{stateRoot: root})
		return p.askNeo(header, "k", encodedProof(key, nodes...))
	}
	whole := extension(nibbles, child(leaf))
	require.NoError(t, ask(whole, leaf))
	require.NoError(t, ask(extension(nibbles[:9], child(branch(int(nibbles[9]), child(leaf)))), branch(int(nibbles[9]), child(leaf)), leaf))
	atEnd := branch(16, child(leaf))
	require.NoError(t, ask(extension(nibbles, child(atEnd)), atEnd, leaf))

	short, wrongWay := extension(nibbles[:9], child(leaf)), extension(append(bytes.Clone(nibbles[:9]), nibbles[9]^1), child(leaf))
	long := extension(append(bytes.Clone(nibbles), 0), child(leaf))
	elsewhere := branch(int(nibbles[9]^1), child(leaf))
	leafTail, leafShort := append(bytes.Clone(leaf), 0), []byte{2, 2, 'v'}
	unknown, unknownChild := []byte{5}, extension(nibbles, []byte{5})
	for i, nodes := range [][][]byte{
		{},
		{whole},
		{whole, leaf, leaf},
		{whole, []byte{2, 1, 'w'}},
		{short, leaf},
		{long, leaf},
		{wrongWay, leaf},
		{leaf},
		{extension(nibbles[:9], child(elsewhere)), elsewhere, leaf},
		{extension(nibbles, []byte{4}), leaf},
		{append(bytes.Clone(whole), 0), leaf},
		{extension(nibbles, child(leafTail)), leafTail},
		{extension(nibbles, child(leafShort)), leafShort},
		{extension(nibbles, child(unknown)), unknown},
		{unknownChild, leaf},
		{[]byte{}, leaf},
		{extension(nibbles, child(append(bytes.Clone(atEnd), 4))), append(bytes.Clone(atEnd), 4), leaf},
	} {
		require.ErrorContains(t, ask(nodes...), gateway.ErrProof, "proof %d", i)
	}
}

func validatorsChange(t *testing.T, p *pilot) {
	o := newOtherNeo(t, map[string][]byte{"key": []byte("value")})
	proof := o.proof(otherContract, "key")
	first, second, third := newValidators(t, "first", 4), newValidators(t, "second", 7), newValidators(t, "third", 1)
	p.setNeo(10, first).halts()
	follow := func(headers ...[]byte) outcome {
		all := make([]any, len(headers))
		for i, header := range headers {
			all[i] = header
		}
		return p.call(nil, p.gateway, "followValidators", otherNetwork, all)
	}
	known := func(v *validators, blockIndex, timeMs int) {
		require.Equal(t, []any{hash(v.account()), blockIndex, timeMs}, fields(t, p.read(p.gateway, "validators", otherNetwork)))
	}
	require.ErrorContains(t, p.askNeo(o.header(21, second, second), "key", proof), gateway.ErrValidators)
	// Names nobody new: nothing changes, and what lies behind stays good.
	require.Empty(t, follow(o.header(19, first, first)).halts())
	require.NoError(t, p.askNeo(o.header(11, first, first), "key", proof))
	require.Empty(t, follow().halts())

	naming := o.header(20, first, second)
	follow(o.headerWith(20, first, second, headerOptions{signers: []int{0, 1}})).faults(gateway.ErrSignatures)
	follow(o.headerWith(20, first, second, headerOptions{magic: 1})).faults(gateway.ErrSignatures)
	follow(o.header(20, second, second)).faults(gateway.ErrValidators)
	follow([]byte{1}).faults(gateway.ErrHeader)
	follow(nil).faults(arguments.ErrBytes)
	known(first, 10, 0)
	events := follow(naming).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.gateway, "ValidatorsFollowed", []byte(otherNetwork), 20, hash(second.account()))
	known(second, 20, genesisMs+20_000)
	require.NoError(t, p.askNeo(o.header(21, second, second), "key", proof))
	// Former validators count no more, not even for what they signed when they were it.
	require.ErrorContains(t, p.askNeo(o.header(21, first, first), "key", proof), gateway.ErrValidators)
	require.ErrorContains(t, p.askNeo(o.header(19, first, first), "key", proof), gateway.ErrOldHeader)
	require.ErrorContains(t, p.askNeo(naming, "key", proof), gateway.ErrOldHeader)
	follow(o.header(22, first, third)).faults(gateway.ErrValidators)

	// Several at once, what is known among them; a false one undoes them all.
	follow(naming, o.header(30, second, third), o.header(31, second, first)).faults(gateway.ErrValidators)
	known(second, 20, genesisMs+20_000)
	require.Len(t, follow(naming, o.header(25, second, second), o.header(30, second, third), o.header(40, third, first)).halts(), 2)
	known(first, 40, genesisMs+40_000)
	require.NoError(t, p.askNeo(o.header(41, first, first), "key", proof))
	// The council can begin anew.
	p.setNeo(50, third).halts()
	known(third, 50, 0)
	require.ErrorContains(t, p.askNeo(o.header(51, first, first), "key", proof), gateway.ErrValidators)
}
