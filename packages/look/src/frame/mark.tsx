import type { ReactNode } from 'react'
import classes from './mark.module.css'

export type Tone = 'good' | 'bad' | 'waiting' | 'plain'

/** How something stands, in a word; the colour says it again. */
export function Mark({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      {children}
    </span>
  )
}
