// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NeoHeader} from "./NeoHeader.sol";
import {NeoTrie} from "./NeoTrie.sol";
import {Once} from "./Once.sol";
import {P256} from "./P256.sol";

/// Follows the validators of a Neo network by the headers that they sign, and keeps entries of that network's state, each with its proof as the only
/// reason to believe it. Anyone may bring headers and entries; nobody owns this. Formats: docs/light-client.md.
contract NeoLightClient is Once {
    error ArgumentsUneven();
    error NothingGiven();
    /// As old as the newest known, or older, and not one of those that were shown here lately.
    error HeaderNotNewer(uint32 blockIndex, uint32 newest);
    error HeaderNotKnown(bytes32 hash);
    /// An entry is held as of a later block.
    error EntryOlderThanHeld(uint32 blockIndex, uint32 held);
    /// Two states of one block, both signed by a quorum.
    error Fork(uint32 blockIndex);
    error EntryNotKnown();

    event HeaderVerified(uint32 indexed blockIndex, bytes32 hash, uint64 timeMs);
    event ValidatorsChanged(uint32 indexed blockIndex, bytes20 nextConsensus);
    /// An entry has another value than the one held before, or is new.
    event EntryAnchored(int32 indexed contractId, bytes32 indexed keyHash, bytes key, bytes value, uint32 blockIndex, uint64 timeMs);

    /// The account that signs what follows on this block.
    struct Trusted {
        bytes20 nextConsensus;
        uint32 blockIndex;
        uint64 timeMs;
    }

    struct Entry {
        /// It was so after this block of Neo.
        uint32 blockIndex;
        /// Until then it was so.
        uint64 timeMs;
        bool isKnown;
        bytes value;
    }

    /// How many blocks back a header may be and still serve for proofs.
    uint256 public constant ringSize = 256;

    /// The network's number, which every signature covers.
    uint32 public immutable magic;
    /// Whether this chain checks P-256 itself; found out once, by trying.
    bool public immutable hasPrecompile;

    Trusted public trusted;
    /// Hashes of verified headers, by block index modulo `ringSize`.
    mapping(uint256 => bytes32) private ring;
    mapping(bytes32 => Entry) private entries;

    /// @param blockIndex block whose header names `nextConsensus`; 0 for the first of the chain
    constructor(uint32 magic_, uint32 blockIndex, bytes20 nextConsensus) {
        magic = magic_;
        hasPrecompile = P256.hasPrecompile();
        trusted = Trusted(nextConsensus, blockIndex, 0);
        emit ValidatorsChanged(blockIndex, nextConsensus);
    }

    /// Verifies headers in ascending order, each signed by the validators that the one before it names. Those that name nobody new can be left out;
    /// those that are known are passed over.
    function submitHeaders(bytes[] calldata headers, uint256[] calldata signers) external {
        submit(headers, signers);
    }

    function submitHeader(bytes calldata header, uint256 signers) external {
        verify(header, signers);
    }

    /// Whether a header was verified here, one of the last `ringSize` blocks.
    function isKnown(bytes calldata header) external view returns (bool) {
        NeoHeader.Fields memory fields = NeoHeader.fieldsOf(header);
        return ring[fields.blockIndex % ringSize] == fields.hash;
    }

    /// The value that an entry had after the block before a known header. Stores nothing.
    /// @param header its first 141 bytes will do
    function proveEntry(
        bytes calldata header,
        int32 contractId,
        bytes calldata key,
        bytes calldata proof
    ) external view returns (bytes memory value, uint32 blockIndex, uint64 timeMs) {
        NeoHeader.Fields memory fields = requireKnown(header);
        return (NeoTrie.valueOf(fields.stateRoot, contractId, key, proof), fields.blockIndex - 1, fields.timeMs);
    }

    /// Keeps an entry that is proven by a known header.
    function anchorEntry(bytes calldata header, int32 contractId, bytes calldata key, bytes calldata proof) external {
        keep(requireKnown(header), contractId, key, proof);
    }

    /// Keeps an entry with all that is behind it: headers as in `submitHeaders`, the last of which has the state root.
    function anchor(
        bytes[] calldata headers,
        uint256[] calldata signers,
        int32 contractId,
        bytes calldata key,
        bytes calldata proof
    ) external {
        submit(headers, signers);
        keep(NeoHeader.fieldsOf(headers[headers.length - 1]), contractId, key, proof);
    }

    /// An entry as it is held.
    function entryOf(int32 contractId, bytes calldata key) external view returns (bytes memory value, uint32 blockIndex, uint64 timeMs) {
        Entry storage entry = entries[idOf(contractId, key)];
        if (!entry.isKnown) revert EntryNotKnown();
        return (entry.value, entry.blockIndex, entry.timeMs);
    }

    function submit(bytes[] calldata headers, uint256[] calldata signers) private {
        if (headers.length != signers.length) revert ArgumentsUneven();
        if (headers.length == 0) revert NothingGiven();
        uint256 last = headers.length - 1;
        for (uint256 index = 0; index < last; index++) {
            // On the way to the last, what lies behind says nothing new.
            if (NeoHeader.fieldsOf(headers[index]).blockIndex > trusted.blockIndex) verify(headers[index], signers[index]);
        }
        verify(headers[last], signers[last]);
    }

    function verify(bytes calldata header, uint256 signers) private {
        NeoHeader.Fields memory fields = NeoHeader.fieldsOf(header);
        Trusted memory before = trusted;
        if (fields.blockIndex <= before.blockIndex) {
            if (ring[fields.blockIndex % ringSize] == fields.hash) return;
            revert HeaderNotNewer(fields.blockIndex, before.blockIndex);
        }
        NeoHeader.requireSigned(header, fields.hash, signers, magic, before.nextConsensus, hasPrecompile);
        trusted = Trusted(fields.nextConsensus, fields.blockIndex, fields.timeMs);
        ring[fields.blockIndex % ringSize] = fields.hash;
        emit HeaderVerified(fields.blockIndex, fields.hash, fields.timeMs);
        if (fields.nextConsensus != before.nextConsensus) emit ValidatorsChanged(fields.blockIndex, fields.nextConsensus);
    }

    function requireKnown(bytes calldata header) private view returns (NeoHeader.Fields memory fields) {
        fields = NeoHeader.fieldsOf(header);
        if (ring[fields.blockIndex % ringSize] != fields.hash) revert HeaderNotKnown(fields.hash);
    }

    function keep(NeoHeader.Fields memory fields, int32 contractId, bytes calldata key, bytes calldata proof) private {
        bytes calldata value = NeoTrie.valueOf(fields.stateRoot, contractId, key, proof);
        uint32 blockIndex = fields.blockIndex - 1;
        Entry storage entry = entries[idOf(contractId, key)];
        bool isSame = entry.isKnown && keccak256(entry.value) == keccak256(value);
        if (entry.isKnown) {
            if (blockIndex < entry.blockIndex) revert EntryOlderThanHeld(blockIndex, entry.blockIndex);
            if (blockIndex == entry.blockIndex) {
                if (!isSame) revert Fork(blockIndex);
                return;
            }
        }
        (entry.blockIndex, entry.timeMs, entry.isKnown) = (blockIndex, fields.timeMs, true);
        if (isSame) return;
        entry.value = value;
        emit EntryAnchored(contractId, keccak256(key), key, value, blockIndex, fields.timeMs);
    }

    function idOf(int32 contractId, bytes calldata key) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(contractId, key));
    }
}
