package tests

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/proofs"
	"hufu/contracts/titles"
	"hufu/contracts/trust"

	"github.com/nspcc-dev/neo-go/pkg/smartcontract/nef"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

// What is committed is what is tested here.
func TestCommittedCode(t *testing.T) {
	n := newChain(t)
	for _, name := range []string{"council", "ballot", "identifiers", "trust", "status", "proofs", "gateway", "titles"} {
		committed, err := os.ReadFile(filepath.Join("..", name, "contract.nef"))
		require.NoError(t, err)
		file, err := nef.FileFromBytes(committed)
		require.NoError(t, err)
		require.True(t, bytes.Equal(n.compile("../"+name).NEF.Script, file.Script), "rebuild %s: node scripts/build-contracts.ts", name)
	}
}

func TestUpgrade(t *testing.T) {
	p := newPilot(t)
	p.append(p.hospital, 0, 1, 1).halts()
	toy := newToyKey("toy", 2, "upgrade")
	toy.set(p, 1).halts()
	ballot := p.newBallot(0)
	p.giveNeo(ballot, 5)
	p.openTitles()
	p.issue(label + "upgrade").halts()
	for _, contract := range []struct {
		name   string
		hash   util.Uint160
		intact func(t *testing.T, p *pilot)
	}{
		{"council", p.council, func(t *testing.T, p *pilot) {
			require.Len(t, fields(t, p.read(p.council, "seats")), 7)
			p.passed([]any{p.trust, "version", []any{}})
			p.suspendAuthority(p.authority(later))
		}},
		{"ballot", ballot, func(t *testing.T, p *pilot) {
			require.Equal(t, 5, p.readInt(p.neo(), "balanceOf", ballot))
			p.found(ballot, "transfer", p.neo(), id(p.bureau), 2).halts()
		}},
		{"identifiers", p.identifiers, func(t *testing.T, p *pilot) {
			require.Equal(t, []byte("{}"), p.record(p.bureau)[9])
			p.call(by(p.bureau), p.identifiers, "updateDocument", id(p.bureau), 1, []byte("new")).halts()
		}},
		{"trust", p.trust, func(t *testing.T, p *pilot) {
			require.True(t, p.mayIssue(p.hospital, p.now()))
			require.True(t, p.mayAsk(p.hospital, p.now()))
			require.Equal(t, hash(p.identifiers), plain(t, p.read(p.trust, "identifiers")))
			p.institution(p.bureau)
		}},
		{"status", p.status, func(t *testing.T, p *pilot) {
			require.Equal(t, []any{1, root(1)}, fields(t, p.read(p.status, "tree", id(p.hospital), typeId))[:2])
			require.Equal(t, hash(p.trust), plain(t, p.read(p.status, "trust")))
			p.append(p.hospital, 1, 1, 2).halts()
		}},
		{"proofs", p.proofs, func(t *testing.T, p *pilot) {
			require.Equal(t, hash(p.status), plain(t, p.read(p.proofs, "status")))
			require.True(t, toy.holds(p))
			toy.set(p, 2).halts()
		}},
		{"gateway", p.gateway, func(t *testing.T, p *pilot) {
			require.True(t, p.readBool(p.gateway, "isOn", hospitals))
			require.NoError(t, p.ask(hospitals, newAnswer("A", "B").args(t)))
			p.setFabric(hospitals, 2, "A", "B", "C").halts()
		}},
		{"titles", p.titles, func(t *testing.T, p *pilot) {
			p.requireState(titles.StateHeld, label+"upgrade")
			require.Equal(t, hash(p.gateway), plain(t, p.read(p.titles, "gateway")))
			p.lock(label+"upgrade", "upgrade").halts()
		}},
	} {
		t.Run(contract.name, func(t *testing.T) {
			p := p.in(t)
			folder, version := "../"+contract.name, p.readInt(contract.hash, "version")
			update := func(nef, manifest any) outcome {
				// The owner cannot slip other contracts in on the way: the data of an upgrade changes no hash.
				return p.found(contract.hash, "update", nef, manifest, []any{id(p.bureau), id(p.bureau)})
			}
			for _, refused := range []struct{ version, oldest int }{{version, version}, {version - 1, version - 1}, {version + 2, version + 1}} {
				nef, manifest := p.release(folder, contract.hash, refused.version, refused.oldest)
				update(nef, manifest).faults(access.ErrUpgrade)
			}
			_, sameCode := p.release(folder, contract.hash, version, version)
			update(nil, sameCode).faults(access.ErrUpgrade)
			update([]byte("not code"), sameCode).faults("")
			require.Equal(t, version, p.readInt(contract.hash, "version"))

			nef, manifest := p.nextRelease(folder, contract.hash)
			p.call(by(p.bureau), contract.hash, "update", nef, manifest, nil).faults(access.ErrWitness)
			update(nef, manifest).halts()
			require.Equal(t, version+1, p.readInt(contract.hash, "version"))
			contract.intact(t, p)
			update(nef, manifest).faults(access.ErrUpgrade)
		})
	}
}

