package tests

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/council"
	"hufu/contracts/status"
	"hufu/contracts/trust"

	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/stackitem"
	"github.com/stretchr/testify/require"
)

func TestCouncil(t *testing.T) {
	shared := newPilot(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"a proposal from the first word to the last", wholeProposal},
		{"votes are for one payload, and no other", onePayload},
		{"each seat has one vote", oneVoteEach},
		{"votes count until the voting ends", votingEnds},
		{"a proposal that cannot pass is rejected", hopelessIsRejected},
		{"an agreeing vote can be taken back", votesAreRetracted},
		{"vetoes make the delay longer, once", vetoesDelay},
		{"executed neither too early nor too late", executionWindow},
		{"withdrawn by who proposed it", onlyProposerWithdraws},
		{"a call that faults changes nothing", faultChangesNothing},
		{"what is executed runs once, also from within", executedOnce},
		{"whoever has no seat has no say", noSeatNoSay},
		{"what only the council may do", onlyTheCouncil},
		{"calls, titles and numbers out of bounds", councilBounds},
		{"the ledger's committee signs without files", signaturesAreCollected},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
	// These change the council itself.
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"founding ends for good", foundingEnds},
		{"seats change hands, come and go", seatsChange},
		{"rules fit the seats", rulesFit},
		{"an emergency stop stops what gives rights, and ends by itself", stopEndsByItself},
		{"a seat waits before it asks for another stop", stopsAreRare},
		{"ballots vote as the council says", ballotsVote},
		{"a ballot gives what it holds as the council says", ballotsGive},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, newPilot(t)) })
	}
}

// suspension is a call that suspends an authority.
func (p *pilot) suspension(authority neotest.Signer) []any {
	return []any{p.trust, "suspend", []any{p.council, trust.KindAuthority, id(authority), "", 1}}
}

func (p *pilot) proposal(id int) []any {
	return fields(p.t, p.read(p.council, "proposal", id))
}

func (p *pilot) requireStanding(standing, id int) {
	require.Equal(p.t, standing, p.readInt(p.council, "standing", id))
}

// flipped is other bytes than those given.
func flipped(digest []byte) []byte {
	other := bytes.Clone(digest)
	other[31] ^= 1
	return other
}

func wholeProposal(t *testing.T, p *pilot) {
	office := p.authority(later)
	calls := []any{p.suspension(office)}
	count := p.readInt(p.council, "proposalCount")
	at, block := p.now(), p.nextBlock()
	events := p.say(1, "propose", calls, "停用 a bureau").halts()
	number := count + 1
	require.Len(t, events, 1)
	payload := plain(t, p.read(p.council, "payload", number)).([]byte)
	digest := sha256.Sum256(payload)
	requireEvent(t, events[0], p.council, "Proposed", number, []byte("shanghai"), digest[:], []byte("停用 a bureau"), at+votingMs)
	require.Equal(t, number, p.readInt(p.council, "proposalCount"))
	require.Equal(t, []any{[]byte("shanghai"), []byte("停用 a bureau"), digest[:], council.Open, at, at + votingMs, 0, 0, 0, 0, 0, block, []any{}}, p.proposal(number))

	// The payload says what is called, with what.
	content, err := stackitem.Deserialize(payload)
	require.NoError(t, err)
	called := []any{hash(p.trust), []byte("suspend"), []any{hash(p.council), trust.KindAuthority, hash(id(office)), []byte{}, 1}}
	require.Equal(t, []any{called}, fields(t, content))

	for seat := range 4 {
		events := p.say(seat, "vote", number, digest[:], true).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.council, "Voted", number, []byte(seatNames[seat]), council.Agrees)
	}
	against := p.now()
	p.say(6, "vote", number, digest[:], false).halts()
	p.requireStanding(council.Open, number)
	p.at(p.now() + day)
	passedAt := p.now()
	events = p.say(4, "vote", number, digest[:], true).halts()
	requireEvent(t, events[1], p.council, "ProposalChanged", number, council.Passed, passedAt+delayMs, passedAt+delayMs+executeWithinMs)
	p.requireStanding(council.Passed, number)
	votes := fields(t, p.read(p.council, "votesOf", number))
	require.Len(t, votes, 6)
	require.Equal(t, []any{[]byte("coordinator"), council.Against, against}, votes[4])
	require.Equal(t, []any{[]byte("wuhan"), council.Agrees, passedAt}, votes[5])
	require.Equal(t, []any{passedAt, passedAt + delayMs, passedAt + delayMs + executeWithinMs, 0, 0, p.nextBlock() - 1, votes}, p.proposal(number)[6:])
	// The sixth may still agree: nobody's second thoughts then end it.
	p.say(5, "vote", number, digest[:], true).halts()

	p.at(passedAt + delayMs)
	p.requireStanding(council.Executable, number)
	require.Equal(t, trust.Active, p.standing(trust.KindAuthority, office, "", p.now()-1))
	executedAt := p.now()
	events = p.say(6, "execute", number, digest[:]).halts()
	require.Len(t, events, 2)
	requireEvent(t, events[0], p.council, "ProposalChanged", number, council.Executed, passedAt+delayMs, passedAt+delayMs+executeWithinMs)
	require.Equal(t, "GrantChanged", events[1].Name)
	require.Equal(t, trust.Suspended, p.standing(trust.KindAuthority, office, "", p.now()))
	require.Equal(t, hash(p.council), fields(t, p.read(p.trust, "grant", trust.KindAuthority, id(office), ""))[7])
	p.requireStanding(council.Executed, number)
	require.Equal(t, executedAt, p.proposal(number)[10])

	for _, late := range []outcome{
		p.say(6, "execute", number, digest[:]), p.say(0, "execute", number, digest[:]), p.say(1, "withdraw", number), p.say(0, "retract", number),
		p.say(0, "veto", number, digest[:]),
	} {
		late.faults(council.ErrState)
	}
}

