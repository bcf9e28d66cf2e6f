package tests

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/trust"

	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

func TestTrust(t *testing.T) {
	shared := newPilot(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"a grant says all that it should", grantSaysAll},
		{"every change is kept, and who might issue when", everyChangeStays},
		{"a right needs its institution and authority", rightNeedsAll},
		{"valid from and until, to the millisecond", validityBounds},
		{"a renewal does not change the past", renewalKeepsThePast},
		{"revocation is final", revocationIsFinal},
		{"who may change a grant", whoMayChange},
		{"the owner's suspension holds", ownersSuspensionHolds},
		{"an authority that does not count can do nothing", powerlessAuthority},
		{"an institution that does not count gets nothing", powerlessInstitution},
		{"grants are given once", grantsOnce},
		{"grants go to identifiers that live", grantsToLiving},
		{"an authority is its own institution", ownInstitution},
		{"a contract is an authority", contractAsAuthority},
		{"versions of credential types", typeVersions},
		{"versions of queries", queryVersions},
		{"sizes, names and ranges", trustBounds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
}

func (p *pilot) standing(kind int, subject neotest.Signer, name string, timeMs int) int {
	return p.readInt(p.trust, "standingAt", kind, id(subject), name, timeMs)
}

func (p *pilot) mayIssue(institution neotest.Signer, timeMs int) bool {
	return p.readBool(p.trust, "mayIssue", id(institution), typeId, timeMs)
}

func (p *pilot) mayAsk(institution neotest.Signer, timeMs int) bool {
	return p.readBool(p.trust, "mayAsk", id(institution), queryId, timeMs)
}

func grantSaysAll(t *testing.T, p *pilot) {
	bank := p.registered()
	p.at(p.now() + day)
	at, block := p.now(), p.nextBlock()
	events := p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(bank), "bank", later).halts()
	require.Len(t, events, 1)
	b := hash(id(p.bureau))
	requireEvent(t, events[0], p.trust, "GrantChanged",
		trust.KindInstitution, hash(id(bank)), []byte{}, 1, trust.Active, 0, at, later, b, []byte("bank"), b)
	require.Equal(t, []any{1, trust.Active, 0, at, later, b, []byte("bank"), b, at, block},
		fields(t, p.read(p.trust, "grant", trust.KindInstitution, id(bank), "")))

	owner := hash(p.council)
	at, block = p.now(), p.nextBlock()
	events = p.found(p.trust, "suspend", owner, trust.KindInstitution, id(bank), "", 42).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.trust, "GrantChanged",
		trust.KindInstitution, hash(id(bank)), []byte{}, 2, trust.Suspended, 42, at-1, later, b, []byte("bank"), owner)
	require.Equal(t, []any{2, trust.Suspended, 42, at - 1, later, b, []byte("bank"), owner, at, block},
		fields(t, p.read(p.trust, "grant", trust.KindInstitution, id(bank), "")))

	authority := fields(t, p.read(p.trust, "grant", trust.KindAuthority, id(p.bureau), ""))
	require.Equal(t, []any{owner, []byte("110000"), owner}, authority[5:8])
	require.Nil(t, plain(t, p.read(p.trust, "grant", trust.KindIssue, id(p.hospital), "other")))
	require.Equal(t, 0, p.readInt(p.trust, "historyLength", trust.KindIssue, id(p.hospital), "other"))
	require.Nil(t, plain(t, p.read(p.trust, "history", trust.KindIssue, id(p.hospital), "other", 1)))
	require.Equal(t, hash(p.identifiers), plain(t, p.read(p.trust, "identifiers")))
}

