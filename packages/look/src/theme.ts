import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Cinnabar, the red of seals. */
const cinnabar: MantineColorsTuple = [
  ...(['#fdf1ee', '#f9dfd9', '#f1bcb1', '#e99787', '#e27763', '#dc614b'] as const),
  ...(['#c8452e', '#b23620', '#982b18', '#7c2112'] as const),
]

/** Bronze, as the tally is. */
const bronze: MantineColorsTuple = [
  ...(['#faf5e9', '#f1e7d0', '#e3d0a4', '#d4b775', '#c8a350', '#bd9338'] as const),
  ...(['#a07a2a', '#7d5e1e', '#654b17', '#4d3910'] as const),
]

/** Patina: what bronze turns to, and the colour of what has been checked. */
const patina: MantineColorsTuple = [
  ...(['#ecf6f3', '#d5eae4', '#a9d5c9', '#7abfad', '#54ab95', '#3b9a82'] as const),
  ...(['#2b7f6a', '#1f6b58', '#165746', '#0d4335'] as const),
]

const gray: MantineColorsTuple = [
  ...(['#faf7f2', '#f3eee6', '#e8e1d6', '#d8cfc1', '#bdb2a2', '#968a7a'] as const),
  ...(['#746a5d', '#595146', '#3f3932', '#2a2520'] as const),
]

const dark: MantineColorsTuple = [
  ...(['#ece6dd', '#c9c0b4', '#a79d90', '#7b7268', '#4a433c', '#38322d'] as const),
  ...(['#2a2522', '#1f1b18', '#171412', '#100d0c'] as const),
]

// Each system's own face, then Chinese ones. `system-ui` comes last: on Linux it is whatever stands first, mostly without Chinese.
const systemFonts = [
  ...['-apple-system', 'BlinkMacSystemFont', '"Segoe UI"', 'Roboto', '"Helvetica Neue"', '"PingFang SC"', '"HarmonyOS Sans SC"', 'MiSans'],
  ...['"Hiragino Sans GB"', '"Microsoft YaHei"', '"Noto Sans CJK SC"', '"Noto Sans SC"', '"Source Han Sans SC"', 'system-ui', 'sans-serif'],
].join(', ')

export const theme = createTheme({
  primaryColor: 'cinnabar',
  primaryShade: { light: 7, dark: 6 },
  colors: { cinnabar, bronze, patina, gray, dark },
  black: '#241f1b',
  fontFamily: systemFonts,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontFamily: systemFonts,
    fontWeight: '650',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.25rem', lineHeight: '1.35' },
      h3: { fontSize: '1.0625rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '8px', md: '12px', lg: '18px', xl: '26px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // Fingers need 44 pixels.
    Button: { defaultProps: { size: 'md' }, styles: { root: { minHeight: '44px' } } },
    Input: { styles: { input: { minHeight: '44px' } } },
    SegmentedControl: { styles: { label: { minHeight: '40px', display: 'grid', placeItems: 'center' } } },
    TextInput: { defaultProps: { size: 'md' } },
    PasswordInput: { defaultProps: { size: 'md' } },
    Select: { defaultProps: { size: 'md' } },
    NativeSelect: { defaultProps: { size: 'md' } },
    FileInput: { defaultProps: { size: 'md' } },
    Checkbox: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md' } },
    Badge: { styles: { root: { textTransform: 'none' } } },
    InputWrapper: { styles: { label: { marginBottom: '0.25rem' }, description: { marginBottom: '0.25rem' } } },
  },
})

/** Where Mantine's own choice of shades is too pale on this paper, or too dark on this ink, for WCAG 2.2 (1.4.3: 4.5 to 1). */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#faf7f2',
    '--mantine-color-dimmed': '#655c50',
    '--mantine-color-placeholder': '#746a5d',
    '--mantine-color-anchor': '#982b18',
    '--mantine-color-error': '#982b18',
    '--mantine-color-default-border': '#d8cfc1',
    '--mantine-color-cinnabar-light-color': '#982b18',
    '--mantine-color-bronze-light-color': '#654b17',
    '--mantine-color-patina-light-color': '#165746',
  },
  dark: {
    '--mantine-color-body': '#171412',
    '--mantine-color-text': '#ece6dd',
    '--mantine-color-dimmed': '#b5aa9c',
    '--mantine-color-placeholder': '#978c7f',
    '--mantine-color-anchor': '#f1a596',
    '--mantine-color-error': '#f1a596',
    '--mantine-color-default': '#2a2522',
    '--mantine-color-default-border': '#4a433c',
    '--mantine-color-cinnabar-light-color': '#f1bcb1',
    '--mantine-color-cinnabar-outline': '#f1a596',
    '--mantine-color-bronze-light-color': '#e3d0a4',
    '--mantine-color-patina-light-color': '#a9d5c9',
  },
})
