import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { circuitFile } from '@hufu/circuits'
import { writeFileWhole } from '@hufu/files'
import { type PublicJwk, publicKeyFromJwk, publicKeyToJwk } from '@hufu/keys'
import { LightClient } from '@hufu/ledger'
import { bytesToHex, randomBytes, sha256 } from '@hufu/primitives'
import {
  type CeremonyCircuit,
  type CeremonyTools,
  type CircuitName,
  ceremonyKeys,
  checkCeremony,
  checkKeyForNetwork,
  circuitNames,
  closePhase,
  contribute,
  createCurveEngine,
  domainSizeOf,
  encodeProvingKey,
  encodeVerifyingKey,
  parseCircuit,
  parseVerifyingKey,
  startCeremony,
  type Turn,
  transcriptHash,
  turnOf,
} from '@hufu/proofs'
import { isProduction } from '@hufu/service'
import { type Command, InvalidArgumentError } from 'commander'
import { CeremonyFolder } from '../ceremony/ceremony-folder.ts'
import { action, type Context, help } from '../command.ts'
import { asCouncil, type CouncilTurn, type ProposalOptions, withProposalOptions } from '../council/act-as-council.ts'
import { CliError } from '../errors.ts'
import { keyOf, loadIdentity } from '../identity.ts'
import { readJson } from '../read-json.ts'
import { readNetwork } from '../session.ts'
import { type KeyCall, type KeyFile, verifyingKeyCalls } from '../zk/ledger-keys.ts'

/** Blocks from the last contribution of a phase to the one that closes it: nobody knows its hash when the contribution is made. */
const blocksToBeacon = 10

interface FolderOption {
  readonly folder: string
}

/** Adds `hufu ceremony`. */
export function addCeremonyCommand(program: Command): void {
  const ceremony = program.command('ceremony').description(
    help({
      en: 'keys of the zero-knowledge circuits, made by several operators: sound as long as one of them forgot its secret',
      'zh-CN': '由多个运营方共同生成零知识电路密钥：只要有一方销毁其秘密即为可靠',
    }),
  )
  const folder = [
    '--folder <folder>',
    help({ en: "the ceremony's folder, handed from one to the next", 'zh-CN': '仪式目录，依次传递' }),
  ] as const
  ceremony
    .command('start')
    .description(help({ en: 'begin: who takes part, in this order', 'zh-CN': '开始：按顺序列出参与方' }))
    .requiredOption(...folder)
    .requiredOption(
      '--participants <names...>',
      help({
        en: 'the operators: NAME of an identity here, or NAME=FILE with the public key that hufu ceremony key wrote elsewhere',
        'zh-CN': '各运营方：本机身份 NAME，或 NAME=FILE（他处由 hufu ceremony key 写出的公钥）',
      }),
    )
    .option('--circuits <names...>', help({ en: 'default: all', 'zh-CN': '默认全部' }), circuitName, [...circuitNames])
    .option('--title <text>', help({ en: 'shown to whoever checks it', 'zh-CN': '标题' }), 'Hufu ceremony')
    .action(action(start))
  ceremony
    .command('key')
    .description(
      help({
        en: 'write the public key by which an operator signs, for who begins the ceremony',
        'zh-CN': '写出运营方签名公钥，交给仪式发起方',
      }),
    )
    .requiredOption('--as <identity>', help({ en: 'whose', 'zh-CN': '身份' }))
    .requiredOption('--out <file>', help({ en: 'where the key goes', 'zh-CN': '输出文件' }))
    .action(action(key))
  ceremony
    .command('contribute')
    .description(
      help({
        en: 'check all before, multiply a fresh secret in, sign; the secret is never stored',
        'zh-CN': '校验此前步骤，乘入新的秘密并签名；秘密不落盘',
      }),
    )
    .requiredOption(...folder)
    .requiredOption('--as <identity>', help({ en: 'whose turn it is', 'zh-CN': '轮到的运营方' }))
    .action(action(contributeAs))
  ceremony
    .command('close')
    .description(help({ en: 'close a phase with the hash of the block that was announced', 'zh-CN': '以预告区块的哈希结束本阶段' }))
    .requiredOption(...folder)
    .action(action(close))
  ceremony
    .command('verify')
    .description(
      help({
        en: 'check everything from public data; anybody can. With a network, the closing blocks too',
        'zh-CN': '仅用公开数据校验全部步骤，任何人均可执行',
      }),
    )
    .requiredOption(...folder)
    .option('--offline', help({ en: 'take the hashes of closing blocks as the transcript says', 'zh-CN': '不联网核对区块哈希' }))
    .action(action(verify))
  ceremony
    .command('finish')
    .description(help({ en: 'check everything and write the keys', 'zh-CN': '校验全部并写出密钥' }))
    .requiredOption(...folder)
    .requiredOption('--out <folder>', help({ en: 'where the keys go', 'zh-CN': '密钥输出目录' }))
    .action(action(finish))
  withProposalOptions(
    ceremony
      .command('publish')
      .description(
        help({
          en: 'put verifying keys on the ledger (the council decides); each names its ceremony by the hash of the transcript',
          'zh-CN': '将验证密钥上链（由理事会决定）；密钥以记录哈希指明其仪式',
        }),
      )
      .requiredOption('--keys <folder>', help({ en: 'where finish wrote them', 'zh-CN': 'finish 写出的目录' })),
  ).action(action(publish))
}