func everyChangeStays(t *testing.T, p *pilot) {
	issuer := p.issuer()
	grant := []any{trust.KindIssue, id(issuer), typeId}
	added := fields(t, p.read(p.trust, "grant", grant...))[8].(int)
	changes := []struct {
		method string
		status int
	}{
		{"suspend", trust.Suspended}, {"reinstate", trust.Active}, {"suspend", trust.Suspended}, {"reinstate", trust.Active},
		{"suspend", trust.Suspended}, {"revoke", trust.Revoked},
	}
	times := []int{added}
	for i, change := range changes {
		p.at(p.now() + day)
		times = append(times, p.now())
		p.call(by(p.bureau), p.trust, change.method, append(append([]any{id(p.bureau)}, grant...), i)...).halts()
	}
	require.Equal(t, 7, p.readInt(p.trust, "historyLength", grant...))
	for i, time := range times {
		sequence, status, before := i+1, trust.Active, trust.None
		if i > 0 {
			status = changes[i-1].status
			before = fields(t, p.read(p.trust, "history", append(grant, i)...))[1].(int)
		}
		entry := fields(t, p.read(p.trust, "history", append(grant, sequence)...))
		require.Equal(t, []any{sequence, status}, entry[:2])
		require.Equal(t, time, entry[8])
		require.Equal(t, before, p.standing(trust.KindIssue, issuer, typeId, time-1))
		require.Equal(t, status, p.standing(trust.KindIssue, issuer, typeId, time))
		require.Equal(t, status == trust.Active, p.mayIssue(issuer, time))
		require.Equal(t, before == trust.Active, p.mayIssue(issuer, time-1))
	}
	require.Nil(t, plain(t, p.read(p.trust, "history", append(grant, 0)...)))
	require.Nil(t, plain(t, p.read(p.trust, "history", append(grant, 8)...)))
	require.Equal(t, trust.Revoked, p.standing(trust.KindIssue, issuer, typeId, arguments.MaxTimeMs))
}

func rightNeedsAll(t *testing.T, p *pilot) {
	office := p.authority(later)
	issuer := p.institution(office)
	p.call(by(office), p.trust, "accreditIssuer", id(office), id(issuer), typeId, 0, later).halts()
	p.found(p.trust, "registerQuery", id(office), id(issuer), queryId, []byte("{}")).halts()
	require.True(t, p.mayIssue(issuer, p.now()))
	require.True(t, p.mayAsk(issuer, p.now()))
	require.False(t, p.readBool(p.trust, "mayIssue", id(issuer), "other", p.now()))
	require.False(t, p.readBool(p.trust, "mayAsk", id(issuer), "other", p.now()))
	require.False(t, p.mayIssue(office, p.now()))
	for _, grant := range []struct {
		kind     int
		subject  neotest.Signer
		name     string
		mayIssue bool
		mayAsk   bool
	}{
		{trust.KindAuthority, office, "", false, false},
		{trust.KindInstitution, issuer, "", false, false},
		{trust.KindIssue, issuer, typeId, false, true},
		{trust.KindAsk, issuer, queryId, true, false},
	} {
		before := p.now() - 1
		p.asOwner("suspend", grant.kind, grant.subject, grant.name)
		during := p.now() - 1
		require.Equal(t, grant.mayIssue, p.mayIssue(issuer, during))
		require.Equal(t, grant.mayAsk, p.mayAsk(issuer, during))
		p.asOwner("reinstate", grant.kind, grant.subject, grant.name)
		require.True(t, p.mayIssue(issuer, p.now()))
		require.True(t, p.mayAsk(issuer, p.now()))
		require.True(t, p.mayIssue(issuer, before), "the past stays")
		require.Equal(t, grant.mayIssue, p.mayIssue(issuer, during))
		require.Equal(t, grant.mayAsk, p.mayAsk(issuer, during))
	}
}

