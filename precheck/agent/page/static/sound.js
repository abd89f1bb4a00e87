// A tone from the speaker, and a recording of a few seconds to see and hear oneself by.

const SECONDS = 5;
const NOTES = [523.25, 659.25, 783.99];
const NOTE_SECONDS = 0.45;
const SOFT = 0.2;

// Plays three notes; says whether the browser could.
export async function playTone() {
  try {
    const context = new AudioContext();
    await context.resume();
    const gain = context.createGain();
    gain.gain.value = SOFT;
    gain.connect(context.destination);
    NOTES.forEach((frequency, index) => {
      const note = context.createOscillator();
      note.frequency.value = frequency;
      note.connect(gain);
      note.start(context.currentTime + index * NOTE_SECONDS);
      note.stop(context.currentTime + (index + 1) * NOTE_SECONDS);
      if (index === NOTES.length - 1) note.onended = () => context.close();
    });
    return true;
  } catch {
    return false;
  }
}

export class Recorder {
  static possible = typeof MediaRecorder === "function";

  constructor(changed) {
    this.changed = changed;
    this.left = 0;
    this.trouble = false;
    this.player = null;
    this.recording = null;
  }

  // Records from `tracks`, or from camera and microphone where none runs.
  async record(tracks) {
    this.forget();
    const attempt = (this.attempt = {});
    this.left = SECONDS;
    this.changed();
    let own = [];
    try {
      if (tracks.length === 0) {
        own = (await navigator.mediaDevices.getUserMedia({ audio: true, video: true })).getTracks();
      }
      if (this.attempt !== attempt) return;
      const pieces = await this.pieces(new MediaStream([...tracks, ...own]));
      if (pieces !== null) this.show(new Blob(pieces, { type: pieces[0]?.type }));
    } catch {
      this.trouble = this.attempt === attempt;
    } finally {
      own.forEach((track) => track.stop());
      if (this.attempt === attempt || this.attempt === null) this.left = 0;
      this.changed();
    }
  }

  // What was recorded, or null where it is not wanted any more.
  pieces(stream) {
    const recorder = new MediaRecorder(stream);
    const pieces = [];
    this.recording = recorder;
    return new Promise((resolve, reject) => {
      recorder.ondataavailable = ({ data }) => pieces.push(data);
      recorder.onerror = reject;
      const ticking = setInterval(() => {
        this.left -= 1;
        if (this.left <= 0 && recorder.state === "recording") recorder.stop();
        this.changed();
      }, 1000);
      recorder.onstop = () => {
        clearInterval(ticking);
        resolve(this.recording === recorder ? pieces : null);
      };
      recorder.start();
    });
  }

  show(blob) {
    const kind = blob.type.startsWith("audio") ? "audio" : "video";
    this.player = document.createElement(kind);
    Object.assign(this.player, {
      controls: true, playsInline: true, className: "played", src: URL.createObjectURL(blob),
    });
  }

  forget() {
    const { recording } = this;
    this.attempt = null;
    this.recording = null;
    if (recording?.state === "recording") recording.stop();
    if (this.player !== null) URL.revokeObjectURL(this.player.src);
    this.player = null;
    this.trouble = false;
  }
}
