package tests

import (
	"slices"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/trust"

	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

// example is a call of a method that is right in all but its witnesses: it needs those of all its signers.
type example struct {
	method  string
	signers []neotest.Signer // nil: anybody may call
	args    []any
}

// byOwner stands for the signers of what only the council may call: nobody can sign for it.
var byOwner = []neotest.Signer{}

func (e example) ownersAlone() bool {
	return e.signers != nil && len(e.signers) == 0
}

// open are methods that change the ledger although anybody may call.
var open = []string{"recordRootSet", "addSignature", "followValidators", "leave", "unlock", "arriveFromFabric", "arriveFromNeo"}

// forTokens is a method that only tokens may call.
const forTokens = "onNEP17Payment"

// TestAccess tries every method of every contract with every kind of witness.
func TestAccess(t *testing.T) {
	p := newPilot(t)
	stranger := account(t)
	ballot := p.newBallot(0)
	for _, contract := range []struct {
		name     string
		hash     util.Uint160
		examples []example
	}{
		{"council", p.council, councilExamples(p)},
		{"ballot", ballot, ballotExamples(p, ballot)},
		{"identifiers", p.identifiers, identifiersExamples(p)},
		{"trust", p.trust, trustExamples(p)},
		{"status", p.status, statusExamples(p)},
		{"proofs", p.proofs, proofsExamples(p)},
		{"gateway", p.gateway, gatewayExamples(p)},
		{"titles", p.titles, titlesExamples(p)},
	} {
		t.Run(contract.name, func(t *testing.T) {
			requireEveryMethod(p.in(t).compile("../"+contract.name), t, contract.examples)
			for _, e := range contract.examples {
				t.Run(e.method, func(t *testing.T) { tryAccess(p.in(t), t, contract.hash, e, stranger) })
			}
		})
	}
}

func tryAccess(p *pilot, t *testing.T, contract util.Uint160, e example, stranger neotest.Signer) {
	if e.ownersAlone() {
		tryOwnersAccess(p, t, contract, e, stranger)
		return
	}
	direct := callScript(t, contract, e.method, e.args...)
	proxied := callScript(t, p.proxy, "forward", contract, e.method, e.args)
	safe := e.signers == nil
	for _, c := range []struct {
		name    string
		script  []byte
		signers []neotest.Signer
		scope   transaction.WitnessScope
		allowed bool
	}{
		{"no signer", direct, nil, calledByEntry, safe},
		{"another signer", direct, by(stranger), transaction.Global, safe},
		{"right signer", direct, e.signers, calledByEntry, true},
		{"right signer, global scope", direct, e.signers, transaction.Global, true},
		{"right signer, scope none", direct, e.signers, transaction.None, safe},
		{"through a proxy, no signer", proxied, nil, calledByEntry, safe},
		{"through a proxy, another signer", proxied, by(stranger), transaction.Global, safe},
		{"through a proxy, right signer", proxied, e.signers, calledByEntry, safe},
		{"through a proxy, right signer, global scope", proxied, e.signers, transaction.Global, safe},
	} {
		t.Run(c.name, func(t *testing.T) { requireAccess(t, p.try(c.script, scoped(c.scope, c.signers)...), c.allowed) })
	}
	if len(e.signers) < 2 {
		return
	}
	for i, signer := range e.signers {
		rest := slices.Delete(slices.Clone(e.signers), i, i+1)
		t.Run("without "+signer.ScriptHash().StringLE()[:4], func(t *testing.T) {
			requireAccess(t, p.try(direct, scoped(transaction.Global, rest)...), false)
		})
	}
}

// tryOwnersAccess tries what only the council may call: it refuses the committee, too, but through the council that it founds.
func tryOwnersAccess(p *pilot, t *testing.T, contract util.Uint160, e example, stranger neotest.Signer) {
	direct := callScript(t, contract, e.method, e.args...)
	proxied := callScript(t, p.proxy, "forward", contract, e.method, e.args)
	founding := []any{[]any{contract, e.method, e.args}}
	founded := callScript(t, p.council, "found", founding)
	foundedByProxy := callScript(t, p.proxy, "forward", p.council, "found", []any{founding})
	everybody := append(by(p.Committee, stranger, p.bureau), p.seats...)
	for _, c := range []struct {
		name    string
		script  []byte
		signers []neotest.Signer
		scope   transaction.WitnessScope
		allowed bool
	}{
		{"no signer", direct, nil, calledByEntry, false},
		{"everybody", direct, everybody, transaction.Global, false},
		{"through a proxy, everybody", proxied, everybody, transaction.Global, false},
		{"founding, no signer", founded, nil, calledByEntry, false},
		{"founding, all but the committee", founded, everybody[1:], transaction.Global, false},
		{"founding, the committee", founded, by(p.Committee), calledByEntry, true},
		{"founding, the committee, scope none", founded, by(p.Committee), transaction.None, false},
		{"founding through a proxy, everybody", foundedByProxy, everybody, transaction.Global, false},
	} {
		t.Run(c.name, func(t *testing.T) { requireAccess(t, p.try(c.script, scoped(c.scope, c.signers)...), c.allowed) })
	}
}

func requireAccess(t *testing.T, err error, allowed bool) {
	if allowed {
		require.NoError(t, err)
	} else {
		require.ErrorContains(t, err, access.ErrWitness)
	}
}

func scoped(scope transaction.WitnessScope, signers []neotest.Signer) []transaction.Signer {
	witnesses := make([]transaction.Signer, len(signers))
	for i, signer := range signers {
		witnesses[i] = transaction.Signer{Account: signer.ScriptHash(), Scopes: scope}
	}
	return witnesses
}

// requireEveryMethod requires an example of every method, and a signer for exactly those that are not safe, but for the open ones.
func requireEveryMethod(c *neotest.Contract, t *testing.T, examples []example) {
	for _, method := range c.Manifest.ABI.Methods {
		if strings.HasPrefix(method.Name, "_") || method.Name == forTokens {
			continue
		}
		found := slices.IndexFunc(examples, func(e example) bool { return e.method == method.Name })
		require.GreaterOrEqual(t, found, 0, "no example of %s", method.Name)
		require.Equal(t, method.Safe, examples[found].signers == nil && !slices.Contains(open, method.Name), method.Name)
	}
}

func identifiersExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../identifiers", p.identifiers)
	guardian, successor, fresh := account(p.t), account(p.t), account(p.t)
	alice, bob := account(p.t), account(p.t)
	for _, holder := range by(alice, bob) {
		p.call(by(holder), p.identifiers, "register", id(holder), []byte("{}"), id(guardian), 1_000).halts()
	}
	p.call(by(guardian), p.identifiers, "startRecovery", id(bob), id(successor)).halts()
	p.at(p.now() + 1_000)
	return []example{
		{"register", by(fresh), []any{id(fresh), []byte("{}"), id(guardian), 1_000}},
		{"updateDocument", by(alice), []any{id(alice), 1, []byte("{}")}},
		{"rotate", by(alice, successor), []any{id(alice), 1, id(successor)}},
		{"setRecovery", by(alice), []any{id(alice), 1, nil, 0}},
		{"deactivate", by(alice), []any{id(alice), 1}},
		{"startRecovery", by(guardian), []any{id(alice), id(successor)}},
		{"cancelRecovery", by(bob), []any{id(bob)}},
		{"finishRecovery", by(guardian, successor), []any{id(bob)}},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"get", nil, []any{id(alice)}},
		{"getVersion", nil, []any{id(alice), 1}},
		{"resolve", nil, []any{id(alice), 0}},
		{"versionAt", nil, []any{id(alice), p.now()}},
		{"controllerOf", nil, []any{id(alice)}},
		{"version", nil, nil},
	}
}

func trustExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../trust", p.trust)
	newcomer := p.registered()
	bank := p.issuer()
	p.found(p.trust, "registerCredentialType", "student", 1, []byte("{}")).halts()
	p.call(by(p.bureau), p.trust, "suspend", id(p.bureau), trust.KindIssue, id(bank), typeId, 1).halts()
	owner, bureau := p.council, id(p.bureau)
	authority := []any{trust.KindAuthority, bureau, ""}
	institution := []any{trust.KindInstitution, id(p.hospital), ""}
	suspended := []any{trust.KindIssue, id(bank), typeId}
	change := func(actor util.Uint160, grant []any, last int) []any {
		return append(append([]any{actor}, grant...), last)
	}
	return []example{
		{"addAuthority", byOwner, []any{id(newcomer), "120000", later}},
		{"addInstitution", by(p.bureau), []any{bureau, id(newcomer), "bank", later}},
		{"registerCredentialType", byOwner, []any{typeId, 2, []byte("{}")}},
		{"accreditIssuer", by(p.bureau), []any{bureau, id(p.hospital), "student", 0, later}},
		{"registerQuery", byOwner, []any{bureau, id(p.hospital), queryId, []byte("{}")}},
		{"suspend", byOwner, change(owner, authority, 1)},
		{"suspend", byOwner, change(owner, institution, 1)},
		{"suspend", by(p.bureau), change(bureau, institution, 1)},
		{"reinstate", byOwner, change(owner, suspended, 1)},
		{"reinstate", by(p.bureau), change(bureau, suspended, 1)},
		{"revoke", byOwner, change(owner, authority, 1)},
		{"revoke", by(p.bureau), change(bureau, suspended, 1)},
		{"renew", byOwner, change(owner, authority, later)},
		{"renew", by(p.bureau), change(bureau, institution, later)},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"grant", nil, authority},
		{"history", nil, append(slices.Clone(authority), 1)},
		{"historyLength", nil, authority},
		{"standingAt", nil, append(slices.Clone(authority), p.now())},
		{"mayIssue", nil, []any{id(p.hospital), typeId, p.now()}},
		{"mayAsk", nil, []any{id(p.hospital), queryId, p.now()}},
		{"credentialType", nil, []any{typeId, 1}},
		{"query", nil, []any{id(p.hospital), queryId, 1}},
		{"identifiers", nil, nil},
		{"version", nil, nil},
	}
}

func statusExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../status", p.status)
	leaf := make([]byte, 32)
	hospital := id(p.hospital)
	p.call(by(p.hospital), p.status, "append", hospital, typeId, 0, leaf, leaf).halts()
	return []example{
		{"append", by(p.hospital), []any{hospital, typeId, 1, leaf, leaf}},
		{"setLeaves", by(p.hospital), []any{hospital, typeId, []any{0}, leaf, leaf}},
		{"anchorStatusList", by(p.hospital), []any{hospital, "list", leaf}},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"tree", nil, []any{hospital, typeId}},
		{"rootAt", nil, []any{hospital, typeId, 1}},
		{"statusListAnchor", nil, []any{hospital, "list"}},
		{"statusListAnchorAt", nil, []any{hospital, "list", 1}},
		{"identifiers", nil, nil},
		{"trust", nil, nil},
		{"version", nil, nil},
	}
}

func proofsExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../proofs", p.proofs)
	show := newShowing(p)
	inputs := show.showInputs()
	proofs := show.proofs()
	return []example{
		{"setVerifyingKey", byOwner, []any{"show", 2, show.show.file()}},
		{"recordRootSet", nil, []any{typeId, []any{id(show.issuer)}, []any{1}}},
		{"spend", by(show.verifier), show.args()},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"verify", nil, []any{"show", 0, proofs[192:], inputs}},
		{"verifyBatch", nil, []any{"show", 1, proofs[192:], inputs}},
		{"verifyPresentation", nil, []any{1, 1, proofs, show.rootSet, inputs}},
		{"verifyingKey", nil, []any{"show", 0}},
		{"rootSet", nil, []any{show.rootSet}},
		{"scopeOf", nil, []any{id(show.verifier), []byte("ride"), 1}},
		{"contextOf", nil, []any{id(show.verifier), show.nonce}},
		{"isSpent", nil, []any{show.scope(), littleEndian(show.nullifier)}},
		{"isUsed", nil, []any{littleEndian(show.commitment)}},
		{"production", nil, nil},
		{"identifiers", nil, nil},
		{"trust", nil, nil},
		{"status", nil, nil},
		{"version", nil, nil},
	}
}

func gatewayExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../gateway", p.gateway)
	guardian, did := account(p.t), "did:web:gateway.example"
	first, second := newValidators(p.t, "titles", 4), newValidators(p.t, "second", 4)
	o := newOtherNeo(p.t, map[string][]byte{"key": []byte("value")})
	p.setFabric(hospitals, 2, "A", "B").halts()
	p.setNeo(0, first).halts()
	p.found(p.gateway, "setGuardian", id(guardian)).halts()
	p.found(p.gateway, "setCounterpart", did, hospitals, peerKeys(p.t, "gateway")[0], true).halts()
	return []example{
		{"setFabricNetwork", byOwner, []any{hospitals, "hospitals", "hufu", 2, []any{"A", "B"}, peerKeys(p.t, "A", "B"), true}},
		{"setNeoNetwork", byOwner, []any{7, 1, first.account(), 12, true}},
		{"setGuardian", byOwner, []any{id(guardian)}},
		{"setCounterpart", byOwner, []any{did, hospitals, peerKeys(p.t, "gateway")[0], false}},
		{"switchNetwork", byOwner, []any{p.council, hospitals, true}},
		{"switchNetwork", byOwner, []any{p.council, hospitals, false}},
		{"switchNetwork", by(guardian), []any{id(guardian), hospitals, false}},
		{"followValidators", nil, []any{otherNetwork, []any{o.header(1, first, second)}}},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"network", nil, []any{hospitals}},
		{"networkAt", nil, []any{hospitals, 1}},
		{"isOn", nil, []any{hospitals}},
		{"validators", nil, []any{otherNetwork}},
		{"counterpart", nil, []any{did}},
		{"counterpartAt", nil, []any{did, 1}},
		{"guardian", nil, nil},
		{"fabricAnswer", nil, append([]any{hospitals}, newAnswer("A", "B").args(p.t)...)},
		{"neoEntry", nil, []any{otherNetwork, o.header(1, first, first), []byte("key"), o.proof(otherContract, "key")}},
		{"version", nil, nil},
	}
}

func titlesExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../titles", p.titles)
	p.openTitles()
	for _, title := range []string{label + "held", label + "leaving", label + "staying"} {
		p.issue(title).halts()
	}
	p.call(by(p.hospital), p.titles, "lock", label+"staying", transferOf("staying"), p.now()+1, hospitals, taker).halts()
	p.lock(label+"leaving", "leaving").halts()
	v := newValidators(p.t, "titles", 4)
	o := newOtherNeo(p.t, map[string][]byte{leftKey("from neo"): leftRecord(p.t, "from-neo", p.thisNetwork())})
	fromNeo := []any{otherNetwork, transferOf("from neo"), o.header(1, v, v), o.proof(otherContract, leftKey("from neo"))}
	return []example{
		{"setRegistrar", byOwner, []any{id(p.hospital), true}},
		{"setCustodian", byOwner, []any{hospitals, id(p.hospital)}},
		{"issue", by(p.hospital), []any{id(p.hospital), label + "new", holder, contentOf("new")}},
		{"lock", by(p.hospital), []any{label + "held", transferOf("held"), p.now() + day, hospitals, taker}},
		{"leave", nil, []any{transferOf("leaving")}},
		{"unlock", nil, []any{transferOf("staying")}},
		{"arriveFromFabric", nil, append([]any{hospitals, transferOf("from fabric")}, p.leftAnswer("from-fabric", "from fabric").args(p.t)...)},
		{"arriveFromNeo", nil, fromNeo},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"title", nil, []any{label + "held"}},
		{"titleAt", nil, []any{label + "held", 1}},
		{"left", nil, []any{transferOf("leaving")}},
		{"arrival", nil, []any{hospitals, transferOf("leaving")}},
		{"isRegistrar", nil, []any{id(p.hospital)}},
		{"custodianOf", nil, []any{hospitals}},
		{"identifiers", nil, nil},
		{"gateway", nil, nil},
		{"version", nil, nil},
	}
}

func councilExamples(p *pilot) []example {
	nef, manifest := p.nextRelease("../council", p.council)
	harmless := []any{p.trust, "version", []any{}}
	executable, executableHash := p.passed(harmless)
	p.at(p.now() + delayMs)
	vetoable, vetoableHash := p.passed(harmless)
	open, openHash := p.propose(0, harmless)
	seat, name := by(p.seats[0]), seatNames[0]
	member := p.member(0)
	ballot := p.newBallot(1)
	p.found(p.council, "setBallot", seatNames[1], ballot).halts()
	p.registerCandidate(1)
	p.giveNeo(ballot, 1)
	collection, signed := p.openCollection(0)
	return []example{
		{"found", by(p.Committee), []any{[]any{harmless}}},
		{"endFounding", by(p.Committee), nil},
		{"propose", seat, []any{name, []any{harmless}, "title"}},
		{"vote", seat, []any{name, open, openHash, true}},
		{"retract", seat, []any{name, vetoable}},
		{"veto", seat, []any{name, vetoable, vetoableHash}},
		{"withdraw", seat, []any{name, open}},
		{"execute", seat, []any{name, executable, executableHash}},
		{"requestStop", seat, []any{name, 1}},
		{"setSeat", byOwner, []any{name, id(p.bureau)}},
		{"removeSeat", byOwner, []any{name}},
		{"setRules", byOwner, []any{rules}},
		{"setBallot", byOwner, []any{name, ballot}},
		{"setValidator", byOwner, []any{seatNames[1], p.validatorKey(1)}},
		{"openCollection", by(member), []any{p.validatorKey(0), []byte("transaction")}},
		{"addSignature", nil, []any{collection, p.validatorKey(1), p.signature(1, signed)}},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"isFounding", nil, nil},
		{"proposal", nil, []any{open}},
		{"payload", nil, []any{open}},
		{"proposalCount", nil, nil},
		{"votesOf", nil, []any{open}},
		{"standing", nil, []any{open}},
		{"seats", nil, nil},
		{"rules", nil, nil},
		{"isStopped", nil, nil},
		{"stoppedUntilMs", nil, nil},
		{"collection", nil, []any{collection}},
		{"collectionTransaction", nil, []any{collection}},
		{"collectionCount", nil, nil},
		{"version", nil, nil},
	}
}

func ballotExamples(p *pilot, ballot util.Uint160) []example {
	nef, manifest := p.nextRelease("../ballot", ballot)
	p.registerCandidate(0)
	p.giveNeo(ballot, 10)
	return []example{
		{"vote", byOwner, []any{p.validatorKey(0)}},
		{"transfer", byOwner, []any{p.neo(), id(p.bureau), 1}},
		{"update", byOwner, []any{nef, manifest, nil}},
		{"version", nil, nil},
	}
}
