import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { proofs, proofsFaults } from '@hufu/bindings'
import { circuitFile, developmentVerifyingKeyFile, exampleInputs } from '@hufu/circuits'
import { createNodeProver } from '@hufu/circuits/node'
import { asBoolean } from '@hufu/ledger'
import { writeDescriptor } from '@hufu/network'
import { createVerifier, encodePublicInputs, parseCircuit, parseVerifyingKey } from '@hufu/proofs'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hufu } from './run-hufu.ts'

/** One of the circuits, which is tried by fewer than the seven operators; `OPERATORS=7` is the long run. */
const circuit = 'pair'
const operators = Array.from({ length: Number(process.env.OPERATORS ?? 3) }, (_, index) => `operator-${index + 1}`)
const developmentKeys = dirname(fileURLToPath(developmentVerifyingKeyFile(circuit)))

let network: TestNetwork
let hufu: Hufu
let home: string
let folder: string
let transcriptSha256: string

beforeAll(async () => {
  network = await startTestNetwork({ validators: 1, production: true })
  home = dirname(network.nodes.files.folder)
  folder = join(home, 'ceremony')
  await writeDescriptor(network.nodes.files, network.descriptor)
  hufu = new Hufu(home)
  for (const name of operators) await hufu.ok('identity', 'new', name)
})

afterAll(() => network?.stop())

test('the operators make a key, one after the other, and a crash or an order that is not kept changes nothing', {
  timeout: 600_000,
}, async () => {
  // One works on a host of its own, and has sent its key.
  const [first, second, ...others] = operators
  const sent = join(home, 'second.jwk')
  await hufu.ok('ceremony', 'key', '--as', second!, '--out', sent)
  const started = await ceremony('start', '--participants', first!, `${second}=${sent}`, ...others, '--circuits', circuit)
  expect(started).toMatchObject({ code: 0, value: { phase: 'powers', participant: 'operator-1' } })
  expect(await ceremony('start', '--participants', ...operators)).toEqual(failure('ERR_CLI_USAGE'))
  expect(await ceremony('close')).toEqual(failure('ERR_CLI_USAGE'))

  for (const phase of ['powers', circuit]) {
    for (const [index, name] of operators.entries()) {
      if (index === 1) await isNotKept(phase)
      const next = operators[index + 1] ?? 'beacon'
      expect(await ceremony('contribute', '--as', name)).toMatchObject({ code: 0, value: { phase, participant: next } })
    }
    if (phase === 'powers') expect(await ceremony('verify')).toMatchObject({ code: 1 })
    // The block that was announced is not there yet.
    expect(await ceremony('close')).toEqual(failure('ERR_CLI_USAGE'))
    expect(await ceremony('contribute', '--as', operators[0]!)).toEqual(failure('ERR_CLI_USAGE'))
    await closeOnceThere()
  }
})

test('anybody can verify it, and finds whatever was changed', { timeout: 120_000 }, async () => {
  const verified = await ceremony('verify')
  expect(verified).toMatchObject({ code: 0, value: { verdict: 'accepted', participants: operators } })
  expect(await ceremony('verify', '--offline')).toEqual(verified)
  transcriptSha256 = verified.value.transcriptSha256
  const inspected = await hufu.json('zk', 'inspect', join(folder, 'transcript.json'))
  expect(inspected.value).toMatchObject({ turn: { done: true }, transcriptSha256 })

  const transcript = JSON.parse(readFileSync(join(folder, 'transcript.json'), 'utf8'))
  const withPhase = (change: (phase: (typeof transcript.phases)[number]) => object) =>
    JSON.stringify({ ...transcript, phases: [{ ...transcript.phases[0], ...change(transcript.phases[0]) }, ...transcript.phases.slice(1)] })
  const changed = {
    'another title': JSON.stringify({ ...transcript, title: 'another' }),
    'a contribution less': withPhase(({ contributions }) => ({ contributions: contributions.slice(1) })),
    'two in another order': withPhase(({ contributions: [first, second, ...more] }) => ({ contributions: [second, first, ...more] })),
    'another block': withPhase(({ closesAtBlock }) => ({ closesAtBlock: closesAtBlock + 1 })),
    'another hash of the block': JSON.stringify(transcript).replace(
      /"blockHash":"(0x)?../,
      text => `${text.slice(0, -2)}${text.endsWith('00') ? '01' : '00'}`,
    ),
  }
  for (const [name, text] of Object.entries(changed)) {
    const copy = copyOfCeremony(text)
    const { code, value } = await hufu.json('ceremony', 'verify', '--folder', copy)
    expect([name, code, value.error?.code]).toEqual([name, 1, 'ERR_PROOF_CEREMONY'])
  }
  const copy = copyOfCeremony(JSON.stringify(transcript))
  for (const name of readdirSync(copy).filter(file => file.endsWith('.points'))) {
    const bytes = readFileSync(join(copy, name))
    bytes[bytes.length - 5]! ^= 1
    writeFileSync(join(copy, name), bytes)
  }
  expect((await hufu.json('ceremony', 'verify', '--folder', copy)).code).toBe(1)
})

