import {
  BitstringStatusLists,
  bitstringStatusEntryType,
  credentialStatus,
  minBitstringEntries,
  type ResolveIssuerKey,
  readBitstringStatusEntry,
  StatusList,
  signBitstringStatusList,
  signTokenStatusList,
  TokenStatusLists,
} from '@hufu/credentials'
import { didOf } from '@hufu/did'
import { generateSigner } from '@hufu/keys'
import { singleAccount } from '@hufu/ledger'
import { seededRandom } from '../statistics.ts'
import { digits, growthExponent, sizeAtLimit } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { summaryOf, timeEach } from './fixtures/summary.ts'
import type { GrowthPart } from './growth-part.ts'
import { powersOfTen } from './sizes.ts'

/** As many as issuers' lists have stand among them. */
const sizes = [...powersOfTen(100_000), minBitstringEntries, 1_000_000]
const samples = 15
const lookups = 2_000
const day = 86_400_000
const uris = { token: 'https://bureau.example/status/1', bitstring: 'https://bureau.example/status/revocation-1' }
/** What may be unpacked at most: a limit of this implementation. */
const maxListBytes = 2 ** 21
/** A minute's list on a phone's slow line. */
const slowBytes = 1_000_000

/** A verification's record, of which nothing is kept. */
const noLog = {
  pass: () => undefined,
  fail: (_rule: string, code: string) => {
    throw new Error(code)
  },
  during: (_rule: string, work: () => unknown) => work(),
  lookUp: (_rule: string, ask: () => unknown) => ask(),
} as unknown as Parameters<BitstringStatusLists['check']>[0]

