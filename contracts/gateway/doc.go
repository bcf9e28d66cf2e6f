/*
Package gateway says what other chains say, with proof. It knows networks that the
council has set, each with what is taken on trust of it, and checks what others
bring from there: it holds no key, and believes no gateway.

A network of Hyperledger Fabric is a channel, a chaincode on it, and the keys of
peers of organisations. Enough different organisations, by the signatures of their
peers, must have run the question and come to the answer. A signature proves what
an organisation found in its state when it was asked: never that a transaction
which writes was ordered. So what shall count here is read there, after it took
effect.

A network of Neo is a magic number, the account of its validators at a block, and
the number of its contract whose entries count. A header must be signed by the
validators that the last one followed names, and an entry is proven by the state
root in a header. A change of validators must be shown here, by the header that
names the new ones: until then the former ones count.

Both are safe methods: they change nothing, and anybody can ask them, contracts
included. Whoever acts upon an answer keeps what makes it act once: the same
answer is an answer as often as it is brought.

Counterparts are gateways of other networks that ours may talk with, each with a
key of its own. Proofs need none.

The council sets everything. A guardian that it names can switch a network off at
once, and only the council switches it on. Times are block times in milliseconds.

# Contract notifications

NetworkChanged notification. It is produced when a network is set, and when it is
switched on or off. kind: 1 Fabric, 2 Neo.

	NetworkChanged
	  - name: network
	    type: String
	  - name: sequence
	    type: Integer
	  - name: kind
	    type: Integer
	  - name: isOn
	    type: Boolean
	  - name: actor
	    type: Hash160

ValidatorsFollowed notification. It is produced when a network of Neo is set, and
when a header names other validators: theirs is the account nextConsensus.

	ValidatorsFollowed
	  - name: network
	    type: String
	  - name: blockIndex
	    type: Integer
	  - name: nextConsensus
	    type: Hash160

CounterpartChanged notification. It is produced when a counterpart is set.

	CounterpartChanged
	  - name: did
	    type: String
	  - name: sequence
	    type: Integer
	  - name: network
	    type: String
	  - name: isOn
	    type: Boolean

GuardianChanged notification. It is produced when the council names a guardian.

	GuardianChanged
	  - name: guardian
	    type: Hash160
*/
package gateway

/*
Contract storage model.

Key-value storage format:
 - 'o' -> interop.Hash160
   the contract council, owner of this one, set when deployed
 - 'g' -> interop.Hash160
   the guardian; absent until the council names one
 - 'n<SHA-256 of network>' -> std.Serialize(NetworkRecord)
   a network as it is now
 - 'N<SHA-256 of network><sequence>' -> std.Serialize(NetworkRecord)
   a network as it was before a change
 - 'v<SHA-256 of network>' -> std.Serialize(ValidatorsRecord)
   the validators whose signatures count in a network of Neo
 - 'c<SHA-256 of did>' -> std.Serialize(CounterpartRecord)
   a counterpart as it is now
 - 'C<SHA-256 of did><sequence>' -> std.Serialize(CounterpartRecord)
   a counterpart as it was before a change

<sequence> is 4 bytes, big-endian. A network's name is neo3:<magic> or
fabric:<channel>@<first 16 digits of the hash of its first block>.
*/
