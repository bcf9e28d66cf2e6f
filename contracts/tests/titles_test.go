package tests

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/gateway"
	"hufu/contracts/titles"

	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/stackitem"
	"github.com/stretchr/testify/require"
)

const (
	// label begins the names of titles of the network that tests run on.
	label  = "neo3-42."
	holder = "did:web:hospital.example"
	taker  = "did:neo:pilot:NTaker"
	lockMs = 60_000
)

func TestTitles(t *testing.T) {
	shared := newPilot(t)
	shared.openTitles()
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"a title from its issue to its leaving, and every state stays", titleLeaves},
		{"only registrars issue, and only custodians lock", registrarsAct},
		{"a title leaves in time, or is unlocked", locksEnd},
		{"a transfer is used once", transfersAreUsedOnce},
		{"where a title may go", destinationsAreOn},
		{"arrives from Fabric, once, whoever brings the proof", arrivesFromFabric},
		{"what is no answer that a title has left for here", fabricAnswersNeighbours},
		{"arrives from another network of Neo, once", arrivesFromNeo},
		{"what is no record that a title has left for here", neoRecordsNeighbours},
		{"a title is never in two places", neverInTwoPlaces},
		{"names, sizes and ranges of titles", titlesBounds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
	t.Run("nothing arrives while the council has stopped", func(t *testing.T) {
		p := newPilot(t)
		p.openTitles()
		arrivalsStop(t, p)
	})
}

// openTitles makes the hospital a registrar, and custodian of what arrives from a network of Fabric and from one of Neo.
func (p *pilot) openTitles() {
	p.setFabric(hospitals, 2, "A", "B", "C").halts()
	p.setNeo(0, newValidators(p.t, "titles", 4)).halts()
	p.found(p.titles, "setRegistrar", id(p.hospital), true).halts()
	for _, network := range []string{hospitals, otherNetwork} {
		p.found(p.titles, "setCustodian", network, id(p.hospital)).halts()
	}
}

// transferOf is a transfer's number; one name gives the same each time.
func transferOf(name string) []byte {
	digest := sha256.Sum256([]byte("transfer " + name))
	return digest[:]
}

// contentOf is the hash of what a title says.
func contentOf(title string) []byte {
	digest := sha256.Sum256([]byte("content " + title))
	return digest[:]
}

// thisNetwork is the name of the network that the tests run on.
func (n *network) thisNetwork() string {
	return fmt.Sprintf("neo3:%d", n.Chain.GetConfig().Magic)
}

func (p *pilot) issue(title string) outcome {
	return p.call(by(p.hospital), p.titles, "issue", id(p.hospital), title, holder, contentOf(title))
}

func (p *pilot) lock(title, transfer string) outcome {
	return p.call(by(p.hospital), p.titles, "lock", title, transferOf(transfer), p.now()+lockMs, hospitals, taker)
}

func (p *pilot) leave(transfer string) outcome {
	return p.call(nil, p.titles, "leave", transferOf(transfer))
}

func (p *pilot) requireState(state int, title string) {
	require.Equal(p.t, state, fields(p.t, p.read(p.titles, "title", title))[1], title)
}

// saidOf is what the chaincode answers of a title that has left for here.
func (p *pilot) saidOf(title, transfer string) map[string]any {
	return map[string]any{
		"transferId": hex.EncodeToString(transferOf(transfer)), "assetId": title, "contentHash": hex.EncodeToString(contentOf(title)),
		"toNetwork": p.thisNetwork(), "toHolder": taker, "fromNetwork": hospitals,
	}
}

// leftAnswer is the chaincode's answer that a title has left for here by a transfer.
func (p *pilot) leftAnswer(title, transfer string) *fabricAnswer {
	return p.answerThat(transfer, p.saidOf(title, transfer))
}

func (p *pilot) answerThat(transfer string, said any) *fabricAnswer {
	result, err := json.Marshal(said)
	require.NoError(p.t, err)
	a := newAnswer("A", "B")
	a.call, a.result = []string{"title.left", hex.EncodeToString(transferOf(transfer))}, string(result)
	return a
}

