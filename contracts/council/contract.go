package council

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/history"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/neo"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// ProposalRecord is what the council is asked, and how it answered so far.
type ProposalRecord struct {
	Seat              string // that proposed
	Title             string
	PayloadHash       []byte // SHA-256 of the serialized calls
	State             int
	ProposedMs        int
	VotingEndsMs      int // the first moment at which no vote counts
	PassedMs          int // 0: it has not passed
	ExecutableFromMs  int // 0: it has not passed
	ExecutableUntilMs int // the first moment at which it cannot be executed any more
	VetoedMs          int // when vetoes made the delay longer; 0: they did not
	EndedMs           int // when it was executed, rejected or withdrawn
	BlockIndex        int // of the latest change
	Votes             []*SeatVote
}

// SeatVote is what a seat said to a proposal.
type SeatVote struct {
	Seat   string
	Kind   int
	TimeMs int
}

// States of a proposal.
const (
	Open      = 1
	Passed    = 2
	Executed  = 3
	Rejected  = 4
	Withdrawn = 5
)

// Standing of a proposal now: its state, or what time has made of it, or that
// there is none.
const (
	Unknown    = 0
	Expired    = 6 // open, and the time to vote is over
	Executable = 7 // passed, and the delay is over
	Lapsed     = 8 // passed, and the time to execute is over
)

// Kinds of vote.
const (
	Agrees    = 1
	Against   = 2
	Retracted = 3
	Vetoes    = 4
)

const (
	// MaxCalls bounds the calls of a proposal.
	MaxCalls = 64
	// MaxPayloadSize bounds the calls of a proposal, serialized, in bytes.
	MaxPayloadSize = 60_000
	// MaxMethodLength bounds a method's name.
	MaxMethodLength = 64
	// MaxTitleSize bounds a proposal's title, in bytes.
	MaxTitleSize = 128

	// ErrFounded is thrown when the founding of the network is over.
	ErrFounded = "founding is over"
	// ErrCalls is thrown when calls are malformed, none, or too many.
	ErrCalls = "calls malformed, none or too many"
	// ErrProposal is thrown when there is no such proposal.
	ErrProposal = "proposal unknown"
	// ErrPayload is thrown when a seat means other calls than those of the proposal.
	ErrPayload = "payload is not that of the proposal"
	// ErrState is thrown when a change does not fit the proposal's state.
	ErrState = "proposal has another state"
	// ErrVotingOver is thrown when a vote comes after the time to vote.
	ErrVotingOver = "voting is over"
	// ErrVoted is thrown when a seat votes or vetoes for a second time.
	ErrVoted = "seat has voted before"
	// ErrNoVote is thrown when a seat takes back what it did not give.
	ErrNoVote = "seat has no agreeing vote"
	// ErrVetoOver is thrown when a veto comes after the delay, or after vetoes that
	// have made it longer.
	ErrVetoOver = "no time for a veto"
	// ErrProposer is thrown when another seat than the proposer withdraws.
	ErrProposer = "proposed by another seat"
	// ErrVotes is thrown when fewer of today's seats agree than today's rules need.
	ErrVotes = "not enough agreeing votes"
	// ErrTooEarly is thrown when the delay is not over.
	ErrTooEarly = "delay not over"
	// ErrTooLate is thrown when the time to execute is over.
	ErrTooLate = "time to execute is over"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000

	keyFounded         = 'f'
	keySeats           = 'm'
	keyRules           = 'r'
	keyStoppedUntil    = 'u'
	keyStopStarted     = 'b'
	keyProposalCount   = 'n'
	keyCollectionCount = 'k'
	prefixProposal     = 'p'
	prefixPayload      = 'q'
	prefixCollection   = 'c'
	prefixTransaction  = 't'
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		return
	}
	access.SetOwnOwner()
	members := data.([]any)
	saveSeats(newSeats(members[0].([]any)))
	saveRules(parseRules(members[1].([]int)))
}

// Update replaces the contract's code. The council must agree, by a proposal.
func Update(nefFile, manifest []byte, data any) {
	access.Upgrade(contractVersion, nefFile, manifest, data)
}

