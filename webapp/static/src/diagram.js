/* Diagrams by bpmn-js, with where the case is and was, how many cases stand at a step, or what the
 * checks of a file found and the way there. Beside each diagram the page says the same in words.
 */

const READABLE = 0.45;
const CLOSE = 0.9;
const HIGHEST = 560; // px: the drawing and the words above it fit on a screen of 768
const UNREADABLE = "流程图无法显示,请看下面的环节列表。";
const UNREADABLE_FILE = "文件里的图形画不出来,请按上面的说明修改。";

function beginDiagrams() {
  document.querySelectorAll("[data-diagram]").forEach((place) => {
    drawDiagram(place).catch(() => {
      place.classList.add("is-unreadable");
      place.textContent = place.dataset.xml ? UNREADABLE_FILE : UNREADABLE;
    });
  });
}

async function drawDiagram(place) {
  const drawing = await drawingOf(place);
  const viewer = new window.BpmnJS({
    container: place,
    additionalModules: window.DiagramJSMinimap ? [window.DiagramJSMinimap] : [],
  });
  await viewer.importXML(drawing);
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const mark = (ids, name) => {
    (ids || "").split(" ").filter(Boolean).forEach((id) => {
      if (registry.get(id)) {
        canvas.addMarker(id, name);
      }
    });
  };
  mark(place.dataset.passed, "is-passed");
  mark(place.dataset.flows, "is-passed");
  mark(place.dataset.active, "is-active");
  mark(place.dataset.wrong, "is-wrong");
  mark(place.dataset.doubtful, "is-doubtful");
  mark(place.dataset.changed, "is-changed");
  mark(place.dataset.added, "is-added");
  mark(place.dataset.removed, "is-removed");
  putCounts(viewer, registry, place.dataset.counts);
  fitHeight(place, canvas);
  canvas.zoom("fit-viewport", "auto");
  const active = (place.dataset.active || "").split(" ").map((id) => registry.get(id)).filter(Boolean);
  if (canvas.zoom() < READABLE) {
    showPart(viewer, active[0] || firstMarked(place, registry) || firstOf(registry));
  }
  followList(canvas, registry);
  const zooms = {
    fit: () => canvas.zoom("fit-viewport", "auto"),
    active: () => centre(canvas, active[0]),
    larger: () => canvas.zoom(canvas.zoom() * 1.4),
    smaller: () => canvas.zoom(canvas.zoom() / 1.4),
  };
  place.parentElement.querySelectorAll("[data-zoom]").forEach((button) => {
    button.hidden = button.dataset.zoom === "active" && active.length === 0;
    button.addEventListener("click", zooms[button.dataset.zoom]);
  });
  offerTraces(place, viewer);
}

/* The address of a drawing, or the drawing itself, as a file that nobody has deployed yet. */
async function drawingOf(place) {
  if (place.dataset.xml) {
    return place.dataset.xml;
  }
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return answer.text();
}

/* The way to what is wrong, step by step: at once for the first, for the others when asked. */
function offerTraces(place, viewer) {
  const registry = viewer.get("elementRegistry");
  const placesOf = (text) => (text || "").split(" ").filter((id) => registry.get(id));
  const trace = placesOf(place.dataset.trace);
  if (trace.length) {
    showTrace(viewer, trace);
  }
  document.querySelectorAll(`[data-show-on="${place.id}"]`).forEach((button) => {
    const ids = placesOf(button.dataset.places);
    button.hidden = ids.length === 0;
    button.addEventListener("click", () => {
      showTrace(viewer, ids);
      place.scrollIntoView({ block: "nearest" });
    });
  });
}

function showTrace(viewer, ids) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  overlays.remove({ type: "trace" });
  registry.forEach((shape) => canvas.removeMarker(shape.id, "is-trace"));
  ids.forEach((id, index) => {
    canvas.addMarker(id, "is-trace");
    if (ids.length > 1) {
      const tag = document.createElement("span");
      tag.className = "diagram-count";
      tag.textContent = String(index + 1);
      overlays.add(id, "trace", { position: { top: 0, left: 0 }, html: tag });
    }
  });
  const steps = new Set(ids);
  registry.forEach((line) => {
    if (line.waypoints && steps.has(line.source.id) && steps.has(line.target.id)) {
      canvas.addMarker(line.id, "is-trace");
    }
  });
  if (canvas.zoom() < READABLE || ids.some((id) => isOutside(canvas, registry.get(id)))) {
    showPart(viewer, registry.get(ids[ids.length - 1]));
  }
}

function isOutside(canvas, shape) {
  const box = canvas.viewbox();
  return shape.x < box.x || shape.y < box.y
    || shape.x > box.x + box.width || shape.y > box.y + box.height;
}

/* A drawing too wide to be read as a whole opens at the step where the case stands, or where every
 * case begins; the small map in the corner shows which part of the whole this is, and leads on.
 */
function showPart(viewer, shape) {
  const map = viewer.get("minimap", false);
  if (map) {
    map.open();
  }
  if (shape) {
    centre(viewer.get("canvas"), shape);
  }
}

/* Of two versions compared: what only this one has, else what is another there. */
function firstMarked(place, registry) {
  const { added, removed, changed } = place.dataset;
  return `${added || ""} ${removed || ""} ${changed || ""}`.split(" ").map((id) => registry.get(id)).find(Boolean);
}

/* A click on a change in the list shows its element, wherever a drawing has it. */
function followList(canvas, registry) {
  document.querySelectorAll("[data-show-shape]").forEach((entry) => {
    const shape = registry.get(entry.dataset.showShape);
    if (shape && shape.width) {
      entry.addEventListener("click", (event) => {
        if (!event.target.closest("a")) {
          centre(canvas, shape);
        }
      });
    }
  });
}

/* The first step of a person from the left, else whatever is drawn furthest left. */
function firstOf(registry) {
  const found = registry.filter((shape) => shape.x !== undefined && shape.type.endsWith("UserTask"));
  const all = found.length ? found : registry.filter((shape) => shape.type === "bpmn:StartEvent");
  return all.reduce((first, shape) => (first && first.x <= shape.x ? first : shape), null);
}

function centre(canvas, shape) {
  const { width, height } = canvas.viewbox().outer;
  canvas.viewbox({
    x: shape.x + shape.width / 2 - width / CLOSE / 2,
    y: shape.y + shape.height / 2 - height / CLOSE / 2,
    width: width / CLOSE,
    height: height / CLOSE,
  });
}

/* "review=12 approve=3": a number at the upper edge of each step. */
function putCounts(viewer, registry, counts) {
  const overlays = viewer.get("overlays");
  (counts || "").split(" ").filter(Boolean).forEach((pair) => {
    const [id, number] = pair.split("=");
    const shape = registry.get(id);
    if (shape) {
      const tag = document.createElement("span");
      tag.className = "diagram-count";
      tag.textContent = number;
      overlays.add(id, { position: { top: 0, left: shape.width }, html: tag });
    }
  });
}

/* As high as the drawing needs at the width there is, within reason; the mark of bpmn.io in the
 * corner has room below it.
 */
function fitHeight(place, canvas) {
  const drawn = canvas.viewbox().inner;
  const wanted = (drawn.height / drawn.width) * place.clientWidth + 96;
  place.style.height = `${Math.round(Math.min(HIGHEST, Math.max(360, wanted)))}px`;
  canvas.resized();
}

/* Not before the other scripts of the page have run: until then no diagram has a size. */
if (document.readyState === "complete") {
  beginDiagrams();
} else {
  document.addEventListener("DOMContentLoaded", beginDiagrams);
}
