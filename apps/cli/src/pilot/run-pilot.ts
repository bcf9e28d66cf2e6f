import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CredentialError, presentSdJwt, type Receipt, type VerifiedSdJwtVc, verifySdJwtVc } from '@hufu/credentials'
import { accountOfDid, parseDid } from '@hufu/did'
import { writeFileWhole } from '@hufu/files'
import { bytesToBase64url, errorCode, randomBytes } from '@hufu/primitives'
import { cities, residentsFile } from '@hufu/samples'
import { ledgerTrustSource, mayAsk } from '@hufu/trust'
import type { Context } from '../command.ts'
import { issueFile } from '../commands/batch-command.ts'
import { startLocalNetwork } from '../commands/network-command.ts'
import { CliError } from '../errors.ts'
import type { Identity } from '../identity.ts'
import type { Texts } from '../language.ts'
import type { Output } from '../output.ts'
import { receiptLines } from '../receipt-lines.ts'
import { openWritingSession, type Session } from '../session.ts'
import { verificationPolicy } from '../verification.ts'
import { bringCast, bringRegistry, type Cast } from './bring-registry.ts'
import { validatorNames } from './cast.ts'
import type { OtherChains } from './chains/start-other-chains.ts'
import { runCouncilPart } from './council-run.ts'
import { type Counter, issueAtCounter, residentType, revokeAtCounter, statusBaseUrl } from './counter.ts'
import { bringDevelopmentKeys, endPilotFounding, fundSeats, openPilotCouncil, type PilotCouncil } from './pilot-council.ts'
import { type PilotPorts, type PilotUrls, pilotUrls } from './pilot-ports.ts'
import { type PilotConsole, startConsole } from './start-console.ts'
import { institutionOf, nodeNames, type PilotServers, startServers } from './start-servers.ts'
import { prepareZkPart, runZkPart } from './zk-run.ts'

const city = cities[0]!
const issuerName = `${city.slug}-bureau`
const openAccountQuery = 'open-account'
const statusMaxAgeMs = 24 * 60 * 60 * 1000
const presentationMaxAgeMs = 5 * 60 * 1000

export interface PilotOptions extends PilotPorts {
  /** False: end once the guided run is done. */
  readonly stay: boolean
  /** False: no guided run, only what it takes for people to use the pilot. */
  readonly guide: boolean
  /** False: no chains of others in the guided run. */
  readonly chains: boolean
}

/**
 * The pilot: brings up the network, the registry and the servers, then shows the main job on real input — issue, verify, revoke, refuse — and stays up
 * until Ctrl-C. A second run goes on with the data of the first. With `--json` the result says where everything is, and how the staff come in.
 */
