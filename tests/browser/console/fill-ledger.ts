import { setTimeout as sleep } from 'node:timers/promises'
import { status, trust } from '@hufu/bindings'
import { castVote, payloadHash, proposalIdOf, propose, readProposal } from '@hufu/council'
import { createDid, didOf } from '@hufu/did'
import { type Account, singleAccount } from '@hufu/ledger'
import { fundAccounts } from '@hufu/network'
import { base64ToBytes, bytesToBase64, bytesToHex, canonicalJson, hexToBytes, type Json } from '@hufu/primitives'
import { CredentialTree, createNodeHasher, createScalarEngine } from '@hufu/proofs'
import { auditGenesisHash, auditHashOf, auditListId, type ChainedAuditRecord } from '@hufu/service'
import { fixedSigner, type TestNetwork } from '@hufu/testkit'
import {
  accreditIssuer,
  addAuthority,
  addInstitution,
  type GrantKey,
  grantKinds,
  grantReasons,
  registerCredentialType,
  registerQuery,
  reinstateGrant,
  suspendGrant,
} from '@hufu/trust'

type Texts = { readonly 'zh-CN': string; readonly en: string }

/** What stands on the ledger, for the console to show. */
export interface ConsoleWorld {
  readonly names: Readonly<Record<string, Texts>>
  readonly bureau: string
  readonly issuer: string
  readonly typeId: string
  /** When the issuer had its right, and when it was suspended. */
  readonly whenActiveMs: number
  readonly whenSuspendedMs: number
  readonly proposal: number
  /** Public keys of the seats, hexadecimal. */
  readonly seatKeys: readonly string[]
  /** What a member does with a tool of their own. @param message - base64 @returns signature, base64 */
  signAsSeat(index: number, message: string): Promise<string>
  /** An institution's exported log, whose heads stand on the ledger. */
  readonly log: string
}

const typeId = 'urn:hufu:resident'
const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { level: { type: 'integer' } } }
const gas = 100_000_000n