function circuitName(name: string, names: readonly CircuitName[] | undefined): readonly CircuitName[] {
  const known = circuitNames.find(candidate => candidate === name)
  if (known === undefined) throw new InvalidArgumentError(`expected one of ${circuitNames.join(', ')}`)
  // Commander hands over the default before the first name, and what was collected after it.
  return names === undefined || names.length === circuitNames.length ? [known] : [...names, known]
}

async function start(
  context: Context,
  options: FolderOption & { participants: readonly string[]; circuits: readonly CircuitName[]; title: string },
): Promise<void> {
  const folder = new CeremonyFolder(options.folder)
  const unlock = await folder.lock()
  try {
    if (folder.exists) throw new CliError('ERR_CLI_USAGE', 'there is a ceremony in this folder already')
    const circuits = readCircuits(options.circuits)
    const participants = await Promise.all(options.participants.map(participant => readParticipant(context, participant)))
    const domainSize = Math.max(...circuits.map(({ circuit }) => domainSizeOf(circuit)))
    const ceremony = startCeremony({ title: options.title, domainSize, participants, circuits })
    await folder.write(ceremony)
    showTurn(context, ceremony.transcript)
  } finally {
    await unlock()
  }
}

async function key({ home, output }: Context, options: { as: string; out: string }): Promise<void> {
  const jwk = publicKeyToJwk(keyOf(await loadIdentity(home.identitiesFolder, options.as), 'P-256').signer.publicKey)
  await writeFileWhole(options.out, `${JSON.stringify(jwk)}\n`, 0o644)
  output.result({ out: options.out, publicKey: jwk }, [output.text({ en: `written to ${options.out}`, 'zh-CN': `已写入 ${options.out}` })])
}

async function readParticipant({ home }: Context, participant: string): Promise<{ name: string; publicKey: PublicJwk }> {
  const [name = '', file] = participant.split('=', 2)
  const publicKey =
    file === undefined ? keyOf(await loadIdentity(home.identitiesFolder, name), 'P-256').signer.publicKey : publicKeyFromJwk(readJson(file))
  return { name, publicKey: publicKeyToJwk(publicKey) }
}

async function contributeAs(context: Context, options: FolderOption & { as: string }): Promise<void> {
  const folder = new CeremonyFolder(options.folder)
  const unlock = await folder.lock()
  try {
    const before = folder.read()
    // Before anything that takes long.
    const turn = turnOf(before.transcript)
    if ('done' in turn || turn.participant !== options.as)
      throw new CliError('ERR_CLI_USAGE', `it is not the turn of ${options.as}: ${turnText(turn, before.transcript).en}`)
    const { signer } = keyOf(await loadIdentity(context.home.identitiesFolder, options.as), 'P-256')
    const tools = await openTools(before.transcript.circuits.map(({ name }) => name))
    context.output.note({ en: 'checking what is there …', 'zh-CN': '正在校验已有步骤…' })
    await checkCeremony(tools, before, { onProgress: phase => showPhase(context, phase), findBlockHash: blockHashes(context) })
    context.output.note({ en: 'multiplying a fresh secret in …', 'zh-CN': '正在乘入新的秘密…' })
    const newest = await lightClient(context).sync()
    const after = await contribute(tools, before, {
      participant: options.as,
      signer,
      closesAtBlock: newest.blockIndex + blocksToBeacon,
    })
    await folder.write(after)
    showTurn(context, after.transcript)
  } finally {
    await unlock()
  }
}

