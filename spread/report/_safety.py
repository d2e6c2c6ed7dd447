"""What a page may do: nothing but run the scripts that it was written with.

Data never enters a script: it lies in blocks of JSON, which browsers do not run, and one
fixed script draws every figure from them. The policy names the scripts by their hashes.
"""

import base64
import functools
import hashlib
import json

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from spread import samples
from spread.report._elements import Markup, element

__all__ = ["data_block", "drawing_script", "outline_script", "plotly_script", "policy", "script"]

_DRAW = """\
"use strict";
(function () {
  var setting = {responsive: true, displaylogo: false, displayModeBar: "hover",
                 showSendToCloud: false, plotlyServerURL: "", topojsonURL: "",
                 modeBarButtonsToRemove: ["sendChartToCloud"]};
  var blocks = document.querySelectorAll("script[type='application/json'][data-figure]");
  var drawn = Array.prototype.map.call(blocks, function (block) {
    var place = document.getElementById(block.getAttribute("data-figure"));
    var figure = JSON.parse(block.textContent);
    place.textContent = "";
    if (figure.narrow.width) place.setAttribute("data-least", String(figure.narrow.width));
    if (place.clientWidth < 560) narrow(figure, place);
    var given = {data: figure.data, layout: figure.layout, frames: figure.frames || [],
                 config: setting};
    return Plotly.newPlot(place, given).then(function () { play(place, given.frames); });
  });
  Promise.all(drawn).then(function () {
    document.documentElement.setAttribute("data-drawn", String(drawn.length));
  });
  function narrow(figure, place) {
    figure.data.forEach(function (trace) { if (trace.meta === "wide") trace.visible = false; });
    (figure.layout.annotations || []).forEach(function (note) {
      if (note.name === "wide") note.visible = false;
    });
    Object.keys(figure.narrow).forEach(function (key) {
      var part = figure.narrow[key];
      var whole = typeof part === "object" && !Array.isArray(part);
      figure.layout[key] = whole ? Object.assign({}, figure.layout[key], part) : part;
    });
    if (figure.narrow.width) place.tabIndex = 0;  // it is scrolled, by keys too
    if (figure.narrow.height) place.style.height = figure.narrow.height + "px";
  }
  function play(place, frames) {
    if (!frames.length) return;
    var last = frames.length - 1, timer = null;
    var bar = document.createElement("div"), button = document.createElement("button");
    var slider = document.createElement("input"), told = document.createElement("output");
    bar.className = "play";
    button.type = "button";
    slider.type = "range";
    slider.max = String(last);
    slider.value = String(last);
    slider.setAttribute("aria-label", "Moment until which the figure is drawn");
    function show(at) {
      slider.value = String(at);
      told.textContent = "until " + frames[at].group;
      slider.setAttribute("aria-valuetext", told.textContent);
      return Plotly.animate(place, [frames[at].name], {
        mode: "immediate", frame: {duration: 0, redraw: true}, transition: {duration: 0}
      }).catch(function () { return null; });
    }
    function stop() {
      clearTimeout(timer);
      timer = null;
      button.textContent = "Play";
    }
    function step() {
      var at = Number(slider.value) + 1;
      if (at > last) { stop(); return; }
      show(at).then(function () { if (timer !== null) timer = setTimeout(step, 400); });
    }
    button.addEventListener("click", function () {
      if (timer !== null) { stop(); return; }
      button.textContent = "Pause";
      if (Number(slider.value) === last) show(0);
      timer = setTimeout(step, 400);
    });
    slider.addEventListener("input", function () { stop(); show(Number(slider.value)); });
    stop();
    told.textContent = "until " + frames[last].group;
    slider.setAttribute("aria-valuetext", told.textContent);
    bar.append(button, slider, told);
    place.after(bar);
  }
  // On paper a figure and its caption stand on one page: a tall one is first pressed together,
  // then made smaller as a whole.
  var page = {width: 640, height: 760, pressed: 0.75};
  function forPaper(place) {
    var high = place.layout.height, part = Math.min(1, page.height / high);
    var least = Number(place.getAttribute("data-least"));
    var pressed = Math.max(part, page.pressed);
    var zoom = Math.min(part / pressed, page.width / Math.max(least, page.width));
    place.setAttribute("data-high", String(high));
    place.style.height = high * pressed + "px";
    place.style.zoom = String(zoom);
    Plotly.relayout(place, {width: page.width / zoom, height: high * pressed, autosize: false});
  }
  function forScreen(place) {
    var high = Number(place.getAttribute("data-high"));
    place.style.height = high + "px";
    place.style.zoom = "";
    Plotly.relayout(place, {width: null, height: high, autosize: true});
  }
  function fit(size) { document.querySelectorAll(".plot").forEach(size); }
  window.addEventListener("beforeprint", function () { fit(forPaper); });
  window.addEventListener("afterprint", function () { fit(forScreen); });
})();
"""


def drawing_script() -> str:
    """Return the script that draws every figure of a page; it holds no data."""
    return _DRAW


@functools.cache
def plotly_script() -> str:
    """Return plotly.js, as it lies in the installed plotly."""
    return str(get_plotlyjs())


@functools.cache
def outline_script() -> str:
    """Return the script that gives plotly.js the outline of the world, so it fetches none."""
    topology = json.loads(samples.path("world").read_text(encoding="utf-8"))
    return f"window.PlotlyGeoAssets={{topojson:{{world_110m:{_json(topology)}}}}};"


def script(source: str) -> Markup:
    """Return a script of ours as an element, as it stands.

    Raises
    ------
    ValueError
        It would end its own element.
    """
    if "</script" in source.lower() or "<!--" in source:
        raise ValueError("the script would end its own element")
    return Markup(f"<script>{source}</script>")


def data_block(figure: go.Figure, place: str) -> Markup:
    """Return a figure as a block of JSON for the element with the id `place`."""
    shown = json.loads(figure.to_json())
    carried = shown["layout"].pop("meta", {})  # the caption stands in the page
    shown["narrow"] = carried.get("narrow", {})
    block = Markup(_json(shown))
    return element("script", block, type="application/json", data_figure=place)


def policy(*scripts: str, beside: bool = False) -> Markup:
    """Return the content security policy: no request, these scripts only.

    Parameters
    ----------
    scripts
        The scripts in the page, word for word.
    beside
        Whether scripts that lie beside the page may run too.
    """
    allowed = [f"'sha256-{_hash(source)}'" for source in scripts]
    allowed += ["'self'", "file:"] if beside else []
    rules = (
        "default-src 'none'",
        f"script-src {' '.join(allowed)}",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    content = Markup("; ".join(rules))
    return element("meta", http_equiv="Content-Security-Policy", content=content)


def _hash(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")


def _json(value: object) -> str:
    """Return JSON in which no browser can see the end of a script or a comment."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
