/** Text. In answers a missing or null one that is optional counts as empty, as it does in the mac. */
export interface TextShape {
  readonly kind: 'text'
  readonly form: RegExp | null
  readonly maxLength: number
  readonly isOptional: boolean
}

/** A whole number that JavaScript holds exactly. */
export interface IntegerShape {
  readonly kind: 'integer'
  readonly min: number
  readonly max: number
}

/** True or false. */
export interface FlagShape {
  readonly kind: 'flag'
}

/** Elements in their order; null counts as none, as Go writes it. */
export interface ListShape<Element extends Shape = Shape> {
  readonly kind: 'list'
  readonly of: Element
  readonly maxLength: number
}

/** Names and texts. Only one pair at most: Go's SDK signs several in an order drawn by chance. */
export interface MapShape {
  readonly kind: 'map'
}

/** Fields in the order in which the mac joins them, which need not be JSON's. */
export interface RecordShape<Fields extends Readonly<Record<string, Shape>> = Readonly<Record<string, Shape>>> {
  readonly kind: 'record'
  readonly fields: Fields
  /** Names of fields that the mac leaves out. */
  readonly unsigned: readonly string[]
}

/** What a message looks like: what is accepted, what is signed, and its type, all of one description. */
export type Shape = TextShape | IntegerShape | FlagShape | ListShape<Shape> | MapShape | RecordShape<Readonly<Record<string, Shape>>>

/** The value that a shape describes. */
export type ValueOf<S extends Shape> = S extends TextShape
  ? string
  : S extends IntegerShape
    ? number
    : S extends FlagShape
      ? boolean
      : S extends ListShape<infer Element>
        ? readonly ValueOf<Element>[]
        : S extends MapShape
          ? Readonly<Record<string, string>>
          : S extends RecordShape<infer Fields>
            ? { readonly [Name in keyof Fields]: ValueOf<Fields[Name]> }
            : never

/** Longest text that no shape limits further: blocks come as text. */
const longestText = 16_777_216

export function text(options: { readonly form?: RegExp; readonly maxLength?: number } = {}): TextShape {
  return { kind: 'text', form: options.form ?? null, maxLength: options.maxLength ?? longestText, isOptional: false }
}

/** Text that may be missing, and then is empty. A form is asked of text that is there. */
export function optionalText(options: { readonly form?: RegExp; readonly maxLength?: number } = {}): TextShape {
  return { ...text(options), isOptional: true }
}

export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {}): IntegerShape {
  return { kind: 'integer', min, max }
}

export const flag: FlagShape = { kind: 'flag' }

export const textMap: MapShape = { kind: 'map' }

export function list<Element extends Shape>(of: Element, maxLength = 65_536): ListShape<Element> {
  return { kind: 'list', of, maxLength }
}

/** @param unsigned - names of fields that the mac leaves out */
export function record<Fields extends Readonly<Record<string, Shape>>>(
  fields: Fields,
  unsigned: readonly (keyof Fields & string)[] = [],
): RecordShape<Fields> {
  return { kind: 'record', fields, unsigned }
}

/** A body without fields: null, missing or `{}`. */
export const nothing: RecordShape<Record<never, Shape>> = record({})
