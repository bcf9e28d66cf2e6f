import { createContext, type ReactNode, use } from 'react'
import { useLoaded } from '../api/use-loaded.ts'
import { frameTexts } from '../frame/frame-texts.ts'
import { useTexts } from '../language/language.tsx'

const ColleaguesContext = createContext<ReadonlyMap<string, string>>(new Map())

/** Knows what people are called, for whatever names them by identifier. */
export function Colleagues({ children }: { readonly children: ReactNode }) {
  const { data } = useLoaded('colleagues', client =>
    client
      .get<{ colleagues: readonly { id: string; name: string }[] }>('/staff/colleagues')
      .then(({ colleagues }) => new Map(colleagues.map(({ id, name }) => [id, name]))),
  )
  return <ColleaguesContext value={data ?? new Map()}>{children}</ColleaguesContext>
}

/** @returns what names a person, by identifier or as the log has it (`staff <id>`) */
export function useNameOf(): (person: string) => string {
  const names = use(ColleaguesContext)
  const texts = useTexts(frameTexts)
  return person => {
    if (person === 'server') return texts.server
    const id = person.replace(/^staff /, '')
    return names.get(id) ?? (person === id && /^[0-9a-f-]{36}$/.test(id) ? texts.unknownPerson : person)
  }
}
