import { existsSync, readFileSync } from 'node:fs'
import { accountOfDid, didOf, parseDid } from '@hufu/did'
import { writeFileWhole } from '@hufu/files'
import {
  base64urlToBytes,
  bytesToBase64url,
  bytesToHex,
  bytesToUtf8,
  dayInChina,
  equalBytes,
  type Json,
  parseJson,
  sha256,
} from '@hufu/primitives'
import {
  circuitFileHeader,
  describeStatement,
  leafOfCredential,
  parseCircuit,
  parsePresentation,
  parseProvingKey,
  parseTranscript,
  parseVerifyingKey,
  parseZkCredential,
  scalarFromBytes,
  scalarToBytes,
  transcriptHash,
  turnOf,
  type ZkCredential,
} from '@hufu/proofs'
import { ledgerTrustSource, validateClaims } from '@hufu/trust'
import { type Command, InvalidArgumentError } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { loadIdentity } from '../identity.ts'
import { integer } from '../option-values.ts'
import { readObject } from '../read-json.ts'
import { localCommittee, openReadingSession, openWritingSession } from '../session.ts'
import { layoutOfType } from '../zk/credential-type.ts'
import { IssuerTree } from '../zk/issuer-tree.ts'
import { openLedgerTrees } from '../zk/ledger-roots.ts'
import { registeredStatement } from '../zk/registered-statement.ts'
import { addCredential, blindingOf, newHolderCommitment, openWallet } from '../zk/wallet.ts'

/** What an issuer hands a wallet: the credential but for what hides the wallet's secret, which the issuer never had. */
type Delivery = Omit<ZkCredential, 'salt' | 'blinding'> & { readonly salt: string; readonly holder: string }

/** Adds `hufu zk`. */
export function addZkCommand(program: Command): void {
  const zk = program.command('zk').description(
    help({
      en: 'credentials for zero-knowledge proofs: issue, hold, revoke, look inside',
      'zh-CN': '零知识证明凭证：签发、持有、撤销与查看',
    }),
  )
  zk.command('request')
    .description(
      help({
        en: 'a wallet asks for a credential: a commitment that tells the issuer nothing',
        'zh-CN': '钱包申请凭证：生成不泄露信息的承诺',
      }),
    )
    .requiredOption('--wallet <name>', help({ en: 'made if it is not there', 'zh-CN': '钱包名称，不存在则新建' }))
    .requiredOption('--out <file>', help({ en: 'for the issuer', 'zh-CN': '交给签发机构的文件' }))
    .action(action(request))
  zk.command('issue')
    .description(help({ en: "append a credential to the issuer's tree on the ledger", 'zh-CN': '将凭证加入签发机构在账本上的凭证树' }))
    .requiredOption('--as <identity>', help({ en: 'issuer', 'zh-CN': '签发机构' }))
    .requiredOption('--type <type>', help({ en: 'credential type', 'zh-CN': '凭证类型' }))
    .requiredOption('--claims <file>', help({ en: 'JSON of the claims', 'zh-CN': '声明内容（JSON）' }))
    .requiredOption('--holder <file>', help({ en: "the wallet's request", 'zh-CN': '钱包的申请文件' }))
    .requiredOption('--key <name>', help({ en: 'names the occasion: one key, one credential', 'zh-CN': '签发事由编号：一号一证' }))
    .requiredOption('--expires <day>', help({ en: 'last day on which it counts, YYYY-MM-DD', 'zh-CN': '有效期最后一日，YYYY-MM-DD' }))
    .requiredOption('--out <file>', help({ en: 'for the wallet', 'zh-CN': '交给钱包的文件' }))
    .action(action(issue))
  zk.command('accept <file>')
    .description(
      help({ en: 'a wallet checks what the issuer handed over against the ledger, and keeps it', 'zh-CN': '钱包对照账本核验凭证并保存' }),
    )
    .requiredOption('--wallet <name>', help({ en: 'which wallet', 'zh-CN': '钱包名称' }))
    .action(action(accept))
  for (const [name, texts] of [
    ['revoke', { en: 'empty a leaf for good', 'zh-CN': '永久清空叶子（撤销）' }],
    ['suspend', { en: 'empty a leaf for a while', 'zh-CN': '暂时清空叶子（暂停）' }],
    ['reinstate', { en: 'put a suspended leaf back', 'zh-CN': '恢复被暂停的叶子' }],
  ] as const) {
    zk.command(`${name} <leaf...>`)
      .description(help(texts))
      .requiredOption('--as <identity>', help({ en: 'issuer', 'zh-CN': '签发机构' }))
      .requiredOption('--type <type>', help({ en: 'credential type', 'zh-CN': '凭证类型' }))
      .requiredOption('--reason <text>', help({ en: "for the issuer's own log; not on the ledger", 'zh-CN': '记入机构自己的日志，不上链' }))
      .action(
        action((context: Context, leaves: readonly string[], options: { as: string; type: string; reason: string }) =>
          changeLeaves(
            context,
            name,
            leaves.map(leaf => leafIndex(leaf)),
            options,
          ),
        ),
      )
  }
  zk.command('trees')
    .description(
      help({
        en: 'rebuild every credential tree from the ledger and compare its roots; exit code 1 if one is false',
        'zh-CN': '由账本重建所有凭证树并核对树根；若有虚假树根则退出码为 1',
      }),
    )
    .option('--watch', help({ en: 'go on until Ctrl-C and tell of every false root', 'zh-CN': '持续监视并报告虚假树根，至 Ctrl-C' }))
    .action(action(trees))
  zk.command('describe')
    .description(
      help({ en: 'what a registered query proves and what it hides, in words', 'zh-CN': '用文字说明已登记查询证明什么、隐藏什么' }),
    )
    .requiredOption('--verifier <did>', help({ en: 'who asks', 'zh-CN': '查询方' }))
    .requiredOption('--query <query>', help({ en: 'which query', 'zh-CN': '查询编号' }))
    .action(action(describe))
  zk.command('inspect <file>')
    .description(
      help({
        en: 'say what a circuit, key, credential, presentation or transcript holds',
        'zh-CN': '查看电路、密钥、凭证、出示或仪式记录的内容',
      }),
    )
    .action(action(inspect))
}

