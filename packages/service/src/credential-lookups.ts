import type { MayIssue, ResolveVerificationMethod, ValidateClaims } from '@hufu/credentials'
import { accountOfDid, type DidSource, findVerificationKey, parseDid } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import { bytesToHex, errorCode } from '@hufu/primitives'
import { mayIssue, type TrustSource, validateClaims } from '@hufu/trust'

/** What a verifier looks up on the ledger, by node, table or proof, whichever the sources are. */
export interface CredentialLookups {
  /** Finds holders' keys as well: it goes by the purpose it is asked for. */
  readonly resolveIssuerKey: ResolveVerificationMethod
  readonly mayIssue: MayIssue
  readonly validateClaims: ValidateClaims
}

/** The lookups of `did:neo` issuers. Each distinguishes "no" from "could not find out": only the latter throws. */
export function credentialLookups(dids: DidSource, trust: TrustSource): CredentialLookups {
  return {
    resolveIssuerKey: resolveIssuerKeyOf(dids),
    mayIssue: mayIssueOf(dids.network, trust),
    validateClaims: validateClaimsOf(trust),
  }
}

function resolveIssuerKeyOf(dids: DidSource): ResolveVerificationMethod {
  return async ({ kid, purpose, atMs }) => {
    try {
      const { did, publicKey, state } = await findVerificationKey(dids, kid, purpose, { timeMs: atMs })
      return { controller: did, publicKey, evidence: { didVersion: state.version, blockIndex: state.blockIndex } }
    } catch (error) {
      // Everything about the DID itself is a "no"; what the ledger could not answer passes on.
      if (errorCode(error)?.startsWith('ERR_DID_') === true) return null
      throw error
    }
  }
}

function mayIssueOf(networkName: string, trust: TrustSource): MayIssue {
  return async ({ issuer, credentialType, atMs }) => {
    const account = accountOfIssuer(issuer, networkName)
    if (account === undefined) return { allowed: false, evidence: { standing: 'none' } }
    const { allowed, right, institution, authority } = await mayIssue(trust, account, credentialType, atMs)
    return {
      allowed,
      evidence: {
        right: right.standing,
        institution: institution.standing,
        authority: authority?.standing ?? 'none',
        ...(right.entry === null ? {} : { rightBlockIndex: right.entry.blockIndex }),
      },
    }
  }
}

function validateClaimsOf(trust: TrustSource): ValidateClaims {
  return async ({ credentialType, claims, partial }) => {
    try {
      const { version, schemaHash } = await validateClaims(trust, credentialType, claims, { partial })
      return { valid: true, evidence: { schemaVersion: version, schemaSha256: bytesToHex(schemaHash) } }
    } catch (error) {
      if (errorCode(error)?.startsWith('ERR_TRUST_') !== true) throw error
      return { valid: false, evidence: { reason: errorCode(error)! } }
    }
  }
}

function accountOfIssuer(did: string, networkName: string): ScriptHash | undefined {
  if (!did.startsWith(`did:neo:${networkName}:`)) return undefined
  try {
    return accountOfDid(parseDid(did))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
