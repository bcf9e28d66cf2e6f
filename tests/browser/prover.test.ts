import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { circuitFile, developmentKeyFile, developmentVerifyingKeyFile, exampleInputs } from '@hufu/circuits'
import { type CircuitName, circuitNames, type ProofError, parseCircuit, parseVerifyingKey, verifyGroth16Readable } from '@hufu/proofs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProvingReport } from './page/main.ts'

/** More rounds give steadier times: `MEASURE=1` prints them. */
const measure = process.env.MEASURE !== undefined
const rounds = measure ? 15 : 1
const downloadLimit = 5 * 2 ** 20
const chromiumFlags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
const contentTypes: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }

const site = mkdtempSync(join(tmpdir(), 'hufu-page-'))
let server: Server
let browser: Browser
let page: Page

beforeAll(async () => {
  await build({
    root: fileURLToPath(new URL('page/', import.meta.url)),
    logLevel: 'warn',
    build: { outDir: site, emptyOutDir: true },
    worker: { format: 'es' },
  })
  server = await serve()
  browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags })
  page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => 'proverPage' in window)
  expect(errors).toEqual([])
})

afterAll(async () => {
  await browser?.close()
  server?.close()
  rmSync(site, { recursive: true })
})

describe('in Chromium', () => {
  test.each(circuitNames)('%s is proved, and the proof holds for its public inputs alone', async name => {
    const inputs = exampleInputs(name)
    const loadMs = await page.evaluate(circuit => window.proverPage.prepare(circuit), name)
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
      page.evaluate(([values, delay]) => window.proverPage.cancel('prepare', values, delay), [asText(inputs), afterMs] as const)
    expect(await cancel(30)).toBe('ERR_PROOF_CANCELLED')
    const { proof } = await prove('prepare', inputs, 1)
    const key = parseVerifyingKey(readFileSync(developmentVerifyingKeyFile('prepare')))
    verifyGroth16Readable(key, Uint8Array.from(proof), publicInputsOf('prepare', inputs))
  })

  test('everything that proving takes is downloaded in less than 5 MiB', () => {
    const scripts = readdirSync(join(site, 'assets')).map(name => readFileSync(join(site, 'assets', name)))
    const files = [...scripts, ...circuitNames.flatMap(name => [readFileSync(circuitFile(name)), readFileSync(developmentKeyFile(name))])]
    const [raw, packed] = [files, files.map(file => gzipSync(file))].map(all => all.reduce((sum, { length }) => sum + length, 0))
    if (measure) console.log(`download: ${raw} bytes, ${packed} with gzip; scripts ${scripts.map(({ length }) => length).join(', ')}`)
    expect(raw).toBeLessThan(downloadLimit)
  })
})

type Inputs = Readonly<Record<string, readonly bigint[]>>

function prove(name: CircuitName, inputs: Inputs, times: number): Promise<ProvingReport> {
  return page.evaluate(([circuit, values, count]) => window.proverPage.prove(circuit, values, count), [
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

/** The built page, and the circuits with their keys under `/files/`. */
async function serve(): Promise<Server> {
  const files = new Map<string, URL | string>(
    circuitNames.flatMap(name => [
      [`/files/${name}.circuit`, circuitFile(name)],
      [`/files/${name}.key`, developmentKeyFile(name)],
    ]),
  )
  files.set('/', join(site, 'index.html'))
  for (const name of readdirSync(join(site, 'assets'))) files.set(`/assets/${name}`, join(site, 'assets', name))
  const made = createServer((request, response) => {
    const file = files.get(request.url ?? '')
    if (file === undefined) return response.writeHead(404).end()
    const type = contentTypes[extname(String(file))] ?? 'application/octet-stream'
    return response.writeHead(200, { 'content-type': type }).end(readFileSync(file))
  })
  await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve))
  return made
}

function chromiumPath(): string {
  const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(candidate => existsSync(candidate))
  if (path === undefined) throw new Error('Chromium is missing: npm test installs it, or: apt-get install chromium')
  return path
}
