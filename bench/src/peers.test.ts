import { expect, test } from 'vitest'
import { gnarkModule } from './fixtures/gnark-process.ts'
import { anvilPeer, fabricPeer, goPeer, neoPeer, nodePeer, npmPeer } from './peers.ts'

test('names peers by the exact version that is pinned', () => {
  for (const peer of [
    anvilPeer(),
    npmPeer('snarkjs'),
    npmPeer('@sd-jwt/core'),
    npmPeer('jose'),
    npmPeer('@cityofzion/neon-js'),
    npmPeer('oidc-provider', 'institution'),
  ])
    expect(peer).toMatch(/ \d+\.\d+\.\d+$/)
  for (const peer of [neoPeer(), fabricPeer(), goPeer('github.com/consensys/gnark', gnarkModule)])
    expect(peer).toMatch(/^[\w-]+ v\d+\.\d+\.\d+/)
  expect(nodePeer('node:zlib')).toMatch(/^zlib \d.* of Node v\d+/)
})

test('tells gnark from gnark-crypto', () => {
  expect(goPeer('github.com/consensys/gnark', gnarkModule)).toMatch(/^gnark v/)
  expect(goPeer('github.com/consensys/gnark-crypto', gnarkModule)).toMatch(/^gnark-crypto v/)
})

test('knows no version of what is not declared', () => {
  expect(() => npmPeer('not-a-peer')).toThrow('expected not-a-peer to be declared')
})
