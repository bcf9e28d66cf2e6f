import { parseDid, resolveDid } from '@hufu/did'
import { errorCode } from '@hufu/primitives'
import { mayIssue } from '@hufu/trust'
import { WalletError } from '../errors.ts'
import { accountOf, type LedgerMoment } from '../network/ledger-view.ts'
import type { NetworkFile } from '../network/network-file.ts'

const serviceType = 'HufuInstitution'
const maxLength = 524_288

/**
 * Finds the DID behind an issuer's address: the network file names it, or else the issuer names one whose document on the ledger names that address. So nobody
 * can offer in another's name.
 *
 * @throws WalletError `ERR_WALLET_ISSUER_UNTRUSTED`: neither; `ERR_WALLET_OFFLINE`
 */
export async function didOfIssuer(
  { dids }: LedgerMoment,
  url: string,
  { file, fetch }: { readonly file: NetworkFile; readonly fetch: typeof globalThis.fetch },
): Promise<string> {
  const known = file.institutions.find(institution => institution.url === url.replace(/\/$/, ''))
  if (known !== undefined) return known.did
  const did = await claimedDid(url, fetch)
  if (did !== undefined && accountOf(did, file.network.name) !== undefined) {
    try {
      const { document } = await resolveDid(dids, parseDid(did), 'latest')
      const isNamed = document?.service?.some(({ type, serviceEndpoint }) => type === serviceType && serviceEndpoint === url) === true
      if (isNamed) return did
    } catch (error) {
      const code = errorCode(error)
      if (code?.startsWith('ERR_LEDGER_') === true)
        throw new WalletError('ERR_WALLET_OFFLINE', 'issuer: the ledger did not answer', { cause: error })
      if (code === undefined) throw error
    }
  }
  throw new WalletError('ERR_WALLET_ISSUER_UNTRUSTED', 'issuer: expected an institution that names this address')
}

/** Our issuers say in the metadata of zero-knowledge credentials who they are. */
async function claimedDid(url: string, fetch: typeof globalThis.fetch): Promise<string | undefined> {
  const { origin, pathname } = new URL(url)
  try {
    const response = await fetch(`${origin}/.well-known/openid-credential-issuer${pathname.replace(/\/$/, '')}`, {
      credentials: 'omit',
      redirect: 'error',
    })
    const text = await response.text()
    if (!response.ok || text.length > maxLength) return undefined
    const { credential_configurations_supported: configurations = {} } = JSON.parse(text) as { [name: string]: Record<string, unknown> }
    const issuers = Object.values(configurations).map(configuration => (configuration as { issuer?: unknown } | null)?.issuer)
    return issuers.find(issuer => typeof issuer === 'string') as string | undefined
  } catch {
    return undefined
  }
}

/** @throws WalletError `ERR_WALLET_ISSUER_UNTRUSTED`: the issuer may not issue the type now; `ERR_WALLET_OFFLINE` */
export async function checkIssuer(
  { trust }: LedgerMoment,
  did: string,
  typeIds: readonly string[],
  options: { network: string; nowMs: number },
): Promise<void> {
  const account = accountOf(did, options.network)
  for (const typeId of typeIds) {
    const allowed = account !== undefined && (await mayIssue(trust, account, typeId, options.nowMs)).allowed
    if (!allowed) throw new WalletError('ERR_WALLET_ISSUER_UNTRUSTED', 'issuer: expected an institution that may issue this type now')
  }
}
