// What recordings need of mediabunny: an MP4 writer, and how it reads the headers of H.264 and H.265.

export {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
} from "mediabunny";
export {
  iterateNalUnitsInAnnexB,
  parseAvcSps,
  parseHevcSps,
} from "./node_modules/mediabunny/dist/modules/src/codec-data.js";