async function request({ home, output }: Context, { wallet: name, out }: { wallet: string; out: string }): Promise<void> {
  const wallet = await openWallet(home.walletsFolder, name)
  const holder = await newHolderCommitment(home.walletsFolder, wallet)
  await writeFileWhole(out, `${JSON.stringify({ holder })}\n`)
  output.result({ wallet: name, out }, [output.text({ en: `written to ${out}`, 'zh-CN': `已写入 ${out}` })])
}

async function issue(
  { home, output }: Context,
  options: { as: string; type: string; claims: string; holder: string; key: string; expires: string; out: string },
): Promise<void> {
  const identity = await loadIdentity(home.identitiesFolder, options.as)
  const claims = readObject(options.claims)
  const { holder } = readObject(options.holder)
  if (typeof holder !== 'string') throw new CliError('ERR_CLI_FILE', `file ${options.holder} is no request of a wallet`)
  const session = await openWritingSession(home)
  const ledgerTrees = await openLedgerTrees(session, home)
  try {
    const source = ledgerTrustSource(session.client, session.network)
    await validateClaims(source, options.type, claims)
    const { layout, version } = await layoutOfType(session, options.type)
    const sponsor = await localCommittee(home)
    const tree = await IssuerTree.open(session, home, ledgerTrees, { identity, sponsor, typeId: options.type, layout })
    try {
      const request = { key: options.key, claims, holder: scalarFromBytes(base64urlToBytes(holder)), expires: options.expires }
      tree.requireSame(request)
      const [leaf] = await tree.issue([request])
      const delivery: Delivery = {
        credentialType: options.type,
        schemaVersion: version,
        issuer: identity.did,
        claims,
        expires: options.expires,
        holder,
        ...leaf!,
      }
      await writeFileWhole(options.out, `${JSON.stringify(delivery)}\n`)
      output.result({ leaf: leaf!.leafIndex, out: options.out }, [
        output.text({
          en: `leaf ${leaf!.leafIndex}, durable; written to ${options.out}`,
          'zh-CN': `叶子 ${leaf!.leafIndex}，已持久化；已写入 ${options.out}`,
        }),
      ])
    } finally {
      await tree.close()
    }
  } finally {
    await ledgerTrees.close()
    await session.close()
  }
}

