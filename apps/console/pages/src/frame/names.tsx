import { useLoaded, useSpeech } from '@hufu/look'
import { createContext, type ReactNode, use } from 'react'
import type { Names as NamesAnswer } from '../../../src/api-types.ts'

const NamesContext = createContext<NamesAnswer['names']>({})

/** Knows what this console calls identifiers: names do not stand on the ledger. */
export function Names({ children }: { readonly children: ReactNode }) {
  const { data } = useLoaded('names', client => client.get<NamesAnswer>('/v1/names'))
  return <NamesContext value={data?.names ?? {}}>{children}</NamesContext>
}

/** @returns what an identifier is called; undefined: it has no name here */
export function useNames(): (did: string) => string | undefined {
  const names = use(NamesContext)
  const { say } = useSpeech()
  return did => (names[did] === undefined ? undefined : say(names[did]))
}
