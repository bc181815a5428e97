/** What the page, the worker and the build agree on. One place; nothing else declares these shapes. */

/** In the page's <script type="application/json" id="site-config">: every URL relative to the page. */
export interface SiteConfig {
  worker: string;
  plotly: string;
  runtime: RuntimeManifest;
  /** Empty when the site is published without one. */
  serviceWorker: string;
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
  /** The folder's URL, ending in a slash, with the digest of its files in its name. */
  base: string;
  /** By file name: pyodide.mjs, pyodide.asm.mjs, pyodide.asm.wasm, and the archives of what the figures import. */
  files: Record<string, { size: number; sha256: string }>;
  /** The archive of everything else, fetched when code asks for it. */
  rest: { name: string; size: number; sha256: string };
  /** Pyodide's lock, without packages. */
  lock: object;
}

export type Role = string;

/** A control as the page needs it: positions, never values. */
export interface ControlSpec {
  name: string;
  kind: "slider" | "choice" | "toggle" | "seed" | "commit";
  /** Each stop's text, and its label where that differs. */
  stops: [text: string, label?: string][];
  /** The position where the control starts on this page, and to which "start over" returns. */
  start: number;
  unit: string;
  /** Shown only while that control is at one of these positions. */
  when?: [control: string, positions: number[]];
  /** For each position of that control, the last position that this one may take. */
  limit?: [control: string, last: number[]];
  /** A commit: the control whose position is committed to (stop 0 means not yet, stop k + 1 its position k). */
  of?: string;
  play?: boolean;
}

export interface WidgetSpec {
  name: string;
  controls: ControlSpec[];
  /** Positions by control; what is missing goes to its start. */
  presets: Record<string, number>[];
}

/** What l2widgets.render returns. */
export interface Rendered {
  figure: PlotlyFigure;
  readouts: Readout[];
  table: { columns: string[]; rows: string[][] };
  summary: string;
}
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

/** Page to worker, one JSON string each. Parameters are stop texts by control name. */
export type Request =
  | { type: "boot"; runtime: RuntimeManifest }
  | { type: "run"; id: number; widget: string; params: Record<string, string> }
  | { type: "ping"; id: number };

/** Worker to page, one JSON string each. */
export type Reply =
  | { type: "stage"; stage: Stage; loaded: number; total: number }
  | { type: "ready"; heap: number }
  | { type: "figure"; id: number; rendered: Rendered }
  | { type: "pong"; id: number }
  | { type: "failed"; id?: number; code: FailureCode; message: string };

export type Stage = "download" | "start" | "packages" | "import";

/**
 * unsupported: this browser has no WebAssembly; download: a file could not be fetched; integrity: a file changed in transit;
 * start: Python did not start; param: the figure refused a parameter; python: the figure's code raised; memory: it ran out of memory;
 * fatal: the interpreter is beyond use; timeout: no answer within the deadline, twice (the page says this one itself).
 */
export type FailureCode =
  | "unsupported"
  | "download"
  | "integrity"
  | "start"
  | "param"
  | "python"
  | "memory"
  | "fatal"
  | "timeout";

/** What went wrong, in a sentence for the reader. */
export interface Failure {
  code: FailureCode;
  message: string;
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
  figure(rendered: Rendered, params: Params): void;
  failed(failure: Failure, params: Params): void;
  /** One sentence about something that is being mended. */
  told(sentence: string): void;
}

/** The part of Plotly that is used here. */
export interface PlotlyModule {
  react(element: object, data: Trace[], layout: object, config: object): Promise<unknown>;
  animate(element: object, frame: { data: Trace[]; traces: number[] }, options: object): Promise<unknown>;
}

/** An element that Plotly has drawn in. */
export interface PlotlyElement {
  once(event: "plotly_transitioned", listener: () => void): void;
}

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
  pyimport(name: string): PyModule;
  registerJsModule(name: string, module: object): void;
  /** Emscripten's module, of which preloading shared objects is done as its own plug-in for `.so` files does it. */
  _module: {
    HEAPU8: Uint8Array;
    preloadedWasm: Record<string, object>;
    loadWebAssemblyModule(
      object: WebAssembly.Module,
      flags: { loadAsync: false; nodelete: true },
      path: string,
      scope: object,
    ): object;
  };
}
export interface PyModule {
  render_json: RenderJson & { copy(): RenderJson };
  destroy(): void;
}
export type RenderJson = (widget: string, params: string) => string;

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
  interface Navigator {
    readonly deviceMemory?: number;
    readonly connection?: { readonly saveData?: boolean; readonly effectiveType?: string };
  }
  interface WorkerNavigator {
    readonly deviceMemory?: number;
  }
}
