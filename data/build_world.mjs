// Write world_110m.json: the outline of the world's countries that maps draw without a network.
//
//   npm pack plotly.js@4.1.1 && tar xzf plotly.js-4.1.1.tgz
//   node data/build_world.mjs package/dist/plotly-geo-assets.js data/world_110m.json
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { writeFileSync } from "node:fs";

const [assets, target] = process.argv.slice(2);
// The bundle names itself window.Plotly, as in a browser.
globalThis.window = globalThis;
createRequire(import.meta.url)(resolve(assets));
writeFileSync(target, JSON.stringify(window.Plotly.topojson.world_110m) + "\n");
