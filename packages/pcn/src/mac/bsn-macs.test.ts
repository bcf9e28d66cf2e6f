import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { fabricCallbackBody, fabricEndpoints } from '../endpoints/fabric-endpoints.ts'
import { fiscoCallbackBody, fiscoEndpoints } from '../endpoints/fisco-endpoints.ts'
import { openAnswer } from '../envelope/answer-envelope.ts'
import { openRequest } from '../envelope/request-envelope.ts'
import { macText } from '../shape/mac-text.ts'
import { parseShape } from '../shape/parse-shape.ts'
import type { RecordShape, Shape } from '../shape/shape.ts'
import type { MacAlgorithm } from './mac-algorithm.ts'
import { importMacSigner } from './mac-signer.ts'
import { importMacVerifier } from './mac-verifier.ts'

// By BouncyCastle, which joined and signed them without our code: vectors/README.md.
interface Vectors {
  readonly header: { readonly userCode: string; readonly appCode: string }
  readonly keys: Readonly<Record<MacAlgorithm, { readonly secret: string; readonly publicKey: string }>>
  readonly messages: readonly {
    readonly endpoint: string
    readonly way: 'request' | 'answer'
    readonly body: never
    readonly text: string
    readonly macs: Readonly<Record<MacAlgorithm, string>>
  }[]
}

const folder = fileURLToPath(new URL('../../vectors/', import.meta.url))
const { header, keys, messages } = JSON.parse(readFileSync(`${folder}bouncycastle-macs.json`, 'utf8')) as Vectors
const algorithms = ['SM2', 'R1', 'K1'] as const

/** A Java library, where there is one: then it checks ours, too. */
const jar = process.env.BOUNCYCASTLE_JAR

function shapeOf(endpoint: string, way: 'request' | 'answer'): Shape {
  const [chain, name] = endpoint.split('.') as ['fabric' | 'fisco', string]
  if (name === 'callback') return chain === 'fabric' ? fabricCallbackBody : fiscoCallbackBody
  const endpoints: Readonly<Record<string, { readonly request: RecordShape; readonly answer: Shape }>> =
    chain === 'fabric' ? fabricEndpoints : fiscoEndpoints
  return endpoints[name]![way]
}

const msg = 'Transaction Successful'
const prefixOf = (way: 'request' | 'answer') => (way === 'request' ? header.userCode + header.appCode : `0${msg}`)

test.each(messages)('$endpoint, $way: the text is BouncyCastle’s, and its macs count', async ({ endpoint, way, body, text, macs }) => {
  const shape = shapeOf(endpoint, way)
  expect(prefixOf(way) + macText(shape, parseShape(shape, body, 'body', 'ERR_PCN_ANSWER'))).toBe(text)
  for (const algorithm of algorithms) {
    const verifier = importMacVerifier(algorithm, hexToBytes(keys[algorithm].publicKey))
    expect(await verifier.isValid(text, macs[algorithm])).toBe(true)
    expect(await verifier.isValid(`${text}.`, macs[algorithm])).toBe(false)
    const opened = (changed: object) =>
      way === 'request'
        ? openRequest(shape as RecordShape, { header, mac: macs[algorithm], body: changed } as never, { ...header, verifier })
        : openAnswer(shape, JSON.stringify({ header: { code: 0, msg }, mac: macs[algorithm], body: changed }), verifier)
    await expect(opened(body)).resolves.toBeDefined()
  }
})

test.each(algorithms)('our keys and macs by %s are BouncyCastle’s where no chance is in them', async algorithm => {
  const signer = await importMacSigner(algorithm, hexToBytes(keys[algorithm].secret))
  const verifier = importMacVerifier(algorithm, hexToBytes(keys[algorithm].publicKey))
  for (const { text, macs } of messages) {
    const mac = await signer.sign(text)
    expect(await verifier.isValid(text, mac)).toBe(true)
    // RFC 6979 on both sides; WebCrypto and SM2 draw a number.
    if (algorithm === 'K1') expect(mac).toBe(macs.K1)
  }
})

test.skipIf(jar === undefined)('BouncyCastle takes ours, and none that is changed', async () => {
  const lines: string[] = []
  const expected: boolean[] = []
  for (const algorithm of algorithms) {
    const signer = await importMacSigner(algorithm, hexToBytes(keys[algorithm].secret))
    const key = algorithm === 'SM2' ? bytesToHex(signer.publicKey) : keys[algorithm].publicKey
    for (const { text } of messages) {
      const mac = await signer.sign(text)
      for (const [signed, isTrue] of [
        [text, true],
        [`${text}.`, false],
      ] as const) {
        lines.push(`${algorithm} ${key} ${Buffer.from(signed).toString('base64')} ${mac}`)
        expected.push(isTrue)
      }
    }
  }
  const { stdout } = spawnSync('java', ['-cp', jar!, `${folder}MacVectors.java`, 'check'], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
  })
  expect(stdout.trim().split('\n')).toEqual(expected.map(String))
})