async function accept({ home, output }: Context, file: string, { wallet: name }: { wallet: string }): Promise<void> {
  const wallet = await openWallet(home.walletsFolder, name)
  const { holder, ...delivery } = readObject(file)
  const blinding = blindingOf(home.walletsFolder, wallet, String(holder))
  const encoded = bytesToBase64url(scalarToBytes(blinding))
  const credential = parseZkCredential(JSON.stringify({ format: 'hufu_zk', version: 1, ...delivery, blinding: encoded }))
  const session = openReadingSession(home)
  const ledgerTrees = await openLedgerTrees(session, home)
  try {
    const { layout } = await layoutOfType(session, credential.credentialType, credential.schemaVersion)
    const leaf = leafOfCredential(credential, layout, wallet.secret)
    const key = { issuer: accountOfDid(parseDid(credential.issuer)), typeId: credential.credentialType }
    const followed = ledgerTrees.followedTree(key)
    const isThere =
      followed !== undefined &&
      credential.leafIndex < followed.tree.size &&
      scalarFromBytes(followed.tree.leaf(credential.leafIndex)) === leaf
    if (!isThere) throw new CliError('ERR_CLI_WALLET', "what was handed over is not what stands in the issuer's tree")
    await addCredential(home.walletsFolder, wallet, credential)
    output.result({ wallet: name, credentialType: credential.credentialType, leaf: credential.leafIndex }, [
      output.text({ en: 'kept: it is what the ledger has', 'zh-CN': '已保存：与账本一致' }),
    ])
  } finally {
    await ledgerTrees.close()
    await session.close()
  }
}

const leafIndex = integer(0, 2 ** 32 - 1)

async function changeLeaves(
  { home, output }: Context,
  change: 'revoke' | 'suspend' | 'reinstate',
  leaves: readonly number[],
  options: { as: string; type: string; reason: string },
): Promise<void> {
  const identity = await loadIdentity(home.identitiesFolder, options.as)
  const session = await openWritingSession(home)
  const ledgerTrees = await openLedgerTrees(session, home)
  try {
    const { layout } = await layoutOfType(session, options.type)
    const sponsor = await localCommittee(home)
    const tree = await IssuerTree.open(session, home, ledgerTrees, { identity, sponsor, typeId: options.type, layout })
    try {
      await tree.writer[`${change}Leaves`](leaves, options.reason)
    } finally {
      await tree.close()
    }
    output.result({ change, leaves }, [output.text({ en: 'done, durable', 'zh-CN': '完成，已持久化' })])
  } finally {
    await ledgerTrees.close()
    await session.close()
  }
}

async function trees({ home, output, signal }: Context, { watch }: { watch?: boolean }): Promise<void> {
  const session = openReadingSession(home)
  const ledgerTrees = await openLedgerTrees(session, home)
  try {
    const rows = ledgerTrees.keys.map(key => {
      const { roots, tree } = ledgerTrees.followedTree(key)!
      const latest = roots.at(-1)!
      return {
        issuer: didOf(session.network.name, key.issuer),
        credentialType: key.typeId,
        leaves: tree.size,
        roots: roots.length,
        root: bytesToHex(latest.root),
        isTrue: latest.fault === undefined,
      }
    })
    const alarms = ledgerTrees.alarms.map(({ issuer, typeId, rootIndex, blockIndex, reason }) => ({
      issuer: didOf(session.network.name, issuer),
      credentialType: typeId,
      rootIndex,
      blockIndex,
      reason,
    }))
    output.result({ blockIndex: ledgerTrees.height, trees: rows, alarms }, [
      ...rows.map(row => {
        const size = output.text({ en: `${row.leaves} leaves, root ${row.roots}`, 'zh-CN': `${row.leaves} 个叶子，第 ${row.roots} 个树根` })
        return `${row.isTrue ? '✓' : '✗'} ${row.issuer} ${row.credentialType}  ${size}`
      }),
      ...alarms.map(alarm =>
        output.text({
          en: `FALSE ROOT ${alarm.rootIndex} of ${alarm.issuer} ${alarm.credentialType} in block ${alarm.blockIndex}: ${alarm.reason}`,
          'zh-CN': `虚假树根：${alarm.issuer} ${alarm.credentialType} 第 ${alarm.rootIndex} 个，区块 ${alarm.blockIndex}：${alarm.reason}`,
        }),
      ),
    ])
    if (alarms.length > 0) process.exitCode = 1
    let told = alarms.length
    while (watch === true && !signal.aborted) {
      await new Promise(resolve => setTimeout(resolve, 500))
      for (const { issuer, typeId, rootIndex } of ledgerTrees.alarms.slice(told)) {
        output.note({ en: `FALSE ROOT ${rootIndex} of ${issuer} ${typeId}`, 'zh-CN': `虚假树根：${issuer} ${typeId} 第 ${rootIndex} 个` })
        process.exitCode = 1
      }
      told = ledgerTrees.alarms.length
    }
  } finally {
    await ledgerTrees.close()
    await session.close()
  }
}

