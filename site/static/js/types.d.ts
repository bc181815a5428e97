/** What the page, the worker and the build agree on. One place; nothing else declares these shapes. */

/** In the page's <script type="application/json" id="site-config">: every URL relative to the page. */
export interface SiteConfig {
  worker: string;
  /** Whether the worker begins in a blob, since only there the policy holds that this page carries itself. */
  blob?: true;
  /** The modules that the worker imports. */
  imports: string[];
  plotly: string;
  /** What the editor for code needs (WorkbenchIndex). */
  workbench: string;
  runtime: RuntimeManifest;
  /** Empty when the site is published without one; missing in a frame, which keeps nothing and forgets nothing. */
  serviceWorker?: string;
}

/** What the build writes into the service worker: the SHA-256, in base64, by address relative to the site's root. */
export interface Release {
  /** Files whose address changes whenever their content does. */
  hashed: Record<string, string>;
  /** Pages, without their "index.html", and whatever else keeps its address. */
  unhashed: Record<string, string>;
}

/** Page to service worker. The answer, on the port that comes with it, is whether every file of the release is kept. */
export interface Keep {
  /** The addresses that are to be kept; without them, everything is. */
  used?: string[];
  /** Whether to keep only what the browser has. */
  thrifty: boolean;
}

/** Everything that Python needs, from one folder. Sizes are of the decoded bytes. */
export interface RuntimeManifest {
  /** The folder's URL, ending in a slash; below it, each file lies in a folder named after its own digest. */
  base: string;
  /** The digest of all files. */
  release: string;
  /** By file name: pyodide.mjs, pyodide.asm.mjs, pyodide.asm.wasm, and the archives of what the figures import. */
  files: Record<string, { size: number; sha256: string }>;
  /** The archives of everything else, fetched when code asks for something in them. */
  later: Record<string, { size: number; sha256: string }>;
  /** Pyodide's lock, without packages. */
  lock: object;
  /** Archives among `files` travel in gzip's form, which the page undoes, since the host sends them as they are. */
  packed?: boolean;
}

export type Role = string;

/** A control as the page needs it: positions, never values. */
export interface ControlSpec {
  name: string;
  kind: "slider" | "choice" | "toggle" | "seed" | "commit" | "own";
  /** Each stop's text, and its label where that differs. */
  stops: [text: string, label?: string][];
  /** The position where the control starts on this page, and to which "start over" returns. */
  start: number;
  unit: string;
  /** The quantity that it is in other figures too, and what it is called in the middle of a sentence. */
  shared?: [quantity: string, words: string];
  /** Shown only while each of these controls is at one of these positions. */
  when?: Record<string, number[]>;
  /** For each position of that control, the last position that this one may take. */
  limit?: [control: string, last: number[]];
  /** A commit: the control whose position is committed to (stop 0 means not yet, stop k + 1 its position k). */
  of?: string;
  /** A commit without buttons of its own: the one whose buttons it shares. */
  joins?: string;
  /** The other slider of a linked pair. This one follows it while it stands at its position 0, which is no stop. */
  link?: string;
  play?: boolean;
  /** A slider into which numbers can be typed: one between two stops is a position between theirs. */
  typed?: boolean;
}

export interface WidgetSpec {
  name: string;
  controls: ControlSpec[];
  /** Positions by control; what is missing goes to its start. */
  presets: Record<string, number>[];
  held: HeldSpec[];
  /** The control whose stops have frames, while all others stand where they start. */
  framed?: string;
  /** When the figure goes on by itself: the controls that begin it anew. */
  simulation?: { anew: string[] };
}

/** Marks that the reader can take hold of: the trace whose meta.held is this one's place in the list. */
export interface HeldSpec {
  panel: number;
  /** The slider that each direction moves, and where its stops lie on that axis; a bar only moves up and down. */
  x?: [control: string, coordinates: (number | null)[]];
  y: [control: string, coordinates: (number | null)[]];
  /** In place of x: the control that says which of the marks it is, counted from 1. */
  picks?: string;
}