func validityBounds(t *testing.T, p *pilot) {
	issuer := p.institution(p.bureau)
	from, until := p.now()+day, p.now()+2*day
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(issuer), typeId, from, until).halts()
	added := p.now() - 1
	for _, c := range []struct{ timeMs, standing int }{
		{added - 1, trust.None}, {added, trust.NotYet}, {from - 1, trust.NotYet}, {from, trust.Active},
		{until - 1, trust.Active}, {until, trust.Expired}, {arguments.MaxTimeMs, trust.Expired},
	} {
		require.Equal(t, c.standing, p.standing(trust.KindIssue, issuer, typeId, c.timeMs))
		require.Equal(t, c.standing == trust.Active, p.mayIssue(issuer, c.timeMs))
	}
	// A start in the past is a start now: nobody gets a right for a time before it was given.
	other := p.institution(p.bureau)
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(other), typeId, genesisMs, until).halts()
	require.Equal(t, p.now()-1, fields(t, p.read(p.trust, "grant", trust.KindIssue, id(other), typeId))[3])
	require.False(t, p.mayIssue(other, p.now()-2))

	third := p.institution(p.bureau)
	accredit := func(validFromMs, validUntilMs any) outcome {
		return p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(third), typeId, validFromMs, validUntilMs)
	}
	accredit(0, p.now()).faults(trust.ErrValidity)
	accredit(0, p.now()-1).faults(trust.ErrValidity)
	accredit(from, from).faults(trust.ErrValidity)
	accredit(from, from-1).faults(trust.ErrValidity)
	accredit(-1, until).faults(arguments.ErrInteger)
	accredit(0, arguments.MaxTimeMs+1).faults(arguments.ErrInteger)
	accredit(nil, until).faults(arguments.ErrInteger)
	accredit(0, nil).faults(arguments.ErrInteger)
	accredit(0, p.now()+1).halts()
}

func renewalKeepsThePast(t *testing.T, p *pilot) {
	issuer := p.institution(p.bureau)
	until := p.now() + day
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(issuer), typeId, 0, until).halts()
	p.at(until + day)
	renew := func(validUntilMs int) outcome {
		return p.call(by(p.bureau), p.trust, "renew", id(p.bureau), trust.KindIssue, id(issuer), typeId, validUntilMs)
	}
	renew(p.now()).faults(trust.ErrValidity)
	renewed := p.now()
	renew(later).halts()
	require.True(t, p.mayIssue(issuer, until-1))
	require.False(t, p.mayIssue(issuer, until))
	require.False(t, p.mayIssue(issuer, renewed-1))
	require.True(t, p.mayIssue(issuer, renewed))
	// A renewal may also shorten, but not into the past; nor lift a suspension.
	renew(p.now() + 1).halts()
	renew(genesisMs).faults(trust.ErrValidity)
	p.asOwner("suspend", trust.KindIssue, issuer, typeId)
	renew(later).faults(trust.ErrStatus)
	// Not before it starts, either.
	early := p.institution(p.bureau)
	from := p.now() + day
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(early), typeId, from, later).halts()
	p.call(by(p.bureau), p.trust, "renew", id(p.bureau), trust.KindIssue, id(early), typeId, from).faults(trust.ErrValidity)
	p.call(by(p.bureau), p.trust, "renew", id(p.bureau), trust.KindIssue, id(early), typeId, from+1).halts()
}

func revocationIsFinal(t *testing.T, p *pilot) {
	office := p.authority(later)
	issuer := p.institution(office)
	p.call(by(office), p.trust, "accreditIssuer", id(office), id(issuer), typeId, 0, later).halts()
	p.found(p.trust, "registerQuery", id(office), id(issuer), queryId, []byte("{}")).halts()
	for _, grant := range []struct {
		kind    int
		subject neotest.Signer
		name    string
	}{
		{trust.KindIssue, issuer, typeId}, {trust.KindAsk, issuer, queryId}, {trust.KindInstitution, issuer, ""}, {trust.KindAuthority, office, ""},
	} {
		p.asOwner("revoke", grant.kind, grant.subject, grant.name)
		for _, method := range []string{"suspend", "reinstate", "revoke", "renew"} {
			last := 1
			if method == "renew" {
				last = later
			}
			p.found(p.trust, method, p.council, grant.kind, id(grant.subject), grant.name, last).faults(trust.ErrRevoked)
		}
		require.Equal(t, trust.Revoked, p.standing(grant.kind, grant.subject, grant.name, p.now()))
	}
	p.found(p.trust, "addAuthority", id(office), "110000", later).faults(trust.ErrExists)
	p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(issuer), "bank", later).faults(trust.ErrExists)
	bank := p.issuer()
	p.call(by(p.bureau), p.trust, "revoke", id(p.bureau), trust.KindIssue, id(bank), typeId, 1).halts()
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(bank), typeId, 0, later).faults(trust.ErrExists)
	p.found(p.trust, "registerQuery", id(p.bureau), id(bank), queryId, []byte("1")).halts()
	p.call(by(p.bureau), p.trust, "revoke", id(p.bureau), trust.KindAsk, id(bank), queryId, 1).halts()
	p.found(p.trust, "registerQuery", id(p.bureau), id(bank), queryId, []byte("2")).faults(trust.ErrStatus)
}