func onePayload(t *testing.T, p *pilot) {
	office := p.authority(later)
	first, firstHash := p.propose(0, p.suspension(office))
	second, secondHash := p.propose(0, p.suspension(p.bureau))
	require.NotEqual(t, firstHash, secondHash)
	for _, wrong := range [][]byte{secondHash, flipped(firstHash), make([]byte, 32)} {
		p.say(0, "vote", first, wrong, true).faults(council.ErrPayload)
		p.say(0, "vote", first, wrong, false).faults(council.ErrPayload)
	}
	for _, malformed := range []any{nil, firstHash[:31], append(bytes.Clone(firstHash), 0)} {
		p.say(0, "vote", first, malformed, true).faults(arguments.ErrHash)
	}
	require.Empty(t, fields(t, p.read(p.council, "votesOf", first)))

	passed, passedHash := p.passed(p.suspension(office))
	require.Equal(t, firstHash, passedHash, "one payload, one hash")
	p.say(0, "veto", passed, secondHash).faults(council.ErrPayload)
	p.at(p.now() + delayMs)
	p.say(0, "execute", passed, secondHash).faults(council.ErrPayload)
	p.say(0, "execute", passed, flipped(passedHash)).faults(council.ErrPayload)
	// What counts is which proposal was voted for, not only what it would do.
	p.say(0, "execute", first, firstHash).faults(council.ErrState)
	p.requireStanding(council.Executable, passed)
	p.requireStanding(council.Open, second)
	require.True(t, p.standing(trust.KindAuthority, office, "", p.now()) == trust.Active)
	p.say(0, "withdraw", passed).halts()
}

func oneVoteEach(t *testing.T, p *pilot) {
	number, payloadHash := p.propose(0, p.suspension(p.bureau))
	p.say(0, "vote", number, payloadHash, true).halts()
	p.say(1, "vote", number, payloadHash, false).halts()
	p.say(2, "vote", number, payloadHash, true).halts()
	p.say(2, "retract", number).halts()
	before := p.proposal(number)
	for seat := range 3 {
		p.say(seat, "vote", number, payloadHash, true).faults(council.ErrVoted)
		p.say(seat, "vote", number, payloadHash, false).faults(council.ErrVoted)
	}
	// Nor twice in one transaction.
	vote := func(agrees bool) []byte {
		return callScript(t, p.council, "vote", seatNames[3], number, payloadHash, agrees)
	}
	signed := scoped(calledByEntry, by(p.seats[3]))
	require.NoError(t, p.try(vote(true), signed...))
	require.ErrorContains(t, p.try(append(vote(true), vote(true)...), signed...), council.ErrVoted)
	require.Equal(t, before, p.proposal(number))
}

func votingEnds(t *testing.T, p *pilot) {
	number, payloadHash := p.propose(0, p.suspension(p.bureau))
	ends := p.proposal(number)[5].(int)
	for seat := range 3 {
		p.say(seat, "vote", number, payloadHash, true).halts()
	}
	p.at(ends - 1)
	p.say(3, "vote", number, payloadHash, true).halts()
	require.Equal(t, ends, p.now())
	p.requireStanding(council.Expired, number)
	p.say(4, "vote", number, payloadHash, true).faults(council.ErrVotingOver)
	p.say(4, "vote", number, payloadHash, false).faults(council.ErrVotingOver)
	p.say(4, "execute", number, payloadHash).faults(council.ErrState)
	p.say(4, "veto", number, payloadHash).faults(council.ErrState)
	require.Len(t, fields(t, p.read(p.council, "votesOf", number)), 4)
	p.say(0, "withdraw", number).halts()

	// In its last moment a vote still passes it, and the delay begins.
	number, payloadHash = p.propose(0, p.suspension(p.bureau))
	for seat := range 4 {
		p.say(seat, "vote", number, payloadHash, true).halts()
	}
	p.at(p.proposal(number)[5].(int) - 1)
	p.say(4, "vote", number, payloadHash, true).halts()
	p.requireStanding(council.Passed, number)
	p.say(5, "vote", number, payloadHash, true).faults(council.ErrVotingOver)
	p.say(0, "withdraw", number).halts()
}

func hopelessIsRejected(t *testing.T, p *pilot) {
	number, payloadHash := p.propose(0, p.suspension(p.bureau))
	p.say(0, "vote", number, payloadHash, true).halts()
	p.say(1, "vote", number, payloadHash, false).halts()
	p.say(2, "vote", number, payloadHash, false).halts()
	p.requireStanding(council.Open, number)
	rejected := p.now()
	events := p.say(3, "vote", number, payloadHash, false).halts()
	requireEvent(t, events[1], p.council, "ProposalChanged", number, council.Rejected, 0, 0)
	p.requireStanding(council.Rejected, number)
	require.Equal(t, rejected, p.proposal(number)[10])
	p.say(4, "vote", number, payloadHash, true).faults(council.ErrState)
	p.say(0, "execute", number, payloadHash).faults(council.ErrState)
	p.say(0, "withdraw", number).faults(council.ErrState)

	// Second thoughts are as good as votes against.
	number, payloadHash = p.propose(0, p.suspension(p.bureau))
	for seat := range 3 {
		p.say(seat, "vote", number, payloadHash, true).halts()
	}
	p.say(0, "retract", number).halts()
	p.say(1, "retract", number).halts()
	p.requireStanding(council.Open, number)
	p.say(2, "retract", number).halts()
	p.requireStanding(council.Rejected, number)
}

func votesAreRetracted(t *testing.T, p *pilot) {
	number, payloadHash := p.passed(p.suspension(p.bureau))
	p.say(5, "vote", number, payloadHash, true).halts()
	p.say(6, "vote", number, payloadHash, false).halts()
	p.say(6, "retract", number).faults(council.ErrNoVote)
	events := p.say(0, "retract", number).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.council, "Voted", number, []byte("beijing"), council.Retracted)
	p.say(0, "retract", number).faults(council.ErrNoVote)
	p.requireStanding(council.Passed, number)
	p.at(p.now() + delayMs)
	p.requireStanding(council.Executable, number)
	p.say(1, "retract", number).halts()
	p.requireStanding(council.Rejected, number)
	p.say(2, "execute", number, payloadHash).faults(council.ErrState)
	require.Equal(t, trust.Active, p.standing(trust.KindAuthority, p.bureau, "", p.now()))

	number, _ = p.propose(0, p.suspension(p.bureau))
	p.say(0, "retract", number).faults(council.ErrNoVote)
}