/** What l2widgets.render returns. */
export interface Rendered {
  figure: PlotlyFigure;
  readouts: Readout[];
  table: { columns: string[]; rows: string[][] };
  summary: string;
  /** Where linked sliders stand, by name. */
  linked?: Linked;
  /** Of a figure that goes on by itself. */
  simulation?: Moment;
}
/** Where a simulation is: its state, to be handed back as it is, and whether going on is worth nobody's while. */
export interface Moment {
  state: string;
  rests: boolean;
}
/** From where a simulation goes on, without a state from its beginning, and how often it advances. */
export interface From {
  state?: string;
  slices: number;
}
/** The position of the nearest stop, and what is said of the value itself. */
export type Linked = Record<string, [position: number, label: string]>;
export interface PlotlyFigure {
  data: Trace[];
  layout: Record<string, unknown>;
  /** Changes to the layout when the figure is narrower than 40rem. */
  narrow: Record<string, unknown>;
}
export type Trace = Record<string, unknown>;
export interface Readout {
  name: string;
  label: string;
  value: number | string | null;
  text: string;
  unit: string;
  role: Role;
}

/** The figures at every stop of one control, as what differs from the default figure. */
export interface Frames {
  changes: FrameChange[];
}
export interface FrameChange {
  /** Where in the figure it is: each a list of the keys and indices that lead there. */
  places: (string | number)[][];
  /** For each stop, which of the values is there; null where the default figure's stays. */
  at: (number | null)[];
  /** With a step, coordinates as the second differences of whole steps; null is a gap. */
  values: unknown[];
  step?: number;
  /** Whether the steps are those of the logarithm to the base 10. */
  log?: true;
}

/** Page to worker, one JSON string each. Parameters are stop texts by control name. */
export type Request =
  /**
   * `memory`: how much Python may have, in bytes; `resume`: whether it goes on from where an earlier visit has left it, or
   * that is removed; `keep`: whether the next visit may go on from where this one leaves it.
   */
  | {
      type: "boot";
      id: string;
      runtime: RuntimeManifest;
      memory: number;
      resume: boolean;
      keep: boolean;
      held: boolean;
    }
  /** All files may come: the figures have theirs. */
  | { type: "go" }
  /**
   * `from`: of a figure that goes on by itself; `source`: what a reader has written in the place of the figure's module,
   * or in a cell, whose `widget` begins with "#".
   */
  | {
      type: "run";
      id: string;
      widget: string;
      params: Record<string, string>;
      from?: From;
      source?: string;
    }
  | { type: "ping"; id: string };

/** Worker to page, one JSON string each; `id` is that of the request. */
export type Reply = { id: string } & (
  | { type: "stage"; stage: Stage; loaded: number; total: number }
  | { type: "ready"; heap: number; resumed: boolean }
  | { type: "figure"; rendered: Rendered }
  /** Python has done what could wait. */
  | { type: "settled"; kept: boolean }
  | { type: "pong" }
  | { type: "failed"; code: FailureCode; message: string; line?: number }
  /** What a reader's code has printed since. */
  | { type: "output"; text: string }
);

export type Stage = "download" | "start" | "import";

/**
 * unsupported: this browser has no WebAssembly; download: a file could not be fetched; integrity: a file changed in transit;
 * start: Python did not start; param: the figure refused a parameter; python: the figure's code raised; memory: it ran out of memory;
 * size: the figure is too large; fatal: the interpreter is beyond use; timeout: no answer within the deadline, twice;
 * drawing: Plotly did not arrive, or failed; stopped: the reader has stopped it (the page says these three itself).
 */
export type FailureCode =
  | "unsupported"
  | "download"
  | "integrity"
  | "start"
  | "param"
  | "python"
  | "memory"
  | "size"
  | "fatal"
  | "timeout"
  | "stopped"
  | "drawing";

