import type { JsonObject } from '@hufu/credentials'
import { bytesToUtf8, type Clock, errorCode, parseJson } from '@hufu/primitives'
import { type AttributeLayout, readAttributeLayout } from '@hufu/proofs'
import { ClaimsError, type ClaimsFailure, compileCredentialSchema, type Texts } from '@hufu/trust'
import { IssuerError } from './errors.ts'
import type { IssuerLedger } from './issuer-ledger.ts'

/** A credential type that this institution issues. */
export interface IssuedType {
  readonly typeId: string
  readonly version: number
  readonly schema: JsonObject
  readonly title: Texts
  readonly claims: readonly { readonly name: string; readonly title: Texts; readonly isRequired: boolean }[]
  /** Undefined where the type has no attributes for zero-knowledge proofs. */
  readonly layout: AttributeLayout | undefined
  /** @returns what is wrong with the claims; empty if they follow the schema */
  check(claims: unknown): readonly ClaimsFailure[]
}

const maxSchemaLength = 16_384
/** How old an answer may be: a type that was suspended is still in the metadata for that long; no credential comes of it. */
const maxAgeMs = 10_000

/** The credential types that the ledger lets this institution issue. */
export class CredentialTypes {
  readonly #ledger: IssuerLedger
  readonly #clock: Clock
  readonly #read = new Map<string, IssuedType>()
  #all: { readonly atMs: number; readonly types: Promise<readonly IssuedType[]> } | undefined

  constructor(ledger: IssuerLedger, clock: Clock) {
    this.#ledger = ledger
    this.#clock = clock
  }

  all(): Promise<readonly IssuedType[]> {
    const nowMs = this.#clock.nowMs()
    if (this.#all === undefined || nowMs - this.#all.atMs > maxAgeMs) {
      const types = this.#load()
      const entry = { atMs: nowMs, types }
      this.#all = entry
      types.catch(() => {
        if (this.#all === entry) this.#all = undefined
      })
    }
    return this.#all.types
  }

  /** @throws IssuerError `ERR_ISSUER_TYPE`: this institution is not accredited for it */
  async find(typeId: string): Promise<IssuedType> {
    const found = (await this.all()).find(type => type.typeId === typeId)
    if (found === undefined) throw new IssuerError('ERR_ISSUER_TYPE', 'type: expected one that this institution is accredited to issue')
    return found
  }

  async #load(): Promise<readonly IssuedType[]> {
    const names = await this.#ledger.accreditedTypes()
    return Promise.all(names.map(name => this.#readType(name))).then(types => types.filter(type => type !== undefined))
  }

  async #readType(typeId: string): Promise<IssuedType | undefined> {
    const found = await this.#ledger.findCredentialType(typeId)
    if (found === null) return undefined
    const name = `${found.version} ${typeId}`
    const type = this.#read.get(name) ?? typeOf(typeId, found.version, found.schema)
    this.#read.set(name, type)
    return type
  }
}

function typeOf(typeId: string, version: number, bytes: Uint8Array): IssuedType {
  const schema = parseJson(bytesToUtf8(bytes), { maxLength: maxSchemaLength }) as JsonObject
  const checker = compileCredentialSchema(schema)
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonObject>>
  const required = (schema.required ?? []) as readonly string[]
  return {
    typeId,
    version,
    schema,
    title: titleOf(schema.title, typeId),
    claims: Object.entries(properties).map(([name, property]) => ({
      name,
      title: titleOf(property.title, name),
      isRequired: required.includes(name),
    })),
    layout: layoutOf(schema),
    check(claims) {
      try {
        checker(claims)
        return []
      } catch (error) {
        if (!(error instanceof ClaimsError)) throw error
        return error.failures
      }
    },
  }
}

function layoutOf(schema: JsonObject): AttributeLayout | undefined {
  try {
    return readAttributeLayout(schema)
  } catch (error) {
    if (errorCode(error) !== 'ERR_PROOF_ATTRIBUTE') throw error
    return undefined
  }
}

/** Titles of our schemas say it twice, `中文 / English`. */
function titleOf(title: unknown, fallback: string): Texts {
  if (typeof title !== 'string' || title === '') return { 'zh-CN': fallback, en: fallback }
  const [chinese, english, ...rest] = title.split(' / ')
  return english === undefined || rest.length > 0 ? { 'zh-CN': title, en: title } : { 'zh-CN': chinese!, en: english }
}
