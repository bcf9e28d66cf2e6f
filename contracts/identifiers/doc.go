/*
Package identifiers is the registry of decentralized identifiers: who controls
each one, its document, every version that it ever had, and how it is recovered.

An identifier is the script hash of its first controller's account. Versions
count from 1; every change makes one, and all stay readable. A change names the
version that it builds on, so that of two writers one is refused. Times are
block times in milliseconds.

Recovery: an account that the controller named (often a multi-signature of
guardians) starts it, the controller can veto it, and after the delay, also the
controller's choice, the recovery account finishes it together with the new
controller. Any change of controller or recovery terms drops what is pending.

# Contract notifications

Changed notification. It is produced by every new version. kind: 1 registered,
2 document changed, 3 rotated, 4 recovery terms changed, 5 deactivated,
6 recovered.

	Changed
	  - name: identifier
	    type: Hash160
	  - name: version
	    type: Integer
	  - name: kind
	    type: Integer

RecoveryStarted notification. It is produced when a recovery starts, or starts
anew; readyMs is when it can be finished.

	RecoveryStarted
	  - name: identifier
	    type: Hash160
	  - name: newController
	    type: Hash160
	  - name: readyMs
	    type: Integer

RecoveryCancelled notification. It is produced by the controller's veto. Changes
of the kinds 3 to 6 drop a pending recovery without it.

	RecoveryCancelled
	  - name: identifier
	    type: Hash160
*/
package identifiers

/*
Contract storage model.

Key-value storage format:
 - 'o' -> interop.Hash160
   the contract council, owner of this one, set when deployed
 - 'i<identifier>' -> std.Serialize(Record)
   the latest version
 - 'I<identifier><version>' -> std.Serialize(Record)
   a version that another has replaced, with what was pending then

<identifier> is 20 bytes, as script hashes travel (little-endian).
<version> is 4 bytes, big-endian.
*/
