// The browser's half of `report.explore`: draws four figures once, then sets sizes and heights.
// Every text from the archive enters through textContent or through figures that escape it.

const ORDER = ["timeline", "network", "map", "family"];
const SETTING = {responsive: true, displaylogo: false, displayModeBar: false,
                 showSendToCloud: false, plotlyServerURL: "", topojsonURL: ""};

const CHOSEN = {account: "Account ", tag: "Tag ", place: "Place "};
const LISTED_MOST = 100, NARROW_PX = 640, TINY_PX = 320;

let loading = null;

// plotly.js comes packed with the widget; it is unpacked once a page and keeps to itself.
function plotly(model) {
  loading = loading || (async () => {
    const packed = model.get("_plotly");
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const source = await new Response(stream).text();
    const parts = ["const module = {exports: {}};\n", source, "\nexport default module.exports;"];
    const address = URL.createObjectURL(new Blob(parts, {type: "text/javascript"}));
    const before = window.Plotly;
    try {
      return (await import(/* webpackIgnore: true */ address)).default;
    } finally {
      URL.revokeObjectURL(address);
      if (before === undefined) delete window.Plotly; else window.Plotly = before;
    }
  })();
  return loading;
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

// JupyterLab takes arrows for its own unless the very element that has the focus says otherwise.
function ownKeys(made) {
  made.dataset.lmSuppressShortcuts = "true";
  return made;
}

function slider(label, most) {
  const made = ownKeys(element("input"));
  Object.assign(made, {type: "range", min: 0, max: most, step: 1});
  made.setAttribute("aria-label", label);
  return made;
}

// What a click on a figure chooses can be chosen by keys here, those with most tweets first.
function chooser(model, kind, label, ask) {
  const names = model.get("_names")[kind];
  const counts = model.get("_whole")[kind];
  const order = names.map((_, code) => code).filter((code) => counts[code])
    .sort((a, b) => counts[b] - counts[a] || a - b).slice(0, LISTED_MOST);
  const made = ownKeys(element("select")), whole = element("label", "", label);
  made.append(element("option", "", "all"));
  made.options[0].value = -1;
  for (const code of order) {
    const option = element("option", "", `${names[code]} (${counts[code].toLocaleString("en")})`);
    option.value = code;
    made.append(option);
  }
  made.addEventListener("change", () => ask({[kind]: Number(made.value)}));
  whole.append(made);
  whole.hidden = !order.length;
  return {whole, made};
}

function frame(model, el, ask) {
  const root = element("div", "spread-explorer");
  const edges = model.get("_views").timeline.marks.edges || [];
  const most = model.get("_answer").choice.last;
  const parts = {root, edges, plots: {}, status: element("p", "words"), chips: element("p", "chips"),
                 first: slider("Start of the window", most), last: slider("End of the window", most),
                 range: element("div", "range"), span: element("div", "span"),
                 read: element("div", "read")};
  parts.status.setAttribute("aria-live", "polite");
  parts.range.append(element("div", "rail"), parts.span, parts.first, parts.last);
  parts.choosers = Object.fromEntries(Object.entries(CHOSEN).map(
    ([kind, label]) => [kind, chooser(model, kind, label, ask)]));
  parts.choose = element("div", "choose");
  parts.choose.append(...Object.values(parts.choosers).map((one) => one.whole));
  const boxes = Object.fromEntries(ORDER.map((name) => {
    const view = model.get("_views")[name], box = element("section", `box ${name}`);
    parts.plots[name] = element("div", "plot");
    parts.plots[name].setAttribute("role", "img");
    parts.plots[name].setAttribute("aria-label", view.alt);
    box.append(element("h4", "", view.title), element("p", "note", view.words), parts.plots[name]);
    return [name, box];
  }));
  root.append(element("h3", "title", model.get("_title")), parts.status, parts.choose, parts.chips, boxes.timeline, parts.range,
              ...ORDER.slice(1).map((name) => boxes[name]), parts.read);
  el.append(root);
  return parts;
}

// Sends choices one at a time: a slider that is dragged waits for the answer to the last.
function asker(model) {
  let asked = 0, waiting = null, busy = false;
  function send() {
    if (busy || waiting === null) return;
    busy = true;
    model.set("_choice", {...waiting, asked: ++asked});
    waiting = null;
    model.save_changes();
  }
  model.on("change:_answer", () => {
    if (model.get("_answer").asked === asked) busy = false;
    send();
  });
  return (part) => {
    waiting = {...(waiting || model.get("_answer").choice), ...part};
    send();
  };
}

function sizes(counts, widest, most) {
  return counts.map((count) => (count ? 5 + (widest - 5) * Math.sqrt(count / most) : 0));
}

function countsOf(answer, name, marks) {
  const kind = {network: "account", map: "place", family: "tag"}[name];
  const counts = answer.counts[kind];
  return marks.rows ? marks.rows.map((row) => (row < 0 ? 0 : counts[row])) : counts;
}

function shade(view, edges, choice) {
  const whole = choice.first === 0 && choice.last === edges.length - 2;
  const grey = {type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, layer: "above",
                fillcolor: "rgba(255,255,255,0.72)", line: {width: 0}};
  const aside = whole ? [] : [{...grey, x0: edges[0], x1: edges[choice.first]},
                              {...grey, x0: edges[choice.last + 1], x1: edges[edges.length - 1]}];
  return [...(view.layout.shapes || []), ...aside];
}

function drawTimeline(Plotly, place, view, answer, edges) {
  const marks = view.marks;
  if (!marks.traces.length) return;
  const heights = answer.counts.timeline.map((row) => [...row, 0]);
  Plotly.update(place, {y: heights}, {shapes: shade(view, edges, answer.choice)}, marks.traces);
}

function drawPoints(Plotly, name, place, view, answer, most) {
  const marks = view.marks;
  if (!marks.traces.length) return;
  const counts = countsOf(answer, name, marks);
  Plotly.restyle(place, {"marker.size": [sizes(counts, marks.most, most)], customdata: [counts]},
                 marks.traces);
}

// What was clicked, or picked in Python, may be too small to be listed: then it is added.
function choose(made, code, name) {
  if (code >= 0 && ![...made.options].some((option) => Number(option.value) === code)) {
    const option = element("option", "", name);
    option.value = code;
    made.append(option);
  }
  made.value = code;
}

function write(parts, answer, ask) {
  const {choice, words} = answer;
  parts.first.value = choice.first;
  parts.last.value = choice.last;
  parts.first.setAttribute("aria-valuetext", words.from);
  parts.last.setAttribute("aria-valuetext", words.to);
  const most = Math.max(1, Number(parts.first.max));
  parts.span.style.left = `${100 * choice.first / most}%`;
  parts.span.style.right = `${100 - 100 * choice.last / most}%`;
  const [some, all] = [answer.tweets, answer.all].map((count) => count.toLocaleString("en"));
  parts.status.textContent = `${some} of ${all} tweets, ${words.from} to ${words.to}`;
  for (const kind of Object.keys(CHOSEN)) choose(parts.choosers[kind].made, choice[kind], words[kind]);
  parts.chips.replaceChildren(...["account", "tag", "place"].filter((kind) => words[kind]).map(
    (kind) => {
      const chip = ownKeys(element("button", "chip", `${words[kind]} ×`));
      chip.setAttribute("aria-label", `Leave out the choice of ${words[kind]}`);
      chip.addEventListener("click", () => ask({[kind]: -1}));
      return chip;
    }));
  const told = answer.read.map((tweet) => {
    const said = element("blockquote", "", tweet.text);
    said.append(element("footer", "", `${tweet.account}, ${tweet.at}; ${tweet.times} of these`));
    return said;
  });
  parts.read.replaceChildren(element("h4", "", "What most of them go back to, as far as it may be shown"), ...told);
  parts.read.hidden = !told.length;
}

function listen(parts, views, ask) {
  parts.first.addEventListener("input", () => {
    const first = Math.min(Number(parts.first.value), Number(parts.last.value));
    parts.first.value = first;
    ask({first});
  });
  parts.last.addEventListener("input", () => {
    const last = Math.max(Number(parts.first.value), Number(parts.last.value));
    parts.last.value = last;
    ask({last});
  });
  const kinds = {network: "account", map: "place", family: "tag"};
  for (const [name, kind] of Object.entries(kinds)) {
    const marks = views[name].marks;
    if (!marks.traces.length) continue;
    parts.plots[name].on("plotly_click", ({points}) => {
      const point = points.find((one) => marks.traces.includes(one.curveNumber));
      if (!point) return;
      const code = marks.rows ? marks.rows[point.pointNumber] : point.pointNumber;
      if (code >= 0) ask({[kind]: code});
    });
  }
  if (!views.timeline.marks.traces.length) return;
  parts.plots.timeline.on("plotly_selected", (chosen) => {
    const ends = chosen && chosen.range && (chosen.range.x || Object.values(chosen.range)[0]);
    if (!ends) return;
    const at = (text) => Date.parse(text.replace(" ", "T") + "Z");
    const edges = parts.edges.map((text) => at(text.slice(0, 23)));
    const [low, high] = ends.map((text) => at(text.slice(0, 23))).sort((a, b) => a - b);
    const first = Math.max(0, edges.findLastIndex((edge) => edge <= low));
    const last = edges.findIndex((edge) => edge >= high);
    ask({first, last: Math.max(first, last < 0 ? edges.length - 2 : last - 1)});
  });
}

// Below a width, labels and notes that are made for a wide page are left out.
function fitted(view, width) {
  const {data, layout, narrow} = structuredClone(view);
  if (width < NARROW_PX) {
    const isLeftOut = (trace) => trace.meta === "wide" ||
      (width < TINY_PX && trace.mode === "text" && view.crowded);
    for (const trace of data.filter(isLeftOut)) trace.visible = false;
    for (const note of layout.annotations || []) if (note.name === "wide") note.visible = false;
    Object.assign(layout, narrow);
  }
  return {data, layout};
}

async function render({model, el}) {
  const ask = asker(model);
  const parts = frame(model, el, ask);
  const views = model.get("_views");
  const Plotly = await plotly(model);
  const drawnNarrow = {};
  async function draw(name) {
    const place = parts.plots[name];
    drawnNarrow[name] = place.clientWidth < NARROW_PX;
    const {data, layout} = fitted({...views[name], crowded: name !== "family"}, place.clientWidth);
    await Plotly.react(place, data, layout, SETTING);
  }
  for (const name of ORDER) await draw(name);
  const full = Object.fromEntries(ORDER.slice(1).map((name) => [name, Math.max(
    1, ...countsOf({counts: model.get("_whole")}, name, views[name].marks))]));
  function show() {
    const answer = model.get("_answer");
    write(parts, answer, ask);
    drawTimeline(Plotly, parts.plots.timeline, views.timeline, answer, parts.edges);
    for (const name of ORDER.slice(1)) {
      drawPoints(Plotly, name, parts.plots[name], views[name], answer, full[name]);
    }
    parts.root.dataset.answered = answer.asked;
  }
  listen(parts, views, ask);
  show();
  model.on("change:_answer", show);
  const resized = new ResizeObserver(async () => {
    const width = (name) => parts.plots[name].clientWidth;
    const changed = ORDER.filter((name) => width(name) && (width(name) < NARROW_PX) !== drawnNarrow[name]);
    for (const name of changed) await draw(name);
    if (changed.length) show();
  });
  resized.observe(parts.root);
  return () => {
    resized.disconnect();
    model.off("change:_answer", show);
    Object.values(parts.plots).forEach((place) => Plotly.purge(place));
  };
}

export default {render};
