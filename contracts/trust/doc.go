/*
Package trust is the registry of who is trusted for what: the owner, the
council, makes authorities (city bureaus), an authority makes institutions and
gives them rights to issue credential types, and the owner, for an authority,
rights to ask queries. Every change is kept, so that "who might issue this at
that time?" has an answer for ever.

A grant is named by its kind, its subject and its name:

	1 authority      the authority's identifier    ""
	2 institution    the institution's identifier  ""
	3 right to issue the institution's identifier  the credential type
	4 right to ask   the institution's identifier  the query

It counts at a time if it was active then (not suspended nor revoked) and
validFromMs <= time < validUntilMs. A right counts if the institution and its
authority count too. An authority that does not count can do nothing here. The
owner can change any grant, an authority those that it gave; only the owner lifts
the owner's suspension. Revocation is final. While the council's emergency stop
lasts nobody gets a right, nor gets one back; rights can still be taken.

Reason codes are numbers from 0 to 9999; the contract gives them no meaning.
Times are block times in milliseconds. Identifiers' controllers, as the contract
identifiers knows them, agree for them.

# Contract notifications

GrantChanged notification. It is produced by every change of a grant. status:
1 active, 2 suspended, 3 revoked. label: the region of an authority, the kind of
an institution, empty for a right. granter: the authority that gave it, or the
owner. actor: who made this change.

	GrantChanged
	  - name: kind
	    type: Integer
	  - name: subject
	    type: Hash160
	  - name: name
	    type: String
	  - name: sequence
	    type: Integer
	  - name: status
	    type: Integer
	  - name: reason
	    type: Integer
	  - name: validFromMs
	    type: Integer
	  - name: validUntilMs
	    type: Integer
	  - name: granter
	    type: Hash160
	  - name: label
	    type: String
	  - name: actor
	    type: Hash160

CredentialTypeRegistered notification. It is produced by every new version of a
credential type. schemaHash is SHA-256.

	CredentialTypeRegistered
	  - name: typeId
	    type: String
	  - name: version
	    type: Integer
	  - name: schemaHash
	    type: ByteArray

QueryRegistered notification. It is produced by every new version of a query,
after GrantChanged of the right to ask it. contentHash is SHA-256.

	QueryRegistered
	  - name: institution
	    type: Hash160
	  - name: queryId
	    type: String
	  - name: version
	    type: Integer
	  - name: contentHash
	    type: ByteArray
*/
package trust

/*
Contract storage model.

Key-value storage format:
 - 'o' -> interop.Hash160
   the contract council, owner of this one, set when deployed
 - 'i' -> interop.Hash160
   the contract identifiers, set when deployed
 - 'g<kind><subject><name>' -> std.Serialize(Entry)
   a grant as it is now
 - 'G<kind><subject><name><sequence>' -> std.Serialize(Entry)
   a grant as it was before a change
 - 't<typeId>' -> std.Serialize(CredentialTypeVersion)
   the latest version of a credential type
 - 'T<typeId><version>' -> std.Serialize(CredentialTypeVersion)
   an earlier version
 - 'q<institution><queryId>' -> std.Serialize(QueryVersion)
   the latest version of a query
 - 'Q<institution><queryId><version>' -> std.Serialize(QueryVersion)
   an earlier version

<kind> is 1 byte. <subject> and <institution> are 20 bytes, as script hashes
travel (little-endian). <name>, <typeId> and <queryId> are 0 to 32 characters.
<sequence> and <version> are 4 bytes, big-endian.
*/
