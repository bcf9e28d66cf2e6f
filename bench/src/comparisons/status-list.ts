import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { credentialStatus, StatusList, signJwt, signTokenStatusList, TokenStatusLists } from '@hufu/credentials'
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, equalBytes, parseJson } from '@hufu/primitives'
import type { Comparison, Side } from '../compare.ts'
import { issuer, issuerSigner } from '../fixtures/presentations.ts'
import { timed } from '../fixtures/timed.ts'
import { nodePeer } from '../peers.ts'

const entries = 1_048_576
const revokedShare = 0.01
const listsPerRun = 24
/** Reading is quicker, and done more often. */
const readsPerList = 5
/** What a reader of lists takes at most. */
const maxListBytes = 2 ** 21
const uri = 'https://issuer.example/status/1'
const kid = `${issuer}#key-1`
const index = 4_711

/** A status list, published as a signed token and read by a verifier, beside the compression in it. */
export const statusList: Comparison = {
  name: 'status-list',
  description: `publish a list of ${entries.toLocaleString('en')} statuses as a signed token and verify it, or deflate and inflate the same bytes; one after the other`,
  peer: () => nodePeer('node:zlib'),
  measures: [
    { figure: 'encodedPerSecond', of: 'A/B' },
    { figure: 'decodedPerSecond', of: 'A/B' },
  ],
  async open() {
    const list = makeList()
    const bytes = list.toBytes()
    const nowMs = Date.now()
    const period = { issuedAtMs: nowMs, expiresAtMs: nowMs + 86_400_000, ttlMs: 3_600_000 }
    const publish = () => signTokenStatusList({ list, uri, signer: issuerSigner, kid, ...period })
    const compressed = await compress(bytes)
    await expectSameBytes(await publish(), bytes)
    await expectSameRefusals(compressed)
    return {
      a: sideOf('hufu', publish, expectValid),
      b: sideOf(
        'bare zlib',
        () => compress(bytes),
        async packed => {
          if ((await decompress(packed)).length !== bytes.length) throw new Error('expected the whole list')
        },
      ),
      close: async () => undefined,
    }
  },
}

const compress = promisify(deflate) as (bytes: Uint8Array) => Promise<Uint8Array>

function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  return promisify<Uint8Array, object, Buffer>(inflate)(bytes, { maxOutputLength: maxListBytes })
}

function sideOf<Encoded>(name: string, encode: () => Promise<Encoded>, decode: (encoded: Encoded) => Promise<void>): Side {
  return {
    name,
    async run() {
      const all: Encoded[] = []
      const encoded = await timed(listsPerRun, async () => {
        for (let list = 0; list < listsPerRun; list++) all.push(await encode())
      })
      const decoded = await timed(listsPerRun * readsPerList, async () => {
        for (let read = 0; read < readsPerList; read++) for (const each of all) await decode(each)
      })
      return { encodedPerSecond: encoded.perSecond, decodedPerSecond: decoded.perSecond, cpuMsEach: encoded.cpuMsEach + decoded.cpuMsEach }
    },
  }
}

function makeList(): StatusList {
  const list = new StatusList({ capacity: entries, size: 1 })
  for (let revoked = 0; revoked < entries * revokedShare; revoked++) {
    const place = Math.floor(Math.random() * entries)
    if (place !== index) list.set(place, credentialStatus.revoked)
  }
  return list
}

/** As a verifier that has not seen the list before. */
async function expectValid(token: string): Promise<void> {
  const lists = new TokenStatusLists({
    fetchStatusList: async () => token,
    resolveIssuerKey: async () => ({ controller: issuer, publicKey: issuerSigner.publicKey, evidence: {} }),
  })
  const status = await lists.statusOf({ issuer, reference: { uri, index } }, { maxAgeMs: 3_600_000 })
  if (status !== 'valid') throw new Error('expected a credential that is not revoked')
}

/** Void unless the token has the very bytes that the other side packs. */
async function expectSameBytes(token: string, bytes: Uint8Array): Promise<void> {
  const payload = parseJson(bytesToUtf8(base64urlToBytes(token.split('.')[1]!))) as { status_list: { lst: string } }
  if (!equalBytes(await decompress(base64urlToBytes(payload.status_list.lst)), bytes)) throw new Error('expected both to pack the same')
}

/** Void unless both refuse what is cut short, damaged, or too long when unpacked; ours although the issuer signed it. */
async function expectSameRefusals(compressed: Uint8Array): Promise<void> {
  const wrong = [
    compressed.subarray(0, -1),
    compressed.map((byte, place) => (place === compressed.length - 1 ? byte ^ 1 : byte)),
    await compress(new Uint8Array(maxListBytes + 1)),
  ]
  for (const packed of wrong) {
    const payload = { sub: uri, iat: Math.floor(Date.now() / 1000), status_list: { bits: 1, lst: bytesToBase64url(packed) } }
    const token = await signJwt({ type: 'statuslist+jwt', kid, payload }, issuerSigner)
    for (const read of [() => expectValid(token), () => decompress(packed)]) {
      const isRead = await read().then(
        () => true,
        () => false,
      )
      if (isRead) throw new Error('expected both to refuse a damaged list')
    }
  }
}
