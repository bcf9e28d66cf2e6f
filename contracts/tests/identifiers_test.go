package tests

import (
	"bytes"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/identifiers"

	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

func TestIdentifiers(t *testing.T) {
	shared := newNetwork(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, n *network)
	}{
		{"every version stays readable, by number and by time", everyVersionStays},
		{"registers once", registersOnce},
		{"a change names the version that it builds on", changeNamesItsVersion},
		{"only the new controller after rotating", rotationMovesControl},
		{"nothing after deactivating", deactivationIsFinal},
		{"recovery after the delay, not a millisecond before", recoveryWaits},
		{"the controller vetoes a recovery", controllerVetoes},
		{"a new start replaces a recovery", newStartReplaces},
		{"recovery is dropped by what supersedes it", recoveryIsDropped},
		{"recovery only by the account that is named", recoveryOnlyByNamed},
		{"sizes and ranges", identifiersBounds},
		{"arguments of other types", identifiersOddTypes},
		{"a contract acts for itself alone", contractActsForItself},
		{"unknown identifiers", unknownIdentifiers},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
}

// guarded makes an identifier that a guardian may recover after a delay.
func (n *network) guarded(delayMs int) (holder, guardian neotest.Signer) {
	holder, guardian = account(n.t), account(n.t)
	n.call(by(holder), n.identifiers, "register", id(holder), []byte("{}"), id(guardian), delayMs).halts()
	return holder, guardian
}

func (n *network) record(holder neotest.Signer) []any {
	return fields(n.t, n.read(n.identifiers, "get", id(holder)))
}

// requireControl requires who controls an identifier; nil: nobody.
func (n *network) requireControl(holder neotest.Signer, controller any) {
	require.Equal(n.t, controller, plain(n.t, n.read(n.identifiers, "controllerOf", id(holder))))
}

func everyVersionStays(t *testing.T, n *network) {
	alice, guardian, successor := account(t), account(t), account(t)
	const hour = 60 * 60 * 1000
	start := n.now() + hour
	block := make([]int, 7)
	at := func(version int) int { return start + version*hour }
	step := func(version, kind int, signers []neotest.Signer, method string, args ...any) {
		n.at(at(version))
		block[version] = n.nextBlock()
		events := n.call(signers, n.identifiers, method, append([]any{id(alice)}, args...)...).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], n.identifiers, "Changed", hash(id(alice)), version, kind)
	}
	step(1, identifiers.Registered, by(alice), "register", []byte("one"), nil, 0)
	step(2, identifiers.DocumentChanged, by(alice), "updateDocument", 1, []byte("two"))
	step(3, identifiers.RecoveryChanged, by(alice), "setRecovery", 2, id(guardian), 1_000)
	step(4, identifiers.Rotated, by(alice, successor), "rotate", 3, id(successor))
	n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(alice)).halts()
	step(5, identifiers.Recovered, by(guardian, alice), "finishRecovery")
	step(6, identifiers.Deactivated, by(alice), "deactivate", 5)

	a, g, s := hash(id(alice)), hash(id(guardian)), hash(id(successor))
	pendingReady := at(4) + 1 + 1_000
	records := [][]any{
		{1, a, nil, 0, false, at(1), block[1], identifiers.Registered, at(1), []byte("one"), nil, 0},
		{2, a, nil, 0, false, at(2), block[2], identifiers.DocumentChanged, at(1), []byte("two"), nil, 0},
		{3, a, g, 1_000, false, at(3), block[3], identifiers.RecoveryChanged, at(1), []byte("two"), nil, 0},
		{4, s, g, 1_000, false, at(4), block[4], identifiers.Rotated, at(1), []byte("two"), a, pendingReady},
		{5, a, g, 1_000, false, at(5), block[5], identifiers.Recovered, at(1), []byte("two"), nil, 0},
		{6, a, g, 1_000, true, at(6), block[6], identifiers.Deactivated, at(1), []byte("two"), nil, 0},
	}
	for i, record := range records {
		version := i + 1
		require.Equal(t, record, fields(t, n.read(n.identifiers, "getVersion", id(alice), version)))
		require.Equal(t, []any{record, 6}, fields(t, n.read(n.identifiers, "resolve", id(alice), version)))
		require.Equal(t, version-1, n.readInt(n.identifiers, "versionAt", id(alice), at(version)-1))
		require.Equal(t, version, n.readInt(n.identifiers, "versionAt", id(alice), at(version)))
		require.Equal(t, version, n.readInt(n.identifiers, "versionAt", id(alice), at(version)+1))
	}
	require.Equal(t, records[5], n.record(alice))
	require.Equal(t, []any{records[5], 6}, fields(t, n.read(n.identifiers, "resolve", id(alice), 0)))
	require.Equal(t, 6, n.readInt(n.identifiers, "versionAt", id(alice), arguments.MaxTimeMs))
	for _, absent := range []int{0, 7, arguments.MaxUint32} {
		require.Nil(t, plain(t, n.read(n.identifiers, "getVersion", id(alice), absent)))
	}
	require.Nil(t, plain(t, n.read(n.identifiers, "resolve", id(alice), 7)))
	n.requireControl(alice, nil)
}

