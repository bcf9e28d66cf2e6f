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

describe.each(vectors.proofs)('neo-go proof: $name', ({ root, contractId, key, proof, value }) => {
  test('gives the value', () => {
    expect(verifyHex(root, contractId, key, proof)).toBe(value)
  })

  test('refuses each byte altered', () => {
    const bytes = hexToBytes(proof)
    for (let index = 0; index < bytes.length; index++) {
      for (const mask of [0x01, 0x80]) {
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

describe('nodes whose hashes are right', () => {
  const contractId = 7
  const key = hexToBytes('0102')
  const path = '000700000000000000010002' // A nibble in each byte.
  const leaf = '020109'

  /** A child, and the nodes that lead from it to the leaf: an extension for the path but for so many nibbles, and the leaf. */
  function tail(skipped: number): { child: string; nodes: readonly string[] } {
    const nibbles = path.slice(skipped * 2)
    const extension = `01${(nibbles.length / 2).toString(16).padStart(2, '0')}${nibbles}03${hashOf(leaf)}`
    return { child: `03${hashOf(extension)}`, nodes: [extension, leaf] }
  }

  function hashOf(node: string): string {
    return bytesToHex(doubleSha256(hexToBytes(node)))
  }

  function verifyNodes(nodes: readonly string[]): string {
    const root = bytesToHex(hexToBytes(hashOf(nodes[0]!)).reverse())
    const trieKey = new ByteWriter().int32(contractId).bytes(key).toBytes()
    return bytesToHex(verifyStorageProof(root, contractId, key, joinProof(trieKey, nodes.map(hexToBytes))))
  }

  const whole = tail(0)
  const rest = tail(1)
  const none = '04'

  test('lead to the value', () => {
    expect(verifyNodes(whole.nodes)).toBe('09')
    expect(verifyNodes([`00${rest.child}${none.repeat(16)}`, ...rest.nodes])).toBe('09')
    expect(verifyNodes([`010100${rest.child}`, ...rest.nodes])).toBe('09')
  })

  test.each<[string, readonly string[]]>([
    ['a leaf where the path goes on', [leaf]],
    ['a bare hash', [whole.child, ...whole.nodes]],
    ['an empty node', [none, ...whole.nodes]],
    ['an unknown type', ['05', ...whole.nodes]],
    ['no bytes', ['', ...whole.nodes]],
    ['a branch of 16 children', [`00${rest.child}${none.repeat(15)}`, ...rest.nodes]],
    ['a branch of 18 children', [`00${rest.child}${none.repeat(17)}`, ...rest.nodes]],
    ['a branch with a child of another type', [`00${rest.child.replace('03', '05')}${none.repeat(16)}`, ...rest.nodes]],
    ['a branch with a leaf inside', [`00${rest.child}${leaf}${none.repeat(15)}`, ...rest.nodes]],
    ['a branch whose child is empty', [`00${none.repeat(17)}`, ...rest.nodes]],
    ['a branch whose other child leads on', [`00${none}${rest.child}${none.repeat(15)}`, ...rest.nodes]],
    ['an extension without nibbles', [`0100${whole.child}`, ...whole.nodes]],
    ['an extension that leads nowhere', [`010100${none}`, ...rest.nodes]],
    ['an extension with a leaf inside', [`010c${path}${leaf}`]],
    ['an extension longer than the path', [`010d${path}0003${hashOf(leaf)}`, leaf]],
    ['an extension of other nibbles', [`0101f0${rest.child}`, ...rest.nodes]],
    ['an extension whose length is not in its shortest form', [`01fd010000${rest.child}`, ...rest.nodes]],
  ])('are refused for %s', (_, nodes) => {
    expect(() => verifyNodes(nodes)).toThrow(refused)
  })

  test.each([
    ['whose length is not in its shortest form', '02fd010009'],
    ['with bytes behind its value', `${leaf}00`],
    ['of another type', '050109'],
  ])('are refused for a leaf %s', (_, last) => {
    expect(() => verifyNodes([`010c${path}03${hashOf(last)}`, last])).toThrow(refused)
  })
})
