// A picture with handles that are dragged and iterations that are played. In a notebook, Python draws; on a page of the
// web edition, frames that were drawn when the site was built take Python's place. See course_utils/drawing/stage.py.

const SVG = "http://www.w3.org/2000/svg";
const SPEEDS = [1, 4, 12, 50]; // steps per second; the last leaves out pictures where they take longer than that
const PATIENCE = 10; // the first speed with which a reader waits at most so many seconds is chosen
const HEAD = { length: 10, half: 4 }; // of an arrow, in pixels of the picture

const clip = (value, [low, high]) => Math.min(Math.max(value, low), high);

// Floats as Python rounds them in `Handle.nearest` and `Play.nearest`.
const tidy = (value) => Number(value.toFixed(9));
const onGrid = (value, [low, high], step) => clip(tidy(low + Math.round((clip(value, [low, high]) - low) / step) * step), [low, high]);

const radians = (angle) => (angle * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

// The text of an ES module becomes one of the functions that it exports.
export async function exported(text, name) {
  if (!text) return null;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return (await import(address))[name];
  } finally {
    URL.revokeObjectURL(address);
  }
}

// The kinds of values that are dragged. Each says where in data coordinates a value is, which value is nearest to a place,
// which value the arrow keys lead to, in steps to the right and up, and how it is read aloud.
const short = (value) => String(Number(value.toPrecision(4)));
const turned = ([x, y]) => (degrees(Math.atan2(y, x)) + 360) % 360;

const POINT = {
  place: (_, value) => value,
  nearest: ({ x, y, step }, [a, b]) => [onGrid(a, x, step), onGrid(b, y, step)],
  keyed: ({ step }, [x, y], right, up) => [x + step * right, y + step * up],
  text: (value) => value.map(short).join(", "),
  range: ({ x }) => x,
};

const AROUND = {
  place: (_, value) => value,
  nearest({ step, radius, turn }, [x, y]) {
    const angle = radians(Math.round(degrees(Math.atan2(y, x)) / turn) * turn);
    const length = onGrid(Math.hypot(x, y), radius, step);
    return [tidy(length * Math.cos(angle)), tidy(length * Math.sin(angle))];
  },
  keyed({ step, turn }, [x, y], right, up) {
    const angle = Math.atan2(y, x) - radians(turn * right); // right is clockwise
    const length = Math.max(Math.hypot(x, y) + step * up, 1e-9);
    return [length * Math.cos(angle), length * Math.sin(angle)];
  },
  text: (value) => `${Math.round(turned(value))} degrees, length ${short(Math.hypot(...value))}`,
  range: ({ radius }) => [-radius[1], radius[1]],
};

const number = (place, along, keyed) => ({
  place: ({ at }, value) => place(at, value),
  nearest: ({ low, high, step }, where) => onGrid(along(where), [low, high], step),
  keyed: ({ at, step }, value, right, up) => place(at, value + step * keyed(right, up)),
  text: short,
  range: ({ low, high }) => [low, high],
});

const MARKS = {
  x: number((at, value) => [value, at], ([x]) => x, (right, up) => right + up),
  y: number((at, value) => [at, value], ([, y]) => y, (right, up) => right + up),
  angle: number((at, value) => [at * Math.cos(radians(value)), at * Math.sin(radians(value))], turned, (right, up) => up - right),
};

function kindOf(control) {
  if (control.kind === "mark") return MARKS[control.along];
  return control.radius ? AROUND : POINT;
}

// Data coordinates of one axes to pixels of the picture, and back.
class Scale {
  constructor({ box: [left, top, width, height], x, y, log }) {
    Object.assign(this, { left, top, width, height });
    const forward = log.map((isLog) => (isLog ? Math.log10 : (value) => value));
    const backward = log.map((isLog) => (isLog ? (value) => 10 ** value : (value) => value));
    const [x0, x1] = x.map(forward[0]);
    const [y0, y1] = y.map(forward[1]);
    this.pixel = ([a, b]) => [
      left + ((forward[0](a) - x0) / (x1 - x0)) * width,
      top + height - ((forward[1](b) - y0) / (y1 - y0)) * height,
    ];
    this.data = ([a, b]) => [
      backward[0](x0 + ((a - left) / width) * (x1 - x0)),
      backward[1](y0 + ((top + height - b) / height) * (y1 - y0)),
    ];
  }
}

