// Which names files get, whatever a camera is called.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cleanName, fileName, stamp } from "./file_name.js";

test("a file is named after its camera and the local time", () => {
  const at = new Date(2026, 10, 8, 6, 4, 2);

  assert.equal(stamp(at), "2026-11-08 06.04.02");
  assert.equal(fileName("Front door", at, "jpg", "Camera"), "Front door 2026-11-08 06.04.02.jpg");
});

test("a name has no letter that a file system refuses", () => {
  for (const [camera, name] of /** @type {const} */ ([
    ["Yard / gate", "Yard gate"],
    ["../../etc/passwd", "etc passwd"],
    ["C:\\Windows", "C Windows"],
    ['a<b>c:d"e|f?g*h', "a b c d e f g h"],
    ["Line\nend\u0000", "Line end"],
    [".hidden.", "hidden"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["Console", "Console"],
    ["\u202ephoto\u202cgpj.exe", "photo gpj.exe"],
    ["מצלמה 1", "מצלמה 1"],
    ["\ud800lost", "lost"],
    ["  ", "Camera"],
    ["///", "Camera"],
  ])) {
    assert.equal(cleanName(camera, "Camera"), name, camera);
  }
});

test("a long name is cut between two letters", () => {
  const plain = cleanName("x".repeat(200), "Camera");
  const emoji = cleanName("👨‍👩‍👧".repeat(50), "Camera");

  assert.equal(plain.length, 160);
  assert.ok(new TextEncoder().encode(emoji).length <= 160);
  assert.match(emoji, /^(👨‍👩‍👧)+$/u);
});
