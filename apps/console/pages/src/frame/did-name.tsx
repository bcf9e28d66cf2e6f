import { Link } from 'wouter'
import classes from './did-name.module.css'
import { useNames } from './names.tsx'

/** An identifier, with what this console calls it; leads to its document. */
export function DidName({ did }: { readonly did: string }) {
  const name = useNames()(did)
  return (
    <Link href={`/explorer/dids/${did}`} className={classes.did!} title={did}>
      {name !== undefined && <span>{name}</span>}
      <code>{shortDid(did)}</code>
    </Link>
  )
}

/** Enough of an identifier to tell it from others. */
function shortDid(did: string): string {
  const last = did.split(':').at(-1) ?? did
  return last.length > 14 ? `${last.slice(0, 6)}…${last.slice(-5)}` : last
}
