// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// ECDSA over P-256 (FIPS 186-5): by the precompile of EIP-7951 where the chain has it, by arithmetic where it has not.
library P256 {
    uint256 internal constant P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF;
    uint256 internal constant N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 private constant B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B;
    uint256 private constant GX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296;
    uint256 private constant GY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5;

    /// The point with this x and sign of y.
    /// @return y 0 if there is none: no point of this curve has y = 0, its order is odd
    function decompress(uint256 x, bool isOdd) internal view returns (uint256 y) {
        if (x >= P) return 0;
        uint256 square = addmod(mulmod(addmod(mulmod(x, x, P), P - 3, P), x, P), B, P);
        // p = 3 mod 4
        y = power(square, (P + 1) >> 2, P);
        if (mulmod(y, y, P) != square) return 0;
        if ((y & 1 == 1) != isOdd) y = P - y;
    }

    /// Whether the precompile is there: it must accept a signature, and must not accept another.
    function hasPrecompile() internal view returns (bool) {
        uint256 x = GX;
        uint256 y = GY;
        // Of the key 1 with the nonce 1 over the digest 0: r = s = Gx mod n.
        return byPrecompile(bytes32(0), x % N, x % N, x, y) && !byPrecompile(bytes32(uint256(1)), x % N, x % N, x, y);
    }

    /// EIP-7951: one word 1 if valid, nothing else.
    function byPrecompile(bytes32 digest, uint256 r, uint256 s, uint256 x, uint256 y) internal view returns (bool isValid) {
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, digest)
            mstore(add(input, 0x20), r)
            mstore(add(input, 0x40), s)
            mstore(add(input, 0x60), x)
            mstore(add(input, 0x80), y)
            mstore(0, 0)
            let isDone := staticcall(gas(), 0x100, input, 0xa0, 0, 0x20)
            isValid := and(and(isDone, eq(returndatasize(), 0x20)), eq(mload(0), 1))
        }
    }

    /// A high s counts, as it does for Neo. The point must be on the curve.
    function byArithmetic(bytes32 digest, uint256 r, uint256 s, uint256 x, uint256 y) internal view returns (bool) {
        if (r == 0 || r >= N || s == 0 || s >= N) return false;
        uint256 w = power(s, N - 2, N);
        (uint256 jx, uint256 jz) = sumOfMultiples(mulmod(uint256(digest), w, N), mulmod(r, w, N), x, y);
        if (jz == 0) return false;
        // x of the sum, modulo n, is r: compared without dividing by z².
        uint256 zz = mulmod(jz, jz, P);
        return jx == mulmod(r, zz, P) || (r < P - N && jx == mulmod(r + N, zz, P));
    }

    /// u·G + v·Q, two bits of each at a time. @return x and z of the sum in Jacobian coordinates; z is 0 for the point at infinity
    function sumOfMultiples(uint256 u, uint256 v, uint256 qx, uint256 qy) private pure returns (uint256 x, uint256 z) {
        // i·G + j·Q stands at 96·(i + 4·j); the first is the point at infinity.
        uint256[48] memory table;
        assembly ("memory-safe") {
            // dbl-2001-b of the Explicit-Formulas Database, for a = -3
            function double(x1, y1, z1) -> x3, y3, z3 {
                let p := P
                let delta := mulmod(z1, z1, p)
                let gamma := mulmod(y1, y1, p)
                let beta := mulmod(x1, gamma, p)
                let alpha := mulmod(3, mulmod(addmod(x1, sub(p, delta), p), addmod(x1, delta, p), p), p)
                x3 := addmod(mulmod(alpha, alpha, p), sub(p, mulmod(8, beta, p)), p)
                z3 := mulmod(2, mulmod(y1, z1, p), p)
                let last := mulmod(8, mulmod(gamma, gamma, p), p)
                y3 := addmod(mulmod(alpha, addmod(mulmod(4, beta, p), sub(p, x3), p), p), sub(p, last), p)
            }
            // add-1998-cmo-2, and what it leaves out: infinity on either side, equal points, opposite points
            function add_(x1, y1, z1, at) -> x3, y3, z3 {
                let p := P
                let z2 := mload(add(at, 0x40))
                switch iszero(z1)
                case 1 {
                    x3 := mload(at)
                    y3 := mload(add(at, 0x20))
                    z3 := z2
                }
                default {
                    switch iszero(z2)
                    case 1 {
                        x3 := x1
                        y3 := y1
                        z3 := z1
                    }
                    default {
                        let zz := mulmod(z2, z2, p)
                        let u1 := mulmod(x1, zz, p)
                        let s1 := mulmod(y1, mulmod(z2, zz, p), p)
                        zz := mulmod(z1, z1, p)
                        let h := addmod(mulmod(mload(at), zz, p), sub(p, u1), p)
                        let r := addmod(mulmod(mload(add(at, 0x20)), mulmod(z1, zz, p), p), sub(p, s1), p)
                        switch or(h, r)
                        case 0 {
                            x3, y3, z3 := double(x1, y1, z1)
                        }
                        default {
                            // Of opposite points h is 0, and with it z3.
                            z3 := mulmod(h, mulmod(z1, z2, p), p)
                            zz := mulmod(h, h, p)
                            u1 := mulmod(u1, zz, p)
                            zz := mulmod(zz, h, p)
                            x3 := addmod(mulmod(r, r, p), sub(p, addmod(zz, mulmod(2, u1, p), p)), p)
                            y3 := addmod(mulmod(r, addmod(u1, sub(p, x3), p), p), sub(p, mulmod(s1, zz, p)), p)
                        }
                    }
                }
            }
            function put(at, x1, y1, z1) {
                mstore(at, x1)
                mstore(add(at, 0x20), y1)
                mstore(add(at, 0x40), z1)
            }

            put(add(table, 96), GX, GY, 1)
            put(add(table, 384), qx, qy, 1)
            for { let index := 2 } lt(index, 16) { index := add(index, 1) } {
                if iszero(eq(index, 4)) {
                    // The one before plus G; at the beginning of a row, the row before plus Q.
                    let back := 1
                    if iszero(and(index, 3)) { back := 4 }
                    let of := add(table, mul(96, sub(index, back)))
                    let ax, ay, az := add_(mload(of), mload(add(of, 0x20)), mload(add(of, 0x40)), add(table, mul(96, back)))
                    put(add(table, mul(96, index)), ax, ay, az)
                }
            }
            let y := 0
            for { let bit := 256 } bit {} {
                bit := sub(bit, 2)
                if z {
                    x, y, z := double(x, y, z)
                    x, y, z := double(x, y, z)
                }
                let index := or(and(shr(bit, u), 3), shl(2, and(shr(bit, v), 3)))
                if index { x, y, z := add_(x, y, z, add(table, mul(96, index))) }
            }
        }
    }

    /// By the precompile of EIP-198.
    function power(uint256 base, uint256 exponent, uint256 modulus) private view returns (uint256 result) {
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, 0x20)
            mstore(add(input, 0x20), 0x20)
            mstore(add(input, 0x40), 0x20)
            mstore(add(input, 0x60), base)
            mstore(add(input, 0x80), exponent)
            mstore(add(input, 0xa0), modulus)
            if iszero(staticcall(gas(), 0x05, input, 0xc0, 0, 0x20)) { invalid() }
            result := mload(0)
        }
    }
}
