import type { Language, Texts } from '@hufu/look'
import type { ClaimSchema, CredentialType } from '../api/staff-answers.ts'

/** A field of a form, for one claim of a credential type. */
export interface ClaimField {
  readonly name: string
  readonly title: Texts
  readonly hint: Texts | undefined
  readonly kind: 'text' | 'date' | 'number' | 'choice' | 'flag'
  readonly isRequired: boolean
  readonly options: readonly { readonly value: string; readonly label: Texts }[]
  readonly schema: ClaimSchema
}

/** Worked out by the server on the day of issue. */
const workedOut: readonly string[] = ['age_equal_or_over']

/** Why a value is not taken. */
export type FieldProblem = 'missing' | 'pattern' | 'date' | 'number' | 'tooShort' | 'tooLong' | 'range'

/**
 * The fields that a type's JSON Schema asks for, in the order of their slots: the ledger has the schema as canonical JSON, in which properties are in that of the alphabet.
 */
export function fieldsOf({ schema }: Pick<CredentialType, 'schema'>): readonly ClaimField[] {
  return Object.entries(schema.properties ?? {})
    .toSorted(([, one], [, other]) => slotOf(one) - slotOf(other))
    .filter(([name, { type }]) => !workedOut.includes(name) && type !== 'object' && type !== 'array')
    .map(([name, property]) => ({
      name,
      title: textsOf(property.title, name),
      hint: property.enum === undefined && property.description !== undefined ? textsOf(property.description, '') : undefined,
      kind: kindOf(property),
      isRequired: (schema.required ?? []).includes(name),
      options: (property.enum ?? []).map(value => ({ value: String(value), label: optionLabel(property.description, String(value)) })),
      schema: property,
    }))
}

/** Whether the server works something out by itself. */
export function hasWorkedOutClaims({ schema }: Pick<CredentialType, 'schema'>): boolean {
  return Object.keys(schema.properties ?? {}).some(name => workedOut.includes(name))
}

/** @returns undefined if the value is taken */
export function problemOfField({ kind, isRequired, schema }: ClaimField, value: string): FieldProblem | undefined {
  if (value === '') return isRequired && kind !== 'flag' ? 'missing' : undefined
  if (kind === 'date') return isDay(value) ? undefined : 'date'
  if (kind === 'number') {
    const number = Number(value)
    if (!Number.isFinite(number) || (schema.type === 'integer' && !Number.isInteger(number))) return 'number'
    return number < (schema.minimum ?? Number.NEGATIVE_INFINITY) || number > (schema.maximum ?? Number.POSITIVE_INFINITY)
      ? 'range'
      : undefined
  }
  if (kind !== 'text') return undefined
  const length = [...value].length
  if (length < (schema.minLength ?? 0)) return 'tooShort'
  if (length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) return 'tooLong'
  return schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value) ? 'pattern' : undefined
}

/** What was entered, as the claims that the server takes. */
export function claimsOf(fields: readonly ClaimField[], values: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind, schema }) => {
      const value = (values[name] ?? '').trim()
      if (kind === 'flag') return [[name, value === 'true']]
      if (value === '') return []
      if (kind === 'number') return [[name, Number(value)]]
      return [[name, schema.enum?.find(option => String(option) === value) ?? value]]
    }),
  )
}

/** A claim's value as people read it. */
export function shownValue(field: ClaimField | undefined, value: unknown, language: Language): string {
  const option = field?.options.find(each => each.value === String(value))
  if (option !== undefined) return option.label[language]
  if (typeof value === 'boolean') return { 'zh-CN': value ? '是' : '否', en: value ? 'yes' : 'no' }[language]
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, part]) => `${name}: ${shownValue(undefined, part, language)}`)
      .join(language === 'en' ? ', ' : '，')
  return String(value)
}

function slotOf({ 'x-slot': slot = Number.MAX_SAFE_INTEGER }: ClaimSchema): number {
  return slot
}

function kindOf({ type, format, enum: options }: ClaimSchema): ClaimField['kind'] {
  if (options !== undefined) return 'choice'
  if (type === 'boolean') return 'flag'
  if (type === 'integer' || type === 'number') return 'number'
  return format === 'date' ? 'date' : 'text'
}

/** Titles say it twice, `中文 / English`. */
export function textsOf(text: string | undefined, fallback: string): Texts {
  if (text === undefined || text === '') return { 'zh-CN': fallback, en: fallback }
  const [chinese, english, ...rest] = text.split(' / ')
  return english === undefined || rest.length > 0 ? { 'zh-CN': text, en: text } : { 'zh-CN': chinese!, en: english }
}

/** Descriptions name the choices: `1 男 / male, 2 女 / female`, or `student 学生, senior 老年人`. */
function optionLabel(description: string | undefined, value: string): Texts {
  const entry = (description ?? '').split(/, ?|，/).find(part => part.trim().startsWith(`${value} `))
  const label = entry?.trim().slice(value.length + 1)
  if (label === undefined || label === '') return { 'zh-CN': value, en: value }
  return label.includes(' / ') ? textsOf(label, value) : { 'zh-CN': label, en: value }
}

function isDay(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value)
}
