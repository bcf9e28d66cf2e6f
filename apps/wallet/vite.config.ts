import react from '@vitejs/plugin-react'
import { VitePWA } from 'vite-plugin-pwa'
import description from './package.json' with { type: 'json' }

/**
 * What the wallet's page may do: run its own scripts and the prover's WebAssembly, talk to nodes and institutions (whose addresses are not known beforehand),
 * and show the camera's picture. No script from elsewhere, no frame, no form.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  'connect-src https: http: data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** Puts the policy into the built page; the development server needs scripts within the page. */
function contentSecurityPolicy() {
  return {
    name: 'content-security-policy',
    apply: 'build' as const,
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' as const },
    ],
  }
}

// `network.json` and `circuits/` are put beside what is built here by whoever serves it: they are the network's, not the program's.
export default {
  base: './',
  define: { __WALLET_VERSION__: JSON.stringify(description.version) },
  plugins: [
    react(),
    contentSecurityPolicy(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      includeAssets: ['icon.svg', 'icon-180.png'],
      manifest: {
        id: 'hufu-wallet',
        name: '虎符钱包 Hufu Wallet',
        short_name: '虎符钱包',
        description: '您的凭证只在您的设备上。 Your credentials, on your device alone.',
        lang: 'zh-CN',
        display: 'standalone',
        background_color: '#faf7f2',
        theme_color: '#7c2112',
        start_url: './#/',
        scope: './',
        icons: [
          { src: './icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: './icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: './icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        // The program alone. What the core keeps of the network (circuits, headers) it keeps itself; nothing personal is ever in a cache of the service worker.
        globPatterns: ['**/*.{js,css,html,svg,png,wasm,woff2}'],
        globIgnores: ['circuits/**', 'network.json'],
        maximumFileSizeToCacheInBytes: 6_000_000,
        navigateFallback: 'index.html',
        cleanupOutdatedCaches: true,
        runtimeCaching: [
          {
            urlPattern: ({ url, sameOrigin }: { url: URL; sameOrigin: boolean }) => sameOrigin && url.pathname.endsWith('/network.json'),
            handler: 'NetworkFirst',
            options: { cacheName: 'network-file', networkTimeoutSeconds: 4 },
          },
        ],
      },
    }),
  ],
  worker: { format: 'es' as const },
  build: {
    target: 'es2024',
    sourcemap: false,
    rolldownOptions: {
      // The wallet keeps no W3C credentials: what signs and canonicalises these comes along with the package only if it is said to do nothing on import.
      treeshake: {
        moduleSideEffects: [
          { test: /node_modules\/(@digitalbazaar|jsonld|jsonld-signatures|rdf-canonize|ajv|yallist|lru-cache)\//, sideEffects: false },
        ],
      },
    },
  },
}
