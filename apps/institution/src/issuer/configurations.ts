import type { IssuedType } from './credential-types.ts'

/** The credential formats that this issuer has: selective disclosure, W3C Data Integrity, zero-knowledge. */
export const credentialFormats = ['dc+sd-jwt', 'ldp_vc', 'hufu_zk'] as const
export type CredentialFormat = (typeof credentialFormats)[number]

/** What can be asked for: a credential type in a format. */
export interface Configuration {
  /** Also the scope by which a token for it is asked for. */
  readonly id: string
  readonly type: IssuedType
  readonly format: CredentialFormat
}

const endings: Readonly<Record<CredentialFormat, string>> = { 'dc+sd-jwt': 'sd-jwt', ldp_vc: 'w3c', hufu_zk: 'zk' }

export function configurationIdOf(typeId: string, format: CredentialFormat): string {
  return `${typeId}_${endings[format]}`
}

/** What can be asked for of these types. @param hasTrees - whether this server keeps trees, in which zero-knowledge credentials stand */
export function configurationsOf(types: readonly IssuedType[], hasTrees: boolean): readonly Configuration[] {
  return types.flatMap(type =>
    credentialFormats
      .filter(format => format !== 'hufu_zk' || (hasTrees && type.layout !== undefined))
      .map(format => ({ id: configurationIdOf(type.typeId, format), type, format })),
  )
}
