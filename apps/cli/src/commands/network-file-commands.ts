import { writeFileWhole } from '@hufu/files'
import { quorumOf } from '@hufu/ledger'
import {
  draftNetworkFile,
  hashOfFile,
  localNetworkPlan,
  type NetworkFile,
  type NetworkPlan,
  neoGo,
  networkFileFingerprint,
  networkFileText,
  openWalletKey,
  parseNetworkFile,
  parseWallet,
  type SignedNetworkFile,
  signNetworkFile,
  validSigners,
  verifyNetworkFile,
} from '@hufu/network'
import { msToDateTime } from '@hufu/primitives'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { readObject, readText } from '../read-json.ts'
import { localNetwork } from '../session.ts'
import { passwordFrom, platform } from '../validator/validator-options.ts'

/** Version of the neo-go that is built by `npm run setup`. */
const builtVersion = '0.122.0'

interface DraftOptions {
  readonly out: string
  readonly plan?: string
  readonly previous?: string
}

interface SignOptions {
  readonly name?: string
  readonly wallet?: string
  readonly passwordFile?: string
  readonly local?: boolean
}

interface VerifyOptions {
  readonly fingerprint?: string
  readonly previous?: string
}

/** Adds `draft-file`, `sign-file` and `verify-file` to `hufu network`. */
export function addNetworkFileCommands(network: Command): void {
  network
    .command('draft-file')
    .description(
      help({
        en: 'write a network file to be signed: of a plan, or of the local network',
        'zh-CN': '起草待签名的网络文件：依计划，或依本地网络',
      }),
    )
    .requiredOption('--out <file>', help({ en: 'where to', 'zh-CN': '输出文件' }))
    .option(
      '--plan <file>',
      help({
        en: 'name, magic, validators …; with --previous, only what changes',
        'zh-CN': '名称、magic、验证节点等；配合 --previous 时仅写变更',
      }),
    )
    .option('--previous <file>', help({ en: 'the file before', 'zh-CN': '上一版网络文件' }))
    .action(action(draft))
  network
    .command('sign-file <file>')
    .description(help({ en: "add a validator's signature", 'zh-CN': '添加某验证节点的签名' }))
    .option('--name <name>', help({ en: 'of the validator', 'zh-CN': '验证节点名称' }))
    .option('--wallet <file>', help({ en: 'with its key, or that of its seat', 'zh-CN': '其密钥（或席位密钥）的钱包' }))
    .option('--password-file <file>', help({ en: 'of that wallet', 'zh-CN': '钱包口令文件' }))
    .option('--local', help({ en: 'with all keys of the local network', 'zh-CN': '使用本地网络的全部密钥' }))
    .action(action(sign))
  network
    .command('verify-file <file>')
    .description(
      help({
        en: 'who signed it, and its fingerprint; ends with 1 if it is not to be believed',
        'zh-CN': '显示签名者与指纹；不可信时退出码为 1',
      }),
    )
    .option('--fingerprint <digits>', help({ en: 'as compared by telephone', 'zh-CN': '电话核对的指纹' }))
    .option('--previous <file>', help({ en: 'a file that is believed already', 'zh-CN': '已信任的上一版文件' }))
    .action(action(verify))
}

async function draft({ home, output }: Context, { out, plan, previous }: DraftOptions): Promise<void> {
  const decided =
    plan !== undefined ? (readObject(plan) as NetworkPlan) : previous === undefined ? localNetworkPlan(await localNetwork(home)) : {}
  const network = draftNetworkFile(decided, {
    issuedAt: msToDateTime(Date.now()),
    software: [{ version: builtVersion, platform: platform(), sha256: await hashOfFile(neoGo) }],
    ...(previous === undefined ? {} : { previous: parseNetworkFile(readText(previous)).network }),
  })
  await write(out, { network, signatures: [] })
  show(output, network, [])
}

async function sign({ home, output }: Context, file: string, options: SignOptions): Promise<void> {
  let signed = parseNetworkFile(readText(file))
  if (options.local === true) {
    const { nodes, signers } = await localNetwork(home)
    for (const [index, { name }] of nodes.entries()) signed = await signNetworkFile(signed, name, signers[index]!)
  } else {
    if (options.name === undefined || options.wallet === undefined)
      throw new CliError('ERR_CLI_USAGE', 'name the validator with --name and its key with --wallet, or sign with --local')
    const wallet = parseWallet(readText(options.wallet))
    const signer = await openWalletKey(wallet, wallet.keys[0]!.publicKey, passwordFrom(options))
    signed = await signNetworkFile(signed, options.name, signer)
  }
  await write(file, signed)
  show(output, signed.network, await validSigners(signed, signed.network))
}

async function verify({ output }: Context, file: string, { fingerprint, previous }: VerifyOptions): Promise<void> {
  const text = readText(file)
  const signed = parseNetworkFile(text)
  const trust =
    previous === undefined
      ? { fingerprint: fingerprint ?? networkFileFingerprint(signed.network) }
      : { previous: parseNetworkFile(readText(previous)).network }
  const network = await verifyNetworkFile(text, trust)
  show(output, network, await validSigners(signed, network))
  if (fingerprint === undefined && previous === undefined)
    output.note({
      en: 'It is whole, and signed by those it names. Whether it is the right one, only comparing the fingerprint tells.',
      'zh-CN': '文件完整且由其所列节点签名；是否为正确的文件，须核对指纹方可确认。',
    })
}

async function write(file: string, signed: SignedNetworkFile): Promise<void> {
  await writeFileWhole(file, networkFileText(signed), 0o644)
}

function show(output: Context['output'], network: NetworkFile, signers: readonly string[]): void {
  const quorum = quorumOf(network.validators.length)
  const fingerprint = networkFileFingerprint(network)
  output.result({ name: network.name, sequence: network.sequence, fingerprint, signers, quorum }, [
    output.text({
      en: `network ${network.name}, file ${network.sequence}, magic ${network.magic}`,
      'zh-CN': `网络 ${network.name}，第 ${network.sequence} 版，magic ${network.magic}`,
    }),
    output.text({
      en: `signed by ${signers.length} (quorum ${quorum}): ${signers.join(', ') || '–'}`,
      'zh-CN': `签名 ${signers.length} 个（法定数 ${quorum}）：${signers.join('、') || '–'}`,
    }),
    output.text({ en: `fingerprint ${fingerprint}`, 'zh-CN': `指纹 ${fingerprint}` }),
  ])
}
