// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Calls that take effect once for each sender and key, however often they are sent: the contract remembers.
abstract contract Once {
    error KeyUsedForAnotherCall();
    error CallNotAllowed();
    error CallNotKnown();

    struct Done {
        /// First 20 bytes of the call's hash.
        bytes20 call;
        uint64 blockNumber;
    }

    /// A call took effect under a key. The result is what it returned.
    event DoneOnce(address indexed sender, bytes32 indexed key, bytes result);

    mapping(address => mapping(bytes32 => Done)) private done;

    /// Makes a call to this contract in the sender's name, unless it was made under this key before: then nothing happens.
    function once(bytes32 key, bytes calldata call) external {
        Done storage record = done[msg.sender][key];
        bytes20 hash = bytes20(keccak256(call));
        if (record.blockNumber != 0) {
            if (record.call != hash) revert KeyUsedForAnotherCall();
            return;
        }
        // Not inside itself: the result would be told under two keys.
        if (bytes4(call) == this.once.selector) revert CallNotAllowed();
        (record.call, record.blockNumber) = (hash, uint64(block.number));
        (bool isDone, bytes memory result) = address(this).delegatecall(call);
        if (!isDone) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
        emit DoneOnce(msg.sender, key, result);
    }

    /// What was called under a key, and in which block.
    function doneOnce(address sender, bytes32 key) external view returns (bytes20 call, uint64 blockNumber) {
        Done storage record = done[sender][key];
        if (record.blockNumber == 0) revert CallNotKnown();
        return (record.call, record.blockNumber);
    }
}
