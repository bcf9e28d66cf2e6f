// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {P256} from "./P256.sol";

/// For tests only: both ways of checking P-256, next to each other.
contract P256Trial {
    function hasPrecompile() external view returns (bool) {
        return P256.hasPrecompile();
    }

    function byPrecompile(bytes32 digest, uint256 r, uint256 s, uint256 x, bool isOdd) external view returns (bool) {
        return P256.byPrecompile(digest, r, s, x, P256.decompress(x, isOdd));
    }

    function byArithmetic(bytes32 digest, uint256 r, uint256 s, uint256 x, bool isOdd) external view returns (bool) {
        uint256 y = P256.decompress(x, isOdd);
        return y != 0 && P256.byArithmetic(digest, r, s, x, y);
    }
}