func whoMayChange(t *testing.T, p *pilot) {
	office := p.authority(later)
	issuer := p.issuer()
	suspend := func(signers []neotest.Signer, actor util.Uint160, kind int, subject neotest.Signer, name string) outcome {
		return p.call(signers, p.trust, "suspend", actor, kind, id(subject), name, 1)
	}
	suspend(by(office), id(office), trust.KindInstitution, issuer, "").faults(trust.ErrActor)
	suspend(by(office), id(office), trust.KindIssue, issuer, typeId).faults(trust.ErrActor)
	suspend(by(office), id(office), trust.KindAuthority, office, "").faults(trust.ErrActor)
	suspend(by(p.bureau), id(p.bureau), trust.KindAuthority, p.bureau, "").faults(trust.ErrActor)
	suspend(by(issuer), id(issuer), trust.KindInstitution, issuer, "").faults(trust.ErrActor)
	suspend(by(office), id(p.bureau), trust.KindInstitution, issuer, "").faults(access.ErrWitness)
	suspend(by(office), p.council, trust.KindInstitution, issuer, "").faults(access.ErrWitness)
	suspend(by(p.bureau), id(p.bureau), trust.KindIssue, office, typeId).faults(trust.ErrUnknown)
	// Institutions of one authority are not another's to give rights to.
	p.call(by(office), p.trust, "accreditIssuer", id(office), id(issuer), "other", 0, later).faults(trust.ErrActor)
	p.found(p.trust, "registerQuery", id(office), id(issuer), "other", []byte("{}")).faults(trust.ErrActor)
	// An authority acts through its identifier's present controller.
	successor := account(t)
	p.call(by(office, successor), p.identifiers, "rotate", id(office), 1, id(successor)).halts()
	bank := p.registered()
	p.call(by(office), p.trust, "addInstitution", id(office), id(bank), "bank", later).faults(access.ErrWitness)
	p.call(by(successor), p.trust, "addInstitution", id(office), id(bank), "bank", later).halts()
	suspend(by(successor), id(office), trust.KindInstitution, bank, "").halts()
}

func ownersSuspensionHolds(t *testing.T, p *pilot) {
	issuer := p.issuer()
	change := func(method string) outcome {
		return p.call(by(p.bureau), p.trust, method, id(p.bureau), trust.KindIssue, id(issuer), typeId, 1)
	}
	change("reinstate").faults(trust.ErrStatus)
	p.asOwner("suspend", trust.KindIssue, issuer, typeId)
	change("reinstate").faults(trust.ErrHeld)
	change("suspend").faults(trust.ErrHeld)
	p.asOwner("reinstate", trust.KindIssue, issuer, typeId)
	// The owner takes over an authority's suspension, and an authority may give its own another reason.
	change("suspend").halts()
	change("suspend").halts()
	p.asOwner("suspend", trust.KindIssue, issuer, typeId)
	change("reinstate").faults(trust.ErrHeld)
	p.asOwner("suspend", trust.KindIssue, issuer, typeId)
	// What is suspended can always be ended for good by who gave it.
	change("revoke").halts()
}