// Version returns the version of the contract's code:
// major*1,000,000 + minor*1,000 + patch.
func Version() int {
	return contractVersion
}

// Found runs calls as the council, until the founding is over. The ledger's
// committee must agree. A call is [contract, method, arguments].
func Found(calls []any) {
	access.CheckWitness(neo.GetCommitteeAddress())
	if !IsFounding() {
		panic(ErrFounded)
	}
	if IsStopped() {
		panic(access.ErrStopped)
	}
	payload := serialize(calls)
	run(payload)
	runtime.Notify("Founded", digestOf(payload))
}

// EndFounding ends the founding for good: from now on the council acts by votes
// alone. The ledger's committee must agree.
func EndFounding() {
	access.CheckWitness(neo.GetCommitteeAddress())
	if !IsFounding() {
		panic(ErrFounded)
	}
	storage.LocalPut([]byte{keyFounded}, []byte{1})
	runtime.Notify("FoundingEnded")
}

// IsFounding tells if the committee can still act as the council.
func IsFounding() bool {
	return storage.LocalGet([]byte{keyFounded}) == nil
}

// Propose asks the council to run calls, and returns the proposal's number, from 1.
// The seat's account must agree. A call is [contract, method, arguments].
func Propose(seat string, calls []any, title string) int {
	checkSeat(loadSeats(), seat)
	payload := serialize(calls)
	id := ProposalCount() + 1
	now := runtime.GetTime()
	proposal := &ProposalRecord{
		Seat:         seat,
		Title:        string(arguments.Bytes([]byte(title), MaxTitleSize)),
		PayloadHash:  digestOf(payload),
		State:        Open,
		ProposedMs:   now,
		VotingEndsMs: now + loadRules().VotingMs,
		Votes:        []*SeatVote{},
	}
	storage.LocalPut([]byte{keyProposalCount}, convert.ToBytes(id))
	storage.LocalPut(history.Numbered([]byte{prefixPayload}, id), payload)
	saveProposal(id, proposal)
	runtime.Notify("Proposed", id, proposal.Seat, proposal.PayloadHash, proposal.Title, proposal.VotingEndsMs)
	return id
}

// Vote says if a seat agrees to a proposal's calls, which the seat names by their
// hash. The seat's account must agree. With enough votes the proposal passes, and
// the delay begins; as soon as it cannot pass any more it is rejected.
func Vote(seat string, id int, payloadHash []byte, agrees bool) {
	seats := loadSeats()
	member := checkSeat(seats, seat)
	proposal := pending(id)
	checkPayload(proposal, payloadHash)
	now := runtime.GetTime()
	if now >= proposal.VotingEndsMs {
		panic(ErrVotingOver)
	}
	if voteOf(proposal, member, false) != nil {
		panic(ErrVoted)
	}
	kind := Against
	if agrees {
		kind = Agrees
	}
	addVote(id, proposal, seat, kind)
	rules := loadRules()
	if proposal.State == Open && countOf(proposal, seats, Agrees) >= rules.VotesNeeded {
		proposal.State = Passed
		proposal.PassedMs = now
		delay(proposal, rules, now+rules.DelayMs)
		notifyState(id, proposal)
	} else {
		rejectHopeless(id, proposal, seats)
	}
	saveProposal(id, proposal)
}

// Retract takes back a seat's agreeing vote, before the proposal is executed. The
// seat's account must agree. With too few left the proposal is rejected.
func Retract(seat string, id int) {
	seats := loadSeats()
	member := checkSeat(seats, seat)
	proposal := pending(id)
	vote := voteOf(proposal, member, false)
	if vote == nil || vote.Kind != Agrees {
		panic(ErrNoVote)
	}
	vote.Kind = Retracted
	vote.TimeMs = runtime.GetTime()
	runtime.Notify("Voted", id, seat, Retracted)
	rejectHopeless(id, proposal, seats)
	saveProposal(id, proposal)
}

