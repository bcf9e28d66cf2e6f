import { type Argument, asNumber, asStruct, type StackItem } from '@hufu/ledger'

/** How many seats something needs, and how long it takes. */
export interface Rules {
  readonly votesNeeded: number
  readonly vetoesNeeded: number
  readonly stopsNeeded: number
  readonly votingMs: number
  readonly delayMs: number
  /** Instead of `delayMs`, once enough seats have vetoed. */
  readonly vetoDelayMs: number
  readonly executeWithinMs: number
  readonly stopMs: number
  /** How long a seat must wait before it asks for a stop again. */
  readonly stopPauseMs: number
}

/** In the order of the contract. */
export const ruleNames = [
  'votesNeeded',
  'vetoesNeeded',
  'stopsNeeded',
  'votingMs',
  'delayMs',
  'vetoDelayMs',
  'executeWithinMs',
  'stopMs',
  'stopPauseMs',
] as const satisfies readonly (keyof Rules)[]

/** Decodes the struct RuleSet of contracts/council, or the array that `setRules` takes. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeRules(item: StackItem): Rules {
  const members = asStruct(item, ruleNames.length)
  return Object.fromEntries(ruleNames.map((name, index) => [name, asNumber(members[index])])) as unknown as Rules
}

/** The rules as `setRules` takes them. */
export function rulesArgument(rules: Rules): Argument {
  return { type: 'Array', value: ruleNames.map(name => ({ type: 'Integer', value: BigInt(rules[name]) })) }
}
