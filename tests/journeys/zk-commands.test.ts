import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { status } from '@hufu/bindings'
import { circuitFile, developmentKeyFile, developmentVerifyingKeyFile } from '@hufu/circuits'
import { importSigner } from '@hufu/keys'
import { singleAccount } from '@hufu/ledger'
import { writeDescriptor } from '@hufu/network'
import { base64urlToBytes } from '@hufu/primitives'
import { credentialTypes, queries } from '@hufu/samples'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hufu } from './run-hufu.ts'

const typeId = 'urn:hufu:resident'
const queryId = 'open-account-zk'
const expires = '2099-12-31'
const claims = {
  resident_number: '990101199003071239',
  name: '欧阳锦程',
  name_latin: 'OUYANG JINCHENG',
  sex: '1',
  birth_date: '1990-03-07',
  city_code: '990100',
  division_code: '990101',
  address: '兰屿市海望路一百二十三号',
  resident_since: '2001-09-01',
  age_equal_or_over: { '16': true, '18': true, '60': false, '65': false },
}
/** How often a command that issues is killed. */
const kills = Number(process.env.KILLS ?? 3)

let network: TestNetwork
let home: string
let hufu: Hufu
let bank: string
let shop: string
let bureau: string
/** The credential of the wallet `alice`. */
let leaf: number

// The network's own folder is where the command line looks for it.
beforeAll(async () => {
  network = await startTestNetwork({ validators: 1 })
  home = dirname(network.nodes.files.folder)
  await writeDescriptor(network.nodes.files, { ...network.descriptor, epochMs: 2_000 })
  hufu = new Hufu(home)
  mkdirSync(join(home, 'files'))
  writeFileSync(file('schema.json'), JSON.stringify(credentialTypes[typeId]))
  writeFileSync(file('query.json'), JSON.stringify(lastingQuery()))
  writeFileSync(file('claims.json'), JSON.stringify(claims))
  ;[bureau, bank, shop] = (await Promise.all(['bureau', 'bank', 'shop'].map(newIdentity))) as [string, string, string]
  for (const name of ['bureau', 'bank', 'shop']) await hufu.ok('did', 'create', '--as', name)
  const authority = ['--authority', 'bureau']
  await hufu.ok('trust', 'add-authority', bureau, '--region', '990100')
  await hufu.ok('trust', 'register-type', typeId, '--schema', file('schema.json'), '--type-version', '1')
  await hufu.ok('trust', 'add-institution', bureau, '--kind', 'bureau', ...authority)
  await hufu.ok('trust', 'accredit', bureau, '--type', typeId, ...authority)
  for (const did of [bank, shop]) {
    await hufu.ok('trust', 'add-institution', did, '--kind', 'bank', ...authority)
    await hufu.ok('trust', 'register-query', did, queryId, '--content', file('query.json'), '--query-version', '1', ...authority)
  }
  await hufu.ok('ceremony', 'publish', '--keys', dirname(fileURLToPath(developmentVerifyingKeyFile('show'))))
}, 300_000)

afterAll(() => network?.stop())

test('a wallet asks, the issuer issues, the wallet checks against the ledger and keeps', { timeout: 120_000 }, async () => {
  await hufu.ok('zk', 'request', '--wallet', 'alice', '--out', file('alice.request'))
  const issued = await issue('alice 1', 'alice')
  expect(issued).toMatchObject({ code: 0, value: { leaf: 0 } })
  leaf = issued.value.leaf

  // Whoever else gets hold of it, and whatever else it says, it is not kept.
  await hufu.ok('zk', 'request', '--wallet', 'mallory', '--out', file('mallory.request'))
  expect(await hufu.json('zk', 'accept', file('alice.delivery'), '--wallet', 'mallory')).toEqual(failure('ERR_CLI_WALLET'))
  const delivery = JSON.parse(readFileSync(file('alice.delivery'), 'utf8'))
  const tampered = [
    { claims: { ...claims, birth_date: '1950-03-07' } },
    { claims: { ...claims, city_code: '990200' } },
    { expires: '2099-12-30' },
    { leafIndex: 1 },
    { issuer: bank },
    { salt: delivery.holder },
    { holder: delivery.salt },
    { holder: JSON.parse(readFileSync(file('mallory.request'), 'utf8')).holder },
    { schemaVersion: 2 },
    { salt: undefined },
    { extra: 1 },
  ]
  for (const change of tampered) {
    writeFileSync(file('tampered.delivery'), JSON.stringify({ ...delivery, ...change }))
    const { code, value } = await hufu.json('zk', 'accept', file('tampered.delivery'), '--wallet', 'alice')
    expect([change, code]).toEqual([change, 1])
    expect(value.error.code, JSON.stringify(change)).toMatch(/^ERR_(CLI_WALLET|CLI_USAGE|PROOF_ENCODING)$/)
  }
  await hufu.ok('zk', 'accept', file('alice.delivery'), '--wallet', 'alice')
})

