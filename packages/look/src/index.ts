export { TallyLogo } from './tally-logo.tsx'
export { cssVariablesResolver, theme } from './theme.ts'
export { TigerStripes } from './tiger-stripes.tsx'
