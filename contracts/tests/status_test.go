package tests

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/status"
	"hufu/contracts/trust"

	"github.com/nspcc-dev/neo-go/pkg/core/state"
	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/stackitem"
	"github.com/stretchr/testify/require"
)

func TestStatus(t *testing.T) {
	shared := newPilot(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"appends at the end, and every root stays", everyRootStays},
		{"leaves travel in notifications that fit", leavesFitNotifications},
		{"leaves are overwritten one by one", leavesAreOverwritten},
		{"trees do not mix", treesDoNotMix},
		{"only an issuer that may issue now writes leaves", onlyAccreditedWrites},
		{"status lists are anchored, and every anchor stays", everyAnchorStays},
		{"a contract is an issuer", contractAsIssuer},
		{"sizes, names and ranges", statusBounds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
}

// leaves are count leaves, each different.
func leaves(first, count int) []byte {
	var all []byte
	for i := range count {
		leaf := sha256.Sum256([]byte{byte((first + i) >> 8), byte(first + i)})
		all = append(all, leaf[:]...)
	}
	return all
}

func root(number int) []byte {
	return bytes.Repeat([]byte{byte(number)}, 32)
}

func (p *pilot) append(issuer neotest.Signer, firstIndex, count, rootNumber int) outcome {
	return p.call(by(issuer), p.status, "append", id(issuer), typeId, firstIndex, leaves(firstIndex, count), root(rootNumber))
}

// rebuild applies notifications to a tree as any node can.
func rebuild(t *testing.T, tree []byte, events []state.NotificationEvent) []byte {
	for _, event := range events {
		if event.Name != "LeavesWritten" {
			continue
		}
		members := fields(t, event.Item)
		first, written := members[2].(int)*status.LeafSize, members[3].([]byte)
		if missing := first + len(written) - len(tree); missing > 0 {
			tree = append(tree, make([]byte, missing)...)
		}
		copy(tree[first:], written)
	}
	return tree
}

func everyRootStays(t *testing.T, p *pilot) {
	issuer := p.issuer()
	require.Nil(t, plain(t, p.read(p.status, "tree", id(issuer), typeId)))
	require.Nil(t, plain(t, p.read(p.status, "rootAt", id(issuer), typeId, 1)))
	sizes := []int{1, 4, 64}
	var roots [][]any
	for i, size := range sizes {
		before := 0
		if i > 0 {
			before = sizes[i-1]
		}
		p.at(p.now() + day)
		roots = append(roots, []any{size, root(i), p.now(), i + 1, p.nextBlock()})
		events := p.append(issuer, before, size-before, i).halts()
		requireEvent(t, events[len(events)-1], p.status, "RootPublished", hash(id(issuer)), []byte(typeId), i+1, size, root(i))
		for _, stale := range []int{0, before, size - 1, size + 1} {
			p.append(issuer, stale, 1, 9).faults(status.ErrSize)
		}
	}
	for i, root := range roots {
		require.Equal(t, root, fields(t, p.read(p.status, "rootAt", id(issuer), typeId, i+1)))
	}
	require.Equal(t, roots[2], fields(t, p.read(p.status, "tree", id(issuer), typeId)))
	require.Nil(t, plain(t, p.read(p.status, "rootAt", id(issuer), typeId, 0)))
	require.Nil(t, plain(t, p.read(p.status, "rootAt", id(issuer), typeId, 4)))
	require.Equal(t, hash(p.identifiers), plain(t, p.read(p.status, "identifiers")))
	require.Equal(t, hash(p.trust), plain(t, p.read(p.status, "trust")))
}

func leavesFitNotifications(t *testing.T, p *pilot) {
	// The longest name makes the largest notification.
	longest := strings.Repeat("x", trust.MaxNameLength)
	p.found(p.trust, "registerCredentialType", longest, 1, []byte("{}")).halts()
	issuer := p.institution(p.bureau)
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(issuer), longest, 0, later).halts()
	const chunk = status.LeavesPerNotification
	size := 0
	var tree []byte
	for _, count := range []int{1, chunk - 1, chunk, chunk + 1, 10*chunk - 1, status.MaxAppend} {
		events := p.call(by(issuer), p.status, "append", id(issuer), longest, size, leaves(size, count), root(1)).halts()
		require.Len(t, events, (count+chunk-1)/chunk+1)
		for _, event := range events {
			serialized, err := stackitem.Serialize(event.Item)
			require.NoError(t, err)
			require.LessOrEqual(t, len(serialized), 1_024)
		}
		size += count
		tree = rebuild(t, tree, events)
		require.Equal(t, leaves(0, size), tree)
	}
	p.call(by(issuer), p.status, "append", id(issuer), longest, size, leaves(size, status.MaxAppend+1), root(1)).faults(status.ErrLeaves)
}

