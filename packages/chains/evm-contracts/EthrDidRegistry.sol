// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A registry of ERC-1056, written from its specification, so that `did:ethr` is tried on a chain. For tests: others run registries that are in use.
/// Without the functions that take a signature of the owner in place of a transaction: they record the same events.
contract EthrDidRegistry {
    event DIDOwnerChanged(address indexed identity, address owner, uint256 previousChange);
    event DIDDelegateChanged(address indexed identity, bytes32 delegateType, address delegate, uint256 validTo, uint256 previousChange);
    event DIDAttributeChanged(address indexed identity, bytes32 name, bytes value, uint256 validTo, uint256 previousChange);

    error NotTheOwner();

    /// Block of an identity's newest change.
    mapping(address identity => uint256 blockNumber) public changed;
    mapping(address identity => address owner) private owners;

    modifier onlyOwner(address identity) {
        if (msg.sender != identityOwner(identity)) revert NotTheOwner();
        _;
        changed[identity] = block.number;
    }

    function identityOwner(address identity) public view returns (address) {
        address owner = owners[identity];
        return owner == address(0) ? identity : owner;
    }

    function changeOwner(address identity, address newOwner) external onlyOwner(identity) {
        owners[identity] = newOwner;
        emit DIDOwnerChanged(identity, newOwner, changed[identity]);
    }

    function addDelegate(address identity, bytes32 delegateType, address delegate, uint256 validity) external onlyOwner(identity) {
        emit DIDDelegateChanged(identity, delegateType, delegate, block.timestamp + validity, changed[identity]);
    }

    function revokeDelegate(address identity, bytes32 delegateType, address delegate) external onlyOwner(identity) {
        emit DIDDelegateChanged(identity, delegateType, delegate, block.timestamp, changed[identity]);
    }

    function setAttribute(address identity, bytes32 name, bytes calldata value, uint256 validity) external onlyOwner(identity) {
        emit DIDAttributeChanged(identity, name, value, block.timestamp + validity, changed[identity]);
    }

    function revokeAttribute(address identity, bytes32 name, bytes calldata value) external onlyOwner(identity) {
        emit DIDAttributeChanged(identity, name, value, 0, changed[identity]);
    }
}
