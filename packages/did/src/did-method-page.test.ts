import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseDid } from './parse-did.ts'
import { parseStoredDocument } from './parse-stored-document.ts'

const page = await readFile(new URL('../../../docs/did-method.md', import.meta.url), 'utf8')

test("the specification's example of a stored document follows its schema", () => {
  const [, json] = /<!-- example: stored -->\s+```json\n(.*?)```/s.exec(page)!
  const document = JSON.parse(json!)
  expect(parseStoredDocument(document, parseDid(document.id))).toEqual(document)
})

test('every DID that the specification shows is one', () => {
  const dids = page.match(/did:neo:[a-z0-9-]+:N\w+/g)!
  expect(dids.length).toBeGreaterThan(0)
  for (const did of dids) expect(parseDid(did)).toBe(did)
})