func leavesAreOverwritten(t *testing.T, p *pilot) {
	issuer := p.issuer()
	events := p.append(issuer, 0, 600, 1).halts()
	tree := rebuild(t, nil, events)
	set := func(indices, leaves, root any) outcome {
		return p.call(by(issuer), p.status, "setLeaves", id(issuer), typeId, indices, leaves, root)
	}
	zero := make([]byte, 32)
	events = set([]any{599, 0, 7}, append(append(leaves(1, 1), zero...), zero...), root(2)).halts()
	require.Len(t, events, 4)
	requireEvent(t, events[0], p.status, "LeavesWritten", hash(id(issuer)), []byte(typeId), 599, leaves(1, 1))
	requireEvent(t, events[3], p.status, "RootPublished", hash(id(issuer)), []byte(typeId), 2, 600, root(2))
	tree = rebuild(t, tree, events)
	require.Equal(t, zero, tree[7*32:8*32])
	require.Len(t, tree, 600*32)
	require.Equal(t, []any{600, root(2)}, fields(t, p.read(p.status, "tree", id(issuer), typeId))[:2])

	most := make([]any, status.MaxSet)
	for i := range most {
		most[i] = i
	}
	require.Len(t, set(most, leaves(0, status.MaxSet), root(3)).halts(), status.MaxSet+1)
	set(append(most, status.MaxSet), leaves(0, status.MaxSet+1), root(3)).faults(status.ErrLeaves)
	set([]any{}, []byte{}, root(3)).faults(status.ErrLeaves)
	set(nil, nil, root(3)).faults(status.ErrLeaves)
	set([]any{0}, leaves(0, 2), root(3)).faults(status.ErrLeaves)
	set([]any{0, 1}, leaves(0, 1), root(3)).faults(status.ErrLeaves)
	set([]any{600}, zero, root(3)).faults(arguments.ErrInteger)
	set([]any{-1}, zero, root(3)).faults(arguments.ErrInteger)
	set([]any{nil}, zero, root(3)).faults(arguments.ErrInteger)
	set([]any{0}, zero, root(3)[:31]).faults(arguments.ErrHash)
	empty := p.issuer()
	p.call(by(empty), p.status, "setLeaves", id(empty), typeId, []any{0}, zero, root(1)).faults(arguments.ErrInteger)
}

func treesDoNotMix(t *testing.T, p *pilot) {
	alice, bob := p.issuer(), p.issuer()
	p.append(alice, 0, 3, 1).halts()
	p.append(bob, 0, 2, 2).halts()
	p.call(by(alice), p.status, "append", id(bob), typeId, 2, leaves(0, 1), root(1)).faults(access.ErrWitness)
	p.call(by(alice), p.status, "setLeaves", id(bob), typeId, []any{0}, leaves(0, 1), root(1)).faults(access.ErrWitness)
	p.call(by(alice), p.status, "append", id(alice), "other", 0, leaves(0, 1), root(1)).faults(status.ErrAccreditation)
	require.Equal(t, []any{3, root(1)}, fields(t, p.read(p.status, "tree", id(alice), typeId))[:2])
	require.Equal(t, []any{2, root(2)}, fields(t, p.read(p.status, "tree", id(bob), typeId))[:2])
	// The identifier's present controller writes.
	successor := account(t)
	p.call(by(bob, successor), p.identifiers, "rotate", id(bob), 1, id(successor)).halts()
	p.append(bob, 2, 1, 3).faults(access.ErrWitness)
	p.call(by(successor), p.status, "append", id(bob), typeId, 2, leaves(2, 1), root(3)).halts()
}

