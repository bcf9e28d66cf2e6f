import type { JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import type { ClaimValue, Language } from '@hufu/proofs'
import type { Texts } from '@hufu/trust'
import type { NetworkFile } from './network/network-file.ts'
import type { ShownClaim } from './wallet.ts'

type Schema = Readonly<Record<string, unknown>>

/** What people call a credential type, its claims and their values: by its schema on the ledger, and the network file's labels. */
export class CredentialWords {
  readonly #schema: Schema
  readonly #labels: NetworkFile['labels']
  readonly #typeId: string

  constructor(typeId: string, schema: unknown, labels: NetworkFile['labels']) {
    this.#typeId = typeId
    this.#schema = isSchema(schema) ? schema : {}
    this.#labels = labels
  }

  get title(): Texts {
    return splitTitle(this.#schema.title) ?? same(this.#typeId)
  }

  get description(): Texts | undefined {
    return splitTitle(this.#schema.description)
  }

  /** Titles of all claims at the top. */
  get fields(): readonly Texts[] {
    return this.#names.map(name => this.titleOf([name]))
  }

  /** The claims by their slots, for the ledger keeps schemas with their names sorted; those without a slot come last. */
  get #names(): readonly string[] {
    const slotOf = (property: unknown): number => {
      const slot = isSchema(property) ? property['x-slot'] : undefined
      return typeof slot === 'number' ? slot : Number.POSITIVE_INFINITY
    }
    return Object.entries(propertiesOf(this.#schema))
      .map(([name, property]) => ({ name, slot: slotOf(property) }))
      .toSorted((left, right) => (left.slot === right.slot ? 0 : left.slot - right.slot))
      .map(({ name }) => name)
  }

  /** Of a claim, by its path from the top. */
  titleOf(path: readonly string[]): Texts {
    let schema: Schema = this.#schema
    const titles = path.map(step => {
      const property = propertiesOf(schema)[step]
      schema = isSchema(property) ? property : {}
      return splitTitle(schema.title) ?? same(step)
    })
    return { 'zh-CN': titles.map(title => title['zh-CN']).join(' '), en: titles.map(title => title.en).join(' ') }
  }

  /** A claim's value for people. */
  textOf(path: readonly string[], value: Json): Texts {
    if (value === true) return { 'zh-CN': '是', en: 'yes' }
    if (value === false) return { 'zh-CN': '否', en: 'no' }
    if (typeof value !== 'string' && typeof value !== 'number') return same(JSON.stringify(value))
    return this.#labels[path[0] ?? '']?.[String(value)] ?? this.#choiceOf(path, String(value)) ?? same(String(value))
  }

  /** For `describeStatement`. */
  labelIn(language: Language): (claim: string, value: ClaimValue) => string | undefined {
    return (claim, value) => this.textOf([claim], value)[language]
  }

  /** A claim as it is shown; an object claim becomes one for each member. */
  shown(path: readonly string[], value: Json): readonly ShownClaim[] {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value).flatMap(([name, member]) => this.shown([...path, name], member))
    return [{ path, title: this.titleOf(path), value, text: this.textOf(path, value) }]
  }

  /** All claims, in the same order. */
  all(claims: JsonObject): readonly ShownClaim[] {
    const order = this.#names
    const names = Object.keys(claims)
    const known = order.filter(name => names.includes(name))
    return [...known, ...names.filter(name => !order.includes(name))].flatMap(name => this.shown([name], claims[name]!))
  }

  /** Descriptions of our schemas explain the values of an `enum`: `1 男 / male, 2 女 / female`. */
  #choiceOf(path: readonly string[], value: string): Texts | undefined {
    const property = path.reduce<unknown>((schema, step) => (isSchema(schema) ? propertiesOf(schema)[step] : undefined), this.#schema)
    if (!isSchema(property) || !Array.isArray(property.enum) || typeof property.description !== 'string') return undefined
    const entry = property.description.split(/[,，;；]\s*/).find(part => part.startsWith(`${value} `))
    return entry === undefined ? undefined : splitTitle(entry.slice(value.length + 1))
  }
}

/** Titles of our schemas say it twice, `中文 / English`. */
function splitTitle(title: unknown): Texts | undefined {
  if (typeof title !== 'string' || title === '') return undefined
  const [chinese, english, ...rest] = title.split(' / ')
  return english === undefined || rest.length > 0 ? same(title) : { 'zh-CN': chinese!, en: english }
}

function same(text: string): Texts {
  return { 'zh-CN': text, en: text }
}

function propertiesOf(schema: Schema): Schema {
  return isSchema(schema.properties) ? schema.properties : {}
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