// Veto makes the delay of a passed proposal longer, once, when enough seats call
// for it before the delay is over. The seat's account must agree.
func Veto(seat string, id int, payloadHash []byte) {
	seats := loadSeats()
	member := checkSeat(seats, seat)
	proposal := pending(id)
	checkPayload(proposal, payloadHash)
	if proposal.State != Passed {
		panic(ErrState)
	}
	now := runtime.GetTime()
	if now >= proposal.ExecutableFromMs || proposal.VetoedMs != 0 {
		panic(ErrVetoOver)
	}
	if voteOf(proposal, member, true) != nil {
		panic(ErrVoted)
	}
	addVote(id, proposal, seat, Vetoes)
	rules := loadRules()
	if countOf(proposal, seats, Vetoes) >= rules.VetoesNeeded {
		proposal.VetoedMs = now
		delay(proposal, rules, max(proposal.ExecutableFromMs, proposal.PassedMs+rules.VetoDelayMs))
		notifyState(id, proposal)
	}
	saveProposal(id, proposal)
}

// Withdraw ends a proposal before it is executed. The account of the seat that
// proposed it must agree.
func Withdraw(seat string, id int) {
	member := checkSeat(loadSeats(), seat)
	proposal := pending(id)
	if proposal.Seat != member.Name || proposal.ProposedMs < member.SinceMs {
		panic(ErrProposer)
	}
	end(id, proposal, Withdrawn)
	saveProposal(id, proposal)
}

// Execute runs the calls of a passed proposal as the council, once, after the delay
// and not too late. The account of a seat, of any, must agree. If one call faults
// nothing changes. It is refused while an emergency stop lasts.
func Execute(seat string, id int, payloadHash []byte) {
	seats := loadSeats()
	checkSeat(seats, seat)
	proposal := pending(id)
	checkPayload(proposal, payloadHash)
	if proposal.State != Passed {
		panic(ErrState)
	}
	now := runtime.GetTime()
	if now < proposal.ExecutableFromMs {
		panic(ErrTooEarly)
	}
	if now >= proposal.ExecutableUntilMs {
		panic(ErrTooLate)
	}
	if IsStopped() {
		panic(access.ErrStopped)
	}
	// Seats and rules may have changed since it passed.
	if countOf(proposal, seats, Agrees) < loadRules().VotesNeeded {
		panic(ErrVotes)
	}
	// Before the calls: none of them finds it still to be executed.
	end(id, proposal, Executed)
	saveProposal(id, proposal)
	run(Payload(id))
}

// Proposal returns a proposal, or null if there is none of this number.
func Proposal(id int) *ProposalRecord {
	stored := storage.LocalGet(history.Numbered([]byte{prefixProposal}, id))
	if stored == nil {
		return nil
	}
	return std.Deserialize(stored).(*ProposalRecord)
}

// Payload returns the calls of a proposal, serialized as StdLib does, or null if
// there is no such proposal.
func Payload(id int) []byte {
	return storage.LocalGet(history.Numbered([]byte{prefixPayload}, id))
}

// ProposalCount returns how many proposals there have been.
func ProposalCount() int {
	return storedInteger(keyProposalCount)
}

// VotesOf returns what the seats said to a proposal, in the order of first votes,
// or null if there is no such proposal.
func VotesOf(id int) []*SeatVote {
	proposal := Proposal(id)
	if proposal == nil {
		return nil
	}
	return proposal.Votes
}

// Standing returns how a proposal stands now: its state, or what time has made of
// it, or 0 if there is none.
func Standing(id int) int {
	proposal := Proposal(id)
	if proposal == nil {
		return Unknown
	}
	now := runtime.GetTime()
	if proposal.State == Open && now >= proposal.VotingEndsMs {
		return Expired
	}
	if proposal.State != Passed || now < proposal.ExecutableFromMs {
		return proposal.State
	}
	if now >= proposal.ExecutableUntilMs {
		return Lapsed
	}
	return Executable
}