test('a proof is accepted once, by the verifier that it is for, and only as it was made', { timeout: 120_000 }, async () => {
  await proveUntil('n1', 0)
  const verify = (proof: string, verifier = bank, nonce = 'n1') =>
    hufu.json('verify-proof', proof, '--verifier', verifier, '--query', queryId, '--nonce', nonce)

  const text = readFileSync(file('proof'), 'utf8')
  for (const secret of [claims.resident_number, claims.name, claims.birth_date, claims.address]) expect(text).not.toContain(secret)
  const flip = (index: number) => `${text.slice(0, index)}${text[index] === 'B' ? 'C' : 'B'}${text.slice(index + 1)}`
  writeFileSync(file('flipped'), flip(text.indexOf('"show":"') + 100))
  writeFileSync(file('other-nullifier'), flip(text.indexOf('"nullifier":"') + 20))
  expect(await verify(file('proof'), shop)).toEqual(refusal('ERR_PROOF_VERIFIER'))
  expect(await verify(file('proof'), bank, 'n2')).toEqual(refusal('ERR_PROOF_NONCE'))
  expect(['ERR_PROOF_POINT', 'ERR_PROOF_INVALID']).toContain((await verify(file('flipped'))).value.error.code)
  expect(await verify(file('other-nullifier'))).toEqual(refusal('ERR_PROOF_INVALID'))

  // Refusals used nothing up.
  const accepted = await verify(file('proof'))
  expect(accepted).toMatchObject({ code: 0, value: { verdict: 'accepted', credentialType: typeId, disclosed: {} } })
  expect(accepted.value.pseudonym).toMatch(/^[\w-]{43}$/)
  expect(await verify(file('proof'))).toEqual(refusal('ERR_PROOF_NONCE'))
})

test('a wallet answers only what the verifier has registered, and what it has', { timeout: 60_000 }, async () => {
  const ask = (wallet: string, query: string, verifier = bank) =>
    hufu.json('prove', '--wallet', wallet, '--verifier', verifier, '--query', query, '--nonce', 'n', '--out', file('no-proof'))
  expect(await ask('alice', 'everything')).toEqual(failure('ERR_CLI_USAGE'))
  expect(await ask('alice', queryId, bureau)).toEqual(failure('ERR_CLI_USAGE'))
  expect(await ask('mallory', queryId)).toEqual(failure('ERR_CLI_WALLET'))
})

test('suspended, it proves nothing; reinstated, it does; revoked, never again', { timeout: 180_000 }, async () => {
  expect(await change('suspend')).toMatchObject({ code: 0 })
  await proveUntil('n3', 1)
  // The command that issued it, once more, finds it where it was.
  expect(await issue('alice 1', 'alice')).toMatchObject({ code: 0, value: { leaf } })
  expect(await leavesOfBureau()).toBe(1)
  expect(await change('reinstate')).toMatchObject({ code: 0 })
  await proveUntil('n4', 0)
  expect(await change('revoke')).toMatchObject({ code: 0 })
  await proveUntil('n5', 1)
  expect(await change('reinstate')).toEqual(failure('ERR_PROOF_TREE'))
  expect(await change('suspend')).toEqual(failure('ERR_PROOF_TREE'))
  expect(await change('revoke', '4294967296')).toEqual(failure('ERR_CLI_USAGE'))
  expect(await change('revoke', '77')).toEqual(failure('ERR_PROOF_TREE'))
  // Its occasion is over, too: the same key does not bring it back.
  expect(await issue('alice 1', 'alice')).toEqual(failure('ERR_CLI_USAGE'))
  expect(await leavesOfBureau()).toBe(1)
})