func powerlessAuthority(t *testing.T, p *pilot) {
	lapse := map[string]func(office neotest.Signer){
		"suspended": func(office neotest.Signer) { p.suspendAuthority(office) },
		"revoked":   func(office neotest.Signer) { p.asOwner("revoke", trust.KindAuthority, office, "") },
		"expired":   func(office neotest.Signer) { p.at(p.now() + day) },
		"deactivated": func(office neotest.Signer) {
			p.call(by(office), p.identifiers, "deactivate", id(office), 1).halts()
		},
		"never one": nil,
	}
	for name, befall := range lapse {
		t.Run(name, func(t *testing.T) {
			p := p.in(t)
			newcomer := p.registered()
			office, issuer, fault := p.registered(), p.issuer(), trust.ErrStanding
			if befall != nil {
				office = p.authority(p.now() + day)
				issuer = p.institution(office)
				p.call(by(office), p.trust, "accreditIssuer", id(office), id(issuer), typeId, 0, later).halts()
				befall(office)
			}
			if name == "deactivated" {
				fault = access.ErrInactive
			} else if name != "never one" {
				require.False(t, p.mayIssue(issuer, p.now()))
			}
			p.call(by(office), p.trust, "addInstitution", id(office), id(newcomer), "bank", later).faults(fault)
			p.call(by(office), p.trust, "accreditIssuer", id(office), id(issuer), "other", 0, later).faults(fault)
			p.found(p.trust, "registerQuery", id(office), id(issuer), queryId, []byte("{}")).faults(fault)
			if befall == nil {
				fault = trust.ErrActor
			}
			for _, method := range []string{"suspend", "reinstate", "revoke", "renew"} {
				p.call(by(office), p.trust, method, id(office), trust.KindIssue, id(issuer), typeId, 1).faults(fault)
			}
			// The owner still can.
			p.asOwner("suspend", trust.KindIssue, issuer, typeId)
		})
	}
}

func powerlessInstitution(t *testing.T, p *pilot) {
	give := func(institution neotest.Signer, fault string) {
		p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(institution), typeId, 0, later).faults(fault)
		p.found(p.trust, "registerQuery", id(p.bureau), id(institution), queryId, []byte("{}")).faults(fault)
	}
	give(p.registered(), trust.ErrStanding)
	suspended, revoked, expired := p.institution(p.bureau), p.institution(p.bureau), p.registered()
	p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(expired), "bank", p.now()+1).halts()
	p.asOwner("suspend", trust.KindInstitution, suspended, "")
	p.asOwner("revoke", trust.KindInstitution, revoked, "")
	give(suspended, trust.ErrStanding)
	give(revoked, trust.ErrStanding)
	give(expired, trust.ErrStanding)
	p.asOwner("reinstate", trust.KindInstitution, suspended, "")
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(suspended), typeId, 0, later).halts()
	p.call(by(p.bureau), p.trust, "renew", id(p.bureau), trust.KindInstitution, id(expired), "", later).halts()
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(expired), typeId, 0, later).halts()
}

func grantsOnce(t *testing.T, p *pilot) {
	office, issuer := p.authority(later), p.issuer()
	p.found(p.trust, "addAuthority", id(office), "110000", later).faults(trust.ErrExists)
	p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(issuer), "bank", later).faults(trust.ErrExists)
	p.call(by(office), p.trust, "addInstitution", id(office), id(issuer), "bank", later).faults(trust.ErrExists)
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(issuer), typeId, 0, later).faults(trust.ErrExists)
}

func grantsToLiving(t *testing.T, p *pilot) {
	nobody, gone := account(t), p.registered()
	p.call(by(gone), p.identifiers, "deactivate", id(gone), 1).halts()
	for _, subject := range by(nobody, gone) {
		p.found(p.trust, "addAuthority", id(subject), "110000", later).faults(access.ErrInactive)
		p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(subject), "bank", later).faults(access.ErrInactive)
	}
}

func ownInstitution(t *testing.T, p *pilot) {
	office := p.authority(later)
	p.call(by(office), p.trust, "addInstitution", id(office), id(office), "bureau", later).halts()
	p.call(by(office), p.trust, "accreditIssuer", id(office), id(office), typeId, 0, later).halts()
	require.True(t, p.mayIssue(office, p.now()))
	p.suspendAuthority(office)
	require.False(t, p.mayIssue(office, p.now()))
}

