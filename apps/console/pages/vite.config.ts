import react from '@vitejs/plugin-react'

// The server that gives the pages out says what they may do (its Content-Security-Policy); there is no script in the page itself.
export default {
  base: './',
  plugins: [react()],
  build: {
    target: 'es2024',
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    // A small file as a data: address would be a font or picture that the policy has to let in.
    assetsInlineLimit: 0,
  },
}
