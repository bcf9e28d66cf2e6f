import { type OpenedOffer as ExchangedOffer, openOffer as exchangeOffer } from '@hufu/exchange'
import type { Texts } from '@hufu/trust'
import { CredentialWords } from '../credential-words.ts'
import { WalletError } from '../errors.ts'
import { schemaOf } from '../network/ledger-view.ts'
import type { CredentialRecord } from '../records.ts'
import { partyOf, type Session } from '../session.ts'
import type { Check, Offer, OfferedCredential, Warning } from '../wallet.ts'
import { checkIssuer, didOfIssuer } from './issuer-identity.ts'

/** Copies that are asked for. */
export const copiesWanted = 8

/** A credential type that is offered, with what to ask for. */
export interface OfferedType {
  readonly typeId: string
  readonly schemaVersion: number
  readonly schema: unknown
  readonly sdJwtConfiguration: string | undefined
  readonly zkConfiguration: string | undefined
}

/** An offer with what is needed to accept it. */
export interface OpenedOffer {
  readonly exchanged: ExchangedOffer
  readonly issuerDid: string
  readonly issuerName: Texts
  readonly types: readonly OfferedType[]
  readonly preview: Offer
}

/**
 * Opens a link to an offer, and finds out who offers: the ledger, proven, must say that the issuer may issue each type now. Nothing is told to the issuer but
 * that some wallet reads its offer.
 *
 * @throws WalletError `ERR_WALLET_ISSUER_UNTRUSTED`, `ERR_WALLET_OFFER`, `ERR_WALLET_OFFLINE`; ExchangeError as `openOffer`
 */
export async function openOffer(session: Session, text: string): Promise<OpenedOffer> {
  const { file, ledger, fetch, clock } = session
  const [moment, exchanged] = await Promise.all([ledger.now(), exchangeOffer(text.trim(), { fetch })])
  const { offer, metadata, configurations } = exchanged
  if (offer.preAuthorized === undefined) throw new WalletError('ERR_WALLET_OFFER', 'offer: expected a pre-authorized code')
  const issuerDid = await didOfIssuer(moment, offer.issuer, { file, fetch })
  const typeIds = [...new Set(configurations.filter(({ format }) => format !== 'ldp_vc').map(({ credentialType }) => credentialType))]
  if (typeIds.length === 0) throw new WalletError('ERR_WALLET_OFFER', 'offer: expected a format that the wallet keeps')
  await checkIssuer(moment, issuerDid, typeIds, { network: file.network.name, nowMs: clock.nowMs() })
  const types = await Promise.all(
    typeIds.map(async (typeId): Promise<OfferedType> => {
      const type = await schemaOf(moment, typeId)
      if (type === null) throw new WalletError('ERR_WALLET_OFFER', 'offer: expected a registered credential type')
      const of = (format: string) => configurations.find(each => each.credentialType === typeId && each.format === format)?.id
      return {
        typeId,
        schemaVersion: type.version,
        schema: type.schema,
        sdJwtConfiguration: of('dc+sd-jwt'),
        zkConfiguration: of('hufu_zk'),
      }
    }),
  )
  const issuerName = nameOf(metadata.display, offer.issuer)
  const issuer = partyOf(session, issuerDid, { name: issuerName, address: offer.issuer })
  const held = await session.store.list<CredentialRecord>('credential')
  const { txCode } = offer.preAuthorized
  const preview: Offer = {
    kind: 'offer',
    id: crypto.randomUUID(),
    issuer,
    trusted: true,
    checks: checksOf(moment.blockIndex),
    warnings: issuer.nameVerified ? [] : [nameUnverified],
    credentials: types.map(type =>
      describeType(
        session,
        type,
        metadata.batchSize,
        held.some(each => each.issuer === issuerDid && each.typeId === type.typeId),
      ),
    ),
    ...(txCode === undefined
      ? {}
      : {
          txCode: {
            numeric: txCode.inputMode === 'numeric',
            ...(txCode.length === undefined ? {} : { length: txCode.length }),
            ...(txCode.description === undefined ? {} : { description: txCode.description }),
          },
        }),
  }
  return { exchanged, issuerDid, issuerName, types, preview }
}

function describeType({ file }: Session, type: OfferedType, batchSize: number, replaces: boolean): OfferedCredential {
  const words = new CredentialWords(type.typeId, type.schema, file.labels)
  const { description } = words
  return {
    typeId: type.typeId,
    title: words.title,
    ...(description === undefined ? {} : { description }),
    fields: words.fields,
    formats: [
      ...(type.sdJwtConfiguration === undefined ? [] : (['dc+sd-jwt'] as const)),
      ...(type.zkConfiguration === undefined ? [] : (['hufu_zk'] as const)),
    ],
    copies: type.sdJwtConfiguration === undefined ? 0 : Math.min(copiesWanted, batchSize),
    replaces,
  }
}

function nameOf(display: ExchangedOffer['metadata']['display'], address: string): Texts {
  const { host } = new URL(address)
  const inLanguage = (language: string) => display.find(({ locale }) => locale?.toLowerCase().startsWith(language))?.name
  const any = display[0]?.name ?? host
  return { 'zh-CN': inLanguage('zh') ?? any, en: inLanguage('en') ?? any }
}

const nameUnverified: Warning = {
  id: 'name-unverified',
  text: {
    'zh-CN': '该机构有权签发，但钱包不知道它的名称；请确认网址。',
    en: 'The institution may issue this, but the wallet does not know its name. Make sure of its address.',
  },
}

function checksOf(blockIndex: number): readonly Check[] {
  return [
    {
      id: 'identifier',
      text: { 'zh-CN': '签发机构的数字身份与网址一致', en: 'The issuer’s identifier and address belong together' },
      blockIndex,
    },
    {
      id: 'institution',
      text: { 'zh-CN': '签发机构已登记且有效', en: 'The issuer is a registered institution in good standing' },
      blockIndex,
    },
    { id: 'right', text: { 'zh-CN': '它现在有权签发此类凭证', en: 'It may issue this kind of credential now' }, blockIndex },
  ]
}
