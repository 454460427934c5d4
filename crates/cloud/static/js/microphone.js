// The microphone of this device. The browser asks the person before the first time.

/** Opens it for somebody who talks to a loudspeaker that this page may hear. */
export async function openMicrophone() {
  // Browsers hide it from pages that came unencrypted.
  if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error(), { name: "InsecureContextError" });
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  return /** @type {MediaStreamTrack} */ (stream.getAudioTracks()[0]);
}

/**
 * Tells ten times a second how loud it is, from 0 to 1, until the returned function is called, once or more often.
 * @param {MediaStreamTrack} track @param {(level: number) => void} onLevel
 */
export function watchLevel(track, onLevel) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    // Ears hear differences of loudness as its root or less.
    onLevel(Math.min(1, Math.sqrt(loudest)));
  }, 100);
  return () => {
    clearInterval(timer);
    if (context.state !== "closed") void context.close();
  };
}
