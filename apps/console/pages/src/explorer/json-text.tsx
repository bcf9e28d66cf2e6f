import classes from './json-text.module.css'

/** JSON with line breaks; what is none stays as it is. */
export function JsonText({ text }: { readonly text: string }) {
  return (
    // A box that scrolls must be reachable by keyboard (WCAG 2.2, 2.1.1).
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <pre className={classes.json} tabIndex={0} lang="en">
      {pretty(text)}
    </pre>
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
