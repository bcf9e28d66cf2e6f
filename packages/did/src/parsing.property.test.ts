import { assert, constantFrom, json, mapToConstant, oneof, property, string, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { did } from './did-fixtures.ts'
import { DidError } from './errors.ts'
import { parseDid } from './parse-did.ts'
import { parseDidUrl } from './parse-did-url.ts'
import { parseStoredDocument } from './parse-stored-document.ts'
import { resolveServiceReference } from './resolve-service-reference.ts'

const urlCharacters = mapToConstant({ num: 95, build: code => String.fromCharCode(code + 32) }, { num: 4, build: code => '\t\n\\é'[code]! })
const hostile = string({ unit: urlCharacters, maxLength: 40 })
const tail = tuple(constantFrom('', '/', '?', '#', '?service=', '?a=', '%'), hostile).map(parts => parts.join(''))

function outcomeOf<T>(parse: () => T): T | DidError {
  try {
    return parse()
  } catch (error) {
    expect(error).toBeInstanceOf(DidError)
    return error as DidError
  }
}

test('whatever text comes, it is one DID in its only spelling, or refused', async () => {
  await assert(
    property(
      oneof(
        hostile,
        tail.map(text => `${did}${text}`),
        tail.map(text => `did:neo:test:${text}`),
      ),
      text => {
        const outcome = outcomeOf(() => parseDid(text))
        expect(outcome instanceof DidError || outcome === text).toBe(true)
      },
    ),
  )
})

test('whatever text comes, a DID URL is put together again from its parts, or refused', async () => {
  await assert(
    property(
      oneof(
        hostile,
        tail.map(text => `${did}${text}`),
      ),
      text => {
        const outcome = outcomeOf(() => parseDidUrl(text))
        if (outcome instanceof DidError) return
        expect(text.startsWith(`${outcome.did}${outcome.path}`)).toBe(true)
        expect(text.endsWith(outcome.fragment === undefined ? '' : `#${outcome.fragment}`)).toBe(true)
      },
    ),
  )
})

test('whatever JSON comes, it is no document unless it is of this DID alone', async () => {
  await assert(
    property(json(), text => {
      expect(outcomeOf(() => parseStoredDocument(JSON.parse(text), did))).toBeInstanceOf(DidError)
    }),
  )
})

test('whatever reference comes, it stays at its service', async () => {
  await assert(
    property(hostile, reference => {
      const outcome = outcomeOf(() => resolveServiceReference('https://files.example/public/', reference, undefined))
      if (outcome instanceof DidError) return
      const { origin, username, pathname } = new URL(outcome)
      expect([origin, username]).toEqual(['https://files.example', ''])
      expect(reference.startsWith('/') || pathname.startsWith('/public/')).toBe(true)
    }),
  )
})