export async function runPilot(context: Context, options: PilotOptions): Promise<void> {
  const { home, output, signal } = context
  const startedAt = performance.now()
  const step = (texts: Texts): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    output.note({ en: `[${seconds} s] ${texts.en}`, 'zh-CN': `[${seconds} 秒] ${texts['zh-CN']}` })
  }
  const { network } = await startLocalNetwork(context, { validators: validatorNames.length, basePort: options.basePort })
  const urls = pilotUrls(options)
  let openedConsole: Promise<PilotConsole> | undefined
  let servers: PilotServers | undefined
  let shown: Shown | undefined
  let chains: OtherChains | undefined
  let late: Omit<ChainsShown, 'session'> | undefined
  const serverUrl = `http://127.0.0.1:${urls.bureau.port}`
  try {
    const session = await openWritingSession(home)
    try {
      const cast = await bringCast(home.identitiesFolder, session.network.name)
      openedConsole = startConsole({ home, cast, urls }).then(started => {
        step(consoleWords(started.url, network.pids))
        return started
      })
      openedConsole.catch(() => undefined)
      // The others begin when it is there, so that it is what people see first. They take some seconds to make their tables; meanwhile the registry is written.
      const starting = openedConsole.then(() => startServers({ home, network: session.network, cast, urls }))
      starting.catch(() => undefined)
      const addresses = new Map(nodeNames.map(name => [institutionOf(name).slug, urls[name].url]))
      const council = await openPilotCouncil(session, home)
      await fundSeats(session, council)
      const writes = (await bringRegistry(session, cast, council, addresses)) + (await bringDevelopmentKeys(session, council))
      await openedConsole
      step({
        en: `six bureaus and three institutions are registered and accredited: ${writes} writes on the ledger, all on the disks of a quorum`,
        'zh-CN': `六个机构局与三家机构已登记并获授权：${writes} 笔写入均已在法定数节点落盘`,
      })
      if (await endPilotFounding(session, council))
        step({
          en: 'the founding is over: from now on trust roots, queries and verifying keys change only by votes of the cities',
          'zh-CN': '创建阶段结束：此后信任根、查询与验证密钥只能由各城市表决变更',
        })
      servers = await starting
      step({
        en: `bureau, bank, hospital and transport operator have servers, two of them a shop; the wallet is at ${urls.wallet.url}`,
        'zh-CN': `机构局、银行、医院与公交公司的服务器已就绪，银行与医院另有网站；钱包地址：${urls.wallet.url}`,
      })
      if (options.guide) {
        const bureau = cast.get(issuerName)!
        if (options.chains) chains = await otherChains(context, session, step)
        shown = await guidedRun({ context, session, bureau, cast, council, serverUrl, step })
        if (chains?.isBuilding() === true) late = { context, bureau, serverUrl, step }
        else if (chains !== undefined) await showChains(chains, { context, session, bureau, serverUrl, step })
      } else await prepareZkPart({ context, session, cast, step })
    } finally {
      await session.close()
    }
    if (late !== undefined && !options.stay) await showChainsLate(chains!, late)
    step(shown === undefined ? { en: 'ready', 'zh-CN': '已就绪' } : { en: 'the guided run is finished', 'zh-CN': '演示完成' })
    if (!options.stay) return
    const opened = await openedConsole!
    output.line({ pilot: await reachOf(urls, servers, opened) })
    output.note(whatNext({ urls, servers, pilotConsole: opened, shown, pids: network.pids }))
    if (late !== undefined) await showChainsLate(chains!, late).catch(error => tell(output, error))
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  } finally {
    await Promise.all([servers?.stop(), chains?.stop()])
    await openedConsole?.then(
      started => started.stop(),
      () => undefined,
    )
    await network.stop()
    output.note({ en: 'Stopped; the data is kept in the home folder.', 'zh-CN': '已停止；数据保存在主目录中。' })
  }
}

type ChainsShown = Counter & Pick<GuidedRun, 'step'>

/** Loaded only here: no other command needs what speaks to other chains. */
async function otherChains({ home }: Context, { network }: Session, step: GuidedRun['step']): Promise<OtherChains> {
  const { startOtherChains } = await import('./chains/start-other-chains.ts')
  return startOtherChains({ home, network, step })
}

async function showChains({ started }: OtherChains, run: ChainsShown): Promise<void> {
  const { runChainsPart } = await import('./chains/run-chains-part.ts')
  await runChainsPart({ ...run, starts: await started })
}

/** Once Fabric is built, which takes longer than the rest of a guided run. */
async function showChainsLate(chains: OtherChains, { context, ...run }: Omit<ChainsShown, 'session'>): Promise<void> {
  const { home, signal } = context
  const interrupted = new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  await Promise.race([chains.started, interrupted])
  if (signal.aborted) return
  const session = await openWritingSession(home)
  await showChains(chains, { context, session, ...run }).finally(() => session.close())
}

/** What fails while people use the pilot does not end it. */
function tell(output: Output, error: unknown): void {
  const code = errorCode(error)
  if (code === undefined) throw error
  output.failure(code, (error as Error).message)
}

interface GuidedRun extends Counter {
  readonly cast: Cast
  readonly council: PilotCouncil
  readonly step: (texts: Texts) => void
}

