import {
  credentialOfferLink,
  decryptPresentationResponse,
  encodeTransactionData,
  generateResponseKey,
  kindOfLink,
  parseCredentialOfferLink,
  parseCredentialRequest,
  parseDcqlQuery,
  parseDeferredRequest,
  parseNotification,
  parsePresentationForm,
  parsePresentationLink,
  parseTransactionData,
  parseVpToken,
  presentationLink,
  readZkDelivery,
  writeZkDelivery,
} from '@hufu/exchange'
import {
  bytesToBase64url,
  organisationCheckCharacter,
  parseDivisionCode,
  parseOrganisationCode,
  parseResidentNumber,
  registryCheckCharacter,
  residentCheckCharacter,
  utf8ToBytes,
} from '@hufu/primitives'
import { parseStatement, parseZkCredential, type Scalar, type Statement, writeZkCredential, writeZkCredentialQuery } from '@hufu/proofs'
import { parseQueryContent } from '@hufu/trust'
import { CompactEncrypt, importJWK } from 'jose'
import { type FuzzTarget, meaningOf, parserTarget } from './fuzz-target.ts'
import { mutateJson, mutateText } from './mutate.ts'

const clock = { nowMs: () => 1_795_406_400_000 }
const did = 'did:neo:pilot:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'
const statement: Statement = {
  credentialType: 'urn:hufu:resident',
  where: [
    { claim: 'birth_date', ageAtLeast: 18 },
    { claim: 'city_code', in: ['990100', '990200'] },
  ],
  pseudonym: { purpose: 'open-account' },
  maxRootAgeSeconds: 600,
}
const query = {
  credentials: [
    {
      id: 'residence',
      format: 'dc+sd-jwt',
      meta: { vct_values: ['urn:hufu:resident'] },
      claims: [
        { id: 'a', path: ['name'] },
        { id: 'b', path: ['nationalities', 0, null], values: [1, 'a', true] },
      ],
      claim_sets: [['a'], ['a', 'b']],
    },
    { id: 'partner', format: 'ldp_vc', multiple: true, meta: { type_values: [['ResidentCredential']] } },
    writeZkCredentialQuery({ id: 'adult', statement }),
  ],
  credential_sets: [{ options: [['residence'], ['partner', 'adult']], required: false }],
}

/** What wallets scan, what they send, and what institutions ask. */
export async function linkTargets(): Promise<readonly FuzzTarget[]> {
  return [...scannedTargets(), ...askedTargets(), await answerTarget(), numberTarget()]
}

function scannedTargets(): readonly FuzzTarget[] {
  const links = [
    presentationLink({ clientId: `decentralized_identifier:${did}`, requestUri: 'https://bank.example/r/1' }),
    presentationLink({
      clientId: `decentralized_identifier:${did}`,
      requestUri: 'https://bank.example/r/1',
      walletUrl: 'https://w.example',
    }),
  ]
  const offer = {
    issuer: 'https://bureau.example/issuer',
    configurationIds: ['resident', 'other'],
    preAuthorized: { code: 'a-code', txCode: { inputMode: 'numeric', length: 6, description: '示例' } },
  } as const
  const offers = [
    credentialOfferLink({ offer }),
    credentialOfferLink({ offer }, { walletUrl: 'https://w.example' }),
    credentialOfferLink({ offerUri: 'https://bureau.example/offers/1' }),
  ]
  return [
    parserTarget(
      { name: 'link to a request for a presentation', weight: 8, codes: ['ERR_EXCHANGE_'] },
      links,
      random => mutateText(random.pick(links), random),
      {
        parse: input => parsePresentationLink(input as string),
        write: value => presentationLink(value),
      },
    ),
    parserTarget(
      { name: 'link to an offer of credentials', weight: 8, codes: ['ERR_EXCHANGE_'] },
      offers,
      random => mutateText(random.pick(offers), random),
      {
        parse: input => parseCredentialOfferLink(input as string),
        write: value => credentialOfferLink(value),
      },
    ),
    {
      name: 'any text that a wallet scans',
      weight: 2,
      codes: ['ERR_EXCHANGE_'],
      sameIf: 'it is told to be nothing, or a link of one kind, whose parser then looks at it',
      originals: [...links, ...offers],
      make: random => mutateText(random.pick([...links, ...offers]), random),
      take: input => {
        const kind = kindOfLink(input as string)
        if (kind === 'offer') parseCredentialOfferLink(input as string)
        if (kind === 'presentation') parsePresentationLink(input as string)
        return true
      },
    },
  ]
}

