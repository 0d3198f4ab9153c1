import js from '@eslint/js'
import access from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/* Data is text: nothing of it becomes markup, code or an address. */
const FORBIDDEN = [
  { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'data is text only' },
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]', message: 'data is text only' },
  { selector: 'NewExpression[callee.name="Function"]', message: 'no code from text' },
  { selector: 'CallExpression[callee.name="eval"]', message: 'no code from text' },
]

export default tseslint.config(
  { ignores: ['dist', 'src/generated', 'public'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  access.flatConfigs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      // What scrolls must be reached by the keyboard.
      'jsx-a11y/no-noninteractive-tabindex': ['error', { tags: [], roles: ['region', 'tabpanel', 'application'] }],
      'no-restricted-syntax': ['error', ...FORBIDDEN],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked, languageOptions: { globals: { process: 'readonly', URL: 'readonly' } } },
)