async function guidedRun(run: GuidedRun): Promise<Shown> {
  const { context, session, bureau, cast, step } = run
  const { output } = context
  const bank = [...cast.values()].find(({ name }) => name.endsWith('-bank'))!
  const folder = join(context.home.folder, 'pilot')
  mkdirSync(folder, { recursive: true })

  const { counts, problems } = await issueFile(context, session, bureau, {
    file: fileURLToPath(residentsFile(city.slug)),
    type: residentType,
    city,
    out: join(folder, `${city.slug}.jsonl`),
    statusBaseUrl: statusBaseUrl(run),
  })
  step({
    en: `${city.name.en}: ${counts.issued + counts.unchanged} residents have credentials (${counts.issued} issued now, ${problems.length} problems); the status list is published and its hash is on the ledger`,
    'zh-CN': `${city.name['zh-CN']}：${counts.issued + counts.unchanged} 名居民已持有凭证（本次签发 ${counts.issued}，问题 ${problems.length}）；状态列表已发布，其哈希已上链`,
  })

  const { credential, holder } = await issueAtCounter(run)
  step({
    en: 'a resident collects a credential at the counter, bound to a key of the wallet',
    'zh-CN': '一位居民在柜台领取与钱包密钥绑定的凭证',
  })

  await requireRegisteredQuery(session, bank)
  const nonce = bytesToBase64url(randomBytes(16))
  const presentation = await presentSdJwt(credential, {
    disclose: [['age_equal_or_over', '18'], ['city_code']],
    keyBinding: { signer: holder, audience: bank.did, nonce, issuedAtMs: Date.now() },
  })
  await writeFileWhole(join(folder, 'presentation.txt'), `${presentation}\n`)
  const accepted = await verify(session, presentation, bank, nonce)
  step({
    en: 'the bank asks its registered query "open an account"; the wallet shows "over 18" and the city, nothing else:',
    'zh-CN': '银行提出已登记的“开立账户”查询；钱包只出示“已满18岁”与所在城市：',
  })
  show(output, accepted.receipt, accepted.claims)

  await revokeAtCounter(run, credential)
  step({
    en: 'the bureau revokes this credential and publishes the new status list; the bank verifies again:',
    'zh-CN': '机构局撤销该凭证并发布新的状态列表；银行再次验证：',
  })
  show(output, await refusal(session, presentation, bank, nonce))
  await runZkPart({ context, session, cast, step })
  await runCouncilPart(run)
  return { bureau, bank, nonce }
}

/** The bank may ask only what it registered: the wallet would refuse the rest. */
async function requireRegisteredQuery(session: Session, bank: Identity): Promise<void> {
  const source = ledgerTrustSource(session.client, session.network)
  const { allowed } = await mayAsk(source, accountOfDid(parseDid(bank.did)), openAccountQuery, Date.now())
  if (!allowed) throw new CliError('ERR_CLI_USAGE', 'the bank has not registered the query')
}

function verify(session: Session, presentation: string, bank: Identity, nonce: string): Promise<VerifiedSdJwtVc> {
  return verifySdJwtVc(presentation, {
    ...verificationPolicy(session, statusMaxAgeMs),
    credentialTypes: [residentType],
    keyBinding: { audience: bank.did, nonce, maxAgeMs: presentationMaxAgeMs },
  })
}

/** The receipt of a refusal for the reason that must be: anything else, acceptance too, ends the pilot. */
async function refusal(session: Session, presentation: string, bank: Identity, nonce: string): Promise<Receipt> {
  try {
    await verify(session, presentation, bank, nonce)
  } catch (error) {
    if (error instanceof CredentialError && error.code === 'ERR_CREDENTIAL_REVOKED' && error.receipt !== undefined) return error.receipt
    throw error
  }
  throw new CliError('ERR_CLI_USAGE', 'a revoked credential was accepted')
}

function show(output: Output, receipt: Receipt, claims?: unknown): void {
  const lines = [...receiptLines(receipt, output), ...(claims === undefined ? [] : [`  ${JSON.stringify(claims)}`])]
  output.note({ en: lines.join('\n'), 'zh-CN': lines.join('\n') })
}

/** What the guided run leaves to look at. */
interface Shown {
  readonly bureau: Identity
  readonly bank: Identity
  readonly nonce: string
}

/** For programs: addresses, links of the staff, tokens of the institutions' own systems. */
async function reachOf(urls: PilotUrls, { staff, systemToken }: PilotServers, { staff: consoleStaff }: PilotConsole): Promise<object> {
  const tokens = await Promise.all(nodeNames.map(async name => [name, await systemToken(name)] as const))
  return {
    urls: Object.fromEntries(Object.entries(urls).map(([name, { url }]) => [name, url])),
    staff: { ...staff, console: consoleStaff },
    systemTokens: Object.fromEntries(tokens),
  }
}