func onlyAccreditedWrites(t *testing.T, p *pilot) {
	office := p.authority(later)
	refuse := func(issuer neotest.Signer, fault string) {
		p.append(issuer, 1, 1, 2).faults(fault)
		p.call(by(issuer), p.status, "setLeaves", id(issuer), typeId, []any{0}, make([]byte, 32), root(2)).faults(fault)
	}
	refuse(p.registered(), status.ErrAccreditation)
	refuse(p.institution(p.bureau), status.ErrAccreditation)
	refuse(account(t), access.ErrInactive)
	for _, grant := range []struct {
		kind int
		name string
	}{{trust.KindIssue, typeId}, {trust.KindInstitution, ""}, {trust.KindAuthority, ""}} {
		issuer := p.institution(office)
		p.call(by(office), p.trust, "accreditIssuer", id(office), id(issuer), typeId, 0, later).halts()
		p.append(issuer, 0, 1, 1).halts()
		subject := issuer
		if grant.kind == trust.KindAuthority {
			subject = office
		}
		p.asOwner("suspend", grant.kind, subject, grant.name)
		refuse(issuer, status.ErrAccreditation)
		p.asOwner("reinstate", grant.kind, subject, grant.name)
		p.append(issuer, 1, 1, 2).halts()
		p.asOwner("revoke", grant.kind, subject, grant.name)
		p.append(issuer, 2, 1, 3).faults(status.ErrAccreditation)
	}
	// Not before the right starts, and not from the millisecond on at which it ends.
	brief := p.institution(p.bureau)
	from, until := p.now()+day, p.now()+2*day
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(brief), typeId, from, until).halts()
	for _, c := range []struct {
		timeMs  int
		allowed bool
	}{{from - 1, false}, {from, true}, {until - 1, true}, {until, false}} {
		p.at(c.timeMs)
		size := 0
		if tree := p.read(p.status, "tree", id(brief), typeId); tree.Type() == stackitem.StructT {
			size = fields(t, tree)[0].(int)
		}
		if outcome := p.append(brief, size, 1, 1); c.allowed {
			outcome.halts()
		} else {
			outcome.faults(status.ErrAccreditation)
		}
	}
	gone := p.issuer()
	p.call(by(gone), p.identifiers, "deactivate", id(gone), 1).halts()
	p.append(gone, 0, 1, 1).faults(access.ErrInactive)
}

func everyAnchorStays(t *testing.T, p *pilot) {
	// Also an identifier that trust does not know says how its own lists stand.
	issuer := p.registered()
	list := strings.Repeat("l", status.MaxListIdLength)
	require.Nil(t, plain(t, p.read(p.status, "statusListAnchor", id(issuer), list)))
	require.Nil(t, plain(t, p.read(p.status, "statusListAnchorAt", id(issuer), list, 1)))
	var anchors [][]any
	for i := range 3 {
		p.at(p.now() + day)
		anchors = append(anchors, []any{i + 1, root(i), p.now(), p.nextBlock()})
		events := p.call(by(issuer), p.status, "anchorStatusList", id(issuer), list, root(i)).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.status, "StatusListAnchored", hash(id(issuer)), []byte(list), i+1, root(i))
	}
	for i, anchor := range anchors {
		require.Equal(t, anchor, fields(t, p.read(p.status, "statusListAnchorAt", id(issuer), list, i+1)))
	}
	require.Equal(t, anchors[2], fields(t, p.read(p.status, "statusListAnchor", id(issuer), list)))
	require.Nil(t, plain(t, p.read(p.status, "statusListAnchorAt", id(issuer), list, 4)))
	require.Nil(t, plain(t, p.read(p.status, "statusListAnchor", id(issuer), list[1:])))
	other := p.registered()
	p.call(by(other), p.status, "anchorStatusList", id(issuer), list, root(9)).faults(access.ErrWitness)
	p.call(by(other), p.identifiers, "deactivate", id(other), 1).halts()
	p.call(by(other), p.status, "anchorStatusList", id(other), list, root(9)).faults(access.ErrInactive)
}