// arriveBy brings an answer from a network for a transfer.
func (p *pilot) arriveBy(network, transfer string, a *fabricAnswer) outcome {
	return p.call(nil, p.titles, "arriveFromFabric", append([]any{network, transferOf(transfer)}, a.args(p.t)...)...)
}

// bring brings the answer that a title has left for here by a transfer.
func (p *pilot) bring(title, transfer string) outcome {
	return p.arriveBy(hospitals, transfer, p.leftAnswer(title, transfer))
}

// repeats requires that a call that was made before succeeds again, and changes nothing.
func (o outcome) repeats() {
	require.Empty(o.n.t, o.halts())
}

// leftRecord is the record of a contract like label that a title has left for a network.
func leftRecord(t testing.TB, title, toNetwork string) []byte {
	record, err := stackitem.Serialize(stackitem.NewStruct([]stackitem.Item{
		stackitem.Make(title), stackitem.Make(contentOf(title)), stackitem.Make(toNetwork), stackitem.Make(taker), stackitem.Make(holder),
		stackitem.Make(genesisMs), stackitem.Make(9),
	}))
	require.NoError(t, err)
	return record
}

func (p *pilot) arriveFromNeo(o *otherNeo, transfer string) outcome {
	v := newValidators(p.t, "titles", 4)
	proof := o.proof(otherContract, leftKey(transfer))
	return p.call(nil, p.titles, "arriveFromNeo", otherNetwork, transferOf(transfer), o.header(1, v, v), proof)
}

func leftKey(transfer string) string {
	return "\x02" + string(transferOf(transfer))
}

func titleLeaves(t *testing.T, p *pilot) {
	const title = label + "110000.licence-1"
	require.Nil(t, plain(t, p.read(p.titles, "title", title)))
	require.Nil(t, plain(t, p.read(p.titles, "titleAt", title, 1)))
	require.Nil(t, plain(t, p.read(p.titles, "left", transferOf(title))))
	var records [][]any
	change := func(state int, transfer []byte, untilMs int, to, toHolder, other string, made func() outcome) {
		p.at(p.now() + 1_000)
		records = append(records, []any{
			len(records) + 1, state, []byte(holder), contentOf(title), hash(id(p.hospital)), transfer, untilMs, []byte(to), []byte(toHolder),
			p.now(), p.nextBlock(),
		})
		events := made().halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.titles, "TitleChanged", []byte(title), len(records), state, []byte(holder), transfer, []byte(other))
		require.Equal(t, records[len(records)-1], fields(t, p.read(p.titles, "title", title)))
	}
	first, second := transferOf("first"), transferOf("second")
	change(titles.StateHeld, []byte{}, 0, "", "", "", func() outcome { return p.issue(title) })
	until := p.now() + 1_000 + lockMs
	change(titles.StateLocked, first, until, hospitals, taker, hospitals, func() outcome { return p.lock(title, "first") })
	p.at(until)
	change(titles.StateHeld, first, 0, "", "", hospitals, func() outcome { return p.call(nil, p.titles, "unlock", first) })
	until = p.now() + 1_000 + lockMs
	change(titles.StateLocked, second, until, hospitals, taker, hospitals, func() outcome { return p.lock(title, "second") })
	require.Nil(t, plain(t, p.read(p.titles, "left", second)))
	change(titles.StateLeft, second, 0, hospitals, taker, hospitals, func() outcome { return p.leave("second") })
	left := []any{[]byte(title), contentOf(title), []byte(hospitals), []byte(taker), []byte(holder), p.now() - 1, p.nextBlock() - 1}
	require.Equal(t, left, fields(t, p.read(p.titles, "left", second)))
	require.Nil(t, plain(t, p.read(p.titles, "left", first)))
	// What other networks are shown: the record, as doc.go says.
	stored := p.Chain.GetStorageItem(p.Chain.GetContractState(p.titles).ID, []byte(leftKey("second")))
	item, err := stackitem.Deserialize(stored)
	require.NoError(t, err)
	require.Equal(t, left, fields(t, item))
	for i, record := range records {
		require.Equal(t, record, fields(t, p.read(p.titles, "titleAt", title, i+1)))
	}
	require.Nil(t, plain(t, p.read(p.titles, "titleAt", title, len(records)+1)))
	require.Equal(t, hash(p.identifiers), plain(t, p.read(p.titles, "identifiers")))
	require.Equal(t, hash(p.gateway), plain(t, p.read(p.titles, "gateway")))
}

