// カメラと音を試す: everything stays on this page. What was seen and heard counts as measured.

import { browserName } from "/browser.js";
import { Camera } from "/camera.js";
import { Microphone } from "/microphone.js";
import { playTone, Recorder } from "/sound.js";
import { h } from "/tree.js";

export class Media {
  constructor(app) {
    this.app = app;
    const changed = () => app.state !== null && app.draw();
    this.camera = new Camera(changed);
    this.microphone = new Microphone(changed, (outcome) => this.report("microphone", outcome));
    this.recorder = new Recorder(changed);
    this.tone = null;
  }

  stop() {
    this.camera.stop();
    this.microphone.stop();
    this.recorder.forget();
    this.tone = null;
  }

  draw() {
    const { app } = this;
    const asked = (check) => app.state.rows.some((row) => row.check === check);
    if (!navigator.mediaDevices?.getUserMedia || !(asked("webcam") || asked("microphone"))) return null;
    return h("section", { key: "media", class: "media" },
      h("h2", {}, app.say("page_media_heading")),
      h("p", { class: "note" }, app.say("page_media_stays")),
      h("div", { class: "trials" },
        asked("webcam") && this.drawCamera(),
        asked("microphone") && this.drawMicrophone(),
        this.drawSpeaker(),
        Recorder.possible && this.drawRecorder()));
  }

  drawCamera() {
    const { app, camera } = this;
    const { phase } = camera;
    return trial("camera", app.say("page_camera"),
      phase === "off" && button("start", app.say("page_camera_start"), () => this.startCamera()),
      phase === "asking" && h("p", { key: "asking", role: "status" }, app.say("page_allow")),
      phase === "live" && [
        camera.video,
        camera.devices.length > 1 && h("p", { key: "choice", class: "field" },
          h("label", { for: "camera-choice" }, app.say("page_camera_choice")),
          h("select", {
            id: "camera-choice", onchange: (event) => this.startCamera(event.target.value),
          }, camera.devices.map((device) => h("option", {
            key: device.deviceId, value: device.deviceId, selected: device.deviceId === camera.deviceId,
          }, device.label)))),
        h("p", { key: "dark", role: "status", class: "step" }, camera.dark ? app.say("page_camera_dark") : ""),
        h("p", { key: "question" }, app.say("page_camera_question")),
        h("p", { key: "answers", class: "row" },
          button("seen", app.say("page_camera_seen"), () => this.saidSeen()),
          quiet("unseen", app.say("page_camera_not_seen"), () => this.saidNotSeen()),
          quiet("stop", app.say("page_stop"), () => camera.stop())),
        camera.advice && h("p", { key: "advice", role: "status" }, app.say(camera.advice)),
      ],
      this.trouble("camera", "webcam", phase, () => this.startCamera()),
      this.found("webcam"));
  }

  drawMicrophone() {
    const { app, microphone } = this;
    const { phase } = microphone;
    return trial("microphone", app.say("page_microphone"),
      phase === "off" && button("start", app.say("page_microphone_start"), () => this.startMicrophone()),
      phase === "asking" && h("p", { key: "asking", role: "status" }, app.say("page_allow")),
      phase === "live" && [
        h("p", { key: "speak" }, app.say("page_microphone_speak")),
        microphone.meter(app.say("page_microphone_level")),
        h("p", { key: "heard", role: "status", class: "step" },
          microphone.heard ? app.say("page_microphone_heard")
            : microphone.silent ? app.say("page_microphone_silent") : ""),
        h("p", { key: "stop" }, quiet("stop", app.say("page_stop"), () => microphone.stop())),
      ],
      this.trouble("microphone", "microphone", phase, () => this.startMicrophone()),
      this.found("microphone"));
  }

  drawSpeaker() {
    const { app } = this;
    const answer = (heard) => {
      this.tone = heard ? "heard" : "unheard";
      app.draw();
    };
    return trial("speaker", app.say("page_speaker"),
      h("p", { key: "start" }, quiet("tone", app.say("page_speaker_play"), async () => {
        this.tone = (await playTone()) ? "played" : "unheard";
        app.draw();
      })),
      this.tone === "played" && [
        h("p", { key: "question", role: "status" }, app.say("page_speaker_question")),
        h("p", { key: "answers", class: "row" },
          quiet("yes", app.say("yes"), () => answer(true)),
          quiet("no", app.say("no"), () => answer(false))),
      ],
      this.tone === "heard" && h("p", { key: "heard", role: "status" }, app.say("page_speaker_heard")),
      this.tone === "unheard" && h("p", { key: "unheard", role: "status" }, app.say("page_speaker_not_heard")));
  }

  drawRecorder() {
    const { app, recorder } = this;
    return trial("recorder", app.say("page_record"),
      h("p", { key: "what" }, app.say("page_record_what")),
      recorder.left > 0
        ? h("p", { key: "left", role: "status" }, app.say("page_recording", { count: String(recorder.left) }))
        : h("p", { key: "start" }, quiet("record", app.say("page_record_start"), () =>
          recorder.record([...this.camera.tracks(), ...this.microphone.tracks()]))),
      recorder.trouble && h("p", { key: "trouble", role: "status" }, app.say("page_record_trouble")),
      recorder.player);
  }

  async startCamera(deviceId) {
    const outcome = await this.camera.start(deviceId);
    if (outcome !== null) await this.report("webcam", outcome);
  }

  async startMicrophone() {
    const outcome = await this.microphone.start();
    if (outcome !== null) await this.report("microphone", outcome);
  }

  // The person sees themselves. A picture whose every point is dark shows nobody, though.
  saidSeen() {
    return this.report("webcam", this.camera.dark ? "dark" : "seen");
  }

  saidNotSeen() {
    const { camera } = this;
    camera.advise();
    if (camera.dark) return this.report("webcam", "dark");
    return camera.frames > 0 ? null : this.report("webcam", "not_started");
  }

  report(check, outcome) {
    return this.app.act("measured", { check, outcome });
  }

  // What stands in the check's row now, beside the trial that may have changed it.
  found(check) {
    const row = this.app.state.rows.find((item) => item.check === check);
    return row?.verdict && !row.running && h("p", { key: "found", class: "found" },
      h("span", { class: `chip ${row.verdict}` },
        h("span", { class: "symbol", "aria-hidden": "true" }, row.symbol), row.word),
      " ", row.sentence);
  }

  trouble(kind, check, phase, again) {
    const { app } = this;
    if (!["denied", "none", "busy"].includes(phase)) return null;
    const screen = app.state.screens.find((id) => id === kind);
    return h("div", { key: "trouble", class: "step" },
      h("p", { role: "status" }, app.say(`page_${kind}_${phase}`)),
      phase === "denied" && h("ol", { key: "undo" },
        h("li", {}, app.say(`page_undo_${browserName()}`)),
        h("li", {}, app.say(`page_undo_${app.state.family}`)),
        h("li", {}, app.say("page_undo_restart"))),
      h("p", { key: "buttons", class: "row" },
        quiet("again", app.say("page_try_again"), again),
        screen && quiet("screen", app.say("page_open_settings"), () => app.act("settings", { screen }))));
  }
}

function trial(key, heading, ...content) {
  return h("div", { key, class: `trial ${key}` }, h("h3", {}, heading), content);
}

function button(key, text, onclick) {
  return h("button", { key, type: "button", onclick }, text);
}

function quiet(key, text, onclick) {
  return h("button", { key, class: "quiet", type: "button", onclick }, text);
}