test('killed while it issues and run again, a command leaves one leaf for its key', { timeout: 300_000 }, async () => {
  const before = await leavesOfBureau()
  const moments: number[] = []
  for (let round = 0; round < kills; round++) {
    const key = `killed ${round}`
    await hufu.ok('zk', 'request', '--wallet', 'bob', '--out', file('bob.request'))
    const args = issueArguments(key, 'bob')
    // Twice in a row, so that what takes up the first one's work is killed as well.
    for (let attempt = 0; attempt < 2; attempt++) {
      const afterMs = Math.round(300 + 2_500 * Math.random())
      moments.push(afterMs)
      await hufu.killed(afterMs, ...args)
    }
    expect(await hufu.json(...args), `killed after ${moments} ms`).toMatchObject({ code: 0, value: { leaf: before + round } })
    await hufu.ok('zk', 'accept', file('bob.delivery'), '--wallet', 'bob')
    expect(await leavesOfBureau(), `killed after ${moments} ms`).toBe(before + round + 1)
  }
  // The same once more is the same; another credential under the same key is not issued.
  const last = `killed ${kills - 1}`
  expect(await issue(last, 'bob')).toMatchObject({ code: 0, value: { leaf: before + kills - 1 } })
  expect(await issue(last, 'mallory')).toEqual(failure('ERR_CLI_USAGE'))
  expect(await leavesOfBureau()).toBe(before + kills)
})

test('any file can be looked into, and shows neither claims nor secrets', { timeout: 60_000 }, async () => {
  const wallet = join(home, 'wallets', 'alice')
  const [credential] = readdirSync(join(wallet, 'credentials')).map(name => join(wallet, 'credentials', name))
  const { salt, blinding } = JSON.parse(readFileSync(credential!, 'utf8'))
  const { secret } = JSON.parse(readFileSync(join(wallet, 'wallet.json'), 'utf8'))
  const files = [
    [file('alice.request'), 'request of a wallet'],
    [file('alice.delivery'), 'credential for a wallet'],
    [credential!, 'credential'],
    [file('proof'), 'presentation'],
    [fileURLToPath(circuitFile('show')), 'circuit'],
    [fileURLToPath(developmentKeyFile('show')), 'proving key'],
    [fileURLToPath(developmentVerifyingKeyFile('show')), 'verifying key'],
  ] as const
  for (const [path, kind] of files) {
    const shown = await hufu.ok('zk', 'inspect', path)
    expect([path, shown.split('\n')[0]]).toEqual([path, expect.stringMatching(`^kind +${kind}$`)])
    for (const hidden of [...Object.values(claims).filter(value => String(value).length > 5), salt, blinding, secret])
      expect(shown).not.toContain(String(hidden))
  }
  const { value } = await hufu.json('zk', 'inspect', file('proof'))
  expect(value).toMatchObject({ kind: 'presentation', verifier: bank, madeAhead: false, credentials: [{ discloses: [] }] })
  // What is none of these is said to be none, and what it holds is not quoted.
  writeFileSync(file('note.json'), '{"name":"欧阳锦程"}')
  writeFileSync(file('noise'), new Uint8Array(64).fill(0xc3))
  for (const name of ['note.json', 'noise', 'missing']) {
    const { code, stdout, stderr } = await hufu.run('zk', 'inspect', file(name))
    expect([name, code, stderr.includes('ERR_INTERNAL'), `${stdout}${stderr}`.includes('欧阳')]).toEqual([name, 1, false, false])
  }
  expect(statSync(join(wallet, 'wallet.json')).mode & 0o077).toBe(0)
})

