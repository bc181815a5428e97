/**
 * Lets the reader take hold of a figure's marks: drag one, or tap where it shall be. Both move the sliders that the mark
 * stands for, which do the same by keyboard; what is drawn comes from them.
 *
 * @import { HeldSpec, PlotlyAxis, PlotlyElement, PlotlyFigure } from "./types.d.ts"
 * @import { Positions } from "./settings.js"
 */

/** A mark on the screen, in pixels of the plot, with its place among those of its trace. */
/** @typedef {{ held: HeldSpec, index: number, left: number, top: number }} Mark */

/**
 * @param {HTMLElement} layer The element over the plot that gets a handle for each mark.
 * @param {PlotlyElement} plot
 * @param {HeldSpec[]} specs
 * @param {{ move(positions: Positions): void, position(control: string): number }} controls
 * @returns {(figure: PlotlyFigure) => void} To be called when a figure has been drawn.
 */
export function makeHold(layer, plot, specs, { move, position }) {
  /** @type {Mark[]} */
  let marks = [];

  layer.parentElement?.addEventListener("click", (event) => {
    if (!(event.target instanceof Node && layer.contains(event.target))) placeNearest(event);
  });

  /** @param {MouseEvent} event */
  function placeNearest(event) {
    const at = pixelsOf(layer, event);
    const near = marks
      .filter(({ held }) => contains(axesOf(plot, held.panel), at))
      .sort((one, other) => distance(one, at) - distance(other, at))[0];
    if (near) place(near, liftOf(near), at);
  }

  /**
   * How much lower a mark is than its slider's stop says: one that is picked from several brings its own height with it.
   * @param {Mark} mark
   */
  function liftOf({ held: { panel, picks, y }, index, top }) {
    if (!picks) return 0;
    const shift = position(picks) === index + 1 ? (y[1][position(y[0])] ?? 0) : 0;
    return top - pixelOf(axesOf(plot, panel).y, shift);
  }

  /**
   * @param {Mark} mark
   * @param {number} lift
   * @param {Pixels} at
   */
  function place({ held, index }, lift, [left, top]) {
    const { x, y, picks } = held;
    const axes = axesOf(plot, held.panel);
    move({
      ...(picks && { [picks]: index + 1 }),
      ...(x && { [x[0]]: nearest(axes.x, x[1], left) }),
      [y[0]]: nearest(axes.y, y[1], top - lift),
    });
  }

  /** Handles overlap, so what is taken is the mark nearest to the pointer, whosever handle it is on. */
  function makeHandle() {
    const handle = document.createElement("div");
    let [order, lift] = [0, 0];
    handle.className = "handle";
    handle.addEventListener("pointerdown", (event) => {
      const [left, top] = pixelsOf(layer, event);
      const away = marks.map((mark) => Math.hypot(mark.left - left, mark.top - top));
      order = away.indexOf(Math.min(...away));
      const mark = marks[order];
      if (!mark) return;
      lift = liftOf(mark);
      handle.setPointerCapture(event.pointerId);
      event.preventDefault(); // no text is selected on the way
    });
    handle.addEventListener("pointermove", (event) => {
      const mark = marks[order];
      if (mark && handle.hasPointerCapture(event.pointerId)) place(mark, lift, pixelsOf(layer, event));
    });
    return handle;
  }

  return (figure) => {
    marks = specs.flatMap((held, order) => marksOf(plot, figure, held, order));
    while (layer.children.length < marks.length) layer.append(makeHandle());
    while (layer.children.length > marks.length) layer.lastChild?.remove();
    for (const [order, { held, left, top }] of marks.entries()) {
      const handle = layer.children[order];
      if (!(handle instanceof HTMLElement)) continue;
      handle.dataset.held = String(specs.indexOf(held));
      handle.style.left = `${left}px`;
      handle.style.top = `${top}px`;
    }
  };
}

/** @typedef {[left: number, top: number]} Pixels */

/**
 * @param {PlotlyElement} plot
 * @param {PlotlyFigure} figure
 * @param {HeldSpec} held
 * @param {number} order
 * @returns {Mark[]}
 */
function marksOf(plot, figure, held, order) {
  const trace = figure.data.find(({ meta }) => isHeld(meta) && meta.held === order);
  if (!trace || !Array.isArray(trace.x) || !Array.isArray(trace.y)) return [];
  const axes = axesOf(plot, held.panel);
  const { x, y } = trace;
  return x.map((across, index) => ({
    held,
    index,
    left: pixelOf(axes.x, across),
    top: pixelOf(axes.y, y[index]),
  }));
}

/**
 * @param {unknown} meta
 * @returns {meta is { held: unknown }}
 */
const isHeld = (meta) => typeof meta === "object" && meta !== null && "held" in meta;

/**
 * @param {PlotlyElement} plot
 * @param {number} panel
 */
function axesOf({ _fullLayout }, panel) {
  const suffix = panel === 1 ? "" : String(panel);
  const [x, y] = [_fullLayout[`xaxis${suffix}`], _fullLayout[`yaxis${suffix}`]];
  if (!x || !y) throw new Error(`the figure has no panel ${panel}`);
  return { x, y };
}

/**
 * @param {PlotlyAxis} axis
 * @param {number} coordinate
 */
const pixelOf = ({ _offset, d2p }, coordinate) => _offset + d2p(coordinate);

/**
 * @param {{ x: PlotlyAxis, y: PlotlyAxis }} axes
 * @param {Pixels} point
 */
const contains = ({ x, y }, [left, top]) =>
  left >= x._offset && left <= x._offset + x._length && top >= y._offset && top <= y._offset + y._length;

/**
 * How far a mark is from a point; one that only moves up and down is as far as it is to its side.
 * @param {Mark} mark
 * @param {Pixels} point
 */
const distance = ({ held, left, top }, point) => Math.hypot(left - point[0], held.x ? top - point[1] : 0);

/**
 * The stop that lies nearest on the screen.
 * @param {PlotlyAxis} axis
 * @param {(number | null)[]} coordinates
 * @param {number} pixel
 */
function nearest(axis, coordinates, pixel) {
  const away = coordinates.map((coordinate) =>
    coordinate === null ? Number.POSITIVE_INFINITY : Math.abs(pixelOf(axis, coordinate) - pixel),
  );
  return away.indexOf(Math.min(...away));
}

/**
 * @param {HTMLElement} layer
 * @param {MouseEvent} event
 * @returns {Pixels}
 */
function pixelsOf(layer, { clientX, clientY }) {
  const { left, top } = layer.getBoundingClientRect();
  return [clientX - left, clientY - top];
}
