// What decoding takes: node tools/libde265/measure.js STREAM.h265 [pictures per second]
// Prints CPU time per picture, colours included, as a share of one core. Make a stream with
//   ffmpeg -f lavfi -i testsrc2=size=640x360:rate=15 -t 40 -vf noise=alls=6:allf=t -pix_fmt yuv420p \
//     -c:v libx265 -x265-params bitrate=400:bframes=0:keyint=30:repeat-headers=1 STREAM.h265

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { DECODER, SoftwareDecoder } from "../../crates/cloud/static/js/lib/libde265.js";

const [path, rate = "15"] = process.argv.slice(2);
if (!path) throw new Error("which stream?");
const file = readFileSync(new URL(`../../crates/cloud/static/vendor/${DECODER.file}`, import.meta.url));
const decoder = await SoftwareDecoder.load(file);
const units = accessUnits(readFileSync(path));
// The compiler of the browser is warm after that.
const nWarm = Math.floor(units.length / 4);
const hash = createHash("sha256");
let nPictures = 0;
let before = process.cpuUsage();
for (const [i, unit] of units.entries()) {
  if (i === nWarm) before = process.cpuUsage();
  const { picture } = decoder.decode(unit);
  if (!picture) continue;
  nPictures += 1;
  if (process.env.HASH) hash.update(picture.data);
}
const { user, system } = process.cpuUsage(before);
const msPerPicture = (user + system) / 1000 / (units.length - nWarm);
console.log(`${nPictures} pictures of ${units.length} access units`);
console.log(`${msPerPicture.toFixed(2)} ms CPU per picture`);
console.log(`${((msPerPicture * Number(rate)) / 10).toFixed(1)} % of a core at ${rate} pictures/s`);
if (process.env.HASH) console.log(hash.digest("hex"));

/** An access unit begins with parameter sets, a delimiter, an SEI, or the first slice. @param {Buffer} stream */
function accessUnits(stream) {
  const found = [];
  let [from, hasSlice] = [0, false];
  for (let at = 0; at + 5 < stream.length; at++) {
    if (stream[at] !== 0 || stream[at + 1] !== 0 || stream[at + 2] !== 1) continue;
    const type = (Number(stream[at + 3]) >> 1) & 63;
    const isSlice = type < 32;
    const begins = isSlice ? (Number(stream[at + 5]) & 128) !== 0 : type <= 35 || type === 39;
    if (begins && hasSlice) {
      found.push(stream.subarray(from, at));
      [from, hasSlice] = [at, false];
    }
    hasSlice ||= isSlice;
    at += 2;
  }
  found.push(stream.subarray(from));
  return found;
}