function askedTargets(): readonly FuzzTarget[] {
  const parsedQuery = parseDcqlQuery(query)
  const transactionData = encodeTransactionData([{ type: 'hand-over', credential_ids: ['residence'], purpose: '示例' }])
  const request = { credential_configuration_id: 'resident', proofs: { jwt: ['a.b.c', 'd.e.f'] } }
  const texts = { 'zh-CN': '开户', en: 'Opening an account' }
  const content = { dcql: { credentials: [] }, purpose: texts, legalBasis: texts, retentionDays: 30 }
  const credential = {
    credentialType: 'urn:hufu:resident',
    schemaVersion: 1,
    issuer: did,
    claims: { name: '示例', city_code: '990100' },
    leafIndex: 7,
    expires: '2036-11-01',
    salt: (2n ** 250n + 3n) as Scalar,
    blinding: (2n ** 251n + 5n) as Scalar,
  }
  const delivery = writeZkDelivery(credential)
  const text = writeZkCredential(credential)
  return [
    parserTarget({ name: 'DCQL query', weight: 12, codes: ['ERR_EXCHANGE_'] }, [query], random => mutateJson(query, random), {
      parse: input => parseDcqlQuery(input),
      write: value => value.json,
    }),
    parserTarget(
      { name: 'statement to be proven', weight: 6, codes: ['ERR_PROOF_'] },
      [statement],
      random => mutateJson(statement, random),
      {
        parse: input => parseStatement(input),
        write: value => value,
      },
    ),
    parserTarget(
      { name: 'content of a registered query', weight: 4, codes: ['ERR_TRUST_'] },
      [content],
      random => mutateJson(content, random),
      {
        parse: input => parseQueryContent(input),
        write: value => value,
      },
    ),
    {
      name: 'transaction data',
      weight: 4,
      codes: ['ERR_EXCHANGE_'],
      sameIf: 'what is agreed to is just what is hashed',
      originals: [transactionData],
      make: random =>
        random.below(2) === 0
          ? mutateJson(transactionData, random)
          : [bytesToBase64url(utf8ToBytes(JSON.stringify(mutateJson({ type: 't', credential_ids: ['residence'] }, random))))],
      take: input =>
        parseTransactionData(input, parsedQuery).every(
          ({ encoded, content: agreed }) => meaningOf(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))) === meaningOf(agreed),
        ),
    },
    parserTarget({ name: 'credential request', weight: 4, codes: ['ERR_EXCHANGE_'] }, [request], random => mutateJson(request, random), {
      parse: input => parseCredentialRequest(input),
      write: value => ({
        ...('configurationId' in value
          ? { credential_configuration_id: value.configurationId }
          : { credential_identifier: value.credentialIdentifier }),
        proofs: { jwt: value.proofs },
      }),
    }),
    parserTarget(
      { name: 'deferred request and notification', weight: 2, codes: ['ERR_EXCHANGE_'] },
      [{ transaction_id: 't', notification_id: 'n', event: 'credential_accepted' }],
      random => mutateJson({ transaction_id: 't', notification_id: 'n', event: 'credential_accepted' }, random),
      {
        parse: input => ({ ...parseDeferredRequest(input), ...parseNotification(input) }),
        write: ({ transactionId, notificationId, event }) => ({ transaction_id: transactionId, notification_id: notificationId, event }),
      },
    ),
    parserTarget(
      { name: 'zero-knowledge credential as delivered', weight: 4, codes: ['ERR_EXCHANGE_'] },
      [delivery],
      random => mutateJson(delivery, random),
      {
        parse: input => readZkDelivery(input as typeof delivery, credential.blinding),
        write: value => writeZkDelivery(value),
      },
    ),
    parserTarget(
      { name: 'zero-knowledge credential as kept', weight: 4, codes: ['ERR_PROOF_'] },
      [text],
      random => (random.below(2) === 0 ? mutateText(text, random) : JSON.stringify(mutateJson(JSON.parse(text), random))),
      { parse: input => parseZkCredential(input as string), write: value => writeZkCredential(value) },
    ),
  ]
}