/** The first thing to look at, and what to try there. */
function consoleWords(url: string, pids: readonly (number | null)[]): Texts {
  const [pid = 'PID'] = pids.filter(each => each !== null).slice(-1)
  return {
    en: `THE CONSOLE: ${url}  Validators, council, trust registry and explorer, with nobody signed in. End a validator by hand (kill -9 ${pid}): the console shows within 3 s what is lost, how many more may fail, and what to do`,
    'zh-CN': `控制台：${url}  无需登录即可查看验证节点、理事会、信任登记与浏览器。可手动结束一个验证节点（kill -9 ${pid}）：控制台会在 3 秒内显示受损情况、剩余容错数与处置办法`,
  }
}

interface WhatNext {
  readonly urls: PilotUrls
  readonly servers: PilotServers
  readonly pilotConsole: PilotConsole
  readonly shown: Shown | undefined
  readonly pids: readonly (number | null)[]
}

function whatNext({ urls, servers, pilotConsole, shown, pids }: WhatNext): Texts {
  const commands = [
    'npm run -s hufu -- network status',
    ...(shown === undefined ? [] : commandsAfter(shown)),
    'npm run -s hufu -- zk trees',
    'npm run -s hufu -- council list',
    `npm run -s hufu -- batch issue samples/data/damaged/${city.slug}.csv --as ${issuerName} --type ${residentType} --city ${city.slug} --out .hufu/pilot/damaged.jsonl --lang zh-CN`,
    ...(shown === undefined ? [] : [`curl ${urls.bureau.url}/1.0/identifiers/${shown.bureau.did}`]),
  ]
  const pages = (language: 'en' | 'zh-CN') => [
    consoleWords(pilotConsole.url, pids)[language],
    ...pilotConsole.staff.map(({ name, link }) => `${link}  ${name}`),
    ...pageList(urls).map(({ name, url }) => `${url}  ${name[language]}`),
    ...servers.staff.bureau.map(({ name, link }) => `${link}  ${name}`),
  ]
  const block = (lines: readonly string[]) => lines.map(line => `  ${line}`).join('\n')
  return {
    en: `Everything stays up until Ctrl-C. In a browser (links with names sign these people in: the first ones at the console, the last ones at the bureau):\n${block(pages('en'))}\nIn another terminal, try:\n${block(commands)}\nEvery server describes its API at /api.`,
    'zh-CN': `各服务将持续运行，按 Ctrl-C 停止。可在浏览器中打开（带姓名的链接供其登录：前几个用于控制台，末尾几个用于机构局）：\n${block(pages('zh-CN'))}\n可在另一终端尝试：\n${block(commands)}\n各服务器的 API 说明在 /api。`,
  }
}

function commandsAfter({ bureau, bank, nonce }: Shown): readonly string[] {
  return [
    `npm run -s hufu -- did resolve ${bureau.did} --proof proof.json`,
    `npm run -s hufu -- verify proof.json --did ${bureau.did}`,
    `npm run -s hufu -- trust show ${bureau.did} --type ${residentType}`,
    `npm run -s hufu -- verify .hufu/pilot/presentation.txt --audience ${bank.did} --nonce ${nonce}`,
    `npm run -s hufu -- zk describe --verifier ${bank.did} --query open-account-zk`,
    'npm run -s hufu -- zk inspect .hufu/pilot/zk-presentation.json',
  ]
}

function pageList(urls: PilotUrls): readonly { readonly url: string; readonly name: Texts }[] {
  return [
    { url: urls.wallet.url, name: { en: 'the wallet', 'zh-CN': '钱包' } },
    { url: urls.bankShop.url, name: { en: "the bank's shop: open an account", 'zh-CN': '银行网站：开立账户' } },
    { url: urls.hospitalShop.url, name: { en: "the hospital's site: register", 'zh-CN': '医院网站：挂号建档' } },
    {
      url: `${urls.transport.url}/verify/concession-fare`,
      name: { en: 'the transport operator: reduced fare', 'zh-CN': '公交公司：优惠票价' },
    },
  ]
}