func registrarsAct(t *testing.T, p *pilot) {
	bank, stranger := p.registered(), p.registered()
	require.False(t, p.readBool(p.titles, "isRegistrar", id(bank)))
	p.found(p.titles, "setRegistrar", id(account(t)), true).faults(access.ErrInactive)
	events := p.found(p.titles, "setRegistrar", id(bank), true).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.titles, "RegistrarChanged", hash(id(bank)), true)
	require.True(t, p.readBool(p.titles, "isRegistrar", id(bank)))
	issue := func(signer neotest.Signer, title string) outcome {
		return p.call(by(signer), p.titles, "issue", id(signer), title, holder, contentOf(title))
	}
	issue(bank, label+"bank-1").halts()
	issue(bank, label+"bank-2").halts()
	issue(stranger, label+"stranger-1").faults(titles.ErrRegistrar)
	issue(account(t), label+"nobody-1").faults(access.ErrInactive)
	p.call(by(stranger), p.titles, "issue", id(bank), label+"bank-3", holder, contentOf("bank-3")).faults(access.ErrWitness)

	lock := func(signer neotest.Signer, title, transfer string) outcome {
		return p.call(by(signer), p.titles, "lock", title, transferOf(transfer), p.now()+lockMs, hospitals, taker)
	}
	lock(p.hospital, label+"bank-1", "act-1").faults(access.ErrWitness)
	lock(stranger, label+"bank-1", "act-1").faults(access.ErrWitness)
	lock(bank, label+"bank-1", "act-1").halts()
	// Control over the registrar's identifier goes to another key.
	successor := account(t)
	p.call(by(bank, successor), p.identifiers, "rotate", id(bank), 1, id(successor)).halts()
	lock(bank, label+"bank-2", "act-2").faults(access.ErrWitness)
	events = p.found(p.titles, "setRegistrar", id(bank), nil).halts()
	requireEvent(t, events[0], p.titles, "RegistrarChanged", hash(id(bank)), false)
	lock(successor, label+"bank-2", "act-2").faults(titles.ErrRegistrar)
	p.call(by(successor), p.titles, "issue", id(bank), label+"bank-3", holder, contentOf("bank-3")).faults(titles.ErrRegistrar)
	p.found(p.titles, "setCustodian", hospitals, id(bank)).faults(titles.ErrRegistrar)
	// What was locked before may still leave: it is what was promised.
	p.leave("act-1").halts()
	p.found(p.titles, "setRegistrar", id(bank), true).halts()
	lock(successor, label+"bank-2", "act-2").halts()
	events = p.found(p.titles, "setCustodian", "neo3:99", id(bank)).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.titles, "CustodianChanged", []byte("neo3:99"), hash(id(bank)))
	require.Equal(t, hash(id(bank)), plain(t, p.read(p.titles, "custodianOf", "neo3:99")))
	require.Nil(t, plain(t, p.read(p.titles, "custodianOf", "neo3:98")))
}

