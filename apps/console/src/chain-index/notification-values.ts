import * as bindings from '@hufu/bindings'
import type { Notification } from '@hufu/ledger'
import { bytesToHex, type Json } from '@hufu/primitives'

type Parse = (notification: Notification) => object

const leafSize = 32

/**
 * What a notification says, by the names of the contract's manifest, as JSON: bytes are hexadecimal, whole numbers beyond 2^53 decimal text. Of leaves only
 * their number is kept: there are too many of them. One that is not known says its items by their positions.
 */
export function notificationValues(notification: Notification): { readonly [name: string]: Json } {
  // The bindings have one parser for each notification, named after it.
  const parse = (bindings as unknown as Readonly<Record<string, Parse | undefined>>)[`parse${notification.name}Notification`]
  if (parse === undefined) return Object.fromEntries(notification.items.map((item, index) => [String(index), jsonOf(item)]))
  return Object.fromEntries(
    Object.entries(parse(notification)).map(([name, value]) => [
      name,
      name === 'leaves' && value instanceof Uint8Array ? value.length / leafSize : jsonOf(value),
    ]),
  )
}

function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value instanceof Uint8Array) return bytesToHex(value)
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonOf(each)]))
  return (value ?? null) as Json
}
