// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A peer to measure NeoLightClient against, never deployed by us: it believes whatever k of n attesters sign, as bridges with several relayers do.
contract AttestedRelay {
    error AttestersOutOfOrder();
    error NotTheThreshold(uint256 signatures);
    error SignatureFalse(uint256 position);
    error EntryOlderThanHeld(uint32 blockIndex, uint32 held);
    error EntryNotKnown();

    event EntryAnchored(int32 indexed contractId, bytes32 indexed keyHash, bytes key, bytes value, uint32 blockIndex, uint64 timeMs);

    struct Entry {
        uint32 blockIndex;
        uint64 timeMs;
        bool isKnown;
        bytes value;
    }

    uint256 public immutable threshold;
    mapping(address => bool) public isAttester;
    mapping(bytes32 => Entry) private entries;

    constructor(address[] memory attesters, uint256 threshold_) {
        for (uint256 index = 0; index < attesters.length; index++) {
            if (index > 0 && attesters[index] <= attesters[index - 1]) revert AttestersOutOfOrder();
            isAttester[attesters[index]] = true;
        }
        if (threshold_ == 0 || threshold_ > attesters.length) revert NotTheThreshold(threshold_);
        threshold = threshold_;
    }

    /// @param signatures of 65 bytes each, r, s and v, in the order of their attesters
    function anchor(
        int32 contractId,
        bytes calldata key,
        bytes calldata value,
        uint32 blockIndex,
        uint64 timeMs,
        bytes calldata signatures
    ) external {
        requireAttested(keccak256(abi.encode(block.chainid, address(this), contractId, key, value, blockIndex, timeMs)), signatures);
        Entry storage entry = entries[keccak256(abi.encodePacked(contractId, key))];
        if (entry.isKnown && blockIndex < entry.blockIndex) revert EntryOlderThanHeld(blockIndex, entry.blockIndex);
        bool isSame = entry.isKnown && keccak256(entry.value) == keccak256(value);
        (entry.blockIndex, entry.timeMs, entry.isKnown) = (blockIndex, timeMs, true);
        if (isSame) return;
        entry.value = value;
        emit EntryAnchored(contractId, keccak256(key), key, value, blockIndex, timeMs);
    }

    function entryOf(int32 contractId, bytes calldata key) external view returns (bytes memory value, uint32 blockIndex, uint64 timeMs) {
        Entry storage entry = entries[keccak256(abi.encodePacked(contractId, key))];
        if (!entry.isKnown) revert EntryNotKnown();
        return (entry.value, entry.blockIndex, entry.timeMs);
    }

    function requireAttested(bytes32 digest, bytes calldata signatures) private view {
        if (signatures.length != threshold * 65) revert NotTheThreshold(signatures.length / 65);
        address last = address(0);
        for (uint256 position = 0; position < threshold; position++) {
            uint256 offset = position * 65;
            address signer = ecrecover(
                digest,
                uint8(signatures[offset + 64]),
                bytes32(signatures[offset:offset + 32]),
                bytes32(signatures[offset + 32:offset + 64])
            );
            if (!isAttester[signer]) revert SignatureFalse(position);
            if (signer <= last) revert AttestersOutOfOrder();
            last = signer;
        }
    }
}