func locksEnd(t *testing.T, p *pilot) {
	unlock := func(transfer string) outcome { return p.call(nil, p.titles, "unlock", transferOf(transfer)) }
	p.issue(label + "lock-1").halts()
	p.leave("ends-1").faults(titles.ErrLock)
	unlock("ends-1").faults(titles.ErrLock)
	p.lock(label+"unknown", "ends-1").faults(titles.ErrUnknown)
	until := p.now() + lockMs
	p.lock(label+"lock-1", "ends-1").halts()
	p.lock(label+"lock-1", "ends-2").faults(titles.ErrState)
	unlock("ends-1").faults(titles.ErrNotOver)
	p.at(until - 1)
	unlock("ends-1").faults(titles.ErrNotOver)
	require.Equal(t, until, p.now())
	p.leave("ends-1").faults(titles.ErrOver)
	unlock("ends-1").halts()
	unlock("ends-1").repeats()
	p.leave("ends-1").faults(titles.ErrLock)
	p.requireState(titles.StateHeld, label+"lock-1")

	until = p.now() + lockMs
	p.lock(label+"lock-1", "ends-2").halts()
	// The lock for another transfer is none of these two's affair.
	unlock("ends-1").repeats()
	p.leave("ends-1").faults(titles.ErrLock)
	p.requireState(titles.StateLocked, label+"lock-1")
	p.at(until - 1)
	p.leave("ends-2").halts()
	p.at(until + day)
	p.leave("ends-2").repeats()
	unlock("ends-2").faults(titles.ErrLock)
	p.leave("ends-1").faults(titles.ErrLock)
	p.lock(label+"lock-1", "ends-3").faults(titles.ErrState)
	p.requireState(titles.StateLeft, label+"lock-1")

	p.issue(label + "lock-2").halts()
	lock := func(untilMs any) outcome {
		return p.call(by(p.hospital), p.titles, "lock", label+"lock-2", transferOf("ends-4"), untilMs, hospitals, taker)
	}
	lock(p.now()).faults(arguments.ErrInteger)
	lock(nil).faults(arguments.ErrInteger)
	lock(p.now() + titles.MaxLockMs + 1).faults(arguments.ErrInteger)
	lock(p.now() + titles.MaxLockMs).halts()
}

func transfersAreUsedOnce(t *testing.T, p *pilot) {
	p.issue(label + "once-1").halts()
	p.issue(label + "once-2").halts()
	until := p.now() + lockMs
	lock := func(title string, untilMs int, network, toHolder string) outcome {
		return p.call(by(p.hospital), p.titles, "lock", title, transferOf("once"), untilMs, network, toHolder)
	}
	lock(label+"once-1", until, hospitals, taker).halts()
	lock(label+"once-1", until, hospitals, taker).repeats()
	lock(label+"once-1", until+1, hospitals, taker).faults(titles.ErrState)
	lock(label+"once-1", until, otherNetwork, taker).faults(titles.ErrState)
	lock(label+"once-1", until, hospitals, holder).faults(titles.ErrState)
	p.lock(label+"once-1", "another").faults(titles.ErrState)
	lock(label+"once-2", until, hospitals, taker).faults(titles.ErrTransfer)
	p.call(nil, p.titles, "lock", label+"once-1", transferOf("once"), until, hospitals, taker).faults(access.ErrWitness)
	p.at(until)
	lock(label+"once-1", until, hospitals, taker).repeats()
	p.call(nil, p.titles, "unlock", transferOf("once")).halts()
	// Not even for the same title again: who agreed to the transfer agreed to its time.
	p.lock(label+"once-1", "once").faults(titles.ErrTransfer)
	p.lock(label+"once-2", "once").faults(titles.ErrTransfer)
	p.lock(label+"once-2", "fresh").halts()
}

func destinationsAreOn(t *testing.T, p *pilot) {
	p.issue(label + "going").halts()
	lock := func(network any) outcome {
		return p.call(by(p.hospital), p.titles, "lock", label+"going", transferOf("going"), p.now()+lockMs, network, taker)
	}
	for _, network := range []string{"neo3:5", p.thisNetwork(), "eip155:1", "fabric:hospitals@fedcba9876543210"} {
		lock(network).faults(titles.ErrNetwork)
	}
	lock("").faults(arguments.ErrBytes)
	lock(strings.Repeat("n", gateway.MaxNetworkLength+1)).faults(arguments.ErrBytes)
	lock(nil).faults(arguments.ErrBytes)
	p.found(p.gateway, "switchNetwork", p.council, hospitals, false).halts()
	lock(hospitals).faults(titles.ErrNetwork)
	p.found(p.gateway, "switchNetwork", p.council, hospitals, true).halts()
	lock(hospitals).halts()
	until := p.now() + lockMs - 1
	p.found(p.gateway, "switchNetwork", p.council, hospitals, false).halts()
	p.leave("going").faults(titles.ErrNetwork)
	p.bring("coming", "coming").faults(gateway.ErrOff)
	p.at(until)
	p.call(nil, p.titles, "unlock", transferOf("going")).halts()
	p.found(p.gateway, "switchNetwork", p.council, hospitals, true).halts()
	p.bring("coming", "coming").halts()
}