async function describe({ home, output }: Context, options: { verifier: string; query: string }): Promise<void> {
  const session = openReadingSession(home)
  try {
    const { statement, layout, content } = await registeredStatement(session, options.verifier, options.query)
    const words = describeStatement(statement, layout, output.language, { today: dayInChina(Date.now()) })
    const heading = (texts: { en: string; 'zh-CN': string }, lines: readonly string[]): readonly string[] =>
      lines.length === 0 ? [] : [output.text(texts), ...lines.map(line => `  ${line}`)]
    output.result({ purpose: content.purpose, legalBasis: content.legalBasis, retentionDays: content.retentionDays, statement, words }, [
      ...heading({ en: 'What for', 'zh-CN': '用途' }, [output.text(content.purpose)]),
      ...heading({ en: 'Proven', 'zh-CN': '证明' }, words.proves),
      ...heading({ en: 'Shown', 'zh-CN': '展示' }, words.shows),
      ...heading({ en: 'Not learned', 'zh-CN': '不获知' }, words.hides),
      ...heading({ en: 'Recognition', 'zh-CN': '识别' }, [words.pseudonym]),
      ...heading({ en: 'Freshness', 'zh-CN': '时效' }, [words.freshness]),
    ])
  } finally {
    await session.close()
  }
}

async function inspect({ output }: Context, file: string): Promise<void> {
  if (!existsSync(file)) throw new CliError('ERR_CLI_FILE', `file ${file} cannot be read`)
  const bytes = new Uint8Array(readFileSync(file))
  const value = { ...inspected(bytes), bytes: bytes.length, sha256: bytesToHex(sha256(bytes)) }
  output.result(
    value,
    Object.entries(value).map(([name, member]) => `${name.padEnd(18)} ${typeof member === 'object' ? JSON.stringify(member) : member}`),
  )
}

/** Nothing that is confidential: of a credential no claim, of a presentation what its verifier sees anyway. */
function inspected(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const magic = String.fromCharCode(...bytes.subarray(0, 4))
  if (magic === 'HFVK') {
    const { circuit, development, circuitHash, transcriptHash: hash, inputs } = parseVerifyingKey(bytes)
    return {
      kind: 'verifying key',
      circuit,
      development,
      circuitSha256: bytesToHex(circuitHash),
      transcriptSha256: bytesToHex(hash),
      publicInputs: inputs.length - 1,
    }
  }
  if (magic === 'HFPK') {
    const { circuit, development, circuitHash, domainSize, wireCount, publicCount } = parseProvingKey(bytes)
    return {
      kind: 'proving key',
      circuit,
      development,
      circuitSha256: bytesToHex(circuitHash),
      domainSize,
      wires: wireCount,
      publicInputs: publicCount,
    }
  }
  if (equalBytes(bytes.subarray(0, circuitFileHeader.length), circuitFileHeader)) {
    const { name, wireCount, constraintCount, publicCount, inputs } = parseCircuit(bytes)
    return {
      kind: 'circuit',
      name,
      constraints: constraintCount,
      wires: wireCount,
      publicInputs: publicCount,
      inputs: inputs.map(input => input.name),
    }
  }
  return inspectedText(bytesToUtf8(bytes).trim())
}

function inspectedText(text: string): Readonly<Record<string, unknown>> {
  const json = parseJson(text) as Readonly<Record<string, Json>>
  if (json.format === 'hufu-ceremony-1') {
    const transcript = parseTranscript(text)
    const { title, participants, circuits, phases } = transcript
    return {
      kind: 'transcript of a ceremony',
      title,
      participants: participants.map(({ name }) => name),
      circuits: circuits.map(({ name }) => name),
      contributions: phases.map(({ name, contributions }) => `${name} ${contributions.length}`),
      turn: turnOf(transcript),
      transcriptSha256: bytesToHex(transcriptHash(transcript)),
    }
  }
  if (json.format === undefined && typeof json.holder === 'string')
    return json.leafIndex === undefined
      ? { kind: 'request of a wallet' }
      : {
          kind: 'credential for a wallet',
          credentialType: json.credentialType,
          issuer: json.issuer,
          leaf: json.leafIndex,
          expires: json.expires,
        }
  if (json.format === 'hufu_zk' && json.credentials === undefined) {
    const { credentialType, issuer, leafIndex: leaf, expires } = parseZkCredential(text)
    return { kind: 'credential', credentialType, issuer, leaf, expires }
  }
  if (json.format === 'hufu_zk') {
    const { verifier, today, credentials, oneTimeKey } = parsePresentation(text)
    return {
      kind: 'presentation',
      verifier,
      today,
      madeAhead: oneTimeKey !== undefined,
      credentials: credentials.map(({ roots, disclosed }) => ({ roots, discloses: Object.keys(disclosed) })),
    }
  }
  throw new InvalidArgumentError('expected a circuit, key, request, credential, presentation or transcript')
}