func registersOnce(t *testing.T, n *network) {
	alice := n.registered()
	n.call(by(alice), n.identifiers, "register", id(alice), []byte("{}"), nil, 0).faults(identifiers.ErrExists)
	n.call(by(alice), n.identifiers, "deactivate", id(alice), 1).halts()
	n.call(by(alice), n.identifiers, "register", id(alice), []byte("{}"), nil, 0).faults(identifiers.ErrExists)
}

func changeNamesItsVersion(t *testing.T, n *network) {
	alice, bob := n.registered(), account(t)
	n.call(by(alice), n.identifiers, "updateDocument", id(alice), 1, []byte("two")).halts()
	for _, stale := range []int{0, 1, 3} {
		n.call(by(alice), n.identifiers, "updateDocument", id(alice), stale, []byte("x")).faults(identifiers.ErrVersion)
		n.call(by(alice, bob), n.identifiers, "rotate", id(alice), stale, id(bob)).faults(identifiers.ErrVersion)
		n.call(by(alice), n.identifiers, "setRecovery", id(alice), stale, id(bob), 1_000).faults(identifiers.ErrVersion)
		n.call(by(alice), n.identifiers, "deactivate", id(alice), stale).faults(identifiers.ErrVersion)
	}
	require.Equal(t, 2, n.record(alice)[0])
}

func rotationMovesControl(t *testing.T, n *network) {
	alice, bob := n.registered(), account(t)
	n.call(by(alice, bob), n.identifiers, "rotate", id(alice), 1, id(bob)).halts()
	n.requireControl(alice, hash(id(bob)))
	n.call(by(alice), n.identifiers, "updateDocument", id(alice), 2, []byte("x")).faults(access.ErrWitness)
	n.call(by(bob), n.identifiers, "updateDocument", id(alice), 2, []byte("x")).halts()
	// bob's account can still have an identifier of its own.
	n.register(bob)
	n.requireControl(bob, hash(id(bob)))
}

func deactivationIsFinal(t *testing.T, n *network) {
	alice, guardian := n.guarded(1_000)
	n.call(by(alice), n.identifiers, "deactivate", id(alice), 1).halts()
	n.requireControl(alice, nil)
	for _, attempt := range []struct {
		method string
		args   []any
	}{
		{"updateDocument", []any{2, []byte("x")}},
		{"rotate", []any{2, id(guardian)}},
		{"setRecovery", []any{2, nil, 0}},
		{"deactivate", []any{2}},
		{"startRecovery", []any{id(guardian)}},
		{"cancelRecovery", nil},
		{"finishRecovery", nil},
	} {
		n.call(by(alice, guardian), n.identifiers, attempt.method, append([]any{id(alice)}, attempt.args...)...).faults(access.ErrInactive)
	}
}

func recoveryWaits(t *testing.T, n *network) {
	alice, guardian := n.guarded(3 * day)
	successor := account(t)
	ready := n.now() + 3*day
	events := n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(successor)).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], n.identifiers, "RecoveryStarted", hash(id(alice)), hash(id(successor)), ready)
	require.Equal(t, []any{hash(id(successor)), ready}, n.record(alice)[10:])
	require.Equal(t, 1, n.record(alice)[0], "a start makes no version")
	n.requireControl(alice, hash(id(alice)))

	n.at(ready - 1)
	n.call(by(guardian, successor), n.identifiers, "finishRecovery", id(alice)).faults(identifiers.ErrTooEarly)
	n.at(ready)
	events = n.call(by(guardian, successor), n.identifiers, "finishRecovery", id(alice)).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], n.identifiers, "Changed", hash(id(alice)), 2, identifiers.Recovered)
	n.requireControl(alice, hash(id(successor)))
	n.call(by(guardian, successor), n.identifiers, "finishRecovery", id(alice)).faults(identifiers.ErrNoRecovery)
}

