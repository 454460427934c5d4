// What is on the screen, as calls: one call per recorder shown, one slot per camera shown. Tells the
// screen about each camera in turn; knows no element.

import { Pictures } from "./pictures.js";
import { assignSlots } from "./slots.js";

/** @import {Call} from "./call.js" */
/** @import {CallEvents} from "./call_options.js" */
/** @import {Slot} from "./control.js" */
/** @import {TileState} from "./words.js" */
/** @import {Room, ScreenEvents, Shown} from "./watching_types.js" */

export class Watching {
  #makeCall;
  #screen;
  #slotsOf;
  /** @type {Map<string, Room>} */
  #rooms = new Map();

  /**
   * @param {(serial: string, events: CallEvents) => Call} makeCall
   * @param {ScreenEvents} screen
   * @param {(serial: string) => number} slotsOf How many slots a call to this recorder has.
   */
  constructor(makeCall, screen, slotsOf) {
    this.#slotsOf = slotsOf;
    this.#makeCall = makeCall;
    this.#screen = screen;
  }

  /** Replaces what is on the screen. @param {Shown[]} shown */
  show(shown) {
    const bySerial = groupBySerial(shown);
    for (const [serial, room] of this.#rooms) {
      if (bySerial.has(serial)) continue;
      room.call.end();
      this.#rooms.delete(serial);
    }
    for (const [serial, cameras] of bySerial) this.#showRoom(serial, cameras);
  }

  /** @param {string} serial @param {string} camera */
  again(serial, camera) {
    const room = this.#rooms.get(serial);
    const slot = [...(room?.slots ?? [])].find(([, shown]) => shown === camera)?.[0];
    if (!room || slot === undefined || room.isRemoved) return;
    if (room.trouble) room.told.clear();
    else room.told.delete(slot);
    room.trouble = undefined;
    this.#tell(serial, room);
    room.call.again(slot);
  }

  /** A recorder is no longer in this account. @param {string} serial */
  removed(serial) {
    const room = this.#rooms.get(serial);
    if (!room) return;
    room.isRemoved = true;
    room.call.end();
  }

  /** Whose sound is heard; at most one camera. @param {string | null} serial @param {string | null} camera */
  listen(serial, camera) {
    for (const [other, room] of this.#rooms) room.call.listen(other === serial ? camera : null);
  }

  /** What the recorder's end said last about a camera on the screen, and what of it came over a data channel. @param {string} serial @param {string} camera */
  told(serial, camera) {
    const room = this.#rooms.get(serial);
    const slot = [...(room?.slots ?? [])].find(([, shown]) => shown === camera)?.[0] ?? -1;
    const told = room?.told.get(slot);
    return { slot: told?.camera === camera ? told : undefined, counts: room?.pictures.get(slot)?.counts };
  }

  /** The connection to a recorder, while its call is up. @param {string} serial */
  peer(serial) {
    return this.#rooms.get(serial)?.call.peer;
  }

  /** Whether nothing comes from a recorder any more. @param {string} serial */
  isSilent(serial) {
    return this.#rooms.get(serial)?.call.isSilent ?? false;
  }

  /** Tells the path of every camera shown. */
  async measure() {
    for (const [serial, { call, slots }] of [...this.#rooms]) {
      const path = await call.peer?.path();
      for (const camera of slots.values()) this.#screen.onPath(serial, camera, path);
    }
  }

  /** The network may have changed. */
  suspect() {
    for (const { call } of this.#rooms.values()) call.suspect();
  }

  end() {
    this.show([]);
  }

  /** @param {string} serial @param {Shown[]} cameras */
  #showRoom(serial, cameras) {
    const room = this.#rooms.get(serial) ?? this.#open(serial);
    const before = room.slots;
    room.slots = assignSlots(before, cameras.map(({ camera }) => camera), this.#slotsOf(serial));
    const streams = new Map(cameras.map(({ camera, stream }) => [camera, stream]));
    if (!room.isRemoved) room.call.watch([...room.slots].map(([slot, camera]) => ({ slot, camera, stream: streams.get(camera) ?? "sub" })));
    for (const [slot, camera] of room.slots) {
      if (before.get(slot) === camera) continue;
      this.#screen.onState(serial, camera, stateOf(room));
      room.pictures.get(slot)?.forget();
      const track = room.tracks.get(slot);
      if (track) this.#screen.onVideo(serial, camera, track, true);
    }
  }

  /** @param {string} serial */
  #open(serial) {
    /** @type {Omit<Room, "call">} */
    const room = { slots: new Map(), tracks: new Map(), pictures: new Map(), told: new Map(), trouble: undefined, isRemoved: false };
    const call = this.#makeCall(serial, {
      onState: (state, trouble) => {
        if (state === "up") room.trouble = undefined;
        // A try that runs by itself leaves the words of the last one where they are.
        else if (state === "away") room.trouble = trouble;
        else if (state === "connecting") {
          room.tracks.clear();
          room.pictures.clear();
          room.told.clear();
        }
        this.#tell(serial, room);
      },
      onLeaving: () => {
        for (const camera of room.slots.values()) this.#screen.onLeaving(serial, camera);
      },
      onVideo: (slot, track) => {
        room.tracks.set(slot, track);
        const camera = room.slots.get(slot);
        if (camera !== undefined) this.#screen.onVideo(serial, camera, track, false);
      },
      onPiece: (slot, message) => this.#piece(serial, room, slot, message),
      onAudio: (track) => this.#screen.onAudio(serial, track),
      onSlot: (slot) => this.#slotChanged(serial, room, slot),
      onCameras: () => {},
    });
    const whole = Object.assign(room, { call });
    this.#rooms.set(serial, whole);
    return whole;
  }

  /** @param {string} serial @param {Omit<Room, "call">} room @param {number} slot @param {unknown} message */
  #piece(serial, room, slot, message) {
    if (!room.slots.has(slot)) return;
    let pictures = room.pictures.get(slot);
    if (!pictures) {
      pictures = new Pictures((picture) => {
        const camera = room.slots.get(slot);
        if (camera !== undefined) this.#screen.onPicture(serial, camera, picture);
      });
      room.pictures.set(slot, pictures);
    }
    pictures.receive(message);
  }

  /** @param {string} serial @param {Omit<Room, "call">} room @param {Slot} told */
  #slotChanged(serial, room, told) {
    const { slot, camera, codec, reason } = told;
    const state = told.state === "unplayable" && codec === "H264" ? "no-h264" : told.state;
    if (room.slots.get(slot) !== camera) return;
    room.told.set(slot, told);
    this.#screen.onState(serial, camera, state, reason);
    this.#screen.onTold(serial, camera);
  }

  /** @param {string} serial @param {Omit<Room, "call">} room */
  #tell(serial, room) {
    const state = stateOf(room);
    for (const [slot, camera] of room.slots) {
      // The control channel may open before the browser reports the call up: what it has told is newer.
      const isTold = room.told.get(slot)?.camera === camera;
      if (state !== "waiting" || !isTold) this.#screen.onState(serial, camera, state);
    }
  }
}

/** What all cameras of a recorder have in common. @param {Omit<Room, "call">} room @returns {TileState} */
function stateOf(room) {
  return room.isRemoved ? "removed" : (room.trouble ?? "waiting");
}

/** @param {Shown[]} shown */
function groupBySerial(shown) {
  /** @type {Map<string, Shown[]>} */
  const groups = new Map();
  for (const one of shown) groups.set(one.serial, [...(groups.get(one.serial) ?? []), one]);
  return groups;
}