export class Stage {
  // controls: handles and plays as Python's `for_browser` describes them. moved(values, constants): returns
  // {name of a moving part: its points}, or null. ask(values, number): ask
  // for the picture of these values; `show` gets it, with `answered: number`.
  constructor(root, { controls, moved, constants, ask }) {
    Object.assign(this, { root, controls, moved, constants, send: ask, values: {}, parts: {}, held: null });
    this.id = `stage-${Math.random().toString(36).slice(2)}`;
    this.count = 0;
    this.waiting = "";
    this.again = false;
    root.classList.add("stage");
    root.dataset.lmSuppressShortcuts = "true"; // arrow keys move a handle, not JupyterLab's active cell
    this.image = element("img");
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.frames = document.createElementNS(SVG, "defs");
    this.svg.append(this.frames);
    this.surface = element("div", "surface", this.image, this.svg);
    this.caption = element("figcaption");
    this.caption.setAttribute("aria-live", "polite");
    this.players = controls.filter(({ kind }) => kind === "play").map((control) => new Player(this, control));
    this.handles = controls.filter(({ kind }) => kind !== "play").map((control) => new HandleView(this, control));
    root.append(...this.players.map((player) => player.element), element("figure", "", this.surface, this.caption));
    this.surface.append(...this.handles.map((handle) => handle.element));
  }

  // Show a picture; controls that the reader has moved since it was asked for stay where they are.
  async show(scene) {
    const source = scene.address ?? URL.createObjectURL(new Blob([scene.png], { type: "image/png" }));
    const image = new Image();
    image.src = source;
    await image.decode().catch(() => {}); // the old picture stays until the new one can be drawn
    if (this.isOver) return;
    const old = this.image.src;
    this.image.src = source;
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    Object.assign(this.image, { alt: scene.text, width: scene.width, height: scene.height });
    if (this.caption.textContent !== scene.text) this.caption.textContent = scene.text;
    this.surface.style.maxWidth = `${scene.width}px`;
    this.svg.setAttribute("viewBox", `0 0 ${scene.width} ${scene.height}`);
    this.scales = scene.axes.map((axes) => new Scale(axes));
    this.frames.replaceChildren(...scene.axes.map(({ box }, i) => clipPath(`${this.id}-${i}`, box)));
    this.scene = scene;
    const isAnswer = this.waiting !== "" && scene.answered === this.waiting;
    if (isAnswer) this.waiting = "";
    if (!this.waiting && !this.again && !this.held) this.values = { ...scene.values };
    else this.values = { ...scene.values, ...this.own() };
    this.draw();
    if (isAnswer && this.again) this.ask();
    else if (!this.waiting) this.players.forEach((player) => player.arrived());
  }

  // Nothing is held any more: the controls agree with the picture, unless another one is awaited.
  settle() {
    if (this.waiting || this.again) return;
    this.values = { ...this.scene.values };
    this.draw();
  }

  own() {
    return Object.fromEntries(this.controls.filter(({ name }) => name in this.values).map(({ name }) => [name, this.values[name]]));
  }

  // A control has a new value: the moving parts follow at once, the rest when its picture arrives.
  change(name, value) {
    if (String(this.values[name]) === String(value)) return;
    this.values = { ...this.values, [name]: value };
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
    this.ask();
  }

  // Ask for the picture of the present values; while one is awaited, only remember that another is wanted.
  ask() {
    if (this.waiting) {
      this.again = true;
      return;
    }
    this.again = false;
    this.waiting = `${this.id}:${++this.count}`;
    this.send(this.own(), this.waiting);
  }

