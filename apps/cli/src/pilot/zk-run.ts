import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createNodeProver } from '@hufu/circuits/node'
import { writeFileWhole } from '@hufu/files'
import { base64urlToBytes, bytesToBase64url, dayInChina, randomBytes, systemClock } from '@hufu/primitives'
import {
  holderCommitment,
  type PreparedCredential,
  PresentationError,
  type PresentationReceipt,
  ProofError,
  type ProofErrorCode,
  randomScalar,
  type Scalar,
  scalarFromBytes,
  type VerifiedPresentation,
  verifyPresentation,
  type ZkCredential,
} from '@hufu/proofs'
import { checkFile, claimsOfContent, contentOfRow, type ResidentRow } from '@hufu/records'
import { type City, cities, residentsFile } from '@hufu/samples'
import type { Trees } from '@hufu/service'
import type { Context } from '../command.ts'
import { CliError } from '../errors.ts'
import type { Identity } from '../identity.ts'
import type { Texts } from '../language.ts'
import { receiptLines } from '../receipt-lines.ts'
import { localCommittee, type Session } from '../session.ts'
import { type Answering, answerOnLedger, answerQuery, compileToday, newestCredential, prepareNow } from '../zk/answer-query.ts'
import { layoutOfType } from '../zk/credential-type.ts'
import { replayStoreOf } from '../zk/file-replay-store.ts'
import { IssuerTree, type LeafRequest } from '../zk/issuer-tree.ts'
import { ledgerProofChecker } from '../zk/ledger-keys.ts'
import { ledgerRootFinder, openLedgerTrees, pathOfCredential } from '../zk/ledger-roots.ts'
import { type RegisteredStatement, registeredStatement } from '../zk/registered-statement.ts'
import { isSpentBefore, spendOnLedger } from '../zk/spend-on-ledger.ts'
import { addCredential, blindingOf, newHolderCommitment, openWallet } from '../zk/wallet.ts'

export interface ZkRun {
  readonly context: Context
  readonly session: Session
  readonly cast: ReadonlyMap<string, Identity>
  readonly step: (texts: Texts) => void
}

/** A verifier in the pilot, with what it needs to verify. */
interface Desk {
  readonly did: string
  readonly registered: RegisteredStatement
  verify(presentation: string, nonce: string): Promise<VerifiedPresentation>
}

const residentType = 'urn:hufu:resident'
const concessionType = 'urn:hufu:transport-concession'
const walletName = 'pilot-resident'
/** Of each city and type: so that a leaf stands among others. Their wallets are not run; only their commitments are made. */
const othersEach = 24

/** What wallets need to prove anything, beside the keys of the circuits: others in the trees among whom a person stands. */
export async function prepareZkPart(run: ZkRun): Promise<void> {
  const trees = await openLedgerTrees(run.session, run.context.home)
  try {
    await enrolOthersAndSay(run, trees)
  } finally {
    await trees.close()
  }
}

/** The zero-knowledge part of the guided run. */
export async function runZkPart(run: ZkRun): Promise<void> {
  const { context, session, step } = run
  const { home } = context
  const trees = await openLedgerTrees(session, home)
  const prover = createNodeProver()
  // Loaded while the trees are written.
  const loading = Promise.all([prover.prepare('prepare'), prover.prepare('show')])
  loading.catch(() => undefined)
  try {
    const resident = await residentWithConcession()
    await enrolOthersAndSay(run, trees)
    const wallet = await openWallet(home.walletsFolder, walletName)
    const answering: Answering = { prover, trees, networkName: session.network.name, walletsFolder: home.walletsFolder, wallet }
    for (const typeId of [residentType, concessionType]) await issueToWallet(run, answering, typeId, resident)
    for (const typeId of [residentType, concessionType]) await untilInEpoch(answering, typeId)
    step({
      en: 'a resident collects two credentials: each a leaf on the ledger, bound to a secret that the bureau never sees',
      'zh-CN': '一位居民领取两张凭证：各为账本上的一片叶子，与机构局从未见过的秘密绑定',
    })

    const bank = await openBank(run, trees)
    await loading
    const spare = await provesToBank(run, answering, bank)
    await spendsAtGate(run, answering)
    await revokedIsRefused(run, answering, bank, spare)
  } finally {
    prover.close()
    await trees.close()
  }
}

