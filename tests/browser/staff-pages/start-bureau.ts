import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToJwk } from '@hufu/keys'
import { bytesToBase64url } from '@hufu/primitives'
import { credentialTypes, queries } from '@hufu/samples'
import { fixedSecret, fixedSigner, freePort, startTestNetwork } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, registerCredentialType, registerQuery } from '@hufu/trust'
import type { TestWallet } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import { startServer } from '../../start-server.ts'

const main = fileURLToPath(new URL('../../../apps/institution/src/main.ts', import.meta.url))

/** Who works at the bureau. */
export const staff = {
  clerk: { name: '林晓岚', roles: ['clerk'] },
  officer: { name: '陈知行', roles: ['officer'] },
  otherOfficer: { name: '周明远', roles: ['officer'] },
  administrator: { name: '赵怀瑾', roles: ['administrator'] },
  auditor: { name: '孙若谷', roles: ['auditor'] },
} as const
export type StaffName = keyof typeof staff

/** A bureau's server as it runs anywhere, on a network of its own. */
export interface Bureau {
  readonly url: string
  /** Link of somebody's invitation. */
  readonly invitations: Readonly<Record<StaffName, string>>
  /** A wallet with nothing in it, which knows the bureau's key. */
  readonly wallet: TestWallet
  stop(): Promise<void>
}

/** Starts a network and, as a process, the server of a bureau that issues and asks, whose staff is invited and signs in by passkey. */
export async function startBureau(): Promise<Bureau> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-staff-pages-'))
  const network = await startTestNetwork({ validators: 1 })
  const session = { client: network.ledger, network: network.descriptor }
  const founding = { client: network.founding, network: network.descriptor }
  const account = (await network.fundedAccounts('lanyu-bureau'))[0]!
  const did = didOf(network.descriptor.name, account.scriptHash)
  const { publicKey } = await fixedSigner('bureau key')
  const id = `${did}#key-1`
  const port = await freePort()
  const url = `http://localhost:${port}`
  const typeIds = ['urn:hufu:resident', 'urn:hufu:transport-concession'] as const
  const by = { account, authority: account.scriptHash, institution: account.scriptHash }
  const verificationMethod = [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(publicKey) }]
  await inBlock([
    createDid(session, { account, document: { id: did, verificationMethod, assertionMethod: [id], authentication: [id] } }),
    ...typeIds.map(typeId =>
      registerCredentialType(founding, { account: network.committee, typeId, version: 1, schema: credentialTypes[typeId] }),
    ),
  ])
  await inBlock([addAuthority(founding, { account: network.committee, authority: account.scriptHash, region: '990100' })])
  await inBlock([addInstitution(session, { ...by, kind: 'bureau' })])
  await inBlock([
    ...typeIds.map(typeId => accreditIssuer(session, { ...by, typeId })),
    ...(['open-account', 'housing-application'] as const).map(queryId =>
      registerQuery(founding, { ...by, account: network.committee, queryId, version: 1, content: queries[queryId] }),
    ),
  ])

  const codes = Object.fromEntries(Object.keys(staff).map(name => [name, randomBytes(32).toString('base64url')]))
  const invitations = Object.entries(staff).map(([name, person]) => ({
    ...{ personId: crypto.randomUUID(), ...person, expiresAtMs: Date.now() + 3_600_000 },
    codeHash: createHash('sha256').update(codes[name]!).digest('base64url'),
  }))
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const keys = [{ id, algorithm: 'P-256', secret: bytesToBase64url(fixedSecret('bureau key')) }]
  const server = await startServer(main, join(folder, 'server.log'), port, {
    DATA_FOLDER: join(folder, 'data'),
    LOG_LEVEL: 'warn',
    ROLES: 'issuer,verifier,hand-over',
    PUBLIC_URL: url,
    NETWORK_FILE: file('network.json', JSON.stringify(network.descriptor)),
    IDENTITY_FILE: file(
      'lanyu-bureau.json',
      JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret('lanyu-bureau')), keys }),
    ),
    INSTITUTION_NAME_ZH: '澜屿市信息技术局',
    INSTITUTION_NAME_EN: 'Lanyu Municipal Information Technology Bureau',
    SYSTEM_TOKEN_FILE: file('system.token', randomBytes(32).toString('base64url')),
    STAFF_BOOTSTRAP_FILE: file('staff.json', JSON.stringify({ version: 1, invitations })),
    WALLET_URL: 'https://wallet.example',
    LOOPBACK_PEERS: 'allow',
    AUDIT_ANCHOR_EVERY_MS: '1000',
    RATE_LIMIT_PERCENT: '0',
  })
  return {
    url,
    invitations: Object.fromEntries(
      Object.keys(staff).map(name => [name, `${url}/staff/#/invitation/${codes[name]}`]),
    ) as Bureau['invitations'],
    wallet: {
      fetch,
      clock: { nowMs: () => Date.now() },
      resolveKey: async asked => (asked.did === did ? { controller: did, publicKey } : null),
    },
    async stop() {
      await server.stop()
      await network.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function inBlock(writes: readonly Promise<{ inBlock(): Promise<unknown> }>[]): Promise<void> {
  for (const write of await Promise.all(writes)) await write.inBlock()
}
