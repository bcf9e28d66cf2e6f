import { didOf } from '@hufu/did'
import { parseScriptHash } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import {
  CredentialTree,
  createNodeHasher,
  createScalarEngine,
  decodeBucket,
  ProofError,
  type TreeReader,
  type TreeRoot,
  treeReaderOverHttp,
  verifyBucket,
} from '@hufu/proofs'
import { createHttpServer, createLog } from '@hufu/service'
import { expect, test } from 'vitest'
import { treeRoutes } from './tree-routes.ts'

const issuer = parseScriptHash('11'.repeat(20))
const key = { issuer, typeId: 'resident' }
const did = didOf('test', issuer)
const hasher = createNodeHasher(await createScalarEngine())
const tree = new CredentialTree(hasher)
tree.append(new Uint8Array(32 * 5_000).map((_, index) => (index % 32 === 31 ? 0 : (index * 7 + Math.floor(index / 256)) % 256)))

const rootOf = (rootIndex: number): TreeRoot => ({
  rootIndex,
  size: 5_000,
  root: tree.root,
  timeMs: rootIndex * 1_000,
  blockIndex: rootIndex,
})
const roots = [rootOf(1), { ...rootOf(2), fault: { reason: 'root' as const, expected: new Uint8Array(32) } }, rootOf(3)]
const isKnown = (asked: typeof key) => asked.issuer === issuer && asked.typeId === 'resident'

const trees: TreeReader = {
  latestRoot: async asked => (isKnown(asked) ? roots[2]! : null),
  rootAt: async (_, rootIndex) => roots[rootIndex - 1] ?? null,
  roots: async (_, { from, limit }) => roots.slice(from - 1, from - 1 + limit),
  bucket: async (asked, bucketIndex, rootIndex) => (isKnown(asked) && rootIndex === 3 ? tree.bucketAt(bucketIndex) : null),
  epochRoots: async (typeId, epoch) => {
    if (typeof epoch === 'object' ? epoch.height !== 9 : epoch !== 'latest' && epoch !== 28) return null
    return { typeId, epoch: 28, height: 9, timeMs: 1_680_000, lists: typeId === 'resident' ? [[{ issuer, root: roots[2]! }]] : [] }
  },
}

const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1_024, requestTimeoutMs: 1_000 })
treeRoutes(server, { network: 'test', trees })
const get = (url: string) => server.inject({ url })

test('gives the roots of a tree, false ones with what is wrong', async () => {
  const answer = await get(`/trees/${did}/resident/roots?from=2`)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'access-control-allow-origin': '*' })
  const root = bytesToHex(tree.root)
  expect(answer.json()).toEqual({
    issuer: did,
    credentialType: 'resident',
    latest: { rootIndex: 3, size: 5_000, root, timeMs: 3_000, blockIndex: 3 },
    roots: [
      { rootIndex: 2, size: 5_000, root, timeMs: 2_000, blockIndex: 2, fault: { reason: 'root', expected: '0'.repeat(64) } },
      { rootIndex: 3, size: 5_000, root, timeMs: 3_000, blockIndex: 3 },
    ],
  })
  expect((await get(`/trees/${encodeURIComponent(did)}/resident/roots?limit=1`)).json().roots).toHaveLength(1)
})

test('gives buckets that lead to their root, and may be kept for good', async () => {
  for (const bucketIndex of [0, 1]) {
    const answer = await get(`/trees/${did}/resident/buckets/${bucketIndex}?root=3`)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
    })
    verifyBucket(decodeBucket(bucketIndex, new Uint8Array(answer.rawPayload)), tree.root, hasher)
  }
})

test('gives what counts in an epoch', async () => {
  const expected = {
    epoch: 28,
    height: 9,
    timeMs: 1_680_000,
    lists: [
      {
        list: { credentialType: 'resident', height: 9, issuers: [{ issuer: did, rootIndex: 3 }] },
        roots: [{ rootIndex: 3, size: 5_000, root: bytesToHex(tree.root), timeMs: 3_000, blockIndex: 3 }],
      },
    ],
  }
  const latest = await get('/epochs/latest?type=resident')
  expect([latest.json(), latest.headers['cache-control']]).toEqual([expected, 'no-cache'])
  const past = await get('/epochs/28?type=resident')
  expect([past.json(), past.headers['cache-control']]).toEqual([expected, 'public, max-age=3600'])
  expect((await get('/epochs/at/9?type=resident')).json()).toEqual(expected)
  expect((await get('/epochs/latest?type=another')).json().lists).toEqual([])
})

