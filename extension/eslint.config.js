import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** A folder imports from its own and from later ones only; the first four are independent programs. */
const LAYERS = [["background", "content", "hook", "pages"], ["messaging"], ["hosts"], ["tracking", "alerts"], ["server"], ["shared"]];

const layerRules = LAYERS.flatMap((layer, at) =>
  layer.map((folder) => {
    const others = [...LAYERS.slice(0, at).flat(), ...layer.filter((one) => one !== folder)];
    const forbidden = others.map((one) => `../**/${one}/**`);
    return {
      files: [`src/${folder}/**/*.ts`],
      rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message: "Imports point to lower layers." }] }] },
    };
  }),
);

/** Only the list of hosts and the entry points name a host. */
const hostRule = {
  files: ["src/**/*.ts"],
  ignores: ["src/hosts/**", "src/content/main.ts", "src/hook/main.ts"],
  rules: {
    "no-restricted-syntax": ["error", { selector: "ImportDeclaration[source.value=/hosts\\/gmail/]", message: "Use hosts/host.ts or hosts/sites.ts." }],
  },
};

export default defineConfig(
  { ignores: ["dist/", "node_modules/"] },
  eslint.configs.recommended,
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "max-lines": ["error", 300],
      "no-console": "error",
    },
  },
  ...layerRules,
  hostRule,
  {
    files: ["*.mjs", "*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly" } },
  },
);
