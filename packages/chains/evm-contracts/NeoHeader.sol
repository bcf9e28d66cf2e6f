// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NeoReader, NeoTrie} from "./NeoTrie.sol";
import {P256} from "./P256.sol";

/// Headers of Neo N3 with `StateRootInHeader`, and who signed them.
library NeoHeader {
    error HeaderTooShort();
    error VersionUnknown();
    error TimeOutOfRange();
    error NotOneWitness();
    error HeaderLeftOver();
    /// The keys in the witness are not those of the trusted account.
    error NotTheTrustedValidators(bytes20 account);
    error ScriptMalformed();
    error KeysOutOfOrder();
    error NotTheThreshold(uint256 signatures, uint256 threshold);
    error SignerUnknown();
    error SignatureMalformed();
    error KeyNotOnCurve(uint256 key);
    error SignatureFalse(uint256 key);

    /// What is hashed and signed; the witness follows.
    uint256 internal constant hashableLength = 141;
    uint256 private constant maxScriptLength = 1024;
    uint256 private constant keyPush = 2 + 33;
    uint256 private constant signaturePush = 2 + 64;

    struct Fields {
        bytes32 hash;
        uint32 blockIndex;
        uint64 timeMs;
        bytes20 nextConsensus;
        /// Of the block before.
        bytes32 stateRoot;
    }

    function fieldsOf(bytes calldata header) internal pure returns (Fields memory fields) {
        if (header.length < hashableLength) revert HeaderTooShort();
        if (bytes4(header[0:4]) != 0) revert VersionUnknown();
        fields.hash = sha256(header[0:hashableLength]);
        fields.timeMs = littleEndian(bytes8(header[68:76]));
        if (fields.timeMs >= 2 ** 53) revert TimeOutOfRange();
        fields.blockIndex = uint32(NeoTrie.littleEndian(uint32(bytes4(header[84:88]))));
        fields.nextConsensus = bytes20(header[89:109]);
        fields.stateRoot = bytes32(header[109:141]);
    }

    /// Refuses a header that these validators did not sign: exactly as many of them as their account asks for.
    /// @param signers who they are: bit i for the key at place i. A hint only, to spare trying them all
    function requireSigned(
        bytes calldata header,
        bytes32 hash,
        uint256 signers,
        uint32 magic,
        bytes20 nextConsensus,
        bool hasPrecompile
    ) internal view {
        if (header.length == hashableLength || uint8(header[hashableLength]) != 1) revert NotOneWitness();
        (bytes calldata invocation, uint256 next) = NeoReader.part(header, hashableLength + 1, maxScriptLength);
        bytes calldata script;
        (script, next) = NeoReader.part(header, next, maxScriptLength);
        if (next != header.length) revert HeaderLeftOver();
        bytes20 account = ripemd160(abi.encodePacked(sha256(script)));
        if (account != nextConsensus) revert NotTheTrustedValidators(account);
        bytes32 digest = sha256(abi.encodePacked(NeoTrie.littleEndian(magic), hash));
        requireSignatures(invocation, script, signers, digest, hasPrecompile);
    }

    /// Of the form: m, keys, n, System.Crypto.CheckMultisig.
    function requireSignatures(
        bytes calldata invocation,
        bytes calldata script,
        uint256 signers,
        bytes32 digest,
        bool hasPrecompile
    ) private view {
        (uint256 threshold, uint256 offset) = count(script, 0);
        uint256 signed = 0;
        uint256 keys = 0;
        uint256 last = 0;
        while (script.length > offset + keyPush) {
            if (bytes2(script[offset:offset + 2]) != 0x0c21) revert ScriptMalformed();
            uint256 x = uint256(bytes32(script[offset + 3:offset + keyPush]));
            // By x, which also keeps a key and its negative from counting twice.
            if (keys > 0 && x <= last) revert KeysOutOfOrder();
            if ((signers >> keys) & 1 == 1) {
                uint8 sign = uint8(script[offset + 2]);
                if (sign != 2 && sign != 3) revert KeyNotOnCurve(keys);
                if (signed == threshold) revert NotTheThreshold(signed + 1, threshold);
                requireSignature(invocation, signed, digest, x, sign == 3, keys, hasPrecompile);
                signed++;
            }
            last = x;
            keys++;
            offset += keyPush;
        }
        uint256 announced;
        (announced, offset) = count(script, offset);
        if (announced != keys || threshold > keys || threshold == 0) revert ScriptMalformed();
        if (script.length != offset + 5 || bytes5(script[offset:offset + 5]) != 0x419ed0dc3a) revert ScriptMalformed();
        if (signers >> keys != 0) revert SignerUnknown();
        if (signed != threshold || invocation.length != threshold * signaturePush)
            revert NotTheThreshold(invocation.length / signaturePush, threshold);
    }

    function requireSignature(
        bytes calldata invocation,
        uint256 position,
        bytes32 digest,
        uint256 x,
        bool isOdd,
        uint256 key,
        bool hasPrecompile
    ) private view {
        uint256 from = position * signaturePush;
        if (invocation.length < from + signaturePush || bytes2(invocation[from:from + 2]) != 0x0c40) revert SignatureMalformed();
        uint256 r = uint256(bytes32(invocation[from + 2:from + 34]));
        uint256 s = uint256(bytes32(invocation[from + 34:from + 66]));
        uint256 y = P256.decompress(x, isOdd);
        if (y == 0) revert KeyNotOnCurve(key);
        bool isValid = hasPrecompile ? P256.byPrecompile(digest, r, s, x, y) : P256.byArithmetic(digest, r, s, x, y);
        if (!isValid) revert SignatureFalse(key);
    }

    /// As Neo writes it: PUSH1 to PUSH15 and, above, PUSHINT8.
    function count(bytes calldata script, uint256 offset) private pure returns (uint256 value, uint256 next) {
        uint8 code = NeoReader.byteAt(script, offset);
        if (code > 0x10 && code <= 0x1f) return (code - 0x10, offset + 1);
        if (code != 0) revert ScriptMalformed();
        value = NeoReader.byteAt(script, offset + 1);
        if (value <= 15 || value > 127) revert ScriptMalformed();
        return (value, offset + 2);
    }

    function littleEndian(bytes8 bytes_) private pure returns (uint64 value) {
        for (uint256 index = 0; index < 8; index++) value |= uint64(uint8(bytes_[index])) << uint64(8 * index);
    }
}