test('its keys prove and verify, and a production network takes them and no development key', { timeout: 120_000 }, async () => {
  const keys = join(home, 'keys')
  await hufu.ok('ceremony', 'finish', '--folder', folder, '--out', keys)
  expect(readdirSync(keys).toSorted()).toEqual([`${circuit}.proving-key`, `${circuit}.verifying-key`])
  const provingKey = new Uint8Array(readFileSync(join(keys, `${circuit}.proving-key`)))
  const file = new Uint8Array(readFileSync(join(keys, `${circuit}.verifying-key`)))
  const key = parseVerifyingKey(file)
  expect(key.development).toBe(false)

  const circuitBytes = new Uint8Array(readFileSync(circuitFile(circuit)))
  const inputs = exampleInputs(circuit)
  const prover = createNodeProver({ files: async () => ({ circuit: circuitBytes, provingKey }) })
  const proof = await prover.prove(circuit, inputs).finally(() => prover.close())
  const { inputs: all, publicCount } = parseCircuit(circuitBytes)
  const publicInputs = all.filter(({ firstWire }) => firstWire <= publicCount).flatMap(({ name }) => inputs[name]!)
  const verifier = await createVerifier()
  verifier.verify(key, proof, publicInputs)
  const developmentKey = parseVerifyingKey(new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuit))))
  expect(() => verifier.verify(developmentKey, proof, publicInputs)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_INVALID' }))

  // Refused by the command, and by the contract whatever the command thinks.
  expect(await hufu.json('ceremony', 'publish', '--keys', developmentKeys)).toEqual(failure('ERR_PROOF_KEY_DEVELOPMENT'))
  const contract = proofs(network.descriptor.contracts.proofs.hash)
  const development = contract.setVerifyingKey({
    circuitId: circuit,
    version: 1n,
    key: new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuit))),
  })
  await expect(network.founding.estimateSystemFee([development], { account: network.committee })).rejects.toMatchObject({
    code: 'ERR_LEDGER_DRY_RUN_FAULT',
    reason: expect.stringContaining(proofsFaults.development),
  })

  const published = await hufu.json('ceremony', 'publish', '--keys', keys)
  const row = { circuit, development: false, transcriptSha256 }
  expect(published).toEqual({ code: 0, value: [{ ...row, isNew: true }] })
  expect(await hufu.json('ceremony', 'publish', '--keys', keys)).toEqual({ code: 0, value: [{ ...row, isNew: false }] })
  const ask = (inputs: readonly bigint[]) =>
    network.ledger.invokeRead(contract.verify({ circuitId: circuit, version: 1n, proof, publicInputs: encodePublicInputs(inputs) }))
  expect(asBoolean(await ask(publicInputs))).toBe(true)
  expect(asBoolean(await ask(publicInputs.with(0, publicInputs[0]! + 1n)))).toBe(false)
})

/** What the second operator's turn does not change: others' contributions, and its own that is killed. */
async function isNotKept(phase: string): Promise<void> {
  const before = readFileSync(join(folder, 'transcript.json'))
  expect(await ceremony('contribute', '--as', operators.at(-1)!)).toEqual(failure('ERR_CLI_USAGE'))
  expect(await ceremony('contribute', '--as', operators[0]!)).toEqual(failure('ERR_CLI_USAGE'))
  const killed = await hufu.killed(phase === 'powers' ? 1_200 : 900, 'ceremony', 'contribute', '--folder', folder, '--as', operators[1]!)
  expect(killed.code).toBe(null)
  expect(readFileSync(join(folder, 'transcript.json')).equals(before)).toBe(true)
}

async function closeOnceThere(): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    if ((await ceremony('close')).code === 0) return
    await sleep(1_000)
  }
  throw new Error('the block that closes the phase did not come within a minute')
}

function copyOfCeremony(transcript: string): string {
  const copy = join(home, 'copy')
  mkdirSync(copy, { recursive: true })
  for (const name of readdirSync(folder).filter(file => file.endsWith('.points')))
    writeFileSync(join(copy, name), readFileSync(join(folder, name)))
  writeFileSync(join(copy, 'transcript.json'), transcript)
  return copy
}

function ceremony(command: string, ...args: readonly string[]) {
  return hufu.json('ceremony', command, '--folder', folder, ...args)
}

function failure(code: string) {
  return { code: 1, value: { error: expect.objectContaining({ code }) } }
}
