// What build/words.ts makes.
declare module 'virtual:words/*' {
  const sentences: import('./i18n/catalogue.ts').Tree;
  export default sentences;
}
