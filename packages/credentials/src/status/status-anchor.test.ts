import { parseScriptHash, type StackItem, serializeStackItem } from '@hufu/ledger'
import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { parseStatusAnchor, statusAnchorKey } from './status-anchor.ts'

const issuer = parseScriptHash('0123456789abcdef0123456789abcdef01234567')
/** printf desk-1 | sha256sum */
const desk1 = 'dd9b8562f3ff0dd3eec8147cf6147b6578959b778614220dc47b4e038a5b5a4a'
const hash = Uint8Array.from({ length: 32 }, (_, index) => index)

test('the key is of this issuer and the last part of the address, wherever that leads', () => {
  const key = statusAnchorKey(issuer, 'https://bureau.example/status-lists/NX/desk-1')
  expect(bytesToHex(key)).toBe(`61${bytesToHex(hexToBytes(issuer).reverse())}${desk1}`)
  expect(statusAnchorKey(issuer, 'http://localhost/desk-1')).toEqual(key)
  expect(statusAnchorKey(issuer, 'http://localhost/desk-2')).not.toEqual(key)
  expect(statusAnchorKey(parseScriptHash('11'.repeat(20)), 'http://localhost/desk-1')).not.toEqual(key)
  expect(() => statusAnchorKey(issuer, 'http://localhost/')).toThrow(expect.objectContaining({ code: 'ERR_CREDENTIAL_STATUS_INVALID' }))
})

test('what lies there is an anchor, or refused', () => {
  const members: readonly StackItem[] = [
    { type: 'Integer', value: 3n },
    { type: 'ByteString', value: hash },
    { type: 'Integer', value: 1_790_000_000_000n },
    { type: 'Integer', value: 77n },
  ]
  const serialized = (items: readonly StackItem[]) => serializeStackItem({ type: 'Struct', value: items })
  const value = serialized(members)
  expect(parseStatusAnchor(value)).toEqual({ sequence: 3, hash, timeMs: 1_790_000_000_000, blockIndex: 77 })
  const refused = expect.objectContaining({ code: 'ERR_LEDGER_ANSWER' })
  expect(() => parseStatusAnchor(serialized(members.slice(1)))).toThrow(refused)
  expect(() => parseStatusAnchor(value.slice(1))).toThrow(refused)
  expect(() => parseStatusAnchor(new Uint8Array())).toThrow(refused)
})
