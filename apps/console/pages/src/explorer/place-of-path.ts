/**
 * Place in these pages where an answer of the server's stands.
 *
 * @param path - such as `/v1/explorer/rights/issue/did:neo:…/type?time=1`; queries stand behind `at` or `version` in places
 */
export function placeOfPath(path: string): string {
  const [encoded = '', query = ''] = path.replace(/^\/v1/, '').split('?')
  const route = decodeURIComponent(encoded)
  if (route === '/explorer/trees') return '/trees'
  if (route === '/explorer/queries') return '/trust'
  const proposal = /^\/explorer\/proposals\/(\d+)$/.exec(route)?.[1]
  if (proposal !== undefined) return `/council/${proposal}`
  const parts = new URLSearchParams(query)
  const name = parts.get('name')
  const time = parts.get('time')
  return `${route}${name === null || name === '' ? '' : `/${name}`}${time === null ? '' : `/at/${time}`}`
}