func arrivesFromFabric(t *testing.T, p *pilot) {
	const title = "fabric-hospitals.1"
	transfer := transferOf("from-fabric")
	arrival := func() any { return plain(t, p.read(p.titles, "arrival", hospitals, transfer)) }
	require.Nil(t, arrival())
	at, block := p.now(), p.nextBlock()
	events := p.bring(title, "from-fabric").halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.titles, "TitleChanged", []byte(title), 1, titles.StateHeld, []byte(taker), transfer, []byte(hospitals))
	require.Equal(t, []any{[]byte(title), contentOf(title), []byte(hospitals), []byte(taker), at, block}, arrival())
	held := []any{1, titles.StateHeld, []byte(taker), contentOf(title), hash(id(p.hospital)), transfer, 0, []byte{}, []byte{}, at, block}
	require.Equal(t, held, fields(t, p.read(p.titles, "title", title)))

	// The same answer, another one to the same question, a false one: what has arrived has arrived.
	p.bring(title, "from-fabric").repeats()
	again := p.leftAnswer(title, "from-fabric")
	again.endorsers = []endorser{{"B", "B"}, {"C", "C"}}
	p.arriveBy(hospitals, "from-fabric", again).repeats()
	p.bring("fabric-hospitals.2", "from-fabric").repeats()
	p.arriveBy(hospitals, "from-fabric", newAnswer()).repeats()
	require.Nil(t, plain(t, p.read(p.titles, "title", "fabric-hospitals.2")))
	require.Equal(t, held, fields(t, p.read(p.titles, "title", title)))
	// Its custodian may send it on, and the answer does not bring it back.
	p.call(by(p.hospital), p.titles, "lock", title, transferOf("onward"), p.now()+lockMs, otherNetwork, holder).halts()
	p.leave("onward").halts()
	p.bring(title, "from-fabric").repeats()
	p.requireState(titles.StateLeft, title)
}