func vetoesDelay(t *testing.T, p *pilot) {
	office := p.authority(later)
	number, payloadHash := p.propose(0, p.suspension(office))
	p.say(6, "veto", number, payloadHash).faults(council.ErrState)
	p.say(0, "withdraw", number).halts()

	number, payloadHash = p.passed(p.suspension(office))
	passedAt := p.proposal(number)[6].(int)
	events := p.say(6, "veto", number, payloadHash).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.council, "Voted", number, []byte("coordinator"), council.Vetoes)
	p.say(6, "veto", number, payloadHash).faults(council.ErrVoted)
	// One that agreed may think again; two are not enough.
	p.say(0, "veto", number, payloadHash).halts()
	require.Equal(t, []any{passedAt + delayMs, passedAt + delayMs + executeWithinMs, 0}, p.proposal(number)[7:10])
	p.at(passedAt + delayMs - 1)
	vetoedAt := p.now()
	events = p.say(5, "veto", number, payloadHash).halts()
	requireEvent(t, events[1], p.council, "ProposalChanged", number, council.Passed, passedAt+vetoDelayMs, passedAt+vetoDelayMs+executeWithinMs)
	require.Equal(t, []any{passedAt + vetoDelayMs, passedAt + vetoDelayMs + executeWithinMs, vetoedAt}, p.proposal(number)[7:10])
	p.say(0, "execute", number, payloadHash).faults(council.ErrTooEarly)
	// Once: the fourth cannot hold it up for longer.
	p.say(4, "veto", number, payloadHash).faults(council.ErrVetoOver)
	p.at(passedAt + vetoDelayMs - 1)
	p.say(0, "execute", number, payloadHash).faults(council.ErrTooEarly)
	p.say(0, "execute", number, payloadHash).halts()
	require.Equal(t, trust.Suspended, p.standing(trust.KindAuthority, office, "", p.now()))

	// After the delay there is no time for a veto, and two that came before it change nothing.
	number, payloadHash = p.passed([]any{p.trust, "reinstate", []any{p.council, trust.KindAuthority, id(office), "", 1}})
	p.say(5, "veto", number, payloadHash).halts()
	p.say(6, "veto", number, payloadHash).halts()
	p.at(p.proposal(number)[7].(int))
	p.say(4, "veto", number, payloadHash).faults(council.ErrVetoOver)
	p.say(4, "execute", number, payloadHash).halts()
	require.Equal(t, trust.Active, p.standing(trust.KindAuthority, office, "", p.now()))
}

func executionWindow(t *testing.T, p *pilot) {
	office := p.authority(later)
	number, payloadHash := p.propose(0, p.suspension(office))
	p.say(0, "execute", number, payloadHash).faults(council.ErrState)
	p.say(0, "withdraw", number).halts()
	number, payloadHash = p.passed(p.suspension(office))
	p.say(0, "execute", number, payloadHash).faults(council.ErrTooEarly)
	from, until := p.proposal(number)[7].(int), p.proposal(number)[8].(int)
	p.at(from - 1)
	p.requireStanding(council.Passed, number)
	p.say(0, "execute", number, payloadHash).faults(council.ErrTooEarly)
	p.requireStanding(council.Executable, number)
	p.at(until)
	p.requireStanding(council.Lapsed, number)
	p.say(0, "execute", number, payloadHash).faults(council.ErrTooLate)
	require.Equal(t, trust.Active, p.standing(trust.KindAuthority, office, "", p.now()))

	for _, moment := range []func(from, until int) int{func(from, _ int) int { return from }, func(_, until int) int { return until - 1 }} {
		office := p.authority(later)
		number, payloadHash := p.passed(p.suspension(office))
		p.at(moment(p.proposal(number)[7].(int), p.proposal(number)[8].(int)))
		p.say(5, "execute", number, payloadHash).halts()
		require.Equal(t, trust.Suspended, p.standing(trust.KindAuthority, office, "", p.now()))
	}
}

func onlyProposerWithdraws(t *testing.T, p *pilot) {
	number, payloadHash := p.passed(p.suspension(p.bureau))
	p.say(1, "withdraw", number).faults(council.ErrProposer)
	events := p.say(0, "withdraw", number).halts()
	require.Len(t, events, 1)
	require.Equal(t, []any{number, council.Withdrawn}, fields(t, events[0].Item)[:2])
	p.requireStanding(council.Withdrawn, number)
	p.at(p.now() + delayMs)
	p.say(0, "execute", number, payloadHash).faults(council.ErrState)
	p.say(0, "withdraw", number).faults(council.ErrState)
	p.say(5, "vote", number, payloadHash, true).faults(council.ErrState)
}

func faultChangesNothing(t *testing.T, p *pilot) {
	office, other := p.authority(later), p.registered()
	number, payloadHash := p.passed(p.suspension(office), []any{p.trust, "addAuthority", []any{id(other), "130000", p.now() + 3*day}},
		[]any{p.trust, "addAuthority", []any{id(office), "130000", later}})
	p.at(p.now() + delayMs)
	before := p.proposal(number)
	p.say(0, "execute", number, payloadHash).faults(trust.ErrExists)
	require.Equal(t, before, p.proposal(number))
	p.requireStanding(council.Executable, number)
	require.Equal(t, trust.Active, p.standing(trust.KindAuthority, office, "", p.now()))
	require.Equal(t, trust.None, p.standing(trust.KindAuthority, other, "", p.now()))

	p.decided([]any{p.trust, "unheardOf", []any{}}).faults("method not found")
	p.decided([]any{id(other), "version", []any{}}).faults("called contract")
	p.decided([]any{p.trust, "version", []any{1}}).faults("method not found")
	// The owner's key opens nothing that was not voted for: no signature of a seat rides along.
	p.decided([]any{p.identifiers, "deactivate", []any{id(p.seats[0]), 1}}).faults(access.ErrInactive)
	p.register(p.seats[0])
	p.decided([]any{p.identifiers, "deactivate", []any{id(p.seats[0]), 1}}).faults(access.ErrWitness)
}

func executedOnce(t *testing.T, p *pilot) {
	p.found(p.council, "setSeat", "proxy", p.proxy).halts()
	defer func() { p.found(p.council, "removeSeat", "proxy").halts() }()
	number := p.readInt(p.council, "proposalCount") + 1
	// The proxy has a seat: it takes the proposal back while it is being executed.
	inner := []any{p.proxy, "forward", []any{p.council, "withdraw", []any{"proxy", number}}}
	p.call(nil, p.proxy, "forward", p.council, "propose", []any{"proxy", []any{inner}, "title"}).halts()
	payloadHash := p.proposal(number)[2].([]byte)
	for seat := range 5 {
		p.say(seat, "vote", number, payloadHash, true).halts()
	}
	p.at(p.now() + delayMs)
	p.say(0, "execute", number, payloadHash).faults(council.ErrState)
	// A contract in a seat acts for itself, and for nobody else.
	p.call(by(p.seats[0]), p.proxy, "forward", p.council, "vote", []any{seatNames[0], number, payloadHash, true}).faults(access.ErrWitness)
	p.call(nil, p.proxy, "forward", p.council, "withdraw", []any{"proxy", number}).halts()
}

