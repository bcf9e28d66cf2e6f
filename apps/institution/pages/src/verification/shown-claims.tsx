import { Rows, useSpeech, useTexts } from '@hufu/look'
import { claimNames } from './claim-names.ts'
import { verificationTexts } from './verification-texts.ts'

/** Claims that were disclosed, one a row, by credential of the query. */
export function ShownClaims({ claims }: { readonly claims: unknown }) {
  const texts = useTexts(verificationTexts)
  const { say, language } = useSpeech()
  const rows = rowsOf(claims, [])
  if (rows.length === 0) return <p>{texts.nothing}</p>
  return (
    <Rows
      rows={rows.map(({ path, value }) => ({
        id: path.join('/'),
        name: path
          .slice(path.length > 1 ? 1 : 0)
          .map(part => (claimNames[part] === undefined ? part : say(claimNames[part])))
          .join(' '),
        value: typeof value === 'boolean' ? { 'zh-CN': value ? '是' : '否', en: value ? 'yes' : 'no' }[language] : String(value),
      }))}
    />
  )
}

function rowsOf(value: unknown, path: readonly string[]): readonly { readonly path: readonly string[]; readonly value: unknown }[] {
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([name, inner]) => rowsOf(inner, [...path, name]))
  return path.length === 0 ? [] : [{ path, value }]
}
