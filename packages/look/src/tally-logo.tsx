import { useId } from 'react'
import classes from './tally-logo.module.css'

interface TallyLogoProps {
  /** Width and height, in pixels. */
  readonly size?: number
  /** The halves come together: for the moment something has been found right. */
  readonly meeting?: boolean
}

/** The two halves of a tiger: the court's and the commander's. Decoration only, so it has no name for a screen reader. */
export function TallyLogo({ size = 32, meeting = false }: TallyLogoProps) {
  const id = useId()
  return (
    <svg
      className={classes.logo}
      data-meeting={meeting}
      width={size}
      height={size}
      viewBox="0 0 64 64"
      aria-hidden="true"
      focusable="false"
    >
      <mask id={id}>
        <rect x="-16" width="96" height="64" fill="#fff" />
        <g fill="none" stroke="#000" strokeWidth="2.6" strokeLinecap="round">
          <path d="M25.5 19.5h5M33.5 19.5h5M22.5 24.6h8M33.5 24.6h8M25 29.7h5.5M33.5 29.7h5.5" />
          <path d="M6 33.5l8.5 1.8M7.5 41.5l8-1M58 33.5l-8.5 1.8M56.5 41.5l-8-1" />
        </g>
        <path d="M16.5 35.5c3-3.2 7.2-3 9.8.6-3.2 2.6-7.2 2.4-9.8-.6zM47.5 35.5c-3-3.2-7.2-3-9.8.6 3.2 2.6 7.2 2.4 9.8-.6z" fill="#000" />
      </mask>
      <g mask={`url(#${id})`}>
        <path
          className={classes.left}
          d="M30.7 13.5c-3.7-.4-7 .2-9.9 1.3C18.3 9 9.6 7.2 6.8 11.4c-2.4 3.8-.6 9.4 2.9 12.3C6 29.5 5 37.2 8.2 43.6 12.3 51.6 20.5 57 30.7 58V50l3.6-4.2-3.6-4.2z"
        />
        <path
          className={classes.right}
          d="M33.3 13.5c3.7-.4 7 .2 9.9 1.3 2.5-5.8 11.2-7.6 14-3.4 2.4 3.8.6 9.4-2.9 12.3 3.7 5.8 4.7 13.5 1.5 19.9C51.7 51.6 43.5 57 33.3 58V51.6l4.9-5.8-4.9-5.8z"
        />
      </g>
    </svg>
  )
}
