/// <reference types="vite-plugin-pwa/vanillajs" />

/** Version of the wallet's package, put in by the build. */
declare const __WALLET_VERSION__: string
