// Gives each demonstration its controls. A control goes to the positions that were drawn when the site was built.

import { exported, Stage } from "./stage.js";

const LOOK_AHEAD = "400px"; // how far below the window a demonstration is made ready

class Demonstration {
  constructor(figure, shown, folder) {
    this.image = figure.querySelector("img");
    this.caption = figure.querySelector("figcaption");
    this.shown = shown;
    this.frames = shown.frames;
    this.folder = folder;
    this.start = shown.controls.map((control) => control.start);
    this.at = [...this.start];
    this.widgets = shown.controls.map((control, i) => this.widget(control, i));
    const place = figure.querySelector(".controls");
    place.append(...this.widgets.map((widget) => widget.element));
    if (shown.axes) this.stage(figure, place);
    if (shown.controls.some((control) => control.kind === "field")) {
      place.append(note("In JupyterLab you type numbers here, and the picture says which are right."));
    } else if (!this.hasAll(shown.controls)) {
      place.append(note("On this page, some combinations return the other controls to their start. JupyterLab has all of them."));
    }
  }

  hasAll(controls) {
    return Object.keys(this.frames).length === controls.reduce((product, control) => product * control.texts.length, 1);
  }

  // A labelled control: {element, show(index)}.
  widget(control, i) {
    if (control.kind === "field" || control.browser) return { element: "", show: () => {} };
    const element = document.createElement("label");
    const name = document.createElement("span");
    name.textContent = control.label;
    element.append(name);
    const make = { slider, choice, toggle }[control.kind];
    const { input, show, index } = make(control);
    element.append(...input);
    show(control.start);
    input[0].addEventListener("input", () => this.move(i, index()));
    return { element, show };
  }

  move(i, index, isShown = true) {
    const wanted = [...this.at];
    wanted[i] = index;
    this.at = wanted.join() in this.frames ? wanted : this.nearest(i, index);
    this.widgets.forEach((widget, k) => widget.show(this.at[k]));
    if (!this.onStage) this.draw();
    else if (isShown) this.onStage.show(this.scene());
    this.load(i);
  }

  // Handles and iterations are on a stage, as in a notebook; frames take Python's place.
  async stage(figure, place) {
    const { controls, module, exported: name, constants } = this.shown;
    const root = document.createElement("div");
    this.onStage = new Stage(root, {
      controls: controls.flatMap(({ browser }) => browser ?? []),
      constants,
      moved: await exported(module, name),
      ask: (values, number) => this.answer(values, number),
    });
    this.onStage.image.className = "dark-light"; // the theme darkens other pictures
    await this.onStage.show(this.scene());
    figure.replaceChildren(place, root);
    if (controls.some(({ kind }) => kind === "handle" || kind === "mark")) {
      place.append(note("On this page, a point goes to the nearest place that was drawn. In JupyterLab it stays where you put it."));
    }
  }

  // Show the frame that is nearest to the values that the stage asks for.
  answer(values, number) {
    this.shown.controls.forEach((control, i) => {
      if (!(control.name in values) || !control.browser) return;
      const far = (value) => Math.hypot(...[value].flat().map((part, k) => part - [values[control.name]].flat()[k]));
      const index = control.values.reduce((best, value, k) => (far(value) < far(control.values[best]) ? k : best), 0);
      if (index !== this.at[i]) this.move(i, index, false);
    });
    this.onStage.show(this.scene(number));
  }

  scene(answered = "") {
    const [file, width, height, text, axes, parts] = this.frames[this.at.join()];
    const values = Object.fromEntries(this.shown.controls.map(({ name, values }, i) => [name, values[this.at[i]]]));
    const shared = { axes: this.shown.axes[axes], parts: this.shown.parts[parts] };
    return { address: `${this.folder}/${file}`, width, height, text, values, answered, ...shared };
  }

  // The frame with control i at index that keeps most of the other controls where they are.
  nearest(i, index) {
    const kept = (indices) => indices.filter((value, k) => value === this.at[k]).length;
    const fits = Object.keys(this.frames).map((key) => key.split(",").map(Number)).filter((indices) => indices[i] === index);
    const others = (indices) => indices.filter((value, k) => value === this.start[k]).length;
    return fits.reduce((best, each) => (kept(each) * 100 + others(each) > kept(best) * 100 + others(best) ? each : best));
  }

  draw() {
    const [file, width, height, description] = this.frames[this.at.join()];
    Object.assign(this.image, { src: `${this.folder}/${file}`, width, height, alt: description });
    this.caption.textContent = description;
  }

  // Load what control i may show next, so that dragging it does not wait for the network.
  load(i) {
    const others = this.at.filter((_, k) => k !== i).join();
    for (const [key, [file]] of Object.entries(this.frames)) {
      const indices = key.split(",");
      indices.splice(i, 1);
      if (indices.join() === others) new Image().src = `${this.folder}/${file}`;
    }
  }
}

function note(text) {
  return Object.assign(document.createElement("p"), { className: "note", textContent: text });
}

function slider(control) {
  const input = Object.assign(document.createElement("input"), { type: "range", min: 0, max: control.texts.length - 1, step: 1 });
  const output = document.createElement("output");
  const show = (index) => {
    input.value = index;
    output.textContent = control.texts[index];
    input.setAttribute("aria-valuetext", control.texts[index]);
  };
  return { input: [input, output], show, index: () => Number(input.value) };
}

function choice(control) {
  const input = document.createElement("select");
  control.texts.forEach((text) => input.add(new Option(text)));
  return { input: [input], show: (index) => (input.selectedIndex = index), index: () => input.selectedIndex };
}

function toggle() {
  const input = Object.assign(document.createElement("input"), { type: "checkbox" });
  return { input: [input], show: (index) => (input.checked = index === 1), index: () => Number(input.checked) };
}

async function prepare(figure) {
  const address = figure.dataset.frames;
  const reply = await fetch(address);
  if (reply.ok) new Demonstration(figure, await reply.json(), address.slice(0, address.lastIndexOf("/")));
}

document.addEventListener("DOMContentLoaded", () => {
  const seen = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      seen.unobserve(entry.target);
      prepare(entry.target);
    }),
    { rootMargin: LOOK_AHEAD },
  );
  document.querySelectorAll("figure[data-frames]").forEach((figure) => seen.observe(figure));
});