func noSeatNoSay(t *testing.T, p *pilot) {
	number, payloadHash := p.passed(p.suspension(p.bureau))
	stranger := account(t)
	for _, c := range []struct {
		seat    any
		signers []neotest.Signer
		fault   string
	}{
		{"beijing", by(stranger), access.ErrWitness},
		{"beijing", by(p.seats[1]), access.ErrWitness},
		{"beijing", by(p.Committee), access.ErrWitness},
		{"nanjing", by(stranger), council.ErrSeat},
		{"Beijing", by(p.seats[0]), council.ErrSeat},
		{"", by(p.seats[0]), arguments.ErrName},
		{nil, by(p.seats[0]), arguments.ErrName},
	} {
		say := func(method string, args ...any) {
			p.call(c.signers, p.council, method, append([]any{c.seat}, args...)...).faults(c.fault)
		}
		before := p.proposal(number)
		say("propose", []any{p.suspension(p.bureau)}, "title")
		say("vote", number, payloadHash, false)
		say("retract", number)
		say("veto", number, payloadHash)
		say("withdraw", number)
		say("execute", number, payloadHash)
		say("requestStop", 1)
		require.Equal(t, before, p.proposal(number))
	}
	require.Equal(t, number, p.readInt(p.council, "proposalCount"))
	require.Equal(t, 0, p.readInt(p.council, "stoppedUntilMs"))
	p.say(0, "withdraw", number).halts()
}

func onlyTheCouncil(t *testing.T, p *pilot) {
	nef, manifest := p.nextRelease("../council", p.council)
	everybody := append(by(p.Committee, p.bureau), p.seats...)
	for method, args := range map[string][]any{
		"setSeat":      {"beijing", id(p.bureau)},
		"removeSeat":   {"beijing"},
		"setRules":     {rules},
		"setBallot":    {"beijing", p.proxy},
		"setValidator": {"beijing", p.validatorKey(0)},
		"update":       {nef, manifest, nil},
	} {
		p.call(everybody, p.council, method, args...).faults(access.ErrWitness)
		p.call(everybody, p.proxy, "forward", p.council, method, args).faults(access.ErrWitness)
	}
	for _, contract := range []util.Uint160{p.identifiers, p.trust, p.status, p.proofs} {
		p.call(everybody, contract, "update", nef, manifest, nil).faults(access.ErrWitness)
	}
	p.call(everybody, p.trust, "addAuthority", id(p.registered()), "130000", later).faults(access.ErrWitness)
	p.call(everybody, p.trust, "registerQuery", id(p.bureau), id(p.hospital), queryId, []byte("{}")).faults(access.ErrWitness)
	p.call(everybody, p.trust, "suspend", p.council, trust.KindAuthority, id(p.bureau), "", 1).faults(access.ErrWitness)
	p.call(everybody, p.trust, "suspend", p.Committee.ScriptHash(), trust.KindAuthority, id(p.bureau), "", 1).faults(trust.ErrActor)
}

func councilBounds(t *testing.T, p *pilot) {
	harmless := []any{p.trust, "version", []any{}}
	propose := func(calls any, title any) outcome { return p.say(0, "propose", calls, title) }
	many := func(count int) []any {
		var calls []any
		for range count {
			calls = append(calls, harmless)
		}
		return calls
	}
	count := p.readInt(p.council, "proposalCount")
	propose([]any{}, "title").faults(council.ErrCalls)
	propose(nil, "title").faults(council.ErrCalls)
	propose(many(council.MaxCalls+1), "title").faults(council.ErrCalls)
	propose([]any{[]any{p.trust, "version"}}, "title").faults(council.ErrCalls)
	propose([]any{[]any{p.trust, "version", []any{}, 15}}, "title").faults(council.ErrCalls)
	propose([]any{nil}, "title").faults("")
	propose([]any{[]any{nil, "version", []any{}}}, "title").faults(arguments.ErrHash)
	propose([]any{[]any{[]byte("short"), "version", []any{}}}, "title").faults(arguments.ErrHash)
	propose([]any{[]any{p.trust, "", []any{}}}, "title").faults(arguments.ErrName)
	propose([]any{[]any{p.trust, nil, []any{}}}, "title").faults(arguments.ErrName)
	propose([]any{[]any{p.trust, strings.Repeat("x", council.MaxMethodLength+1), []any{}}}, "title").faults(arguments.ErrName)
	propose([]any{[]any{p.trust, "version", 5}}, "title").faults("")
	propose([]any{harmless}, "").faults(arguments.ErrBytes)
	propose([]any{harmless}, nil).faults(arguments.ErrBytes)
	propose([]any{harmless}, strings.Repeat("x", council.MaxTitleSize+1)).faults(arguments.ErrBytes)
	propose([]any{harmless}, "\xff\xfe").faults("")
	tooLarge := []any{p.trust, "version", []any{make([]byte, council.MaxPayloadSize)}}
	propose([]any{tooLarge}, "title").faults(council.ErrCalls)
	require.Equal(t, count, p.readInt(p.council, "proposalCount"))

	propose(many(council.MaxCalls), strings.Repeat("x", council.MaxTitleSize)).halts()
	largest := []any{p.trust, "version", []any{make([]byte, council.MaxPayloadSize-100)}}
	propose([]any{largest}, "title").halts()
	number := count + 2
	require.Equal(t, number, p.readInt(p.council, "proposalCount"))
	for _, unknown := range []int{0, number + 1, arguments.MaxUint32} {
		p.say(0, "vote", unknown, make([]byte, 32), true).faults(council.ErrProposal)
		require.Equal(t, council.Unknown, p.readInt(p.council, "standing", unknown))
		for _, reader := range []string{"proposal", "payload", "votesOf"} {
			require.Nil(t, plain(t, p.read(p.council, reader, unknown)))
		}
	}
	p.say(0, "vote", -1, make([]byte, 32), true).faults(arguments.ErrInteger)
	p.say(0, "vote", nil, make([]byte, 32), true).faults(arguments.ErrInteger)
	p.readFails(arguments.ErrInteger, p.council, "proposal", arguments.MaxUint32+1)
	p.say(0, "requestStop", -1).faults(arguments.ErrInteger)
	p.say(0, "requestStop", council.MaxReason+1).faults(arguments.ErrInteger)
	p.say(0, "requestStop", nil).faults(arguments.ErrInteger)
}