async function enrolOthersAndSay(run: ZkRun, trees: Trees): Promise<void> {
  const count = await enrolOthers(run, trees)
  run.step({
    en: `keys of the circuits are on the ledger (development keys, and marked so); six bureaus have ${count} credentials in their trees: commitments that say nothing`,
    'zh-CN': `电路密钥已上链（开发密钥，已标注）；六个机构局的凭证树中有 ${count} 张凭证：承诺不透露任何信息`,
  })
}

async function provesToBank({ context, step }: ZkRun, answering: Answering, bank: Desk): Promise<PreparedCredential> {
  const { output, home } = context
  const credential = newestCredential(answering, residentType)
  // One is shown now; the other one the wallet keeps, and will show after the credential is revoked.
  const startedAt = performance.now()
  const now = await prepareNow(answering, credential, bank.registered, compileToday(bank.registered))
  const preparedMs = performance.now() - startedAt
  const spare = await prepareNow(answering, credential, bank.registered, compileToday(bank.registered))
  const nonce = bytesToBase64url(randomBytes(16))
  const showStartedAt = performance.now()
  const presentation = await answerQuery(answering, bank.registered, { verifier: bank.did, nonce }, now)
  const shownMs = performance.now() - showStartedAt
  await writeFileWhole(join(home.folder, 'pilot', 'zk-presentation.json'), presentation)
  const verifyStartedAt = performance.now()
  const { receipt, pseudonym } = await bank.verify(presentation, nonce)
  const verifiedMs = performance.now() - verifyStartedAt
  step({
    en: `the bank asks "open an account" without seeing anything: the wallet proves "18 or older" and "lives in one of the six cities" (prepared ahead in ${Math.round(preparedMs)} ms, shown in ${Math.round(shownMs)} ms, verified in ${Math.round(verifiedMs)} ms); the bank knows the resident as ${pseudonym?.slice(0, 8)}… and nobody else does:`,
    'zh-CN': `银行提出“开立账户”而不看任何资料：钱包证明“已满18岁”与“居住在六城之一”（预先准备 ${Math.round(preparedMs)} 毫秒，出示 ${Math.round(shownMs)} 毫秒，验证 ${Math.round(verifiedMs)} 毫秒）；银行以代号 ${pseudonym?.slice(0, 8)}… 识别该居民，他人无从得知：`,
  })
  output.result({ step: 'zk-accepted', receipt }, receiptLines(receipt, output))
  const replayed = await refusal(bank.verify(presentation, nonce), 'ERR_PROOF_NONCE')
  step({ en: 'the same answer a second time:', 'zh-CN': '同一回应再次提交：' })
  output.result({ step: 'zk-replay-refused', receipt: replayed }, receiptLines(replayed, output).slice(-1))
  return spare
}

async function spendsAtGate({ session, cast, context, step }: ZkRun, answering: Answering): Promise<void> {
  const transport = [...cast.values()].find(({ name }) => name.endsWith('-transport'))!
  const queryId = 'concession-ride-zk'
  const registered = await registeredStatement(session, transport.did, queryId)
  const spend = async () => {
    const nonce = randomBytes(32)
    const { network } = session
    const request = await answerOnLedger(answering, registered, {
      networkMagic: network.magic,
      contract: network.contracts.proofs.hash,
      verifier: transport.account.scriptHash,
      nonce,
    })
    const sponsor = await localCommittee(context.home)
    return spendOnLedger(session, { verifier: transport, queryId, registered, nonce, request, sponsor })
  }
  try {
    const { blockIndex } = await spend()
    step({
      en: `at the gate: the contract verified a concession and spent today's ride, durable in block ${blockIndex}; it says neither who nor why`,
      'zh-CN': `过闸：合约验证了优惠资格并核销当日乘车权，已持久化于区块 ${blockIndex}；不透露何人、何因`,
    })
  } catch (error) {
    // The right is one a day: an earlier run today has spent it.
    if (!isSpentBefore(error)) throw error
    step({ en: "at the gate: today's ride was spent in an earlier run", 'zh-CN': '过闸：当日乘车权已在先前运行中核销' })
  }
  try {
    await spend()
  } catch (error) {
    if (!isSpentBefore(error)) throw error
    step({
      en: 'the same right a second time, with a fresh proof: refused by the contract',
      'zh-CN': '以新的证明再次使用同一权利：被合约拒绝',
    })
    return
  }
  throw new CliError('ERR_CLI_USAGE', 'a right was spent twice')
}

