"use strict";
// The front as a chart that answers clicks and keys. Text enters the page as text, never as HTML.
const page = JSON.parse(document.getElementById("data").textContent);
const panel = document.getElementById("trial");
const plot = document.getElementById("plot");
const byNumber = new Map(page.trials.map((trial) => [trial.number, trial]));
const source = page.chart.data.find((trace) => trace.name === "trials");
const order = source.customdata.map((_, i) => i).sort((a, b) => source.x[a] - source.x[b] || a - b);
let chosen = page.first;

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function rows(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) list.append(make("dt", name), make("dd", value));
  return list;
}

function grid(table) {
  const whole = make("table"), head = make("tr"), body = make("tbody");
  for (const name of table.head) {
    const cell = make("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  for (const row of table.rows) {
    const line = make("tr");
    row.forEach((value, i) => line.append(make(i ? "td" : "th", value)));
    line.firstChild.scope = "row";
    body.append(line);
  }
  const top = make("thead");
  top.append(head);
  whole.append(top, body);
  const scrolled = make("div", undefined, "scroll");
  scrolled.append(whole);
  return scrolled;
}

function picture(one) {
  const figure = make("figure", undefined, one.kind), frame = make("div", undefined, "frame"), image = make("img");
  image.src = one.src;
  image.alt = one.alt;
  image.width = one.width;
  image.height = one.height;
  frame.append(image);
  if (one.bar) {
    const bar = make("span", one.bar, "bar");
    bar.style.width = `${one.share}%`;
    frame.append(bar);
  }
  figure.append(frame, make("figcaption", one.title));
  return figure;
}

function show(number) {
  const trial = byNumber.get(number);
  if (!source.customdata.includes(number)) return;
  chosen = number;
  panel.dataset.trial = String(number);
  mark();
  if (!trial) {
    panel.replaceChildren(make("h3", `Trial ${number}`), make("p", "This page holds its place on the chart and no more.", "quiet"));
    return;
  }
  const images = make("div", undefined, "pictures");
  for (const one of trial.pictures) images.append(picture(one));
  if (!trial.pictures.length) images.append(make("p", "No pictures of this trial are in this page.", "quiet"));
  const numbers = make("div", undefined, "columns");
  for (const [title, pairs] of [["Setting", trial.setting], ["Session", trial.session], ["Limits", trial.limits]]) {
    if (!pairs.length) continue;
    const column = make("section");
    column.append(make("h4", title), rows(pairs));
    numbers.append(column);
  }
  panel.replaceChildren(
    make("h3", `Trial ${number}${trial.front ? ", on the front" : ""}`),
    make("p", `${trial.said}: ${trial.reached}`),
    images, numbers, make("h4", "Scores"), grid(trial.scores));
}

function mark() {
  const at = source.customdata.indexOf(chosen);
  const trace = page.chart.data.findIndex((one) => one.name === "chosen");
  if (at < 0 || !plot.data) return;
  Plotly.restyle(plot, {x: [[source.x[at]]], y: [[source.y[at]]], customdata: [[chosen]]}, [trace]);
}

function step(by) {
  const now = order.findIndex((i) => source.customdata[i] === chosen);
  const next = Math.min(Math.max(now + by, 0), order.length - 1);
  if (order.length) show(source.customdata[order[next]]);
}

// What stands in the drawing, told by the drawing itself.
function tell() {
  for (const name of ["trials", "front"]) {
    const calculated = plot.calcdata.find((points) => points[0].trace.name === name);
    const drawn = calculated ? calculated.filter((point) => point.x !== undefined) : [];
    plot.dataset[name] = JSON.stringify(drawn.map((point) => point.data ?? calculated[0].trace.customdata[point.i]));
    const groups = [...plot.querySelectorAll("g.trace.scatter")];
    const group = groups.find((one) => one.__data__ && one.__data__[0].trace.name === name);
    plot.dataset[`${name}Points`] = String(group ? group.querySelectorAll("path.point").length : 0);
  }
}

function buttons() {
  for (const button of document.querySelectorAll("button[data-trial]")) {
    button.addEventListener("click", () => {
      show(Number(button.dataset.trial));
      panel.scrollIntoView({block: "nearest"});
    });
  }
  document.getElementById("previous").addEventListener("click", () => step(-1));
  document.getElementById("next").addEventListener("click", () => step(1));
  const keys = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -Infinity, End: Infinity};
  document.getElementById("front-chart").addEventListener("keydown", (event) => {
    if (event.key in keys && event.target.tagName !== "SELECT") {
      event.preventDefault();
      step(keys[event.key]);
    }
  });
}

// Limits may lie far above the front: the axis shows the front first, and all of them on demand.
function limiting() {
  const button = document.getElementById("limits"), range = page.chart.layout.yaxis.range;
  button.hidden = !range;
  const kept = range && [...range];
  button.addEventListener("click", () => {
    const whole = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(whole));
    Plotly.relayout(plot, whole ? {"yaxis.autorange": true} : {"yaxis.autorange": false, "yaxis.range": [...kept]});
  });
}

function colouring() {
  const choice = document.getElementById("colour");
  page.colours.forEach((one, i) => choice.append(new Option(one.title, String(i))));
  choice.addEventListener("change", () => {
    const one = page.colours[Number(choice.value)];
    const trace = page.chart.data.findIndex((each) => each.name === "trials");
    Plotly.restyle(plot, {"marker.color": [one.values], "marker.colorbar.title.text": one.title}, [trace]);
  });
  if (!page.colours.length) choice.closest("label").hidden = true;
}

Plotly.newPlot(plot, page.chart.data, page.chart.layout, page.chart.config).then(() => {
  plot.on("plotly_click", (event) => show(Number(event.points[0].customdata)));
  buttons();
  colouring();
  limiting();
  tell();
  show(chosen ?? source.customdata[0]);
  document.documentElement.dataset.ready = "true";
});
