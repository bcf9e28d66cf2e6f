import { gzipSync } from 'node:zlib'

export interface MalformedBody {
  readonly what: string
  readonly type?: string
  readonly body: string | Uint8Array
}

const json = (what: string, body: string | Uint8Array): MalformedBody => ({ what, type: 'application/json', body })
const bytes = (...values: number[]) => Uint8Array.from(values)

/** Bodies that no route takes. */
export const malformedBodies: readonly MalformedBody[] = [
  json('over the limit', `{"a":"${'a'.repeat(1_048_577)}"}`),
  json('100,000 open brackets', '['.repeat(100_000)),
  json('20,000 objects within one another', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
  json('65 arrays within one another', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`),
  json('a name twice', '{"a":1,"a":2}'),
  json('a name twice, written otherwise', '{"a":1,"\\u0061":2}'),
  json('a name twice, further in', '{"a":{"b":[{"c":1,"c":1}]}}'),
  json('names of the language', '{"__proto__":{"admin":true},"__proto__":1}'),
  json('nothing', ''),
  json('blanks', ' \n\t'),
  json('cut off', '{"a":'),
  json('more after its end', '{} {}'),
  json('a comma too many', '{"a":1,}'),
  json('a comment', '{/* a */}'),
  json('words of the language', '{"a":NaN}'),
  json('single quotes', "{'a':1}"),
  json('a number too large', '{"a":1e999}'),
  json('a number with a zero before it', '{"a":01}'),
  json('a raw line break in a text', '{"a":"\n"}'),
  json('a byte that is no UTF-8', bytes(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
  json('UTF-8 longer than need be', bytes(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d)),
  json('UTF-16', new Uint8Array(Buffer.from('\ufeff{"a":1}', 'utf16le'))),
  json('compressed', new Uint8Array(gzipSync('{}'))),
  { what: 'text', type: 'text/plain', body: '{}' },
  {
    what: 'a form with files',
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
  },
  { what: 'XML with an outer entity', type: 'application/xml', body: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' },
  { what: 'YAML', type: 'application/yaml', body: 'a: &a [*a]' },
  { what: 'a media type that is none', type: 'x', body: '{}' },
]

/** Forms with names that stand twice. */
export const repeatedForms: readonly string[] = [
  'response=a.b.c.d.e&response=a.b.c.d.e&state=s',
  'error=access_denied&state=a&state=b',
  'wallet_nonce=a&wallet_nonce=b',
  'csrf=a&csrf=b',
  'grant_type=authorization_code&grant_type=refresh_token&code=a&refresh_token=b',
  'grant_type=authorization_code&code=a&code=b',
  'token=a&token=b',
  '__proto__=a&__proto__=b',
  'a%00=1&a%00=2',
  `${'a=1&'.repeat(50_000)}a=1`,
]