async function revokedIsRefused(run: ZkRun, answering: Answering, bank: Desk, spare: PreparedCredential): Promise<void> {
  const { context, step } = run
  const credential = newestCredential(answering, residentType)
  await withTree(run, answering.trees, residentType, tree => tree.writer.revokeLeaves([credential.leafIndex], 'pilot'))
  const revokedAt = performance.now()
  await untilEmpty(answering, bank, credential)
  const { maxRootAgeSeconds } = bank.registered.statement
  step({
    en: `the bureau revokes: the leaf is empty, and the wallet cannot prove any more (next epoch, ${seconds(revokedAt)} s later). A proof kept from before counts until its roots are ${maxRootAgeSeconds} s old …`,
    'zh-CN': `机构局撤销：叶子已清空，钱包无法再生成证明（下一周期，${seconds(revokedAt)} 秒后）。此前留存的证明在其树根满 ${maxRootAgeSeconds} 秒前仍有效……`,
  })
  const takenAtMs = await takenAt(answering.trees, spare)
  await sleep(Math.max(0, takenAtMs + 1000 * maxRootAgeSeconds + 100 - Date.now()))
  const nonce = bytesToBase64url(randomBytes(16))
  const presentation = await answerQuery(answering, bank.registered, { verifier: bank.did, nonce }, spare)
  const receipt = await refusal(bank.verify(presentation, nonce), 'ERR_PROOF_ROOT_AGE')
  step({
    en: `… and is refused ${seconds(revokedAt)} s after the revocation:`,
    'zh-CN': `……撤销 ${seconds(revokedAt)} 秒后被拒绝：`,
  })
  context.output.result({ step: 'zk-revoked-refused', receipt }, receiptLines(receipt, context.output))
}

async function openBank({ context, session, cast }: ZkRun, trees: Trees): Promise<Desk> {
  const { did } = [...cast.values()].find(({ name }) => name.endsWith('-bank'))!
  const registered = await registeredStatement(session, did, 'open-account-zk')
  const checkProofs = await ledgerProofChecker(session)
  const replay = replayStoreOf(context.home, did)
  return {
    did,
    registered,
    verify: (presentation, nonce) =>
      verifyPresentation(presentation, {
        challenge: { verifier: did, nonce },
        ask: registered,
        findRoots: ledgerRootFinder(trees, session.network.name),
        checkProofs,
        replay,
      }),
  }
}

/** The receipt of a refusal for the reason that must be: anything else, acceptance too, ends the pilot. */
async function refusal(verifying: Promise<unknown>, code: ProofErrorCode): Promise<PresentationReceipt> {
  try {
    await verifying
  } catch (error) {
    if (error instanceof PresentationError && error.code === code) return error.receipt
    throw error
  }
  throw new CliError('ERR_CLI_USAGE', `a presentation was accepted that must be refused with ${code}`)
}

