/*
Package council decides for the whole network: it owns all our contracts, itself
included, and acts by the votes of its seats, one for each city and one for the
coordinator. What only it may do elsewhere, such as to add an authority, to
register a query, to set a verifying key or to upgrade a contract, it does by
running calls that were voted for.

A seat is acted for by its account. It proposes calls, which all see as bytes; a
vote names them by their SHA-256, so that nobody agrees to anything else. With
enough votes a proposal passes. Then a delay begins, in which others can make
ready, or veto: enough vetoes make the delay longer, once. After it any seat can
have the calls run, all or none, for a while. Until then agreeing votes can be
taken back. Seats and rules of the day count, for proposals of earlier days too.

An emergency stop: when enough seats ask for it, what gives rights stops (package
access, CheckRunning), and the council runs nothing, for a fixed time. What takes
rights away and what keeps identifiers safe goes on. A stop ends by itself, and
who asked for it must wait before asking again.

Founding: until it is over, the committee of the ledger can run calls as the
council, to bring a network into being. It ends for good.

Validators: the NEO that elects the ledger's committee is held by one ballot a
seat (package ballot), which votes as the council tells it. What the committee
itself must sign, such as a change of fees, is not the council's to run: here its
members only gather their signatures, for all to see, without files going round.

Times are block times in milliseconds. Reason codes are numbers from 0 to 9999;
the contract gives them no meaning.

# Contract notifications

Founded notification. It is produced when the committee has run calls as the
council. callsHash is SHA-256 of the calls, serialized.

	Founded
	  - name: callsHash
	    type: ByteArray

FoundingEnded notification. It is produced once.

	FoundingEnded

Proposed notification. It is produced by every proposal. payloadHash is SHA-256
of the calls, serialized.

	Proposed
	  - name: id
	    type: Integer
	  - name: seat
	    type: String
	  - name: payloadHash
	    type: ByteArray
	  - name: title
	    type: String
	  - name: votingEndsMs
	    type: Integer

Voted notification. It is produced by whatever a seat says to a proposal. kind:
1 agrees, 2 against, 3 an agreeing vote taken back, 4 veto.

	Voted
	  - name: id
	    type: Integer
	  - name: seat
	    type: String
	  - name: kind
	    type: Integer

ProposalChanged notification. It is produced when a proposal has a new state, or
a veto has made its delay longer. state: 2 passed, 3 executed, 4 rejected,
5 withdrawn. The times are 0 for one that never passed.

	ProposalChanged
	  - name: id
	    type: Integer
	  - name: state
	    type: Integer
	  - name: executableFromMs
	    type: Integer
	  - name: executableUntilMs
	    type: Integer

SeatChanged notification. It is produced by a new seat, and by one that changes
hands.

	SeatChanged
	  - name: name
	    type: String
	  - name: account
	    type: Hash160

SeatRemoved notification. It is produced when a seat is taken away.

	SeatRemoved
	  - name: name
	    type: String

RulesChanged notification. It is produced by new rules.

	RulesChanged

BallotChanged notification. It is produced when a seat has another ballot.

	BallotChanged
	  - name: name
	    type: String
	  - name: ballot
	    type: Hash160

ValidatorChanged notification. It is produced when a seat's ballot has voted.

	ValidatorChanged
	  - name: name
	    type: String
	  - name: publicKey
	    type: PublicKey

StopRequested notification. It is produced when a seat asks for an emergency stop.

	StopRequested
	  - name: seat
	    type: String
	  - name: reason
	    type: Integer

Stopped notification. It is produced when an emergency stop begins; untilMs is
when it ends.

	Stopped
	  - name: untilMs
	    type: Integer

CollectionOpened notification. It is produced when the committee's signatures of a
transaction begin to be gathered. transactionHash is SHA-256 of the transaction,
without witnesses: its hash on the ledger, as it travels.

	CollectionOpened
	  - name: id
	    type: Integer
	  - name: member
	    type: PublicKey
	  - name: transactionHash
	    type: ByteArray

SignatureAdded notification. It is produced by every signature that holds.

	SignatureAdded
	  - name: id
	    type: Integer
	  - name: member
	    type: PublicKey
*/
package council

/*
Contract storage model.

Key-value storage format:
  - 'o' -> hash of the contract itself
    its owner
  - 'm' -> std.Serialize([]Seat)
    the seats, in the order in which they came
  - 'r' -> std.Serialize(RuleSet)
    the rules
  - 'f' -> 1
    present once the founding is over
  - 'b' -> integer
    when the latest emergency stop began; absent if there was none
  - 'u' -> integer
    when it ends; absent if there was none
  - 'n' -> integer
    how many proposals there have been; absent if there was none
  - 'p<id>' -> std.Serialize(ProposalRecord)
    a proposal, with its votes
  - 'q<id>' -> calls, serialized
    what a proposal would run: [[contract, method, [argument, ...]], ...]
  - 'k' -> integer
    how many collections of signatures there have been; absent if there was none
  - 'c<id>' -> std.Serialize(SignatureCollection)
    a collection, with its signatures
  - 't<id>' -> transaction, without witnesses
    what a collection's signatures are for

<id> is 4 bytes, big-endian.
*/