/** What a wallet sends to a verifier: a form, in it something encrypted, in it presentations. */
async function answerTarget(): Promise<FuzzTarget> {
  const { publicJwk, privateJwk } = await generateResponseKey()
  const asked = parseDcqlQuery(query)
  const { kty, crv, x, y, kid } = publicJwk as { readonly [name: string]: string }
  const recipient = await importJWK({ kty: kty!, crv: crv!, x: x!, y: y! }, 'ECDH-ES')
  const token = { vp_token: { residence: ['a~b~'], partner: [{ a: 1 }] }, state: 's' }
  const encrypted = (json: unknown) =>
    new CompactEncrypt(utf8ToBytes(JSON.stringify(json) ?? ''))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', ...(kid === undefined ? {} : { kid }) })
      .encrypt(recipient)
  const open = async (body: string) => {
    const form = parsePresentationForm(body)
    return form.kind === 'error' ? form : parseVpToken(await decryptPresentationResponse(form.jwe, privateJwk), asked)
  }
  const original = { body: `response=${await encrypted(token)}`, encryptedAnew: false }
  const headerTricks: readonly object[] = [
    ...['RSA-OAEP', 'dir', 'ECDH-ES+A128KW', 'none', 'PBES2-HS256+A128KW'].map(alg => ({ alg })),
    ...['A256GCM', 'A128CBC-HS256', 'none', null].map(enc => ({ enc })),
    ...[{ zip: 'DEF' }, { crit: ['exp'] }, { epk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }, { epk: publicJwk }, { epk: null }],
    ...[{ apu: 'AA' }, { apv: '*' }, { jku: 'https://attacker.example' }, { p2c: 1e9 }],
  ]
  return {
    name: 'answer of a wallet',
    weight: 6,
    codes: ['ERR_EXCHANGE_'],
    sameIf: 'the presentations are the same; anybody may encrypt others, which are verified then',
    originals: [original],
    make: async random => {
      if (random.below(2) === 0) return { body: `response=${await encrypted(mutateJson(token, random))}`, encryptedAnew: true }
      if (random.below(2) === 0) return { body: mutateText(original.body, random), encryptedAnew: false }
      const [, header = '', ...rest] = /^response=([^.]*)\.(.*)$/.exec(original.body) ?? []
      const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString('utf8')), ...random.pick(headerTricks) }
      return { body: `response=${bytesToBase64url(utf8ToBytes(JSON.stringify(changed)))}.${rest.join('.')}`, encryptedAnew: false }
    },
    take: async input => {
      const { body, encryptedAnew } = input as typeof original
      const opened = await open(body)
      if ('kind' in opened || meaningOf(opened) === meaningOf(await open(original.body))) return true
      return encryptedAnew && 'signed anew'
    },
  }
}

/** Numbers of residents, organisations and divisions, in files that offices bring. */
function numberTarget(): FuzzTarget {
  const resident = '99010119900228001'
  const organisation = `91990100MA000000${registryCheckCharacter('MA000000')}`
  const originals = [
    `${resident}${residentCheckCharacter(resident)}`,
    `${organisation}${organisationCheckCharacter(organisation)}`,
    '990100',
  ]
  return {
    name: 'numbers of residents, organisations and divisions',
    weight: 4,
    codes: ['ERR_CODE_'],
    sameIf: 'whatever is one is written in one way only, its check character with it',
    originals,
    make: random => mutateText(random.pick(originals), random),
    take: input => {
      const text = input as string
      if (text.length < 10) return parseDivisionCode(text) === text
      return text.startsWith('91') ? parseOrganisationCode(text).text === text : parseResidentNumber(text, clock).text === text
    },
  }
}