async function close(context: Context, options: FolderOption): Promise<void> {
  const folder = new CeremonyFolder(options.folder)
  const unlock = await folder.lock()
  try {
    const before = folder.read()
    const blockIndex = before.transcript.phases.at(-1)!.closesAtBlock
    if (blockIndex === undefined) throw new CliError('ERR_CLI_USAGE', 'the phase still waits for contributions')
    const client = lightClient(context)
    const newest = await client.sync()
    if (newest.blockIndex < blockIndex)
      throw new CliError('ERR_CLI_USAGE', `block ${blockIndex} is not there yet, the newest is ${newest.blockIndex}: close once it is`)
    const { hash } = await client.verifiedHeader(blockIndex)
    const after = closePhase(await openTools([]), before, { blockIndex, blockHash: hash })
    await folder.write(after)
    showTurn(context, after.transcript)
  } finally {
    await unlock()
  }
}

async function verify(context: Context, options: FolderOption & { offline?: boolean }): Promise<void> {
  const ceremony = new CeremonyFolder(options.folder).read()
  const tools = await openTools(ceremony.transcript.circuits.map(({ name }) => name))
  await checkCeremony(tools, ceremony, {
    onProgress: phase => showPhase(context, phase),
    ...(options.offline === true ? {} : { findBlockHash: blockHashes(context) }),
  })
  const hash = bytesToHex(transcriptHash(ceremony.transcript))
  const { participants } = ceremony.transcript
  const turn = turnOf(ceremony.transcript)
  const isFinished = 'done' in turn
  const names = participants.map(({ name }) => name)
  context.output.result({ verdict: isFinished ? 'accepted' : 'unfinished', turn, transcriptSha256: hash, participants: names }, [
    context.output.text(
      isFinished
        ? {
            en: `ACCEPTED  every step holds; sound if one of ${names.length} forgot its secret`,
            'zh-CN': `通过  每一步均成立；${names.length} 方中只要有一方销毁秘密即为可靠`,
          }
        : { en: 'UNFINISHED  every step so far holds', 'zh-CN': '未完成  目前各步骤均成立' },
    ),
    ...(isFinished ? [] : [context.output.text(turnText(turn, ceremony.transcript))]),
    `SHA-256 ${hash}`,
  ])
  if (!isFinished) process.exitCode = 1
}

async function finish(context: Context, options: FolderOption & { out: string }): Promise<void> {
  const ceremony = new CeremonyFolder(options.folder).read()
  const tools = await openTools(ceremony.transcript.circuits.map(({ name }) => name))
  const bases = await checkCeremony(tools, ceremony, {
    onProgress: phase => showPhase(context, phase),
    findBlockHash: blockHashes(context),
  })
  mkdirSync(options.out, { recursive: true })
  const files: string[] = []
  for (const circuit of tools.circuits) {
    const base = bases[circuit.circuit.name]
    if (base === undefined) throw new CliError('ERR_CLI_USAGE', 'contributions are still missing')
    const { provingKey, verifyingKey } = ceremonyKeys(ceremony, circuit, base)
    for (const [suffix, bytes] of [
      ['proving-key', encodeProvingKey(provingKey)],
      ['verifying-key', encodeVerifyingKey(verifyingKey)],
    ] as const) {
      const file = join(options.out, `${circuit.circuit.name}.${suffix}`)
      await writeFileWhole(file, bytes, 0o644)
      files.push(file)
    }
  }
  context.output.result({ files, transcriptSha256: bytesToHex(transcriptHash(ceremony.transcript)) }, files)
}

async function publish(context: Context, options: { keys: string } & ProposalOptions): Promise<void> {
  const found = circuitNames
    .map(circuit => ({ circuit, path: join(options.keys, `${circuit}.verifying-key`) }))
    .filter(({ path }) => existsSync(path))
  if (found.length === 0) throw new CliError('ERR_CLI_FILE', `folder ${options.keys} holds no verifying key`)
  const files = found.map(({ circuit, path }) => ({ circuit, file: new Uint8Array(readFileSync(path)) }))
  await asCouncil(context, options, `Verifying keys: ${files.map(({ circuit }) => circuit).join(', ')}`, async turn => {
    const { session } = turn
    checkKeys(files, await isProduction(session))
    const calls = await verifyingKeyCalls(session, files)
    const proposal = await publishCalls(context, turn, calls)
    showKeys(context, files, new Set(calls.map(({ circuit }) => circuit)), proposal)
  })
}

function checkKeys(files: readonly KeyFile[], production: boolean): void {
  for (const { circuit, file } of files) {
    const key = parseVerifyingKey(file)
    if (key.circuit !== circuit) throw new CliError('ERR_CLI_FILE', `file ${circuit}.verifying-key is of another circuit`)
    checkKeyForNetwork(key, { production })
  }
}

