import { readFileSync } from 'node:fs'
import { circuitFile, developmentKeyFile } from '@hufu/circuits'
import { bytesToHex, sha256 } from '@hufu/primitives'
import { circuitNames } from '@hufu/proofs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPage, openPage } from './open-page.ts'
import type {} from './wallet-core-page/main.ts'

const measure = process.env.MEASURE !== undefined
const hashOf = (file: URL) => bytesToHex(sha256(readFileSync(file)))
const circuits = Object.fromEntries(
  circuitNames.map(name => [name, { circuit: hashOf(circuitFile(name)), provingKey: hashOf(developmentKeyFile(name)) }]),
)
let opened: OpenPage

beforeAll(async () => {
  const files = circuitNames.flatMap(name => [
    [`/circuits/${name}.circuit`, circuitFile(name)],
    [`/circuits/${name}.key`, developmentKeyFile(name)],
  ])
  opened = await openPage(new URL('wallet-core-page/', import.meta.url), 'walletCorePage', Object.fromEntries(files))
})

afterAll(() => opened?.close())

test('a wallet in Chromium collects, shows, proves in its workers under its policy, and is there after a reload', async () => {
  const times = await opened.page.evaluate(hashes => window.walletCorePage.journey(hashes), circuits)
  if (measure)
    console.log(
      Object.entries(times)
        .map(([name, ms]) => `${name}: ${ms.toFixed(0)} ms`)
        .join('\n'),
    )
  expect(times.unlock).toBeLessThan(5_000)
  await opened.page.reload()
  await opened.page.waitForFunction(() => 'walletCorePage' in window)
  expect(await opened.page.evaluate(() => window.walletCorePage.left())).toEqual({ state: 'locked', copiesLeft: 7, zk: 'ready' })
})

test('circuits of another hash are not used', async () => {
  const wrong = { ...circuits, prepare: { ...circuits.prepare!, provingKey: '00'.repeat(32) } }
  await opened.page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name!)
  })
  await expect(opened.page.evaluate(hashes => window.walletCorePage.journey(hashes), wrong)).rejects.toThrow(/hash in network\.json/)
})

test('a passkey with PRF wraps the seed', async () => {
  // Passkeys are of names, not of addresses.
  await opened.page.goto(opened.page.url().replace('127.0.0.1', 'localhost'))
  await opened.page.waitForFunction(() => 'walletCorePage' in window)
  const client = await opened.page.context().newCDPSession(opened.page)
  await client.send('WebAuthn.enable')
  await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf: true,
    },
  })
  expect(await opened.page.evaluate(() => window.walletCorePage.passkey())).toEqual([true, 'open', 'passkey', 'open'])
})
