// Three things are held here: the usual rules, who may import whom, and that every visible word
// comes from the catalogue.
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/**
 * routes -> state, ui, player, i18n; state -> player, api; player -> i18n, and the words of api: types alone; ui -> ui, i18n;
 * api -> nothing of ours.
 */
const arrows = {
  api: ['state', 'ui', 'routes', 'player', 'i18n'],
  state: ['ui', 'routes', 'i18n'],
  ui: ['api', 'state', 'routes', 'player'],
  player: ['api', 'state', 'ui', 'routes'],
  i18n: ['api', 'state', 'ui', 'routes', 'player'],
  routes: ['api'],
};

const walls = Object.entries(arrows).map(([room, closed]) => ({
  files: [`src/${room}/**`],
  ignores: ['**/*.test.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: closed.map((other) => ({
          regex: `^(\\.\\./)+${other}(/|$)`,
          message: `${room} may not import from ${other}: see "Arrows" in the house rules.`,
          allowTypeImports: room === 'player' && other === 'api',
        })),
      },
    ],
  },
}));

const words = {
  files: ['src/**/*.svelte'],
  rules: {
    'no-restricted-syntax': [
      'error',
      {
        selector: ':not(SvelteStyleElement, SvelteScriptElement) > SvelteText[value=/\\p{L}{2,}/u]',
        message: 'A visible word: take it from the catalogue with t().',
      },
      {
        selector:
          'SvelteAttribute[key.name=/^(aria-label|aria-description|title|alt|placeholder|label|text|hint)$/] > SvelteLiteral[value=/\\p{L}/u]',
        message: 'A visible word: take it from the catalogue with t().',
      },
    ],
  },
};

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/api/schema.d.ts'] },
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // svelte-check says what is not needed; this rule does not see all that it warns about.
      'svelte/no-unused-svelte-ignore': 'off',
      // Addresses of this app are plain; there is no SvelteKit to resolve them.
      'svelte/no-navigation-without-resolve': 'off',
      // Collections here are private and not shown.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  ...walls,
  words,
);
