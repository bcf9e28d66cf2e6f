import type { VerifyW3cCredentialOptions, VerifyW3cPresentationOptions } from '@hufu/credentials'
import type { SigningParty } from '../signing-party.ts'
import type { PartnerIssuers } from './partner-issuers.ts'
import type { StatusKeeper } from './status-keeper.ts'

/** What the VC API works with. */
export interface VcApiServices {
  readonly issuers: readonly SigningParty[]
  /** Gives out places in status lists, and keeps the statuses. */
  readonly statuses: StatusKeeper
  readonly verification: Omit<VerifyW3cCredentialOptions, 'domain' | 'challenge'> &
    Pick<VerifyW3cPresentationOptions, 'resolveHolderKey' | 'presenterIsSubject'>
  /** Issuers outside this network; undefined where there are none. */
  readonly partners: PartnerIssuers | undefined
  /** Bearer token of those who may issue and change statuses; undefined lets everybody who reaches the server. */
  readonly issuingToken: string | undefined
  readonly nowMs: () => number
}
