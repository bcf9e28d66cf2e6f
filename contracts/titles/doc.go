/*
Package titles keeps titles, such as a licence, each held by an institution, and lets
them go to other networks and come back. A title is at no time in two places: it must
have left where it was, for good, before it comes to be where it goes, and that it
has left is proven.

A registrar, an institution that the council has named, issues a title and is its
custodian. A title's name starts with the label of the network that issues it, here
neo3-<magic>. so that no other can issue the same. The custodian locks it for a transfer to a holder in another network,
until a time. Within that time anybody can have it leave, which leaves a record
behind for ever; when the time is over, anybody can unlock it, and it is held as
before. What has left is never unlocked.

In the other direction, a title arrives once for each transfer, whoever brings the
proof that it has left there for here: an answer of the chaincode of a network of
Fabric to title.left with the transfer, or the record of a contract like this one in
a network of Neo. Its custodian is the registrar whom the council has named for what
comes from that network; until there is one, it waits. Nothing makes it wait for
good: the proof can be brought again, or a newer one. What comes back must have left,
and its content must be the same.

Whoever calls again what has been done, because the answer was lost, changes nothing
and is not refused: lock with the same promise, leave, unlock, and arrivals.

Whom a network is believed to have let leave, the contract gateway says. A network
that the council has set is trusted for that: it could let leave what it never had,
though never what is held here, nor what has our label and never left.

Holders are identifiers of institutions, never of people. The controller of a
registrar's identifier acts for it. Times are block times in milliseconds.

# Contract notifications

TitleChanged notification. It is produced by every change of a title. state: 1 held,
2 locked, 3 left. transferId is that of the transfer that changes it, and empty if it
is issued; otherNetwork is where it goes to or has come from, and empty if it is
issued.

	TitleChanged
	  - name: id
	    type: String
	  - name: sequence
	    type: Integer
	  - name: state
	    type: Integer
	  - name: holder
	    type: String
	  - name: transferId
	    type: ByteArray
	  - name: otherNetwork
	    type: String

RegistrarChanged notification. It is produced when the council names a registrar, or
takes the right away.

	RegistrarChanged
	  - name: registrar
	    type: Hash160
	  - name: isOn
	    type: Boolean

CustodianChanged notification. It is produced when the council names who looks after
what arrives from a network.

	CustodianChanged
	  - name: network
	    type: String
	  - name: custodian
	    type: Hash160
*/
package titles

/*
Contract storage model.

Key-value storage format:
 - 'o' -> interop.Hash160
   the contract council, owner of this one, set when deployed
 - 'i' -> interop.Hash160
   the contract identifiers, set when deployed
 - 'g' -> interop.Hash160
   the contract gateway, set when deployed
 - 'r<registrar>' -> 1
   present while the institution is a registrar
 - 'c<SHA-256 of network>' -> interop.Hash160
   the custodian of what arrives from a network
 - 1<id> -> std.Serialize(TitleRecord)
   a title as it is now
 - 5<SHA-256 of id><sequence> -> std.Serialize(TitleRecord)
   a title as it was before a change
 - 2<transferId> -> std.Serialize(LeftRecord)
   what has left by a transfer: other networks prove by this entry that it has
 - 3<SHA-256 of network and transferId> -> std.Serialize(ArrivalRecord)
   what has arrived from a network by a transfer
 - 4<transferId> -> id
   which title was locked for a transfer, once

A prefix that is a number is one byte with this value. <transferId> is 32 bytes, <id>
1 to 63 characters, <registrar> 20 bytes, as script hashes travel (little-endian),
and <sequence> 4 bytes, big-endian.
*/