func contractAsAuthority(t *testing.T, p *pilot) {
	forward := func(signers []neotest.Signer, target util.Uint160, method string, args ...any) outcome {
		return p.call(signers, p.proxy, "forward", target, method, args)
	}
	forward(nil, p.identifiers, "register", p.proxy, []byte("x"), nil, 0).halts()
	p.found(p.trust, "addAuthority", p.proxy, "130000", later).halts()
	bank := p.registered()
	forward(nil, p.trust, "addInstitution", p.proxy, id(bank), "bank", later).halts()
	forward(nil, p.trust, "suspend", p.proxy, trust.KindInstitution, id(bank), "", 1).halts()
	forward(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(p.registered()), "bank", later).faults(access.ErrWitness)
	forward(by(p.Committee), p.trust, "suspend", p.council, trust.KindAuthority, p.proxy, "", 1).faults(access.ErrWitness)
}

func typeVersions(t *testing.T, p *pilot) {
	const name = "transport-pass"
	register := func(version any, schema []byte) outcome {
		return p.found(p.trust, "registerCredentialType", name, version, schema)
	}
	require.Nil(t, plain(t, p.read(p.trust, "credentialType", name, 0)))
	for _, wrong := range []any{0, 2} {
		register(wrong, []byte("x")).faults(trust.ErrVersion)
	}
	register(-1, []byte("x")).faults(arguments.ErrInteger)
	register(nil, []byte("x")).faults(arguments.ErrInteger)
	schemas := [][]byte{[]byte("one"), []byte("two"), []byte("three")}
	var versions [][]any
	for i, schema := range schemas {
		digest := sha256.Sum256(schema)
		versions = append(versions, []any{i + 1, digest[:], schema, p.now(), p.nextBlock()})
		events := register(i+1, schema).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.trust, "CredentialTypeRegistered", []byte(name), i+1, digest[:])
	}
	register(3, []byte("x")).faults(trust.ErrVersion)
	for i, version := range versions {
		require.Equal(t, version, fields(t, p.read(p.trust, "credentialType", name, i+1)))
	}
	require.Equal(t, versions[2], fields(t, p.read(p.trust, "credentialType", name, 0)))
	require.Nil(t, plain(t, p.read(p.trust, "credentialType", name, 4)))
	issuer := p.institution(p.bureau)
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(issuer), "unheard-of", 0, later).faults(trust.ErrType)
}

func queryVersions(t *testing.T, p *pilot) {
	bank := p.institution(p.bureau)
	register := func(content []byte) outcome {
		return p.found(p.trust, "registerQuery", id(p.bureau), id(bank), queryId, content)
	}
	require.Nil(t, plain(t, p.read(p.trust, "query", id(bank), queryId, 0)))
	require.Nil(t, plain(t, p.read(p.trust, "query", id(bank), queryId, 1)))
	b := hash(id(p.bureau))
	added := p.now()
	var versions [][]any
	for i, content := range [][]byte{[]byte("one"), []byte("two"), []byte("three")} {
		digest := sha256.Sum256(content)
		versions = append(versions, []any{i + 1, digest[:], content, p.now(), p.nextBlock()})
		events := register(content).halts()
		require.Len(t, events, 2)
		requireEvent(t, events[0], p.trust, "GrantChanged", trust.KindAsk, hash(id(bank)), []byte(queryId), i+1, trust.Active, 0,
			added, arguments.MaxTimeMs, b, []byte{}, hash(p.council))
		requireEvent(t, events[1], p.trust, "QueryRegistered", hash(id(bank)), []byte(queryId), i+1, digest[:])
	}
	for i, version := range versions {
		require.Equal(t, version, fields(t, p.read(p.trust, "query", id(bank), queryId, i+1)))
	}
	require.Equal(t, versions[2], fields(t, p.read(p.trust, "query", id(bank), queryId, 0)))
	require.Nil(t, plain(t, p.read(p.trust, "query", id(bank), queryId, 4)))
	require.False(t, p.mayAsk(bank, added-1))
	require.True(t, p.mayAsk(bank, added))
	p.asOwner("suspend", trust.KindAsk, bank, queryId)
	register([]byte("four")).faults(trust.ErrStatus)
}