func controllerVetoes(t *testing.T, n *network) {
	alice, guardian := n.guarded(1_000)
	n.call(by(alice), n.identifiers, "cancelRecovery", id(alice)).faults(identifiers.ErrNoRecovery)
	n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(guardian)).halts()
	n.at(n.now() + day) // also long after the delay, as long as it is not finished
	events := n.call(by(alice), n.identifiers, "cancelRecovery", id(alice)).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], n.identifiers, "RecoveryCancelled", hash(id(alice)))
	n.call(by(guardian), n.identifiers, "finishRecovery", id(alice)).faults(identifiers.ErrNoRecovery)
	require.Equal(t, []any{nil, 0}, n.record(alice)[10:])
	require.Equal(t, 1, n.record(alice)[0], "a veto makes no version")
}

func newStartReplaces(t *testing.T, n *network) {
	alice, guardian := n.guarded(1_000)
	first, second := account(t), account(t)
	n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(first)).halts()
	n.at(n.now() + 999)
	ready := n.now() + 1_000
	n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(second)).halts()
	n.at(ready - 1)
	n.call(by(guardian, first, second), n.identifiers, "finishRecovery", id(alice)).faults(identifiers.ErrTooEarly)
	n.call(by(guardian, first), n.identifiers, "finishRecovery", id(alice)).faults(access.ErrWitness)
	n.call(by(guardian, second), n.identifiers, "finishRecovery", id(alice)).halts()
	n.requireControl(alice, hash(id(second)))
}

func recoveryIsDropped(t *testing.T, n *network) {
	bob := account(t)
	for method, args := range map[string][]any{
		"rotate":      {1, id(bob)},
		"setRecovery": {1, id(bob), 1_000},
		"deactivate":  {1},
	} {
		alice, guardian := n.guarded(1_000)
		n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(guardian)).halts()
		n.call(by(alice, bob), n.identifiers, method, append([]any{id(alice)}, args...)...).halts()
		require.Equal(t, []any{nil, 0}, n.record(alice)[10:], method)
		n.at(n.now() + 1_000)
		require.Error(t, n.try(callScript(t, n.identifiers, "finishRecovery", id(alice)), scoped(calledByEntry, by(guardian, bob))...))
	}
	// A new document leaves it alone: who writes it need not know of the recovery.
	alice, guardian := n.guarded(1_000)
	n.call(by(guardian), n.identifiers, "startRecovery", id(alice), id(bob)).halts()
	n.call(by(alice), n.identifiers, "updateDocument", id(alice), 1, []byte("x")).halts()
	require.Equal(t, hash(id(bob)), n.record(alice)[10])
}

func recoveryOnlyByNamed(t *testing.T, n *network) {
	alice := n.registered()
	n.call(by(alice), n.identifiers, "startRecovery", id(alice), id(alice)).faults(identifiers.ErrNoRecovery)
	n.call(by(alice), n.identifiers, "finishRecovery", id(alice)).faults(identifiers.ErrNoRecovery)
	bob, guardian := n.guarded(1_000)
	n.call(by(bob), n.identifiers, "startRecovery", id(bob), id(bob)).faults(access.ErrWitness)
	n.call(by(bob), n.identifiers, "setRecovery", id(bob), 1, nil, 0).halts()
	n.call(by(guardian), n.identifiers, "startRecovery", id(bob), id(guardian)).faults(identifiers.ErrNoRecovery)
}

func identifiersBounds(t *testing.T, n *network) {
	guardian := account(t)
	largest := bytes.Repeat([]byte("x"), identifiers.MaxDocumentSize)
	for _, c := range []struct {
		document any
		recovery any
		delayMs  int
		fault    string
	}{
		{[]byte("x"), nil, 0, ""},
		{largest, nil, 0, ""},
		{nil, nil, 0, arguments.ErrBytes},
		{[]byte{}, nil, 0, arguments.ErrBytes},
		{append(largest, 'x'), nil, 0, arguments.ErrBytes},
		{[]byte("x"), id(guardian), identifiers.MinRecoveryDelayMs, ""},
		{[]byte("x"), id(guardian), identifiers.MaxRecoveryDelayMs, ""},
		{[]byte("x"), id(guardian), identifiers.MinRecoveryDelayMs - 1, arguments.ErrInteger},
		{[]byte("x"), id(guardian), identifiers.MaxRecoveryDelayMs + 1, arguments.ErrInteger},
		{[]byte("x"), id(guardian), -identifiers.MinRecoveryDelayMs, arguments.ErrInteger},
		{[]byte("x"), nil, 1, arguments.ErrInteger},
		{[]byte("x"), nil, -1, arguments.ErrInteger},
		{[]byte("x"), hash(id(guardian))[:19], 1_000, arguments.ErrHash},
		{[]byte("x"), append(hash(id(guardian)), 0), 1_000, arguments.ErrHash},
		{[]byte("x"), []byte{}, 1_000, arguments.ErrHash},
	} {
		alice := account(t)
		outcome := n.call(by(alice), n.identifiers, "register", id(alice), c.document, c.recovery, c.delayMs)
		if c.fault == "" {
			outcome.halts()
			n.call(by(alice), n.identifiers, "updateDocument", id(alice), 1, c.document).halts()
			n.call(by(alice), n.identifiers, "setRecovery", id(alice), 2, c.recovery, c.delayMs).halts()
		} else {
			outcome.faults(c.fault)
		}
	}
	alice := n.registered()
	n.call(by(alice), n.identifiers, "updateDocument", id(alice), 1, append(largest, 'x')).faults(arguments.ErrBytes)
	n.call(by(alice), n.identifiers, "setRecovery", id(alice), 1, id(guardian), 999).faults(arguments.ErrInteger)
	n.call(by(alice), n.identifiers, "rotate", id(alice), 1, []byte("short")).faults(arguments.ErrHash)
	n.readFails(arguments.ErrInteger, n.identifiers, "versionAt", id(alice), -1)
	n.readFails(arguments.ErrInteger, n.identifiers, "versionAt", id(alice), arguments.MaxTimeMs+1)
	n.readFails(arguments.ErrInteger, n.identifiers, "getVersion", id(alice), -1)
	n.readFails(arguments.ErrInteger, n.identifiers, "resolve", id(alice), arguments.MaxUint32+1)
	n.readFails(arguments.ErrHash, n.identifiers, "get", []byte("short"))
}