func contractAsIssuer(t *testing.T, p *pilot) {
	forward := func(signers []neotest.Signer, target util.Uint160, method string, args ...any) outcome {
		return p.call(signers, p.proxy, "forward", target, method, args)
	}
	forward(nil, p.identifiers, "register", p.proxy, []byte("x"), nil, 0).halts()
	forward(nil, p.status, "anchorStatusList", p.proxy, "list", root(1)).halts()
	forward(nil, p.status, "append", p.proxy, typeId, 0, leaves(0, 1), root(1)).faults(status.ErrAccreditation)
	p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), p.proxy, "service", later).halts()
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), p.proxy, typeId, 0, later).halts()
	// Leaves as a Buffer, which only a contract can pass, are leaves like others.
	args := []any{p.proxy, typeId, 0, leaves(0, 1), root(1)}
	events := p.call(nil, p.proxy, "forwardBuffer", p.status, "append", args, 3).halts()
	require.Equal(t, leaves(0, 1), rebuild(t, nil, events))
	forward(by(p.hospital), p.status, "append", id(p.hospital), typeId, 0, leaves(0, 1), root(1)).faults(access.ErrWitness)
}

func statusBounds(t *testing.T, p *pilot) {
	issuer := p.issuer()
	write := func(firstIndex, leaves, root any) outcome {
		return p.call(by(issuer), p.status, "append", id(issuer), typeId, firstIndex, leaves, root)
	}
	write(0, []byte{}, root(1)).faults(status.ErrLeaves)
	write(0, nil, root(1)).faults(status.ErrLeaves)
	write(0, leaves(0, 1)[:31], root(1)).faults(status.ErrLeaves)
	write(0, append(leaves(0, 1), 0), root(1)).faults(status.ErrLeaves)
	write(0, leaves(0, 1), root(1)[:31]).faults(arguments.ErrHash)
	write(0, leaves(0, 1), append(root(1), 0)).faults(arguments.ErrHash)
	write(0, leaves(0, 1), nil).faults(arguments.ErrHash)
	write(-1, leaves(0, 1), root(1)).faults(arguments.ErrInteger)
	write(nil, leaves(0, 1), root(1)).faults(arguments.ErrInteger)
	write(status.MaxLeaves, leaves(0, 1), root(1)).faults(arguments.ErrInteger)
	write(status.MaxLeaves-1, leaves(0, 1), root(1)).faults(status.ErrSize)
	script := callScript(t, p.status, "append", id(issuer), typeId, 0, []any{1, 2, 3}, root(1))
	require.Error(t, p.try(script, scoped(transaction.Global, by(issuer))...))
	require.Nil(t, plain(t, p.read(p.status, "tree", id(issuer), typeId)))

	anchor := func(list, listHash any) outcome {
		return p.call(by(issuer), p.status, "anchorStatusList", id(issuer), list, listHash)
	}
	for _, malformed := range append(malformedNames, strings.Repeat("l", status.MaxListIdLength+1)) {
		anchor(malformed, root(1)).faults(arguments.ErrName)
	}
	anchor(everyCharacter, root(1)).halts()
	anchor("x", root(1)).halts()
	anchor("list", root(1)[1:]).faults(arguments.ErrHash)
	anchor("list", nil).faults(arguments.ErrHash)
	p.readFails(arguments.ErrName, p.status, "tree", id(issuer), "")
	p.readFails(arguments.ErrHash, p.status, "tree", []byte{1}, typeId)
	p.readFails(arguments.ErrHash, p.status, "tree", nil, typeId)
	p.readFails(arguments.ErrInteger, p.status, "rootAt", id(issuer), typeId, -1)
	p.readFails(arguments.ErrInteger, p.status, "statusListAnchorAt", id(issuer), "list", arguments.MaxUint32+1)
}
