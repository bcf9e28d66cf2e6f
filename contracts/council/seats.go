package council

import (
	"hufu/contracts/access"
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Seat is a city's place in the council, or the coordinator's.
type Seat struct {
	Name        string
	Account     interop.Hash160   // acts for the seat
	Validator   interop.PublicKey // that the seat's share of NEO votes for; null until set
	Ballot      interop.Hash160   // contract that holds that share; null until set
	SinceMs     int
	StopAskedMs int // when it last asked for an emergency stop; 0: never
}

// RuleSet says how many seats something needs, and how long it takes.
type RuleSet struct {
	VotesNeeded     int
	VetoesNeeded    int
	StopsNeeded     int
	VotingMs        int
	DelayMs         int
	VetoDelayMs     int // instead of DelayMs, once vetoed
	ExecuteWithinMs int
	StopMs          int // how long an emergency stop lasts, and within what time seats ask for one
	StopPauseMs     int // how long a seat must wait to ask again
}

const (
	// MaxSeats is the most seats that a council can have.
	MaxSeats = 21
	// MaxSeatLength bounds a seat's name.
	MaxSeatLength = 32
	// PublicKeySize is the size of a compressed public key, in bytes.
	PublicKeySize = 33
	// MinDurationMs and MaxDurationMs bound the times in the rules.
	MinDurationMs = 1_000
	MaxDurationMs = 366 * 24 * 60 * 60 * 1000

	// ErrSeat is thrown when there is no such seat.
	ErrSeat = "seat unknown"
	// ErrSeats is thrown when seats are none, too many, or two share a name or an account.
	ErrSeats = "seats none, too many, or not distinct"
	// ErrRules is thrown when rules do not fit each other or the number of seats.
	ErrRules = "rules do not fit"
	// ErrPublicKey is thrown when a public key is not 33 bytes.
	ErrPublicKey = "public key of wrong length"
	// ErrBallot is thrown when a seat has no ballot.
	ErrBallot = "seat has no ballot"
)

// ruleCount is the number of members that a RuleSet has.
const ruleCount = 9

// SetSeat gives a seat to an account: a new seat, or one that changes hands. The
// council must agree, by a proposal.
func SetSeat(name string, account interop.Hash160) {
	access.CheckOwner()
	seats := loadSeats()
	index := indexOf(seats, name)
	if index < 0 {
		seats = append(seats, &Seat{Name: name, SinceMs: runtime.GetTime()})
		index = len(seats) - 1
	}
	seats[index].Account = arguments.Hash160(account)
	checkSeats(seats)
	checkRules(loadRules(), len(seats))
	saveSeats(seats)
	runtime.Notify("SeatChanged", name, seats[index].Account)
}

// RemoveSeat takes a seat away, with what it has voted for in open proposals. The
// council must agree, by a proposal.
func RemoveSeat(name string) {
	access.CheckOwner()
	seats := loadSeats()
	removed := known(seats, name)
	rest := []*Seat{}
	for _, seat := range seats {
		if seat.Name != removed.Name {
			rest = append(rest, seat)
		}
	}
	checkRules(loadRules(), len(rest))
	saveSeats(rest)
	runtime.Notify("SeatRemoved", name)
}

// SetRules replaces the rules: [votesNeeded, vetoesNeeded, stopsNeeded, votingMs,
// delayMs, vetoDelayMs, executeWithinMs, stopMs, stopPauseMs]. The council must
// agree, by a proposal.
func SetRules(rules []int) {
	access.CheckOwner()
	saveRules(parseRules(rules))
	runtime.Notify("RulesChanged")
}

// SetBallot tells which contract holds a seat's share of NEO. The council must
// agree, by a proposal.
func SetBallot(name string, ballot interop.Hash160) {
	access.CheckOwner()
	seats := loadSeats()
	seat := known(seats, name)
	seat.Ballot = access.Contract([]any{ballot}, 0)
	saveSeats(seats)
	runtime.Notify("BallotChanged", name, seat.Ballot)
}

// SetValidator makes a seat's ballot vote for a validator, who must be a candidate.
// The council must agree, by a proposal.
func SetValidator(name string, publicKey interop.PublicKey) {
	access.CheckOwner()
	seats := loadSeats()
	seat := known(seats, name)
	if seat.Ballot == nil {
		panic(ErrBallot)
	}
	seat.Validator = parsePublicKey(publicKey)
	saveSeats(seats)
	contract.Call(seat.Ballot, "vote", contract.All, seat.Validator)
	runtime.Notify("ValidatorChanged", name, seat.Validator)
}

// Seats returns the seats, in the order in which they came.
func Seats() []*Seat {
	return loadSeats()
}

// Rules returns the rules.
func Rules() *RuleSet {
	return loadRules()
}

// newSeats parses the first seats: [[name, account, validator's public key], ...].
func newSeats(given []any) []*Seat {
	seats := []*Seat{}
	for i := range given {
		member := given[i].([]any)
		seats = append(seats, &Seat{
			Name:      arguments.Name(member[0].(string), MaxSeatLength),
			Account:   arguments.Hash160(member[1].(interop.Hash160)),
			Validator: parsePublicKey(member[2].(interop.PublicKey)),
			SinceMs:   runtime.GetTime(),
		})
	}
	checkSeats(seats)
	return seats
}

func parsePublicKey(value interop.PublicKey) interop.PublicKey {
	key := arguments.ByteString(value)
	if len(key) != PublicKeySize {
		panic(ErrPublicKey)
	}
	return key
}

// checkSeats throws unless there are some, and each has a name and an account of its own.
func checkSeats(seats []*Seat) {
	count := len(seats)
	if count < 1 || count > MaxSeats {
		panic(ErrSeats)
	}
	for i, seat := range seats {
		for j := range i {
			if seats[j].Name == seat.Name || access.Same(seats[j].Account, seat.Account) {
				panic(ErrSeats)
			}
		}
	}
}

// parseRules parses rules for the seats as they are.
func parseRules(given []int) *RuleSet {
	if len(given) != ruleCount {
		panic(ErrRules)
	}
	rules := &RuleSet{
		VotesNeeded:     arguments.Integer(given[0], 1, MaxSeats),
		VetoesNeeded:    arguments.Integer(given[1], 1, MaxSeats),
		StopsNeeded:     arguments.Integer(given[2], 1, MaxSeats),
		VotingMs:        duration(given[3]),
		DelayMs:         duration(given[4]),
		VetoDelayMs:     duration(given[5]),
		ExecuteWithinMs: duration(given[6]),
		StopMs:          duration(given[7]),
		StopPauseMs:     duration(given[8]),
	}
	checkRules(rules, len(loadSeats()))
	return rules
}

func duration(value int) int {
	return arguments.Integer(value, MinDurationMs, MaxDurationMs)
}

// checkRules throws unless a majority of the seats is needed to agree, more than a
// third of them to hold up or to stop, a veto makes the delay longer, and no seat
// asks for the next stop while its last still lasts.
func checkRules(rules *RuleSet, seats int) {
	if rules.VotesNeeded*2 <= seats || rules.VotesNeeded > seats {
		panic(ErrRules)
	}
	aThird := (seats - 1) / 3
	if rules.VetoesNeeded <= aThird || rules.VetoesNeeded > seats || rules.StopsNeeded <= aThird || rules.StopsNeeded > seats {
		panic(ErrRules)
	}
	if rules.VetoDelayMs < rules.DelayMs || rules.StopPauseMs < rules.StopMs {
		panic(ErrRules)
	}
}

// checkSeat returns a seat whose account agrees to this very call.
func checkSeat(seats []*Seat, name string) *Seat {
	seat := known(seats, name)
	access.CheckWitness(seat.Account)
	return seat
}

// known returns a seat that there is.
func known(seats []*Seat, name string) *Seat {
	index := indexOf(seats, name)
	if index < 0 {
		panic(ErrSeat)
	}
	return seats[index]
}

// indexOf returns where a seat stands, or -1.
func indexOf(seats []*Seat, name string) int {
	wanted := arguments.Name(name, MaxSeatLength)
	for i, seat := range seats {
		if seat.Name == wanted {
			return i
		}
	}
	return -1
}

func loadSeats() []*Seat {
	return std.Deserialize(storage.LocalGet([]byte{keySeats})).([]*Seat)
}

func saveSeats(seats []*Seat) {
	storage.LocalPut([]byte{keySeats}, std.Serialize(seats))
}

func loadRules() *RuleSet {
	return std.Deserialize(storage.LocalGet([]byte{keyRules})).(*RuleSet)
}

func saveRules(rules *RuleSet) {
	storage.LocalPut([]byte{keyRules}, std.Serialize(rules))
}
