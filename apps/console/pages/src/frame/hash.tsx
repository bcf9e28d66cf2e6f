import classes from './hash.module.css'

/** A hash, shortened to what an eye compares; the whole of it is what is read out and copied. */
export function Hash({ value, isWhole = false }: { readonly value: string; readonly isWhole?: boolean }) {
  return (
    <code className={classes.hash} title={value}>
      {isWhole || value.length <= 20 ? value : `${value.slice(0, 10)}…${value.slice(-8)}`}
    </code>
  )
}
