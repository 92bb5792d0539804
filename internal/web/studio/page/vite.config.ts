import { defineConfig } from 'vite'

// The names of the built files have no hash, so that a change of the pages is a change of the same files. The server puts the
// hash into their folder's path.
export default defineConfig({
  base: './',
  publicDir: 'public',
  build: {
    outDir: '../built',
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: 'src/main.tsx',
      output: { entryFileNames: 'studio.js', chunkFileNames: '[name].js', assetFileNames: 'studio[extname]' },
    },
  },
})