test.each([
  [`/trees/${didOf('test', parseScriptHash('22'.repeat(20)))}/resident/roots`, 404],
  [`/trees/${didOf('elsewhere', issuer)}/resident/roots`, 404],
  [`/trees/${did}/another/buckets/0?root=3`, 404],
  [`/trees/${did}/resident/buckets/0?root=2`, 404],
  [`/trees/${did}/resident/buckets/2?root=3`, 404],
  ['/epochs/29?type=resident', 404],
  ['/epochs/at/10?type=resident', 404],
  ['/epochs/at/x?type=resident', 400],
  ['/trees/nobody/resident/roots', 400],
  [`/trees/${did}/${'x'.repeat(33)}/roots`, 400],
  [`/trees/${did}/resident/roots?from=0`, 400],
  [`/trees/${did}/resident/roots?limit=1001`, 400],
  [`/trees/${did}/resident/buckets/0`, 400],
  [`/trees/${did}/resident/buckets/-1?root=3`, 400],
  [`/trees/${did}/resident/buckets/0.5?root=3`, 400],
  [`/trees/${did}/resident/buckets/1048576?root=3`, 400],
  [`/trees/${did}/resident/buckets/0?root=x`, 400],
  ['/epochs/latest', 400],
  ['/epochs/next?type=resident', 400],
  ['/epochs/007?type=resident', 400],
])('%s is a problem with status %i', async (url, status) => {
  const answer = await get(url)
  expect([answer.statusCode, answer.headers['content-type'], answer.json().status]).toEqual([status, 'application/problem+json', status])
})

test('a reader over HTTP reads what the trees hold', async () => {
  const fetch = async (url: Parameters<typeof globalThis.fetch>[0]) => {
    const answer = await get(String(url).slice('https://node.example'.length))
    return new Response(new Uint8Array(answer.rawPayload), { status: answer.statusCode })
  }
  const reader = treeReaderOverHttp({ url: 'https://node.example', network: 'test', fetch })
  const unknown = { issuer, typeId: 'another' }
  for (const from of [reader, trees]) {
    expect(await from.latestRoot(key)).toEqual(roots[2])
    expect(await from.rootAt(key, 2)).toEqual(roots[1])
    expect(await from.rootAt(key, 4)).toBeNull()
    expect(await from.roots(key, { from: 2, limit: 1 })).toEqual([roots[1]])
    expect(await from.bucket(key, 1, 3)).toEqual(tree.bucketAt(1))
    expect(await from.bucket(key, 1, 2)).toBeNull()
    expect(await from.bucket(unknown, 1, 3)).toBeNull()
    expect(await from.epochRoots('resident', 'latest')).toEqual(await trees.epochRoots('resident', 28))
    expect(await from.epochRoots('resident', 29)).toBeNull()
    expect(await from.epochRoots('resident', { height: 9 })).toEqual(await trees.epochRoots('resident', 28))
    expect(await from.epochRoots('resident', { height: 10 })).toBeNull()
    expect((await from.epochRoots('another', 28))!.lists).toEqual([])
    expect(await from.latestRoot(unknown)).toBeNull()
  }
})

test.each([
  ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
  ['a failure', () => Promise.resolve(new Response('{}', { status: 503 }))],
  ['another content', () => Promise.resolve(new Response('<html>'))],
  ['members that are missing', () => Promise.resolve(new Response('{"latest":{},"roots":[]}'))],
  ['more bytes than there can be', () => Promise.resolve(new Response(new Uint8Array(2 ** 20 + 1)))],
])('a reader over HTTP refuses %s', async (_, fetch) => {
  const reader = treeReaderOverHttp({ url: 'https://node.example', network: 'test', fetch })
  await expect(reader.latestRoot(key)).rejects.toMatchObject({ code: 'ERR_PROOF_TREE' })
  await expect(reader.bucket(key, 0, 1)).rejects.toMatchObject({ code: 'ERR_PROOF_TREE' })
  await expect(reader.epochRoots('resident', 1)).rejects.toMatchObject({ code: 'ERR_PROOF_TREE' })
})

test('an error that is no missing bucket is not called one', async () => {
  const broken = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1_024, requestTimeoutMs: 1_000 })
  const bucket = async () => {
    throw new ProofError('ERR_PROOF_WORKER', 'something else')
  }
  treeRoutes(broken, { network: 'test', trees: { ...trees, bucket } })
  expect((await broken.inject({ url: `/trees/${did}/resident/buckets/0?root=3` })).statusCode).toBe(500)
})