  isPresent() {
    return Object.entries(this.scene.values).every(([name, value]) => String(this.values[name]) === String(value));
  }

  draw() {
    if (!this.scene || this.isOver) return;
    const isPresent = this.isPresent();
    const hasPoints = this.scene.parts.every(({ points }) => points);
    const newer = this.moved && !(isPresent && hasPoints) ? this.moved(this.values, this.constants) : {};
    const places = {};
    this.scene.parts.forEach((part) => {
      const points = newer[part.name] ?? part.points;
      if (isPresent || part.name in newer) places[part.name] = points.at(-1);
      this.part(part).draw(part, points, this.scales[part.axes], `${this.id}-${part.axes}`);
    });
    const names = new Set(this.scene.parts.map(({ name }) => name));
    Object.entries(this.parts).forEach(([name, part]) => (part.element.style.display = names.has(name) ? "" : "none"));
    this.handles.forEach((handle) => handle.draw(this.values[handle.name], places[handle.name]));
    this.players.forEach((player) => player.draw(this.values[player.name]));
  }

  part({ name }) {
    if (!(name in this.parts)) {
      this.parts[name] = new Part();
      this.svg.append(this.parts[name].element);
    }
    return this.parts[name];
  }

  remove() {
    this.isOver = true;
    this.players.forEach((player) => player.pause());
    cancelAnimationFrame(this.frame);
    if (this.image.src.startsWith("blob:")) URL.revokeObjectURL(this.image.src);
  }
}

// A moving part: lines and areas, an arrow with its head, or markers.
class Part {
  constructor() {
    this.element = document.createElementNS(SVG, "g");
    this.line = document.createElementNS(SVG, "path");
    this.mark = document.createElementNS(SVG, "path");
    this.element.append(this.line, this.mark);
  }

  // frame: the id of the clip path of its axes.
  draw(part, points, scale, frame) {
    const pixels = points.map((point) => (point && point.every(Number.isFinite) ? scale.pixel(point) : null));
    this.element.style.opacity = part.opacity;
    const hasLine = part.kind !== "points" || part.line > 0;
    set(this.line, {
      d: hasLine ? path(pixels, part.kind === "area") : "",
      stroke: part.color,
      "stroke-width": part.line ?? part.width,
      "stroke-dasharray": (part.dash ?? []).join(" "),
      fill: part.kind === "area" ? part.fill : "none",
      "clip-path": part.kind === "arrow" ? "none" : `url(#${frame})`, // lines end at the frame of their axes
    });
    if (part.kind === "arrow") set(this.mark, { d: head(...pixels), fill: part.color });
    if (part.kind === "points") {
      const d = pixels.filter((each) => each).map(([x, y]) => MARKERS[part.marker]?.(x, y, part.size / 2) ?? "").join("");
      set(this.mark, { d, fill: part.color, stroke: part.edge, "stroke-width": "xX+".includes(part.marker) ? 2 : 1 });
    }
  }
}

