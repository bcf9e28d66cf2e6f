import { bitstringStatusOf, credentialsV2Url, issueSdJwtVc, issueW3cCredential, type JsonObject } from '@hufu/credentials'
import { writeZkDelivery } from '@hufu/exchange'
import { type PublicKey, publicKeyToMultikey } from '@hufu/keys'
import { base64urlToBytes, canonicalJson, msToDateTime } from '@hufu/primitives'
import { scalarFromBytes } from '@hufu/proofs'
import { disclosablePaths } from '@hufu/records'
import type { Institution } from '../institution.ts'
import { type ApplicationContent, claimsOn, provableClaims, statedPeriodOf } from './application-content.ts'
import type { CredentialRow } from './credential-row.ts'
import type { IssuedType } from './credential-types.ts'
import { listNames, type StatusLists } from './status-lists.ts'

/** A credential as a wallet gets it, and the text that its hash is of. */
export interface SignedCopy {
  readonly credential: string | JsonObject
  readonly text: string
}

/** What a copy is made of. */
export interface CopyContent {
  readonly row: CredentialRow
  readonly type: IssuedType
  readonly content: ApplicationContent
  /** Of `IssueTimes`: a moment at which the key that signs now was listed already. */
  readonly issuedAtMs: number
  /** The holder's; undefined for a zero-knowledge credential, which has the wallet's commitment in its leaf. */
  readonly holderKey: PublicKey | undefined
}

/** Any term that the first context does not define means the same everywhere. */
const undefinedTermsUrl = 'https://www.w3.org/ns/credentials/undefined-terms/v2'

/** Signs one copy, as its row says; a zero-knowledge credential is not signed: its leaf stands in the tree. */
export async function signCopy(institution: Institution, lists: StatusLists, copy: CopyContent): Promise<SignedCopy> {
  switch (copy.row.format) {
    case 'dc+sd-jwt':
      return signSdJwt(institution, lists, copy)
    case 'ldp_vc':
      return signW3c(institution, lists, copy)
    case 'hufu_zk':
      return zkCopy(institution, copy)
  }
}

async function signSdJwt(
  { self }: Institution,
  lists: StatusLists,
  { row, type, content, issuedAtMs, holderKey }: CopyContent,
): Promise<SignedCopy> {
  const [name] = listNames('token', row.list!)
  const claims = claimsOn(issuedAtMs, type, content.claims)
  const { notBeforeMs, expiresAtMs } = statedPeriodOf(content, issuedAtMs)
  const { id: kid, signer } = self.keys[0]
  const credential = await issueSdJwtVc({
    ...{ signer, kid, issuer: self.did, credentialType: row.type, claims, disclosable: disclosablePaths(claims) },
    ...{ issuedAtMs, expiresAtMs, status: { uri: lists.uriOf(name!), index: row.list_index! } },
    ...(holderKey === undefined ? {} : { holderKey }),
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
  })
  return { credential, text: credential }
}

async function signW3c(
  { self }: Institution,
  lists: StatusLists,
  { row, type, content, issuedAtMs, holderKey }: CopyContent,
): Promise<SignedCopy> {
  const { notBeforeMs, expiresAtMs } = statedPeriodOf(content, issuedAtMs)
  const subject = holderKey === undefined ? {} : { id: `did:key:${publicKeyToMultikey(holderKey)}` }
  const purposes = ['revocation', 'suspension'] as const
  const credential = await issueW3cCredential(
    {
      '@context': [credentialsV2Url, undefinedTermsUrl],
      id: `urn:uuid:${row.id}`,
      type: ['VerifiableCredential', row.type],
      issuer: self.did,
      validFrom: msToDateTime(notBeforeMs ?? issuedAtMs),
      validUntil: msToDateTime(expiresAtMs),
      credentialSubject: { ...claimsOn(issuedAtMs, type, content.claims), ...subject },
      credentialStatus: listNames('bitstring', row.list!).map((name, place) =>
        bitstringStatusOf({ uri: lists.uriOf(name), index: row.list_index!, purpose: purposes[place]! }),
      ),
    },
    { key: self.keys[0], createdMs: issuedAtMs },
  )
  return { credential, text: canonicalJson(credential) }
}

/** What a wallet needs to prove with the leaf, besides its own secret and what hides it. */
async function zkCopy({ self, vault }: Institution, { row, type, content }: CopyContent): Promise<SignedCopy> {
  const salt = scalarFromBytes(base64urlToBytes((await vault.open(row.leaf_salt!, `leaf ${row.id}`)) as string))
  const credential = writeZkDelivery({
    ...{ credentialType: row.type, schemaVersion: row.schema_version, issuer: self.did, claims: provableClaims(type, content.claims) },
    ...{ leafIndex: row.leaf_index!, expires: content.validUntil, salt },
  })
  return { credential, text: canonicalJson(credential) }
}
