// The form of a prediction, in JupyterLab (anywidget calls `render`) and on the web edition (`start` finds the questions).
// A question has `options` to choose from, or a `number` with a `tolerance`.

// Put the form of `question` into `place`. earlier: what was entered before. keep(entered, isRight): called once.
function ask(place, question, earlier, keep) {
  const id = `prediction-${Math.random().toString(36).slice(2)}`; // each widget loads this file anew: no counter
  const form = element("form", { className: "prediction", noValidate: true });
  const fields = element("fieldset");
  const said = element("div", { className: "said", tabIndex: -1 });
  said.setAttribute("role", "status");
  const entry = question.options ? choice(question, id) : field(question, id);
  const legend = element("legend", { innerHTML: `<strong>Predict.</strong> ${question.text}` });
  fields.append(legend, ...entry.parts, element("button", { type: "submit", textContent: "Enter" }));
  form.append(fields, said);
  place.replaceChildren(form);

  const show = (entered) => {
    entry.show(entered);
    fields.disabled = true;
    fields.querySelector("button").remove();
    said.replaceChildren(outcome(question, entered));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const entered = entry.entered();
    const complaint = entry.complaint(entered);
    if (complaint) {
      said.textContent = complaint;
      return;
    }
    show(entered);
    said.focus();
    keep(entered, isRight(question, entered));
  });
  // JupyterLab's shortcuts, the arrow keys among them, ask the element that has the focus.
  form.querySelectorAll("input, button").forEach((control) => (control.dataset.lmSuppressShortcuts = "true"));
  // In JupyterLab the Enter key of a field does not submit its form.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    form.requestSubmit();
  });
  if (earlier) show(earlier);
}

function choice(question, id) {
  const inputs = question.options.map(({ value }) => element("input", { type: "radio", name: id, value }));
  const parts = question.options.map(({ html }, i) => {
    const label = element("label");
    label.append(inputs[i], element("span", { innerHTML: html }));
    return label;
  });
  return {
    parts,
    entered: () => inputs.find((input) => input.checked)?.value ?? "",
    complaint: (entered) => (entered ? "" : "Choose one of the options."),
    show: (entered) => inputs.forEach((input) => (input.checked = input.value === entered)),
  };
}

function field(question, id) {
  const input = element("input", { type: "text", inputMode: "decimal", size: 10, id, autocomplete: "off" });
  input.setAttribute("aria-label", "Your number");
  const parts = [input, element("span", { className: "unit", innerHTML: ` ${question.unit} ` })];
  if (question.hint) {
    parts.push(element("small", { id: `${id}-hint`, textContent: question.hint }));
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return {
    parts,
    entered: () => input.value.trim(),
    complaint: (entered) =>
      Number.isNaN(numberIn(entered)) ? `Enter a number such as 12 or 0.25; “${entered}” is not one.` : "",
    show: (entered) => (input.value = entered),
  };
}

function numberIn(text) {
  const plain = text.replace("−", "-");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

function isRight(question, entered) {
  if (question.options) return entered === question.right;
  // Binary fractions differ by a little: 0.3 is within 0.1 of 0.4.
  const rounding = 1e-9 * Math.max(1, Math.abs(question.number));
  return Math.abs(numberIn(entered) - question.number) <= question.tolerance + rounding;
}

function outcome(question, entered) {
  const said = element("p");
  const own = question.options ? question.options.find(({ value }) => value === entered).html : null;
  const yours = element("span", own === null ? { textContent: entered } : { innerHTML: `“${own}”` });
  said.append("You predicted ", yours, isRight(question, entered) ? ", as it turned out. " : ". ");
  const rest = question.options && isRight(question, entered) ? question.why : `The answer: ${question.answer} ${question.why}`;
  said.append(element("span", { innerHTML: rest }));
  return said;
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

// The web edition: each question of the page becomes a form. This browser remembers what was entered.
export function start() {
  for (const place of document.querySelectorAll("[data-question]")) {
    const question = JSON.parse(place.dataset.question);
    const key = `prediction ${place.dataset.name} ${location.pathname}`; // an origin may have several courses
    const earlier = remembered(key);
    ask(place, question, takes(question, earlier) ? earlier : "", (entered) => remember(key, entered));
  }
}

// Whether this can be entered; the question may have changed since it was.
function takes(question, entered) {
  if (question.options) return question.options.some(({ value }) => value === entered);
  return !Number.isNaN(numberIn(entered));
}

// A browser may refuse to store anything; then nothing is remembered.
function remembered(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function remember(key, entered) {
  try {
    localStorage.setItem(key, entered);
  } catch {}
}

function render({ model, el }) {
  ask(el, model.get("question"), model.get("entered"), (entered, right) => {
    model.set("is_right", right);
    model.set("entered", entered);
    model.save_changes();
  });
}

export default { render };
