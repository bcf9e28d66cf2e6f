import { type ReactNode, useId } from 'react'
import classes from './section.module.css'

interface SectionProps {
  readonly title: string
  /** Beside the title. */
  readonly aside?: ReactNode
  readonly tone?: 'plain' | 'warning'
  readonly children: ReactNode
}

/** A part of a page on a surface of its own. */
export function Section({ title, aside, tone = 'plain', children }: SectionProps) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id} data-tone={tone}>
      <div className={classes.head}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

interface Row {
  /** Only needed where two rows have the same name. */
  readonly id?: string
  readonly name: ReactNode
  readonly value: ReactNode
}

/** Names and what stands to them. */
export function Rows({ rows }: { readonly rows: readonly (Row | false | undefined)[] }) {
  return (
    <dl className={classes.rows}>
      {rows
        .filter(row => row !== false && row !== undefined)
        .map(({ id, name, value }) => (
          <div key={id ?? String(name)}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
