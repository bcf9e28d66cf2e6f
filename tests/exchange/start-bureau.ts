import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToJwk } from '@hufu/keys'
import { bytesToBase64url } from '@hufu/primitives'
import { credentialTypes, queries } from '@hufu/samples'
import { createLog, createMetrics } from '@hufu/service'
import { fixedSecret, fixedSigner, freePort, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, registerCredentialType, registerQuery } from '@hufu/trust'
import type { StaffRole } from '../../apps/institution/src/access/access.ts'
import { readInstitutionConfig } from '../../apps/institution/src/config.ts'
import { openInstitution } from '../../apps/institution/src/open-institution.ts'
import { openLedger } from '../../apps/institution/src/open-ledger.ts'
import { openVcApiServices } from '../../apps/institution/src/open-vc-api-services.ts'
import { openParts } from '../../apps/institution/src/parts/open-parts.ts'
import { createInstitutionServer } from '../../apps/institution/src/server.ts'

const residentType = 'urn:hufu:resident'
const systemToken = 's'.repeat(43)

/** A bureau that issues and verifies: the institution's own server on a network of one validator. Only who of the staff is calling, a header says. */
export interface Bureau {
  readonly did: string
  readonly url: string
  /** Calls as somebody of the staff. */
  staff(role: StaffRole, path: string, body?: object): Promise<Record<string, unknown>>
  /** Calls as a system of the bureau's own. */
  system(path: string, body?: object, token?: string): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** Starts a network, puts a bureau on its ledger that may issue residence credentials and ask two queries, and starts its server. */
export async function startBureau(): Promise<Bureau> {
  const network = await startTestNetwork({ validators: 1 })
  const did = await registerBureau(network)
  const folder = mkdtempSync(join(tmpdir(), 'hufu-bureau-'))
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const port = await freePort()
  // By name, for the passkeys of the staff; nobody uses one here.
  const url = `http://localhost:${port}`
  const key = { id: `${did}#key-1`, algorithm: 'P-256', secret: bytesToBase64url(fixedSecret('bureau key')) }
  const config = readInstitutionConfig({
    NETWORK_FILE: file('network.json', JSON.stringify(network.descriptor)),
    IDENTITY_FILE: file(
      'bureau.json',
      JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret('bureau')), keys: [key] }),
    ),
    SYSTEM_TOKEN_FILE: file('token', systemToken),
    DATA_FOLDER: join(folder, 'data'),
    PUBLIC_URL: url,
    ROLES: 'issuer,verifier',
    // It fetches its own status lists.
    LOOPBACK_PEERS: 'allow',
  })
  const log = createLog({ level: 'silent' })
  const metrics = createMetrics()
  const ledger = (await openLedger(config, { log, onError: () => undefined, onAlarm: () => undefined }))!
  const vcApi = await openVcApiServices(config, ledger, url)
  const institution = await openInstitution(config, { publicUrl: url, ledger, log, metrics })
  const parts = await openParts(institution)
  const server = await createInstitutionServer({
    ...config,
    ...{ publicUrl: url, log, vcApi, metrics, resolver: ledger.resolver, readiness: {} },
    access: { systemToken, checkers: institution.access, findSession: async ({ headers }) => sessionOf(headers['x-test-role']) },
    parts: [institution.audit, ...parts.all],
  })
  await server.listen({ host: '127.0.0.1', port })

  const call = async (path: string, body: object | undefined, headers: Readonly<Record<string, string>>) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
    const response = await fetch(url + path, { method: 'POST', headers, ...content })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Record<string, unknown>
  }
  return {
    did,
    url,
    staff: (role, path, body) => call(path, body, { origin: url, 'x-hufu-csrf': 'csrf', 'x-test-role': role }),
    system: (path, body = {}, token = systemToken) => call(path, body, { authorization: `Bearer ${token}` }),
    async close() {
      await server.close()
      await parts.close()
      await institution.close()
      await vcApi.statuses.close()
      await ledger.close()
      await network.stop()
    },
  }
}

async function registerBureau(network: TestNetwork): Promise<string> {
  const session = { client: network.ledger, network: network.descriptor }
  const founding = { client: network.founding, network: network.descriptor }
  const account = (await network.fundedAccounts('bureau'))[0]!
  const did = didOf(network.descriptor.name, account.scriptHash)
  const { publicKey } = await fixedSigner('bureau key')
  const id = `${did}#key-1`
  const verificationMethod = [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(publicKey) }]
  const by = { account: network.committee }
  const parts = { authority: account.scriptHash, institution: account.scriptHash }
  const done = async (write: Promise<{ inBlock(): Promise<unknown> }>): Promise<unknown> => (await write).inBlock()
  await Promise.all([
    done(createDid(session, { account, document: { id: did, verificationMethod, assertionMethod: [id], authentication: [id] } })),
    done(registerCredentialType(founding, { ...by, typeId: residentType, version: 1, schema: credentialTypes[residentType] })),
  ])
  await done(addAuthority(founding, { ...by, authority: account.scriptHash, region: '990100' }))
  await done(addInstitution(session, { account, ...parts, kind: 'bureau' }))
  await Promise.all([
    done(accreditIssuer(session, { account, ...parts, typeId: residentType })),
    done(registerQuery(founding, { ...by, ...parts, queryId: 'open-account', version: 1, content: queries['open-account'] })),
  ])
  return did
}

function sessionOf(role: unknown) {
  if (typeof role !== 'string') return null
  const member = { id: `${role}-1`, name: role, roles: [role as StaffRole] }
  const endless = { confirmedAtMs: Number.MAX_SAFE_INTEGER, expiresAtMs: Number.MAX_SAFE_INTEGER }
  return { id: 'session', member, csrfToken: 'csrf', kind: 'browser' as const, ...endless }
}