func fabricAnswersNeighbours(t *testing.T, p *pilot) {
	const title, transfer = "fabric-hospitals.neighbour", "neighbour"
	good := p.saidOf(title, transfer)
	other := hex.EncodeToString(transferOf("another"))
	said := func(changes map[string]any) func(a *fabricAnswer) {
		return func(a *fabricAnswer) {
			changed := maps.Clone(good)
			for name, value := range changes {
				changed[name] = value
				if value == nil {
					delete(changed, name)
				}
			}
			a.result = p.answerThat(transfer, changed).result
		}
	}
	without := func(name string) func(a *fabricAnswer) { return said(map[string]any{name: nil}) }
	call := func(call ...string) func(a *fabricAnswer) { return func(a *fabricAnswer) { a.call = call } }
	asked := hex.EncodeToString(transferOf(transfer))
	for _, refused := range []struct {
		name, fault string
		spoil       func(a *fabricAnswer)
	}{
		{"one organisation", gateway.ErrQuorum, func(a *fabricAnswer) { a.endorsers = a.endorsers[:1] }},
		{"another function", titles.ErrQuestion, call("title.get", asked)},
		{"the call that leaves itself, which may never be ordered", titles.ErrQuestion, call("title.leave", asked)},
		{"a call in a call", titles.ErrQuestion, call("once", "key", "title.left", asked)},
		{"no transfer asked for", titles.ErrQuestion, call("title.left")},
		{"two transfers asked for", titles.ErrQuestion, call("title.left", asked, asked)},
		{"another transfer asked for", titles.ErrQuestion, call("title.left", other)},
		{"another spelling", titles.ErrQuestion, call("title.left", strings.ToUpper(asked))},
		{"another transfer answered", titles.ErrQuestion, said(map[string]any{"transferId": other})},
		{"a title with our label that was never here", titles.ErrForeign, said(map[string]any{"assetId": label + "never-here"})},
		{"for another network", titles.ErrDestination, said(map[string]any{"toNetwork": "neo3:43"})},
		{"for a network that begins alike", titles.ErrDestination, said(map[string]any{"toNetwork": p.thisNetwork() + "0"})},
		{"from another network", titles.ErrQuestion, said(map[string]any{"fromNetwork": "fabric:hospitals@fedcba9876543210"})},
		{"from nowhere", titles.ErrQuestion, without("fromNetwork")},
		{"no transfer", titles.ErrQuestion, without("transferId")},
		{"no title", titles.ErrQuestion, without("assetId")},
		{"no content", titles.ErrQuestion, without("contentHash")},
		{"no network", titles.ErrQuestion, without("toNetwork")},
		{"no holder", titles.ErrQuestion, without("toHolder")},
		{"an empty holder", arguments.ErrBytes, said(map[string]any{"toHolder": ""})},
		{"a holder that is no identifier", arguments.ErrName, said(map[string]any{"toHolder": "did:web:a b"})},
		{"a title's name that is none", titles.ErrId, said(map[string]any{"assetId": "Neighbour"})},
		{"content of another size", arguments.ErrHash, said(map[string]any{"contentHash": "00"})},
		{"content that is not hexadecimal", "", said(map[string]any{"contentHash": strings.Repeat("x", 64)})},
		{"nothing", "", func(a *fabricAnswer) { a.result = "" }},
		{"no object", "", func(a *fabricAnswer) { a.result = "[]" }},
		{"no JSON", "", func(a *fabricAnswer) { a.result = "left" }},
	} {
		a := p.leftAnswer(title, transfer)
		refused.spoil(a)
		p.arriveBy(hospitals, transfer, a).faults(refused.fault)
		require.Nil(t, plain(t, p.read(p.titles, "arrival", hospitals, transferOf(transfer))), refused.name)
	}
	require.Nil(t, plain(t, p.read(p.titles, "title", title)))
	// From a network that is set, and that nobody looks after.
	const unattended = "fabric:unattended@0123456789abcdef"
	p.setFabric(unattended, 2, "A", "B").halts()
	from := func(network string) outcome {
		changed := maps.Clone(good)
		changed["fromNetwork"] = network
		return p.arriveBy(network, transfer, p.answerThat(transfer, changed))
	}
	from(unattended).faults(titles.ErrSource)
	from(otherNetwork).faults(gateway.ErrNetwork)
	from("fabric:nowhere@0123456789abcdef").faults(gateway.ErrNetwork)
	// For another transfer than the answer's.
	p.arriveBy(hospitals, "another", p.leftAnswer(title, transfer)).faults(titles.ErrQuestion)
	p.found(p.titles, "setCustodian", unattended, id(p.hospital)).halts()
	from(unattended).halts()
	// Another network's transfer of the same number is another transfer, of a title that is here already.
	p.bring(title, transfer).faults(titles.ErrExists)
	p.bring("fabric-hospitals.neighbour-2", transfer).halts()
}

func arrivesFromNeo(t *testing.T, p *pilot) {
	const title = "neo3-3405643777.1"
	transfer := transferOf("from-neo")
	o := newOtherNeo(t, map[string][]byte{leftKey("from-neo"): leftRecord(t, title, p.thisNetwork())})
	at, block := p.now(), p.nextBlock()
	events := p.arriveFromNeo(o, "from-neo").halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.titles, "TitleChanged", []byte(title), 1, titles.StateHeld, []byte(taker), transfer, []byte(otherNetwork))
	require.Equal(t, []any{[]byte(title), contentOf(title), []byte(otherNetwork), []byte(taker), at, block}, fields(t, p.read(p.titles, "arrival", otherNetwork, transfer)))
	p.arriveFromNeo(o, "from-neo").repeats()
	p.call(nil, p.titles, "arriveFromNeo", otherNetwork, transfer, []byte{1}, []byte{1}).repeats()
	require.Nil(t, plain(t, p.read(p.titles, "arrival", hospitals, transfer)))
}

