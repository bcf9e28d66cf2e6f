import { accountOfDid, parseDid } from '@hufu/did'
import { createNodeHasher, createScalarEngine, type TreeLog, type TreeSource, TreeWriter } from '@hufu/proofs'
import { type CredentialTypeVersion, endOfTimeMs, grantKinds } from '@hufu/trust'
import type { Institution } from '../institution.ts'

/** Writes a tree; {@link TreeWriter} does. */
export type LeafWriter = Pick<TreeWriter, 'append' | 'revokeLeaves' | 'suspendLeaves' | 'reinstateLeaves'>

/** What the issuer reads from the ledger and writes to it. */
export interface IssuerLedger {
  /** Identifiers of the credential types that this institution is accredited for now. */
  accreditedTypes(): Promise<readonly string[]>
  /** The latest version; null if there is no such type. */
  findCredentialType(typeId: string): Promise<CredentialTypeVersion | null>
  /** Whether verifiers would accept that this institution issued the type at that moment, with the key that it signs with. */
  mayIssue(typeId: string, atMs: number): Promise<boolean>
  /** Division code of the region that this institution's authority answers for; undefined if it is not known. */
  region(): Promise<string | undefined>
  /** Puts the hash of a status list on the ledger. Settles once that is durable. */
  anchor(list: { readonly uri: string; readonly text: string }): Promise<void>
  /** Opens the writer of a credential type's tree; undefined where this server follows no trees, and so issues none of their credentials. */
  readonly openTree: ((typeId: string, log: TreeLog) => Promise<LeafWriter>) | undefined
}

/** The ledger as the institution's node follows it. */
export function issuerLedgerOf(institution: Institution): IssuerLedger {
  const { ledger, network, clock } = institution
  const { did } = institution.self
  const account = accountOfDid(parseDid(did))
  const { trust } = ledger.registry
  const { lookups } = ledger
  const mayIssue = async (credentialType: string, atMs: number): Promise<boolean> =>
    (await lookups.mayIssue({ issuer: did, credentialType, atMs })).allowed

  async function accreditedTypes(): Promise<readonly string[]> {
    // Answered once the tables are up to date, so that what is read beside it is too.
    await trust.findGrant({ kind: 'institution', subject: account }, endOfTimeMs)
    const rows = await ledger.database.query<{ name: string }>(
      'select distinct name from registry_grants where kind = $1 and subject = $2 order by name',
      [grantKinds.issue, account],
    )
    const allowed = await Promise.all(rows.map(({ name }) => mayIssue(name, clock.nowMs())))
    return rows.filter((_, index) => allowed[index]).map(({ name }) => name)
  }

  return {
    accreditedTypes,
    findCredentialType: typeId => trust.findCredentialType(typeId, 'latest'),
    async mayIssue(typeId, atMs) {
      const query = { issuer: did, kid: institution.self.keys[0].id, purpose: 'assertionMethod', atMs } as const
      return (await mayIssue(typeId, atMs)) && (await lookups.resolveIssuerKey(query)) !== null
    },
    async region() {
      const own = await trust.findGrant({ kind: 'authority', subject: account }, endOfTimeMs)
      if (own !== null) return own.label
      const institution = await trust.findGrant({ kind: 'institution', subject: account }, endOfTimeMs)
      if (institution === null) return undefined
      return (await trust.findGrant({ kind: 'authority', subject: institution.granter }, endOfTimeMs))?.label
    },
    anchor(list) {
      // Read each time, for keys are rotated.
      const { slug, keys, account: controller } = institution.self
      return ledger.anchor({ name: slug, did, keys, account: controller }, list)
    },
    openTree: ledger.trees === undefined ? undefined : openTree(ledger.trees.trees),
  }

  function openTree(source: TreeSource): NonNullable<IssuerLedger['openTree']> {
    return async (typeId, log) =>
      TreeWriter.open({
        client: ledger.client,
        contract: network.contracts.status.hash,
        key: { issuer: account, typeId },
        account: institution.self.account,
        source,
        hasher: createNodeHasher(await createScalarEngine()),
        log,
        clock,
      })
  }
}
