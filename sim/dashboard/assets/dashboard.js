/* What the browser does alone: a number and its slider move together, the page bears its language, pictures and copies are made. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.ronghe = {
  together: function (value, slide) {
    var skip = window.dash_clientside.no_update;
    var moved = window.dash_clientside.callback_context.triggered_id;
    if (!moved || value === slide) { return [skip, skip]; }
    if (moved.type === "slide") { return [slide, skip]; }
    return [skip, typeof value === "number" ? value : skip];
  },
  later: function (answer, again) {
    if (answer !== null && answer !== undefined) {
      setTimeout(function () { window.dash_clientside.set_props(again, { data: answer }); }, 250);
    }
  },
  change: function (change, shown, again) {
    var props = window.dash_clientside.set_props;
    if (!change) { return null; }
    if (change.base && (!shown || shown.mark !== change.base)) {
      props(again, { data: Date.now() });
      return null;
    }
    Object.keys(change.pieces).forEach(function (id) { props(id, change.pieces[id]); });
    return change.now;
  },
  bear: function (frame) {
    document.documentElement.lang = String(frame || "").endsWith("en") ? "en" : "zh-CN";
  }
};

/* The HTML of elements that stand still; React leaves it alone because to React they are empty. */
(function () {
  function fill(element) { element.innerHTML = element.getAttribute("data-html"); }
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.type === "attributes") { fill(change.target); return; }
      change.addedNodes.forEach(function (node) {
        if (node.nodeType !== Node.ELEMENT_NODE) { return; }
        if (node.hasAttribute("data-html")) { fill(node); }
        node.querySelectorAll("[data-html]").forEach(fill);
      });
    });
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-html"] });
})();

(function () {
  var WIDTH = 1100;

  /* A sentence in lines that fit the picture; Chinese letters are twice as wide. */
  function lines(text, limit) {
    var found = [], line = "", width = 0;
    (text.match(/[\u2e80-\uffef]\s*|[^\s\u2e80-\uffef]+\s*/g) || []).forEach(function (word) {
      var wide = /[\u2e80-\uffef]/.test(word) ? 2 : word.length;
      if (width + wide > limit && line) { found.push(line); line = ""; width = 0; }
      line += word; width += wide;
    });
    return found.concat(line);
  }

  function picture(chart, kind) {
    var box = document.getElementById("chart-" + chart), plot = box.querySelector(".js-plotly-plot");
    var title = lines(box.querySelector(".sentence").textContent, 108), source = box.querySelector(".source").textContent;
    var layout = JSON.parse(JSON.stringify(plot.layout)), margin = layout.margin || {}, extra = 24 + 24 * title.length;
    layout.width = WIDTH; layout.autosize = false;
    layout.height = layout.height + extra + 30;
    layout.paper_bgcolor = "white";
    layout.margin = Object.assign({}, margin, { t: (margin.t || 0) + extra, b: (margin.b || 0) + 30 });
    layout.title = {
      text: "<b>" + title.join("<br>") + "</b>", x: 0, xref: "container", xanchor: "left", pad: { l: 16, t: 14 }, y: 1, yref: "container", yanchor: "top",
      font: { size: 17 }
    };
    layout.annotations = (layout.annotations || []).concat({
      text: source, x: 0, xref: "paper", xanchor: "left", xshift: 16 - layout.margin.l, y: 0, yref: "paper", yanchor: "bottom", yshift: 8 - layout.margin.b,
      showarrow: false, font: { size: 11, color: "#5a656b" }
    });
    return window.Plotly.downloadImage({ data: plot.data, layout: layout }, { format: kind, width: WIDTH, height: layout.height, scale: kind === "png" ? 2 : 1, filename: chart });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-picture], [data-copy]");
    if (!button) { return; }
    if (button.dataset.picture) { picture(button.dataset.chart, button.dataset.picture); return; }
    var range = document.createRange(), chosen = window.getSelection();
    range.selectNodeContents(document.getElementById(button.dataset.copy));
    chosen.removeAllRanges(); chosen.addRange(range);
    if (document.execCommand("copy")) {
      var before = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(function () { button.textContent = before; }, 1500);
    }
  });
})();