/** Residents of all six cities have leaves, so that nobody stands alone. Once: a second run finds them. */
async function enrolOthers(run: ZkRun, trees: Trees): Promise<number> {
  const counts = await Promise.all(
    cities.flatMap(city =>
      [residentType, concessionType].map(async typeId => {
        const requests = await leafRequests(city, typeId, othersEach)
        await withTree(run, trees, typeId, tree => tree.issue(requests), city)
        return requests.length
      }),
    ),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

async function leafRequests(city: City, typeId: string, count: number): Promise<readonly LeafRequest[]> {
  const requests: LeafRequest[] = []
  for await (const row of rowsOf(city)) {
    const content = contentOfRow(typeId, row, today())
    if (content === null) continue
    const key = `pilot: enrolled with the city ${requests.length}`
    requests.push(leafRequest(key, content, holderCommitment(randomScalar(randomBytes), randomScalar(randomBytes))))
    if (requests.length === count) break
  }
  return requests
}

function leafRequest(key: string, content: NonNullable<ReturnType<typeof contentOfRow>>, holder: Scalar): LeafRequest {
  return { key, claims: claimsOfContent(content, today()), holder, expires: dayInChina(content.expiresAtMs - 1) }
}

async function issueToWallet(
  run: ZkRun,
  { walletsFolder, wallet, trees }: Answering,
  typeId: string,
  resident: ResidentRow,
): Promise<void> {
  const { context, session } = run
  const holder = await newHolderCommitment(context.home.walletsFolder, wallet)
  const request = leafRequest(
    `pilot: collected at the counter ${crypto.randomUUID()}`,
    contentOfRow(typeId, resident, today())!,
    scalarFromBytes(base64urlToBytes(holder)),
  )
  const [leaf] = await withTree(run, trees, typeId, tree => tree.issue([request]))
  const credential: ZkCredential = {
    credentialType: typeId,
    schemaVersion: (await layoutOfType(session, typeId)).version,
    issuer: run.cast.get(`${cities[0]!.slug}-bureau`)!.did,
    claims: request.claims,
    leafIndex: leaf!.leafIndex,
    expires: request.expires,
    salt: scalarFromBytes(base64urlToBytes(leaf!.salt)),
    blinding: blindingOf(walletsFolder, wallet, holder),
  }
  await addCredential(walletsFolder, wallet, credential)
}

async function withTree<Result>(
  { context, session, cast }: ZkRun,
  trees: Trees,
  typeId: string,
  work: (tree: IssuerTree) => Promise<Result>,
  city: City = cities[0]!,
): Promise<Result> {
  const identity = cast.get(`${city.slug}-bureau`)!
  const { layout } = await layoutOfType(session, typeId)
  const sponsor = await localCommittee(context.home)
  const tree = await IssuerTree.open(session, context.home, trees, { identity, sponsor, typeId, layout })
  try {
    return await work(tree)
  } finally {
    await tree.close()
  }
}

async function untilInEpoch({ trees, networkName, ...wallet }: Answering, typeId: string): Promise<void> {
  const credential = newestCredential({ trees, networkName, ...wallet }, typeId)
  for (;;) {
    try {
      await pathOfCredential(trees, networkName, credential)
      return
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      await sleep(200)
    }
  }
}

/** Waits for the epoch in which the revoked leaf is empty, and the wallet finds that it cannot prove. */
async function untilEmpty(answering: Answering, bank: Desk, credential: ZkCredential): Promise<void> {
  for (;;) {
    try {
      await prepareNow(answering, credential, bank.registered, compileToday(bank.registered))
    } catch (error) {
      if (error instanceof ProofError && error.code === 'ERR_PROOF_UNSATISFIED') return
      throw error
    }
    await sleep(200)
  }
}

async function takenAt(trees: Trees, { roots }: PreparedCredential): Promise<number> {
  return (await trees.epochRoots(roots.credentialType, { height: roots.height }))!.timeMs
}

async function residentWithConcession(): Promise<ResidentRow> {
  for await (const row of rowsOf(cities[0]!)) {
    const content = contentOfRow(concessionType, row, today())
    if (row.birthDate < '2000-01-01' && content !== null && Number(content.claims.fare_percent) <= 50) return row
  }
  throw new TypeError('expected an adult with a concession in the samples')
}

async function* rowsOf(city: City): AsyncGenerator<ResidentRow> {
  const policy = { city: city.code, divisions: new Set(city.divisions.map(({ code }) => code)), clock: systemClock }
  for await (const checked of checkFile(createReadStream(fileURLToPath(residentsFile(city.slug))), policy))
    if ('row' in checked) yield checked.row
}

function today(): string {
  return dayInChina(Date.now())
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
