/** The stripes inlaid in the bronze tiger. Decoration only. */
export function TigerStripes({ className }: { readonly className: string }) {
  return (
    <svg className={className} viewBox="0 0 200 200" preserveAspectRatio="xMaxYMid slice" aria-hidden="true" focusable="false">
      <g fill="currentColor">
        <path d="M200 8c-38 2-66 14-82 34 24-12 50-16 82-14z" />
        <path d="M200 46c-46-2-80 10-104 38 34-18 66-22 104-16z" />
        <path d="M200 88c-50-4-92 6-124 34 42-16 82-18 124-10z" />
        <path d="M200 130c-44-6-84 0-116 22 40-8 78-8 116 0z" />
        <path d="M200 166c-34-4-62 0-88 16 30-4 60-2 88 4z" />
      </g>
    </svg>
  )
}