/** One published list of so many entries: Token Status List with two bits each, Bitstring Status List with one. */
export const statusEntries: GrowthPart = {
  name: 'status-entries',
  description: 'one status list: signed, its bytes over the wire, verified and looked up',
  async run(_long, progress) {
    const signer = await generateSigner('P-256')
    const did = didOf('test', singleAccount(signer).scriptHash)
    const kid = `${did}#key-1`
    const resolveIssuerKey: ResolveIssuerKey = async () => ({ controller: did, publicKey: signer.publicKey, evidence: {} })
    const times = () => ({ issuedAtMs: Date.now() - 1_000, expiresAtMs: Date.now() + day, ttlMs: day })
    const [signing, weight, checking, kept] = [new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet()]
    for (const size of sizes) {
      const sign = {
        token: (list: StatusList) => signTokenStatusList({ list, uri: uris.token, signer, kid, ...times() }),
        bitstring: (list: StatusList) =>
          signBitstringStatusList({ list, purpose: 'revocation', uri: uris.bitstring, issuer: did, key: { id: kid, signer }, ...times() }),
      }
      const token = listOf(size, 'token', 0.01)
      const bitstring = listOf(size, 'bitstring', 0.01)
      const texts = { token: await sign.token(token), bitstring: await sign.bitstring(bitstring) }
      for (const share of [0.001, 0.01, 0.1]) {
        weight.add(`Token, ${100 * share} % revoked`, size, Buffer.byteLength(await sign.token(listOf(size, 'token', share))) / 1000)
        if (size >= minBitstringEntries)
          weight.add(
            `Bitstring, ${100 * share} % revoked`,
            size,
            Buffer.byteLength(await sign.bitstring(listOf(size, 'bitstring', share))) / 1000,
          )
      }
      const fetchStatusList = async (uri: string) => (uri === uris.token ? texts.token : texts.bitstring)
      const index = firstValid(token)
      const isValidToken = async (lists: TokenStatusLists) => {
        const status = await lists.statusOf({ issuer: did, reference: { uri: uris.token, index } }, { maxAgeMs: day })
        if (status !== 'valid') throw new Error('expected a credential that is not revoked')
      }
      const entry = readBitstringStatusEntry({
        ...{ type: bitstringStatusEntryType, statusPurpose: 'revocation' },
        ...{ statusListIndex: String(firstValid(bitstring)), statusListCredential: uris.bitstring },
      })
      const isValidBitstring = (lists: BitstringStatusLists) => lists.check(noLog, { issuer: did, entry }, { maxAgeMs: day })
      const newToken = () => new TokenStatusLists({ fetchStatusList, resolveIssuerKey })
      const newBitstring = () => new BitstringStatusLists({ fetchStatusList, resolveIssuerKey })

      const point = (set: SeriesSet, name: string, milliseconds: readonly number[], factor = 1) => {
        const { y, ...range } = summaryOf(milliseconds.map(each => each * factor))
        set.add(name, size, y, range)
      }
      point(signing, 'Token', await timeEach(samples, () => sign.token(token)))
      point(checking, 'Token', await timeEach(samples, () => isValidToken(newToken())))
      const keptToken = newToken()
      await isValidToken(keptToken)
      point(kept, 'Token', await timeEach(lookups, () => isValidToken(keptToken)), 1000)
      if (size >= minBitstringEntries) {
        point(signing, 'Bitstring', await timeEach(samples, () => sign.bitstring(bitstring)))
        point(checking, 'Bitstring', await timeEach(samples, () => isValidBitstring(newBitstring())))
        const keptBitstring = newBitstring()
        await isValidBitstring(keptBitstring)
        point(kept, 'Bitstring', await timeEach(lookups, () => isValidBitstring(keptBitstring)), 1000)
      }
      progress(`${size} entries`)
    }
    const axes = { xLabel: 'entries in the list', logX: true }
    const tenth = weight.points('Token, 10 % revoked')
    return [
      {
        name: 'status-sign',
        ...{ ...axes, yLabel: 'a list packed, compressed and signed, ready to be served', unit: 'ms', series: signing.series },
        bottleneck: `Compression: ${digits(signing.last('Token'))} ms for 10⁶ entries of two bits, exponent ${digits(growthExponent(signing.points('Token')))}; it is done once for each revision, so what counts is how often a list changes (status-published).`,
      },
      {
        name: 'status-bytes',
        ...{ ...axes, yLabel: 'a list over the wire', unit: 'kB', series: weight.series },
        bottleneck: `The download of whoever needs a fresh list: ${digits(tenth.at(-1)!.y)} kB for 10⁶ entries with a tenth revoked, ${digits(weight.last('Token, 1 % revoked'))} kB with a hundredth; 1 MB is reached at ${digits(sizeAtLimit(tenth, slowBytes / 1000) / 1e6)} million entries, the ${(maxListBytes / 2 ** 20).toFixed(0)} MiB that verifiers unpack at ${digits((maxListBytes * 4) / 1e6)} million. Lists of 131,072 as issuers make them take ${digits(weight.points('Token, 1 % revoked').at(-2)!.y)} kB.`,
      },
      {
        name: 'status-verify',
        ...{ ...axes, yLabel: 'a list verified, unpacked and looked up for the first time', unit: 'ms', series: checking.series },
        bottleneck: `Hashing, decoding and unpacking the text: ${digits(checking.last('Token'))} ms at 10⁶ entries, exponent ${digits(growthExponent(checking.points('Token')))}; once for each list and minute at a verifier, whatever the number of credentials.`,
      },
      {
        name: 'status-lookup',
        ...{ ...axes, yLabel: 'one entry of a list that a verifier keeps', unit: 'µs', series: kept.series },
        bottleneck: `Nothing that grows with a Token Status List (${digits(kept.last('Token'))} µs at 10⁶ entries, exponent ${digits(growthExponent(kept.points('Token')))}); a Bitstring Status List takes ${digits(kept.last('Bitstring'))} µs there, for its bits are copied for each question.`,
      },
    ]
  },
}

/** The first so many entries at random are revoked, the rest is as it was made. */
function listOf(size: number, kind: 'token' | 'bitstring', share: number): StatusList {
  const list =
    kind === 'token'
      ? new StatusList({ capacity: size, size: 2 })
      : new StatusList({ capacity: Math.max(size, minBitstringEntries), size: 1, order: 'msb' })
  const random = seededRandom(size)
  for (let index = 0; index < size; index++) if (random() < share) list.set(index, credentialStatus.revoked)
  return list
}

function firstValid(list: StatusList): number {
  for (let index = 0; ; index++) if (list.get(index) === credentialStatus.valid) return index
}