const MARKERS = {
  o: (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0z`,
  ".": (x, y, r) => MARKERS.o(x, y, r / 2),
  s: (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  D: (x, y, r) => `M${x},${y - 1.4 * r}l${1.4 * r},${1.4 * r}l${-1.4 * r},${1.4 * r}l${-1.4 * r},${-1.4 * r}z`,
  "^": (x, y, r) => `M${x},${y - r}l${r},${2 * r}h${-2 * r}z`,
  X: (x, y, r) => `M${x - r},${y - r}l${2 * r},${2 * r}m${-2 * r},0l${2 * r},${-2 * r}`,
  x: (x, y, r) => MARKERS.X(x, y, r),
  "+": (x, y, r) => `M${x - r},${y}h${2 * r}M${x},${y - r}v${2 * r}`,
  "*": (x, y, r) => {
    const corner = (i) => [x + (i % 2 ? 0.4 : 1) * r * Math.sin((i * Math.PI) / 5), y - (i % 2 ? 0.4 : 1) * r * Math.cos((i * Math.PI) / 5)];
    return `M${[...Array(10).keys()].map(corner).join("L")}z`;
  },
};

function clipPath(id, [x, y, width, height]) {
  const made = set(document.createElementNS(SVG, "clipPath"), { id });
  made.append(set(document.createElementNS(SVG, "rect"), { x, y, width, height }));
  return made;
}

function path(pixels, isClosed) {
  let d = "";
  let isUp = true;
  for (const pixel of pixels) {
    if (pixel) d += `${isUp ? "M" : "L"}${pixel[0].toFixed(2)},${pixel[1].toFixed(2)}`;
    isUp = !pixel;
  }
  return isClosed && d ? `${d}z` : d;
}

function head([x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1e-9) return "";
  const [a, b] = [(x1 - x0) / length, (y1 - y0) / length];
  const [x, y] = [x1 - HEAD.length * a, y1 - HEAD.length * b];
  return `M${x1},${y1}L${x - HEAD.half * b},${y + HEAD.half * a}L${x + HEAD.half * b},${y - HEAD.half * a}z`;
}

// A point to drag. It is at its value, or where the moving part of its name ends.
class HandleView {
  constructor(stage, control) {
    Object.assign(this, { stage, control, name: control.name, kind: kindOf(control) });
    this.element = element("div", "handle");
    set(this.element, { role: "slider", tabindex: 0, "aria-label": control.label, "aria-roledescription": "handle" });
    const [low, high] = this.kind.range(control);
    set(this.element, { "aria-valuemin": low, "aria-valuemax": high, title: control.label });
    this.element.addEventListener("pointerdown", (event) => this.hold(event));
    this.element.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      this.element.addEventListener(end, () => this.release());
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  get scale() {
    return this.stage.scales[this.control.axes];
  }

  hold(event) {
    if (event.button > 0 || this.stage.held) return;
    event.preventDefault();
    event.stopPropagation();
    this.element.focus();
    this.element.setPointerCapture(event.pointerId);
    this.stage.held = this;
    this.element.classList.add("held");
  }

  drag(event) {
    if (this.stage.held !== this) return;
    const { left, top, width } = this.stage.surface.getBoundingClientRect();
    const zoom = this.stage.scene.width / width;
    const place = this.scale.data([(event.clientX - left) * zoom, (event.clientY - top) * zoom]);
    this.stage.change(this.name, this.kind.nearest(this.control, place));
  }

  release() {
    if (this.stage.held !== this) return;
    this.stage.held = null;
    this.element.classList.remove("held");
    this.stage.settle();
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [right, up] = way.map((direction) => direction * (event.shiftKey ? 10 : 1));
    const place = this.kind.keyed(this.control, this.stage.values[this.name], right, up);
    this.stage.change(this.name, this.kind.nearest(this.control, place));
  }

  draw(value, tip) {
    const [x, y] = this.scale.pixel(tip ?? this.kind.place(this.control, value));
    this.element.style.left = `${(100 * x) / this.stage.scene.width}%`;
    this.element.style.top = `${(100 * y) / this.stage.scene.height}%`;
    const now = Array.isArray(value) ? value[0] : value;
    set(this.element, { "aria-valuenow": short(now), "aria-valuetext": this.kind.text(value) });
  }
}

// Buttons and a slider for the number of an iteration. The next picture is asked for when the last one is there.
class Player {
  constructor(stage, control) {
    Object.assign(this, { stage, control, name: control.name });
    this.back = button("‹", "One step back", () => this.step(-1));
    this.toggle = button("", "", () => (this.isPlaying ? this.pause() : this.play()));
    this.next = button("›", "One step forward", () => this.step(1));
    this.slider = set(element("input"), { type: "range", min: control.low, max: control.high, step: control.step });
    this.slider.setAttribute("aria-label", control.label);
    this.slider.addEventListener("input", () => this.go(this.nearest(Number(this.slider.value))));
    this.output = element("output");
    this.speed = set(element("select"), { "aria-label": "Speed" });
    SPEEDS.forEach((speed) => this.speed.add(new Option(`${speed} per second`, speed)));
    const steps = control.stops ? control.stops.length : (control.high - control.low) / control.step;
    this.speed.value = SPEEDS.find((speed) => steps / speed <= PATIENCE) ?? SPEEDS.at(-1);
    this.label = element("span", "label");
    this.label.textContent = control.label;
    const buttons = element("span", "buttons", this.back, this.toggle, this.next);
    this.element = element("div", "player", this.label, buttons, this.slider, this.output, this.speed);
    set(this.element, { role: "group", "aria-label": control.label });
    this.pause();
  }

  get value() {
    return this.stage.values[this.name];
  }

  step(by) {
    this.go(this.after(by));
  }

  // Go somewhere by hand, which ends the playing.
  go(value) {
    this.pause();
    this.stage.change(this.name, value);
  }

  // The value so many steps on. On a page without a kernel, a step leads to the next picture that was drawn.
  after(steps) {
    const { low, high, step, stops } = this.control;
    if (!stops) return onGrid(this.value + steps * step, [low, high], step);
    return stops[clip(stops.indexOf(this.value) + steps, [0, stops.length - 1])];
  }

  nearest(value) {
    const { low, high, step, stops } = this.control;
    if (!stops) return onGrid(value, [low, high], step);
    return stops.reduce((best, stop) => (Math.abs(stop - value) < Math.abs(best - value) ? stop : best));
  }

  play() {
    this.isPlaying = true;
    this.show("❚❚", "Pause");
    this.stage.caption.setAttribute("aria-live", "off"); // nobody can listen to a caption per picture
    this.due = this.last = performance.now();
    if (this.value >= this.control.high) this.stage.change(this.name, this.control.low);
    else this.tick();
  }

  pause() {
    this.isPlaying = false;
    clearTimeout(this.timer);
    this.show("▶", "Play");
    this.stage.caption.setAttribute("aria-live", "polite");
  }

  // A picture has arrived, and none is awaited.
  arrived() {
    if (!this.isPlaying) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), Math.max(0, this.due - performance.now()));
  }

  tick() {
    if (!this.isPlaying) return;
    if (!this.stage.root.isConnected || this.value >= this.control.high) return this.pause();
    const [now, speed] = [performance.now(), Number(this.speed.value)];
    const isFastest = speed === SPEEDS.at(-1);
    const steps = isFastest ? Math.max(1, Math.round(((now - this.last) * speed) / 1000)) : 1;
    this.last = now;
    this.due = now + 1000 / speed;
    this.stage.change(this.name, this.after(steps));
  }

  show(sign, label) {
    this.toggle.textContent = sign;
    set(this.toggle, { "aria-label": `${label}: ${this.control.label}`, title: label });
  }

  draw(value) {
    this.slider.value = value;
    this.output.textContent = String(Number(value.toPrecision(4)));
    this.back.disabled = value <= this.control.low;
    this.next.disabled = value >= this.control.high;
  }
}

function element(tag, name = "", ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...children);
  return made;
}

function set(target, attributes) {
  Object.entries(attributes).forEach(([name, value]) => target.setAttribute(name, value));
  return target;
}

function button(sign, label, act) {
  const made = set(element("button"), { type: "button", "aria-label": label, title: label });
  made.textContent = sign;
  made.addEventListener("click", act);
  return made;
}

async function render({ model, el }) {
  const stage = new Stage(el, {
    controls: model.get("controls"),
    constants: model.get("constants"),
    moved: await exported(model.get("module"), model.get("exported")),
    ask: (values, number) => model.send({ values, number }),
  });
  const show = () => stage.show(model.get("scene"));
  model.on("change:scene", show);
  await stage.show(model.get("scene"));
  return () => {
    model.off("change:scene", show);
    stage.remove();
  };
}

export default { render };
