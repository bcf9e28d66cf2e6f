import type { Search } from '../api-types.ts'

const patterns = {
  number: /^(0|[1-9]\d{0,9})$/,
  hash: /^(?:0x)?([0-9a-f]{64})$/i,
  did: /^did:neo:[a-z0-9-]+:[1-9A-HJ-NP-Za-km-z]+$/,
  name: /^[A-Za-z0-9._:-]{1,32}$/,
} as const

const circuits = ['prepare', 'show', 'pair']

/** What somebody may mean by what they typed: each with the route that says whether it is there. */
export function findMeanings(text: string): Search['found'] {
  const typed = text.trim()
  const found: Search['found'] = []
  if (patterns.number.test(typed)) {
    found.push({ kind: 'block', label: typed, path: `/v1/explorer/blocks/${typed}` })
    if (typed !== '0') found.push({ kind: 'proposal', label: typed, path: `/v1/explorer/proposals/${typed}` })
    return found
  }
  const hash = patterns.hash.exec(typed)?.[1]?.toLowerCase()
  if (hash !== undefined) {
    found.push({ kind: 'transaction', label: hash, path: `/v1/explorer/transactions/${hash}` })
    found.push({ kind: 'block', label: hash, path: `/v1/explorer/blocks/${hash}` })
    return found
  }
  if (patterns.did.test(typed)) {
    found.push({ kind: 'did', label: typed, path: `/v1/explorer/dids/${typed}` })
    found.push({ kind: 'query', label: typed, path: `/v1/explorer/queries?did=${typed}` })
    found.push({ kind: 'tree', label: typed, path: '/v1/explorer/trees' })
    return found
  }
  if (circuits.includes(typed)) found.push({ kind: 'verifyingKey', label: typed, path: `/v1/explorer/verifying-keys/${typed}` })
  if (patterns.name.test(typed))
    found.push({ kind: 'credentialType', label: typed, path: `/v1/explorer/credential-types/${encodeURIComponent(typed)}` })
  return found
}