// malformedNames have what is next to the characters that a name may have.
var malformedNames = []any{nil, "", "a b", "a/b", "a;b", "a@b", "a[b", "a^b", "a`b", "a{b", "a,b", "医院", "a\x00", "a\n"}

const everyCharacter = "azAZ09._:-"

func trustBounds(t *testing.T, p *pilot) {
	newcomer := p.registered()
	longest := strings.Repeat("x", trust.MaxNameLength)
	addInstitution := func(kind any) outcome {
		return p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(newcomer), kind, later)
	}
	for _, malformed := range append(malformedNames, longest+"x") {
		addInstitution(malformed).faults(arguments.ErrName)
	}
	addInstitution(longest).halts()
	p.found(p.trust, "addAuthority", id(newcomer), "", later).faults(arguments.ErrName)

	registerType := func(name string, schema any) outcome {
		return p.found(p.trust, "registerCredentialType", name, 1, schema)
	}
	registerType(everyCharacter, []byte("x")).halts()
	registerType(longest+"x", []byte("x")).faults(arguments.ErrName)
	registerType(longest, nil).faults(arguments.ErrBytes)
	registerType(longest, bytes.Repeat([]byte("x"), trust.MaxSchemaSize+1)).faults(arguments.ErrBytes)
	registerType(longest, bytes.Repeat([]byte("x"), trust.MaxSchemaSize)).halts()
	registerQuery := func(content any) outcome {
		return p.found(p.trust, "registerQuery", id(p.bureau), id(p.hospital), longest, content)
	}
	registerQuery([]byte{}).faults(arguments.ErrBytes)
	registerQuery(bytes.Repeat([]byte("x"), trust.MaxQuerySize+1)).faults(arguments.ErrBytes)
	registerQuery(bytes.Repeat([]byte("x"), trust.MaxQuerySize)).halts()
	// The longest keys: 64 bytes is the most that the ledger takes.
	registerQuery([]byte("x")).halts()
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(p.hospital), longest, 0, later).halts()
	p.call(by(p.bureau), p.trust, "suspend", id(p.bureau), trust.KindIssue, id(p.hospital), longest, trust.MaxReason).halts()

	suspend := func(kind any, name any, reason any) outcome {
		return p.found(p.trust, "suspend", p.council, kind, id(newcomer), name, reason)
	}
	suspend(0, "", 1).faults(arguments.ErrInteger)
	suspend(5, "", 1).faults(arguments.ErrInteger)
	suspend(nil, "", 1).faults(arguments.ErrInteger)
	suspend(trust.KindInstitution, "x", 1).faults(arguments.ErrName)
	suspend(trust.KindIssue, "", 1).faults(arguments.ErrName)
	suspend(trust.KindInstitution, nil, 1).faults("")
	suspend(trust.KindInstitution, "", -1).faults(arguments.ErrInteger)
	suspend(trust.KindInstitution, "", trust.MaxReason+1).faults(arguments.ErrInteger)
	suspend(trust.KindInstitution, "", nil).faults(arguments.ErrInteger)
	p.found(p.trust, "suspend", nil, trust.KindInstitution, id(newcomer), "", 1).faults(trust.ErrActor)
	p.found(p.trust, "suspend", p.council, trust.KindInstitution, nil, "", 1).faults(arguments.ErrHash)
	p.readFails(arguments.ErrInteger, p.trust, "standingAt", trust.KindInstitution, id(newcomer), "", -1)
	p.readFails(arguments.ErrInteger, p.trust, "mayIssue", id(newcomer), typeId, arguments.MaxTimeMs+1)
	p.readFails(arguments.ErrInteger, p.trust, "mayAsk", id(newcomer), typeId, nil)
	p.readFails(arguments.ErrHash, p.trust, "mayIssue", []byte{1}, typeId, 1)
	p.readFails(arguments.ErrInteger, p.trust, "credentialType", typeId, -1)
	p.readFails(arguments.ErrInteger, p.trust, "query", id(newcomer), queryId, arguments.MaxUint32+1)
	p.readFails(arguments.ErrInteger, p.trust, "history", trust.KindInstitution, id(newcomer), "", -1)
}
