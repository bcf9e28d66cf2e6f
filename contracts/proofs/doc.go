/*
Package proofs checks zero-knowledge proofs on the ledger, as docs/zk.md specifies
them: Groth16 over BLS12-381. It holds the circuits' verifying keys, which only the
owner sets; the root sets that a proof of membership can rest on; and what was
spent: nullifiers, and the one-time commitments that were shown with them.

A proof that does not hold is answered with false, or with ErrInvalid where a
method changes the ledger. Whatever is malformed faults: a wrong length, a scalar
not below the order, a point at infinity or not encoded in its one way (with our
texts), a point off the curve or outside its group (with CryptoLib's text, which
starts with "failed to decode bls12381").

Several equations are checked as one: each is raised to a power of a number that is
hashed from the keys, proofs and inputs together. Whoever makes the proofs cannot
know it before they are fixed.

A network in production refuses development keys, with which anybody can make false
proofs. Whether it is one is fixed when the contract is deployed.

Nothing here says who somebody is: scope, nullifier and commitment hide what they
are made of. But what a verifier asks when it spends stands in the transaction for
everybody to read, and with it whatever a statement discloses. Statements that
disclose an attribute are no matter for the ledger; they are shown to the verifier
alone.

Times are block times in milliseconds.

# Contract notifications

VerifyingKeySet notification. It is produced by every new version of a circuit's
verifying key. keyHash is SHA-256 of the key's file.

	VerifyingKeySet
	  - name: circuitId
	    type: String
	  - name: version
	    type: Integer
	  - name: development
	    type: Boolean
	  - name: keyHash
	    type: ByteArray

RootSetRecorded notification. It is produced whenever a root set is recorded, also
again. timeMs is the last moment at which all of its roots are known to have been
the latest ones of their trees.

	RootSetRecorded
	  - name: typeId
	    type: String
	  - name: rootSet
	    type: ByteArray
	  - name: timeMs
	    type: Integer

Spent notification. It is produced by every spent nullifier.

	Spent
	  - name: verifier
	    type: Hash160
	  - name: queryId
	    type: String
	  - name: scope
	    type: ByteArray
	  - name: nullifier
	    type: ByteArray
	  - name: commitment
	    type: ByteArray
*/
package proofs

/*
Contract storage model.

Key-value storage format:
 - 'o' -> interop.Hash160
   the contract council, owner of this one, set when deployed
 - 'i' -> interop.Hash160
   the contract identifiers, set when deployed
 - 't' -> interop.Hash160
   the contract trust, set when deployed
 - 's' -> interop.Hash160
   the contract status, set when deployed
 - 'p' -> 1
   on a production network only, set when deployed
 - 'k<circuitId>' -> std.Serialize(VerifyingKeyVersion)
   the latest version of a circuit's verifying key
 - 'K<circuitId><version>' -> std.Serialize(VerifyingKeyVersion)
   an earlier version
 - 'r<rootSet>' -> std.Serialize(RootSetRecord)
   a root set as it was last recorded
 - 'n<scope><nullifier>' -> int
   a spent nullifier: the index of the block
 - 'c<commitment>' -> int
   a commitment that was shown: the index of the block

<circuitId> is 1 to 32 characters. <version> is 4 bytes, big-endian. <rootSet>,
<nullifier> and <commitment> are scalars, 32 bytes, little-endian. <scope> is 31
bytes: its last is always 0 and left out.
*/
