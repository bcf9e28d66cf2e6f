import { Button, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'
import classes from './data-table.module.css'
import { ErrorNotice } from './error-notice.tsx'
import { frameTexts } from './frame-texts.ts'
import { useIsScrolled } from './use-is-scrolled.ts'

export interface Column<Row> {
  /** Empty: buttons. */
  readonly title: string
  readonly show: (row: Row) => ReactNode
  /** Numbers stand at the right. */
  readonly isNumber?: boolean
}

interface DataTableProps<Row> {
  /** What the table is, for screen readers. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  /** Undefined: not known yet. */
  readonly rows: readonly Row[] | undefined
  readonly keyOf: (row: Row) => string
  /** What stands there when there is nothing. */
  readonly empty: ReactNode
  readonly error?: unknown
  readonly onRetry?: () => void
  /** There are more of them. */
  readonly onMore?: (() => void) | undefined
}

/** A table on a broad screen, cards on a phone; says when it is loading, empty or failed. */
export function DataTable<Row>({ caption, columns, rows, keyOf, empty, error, onRetry, onMore }: DataTableProps<Row>) {
  const texts = useTexts(frameTexts)
  const { ref: frame, isScrolled } = useIsScrolled<HTMLDivElement>()
  if (error !== undefined && rows === undefined) return <ErrorNotice error={error} {...(onRetry === undefined ? {} : { onRetry })} />
  if (rows === undefined) return <Loading />
  return (
    <>
      <ErrorNotice error={error} />
      {rows.length === 0 ? (
        <div className={classes.empty}>{empty}</div>
      ) : (
        // Roles are named again: browsers forget a table's where it is laid out as cards. What scrolls must be reachable by keyboard (WCAG 2.2, 2.1.1).
        <div ref={frame} className={classes.frame} tabIndex={isScrolled ? 0 : undefined}>
          {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
          <table className={classes.table} role="table" aria-label={caption}>
            {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
            <thead role="rowgroup">
              {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
              <tr role="row">
                {columns.map(({ title, isNumber }) => (
                  // biome-ignore lint/a11y/noRedundantRoles: see above
                  <th key={title} role="columnheader" scope="col" data-number={isNumber}>
                    {title === '' ? <span className="unseen">{texts.actions}</span> : title}
                  </th>
                ))}
              </tr>
            </thead>
            {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
            <tbody role="rowgroup">
              {rows.map(row => (
                // biome-ignore lint/a11y/noRedundantRoles: see above
                <tr key={keyOf(row)} role="row">
                  {columns.map(({ title, show, isNumber }) => (
                    // biome-ignore lint/a11y/noRedundantRoles: see above
                    <td key={title} role="cell" data-number={isNumber}>
                      {title !== '' && (
                        <span className={classes.label} aria-hidden>
                          {title}
                        </span>
                      )}
                      <span className={classes.value}>{show(row)}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {onMore !== undefined && (
        <Button variant="default" mt="md" onClick={onMore}>
          {texts.more}
        </Button>
      )}
    </>
  )
}

/** Something is on its way. */
export function Loading({ lines = 3 }: { readonly lines?: number }) {
  const texts = useTexts(frameTexts)
  return (
    <div role="status" className={classes.loading}>
      <span className="unseen">{texts.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all are alike
        <Skeleton key={index} height={44} radius="md" />
      ))}
    </div>
  )
}
