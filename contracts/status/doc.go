/*
Package status holds what issuers say of the credentials that they issued: a tree
of commitments for each issuer and credential type, and anchors of status lists.

A tree only grows; its leaves can be overwritten, which is how credentials are
revoked. The contract keeps the root that the issuer gives and publishes the
leaves, and does not check one against the other: anyone can rebuild the tree from
the notifications and show that a root is false. Leaves are commitments that hide
what they commit to. Times are block times in milliseconds.

An issuer that may not issue the credential type, by the contract trust, can
neither append nor overwrite. A status list is the issuer's own word about itself,
so its identifier's controller can always anchor one.

# Contract notifications

LeavesWritten notification. From firstIndex on, the tree's leaves are now these,
32 bytes each. One call produces several, and RootPublished after them.

	LeavesWritten
	  - name: issuer
	    type: Hash160
	  - name: typeId
	    type: String
	  - name: firstIndex
	    type: Integer
	  - name: leaves
	    type: ByteArray

RootPublished notification. It is produced by every call that writes leaves.

	RootPublished
	  - name: issuer
	    type: Hash160
	  - name: typeId
	    type: String
	  - name: rootIndex
	    type: Integer
	  - name: size
	    type: Integer
	  - name: root
	    type: ByteArray

StatusListAnchored notification. It is produced by every new anchor.

	StatusListAnchored
	  - name: issuer
	    type: Hash160
	  - name: listId
	    type: String
	  - name: sequence
	    type: Integer
	  - name: listHash
	    type: ByteArray
*/
package status

/*
Contract storage model.

Key-value storage format:
 - 'o' -> interop.Hash160
   the contract council, owner of this one, set when deployed
 - 'i' -> interop.Hash160
   the contract identifiers, set when deployed
 - 't' -> interop.Hash160
   the contract trust, set when deployed
 - 'r<issuer><typeId>' -> std.Serialize(Root)
   a tree as it is now
 - 'R<issuer><typeId><rootIndex>' -> std.Serialize(Root)
   a tree as it was before a change
 - 'a<issuer><SHA-256 of listId>' -> std.Serialize(Anchor)
   the latest anchor of a status list
 - 'A<issuer><SHA-256 of listId><sequence>' -> std.Serialize(Anchor)
   an earlier anchor

<issuer> is 20 bytes, as script hashes travel (little-endian). <typeId> is 1 to 32
characters. <rootIndex> and <sequence> are 4 bytes, big-endian.
*/
