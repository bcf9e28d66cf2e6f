import { ByteReader, ByteWriter, bytesToHex, doubleSha256, hexToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import vectors from '../../vectors/neo-go-storage-proofs.json' with { type: 'json' }
import { verifyStorageProof } from './verify-storage-proof.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_PROOF' })

function verifyHex(root: string, contractId: number, key: string, proof: string): string {
  return bytesToHex(verifyStorageProof(root, contractId, hexToBytes(key), hexToBytes(proof)))
}

function splitProof(proof: string): { key: Uint8Array; nodes: Uint8Array[] } {
  const reader = new ByteReader(hexToBytes(proof))
  const key = reader.varBytes(68)
  const count = reader.varUint(200)
  return { key, nodes: Array.from({ length: count }, () => reader.varBytes(70_000)) }
}

function joinProof(key: Uint8Array, nodes: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter().varBytes(key).varUint(nodes.length)
  for (const node of nodes) out.varBytes(node)
  return out.toBytes()
}

/** A proof of one node, made to be its own root. */
function selfMade(node: Uint8Array, key: Uint8Array): () => Uint8Array {
  const root = bytesToHex(doubleSha256(node).reverse())
  const trieKey = new ByteWriter().int32(7).bytes(key).toBytes()
  return () => verifyStorageProof(root, 7, key, joinProof(trieKey, [node]))
}

describe.each(vectors.proofs)('neo-go proof: $name', ({ root, contractId, key, proof, value }) => {
  test('gives the value', () => {
    expect(verifyHex(root, contractId, key, proof)).toBe(value)
  })

  test('refuses each byte altered', () => {
    const bytes = hexToBytes(proof)
    for (let index = 0; index < bytes.length; index++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const altered = bytes.slice()
        altered[index]! ^= mask
        expect(() => verifyStorageProof(root, contractId, hexToBytes(key), altered), `byte ${index}`).toThrow(refused)
      }
    }
  })

  test('refuses it cut short anywhere, and with a byte more', () => {
    for (let length = 0; length < proof.length; length += 2) {
      expect(() => verifyHex(root, contractId, key, proof.slice(0, length))).toThrow(refused)
    }
    expect(() => verifyHex(root, contractId, key, `${proof}00`)).toThrow(refused)
  })

  test('refuses nodes left out, doubled or swapped', () => {
    const { key: trieKey, nodes } = splitProof(proof)
    const verifyNodes = (changed: readonly Uint8Array[]) => () =>
      verifyStorageProof(root, contractId, hexToBytes(key), joinProof(trieKey, changed))
    expect(bytesToHex(verifyNodes(nodes)())).toBe(value)
    for (let index = 0; index < nodes.length; index++) {
      expect(verifyNodes(nodes.toSpliced(index, 1))).toThrow(refused)
      expect(verifyNodes(nodes.toSpliced(index, 0, nodes[index]!))).toThrow(refused)
      if (index > 0) expect(verifyNodes(nodes.toSpliced(index - 1, 2, nodes[index]!, nodes[index - 1]!))).toThrow(refused)
    }
  })

  test('refuses another contract, key or root', () => {
    const { nodes } = splitProof(proof)
    const otherKeys = [`${key}00`, ...(key === '' ? [] : [key.slice(2), key.slice(0, -2), `${key.slice(0, -2)}ee`])]
    for (const other of otherKeys) {
      expect(() => verifyHex(root, contractId, other, proof)).toThrow(refused)
      const trieKey = new ByteWriter().int32(contractId).bytes(hexToBytes(other)).toBytes()
      expect(() => verifyStorageProof(root, contractId, hexToBytes(other), joinProof(trieKey, nodes))).toThrow(refused)
    }
    expect(() => verifyHex(root, contractId + 1, key, proof)).toThrow(refused)
    expect(() => verifyHex('00'.repeat(32), contractId, key, proof)).toThrow(refused)
    expect(() => verifyHex(bytesToHex(hexToBytes(root).reverse()), contractId, key, proof)).toThrow(refused)
  })
})

test('refuses a proof of one entry for another of the same state', () => {
  const [first, second] = vectors.proofs
  expect(first!.root).toBe(second!.root)
  expect(() => verifyHex(first!.root, second!.contractId, second!.key, first!.proof)).toThrow(refused)
})

test('refuses nodes that hash right but have a wrong form', () => {
  const key = hexToBytes('0102')
  const hash = `03${'11'.repeat(32)}`
  const forms = {
    'a leaf where the path goes on': '020109',
    'a leaf with bytes behind its value': '02010900',
    'a leaf whose length is not in its shortest form': '02fd010009',
    'a bare hash': hash,
    'an empty node': '04',
    'an unknown type': '05',
    'no bytes': '',
    'a branch of 16 children': `00${'04'.repeat(16)}`,
    'a branch of 18 children': `00${hash}${'04'.repeat(17)}`,
    'a branch with a leaf inside': `00020109${'04'.repeat(16)}`,
    'a branch whose child is empty': `00${'04'.repeat(17)}`,
    'an extension without nibbles': `0100${hash}`,
    'an extension that leads nowhere': '01010004',
    'an extension with a leaf inside': '010100020109',
    'an extension longer than the path': `010d00070000000000000001000200${hash}`,
    'an extension of other nibbles': `0101f0${hash}`,
  }
  for (const [name, hex] of Object.entries(forms)) expect(selfMade(hexToBytes(hex), key), name).toThrow(refused)
})
