// The camera's picture, and whether there is anything in it.

import { whyNot } from "/browser.js";

const LOOK = 250;
const FIRST_PICTURE = 6000;
const [WIDE, HIGH] = [32, 24];
// Of 255: a covered lens stays below both, a dim room does not.
const [DARK_MEAN, DARK_SPREAD] = [20, 12];
// Looks in a row, as many as make three seconds: a camera needs a moment to adjust.
const DARK_LOOKS = 12;

export class Camera {
  constructor(changed) {
    this.changed = changed;
    this.video = document.createElement("video");
    Object.assign(this.video, { muted: true, playsInline: true, autoplay: true, className: "preview" });
    this.canvas = Object.assign(document.createElement("canvas"), { width: WIDE, height: HIGH });
    this.phase = "off";
    this.reset();
  }

  reset() {
    Object.assign(this, { stream: null, devices: [], deviceId: null, advice: null });
    Object.assign(this, { dark: false, darkLooks: 0, frames: 0 });
  }

  tracks() {
    return this.stream?.getVideoTracks() ?? [];
  }

  // Starts, or goes on with another camera. Gives the outcome to report where it did not start.
  async start(deviceId) {
    this.stop();
    const attempt = (this.attempt = {});
    const givenUp = () => this.attempt !== attempt;
    this.become("asking");
    try {
      const video = deviceId ? { deviceId: { exact: deviceId } } : true;
      const stream = await navigator.mediaDevices.getUserMedia({ video });
      if (givenUp()) {
        stream.getTracks().forEach((track) => track.stop());
        return null;
      }
      this.stream = stream;
      const [track] = stream.getVideoTracks();
      track.onended = () => this.stop();
      this.deviceId = track.getSettings().deviceId;
      const devices = await navigator.mediaDevices.enumerateDevices();
      if (givenUp()) return null;
      this.devices = devices.filter(({ kind }) => kind === "videoinput");
      this.video.srcObject = stream;
      this.become("live");
      await this.firstPicture(givenUp);
      if (givenUp()) return null;
      this.looking = setInterval(() => this.look(), LOOK);
      return null;
    } catch (error) {
      if (givenUp()) return null;
      const { phase, outcome } = whyNot(error);
      this.stop();
      this.become(phase);
      return outcome;
    }
  }

  async firstPicture(givenUp) {
    await this.video.play();
    const ends = Date.now() + FIRST_PICTURE;
    while (this.video.videoWidth === 0 && !givenUp()) {
      if (Date.now() > ends) throw new Error("no picture");
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  look() {
    const drawing = this.canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(this.video, 0, 0, WIDE, HIGH);
    const points = drawing.getImageData(0, 0, WIDE, HIGH).data;
    this.frames += 1;
    this.darkLooks = isDark(points) ? this.darkLooks + 1 : 0;
    const dark = this.darkLooks >= DARK_LOOKS;
    if (dark !== this.dark) {
      this.dark = dark;
      this.changed();
    }
  }

  advise() {
    this.advice = "page_camera_advice";
    this.changed();
  }

  stop() {
    clearInterval(this.looking);
    this.attempt = null;
    this.tracks().forEach((track) => track.stop());
    this.video.srcObject = null;
    this.reset();
    if (this.phase !== "off") this.become("off");
  }

  become(phase) {
    this.phase = phase;
    this.changed();
  }
}

function isDark(points) {
  const light = [];
  for (let at = 0; at < points.length; at += 4) {
    light.push(0.299 * points[at] + 0.587 * points[at + 1] + 0.114 * points[at + 2]);
  }
  const mean = light.reduce((sum, value) => sum + value, 0) / light.length;
  const spread = Math.sqrt(light.reduce((sum, value) => sum + (value - mean) ** 2, 0) / light.length);
  return mean < DARK_MEAN && spread < DARK_SPREAD;
}