// A release that changes what is stored carries its migration, as this one that grows a grant by a member.
func TestMigration(t *testing.T) {
	p := newPilot(t)
	p.unmeasured = true
	nef, manifest := p.nextRelease("../trust", p.trust,
		"access.CheckUpgrade(data, oldestUpgradable, contractVersion)\n", `access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		subject := data.([]any)[1].([]any)[0].(interop.Hash160)
		old := std.Deserialize(storage.LocalGet(grantKey(prefixGrant, KindInstitution, subject, ""))).([]any)
		storage.LocalPut(grantKey(prefixGrant, KindInstitution, subject, ""), std.Serialize(append(old, "grown")))
`,
		"	BlockIndex   int\n}\n\n// CredentialTypeVersion", "	BlockIndex   int\n	Note string\n}\n\n// CredentialTypeVersion")
	before := fields(t, p.read(p.trust, "grant", trust.KindInstitution, id(p.hospital), ""))
	p.found(p.trust, "update", nef, manifest, []any{id(p.hospital)}).halts()
	after := fields(t, p.read(p.trust, "grant", trust.KindInstitution, id(p.hospital), ""))
	require.Equal(t, append(before, []byte("grown")), after)
	require.True(t, p.mayIssue(p.hospital, p.now()))
	p.asOwner("suspend", trust.KindInstitution, p.hospital, "")
	require.Equal(t, []byte("grown"), fields(t, p.read(p.trust, "grant", trust.KindInstitution, id(p.hospital), ""))[10])
}

func TestDeployment(t *testing.T) {
	n := newChain(t)
	refuse := func(folder string, data any, fault string) {
		n.tryDeploy(folder, data).faults(fault)
	}
	for range seatNames {
		n.seats = append(n.seats, account(t))
	}
	n.council = n.deploy("../council", []any{n.newSeats(), rules})
	council, nobody := n.council, util.Uint160{1}
	refuse("../identifiers", []any{nobody}, access.ErrContract)
	refuse("../identifiers", []any{[]byte("short")}, arguments.ErrHash)
	refuse("../identifiers", []any{nil}, arguments.ErrHash)
	refuse("../identifiers", []any{}, "")
	refuse("../identifiers", nil, "")
	refuse("../ballot", []any{nobody}, access.ErrContract)
	refuse("../ballot", []any{[]byte("short")}, arguments.ErrHash)
	n.identifiers = n.deploy("../identifiers", []any{council})
	refuse("../trust", []any{council, nobody}, access.ErrContract)
	refuse("../trust", []any{nobody, n.identifiers}, access.ErrContract)
	refuse("../trust", []any{council, []byte("short")}, arguments.ErrHash)
	refuse("../trust", []any{council, nil}, arguments.ErrHash)
	refuse("../trust", []any{council}, "")
	refuse("../trust", nil, "")
	n.trust = n.deploy("../trust", []any{council, n.identifiers})
	refuse("../status", []any{council, n.identifiers, nobody}, access.ErrContract)
	refuse("../status", []any{council, nobody, n.trust}, access.ErrContract)
	refuse("../status", []any{nobody, n.identifiers, n.trust}, access.ErrContract)
	refuse("../status", []any{council, n.identifiers}, "")
	n.status = n.deploy("../status", []any{council, n.identifiers, n.trust})
	refuse("../proofs", []any{council, n.identifiers, n.trust, nobody, false}, access.ErrContract)
	refuse("../proofs", []any{council, n.identifiers, nobody, n.status, false}, access.ErrContract)
	refuse("../proofs", []any{council, nobody, n.trust, n.status, false}, access.ErrContract)
	refuse("../proofs", []any{nobody, n.identifiers, n.trust, n.status, false}, access.ErrContract)
	refuse("../proofs", []any{council, n.identifiers, n.trust, n.status, nil}, proofs.ErrProduction)
	refuse("../proofs", []any{council, n.identifiers, n.trust, n.status}, "")
	refuse("../gateway", nil, "")
	refuse("../gateway", []any{nobody}, access.ErrContract)
	refuse("../titles", []any{council, n.identifiers}, "")
	refuse("../titles", []any{council, n.identifiers, nobody}, access.ErrContract)
	refuse("../titles", []any{council, nobody, n.identifiers}, access.ErrContract)
	refuse("../titles", []any{nobody, n.identifiers, n.identifiers}, access.ErrContract)
}