/** What went wrong, in a sentence for the reader. */
export interface Failure {
  code: FailureCode;
  message: string;
  /** Of the reader's code. */
  line?: number;
}

/** Where Python is. */
export type Phase =
  | { name: "idle" }
  | { name: "booting"; stage: Stage; loaded: number; total: number }
  | { name: "ready" }
  | { name: "failed"; failure: Failure };

/** Stop texts by control name, as `l2widgets.render` takes them. */
export type Params = Record<string, string>;

/** What a widget hears from the engine. */
export interface Client {
  phase(phase: Phase): void;
  /** `from` is the very object that `engine.ask` was given the means to make. */
  figure(rendered: Rendered, params: Params, from?: From): void;
  failed(failure: Failure, params: Params): void;
  /** One sentence about something that is being mended. */
  told(sentence: string): void;
  /** What the reader's code prints, as it comes. */
  output?(text: string): void;
}

/** The part of Plotly that is used here. */
export interface PlotlyModule {
  react(element: object, data: Trace[], layout: object, config: object): Promise<unknown>;
  relayout(element: object, changes: object): Promise<unknown>;
}

/** An element that Plotly has drawn in: the part of its inner state that drawing a move needs. */
export interface PlotlyElement {
  querySelectorAll(selector: string): Iterable<unknown>;
  data: Trace[];
  layout: Record<string, object>;
  calcdata: Calculated[][];
  _fullData: FullTrace[];
  _fullLayout: {
    _plots: Record<string, PlotlyPanel>;
    _basePlotModules: object[];
    _visibleModules: object[];
    _infolayer: Selection;
    annotations: object[];
    [axis: `${"x" | "y"}axis${string}`]: PlotlyAxis;
  };
}
export interface PlotlyPanel {
  plot: Selection;
  _hasClipOnAxisFalse: boolean;
}
/** D3's. */
export interface Selection {
  select(selector: string): Selection;
  selectAll(selector: string): Selection;
  node(): unknown;
}
/**
 * An axis: where it begins and how long it is on the element, in pixels, and where a coordinate, or what Plotly has made
 * of one, lies along it.
 */
export interface PlotlyAxis {
  range: unknown;
  _offset: number;
  _length: number;
  d2p(coordinate: number): number;
  c2p(calculated: unknown): number;
  isPtWithinRange(point: Calculated): boolean;
}
/** A trace with all of its defaults. */
export interface FullTrace extends Trace {
  index: number;
  uid: string;
  mode: string;
  xaxis: string;
  yaxis: string;
  cliponaxis: boolean;
  _length: number;
  _extremes: object;
  _module: {
    calc(element: PlotlyElement, trace: FullTrace): Calculated[];
    plot(
      element: PlotlyElement,
      panel: PlotlyPanel,
      traces: Calculated[][],
      layer: Selection,
      transition: { duration: 0 },
    ): void;
  };
}
/** A point as Plotly draws it; the first of a trace carries the trace. */
export type Calculated = Record<string, unknown>;

/** A zip archive's files by name. */
export type ZipEntries = Map<string, Uint8Array<ArrayBuffer>>;

