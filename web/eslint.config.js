import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const LITERAL_COLOUR = "Colours, spacing and type come from src/design/tokens.css.";

export default ts.config(
  { ignores: ["dist", "node_modules", "src/generated", "src/protocol.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 70, skipComments: true }],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
    },
  },
  {
    files: ["src/**/*.svelte", "src/**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"] } },
  },
  {
    files: ["src/**/*.svelte"],
    rules: {
      // A component stays small enough to be read at once.
      "max-lines": ["error", { max: 150 }],
      "max-lines-per-function": "off",
      "svelte/button-has-type": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "SvelteStyleElement > *[value=/#[0-9a-fA-F]{3,8}\\b/]", message: LITERAL_COLOUR },
        { selector: "SvelteElement > SvelteText[value=/[\\p{L}]{2,}/u]", message: "Text comes from the message catalogues." },
      ],
    },
  },
  { files: ["**/*.test.ts"], rules: { "max-lines-per-function": "off" } },
  {
    files: ["scripts/**", "*.config.*"],
    languageOptions: { globals: { ...globals.node } },
    rules: { "no-console": "off", "@typescript-eslint/explicit-module-boundary-types": "off" },
  },
);