func neoRecordsNeighbours(t *testing.T, p *pilot) {
	const title, transfer = "neo-neighbour", "neo-neighbour"
	v := newValidators(t, "titles", 4)
	o := newOtherNeo(t, map[string][]byte{
		leftKey(transfer):                      leftRecord(t, title, p.thisNetwork()),
		leftKey("elsewhere"):                   leftRecord(t, title, "neo3:43"),
		"\x01" + title:                         leftRecord(t, title, p.thisNetwork()),
		"\x03" + string(transferOf("arrival")): leftRecord(t, title, p.thisNetwork()),
		leftKey("damaged"):                     {0x21, 1, 1},
		leftKey("nameless"):                    leftRecord(t, "", p.thisNetwork()),
		leftKey("another")[:32] + "\x00":       leftRecord(t, title, p.thisNetwork()),
	})
	arrive := func(transfer []byte, header, proof []byte) outcome {
		return p.call(nil, p.titles, "arriveFromNeo", otherNetwork, transfer, header, proof)
	}
	header := o.header(1, v, v)
	proof := func(key string) []byte { return o.proof(otherContract, key) }
	p.arriveFromNeo(o, "elsewhere").faults(titles.ErrDestination)
	p.arriveFromNeo(o, "damaged").faults("")
	p.arriveFromNeo(o, "nameless").faults(arguments.ErrName)
	arrive(transferOf("another"), header, proof(leftKey(transfer))).faults(gateway.ErrProofKey)
	arrive(transferOf("arrival"), header, proof("\x03"+string(transferOf("arrival")))).faults(gateway.ErrProofKey)
	arrive(transferOf(transfer), header, proof("\x01"+title)).faults(gateway.ErrProofKey)
	arrive(transferOf(transfer)[:31], header, proof(leftKey(transfer))).faults(arguments.ErrHash)
	arrive(transferOf(transfer), o.headerWith(1, v, v, headerOptions{magic: 9}), proof(leftKey(transfer))).faults(gateway.ErrSignatures)
	p.found(p.gateway, "switchNetwork", p.council, otherNetwork, false).halts()
	p.arriveFromNeo(o, transfer).faults(gateway.ErrOff)
	p.found(p.gateway, "switchNetwork", p.council, otherNetwork, true).halts()
	p.arriveFromNeo(o, transfer).halts()
}

func neverInTwoPlaces(t *testing.T, p *pilot) {
	const title = label + "one-place"
	p.issue(title).halts()
	p.bring(title, "back").faults(titles.ErrExists)
	p.lock(title, "away").halts()
	p.bring(title, "back").faults(titles.ErrExists)
	p.issue(title).faults(titles.ErrExists)
	p.leave("away").halts()
	p.issue(title).faults(titles.ErrExists)
	changed := p.saidOf(title, "back")
	changed["contentHash"] = hex.EncodeToString(contentOf("another"))
	p.arriveBy(hospitals, "back", p.answerThat("back", changed)).faults(titles.ErrContent)
	p.requireState(titles.StateLeft, title)
	// It comes back by a transfer of its own, and by the one that left, never.
	p.bring(title, "back").halts()
	p.requireState(titles.StateHeld, title)
	require.Equal(t, 4, fields(t, p.read(p.titles, "title", title))[0])
	require.Equal(t, []byte(taker), fields(t, p.read(p.titles, "title", title))[2])
	require.NotNil(t, plain(t, p.read(p.titles, "left", transferOf("away"))))
	p.leave("away").repeats()
	p.call(nil, p.titles, "unlock", transferOf("away")).faults(titles.ErrLock)
	p.lock(title, "away").faults(titles.ErrTransfer)
	p.requireState(titles.StateHeld, title)
	p.lock(title, "away again").halts()
	p.bring(title, "back").repeats()
	p.leave("away again").halts()
	p.bring(title, "back").repeats()
	p.requireState(titles.StateLeft, title)
}