// What a transaction's script can pass whatever the manifest says, and what only a contract can.
func identifiersOddTypes(t *testing.T, n *network) {
	alice, guardian := account(t), account(t)
	n.call(by(alice), n.identifiers, "register", nil, []byte("x"), nil, 0).faults(arguments.ErrHash)
	for _, c := range [][]any{
		{id(alice), []any{1}, nil, 0},
		{[]any{id(alice)}, []byte("x"), nil, 0},
		{id(alice), []byte("x"), id(guardian), nil},
		{id(alice), []byte("x"), id(guardian), []any{1_000}},
		{id(alice), []byte("x"), []any{id(guardian)}, 1_000},
		{id(alice), []byte("x"), nil, nil},
	} {
		require.Error(t, n.try(callScript(t, n.identifiers, "register", c...), scoped(calledByEntry, by(alice))...), "%v", c)
	}
	// Numbers and truths where bytes are due, and bytes where a number is due, become what they stand for.
	n.call(by(alice), n.identifiers, "register", id(alice), 258, id(guardian), []byte{0xe8, 0x03}).halts()
	record := n.record(alice)
	require.Equal(t, []any{1_000, []byte{2, 1}}, []any{record[3], record[9]})
	require.Error(t, n.try(callScript(t, n.identifiers, "updateDocument", id(alice), nil, []byte("x")), scoped(calledByEntry, by(alice))...))
	n.call(by(alice), n.identifiers, "updateDocument", id(alice), true, []byte("x")).halts()
}

func contractActsForItself(t *testing.T, n *network) {
	forward := func(signers []neotest.Signer, method string, args ...any) outcome {
		return n.call(signers, n.proxy, "forward", n.identifiers, method, args)
	}
	// Nobody signs: the contract that calls is the account. A Buffer is kept as bytes like any other.
	n.call(nil, n.proxy, "forwardBuffer", n.identifiers, "register", []any{n.proxy, []byte("x"), nil, 0}, 1).halts()
	require.Equal(t, []byte("x"), fields(t, n.read(n.identifiers, "get", n.proxy))[9])
	forward(nil, "updateDocument", n.proxy, 1, []byte("y")).halts()
	alice := account(t)
	forward(by(alice), "register", id(alice), []byte("x"), nil, 0).faults(access.ErrWitness)
	// Handing over to a person needs the person's own, direct agreement, which a call by the contract cannot be.
	forward(by(alice), "rotate", n.proxy, 2, id(alice)).faults(access.ErrWitness)
	n.call(by(alice), n.identifiers, "updateDocument", n.proxy, 2, []byte("z")).faults(access.ErrWitness)
}

func unknownIdentifiers(t *testing.T, n *network) {
	nobody := util.Uint160{1, 2, 3}
	require.Nil(t, plain(t, n.read(n.identifiers, "get", nobody)))
	require.Nil(t, plain(t, n.read(n.identifiers, "getVersion", nobody, 1)))
	require.Nil(t, plain(t, n.read(n.identifiers, "resolve", nobody, 0)))
	require.Nil(t, plain(t, n.read(n.identifiers, "controllerOf", nobody)))
	require.Equal(t, 0, n.readInt(n.identifiers, "versionAt", nobody, n.now()))
	n.call(nil, n.identifiers, "updateDocument", nobody, 1, []byte("x")).faults(access.ErrInactive)
}
