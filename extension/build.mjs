/** Bundles src/ into dist/, a folder that Chromium and Firefox load as it is. */
import { cp, mkdir, readdir, rm, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const fresh = join(here, `dist-${process.pid}`);

const shared = {
  bundle: true,
  minify: true,
  legalComments: "none",
  charset: "ascii",
  target: ["chrome121", "firefox140"],
  logLevel: "warning",
  outdir: fresh,
};

async function bundle() {
  await build({
    ...shared,
    format: "iife",
    entryPoints: { hook: join(here, "src/hook/main.ts"), content: join(here, "src/content/main.ts") },
  });
  await build({
    ...shared,
    format: "esm",
    entryPoints: {
      background: join(here, "src/background/main.ts"),
      options: join(here, "src/pages/options/options.ts"),
      popup: join(here, "src/pages/popup/popup.ts"),
    },
  });
}

async function copyRest() {
  await cp(join(here, "manifest.json"), join(fresh, "manifest.json"));
  await cp(join(here, "icons"), join(fresh, "icons"), {
    recursive: true,
    filter: (path) => !path.endsWith(".svg") && !path.endsWith(".py"),
  });
  for (const page of ["options", "popup"])
    for (const type of ["html", "css"])
      await cp(join(here, `src/pages/${page}/${page}.${type}`), join(fresh, `${page}.${type}`));
  await cp(join(here, "src/pages/page.css"), join(fresh, "page.css"));
}

/** The folder is replaced in one step, so that a browser never loads half of it. */
async function replace() {
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
}

await mkdir(fresh, { recursive: true });
try {
  await bundle();
  await copyRest();
  await replace();
  console.log(`built ${(await readdir(dist)).length} entries in dist/`);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