/** While the network is founded each key is a write; after that all are one proposal, whose number is returned. */
async function publishCalls({ output }: Context, turn: CouncilTurn, calls: readonly KeyCall[]): Promise<number | undefined> {
  const { ledger, account, isFounding, settle } = turn
  if (isFounding) {
    for (const { call, idempotencyKey } of calls) await settle(await ledger.client.submit([call], { account, idempotencyKey }))
    return undefined
  }
  if (calls.length === 0) return undefined
  const idempotencyKey = calls.map(each => each.idempotencyKey).join('; ')
  const { value, lines } = await settle(
    await ledger.client.submit(
      calls.map(({ call }) => call),
      { account, idempotencyKey },
    ),
  )
  for (const line of lines) output.note({ en: line, 'zh-CN': line })
  return value.proposal as number
}

function showKeys({ output }: Context, files: readonly KeyFile[], changed: ReadonlySet<CircuitName>, proposal: number | undefined): void {
  const rows = files.map(({ circuit, file }) => {
    const { development, transcriptHash: hash } = parseVerifyingKey(file)
    const isNew = changed.has(circuit)
    return { circuit, isNew, ...(isNew && proposal !== undefined ? { proposal } : {}), development, transcriptSha256: bytesToHex(hash) }
  })
  const made = (development: boolean, hash: string): string =>
    development
      ? output.text({ en: 'development key: proves nothing to anybody', 'zh-CN': '开发密钥：无证明效力' })
      : output.text({ en: `ceremony ${hash}`, 'zh-CN': `仪式 ${hash}` })
  const state = (isNew: boolean): string => {
    if (!isNew) return output.text({ en: 'is there already', 'zh-CN': '此前已上链' })
    if (proposal === undefined) return output.text({ en: 'durable', 'zh-CN': '已持久化' })
    return output.text({ en: `proposed (${proposal})`, 'zh-CN': `已提出议案（${proposal}）` })
  }
  output.result(
    rows,
    rows.map(row => `${row.circuit}: ${state(row.isNew)}  [${made(row.development, row.transcriptSha256)}]`),
  )
}

async function openTools(names: readonly string[]): Promise<CeremonyTools> {
  return { engine: await createCurveEngine(), circuits: readCircuits(names), randomness: randomBytes }
}

function readCircuits(names: readonly string[]): readonly CeremonyCircuit[] {
  return names.map(name => {
    const known = circuitNames.find(candidate => candidate === name)
    if (known === undefined) throw new CliError('ERR_CLI_USAGE', `this version does not have the circuit ${name}`)
    const bytes = new Uint8Array(readFileSync(circuitFile(known)))
    return { circuit: parseCircuit(bytes), sha256: bytesToHex(sha256(bytes)) }
  })
}

function lightClient({ home }: Context): LightClient {
  return new LightClient({ network: readNetwork(home) })
}

function blockHashes(context: Context): (blockIndex: number) => Promise<string> {
  const client = lightClient(context)
  return async blockIndex => (await client.verifiedHeader(blockIndex)).hash
}

function showPhase({ output }: Context, phase: string): void {
  output.progress({ en: `  phase ${phase}`, 'zh-CN': `  阶段 ${phase}` })
}

function showTurn({ output }: Context, transcript: Parameters<typeof turnOf>[0]): void {
  const turn = turnOf(transcript)
  output.result({ ...turn, transcriptSha256: bytesToHex(transcriptHash(transcript)) }, [output.text(turnText(turn, transcript))])
}

function turnText(turn: Turn, { phases }: Parameters<typeof turnOf>[0]): { en: string; 'zh-CN': string } {
  if ('done' in turn) return { en: 'finished: hufu ceremony finish writes the keys', 'zh-CN': '已完成：hufu ceremony finish 写出密钥' }
  if (turn.participant === 'beacon') {
    const block = phases.at(-1)!.closesAtBlock
    return {
      en: `phase ${turn.phase}: all contributed; hufu ceremony close, once block ${block} is there`,
      'zh-CN': `阶段 ${turn.phase}：全部已贡献；区块 ${block} 产生后执行 hufu ceremony close`,
    }
  }
  return {
    en: `phase ${turn.phase}: next is ${turn.participant} (hufu ceremony contribute --as ${turn.participant})`,
    'zh-CN': `阶段 ${turn.phase}：下一位 ${turn.participant}（hufu ceremony contribute --as ${turn.participant}）`,
  }
}
