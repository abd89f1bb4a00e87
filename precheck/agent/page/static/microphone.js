// The microphone's level, and whether there was a voice.

import { whyNot } from "/browser.js";

const LOOK = 100;
// Effective value from 0 to 1: a quiet room stays below, a voice at arm's length does not.
const LOUD = 0.02;
// Looks: half a second of sound in all, and twelve seconds without.
const HEARD_LOOKS = 5;
const SILENT_LOOKS = 120;

export class Microphone {
  constructor(changed, report) {
    this.changed = changed;
    this.report = report;
    this.gauge = Object.assign(document.createElement("meter"), { max: 1, className: "level-meter" });
    this.phase = "off";
    this.reset();
  }

  reset() {
    Object.assign(this, { stream: null, heard: false, silent: false, loudLooks: 0, looks: 0 });
  }

  tracks() {
    return this.stream?.getAudioTracks() ?? [];
  }

  // The level as an element, called `name`.
  meter(name) {
    this.gauge.setAttribute("aria-label", name);
    return this.gauge;
  }

  // Gives the outcome to report where it did not start.
  async start() {
    this.stop();
    const attempt = (this.attempt = {});
    const givenUp = () => this.attempt !== attempt;
    this.become("asking");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      if (givenUp()) {
        stream.getTracks().forEach((track) => track.stop());
        return null;
      }
      this.stream = stream;
      stream.getAudioTracks()[0].onended = () => this.stop();
      this.context = new AudioContext();
      await this.context.resume();
      if (givenUp()) return null;
      const analyser = Object.assign(this.context.createAnalyser(), { fftSize: 2048 });
      this.context.createMediaStreamSource(stream).connect(analyser);
      const wave = new Float32Array(analyser.fftSize);
      this.looking = setInterval(() => {
        analyser.getFloatTimeDomainData(wave);
        this.look(Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length));
      }, LOOK);
      this.become("live");
      return null;
    } catch (error) {
      if (givenUp()) return null;
      const { phase, outcome } = whyNot(error);
      this.stop();
      this.become(phase);
      return outcome;
    }
  }

  look(level) {
    this.gauge.value = Math.min(1, level * 5);
    this.looks += 1;
    if (level >= LOUD) this.loudLooks += 1;
    if (!this.heard && this.loudLooks >= HEARD_LOOKS) {
      this.heard = true;
      this.report("heard");
    } else if (!this.heard && !this.silent && this.looks >= SILENT_LOOKS) {
      this.silent = true;
      this.report("silent");
    }
  }

  stop() {
    clearInterval(this.looking);
    this.attempt = null;
    this.tracks().forEach((track) => track.stop());
    this.context?.close();
    this.context = null;
    this.reset();
    if (this.phase !== "off") this.become("off");
  }

  become(phase) {
    this.phase = phase;
    this.changed();
  }
}
