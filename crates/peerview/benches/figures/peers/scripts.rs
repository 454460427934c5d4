//! The scripts that run in the browser's pages. Each ends with its result, in milliseconds of the page's own
//! clock.

pub(super) use crate::first_picture::FIRST_PICTURE;

/// A call by WHEP from an open page to the first decoded picture. Argument: the address.
pub(super) const WHEP_CALL: &str = "
const [url, done] = arguments;
const started = performance.now();
const video = document.body.appendChild(document.createElement('video'));
video.muted = video.autoplay = video.playsInline = true;
const pc = new RTCPeerConnection();
video.requestVideoFrameCallback(() => {
  const time = performance.now() - started;
  pc.close();
  video.remove();
  done(time);
});
pc.addTransceiver('video', { direction: 'recvonly' });
pc.ontrack = ({ track }) => { video.srcObject = new MediaStream([track]); };
(async () => {
  await pc.setLocalDescription(await pc.createOffer());
  while (pc.iceGatheringState !== 'complete') await new Promise((next) => setTimeout(next, 5));
  const headers = { 'Content-Type': 'application/sdp' };
  const answer = await fetch(url, { method: 'POST', headers, body: pc.localDescription.sdp });
  if (!answer.ok) throw new Error('status ' + answer.status);
  await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
})().catch((error) => done(String(error)));";

/// A call by Peerview's own modules from an open page to the first decoded picture. Argument: the serial number.
pub(super) const OUR_CALL: &str = "
const [serial, done] = arguments;
(async () => {
  const script = document.querySelector('script[src*=\"/js/\"]').src;
  const js = script.slice(0, script.indexOf('/js/') + 4);
  const { socket } = await import(js + 'cloud_socket.js');
  const { Call } = await import(js + 'lib/call.js');
  const { browserClock } = await import(js + 'lib/clock.js');
  while (!socket.isOpen) await new Promise((next) => setTimeout(next, 5));
  const started = performance.now();
  const video = document.body.appendChild(document.createElement('video'));
  video.muted = video.autoplay = video.playsInline = true;
  const call = new Call({
    socket, serial, nSlots: 1, policy: 'all', decoders: Promise.resolve([]), clock: browserClock,
    makePeer: (config) => new RTCPeerConnection(config),
    events: {
      onState: () => {}, onAudio: () => {}, onPiece: () => {}, onSlot: () => {}, onCameras: () => {},
      onVideo: (slot, track) => { video.srcObject = new MediaStream([track]); },
    },
  });
  video.requestVideoFrameCallback(() => {
    const time = performance.now() - started;
    call.end();
    video.remove();
    done(time);
  });
  call.watch([{ slot: 0, camera: '1', stream: 'main' }]);
})().catch((error) => done(String(error)));";

/// How old the pictures are that come on the screen: each shows the milliseconds since 1970 of its making in
/// 3 rows of 16 squares, the highest bit first. The first ones, from the group of pictures kept by the server,
/// are left out. Argument: how many pictures.
pub(super) const AGES: &str = "
const [wanted, done] = arguments;
const LEFT_OUT = 75;
function* everything(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}
const canvas = new OffscreenCanvas(640, 360);
const context = canvas.getContext('2d', { willReadFrequently: true });
const madeAt = (video) => {
  context.drawImage(video, 0, 0, 640, 360);
  const { data } = context.getImageData(0, 0, 640, 120);
  let time = 0;
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 16; column++)
      time = time * 2 + (data[4 * ((row * 40 + 20) * 640 + column * 40 + 20) + 1] > 127 ? 1 : 0);
  return time;
};
const ages = [];
let seen = 0;
const read = (video) => {
  const now = performance.timeOrigin + performance.now();
  if (++seen > LEFT_OUT) ages.push(now - madeAt(video));
  if (ages.length >= wanted) done(ages);
  else video.requestVideoFrameCallback(() => read(video));
};
const look = () => {
  const video = [...everything(document)].find((element) => element.matches('video') && element.videoWidth > 0);
  if (video) video.requestVideoFrameCallback(() => read(video));
  else setTimeout(look, 20);
};
look();";