// serialize parses calls and makes them the bytes that seats vote on.
func serialize(calls []any) []byte {
	count := len(calls)
	if count < 1 || count > MaxCalls {
		panic(ErrCalls)
	}
	parsed := []any{}
	for i := range count {
		call := calls[i].([]any)
		if len(call) != 3 {
			panic(ErrCalls)
		}
		target := arguments.Hash160(call[0].(interop.Hash160))
		method := arguments.Name(call[1].(string), MaxMethodLength)
		given := call[2].([]any)
		args := []any{}
		for j := range given {
			args = append(args, given[j])
		}
		parsed = append(parsed, []any{target, method, args})
	}
	payload := std.Serialize(parsed)
	if len(payload) > MaxPayloadSize {
		panic(ErrCalls)
	}
	return payload
}

// run makes the calls, in their order.
func run(payload []byte) {
	calls := std.Deserialize(payload).([]any)
	for i := range calls {
		call := calls[i].([]any)
		contract.Call(call[0].(interop.Hash160), call[1].(string), contract.All, call[2].([]any)...)
	}
}

// pending returns a proposal that has not ended.
func pending(id int) *ProposalRecord {
	proposal := Proposal(id)
	if proposal == nil {
		panic(ErrProposal)
	}
	if proposal.State != Open && proposal.State != Passed {
		panic(ErrState)
	}
	return proposal
}

func checkPayload(proposal *ProposalRecord, payloadHash []byte) {
	if string(arguments.Digest(payloadHash)) != string(proposal.PayloadHash) {
		panic(ErrPayload)
	}
}

// voteOf returns a seat's vote, or its veto, or null. What another seat of that
// name said, that was removed before, does not count.
func voteOf(proposal *ProposalRecord, seat *Seat, vetoes bool) *SeatVote {
	for _, vote := range proposal.Votes {
		if vote.Seat == seat.Name && vote.TimeMs >= seat.SinceMs && (vote.Kind == Vetoes) == vetoes {
			return vote
		}
	}
	return nil
}

func addVote(id int, proposal *ProposalRecord, seat string, kind int) {
	proposal.Votes = append(proposal.Votes, &SeatVote{Seat: seat, Kind: kind, TimeMs: runtime.GetTime()})
	runtime.Notify("Voted", id, seat, kind)
}

// countOf returns how many of today's seats gave a vote of a kind.
func countOf(proposal *ProposalRecord, seats []*Seat, kind int) int {
	count := 0
	for _, seat := range seats {
		vote := voteOf(proposal, seat, kind == Vetoes)
		if vote != nil && vote.Kind == kind {
			count++
		}
	}
	return count
}

// rejectHopeless ends a proposal that has too few votes: one that has passed, as it
// is; an open one, even if all who have not voted agree.
func rejectHopeless(id int, proposal *ProposalRecord, seats []*Seat) {
	possible := countOf(proposal, seats, Agrees)
	if proposal.State == Open {
		possible = len(seats) - countOf(proposal, seats, Against) - countOf(proposal, seats, Retracted)
	}
	if possible < loadRules().VotesNeeded {
		end(id, proposal, Rejected)
	}
}

// delay makes a proposal executable from a time on.
func delay(proposal *ProposalRecord, rules *RuleSet, fromMs int) {
	proposal.ExecutableFromMs = fromMs
	proposal.ExecutableUntilMs = fromMs + rules.ExecuteWithinMs
}

func end(id int, proposal *ProposalRecord, state int) {
	proposal.State = state
	proposal.EndedMs = runtime.GetTime()
	notifyState(id, proposal)
}

func notifyState(id int, proposal *ProposalRecord) {
	runtime.Notify("ProposalChanged", id, proposal.State, proposal.ExecutableFromMs, proposal.ExecutableUntilMs)
}

func saveProposal(id int, proposal *ProposalRecord) {
	proposal.BlockIndex = history.BlockIndex()
	storage.LocalPut(history.Numbered([]byte{prefixProposal}, id), std.Serialize(proposal))
}

func digestOf(content []byte) []byte {
	return crypto.Sha256(content)
}

// storedInteger returns a number that is 0 until it is stored.
func storedInteger(key byte) int {
	stored := storage.LocalGet([]byte{key})
	if stored == nil {
		return 0
	}
	return convert.ToInteger(stored)
}