/** Puts a city's history on a ledger: an authority, an issuer that is suspended for a while, a query, a tree, an anchored log, and a proposal under vote. */
export async function fillLedger(network: TestNetwork): Promise<ConsoleWorld> {
  const { descriptor, ledger: client, founding: council, committee, seats } = network
  const ledger = { client, network: descriptor }
  const founding = { client: council, network: descriptor }
  const done = async (writing: Promise<{ inBlock(): Promise<{ blockTimeMs: number }> }>) => (await (await writing).inBlock()).blockTimeMs
  const account = async (name: string): Promise<Account> => {
    const made = singleAccount(await fixedSigner(`console: ${name}`))
    await (await createDid(ledger, { account: made, sponsor: committee })).inBlock()
    return made
  }
  const [bureau, issuer, bank] = [await account('bureau'), await account('issuer'), await account('bank')]
  const did = ({ scriptHash }: Account): string => didOf(descriptor.name, scriptHash)
  const authority = bureau.scriptHash
  const byBureau = { account: bureau, sponsor: committee }
  await done(addAuthority(founding, { authority, region: '990100', account: committee }))
  await done(registerCredentialType(founding, { typeId, version: 1, schema, account: committee }))
  await done(addInstitution(ledger, { ...byBureau, authority, institution: issuer.scriptHash, kind: 'bureau' }))
  await done(addInstitution(ledger, { ...byBureau, authority, institution: bank.scriptHash, kind: 'bank' }))
  const whenActiveMs = await done(accreditIssuer(ledger, { ...byBureau, authority, institution: issuer.scriptHash, typeId }))

  const tree = new CredentialTree(createNodeHasher(await createScalarEngine()))
  for (let first = 0; first < 40; first += 10) {
    const leaves = new Uint8Array(10 * 32).map((_, index) => (index % 32 === 0 ? first + index / 32 + 1 : 0))
    tree.append(leaves)
    const call = status(descriptor.contracts.status.hash).append({
      ...{ issuer: issuer.scriptHash, typeId, firstIndex: BigInt(first), leaves, root: tree.root },
    })
    await done(client.submit([call], { account: issuer, sponsor: committee, idempotencyKey: `leaves ${first}` }))
  }
  const { log, heads } = makeLog(did(issuer))
  for (const head of heads) {
    const call = status(descriptor.contracts.status.hash).anchorStatusList({
      ...{ issuer: issuer.scriptHash, listId: auditListId('lanyu'), listHash: hexToBytes(head) },
    })
    await done(client.submit([call], { account: issuer, sponsor: committee, idempotencyKey: `anchor ${head}` }))
  }

  const right: GrantKey = { kind: 'issue', subject: issuer.scriptHash, name: typeId }
  const suspension = { ...byBureau, actor: authority, grant: right, attempt: '1' }
  const whenSuspendedMs = await done(suspendGrant(ledger, { ...suspension, reason: grantReasons.underInquiry }))
  // Long enough to be asked about by the second.
  await sleep(2_500)
  await done(reinstateGrant(ledger, { ...suspension, reason: grantReasons.remedied }))
  const purpose = { 'zh-CN': '开立个人银行账户', en: 'Opening a bank account' }
  const content = { dcql: { credentials: [] }, purpose, legalBasis: purpose, retentionDays: 30 }
  await done(
    registerQuery(founding, { authority, institution: bank.scriptHash, queryId: 'open-account', version: 1, content, account: committee }),
  )

  await fundAccounts(
    client,
    committee,
    seats.map(seat => seat.account.scriptHash),
    20n * gas,
    'console: fund the seats',
  )
  const suspended = { actor: descriptor.contracts.council.hash, kind: BigInt(grantKinds.authority), subject: authority, name: '' }
  const calls = [trust(descriptor.contracts.trust.hash).suspend({ ...suspended, reason: BigInt(grantReasons.underInquiry) })]
  const [first, second] = seats as readonly [(typeof seats)[number], (typeof seats)[number]]
  const asFirst = { seat: first.name, account: first.account }
  const proposing = await propose(ledger, { ...asFirst, title: '暂停澜屿市主管机关，待调查', calls, attempt: '1' })
  const proposal = proposalIdOf(await proposing.inBlock())
  const { payload } = await readProposal(ledger, proposal)
  const about = { id: proposal, payloadHash: payloadHash(payload) }
  await done(castVote(ledger, { ...asFirst, ...about, agrees: true }))
  await done(castVote(ledger, { seat: second.name, account: second.account, ...about, agrees: false }))
  return {
    names: {
      [did(bureau)]: { 'zh-CN': '澜屿市信息技术局', en: 'Lanyu Information Technology Bureau' },
      [did(issuer)]: { 'zh-CN': '澜屿市居民服务中心', en: 'Lanyu Residents’ Service Centre' },
      [did(bank)]: { 'zh-CN': '归雁银行', en: 'Guiyan Bank' },
    },
    ...{ bureau: did(bureau), issuer: did(issuer), typeId, whenActiveMs, whenSuspendedMs, proposal, log },
    seatKeys: seats.map(seat => bytesToHex(seat.account.publicKeys[0]!.bytes)),
    signAsSeat: async (index, message) => bytesToBase64(await seats[index]!.account.signers[0]!.sign(base64ToBytes(message))),
  }
}

/** An institution's log of some days as it exports it, and the heads of it that it anchored. */
function makeLog(did: string): { readonly log: string; readonly heads: readonly string[] } {
  const actions = ['signed in', 'application submitted', 'application approved', 'credential issued', 'signed out']
  const records: ChainedAuditRecord[] = []
  const startMs = Date.now() - 6 * 86_400_000
  for (let sequence = 1; sequence <= 60; sequence++) {
    const record = {
      ...{ sequence, atMs: startMs + sequence * 7_200_000 + (sequence % 7) * 60_000, actor: `staff ${(sequence % 3) + 1}` },
      action: actions[sequence % actions.length]!,
    }
    const previousHash = records.at(-1)?.hash ?? auditGenesisHash
    records.push({ ...record, previousHash, hash: auditHashOf(previousHash, record) })
  }
  const anchored = [20, 40, 60].map(sequence => ({ sequence, hash: records[sequence - 1]!.hash }))
  const lines = [
    { hufuAuditLog: 1, did, list: auditListId('lanyu'), exportedAtMs: Date.now() + 600_000 },
    ...records,
    ...anchored.map(anchor => ({ anchor })),
    { head: anchored[2] },
  ]
  return { log: lines.map(line => `${canonicalJson(line as Json)}\n`).join(''), heads: anchored.map(({ hash }) => hash) }
}
