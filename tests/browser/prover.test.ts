import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { circuitFile, developmentKeyFile, developmentVerifyingKeyFile, exampleInputs } from '@hufu/circuits'
import { isSignatureValid, parsePublicKey } from '@hufu/keys'
import { canonicalJsonBytes, hexToBytes } from '@hufu/primitives'
import {
  type CircuitName,
  circuitNames,
  type ProofError,
  parseCircuit,
  parsePresentation,
  parseVerifyingKey,
  verifyGroth16Readable,
  writePresentation,
} from '@hufu/proofs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenPage, openPage } from './open-page.ts'
import type { ProvingReport } from './page/main.ts'

/** More rounds give steadier times: `MEASURE=1` prints them. */
const measure = process.env.MEASURE !== undefined
const rounds = measure ? 15 : 1
const downloadLimit = 5 * 2 ** 20

let opened: OpenPage

beforeAll(async () => {
  const files = circuitNames.flatMap(name => [
    [`/files/${name}.circuit`, circuitFile(name)],
    [`/files/${name}.key`, developmentKeyFile(name)],
  ])
  opened = await openPage(new URL('page/', import.meta.url), 'proverPage', Object.fromEntries(files))
})

afterAll(() => opened?.close())

describe('in Chromium', () => {
  test.each(circuitNames)('%s is proved, and the proof holds for its public inputs alone', async name => {
    const inputs = exampleInputs(name)
    const loadMs = await opened.page.evaluate(circuit => window.proverPage.prepare(circuit), name)
    const report = await prove(name, inputs, rounds)
    const key = parseVerifyingKey(readFileSync(developmentVerifyingKeyFile(name)))
    const publicInputs = publicInputsOf(name, inputs)
    verifyGroth16Readable(key, Uint8Array.from(report.proof), publicInputs)
    const [first = 0n, ...others] = publicInputs
    expect(() => verifyGroth16Readable(key, Uint8Array.from(report.proof), [first + 1n, ...others])).toThrow(
      expect.objectContaining({ code: 'ERR_PROOF_INVALID' } satisfies Partial<ProofError>),
    )
    expect(report.progress.at(-1)).toBe(1)
    expect(report.progress).toEqual(report.progress.toSorted((left, right) => left - right))
    if (measure)
      console.log(`${name}: loaded in ${loadMs.toFixed(0)} ms, proved in ${report.milliseconds.map(ms => ms.toFixed(0)).join(', ')} ms`)
  })

  test('a proof is cancelled, and the next one is made', async () => {
    const inputs = exampleInputs('prepare')
    const cancel = (afterMs: number) =>
      opened.page.evaluate(([values, delay]) => window.proverPage.cancel('prepare', values, delay), [asText(inputs), afterMs] as const)
    expect(await cancel(30)).toBe('ERR_PROOF_CANCELLED')
    const { proof } = await prove('prepare', inputs, 1)
    const key = parseVerifyingKey(readFileSync(developmentVerifyingKeyFile('prepare')))
    verifyGroth16Readable(key, Uint8Array.from(proof), publicInputsOf('prepare', inputs))
  })

  test('at the tap, one signature answers with what was made ahead', async () => {
    const nonces = Array.from({ length: 10 * rounds }, (_, index) => `nonce ${index}`)
    const report = await opened.page.evaluate(([draft, all]) => window.proverPage.tap(draft, all), [examplePresentation(), nonces] as const)
    const { nonce, verifier, oneTimeKey } = parsePresentation(report.presentation)
    expect(nonce).toBe(nonces.at(-1))
    const key = parsePublicKey('P-256', hexToBytes(report.publicKey))
    expect(oneTimeKey!.publicKey).toEqual(key.bytes)
    const signed = (of: string) => canonicalJsonBytes(['hufu:tap', verifier, of])
    expect(await isSignatureValid(key, signed(nonce), oneTimeKey!.signature)).toBe(true)
    expect(await isSignatureValid(key, signed('another'), oneTimeKey!.signature)).toBe(false)
    if (measure) console.log(`tap: ${report.milliseconds.map(ms => ms.toFixed(1)).join(', ')} ms`)
  })

  test('everything that proving takes is downloaded in less than 5 MiB', () => {
    const { scripts } = opened
    const files = [...scripts, ...circuitNames.flatMap(name => [readFileSync(circuitFile(name)), readFileSync(developmentKeyFile(name))])]
    const [raw, packed] = [files, files.map(file => gzipSync(file))].map(all => all.reduce((sum, { length }) => sum + length, 0))
    if (measure) console.log(`download: ${raw} bytes, ${packed} with gzip; scripts ${scripts.map(({ length }) => length).join(', ')}`)
    expect(raw).toBeLessThan(downloadLimit)
  })
})

/** A presentation as long as a real one; nothing of it is proven. */
function examplePresentation(): string {
  const credential = {
    roots: { credentialType: 'example', height: 1, issuers: [{ issuer: 'did:example:issuer', rootIndex: 1 }] },
    statementHash: new Uint8Array(32),
    scope: 1n,
    commitment: 2n,
    nullifier: 3n,
    prepare: new Uint8Array(192),
    show: new Uint8Array(192),
    disclosed: {},
  }
  return writePresentation({ verifier: 'did:example:gate', nonce: 'none', today: '2026-11-27', credentials: [credential] })
}

type Inputs = Readonly<Record<string, readonly bigint[]>>

function prove(name: CircuitName, inputs: Inputs, times: number): Promise<ProvingReport> {
  return opened.page.evaluate(([circuit, values, count]) => window.proverPage.prove(circuit, values, count), [
    name,
    asText(inputs),
    times,
  ] as const)
}

function asText(inputs: Inputs): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, values.map(String)]))
}

function publicInputsOf(name: CircuitName, inputs: Inputs): readonly bigint[] {
  const { inputs: all, publicCount } = parseCircuit(readFileSync(circuitFile(name)))
  return all.filter(({ firstWire }) => firstWire <= publicCount).flatMap(input => inputs[input.name]!)
}
