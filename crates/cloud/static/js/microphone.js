// The microphone of this device. The browser asks the person before the first time.

/** Opens it for somebody who talks to a loudspeaker that this page may hear. */
export async function openMicrophone() {
  // Browsers hide it from pages that came unencrypted.
  if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error(), { name: "InsecureContextError" });
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  return /** @type {MediaStreamTrack} */ (stream.getAudioTracks()[0]);
}
