// Which sound a browser is asked to make, and what comes of an encoder that fails.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SoundEncoder, soundFormat } from "./sound_encoder.js";

/** A browser that makes these codecs, with at least so many bits per second. @param {Record<string, number>} least */
function browser(least) {
  /** @type {any} */
  const made = { encoders: [], samples: 0 };
  class AudioEncoder {
    /** @param {any} init */
    constructor(init) {
      Object.assign(this, init);
      made.encoders.push(this);
    }
    /** @param {{codec: string, bitrate: number}} config */
    static async isConfigSupported({ codec, bitrate }) {
      if (!(codec in least)) throw new TypeError(codec);
      return { supported: bitrate >= Number(least[codec]) };
    }
    configure() {}
    encode() {
      if (made.isShut) throw new DOMException("closed", "InvalidStateError");
    }
    async flush() {}
    close() {}
  }
  class AudioData {
    /** @param {{numberOfFrames: number, timestamp: number}} init */
    constructor({ numberOfFrames, timestamp }) {
      made.samples += numberOfFrames;
      made.timestamp = timestamp;
    }
    close() {}
  }
  Object.assign(globalThis, { AudioEncoder, AudioData });
  return made;
}

test("sound is AAC where a browser makes that", async () => {
  assert.equal(await soundFormat(), undefined);

  browser({ "mp4a.40.2": 24_000, opus: 6_000 });
  assert.deepEqual([await soundFormat()].map((it) => [it?.codec, it?.bitrate]), [["mp4a.40.2", 32_000]]);
  browser({ "mp4a.40.2": 96_000, opus: 6_000 });
  assert.deepEqual([await soundFormat()].map((it) => [it?.codec, it?.bitrate]), [["mp4a.40.2", 96_000]]);
  browser({ opus: 6_000 });
  assert.equal((await soundFormat())?.codec, "opus");
  browser({});
  assert.equal(await soundFormat(), undefined);
});

test("an encoder gets 48 kHz and says when it is broken", async () => {
  const made = browser({ opus: 6_000 });
  const encoder = new SoundEncoder({ codec: "opus", bitrate: 24_000, sampleRate: 48_000, numberOfChannels: 1 });

  encoder.add(new Float32Array(160), 0.5);
  assert.deepEqual([made.samples, made.timestamp, encoder.isBroken], [960, 500_000, false]);
  const chunk = { byteLength: 3, timestamp: -6_500, duration: 20_000, copyTo: (/** @type {Uint8Array} */ to) => to.fill(7) };
  made.encoders[0].output(chunk, { decoderConfig: {} });
  assert.deepEqual(encoder.taken(), [{ data: Uint8Array.of(7, 7, 7), seconds: 0, duration: 0.02, meta: { decoderConfig: {} } }]);
  assert.deepEqual(encoder.taken(), []);

  made.isShut = true;
  encoder.add(new Float32Array(160), 0.52);
  assert.equal(encoder.isBroken, true);
  encoder.add(new Float32Array(160), 0.54);
  await encoder.end();
  assert.equal(made.samples, 1_920);
});