func titlesBounds(t *testing.T, p *pilot) {
	longestId, longestDid := label+strings.Repeat("i", titles.MaxIdLength-len(label)), strings.Repeat("d", titles.MaxDidLength)
	issue := func(title, holder, contentHash any) outcome {
		return p.call(by(p.hospital), p.titles, "issue", id(p.hospital), title, holder, contentHash)
	}
	content := contentOf("bounds")
	issue(longestId, longestDid, content).halts()
	issue(label+"0.a-z", "d", content).halts()
	for _, title := range []any{"", nil, longestId + "i", label + "a b", label + "é"} {
		issue(title, holder, content).faults(arguments.ErrName)
	}
	for _, title := range []string{label + "A", label + "a_b", label + "a:b", label + "aZ"} {
		issue(title, holder, content).faults(titles.ErrId)
	}
	for _, title := range []string{"licence", label, "neo3-43.licence", "neo3-4.licence", "neo3-42licence", "x" + label + "licence"} {
		issue(title, holder, content).faults(titles.ErrForeign)
	}
	for _, did := range []any{"", nil, longestDid + "d", "did:web:a/b"} {
		issue(label+"bounds", did, content).faults(arguments.ErrName)
	}
	for _, digest := range []any{nil, content[:31], append(bytes.Clone(content), 0)} {
		issue(label+"bounds", holder, digest).faults(arguments.ErrHash)
	}
	issue(label+"bounds", holder, content).halts()
	lock := func(transferId, toHolder any) outcome {
		return p.call(by(p.hospital), p.titles, "lock", label+"bounds", transferId, p.now()+lockMs, hospitals, toHolder)
	}
	lock(content[:31], taker).faults(arguments.ErrHash)
	lock(nil, taker).faults(arguments.ErrHash)
	lock(content, "").faults(arguments.ErrName)
	lock(content, longestDid).halts()
	for _, method := range []string{"leave", "unlock"} {
		p.call(nil, p.titles, method, content[:31]).faults(arguments.ErrHash)
	}
	p.readFails(arguments.ErrHash, p.titles, "left", nil)
	p.readFails(arguments.ErrHash, p.titles, "arrival", hospitals, content[1:])
	p.readFails(arguments.ErrBytes, p.titles, "arrival", "", content)
	p.readFails(arguments.ErrHash, p.titles, "isRegistrar", []byte{1})
	p.readFails(arguments.ErrBytes, p.titles, "custodianOf", "")
	p.readFails(arguments.ErrInteger, p.titles, "titleAt", label+"bounds", -1)
	p.found(p.titles, "setCustodian", "", id(p.hospital)).faults(arguments.ErrBytes)
	p.found(p.titles, "setCustodian", hospitals, util.Uint160{1}).faults(titles.ErrRegistrar)
	// The longest names fit into a notification.
	p.leave("bounds").faults(titles.ErrLock)
	p.call(nil, p.titles, "leave", content).halts()
}

func arrivalsStop(t *testing.T, p *pilot) {
	p.issue(label + "stopping").halts()
	until := p.now() + stopMs
	p.call(by(p.hospital), p.titles, "lock", label+"stopping", transferOf("stopping"), p.now()+2*stopMs, hospitals, taker).halts()
	for seat := range 3 {
		p.say(seat, "requestStop", 1).halts()
	}
	p.issue(label + "stopped").faults(access.ErrStopped)
	p.bring("stopped", "stopped").faults(access.ErrStopped)
	o := newOtherNeo(t, map[string][]byte{leftKey("stopped neo"): leftRecord(t, "stopped-neo", p.thisNetwork())})
	p.arriveFromNeo(o, "stopped neo").faults(access.ErrStopped)
	// What gives nobody a right here goes on.
	p.leave("stopping").halts()
	p.at(until + 10)
	p.bring("stopped", "stopped").halts()
	p.arriveFromNeo(o, "stopped neo").halts()
}