func signaturesAreCollected(t *testing.T, p *pilot) {
	open := func(signer neotest.Signer, key, transaction any) outcome {
		return p.call(by(signer), p.council, "openCollection", key, transaction)
	}
	stranger := account(t).(neotest.SingleSigner)
	strangersKey := stranger.Account().PublicKey().Bytes()
	open(stranger, strangersKey, []byte("tx")).faults(council.ErrMember)
	open(p.member(1), p.validatorKey(0), []byte("tx")).faults(access.ErrWitness)
	open(p.Committee, p.validatorKey(0), []byte("tx")).faults(access.ErrWitness)
	open(p.member(0), p.validatorKey(0), []byte{}).faults(arguments.ErrBytes)
	open(p.member(0), p.validatorKey(0), nil).faults(arguments.ErrBytes)
	open(p.member(0), p.validatorKey(0), make([]byte, council.MaxTransactionSize+1)).faults(arguments.ErrBytes)
	open(p.member(0), p.validatorKey(0)[1:], []byte("tx")).faults(council.ErrPublicKey)
	open(p.member(0), nil, []byte("tx")).faults(council.ErrPublicKey)
	require.Equal(t, 0, p.readInt(p.council, "collectionCount"))
	require.Nil(t, plain(t, p.read(p.council, "collection", 1)))
	require.Nil(t, plain(t, p.read(p.council, "collectionTransaction", 1)))
	open(p.member(0), p.validatorKey(0), make([]byte, council.MaxTransactionSize)).halts()

	at, block := p.now(), p.nextBlock()
	number, transaction := p.openCollection(2)
	require.Equal(t, 2, number)
	other, otherTransaction := p.openCollection(3)
	digest := sha256.Sum256(transaction)
	require.Equal(t, transaction, plain(t, p.read(p.council, "collectionTransaction", number)))
	require.Equal(t, []any{p.validatorKey(2), digest[:], at, block, []any{}}, fields(t, p.read(p.council, "collection", number)))

	add := func(number int, key, signature any) outcome {
		return p.call(nil, p.council, "addSignature", number, key, signature)
	}
	signature := p.signature(1, transaction)
	add(number, p.validatorKey(0), signature).faults(council.ErrSignature)
	add(number, p.validatorKey(1), p.signature(1, otherTransaction)).faults(council.ErrSignature)
	for _, bit := range []int{0, 255, 511} {
		spoilt := bytes.Clone(signature)
		spoilt[bit/8] ^= 1 << (bit % 8)
		add(number, p.validatorKey(1), spoilt).faults(council.ErrSignature)
	}
	add(number, p.validatorKey(1), signature[:63]).faults(council.ErrSignature)
	add(number, p.validatorKey(1), nil).faults(council.ErrSignature)
	add(number, strangersKey, signature).faults(council.ErrMember)
	add(number, signature, signature).faults(council.ErrPublicKey)
	add(other+1, p.validatorKey(1), signature).faults(council.ErrCollection)
	add(0, p.validatorKey(1), signature).faults(council.ErrCollection)
	require.Empty(t, fields(t, p.read(p.council, "collection", number))[4])

	at = p.now()
	events := add(number, p.validatorKey(1), signature).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.council, "SignatureAdded", number, p.validatorKey(1))
	add(number, p.validatorKey(1), signature).faults(council.ErrSigned)
	add(number, p.validatorKey(1), p.signature(1, transaction)).faults(council.ErrSigned)
	add(number, p.validatorKey(4), p.signature(4, transaction)).halts()
	signatures := fields(t, p.read(p.council, "collection", number))[4].([]any)
	require.Len(t, signatures, 2)
	require.Equal(t, []any{p.validatorKey(1), signature, at}, signatures[0])
	require.Empty(t, fields(t, p.read(p.council, "collection", other))[4])
}

func foundingEnds(t *testing.T, p *pilot) {
	office, harmless := p.authority(later), []any{[]any{p.trust, "version", []any{}}}
	require.True(t, p.readBool(p.council, "isFounding"))
	// All calls or none.
	p.call(by(p.Committee), p.council, "found", []any{p.suspension(office), []any{p.trust, "addAuthority", []any{id(office), "1", later}}}).faults(trust.ErrExists)
	require.Equal(t, trust.Active, p.standing(trust.KindAuthority, office, "", p.now()))
	for _, signer := range append(by(p.bureau), p.seats...) {
		p.call(by(signer), p.council, "found", harmless).faults(access.ErrWitness)
		p.call(by(signer), p.council, "endFounding").faults(access.ErrWitness)
	}
	p.call(by(p.Committee), p.council, "found", []any{}).faults(council.ErrCalls)
	number, _ := p.propose(0, harmless...)
	events := p.call(by(p.Committee), p.council, "found", harmless).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.council, "Founded", p.proposal(number)[2])

	events = p.call(by(p.Committee), p.council, "endFounding").halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.council, "FoundingEnded")
	require.False(t, p.readBool(p.council, "isFounding"))
	p.call(by(p.Committee), p.council, "found", harmless).faults(council.ErrFounded)
	p.call(by(p.Committee), p.council, "endFounding").faults(council.ErrFounded)
	p.decided(p.suspension(office)).halts()
	require.Equal(t, trust.Suspended, p.standing(trust.KindAuthority, office, "", p.now()))

	// Not even an upgrade brings it back.
	nef, manifest := p.nextRelease("../council", p.council)
	p.call(by(p.Committee), p.council, "update", nef, manifest, nil).faults(access.ErrWitness)
	p.decided([]any{p.council, "update", []any{nef, manifest, nil}}).halts()
	require.Equal(t, 1_001, p.readInt(p.council, "version"))
	p.call(by(p.Committee), p.council, "found", harmless).faults(council.ErrFounded)
	p.decided([]any{p.trust, "reinstate", []any{p.council, trust.KindAuthority, id(office), "", 1}}).halts()
}

