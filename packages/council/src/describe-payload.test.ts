import { council as councilOf, gateway, proofs, titles, trust } from '@hufu/bindings'
import {
  type Argument,
  addressOfScriptHash,
  type CallOnStack,
  type ContractCall,
  callScript,
  LedgerError,
  type LedgerReader,
  nativeContracts,
  parseScriptHash,
  type ScriptHash,
  type StackItem,
  serializeStackItem,
  stackItemOfArgument,
} from '@hufu/ledger'
import { canonicalJsonBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { endOfTimeMs } from '@hufu/trust'
import { describe, expect, test } from 'vitest'
import { type DescribeContext, duration } from './describe-context.ts'
import { describePayload } from './describe-payload.ts'
import { foundingWriter } from './founding-writer.ts'
import { nativeCalls } from './native-calls.ts'
import { callsOf, decodePayload, encodePayload, payloadHash } from './payload.ts'
import { printable } from './printable.ts'
import { readProposal } from './read-proposals.ts'
import { rulesArgument } from './rules.ts'

const hash = (byte: number) => parseScriptHash(byte.toString(16).padStart(2, '0').repeat(20))
const contracts = Object.fromEntries(
  ['council', 'identifiers', 'trust', 'status', 'proofs', 'gateway', 'titles'].map((name, index) => [
    name,
    { hash: hash(index + 1), id: index + 1 },
  ]),
) as DescribeContext['network']['contracts']
const rules = {
  ...{ votesNeeded: 5, vetoesNeeded: 3, stopsNeeded: 3, votingMs: 1_209_600_000, delayMs: 172_800_000, vetoDelayMs: 1_209_600_000 },
  ...{ executeWithinMs: 1_209_600_000, stopMs: 86_400_000, stopPauseMs: 604_800_000 },
}
const seat = { name: 'lanyu', account: hash(0x21), validator: `02${'ab'.repeat(32)}`, ballot: hash(0x31), sinceMs: 1, stopAskedMs: null }
const context: DescribeContext = { network: { name: 'pilot', contracts }, rules, seats: [seat] }
const subject = hash(0x41)
const did = `did:neo:pilot:${addressOfScriptHash(subject)}`
const registry = trust(contracts.trust.hash)
const self = councilOf(contracts.council.hash)
const otherNetworks = gateway(contracts.gateway!.hash)
const licences = titles(contracts.titles!.hash)
const peerKey = Uint8Array.from({ length: 33 }, () => 2)
const channel = { network: 'fabric:hospitals@0123456789abcdef', channel: 'hospitals', chaincode: 'hufu', threshold: 2n }
const peers = { mspIds: ['Hospital1MSP', 'Hospital2MSP'], publicKeys: [peerKey, peerKey] }
const content = {
  dcql: {},
  purpose: { 'zh-CN': '开立账户', en: 'Opening an account' },
  legalBasis: { 'zh-CN': '法律', en: 'A law' },
  retentionDays: 30,
}
const grant = { actor: contracts.council.hash, kind: 4n, subject, name: 'open-account' }

function described(...calls: readonly ContractCall[]) {
  return describePayload(encodePayload(calls), context)
}

/** [known, English, Chinese] of one call. */
function words(call: ContractCall): readonly [boolean, string, string] {
  const [{ known, texts }] = described(call) as [ReturnType<typeof described>[number]]
  return [known, texts.en, texts['zh-CN']]
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(sha256(bytes)).toString('hex')
}

const key = new Uint8Array(200)
const developmentKey = key.with(5, 1)
const schema = utf8ToBytes('{}')

describe('says what a call would do', () => {
  test.each<readonly [ContractCall, string, string]>([
    [
      registry.addAuthority({ authority: subject, region: '990100', validUntilMs: BigInt(endOfTimeMs) }),
      `Make ${did} the authority of region 990100, without end`,
      `将 ${did} 设为地区 990100 的主管机关，长期有效`,
    ],
    [
      registry.registerCredentialType({ typeId: 'urn:hufu:resident', version: 2n, schema }),
      `Register version 2 of the credential type urn:hufu:resident; its schema has the SHA-256 ${hex(schema)}`,
      `登记凭证类型 urn:hufu:resident 的第 2 版；其规范的 SHA-256 为 ${hex(schema)}`,
    ],
    [
      registry.registerQuery({
        authority: hash(0x42),
        institution: subject,
        queryId: 'open-account',
        content: canonicalJsonBytes(content),
      }),
      `Let ${did} ask the query open-account, under the authority did:neo:pilot:${addressOfScriptHash(hash(0x42))}: purpose “Opening an account”, legal basis “A law”, answers kept 30 days; its content has the SHA-256 ${hex(canonicalJsonBytes(content))}`,
      `准许 ${did} 提出查询 open-account（主管机关 did:neo:pilot:${addressOfScriptHash(hash(0x42))}）：目的“开立账户”，法律依据“法律”，回应保存 30 天；其内容的 SHA-256 为 ${hex(canonicalJsonBytes(content))}`,
    ],
    [
      registry.suspend({ ...grant, reason: 6n }),
      `Suspend: the right of ${did} to ask the query open-account. Reason: under inquiry (6)`,
      `暂停：${did} 提出查询 open-account 的权利。原因：正在调查（6）`,
    ],
    [
      registry.revoke({ ...grant, kind: 1n, name: '', reason: 1234n }),
      `Revoke for good: the authority ${did}. Reason: code 1234`,
      `永久撤销：主管机关 ${did}。原因：代码 1234`,
    ],
    [
      registry.renew({ ...grant, kind: 2n, name: '', validUntilMs: 1_800_000_000_000n }),
      `Renew the institution ${did}, until 2027-01-15T08:00:00Z`,
      `续展机构 ${did}，有效至 2027-01-15T08:00:00Z`,
    ],
    [
      proofs(contracts.proofs.hash).setVerifyingKey({ circuitId: 'show', version: 3n, key }),
      `Make the verifying key with the SHA-256 ${hex(key)} version 3 of the circuit show. Compare it with what the ceremony made`,
      `将 SHA-256 为 ${hex(key)} 的验证密钥设为电路 show 的第 3 版。请与仪式产出比对`,
    ],
    [
      proofs(contracts.proofs.hash).setVerifyingKey({ circuitId: 'show', version: 3n, key: developmentKey }),
      `Make the verifying key with the SHA-256 ${hex(developmentKey)} version 3 of the circuit show. It is a DEVELOPMENT KEY: anybody can forge proofs under it`,
      `将 SHA-256 为 ${hex(developmentKey)} 的验证密钥设为电路 show 的第 3 版。此为【开发密钥】：任何人都可伪造证明`,
    ],
    [
      otherNetworks.setFabricNetwork({ ...channel, ...peers, on: true }),
      `Trust what 2 organisations sign on the channel hospitals of the network ${channel.network}, chaincode hufu: Hospital1MSP ${'02'.repeat(33)}, Hospital2MSP ${'02'.repeat(33)}; switched on`,
      `信任网络 ${channel.network} 通道 hospitals 链码 hufu 上 2 个组织签名的内容：Hospital1MSP ${'02'.repeat(33)}, Hospital2MSP ${'02'.repeat(33)}；开启`,
    ],
    [
      otherNetworks.setNeoNetwork({ magic: 7n, blockIndex: 9n, nextConsensus: subject, contractId: 12n, on: false }),
      `Trust the validators with the account ${addressOfScriptHash(subject)}, named by block 9 of the network neo3:7, for entries of its contract number 12; switched off`,
      `信任网络 neo3:7 第 9 区块指定的验证者账户 ${addressOfScriptHash(subject)} 所证明的第 12 号合约条目；关闭`,
    ],
    [
      otherNetworks.switchNetwork({ actor: contracts.council.hash, network: 'neo3:7', on: true }),
      'Switch the network neo3:7 on',
      '开启网络 neo3:7',
    ],
    [
      otherNetworks.setGuardian({ guardian: subject }),
      `Let ${addressOfScriptHash(subject)} switch networks off`,
      `准许 ${addressOfScriptHash(subject)} 关闭网络`,
    ],
    [
      otherNetworks.setCounterpart({ did: 'did:web:gateway.example', network: 'neo3:7', publicKey: peerKey, on: true }),
      `Talk with did:web:gateway.example of the network neo3:7, by the key ${'02'.repeat(33)}`,
      `与网络 neo3:7 的 did:web:gateway.example 通信，其密钥为 ${'02'.repeat(33)}`,
    ],
    [
      otherNetworks.setCounterpart({ did: 'did:web:gateway.example', network: 'neo3:7', publicKey: peerKey, on: false }),
      'Talk no more with did:web:gateway.example of the network neo3:7',
      '不再与网络 neo3:7 的 did:web:gateway.example 通信',
    ],
    [licences.setRegistrar({ registrar: subject, on: true }), `Let ${did} issue titles and send them away`, `准许 ${did} 签发和转出权证`],
    [
      licences.setRegistrar({ registrar: subject, on: false }),
      `Let ${did} neither issue titles nor send them away`,
      `不再准许 ${did} 签发和转出权证`,
    ],
    [
      licences.setCustodian({ network: 'neo3:7', custodian: subject }),
      `Let ${did} look after titles that arrive from neo3:7`,
      `由 ${did} 保管自 neo3:7 转入的权证`,
    ],
    [
      self.setSeat({ name: 'lanyu', account: hash(0x22) }),
      `The seat lanyu changes hands: from ${addressOfScriptHash(hash(0x21))} to ${addressOfScriptHash(hash(0x22))}`,
      `席位 lanyu 易手：由 ${addressOfScriptHash(hash(0x21))} 交给 ${addressOfScriptHash(hash(0x22))}`,
    ],
    [
      self.setSeat({ name: 'new', account: hash(0x22) }),
      `Add a seat new, held by ${addressOfScriptHash(hash(0x22))}`,
      `新增席位 new，由 ${addressOfScriptHash(hash(0x22))} 持有`,
    ],
    [
      { contract: contracts.council.hash, method: 'setRules', args: [rulesArgument({ ...rules, votesNeeded: 4, delayMs: 3_600_000 })] },
      'Change the rules of the council: votes needed 5 → 4, delay 2 d → 1 h',
      '修改理事会规则：所需赞成票 5 → 4，等待期 2 天 → 1 小时',
    ],
    [
      self.setValidator({ name: 'lanyu', publicKey: new Uint8Array(33).fill(3) }),
      `Let the seat lanyu vote for the validator with the key ${'03'.repeat(33)} instead of ${seat.validator}`,
      `席位 lanyu 改投公钥为 ${'03'.repeat(33)} 的验证节点（原为 ${seat.validator}）`,
    ],
    [
      self.update({ nefFile: schema, manifest: schema, data: { type: 'Any', value: null } }),
      `REPLACE THE CODE of the contract council: its NEF has the SHA-256 ${hex(schema)}, its manifest ${hex(schema)}. Build it yourself and compare`,
      `【更换代码】合约 council：NEF 的 SHA-256 为 ${hex(schema)}，清单为 ${hex(schema)}。请自行构建并比对`,
    ],
    [nativeCalls.setMillisecondsPerBlock(500n), 'Set the time between blocks to 500 ms', '将出块间隔设为 500 毫秒'],
    [
      transfer(nativeContracts.gasToken, 150_000_000n),
      `Transfer 1.5 GAS from ${addressOfScriptHash(subject)} to ${addressOfScriptHash(hash(0x42))}`,
      `从 ${addressOfScriptHash(subject)} 向 ${addressOfScriptHash(hash(0x42))} 转账 1.5 GAS`,
    ],
  ])('%#', (call, en, zh) => {
    expect(words(call)).toEqual([true, en, zh])
  })

  test('and of calls without a vote that they are that', async () => {
    const sent: (readonly ContractCall[])[] = []
    const writer = foundingWriter(
      { submit: async calls => sent.push([...calls]) as never, estimateSystemFee: async () => 0n },
      contracts.council.hash,
    )
    await writer.submit([nativeCalls.setStoragePrice(1n), other('x')], { account: null as never, idempotencyKey: 'x' })
    const told = describePayload(encodePayload(sent[0]!), context)
    expect(told.map(({ known }) => known)).toEqual([true, false])
    expect(told[0]!.texts.en).toMatch(/^As the council, without a vote: Set the price/)
    expect(told[1]!.texts['zh-CN']).toMatch(/^未经表决，以理事会名义：【未知调用】/)
  })
})

function transfer(contract: ScriptHash, amount: bigint): ContractCall {
  const args: readonly Argument[] = [
    { type: 'Hash160', value: subject },
    { type: 'Hash160', value: hash(0x42) },
    { type: 'Integer', value: amount },
    { type: 'Any', value: null },
  ]
  return { contract, method: 'transfer', args }
}

function other(method: string, ...args: readonly Argument[]): ContractCall {
  return { contract: hash(0x77), method, args }
}

describe('an unknown call is said to be one, loudly', () => {
  const suspend = registry.suspend({ ...grant, reason: 6n })
  test.each<readonly [string, ContractCall]>([
    ['another contract', other('addAuthority', ...registry.addAuthority({ authority: subject, region: '1', validUntilMs: 1n }).args)],
    ['another method', { ...suspend, method: 'accreditIssuer' }],
    ['one argument fewer', { ...suspend, args: suspend.args.slice(0, -1) }],
    ['one argument more', { ...suspend, args: [...suspend.args, { type: 'Integer', value: 1n }] }],
    ['an argument of another type', { ...suspend, args: suspend.args.with(2, { type: 'String', value: 'x' }) }],
    ['another actor', registry.suspend({ ...grant, actor: subject, reason: 6n })],
    ['a switch by somebody else', otherNetworks.switchNetwork({ actor: subject, network: 'neo3:7', on: true })],
    ['a peer without a key', otherNetworks.setFabricNetwork({ ...channel, ...peers, publicKeys: [peerKey], on: true })],
    ['another method of the gateway', { ...otherNetworks.setGuardian({ guardian: subject }), method: 'forget' }],
    ['another method of titles', { ...licences.setRegistrar({ registrar: subject, on: true }), method: 'forget' }],
    ['a query that is none', registry.registerQuery({ authority: subject, institution: subject, queryId: 'x', content: schema })],
    ['rules that are too few', { contract: contracts.council.hash, method: 'setRules', args: [{ type: 'Array', value: [] }] }],
    ['a name of a property of every object', { contract: nativeContracts.policy, method: 'constructor', args: [] }],
    ['a ballot of nobody', other('vote', { type: 'PublicKey', value: new Uint8Array(33) })],
  ])('%s', (_, call) => {
    const [known, en, zh] = words(call)
    expect(known).toBe(false)
    expect(en).toMatch(/^UNKNOWN CALL .*Find out what it does before you agree$/)
    expect(zh).toMatch(/^【未知调用】.*同意之前务必查明其作用$/)
  })

  test('with its arguments, and nothing that could hide', () => {
    const call = other(
      'a\u202eb\nc',
      { type: 'ByteArray', value: Uint8Array.of(1, 255) },
      { type: 'Integer', value: -5n },
      { type: 'Any', value: null },
    )
    expect(words(call)[1]).toContain(`0x${hash(0x77)}.a\\u{202e}b\\u{a}c(0x01ff, -5, null)`)
  })
})

test('a payload is what the contract keeps, and nothing else is read as one', () => {
  const calls = [registry.suspend({ ...grant, reason: 6n }), other('x', { type: 'Array', value: [{ type: 'Boolean', value: true }] })]
  const payload = encodePayload(calls)
  expect(decodePayload(payload)).toEqual(calls.map((call): CallOnStack => ({ ...call, args: call.args.map(stackItemOfArgument) })))
  expect(payloadHash(payload)).toEqual(sha256(payload))
  const items = stackItemOfArgument({ type: 'Array', value: callsOf(calls) }) as StackItem & { type: 'Array' }
  const refused = expect.objectContaining({ code: 'ERR_COUNCIL_PAYLOAD' })
  for (const bytes of [
    payload.slice(0, -1),
    Uint8Array.of(...payload, 0),
    callScript(calls, 'all'),
    serializeStackItem({ type: 'Array', value: [] }),
    serializeStackItem({ type: 'Integer', value: 1n }),
    serializeStackItem({ type: 'Array', value: [{ type: 'Array', value: (items.value[0] as typeof items).value.slice(0, 2) }] }),
    serializeStackItem({ type: 'Array', value: [{ type: 'Array', value: [...(items.value[0] as typeof items).value, { type: 'Any' }] }] }),
    new Uint8Array(60_001),
  ])
    expect(() => decodePayload(bytes)).toThrow(refused)
})

test('a node that shows another payload than the proposal names is caught', async () => {
  const payload = encodePayload([registry.suspend({ ...grant, reason: 6n })])
  const lie = encodePayload([registry.suspend({ ...grant, reason: 5n })])
  const number = (value: number): StackItem => ({ type: 'Integer', value: BigInt(value) })
  const bytes = (value: Uint8Array): StackItem => ({ type: 'ByteString', value })
  const record = (): StackItem => ({
    type: 'Struct',
    value: [
      bytes(utf8ToBytes('lanyu')),
      bytes(utf8ToBytes('title')),
      bytes(payloadHash(payload)),
      ...[1, 1_000, 2_000, 0, 0, 0, 0, 0, 7].map(number),
      { type: 'Array', value: [] },
    ],
  })
  const reader = (shown: Uint8Array) => ({
    client: { invokeReadMany: async () => [record(), bytes(shown)] } as never as LedgerReader,
    network: { contracts },
  })
  expect(await readProposal(reader(payload), 1)).toMatchObject({ proposal: { seat: 'lanyu', state: 'open', passedMs: null }, payload })
  await expect(readProposal(reader(lie), 1)).rejects.toThrow(LedgerError)
})

test('a stranger’s text is shown with nothing invisible in it, and not at any length', () => {
  expect(printable('审批 ok')).toBe('审批 ok')
  expect(printable('a\u200bb\u2066c\u2028\\')).toBe('a\\u{200b}b\\u{2066}c\\u{2028}\\u{5c}')
  expect(printable('x'.repeat(301))).toBe(`${'x'.repeat(300)}…`)
})

test('a duration is in the largest unit that leaves no rest', () => {
  expect([duration(86_400_000), duration(90_000), duration(1_500)].map(({ en }) => en)).toEqual(['1 d', '90 s', '1500 ms'])
})
