/** Something that must stand nowhere, and what it is called in a report: of personal data or of a secret no more than that is told. */
export interface Secret {
  readonly what: string
  readonly text: string
}

/** Ways in which a text may stand among others. */
function waysOf(text: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(text)
  // In Base64 it depends on what is before it; the first and last characters depend on their neighbours.
  const encoded = [0, 1, 2].flatMap(offset => {
    const inner = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const certain = inner.slice(offset === 0 ? 0 : offset + 1, (offset + bytes.length) % 3 === 0 ? undefined : -1)
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const escaped = [...text].map(character => (character > '~' ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character))
  const ways: readonly (readonly [string, string])[] = [
    ['as it is', text],
    ['percent-encoded', encodeURIComponent(text)],
    ['escaped', escaped.join('')],
    ['as hexadecimal digits', bytes.toString('hex')],
    ...encoded.map(one => ['in Base64', one] as const),
  ]
  return ways.filter(([, written], index) => ways.findIndex(([, other]) => other === written) === index)
}

/** Which of the secrets stand in some bytes, and how. */
export function findTraces(place: string, bytes: Uint8Array, secrets: readonly Secret[]): readonly string[] {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return secrets.flatMap(({ what, text }) =>
    waysOf(text)
      .filter(([, written]) => hay.includes(written))
      .map(([way]) => `${place}: ${what}, ${way}`),
  )
}
