import { expect, test } from 'vitest'
import { addressOfScriptHash, scriptHashOfAddress } from './address.ts'
import { parseScriptHash, scriptHashFromBytes, scriptHashToBytes } from './script-hash.ts'

const hash = parseScriptHash('8e4b09f2d7fa3d58ec311cd8bcfcf780855c87b2')
const address = 'NcBwcyemNt8ijzszZKDBTk6RvwWPNpkzwk'
const refused = expect.objectContaining({ code: 'ERR_LEDGER_SCRIPT_HASH' })

test('turns script hashes into addresses and bytes, and back', () => {
  expect(addressOfScriptHash(hash)).toBe(address)
  expect(scriptHashOfAddress(address)).toBe(hash)
  expect(scriptHashFromBytes(scriptHashToBytes(hash))).toBe(hash)
  expect(scriptHashToBytes(hash)[0]).toBe(0xb2)
  expect(parseScriptHash(`0x${hash}`)).toBe(hash)
})

test.each(['', hash.slice(1), `${hash}0`, hash.toUpperCase(), `0X${hash}`, ` ${hash}`, `${hash}\n`])('refuses the script hash %j', text => {
  expect(() => parseScriptHash(text)).toThrow(refused)
})

test.each(['', address.slice(1), `${address}1`, `M${address.slice(1)}`, address.replace('c', 'd'), 'AKkkumHbBipZ46UMZJoFynJMXzSRnBvKcs'])(
  'refuses the address %j',
  text => {
    expect(() => scriptHashOfAddress(text)).toThrow(refused)
  },
)

test('refuses bytes that are not twenty', () => {
  expect(() => scriptHashFromBytes(new Uint8Array(19))).toThrow(refused)
  expect(() => scriptHashFromBytes(new Uint8Array(21))).toThrow(refused)
})