func seatsChange(t *testing.T, p *pilot) {
	seats := fields(t, p.read(p.council, "seats"))
	require.Len(t, seats, 7)
	require.Equal(t, []any{[]byte("coordinator"), hash(id(p.seats[6])), p.validatorKey(6), nil, seats[6].([]any)[4], 0}, seats[6])

	// The seventh seat changes hands, by the votes of the others; what it voted stays its vote.
	successor := account(t)
	number, payloadHash := p.propose(0, p.suspension(p.authority(later)))
	p.say(6, "vote", number, payloadHash, true).halts()
	change, changeHash := p.passed([]any{p.council, "setSeat", []any{"coordinator", id(successor)}})
	p.at(p.now() + delayMs)
	events := p.say(0, "execute", change, changeHash).halts()
	requireEvent(t, events[1], p.council, "SeatChanged", []byte("coordinator"), hash(id(successor)))
	p.say(6, "retract", number).faults(access.ErrWitness)
	p.seats[6] = successor
	p.say(6, "vote", number, payloadHash, true).faults(council.ErrVoted)
	p.say(6, "retract", number).halts()
	p.say(0, "withdraw", number).halts()
	require.Equal(t, seats[:6], fields(t, p.read(p.council, "seats"))[:6])

	// A seat that is removed takes its votes with it.
	number, payloadHash = p.passed(p.suspension(p.authority(later)))
	p.say(6, "veto", number, payloadHash).halts()
	p.say(5, "veto", number, payloadHash).halts()
	events = p.found(p.council, "removeSeat", "wuhan").halts()
	requireEvent(t, events[0], p.council, "SeatRemoved", []byte("wuhan"))
	require.Len(t, fields(t, p.read(p.council, "seats")), 6)
	p.say(4, "veto", number, payloadHash).faults(council.ErrSeat)
	p.at(p.now() + delayMs)
	p.say(0, "execute", number, payloadHash).faults(council.ErrVotes)
	p.requireStanding(council.Executable, number)
	// One of its name that comes later has said nothing yet, nor did it propose anything.
	p.found(p.council, "setSeat", "wuhan", id(p.seats[4])).halts()
	p.say(0, "execute", number, payloadHash).faults(council.ErrVotes)
	p.say(4, "retract", number).faults(council.ErrNoVote)
	p.say(4, "vote", number, payloadHash, true).halts()
	p.say(0, "execute", number, payloadHash).halts()
	proposed, proposedHash := p.propose(4, p.suspension(p.bureau))
	p.say(3, "vote", proposed, proposedHash, true).halts()
	p.found(p.council, "removeSeat", "wuhan").halts()
	p.found(p.council, "setSeat", "wuhan", id(p.seats[4])).halts()
	p.say(4, "withdraw", proposed).faults(council.ErrProposer)

	vetoed, vetoedHash := p.passed(p.suspension(p.bureau))
	p.say(4, "veto", vetoed, vetoedHash).halts()
	p.found(p.council, "removeSeat", "wuhan").halts()
	p.found(p.council, "setSeat", "wuhan", id(p.seats[4])).halts()
	p.say(3, "veto", vetoed, vetoedHash).halts()
	p.say(4, "veto", vetoed, vetoedHash).halts()
	require.Equal(t, 0, p.proposal(vetoed)[9], "two vetoes, not three")
	p.say(4, "veto", vetoed, vetoedHash).faults(council.ErrVoted)

	// Two that differ share nothing.
	p.found(p.council, "setSeat", "nanjing", id(p.seats[0])).faults(council.ErrSeats)
	p.found(p.council, "setSeat", "shanghai", id(p.seats[0])).faults(council.ErrSeats)
	p.found(p.council, "setSeat", "nanjing", nil).faults(arguments.ErrHash)
	for _, malformed := range malformedNames {
		p.found(p.council, "setSeat", malformed, id(account(t))).faults(arguments.ErrName)
	}
	p.found(p.council, "setSeat", strings.Repeat("x", council.MaxSeatLength+1), id(account(t))).faults(arguments.ErrName)
	p.found(p.council, "removeSeat", "nanjing").faults(council.ErrSeat)
	p.found(p.council, "setBallot", "nanjing", p.proxy).faults(council.ErrSeat)
	p.found(p.council, "setValidator", "nanjing", p.validatorKey(0)).faults(council.ErrSeat)

	// Rules must fit before and after.
	for _, name := range []string{everyCharacter, "hangzhou"} {
		p.found(p.council, "setSeat", name, id(account(t))).halts()
	}
	p.found(p.council, "setSeat", "tianjin", id(account(t))).faults(council.ErrRules) // 5 of 10 are no majority
	for _, name := range []string{everyCharacter, "hangzhou", "xian", "wuhan"} {
		p.found(p.council, "removeSeat", name).halts()
	}
	p.found(p.council, "removeSeat", "chengdu").faults(council.ErrRules) // 5 of 4
}