/** The part of Pyodide that is used here. */
export interface PyodideScript {
  loadPyodide(options: { fsInit(FS: Pyodide["FS"]): void; [option: string]: unknown }): Promise<Pyodide>;
}
export interface Pyodide {
  FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
  };
  pyimport(name: "l2widgets"): PyModule;
  pyimport(name: "l2widgets.workbench"): {
    answer_json: AnswerJson & { copy(): AnswerJson };
    destroy(): void;
  };
  /** src/l2site/pack/l2_idle.py */
  pyimport(name: "l2_idle"): { settle(): void; wake(): void };
  registerJsModule(name: string, module: object): void;
  makeMemorySnapshot(options: { serializer(object: object): unknown }): Uint8Array;
  _api: { config: { _makeSnapshot: boolean } };
  _module: EmscriptenModule;
}
export type PyodideFactory = (settings: {
  preRun: ((module: EmscriptenModule) => void)[];
}) => Promise<EmscriptenModule>;
/** Emscripten's module, of which preloading shared objects is done as its own plug-in for `.so` files does it. */
export interface EmscriptenModule {
  HEAPU8: Uint8Array;
  wasmTable: WebAssembly.Table;
  LDSO: { loadedLibsByHandle: Record<number, SharedObject> };
  preloadedWasm: Record<string, object>;
  growMemory(size: number): void;
  loadWebAssemblyModule(
    object: WebAssembly.Module,
    flags: { loadAsync: boolean; nodelete: boolean; allowUndefined: boolean },
    path: string,
    scope: object,
  ): object;
  /** Ours: the length of the table of functions before Python has started. */
  l2Table?: number;
}
/** A shared object as Emscripten's `dlopen` knows it. */
export interface SharedObject {
  name: string;
  exports: object | undefined;
  refcount: number;
  global: boolean;
}
/** What Python is started from. */
export interface Parts {
  module: WebAssembly.Module;
  loadPyodide: PyodideScript["loadPyodide"];
  create: PyodideFactory;
  objects: CompiledObject[];
  archives: ZipEntries[];
}
export type CompiledObject = [path: string, compiled: WebAssembly.Module];
/** Python's memory as the browser has kept it. */
export interface Memory {
  snapshot: Uint8Array<ArrayBuffer>;
  /** Held as long as nobody knows whether a figure comes of it. */
  file: {
    write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
    flush(): void;
    close(): void;
  };
  table: number;
  handles: [handle: number, path: string][];
}
export interface PyModule {
  render_json: RenderJson & { copy(): RenderJson };
  advance_json: AdvanceJson & { copy(): AdvanceJson };
  destroy(): void;
}
/** src/l2widgets/workbench.py */
export type AnswerJson = (request: string, source: string, say: (text: string) => void) => string;
export type RenderJson = (widget: string, params: string, packed: boolean) => string;
export type AdvanceJson = (
  widget: string,
  params: string,
  state: string | undefined,
  slices: number,
  packed: boolean,
) => string;

/** What the page loads when a reader asks for code; addresses are relative to this file's own. */
export interface WorkbenchIndex {
  editor: string;
  sheet: string;
  /** The modules of the figures, by widget. */
  sources: Record<string, string>;
  names: Name[];
}
/** Something of `l2widgets`, as completion offers it. */
export interface Name {
  /** As code says it, such as "ridge.fit". */
  name: string;
  kind: "function" | "class" | "namespace" | "constant";
  signature: string;
  says: string;
}
/** site/editor/editor.js */
export interface EditorModule {
  makeEditor(host: object, options: EditorOptions): Editor;
}
export interface EditorOptions {
  text: string;
  /** What a screen reader calls the editor. */
  label: string;
  names: Name[];
  /** What is shown first. */
  begin?: RegExp;
  /** The reader wants the code to run. */
  run(): void;
  changed(): void;
}
export interface Editor {
  text(): string;
  replace(text: string): void;
  /** Mark the line, counted from 1, that Python complained about; null for none. */
  complain(line: number | null): void;
  focus(): void;
}

/** Trusted Types, which TypeScript's DOM library does not know yet. */
export interface TrustedTypesFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

declare global {
  /** In the service worker only. */
  const RELEASE: Release;
  interface Window {
    Plotly?: PlotlyModule;
    trustedTypes?: TrustedTypesFactory;
  }
  interface ErrorConstructor {
    /** V8's and JavaScriptCore's. */
    stackTraceLimit?: number;
  }
  interface Navigator {
    readonly deviceMemory?: number;
    readonly connection?: { readonly saveData?: boolean; readonly effectiveType?: string };
  }
}
