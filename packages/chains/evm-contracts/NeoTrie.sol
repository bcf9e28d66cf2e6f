// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Reads what Neo writes, from a place in call data on; every read is bounded.
library NeoReader {
    error BytesMissing();
    error LengthNotShortest();
    error LengthTooGreat(uint256 length);

    function byteAt(bytes calldata data, uint256 offset) internal pure returns (uint8) {
        if (offset >= data.length) revert BytesMissing();
        return uint8(data[offset]);
    }

    /// Neo's variable length, in its shortest form only.
    function length(bytes calldata data, uint256 offset, uint256 most) internal pure returns (uint256 value, uint256 next) {
        value = byteAt(data, offset);
        next = offset + 1;
        if (value == 0xfd) {
            value = uint256(byteAt(data, next)) | (uint256(byteAt(data, next + 1)) << 8);
            if (value < 0xfd) revert LengthNotShortest();
            next += 2;
        } else if (value > 0xfd) {
            // Above 65,535: nothing here may be so long.
            revert LengthTooGreat(value);
        }
        if (value > most) revert LengthTooGreat(value);
    }

    /// Bytes behind their own length.
    function part(bytes calldata data, uint256 offset, uint256 most) internal pure returns (bytes calldata value, uint256 next) {
        (uint256 size, uint256 from) = length(data, offset, most);
        next = from + size;
        if (next > data.length) revert BytesMissing();
        value = data[from:next];
    }
}

/// Neo's Merkle-Patricia trie: what a contract's storage holds under a key, by a proof that leads to a state root.
library NeoTrie {
    error KeyTooLong();
    error ProofOfAnotherKey();
    error NodeHashDiffers(uint256 node);
    error NodeUnknown(uint256 node);
    error NodeLeftOver(uint256 node);
    error ChildUnknown(uint256 node);
    error ChildEmpty(uint256 node);
    error PathDiffers(uint256 node);
    error LeafOfShorterKey(uint256 node);
    error ProofGoesOn();
    error ProofEndsEarly();
    error ProofLeftOver();

    uint256 private constant maxKeyLength = 64;
    uint256 private constant maxPathLength = (4 + maxKeyLength) * 2;
    uint256 private constant maxValueLength = 65_535;

    struct Walk {
        bytes32 nextHash;
        /// The contract's number and the key, as in the trie.
        bytes path;
        /// Nibbles of the path that lie behind.
        uint256 done;
    }

    /// @param root as the header has it
    /// @param proof a node's answer to `getproof`
    function valueOf(bytes32 root, int32 contractId, bytes calldata key, bytes calldata proof) internal pure returns (bytes calldata value) {
        if (key.length > maxKeyLength) revert KeyTooLong();
        Walk memory walk = Walk(root, abi.encodePacked(littleEndian(uint32(contractId)), key), 0);
        uint256 next;
        uint256 count;
        {
            bytes calldata provenKey;
            (provenKey, next) = NeoReader.part(proof, 0, 4 + maxKeyLength);
            if (keccak256(provenKey) != keccak256(walk.path)) revert ProofOfAnotherKey();
        }
        (count, next) = NeoReader.length(proof, next, maxPathLength + 2);
        for (uint256 index = 0; index < count; index++) {
            bytes calldata node;
            (node, next) = NeoReader.part(proof, next, 4 + maxValueLength);
            if (sha256(abi.encodePacked(sha256(node))) != walk.nextHash) revert NodeHashDiffers(index);
            uint8 kind = NeoReader.byteAt(node, 0);
            if (kind == 0) stepBranch(walk, node, index);
            else if (kind == 1) stepExtension(walk, node, index);
            else if (kind == 2) {
                if (walk.done != walk.path.length * 2) revert LeafOfShorterKey(index);
                uint256 end;
                (value, end) = NeoReader.part(node, 1, maxValueLength);
                if (end != node.length) revert NodeLeftOver(index);
                if (index + 1 != count) revert ProofGoesOn();
                if (next != proof.length) revert ProofLeftOver();
                return value;
            } else revert NodeUnknown(index);
        }
        revert ProofEndsEarly();
    }

    /// 17 children, one for each nibble and one for a key that ends here.
    function stepBranch(Walk memory walk, bytes calldata node, uint256 index) private pure {
        uint256 wanted = walk.done < walk.path.length * 2 ? nibble(walk.path, walk.done) : 16;
        bytes32 found;
        bool isFound;
        uint256 offset = 1;
        for (uint256 child = 0; child < 17; child++) {
            bool isThere;
            bytes32 hash;
            (isThere, hash, offset) = readChild(node, offset, index);
            if (child == wanted) (isFound, found) = (isThere, hash);
        }
        if (offset != node.length) revert NodeLeftOver(index);
        if (!isFound) revert ChildEmpty(index);
        walk.nextHash = found;
        if (wanted < 16) walk.done++;
    }

    /// The next nibbles, one in each byte.
    function stepExtension(Walk memory walk, bytes calldata node, uint256 index) private pure {
        (bytes calldata nibbles, uint256 offset) = NeoReader.part(node, 1, maxPathLength);
        bool isThere;
        (isThere, walk.nextHash, offset) = readChild(node, offset, index);
        if (offset != node.length) revert NodeLeftOver(index);
        if (!isThere) revert ChildEmpty(index);
        if (nibbles.length == 0 || walk.done + nibbles.length > walk.path.length * 2) revert PathDiffers(index);
        for (uint256 place = 0; place < nibbles.length; place++) {
            if (uint8(nibbles[place]) != nibble(walk.path, walk.done + place)) revert PathDiffers(index);
        }
        walk.done += nibbles.length;
    }

    /// A node never stands inside another one.
    function readChild(bytes calldata node, uint256 offset, uint256 index) private pure returns (bool isThere, bytes32 hash, uint256 next) {
        uint8 kind = NeoReader.byteAt(node, offset);
        next = offset + 1;
        if (kind == 4) return (false, 0, next);
        if (kind != 3) revert ChildUnknown(index);
        if (next + 32 > node.length) revert NeoReader.BytesMissing();
        return (true, bytes32(node[next:next + 32]), next + 32);
    }

    /// High half first.
    function nibble(bytes memory path, uint256 place) private pure returns (uint256) {
        uint8 pair = uint8(path[place >> 1]);
        return place & 1 == 0 ? pair >> 4 : pair & 0x0f;
    }

    function littleEndian(uint32 value) internal pure returns (bytes4) {
        return bytes4((value >> 24) | ((value >> 8) & 0xff00) | ((value & 0xff00) << 8) | (value << 24));
    }
}