func rulesFit(t *testing.T, p *pilot) {
	set := func(index int, value any) outcome {
		changed := append([]any{}, rules...)
		changed[index] = value
		return p.found(p.council, "setRules", changed)
	}
	require.Equal(t, rules, fields(t, p.read(p.council, "rules")))
	for _, c := range []struct {
		index int
		value any
		fault string
	}{
		{0, 3, council.ErrRules}, {0, 8, council.ErrRules}, {0, 0, arguments.ErrInteger}, {0, 22, arguments.ErrInteger}, {0, nil, arguments.ErrInteger},
		{1, 2, council.ErrRules}, {1, 8, council.ErrRules}, {1, 0, arguments.ErrInteger},
		{2, 2, council.ErrRules}, {2, 8, council.ErrRules}, {2, 0, arguments.ErrInteger},
		{3, 999, arguments.ErrInteger}, {3, council.MaxDurationMs + 1, arguments.ErrInteger}, {3, nil, arguments.ErrInteger},
		{4, vetoDelayMs + 1, council.ErrRules}, {4, 999, arguments.ErrInteger},
		{5, delayMs - 1, council.ErrRules}, {5, council.MaxDurationMs + 1, arguments.ErrInteger},
		{6, 999, arguments.ErrInteger}, {7, stopPauseMs + 1, council.ErrRules}, {8, stopMs - 1, council.ErrRules}, {8, 999, arguments.ErrInteger},
	} {
		set(c.index, c.value).faults(c.fault)
	}
	p.found(p.council, "setRules", rules[:8]).faults(council.ErrRules)
	p.found(p.council, "setRules", append(append([]any{}, rules...), 1)).faults(council.ErrRules)
	p.found(p.council, "setRules", nil).faults(council.ErrRules)
	require.Equal(t, rules, fields(t, p.read(p.council, "rules")))
	for index, values := range [][]int{{4, 7}, {3, 7}, {3, 7}, {1_000, council.MaxDurationMs}, {1_000, vetoDelayMs}, {delayMs}, {1_000}, {stopPauseMs}, {stopMs}} {
		for _, value := range values {
			events := set(index, value).halts()
			require.Len(t, events, 1)
			requireEvent(t, events[0], p.council, "RulesChanged")
			require.Equal(t, value, fields(t, p.read(p.council, "rules"))[index])
		}
	}

	// Rules of the day count: one that has passed by four waits for the fifth, and a longer delay is not made shorter.
	set(0, 4).halts()
	number, payloadHash := p.propose(0, p.suspension(p.authority(later)))
	for seat := range 4 {
		p.say(seat, "vote", number, payloadHash, true).halts()
	}
	p.requireStanding(council.Passed, number)
	p.found(p.council, "setRules", []any{5, 3, 3, votingMs, 1_000, 1_000, executeWithinMs, stopMs, stopPauseMs}).halts()
	from := p.proposal(number)[7].(int)
	for seat := range 3 {
		p.say(seat, "veto", number, payloadHash).halts()
	}
	require.Equal(t, from, p.proposal(number)[7])
	p.at(from)
	p.say(0, "execute", number, payloadHash).faults(council.ErrVotes)
	p.say(4, "vote", number, payloadHash, true).halts()
	p.say(0, "execute", number, payloadHash).halts()

	// And councils of other sizes, as they are deployed.
	n := newChain(t)
	for range 22 {
		n.seats = append(n.seats, account(t))
	}
	deploy := func(count int, needs ...any) outcome {
		var seats []any
		for i := range count {
			seats = append(seats, []any{"seat-" + string(rune('a'+i)), id(n.seats[i]), n.validatorKey(i)})
		}
		return n.tryDeploy("../council", []any{seats, append(needs, rules[3:]...)})
	}
	deploy(0, 1, 1, 1).faults(council.ErrSeats)
	deploy(22, 15, 8, 8).faults(council.ErrSeats)
	deploy(1, 2, 1, 1).faults(council.ErrRules)
	deploy(4, 3, 1, 2).faults(council.ErrRules)
	deploy(4, 3, 2, 1).faults(council.ErrRules)
	deploy(4, 2, 2, 2).faults(council.ErrRules)
	twice := []any{[]any{"one", id(n.seats[0]), n.validatorKey(0)}, []any{"one", id(n.seats[1]), n.validatorKey(1)}}
	n.tryDeploy("../council", []any{twice, rules}).faults(council.ErrSeats)
	noKey := []any{[]any{"one", id(n.seats[0]), nil}}
	n.tryDeploy("../council", []any{noKey, rules}).faults(council.ErrPublicKey)
	n.tryDeploy("../council", []any{twice[:1]}).faults("")
	n.tryDeploy("../council", nil).faults("")
	deploy(21, 15, 7, 7).halts()
	require.Len(t, fields(t, n.read(n.compile("../council").Hash, "seats")), 21)
}

func stopEndsByItself(t *testing.T, p *pilot) {
	p.append(p.hospital, 0, 1, 1).halts()
	office, newcomer, lapsed := p.authority(later), p.registered(), p.issuer()
	p.call(by(p.bureau), p.trust, "suspend", id(p.bureau), trust.KindIssue, id(lapsed), typeId, 1).halts()
	number, payloadHash := p.passed(p.suspension(office))
	p.at(p.now() + delayMs)
	p.say(0, "requestStop", 4).halts()
	events := p.say(1, "requestStop", 4).halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.council, "StopRequested", []byte("shanghai"), 4)
	require.False(t, p.readBool(p.council, "isStopped"))
	p.append(p.hospital, 1, 1, 2).halts()
	until := p.now() + stopMs
	events = p.say(2, "requestStop", 5).halts()
	require.Len(t, events, 2)
	requireEvent(t, events[1], p.council, "Stopped", until)
	require.Equal(t, until, p.readInt(p.council, "stoppedUntilMs"))

	b := id(p.bureau)
	refused := func(fault string) {
		for _, out := range []outcome{
			p.call(by(p.bureau), p.trust, "addInstitution", b, id(newcomer), "bank", later),
			p.call(by(p.bureau), p.trust, "accreditIssuer", b, id(p.hospital), "other", 0, later),
			p.call(by(p.bureau), p.trust, "reinstate", b, trust.KindIssue, id(lapsed), typeId, 1),
			p.call(by(p.bureau), p.trust, "renew", b, trust.KindIssue, id(p.hospital), typeId, later),
			p.append(p.hospital, 2, 1, 3),
			p.call(by(p.hospital), p.proofs, "spend", id(p.hospital), queryId, []byte("p"), 1, root(1), 0, root(1), root(1), root(1), 1, root(1), root(1), root(1)),
			p.say(0, "execute", number, payloadHash),
			p.found(p.trust, "addAuthority", id(newcomer), "130000", later),
			p.found(p.trust, "registerQuery", b, id(p.hospital), queryId, []byte("{}")),
			p.found(p.trust, "registerCredentialType", "other", 1, []byte("{}")),
			p.found(p.proofs, "setVerifyingKey", "toy", 1, newToyKey("toy", 2, "stop").file()),
		} {
			out.faults(fault)
		}
	}
	refused(access.ErrStopped)
	// Rights can still be taken, identifiers kept safe, and the council goes on to vote.
	p.call(by(p.bureau), p.trust, "suspend", b, trust.KindIssue, id(lapsed), typeId, 2).halts()
	p.call(by(p.bureau), p.trust, "revoke", b, trust.KindIssue, id(lapsed), typeId, 2).halts()
	p.call(by(p.hospital), p.status, "setLeaves", id(p.hospital), typeId, []any{0}, leaves(9, 1), root(4)).halts()
	p.call(by(p.hospital), p.status, "anchorStatusList", id(p.hospital), "list", root(5)).halts()
	p.registered()
	successor := account(t)
	p.call(by(newcomer, successor), p.identifiers, "rotate", id(newcomer), 1, id(successor)).halts()
	voted, votedHash := p.passed(p.suspension(office))
	p.say(6, "veto", voted, votedHash).halts()
	p.say(0, "withdraw", voted).halts()

	p.at(until - 1)
	require.True(t, p.readBool(p.council, "isStopped"))
	p.append(p.hospital, 2, 1, 3).faults(access.ErrStopped)
	require.Equal(t, until, p.now())
	require.False(t, p.readBool(p.council, "isStopped"))
	p.append(p.hospital, 2, 1, 3).halts()
	p.say(0, "execute", number, payloadHash).halts()
	p.found(p.trust, "registerCredentialType", "other", 1, []byte("{}")).halts()
	p.call(by(p.hospital), p.status, "append", id(p.hospital), "other", 0, leaves(0, 1), root(1)).faults(status.ErrAccreditation)
}