test('what a query proves is said in words, in both languages', { timeout: 60_000 }, async () => {
  const describe = ['zk', 'describe', '--verifier', bank, '--query', queryId]
  expect(await hufu.ok(...describe)).toContain('Proven')
  const chinese = await hufu.ok(...describe, '--lang', 'zh-CN')
  expect(chinese).toContain('证明')
  expect(chinese).toContain('用途')
  expect((await hufu.run('zk', 'suspend', '0', '--lang', 'zh-CN', '--as', 'nobody', '--type', typeId, '--reason', 'x')).stderr).toContain(
    '失败',
  )
})

test('a false root is found by whoever rebuilds the trees, and named', { timeout: 120_000 }, async () => {
  expect(await hufu.json('zk', 'trees')).toMatchObject({ code: 0, value: { alarms: [], trees: [{ issuer: bureau, isTrue: true }] } })
  const account = singleAccount(await importSigner('P-256', base64urlToBytes(controllerOf('bureau'))))
  const size = await leavesOfBureau()
  const leaves = new Uint8Array(32).fill(1)
  const call = status(network.descriptor.contracts.status.hash).append({
    issuer: account.scriptHash,
    typeId,
    firstIndex: BigInt(size),
    leaves,
    // Below the order of the group, and nobody's root.
    root: new Uint8Array(32).fill(7),
  })
  const write = await network.ledger.submit([call], { account, sponsor: network.committee, idempotencyKey: 'false root' })
  const { blockIndex } = await write.durable()

  const { code, value } = await hufu.json('zk', 'trees')
  expect(code).toBe(1)
  expect(value).toMatchObject({ alarms: [{ issuer: bureau, credentialType: typeId, blockIndex }], trees: [{ isTrue: false }] })
  const told = await hufu.run('zk', 'trees', '--lang', 'zh-CN')
  expect(told).toMatchObject({ code: 1, stdout: expect.stringContaining(`虚假树根：${bureau}`) })
})

function issueArguments(key: string, wallet: string): readonly string[] {
  const what = ['--as', 'bureau', '--type', typeId, '--claims', file('claims.json'), '--expires', expires]
  return ['zk', 'issue', ...what, '--holder', file(`${wallet}.request`), '--key', key, '--out', file(`${wallet}.delivery`)]
}

function issue(key: string, wallet: string) {
  return hufu.json(...issueArguments(key, wallet))
}

function change(name: string, index = String(leaf)) {
  return hufu.json('zk', name, index, '--as', 'bureau', '--type', typeId, '--reason', 'test')
}

/** Proves as alice to the bank, again in each epoch, until the command ends with this code: refused means that the leaf is empty. */
async function proveUntil(nonce: string, code: 0 | 1): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const args = ['--wallet', 'alice', '--verifier', bank, '--query', queryId, '--nonce', nonce, '--out', file('proof')]
    const answer = await hufu.json('prove', ...args)
    if (answer.code === code && (code === 0 || answer.value.error.code === 'ERR_PROOF_UNSATISFIED')) return
    await sleep(500)
  }
  throw new Error(`hufu prove did not end with ${code} within twenty attempts`)
}

async function leavesOfBureau(): Promise<number> {
  const { value } = await hufu.json('zk', 'trees')
  return value.trees.find((tree: { issuer: string }) => tree.issuer === bureau).leaves
}

async function newIdentity(name: string): Promise<string> {
  const { value } = await hufu.json('identity', 'new', name)
  return value.did
}

function controllerOf(name: string): string {
  return JSON.parse(readFileSync(join(home, 'identities', `${name}.json`), 'utf8')).controller
}

/** The bank's query, without haste: a busy machine takes its time from proof to verification. */
function lastingQuery(): unknown {
  const text = JSON.stringify(queries[queryId])
  return JSON.parse(text.replace(/"maxRootAgeSeconds":\d+/, '"maxRootAgeSeconds":600'))
}

function failure(code: string) {
  return { code: 1, value: { error: expect.objectContaining({ code }) } }
}

function refusal(code: string) {
  return { code: 1, value: expect.objectContaining({ verdict: 'refused', error: expect.objectContaining({ code }) }) }
}

function file(name: string): string {
  return join(home, 'files', name)
}
