import { expect, test } from 'vitest'
import { negotiate } from './negotiate.ts'

const offers = [
  { type: 'application/did-resolution' },
  { type: 'application/ld+json', profile: 'https://p.example/' },
  { type: 'application/json' },
]

test.each([
  [undefined, 'application/did-resolution'],
  ['', 'application/did-resolution'],
  ['*/*', 'application/did-resolution'],
  ['application/*;q=0.5', 'application/did-resolution'],
  ['application/json', 'application/json'],
  ['APPLICATION/JSON', 'application/json'],
  ['application/json;q=0.1, application/ld+json', 'application/ld+json'],
  ['application/ld+json;profile="https://p.example/"', 'application/ld+json'],
  ['application/ld+json; profile="https://p.example/"; q=0.3, application/json;q=0.2', 'application/ld+json'],
  ['text/html, */*;q=0.8', 'application/did-resolution'],
  ['application/did-resolution;q=0, */*', 'application/ld+json'],
])('of %j takes %s', (accept, type) => {
  expect(negotiate(accept, offers)?.type).toBe(type)
})

test.each([
  'image/png',
  'application/did-resolution;q=0',
  'application/ld+json;profile="https://other.example/"',
  'application/json;q=2',
  'text/*',
  ',,;',
  '"',
])('of %j takes nothing', accept => {
  expect(negotiate(accept, offers)).toBeUndefined()
})