func stopsAreRare(t *testing.T, p *pilot) {
	ask := func(seat int) outcome { return p.say(seat, "requestStop", 1) }
	first := p.now()
	ask(0).halts()
	ask(0).faults(council.ErrStopPause)
	ask(1).halts()
	// Within a stop's length, or their requests do not count together.
	p.at(first + stopMs)
	ask(2).halts()
	require.False(t, p.readBool(p.council, "isStopped"))
	p.at(first + stopPauseMs - 1)
	ask(0).faults(council.ErrStopPause)
	require.Equal(t, first+stopPauseMs, p.now())

	began := p.now()
	ask(0).halts()
	ask(3).halts()
	ask(4).halts()
	require.True(t, p.readBool(p.council, "isStopped"))
	until := p.readInt(p.council, "stoppedUntilMs")
	// Each request counts for one stop: a fourth and a fifth do not make it longer.
	p.at(until - 10)
	ask(5).halts()
	ask(6).halts()
	require.Equal(t, until, p.readInt(p.council, "stoppedUntilMs"))
	p.at(until)
	require.False(t, p.readBool(p.council, "isStopped"))
	for _, seat := range []int{0, 3, 4} {
		ask(seat).faults(council.ErrStopPause)
	}
	// A third fresh one does begin another.
	p.at(p.now() + 100)
	ask(1).halts()
	require.True(t, p.readBool(p.council, "isStopped"))
	require.Less(t, until, p.readInt(p.council, "stoppedUntilMs"))
	p.at(began + stopPauseMs)
	require.False(t, p.readBool(p.council, "isStopped"))
}

func ballotsVote(t *testing.T, p *pilot) {
	for seat := range 6 {
		p.registerCandidate(seat)
	}
	votesOf := func(seat int) int { return p.readInt(p.neo(), "getCandidateVote", p.validatorKey(seat)) }
	ballots := []util.Uint160{p.newBallot(0), p.newBallot(1)}
	p.found(p.council, "setValidator", "beijing", p.validatorKey(0)).faults(council.ErrBallot)
	p.found(p.council, "setBallot", "beijing", util.Uint160{1}).faults(access.ErrContract)
	p.found(p.council, "setBallot", "beijing", nil).faults(arguments.ErrHash)
	events := p.found(p.council, "setBallot", "beijing", ballots[0]).halts()
	requireEvent(t, events[0], p.council, "BallotChanged", []byte("beijing"), hash(ballots[0]))
	// Nothing to vote with.
	p.found(p.council, "setValidator", "beijing", p.validatorKey(0)).faults("NEO refused the vote")
	for _, ballot := range ballots {
		p.giveNeo(ballot, 1_000)
	}
	events = p.found(p.council, "setValidator", "beijing", p.validatorKey(0)).halts()
	requireEvent(t, events[len(events)-1], p.council, "ValidatorChanged", []byte("beijing"), p.validatorKey(0))
	require.Equal(t, 1_000, votesOf(0))
	require.Equal(t, []any{p.validatorKey(0), hash(ballots[0])}, fields(t, p.read(p.council, "seats"))[0].([]any)[2:4])

	// Whoever runs the validator, or has the seat, cannot move the votes; nor the committee.
	for _, signer := range append(by(p.member(0), p.Committee), p.seats...) {
		p.call(by(signer), ballots[0], "vote", p.validatorKey(1)).faults(access.ErrWitness)
		p.call(by(signer), p.neo(), "vote", ballots[0], p.validatorKey(1)).halts()
		require.Equal(t, 1_000, votesOf(0), "NEO says no")
	}
	for _, wrong := range []any{nil, p.validatorKey(0)[1:], append(p.validatorKey(0), 0)} {
		p.found(p.council, "setValidator", "beijing", wrong).faults(council.ErrPublicKey)
	}
	unregistered := account(t).(neotest.SingleSigner).Account().PublicKey().Bytes()
	p.found(p.council, "setValidator", "beijing", unregistered).faults("NEO refused the vote")
	require.Equal(t, p.validatorKey(0), fields(t, p.read(p.council, "seats"))[0].([]any)[2])

	// A key is rotated by a vote of the council.
	p.decided([]any{p.council, "setValidator", []any{"beijing", p.validatorKey(5)}}).halts()
	require.Equal(t, []int{0, 1_000}, []int{votesOf(0), votesOf(5)})
}

func ballotsGive(t *testing.T, p *pilot) {
	ballot, holder := p.newBallot(0), account(t)
	p.giveNeo(id(holder), 10)
	pay := func(token util.Uint160, amount int) outcome {
		return p.call(by(holder), token, "transfer", id(holder), ballot, amount, nil)
	}
	pay(p.neo(), 4).halts()
	p.NewInvoker(p.gas(), p.Validator).Invoke(t, true, "transfer", p.Validator.ScriptHash(), id(holder), 500_0000_0000, nil)
	pay(p.gas(), 300_0000_0000).halts()
	p.call(by(holder), ballot, "onNEP17Payment", id(holder), 1, nil).faults("neither NEO nor GAS")
	p.call(nil, p.proxy, "forward", ballot, "onNEP17Payment", []any{p.proxy, 1, nil}).faults("neither NEO nor GAS")

	give := func(token, to any, amount any) outcome { return p.found(ballot, "transfer", token, to, amount) }
	receiver := account(t)
	give(p.neo(), id(receiver), 5).faults("transfer refused")
	give(p.trust, id(receiver), 1).faults("neither NEO nor GAS")
	give(p.neo(), id(receiver), 3).halts()
	require.Equal(t, 3, p.readInt(p.neo(), "balanceOf", id(receiver)))
	require.Equal(t, 1, p.readInt(p.neo(), "balanceOf", ballot))
	give(p.gas(), id(receiver), 100_0000_0000).halts()
	require.Equal(t, 100_0000_0000, p.readInt(p.gas(), "balanceOf", id(receiver)))
}
